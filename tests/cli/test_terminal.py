"""Questions in a terminal, on a real pty: what is asked, what the answers do, and that Ctrl-C leaves nothing."""

from __future__ import annotations

import json
import shlex
from collections.abc import Iterator
from pathlib import Path

import pytest

from pipecli import clock

from .conftest import Pipe
from .terminal import Terminal

CTRL_C, CTRL_D = b"\x03", b"\x04"


@pytest.fixture
def desk(pipe: Pipe) -> Iterator[Pipe]:
    """A workspace of today, by the real clock: 1 to 3 open, 4 lost."""
    clock.freeze(None)
    for line in (
        "init --template b2b",
        'add "ERP rollout" 48k -a Acme -n "call Jeanne" -d today',
        'add Maintenance 9k -a Borel -n "send references" -d +3d --contact Ana',
        "add ERP-2 5k -a Acme -n call -d +5d",
        "add Kiosk 30k -n call -d +1d",
        "lose 4 price",
    ):
        assert pipe(*shlex.split(line))[0] == 0
    yield pipe


def record(pipe: Pipe, ref: str) -> dict[str, object]:
    """An opportunity's JSON."""
    found: dict[str, object] = json.loads(pipe("show", ref, "--json").out)
    return found


def head(pipe: Pipe) -> str:
    """The journal's numbers."""
    return pipe("journal", "-q", "--limit", "0").out


def test_add_asks_for_what_is_missing_and_again_for_what_it_cannot_read(desk: Pipe) -> None:
    with Terminal("add") as terminal:
        terminal.answer("What is it about? ", "")
        terminal.answer("What is it about? ", "Intranet")
        terminal.answer("What is the next action? ", "call Kari")
        terminal.answer("Due when? (fri, +3d, 2026-12-31) ", "soon")
        terminal.expect('"soon" is not a date')
        terminal.answer("Due when? (fri, +3d, 2026-12-31) ", "-2w")
        terminal.expect("is in the past; write today, +3d or fri")
        terminal.answer("Due when? (fri, +3d, 2026-12-31) ", "+3d")
        assert terminal.end() == 0
        assert "\n5 Intranet   Qualified lead   10 %\nNext: call Kari, " in terminal.seen
    assert record(desk, "5")["next_action"] == "call Kari"


def test_a_name_that_is_nearly_known_is_asked_about(desk: Pipe) -> None:
    words = ("add", "X", "-a", "acme", "--owner", "Lea", "-n", "x", "-d", "+1d")
    with Terminal(*words) as terminal:
        terminal.answer('Do you mean "Acme"? [Y/n] ', "")
        terminal.answer('Do you mean "lea"? [Y/n] ', "n")
        assert terminal.end() == 0
    assert [record(desk, "5")[key] for key in ("account", "owner")] == ["Acme", "Lea"]


def test_an_import_ends_with_the_next_step(desk: Pipe) -> None:
    Path("deals.csv").write_text("id,name,amount\nA1,Fair,3\n")
    with Terminal("import", "deals.csv") as terminal:
        terminal.expect("Next: pipe today --all")
        assert terminal.end() == 0
    assert "Next:" not in desk("import", "deals.csv")[1]


def test_nobody_is_asked_where_there_is_no_workspace(pipe: Pipe) -> None:
    with Terminal("add") as terminal:
        assert terminal.end() == 6
        assert terminal.narrated.startswith("there is no workspace at ")


def test_a_missing_reference_opens_a_pick_list_mine_and_late_first(desk: Pipe) -> None:
    with Terminal("show", "-q") as terminal:
        terminal.expect("   1  Acme · ERP rollout   lea\n   2  Borel · Maintenance   lea\n")
        terminal.answer("Which one? ", "4")
        terminal.expect("type one of the numbers, or the first letters")
        terminal.answer("Which one? ", "bor")
        assert terminal.end() == 0
        assert terminal.seen.endswith("\n2\n")


def test_several_fits_open_a_pick_list(desk: Pipe) -> None:
    with Terminal("log", "acme", "note", "We spoke", "-q") as terminal:
        terminal.expect("   3  Acme · ERP-2   lea\n")
        terminal.answer("Which one? ", "3")
        assert terminal.end() == 0
        assert terminal.seen.endswith("\n3\n")


