"""Cash by month and load by week as use cases: now, as of a past day, by the terms of that day, and as JSON."""

from collections.abc import Callable
from datetime import date
from typing import Any

import pytest

from pipecli.errors import InvalidInput
from pipecli.service import cash, gates, load, opportunities, rates, stages
from pipecli.service.answers import Answers
from pipecli.service.forecast import When, as_json, forecast
from pipecli.service.periods import Period
from pipecli.service.workspace import Workspace

At = Callable[[date], None]
ASKED = Period(date(2026, 3, 1), date(2026, 6, 30))
SCHEDULES = """
[[field]]
key = "effort_days"
type = "number"
label = "Days of work"

[[field]]
key = "transport"
type = "money"

[[payment]]
share = 30

[[payment]]
share = 70
after = "60d"

[delivery]
start_after = "7d"
over = "2w"

[delivery.transport]
over = "1d"
"""
TO_WIN = Answers(
    proofs=(
        "need=told", "problem=told", "decision-maker=told", "offer=sent", "answer=yes", "objections=none",
        "order=PO 7",
    ),
    sets=("contact=Ana", "decision_maker=Ana", "quote_valid_until=2026-12-31", "close_date=2026-03-02"),
    said=(("meeting", "met", ""),),
)  # fmt: skip


@pytest.fixture
def sold(workspace: Workspace, at: At) -> Workspace:
    """Opened on Monday 2 March: 1 open for April, 2 without a date, 3 in dollars, 4 won that day, 5 lost."""
    stages.adopt(workspace, stages.current_toml(workspace)[1] + SCHEDULES, {})

    def add(name: str, amount: str | None, *sets: str) -> None:
        opportunities.add(workspace, name, Answers(amount=amount, sets=sets, next="call", due="+5d"))

    add("ERP", "10k", "close_date=2026-04-06", "effort_days=20", "transport=500.50")
    add("Shop", "7k", "effort_days=3")
    add("Web", "USD 5k", "close_date=2026-04-01")
    add("Won", "4k", "effort_days=14")
    add("Lost", "99k", "close_date=2026-04-01", "effort_days=99")
    gates.win(workspace, "4", "trust", TO_WIN._replace(amount="4k"))
    gates.lose(workspace, "5", "price", "")
    return workspace


def money(workspace: Workspace, as_of: date | None = None) -> dict[str, Any]:
    return cash.as_json(cash.cash(workspace, ASKED, When(as_of)))


def work(workspace: Workspace, field: str = "effort_days", as_of: date | None = None) -> dict[str, Any]:
    return load.as_json(load.load(workspace, field, ASKED, When(as_of)))


def by_rules(found: dict[str, Any]) -> dict[str, Any]:
    """The same without what history says, of which every line has a range for each part."""
    groups = []
    for group in found["groups"]:
        assert list(group["history"]) == ["existing", "new_business", "total"]
        assert {tuple(part) for part in group["history"].values()} == {("mean", "p10", "p50", "p90")}
        groups.append({key: value for key, value in group.items() if key != "history"})
    return {**found, "groups": groups}


def test_cash_has_every_key(sold: Workspace) -> None:
    assert by_rules(money(sold)) == {
        "as_of": "2026-03-02",
        "from": "2026-03-01",
        "until": "2026-06-30",
        "currency": "EUR",
        "terms": [
            {"share": 30, "after_days": 0, "label": ""},
            {"share": 70, "after_days": 60, "label": ""},
        ],
        "count": 2,
        "won_unpaid": 4000,
        "weighted": 1000,
        "total": 5000,
        "paid": 0,
        "later": {"won_unpaid": 0, "weighted": 0, "total": 0},
        "unpriced": {"count": 0},
        "undated": {"count": 1, "amount": 7000},
        "other_currencies": [
            {
                "currency": "USD",
                "count": 1,
                "won_unpaid": 0,
                "weighted": 500,
                "total": 500,
                "paid": 0,
                "later": {"won_unpaid": 0, "weighted": 0, "total": 0},
                "unpriced": {"count": 0},
                "undated": {"count": 0, "amount": 0},
            }
        ],
        "groups": [
            {"key": "2026-03", "label": "2026-03", "won_unpaid": 1200, "weighted": 0, "total": 1200},
            {"key": "2026-04", "label": "2026-04", "won_unpaid": 0, "weighted": 300, "total": 300},
            {"key": "2026-05", "label": "2026-05", "won_unpaid": 2800, "weighted": 0, "total": 2800},
            {"key": "2026-06", "label": "2026-06", "won_unpaid": 0, "weighted": 700, "total": 700},
        ],
    }


def test_what_was_due_counts_as_paid_the_day_after(sold: Workspace, at: At) -> None:
    at(date(2026, 3, 3))
    found = money(sold)
    assert (found["paid"], found["won_unpaid"]) == (1200, 2800)


