"""What past forecasts missed, and how the next one is corrected for it.

A forecast's own spread knows chance and uncertain rates, not what the months have in common: a campaign, a holiday, a
market. How far past forecasts were off beyond their own spread says how much of that there is.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np

from .history import Floats

USUAL_SPREAD = 0.4
"""The relative spread assumed before any forecast could be held against what came."""
_PRIOR_WINDOWS = 3.0
_FEWEST_WINDOWS = 3.0
_CAUTION = 4.0
_LARGEST_SPREAD = 1.0
_LARGEST_LEVEL = 3.0


class Said(NamedTuple):
    """One past forecast: made at the end of `day` for the `horizon` days behind it, and what came.

    `mean` and `variance` are uncorrected; `actual` is None where the days are not over.
    """

    day: int
    horizon: int
    mean: float
    variance: float
    actual: float


class Correction(NamedTuple):
    """How many times as fast wins come as was said (`level`), and the relative standard deviation around that."""

    level: float
    spread: float


def correct(record: Sequence[Said]) -> Correction:
    """From past forecasts of one horizon whose days are over.

    Forecasts a week apart of thirty days each share most of their days, so that a month of them counts as one. The
    level is moved only by as much of what was missed as exceeds what chance would do (a positive-part James-Stein
    estimate); the spread leans on `USUAL_SPREAD` until many such windows are known.
    """
    if not record:
        return Correction(1.0, USUAL_SPREAD)
    said = np.array([r.mean for r in record])
    came = np.array([r.actual for r in record])
    chance = np.array([r.variance for r in record])
    days = record[-1].day - record[0].day + record[0].horizon
    windows = max(days / record[0].horizon, 1.0)
    level = _level(said, came, windows)
    size = max(float(np.mean((level * said) ** 2)), 1e-12)
    missed = float(np.mean((came - level * said) ** 2 - level**2 * chance)) / size
    beyond = min(max(missed, 0.0), _LARGEST_SPREAD**2)
    spread = np.sqrt((windows * beyond + _PRIOR_WINDOWS * USUAL_SPREAD**2) / (windows + _PRIOR_WINDOWS))
    return Correction(level, float(spread))


def _level(said: Floats, came: Floats, windows: float) -> float:
    """What to multiply by, 1 where the misses say nothing sure."""
    typical = float(said.mean())
    if typical <= 0 or windows < _FEWEST_WINDOWS:
        return 1.0
    off = float(came.mean()) / typical - 1
    noise = float(np.mean((came - (1 + off) * said) ** 2)) / typical**2 / windows
    sure = max(0.0, 1 - _CAUTION * noise / off**2) if off else 0.0
    return float(np.clip(1 + sure * off, 1 / _LARGEST_LEVEL, _LARGEST_LEVEL))