def test_advance_asks_in_the_words_of_the_stage_and_commits_all_at_once(desk: Pipe) -> None:
    with Terminal("advance", "1") as terminal:
        terminal.answer("What do they need? ", "One stock")
        terminal.answer("Who do we talk to? (contact) ", "Jeanne <nope>")
        terminal.expect('"nope" is not an address')
        terminal.answer("Who do we talk to? (contact) ", "Jeanne <j@acme.example>")
        assert terminal.end() == 0
        assert "\n1 Acme · ERP rollout   Qualified lead → Discovery   €48,000   25 %\n" in terminal.seen
    entries = json.loads(desk("journal", "1", "--json").out)
    assert [e["kind"] for e in entries[-3:]] == ["FieldsSet", "EvidenceRecorded", "StageAdvanced"]


def test_where_only_an_approval_is_missing_it_offers_to_ask_for_it(desk: Pipe) -> None:
    desk("advance", "1", "--prove", "need=x", "--set", "contact=Jeanne")
    with Terminal("advance", "1") as terminal:
        terminal.answer("What problem do they want solved? ", "Stock errors")
        terminal.answer("Who signs, and how do we know? (decision maker) ", "Jeanne")
        terminal.answer("Who signs, and how do we know? ", "She said so")
        terminal.answer("(needs 1 meeting within 30 days, what was said) ", "The scope")
        terminal.answer("What did we offer, and where is it? ", "https://offers.example/1")
        terminal.answer("Until when is the quote valid? (Quote valid until) ", "eoy")
        terminal.answer("Is the amount still right? [€48,000] ", "")
        terminal.answer("feasible needs approval. Keep the answers and ask lea? [Y/n] ", "y")
        assert terminal.end() == 0
        assert terminal.seen.endswith("Asked for approval: lea. Nothing moved yet.\n")
    assert desk("why", "1", "-q").out == "feasible\n"
    with Terminal("advance", "1") as terminal:
        terminal.answer("[Y/n] ", "n")
        assert terminal.end() == 4
    desk("approve", "1", "feasible")
    with Terminal("advance", "1") as terminal:
        assert terminal.end() == 0


def closing(pipe: Pipe) -> None:
    """Bring 2 to the last open stage."""
    pipe("log", "2", "meeting", "scope")
    found = pipe(
        *(
            "advance",
            "2",
            "--to",
            "negotiation",
            "--prove",
            "need=x",
            "--prove",
            "problem=x",
            "--amount",
            "9k",
        ),
        *("--set", "decision_maker=Ana", "--prove", "decision-maker=x", "--prove", "offer=x"),
        *("--set", "quote_valid_until=eoy", "--prove", "answer=yes"),
    )
    assert found.code == 0


def test_win_asks_for_what_remains_and_why(desk: Pipe) -> None:
    closing(desk)
    with Terminal("advance", "2") as terminal:  # which cannot win: nobody is asked in vain
        assert terminal.end() == 4
        assert 'pipe win 2 "why they said yes"' in terminal.seen
    with Terminal("win", "2") as terminal:
        terminal.answer("how was each one settled? ", "None")
        terminal.answer("When will they sign? (close date) ", "+3d")
        terminal.answer("What shows that they ordered: a signed quote, an order number? ", "PO 12")
        terminal.answer("Why did they say yes? ", "We were quick")
        assert terminal.end() == 0
        assert terminal.seen.endswith("\n2 Borel · Maintenance   won   €9,000\n")


def test_lose_offers_the_reasons_of_the_pipeline(desk: Pipe) -> None:
    with Terminal("lose", "2") as terminal:
        terminal.expect("   1  price\n")
        terminal.answer("Why was it lost? ", "no")
        terminal.expect("type one of the numbers, or the first letters")
        terminal.answer("Why was it lost? ", "oth")
        terminal.answer("What happened? ", "They closed")
        assert terminal.end() == 0
    assert record(desk, "2")["outcome_reason"] == "They closed"


