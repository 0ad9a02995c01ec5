"""Done, next, snooze, log, approve, waive, back, lose, reopen, edit, add: each form does what its command does."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from textual.widgets import Input

from pipecli import templates
from pipecli.service.show import Shown
from pipecli.tui.forms.fields import Field
from pipecli.tui.screens.detail import DetailScreen

from .conftest import Board, OnBoard

Known = Callable[[int], Shown]


async def fill(board: Board, key: str, text: str, where: str = "Input") -> None:
    """Put a text into a field of the form in place of what stands there."""
    field = next(f for f in board.app.screen.query(Field) if f.key == key)
    found = field.query(where).first(Input)
    found.value = text
    await board.settle()


def go(board: Board, number: int) -> None:
    """Put the cursor on an opportunity."""
    board.app.screen.query_one("Stages").follow(number)  # type: ignore[attr-defined]


def test_done_closes_the_next_action_and_asks_for_the_one_that_follows(
    on_board: OnBoard, known: Known
) -> None:
    async def done(board: Board) -> None:
        go(board, 1)
        await board.press("d")
        assert "Next: call Jeanne, Fri 20 Nov  3 d late" in board.seen()
        await board.type("She wants a demo")
        await board.press("enter", "enter")
        await board.press("ctrl+s")
        assert "It needs its next action, and the day when it is due." in board.seen()
        assert "She wants a demo" in board.seen()
        await fill(board, "next_action", "show the demo", ".words")
        await fill(board, "next_action", "fri", ".due")
        assert "Fri 27 Nov" in board.seen()
        await board.press("ctrl+s")
        assert board.notes[-1].endswith("Next: show the demo, Fri 27 Nov")

    on_board(done)
    shown = known(1)
    assert (shown.record["next_action"], shown.record["next_due"]) == ("show the demo", "2026-11-27")
    assert (shown.exchanges[0].detail["kind"], shown.exchanges[0].text) == ("call", "She wants a demo")


def test_enter_alone_goes_through_done(on_board: OnBoard, known: Known) -> None:
    async def done(board: Board) -> None:
        go(board, 1)
        await board.press("d")
        for text in ("She wants a demo", "show the demo", "fri"):
            await board.type(text)
            await board.press("enter")
        assert len(board.app.screen_stack) == 1

    on_board(done)
    assert known(1).record["next_action"] == "show the demo"


def test_next_sets_the_next_action(on_board: OnBoard, known: Known) -> None:
    async def set_next(board: Board) -> None:
        go(board, 5)
        await board.press("n")
        await board.type("send the plan")
        await board.press("enter")
        await board.type("-2d")
        await board.press("enter")
        assert "a next action cannot be due in the past" in board.seen()
        await fill(board, "next_action", "+2d", ".due")
        await board.press("ctrl+s")

    on_board(set_next)
    assert (known(5).record["next_action"], known(5).record["next_due"]) == ("send the plan", "2026-11-25")


def test_snooze_puts_the_next_action_off(on_board: OnBoard, known: Known) -> None:
    async def snooze(board: Board) -> None:
        go(board, 2)
        await board.press("s", "enter")
        assert "until when?" in board.seen()
        await board.type("+1w")
        await board.press("enter")

    on_board(snooze)
    assert known(2).record["next_due"] == "2026-11-30"


def test_log_records_an_exchange_on_the_day_it_was(on_board: OnBoard, known: Known) -> None:
    async def log(board: Board) -> None:
        go(board, 2)
        await board.press("c")
        await board.type("They showed the hall")
        await board.press("enter", "m", "m", "enter")  # mail, meeting
        await board.type("fri")
        assert "Fri 20 Nov" in board.seen(), "a day on which something happened is the last one"
        for _letter in "fri":
            await board.press("backspace")
        await board.type("yesterday")
        await board.press("enter")

    on_board(log)
    said = known(2).exchanges[0]
    assert (said.detail["kind"], said.text, said.at) == ("meeting", "They showed the hall", "2026-11-22")


def test_back_asks_where_to_and_why(on_board: OnBoard, known: Known) -> None:
    async def back(board: Board) -> None:
        go(board, 1)
        await board.press("b", "enter")
        assert "It needs a reason." in board.seen()
        await board.type("The need was another")
        await board.press("enter")
        assert board.notes[-1].startswith("1 Acme · ERP rollout   Discovery → Qualified lead")
        assert board.chosen == 1

    on_board(back)
    assert known(1).record["stage"] == "lead"


def test_nothing_is_before_the_first_stage(on_board: OnBoard) -> None:
    async def back(board: Board) -> None:
        go(board, 2)
        await board.press("b")
        assert board.notes == ["2 Maintenance is in the first stage; x closes it as lost"]
        assert len(board.app.screen_stack) == 1

    on_board(back)


def test_lose_asks_for_a_reason_of_the_list_and_other_for_a_note(on_board: OnBoard, known: Known) -> None:
    async def lose(board: Board) -> None:
        go(board, 2)
        await board.press("x", "ctrl+s")
        assert "It needs a reason." in board.seen(), "no reason is chosen for anybody"
        await board.press("o", "enter", "enter")
        assert "needs a note: what happened?" in board.seen()
        await board.type("They closed")
        await board.press("enter")
        assert board.notes[-1] == "2 Borel · Maintenance   lost   €9,000"
        assert board.chosen != 2

    on_board(lose)
    record = known(2).record
    assert (record["status"], record["loss_reason"], record["outcome_reason"]) == (
        "lost",
        "other",
        "They closed",
    )


def test_reopen_is_offered_for_a_closed_one_only(on_board: OnBoard, known: Known) -> None:
    async def reopen(board: Board) -> None:
        await board.app.push_screen(DetailScreen(board.app.desk, 6))
        await board.settle()
        assert "r Reopen" in board.seen() and "a Advance" not in board.seen()
        await board.press("a")
        assert len(board.app.screen_stack) == 2
        await board.press("r")
        for text in ("They called back", "offer the smaller one", "fri"):
            await board.type(text)
            await board.press("enter")
        assert "a Advance" in board.seen() and "r Reopen" not in board.seen()

    on_board(reopen)
    assert (known(6).record["status"], known(6).record["next_action"]) == ("open", "offer the smaller one")


def test_edit_writes_what_was_changed_and_nothing_else(on_board: OnBoard, known: Known) -> None:
    async def edit(board: Board) -> None:
        go(board, 1)
        await board.press("e")
        await board.press("ctrl+s")
        assert "nothing is changed; Esc leaves" in board.seen()
        await fill(board, "amount", "52k")
        await fill(board, "tags", "")
        await fill(board, "quote_valid_until", "eoy")
        await board.press("ctrl+s")

    on_board(edit, size=(100, 60))
    shown = known(1)
    assert (shown.record["amount"], shown.record["tags"]) == (52000, [])
    assert shown.record["fields"] == {"quote_valid_until": "2026-12-31"}
    assert [e.kind for e in shown.entries[-2:]] == ["AmountRevised", "FieldsSet"]
    assert shown.entries[-1].detail["changes"] == {"tags": [], "quote_valid_until": "2026-12-31"}


def test_a_probability_that_the_stage_fixes_is_not_asked_for(on_board: OnBoard) -> None:
    async def edit(board: Board) -> None:
        go(board, 1)
        await board.press("e")
        assert "Probability" not in board.seen()

    on_board(edit, size=(100, 60))


def test_a_probability_that_cannot_be_is_refused_where_it_stands(
    on_board: OnBoard, pipe: Callable[..., int], tmp_path: Path, known: Known
) -> None:
    text = templates.read("b2b").replace("@me", "lea")
    file = tmp_path / "bounded.toml"
    file.write_text(text.replace("probability = 25", "probability = { default = 25, min = 10, max = 40 }"))
    assert pipe("stages", "adopt", str(file), me="lea") == 0

    async def edit(board: Board) -> None:
        go(board, 1)
        await board.press("e")
        for words, refusal in (("many", "a number from 0 to 100"), ("60", "is between 10 and 40 %")):
            await fill(board, "probability", words)
            await board.press("ctrl+s")
            assert refusal in board.seen()
        await fill(board, "probability", "40")
        await fill(board, "reason", "They asked for a contract")
        await board.press("ctrl+s")

    on_board(edit, size=(100, 60))
    assert known(1).record["probability"] == 40


def test_add_opens_one_with_its_dated_next_action(on_board: OnBoard, known: Known) -> None:
    async def add(board: Board) -> None:
        await board.press("plus", "ctrl+s")
        assert "It needs a name" in board.seen()
        for text in ("Intranet", "12k", "Nord", "Kari <kari@nord.example>", "eom"):
            await board.type(text)
            await board.press("enter")
        await board.press("ctrl+s")
        assert "It needs its next action" in board.seen()
        await fill(board, "next_action", "call Kari", ".words")
        await fill(board, "next_action", "tomorrow", ".due")
        await board.press("ctrl+s")
        assert "7 Intranet" in board.seen() and board.chosen == 7

    on_board(add)
    record = known(7).record
    assert (record["name"], record["amount"], record["account"], record["contact"], record["close_date"]) == (
        "Intranet", 12000, "Nord", "Kari", "2026-11-30",
    )  # fmt: skip
    assert (record["owner"], record["next_due"]) == ("lea", "2026-11-24")


def test_approve_and_waive_say_where_there_is_nothing_for_them(on_board: OnBoard) -> None:
    async def nothing(board: Board) -> None:
        go(board, 2)
        await board.press("v")
        assert board.notes == [] and len(board.app.screen_stack) == 1, "it does not apply"
        await board.press("W")
        assert board.notes[-1] == "nothing that 2 Maintenance still needs can be waived"

    on_board(nothing)


def test_waive_makes_an_exception_with_its_reason(on_board: OnBoard, known: Known) -> None:
    async def waive(board: Board) -> None:
        go(board, 1)
        await board.press("W")
        await board.type("Marc is away, the scope is small")
        await board.press("enter")

    on_board(waive)
    assert known(1).entries[-1].kind == "CriterionWaived"
    assert known(1).state.waivers[0].criterion == "feasible"


def test_a_refused_approval_needs_its_reason(
    on_board: OnBoard, known: Known, pipe: Callable[..., int]
) -> None:
    words = ("--prove", "problem=x", "--set", "decision_maker=J", "--prove", "decision-maker=x", "--prove",
             "offer=x", "--set", "quote_valid_until=eoy", "--amount", "48k")  # fmt: skip
    assert pipe("advance", "1", "--ask", *words, me="lea") == 0

    async def refuse(board: Board) -> None:
        go(board, 1)
        assert "? asks you" in board.seen()
        await board.press("v", "ctrl+s")
        assert "yes or no?" in board.seen()
        await board.press("n", "enter", "enter")
        assert "It needs a reason." in board.seen()
        await board.type("Nobody is free")
        await board.press("enter")

    on_board(refuse)
    assert known(1).state.approvals["feasible"].status == "refused"
