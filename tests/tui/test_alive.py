"""What happens elsewhere meanwhile: a colleague's changes, lost races, undo under a form, a database that is away."""

from __future__ import annotations

import sqlite3
import threading
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from textual.widgets import Input

from pipecli import templates
from pipecli.service import opportunities
from pipecli.service.show import Shown
from pipecli.service.workspace import Workspace
from pipecli.store import sqlite
from pipecli.tui import app
from pipecli.tui.forms.everyday import DoneForm
from pipecli.tui.forms.fields import Field
from pipecli.tui.forms.gate import AdvanceForm
from pipecli.tui.screens.board import BoardScreen
from pipecli.tui.screens.detail import DetailScreen
from pipecli.tui.screens.too_small import TooSmallScreen

from .conftest import TODAY, Board, OnBoard, freeze
from .test_board import cards

Known = Callable[[int], Shown]
Pipe = Callable[..., int]


def test_a_change_made_elsewhere_appears_and_the_cursor_and_the_filter_stay(
    on_board: OnBoard, pipe: Pipe
) -> None:
    async def watch(board: Board) -> None:
        await board.press("m", "j")
        assert board.chosen == 2
        assert pipe("add", "Whale", "900k", "-n", "call", "-d", "today", me="lea") == 0
        assert pipe("add", "Theirs", "-n", "call", "-d", "today", me="marc") == 0
        await board.look()
        assert cards(board)[0] == [3, 7, 2, 4]
        assert board.chosen == 2
        assert "owner lea" in board.seen()

    on_board(watch)


