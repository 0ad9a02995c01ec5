"""The truth about a file as a use case: read, counted, forecast, and the commands that bring it in; nothing is written.

No workspace is needed and none is looked at. The forecast is that of `outlook`, from arrays made of the rows.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from pipecli import clock
from pipecli.config import Settings
from pipecli.domain import xray as rules
from pipecli.domain.importing import Row
from pipecli.domain.pipeline import LOST
from pipecli.domain.xray import Xray
from pipecli.domain.xray_cases import Case, case_of, last_day, report_day
from pipecli.errors import InvalidInput
from pipecli.text import _, ngettext

from .import_request import Request
from .measures import AMOUNT, COUNT, Measure
from .xray_reading import NO_CURRENCY, Progress, Told, bare, read

if TYPE_CHECKING:
    from .outlook import Split

MONTHS_AHEAD = 3
FEWEST_WON = 10
"""Wins with a day that a forecast is made from."""


class Month(NamedTuple):
    """What comes in a month, from its first day to its last; what is left of the one that is running."""

    start: date
    until: date
    split: Split


class Ahead(NamedTuple):
    """What history says of the months ahead, in amounts or counts, learnt from so many `closed` ones.

    `past_days` were forecast again, `days_ahead` each; `missed` is the sum of the errors over the sum of what came,
    None where nothing came or no day was long enough ago.
    """

    measure: Measure
    months: tuple[Month, ...]
    total: Split
    closed: int
    past_days: int
    days_ahead: int
    missed: float | None


class Seen(NamedTuple):
    """All that a file says: how it was read, its figures, what comes next.

    `why_not` says why there is no forecast, `today` is the day it is read on; `elsewhere` are the amounts in other
    currencies than `currency`, of those that are open and of those that ended.
    """

    path: str
    request: Request
    told: Told
    found: Xray
    currency: str
    elsewhere: dict[str, tuple[int, int]]
    ahead: Ahead | None
    why_not: str | None
    today: date


def see(
    settings: Settings,
    path: str,
    request: Request,
    as_of: date | None = None,
    progress: Progress | None = None,
) -> Seen:
    """Read a file and say what is in it; raises InvalidInput where it is no table, or lists something else.

    Ages are counted to `as_of`, else to today, else to the last day something happened where that is long ago.
    """
    today = today_of(settings)
    told = read(Path(path), request, settings, today, progress)
    last = last_day(told.rows, today)
    day = as_of or report_day(last, today)
    if as_of and last and as_of < last:
        line = _("the file goes on until {last}; --as-of looks at it from that day or a later one")
        raise InvalidInput(line.format(last=last))
    currency = _currency(told.rows)
    told = replace(told, rows=_in_one(told.rows, currency))
    cases = [case_of(row, day, currency) for row in told.rows]
    places = [stage.key for stage in told.pipeline.stages if stage.name]
    found = rules.xray(cases, _reasons(told.rows), _filled(told), places, day)
    ahead, why_not = _ahead(told, cases, found, currency)
    other = _elsewhere(told.rows, currency)
    return Seen(path, request, told, found, currency, other, ahead, why_not, today)


def today_of(settings: Settings) -> date:
    """The day of the report: today, or what PIPE_TODAY says."""
    return settings.report_day() or clock.today(bare().timezone)


def _currency(rows: Sequence[Row]) -> str:
    """The currency of most amounts; none where no amount names one."""
    named = Counter(row.values["currency"] for row in rows if row.values.get("amount"))
    return max(named, key=lambda code: (code != NO_CURRENCY, named[code]), default=NO_CURRENCY)


def _in_one(rows: Sequence[Row], currency: str) -> Sequence[Row]:
    """Rows whose amounts name no currency in the file's own, where it has one."""
    if currency == NO_CURRENCY:
        return rows
    return [
        row._replace(values={**row.values, "currency": currency})
        if row.values["currency"] == NO_CURRENCY
        else row
        for row in rows
    ]


def _elsewhere(rows: Iterable[Row], currency: str) -> dict[str, tuple[int, int]]:
    """How many have an amount in each other currency, and what that is together."""
    found: dict[str, tuple[int, int]] = {}
    for row in rows:
        code, amount = row.values["currency"], row.values.get("amount")
        if amount and code != currency:
            n, total = found.get(code, (0, 0))
            found[code] = (n + 1, total + amount)
    return found


def _reasons(rows: Iterable[Row]) -> Iterable[str]:
    """Why they were lost, each as the file has it."""
    for row in rows:
        reason = row.values.get("loss_reason")
        if reason and row.place == LOST:
            yield str(reason)


def _filled(told: Told) -> set[str]:
    """The fields that say something: that have a column, or come with a history."""
    found = {name for name in told.mapping.sources if name not in told.questions}
    if any(row.steps for row in told.rows):
        found |= {"steps", "stage"}
        if any(step.amount for row in told.rows for step in row.steps):
            found.add("amount")
    return found


def _ahead(told: Told, cases: Sequence[Case], found: Xray, currency: str) -> tuple[Ahead | None, str | None]:
    """The months ahead, else why nothing can be said of them."""
    usable = found.to_win.n if found.to_win else 0
    if usable < FEWEST_WON:
        line = ngettext(
            "a forecast from history needs {least} wins with the days they were opened and won: the file has {n}",
            "a forecast from history needs {least} wins with the days they were opened and won: the file has {n}",
            usable,
        )
        return None, line.format(least=FEWEST_WON, n=usable)
    from .xray_past import forecast_of

    measure = Measure(AMOUNT, None, currency) if found.won.amount else Measure(COUNT, None, None)
    periods = rules.next_months(found.today, MONTHS_AHEAD)
    said = forecast_of(told.rows, cases, told.pipeline, found.today, periods[-1][1], measure)
    months = tuple(Month(start, until, said.split(start, until)) for start, until in periods)
    if not said.track:
        return None, _(
            "the file goes back too little for a forecast: no past day can be held against what came"
        )
    total = said.split(periods[0][0], periods[-1][1])
    trust = said.trust
    return Ahead(measure, months, total, trust.n_closed, len(said.track), said.horizon, trust.missed), None
