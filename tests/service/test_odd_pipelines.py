"""Pipelines with next to nothing to learn from, or too much of one thing: each forecast is an answer all the same."""

import math
from collections.abc import Callable, Sequence
from datetime import date, timedelta
from typing import Any

import pytest
from past_lives import TODAY, closed, steady

from forecasting.cases import Case
from pipecli.service import backtesting, cash, explaining, gates, opportunities, stages
from pipecli.service.answers import Answers
from pipecli.service.forecast import When, as_json, forecast
from pipecli.service.periods import Period
from pipecli.service.workspace import Workspace

At = Callable[[date], None]
Bring = Callable[[Sequence[Case]], Workspace]
ASKED = Period(date(2026, 3, 1), date(2026, 6, 30))
NEXT = Answers(next="call", due="+5d")
PARTS = ("existing", "new_business", "total")


def whale(k: int) -> float:
    return 10_000_000.0 if k == 30 else 1000.0


PIPELINES: dict[str, list[Case]] = {
    "empty": [],
    "one open": steady(1),
    "one closed": steady(1, until=date(2026, 1, 1)),
    "all won": steady(outcome=lambda k: "won"),
    "all lost": steady(outcome=lambda k: "lost"),
    "only closed ones": steady(30, until=date(2026, 1, 1)),
    "no amounts": steady(amount=lambda k: None),
    "zero amounts": steady(amount=lambda k: 0.0),
    "half without an amount": steady(amount=lambda k: None if k % 2 else 5000.0),
    "one whale": steady(amount=whale),
    "all of one day": [case._replace(id=f"B{n}") for n, case in enumerate(steady(1) * 30)],
    "four years": steady(150, every=10),
}
NOTHING_WON = {"all lost", "no amounts", "zero amounts"}


def answers(workspace: Workspace, period: Period = ASKED, **asked: Any) -> list[dict[str, Any]]:
    """The forecast by every kind of line, each with figures that make sense."""
    found = [
        as_json(forecast(workspace, period, by=by, measure=measure, **asked))
        for measure in ("amount", "count")
        for by in (None, "month", "stage", "owner", "source")
    ]
    for one in found:
        for line in (one, *one.get("groups", ())):
            make_sense(line["history"])
    return found


def make_sense(found: dict[str, Any]) -> None:
    """Every figure is finite, quantiles are in order, and the parts make the whole."""
    for part in PARTS:
        figures = found[part]
        assert all(math.isfinite(value) for value in figures.values())
        assert 0 <= figures["p10"] <= figures["p50"] <= figures["p90"]
        assert figures["mean"] >= 0
    assert found["total"]["mean"] == pytest.approx(
        found["existing"]["mean"] + found["new_business"]["mean"], abs=0.02
    )
    assert found["why"]


@pytest.mark.parametrize("name", PIPELINES)
def test_the_forecast_makes_sense(bring: Bring, workspace: Workspace, name: str) -> None:
    cases = PIPELINES[name]
    place = bring(cases) if cases else workspace
    found = answers(place)[0]["history"]
    assert found["n_closed"] == closed(cases)
    if closed(cases) < 10:
        assert not found["trusted"] and "closed" in found["why"]
    if name in NOTHING_WON:
        assert found["total"]["mean"] <= found["existing"]["mean"]
    for line in explaining.explained_forecast(place, ASKED, measure="amount", when=When())[1]:
        assert 0 <= line["by_until"] <= 100 and line["expected"] >= 0
    for group in cash.as_json(cash.cash(place, ASKED))["groups"]:
        make_sense({**group["history"], "why": "-"})


def test_nothing_at_all_is_nothing_and_says_so(workspace: Workspace) -> None:
    found = answers(workspace)[0]
    nothing = {"mean": 0, "p10": 0, "p50": 0, "p90": 0}
    assert found["history"] == {
        "trusted": False,
        "why": "no opportunity is closed yet: there is nothing to learn from",
        "n_closed": 0,
        **dict.fromkeys(PARTS, nothing),
    }


def test_from_the_first_open_one_on_the_definition_speaks(bring: Bring) -> None:
    found = answers(bring(steady(1)), Period(until=TODAY + timedelta(1000)))
    assert 0.02 < found[5]["history"]["existing"]["mean"] < 0.5  # the count; a lead is won 1 time in 10


@pytest.mark.parametrize(("name", "least", "most"), [("all lost", 0, 0.7), ("all won", 4, 7)])
def test_what_was_always_so_is_expected(bring: Bring, name: str, least: float, most: float) -> None:
    """Of the seven that are open."""
    until = date(2026, 12, 31)
    chances = forecast(bring(PIPELINES[name]), Period(until=until)).history.chances(until)
    assert len(chances) == 7
    assert least <= sum(chances.values()) <= most


def test_a_lost_record_tries_its_past_days_and_does_not_lead(bring: Bring) -> None:
    place = bring(PIPELINES["all lost"])
    verdict = as_json(forecast(place, ASKED))["history"]
    assert (verdict["trusted"], verdict["why"]) == (
        False,
        "nothing was won in the time it could be held against",
    )
    found = backtesting.as_json(backtesting.backtest(place, horizon=30, every=7))
    assert {one["actual"] for one in found["origins"]} == {0}
    assert found["scores"]["model"]["wape"] is None


