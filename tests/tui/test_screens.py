"""The agenda, the detail, the forecast and the keys: each says what its command says."""

from __future__ import annotations

from collections.abc import Callable

from pipecli.render.opportunity import print_show
from pipecli.service.show import Shown
from pipecli.tui.painting import painted
from pipecli.tui.screens.agenda import AgendaScreen
from pipecli.tui.screens.board import BoardScreen
from pipecli.tui.screens.detail import DetailScreen
from pipecli.tui.screens.keys import groups

from .conftest import Board, OnBoard

Known = Callable[[int], Shown]


def lines(board: Board) -> list[str]:
    """The lines between the top and the footer that say something."""
    return [line.strip() for line in board.seen().splitlines()[1:-1] if line.strip()]


def test_the_agenda_has_late_due_asked_quiet_and_coming_ones(
    on_board: OnBoard, pipe: Callable[..., int]
) -> None:
    words = ("--prove", "problem=x", "--set", "decision_maker=J", "--prove", "decision-maker=x", "--prove",
             "offer=x", "--set", "quote_valid_until=eoy", "--amount", "48k")  # fmt: skip
    assert pipe("advance", "1", "--ask", *words, me="lea") == 0

    async def look(board: Board) -> None:
        assert lines(board) == [
            "Overdue         2   €48,000 at stake, $15,000 without a rate",
            "1  Acme · ERP rollout   €48,000  Discovery       call Jeanne      3 d late",
            "3  Sirius · Portal      $15,000  Qualified lead  mail Ana         18 d late",
            "Today           1   €9,000 at stake",
            "2  Borel · Maintenance   €9,000  Qualified lead  send references  Mon 23 Nov",
            "Asked of you    1   €48,000 at stake",
            "1  Acme · ERP rollout   €48,000  Discovery       call Jeanne      3 d late",
            "Coming days     1   €6,000 at stake",
            "4  Training              €6,000  Qualified lead  call Ida         Wed 25 Nov",
        ]
        assert board.chosen == 1
        await board.press("j", "j")
        assert board.chosen == 2
        await board.press("m")
        assert board.chosen == 2
        assert any("Nord · Audit" in line for line in lines(board)) is False, "it is due in nine days"

    on_board(look, start="agenda")


def test_the_agenda_works_on_the_chosen_line(on_board: OnBoard, known: Known) -> None:
    async def work(board: Board) -> None:
        assert board.chosen == 1
        await board.press("s")
        await board.type("+1m")
        await board.press("enter")
        assert known(1).record["next_due"] == "2026-12-23"
        assert board.chosen == 3, "the cursor stays at its height"
        await board.press("enter")
        assert isinstance(board.app.screen, DetailScreen)
        await board.press("escape")
        assert isinstance(board.app.screen, AgendaScreen)

    on_board(work, start="agenda")


def test_an_agenda_with_nothing_in_it_says_so(on_board: OnBoard, pipe: Callable[..., int]) -> None:
    for number in ("1", "2", "3", "4"):
        assert pipe("snooze", number, "+20d", me="lea") == 0

    async def look(board: Board) -> None:
        # What went quiet stays, whatever was put off.
        assert [line.split()[0] for line in lines(board)] == ["Stale", "3"]

    on_board(look, start="agenda")


def test_the_detail_says_what_show_says_and_what_was_said_word_for_word(
    on_board: OnBoard, known: Known
) -> None:
    async def look(board: Board) -> None:
        board.app.screen.query_one("Stages").follow(1)  # type: ignore[attr-defined]
        await board.press("enter")
        seen = [line.strip() for line in board.seen().splitlines()]
        standing = painted(74, lambda console: print_show(console, known(1))).plain.splitlines()
        for line in standing[: standing.index("")]:
            assert line.strip() in seen
        for words in (
            "Next action     call Jeanne, 3 d late",
            "Contact         Jeanne Martin  jeanne@acme.example",
            "✗ Who signs, and how do we know?  decision-maker",
            "Went through the scope, they want it by spring",
        ):
            assert any(words in line for line in seen), words
        await board.press("c")
        await board.type("Asked for a date")
        await board.press("ctrl+s")
        assert isinstance(board.app.screen, DetailScreen)
        assert "Asked for a date" in board.seen()

    on_board(look, size=(80, 60))


def test_a_wide_detail_has_two_sides(on_board: OnBoard) -> None:
    async def look(board: Board) -> None:
        board.app.screen.query_one("Stages").follow(1)  # type: ignore[attr-defined]
        await board.press("enter")
        first = next(line for line in board.seen().splitlines() if "1 Acme · ERP rollout" in line)
        assert "What was said" in first
        await board.press("l", "j", "k", "h", "j", "k")
        await board.pilot.resize_terminal(80, 24)
        await board.settle()
        first = next(line for line in board.seen().splitlines() if "1 Acme · ERP rollout" in line)
        assert "What was said" not in first

    on_board(look, size=(160, 30))


def test_the_forecast_says_what_the_command_says(on_board: OnBoard) -> None:
    async def look(board: Board) -> None:
        await board.press("3")
        seen = board.seen()
        for words in ("won", "weighted", "P50", "4th quarter 2026", "Believe the weighted column", "without a rate",
                      "█ won", "Nothing moved the forecast since", "Mon 23 Nov"):  # fmt: skip
            assert words in seen, words
        await board.press("j", "k")

    on_board(look, size=(100, 70))


def test_the_forecast_is_made_again_when_something_changed(
    on_board: OnBoard, pipe: Callable[..., int]
) -> None:
    async def look(board: Board) -> None:
        await board.press("3")
        assert "Whale" not in board.seen()
        assert pipe("add", "Whale", "2m", "-n", "call", "-d", "fri", "--close", "2026-12-10") == 0
        await board.look()
        assert "new" in board.seen() and "7 Whale +€200,000" in board.seen()

    on_board(look, size=(120, 70))


def test_all_keys_stand_on_one_screen(on_board: OnBoard) -> None:
    async def look(board: Board) -> None:
        await board.press("question_mark")
        seen = board.seen()
        for side in groups():
            for title, keys in side:
                assert title in seen
                for key, words in keys:
                    assert f" {key} " in seen and words in seen, (key, words)
        await board.press("q")
        assert isinstance(board.app.screen, BoardScreen)

    on_board(look, size=(80, 24))


def test_the_hygiene_says_what_the_audit_says_of_all_and_owner_by_owner(
    on_board: OnBoard, pipe: Callable[..., int]
) -> None:
    async def look(board: Board) -> None:
        await board.press("4")
        seen = board.seen()
        for words in ("Pipeline hygiene", "Dated next action", "Losses documented", "1 of 1", "lea", "marc"):
            assert words in seen, words
        assert pipe("lose", "2", "price", me="lea") == 0
        await board.look()
        assert "2 of 2" in board.seen()

    on_board(look, size=(100, 60))
