"""`pipe done acme "Jeanne signs, 48k, send quote fri"`: what it was understood to say, accepted, edited or refused."""

from __future__ import annotations

import json
from collections.abc import Callable
from contextlib import AbstractContextManager
from datetime import timedelta

import pytest

from model_server import NAME, ModelServer, Status
from pipecli import clock

from .conftest import Pipe
from .terminal import Terminal

Unchanged = Callable[[], AbstractContextManager[None]]
NOTE = "Jeanne signs, 50k, send quote fri"
UNDERSTOOD = """\
Understood, by rules
  decision-maker   "Jeanne signs"
  amount           €48,000 → €50,000
  decision maker   – → Jeanne Martin
  next action      call Jeanne → send quote, Fri 27 Nov
"""
READ = {
    "proofs": [{"criterion": "decision-maker", "entry": 0, "quote": "Jeanne signs"}],
    "updates": [
        {"field": "amount", "value": "50k", "entry": 0, "quote": "50k", "why": None},
        {"field": "source", "value": "fair", "entry": 0, "quote": "never said", "why": None},
    ],
    "next": {
        "text": "send the quote",
        "due": "2026-11-27",
        "entry": 0,
        "quote": "send quote fri",
        "why": None,
    },
}


def standing(house: Pipe, ref: str = "1") -> list[object]:
    found = json.loads(house("show", ref, "--json").out)
    return [found[key] for key in ("amount", "decision_maker", "next_action", "next_due")]


def test_in_a_script_only_where_that_was_asked_for(house: Pipe, unchanged: Unchanged) -> None:
    with unchanged():
        assert house("done", "1", NOTE).code == 4
    done = house("done", "1", NOTE, "--accept")
    assert (done.code, done.err) == (0, UNDERSTOOD)
    assert done.out == (
        "1 Acme · ERP rollout   Discovery   €50,000 (was €48,000)   25 %\nNext: send quote, Fri 27 Nov\n"
    )
    assert standing(house) == [50_000, "Jeanne Martin", "send quote", "2026-11-27"]
    shown = json.loads(house("show", "1", "--json").out)
    assert shown["exchanges"][-1]["text"] == NOTE
    assert '"Jeanne signs", call 2026-11-23, lea' in house("why", "1").out
    assert house("undo").code == 0
    assert standing(house) == [48_000, None, "call Jeanne", "2026-11-20"]


def test_what_was_typed_as_an_option_stands_first(house: Pipe) -> None:
    done = house(
        "done",
        "1",
        NOTE,
        "--accept",
        "--amount",
        "51k",
        "-n",
        "rest",
        "-d",
        "mon",
        "-p",
        "decision-maker=Told",
    )
    assert done.code == 0
    assert standing(house) == [51_000, "Jeanne Martin", "rest", "2026-11-30"]


def test_a_dry_run_changes_nothing(house: Pipe, unchanged: Unchanged) -> None:
    with unchanged():
        assert house("done", "1", NOTE, "--accept", "--dry-run").code == 0


def test_a_note_that_says_nothing_of_it_needs_the_rest_as_before(house: Pipe, unchanged: Unchanged) -> None:
    with unchanged():
        assert house("done", "1", "They liked it", "--accept").code == 4
        assert house("done", "6", NOTE, "--accept").code == 5
    assert house("done", "1", "They liked it", "--accept", "-n", "call", "-d", "fri").err == ""


def test_a_model_reads_it_where_there_is_one(house: Pipe, model: ModelServer) -> None:
    house("config", "ai.model", NAME)
    model.says_json(READ)
    house("qualify", "1", "--send", env=model.environment)  # agreed from here on
    model.start_over()
    model.says_json(READ)
    done = house("done", "1", NOTE, "--accept", env=model.environment)
    assert done.err.splitlines() == [
        f"Understood, by {NAME}",
        '  decision-maker   "Jeanne signs"',
        "  amount           €48,000 → €50,000",
        "  next action      call Jeanne → send the quote, Fri 27 Nov",
    ]
    assert standing(house) == [50_000, None, "send the quote", "2026-11-27"]
    assert json.loads(model.texts()[0].splitlines()[-1]) == {"entry": 0, "what": "note", "text": NOTE}


def test_where_the_model_fails_nothing_is_written_in_a_script(
    house: Pipe, model: ModelServer, unchanged: Unchanged
) -> None:
    with unchanged():
        done = house("done", "1", NOTE, "--accept", env=model.environment)
    assert done.code == 7
    assert done.err.startswith(UNDERSTOOD)
    assert "nobody agreed yet to send texts of this workspace to " in done.err
    assert house("done", "1", NOTE, "--accept", "--no-model", env=model.environment).code == 0
    assert model.requests == []


def test_a_dry_run_sends_nothing(house: Pipe, model: ModelServer, unchanged: Unchanged) -> None:
    with unchanged():
        done = house("done", "1", NOTE, "--accept", "--send", "--dry-run", env=model.environment)
    assert (done.code, done.err, model.requests) == (0, UNDERSTOOD + "Dry run: nothing was changed.\n", [])


