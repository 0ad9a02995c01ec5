"""Drawn futures: on which day each open opportunity is won, what it is worth, and what business not opened yet brings.

Each draw has its own rates (how little is known of them), its own chances, and its own level (what past forecasts
missed). The seed is fixed: the same history gives the same answer twice.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from .correction import Correction
from .hazards import PRIOR_CASES
from .history import Days, Floats
from .model import Outlook, levelled

_SEED = 20_261_123
_MOST, _LEAST, _CELLS = 1_000, 200, 500_000
_BLOCK = 64


class Draws(NamedTuple):
    """Per draw and opportunity: the column of the day it is won (the horizon where it is not) and its worth then.

    `fresh[m, t]` is what business not opened yet brings on day t of draw m. All is in the forecast's unit.
    """

    won: Days
    worth: Floats
    fresh: Floats


def draw(outlook: Outlook, correction: Correction) -> Draws:
    """Draw futures from an outlook; fewer the more opportunities there are, their sum being surer."""
    n = len(outlook.case)
    draws = int(np.clip(_CELLS // max(n, 1), _LEAST, _MOST))
    rng = np.random.default_rng(_SEED)
    outlook = levelled(outlook, correction.level)
    beyond = _gamma(rng, correction.spread, draws)
    uncertain = 1 / np.sqrt((outlook.cases + PRIOR_CASES) / 4)
    odds = np.exp(rng.normal(size=(draws, len(uncertain))) * uncertain)[:, outlook.stage]
    # Odds that are off alike to both sides move a small chance up: taken back, to the second order.
    odds *= np.exp((outlook.density.sum(axis=1) - 0.5) * uncertain[outlook.stage] ** 2)
    luck = rng.random((draws, n))
    won = _days(outlook.density, luck / (luck + odds * (1 - luck)))
    spread = outlook.worth.spread[outlook.stage]
    drift = np.exp(rng.normal(size=(draws, n)) * spread - spread**2 / 2) if spread.any() else 1.0
    worth = outlook.value * drift * beyond[:, None]
    return Draws(won, worth, _fresh(outlook, rng, draws) * beyond[:, None])


def _gamma(rng: np.random.Generator, spread: float, draws: int) -> Floats:
    """Factors of mean 1 and that relative standard deviation."""
    if spread <= 0:
        return np.ones(draws)
    return rng.gamma(1 / spread**2, spread**2, draws)


def _days(density: Floats, luck: Floats) -> Days:
    """The first day by which the cumulated chance exceeds each one's luck."""
    n, horizon = density.shape
    if not n:
        return np.zeros(luck.shape, dtype=np.int64)
    # One search for all: each row of chances is lifted above the one before it.
    rows = np.arange(n)
    by_then = np.minimum(np.cumsum(density, axis=1), 1.0) + 2 * rows[:, None]
    found = np.searchsorted(by_then.ravel(), luck + 2 * rows[None, :], side="right")
    return np.asarray(found - horizon * rows[None, :])


def _fresh(outlook: Outlook, rng: np.random.Generator, draws: int) -> Floats:
    """What business not opened yet brings, by draw and day: a number of wins, each worth one of those won lately.

    The wins of a draw arrive at unit rate, counted on the number expected, not on days: the more is expected, the
    sooner each comes, and none is lost.
    """
    upto = np.cumsum(outlook.fresh)
    out = np.zeros((draws, len(upto)))
    rate = np.maximum(_gamma(rng, outlook.openings.spread, draws), 1e-12)
    last = np.zeros(draws)
    while len(upto) and len(outlook.worth.won) and (last < upto[-1] * rate).any():
        arrived = last + np.cumsum(rng.exponential(size=(_BLOCK, draws)), axis=0)
        worth = rng.choice(outlook.worth.won, arrived.shape)
        day = np.searchsorted(upto, arrived / rate)
        _nth, who = inside = np.nonzero(day < len(upto))
        np.add.at(out, (who, day[inside]), worth[inside])
        last = arrived[-1]
    return out


def variance(outlook: Outlook) -> float:
    """The variance of the whole horizon's sum, by chance and uncertain rates, without drawing."""
    chance = outlook.density.sum(axis=1)
    worth = outlook.worth
    square = outlook.value**2 * np.exp(worth.spread[outlook.stage] ** 2)
    single = float((chance * square - (chance * outlook.value) ** 2).sum())
    moved = np.bincount(
        outlook.stage, weights=outlook.value * chance * (1 - chance), minlength=len(outlook.cases)
    )
    rates = float((moved**2 * 4 / (outlook.cases + PRIOR_CASES)).sum())
    wins = float(outlook.fresh.sum())
    sizes = float((worth.won**2).mean()) if len(worth.won) else 0.0
    return single + rates + wins * sizes + (wins * worth.usual * outlook.openings.spread) ** 2