def test_done_back_reopen_log_and_next_ask_too(desk: Pipe) -> None:
    with Terminal("done", "2") as terminal:
        terminal.answer("What happened? ", "We spoke")
        terminal.answer("What is the next action? ", "write")
        terminal.answer("Due when?", "+3d")
        assert terminal.end() == 0
    with Terminal("log", "2") as terminal:
        terminal.answer("What was it? ", "meet")
        terminal.answer("What was said? ", "All of it")
        assert terminal.end() == 0
    with Terminal("reopen", "4") as terminal:
        terminal.answer("Why is it open again? ", "They called")
        terminal.answer("What is the next action? ", "offer")
        terminal.answer("Due when?", "+3d")
        assert terminal.end() == 0
    with Terminal("next", "4") as terminal:
        terminal.answer("What is the next action? ", "better offer")
        terminal.answer("Due when?", "+4d")
        assert terminal.end() == 0
    assert record(desk, "4")["next_action"] == "better offer"
    assert [x["text"] for x in record(desk, "2")["exchanges"]] == ["We spoke", "All of it"]  # type: ignore[attr-defined]


@pytest.mark.parametrize(
    "line, answers, question, key",
    [
        ("add", ["X", "call"], "Due when?", CTRL_C),
        ("add X -a acme -n x -d +1d", [], "[Y/n] ", CTRL_C),
        ("advance", [], "Which one? ", CTRL_C),
        ("advance 1", ["One stock"], "Who do we talk to?", CTRL_C),
        ("advance 1", ["One stock"], "Who do we talk to?", CTRL_D),
        ("done 1", ["We spoke"], "next action? ", CTRL_C),
        ("lose 1", [], "Why was it lost? ", CTRL_C),
        ("reopen 4", ["They called"], "next action? ", CTRL_C),
        ("stages edit", [], "Adopt it? [y/N] ", CTRL_C),
    ],
)
def test_ctrl_c_and_the_end_of_input_leave_nothing_behind(
    desk: Pipe, environment: Path, line: str, answers: list[str], question: str, key: bytes
) -> None:
    before = head(desk)
    with Terminal(*shlex.split(line), EDITOR=editor(environment, "s/Discovery/Scoping/")) as terminal:
        for answer in answers:
            terminal.answer("? ", answer)
        terminal.press(question, key)
        assert terminal.end() == 130
        assert "Traceback" not in terminal.seen and terminal.seen.endswith("\n")
    assert head(desk) == before


def editor(folder: Path, change: str) -> str:
    """An editor that makes one change."""
    script = folder / "editor.sh"
    script.write_text(f'#!/bin/sh\nsed \'{change}\' "$1" > "$1.new" && mv "$1.new" "$1"\n')
    script.chmod(0o755)
    return str(script)


def test_stages_edit_shows_what_adopting_would_do_before_it_asks(desk: Pipe, environment: Path) -> None:
    with Terminal("stages", "edit", EDITOR=editor(environment, 's/"Discovery"/"Scoping"/')) as terminal:
        terminal.expect("stage renamed: Discovery → Scoping\nNo open opportunity becomes unproven.\n")
        terminal.answer("Adopt it? [y/N] ", "y")
        assert terminal.end() == 0
        assert terminal.seen.endswith("\nDefinition 2 is in force.\n")
    with Terminal("stages", "edit", EDITOR="true") as terminal:
        assert (terminal.end(), terminal.seen) == (0, "Nothing was changed.\n")
    with Terminal("stages", "edit", EDITOR=editor(environment, 's/"Scoping"/"In progress"/')) as terminal:
        terminal.expect('error: "In progress" is vague')
        terminal.answer("Edit again? [Y/n] ", "n")
        assert terminal.end() == 1
        assert terminal.seen.endswith("the definition has errors; nothing was changed\n")


