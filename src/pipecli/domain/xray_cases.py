"""An opportunity as far as a row of a file and its history tell, and the day that a file is read as of."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from itertools import pairwise
from typing import NamedTuple

from .importing import Row, closing_day
from .importing_steps import CLOSED

FRESH_DAYS = 31
"""A file in which something happened so recently is read as of today."""


class Case(NamedTuple):
    """An opportunity as far as the file tells; `place` is a stage, `won` or `lost`, `amount` in minor units.

    `stays` are the stages that a history says it left, with the days it was in each. `elsewhere` is one whose amount
    is in another currency than the file's own: it has one, but none that can be added up.
    """

    line: int
    name: str | None
    account: str | None
    place: str
    opened: date | None
    closed: date | None
    amount: int | None
    owner: str | None
    close_date: date | None
    acts: bool
    explained: bool
    stays: tuple[tuple[str, int], ...] = ()
    elsewhere: bool = False

    @property
    def is_open(self) -> bool:
        """Whether it is neither won nor lost."""
        return self.place not in CLOSED

    @property
    def days(self) -> int | None:
        """How long it took to its end, None where the file does not say."""
        if self.opened is None or self.closed is None or self.closed < self.opened:
            return None
        return (self.closed - self.opened).days

    def age(self, today: date) -> int | None:
        """How long it has been open."""
        return None if self.opened is None else max((today - self.opened).days, 0)


def case_of(row: Row, today: date, currency: str) -> Case:
    """What a row and its history tell; `currency` is the file's own."""
    values, steps = row.values, row.steps
    opened: date | None = values.get("created")
    place = row.place or ""
    closed = None if row.is_open else closing_day(row, today)
    if steps:
        opened = min(opened or steps[0].on, steps[0].on)
        place = steps[-1].place
        closed = steps[-1].on if place in CLOSED else None
    amount = values.get("amount")
    if amount is None and steps:
        amount = next((step.amount for step in reversed(steps) if step.amount is not None), None)
    own = values["currency"] == currency
    return Case(
        row.line,
        values.get("name"),
        values.get("account"),
        place,
        opened,
        closed,
        amount if own else None,
        values.get("owner"),
        values.get("close_date"),
        bool(values.get("next_action") or values.get("next_due")),
        bool(values.get("loss_reason") or values.get("outcome_reason")),
        tuple((a.place, (b.on - a.on).days) for a, b in pairwise(steps) if a.place not in CLOSED),
        bool(amount) and not own,
    )


def last_day(rows: Iterable[Row], today: date) -> date | None:
    """The last day on which something happened in a file, by today."""
    return max((day for row in rows for day in _days(row) if day <= today), default=None)


def report_day(last: date | None, today: date) -> date:
    """The day a file is read as of: today, or the last day something happened in it where that is long ago."""
    return today if last is None or (today - last).days <= FRESH_DAYS else last


def _days(row: Row) -> Iterable[date]:
    """The days on which something happened, as a row has them."""
    told = (row.values.get("created"), row.values.get("closed"), *(step.on for step in row.steps))
    yield from (day for day in told if day)
    expected = row.values.get("close_date")
    if expected and not row.is_open:
        yield expected
