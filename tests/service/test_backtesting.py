"""Past days forecast again: which are tried, what is said of them, the scores, and what is refused."""

from collections.abc import Callable, Sequence
from datetime import date, timedelta
from itertools import pairwise
from typing import Any

import pytest
from past_lives import TODAY, closed, steady

from forecasting.cases import Case, wins_between
from pipecli.errors import InvalidInput
from pipecli.service import backtesting, gates, opportunities
from pipecli.service.answers import Answers
from pipecli.service.backtesting import as_json
from pipecli.service.forecast import When
from pipecli.service.workspace import Workspace

At = Callable[[date], None]
Bring = Callable[[Sequence[Case]], Workspace]
NAMES = ("model", "rules", "trailing", "recalibrated")


def told(workspace: Workspace, horizon: int = 30, every: int = 7, **asked: Any) -> dict[str, Any]:
    return as_json(backtesting.backtest(workspace, horizon=horizon, every=every, **asked))


def test_it_has_every_key(story: Workspace) -> None:
    found = told(story)
    assert list(found) == [
        *("horizon_days", "every_days", "measure", "unit", "currency", "n_closed", "trusted", "why"),
        *("origins", "scores", "reliability"),
    ]
    assert {tuple(one) for one in found["origins"]} == {("as_of", "actual", *NAMES)}
    assert {tuple(one["model"]) for one in found["origins"]} == {("mean", "p10", "p50", "p90")}
    assert list(found["scores"]) == [*NAMES, "coverage"]
    assert {tuple(found["scores"][name]) for name in NAMES} == {("wape", "bias", "pinball", "brier")}
    assert found["n_closed"] == closed(steady())


@pytest.mark.parametrize(("horizon", "every"), [(30, 7), (14, 14), (60, 30)])
def test_days_are_apart_over_and_of_what_was_learnt(story: Workspace, horizon: int, every: int) -> None:
    days = [date.fromisoformat(one["as_of"]) for one in told(story, horizon, every)["origins"]]
    assert days[-1] == TODAY - timedelta(horizon)
    assert {b - a for a, b in pairwise(days)} == {timedelta(every)}
    tenth = sorted(case.closed for case in steady() if case.closed)[9]
    assert tenth <= days[0] < tenth + timedelta(every)


@pytest.mark.parametrize("measure", ["amount", "count"])
def test_what_came_is_what_was_won_in_the_days_after(story: Workspace, measure: str) -> None:
    for one in told(story, measure=measure)["origins"]:
        day = date.fromisoformat(one["as_of"])
        count, amount = wins_between(steady(), day + timedelta(1), day + timedelta(30))
        assert one["actual"] == (amount if measure == "amount" else count)


def test_scores_are_those_of_the_days(story: Workspace) -> None:
    found = told(story)
    came = [one["actual"] for one in found["origins"]]
    for name in ("rules", "trailing", "recalibrated"):
        missed = [one[name] - one["actual"] for one in found["origins"]]
        assert found["scores"][name]["wape"] == pytest.approx(sum(map(abs, missed)) / sum(came), abs=1e-4)
        assert found["scores"][name]["bias"] == pytest.approx(sum(missed) / sum(came), abs=1e-4)
    held = [one["model"]["p10"] <= one["actual"] <= one["model"]["p90"] for one in found["origins"]]
    assert found["scores"]["coverage"] == pytest.approx(sum(held) / len(held), abs=1e-4)
    for one in found["origins"]:
        assert 0 <= one["model"]["p10"] <= one["model"]["p50"] <= one["model"]["p90"]


def test_the_verdict_is_by_both_misses(story: Workspace) -> None:
    found = told(story)
    better = found["scores"]["model"]["wape"] < found["scores"]["rules"]["wape"]
    assert found["trusted"] == better
    n, closed_ones = len(found["origins"]), found["n_closed"]
    assert found["why"].startswith(f"over {n} past days ")
    assert found["why"].endswith(f"({closed_ones} closed opportunities)")


def test_on_few_closed_ones_the_rules_lead(bring: Bring) -> None:
    found = told(bring(steady(14)), 14)
    assert 1 < found["n_closed"] < 10
    assert (found["trusted"], found["why"]) == (
        False,
        f"only {found['n_closed']} opportunities are closed: too few to learn from",
    )
    assert found["origins"]


def test_reliability_counts_every_open_one_of_every_day(story: Workspace) -> None:
    found = told(story)
    days = [date.fromisoformat(one["as_of"]) for one in found["origins"]]
    stood = [
        sum(case.opened <= day and not (case.closed and case.closed <= day) for case in steady())
        for day in days
    ]
    assert sum(one["n"] for one in found["reliability"]) == sum(stood)
    assert all(0 <= one["won"] <= one["n"] and 0 <= one["said"] <= 1 for one in found["reliability"])


def test_progress_counts_up_to_the_days_tried(story: Workspace) -> None:
    seen: list[tuple[int, int]] = []
    told(story, progress=lambda done, of: seen.append((done, of)))
    of = seen[0][1]
    assert seen == [(n, of) for n in range(1, of + 1)]


def test_it_says_the_same_as_of_a_past_day_whatever_came_later(story: Workspace, at: At) -> None:
    before = told(story)
    at(date(2026, 4, 20))
    gates.lose(story, "60", "price", "")
    opportunities.edit(story, "55", Answers(amount="90k"))
    assert told(story, when=When(as_of=TODAY)) == before
    assert told(story, when=When(as_known=TODAY)) == before
    assert told(story) != before


def test_what_is_said_of_a_day_is_not_changed_by_days_after_it(story: Workspace) -> None:
    earlier = told(story, when=When(as_of=TODAY - timedelta(7)))["origins"]
    assert earlier == told(story)["origins"][:-1]


@pytest.mark.parametrize(
    ("horizon", "every", "line"),
    [
        (0, 7, "a horizon of 0 days cannot be tried; give 1 to 366: --horizon 30d"),
        (367, 7, "a horizon of 367 days cannot be tried; give 1 to 366: --horizon 30d"),
        (30, 0, "the days to try lie at least one day apart: --every 7d"),
        (300, 7, "the history is too short to try 300 days ahead; it has 355 days: --horizon 88d"),
    ],
)
def test_days_that_cannot_be_tried_are_refused(story: Workspace, horizon: int, every: int, line: str) -> None:
    with pytest.raises(InvalidInput) as raised:
        told(story, horizon, every)
    assert raised.value.message == line


def test_without_a_history_nothing_can_be_tried(workspace: Workspace) -> None:
    with pytest.raises(InvalidInput, match="the history is too short to try 30 days ahead; it has 0 days"):
        told(workspace)


def test_with_nothing_closed_by_any_day_nothing_is_scored(bring: Bring) -> None:
    place = bring([case._replace(outcome=None, closed=None) for case in steady(20)])
    found = told(place)
    assert (found["origins"], found["reliability"], found["trusted"]) == ([], [], False)
    assert set(found["scores"]["model"].values()) == {None}
    assert found["why"] == "no opportunity is closed yet: there is nothing to learn from"


def test_the_measure_may_be_a_field(story: Workspace) -> None:
    found = told(story, measure="count")
    assert (found["measure"], found["unit"]) == ("count", "number")
    with pytest.raises(InvalidInput, match='no numeric field "days"; what can be added up is: amount, count'):
        told(story, measure="days")
