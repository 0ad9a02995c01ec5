"""The figures of a file: the cycle, what is wrong and how much of it, who holds what."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipecli.domain import xray as rules
from pipecli.domain.importing import Row
from pipecli.domain.importing_steps import Step
from pipecli.domain.xray import Month, Portion, Span, Xray, next_months, xray
from pipecli.domain.xray_cases import Case, case_of, report_day

TODAY = date(2026, 6, 30)
EVERY = {"stage", "amount", "created", "close_date", "owner", "next_action", "loss_reason"}


def case(place: str = "offer", opened: int | None = 0, took: int | None = None, **said: object) -> Case:
    """A case opened so many days before `TODAY`, that took so many days to its end."""
    day = None if opened is None else TODAY - timedelta(opened)
    usual = {
        "line": 2,
        "name": "Alpha",
        "account": None,
        "place": place,
        "opened": day,
        "closed": None if took is None or day is None else day + timedelta(took),
        "amount": 100,
        "owner": "lea",
        "close_date": TODAY + timedelta(10),
        "acts": True,
        "explained": True,
    }
    return Case(**{**usual, **said})  # type: ignore[arg-type]


def seen(*cases: Case, filled: set[str] = EVERY, reasons: tuple[str, ...] = ()) -> Xray:
    return xray(cases, reasons, filled, ["lead", "offer"], TODAY)


def test_what_is_open_is_held_against_the_longest_win() -> None:
    found = seen(
        case("won", 100, 20),
        case("won", 90, 30),
        case("lost", 90, 60),
        case(opened=30, amount=1),
        case(opened=31, amount=2, name="Old"),
        case("lead", opened=200, amount=40),
        case(opened=None),
    )
    assert found.to_win == Span(2, 25, 30, 30)
    assert found.to_loss == Span(1, 60, 60, 60)
    assert found.fault(rules.OLDER) == Portion(2, 3, 42, 43)
    assert found.fault(rules.BEGINLESS) == Portion(1, 4, 100, 143)
    assert [c.amount for c in found.oldest] == [40, 2]
    assert [(p.place, p.n, p.age, p.older) for p in found.places] == [
        ("lead", 1, 200, 1),
        ("offer", 3, 31, 1),
    ]


def test_wins_of_no_days_say_nothing_of_what_is_too_old() -> None:
    found = seen(case("won", 9, 0), case("won", 8, 0), case(opened=500))
    assert found.fault(rules.OLDER) is None
    assert found.fault(rules.AT_ONCE) == Portion(2, 2, 200, 200)


FAULTS = [
    (rules.LATE, case(close_date=TODAY - timedelta(1))),
    (rules.UNDATED, case(close_date=None)),
    (rules.UNPRICED, case(amount=None)),
    (rules.UNPRICED, case(amount=0)),
    (rules.IDLE, case(acts=False)),
    (rules.UNOWNED, case(owner=None)),
    (rules.BEGINLESS, case(opened=None)),
    (rules.UNEXPLAINED, case("lost", 9, 2, explained=False)),
    (rules.ENDLESS, case("lost", 9)),
    (rules.ENDLESS, case("lost", 9, -2)),
]


@pytest.mark.parametrize("fault, wrong", FAULTS)
def test_each_fault_is_found_alone(fault: str, wrong: Case) -> None:
    found = seen(wrong, case(), case("lost", 9, 2))
    assert [(key, portion.n) for key, portion in found.faults] == [(fault, 1)]


def test_a_close_date_of_today_is_not_past() -> None:
    assert seen(case(close_date=TODAY)).faults == ()


def test_the_worst_comes_first_and_of_equals_the_graver() -> None:
    found = seen(case(amount=None, acts=False, close_date=None), case(acts=False), case())
    assert [key for key, _portion in found.faults] == [rules.IDLE, rules.UNDATED, rules.UNPRICED]


def test_what_no_column_says_is_absent_and_no_fault() -> None:
    found = seen(
        case(owner=None, acts=False), case("lost", 9, 2, explained=False), filled={"stage", "amount"}
    )
    assert found.absent == ("created", "close_date", "owner", "next_action", "loss_reason")
    assert found.faults == ()
    assert found.holders == ()


def test_owners_stand_by_what_is_dead_with_them() -> None:
    won = case("won", 200, 10, owner="ines")
    found = seen(
        won, case(opened=50, owner="marc"), case(owner="lea", amount=900), case(opened=60, owner=None)
    )
    assert [(h.owner, h.open, h.older.n, h.won) for h in found.holders] == [
        (None, 1, 1, 0),
        ("marc", 1, 1, 0),
        ("lea", 1, 0, 0),
        ("ines", 0, 0, 1),
    ]


def test_months_run_to_the_day_and_leave_out_what_was_before_all() -> None:
    found = seen(case("won", 70, 45), case("won", 20, 5, amount=7), case(opened=0))
    assert found.months == (
        Month(date(2026, 4, 1), 1, 0, 0),
        Month(date(2026, 5, 1), 0, 0, 0),
        Month(date(2026, 6, 1), 2, 2, 107),
    )


def test_the_months_ahead_begin_tomorrow() -> None:
    assert next_months(date(2026, 12, 30), 2) == [
        (date(2026, 12, 31), date(2026, 12, 31)),
        (date(2027, 1, 1), date(2027, 1, 31)),
    ]
    assert next_months(date(2026, 1, 31), 1) == [(date(2026, 2, 1), date(2026, 2, 28))]


@pytest.mark.parametrize("ago, day", [(0, TODAY), (31, TODAY), (32, TODAY - timedelta(32))])
def test_a_file_of_long_ago_is_read_as_of_its_last_day(ago: int, day: date) -> None:
    assert report_day(TODAY - timedelta(ago), TODAY) == day
    assert report_day(None, TODAY) == TODAY


def row(*steps: Step, **values: object) -> Row:
    said = {"name": "Alpha", "status": "open", "stage": "lead", "currency": "EUR", **values}
    return Row(7, ("csv", "A1"), said, {}, steps)


def test_a_history_says_when_it_began_how_it_ended_and_how_long_it_stayed() -> None:
    steps = (
        Step("lead", date(2026, 1, 1), 500),
        Step("offer", date(2026, 1, 5), None),
        Step("won", date(2026, 2, 4), 700),
    )
    found = case_of(row(*steps, created=date(2026, 1, 2)), TODAY, "EUR")
    assert (found.place, found.opened, found.closed) == ("won", date(2026, 1, 1), date(2026, 2, 4))
    assert (found.days, found.amount) == (34, 700)
    assert found.stays == (("lead", 4), ("offer", 30))


def test_a_close_date_that_is_past_is_the_day_a_closed_one_ended() -> None:
    values = {"status": "won", "created": date(2026, 1, 2), "close_date": date(2026, 1, 9)}
    assert case_of(row(**values), TODAY, "EUR").days == 7
    before = {**values, "close_date": date(2026, 1, 1)}
    assert case_of(row(**before), TODAY, "EUR").days is None


def test_an_amount_in_another_currency_is_not_added() -> None:
    assert case_of(row(amount=5, currency="USD"), TODAY, "EUR").amount is None


days = st.none() | st.integers(0, 900)
cases = st.lists(
    st.builds(
        case,
        st.sampled_from(["lead", "offer", "won", "lost"]),
        days,
        days,
        amount=st.none() | st.integers(0, 10**9),
        owner=st.sampled_from([None, "lea", "marc"]),
        close_date=st.none() | st.dates(date(2025, 1, 1), date(2027, 1, 1)),
        acts=st.booleans(),
        explained=st.booleans(),
    ),
    max_size=30,
)


@given(cases)
def test_every_case_is_counted_once_and_no_share_is_beyond_its_whole(those: list[Case]) -> None:
    found = seen(*those)
    assert found.n == len(those)
    assert sum(place.n for place in found.places) == found.open.n == sum(h.open for h in found.holders)
    assert sum(h.won + h.lost for h in found.holders) == found.won.n + found.lost.n
    assert sum(place.amount for place in found.places) == found.open.amount
    for _key, portion in found.faults:
        assert 0 < portion.n <= portion.of
        assert 0 <= portion.amount <= portion.of_amount
    shares = [portion.share for _key, portion in found.faults]
    assert shares == sorted(shares, reverse=True)
    older = found.fault(rules.OLDER)
    assert len(found.oldest) == (older.n if older else 0) == sum(h.older.n for h in found.holders)
