"""The history forecast as a use case: the past read, days ahead drawn, and past Mondays held against what came."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, timedelta
from typing import Any, NamedTuple

import numpy as np

from pipecli.domain import trust
from pipecli.domain.trust import Track, Trust
from pipecli.forecasting import model, record
from pipecli.forecasting.correction import Correction
from pipecli.forecasting.draws import Draws, draw
from pipecli.forecasting.history import Floats, known, wins
from pipecli.forecasting.model import Outlook
from pipecli.forecasting.record import Origin
from pipecli.text import _

from .history import Past, read_past
from .measures import Measure
from .workspace import Reading

LONGEST = 1_096
"""Days that are looked ahead at most: three years."""
_HORIZONS = (30, 14, 7)


class Range(NamedTuple):
    """The mean and the quantiles of what may come, in the forecast's unit."""

    mean: float
    p10: float
    p50: float
    p90: float


class Split(NamedTuple):
    """What may come from opportunities that exist, from business not opened yet, and from both."""

    existing: Range
    new_business: Range
    total: Range


class HistoryForecast(NamedTuple):
    """The days after `as_of`: what may come, and how far past forecasts were to be believed.

    `horizon` is how many days ahead the past Mondays of `track` were asked about.
    """

    as_of: date
    past: Past
    outlook: Outlook
    draws: Draws
    correction: Correction
    trust: Trust
    track: tuple[Track, ...]
    horizon: int

    def split(self, start: date, until: date, numbers: Iterable[int] | None = None) -> Split:
        """What may come from `start` to `until`; with `numbers`, from these opportunities alone."""
        first, last = self._columns(start, until)
        those = self._those(numbers)
        value = self.outlook.value[those]
        within = (self.draws.won[:, those] >= first) & (self.draws.won[:, those] < last)
        existing = (self.draws.worth[:, those] * within).sum(axis=1)
        fresh = self.draws.fresh[:, first:last].sum(axis=1) * (numbers is None)
        means = (
            float(value @ self.outlook.density[those, first:last].sum(axis=1)),
            float(self.outlook.fresh[first:last].sum()) * self.outlook.worth.usual,
        )
        new = means[1] if numbers is None else 0.0
        return Split(_range(existing, means[0]), _range(fresh, new), _range(existing + fresh, means[0] + new))

    def spread(self, shares: Floats) -> list[Split]:
        """What may come in each of some periods: `shares[t, p]` is what a win on the t-th day ahead brings to p."""
        outlook = self.outlook
        shares = np.vstack([shares, np.zeros(shares.shape[1])])  # the last row is for what is not won at all
        out = []
        for share in shares.T:
            existing = (self.draws.worth * share[self.draws.won]).sum(axis=1)
            fresh = self.draws.fresh @ share[:-1]
            mean = float(outlook.value @ (outlook.density @ share[:-1]))
            new = float(outlook.fresh @ share[:-1]) * outlook.worth.usual
            out.append(
                Split(_range(existing, mean), _range(fresh, new), _range(existing + fresh, mean + new))
            )
        return out

    def won(self, start: date, until: date) -> float:
        """What was won from `start` to `until`, by the report's day."""
        last = min(until, self.as_of)
        _visits, worth = wins(self.past.history, start.toordinal(), last.toordinal())
        return float(worth.sum())

    def chances(self, until: date) -> dict[int, float]:
        """By number, the chance that each open opportunity is won by the end of a day."""
        _first, last = self._columns(self.as_of, until)
        by_then = np.minimum(self.outlook.density[:, :last].sum(axis=1), 1.0)
        return dict(zip(self.past.numbers[self.outlook.case].tolist(), by_then.tolist(), strict=True))

    def expected(self, start: date, until: date) -> dict[int, float]:
        """By number, what each open opportunity adds to the mean of a period."""
        first, last = self._columns(start, until)
        adds = self.outlook.value * self.outlook.density[:, first:last].sum(axis=1)
        return dict(zip(self.past.numbers[self.outlook.case].tolist(), adds.tolist(), strict=True))

    def _columns(self, start: date, until: date) -> tuple[int, int]:
        width = self.outlook.density.shape[1]
        last = min(max((until - self.as_of).days, 0), width)
        return min(max((start - self.as_of).days - 1, 0), last), last

    def _those(self, numbers: Iterable[int] | None) -> Any:
        if numbers is None:
            return slice(None)
        return np.flatnonzero(
            np.isin(self.past.numbers[self.outlook.case], np.array([*numbers], dtype=np.int64))
        )


