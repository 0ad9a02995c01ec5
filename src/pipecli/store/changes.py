"""Two days side by side: each opportunity as it stood at the end of one and of the other, read from spans."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import TYPE_CHECKING, NamedTuple

from .directory import MOST_PARAMETERS

if TYPE_CHECKING:
    from .driver import Driver, Row

# A span may start after the win (an amount corrected since): the day of the win is that of the visit it ended.
_STOOD = (
    "{s}.stage as {s}_stage, {s}.status as {s}_status, {s}.amount as {s}_amount, {s}.currency as {s}_currency, "
    "{s}.probability as {s}_probability, case {s}.status when 'open' then {s}.close_day when 'won' then "
    "(select max(v.left_day) from visit v where v.opportunity = o.number and v.outcome = 'won' "
    "and v.left_day <= :{s}) end as {s}_day"
)
_JOIN = (
    "left join span {s} on {s}.opportunity = o.number and {s}.from_day <= :{s} "
    "and ({s}.to_day is null or {s}.to_day > :{s}) "
)
_SQL = (
    "select * from (select o.number, o.name, a.name as account, "
    + ", ".join(_STOOD.format(s=side) for side in ("before", "after"))
    + " from opportunity o "
    + "".join(_JOIN.format(s=side) for side in ("before", "after"))
    + "left join account a on a.id = o.account_id) x "
    "where (before_day >= :start and before_day <= :until) or (after_day >= :start and after_day <= :until) "
    "order by number"
)


class Stood(NamedTuple):
    """An opportunity at the end of a day; `day` is its close date, once won the day of the win, None once lost."""

    stage: str
    status: str
    amount: int | None
    currency: str
    probability: int | None
    day: date | None


class Pair(NamedTuple):
    """An opportunity on two days, None where it was not open yet."""

    number: int
    name: str
    account: str | None
    before: Stood | None
    after: Stood | None


def read_pairs(driver: Driver, *, since: date, as_of: date | None, start: date, until: date) -> list[Pair]:
    """The opportunities whose day is in the period on either side, by number; `as_of` None is how they stand now."""
    days = {"before": since, "after": as_of or date.max, "start": start, "until": until}
    rows = driver.rows(_SQL, {name: day.isoformat() for name, day in days.items()})
    return [Pair(r[0], r[1], r[2], _stood(r[3:9]), _stood(r[9:15])) for r in rows]


def _stood(values: Row) -> Stood | None:
    stage, status, amount, currency, probability, day = values
    if status is None:
        return None
    return Stood(stage, status, amount, currency, probability, date.fromisoformat(day) if day else None)


def amounts_then(driver: Driver, numbers: Sequence[int], day: date) -> dict[int, tuple[int | None, str]]:
    """Amount in minor units and currency, at the end of a day, of those of these opportunities that there were."""
    found: dict[int, tuple[int | None, str]] = {}
    for start in range(0, len(numbers), MOST_PARAMETERS):
        wanted = {f"n{i}": number for i, number in enumerate(numbers[start : start + MOST_PARAMETERS])}
        marks = ", ".join(f":{name}" for name in wanted)
        rows = driver.rows(
            f"select opportunity, amount, currency from span where opportunity in ({marks}) "
            "and from_day <= :day and (to_day is null or to_day > :day)",
            {**wanted, "day": day.isoformat()},
        )
        found |= {number: (amount, currency) for number, amount, currency in rows}
    return found
