"""Business not opened yet: how many opportunities open a day, and in which stage they begin."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from .history import Floats, Known

_HALF_LIVES = (21.0, 60.0, 180.0, 720.0)
"""Days after which a past day counts half; the one that would have foretold the past best is used."""
_YEAR = 364  # whole weeks
_BEGINNINGS = 500


class Openings(NamedTuple):
    """The rate of opening: `per_day` expected, how far it can be trusted, and the share of each stage.

    `spread` is the relative standard deviation of the rate itself, chance in counts apart.
    """

    per_day: float
    spread: float
    stages: Floats


def fit(known: Known, stages: int) -> Openings:
    """The rate of opening of what was known; nothing at all before the first opportunity."""
    first = np.flatnonzero(np.diff(known.case, prepend=-1) != 0)
    if not len(first):
        return Openings(0.0, 0.0, np.full(stages, 1 / stages))
    opened = known.entered[first]
    start = int(opened.min())
    counts = np.bincount(opened - start, minlength=known.day - start + 1).astype(float)
    half, spread = _best_half_life(counts)
    newest = first[np.argsort(opened, kind="stable")[-_BEGINNINGS:]]
    begins = np.bincount(known.stage[newest], minlength=stages).astype(float)
    return Openings(_decayed(counts, half), spread, begins / begins.sum())


def _decayed(counts: Floats, half_life: float) -> float:
    """The mean of counts, the newest weighing most; days before the first opening are not known to be empty."""
    weights = 0.5 ** (np.arange(len(counts))[::-1] / half_life)
    return float((counts * weights).sum() / weights.sum())


def _best_half_life(counts: Floats) -> tuple[float, float]:
    """The half-life whose mean came closest to the four weeks that followed, and by how much it missed them."""
    ends = range(len(counts) - 28, 13, -14)
    if len(ends) < 3:
        return _HALF_LIVES[1], 0.3
    ahead = np.array([counts[end : end + 28].mean() for end in ends])
    missed = {}
    for half in _HALF_LIVES:
        said = np.array([_decayed(counts[:end], half) for end in ends])
        missed[half] = float(np.mean((ahead - said) ** 2))
    best = min(missed, key=lambda half: missed[half])
    chance = ahead.mean() / 28
    relative = max(missed[best] - chance, 0.0) / max(ahead.mean(), 1e-9) ** 2
    # Few comparisons: lean on a spread of 30 %.
    n = len(ends) / 2
    return best, float(np.sqrt((n * relative + 2 * 0.09) / (n + 2)))