def _range(drawn: Floats, mean: float) -> Range:
    # Not before the mean is told apart from nothing: an empty sum has no quantiles of its own.
    low, middle, high = np.quantile(drawn, (0.1, 0.5, 0.9)) if drawn.any() else (0.0, 0.0, 0.0)
    return Range(mean, float(low), float(middle), float(high))


def history_forecast(reading: Reading, until: date, measure: Measure) -> HistoryForecast:
    """The history forecast of the days after the reading's day, three years of them at most."""
    return of_past(read_past(reading, measure), reading.today, until)


def of_past(past: Past, today: date, until: date) -> HistoryForecast:
    """The history forecast from a past, of the days after `today`."""
    ahead = min(max((until - today).days, 0), LONGEST)
    day = today.toordinal()
    origins, horizon = _record(past, day)
    correction = record.correction_at(origins, day)
    outlook = model.look_ahead(past.history, day, past.probabilities(day), max(ahead, 1))
    track = tuple(
        Track(
            date.fromordinal(o.said.day),
            _corrected(o, record.correction_at(origins, o.said.day)),
            o.baselines.rules,
            o.said.actual,
        )
        for o in origins
        if o.closed >= record.FEWEST_CLOSED
    )
    verdict = trust.judge(track, record.closed_by(known(past.history, day)), horizon)
    drawn, sure = draw(outlook, correction), model.levelled(outlook, correction.level)
    return HistoryForecast(today, past, sure, drawn, correction, verdict, track, horizon)


def _corrected(origin: Origin, correction: Correction) -> float:
    """What was said that day, corrected by what was known then of earlier misses."""
    return float(model.levelled(origin.outlook, correction.level).expected()[-1])


def _record(past: Past, day: int) -> tuple[list[Origin], int]:
    """Past Mondays forecast again, thirty days ahead, or as many as a short history allows.

    The same whatever period is asked for, so that a month has one range, alone or beside others.
    """
    if not past.history.cases:
        return [], _HORIZONS[0]
    first = int(past.history.entered.min())
    days: list[int] = []
    for horizon in _HORIZONS:
        days = record.mondays(first + horizon, day - horizon, record.MOST_SAID)
        if len(days) >= trust.FEWEST_DAYS:
            break
    return list(record.origins(past.history, days, horizon, past.probabilities)), horizon


def as_json(found: HistoryForecast, split: Split, measure: Measure, *, over: date) -> dict[str, Any]:
    """The `history` object of the contract, for a period that ends on `over`."""
    parts = {name: range_json(part, measure) for name, part in split._asdict().items()}
    verdict = found.trust
    if over <= found.as_of:
        verdict = verdict._replace(trusted=False, why=_("the period is over: what was won is known"))
    elif (over - found.as_of).days > LONGEST:
        last = found.as_of + timedelta(LONGEST)
        why = _("{why}; it looks three years ahead, until {last}").format(why=verdict.why, last=last)
        verdict = verdict._replace(why=why)
    return {"trusted": verdict.trusted, "why": verdict.why, "n_closed": verdict.n_closed, **parts}


def range_json(found: Range, measure: Measure) -> dict[str, int | float]:
    """A range in major units of money, or as numbers."""
    return {name: measure.number(value) for name, value in found._asdict().items()}