def test_stages_edit_asks_where_the_open_ones_of_a_stage_go(desk: Pipe, environment: Path) -> None:
    drop = '/^key = "lead"/,/^key = "discovery"/c\\key = "discovery"'
    with Terminal("stages", "edit", EDITOR=editor(environment, drop)) as terminal:
        terminal.expect("lead goes and holds 3 open opportunities: 1, 2, 3\n")
        terminal.answer("Where do the 3 of lead go? ", "discovery")
        terminal.answer("Adopt it? [y/N] ", "y")
        assert terminal.end() == 0
    assert record(desk, "1")["stage"] == "discovery"


def test_init_is_an_interview_about_their_own_stages(pipe: Pipe) -> None:
    with Terminal("init") as terminal:
        terminal.expect("   1  my own stages, by a few questions\n   2  b2b: ")
        terminal.answer("Start from? ", "1")
        terminal.answer("Currency? [EUR] ", "beads")
        terminal.expect('"beads" is not a currency')
        terminal.answer("Currency? [EUR] ", "chf")
        terminal.answer("Time zone? [Europe/Paris] ", "Mars")
        terminal.expect('"Mars" is not a time zone')
        terminal.answer("Time zone? [Europe/Paris] ", "Europe/Zurich")
        terminal.answer("Stage 1? ", "In progress")
        terminal.expect('"In progress" is vague')
        for n, name in enumerate(("First talk held", "Need understood", "Offer sent", "Terms agreed"), 1):
            terminal.answer(f"Stage {n}? ", name)
            terminal.answer(f"proves that {name} is done? ", f"What shows it, {n}?")
        terminal.answer("Stage 5? ", "")
        terminal.answer("Why do you lose", "")
        assert terminal.end() == 0, terminal.seen
    clock.freeze(None)
    stages = json.loads(pipe("stages", "show", "--json").out)
    assert [s["name"] for s in stages["stages"]] == [
        *("First talk held", "Need understood", "Offer sent", "Terms agreed"),
    ]
    assert (stages["currency"], stages["timezone"]) == ("CHF", "Europe/Zurich")


@pytest.mark.parametrize("answers", [[], ["1"], ["1", "", "", "First talk held"]])
def test_ctrl_c_in_the_interview_makes_nothing(pipe: Pipe, environment: Path, answers: list[str]) -> None:
    with Terminal("init") as terminal:
        for answer in answers:
            terminal.answer("? ", answer)
        terminal.press("? ", CTRL_C)
        assert terminal.end() == 130
    assert list(environment.glob("pipe.db*")) == []


def test_answers_to_a_gate_are_not_given_to_the_next_one_when_a_colleague_moved_it(desk: Pipe) -> None:
    with Terminal("advance", "1") as lea, Terminal("advance", "1", PIPE_ME="marc") as marc:
        marc.expect("What do they need? ")
        lea.answer("What do they need? ", "One stock")
        lea.answer("Who do we talk to?", "Jeanne")
        assert lea.end() == 0
        marc.answer("", "A new ERP")
        assert marc.end() == 5
        assert "was moved to Discovery meanwhile by lea; nothing was changed" in marc.narrated
    assert [record(desk, "1")[key] for key in ("stage", "contact")] == ["discovery", "Jeanne"]


def test_done_with_advance_asks_for_what_the_gate_needs(desk: Pipe) -> None:
    with Terminal(
        "done", "1", "She showed us the stock", "-n", "send the offer", "-d", "+3d", "--advance"
    ) as lea:
        lea.answer("What do they need? ", "One stock")
        lea.answer("Who do we talk to?", "Jeanne")
        assert lea.end() == 0
    assert [record(desk, "1")[key] for key in ("stage", "next_action")] == ["discovery", "send the offer"]


def test_colour_is_never_the_only_sign_and_can_be_switched_off(desk: Pipe) -> None:
    shown: dict[str, str] = {}
    for name, environment in (
        ("colour", {"TERM": "xterm"}),
        ("none", {"TERM": "xterm", "NO_COLOR": "1"}),
        ("dumb", {}),
    ):
        with Terminal("why", "1", **environment) as terminal:
            assert terminal.end() == 4
            shown[name] = terminal.seen
    assert "\x1b[31m" in shown["colour"]
    assert "\x1b[3" not in shown["none"]
    assert "\x1b" not in shown["dumb"] and "✗ What do they need?" in shown["dumb"]