@pytest.mark.parametrize(
    "answer",
    [
        {"proofs": [{"criterion": "bogus", "entry": 0, "quote": "Jeanne signs"}]},
        {"proofs": [{"criterion": "feasible", "entry": 0, "quote": "Jeanne signs"}]},  # an approval
        {"proofs": [{"criterion": "decision-maker", "entry": 0, "quote": "Jeanne pays"}]},
        {"updates": [{"field": "amount", "value": "999k", "entry": 0, "quote": "J"}]},
        {"updates": [{"field": "amount", "value": "999k", "entry": 0, "quote": "50k"}]},
        {"updates": [{"field": "close_date", "value": "2026-12-15", "entry": 0, "quote": "fri"}]},
        {"updates": [{"field": "decision_maker", "value": "Marc", "entry": 0, "quote": "Jeanne signs"}]},
        {"updates": [{"field": "owner", "value": "Jeanne", "entry": 0, "quote": "Jeanne signs"}]},
        {"updates": [{"field": "name", "value": "Jeanne", "entry": 0, "quote": "Jeanne signs"}]},
        {
            "updates": [
                {"field": "amount", "value": "50k", "entry": 0, "quote": "50k"},
                {"field": "amount", "value": "51k", "entry": 0, "quote": "51k"},
            ]
        },
        {"next": {"text": "call", "due": "2026-12-01", "entry": 0, "quote": "call her"}},
        {"next": {"text": "send quote", "due": None, "entry": 0, "quote": "send quote fri"}},
    ],
)
def test_what_a_model_makes_up_loses_no_note(house: Pipe, model: ModelServer, answer: object) -> None:
    model.says_json({"proofs": [], "updates": [], "next": None, **answer})  # type: ignore[dict-item]
    note = f"{NOTE}, or 51k"
    before = standing(house)
    done = house("done", "1", note, "--accept", "--send", "-n", "x", "-d", "+1d", env=model.environment)
    assert (done.code, done.err) == (0, "")
    assert standing(house)[:2] == before[:2]
    shown = json.loads(house("show", "1", "--json").out)
    assert (shown["exchanges"][-1]["text"], shown["owner"]) == (note, "lea")


def test_enter_takes_it(house: Pipe) -> None:
    clock.freeze(None)
    with Terminal("done", "1", "Jeanne signs, 50k, send quote +3d") as terminal:
        terminal.expect("amount           €48,000 → €50,000")
        terminal.answer("Enter takes it, e edits, n takes the text alone, q quits: [yes] ", "")
        assert terminal.end() == 0
    day = (clock.now().date() + timedelta(3)).isoformat()
    assert standing(house) == [50_000, "Jeanne Martin", "send quote", day]


def test_n_takes_the_text_alone_and_asks_as_before(house: Pipe) -> None:
    clock.freeze(None)
    with Terminal("done", "1", "Jeanne signs, 50k, send quote +3d") as terminal:
        terminal.answer("Enter takes it, e edits, n takes the text alone, q quits: [yes] ", "n")
        terminal.answer("What is the next action? ", "call")
        terminal.answer("Due when? (fri, +3d, 2026-12-31) ", "+1d")
        assert terminal.end() == 0
    assert standing(house)[:3] == [48_000, None, "call"]


def test_e_edits_each(house: Pipe) -> None:
    clock.freeze(None)
    with Terminal("done", "1", "Jeanne signs, 50k, send quote +3d") as terminal:
        terminal.answer("Enter takes it, e edits, n takes the text alone, q quits: [yes] ", "e")
        terminal.answer("decision-maker: Jeanne signs (- leaves it out) [yes] ", "-")
        terminal.answer("amount (- leaves it out) [50k] ", "49k")
        terminal.answer("decision maker (- leaves it out) [Jeanne Martin] ", "-")
        terminal.answer("next action (- leaves it out) [send quote] ", "send the quote")
        terminal.answer("Due when? (fri, +3d, 2026-12-31) ", "+2d")
        assert terminal.end() == 0
    assert standing(house)[:3] == [49_000, None, "send the quote"]
    assert json.loads(house("show", "1", "--json").out)["gate"]["ready"] is False


def test_anything_else_is_asked_again_and_q_writes_nothing(house: Pipe, unchanged: Unchanged) -> None:
    clock.freeze(None)
    question = "Enter takes it, e edits, n takes the text alone, q quits: [yes] "
    with unchanged(), Terminal("done", "1", "Jeanne signs, 50k, send quote +3d") as terminal:
        for answer in ("cancel", "skip", "48k"):
            terminal.answer(question, answer)
            terminal.expect("type Enter, e, n or q")
        terminal.answer(question, "q")
        assert terminal.end() == 130


def test_what_a_colleague_wrote_meanwhile_stays(house: Pipe) -> None:
    clock.freeze(None)
    with Terminal("done", "1", "Jeanne signs, 50k, send quote +3d") as terminal:
        terminal.expect("amount           €48,000 → €50,000")
        house("edit", "1", "--set", "amount=60k", me="bob")
        terminal.answer("Enter takes it, e edits, n takes the text alone, q quits: [yes] ", "")
        assert terminal.end() == 5
    assert standing(house)[0] == 60_000


def test_where_the_model_fails_the_person_decides(house: Pipe, model: ModelServer) -> None:
    clock.freeze(None)
    model.plays(Status(401))
    words = ("done", "1", "Jeanne signs, 50k, send quote +3d", "--send")
    with Terminal(*words, **model.environment) as terminal:
        terminal.expect("Understood, by rules")
        terminal.expect("does not accept the key")
        terminal.answer("Enter takes it, e edits, n takes the text alone, q quits: [yes] ", "y")
        assert terminal.end() == 0
    assert standing(house)[0] == 50_000


def test_what_is_shown_is_in_the_words_and_the_form_of_the_screen(house: Pipe) -> None:
    done = house("done", "1", "Jeanne signs by 2026-12-15", "--accept", "-n", "x", "-d", "fri")
    assert "  close date       Fri 18 Dec → Tue 15 Dec\n" in done.err
    french = house(
        "done", "1", "Marc signe avant le 2026-12-16, 51k", "--accept", "-n", "x", "-d", "ven",
        env={"PIPE_LANG": "fr"},
    )  # fmt: skip
    assert "51k" not in french.err
    assert "date de clôture" in french.err
    assert "décisionnaire" in french.err or "décideur" in french.err
