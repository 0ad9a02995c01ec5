"""The forecast as a use case: won to date and what is open, by period, now and as of a day."""

from collections.abc import Callable
from datetime import date
from typing import Any

import pytest

from pipecli.config import Settings
from pipecli.errors import InvalidInput
from pipecli.service import gates, opportunities, rates, stages, undoing
from pipecli.service.answers import Answers
from pipecli.service.forecast import When, as_json, forecast, months_json
from pipecli.service.periods import Period
from pipecli.service.workspace import Workspace

At = Callable[[date], None]
ASKED = Period(date(2026, 1, 1), date(2026, 6, 30))
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
    """On 2 March: 1 to 4 open (one without amount, one in dollars, one without a date), 5 lost, 6 won on the 2nd."""

    def add(name: str, amount: str | None, close: str, owner: str = "lea") -> None:
        sets = (f"close_date={close}",) if close else ()
        given = Answers(amount=amount, sets=sets, next="call", due="+5d", owner=owner)
        opportunities.add(workspace, name, given)

    add("ERP", "10k", "2026-03-20")
    add("CRM", None, "2026-04-02", "bob")
    add("Web", "USD 5k", "2026-05-01")
    add("Shop", "7k", "", "bob")
    add("Lost", "99k", "2026-03-20")
    add("Won", "4k", "2026-03-20", "bob")
    gates.lose(workspace, "5", "price", "")
    gates.win(workspace, "6", "trust", TO_WIN._replace(amount="4k"))
    return workspace


def told(
    workspace: Workspace, period: Period = ASKED, *, as_of: date | None = None, **asked: Any
) -> dict[str, Any]:
    return as_json(forecast(workspace, period, when=When(as_of), **asked))


def test_what_is_won_open_weighted_unpriced_and_undated(sold: Workspace) -> None:
    found = told(sold)
    history = found.pop("history")
    assert list(history) == ["trusted", "why", "n_closed", "existing", "new_business", "total"]
    assert (history["trusted"], history["n_closed"]) == (False, 2)
    assert found == {
        "as_of": "2026-03-02",
        "from": "2026-01-01",
        "until": "2026-06-30",
        "currency": "EUR",
        "won": {"count": 1, "amount": 4000},
        "open": {"count": 2, "amount": 10_000},
        "weighted": 1000,
        "unpriced": {"count": 1},
        "undated": {"count": 1, "amount": 7000},
        "other_currencies": [
            {
                "currency": "USD",
                "won": {"count": 0, "amount": 0},
                "open": {"count": 1, "amount": 5000},
                "weighted": 500,
                "unpriced": {"count": 0},
                "undated": {"count": 0, "amount": 0},
            }
        ],
    }


def lines(found: dict[str, Any]) -> dict[str, tuple[float, float]]:
    """Key -> won and open amount of each group."""
    return {g["key"]: (g["won"]["amount"], g["open"]["amount"]) for g in found["groups"]}


def test_by_month_every_month_has_its_line(sold: Workspace) -> None:
    document = told(sold, by="month")
    found = lines(document)
    assert list(found) == [f"2026-0{month}" for month in range(1, 7)]
    assert [(g["from"], g["until"]) for g in document["groups"]][:2] == [
        ("2026-01-01", "2026-01-31"), ("2026-02-01", "2026-02-28"),
    ]  # fmt: skip
    assert {key: sums for key, sums in found.items() if any(sums)} == {"2026-03": (4000, 10_000)}


def test_by_quarter(sold: Workspace) -> None:
    assert lines(told(sold, by="quarter")) == {"2026-Q1": (4000, 10_000), "2026-Q2": (0, 0)}


def test_by_owner(sold: Workspace) -> None:
    assert lines(told(sold, by="owner")) == {"bob": (4000, 0), "lea": (0, 10_000)}


def test_by_stage_in_its_order_with_its_name(sold: Workspace) -> None:
    gates.advance(sold, "1", Answers(proofs=("need=told",), sets=("contact=Ana",)))
    found = told(sold, by="stage")
    assert [(g["key"], g["label"]) for g in found["groups"]] == [
        ("lead", "Qualified lead"),
        ("discovery", "Discovery"),
    ]
    assert found["groups"][1]["weighted"] == 2500


