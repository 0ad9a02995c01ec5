"""Work to come by week: won and open kept apart, whole quantities, nothing before today."""

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipecli.domain.forecast import Entry
from pipecli.domain.load import Load, Work, load
from pipecli.domain.pipeline import AT_ONCE, Delivery

TODAY = date(2026, 11, 25)  # a Wednesday
START, UNTIL = date(2026, 11, 1), date(2026, 12, 15)
TEN_DAYS = Delivery(0, 10)


def told(*sold: Entry, delivery: Delivery = TEN_DAYS, start: date = START, until: date = UNTIL) -> Load:
    return load(sold, delivery, as_of=TODAY, start=start, until=until)


def won(day: date, quantity: float | None) -> Entry:
    return Entry(1, True, day, 100, "EUR", quantity)


def open_(day: date | None, quantity: float | None, percent: int = 50) -> Entry:
    return Entry(1, False, day, percent, "EUR", quantity)


def by_week(found: Load) -> dict[date, tuple[float, float]]:
    return {first: (work.won, work.weighted) for (first, _last), work in found.by_week if work.total}


def test_weeks_run_from_today_to_the_end_of_the_period() -> None:
    assert [week for week, _work in told().by_week] == [
        (TODAY, date(2026, 11, 29)),
        (date(2026, 11, 30), date(2026, 12, 6)),
        (date(2026, 12, 7), date(2026, 12, 13)),
        (date(2026, 12, 14), UNTIL),
    ]


def test_what_is_won_is_worked_off_and_what_was_done_is_done() -> None:
    found = told(won(date(2026, 11, 23), 20))
    assert by_week(found) == {TODAY: (10, 0), date(2026, 11, 30): (6, 0)}
    assert found.total == Work(16, 0)


def test_open_ones_are_weighted_from_their_close_date() -> None:
    found = told(open_(date(2026, 12, 4), 20, 25), delivery=Delivery(7, 10))
    assert by_week(found) == {date(2026, 12, 7): (0, 1.5), date(2026, 12, 14): (0, 1)}
    assert found.later == Work(0, 2.5)


def test_at_once_is_all_on_the_day_of_the_win() -> None:
    assert by_week(told(won(TODAY, 7), won(TODAY - timedelta(1), 9), delivery=AT_ONCE)) == {TODAY: (7, 0)}


def test_without_a_value_it_is_counted_where_it_would_be_worked_on() -> None:
    found = told(won(TODAY, None), open_(TODAY, None), won(date(2026, 11, 1), None), open_(UNTIL + TEN, None))
    assert (found.unknown, found.total) == (2, Work())


TEN = timedelta(10)


def test_without_a_close_date_to_come_it_is_in_no_week() -> None:
    found = told(open_(None, 5), open_(TODAY - timedelta(1), 7), open_(None, None))
    assert (found.undated_count, found.undated_quantity, found.total) == (3, 12, Work())


def test_a_period_that_is_over_has_nothing_to_come() -> None:
    found = told(won(TODAY, 10), until=date(2026, 11, 10))
    assert (found.by_week, found.total, found.later) == ([], Work(), Work(10, 0))


@given(
    st.lists(
        st.tuples(st.booleans(), st.dates(TODAY, date(2027, 3, 1)), st.integers(0, 100), st.floats(0, 1e5))
    ),
    st.builds(Delivery, st.integers(0, 100), st.integers(1, 100)),
)
def test_nothing_is_lost_or_made(rows: list[tuple[bool, date, int, float]], delivery: Delivery) -> None:
    sold = [Entry(1, is_won, day, percent, "EUR", quantity) for is_won, day, percent, quantity in rows]
    found = told(*sold, delivery=delivery)
    expected = sum(q * (1 if is_won else percent / 100) for is_won, _day, percent, q in rows)
    assert found.total.total + found.later.total == pytest.approx(expected)
    assert sum(work.total for _week, work in found.by_week) == pytest.approx(found.total.total)
