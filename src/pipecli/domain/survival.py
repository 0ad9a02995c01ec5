"""Shares and durations where some cases are not over yet: those are censored, neither failures nor left out.

A case that is still open hands its weight on, in equal parts, to all that lasted longer (Efron 1967, redistribution
to the right). The weighted share of those that reached an end is then the Aalen–Johansen estimate of its cumulative
incidence beside the other ends, and the weighted distribution of days is Kaplan and Meier's (Satten and Datta 2001).
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from math import sqrt
from typing import NamedTuple

FEWEST_CASES = 10
"""Under so many ended cases no rate is quoted (R16)."""
REACHED, MISSED, OPEN = 0, 1, 2
"""How a case ended: as asked, otherwise, or not yet. In this order, so that of one day the open ones come last."""
_ROUNDING = 1e-9
_Z = 1.96  # 95 %


class Case(NamedTuple):
    """One case: how many days it took, or has lasted so far, and how it ended."""

    days: int
    outcome: int


Cases = Counter[Case]
"""Cases and how many there are of each: many take as long as another."""


class Rate(NamedTuple):
    """How often cases reached an end: `k` of the `n` that ended did.

    `rate` and its 95 % interval `low` to `high` are from 0 to 1, and None under `FEWEST_CASES` ended ones.
    """

    n: int
    k: int
    rate: float | None = None
    low: float | None = None
    high: float | None = None


class Quantile(NamedTuple):
    """Days that a share of the cases took at most; where too many are still open, `over` says: more than that."""

    days: int | None = None
    over: int | None = None


class Dwell(NamedTuple):
    """How long cases take: `n` of them, `ended` of which are over; the shortest and longest are of these.

    `median` and `p90` are empty under `FEWEST_CASES` cases, and where one would rest on fewer that are over.
    """

    n: int
    ended: int
    median: Quantile = Quantile()
    p90: Quantile = Quantile()
    shortest: int | None = None
    longest: int | None = None


class Ended(NamedTuple):
    """Cases alike that ended: how many, and as how many each counts."""

    case: Case
    n: int
    weight: float

    @property
    def mass(self) -> float:
        """As how many they count together."""
        return self.n * self.weight


def ended(cases: Cases) -> list[Ended]:
    """The cases that ended, the shortest first.

    Nobody stands for one that is still open and has lasted longer than all that ended.
    """
    weight, rest = 1.0, cases.total()
    found = []
    for case, n in sorted(cases.items()):
        rest -= n
        if case.outcome != OPEN:
            found.append(Ended(case, n, weight))
        elif rest:
            weight *= (rest + n) / rest
    return found


def worth_in_cases(found: Iterable[Ended]) -> float:
    """How many plain cases have the variance of these weighted ones (Kish 1965): all of them, if none was open."""
    masses = [(one.mass, one.mass * one.weight) for one in found]
    return sum(mass for mass, _square in masses) ** 2 / sum(square for _mass, square in masses)


def interval(chance: float, cases: float) -> tuple[float, float]:
    """The 95 % interval of a probability from so many cases (Wilson 1927)."""
    spread = _Z * _Z / cases
    middle = (chance + spread / 2) / (1 + spread)
    half = _Z * sqrt(chance * (1 - chance) / cases + spread / (4 * cases)) / (1 + spread)
    return max(0.0, middle - half), min(1.0, middle + half)


def rate(cases: Cases) -> Rate:
    """How often cases reach the end asked for, the open ones censored.

    What the longest case leaves undecided is taken to end as the rest did.
    """
    found = ended(cases)
    reached = [one for one in found if one.case.outcome == REACHED]
    n, k = sum(one.n for one in found), sum(one.n for one in reached)
    if n < FEWEST_CASES:
        return Rate(n, k)
    chance = min(1.0, sum(one.mass for one in reached) / sum(one.mass for one in found))
    return Rate(n, k, chance, *interval(chance, worth_in_cases(found)))


def plain_rate(k: int, n: int) -> Rate:
    """The share of `k` in `n` cases that are all over."""
    if n < FEWEST_CASES:
        return Rate(n, k)
    return Rate(n, k, k / n, *interval(k / n, n))


def dwell(cases: Cases) -> Dwell:
    """How long cases take, whatever their end; the days of the open ones are how long they lasted so far."""
    found = ended(cases)
    n, over = cases.total(), sum(one.n for one in found)
    longest_seen = max((case.days for case in cases), default=0)

    def quantile(share: float) -> Quantile:
        """The fewest days within which that share of all cases ended."""
        mass = 0.0
        for one in found:
            mass += one.mass
            if mass >= share * n - _ROUNDING:
                return Quantile(days=one.case.days) if over >= FEWEST_CASES else Quantile()
        return Quantile(over=longest_seen) if n >= FEWEST_CASES else Quantile()

    days = [one.case.days for one in found]
    return Dwell(n, over, quantile(0.5), quantile(0.9), min(days, default=None), max(days, default=None))