def test_cash_of_a_past_day_knows_nothing_that_came_later(sold: Workspace, at: At) -> None:
    at(date(2026, 3, 9))
    before = money(sold, as_of=date(2026, 3, 5))
    opportunities.edit(sold, "1", Answers(amount="90k"))
    opportunities.add(sold, "New", Answers(amount="1m", sets=("close_date=2026-04-06",), next="x", due="+1d"))
    gates.lose(sold, "2", "price", "")
    assert money(sold, as_of=date(2026, 3, 5)) == before
    assert money(sold) != before


def test_cash_of_a_past_day_is_by_the_terms_of_that_day(sold: Workspace, at: At) -> None:
    at(date(2026, 3, 9))
    toml = stages.current_toml(sold)[1]
    stages.adopt(sold, toml.replace("share = 30", "share = 50").replace("share = 70", "share = 50"), {})
    assert [t["share"] for t in money(sold, as_of=date(2026, 3, 8))["terms"]] == [30, 70]
    assert [t["share"] for t in money(sold)["terms"]] == [50, 50]


def test_a_rate_brings_another_currency_in(sold: Workspace) -> None:
    rates.set_rate(sold, "USD", "0.5")
    found = money(sold)
    assert (found["other_currencies"], found["weighted"]) == ([], 1250)


def test_without_terms_cash_is_the_forecast(workspace: Workspace) -> None:
    opportunities.add(
        workspace, "ERP", Answers(amount="999", sets=("close_date=2026-04-06",), next="x", due="+1d")
    )
    found = money(workspace)
    assert [(g["key"], g["weighted"]) for g in found["groups"] if g["total"]] == [("2026-04", 99.9)]


def test_load_has_every_key(sold: Workspace) -> None:
    found = by_rules(work(sold))
    assert {key: value for key, value in found.items() if key != "groups"} == {
        "as_of": "2026-03-02",
        "from": "2026-03-01",
        "until": "2026-06-30",
        "field": "effort_days",
        "label": "Days of work",
        "currency": None,
        "delivery": {"start_after_days": 7, "over_days": 14},
        "won": 14,
        "weighted": 2,
        "total": 16,
        "later": {"won": 0, "weighted": 0, "total": 0},
        "unknown": {"count": 1},
        "undated": {"count": 1, "quantity": 3},
    }
    assert found["groups"][0] == {
        "key": "2026-03-02", "label": "2026-W10", "until": "2026-03-08", "won": 0, "weighted": 0, "total": 0,
    }  # fmt: skip
    assert [(g["key"], g["won"], g["weighted"]) for g in found["groups"] if g["total"]] == [
        ("2026-03-09", 7, 0),
        ("2026-03-16", 7, 0),
        ("2026-04-13", 0, 1),
        ("2026-04-20", 0, 1),
    ]
    assert found["groups"][-1]["until"] == "2026-06-30"


def test_load_of_a_money_field_is_in_the_pipelines_currency(sold: Workspace) -> None:
    found = work(sold, "transport")
    assert (found["currency"], found["delivery"]) == ("EUR", {"start_after_days": 7, "over_days": 1})
    assert [(g["key"], g["weighted"]) for g in found["groups"] if g["total"]] == [("2026-04-13", 50.05)]


def test_load_of_a_past_day_reads_the_field_as_it_was(sold: Workspace, at: At) -> None:
    at(date(2026, 3, 9))
    before = work(sold, as_of=date(2026, 3, 5))
    opportunities.edit(sold, "1", Answers(sets=("effort_days=200",)))
    assert work(sold, as_of=date(2026, 3, 5)) == before
    assert work(sold)["weighted"] == 20


@pytest.mark.parametrize("name", ["effort_days", "Effort-Days"])
def test_a_field_is_found_as_people_write_it(sold: Workspace, name: str) -> None:
    assert work(sold, name)["field"] == "effort_days"


@pytest.mark.parametrize(
    ("field", "line"),
    [
        ("efort", 'no numeric field "efort"; what can be added up is: effort_days, transport'),
        ("amount", 'no numeric field "amount"; what can be added up is: effort_days, transport'),
        (
            "quote_valid_until",
            "quote_valid_until is of type date and cannot be added up; what can is: effort_days, transport",
        ),
    ],
)
def test_a_field_that_is_no_number_is_refused_naming_those_that_are(
    sold: Workspace, field: str, line: str
) -> None:
    with pytest.raises(InvalidInput) as raised:
        work(sold, field)
    assert raised.value.message == line


def test_a_definition_without_a_number_says_what_to_add(workspace: Workspace) -> None:
    with pytest.raises(InvalidInput, match=r"no numeric field; add a \[\[field\]\] of type"):
        work(workspace)


