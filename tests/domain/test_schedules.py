"""Payments and deliveries laid out over days: whole amounts, whole quantities, the right days."""

from datetime import date, timedelta
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipecli.domain.pipeline import AT_ONCE, PAID_AT_THE_WIN, Delivery, Payment
from pipecli.domain.schedules import (
    longest_wait,
    months,
    payments,
    share_of_delivery,
    shares,
    spread,
    weeks,
    window,
)

WIN = date(2026, 11, 20)  # a Friday
DAY = timedelta(1)
DAYS = st.dates(date(2020, 1, 1), date(2030, 12, 31))
DELIVERIES = st.builds(Delivery, st.integers(0, 400), st.integers(1, 400))


@st.composite
def terms(draw: st.DrawFn) -> tuple[Payment, ...]:
    """Payments whose shares add up to 100, the first due first."""
    cuts = draw(st.lists(st.integers(1, 99), max_size=5, unique=True))
    edges = [0, *sorted(cuts), 100]
    waits = sorted(draw(st.lists(st.integers(0, 400), min_size=len(edges) - 1, max_size=len(edges) - 1)))
    parts = zip(edges[:-1], edges[1:], waits, strict=True)
    return tuple(Payment(high - low, wait) for low, high, wait in parts)


def test_a_deposit_and_the_rest() -> None:
    found = payments(10_000_01, WIN, (Payment(30, 0), Payment(70, 60)))
    assert found == [(WIN, 3_000_00), (date(2027, 1, 19), 7_000_01)]


def test_thirds_leave_the_remainder_to_the_last() -> None:
    thirds = (Payment(33, 0), Payment(33, 30), Payment(34, 60))
    assert [part for _day, part in payments(100, WIN, thirds)] == [33, 33, 34]
    assert [part for _day, part in payments(2, WIN, thirds)] == [0, 0, 2]


@given(st.integers(0, 10**12), DAYS, terms())
def test_payments_add_up_to_the_amount(amount: int, won_on: date, given_terms: tuple[Payment, ...]) -> None:
    found = payments(amount, won_on, given_terms)
    assert sum(part for _day, part in found) == amount
    assert all(part >= 0 for _day, part in found)
    assert max(day for day, _part in found) == won_on + timedelta(longest_wait(given_terms))


@given(DAYS, terms())
def test_shares_of_all_months_are_the_whole(won_on: date, given_terms: tuple[Payment, ...]) -> None:
    every = months(won_on, won_on + timedelta(longest_wait(given_terms)))
    assert sum(shares(given_terms, won_on, every)) == pytest.approx(1)


@given(DAYS, DELIVERIES)
def test_shares_of_all_weeks_are_the_whole(won_on: date, delivery: Delivery) -> None:
    every = weeks(*window(won_on, delivery))
    assert sum(share_of_delivery(delivery, won_on, every)) == pytest.approx(1)


@given(st.floats(0, 1e6), DAYS, DELIVERIES)
def test_what_is_spread_adds_up_and_stays_in_its_window(
    quantity: float, won_on: date, delivery: Delivery
) -> None:
    parts = spread(quantity, won_on, delivery)
    assert sum(part for _first, _last, part in parts) == pytest.approx(quantity)
    assert (parts[0][0], parts[-1][1]) == window(won_on, delivery)
    by_week = share_of_delivery(delivery, won_on, [(first, last) for first, last, _part in parts])
    assert [part for *_days, part in parts] == pytest.approx([quantity * share for share in by_week])


def test_work_starts_after_the_win_and_is_cut_at_weeks() -> None:
    # Friday 20 November and two days: from Sunday on, ten days.
    assert spread(20, WIN, Delivery(2, 10)) == [
        (date(2026, 11, 22), date(2026, 11, 22), 2),
        (date(2026, 11, 23), date(2026, 11, 29), 14),
        (date(2026, 11, 30), date(2026, 12, 1), 4),
    ]


def test_without_terms_all_falls_on_the_day_of_the_win() -> None:
    assert payments(700, WIN, PAID_AT_THE_WIN) == [(WIN, 700)]
    assert spread(7, WIN, AT_ONCE) == [(WIN, WIN, 7)]


def test_a_period_outside_has_no_share() -> None:
    before = [(WIN - 9 * DAY, WIN - DAY)]
    assert (shares(PAID_AT_THE_WIN, WIN, before), share_of_delivery(AT_ONCE, WIN, before)) == ([0], [0])


@given(DAYS, st.integers(0, 100))
def test_weeks_and_months_follow_on_each_other(first: date, length: int) -> None:
    last = first + timedelta(length)
    for periods in (weeks(first, last), months(first, last)):
        assert (periods[0][0], periods[-1][1]) == (first, last)
        assert all(b[0] == a[1] + DAY for a, b in pairwise(periods))
    assert all(start.weekday() == 0 for start, _end in weeks(first, last)[1:])
    assert all(start.day == 1 for start, _end in months(first, last)[1:])


def test_a_period_that_ends_before_it_starts_has_neither() -> None:
    for last in (WIN - DAY, WIN - 40 * DAY):
        assert (weeks(WIN, last), months(WIN, last)) == ([], [])