def test_the_usual_period_is_this_month_to_the_end_of_the_next_quarter(workspace: Workspace) -> None:
    found = told(workspace, Period())
    assert (found["from"], found["until"]) == ("2026-03-01", "2026-06-30")


def test_a_period_that_ends_before_it_starts_is_refused(workspace: Workspace) -> None:
    with pytest.raises(InvalidInput, match="the period ends 2026-01-01, before it starts 2026-06-30"):
        told(workspace, Period(date(2026, 6, 30), date(2026, 1, 1)))


def test_as_of_looks_back_only(workspace: Workspace) -> None:
    with pytest.raises(InvalidInput, match="2026-03-03 is in the future; --as-of looks back"):
        told(workspace, as_of=date(2026, 3, 3))


def test_as_of_today_is_the_forecast_of_today(sold: Workspace) -> None:
    for by in (None, "month", "owner", "stage", "account", "source", "quote_valid_until"):
        assert told(sold, by=by, as_of=date(2026, 3, 2)) == told(sold, by=by)


def test_as_of_is_what_stood_on_that_day(sold: Workspace, at: At) -> None:
    at(date(2026, 3, 10))
    opportunities.edit(sold, "1", Answers(amount="12k"))
    opportunities.edit(sold, "6", Answers(amount="4500"))  # what was won is corrected, not won again
    at(date(2026, 3, 12))
    gates.lose(sold, "1", "price", "")
    at(date(2026, 3, 25))

    def amounts(**asked: Any) -> tuple[float, float]:
        found = told(sold, **asked)
        return found["won"]["amount"], found["open"]["amount"]

    assert amounts(as_of=date(2026, 3, 1)) == (0, 0)
    assert amounts(as_of=date(2026, 3, 9)) == (4000, 10_000)
    assert amounts(as_of=date(2026, 3, 10)) == (4500, 12_000)
    assert amounts(as_of=date(2026, 3, 12)) == (4500, 0)
    assert amounts() == (4500, 0)
    march = Period(date(2026, 3, 1), date(2026, 3, 5))
    assert told(sold, march, as_of=date(2026, 3, 20))["won"] == {"count": 1, "amount": 4500}


def test_what_was_undone_was_never_so(sold: Workspace, at: At) -> None:
    at(date(2026, 3, 4))
    opportunities.edit(sold, "1", Answers(amount="90k"))
    at(date(2026, 3, 6))
    undoing.undo(sold)
    assert told(sold, as_of=date(2026, 3, 5))["open"]["amount"] == 10_000


def test_a_close_date_that_has_passed_belongs_to_no_period(sold: Workspace, at: At) -> None:
    at(date(2026, 3, 21))
    found = told(sold)
    assert found["open"] == {"count": 1, "amount": 0}
    assert found["undated"] == {"count": 2, "amount": 17_000}


def test_pipe_today_is_the_day_of_the_report(sold: Workspace, settings: Settings) -> None:
    later = Workspace(Settings(environ={**settings.environ, "PIPE_TODAY": "2026-03-21"}))
    found = told(later)
    assert (found["as_of"], found["undated"]["count"]) == ("2026-03-21", 2)


def test_a_period_that_starts_later_than_the_usual_end_has_one_of_its_own(workspace: Workspace) -> None:
    found = told(workspace, Period(start=date(2027, 2, 1)))
    assert (found["from"], found["until"]) == ("2027-02-01", "2027-06-30")


# Lines


def test_without_a_period_a_person_sees_this_month_this_quarter_and_the_next(sold: Workspace) -> None:
    found = told(sold, Period(), usual_lines=True)
    assert lines(found) == {"2026-03": (4000, 10_000), "2026-Q1": (4000, 10_000), "2026-Q2": (0, 0)}
    assert (found["from"], found["until"]) == ("2026-01-01", "2026-06-30")


def test_a_period_that_was_typed_has_no_usual_lines(sold: Workspace) -> None:
    assert "groups" not in told(sold, Period(until=date(2026, 6, 30)), usual_lines=True)


FIELDS = """
[[field]]
key = "effort_days"
type = "number"

[[field]]
key = "margin"
type = "money"

[[field]]
key = "region"
type = "choice"
choices = ["north", "south"]

[[field]]
key = "renewal"
type = "yes/no"
"""


