"""The forecast opportunity by opportunity: the lines make up the sum, the largest first, each with what moved it."""

import re
from collections.abc import Callable
from datetime import date
from typing import Any

import pytest

from pipecli.service import gates, opportunities, rates, stages
from pipecli.service.answers import Answers
from pipecli.service.explaining import explained_forecast
from pipecli.service.forecast import When, as_json
from pipecli.service.periods import Period
from pipecli.service.workspace import Workspace

At = Callable[[date], None]
ASKED = Period(date(2026, 3, 1), date(2026, 6, 30))
NEXT = Answers(next="call", due="+5d")


def told(
    workspace: Workspace, period: Period = ASKED, measure: str = "amount", **day: date
) -> tuple[dict[str, Any], list[dict[str, Any]]]:
    report, lines = explained_forecast(workspace, period, measure=measure, when=When(**day))
    return as_json(report), lines


def by_number(workspace: Workspace) -> dict[int, dict[str, Any]]:
    return {line["id"]: line for line in told(workspace)[1]}


@pytest.mark.parametrize("measure", ["amount", "count"])
@pytest.mark.parametrize(
    "period",
    [
        Period(until=date(2026, 3, 20)),
        ASKED,
        Period(until=date(2027, 3, 1)),
        Period(date(2026, 4, 1), date(2026, 6, 30)),
    ],
)
def test_what_each_adds_makes_up_what_exists(story: Workspace, measure: str, period: Period) -> None:
    document, lines = told(story, period, measure)
    assert len(lines) == 7
    mean = document["history"]["existing"]["mean"]
    assert mean > 0
    assert sum(line["expected"] for line in lines) == pytest.approx(mean, abs=0.04)
    assert sum(line["share"] for line in lines) == pytest.approx(1, abs=0.001)


def test_a_line_has_every_key(story: Workspace) -> None:
    opportunities.edit(story, "60", Answers(sets=("account=Acme", "close_date=2026-04-20")))
    line = by_number(story)[60]
    assert {key: line[key] for key in list(line)[:10]} == {
        "id": 60,
        "name": "Opportunity A060",
        "account": "Acme",
        "stage": "lead",
        "stage_name": "Qualified lead",
        "close_date": "2026-04-20",
        "currency": "EUR",
        "amount": 8000,
        "probability": 10,
        "weighted": 800,
    }
    assert list(line)[10:] == ["by_until", "expected", "share", "moved"]


def test_what_adds_most_is_first(story: Workspace) -> None:
    opportunities.edit(story, "57", NEXT._replace(amount="1m"))
    _document, lines = told(story)
    adds = [line["expected"] for line in lines]
    assert adds == sorted(adds, reverse=True)
    assert lines[0]["id"] == 57


def test_only_what_is_open_is_listed(story: Workspace) -> None:
    assert sorted(by_number(story)) == [54, 55, 56, 57, 58, 59, 60]
    gates.lose(story, "54", "price", "")
    assert 54 not in by_number(story)


def test_what_moved_each(story: Workspace) -> None:
    toml = stages.current_toml(story)[1]
    stages.adopt(
        story,
        toml.replace("probability = 10", "probability = { default = 10, min = 5, max = 40 }", 1),
        {},
    )
    opportunities.edit(story, "60", NEXT, probability=30, reason="felt")
    opportunities.edit(story, "59", NEXT._replace(sets=("close_date=2026-03-01",)))
    opportunities.add(story, "Blank", NEXT)
    found = by_number(story)
    assert found[60]["moved"] == ["set by hand to 30 %, the stage's is 10 %"]
    assert found[60]["probability"] == 30
    assert "its close date is past" in found[59]["moved"]
    assert found[61]["moved"] == ["no amount: taken as what such wins usually bring"]
    assert (found[61]["amount"], found[61]["weighted"]) == (None, None)
    assert found[61]["expected"] > 0


def test_days_in_the_stage_move_it(story: Workspace) -> None:
    """Whoever is won leaves proposal after twelve days; 54 is there for seventeen, 56 for five."""
    found = by_number(story)
    assert {found[n]["stage"] for n in (54, 56)} == {"proposal"}
    assert re.match(r"17 days in the stage lower it from \d+ %", found[54]["moved"][0])
    assert found[54]["by_until"] < found[56]["by_until"]


def test_a_chance_grows_with_the_period(story: Workspace) -> None:
    chances = []
    for until in (date(2026, 3, 2), date(2026, 3, 31), date(2026, 6, 30), date(2027, 6, 30)):
        _document, lines = told(story, Period(until=until))
        chances.append({line["id"]: line["by_until"] for line in lines}[54])
    assert chances[0] == 0
    assert chances == sorted(chances)


def test_as_of_a_day_has_what_stood_then(story: Workspace, at: At) -> None:
    before = told(story)
    at(date(2026, 3, 20))
    opportunities.edit(story, "60", Answers(amount="90k", sets=("account=Acme",)))
    gates.lose(story, "54", "price", "")
    opportunities.add(story, "New", NEXT._replace(amount="1k"))
    assert told(story, as_of=date(2026, 3, 2)) == before
    assert told(story, as_known=date(2026, 3, 2)) == before
    assert [line["id"] for line in told(story)[1]] != [line["id"] for line in before[1]]


def test_an_amount_without_a_rate_is_told_in_its_own_currency_and_adds_nothing(story: Workspace) -> None:
    opportunities.edit(story, "60", Answers(amount="JPY 90000"))
    line = by_number(story)[60]
    assert (line["currency"], line["amount"], line["weighted"], line["expected"]) == ("JPY", 90_000, 9000, 0)
    assert "an amount in JPY, without a rate: counted, not priced" in line["moved"]
    rates.set_rate(story, "JPY", "0.01")
    line = by_number(story)[60]
    assert (line["currency"], line["amount"], line["weighted"]) == ("EUR", 900, 90)
    assert line["expected"] > 0
