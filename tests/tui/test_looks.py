"""How the board looks: SVG pictures kept beside this file, compared by what stands where in which colour.

`PIPECLI_UPDATE_LOOKS=1` writes them anew; look at them before they are committed.
"""

from __future__ import annotations

import html
import os
import re
from pathlib import Path

import pytest
from textual.widgets import Input

from .conftest import Board, OnBoard

FOLDER = Path(__file__).with_name("looks")
_TEXT = re.compile(r'<text class="[^"]*?(r\d+)" x="([\d.]+)" y="([\d.]+)"[^>]*>([^<]*)</text>')
_STYLE = re.compile(r"\.[\w-]*?(r\d+) \{ ([^}]*) \}")
_GROUND = re.compile(r'<rect fill="([^"]+)" x="([\d.]+)" y="([\d.]+)" width="([\d.]+)"')


def looks(svg: str) -> list[str]:
    """What a picture shows: every text with its place and style, and every ground with its place."""
    styles = {name: rules.strip() for name, rules in _STYLE.findall(svg)}
    shown = [f"{y} {x} {styles[name]} {html.unescape(text)}" for name, x, y, text in _TEXT.findall(svg)]
    return sorted(shown + [f"{y} {x} ground {fill} {width}" for fill, x, y, width in _GROUND.findall(svg)])


CASES = {
    "board-80": ((80, 24), "board", "", False),
    "board-160": ((160, 40), "board", "right", False),
    "board-light": ((100, 30), "board", "slash", True),
    "gate-form": ((90, 34), "board", "right a", False),
    "detail": ((140, 34), "board", "right enter", False),
    "forecast": ((90, 44), "board", "3", False),
    "agenda": ((80, 24), "agenda", "", False),
    "go": ((80, 24), "go", "", False),
    "keys": ((80, 24), "board", "question_mark", False),
}


@pytest.mark.parametrize("name", CASES)
def test_the_board_looks_as_it_did(on_board: OnBoard, name: str) -> None:
    size, start, keys, light = CASES[name]
    file = FOLDER / f"{name}.svg"

    async def look(board: Board) -> None:
        await board.press(*keys.split())
        for field in board.app.screen.query(Input):
            field.cursor_blink = False
        await board.settle()
        svg = board.app.export_screenshot(title=name)
        if os.environ.get("PIPECLI_UPDATE_LOOKS"):
            FOLDER.mkdir(exist_ok=True)
            file.write_text(svg, encoding="utf-8")
        assert looks(svg) == looks(file.read_text(encoding="utf-8"))

    on_board(look, size=size, start=start, light=light)


def test_a_picture_is_read_by_its_texts_and_colours() -> None:
    for file in FOLDER.glob("*.svg"):
        shown = looks(file.read_text(encoding="utf-8"))
        assert len(shown) > 60, file.name
        assert any("ground" in line for line in shown)
    assert len(list(FOLDER.glob("*.svg"))) == len(CASES)