@pytest.fixture
def described(sold: Workspace) -> Workspace:
    """The same with what the company asks of its opportunities; 4 has no account, source or field."""
    stages.adopt(sold, stages.current_toml(sold)[1] + FIELDS, {})
    for ref, *sets in (
        ("1", "account=Acme", "source=web", "effort_days=2.5", "margin=400.50", "region=north", "renewal=no"),
        ("2", "account=Borel", "source=fair", "effort_days=10", "margin=1k", "region=south", "renewal=yes"),
        ("3", "account=Acme", "source=web", "effort_days=1", "region=north"),
        ("6", "account=Acme", "source=web", "effort_days=4", "margin=300", "region=north", "renewal=yes"),
    ):
        opportunities.edit(sold, ref, Answers(sets=tuple(sets)))
    return sold


def counts(found: dict[str, Any]) -> dict[str, tuple[int, int, int]]:
    """Key -> how many are won, open and undated, in any currency."""
    return {
        g["key"]: tuple(
            sum(one[part]["count"] for one in (g, *g["other_currencies"]))
            for part in ("won", "open", "undated")
        )
        for g in found["groups"]
    }


@pytest.mark.parametrize(
    ("by", "expected"),
    [
        ("account", {"Acme": (1, 2, 0), "Borel": (0, 1, 0), "none": (0, 0, 1)}),
        ("source", {"fair": (0, 1, 0), "none": (0, 0, 1), "web": (1, 2, 0)}),
        ("region", {"none": (0, 0, 1), "north": (1, 2, 0), "south": (0, 1, 0)}),
        ("renewal", {"no": (0, 1, 0), "none": (0, 1, 1), "yes": (1, 1, 0)}),
        (
            "effort_days",
            {"1": (0, 1, 0), "10": (0, 1, 0), "2.5": (0, 1, 0), "4": (1, 0, 0), "none": (0, 0, 1)},
        ),
        ("margin", {"1000": (0, 1, 0), "300": (1, 0, 0), "400.5": (0, 1, 0), "none": (0, 1, 1)}),
    ],
)
def test_by_account_source_or_a_field(
    described: Workspace, by: str, expected: dict[str, tuple[int, int, int]]
) -> None:
    found = told(described, by=by)
    assert counts(found) == expected
    assert all(group["label"] == group["key"] for group in found["groups"])


def test_a_group_has_the_history_of_its_own_opportunities(described: Workspace) -> None:
    found = told(described, by="account")
    means = [group["history"]["existing"]["mean"] for group in found["groups"]]
    assert sum(means) == pytest.approx(found["history"]["existing"]["mean"], abs=0.02)
    assert all(mean > 0 for mean in means)
    assert {group["history"]["new_business"]["mean"] for group in found["groups"]} == {0}


def test_months_have_the_history_of_their_days_with_business_not_opened_yet(sold: Workspace) -> None:
    found = told(sold, by="month")
    for part in ("existing", "new_business", "total"):
        means = [group["history"][part]["mean"] for group in found["groups"]]
        assert sum(means) == pytest.approx(found["history"][part]["mean"], abs=0.04)
    over = [group["history"]["total"]["p90"] for group in found["groups"] if group["key"] < "2026-03"]
    assert over == [0, 0]


def test_what_it_cannot_be_grouped_by_names_what_there_is(described: Workspace) -> None:
    with pytest.raises(InvalidInput) as raised:
        told(described, by="colour")
    assert raised.value.message == (
        'cannot group by "colour"; group by: month, quarter, owner, stage, account, source, '
        "quote_valid_until, effort_days, margin, region, renewal"
    )


# Measures


def test_a_count_counts_whatever_it_is_worth_in_any_currency(described: Workspace) -> None:
    found = told(described, measure="count")
    assert (found["measure"], found["unit"], found["currency"]) == ("count", "number", "EUR")
    assert found["won"] == {"count": 1, "amount": 1}
    assert found["open"] == {"count": 3, "amount": 3}
    assert (found["weighted"], found["unpriced"]["count"]) == (0.3, 0)
    assert found["undated"] == {"count": 1, "amount": 1}
    assert found["other_currencies"] == []


