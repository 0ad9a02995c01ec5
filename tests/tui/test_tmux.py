"""The board in a real terminal: tmux types the keys, resizes the window and reads the screen; nothing is frozen.

What a key does in every case is tested in this process. Here it is that what a person types arrives, that what it does
is drawn and written, and that the program starts and ends as a program does.
"""

from __future__ import annotations

import json
import os
import re
import shlex
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from itertools import pairwise
from pathlib import Path
from types import TracebackType
from typing import Any, Self
from uuid import uuid4

import pytest

from pipecli.tui.theme import DARK, THEMES

if not shutil.which("tmux"):  # pragma: no cover
    if os.environ.get("PIPECLI_REQUIRE_ALL"):
        pytest.fail("there is no tmux here", pytrace=False)
    pytest.skip("there is no tmux here", allow_module_level=True)

PATIENCE = 30.0
"""Seconds until what is expected has to be on the screen."""
SMALL, LARGE, TOO_SMALL = (80, 24), (160, 45), (30, 8)
ESCAPES = re.compile(r"\x1b\[[\d;]*m")
PIPE = (sys.executable, "-m", "pipecli")
LIFE = (
    "init --template b2b",
    'add "ERP rollout" 48k -a Acme -n "call Jeanne" -d today',
    'add Maintenance 9k -a Borel -n "send references" -d +3d --contact Ana',
    "add ERP-2 5k -a Acme -n call -d +5d",
    "add Kiosk 30k -n call -d +1d",
    "lose 4 price",
)


def ground(colour: str) -> str:
    """How a colour to write on is written in a terminal of many colours."""
    return "48;2;" + ";".join(str(part) for part in bytes.fromhex(colour.removeprefix("#")))


THEME = next(theme for theme in THEMES if theme.name == DARK)
CHOSEN = ground(THEME.variables["block-cursor-background"])
CURSOR = ground(str(THEME.foreground))
"""The block where what is typed goes; it blinks."""


class Desk:
    """A workspace of today, by the real clock: 1 to 3 of Lea's are open, 4 is lost."""

    def __init__(self, folder: Path) -> None:
        self.file = folder / "pipe.db"
        self.environ = {
            "PATH": os.environ["PATH"],
            "HOME": str(folder),
            "PIPE_DB": str(self.file),
            "PIPE_CONFIG": str(folder / "config.toml"),
            "PIPE_ME": "lea",
            "PIPE_LANG": "en",
            "LC_ALL": "C.UTF-8",
            "COLORTERM": "truecolor",
        }

    def pipe(self, *words: str, me: str = "lea") -> str:
        """What somebody types in another terminal; what it prints."""
        environ = self.environ | {"PIPE_ME": me}
        run = subprocess.run([*PIPE, *words], env=environ, capture_output=True, encoding="utf-8", check=False)
        assert run.returncode == 0, (words, run.stdout, run.stderr)
        return run.stdout

    def known(self, number: int) -> dict[str, Any]:
        """What the workspace knows of an opportunity."""
        found: dict[str, Any] = json.loads(self.pipe("show", str(number), "--json"))
        return found


