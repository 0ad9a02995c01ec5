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
    return Openings(float(_decayed(counts, half)[-1]), spread, begins / begins.sum())


def _decayed(counts: Floats, half_life: float) -> Floats:
    """The mean of counts up to each day, the newest weighing most; days before the first opening are not known."""
    # Weights that double instead of halving, so that one sum serves every day; 40 half-lives back is nothing.
    out = np.empty(len(counts))
    reach = int(40 * half_life)
    for start in range(0, len(counts), reach):
        begin = max(start - reach, 0)
        weights = 2.0 ** (np.arange(min(start + reach, len(counts)) - begin) / half_life)
        part = np.cumsum(counts[begin : begin + len(weights)] * weights) / np.cumsum(weights)
        out[start : begin + len(weights)] = part[start - begin :]
    return out


def _best_half_life(counts: Floats) -> tuple[float, float]:
    """The half-life whose mean came closest to the four weeks that followed, and by how much it missed them."""
    ends = np.arange(len(counts) - 28, 13, -14)
    if len(ends) < 3:
        return _HALF_LIVES[1], 0.3
    total = np.concatenate([[0.0], np.cumsum(counts)])
    ahead = (total[ends + 28] - total[ends]) / 28
    missed = {}
    for half in _HALF_LIVES:
        missed[half] = float(np.mean((ahead - _decayed(counts, half)[ends - 1]) ** 2))
    best = min(missed, key=lambda half: missed[half])
    chance = ahead.mean() / 28
    relative = max(missed[best] - chance, 0.0) / max(ahead.mean(), 1e-9) ** 2
    # Few comparisons: lean on a spread of 30 %.
    n = len(ends) / 2
    return best, float(np.sqrt((n * relative + 2 * 0.09) / (n + 2)))
