"""How far forecasts were off: the usual scores, each over a number of past days.

WAPE: sum of absolute errors over the sum of what came (Kolassa and Schütz 2007). Bias: sum of errors over the same.
Pinball loss: mean over P10, P50 and P90 (Koenker and Bassett 1978), in the forecast's unit; a point forecast is its
own three quantiles. Coverage: how often what came lay from P10 to P90. Brier score: mean squared error of chances.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from .history import Floats

QUANTILES = (0.1, 0.5, 0.9)
_BINS = 10


class Scores(NamedTuple):
    """None where it has no meaning: nothing was won, nothing was open."""

    wape: float | None
    bias: float | None
    pinball: float | None
    brier: float | None


class Bin(NamedTuple):
    """Opportunities given chances of like size: their number, the mean chance, and how many were won."""

    n: int
    said: float
    won: int


def scores(actual: Floats, point: Floats, quantiles: Floats, chances: Floats, came: Floats) -> Scores:
    """Scores of point forecasts and `quantiles[origin, 3]` of what came, and of `chances` against what `came`."""
    total = float(np.abs(actual).sum())
    return Scores(
        float(np.abs(point - actual).sum()) / total if total else None,
        float((point - actual).sum()) / total if total else None,
        pinball(actual, quantiles) if len(actual) else None,
        float(np.mean((chances - came) ** 2)) if len(came) else None,
    )


def pinball(actual: Floats, quantiles: Floats) -> float:
    """The mean pinball loss at P10, P50 and P90."""
    error = actual[:, None] - quantiles
    levels = np.array(QUANTILES)
    return float(np.mean(np.maximum(levels * error, (levels - 1) * error)))


def coverage(actual: Floats, quantiles: Floats) -> float | None:
    """The share of what came that lay from P10 to P90."""
    if not len(actual):
        return None
    return float(np.mean((actual >= quantiles[:, 0]) & (actual <= quantiles[:, 2])))


def reliability(chances: Floats, came: Floats) -> list[Bin]:
    """Chances in ten bins of like size, empty ones left out: what was said against what came."""
    place = np.minimum((chances * _BINS).astype(int), _BINS - 1)
    return [
        Bin(int(inside.sum()), float(chances[inside].mean()), int(came[inside].sum()))
        for inside in (place == n for n in range(_BINS))
        if inside.any()
    ]
