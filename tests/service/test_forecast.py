"""The forecast as a use case: won to date and what is open, by period, now and as of a day."""

from collections.abc import Callable
from datetime import date
from typing import Any

import pytest

from pipecli.config import Settings
from pipecli.errors import InvalidInput
from pipecli.service import gates, opportunities, undoing
from pipecli.service.answers import Answers
from pipecli.service.forecast import Period, as_json, forecast
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


def told(workspace: Workspace, period: Period = ASKED, **asked: Any) -> dict[str, Any]:
    return as_json(*forecast(workspace, period, **asked))


def test_what_is_won_open_weighted_unpriced_and_undated(sold: Workspace) -> None:
    assert told(sold) == {
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
    found = lines(told(sold, by="month"))
    assert list(found) == [f"2026-0{month}" for month in range(1, 7)]
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
    for by in (None, "month", "owner", "stage"):
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
