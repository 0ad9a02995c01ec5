"""What moved between stages in a span of days, read from visits."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from .driver import Driver

_SQL = (
    "select o.number, o.name, a.name, b.stage, v.stage, v.how from visit v "
    "join visit b on b.opportunity = v.opportunity and b.n = v.n - 1 "
    "join opportunity o on o.number = v.opportunity left join account a on a.id = o.account_id "
    "where v.entered_day > :since and v.entered_day <= :until and v.how in ('advanced', 'returned', 'reopened') "
    "order by v.entered_day, o.number, v.n"
)


class Move(NamedTuple):
    """One passage from a stage to another: `how` is advanced, returned or reopened."""

    number: int
    name: str
    account: str | None
    source: str
    target: str
    how: str


def read_moves(driver: Driver, *, since: date, until: date) -> list[Move]:
    """The passages after one day and until the end of another, in their order."""
    days = {"since": since.isoformat(), "until": until.isoformat()}
    return [Move(*row) for row in driver.rows(_SQL, days)]
