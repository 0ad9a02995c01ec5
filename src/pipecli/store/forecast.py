"""What a forecast is made of: every opportunity that is open, and those won from a day on, one line each."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from .driver import Driver
    from .lists import Row

_COLUMNS = "o.number, o.status, {day}, o.stage, o.owner, o.source, o.probability, o.currency, o.amount"
_ACCOUNTS = " left join account a on a.id = o.account_id"
# Each for itself, so that an index of the open and one of the closed ones answers.
_WON = (
    "select {columns} from opportunity o{join} "
    "where o.status = 'won' and o.closed_on >= :won_from and o.closed_on <= :as_of order by o.closed_on, o.number"
)
_OPEN = "select {columns} from opportunity o{join} where o.status = 'open' order by o.close_date nulls last, o.number"
# A span may start after the win (an amount corrected since): the day of the win is that of the visit it ended.
_THEN = (
    "select s.opportunity, s.status, case when s.status = 'won' then (select max(v.left_day) from visit v "
    "where v.opportunity = s.opportunity and v.outcome = 'won' and v.left_day <= :as_of) else s.close_day end, "
    "s.stage, s.owner, null, s.probability, s.currency, s.amount from span s "
    "where s.from_day <= :as_of and (s.to_day is null or s.to_day > :as_of) and s.status in ('open', 'won') "
    "order by s.opportunity"
)


class Line(NamedTuple):
    """An opportunity as stored: `day` is that of the win, or the expected one.

    `account` and `fields` (JSON) are empty unless they were asked for.
    """

    number: int
    status: str
    day: str | None
    stage: str
    owner: str
    source: str | None
    probability: int | None
    currency: str
    amount: int | None
    account: str | None = None
    fields: str = "{}"


def read_lines(
    driver: Driver, *, won_from: date, as_of: date, accounts: bool = False, fields: bool = False
) -> list[Line]:
    """Those won from a day to the day of the report, and the open ones, as they are now."""
    asked = []
    for sql, day in ((_WON, "o.closed_on"), (_OPEN, "o.close_date")):
        columns = _COLUMNS.format(day=day) + (", a.name" if accounts else ", null")
        sql = sql.format(columns=columns + (", o.fields" if fields else ", '{}'"), join=_ACCOUNTS * accounts)
        names = {"won_from": won_from.isoformat(), "as_of": as_of.isoformat()} if ":as_of" in sql else None
        asked.append(driver.soon(driver.rows, sql, names))
    return [Line(*row) for rows in asked for row in rows()]


def read_lines_as_of(driver: Driver, *, won_from: date, as_of: date) -> list[Line]:
    """The same as it stood at the end of a day, without what is not kept from day to day: source, account, fields."""
    lines = (Line(*row) for row in driver.rows(_THEN, {"as_of": as_of.isoformat()}))
    return [line for line in lines if line.status == "open" or (line.day or "") >= won_from.isoformat()]


def line_of(row: Row) -> Line:
    """The same of an opportunity as it stood on a past day."""
    day = row.closed_on if row.status == "won" else row.close_date
    return Line(
        row.number, row.status, day, row.stage, row.owner, row.source, row.probability, row.currency, row.amount,
        row.account, row.fields,
    )  # fmt: skip
