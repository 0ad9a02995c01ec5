"""The work that sales bring, by week: any number of the company's own, spread over its delivery after the win.

What is won and what is open, weighted by its probability, are kept apart; so is what has no value to spread.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date, timedelta

from .forecast import Entry
from .pipeline import Delivery
from .schedules import Period, share_of_delivery, weeks

_DAY = timedelta(1)
_FAR = date(9999, 12, 31)


@dataclass(slots=True)
class Work:
    """A quantity to be worked off, in the field's own unit (minor units where it is money)."""

    won: float = 0.0
    weighted: float = 0.0

    @property
    def total(self) -> float:
        """Both together."""
        return self.won + self.weighted

    def add(self, quantity: float, *, won: bool) -> None:
        """Count a quantity in, of an open one already weighted."""
        if won:
            self.won += quantity
        else:
            self.weighted += quantity


@dataclass(slots=True)
class Load:
    """The work still to be done from `as_of` on in a period, by week; the first and the last week may be cut.

    `later` falls after the period. `unknown` counts those that would be worked on in it and have no value;
    what is undated is open without a close date, or with a past one, and in no week.
    """

    as_of: date
    start: date
    until: date
    delivery: Delivery
    by_week: list[tuple[Period, Work]]
    total: Work = field(default_factory=Work)
    later: Work = field(default_factory=Work)
    unknown: int = 0
    undated_count: int = 0
    undated_quantity: float = 0.0


def load(sold: Iterable[Entry], delivery: Delivery, *, as_of: date, start: date, until: date) -> Load:
    """Spread what is sold over the weeks in which it is delivered."""
    by_week = [(week, Work()) for week in weeks(max(start, as_of), until)]
    found = Load(as_of, start, until, delivery, by_week)
    for one in sold:
        if one.day is None or one.is_undated(as_of):
            found.undated_count += 1
            found.undated_quantity += one.quantity or 0
        else:
            _enter(found, one, one.day)
    return found


def _enter(found: Load, one: Entry, won_on: date) -> None:
    """Count in the work of one opportunity that is, or would be, won on a day."""
    first = max(found.start, found.as_of)
    within, later = share_of_delivery(
        found.delivery, won_on, [(first, found.until), (max(first, found.until + _DAY), _FAR)]
    )
    quantity = (one.quantity or 0) * (1 if one.won else one.percent / 100)
    found.unknown += one.quantity is None and within > 0
    found.total.add(quantity * within, won=one.won)
    found.later.add(quantity * later, won=one.won)
    if within:
        parts = share_of_delivery(found.delivery, won_on, [week for week, _work in found.by_week])
        for (_week, work), part in zip(found.by_week, parts, strict=True):
            work.add(quantity * part, won=one.won)
