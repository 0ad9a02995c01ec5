"""The pipeline as it is really practised, from the pasts of opportunities: how its stages are used, which of them
hardly differ, what each can be expected to bring and when it is stale.

The order of the stages is `stage_order`'s, the text of a definition `discovery_text`'s.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from itertools import pairwise
from math import ceil
from typing import NamedTuple

from .former import Way
from .importing import Course
from .journeys import LOST, WON, Journey, Stay, passed_over
from .journeys import journey as journey_through
from .statistics import wins_by_stage
from .survival import FEWEST_CASES, REACHED, Case, Dwell, Rate, dwell, rate

MOST_OPEN = 6
"""Stages that a draft has at most, beside won and lost, which count as one: 5 to 7 are usual (R2)."""
FEWEST_STALE_DAYS, STALE_DAYS = 3, 14
"""What a draft says where won ones were quicker than that, and where too few are known."""
_LOWEST, _HIGHEST = 10, 80
_WENT = "moved on"
_MANY, _HARDLY = 100, 50
"""A stage to which less than one in fifty of at least a hundred came is hardly used."""


class Use(NamedTuple):
    """How a stage is used. Of those that `entered` it, `returned` went back from it to an earlier one at least once;
    `skipped` reached something later without it; `there` stand in it.

    `days` is how long won ones stayed, all their stays together; `to_win` is how many of those that came were won.
    """

    stage: str
    entered: int
    skipped: int
    returned: int
    there: int
    days: Dwell
    to_win: Rate

    @property
    def skipped_share(self) -> float | None:
        """The share of those that came by which did not come in."""
        return self.skipped / (self.entered + self.skipped) if self.entered + self.skipped else None

    @property
    def returned_share(self) -> float | None:
        """The share of those that came in which went back."""
        return self.returned / self.entered if self.entered else None


def uses(journeys: Sequence[Journey], order: Sequence[str], today: int) -> dict[str, Use]:
    """How each stage is used, in their order."""
    way = Way(tuple(order), len(order), {}, {stage: float(n) for n, stage in enumerate(order)})
    entered: Counter[str] = Counter()
    skipped: Counter[str] = Counter()
    returned: Counter[str] = Counter()
    there: Counter[str] = Counter()
    days: dict[str, Counter[Case]] = {stage: Counter() for stage in order}
    for journey in journeys:
        entered.update(journey.came.keys())
        skipped.update(passed_over(journey, way))
        returned.update(_left_backwards(journey, way))
        if journey.status == WON:
            for stage, spent in _spent(journey).items():
                days[stage][Case(spent, REACHED)] += 1
        elif journey.status != LOST:
            there[journey.stays[-1].stage] += 1
    wins = wins_by_stage(journeys, today)
    return {
        stage: Use(
            stage,
            entered[stage],
            skipped[stage],
            returned[stage],
            there[stage],
            dwell(days[stage]),
            rate(wins.get(stage, Counter())),
        )
        for stage in order
    }


def _left_backwards(journey: Journey, way: Way) -> set[str]:
    return {
        before.stage
        for before, after in pairwise(journey.stays)
        if way.place[after.stage] < way.place[before.stage]
    }


def _spent(journey: Journey) -> dict[str, int]:
    """The days of all stays in each stage."""
    found: Counter[str] = Counter()
    for stay in journey.stays:
        found[stay.stage] += (stay.left or stay.entered) - stay.entered
    return found


class Merged(NamedTuple):
    """Two neighbours that hardly differ, each as the stages it is made of already."""

    first: tuple[str, ...]
    second: tuple[str, ...]


def merges(
    journeys: Iterable[Journey], order: Sequence[str], standing: Mapping[str, int], most: int = MOST_OPEN
) -> list[Merged]:
    """Which neighbours to make one, in turn, until no more than `most` are left.

    In each turn those go together whose border tells the fewest opportunities apart: the difference between their
    rates of a win, times the share of opportunities that came to the rarer of the two. Where a rate is not known the
    difference counts as the largest. `standing` is how many stand in each stage, for want of a past.
    """
    groups: list[tuple[str, ...]] = [(stage,) for stage in order]
    patterns = Counter(
        (frozenset(journey.came), journey.status if journey.status in (WON, LOST) else "")
        for journey in journeys
    )
    found = []
    while len(groups) > most:
        told = {group: _told(group, patterns, standing) for group in groups}
        at = min(range(len(groups) - 1), key=lambda n: (*_apart(told[groups[n]], told[groups[n + 1]]), n))
        found.append(Merged(groups[at], groups[at + 1]))
        groups[at : at + 2] = [(*groups[at], *groups[at + 1])]
    return found


def merged_groups(order: Sequence[str], merged: Iterable[Merged]) -> list[tuple[str, ...]]:
    """The stages in groups, each group one stage."""
    groups: dict[tuple[str, ...], None] = {(stage,): None for stage in order}
    for first, second in merged:
        whole = (*first, *second)
        groups = {whole if group == first else group: None for group in groups if group != second}
    return list(groups)


_Patterns = Mapping[tuple[frozenset[str], str], int]


class _Told(NamedTuple):
    came: int
    win_rate: float | None


def _told(group: Sequence[str], patterns: _Patterns, standing: Mapping[str, int]) -> _Told:
    came = won = lost = 0
    for (stages, status), n in patterns.items():
        if not stages.isdisjoint(group):
            came += n
            won += n * (status == WON)
            lost += n * (status == LOST)
    closed = won + lost
    return _Told(
        came or sum(standing.get(stage, 0) for stage in group),
        won / closed if closed >= FEWEST_CASES else None,
    )


def _apart(one: _Told, other: _Told) -> tuple[float, int]:
    """How many a border tells apart; of borders that tell as many, the one with fewest around it goes first."""
    known = one.win_rate is not None and other.win_rate is not None
    difference = abs(one.win_rate - other.win_rate) if known else 1.0  # type: ignore[operator]
    return difference * min(one.came, other.came), one.came + other.came


def in_groups(journey: Journey, leader: Mapping[str, str]) -> Journey:
    """A journey in which stages that were made one are one; stays that only such a border parted are one."""
    found: list[Stay] = []
    for stay in journey.stays:
        stage = leader[stay.stage]
        if found and found[-1].stage == stage and found[-1].outcome not in (WON, LOST):
            found[-1] = found[-1]._replace(left=stay.left, outcome=stay.outcome)
        else:
            found.append(stay._replace(stage=stage))
    return journey._replace(stays=tuple(found))


def probabilities(rates: Sequence[float | None], cases: Sequence[int]) -> list[int]:
    """Percents that rise from stage to stage, as near as can be to the rates (0 to 1) with the cases they rest on.

    Rates that fall are pooled (Ayer et al. 1955); one that is not known stands between its neighbours.
    """
    known = [n for n, value in enumerate(rates) if value is not None]
    if not known:
        step = (_HIGHEST - _LOWEST) / max(1, len(rates) - 1)
        return [round(_LOWEST + n * step) for n in range(len(rates))]
    pooled = _pooled([(100 * (rates[n] or 0.0), max(1, cases[n])) for n in known])
    return _strictly_rising(_between(dict(zip(known, pooled, strict=True)), len(rates)))


def _pooled(weighted: Sequence[tuple[float, int]]) -> list[float]:
    """The nearest values that do not fall, by weighted squares."""
    blocks: list[tuple[float, int, int]] = []
    for value, weight in weighted:
        size = 1
        while blocks and blocks[-1][0] > value:
            before, its_weight, its_size = blocks.pop()
            value = (before * its_weight + value * weight) / (its_weight + weight)
            weight, size = weight + its_weight, size + its_size
        blocks.append((value, weight, size))
    return [value for value, _weight, size in blocks for _n in range(size)]


def _between(values: Mapping[int, float], n: int) -> list[float]:
    """Values for all of `n` places: those between two known ones on a line, those outside towards 0 and 100."""
    points = {-1: 0.0, **values, n: 100.0}
    known = sorted(points)
    found = []
    for place in range(n):
        left = max(p for p in known if p <= place)
        right = min(p for p in known if p >= place)
        share = (place - left) / (right - left) if right > left else 0.0
        found.append(points[left] + share * (points[right] - points[left]))
    return found


def _strictly_rising(values: Sequence[float]) -> list[int]:
    """Whole percents from 1 to 99, each more than the one before."""
    found: list[int] = []
    for n, value in enumerate(values):
        least = found[-1] + 1 if found else 1
        found.append(min(max(round(value), least), 99 - (len(values) - 1 - n)))
    return found


def stale_after(days: Dwell) -> int | None:
    """After how many days a stage is stale: nine in ten won ones had left it by then, in whole weeks from two on.

    None where fewer than ten won ones are known.
    """
    slow = days.p90.days
    if slow is None:
        return None
    return max(slow, FEWEST_STALE_DAYS) if slow <= STALE_DAYS else ceil(slow / 7) * 7


class Practice(NamedTuple):
    """The cycle as it is practised: its stages in the order they follow, and what became of the opportunities.

    `names` says what each is called, `standing` how many stand there now. Of `total` opportunities `told` have a
    past by stages; `pairs` times one came to a stage before another, and `against` of these the order says otherwise.
    `percents` are the probabilities that the file itself gives. `is_of_definition` says that too few came to two
    stages to tell which follows which, so that the order is the definition's own.
    """

    order: tuple[str, ...]
    names: Mapping[str, str]
    uses: Mapping[str, Use]
    standing: Mapping[str, int]
    total: int
    won: int
    lost: int
    told: int
    pairs: int
    against: int
    merged: tuple[Merged, ...]
    cycle: Dwell
    percents: Mapping[str, float] = {}
    is_of_definition: bool = False

    @property
    def went_back(self) -> bool:
        """Whether any of them went back to an earlier stage."""
        return any(use.returned for use in self.uses.values())

    @property
    def open(self) -> int:
        """Neither won nor lost."""
        return self.total - self.won - self.lost

    def is_hardly_used(self, use: Use) -> bool:
        """Whether so few of those with a history came to a stage that it may be none."""
        return self.told >= _MANY and use.entered * _HARDLY < self.told

    @property
    def groups(self) -> list[tuple[str, ...]]:
        """The stages that a draft makes one, each group in its order."""
        return merged_groups(self.order, self.merged)

    def leader(self, group: Sequence[str]) -> str:
        """The stage of a group that most came to, or stand in: the group is called like it."""
        return max(group, key=lambda stage: (self.uses[stage].entered, self.standing.get(stage, 0)))


def journey_of(way: Course, owner: str, worth: int | None) -> Journey:
    """An imported past as statistics see it."""
    stays = [Stay(way.stage, way.opened_on.toordinal())]
    for step in way.steps:
        last, day = stays[-1], step.on.toordinal()
        if step.place in (WON, LOST):
            if last.left is None:
                stays[-1] = last._replace(left=day, outcome=step.place)
        elif last.left is not None or step.place != last.stage:
            if last.left is None:
                stays[-1] = last._replace(left=day, outcome=_WENT)
            stays.append(Stay(step.place, day))
    return journey_through(tuple(stays), owner, worth=worth)
