"""The periodic report: the days it is about, and what it says is to be settled first."""

from __future__ import annotations

from datetime import date, timedelta

from .dates import add_months

WEEKLY, MONTHLY = "weekly", "monthly"
PERIODS = (WEEKLY, MONTHLY)

APPROVAL, OVERDUE, UNPLANNED, STALE = "approval", "overdue", "unplanned", "stale"
SECTIONS = (APPROVAL, OVERDUE, UNPLANNED, STALE)
"""What is to be settled, in the order in which it is told: what keeps others waiting comes first."""


def day_before(period: str, today: date) -> date:
    """The day after which a week or a month begins that ends today: this day a week or a month ago.

    That day is not in it, so that a week has seven days, and of one report every Monday none tells what the one
    before has told.
    """
    return add_months(today, -1) if period == MONTHLY else today - timedelta(7)


def section_of(due: date | None, today: date, *, stale: bool) -> str | None:
    """What an open opportunity is to be settled for, the worse first; None where it is as it should be."""
    if due is None:
        return UNPLANNED
    if due < today:
        return OVERDUE
    return STALE if stale else None
