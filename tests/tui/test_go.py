"""`pipe go`: one card at a time, the worst first, until nothing is pressing."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

from pipecli.service.show import Shown

from .conftest import TODAY, Board, OnBoard, freeze

Known = Callable[[int], Shown]


def progress(board: Board) -> str:
    """The line that says how many are left."""
    return board.seen().splitlines()[1].strip()


def test_a_card_says_what_is_next_what_happened_last_and_what_the_gate_needs(on_board: OnBoard) -> None:
    async def look(board: Board) -> None:
        seen = board.seen()
        for words in (
            "1 Acme · ERP rollout",
            "Next  call Jeanne   3 d late",
            "What happened last",
            "Went through the scope",
            "Discovery → Proposal sent",
            "✗ What problem do they want solved?",
        ):
            assert words in seen, words
        assert seen.splitlines()[-1].split()[:4] == ["a", "Advance", "d", "Done"]

    on_board(look, start="go", size=(80, 40))


def test_it_goes_from_the_worst_to_the_last_and_then_nothing_presses(on_board: OnBoard, known: Known) -> None:
    async def go(board: Board) -> None:
        assert (board.chosen, progress(board)) == (1, "3 are left")
        await board.press("d")
        for text in ("Mailed her the plan", "call her", "+3d"):
            await board.type(text)
            await board.press("enter")
        assert (board.chosen, progress(board)) == (3, "2 are left  ·  1 settled")
        await board.press("c")
        await board.type("She is on holiday")
        await board.press("ctrl+s")
        assert board.chosen == 3, "a call logged settles nothing"
        await board.press("s")
        await board.type("+1w")
        await board.press("enter")
        assert (board.chosen, progress(board)) == (2, "1 is left  ·  2 settled")
        await board.press("space")
        assert (board.chosen, progress(board)) == (None, "0 are left  ·  2 settled  ·  1 skipped")
        assert "Nothing else is pressing." in board.seen()
        await board.press("d", "a")
        assert board.chosen is None
        await board.press("left")
        assert board.chosen == 2

    on_board(go, start="go")
    assert known(1).record["next_action"] == "call her"
    assert known(3).record["next_due"] == "2026-11-30"


def test_an_approval_asked_of_me_comes_too_and_goes_when_it_is_given(
    on_board: OnBoard, known: Known, pipe: Callable[..., int]
) -> None:
    words = ("--prove", "problem=x", "--set", "decision_maker=J", "--prove", "decision-maker=x", "--prove",
             "offer=x", "--set", "quote_valid_until=eoy", "--amount", "48k", "-n", "call", "-d", "+9d")  # fmt: skip
    assert pipe("advance", "1", "--ask", *words, me="lea") == 0

    async def go(board: Board) -> None:
        await board.press("space", "space")
        assert board.chosen == 1
        assert "lea asks you: Has engineering confirmed that we can do it?" in board.seen()
        await board.press("v", "y", "ctrl+s")
        assert board.notes[-1].startswith("approved feasible for engineering")
        assert board.chosen is None

    on_board(go, start="go")
    assert known(1).state.approvals["feasible"].status == "given"


def test_what_a_colleague_settles_meanwhile_goes_by_itself(
    on_board: OnBoard, pipe: Callable[..., int]
) -> None:
    async def go(board: Board) -> None:
        assert board.chosen == 1
        assert pipe("lose", "1", "price") == 0
        await board.look()
        assert board.chosen == 3

    on_board(go, start="go")


def test_everybody_s_come_with_m(on_board: OnBoard, pipe: Callable[..., int]) -> None:
    assert pipe("next", "5", "call", "-d", "today") == 0

    async def go(board: Board) -> None:
        assert progress(board) == "3 are left"
        await board.press("m")
        assert progress(board) == "4 are left"

    on_board(go, start="go")


def test_what_is_taken_back_presses_again_and_a_new_day_begins_anew(on_board: OnBoard) -> None:
    async def go(board: Board) -> None:
        await board.press("s")
        await board.type("+1w")
        await board.press("enter")
        assert (board.chosen, progress(board)) == (3, "2 are left  ·  1 settled")
        await board.press("u")
        assert progress(board) == "3 are left"
        await board.press("space", "space", "space")
        assert board.chosen is None
        freeze(TODAY + timedelta(1))
        await board.look()
        assert progress(board) == "3 are left"

    on_board(go, start="go")


def test_what_a_deed_leaves_pressing_does_not_come_again_in_its_round(on_board: OnBoard) -> None:
    async def go(board: Board) -> None:
        await board.press("n")
        for text in ("call her again", "today"):
            await board.type(text)
            await board.press("enter")
        assert (board.chosen, progress(board)) == (3, "2 are left  ·  1 settled")

    on_board(go, start="go")
