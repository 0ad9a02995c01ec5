"""Which opportunities were merged into others since a day; what they were before, their streams tell."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING, NamedTuple

from pipecli.domain import events as ev

from .driver import quoted

if TYPE_CHECKING:
    from .driver import Driver

_SQL = (
    "select m.number, m.kept, max(e.seq) from merged m "
    f"join event e on e.stream = 'o' || cast(m.number as text) and e.kind = {quoted(ev.MERGED)} "
    "group by m.number, m.kept having max(e.occurred_on) > :after and max(e.occurred_on) <= :until order by 3"
)


class Merge(NamedTuple):
    """An opportunity that is another one by now, and the event that made it so."""

    number: int
    kept: int
    seq: int


def read_merges(driver: Driver, after: date, until: date) -> list[Merge]:
    """The merges in force that were made after a day and up to another, the oldest first."""
    days = {"after": after.isoformat(), "until": until.isoformat()}
    return [Merge(*map(int, row)) for row in driver.rows(_SQL, days)]
