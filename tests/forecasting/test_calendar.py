"""The months of a quarter: a crowded one is found, chance is not, and only whole quarters are counted."""

from __future__ import annotations

from datetime import date

import numpy as np
import pytest

from pipecli.forecasting import calendar
from pipecli.forecasting.history import WON, Known, known

from .arrays import by_hand, ordinal

LAST = date(2025, 12, 31)


def won_by_month(counts: list[int], last: date = LAST) -> Known:
    """So many wins on the tenth of each of the months up to the last one, which is that of `last`."""
    months = [last.year * 12 + last.month - 1 - n for n in range(len(counts))][::-1]
    days = [date(m // 12, m % 12 + 1, 10).toordinal() for m in np.repeat(months, counts).tolist()]
    first = date(months[0] // 12, months[0] % 12 + 1, 1).toordinal()
    return known(by_hand([(n, 0, first, day, WON, -1) for n, day in enumerate(days)]), last.toordinal())


def test_a_crowded_last_month_is_found() -> None:
    factors = calendar.month_of_quarter(won_by_month([5, 5, 20] * 8))
    assert factors == pytest.approx([0.5, 0.5, 2.0], abs=0.05)
    assert factors.mean() == pytest.approx(1)


def test_a_crowded_first_month_is_found_though_quarters_differ_in_size() -> None:
    factors = calendar.month_of_quarter(won_by_month([20, 5, 5, 40, 10, 10, 12, 3, 3] * 2))
    assert factors == pytest.approx([2.0, 0.5, 0.5], abs=0.05)


def test_chance_is_not_taken_for_a_calendar() -> None:
    rng = np.random.default_rng(7)
    found = [calendar.month_of_quarter(won_by_month(rng.poisson(8, 24).tolist())) for _ in range(100)]
    alike = [bool((factors == 1).all()) for factors in found]
    assert sum(alike) >= 80
    assert max(float(np.abs(factors - 1).max()) for factors in found) < 0.3


def test_wins_that_come_in_bursts_are_not_taken_for_a_calendar() -> None:
    bursts = [0, 0, 30, 30, 0, 0, 0, 30, 0, 0, 0, 30, 30, 0, 0, 30, 0, 0]
    assert calendar.month_of_quarter(won_by_month(bursts)).tolist() == [1, 1, 1]


@pytest.mark.parametrize("counts", [[], [2, 2, 30], [2, 2, 30, 0, 0, 0]])
def test_less_than_two_quarters_with_wins_say_nothing(counts: list[int]) -> None:
    assert calendar.month_of_quarter(won_by_month(counts) if counts else known(by_hand([]), 5)).tolist() == [
        1,
        1,
        1,
    ]


def test_a_quarter_that_is_not_over_is_not_counted() -> None:
    whole = [5, 5, 20] * 4
    told = calendar.month_of_quarter(won_by_month(whole))
    running = calendar.month_of_quarter(won_by_month([*whole, 90, 90], date(2026, 2, 27)))
    assert running.tolist() == told.tolist()
    assert calendar.month_of_quarter(won_by_month([*whole, 90, 90, 0], date(2026, 3, 31)))[2] < told[2]


def test_the_days_ahead_have_the_factor_of_their_month() -> None:
    factors = np.array([0.5, 1.0, 1.5])
    assert calendar.ahead(factors, ordinal("2025-12-29"), 4).tolist() == [1.5, 1.5, 0.5, 0.5]
    assert calendar.ahead(factors, ordinal("2024-02-28"), 2).tolist() == [1.0, 1.5]
    assert calendar.ahead(factors, ordinal("2025-05-05"), 0).tolist() == []