@pytest.mark.parametrize(
    ("period", "as_of", "line"),
    [
        (Period(date(2026, 5, 1), date(2026, 4, 1)), None, "ends 2026-04-01, before it starts 2026-05-01"),
        (Period(), date(2026, 3, 3), "2026-03-03 is in the future; --as-of looks back"),
    ],
)
def test_impossible_days_are_refused(sold: Workspace, period: Period, as_of: date | None, line: str) -> None:
    for ask in (
        lambda: cash.cash(sold, period, When(as_of)),
        lambda: load.load(sold, "effort_days", period, When(as_of)),
    ):
        with pytest.raises(InvalidInput, match=line):
            ask()


def test_a_value_from_when_the_field_was_a_text_is_not_known(sold: Workspace) -> None:
    toml = stages.current_toml(sold)[1]
    text = toml.replace('type = "number"', 'type = "text"')
    stages.adopt(sold, text, {})
    opportunities.edit(sold, "1", Answers(sets=("effort_days=a lot",)))
    stages.adopt(sold, toml, {})
    found = work(sold)
    assert (found["weighted"], found["unknown"]["count"]) == (0, 2)


def test_an_empty_pipeline_has_nothing_to_come(workspace: Workspace) -> None:
    found = money(workspace)
    assert (found["total"], found["count"], [g["total"] for g in found["groups"]]) == (0, 0, [0] * 4)


# From history


def adopt(workspace: Workspace, toml: str) -> Workspace:
    stages.adopt(workspace, stages.current_toml(workspace)[1] + toml, {})
    return workspace


def means(found: dict[str, Any], part: str = "total") -> list[float]:
    return [group["history"][part]["mean"] for group in found["groups"]]


def forecast_means(workspace: Workspace, measure: str = "amount", part: str = "total") -> list[float]:
    """What history expects to be won in each month from March to June."""
    return means(as_json(forecast(workspace, ASKED, by="month", measure=measure)), part)


PARTS = ("existing", "new_business", "total")


@pytest.mark.parametrize("part", PARTS)
def test_paid_at_the_win_cash_by_month_is_what_is_won_by_month(story: Workspace, part: str) -> None:
    assert means(money(story), part) == pytest.approx(forecast_means(story, part=part), abs=0.01)
    assert sum(means(money(story), part)) > 0


def test_a_part_paid_later_falls_into_a_later_month(story: Workspace) -> None:
    terms = '[[payment]]\nshare = 30\n\n[[payment]]\nshare = 70\nafter = "61d"\n'
    won = forecast_means(story)
    paid = money(adopt(story, terms))
    # What is won from 1 March to 30 April is paid in full by 30 June, the rest of it not.
    assert sum(means(paid)) == pytest.approx(0.3 * sum(won) + 0.7 * sum(won[:2]), abs=0.05)
    assert means(paid)[0] == pytest.approx(0.3 * won[0], abs=0.01)


@pytest.mark.parametrize("part", PARTS)
def test_work_done_at_the_win_adds_up_to_what_is_won(story: Workspace, part: str) -> None:
    adopt(story, '[[field]]\nkey = "effort_days"\ntype = "number"\n')
    opportunities.edit(story, "60", Answers(sets=("effort_days=30",)))
    opportunities.edit(story, "59", Answers(sets=("effort_days=8",)))
    won = forecast_means(story, "effort_days", part)
    assert sum(means(work(story), part)) == pytest.approx(sum(won), abs=0.01)
    assert sum(forecast_means(story, "effort_days", "existing")) > 0


@pytest.mark.parametrize("of", [money, work])
def test_quantiles_of_schedules_are_ordered(
    story: Workspace, of: Callable[[Workspace], dict[str, Any]]
) -> None:
    adopt(story, SCHEDULES)
    opportunities.edit(story, "60", Answers(sets=("effort_days=30",)))
    for group in of(story)["groups"]:
        for found in group["history"].values():
            assert 0 <= found["p10"] <= found["p50"] <= found["p90"]


@pytest.mark.parametrize("of", [money, work])
def test_schedules_as_known_then(story: Workspace, at: At, of: Callable[[Workspace], dict[str, Any]]) -> None:
    adopt(story, SCHEDULES)
    before = of(story)
    at(date(2026, 3, 9))
    opportunities.edit(story, "60", Answers(amount="1m", sets=("effort_days=500",), on="2026-03-02"))
    when = When(as_known=date(2026, 3, 2))
    assert before == (
        cash.as_json(cash.cash(story, ASKED, when))
        if of is money
        else load.as_json(load.load(story, "effort_days", ASKED, when))
    )


def test_a_period_that_is_over_has_nothing_from_history(story: Workspace) -> None:
    over = Period(date(2026, 1, 1), date(2026, 2, 28))
    found = cash.as_json(cash.cash(story, over))
    assert means(found) == [0, 0]
    assert found["paid"] > 0
