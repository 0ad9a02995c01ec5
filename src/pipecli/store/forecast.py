"""The forecast's cells, added up by the database: from the opportunities as they are, or from spans as of a day."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING

from pipecli.domain.forecast import OPEN, UNDATED, WON, Cell
from pipecli.domain.pipeline import Pipeline

if TYPE_CHECKING:
    from .driver import Driver

_NOW = "opportunity"
# A span may start after the win (an amount corrected since): the day of the win is that of the visit it ended.
_THEN = (
    "(select stage, status, amount, currency, probability, close_day as close_date, owner, "
    "(select max(left_day) from visit where visit.opportunity = span.opportunity and outcome = 'won' "
    "and left_day <= :as_of) as closed_on "
    "from span where from_day <= :as_of and (to_day is null or to_day > :as_of))"
)

_SUMS = "count(*), count(amount), coalesce(cast(sum(amount) as bigint), 0)"
_WON = (
    f"select '{WON}', substr(closed_on, 1, 7), owner, stage, currency, 100, {_SUMS} from {{source}} x "
    "where status = 'won' and closed_on >= :start and closed_on <= :won_until "
    "group by substr(closed_on, 1, 7), owner, stage, currency"
)
_OPEN = (
    f"select '{OPEN}', substr(close_date, 1, 7), owner, stage, currency, probability, {_SUMS} from {{source}} x "
    "where status = 'open' and close_date >= :open_from and close_date <= :until "
    "group by substr(close_date, 1, 7), owner, stage, currency, probability"
)
_UNDATED = (
    f"select '{UNDATED}', '', owner, stage, currency, probability, {_SUMS} from {{source}} x "
    "where status = 'open' and (close_date is null or close_date < :as_of) "
    "group by owner, stage, currency, probability"
)


def read_cells(
    driver: Driver, pipeline: Pipeline, *, as_of: date, start: date, until: date, past: bool
) -> list[Cell]:
    """Every cell of the period; `past` reads the state as it was at the end of `as_of`."""
    source = _THEN if past else _NOW
    days = {
        "as_of": as_of,
        "start": start,
        "until": until,
        "won_until": min(until, as_of),
        "open_from": max(start, as_of),
    }
    rows = []
    for sql in (_WON, _OPEN, _UNDATED):
        names = {
            name: day.isoformat()
            for name, day in days.items()
            if f":{name}" in sql or (past and name == "as_of")
        }
        rows += driver.rows(sql.format(source=source), names)
    return [
        Cell(part, month, owner, stage, currency, _percent(part, stage, percent, pipeline), n, priced, amount)
        for part, month, owner, stage, currency, percent, n, priced, amount in rows
    ]


def _percent(part: str, stage: str, adjusted: int | None, pipeline: Pipeline) -> int:
    return 100 if part == WON else pipeline.probability(stage, adjusted)
