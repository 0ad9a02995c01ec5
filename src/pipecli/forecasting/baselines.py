"""What a forecast must beat: the rules' own weights, the mean of what was won before, and the weights recalibrated."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from .history import LOST, WON, Days, Floats, History, Known, wins

TRAILING_WINDOWS = 3
_PRIOR_CASES = 3.0


class Baselines(NamedTuple):
    """Three simple forecasts of what is won in the days ahead, and the chance each gives each open opportunity."""

    rules: float
    trailing: float
    recalibrated: float
    rules_chance: Floats
    trailing_chance: Floats
    recalibrated_chance: Floats


def baselines(seen: Known, case: Days, stage: Days, probabilities: Floats, horizon: int) -> Baselines:
    """The baselines at the end of a day, for the `horizon` days behind it, over the open `case`s in their `stage`s."""
    history = seen.history
    value = np.nan_to_num((history.listed or history.value).on(case, seen.day))
    due = _due(history, case, seen.day, horizon)
    own = history.percent.on(case, seen.day) / 100
    rules = np.where(due, np.where(np.isnan(own), probabilities[stage], own), 0.0)
    recalibrated = np.where(due, _win_rates(seen, probabilities)[stage], 0.0)
    share = _share_won(seen, horizon)
    return Baselines(
        float(value @ rules),
        _trailing(seen, horizon),
        float(value @ recalibrated),
        rules,
        np.full(len(case), share),
        recalibrated,
    )


def _due(history: History, case: Days, day: int, horizon: int) -> np.ndarray:
    """Whether the rules expect it in those days; what has no close date, or one that is past, is in no period."""
    close = history.close.on(case, day)
    return np.asarray((close > day) & (close <= day + horizon))


def _trailing(seen: Known, horizon: int) -> float:
    """The mean of what was won per horizon, over the last few of them."""
    if not len(seen.entered):
        return 0.0
    days = min(TRAILING_WINDOWS * horizon, seen.day - int(seen.entered.min()) + 1)
    _positions, worth = wins(seen.history, seen.day - days + 1, seen.day)
    return float(worth.sum()) * horizon / days


def _win_rates(seen: Known, probabilities: Floats) -> Floats:
    """The share won of what passed each stage and has ended, leaning on the definition's probability."""
    stages = len(probabilities)
    won = seen.ever(WON)
    ended = won | seen.ever(LOST)
    passed = np.zeros((seen.history.cases, stages), dtype=bool)
    passed[seen.case, seen.stage] = True
    closed = passed[ended].sum(axis=0)
    wins_by = passed[won].sum(axis=0)
    return np.asarray((wins_by + _PRIOR_CASES * probabilities) / (closed + _PRIOR_CASES))


def _share_won(seen: Known, horizon: int) -> float:
    """The share of what stood open one horizon ago that is won by now; one half of an opportunity before any."""
    then = seen.day - horizon
    open_then = (seen.entered <= then) & (seen.entered + seen.age > then)
    won = seen.ever(WON)[seen.case[open_then]]
    return float((won.sum() + 0.5) / (len(won) + 1))
