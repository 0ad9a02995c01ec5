"""What happened in a pipeline, as arrays, and the same cut at a day: what a forecast of that day may know.

Days are integers (`date.toordinal`); `FAR` stands for a day that has not come. Values are floats in the unit that is
forecast (minor units of money, days of work, or 1 for a count), NaN where there is none.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

Days = NDArray[np.int64]
Floats = NDArray[np.float64]

FAR = 4_000_000
WON, LOST, MOVED, CUT, LASTS = 0, 1, 2, 3, 4
"""How a visit ended: by a win, a loss, a move to the next visit's stage, by something that was no move of the
opportunity's own (a changed definition, an import), or not at all."""
_STRIDE = 8_000_000


class Timeline(NamedTuple):
    """A figure of each case from day to day: what it is from each day on, sorted by case and day, NaN for none."""

    case: Days
    start: Days
    value: Floats

    def on(self, case: Days, day: Days | int) -> Floats:
        """The figure of each case at the end of a day; NaN before its first."""
        out = np.full(len(case), np.nan)
        if len(self.case):
            place = np.searchsorted(self.case * _STRIDE + self.start, case * _STRIDE + day, side="right") - 1
            found = (place >= 0) & (self.case[np.maximum(place, 0)] == case)
            out[found] = self.value[place[found]]
        return out


class History(NamedTuple):
    """Visits by opportunity and in order, and the figures of each opportunity from day to day.

    `case` numbers opportunities from 0 to `cases` - 1; `stage` and `to` are indices of stages; `to` is -1 where
    the visit did not end in a move. `value` is what is forecast, `close` the expected close day, `percent` the
    probability set by hand; all begin on the same days. `listed` is the value as the rules read it, where that is
    another than what was known on a day.
    """

    cases: int
    case: Days
    stage: Days
    entered: Days
    left: Days
    outcome: Days
    to: Days
    value: Timeline
    close: Timeline
    percent: Timeline
    listed: Timeline | None = None


class Known(NamedTuple):
    """A history at the end of a day: every visit begun by then, its end only where it came by then.

    `age` is the days a visit lasted, or lasts: an exit in it happened on its day `age`, counted from 0.
    """

    day: int
    history: History
    visit: Days
    case: Days
    stage: Days
    entered: Days
    age: Days
    outcome: Days
    to: Days

    @property
    def open(self) -> Days:
        """The positions of the visits in which opportunities stand open."""
        return np.flatnonzero(self.outcome == LASTS)

    def ever(self, outcome: int) -> NDArray[np.bool_]:
        """Whether each case has had a visit that ended so."""
        out = np.zeros(self.history.cases, dtype=bool)
        out[self.case[self.outcome == outcome]] = True
        return out


def known(history: History, day: int) -> Known:
    """What was known at the end of a day."""
    visit = np.flatnonzero(history.entered <= day)
    left = history.left[visit]
    ended = left <= day
    entered = history.entered[visit]
    return Known(
        day,
        history,
        visit,
        history.case[visit],
        history.stage[visit],
        entered,
        np.where(ended, left, day) - entered,
        np.where(ended, history.outcome[visit], LASTS),
        np.where(ended, history.to[visit], -1),
    )


def wins(history: History, start: int, until: int) -> tuple[Days, Floats]:
    """The positions of the visits won from `start` to `until`, and what each was worth that day (0 without a value)."""
    won = np.flatnonzero((history.outcome == WON) & (history.left >= start) & (history.left <= until))
    return won, np.nan_to_num(history.value.on(history.case[won], history.left[won]))
