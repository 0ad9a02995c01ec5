"""What a board may meet: an empty workspace, hostile names, no terminal, no workspace, an error of its own."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from pipecli.config import Settings
from pipecli.service import creating
from pipecli.service.show import Shown
from pipecli.service.workspace import Workspace
from pipecli.tui.desk import Desk
from pipecli.tui.screens.board import BoardScreen
from pipecli.tui.widgets.stages import Stages

from .conftest import TODAY, Board, OnBoard, freeze

Known = Callable[[int], Shown]
Pipe = Callable[..., int]

HOSTILE = (
    "[bold red]Markup[/] [link=https://x.example]here[/link] [/] [",
    "漢字漢字漢字漢字漢字漢字漢字漢字漢字漢字",
    "👩‍👩‍👧‍👦 family 🇫🇷 and \u200b\u202eturned",
    "escape \x1b[31mred\x1b[0m \x07 bell",
    "e\u0301" * 60,
    "x" * 200,
    "$primary @click=app.quit() {0} %s",
    "tab\there\nline",
    "\x1b]2;OWNED\x1b\\ title and [/] [@click=app.quit]x[/]",
)


@pytest.fixture
def empty(tmp_path: Path) -> Workspace:
    """A workspace in which nothing was opened yet."""
    freeze(TODAY)
    environ = {
        "PIPE_DB": str(tmp_path / "empty.db"),
        "PIPE_ME": "lea",
        "PIPE_CONFIG": str(tmp_path / "c.toml"),
    }
    settings = Settings(environ=environ)
    creating.init(settings)
    return Workspace(settings, origin="board")


def test_an_empty_workspace_says_how_to_begin(on_board: OnBoard, place: Workspace, empty: Workspace) -> None:
    async def begin(board: Board) -> None:
        assert "Nothing is open here yet. + opens an opportunity" in board.seen()
        assert "pipe add" in board.seen()
        await board.press("a", "enter", "j", "l", "u")
        assert board.notes == ["lea has nothing to undo"]
        await board.press("tab")
        assert "Nothing of yours is late, due or quiet." in board.seen()
        await board.press("m")
        assert "Nothing is late, due or quiet." in board.seen()
        await board.press("tab")
        assert "won" in board.seen()
        await board.press("g")
        assert "Nothing is pressing." in board.seen()
        await board.press("1", "plus")
        for text in ("First", "", "", "", ""):
            await board.type(text)
            await board.press("enter")
        await board.type("call")
        await board.press("enter")
        await board.type("today")
        await board.press("enter")
        assert "1 First" in board.seen() and "Nothing is open" not in board.seen()

    place.settings.environ["PIPE_DB"] = empty.address  # type: ignore[index]
    on_board(begin)


@pytest.mark.parametrize("name", HOSTILE)
def test_a_name_is_shown_as_it_is_and_breaks_nothing(
    on_board: OnBoard, pipe: Pipe, known: Known, name: str
) -> None:
    words = name.replace("\x00", "")
    assert pipe("add", words, "7k", "-a", words, "-n", words, "-d", "today", "--owner", "lea", me="lea") == 0
    assert pipe("log", "7", "note", words, me="lea") == 0

    async def look(board: Board) -> None:
        for size in ((80, 24), (200, 60), (52, 17)):
            await board.pilot.resize_terminal(*size)
            await board.settle()
            lines = board.seen().splitlines()
            assert len(lines) <= size[1] and not any("\x1b" in line or "\u202e" in line for line in lines)
        board.app.screen.query_one(Stages).follow(7)
        await board.press("n", "escape", "a", "escape", "x", "escape", "e")
        assert not any("\x1b" in segment for segment in board.written())
        await board.press("escape", "enter", "escape", "v", "W", "u")
        assert not any("\x1b" in note for note in board.notes)
        await board.press("U")
        await board.press("2", "j", "3", "g", "space", "1", "slash")
        await board.type(words.replace("\n", " ")[:20])
        await board.press("escape", "colon")
        await board.type(words.replace("\n", " ")[:12])
        await board.pilot.pause(0.4)
        await board.press("escape")
        assert isinstance(board.app.screen, BoardScreen)

    on_board(look)
    assert known(7).record["status"] == "open"


def test_markup_in_a_name_is_read_as_text(on_board: OnBoard, pipe: Pipe) -> None:
    assert pipe("add", "[b]Bold[/b]", "-n", "[i]call[/i]", "-d", "today", me="lea") == 0

    async def look(board: Board) -> None:
        assert "7 [b]Bold[/b]" in board.seen() and "[i]call[/i]" in board.seen()
        board.app.screen.query_one(Stages).follow(7)
        await board.press("n")
        assert "7 [b]Bold[/b]   next action" in board.seen()
        await board.type("[u]write[/u]")
        await board.press("enter")
        await board.type("fri")
        await board.press("enter")
        assert "Next: [u]write[/u], Fri 27 Nov" in board.notes[-1]
        assert "[u]write[/u]" in board.seen()
        await board.press("2")
        assert "[u]write[/u]" in board.seen()

    on_board(look)


def test_no_terminal_and_no_workspace_are_said_in_a_line(
    pipe: Pipe, capsys: pytest.CaptureFixture[str]
) -> None:
    assert pipe("board") == 2
    assert capsys.readouterr().err == "the board needs a terminal; in a script: pipe today, pipe list\n"
    assert pipe("go") == 2


def test_an_error_of_its_own_leaves_with_one_line(
    on_board: OnBoard, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(self: BoardScreen) -> None:
        raise RuntimeError("a thing nobody foresaw")

    monkeypatch.setattr(BoardScreen, "action_mine", broken)
    monkeypatch.delenv("PIPE_DEBUG", raising=False)

    async def press(board: Board) -> None:
        await board.press("m")

    with pytest.raises(RuntimeError, match="nobody foresaw"):
        on_board(press)
    shown = capsys.readouterr().err.replace("\n", " ")
    assert (
        "pipe met an error of its own, RuntimeError: a thing nobody foresaw; PIPE_DEBUG=1 shows where"
        in shown
    )
    assert "Traceback" not in shown


def test_an_error_in_a_call_to_the_service_is_told_and_the_board_goes_on(
    on_board: OnBoard, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(desk: Desk) -> None:
        raise RuntimeError("a thing nobody foresaw")

    async def press(board: Board) -> None:
        monkeypatch.setattr(Desk, "now", broken)
        await board.look()
        assert "pipe met an error of its own, RuntimeError" in board.seen()
        monkeypatch.undo()
        await board.look()
        assert "pipe met an error" not in board.seen()

    on_board(press)
