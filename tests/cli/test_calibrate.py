"""`pipe forecast calibrate` in every format, adopted and tried only, with few cases and with enough."""

from __future__ import annotations

import json
from collections.abc import Callable
from contextlib import AbstractContextManager
from pathlib import Path

import pytest

from pipecli import clock

from .conftest import Pipe
from .terminal import Terminal

FEW = """\
Stage            now  suggested     won  open  95 %  weighted
Qualified lead  10 %  unchanged  1 of 2     4     –         –
Discovery       25 %  unchanged       –     1     –         –
Proposal sent   50 %  unchanged       –     –     –         –
Negotiation     75 %  unchanged  1 of 1     –     –         –

The record suggests no other probability.
Qualified lead, Discovery, Proposal sent, Negotiation: fewer than 10 closed, too few to say otherwise
won: of the closed ones. Suggestions weigh open ones too, by how long they last: wins may take longer.
"""
ENOUGH = """\
Stage            now  suggested      won  open    95 %  weighted
Qualified lead  10 %        9 %  1 of 12     4  2–33 %      −€90
Discovery       25 %  unchanged        –     1       –         –
Proposal sent   50 %  unchanged        –     –       –         –
Negotiation     75 %  unchanged   1 of 1     –       –         –

Weighted forecast until 31 Mar 2027: €12,900 → €12,810
Discovery, Proposal sent, Negotiation: fewer than 10 closed, too few to say otherwise
won: of the closed ones. Suggestions weigh open ones too, by how long they last: wins may take longer.
Chances of a win at any time; what they do to dated forecasts: pipe forecast backtest
"""
TO_ADOPT = "Nothing was changed; to put these in force: pipe forecast calibrate --adopt\n"
IMPACT = "Qualified lead: probability: 10 % → 9 %\nNo open opportunity becomes unproven.\n"


@pytest.fixture
def told(house: Pipe) -> Pipe:
    """Ten more were lost from the first stage, on the day they came."""
    for n in range(7, 17):
        assert house("add", f"Kiosk {n}", "-n", "call", "-d", "+3d").code == 0
        assert house("lose", str(n), "price").code == 0
    return house


def test_few_cases_read_as_counts_and_change_nothing(house: Pipe) -> None:
    assert house("forecast", "calibrate") == (0, FEW, "")


def test_the_screen_says_what_it_rests_on_and_what_to_type(told: Pipe) -> None:
    assert told("forecast", "calibrate") == (0, ENOUGH, TO_ADOPT)


@pytest.mark.parametrize("columns", [80, 160])
def test_it_fits_the_terminal(told: Pipe, screen: Callable[[int], None], columns: int) -> None:
    screen(columns)
    found = told("forecast", "calibrate")
    assert max(map(len, found.out.splitlines())) <= columns
    assert found.out.splitlines()[:5] == ENOUGH.splitlines()[:5]


def test_json(told: Pipe) -> None:
    found = json.loads(told("forecast", "calibrate", "--json").out)
    assert {key: value for key, value in found.items() if key != "stages"} == {
        "as_of": "2026-11-23",
        "until": "2027-03-31",
        "version": 1,
        "currency": "EUR",
        "weighted": 12900,
        "weighted_suggested": 12810,
    }
    assert found["stages"][0] == {
        "stage": "lead",
        "name": "Qualified lead",
        "probability": 10,
        "suggested": 9,
        "n": 12,
        "won": 1,
        "lost": 11,
        "open": 4,
        "low": 2,
        "high": 33,
        "held_by": None,
        "weighted": 900,
        "weighted_suggested": 810,
    }
    assert [(s["stage"], s["low"], s["held_by"]) for s in found["stages"][1:]] == [
        ("discovery", None, "few_cases"),
        ("proposal", None, "few_cases"),
        ("negotiation", None, "few_cases"),
    ]
    assert told("forecast", "--json", "calibrate") == told("forecast", "calibrate", "--json")


def test_other_formats_have_a_row_for_each_stage(told: Pipe) -> None:
    csv = told("forecast", "calibrate", "--csv").out.splitlines()
    assert csv[0] == (
        "stage,name,probability,suggested,n,won,lost,open,low,high,held_by,weighted,weighted_suggested"
    )
    assert csv[1:3] == [
        "lead,Qualified lead,10,9,12,1,11,4,2,33,,900,810",
        "discovery,Discovery,25,25,0,0,0,1,,,few_cases,12000,12000",
    ]
    assert told("forecast", "calibrate", "-q").out == "lead\ndiscovery\nproposal\nnegotiation\n"
    assert len(told("forecast", "calibrate", "--jsonl").out.splitlines()) == 4
    markdown = told("forecast", "calibrate", "--markdown").out.splitlines()
    assert markdown[2] == "| Qualified lead | 10 % | 9 % | 1 of 12 | 4 | 2–33 % | −€90 |"


def test_adopting_changes_the_probabilities_and_nothing_else(told: Pipe) -> None:
    before = told("stages", "show", "--toml").out
    assert told("forecast", "calibrate", "--adopt") == (0, f"{ENOUGH}Definition 2 is in force.\n", IMPACT)
    assert told("stages", "show", "--toml").out == before.replace("probability = 10 ", "probability = 9 ")
    again = told("forecast", "calibrate", "--adopt")
    assert (again.code, again.err) == (0, "Nothing to adopt: version 2 has these probabilities.\n")


def test_adopting_answers_scripts_as_stages_adopt_does(told: Pipe) -> None:
    found = told("forecast", "calibrate", "--adopt", "--json")
    assert json.loads(found.out)["differences"] == ["Qualified lead: probability: 10 % → 9 %"]
    assert told("forecast", "calibrate", "--json").out.count('"version": 2') == 1


def test_a_dry_run_adopts_nothing(told: Pipe, unchanged: Callable[[], AbstractContextManager[None]]) -> None:
    with unchanged():
        found = told("forecast", "calibrate", "--adopt", "--dry-run", "-q")
    assert found == (0, "2\n", f"{IMPACT}Dry run: nothing was changed.\n")


def test_a_format_that_an_adoption_has_not_is_refused(told: Pipe) -> None:
    assert told("forecast", "calibrate", "--adopt", "--csv") == (
        2,
        "",
        "--adopt answers with --json or --quiet; leave --csv out\n",
    )


def test_in_a_terminal_it_asks_first(told: Pipe) -> None:
    clock.freeze(None)
    with Terminal("forecast", "calibrate", "--adopt") as terminal:
        terminal.expect("Qualified lead: probability: 10 % → ")
        terminal.answer("Adopt it? [y/N] ", "n")
        assert terminal.end() == 0
        assert terminal.seen.endswith("Nothing was changed.\n")
    with Terminal("forecast", "calibrate", "--adopt", "--yes") as terminal:
        terminal.expect("Definition 2 is in force.")
        assert terminal.end() == 0


def test_what_held_a_suggestion_back_is_said(told: Pipe, environment: Path) -> None:
    file = environment / "new.toml"
    toml = told("stages", "show", "--toml").out
    file.write_text(
        toml.replace("probability = 10 ", "probability = { default = 40, min = 30 } ").replace(
            "probability = 25", "probability = 45"
        )
    )
    assert told("stages", "adopt", str(file), "--yes").code == 0
    found = told("forecast", "calibrate").out
    assert "Qualified lead  40 %       30 %  1 of 12" in found
    assert "Qualified lead: held by the definition's min and max\n" in found
