"""The days of a periodic report, and what an open opportunity is to be settled for."""

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipecli.domain.report import MONTHLY, OVERDUE, PERIODS, STALE, UNPLANNED, WEEKLY, day_before, section_of

TODAY = date(2026, 11, 23)


@pytest.mark.parametrize(
    ("period", "today", "before"),
    [
        (WEEKLY, date(2026, 11, 23), date(2026, 11, 16)),
        (WEEKLY, date(2026, 1, 3), date(2025, 12, 27)),
        (MONTHLY, date(2026, 12, 1), date(2026, 11, 1)),
        (MONTHLY, date(2026, 3, 31), date(2026, 2, 28)),
        (MONTHLY, date(2026, 1, 15), date(2025, 12, 15)),
    ],
)
def test_the_day_before_it_begins(period: str, today: date, before: date) -> None:
    assert day_before(period, today) == before


@given(st.dates(date(2000, 1, 1), date(2100, 1, 1)), st.sampled_from(PERIODS))
def test_weekly_reports_tell_each_day_once(today: date, period: str) -> None:
    assert today - timedelta(31) <= day_before(period, today) <= today - timedelta(7)
    assert day_before(WEEKLY, today + timedelta(7)) == today


@pytest.mark.parametrize(
    ("days", "stale", "section"),
    [
        (-1, False, OVERDUE),
        (-1, True, OVERDUE),
        (0, False, None),
        (0, True, STALE),
        (9, True, STALE),
        (9, False, None),
        (None, True, UNPLANNED),
        (None, False, UNPLANNED),
    ],
)
def test_the_worse_comes_first(days: int | None, stale: bool, section: str | None) -> None:
    due = None if days is None else TODAY + timedelta(days)
    assert section_of(due, TODAY, stale=stale) == section
