"""Why the forecast moved, as a use case: parts with names, the usual days, what is refused, one line."""

from collections.abc import Callable
from datetime import date
from typing import Any

import pytest

from pipecli.config import Settings
from pipecli.errors import InvalidInput
from pipecli.service import changes, gates, opportunities, stages
from pipecli.service.answers import Answers
from pipecli.service.changes import Summary, as_json
from pipecli.service.forecast import When, forecast
from pipecli.service.forecast import as_json as forecast_json
from pipecli.service.periods import Period
from pipecli.service.workspace import Workspace

At = Callable[[date], None]
ASKED = Period(date(2026, 3, 1), date(2026, 6, 30))


def march(day: int) -> date:
    return date(2026, 3, day)


def add(workspace: Workspace, name: str, amount: str | None, close: str | None) -> None:
    sets = (f"close_date={close}", "contact=Ana") if close else ("contact=Ana",)
    opportunities.add(workspace, name, Answers(amount=amount, sets=sets, next="call", due="+60d"))


@pytest.fixture
def moved(workspace: Workspace, at: At) -> Workspace:
    """Six opened on Monday 2 March; one thing happens to each by Thursday the 12th, and a seventh is opened."""
    add(workspace, "Up", "10k", "2026-04-01")
    add(workspace, "Later", "20k", "2026-04-01")
    add(workspace, "Sooner", "30k", "2026-08-01")
    add(workspace, "Lost", "40k", "2026-04-01")
    add(workspace, "Lapsed", "50k", "2026-03-10")
    add(workspace, "Further", "60k", "2026-04-01")
    at(march(11))
    opportunities.edit(workspace, "1", Answers(amount="12k"))
    opportunities.edit(workspace, "2", Answers(sets=("close_date=2026-07-01",)))
    opportunities.edit(workspace, "3", Answers(sets=("close_date=2026-06-30",)))
    gates.lose(workspace, "4", "price", "")
    gates.advance(workspace, "6", Answers(proofs=("need=told",)))
    add(workspace, "New", "70k", "2026-05-01")
    add(workspace, "Dollars", "USD 80k", "2026-05-01")
    at(march(12))
    return workspace


def told(workspace: Workspace, period: Period = ASKED, **asked: Any) -> dict[str, Any]:
    return as_json(changes.changes(workspace, period, **asked))


def test_each_part_has_its_opportunities(moved: Workspace) -> None:
    found = told(moved, since=march(8))
    parts = {
        part["kind"]: (part["count"], part["amount"], [one["id"] for one in part["opportunities"]])
        for part in found["parts"]
    }

    assert parts == {
        "new": (1, 7000, [7]),
        "lost": (1, -4000, [4]),
        "pulled_in": (1, 3000, [3]),
        "pushed_out": (2, -7000, [5, 2]),
        "amount_up": (1, 200, [1]),
        "probability": (1, 9000, [6]),
    }
    assert (found["before"], found["after"], found["difference"]) == (18_000, 26_200, 8200)
    assert found["other_currencies"] == [{"currency": "USD", "count": 1}]
    assert found["parts"][0]["opportunities"] == [{"id": 7, "name": "New", "account": None, "amount": 7000}]


def test_the_keys_of_the_contract(moved: Workspace) -> None:
    found = told(moved)

    assert list(found) == [
        *("since", "as_of", "from", "until", "currency", "before", "after", "difference", "parts"),
        "other_currencies",
    ]
    assert list(found["parts"][0]) == ["kind", "count", "amount", "opportunities"]


def test_the_usual_days_are_the_last_monday_and_the_period_of_the_forecast(moved: Workspace, at: At) -> None:
    found = told(moved, Period())
    assert (found["since"], found["as_of"]) == ("2026-03-09", "2026-03-12")
    assert (found["from"], found["until"]) == ("2026-03-01", "2026-06-30")
    at(march(16))
    assert told(moved)["since"] == "2026-03-09"


def test_after_is_the_forecast_of_now_and_before_that_of_then(moved: Workspace) -> None:
    def number(**day: date) -> float:
        document = forecast_json(forecast(moved, ASKED, when=When(**day)))
        return float(document["won"]["amount"] + document["weighted"])

    found = told(moved, since=march(8))
    assert (found["before"], found["after"]) == (number(as_of=march(8)), number())


def test_as_of_an_earlier_day_what_came_later_has_not_happened(moved: Workspace) -> None:
    found = told(moved, since=march(3), as_of=march(10))
    assert (found["as_of"], found["parts"]) == ("2026-03-10", [])
    found = told(moved, since=march(3), as_of=march(11))
    assert [part["kind"] for part in found["parts"]][:2] == ["new", "lost"]


def test_a_changed_definition_is_a_changed_probability(workspace: Workspace, at: At) -> None:
    add(workspace, "ERP", "10k", "2026-04-01")
    at(march(11))
    toml = stages.current_toml(workspace)[1]
    stages.adopt(workspace, toml.replace("probability = 10", "probability = 15", 1), {})

    found = told(workspace, since=march(10))
    assert [(part["kind"], part["amount"]) for part in found["parts"]] == [("probability", 500)]


def test_since_looks_back_only(moved: Workspace) -> None:
    with pytest.raises(InvalidInput, match="2026-03-13 is after 2026-03-12; --since looks back"):
        told(moved, since=march(13))
    with pytest.raises(InvalidInput, match="2026-03-13 is in the future; --as-of looks back"):
        told(moved, as_of=march(13))
    assert told(moved, since=march(12))["parts"] == []


def test_a_period_that_ends_before_it_starts_is_refused(moved: Workspace) -> None:
    with pytest.raises(InvalidInput, match="the period ends 2026-03-01, before it starts 2026-06-30"):
        told(moved, Period(date(2026, 6, 30), march(1)))


def test_pipe_today_is_the_day_of_the_report(moved: Workspace, settings: Settings) -> None:
    later = Workspace(Settings(environ={**settings.environ, "PIPE_TODAY": "2026-05-04"}))
    found = told(later, since=march(12))
    assert (found["as_of"], [p["kind"] for p in found["parts"]]) == ("2026-05-04", ["pushed_out"])


def test_the_summary_counts_each_kind(moved: Workspace) -> None:
    with moved.read() as reading:
        found = changes.summary(reading, ASKED)
    counts = {"new": 1, "lost": 1, "pulled_in": 1, "pushed_out": 2, "amount_up": 1, "probability": 1}
    assert found == Summary(march(9), 820_000, counts)
