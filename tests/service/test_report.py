"""The report as a use case: of one moment, with what other use cases say, and what is to be settled first."""

from collections.abc import Callable, Sequence
from datetime import date, timedelta

import pytest
from past_lives import steady

from forecasting.cases import Case
from pipecli.errors import InvalidInput
from pipecli.service import audit, opportunities, report, statistics
from pipecli.service import forecast as forecasts
from pipecli.service.answers import Answers
from pipecli.service.journeys import Asked
from pipecli.service.periods import Period
from pipecli.service.workspace import Workspace

At = Callable[[date], None]
TODAY = date(2026, 3, 2)


def test_what_an_import_left_without_a_next_action_is_to_be_settled(
    bring: Callable[[Sequence[Case]], Workspace],
) -> None:
    found = report.report(bring(steady()))
    n = found["open"]["count"]
    assert n and found["settle"]["counts"] == {"approval": 0, "overdue": 0, "unplanned": n, "stale": 0}
    assert {line["section"] for line in found["settle"]["lines"]} == {"unplanned"}
    assert sum(owner["unplanned"]["count"] for owner in found["owners"]) == n
    assert sum(stage["unplanned"]["count"] for stage in found["stages"]) == n
    assert found["settle"]["pressing"] == found["open"]


def test_its_figures_are_those_of_the_other_use_cases(story: Workspace) -> None:
    found = report.report(story)
    ahead = forecasts.forecast(story, Period(), usual_lines=True)
    assert found["forecast"] == forecasts.as_json(ahead)
    assert found["months"] == forecasts.months_json(ahead)
    checked = audit.audit(story, audit.Asked())
    assert found["hygiene"] == {key: checked[key] for key in found["hygiene"]}
    flows = statistics.funnel(story, Asked()).rows
    assert [stage["flow"] for stage in found["stages"]] == flows
    assert sum(stage["open"]["count"] for stage in found["stages"]) == found["open"]["count"]
    assert sum(owner["open"]["count"] for owner in found["owners"]) == found["open"]["count"]


def test_owners_and_sections_have_the_worst_first(workspace: Workspace, at: At) -> None:
    for name, amount, owner, due in (
        ("Small late", "1k", "zoe", "+2d"),
        ("Large late", "9k", "Zoe", "+3d"),
        ("Quiet", "5k", "bob", "+20d"),
        ("Fine", "90k", "amy", "+60d"),
    ):
        answers = Answers(amount=amount, owner=owner, next="call", due=due, sets=("contact=Ana",))
        opportunities.add(workspace, name, answers)
    at(TODAY + timedelta(10))
    found = report.report(workspace)
    assert [line["id"] for line in found["settle"]["lines"]] == [2, 1]
    assert [row["owner"] for row in found["owners"]] == ["zoe", "amy", "bob"]
    assert found["owners"][0]["overdue"] == {"count": 2, "amount": 10_000, "unpriced": 0}
    at(TODAY + timedelta(25))
    found = report.report(workspace)
    assert [(line["section"], line["id"]) for line in found["settle"]["lines"]] == [
        ("overdue", 2),
        ("overdue", 3),
        ("overdue", 1),
    ]


def test_another_period_is_refused(workspace: Workspace) -> None:
    with pytest.raises(InvalidInput, match='no report "yearly"; the reports are: weekly, monthly'):
        report.report(workspace, "yearly")
