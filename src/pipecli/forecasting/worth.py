"""What a win is worth: how amounts change on the way to it, and what is won where no amount is known yet."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from .history import WON, Floats, Known

_PRIOR_WINS = 3.0
_RECENT = 300
_LARGEST_SPREAD = 1.0


class Worth(NamedTuple):
    """By stage: `drift`, the won value over the value there; `spread` of its logarithm; `unknown`, the mean won from
    there without a value. `won` are recent won values, to draw from.
    """

    drift: Floats
    spread: Floats
    unknown: Floats
    won: Floats

    @property
    def usual(self) -> float:
        """The mean of what was won lately; 0 before the first win."""
        return float(self.won.mean()) if len(self.won) else 0.0

    def expected(self, stage: np.ndarray, value: Floats) -> Floats:
        """What each is expected to be worth if it is won."""
        known = np.nan_to_num(value) * self.drift[stage]
        return np.asarray(np.where(np.isnan(value), self.unknown[stage], known))


def fit(known: Known, stages: int) -> Worth:
    """What was won by then, against the value half-way through each visit of those that were won."""
    history = known.history
    ends = np.flatnonzero(known.outcome == WON)
    day = known.entered[ends] + known.age[ends]
    order = np.argsort(day, kind="stable")
    final = np.full(history.cases, np.nan)
    worth = np.nan_to_num(history.value.on(known.case[ends], day))
    final[known.case[ends]] = worth
    passed = np.flatnonzero(~np.isnan(final[known.case]))
    here = known.stage[passed]
    then = history.value.on(known.case[passed], known.entered[passed] + known.age[passed] // 2)
    came = final[known.case[passed]]
    usual = worth[order][-_RECENT:]
    mean = usual.mean() if len(usual) else 0.0
    valued = ~np.isnan(then)
    before = np.bincount(here[valued], weights=then[valued], minlength=stages)
    after = np.bincount(here[valued], weights=came[valued], minlength=stages)
    size = before.sum() / valued.sum() if valued.any() else 1.0
    drift = (after + _PRIOR_WINS * size) / (before + _PRIOR_WINS * size) if size > 0 else np.ones(stages)
    blank = np.bincount(here[~valued], minlength=stages)
    unknown = (np.bincount(here[~valued], weights=came[~valued], minlength=stages) + mean) / (blank + 1)
    return Worth(drift, _spreads(here, then, came, valued, stages), unknown, usual)


def _spreads(here: np.ndarray, then: Floats, came: Floats, valued: np.ndarray, stages: int) -> Floats:
    """The standard deviation of the logarithm of won value over value, by stage."""
    fit_for = valued & (then > 0) & (came > 0)
    ratio = np.log(came[fit_for] / then[fit_for])
    n = np.bincount(here[fit_for], minlength=stages)
    squares = np.bincount(here[fit_for], weights=ratio**2, minlength=stages)
    means = np.bincount(here[fit_for], weights=ratio, minlength=stages) / np.maximum(n, 1)
    variance = np.maximum(squares - n * means**2, 0) / (n + _PRIOR_WINS)
    return np.asarray(np.minimum(np.sqrt(variance), _LARGEST_SPREAD))
