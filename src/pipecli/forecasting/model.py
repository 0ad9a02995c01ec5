"""The history forecast as of a day: the chance of a win on each coming day, of what is open and of what is not yet."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from . import calendar, hazards, openings, outlook, worth
from .history import Days, Floats, History, Known, known

_LONGEST_AGE = 1_500
_SURELY = 0.01
_BELIEF = 0.5
"""How much of what a probability set by hand says of the odds is believed: it is an opinion, the history is not."""


class Outlook(NamedTuple):
    """The days ahead, as known at the end of `day`; column t of a density is the day `day` + 1 + t.

    `density[i, t]`: the chance that opportunity `case[i]` is won that day; `value` what it would be worth. `fresh[t]`
    is the expected number of wins that day among opportunities not opened yet, each worth `worth.usual`. `entering[s]`
    is the density for one that enters stage s on `day` itself.
    """

    day: int
    case: Days
    stage: Days
    age: Days
    density: Floats
    value: Floats
    fresh: Floats
    entering: Floats
    worth: worth.Worth
    openings: openings.Openings
    cases: Floats

    def expected(self) -> Floats:
        """Expected value won by each coming day, cumulated."""
        return np.cumsum(self.value @ self.density + self.fresh * self.worth.usual)


def look_ahead(
    history: History, day: int, probabilities: Floats, horizon: int, seen: Known | None = None
) -> Outlook:
    """Fit what was known at the end of a day and look `horizon` days ahead.

    `probabilities` are the definition's, from 0 to 1, by stage; `seen` is `known(history, day)` where it is at hand.
    """
    seen = seen or known(history, day)
    at = seen.open
    stage, age, case = seen.stage[at], seen.age[at], seen.case[at]
    longest = int(seen.age.max()) if len(seen.age) else 0
    ages = min(longest, _LONGEST_AGE) + horizon + 2
    rates = hazards.fit(_within(seen, ages), probabilities, ages)
    found = outlook.chances(rates, horizon)
    season = calendar.ahead(calendar.month_of_quarter(seen), day, horizon)
    density = _seasoned(outlook.of_open(found, stage, age, horizon), season)
    own = history.percent.on(case, day) / 100
    if not np.isnan(own).all():
        density = with_odds(density, _odds(own, probabilities[stage]))
    opening = openings.fit(seen, len(probabilities))
    entered = opening.stages @ found.fresh
    fresh = opening.per_day * np.cumsum(entered)[:horizon] * season
    prices = worth.fit(seen, len(probabilities))
    value = prices.expected(stage, history.value.on(case, day))
    return Outlook(
        day, case, stage, age, density, value, fresh, found.fresh[:, 1:], prices, opening, rates.cases
    )


def _within(seen: Known, ages: int) -> Known:
    """Visits longer than the ages looked at, as if they had lasted that long."""
    return seen._replace(age=np.minimum(seen.age, ages - 1))


def levelled(outlook: Outlook, level: float) -> Outlook:
    """The same where wins come that many times as fast: nothing is won more than once, new business that much more."""
    if level == 1:
        return outlook
    left = (1 - np.minimum(np.cumsum(outlook.density, axis=1), 1.0)) ** level
    density = -np.diff(left, axis=1, prepend=1.0)
    return outlook._replace(density=density, fresh=outlook.fresh * level)


def _seasoned(density: Floats, season: Floats) -> Floats:
    """Densities with each day's factor; no opportunity is won more than once."""
    found = density * season
    return np.asarray(found / np.maximum(found.sum(axis=1, keepdims=True), 1.0))


def _odds(own: Floats, usual: Floats) -> Floats:
    """By how much a probability set by hand changes the odds, half believed; 1 where none is set."""
    given, stages = np.clip(own, _SURELY, 1 - _SURELY), np.clip(usual, _SURELY, 1 - _SURELY)
    ratio = given / (1 - given) * (1 - stages) / stages
    return np.where(np.isnan(own), 1.0, ratio**_BELIEF)


def with_odds(density: Floats, odds: Floats) -> Floats:
    """Densities whose chance of a win by each day has its odds multiplied; never falls where odds rise."""
    by_then = np.minimum(np.cumsum(density, axis=1), 1.0)
    shifted = by_then * odds[:, None] / (1 - by_then + by_then * odds[:, None])
    return np.diff(shifted, axis=1, prepend=0.0)
