"""Calibration as a use case: what the record suggests, what it changes, and the definition that is adopted from it."""

import os
import tomllib
from collections.abc import Callable
from datetime import date, timedelta
from pathlib import Path

import pytest

from pipecli.config import Settings
from pipecli.errors import Conflict
from pipecli.service import calibrating, gates, opportunities, rates, stages
from pipecli.service.answers import Answers
from pipecli.service.calibrating import Effect
from pipecli.service.importing import Request, import_file
from pipecli.service.workspace import Workspace

At = Callable[[date], None]
REAL = Path(os.environ.get("PIPECLI_REAL_DATA", "no-such-folder"))
real_data = pytest.mark.skipif(not REAL.is_dir(), reason="PIPECLI_REAL_DATA names no folder")
TODAY = date(2026, 3, 2)
NEXT = Answers(next="call", due="+5d")
TO_WIN = Answers(
    proofs=(
        "need=told", "problem=told", "decision-maker=told", "offer=sent", "answer=yes", "objections=none",
        "order=PO 7",
    ),
    sets=("contact=Ana", "decision_maker=Ana", "quote_valid_until=2026-12-31", "close_date=2026-03-02"),
    said=(("meeting", "met", ""),),
    amount="1k",
)  # fmt: skip


@pytest.fixture
def judged(workspace: Workspace) -> Workspace:
    """By 2 March: 6 of 12 were won from lead, 4 of the 6 others reached discovery and were lost there; 13 is open."""
    for n in range(1, 13):
        opportunities.add(workspace, f"Deal {n}", NEXT)
        if n <= 6:
            gates.win(workspace, str(n), "trust", TO_WIN)
            continue
        if n <= 10:
            gates.advance(workspace, str(n), Answers(proofs=("need=told",), sets=("contact=Ana",)))
        gates.lose(workspace, str(n), "price", "")
    opportunities.add(workspace, "Open", NEXT._replace(amount="10k", sets=("close_date=2026-03-20",)))
    return workspace


def told(workspace: Workspace) -> dict[str, dict[str, object]]:
    return {str(row["stage"]): row for row in calibrating.as_rows(calibrating.calibrate(workspace))}


def test_each_stage_counts_whoever_entered_it_and_how_they_ended(judged: Workspace) -> None:
    found = told(judged)
    assert [(key, row["won"], row["lost"], row["open"]) for key, row in found.items()] == [
        ("lead", 6, 6, 1),
        ("discovery", 0, 4, 0),
        ("proposal", 0, 0, 0),
        ("negotiation", 0, 0, 0),
    ]
    # Of 13, the open one ends as the definition says; then (12 x 6.1/13 + 3 x 10 %) / 15.
    assert found["lead"] == {
        "stage": "lead",
        "name": "Qualified lead",
        "probability": 10,
        "suggested": 40,
        "n": 12,
        "won": 6,
        "lost": 6,
        "open": 1,
        "low": 19,
        "high": 64,
        "held_by": None,
        "weighted": 1000,
        "weighted_suggested": 4000,
    }


def test_a_stage_of_few_cases_keeps_its_own_unless_it_would_fall(judged: Workspace) -> None:
    found = told(judged)
    assert [(row["suggested"], row["held_by"], row["low"]) for row in found.values()][1:] == [
        (40, "order", None),
        (50, "few_cases", None),
        (75, "few_cases", None),
    ]


def test_the_effect_is_that_on_the_forecast(judged: Workspace) -> None:
    found = calibrating.calibrate(judged)
    assert found.total == found.effects["lead"] == Effect(100_000, 400_000)
    stages.adopt(judged, found.toml, {})
    assert calibrating.calibrate(judged).total.now == 400_000


def test_a_probability_set_by_hand_and_what_no_period_has_do_not_change(judged: Workspace) -> None:
    bounded = stages.current_toml(judged)[1].replace(
        "probability = 10 ", "probability = { default = 10, min = 5, max = 60 } "
    )
    stages.adopt(judged, bounded, {})
    opportunities.edit(judged, "13", Answers(), probability=50, reason="they called")
    opportunities.add(judged, "Undated", NEXT._replace(amount="90k"))
    assert calibrating.calibrate(judged).total == Effect(500_000, 500_000)


def test_another_currency_weighs_at_its_rate(judged: Workspace) -> None:
    opportunities.add(judged, "Web", NEXT._replace(amount="USD 10k", sets=("close_date=2026-03-20",)))
    assert calibrating.calibrate(judged).total == Effect(100_000, 370_000)
    rates.set_rate(judged, "USD", "0.5")
    assert calibrating.calibrate(judged).total == Effect(150_000, 555_000)