@pytest.fixture(scope="module")
def lived(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The workspace file that `LIFE` leaves, to copy."""
    desk = Desk(tmp_path_factory.mktemp("tmux"))
    for line in LIFE:
        desk.pipe(*shlex.split(line))
    return desk.file


@pytest.fixture
def desk(lived: Path, tmp_path: Path) -> Desk:
    """A workspace of a test's own."""
    made = Desk(tmp_path)
    made.file.write_bytes(lived.read_bytes())
    made.file.chmod(0o600)
    return made


class Window:
    """`pipe board` in the one window of a tmux server of its own, which ends with this."""

    def __init__(self, desk: Desk, size: tuple[int, int] = SMALL, **environ: str) -> None:
        self._folder = tempfile.TemporaryDirectory(prefix="tmux-")
        self._environ = desk.environ | {"TMUX_TMPDIR": self._folder.name, "SHELL": "/bin/sh"} | environ
        self._server = uuid4().hex
        rules = Path(self._folder.name, "tmux.conf")
        rules.write_text("set -g status off\nset -g default-terminal screen-256color\n", encoding="utf-8")
        line = f"{shlex.join(PIPE)} board; echo EXIT $?; exec cat"
        width, height = map(str, size)
        self._tmux("-f", str(rules), "new-session", "-d", "-x", width, "-y", height, line)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: object, trace: TracebackType | None) -> None:
        try:
            self._tmux("kill-server")
        finally:
            self._folder.cleanup()

    def _tmux(self, *words: str) -> str:
        command = ["tmux", "-u", "-L", self._server, *words]
        run = subprocess.run(
            command, env=self._environ, capture_output=True, encoding="utf-8", check=False, timeout=PATIENCE
        )
        assert run.returncode == 0, (words, run.stderr)
        return run.stdout

    def press(self, *keys: str) -> None:
        """Press keys, by the names that tmux has for them."""
        self._tmux("send-keys", *keys)

    def type(self, text: str) -> None:
        """Type a text, as fast as it comes."""
        self._tmux("send-keys", "-l", "--", text)

    def resize(self, size: tuple[int, int]) -> None:
        """Make the window larger or smaller."""
        width, height = map(str, size)
        self._tmux("resize-window", "-x", width, "-y", height)

    def shown(self, *, styles: bool = False) -> str:
        """The whole screen, with its escape sequences where they are asked for."""
        return self._tmux("capture-pane", "-p", *(("-e",) if styles else ()))

    def chosen(self) -> int | None:
        """The number of the card that has the cursor's colour."""
        found = re.search(rf"{CHOSEN}m▌(?:\x1b\[[\d;]*m)*(\d+)\b", self.shown(styles=True))
        return int(found[1]) if found else None

    def until(self, holds: Callable[[], bool], what: str) -> None:
        """Wait until something holds."""
        deadline = time.monotonic() + PATIENCE
        while not holds():
            assert time.monotonic() < deadline, f"{what}:\n{self.shown()}"
            time.sleep(0.03)

    def expect(self, *texts: str, gone: str = "") -> None:
        """Wait until all these texts are on the screen at once, and another is not."""

        def holds() -> bool:
            screen = self.shown()
            return all(text in screen for text in texts) and not (gone and gone in screen)

        self.until(holds, f"{texts} shown, {gone!r} not")

    def expect_chosen(self, number: int | None) -> None:
        """Wait until the cursor is on a card, or on none."""
        self.until(lambda: self.chosen() == number, f"the cursor on {number}")

    def answer(self, below: str, text: str, *, then: str = "Enter") -> None:
        """Wait until the cursor is in the input below a line, then type the answer, and press a key."""

        def holds() -> bool:
            lines = self.shown(styles=True).split("\n")
            asked = (line for line, input_ in pairwise(lines) if CURSOR in input_)
            return any(below in ESCAPES.sub("", line) for line in asked)

        self.until(holds, f"the cursor below {below!r}")
        self.type(text)
        self.expect(text.strip())
        if then:
            self.press(then)


def colours(screen: str) -> Iterator[tuple[int, ...]]:
    """Every colour that a screen's escape sequences ask for: red, green and blue, else its number in a palette."""
    for sequence in ESCAPES.findall(screen):
        codes = iter([int(code or 0) for code in sequence[2:-1].split(";")])
        for code in codes:
            if code in (38, 48):
                yield tuple(next(codes) for _ in range(3 if next(codes) == 2 else 1))
            elif code in range(30, 38) or code in range(40, 48) or code in range(90, 108):
                yield (code,)


@pytest.mark.parametrize("size", [SMALL, LARGE], ids=["small", "large"])
def test_a_morning_at_the_board(desk: Desk, size: tuple[int, int]) -> None:
    with Window(desk, size) as board:
        board.expect("1 ERP rollout", "2 Maintenance", "3 ERP-2", "q Quit")
        goes_over_the_cards(board)
        filters_them(board)
        opens_one(board)
        moves_it_through_the_gate(board)
        assert [desk.known(1)[key] for key in ("stage", "contact")] == ["discovery", "Jeanne Martin"]
        goes_from_stage_to_stage(board)
        closes_its_next_action(board)
        assert desk.known(1)["next_action"] == "send the offer"
        board.press("u")
        board.expect("Took back done", "▌call Jeanne", gone="▌send the offer")
        looks_at_the_other_screens(board)
        board.press("q")
        board.expect("EXIT 0", gone="Qualified lead")
    known = desk.known(1)
    assert known["next_action"] == "call Jeanne"
    kinds = [entry["kind"] for entry in known["journal"] if entry["live"]]
    assert kinds[-4:] == ["FieldsSet", "EvidenceRecorded", "StageAdvanced", "CommandUndone"]
    assert desk.pipe("doctor").startswith("Sound: ")


def goes_over_the_cards(board: Window) -> None:
    """By letters and by arrows, from the first card and back to it."""
    board.expect_chosen(1)
    for key, number in (
        ("j", 2),
        ("Down", 3),
        ("k", 2),
        ("Up", 1),
        ("l", None),
        ("h", 1),
        ("Right", None),
        ("Left", 1),
    ):
        board.press(key)
        board.expect_chosen(number)