def test_a_number_of_the_companys_own_is_added_up(described: Workspace) -> None:
    found = told(described, measure="effort_days")
    assert (found["measure"], found["unit"]) == ("effort_days", "number")
    assert (found["won"]["amount"], found["open"]["amount"], found["weighted"]) == (4, 13.5, 1.35)
    assert found["unpriced"] == {"count": 1}


def test_a_money_field_is_in_major_units(described: Workspace) -> None:
    found = told(described, measure="margin")
    assert (found["measure"], found["unit"]) == ("margin", "money")
    assert (found["won"]["amount"], found["open"]["amount"], found["weighted"]) == (300, 1400.5, 140.05)
    assert found["unpriced"] == {"count": 2}


@pytest.mark.parametrize("measure", ["count", "effort_days", "margin"])
def test_a_measure_of_a_past_day_reads_the_field_as_it_was(
    described: Workspace, at: At, measure: str
) -> None:
    before = told(described, measure=measure)
    at(date(2026, 3, 9))
    opportunities.edit(described, "1", Answers(sets=("effort_days=200", "margin=9k")))
    gates.lose(described, "2", "price", "")
    assert told(described, measure=measure, as_of=date(2026, 3, 2)) == before
    assert told(described, measure=measure) != before


@pytest.mark.parametrize(
    ("measure", "line"),
    [
        ("days", 'no numeric field "days"; what can be added up is: amount, count, effort_days, margin'),
        (
            "region",
            "region is of type choice and cannot be added up; what can is: amount, count, effort_days, margin",
        ),
    ],
)
def test_what_cannot_be_added_up_names_what_can(described: Workspace, measure: str, line: str) -> None:
    with pytest.raises(InvalidInput) as raised:
        told(described, measure=measure)
    assert raised.value.message == line


# Rates


def test_with_a_rate_another_currency_is_added_in_and_without_one_it_stands_apart(sold: Workspace) -> None:
    rates.set_rate(sold, "USD", "0.5")
    found = told(sold)
    assert (found["open"], found["weighted"]) == ({"count": 3, "amount": 12_500}, 1250)
    assert found["other_currencies"] == []
    opportunities.edit(sold, "3", Answers(amount="CHF 5k"))
    assert [other["currency"] for other in told(sold)["other_currencies"]] == ["CHF"]


def test_a_win_has_the_rate_of_its_day_and_what_is_open_that_of_the_report(sold: Workspace, at: At) -> None:
    rates.set_rate(sold, "USD", "0.5")
    opportunities.edit(sold, "6", Answers(amount="USD 4k"))
    at(date(2026, 3, 10))
    rates.set_rate(sold, "USD", "0.8")
    found = told(sold)
    assert (found["won"]["amount"], found["open"]["amount"]) == (2000, 14_000)
    before = told(sold, as_of=date(2026, 3, 9))
    assert (before["won"]["amount"], before["open"]["amount"]) == (2000, 12_500)


def test_history_adds_in_what_has_a_rate_and_takes_nothing_for_what_has_none(sold: Workspace) -> None:
    def existing() -> float:
        return float(told(sold)["history"]["existing"]["mean"])

    apart = existing()
    rates.set_rate(sold, "USD", "0.5")
    assert existing() > apart
    opportunities.edit(sold, "3", Answers(amount="EUR 2500"))
    same_in_euros = existing()
    opportunities.edit(sold, "3", Answers(amount="USD 5k"))
    assert existing() == pytest.approx(same_in_euros, rel=1e-6)


# The chart


def test_months_of_the_chart_go_half_a_year_back_and_on_to_the_end(sold: Workspace) -> None:
    found = months_json(forecast(sold, ASKED))
    assert [month["key"] for month in found] == [
        *("2025-09", "2025-10", "2025-11", "2025-12"),
        *(f"2026-0{month}" for month in range(1, 7)),
    ]
    assert {month["key"]: month["won"] for month in found if month["won"]} == {"2026-03": 4000}
    assert all(month["p10"] <= month["p50"] <= month["p90"] for month in found)
    past = [month for month in found if month["key"] < "2026-03"]
    assert {(m["p10"], m["p50"], m["p90"]) for m in past} == {(0, 0, 0)}
