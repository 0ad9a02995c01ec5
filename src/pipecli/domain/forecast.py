"""The forecast by rules: won to date, and what is open weighted by its probability, by period, owner or anything else.

Lost counts nothing. Without an amount an opportunity is unpriced, not zero. Currencies are never added together.
A missing or past close date belongs to no period and is counted as undated.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import NamedTuple

from .dates import add_months, month_bounds, month_of, quarter_bounds, quarter_of

MONTH, QUARTER = "month", "quarter"
LONGEST_LISTED = 3_660
"""Days of a period up to which every month of it has its line, empty or not: ten years."""


class Entry(NamedTuple):
    """An opportunity as a forecast sees it: `day` is that of the win or the expected one, None where there is none.

    `percent` is the probability of a win, 100 once won. `quantity` is what is added up: the amount in minor units of
    `currency`, a field of the company's own, or 1; None where it is not known.
    """

    number: int
    won: bool
    day: date | None
    percent: int
    currency: str
    quantity: float | None

    def is_undated(self, as_of: date) -> bool:
        """Whether it is open and nobody knows when it would be won: no close date, or one that has passed."""
        return not self.won and (self.day is None or self.day < as_of)


@dataclass(slots=True)
class Sums:
    """One currency's sums, in minor units (or the measure's own); `weighted_cents` in hundredths of that."""

    won_count: int = 0
    won_amount: float = 0
    open_count: int = 0
    open_amount: float = 0
    weighted_cents: float = 0
    unpriced: int = 0
    undated_count: int = 0
    undated_amount: float = 0

    def add(self, entry: Entry, as_of: date) -> None:
        """Count an opportunity in."""
        quantity = entry.quantity or 0
        if entry.won:
            self.won_count += 1
            self.won_amount += quantity
            return
        self.unpriced += entry.quantity is None
        if entry.is_undated(as_of):
            self.undated_count += 1
            self.undated_amount += quantity
        else:
            self.open_count += 1
            self.open_amount += quantity
            self.weighted_cents += quantity * entry.percent

    @property
    def weighted(self) -> int:
        """The weighted open amount, rounded half up to minor units."""
        return int((self.weighted_cents + 50) // 100)


class Group(NamedTuple):
    """A line of the forecast: its key, the sums by currency, and its days, or the numbers of all its open ones.

    These may be expected after the period: history may still win them in it.
    """

    key: str
    sums: dict[str, Sums]
    days: tuple[date, date] | None = None
    numbers: tuple[int, ...] = ()


class Forecast(NamedTuple):
    """The forecast of a period, first and last day included."""

    as_of: date
    start: date
    until: date
    currency: str
    total: dict[str, Sums]
    groups: tuple[Group, ...]


def default_period(today: date) -> tuple[date, date]:
    """From the first day of this month to the last of the next quarter."""
    last = quarter_bounds(today)[1]
    return month_bounds(today)[0], quarter_bounds(add_months(last, 1))[1]


def usual_lines(today: date) -> dict[str, tuple[date, date]]:
    """What a founder asks about: this month, this quarter and the next, by key, with their days."""
    quarter = quarter_bounds(today)
    following = quarter_bounds(add_months(quarter[1], 1))
    lines = {month_of(today): month_bounds(today)}
    return lines | {quarter_of(days[0]): days for days in (quarter, following)}


def forecast(
    entries: Iterable[Entry],
    *,
    as_of: date,
    start: date,
    until: date,
    currency: str,
    lines: Mapping[str, tuple[date, date]] | None = None,
    keys: Mapping[int, str] | None = None,
) -> Forecast:
    """Sum what a period holds, and by `lines` of days, or by the key that each opportunity's number has in `keys`.

    Undated ones are in no line of days, and under the empty key nothing is listed.
    """
    everything = list(entries)
    found = [e for e in everything if _belongs(e, as_of, start, until)]
    total = _sums(found, as_of)
    total.setdefault(currency, Sums())
    groups: list[Group] = []
    for key, days in (lines or {}).items():
        inside = [e for e in found if not e.is_undated(as_of) and e.day and days[0] <= e.day <= days[1]]
        groups.append(Group(key, _sums(inside, as_of), days))
    if keys is not None:
        open_ones = [e for e in everything if not e.won]
        inside_by, open_by = _by_key(found, keys), _by_key(open_ones, keys)
        for key in sorted(inside_by.keys() | open_by.keys()):
            numbers = tuple(e.number for e in open_by.get(key, ()))
            groups.append(Group(key, _sums(inside_by.get(key, ()), as_of), None, numbers))
    return Forecast(as_of, start, until, currency, total, tuple(groups))


def _by_key(entries: Iterable[Entry], keys: Mapping[int, str]) -> dict[str, list[Entry]]:
    """Entries by their key, without those under the empty one."""
    out: dict[str, list[Entry]] = {}
    for entry in entries:
        if key := keys.get(entry.number, ""):
            out.setdefault(key, []).append(entry)
    return out


def _belongs(entry: Entry, as_of: date, start: date, until: date) -> bool:
    """Won within the period, expected within it, or undated."""
    if entry.is_undated(as_of):
        return True
    return entry.day is not None and start <= entry.day <= (min(until, as_of) if entry.won else until)


def _sums(entries: Iterable[Entry], as_of: date) -> dict[str, Sums]:
    out: dict[str, Sums] = {}
    for entry in entries:
        out.setdefault(entry.currency, Sums()).add(entry, as_of)
    return out


def periods(by: str, start: date, until: date) -> dict[str, tuple[date, date]]:
    """The months or quarters of a period, cut to it at both ends, by key; none for longer than ten years."""
    out: dict[str, tuple[date, date]] = {}
    if (until - start).days > LONGEST_LISTED:
        return out
    day = start
    while day <= until:
        bounds = month_bounds(day) if by == MONTH else quarter_bounds(day)
        key = month_of(day) if by == MONTH else quarter_of(day)
        last = min(bounds[1], until)
        out[key] = (day, last)
        if bounds[1] >= until:
            break
        day = add_months(bounds[0], 1 if by == MONTH else 3)
    return out
