"""How long opportunities stay in a stage and how they leave it, by age: the rates the history forecast rests on.

Discrete-time competing risks: on each day of a visit, the share of those still there that leave by a win, a loss or a
move to each other stage (Prentice and Gloeckler 1978; Kalbfleisch and Prentice, chapter 8). Visits that still last
are censored. Rates are shrunk: days of like age are pooled until each has some exits, and each stage leans on
`PRIOR_CASES` made-up opportunities that end as its definition's probability says. What happened long ago counts less.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from .history import LOST, MOVED, WON, Days, Floats, Known

PRIOR_CASES = 3.0
"""How many made-up opportunities each stage begins with: few, so that ten real ones outweigh them."""
USUAL_STAY = 30.0
"""Days in a stage where nothing is known of it."""
_EXITS_PER_BIN = 6
_BINS = 40
_BIN_PRIOR = 3.0
_SPLIT_PRIOR = 4.0
# A past day counts by how long ago it was: until so many days ago, so much.
_WEIGHTS = ((28, 1.0), (56, 0.7), (91, 0.5), (182, 0.35), (365, 0.25), (730, 0.12), (10**7, 0.05))


class Rates(NamedTuple):
    """Daily rates by stage, cause and age: `hazard[s, c, a]`; causes are won, lost, then a move to each stage.

    `cases` is how many ended visits each stage's rates rest on, weighted by how recent they are.
    """

    hazard: Floats
    cases: Floats


def fit(known: Known, probabilities: Floats, ages: int) -> Rates:
    """The rates of what was known, for ages 0 to `ages` - 1; `probabilities` from 0 to 1 by stage."""
    exits, exposed = _counts(known, len(probabilities), ages)
    usual = _usual_stay(exits, exposed)
    hazard = np.stack([_stage(*seen) for seen in zip(exits, exposed, probabilities, usual, strict=True)])
    return Rates(hazard, exits.sum(axis=(1, 2)))


def _counts(known: Known, stages: int, ages: int) -> tuple[Floats, Floats]:
    """Weighted exits by stage, cause and age, and days exposed by stage and age."""
    causes = 2 + stages
    moved = known.outcome == MOVED
    cause = np.where(moved, 2 + known.to, known.outcome)
    gone = moved | (known.outcome == WON) | (known.outcome == LOST)
    last = known.day - known.entered - known.age  # days ago that a visit ended, or 0
    weight = np.array([w for _, w in _WEIGHTS])[np.searchsorted([d for d, _ in _WEIGHTS], last, side="right")]
    place = (known.stage * causes + cause) * ages + known.age
    exits = np.bincount(place[gone], weights=weight[gone], minlength=stages * causes * ages).astype(float)
    steps = np.zeros(stages * (ages + 1))
    newest = 0
    for oldest, counts in _WEIGHTS:
        first = np.maximum(known.day - oldest + 1 - known.entered, 0)
        until = np.minimum(known.day - newest - known.entered, known.age)
        there = np.flatnonzero(first <= until)
        row = known.stage[there] * (ages + 1)
        steps += counts * np.bincount(row + first[there], minlength=len(steps))
        steps -= counts * np.bincount(row + until[there] + 1, minlength=len(steps))
        newest = oldest
    exposed: Floats = steps.reshape(stages, ages + 1).cumsum(axis=1)[:, :ages]
    return exits.reshape(stages, causes, ages), exposed


def _usual_stay(exits: Floats, exposed: Floats) -> Floats:
    """Days a stage's visits last, by stage: exposure over exits, leaning on all stages' where there are few."""
    left, days = exits.sum(axis=(1, 2)), exposed.sum(axis=1)
    everywhere = (days.sum() + USUAL_STAY) / (left.sum() + 1)
    return np.asarray((days + everywhere) / (left + 1))


def _stage(exits: Floats, exposed: Floats, probability: float, usual: float) -> Floats:
    """One stage's hazards: `exits[c, a]` and `exposed[a]` pooled into bins of age, shrunk, spread out again."""
    edges = _bins(exits.sum(axis=0))
    bin_exits = np.add.reduceat(exits, edges, axis=1)
    bin_days = np.add.reduceat(exposed, edges)
    prior = np.zeros(len(exits))
    prior[WON], prior[LOST] = PRIOR_CASES * probability, PRIOR_CASES * (1 - probability)
    # A bin leans on the other bins and the prior: its own exits would count twice.
    others = (exits.sum(axis=1) + prior)[:, None] - bin_exits
    rate = others.sum(axis=0) / (exposed.sum() - bin_days + PRIOR_CASES * usual)
    share = others / others.sum(axis=0)
    total = (bin_exits.sum(axis=0) + _BIN_PRIOR) / (bin_days + _BIN_PRIOR / rate)
    split = (bin_exits + _SPLIT_PRIOR * share) / (bin_exits.sum(axis=0) + _SPLIT_PRIOR)
    widths = np.diff(np.append(edges, exits.shape[1]))
    return np.repeat(np.minimum(total, 0.98) * split, widths, axis=1)


def _bins(exits: Floats) -> Days:
    """First ages of bins that each hold enough exits; the last takes the rest.

    An age that has enough of its own, such as the day on which what was not answered is given up, begins a bin.
    """
    enough = max(_EXITS_PER_BIN, exits.sum() / _BINS)
    edges, held = [0], 0.0
    for age in np.flatnonzero(exits):
        if exits[age] >= enough and age > edges[-1]:
            edges.append(int(age))
            held = 0.0
        held += exits[age]
        if held >= enough and age + 1 < len(exits):
            edges.append(int(age) + 1)
            held = 0.0
    return np.array(edges, dtype=np.int64)