def filters_them(board: Window) -> None:
    """By a word, and back to all of them, the cursor where it was."""
    board.press("/")
    board.expect("part of a name or account")
    board.type("borel")
    board.expect("/ borel", "2 Maintenance", "1 fits", gone="1 ERP rollout")
    board.press("Escape")
    board.expect("1 ERP rollout", "3 ERP-2", gone="/ borel")
    board.expect_chosen(1)


def opens_one(board: Window) -> None:
    """With all that is known of it, and back to the cards."""
    board.press("Enter")
    board.expect("1 Acme · ERP rollout", "Decision-maker", "What was said", gone="2 Maintenance")
    board.press("Escape")
    board.expect("2 Maintenance", gone="What was said")


def moves_it_through_the_gate(board: Window) -> None:
    """With a proof and a contact, which are asked for in the words of the stage."""
    board.press("a")
    board.expect("Qualified lead → Discovery", "Save and move")
    board.answer("What do they need?", "One stock")
    board.answer("Who do we talk to?", "Jeanne Martin")
    board.expect("Discovery", "▌1 ERP rollout", gone="Save and move")
    board.expect_chosen(1)


def goes_from_stage_to_stage(board: Window) -> None:
    """Now that there are cards in two of them."""
    for key, number in (("h", 2), ("l", 1), ("Left", 2), ("Right", 1)):
        board.press(key)
        board.expect_chosen(number)


def closes_its_next_action(board: Window) -> None:
    """With what happened, what follows, and when."""
    board.press("d")
    board.answer("What happened?", "She wants the offer")
    board.answer("What is the next action?", "send the offer")
    board.answer("send the offer", "+3d")
    board.expect("▌send the offer", gone="What happened?")


def looks_at_the_other_screens(board: Window) -> None:
    """The agenda, the forecast, and the keys."""
    board.press("Tab")
    board.expect("1  Acme · ERP rollout", "Coming days", "Mine or all")
    board.press("Tab")
    board.expect("There is no forecast to believe yet")
    board.press("Tab")
    board.expect("Pipeline hygiene")
    board.press("Tab")
    board.expect("▌1 ERP rollout", "▌2 Maintenance")
    board.press("?")
    board.expect("Go about", "On the chosen one", "In a form")
    board.press("Escape")
    board.expect("▌2 Maintenance", gone="Go about")


def test_what_a_colleague_does_is_shown_and_the_cursor_stays(desk: Desk) -> None:
    with Window(desk) as board:
        board.expect("▌1 ERP rollout", "▌2 Maintenance")
        board.press("j")
        board.expect_chosen(2)
        desk.pipe("add", "Intranet", "90k", "-n", "call Kari", "-d", "today", "--owner", "marc", me="marc")
        board.expect("▌5 Intranet", "▌call Kari")
        assert board.chosen() == 2
        desk.pipe("lose", "1", "price", me="marc")
        board.expect("▌2 Maintenance", gone="1 ERP rollout")
        assert board.chosen() == 2


def test_a_form_outlives_a_terminal_that_was_too_small(desk: Desk) -> None:
    with Window(desk) as board:
        board.expect_chosen(1)
        board.press("a")
        board.answer("What do they need?", "One stock")
        board.answer("Who do we talk to?", "Jeanne", then="")
        board.resize(TOO_SMALL)
        board.expect("The board needs 50 × 16 here", gone="One stock")
        board.resize(SMALL)
        board.expect("│  One stock ", "│  Jeanne ", "Save and move", gone="The board needs")
        board.answer("Who do we talk to?", " Martin")
        board.expect("▌1 ERP rollout", gone="Save and move")
    assert [desk.known(1)[key] for key in ("stage", "contact")] == ["discovery", "Jeanne Martin"]


def test_without_colours_there_are_greys_and_the_chosen_card_is_reversed(desk: Desk) -> None:
    with Window(desk) as board:
        board.expect_chosen(1)
        assert any(len({*colour}) > 1 for colour in colours(board.shown(styles=True)))
    with Window(desk, NO_COLOR="1") as board:
        board.expect("▌1 ERP rollout", "q Quit")
        screen = board.shown(styles=True)
        assert {len(colour) for colour in colours(screen)} == {3}
        assert all(len({*colour}) == 1 for colour in colours(screen))
        reversed_parts = re.findall(r"\x1b\[7m(?:\x1b\[[\d;]*m)*(▌\d+)", screen)
        assert reversed_parts == ["▌1"]
