"""What needs doing first: the section of the agenda an open opportunity is in, and its place there.

Late ones come first by what is at stake, as in `today`; what is still to come, by its day.
"""

from __future__ import annotations

from datetime import date, timedelta

OVERDUE, TODAY, UNPLANNED, QUIET, SOON, LATER = "overdue", "today", "unplanned", "stale", "soon", "later"
SECTIONS = (OVERDUE, TODAY, UNPLANNED, QUIET, SOON, LATER)
"""Worst first. `unplanned` has no next action, as only an import can leave one; `stale` went quiet."""
PRESSING = (OVERDUE, TODAY, UNPLANNED, QUIET)
"""What asks for something today."""
Urgency = tuple[int, float, float]
DAYS_AHEAD = 7
"""How many coming days count as soon."""


def section_of(due: date | None, today: date, *, stale: bool) -> str:
    """Where in the agenda an open opportunity is, by the day its next action is due and whether it is stale."""
    if due is not None and due <= today:
        return OVERDUE if due < today else TODAY
    if due is None:
        return UNPLANNED
    if stale:
        return QUIET
    return SOON if due <= today + timedelta(DAYS_AHEAD) else LATER


def urgency(section: str, due: date | None, stake: float) -> Urgency:
    """A key that sorts what needs doing first to the front; `stake` is what is weighed against other opportunities."""
    place = SECTIONS.index(section)
    day = due.toordinal() if due else 0
    return (place, -stake, day) if section in PRESSING else (place, day, -stake)
