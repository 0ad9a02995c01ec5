"""Past days forecast again, each with what was known at its end, and held against what came."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from typing import NamedTuple

import numpy as np

from . import model
from .baselines import Baselines, baselines
from .correction import Correction, Said, correct
from .draws import variance
from .history import LOST, WON, Days, Floats, History, Known, known, wins
from .model import Outlook

FEWEST_CLOSED = 10
"""Forecasts made from fewer closed opportunities are not held against later ones."""
MOST_SAID = 26
RECORD_DAYS = 7 * MOST_SAID + 31
"""How far back past forecasts are held against what came: half a year of Mondays that are over."""


class Origin(NamedTuple):
    """One past day: the outlook then, what came, what the baselines said, and which of the open ones were won."""

    said: Said
    closed: int
    outlook: Outlook
    baselines: Baselines
    won: Floats


def origins(
    history: History, days: Sequence[int], horizon: int, probabilities: Callable[[int], Floats]
) -> Iterator[Origin]:
    """Each day forecast again, in order; the days' horizons are over. `probabilities` are those in force on a day."""
    for day in days:
        seen, rules = known(history, day), probabilities(day)
        outlook = model.look_ahead(history, day, rules, horizon, seen=seen)
        positions, worth = wins(history, day + 1, day + horizon)
        said = Said(
            day,
            horizon,
            float(outlook.expected()[-1]) if horizon else 0.0,
            variance(outlook),
            float(worth.sum()),
        )
        won = np.zeros(history.cases)
        won[history.case[positions]] = 1.0
        simple = baselines(seen, outlook.case, outlook.stage, rules, horizon)
        yield Origin(said, closed_by(seen), outlook, simple, won[outlook.case])


def closed_by(seen: Known) -> int:
    """How many opportunities stood won or lost: one that was opened again counts no more."""
    closed = seen.ever(WON) | seen.ever(LOST)
    closed[seen.case[seen.open]] = False
    return int(closed.sum())


def correction_at(record: Sequence[Origin], day: int) -> Correction:
    """The correction that could be known on a day: from forecasts whose days were over by then."""
    usable = [o.said for o in record if o.said.day + o.said.horizon <= day and o.closed >= FEWEST_CLOSED]
    return correct([said for said in usable if said.day > day - RECORD_DAYS])


def mondays(first: int, last: int, most: int) -> list[int]:
    """The Mondays from `first` to `last`, the newest of them."""
    newest = last - (last - 1) % 7  # ordinal 1 was a Monday
    return [day for day in range(newest - 7 * (most - 1), newest + 1, 7) if day >= first]


def every(first: int, last: int, step: int, most: int) -> Days:
    """Days `step` apart, the newest being `last`."""
    count = min(most, max((last - first) // step + 1, 0))
    return (
        np.arange(last - step * (count - 1), last + 1, step, dtype=np.int64)
        if count
        else np.zeros(0, np.int64)
    )
