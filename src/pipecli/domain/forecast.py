"""The forecast by rules: won to date, and what is open weighted by its probability, by period, owner or stage.

Lost counts nothing. Without an amount an opportunity is unpriced, not zero. Currencies are never added together.
A missing or past close date belongs to no period and is counted as undated.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import date
from typing import NamedTuple

from .dates import add_months, month_bounds, quarter_bounds

WON, OPEN, UNDATED = "won", "open", "undated"


class Cell(NamedTuple):
    """Opportunities alike in all that the forecast asks: how many, how many priced, their amount in minor units.

    `part` is won, open or undated; `month` is `2026-11`, empty where undated; `percent` the probability.
    """

    part: str
    month: str
    owner: str
    stage: str
    currency: str
    percent: int
    n: int
    priced: int
    amount: int


@dataclass(slots=True)
class Sums:
    """One currency's sums, in minor units; `weighted_cents` in hundredths of a minor unit until it is read."""

    won_count: int = 0
    won_amount: int = 0
    open_count: int = 0
    open_amount: int = 0
    weighted_cents: int = 0
    unpriced: int = 0
    undated_count: int = 0
    undated_amount: int = 0

    def add(self, cell: Cell) -> None:
        """Count a cell in."""
        if cell.part == WON:
            self.won_count += cell.n
            self.won_amount += cell.amount
            return
        self.unpriced += cell.n - cell.priced
        if cell.part == UNDATED:
            self.undated_count += cell.n
            self.undated_amount += cell.amount
        else:
            self.open_count += cell.n
            self.open_amount += cell.amount
            self.weighted_cents += cell.amount * cell.percent

    @property
    def weighted(self) -> int:
        """The weighted open amount, rounded half up to minor units."""
        return (self.weighted_cents + 50) // 100


class Group(NamedTuple):
    """A line of the forecast: its key, and the sums by currency."""

    key: str
    sums: dict[str, Sums]


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


def quarter_of_month(month: str) -> str:
    """`2026-11` is in `2026-Q4`."""
    return f"{month[:4]}-Q{(int(month[5:7]) + 2) // 3}"


GROUPINGS: dict[str, Callable[[Cell], str]] = {
    "month": lambda cell: cell.month,
    "quarter": lambda cell: quarter_of_month(cell.month) if cell.month else "",
    "owner": lambda cell: cell.owner,
    "stage": lambda cell: cell.stage,
}


def forecast(
    cells: Iterable[Cell], *, as_of: date, start: date, until: date, currency: str, by: str | None
) -> Forecast:
    """Sum cells in all and by `month`, `quarter`, `owner` or `stage`; undated ones are in no month or quarter."""
    found = list(cells)
    total = _sums(found)
    total.setdefault(currency, Sums())
    groups: tuple[Group, ...] = ()
    if by:
        key = GROUPINGS[by]
        keys = sorted({key(cell) for cell in found} - {""} | set(_periods(by, start, until)))
        groups = tuple(Group(k, _sums(cell for cell in found if key(cell) == k)) for k in keys)
    return Forecast(as_of, start, until, currency, total, groups)


def _sums(cells: Iterable[Cell]) -> dict[str, Sums]:
    out: dict[str, Sums] = {}
    for cell in cells:
        out.setdefault(cell.currency, Sums()).add(cell)
    return out


def _periods(by: str, start: date, until: date) -> list[str]:
    """Every month or quarter of the period, so that an empty one has its line too; none for longer than ten years."""
    if by not in ("month", "quarter") or (until - start).days > 3_660:
        return []
    months = []
    day = start.replace(day=1)
    while day <= until:
        months.append(f"{day:%Y-%m}")
        day = add_months(day, 1)
    return months if by == "month" else [quarter_of_month(m) for m in months]
