"""When money comes in, by month: what is won and not due yet, and what is open, weighted by its probability.

A payment counts as made on the day it is due, because no invoices are kept here. Currencies are never added
together, and an opportunity without an amount is counted, not priced.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date

from .dates import month_of
from .forecast import Entry
from .pipeline import Payment
from .schedules import months, payments


@dataclass(slots=True)
class Due:
    """Money to come: of wins in minor units, of open ones in hundredths of them until `weighted` is read."""

    won: int = 0
    weighted_cents: int = 0

    @property
    def weighted(self) -> int:
        """What open ones bring by their probability, rounded half up to minor units."""
        return (self.weighted_cents + 50) // 100

    @property
    def total(self) -> int:
        """Both together."""
        return self.won + self.weighted

    def add(self, part: int, *, won: bool) -> None:
        """Count in one payment."""
        if won:
            self.won += part
        else:
            self.weighted_cents += part


@dataclass(slots=True)
class Figures:
    """One currency's money to come in the period, in minor units, and what stands beside it.

    `paid` fell due in the period before the day of the report, `later` falls due after the period. `unpriced` counts
    those without an amount that would pay in it; what is undated has no close date, or a past one, and no month.
    """

    count: int = 0
    due: Due = field(default_factory=Due)
    paid: int = 0
    later: Due = field(default_factory=Due)
    unpriced: int = 0
    undated_count: int = 0
    undated_amount: int = 0


@dataclass(slots=True)
class Cash:
    """Money to come from `as_of` on in a period, first and last day included; by month in the pipeline's currency."""

    as_of: date
    start: date
    until: date
    currency: str
    terms: tuple[Payment, ...]
    by_month: dict[str, Due]
    totals: dict[str, Figures]


def cash(
    sold: Iterable[Entry], terms: Sequence[Payment], *, as_of: date, start: date, until: date, currency: str
) -> Cash:
    """Split what is sold into its payments and add them up by the month in which they come in."""
    by_month = {month_of(first): Due() for first, _last in months(start, until)}
    found = Cash(as_of, start, until, currency, tuple(terms), by_month, {currency: Figures()})
    for one in sold:
        figures = found.totals.setdefault(one.currency, Figures())
        if one.day is None or one.is_undated(as_of):
            figures.undated_count += 1
            figures.undated_amount += int(one.quantity or 0)
        else:
            _enter(found, figures, one, one.day)
    return found


def _enter(found: Cash, figures: Figures, one: Entry, won_on: date) -> None:
    """Count in the payments of one opportunity that is, or would be, won on a day."""
    amount = int(one.quantity or 0)
    coming = False
    for day, part in payments(amount if one.won else amount * one.percent, won_on, found.terms):
        if day > found.until:
            figures.later.add(part, won=one.won)
        elif day >= max(found.start, found.as_of):
            coming = True
            figures.due.add(part, won=one.won)
            if one.currency == found.currency:
                found.by_month[month_of(day)].add(part, won=one.won)
        elif day >= found.start:
            figures.paid += part
    figures.count += coming
    figures.unpriced += coming and one.quantity is None