def test_the_definition_differs_in_its_probabilities_alone(judged: Workspace) -> None:
    version, before = stages.current_toml(judged)
    found = calibrating.calibrate(judged)
    assert (found.version, found.changes) == (version, True)
    assert found.toml == before.replace("probability = 10 #", "probability = 40 #").replace(
        "probability = 25\n", "probability = 40\n"
    )
    assert stages.impact(judged, found.toml, {}).differences == [
        "Qualified lead: probability: 10 % → 40 %",
        "Discovery: probability: 25 % → 40 %",
    ]
    stages.adopt(judged, found.toml, {})
    assert [s.probability for s in stages.pipeline(judged).stages] == [40, 40, 50, 75]


def test_bounds_of_the_definition_hold(judged: Workspace) -> None:
    toml = stages.current_toml(judged)[1]
    line = next(line for line in toml.splitlines() if line.startswith("probability = 10"))
    stages.adopt(judged, toml.replace(line, "probability = { default = 10, max = 20 }"), {})
    found = calibrating.calibrate(judged)
    lead = found.suggestions[0]
    assert (lead.suggested, lead.held_by) == (20, "bounds")
    assert tomllib.loads(found.toml)["stage"][0]["probability"] == {"default": 20, "max": 20}


def test_a_renamed_stage_keeps_its_record(judged: Workspace) -> None:
    toml = stages.current_toml(judged)[1].replace('key = "lead"', 'key = "first"')
    stages.adopt(judged, toml, {"lead": "first"})
    assert (told(judged)["first"]["n"], told(judged)["first"]["suggested"]) == (12, 40)


def test_a_reopened_one_counts_by_how_it_stands_and_a_return_once(judged: Workspace) -> None:
    gates.reopen(judged, "7", "they called", NEXT)
    gates.back(judged, "7", "not so clear", Answers())
    gates.advance(judged, "7", Answers())
    found = told(judged)
    assert (found["lead"]["lost"], found["lead"]["open"]) == (5, 2)
    assert (found["discovery"]["lost"], found["discovery"]["open"]) == (3, 1)


def test_nothing_yet_suggests_nothing(workspace: Workspace) -> None:
    found = calibrating.calibrate(workspace)
    assert (found.changes, found.toml) == (False, stages.current_toml(workspace)[1])
    assert {s.held_by for s in found.suggestions} == {"few_cases"}
    with pytest.raises(Conflict, match="in force already"):
        stages.adopt(workspace, found.toml, {})


@pytest.mark.parametrize("won", [True, False])
def test_all_won_and_all_lost_are_never_certain(workspace: Workspace, won: bool) -> None:
    for n in range(1, 12):
        opportunities.add(workspace, f"Deal {n}", NEXT)
        if won:
            gates.win(workspace, str(n), "trust", TO_WIN)
        else:
            gates.lose(workspace, str(n), "price", "")
    percents = [row["suggested"] for row in told(workspace).values()]
    assert percents == ([81, 81, 81, 81] if won else [2, 25, 50, 75])


def test_a_report_day_in_the_past_knows_no_later_end(judged: Workspace, at: At) -> None:
    at(TODAY + timedelta(30))
    gates.lose(judged, "13", "price", "")
    then = Workspace(Settings(environ={**judged.settings.environ, "PIPE_TODAY": TODAY.isoformat()}))
    assert (told(then)["lead"]["lost"], told(then)["lead"]["open"]) == (6, 1)


@real_data
def test_the_loans_are_calibrated(workspace: Workspace, tmp_path: Path) -> None:
    folder = REAL / "loans2017"
    labels = {
        "Application": "lead", "Accepted": "discovery", "Offer sent": "proposal", "Validating": "negotiation",
        "Incomplete": "negotiation",
    }  # fmt: skip
    asked = Request(
        maps=("name=id",),
        stages=tuple(f"{label}={key}" for label, key in labels.items()),
        history=str(folder / "history_q4.csv"),
        rejected=str(tmp_path / "rejected.csv"),
    )
    import_file(workspace, str(folder / "opportunities_q4.csv"), asked)
    found = calibrating.calibrate(workspace).suggestions
    assert [(s.won, s.closed) for s in found] == [(140, 811)] * 3 + [(140, 470)]
    assert [s.suggested for s in found] == [17, 17, 17, 30]
    assert all(s.low is not None and s.low <= s.suggested <= (s.high or 0) for s in found)