def test_the_watch_looks_by_itself(on_board: OnBoard, pipe: Pipe, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(app, "EVERY", 0.02)

    async def watch(board: Board) -> None:
        assert pipe("lose", "2", "price", me="lea") == 0
        for _turn in range(500):
            await board.pilot.pause(0.02)
            if cards(board)[0] == [3, 4, 5]:
                return
        raise AssertionError("the change never appeared")

    on_board(watch, watch=True)


def test_the_cursor_follows_a_card_that_a_colleague_moved(on_board: OnBoard, pipe: Pipe) -> None:
    async def watch(board: Board) -> None:
        board.app.screen.query_one("Stages").follow(4)  # type: ignore[attr-defined]
        assert pipe("advance", "4", "--prove", "need=x", me="lea") == 0
        await board.look()
        assert cards(board) == [[3, 2, 5], [1, 4], [], []]
        assert board.chosen == 4

    on_board(watch)


def test_where_the_chosen_card_is_gone_the_one_in_its_place_is_chosen(on_board: OnBoard, pipe: Pipe) -> None:
    async def watch(board: Board) -> None:
        await board.press("j")
        assert board.chosen == 2
        assert pipe("lose", "2", "price", me="lea") == 0
        await board.look()
        assert board.chosen == 4

    on_board(watch)


def test_a_form_says_what_a_colleague_changed_and_keeps_what_was_typed(
    on_board: OnBoard, pipe: Pipe, known: Known
) -> None:
    async def fill(board: Board) -> None:
        board.app.screen.query_one("Stages").follow(2)  # type: ignore[attr-defined]
        await board.press("a")
        await board.type("A wall that holds")
        assert pipe("edit", "2", "--set", "amount=12k", me="marc") == 0
        await board.look()
        assert (
            "Changed meanwhile by marc: amount €12,000 (was €9,000). What you typed is kept." in board.seen()
        )
        assert "A wall that holds" in board.seen()
        assert isinstance(board.app.focused, Input) and board.app.focused.value == "A wall that holds"
        await board.press("enter")
        await board.type("Ana")
        await board.press("enter")

    on_board(fill)
    assert (known(2).record["stage"], known(2).record["amount"]) == ("discovery", 12000)


def test_a_form_that_lost_the_race_for_the_move_says_so(on_board: OnBoard, pipe: Pipe, known: Known) -> None:
    async def race(board: Board) -> None:
        board.app.screen.query_one("Stages").follow(4)  # type: ignore[attr-defined]
        await board.press("a")
        await board.type("My own words")
        assert pipe("advance", "4", "--prove", "need=Marc was first", me="marc") == 0
        await board.press("ctrl+s")
        assert isinstance(board.app.screen, AdvanceForm)
        seen = board.seen()
        assert "4 Training was moved to Discovery meanwhile by marc; nothing was changed" in seen
        assert "Changed meanwhile by marc:" in seen and "Qualified lead → Discovery" in seen
        assert "My own words" in seen
        # Saved again it does not pass the next gate by mistake: it still means the move that was made.
        await board.press("ctrl+s")
        assert "is not further on than Discovery" in board.seen()
        await board.press("escape", "escape")

    on_board(race)
    assert known(4).record["stage"] == "discovery"
    assert known(4).entries[-1].actor == "marc"


def test_a_next_action_that_a_colleague_closed_is_not_closed_again(
    on_board: OnBoard, pipe: Pipe, known: Known
) -> None:
    async def race(board: Board) -> None:
        board.app.screen.query_one("Stages").follow(1)  # type: ignore[attr-defined]
        await board.press("d")
        await board.type("I called")
        assert pipe("done", "1", "Marc called", "-n", "write", "-d", "+2d", me="marc") == 0
        field = next(f for f in board.app.screen.query(Field) if f.key == "next_action")
        field.query_one(".words", Input).value = "visit"
        field.query_one(".due", Input).value = "fri"
        await board.press("ctrl+s")
        assert isinstance(board.app.screen, DoneForm)
        assert (
            "the next action of 1 ERP rollout was changed meanwhile by marc, it is now: write" in board.seen()
        )
        assert "I called" in board.seen() and "visit" in board.seen()
        await board.press("ctrl+s")
        assert len(board.app.screen_stack) == 1

    on_board(race)
    assert [x.text for x in known(1).exchanges[:2]] == ["I called", "Marc called"]


def test_an_opportunity_whose_opening_is_taken_back_while_its_form_is_open(
    on_board: OnBoard, pipe: Pipe
) -> None:
    assert pipe("add", "Mistake", "-n", "call", "-d", "today", me="marc") == 0

    async def undo(board: Board) -> None:
        board.app.screen.query_one("Stages").follow(7)  # type: ignore[attr-defined]
        await board.press("n")
        await board.type("call them")
        assert pipe("undo", me="marc") == 0
        await board.look()
        assert "It is no longer there: its opening was taken back." in board.seen()
        await board.press("enter")
        await board.type("fri")
        await board.press("enter")
        assert "there is no opportunity 7" in board.seen() and "call them" in board.seen()
        await board.press("escape")
        assert "Esc again throws away what you typed." in board.seen() and "call them" in board.seen()
        await board.press("escape")
        assert isinstance(board.app.screen, BoardScreen) and board.chosen != 7

    on_board(undo)


def test_the_detail_of_one_that_is_no_more_closes(on_board: OnBoard, pipe: Pipe) -> None:
    assert pipe("add", "Mistake", "-n", "call", "-d", "today", me="marc") == 0

    async def undo(board: Board) -> None:
        board.app.screen.query_one("Stages").follow(7)  # type: ignore[attr-defined]
        await board.press("enter")
        assert isinstance(board.app.screen, DetailScreen)
        assert pipe("undo", me="marc") == 0
        await board.look()
        assert isinstance(board.app.screen, BoardScreen)
        assert "there is no opportunity 7" in board.notes[-1]

    on_board(undo)


def test_a_lost_one_keeps_its_detail_with_the_keys_that_fit(on_board: OnBoard, pipe: Pipe) -> None:
    async def lose(board: Board) -> None:
        board.app.screen.query_one("Stages").follow(2)  # type: ignore[attr-defined]
        await board.press("enter")
        assert pipe("lose", "2", "price", "too dear", me="marc") == 0
        await board.look()
        assert "price: too dear" in board.seen()
        assert "r Reopen" in board.seen()

    on_board(lose)


def test_a_database_that_goes_away_is_said_and_what_was_shown_stays_until_it_is_back(
    on_board: OnBoard, place: Workspace
) -> None:
    file = Path(place.address)
    away = file.with_name("away.db")

    async def lose_it(board: Board) -> None:
        file.rename(away)
        await board.look()
        assert "there is no workspace at" in board.seen() and "What is shown may be old" in board.seen()
        assert cards(board) == [[3, 2, 4, 5], [1], [], []]
        await board.press("d")
        assert any("there is no workspace at" in note for note in board.notes)
        await board.press("3", "1")
        away.rename(file)
        await board.look()
        assert "may be old" not in board.seen()

    on_board(lose_it)


def test_a_report_that_could_not_be_read_is_there_when_the_database_is_back(
    on_board: OnBoard, place: Workspace
) -> None:
    file = Path(place.address)
    away = file.with_name("away.db")

    async def lose_it(board: Board) -> None:
        file.rename(away)
        await board.look()
        await board.press("3")
        assert board.seen().count("there is no workspace at") == 2
        away.rename(file)
        await board.look()
        assert "there is no workspace at" not in board.seen() and "█ won" in board.seen()

    on_board(lose_it)


def test_a_database_that_is_locked_refuses_and_keeps_what_was_typed(
    on_board: OnBoard, place: Workspace, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sqlite, "BUSY_SECONDS", 0.05)
    other = sqlite3.connect(place.address, isolation_level=None)
    other.execute("begin immediate")

    async def save(board: Board) -> None:
        board.app.screen.query_one("Stages").follow(2)  # type: ignore[attr-defined]
        await board.press("n")
        await board.type("call them")
        await board.press("enter")
        await board.type("fri")
        await board.press("enter")
        assert "try again when it is done" in board.seen() and "call them" in board.seen()
        other.execute("rollback")
        await board.press("ctrl+s")
        assert board.notes[-1].endswith("Next: call them, Fri 27 Nov")

    on_board(save)
    other.close()


def test_at_midnight_the_board_is_of_the_new_day(on_board: OnBoard) -> None:
    async def wait(board: Board) -> None:
        assert "Mon 23 Nov" in board.seen() and "• today" in board.seen()
        freeze(TODAY + timedelta(1))
        await board.look()
        assert "Tue 24 Nov" in board.seen() and "! 1 d late" in board.seen()

    on_board(wait)


def test_another_definition_brings_its_own_stages(on_board: OnBoard, pipe: Pipe, tmp_path: Path) -> None:
    text = templates.read("b2b").replace("@me", "lea").replace('name = "Discovery"', 'name = "Scoping"')
    text = text.replace('key = "negotiation"', 'key = "terms"').replace(
        'name = "Negotiation"', 'name = "Terms"'
    )
    file = tmp_path / "other.toml"
    file.write_text(text)

    async def adopt(board: Board) -> None:
        board.app.screen.query_one("Stages").follow(1)  # type: ignore[attr-defined]
        assert pipe("stages", "adopt", str(file), me="lea") == 0
        await board.look()
        heads = board.seen().splitlines()[1]
        assert "Scoping" in heads and "Terms" in heads and "Negotiation" not in heads
        assert cards(board)[1] == [1]
        await board.press("right")
        await board.press("left")

    on_board(adopt)


def test_a_terminal_that_becomes_too_small_says_so_and_a_half_filled_form_comes_back(
    on_board: OnBoard,
) -> None:
    async def resize(board: Board) -> None:
        board.app.screen.query_one("Stages").follow(2)  # type: ignore[attr-defined]
        await board.press("a")
        await board.type("A wall that")
        await board.pilot.resize_terminal(30, 8)
        await board.settle()
        assert isinstance(board.app.screen, TooSmallScreen)
        assert "this is 30 × 8. q quits." in board.seen()
        await board.pilot.resize_terminal(80, 24)
        await board.settle()
        assert isinstance(board.app.screen, AdvanceForm)
        await board.type(" holds")
        assert "A wall that holds" in board.seen()
        await board.pilot.resize_terminal(200, 60)
        await board.settle()
        assert "A wall that holds" in board.seen()

    on_board(resize)


def test_escape_does_not_leave_a_form_that_is_being_saved(
    on_board: OnBoard, pipe: Pipe, known: Known, monkeypatch: pytest.MonkeyPatch
) -> None:
    held = threading.Event()
    real = opportunities.set_next

    def slow(*words: Any, **more: Any) -> Any:
        held.wait(20)
        return real(*words, **more)

    monkeypatch.setattr(opportunities, "set_next", slow)

    async def save(board: Board) -> None:
        board.app.screen.query_one("Stages").follow(2)  # type: ignore[attr-defined]
        await board.press("n")
        await board.type("call them")
        await board.press("enter")
        await board.type("fri")
        await board.pilot.press("ctrl+s")
        await board.pilot.pause(0.05)
        assert "Saving …" in board.seen()
        await board.pilot.press("escape", "escape", "ctrl+s", "ctrl+c")
        await board.pilot.resize_terminal(30, 8)  # what is too small stands over the form as the answer comes
        await board.pilot.pause(0.05)
        held.set()
        await board.settle()
        await board.pilot.resize_terminal(100, 30)
        await board.pilot.pause(0.3)
        await board.settle()
        assert isinstance(board.app.screen, BoardScreen) and len(board.app.screen_stack) == 1
        assert board.notes[-1].endswith("Next: call them, Fri 27 Nov")

    on_board(save)
    assert known(2).record["next_action"] == "call them"


def test_a_form_over_the_detail_of_one_that_is_no_more_keeps_what_was_typed(
    on_board: OnBoard, pipe: Pipe
) -> None:
    assert pipe("add", "Mistake", "-n", "call", "-d", "today", me="marc") == 0

    async def undo(board: Board) -> None:
        board.app.screen.query_one("Stages").follow(7)  # type: ignore[attr-defined]
        await board.press("enter", "n")
        await board.type("half a sent")
        assert pipe("undo", me="marc") == 0
        await board.look()
        assert "half a sent" in board.seen() and "It is no longer there" in board.seen()
        await board.press("escape", "escape")
        await board.pilot.pause(0.3)
        await board.settle()
        assert isinstance(board.app.screen, BoardScreen)

    on_board(undo)


def test_a_change_seen_while_the_form_was_open_refuses_the_first_save(
    on_board: OnBoard, pipe: Pipe, known: Known
) -> None:
    async def race(board: Board) -> None:
        board.app.screen.query_one("Stages").follow(1)  # type: ignore[attr-defined]
        await board.press("d")
        for text in ("I called", "visit"):
            await board.type(text)
            await board.press("enter")
        await board.type("fri")
        assert pipe("done", "1", "Marc called", "-n", "SIGN THE CONTRACT", "-d", "+2d", me="marc") == 0
        assert pipe("log", "1", "note", "a small note", me="marc") == 0
        await board.look()
        seen = board.seen()
        assert "Next: SIGN THE CONTRACT" in seen and "a small note" in seen, "all that changed is told"
        await board.press("ctrl+s")
        assert "was changed meanwhile by marc" in board.seen()
        assert known(1).record["next_action"] == "SIGN THE CONTRACT"
        await board.press("ctrl+s")

    on_board(race, size=(120, 50))
    assert known(1).record["next_action"] == "visit"


def test_a_move_back_goes_where_it_was_meant_to(on_board: OnBoard, pipe: Pipe, known: Known) -> None:
    async def race(board: Board) -> None:
        board.app.screen.query_one("Stages").follow(1)  # type: ignore[attr-defined]
        await board.press("b")
        await board.type("Another need")
        assert pipe("waive", "1", "feasible", "--reason", "small", me="lea") == 0
        words = ("--prove", "problem=x", "--set", "decision_maker=J", "--prove", "decision-maker=x", "--prove",
                 "offer=x", "--set", "quote_valid_until=eoy", "--amount", "48k")  # fmt: skip
        assert pipe("advance", "1", *words, me="marc") == 0
        await board.look()
        await board.press("ctrl+s")
        assert "1 ERP rollout was moved to Proposal sent meanwhile" in board.seen()
        await board.press("ctrl+s")

    on_board(race, size=(120, 50))
    assert known(1).record["stage"] == "lead"


def test_an_approval_given_to_another_amount_is_refused(on_board: OnBoard, pipe: Pipe, known: Known) -> None:
    words = ("--prove", "problem=x", "--set", "decision_maker=J", "--prove", "decision-maker=x", "--prove",
             "offer=x", "--set", "quote_valid_until=eoy", "--amount", "48k")  # fmt: skip
    assert pipe("advance", "1", "--ask", *words, me="lea") == 0

    async def race(board: Board) -> None:
        board.app.screen.query_one("Stages").follow(1)  # type: ignore[attr-defined]
        await board.press("v", "y")
        assert pipe("edit", "1", "--amount", "900k", me="marc") == 0
        await board.press("ctrl+s")
        assert "amount of 1 ERP rollout was changed meanwhile" in board.seen()
        await board.press("escape", "escape")

    on_board(race)
    assert known(1).state.approvals["feasible"].status == "asked"