# Days


def test_close_dates_in_the_past_are_in_no_period_and_history_still_counts_them(story: Workspace) -> None:
    for ref in range(54, 61):
        opportunities.edit(story, str(ref), NEXT._replace(sets=("close_date=2026-02-01",)))
    found = answers(story)[0]
    assert (found["open"]["count"], found["undated"]["count"]) == (0, 7)
    assert found["history"]["existing"]["mean"] > 0


def test_a_period_that_is_over_has_its_wins_and_nothing_to_come(story: Workspace) -> None:
    over = Period(date(2026, 1, 1), date(2026, 2, 28))
    found = answers(story, over)[0]
    assert found["won"]["count"] > 0
    assert (found["history"]["trusted"], found["history"]["why"]) == (
        False,
        "the period is over: what was won is known",
    )
    assert {found["history"][part]["p90"] for part in PARTS} == {0}


def test_a_period_that_ends_today_is_over(story: Workspace) -> None:
    found = as_json(forecast(story, Period(TODAY, TODAY)))["history"]
    assert (found["why"], found["total"]["p90"]) == ("the period is over: what was won is known", 0)


@pytest.mark.parametrize(("days", "said"), [(1096, False), (1097, True), (4000, True), (2_000_000, True)])
def test_no_further_than_three_years_ahead(story: Workspace, days: int, said: bool) -> None:
    found = as_json(forecast(story, Period(TODAY, TODAY + timedelta(days))))["history"]
    make_sense(found)
    assert ("; it looks three years ahead, until 2029-03-02" in found["why"]) == said
    furthest = as_json(forecast(story, Period(TODAY, TODAY + timedelta(1096))))["history"]
    assert [found[part] for part in PARTS] == [furthest[part] for part in PARTS]


def test_a_period_to_come_has_nothing_won(story: Workspace) -> None:
    found = answers(story, Period(date(2026, 7, 1), date(2026, 9, 30)))[0]
    assert found["won"]["count"] == 0
    assert found["history"]["new_business"]["mean"] > 0


# A definition that changed


def test_a_renamed_stage_keeps_what_was_learnt_of_it(story: Workspace, at: At) -> None:
    at(date(2026, 3, 9))
    before = as_json(forecast(story, ASKED))["history"]
    toml = stages.current_toml(story)[1]
    stages.adopt(story, toml.replace('key = "lead"', 'key = "contacted"'), {"lead": "contacted"})
    after = as_json(forecast(story, ASKED))["history"]
    assert after == before
    at(date(2026, 3, 16))
    answers(story)


def without(toml: str, stage: str) -> str:
    """A definition without one of its stages."""
    start = toml.index(f'[[stage]]\nkey = "{stage}"')
    end = toml.index("\n[", toml.index("[[stage]]", start) + 1)
    while not toml.startswith(("\n[[stage]]\n", "\n[won]"), end):
        end = toml.index("\n[", end + 1)
    return toml[:start] + toml[end + 1 :]


@pytest.mark.parametrize(
    ("dropped", "moves"),
    [
        ("discovery", {"discovery": "lead"}),  # merged into the one before
        ("proposal", {"proposal": "negotiation"}),  # and into the one behind
        ("lead", {"lead": "discovery"}),
        ("negotiation", {}),  # nobody stands there
    ],
)
def test_a_stage_that_went_leaves_its_past(
    story: Workspace, at: At, dropped: str, moves: dict[str, str]
) -> None:
    at(date(2026, 3, 9))
    closed_before = as_json(forecast(story, ASKED))["history"]["n_closed"]
    stages.adopt(story, without(stages.current_toml(story)[1], dropped), moves)
    at(date(2026, 3, 16))
    for found in answers(story):
        assert found["history"]["n_closed"] == closed_before
    shown = [group["key"] for group in as_json(forecast(story, ASKED, by="stage"))["groups"]]
    assert dropped not in shown or not moves
    then = as_json(forecast(story, ASKED, when=When(as_of=date(2026, 3, 8)), by="stage"))
    make_sense(then["history"])


def test_before_the_change_as_of_reads_the_stages_of_that_day(story: Workspace, at: At) -> None:
    before = as_json(forecast(story, ASKED, by="stage"))
    at(date(2026, 3, 9))
    stages.adopt(story, without(stages.current_toml(story)[1], "discovery"), {"discovery": "lead"})
    assert as_json(forecast(story, ASKED, by="stage", when=When(as_of=TODAY))) == before


def test_an_opportunity_after_the_change_goes_on(story: Workspace, at: At) -> None:
    at(date(2026, 3, 9))
    stages.adopt(story, without(stages.current_toml(story)[1], "discovery"), {"discovery": "lead"})
    gates.lose(story, "60", "price", "")
    assert as_json(forecast(story, ASKED))["history"]["n_closed"] == closed(steady()) + 1
    answers(story)
