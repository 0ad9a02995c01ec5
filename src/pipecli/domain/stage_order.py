"""The order in which stages really follow each other: the one that the fewest opportunities contradict.

An opportunity says for each two stages it came to which of them came first. The order with the fewest contradictions
is Kemeny's (1959), known as the linear ordering problem. Stages that majorities put in a circle are ordered exactly,
subset by subset (Lawler 1964, "A comment on minimum feedback arc sets"), or, where the circle is large, by moving
single stages until none gains; between circles the majorities decide and every order that heeds them is best.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from .survival import FEWEST_CASES

Entry = tuple[str, Any]
"""A stage and when it was entered; of two entries of one instant nobody knows which came first."""

Precedence = Mapping[str, Mapping[str, int]]
"""How many opportunities came to one stage before they came to another."""

LARGEST_EXACT = 11
"""Stages in a circle that are still ordered exactly."""


def precedence(paths: Iterable[Sequence[Entry]]) -> Precedence:
    """For each stage how many opportunities first came to it before they first came to each other stage."""
    before: defaultdict[str, defaultdict[str, int]] = defaultdict(lambda: defaultdict(int))
    for path in paths:
        first: dict[str, Any] = {}
        for stage, at in path:
            if stage not in first or at < first[stage]:
                first[stage] = at
        for one, came in first.items():
            for other, later in first.items():
                if came < later:
                    before[one][other] += 1
    return before


def often_enough(before: Precedence) -> Precedence:
    """The same, without the pairs of stages of which fewer than `FEWEST_CASES` opportunities say anything."""
    return {
        one: {other: n for other, n in came.items() if n + _count(before, other, one) >= FEWEST_CASES}
        for one, came in before.items()
    }


def best_order(stages: Sequence[str], before: Precedence) -> list[str]:
    """The stages in the order with the fewest contradictions; among equals that of `stages` prevails."""
    ordered: list[str] = []
    for circle in _circles(stages, before):
        if len(circle) <= 2:
            ordered += circle
        elif len(circle) <= LARGEST_EXACT:
            ordered += _exact(circle, before)
        else:
            ordered += _moved_into_place(circle, before)
    return ordered


def contradictions(order: Sequence[str], before: Precedence) -> int:
    """How many times an opportunity came to one stage before another that the order puts in front of it."""
    return sum(_count(before, after, stage) for n, stage in enumerate(order) for after in order[n + 1 :])


def mean_positions(paths: Iterable[Sequence[Entry]]) -> dict[str, float]:
    """How far along their way opportunities were, from 0 to 1, when they first came to each stage.

    Entries of one instant stand at the mean of their places; a stage that fewer than `FEWEST_CASES` came to among
    others has no place.
    """
    places: defaultdict[str, list[float]] = defaultdict(list)
    for path in paths:
        first: dict[str, Any] = {}
        for stage, at in sorted(path, key=lambda entry: entry[1]):
            first.setdefault(stage, at)
        times = sorted(first.values())
        for stage, at in first.items() if len(times) > 1 else ():
            earlier = sum(time < at for time in times)
            equal = sum(time == at for time in times)
            places[stage].append((earlier + (equal - 1) / 2) / (len(times) - 1))
    return {stage: sum(found) / len(found) for stage, found in places.items() if len(found) >= FEWEST_CASES}


def _count(before: Precedence, one: str, other: str) -> int:
    return before.get(one, {}).get(other, 0)


def _margin(before: Precedence, one: str, other: str) -> int:
    return _count(before, one, other) - _count(before, other, one)


def _circles(stages: Sequence[str], before: Precedence) -> list[list[str]]:
    """The stages in groups that majorities put in a circle, each group before those that majorities put after it."""
    ahead = {one: {other for other in stages if _margin(before, one, other) > 0} for one in stages}
    reach = {one: _reached(one, ahead) for one in stages}
    rest, groups = list(stages), []
    while rest:
        free = next(s for s in rest if all(other in reach[s] for other in rest if s in reach[other]))
        circle = [s for s in rest if s == free or (s in reach[free] and free in reach[s])]
        groups.append(circle)
        rest = [s for s in rest if s not in circle]
    return groups


def _reached(start: str, ahead: Mapping[str, set[str]]) -> set[str]:
    found: set[str] = set()
    waiting = [start]
    while waiting:
        fresh = ahead[waiting.pop()] - found
        found |= fresh
        waiting += fresh
    return found


def _exact(stages: Sequence[str], before: Precedence) -> list[str]:
    """The best order of a few stages; `least[rest]` is the fewest contradictions among those that remain."""
    n = len(stages)
    against = [[_count(before, other, one) for other in stages] for one in stages]

    def cost(first: int, rest: int) -> int:
        return sum(against[first][other] for other in range(n) if rest >> other & 1)

    least = [0] * (1 << n)
    for rest in range(1, 1 << n):
        least[rest] = min(
            cost(first, rest) + least[rest & ~(1 << first)] for first in range(n) if rest >> first & 1
        )
    order, rest = [], (1 << n) - 1
    while rest:
        first = next(
            place
            for place in range(n)
            if rest >> place & 1 and cost(place, rest) + least[rest & ~(1 << place)] == least[rest]
        )
        order.append(stages[first])
        rest &= ~(1 << first)
    return order


def _moved_into_place(stages: Sequence[str], before: Precedence) -> list[str]:
    """A good order of many stages: each is moved where it gains most, until none gains."""
    order = list(stages)
    improved = True
    while improved:
        improved = False
        for stage in stages:
            at = order.index(stage)
            gains = _gains(order, at, before)
            best = max(gains, key=lambda place: gains[place])
            if gains[best] > 0:
                order.insert(best, order.pop(at))
                improved = True
    return order


def _gains(order: Sequence[str], at: int, before: Precedence) -> dict[int, int]:
    """How many contradictions go when a stage is moved to another place."""
    stage, gains, gain = order[at], {at: 0}, 0
    for place in range(at - 1, -1, -1):
        gain += _margin(before, stage, order[place])
        gains[place] = gain
    gain = 0
    for place in range(at + 1, len(order)):
        gain += _margin(before, order[place], stage)
        gains[place] = gain
    return gains
