"""From rates to chances: the probability that an opportunity is won on each of the coming days.

A semi-Markov chain in discrete time: what leaves a stage at some age starts anew in the next, age 0. Exact by
convolution, not drawn (Howard 1971, chapter 10).
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from .hazards import Rates
from .history import Days, Floats


class Chances(NamedTuple):
    """The density of a win by day: `fresh[s, t]` for one that enters stage s on day 0, t from 0."""

    leaves: Floats
    survives: Floats
    fresh: Floats


def chances(rates: Rates, horizon: int) -> Chances:
    """The density of wins for what enters a stage now, for days 0 to `horizon`."""
    stages, _causes, ages = rates.hazard.shape
    every = rates.hazard.sum(axis=1)
    after = np.cumprod(1 - every, axis=1)
    before = np.concatenate([np.ones((stages, 1)), after[:, :-1]], axis=1)
    leaves = rates.hazard * before[:, None, :]
    span = min(horizon + 1, ages)
    win, move = leaves[:, 0, :span], leaves[:, 2:, :span]
    solve = np.linalg.inv(np.eye(stages) - move[:, :, 0])
    fresh = np.zeros((stages, horizon + 1))
    # later[s, j, u] reversed, so that a convolution is one product of matrices per day
    backwards = move[:, :, 1:][:, :, ::-1]
    for t in range(horizon + 1):
        gained = win[:, t].copy() if t < span else np.zeros(stages)
        reach = min(t, span - 1)
        if reach:
            gained += np.einsum("sju,ju->s", backwards[:, :, span - 1 - reach :], fresh[:, t - reach : t])
        fresh[:, t] = solve @ gained
    return Chances(leaves, after, fresh)


def of_open(found: Chances, stage: Days, age: Days, horizon: int) -> Floats:
    """The density of a win on days 1 to `horizon` from now, one row for each opportunity by stage and age."""
    ages = found.survives.shape[1]
    kinds, which = np.unique(stage * ages + np.minimum(age, ages - 1 - horizon), return_inverse=True)
    out = np.zeros((len(kinds), horizon))
    stages, at = kinds // ages, kinds % ages
    place = np.minimum(at[:, None] + np.arange(1, horizon + 1), ages - 1)
    for s in np.unique(stages):
        rows = np.flatnonzero(stages == s)
        ahead = (
            found.leaves[s][:, place[rows]] / np.maximum(found.survives[s, at[rows]], 1e-12)[None, :, None]
        )
        out[rows] = ahead[0]
        for j in range(len(found.fresh)):
            if found.leaves[s, 2 + j].any():
                out[rows] += ahead[2 + j] @ _toeplitz(found.fresh[j, :horizon])
    return out[which]


def _toeplitz(density: Floats) -> Floats:
    """T[u, t] = density[t - u]: leaving on day u + 1 and winning t - u days later."""
    n = len(density)
    lag = np.arange(n)[None, :] - np.arange(n)[:, None]
    return np.where(lag >= 0, density[np.maximum(lag, 0)], 0.0)
