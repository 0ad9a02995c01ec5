"""Moves through the gate: the form of what is missing, its answers and the move in one transaction."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable

from textual.widgets import Input, Select

from pipecli.service.show import Shown
from pipecli.service.workspace import Workspace
from pipecli.tui.forms.fields import Choices, Field
from pipecli.tui.forms.gate import AdvanceForm, ProveForm, WinForm

from .conftest import Board, OnBoard

Known = Callable[[int], Shown]


def head(place: Workspace) -> int:
    """How far the journal is."""
    with sqlite3.connect(place.address) as database:
        found: int = database.execute("select head from workspace").fetchone()[0]
        return found


def keys(board: Board) -> list[str]:
    """The criteria and fields that the form asks for."""
    return [f.question.criterion or f.key for f in board.app.screen.query(Field)]


def test_advancing_asks_for_what_is_missing_in_the_words_of_the_stage(
    on_board: OnBoard, known: Known
) -> None:
    async def advance(board: Board) -> None:
        board.app.screen.query_one("Stages").follow(2)  # type: ignore[attr-defined]
        await board.press("a")
        assert isinstance(board.app.screen, AdvanceForm)
        assert keys(board) == ["need", "contact"]
        assert "2 Borel · Maintenance   Qualified lead → Discovery" in board.seen()
        assert "What do they need?" in board.seen() and "Who do we talk to?" in board.seen()
        await board.type("A wall that holds")
        await board.press("enter")
        await board.type("Ana <ana@borel.example>")
        await board.press("enter")
        assert board.notes == ["2 Borel · Maintenance   Qualified lead → Discovery   €9,000   25 %\n"
                               "Next: send references, Mon 23 Nov"]  # fmt: skip
        assert board.chosen == 2

    on_board(advance)
    shown = known(2)
    assert (shown.record["stage"], shown.record["contact"]) == ("discovery", "Ana")
    assert len({e.recorded_at for e in shown.entries[-3:]}) == 1
    assert [e.kind for e in shown.entries[-3:]] == ["FieldsSet", "EvidenceRecorded", "StageAdvanced"]


def test_escape_leaves_nothing_changed(on_board: OnBoard, place: Workspace) -> None:
    before = head(place)

    async def leave(board: Board) -> None:
        for key in ("a", "d", "n", "b", "x", "e", "c", "p", "s", "plus"):
            board.app.screen.query_one("Stages").follow(1)  # type: ignore[attr-defined]
            await board.press(key)
            assert board.app.screen.id is None and len(board.app.screen_stack) == 2, key
            await board.press("tab", "escape")
            assert len(board.app.screen_stack) == 1, key

    on_board(leave)
    assert head(place) == before


def test_what_the_gate_still_needs_is_asked_for_and_what_was_typed_stays(
    on_board: OnBoard, place: Workspace, known: Known
) -> None:
    before = head(place)

    async def save(board: Board) -> None:
        board.app.screen.query_one("Stages").follow(2)  # type: ignore[attr-defined]
        await board.press("a")
        await board.type("A wall that holds")
        await board.press("ctrl+s")
        assert isinstance(board.app.screen, AdvanceForm)
        assert "1 is still missing: contact" in board.seen()
        assert "A wall that holds" in board.seen()
        assert head(place) == before
        assert board.app.focused is not None and board.app.focused.parent.question.criterion == "contact"  # type: ignore[union-attr]
        await board.type("Ana <nobody>")
        await board.press("ctrl+s")
        assert '"nobody" is not an address' in board.seen()
        assert head(place) == before
        for _letter in "<nobody>":
            await board.press("backspace")
        await board.press("ctrl+s")

    on_board(save)
    assert known(2).record["stage"] == "discovery"


def test_evidence_can_point_at_an_exchange_and_quote_it(on_board: OnBoard, known: Known) -> None:
    said = known(1).exchanges[0].seq

    async def prove(board: Board) -> None:
        board.app.screen.query_one("Stages").follow(1)  # type: ignore[attr-defined]
        await board.press("p")
        assert isinstance(board.app.screen, ProveForm)
        field = next(f for f in board.app.screen.query(Field) if f.question.criterion == "problem")
        field.query_one(Select).value = said
        await board.settle()
        field.query_one(".quote", Input).focus()
        await board.type("they want it by spring")
        await board.press("ctrl+s")

    on_board(prove)
    shown = known(1)
    assert shown.record["stage"] == "discovery"
    met = {item["criterion"]: item["evidence"] for item in shown.why.report["met"]}  # type: ignore[union-attr]
    assert met["problem"] == '"they want it by spring", meeting 2026-11-17, lea'


def test_where_only_an_approval_is_missing_the_answers_are_kept_and_it_is_asked_for(
    on_board: OnBoard, known: Known
) -> None:
    async def advance(board: Board) -> None:
        board.app.screen.query_one("Stages").follow(1)  # type: ignore[attr-defined]
        await board.press("a")
        assert keys(board) == ["problem", "decision-maker", "decision-maker", "offer", "quote-date",
                               "amount-proposal", "ask"]  # fmt: skip
        answers = ("Stock errors", "Jeanne Martin", "She said so", "https://offers.example/1", "eoy", "")
        for answer in answers:
            await board.type(answer)
            await board.press("enter")
        assert isinstance(board.app.focused, Choices)
        await board.press("enter")
        assert board.notes[-1].endswith("Asked for approval: lea. Nothing moved yet.")
        await board.press("v")
        assert "Has engineering confirmed that we can do it?" in board.seen()
        await board.press("y", "ctrl+s", "a")
        assert board.notes[-1].startswith("1 Acme · ERP rollout   Discovery → Proposal sent")

    on_board(advance, size=(100, 50))
    assert known(1).record["stage"] == "proposal"


def test_a_no_to_asking_moves_and_asks_nothing(on_board: OnBoard, place: Workspace) -> None:
    before = head(place)

    async def advance(board: Board) -> None:
        board.app.screen.query_one("Stages").follow(1)  # type: ignore[attr-defined]
        await board.press("a")
        for answer in ("Stock errors", "Jeanne", "She said so", "https://offers.example/1", "eoy", ""):
            await board.type(answer)
            await board.press("enter")
        await board.press("n", "enter")
        assert "1 is still missing: feasible" in board.seen()
        await board.press("escape", "escape")

    on_board(advance, size=(100, 50))
    assert head(place) == before


def test_a_day_and_an_amount_are_read_back_as_they_are_typed(on_board: OnBoard) -> None:
    async def read(board: Board) -> None:
        board.app.screen.query_one("Stages").follow(1)  # type: ignore[attr-defined]
        await board.press("a")
        fields = {f.question.criterion: f for f in board.app.screen.query(Field)}
        fields["quote-date"].begin()
        await board.settle()
        await board.type("someday")
        assert '"someday" is not a date' in board.seen()
        fields["quote-date"].query_one(Input).value = "fri"
        await board.settle()
        assert "Fri 27 Nov" in board.seen()
        fields["amount-proposal"].query_one(Input).value = "52k"
        await board.settle()
        assert "€52,000" in board.seen()

    on_board(read, size=(100, 50))


def test_the_last_stage_leads_to_the_win_which_asks_why(
    on_board: OnBoard, known: Known, pipe: Callable[..., int]
) -> None:
    closing(pipe)

    async def win(board: Board) -> None:
        board.app.screen.query_one("Stages").follow(4)  # type: ignore[attr-defined]
        await board.press("a")
        assert isinstance(board.app.screen, WinForm)
        assert keys(board) == ["objections", "signing-date", "order", "reason"]
        await board.type("None were left")
        await board.press("enter")
        await board.type("+3d")
        await board.press("enter")
        await board.type("PO 4711")
        await board.press("enter", "enter")
        assert "It can be won: why did they say yes?" in board.seen()
        await board.type("We were quick")
        await board.press("enter")
        assert board.notes[-1] == "4 Training   won   €6,000"

    on_board(win, size=(100, 50))
    assert (known(4).record["status"], known(4).record["outcome_reason"]) == ("won", "We were quick")


def closing(pipe: Callable[..., int]) -> None:
    """Bring 4 to the last open stage."""
    assert pipe("log", "4", "meeting", "scope", me="lea") == 0
    words = ("--prove", "need=x", "--prove", "problem=x", "--set", "decision_maker=Ida", "--prove",
             "decision-maker=x", "--prove", "offer=x", "--set", "quote_valid_until=eoy", "--prove",
             "answer=yes", "--amount", "6k")  # fmt: skip
    assert pipe("advance", "4", "--to", "negotiation", *words, me="lea") == 0


def test_a_win_from_an_early_stage_asks_for_every_gate_that_remains(on_board: OnBoard) -> None:
    async def win(board: Board) -> None:
        board.app.screen.query_one("Stages").follow(2)  # type: ignore[attr-defined]
        await board.press("w")
        assert isinstance(board.app.screen, WinForm)
        asked = keys(board)
        assert asked[:2] == ["need", "contact"] and asked[-1] == "reason" and "order" in asked

    on_board(win)


def test_a_signing_day_in_the_past_says_what_is_needed(on_board: OnBoard, pipe: Callable[..., int]) -> None:
    closing(pipe)

    async def win(board: Board) -> None:
        board.app.screen.query_one("Stages").follow(4)  # type: ignore[attr-defined]
        await board.press("w")
        for answer in ("None", "2026-11-20", "PO 1", "Quick"):
            await board.type(answer)
            await board.press("enter")
        assert "signing-date (needs close_date >= today)" in board.seen()
        assert "2026-11-20" in board.seen()

    on_board(win, size=(100, 50))


def test_an_opportunity_that_meets_its_gate_moves_at_one_key_and_undo_takes_it_back(
    on_board: OnBoard, known: Known, pipe: Callable[..., int]
) -> None:
    assert pipe("prove", "4", "need", "They asked", me="lea") == 0

    async def advance(board: Board) -> None:
        board.app.screen.query_one("Stages").follow(4)  # type: ignore[attr-defined]
        await board.press("a")
        assert len(board.app.screen_stack) == 1
        assert known(4).record["stage"] == "discovery"
        assert board.chosen == 4
        await board.press("u")
        assert board.notes[-1].startswith("Took back advance of 2026-11-23")
        assert known(4).record["stage"] == "lead"
        await board.press("U")
        assert board.notes[-1].startswith("Done again:")

    on_board(advance)
    assert known(4).record["stage"] == "discovery"
