"""What a pipeline's past says of its stages: how many went on from each, how long that took, and why it was lost.

Every figure carries how many cases it rests on. Under `FEWEST_CASES` no rate is quoted; the one of the level above
stands for it: of everybody instead of one owner, of all stages instead of one (R16).
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from typing import NamedTuple

from .former import Way
from .journeys import BACK, LOST, ON, THERE, Journey, passages, passed_over
from .survival import REACHED, Case, Cases, Dwell, Rate, dwell, plain_rate, rate

EVERYBODY, PIPELINE = "everybody", "pipeline"


class Level(NamedTuple):
    """A rate with more cases than the one it stands beside, and of whom it is."""

    name: str
    rate: Rate


class Flow(NamedTuple):
    """What became of those that ever entered a stage, each counted once: entered = went_on + lost + back + there.

    `skipped` reached something later without having been here. `to_next` is the rate of going on to any later
    stage or a win, `to_win` that of being won in the end.
    """

    stage: str
    entered: int
    went_on: int
    lost: int
    back: int
    there: int
    skipped: int
    to_next: Rate
    to_win: Rate


class Funnel(NamedTuple):
    """Every stage's flow, and the rates of all: of going on from any stage, and of a win since the opening."""

    flows: Mapping[str, Flow]
    n: int
    to_next: Rate
    to_win: Rate


class Pace(NamedTuple):
    """How long stays in a stage last; `there` of them still do, `slow` of these longer than nine in ten."""

    dwell: Dwell
    there: int
    slow: int | None


class Loss(NamedTuple):
    """What was lost for one reason (None: undocumented), in one stage or (None) in all.

    `amount` is in minor units, of those priced; `share` is that of all losses.
    """

    reason: str | None
    stage: str | None
    n: int
    amount: int
    unpriced: int
    share: Rate


def level_above(found: Rate, *levels: tuple[str, Rate]) -> Level | None:
    """The first level with enough cases for a rate, from the nearest; None where the rate needs none, or none has."""
    if found.rate is not None:
        return None
    return next((Level(name, above) for name, above in levels if above.rate is not None), None)


def funnel(journeys: Sequence[Journey], way: Way, today: int) -> Funnel:
    """The flow through each stage of the way, former ones only if anything entered them."""
    ends: dict[str, Counter[str]] = {stage: Counter() for stage in way.order}
    on: dict[str, Cases] = {stage: Counter() for stage in way.order}
    skipped: Counter[str] = Counter()
    for journey in journeys:
        for stage, passage in passages(journey, way, today).items():
            ends[stage][passage.end] += 1
            on[stage][passage.went_on] += 1
        skipped.update(passed_over(journey, way))
    wins = wins_by_stage(journeys, today)
    flows = {
        stage: _flow(stage, ends[stage], skipped[stage], on[stage], wins.get(stage, Counter()))
        for stage in way.order
        if ends[stage] or way.is_present(stage)
    }
    return Funnel(flows, len(journeys), rate(sum(on.values(), Counter())), win_rate(journeys, today))


def _flow(stage: str, ends: Counter[str], skipped: int, on: Cases, wins: Cases) -> Flow:
    return Flow(
        stage, ends.total(), ends[ON], ends[LOST], ends[BACK], ends[THERE], skipped, rate(on), rate(wins)
    )


def wins_by_stage(journeys: Iterable[Journey], today: int) -> dict[str, Cases]:
    """For each stage ever entered, which opportunities were won in the end, counted from the day each first came."""
    found: dict[str, Cases] = defaultdict(Counter)
    for journey in journeys:
        for stage, came in journey.came.items():
            found[stage][journey.win(came, today)] += 1
    return dict(found)


def win_rate(journeys: Iterable[Journey], today: int) -> Rate:
    """How many are won in the end, counted from their opening."""
    return rate(Counter(journey.win(journey.opened, today) for journey in journeys))


def pace(
    journeys: Iterable[Journey], way: Way, today: int, period: tuple[int, int] | None = None
) -> dict[str, Pace]:
    """How long stays last, by stage: every stay that began in the period counts, one that came again anew."""
    cases: dict[str, Cases] = {stage: Counter() for stage in way.order}
    there: dict[str, list[int]] = {stage: [] for stage in way.order}
    for journey in journeys:
        for stay in journey.stays:
            if period is None or period[0] <= stay.entered <= period[1]:
                cases[stay.stage][stay.case(today)] += 1
                if stay.left is None:
                    there[stay.stage].append(today - stay.entered)
    return {
        stage: _pace(found, there[stage]) for stage, found in cases.items() if found or way.is_present(stage)
    }


def _pace(cases: Cases, there: Sequence[int]) -> Pace:
    found = dwell(cases)
    limit = found.p90.days
    return Pace(found, len(there), None if limit is None else sum(days > limit for days in there))


def cycle(journeys: Iterable[Journey], status: str) -> Dwell:
    """How long it took from the opening to the win, or to the loss, of those that were."""
    return dwell(
        Counter(
            Case(journey.closed - journey.opened, REACHED)
            for journey in journeys
            if journey.closed is not None and journey.status == status
        )
    )


def losses(journeys: Iterable[Journey], *, by_stage: bool) -> list[Loss]:
    """Why opportunities were lost, and where if `by_stage`; what was most often lost first, then by amount."""
    found: dict[tuple[str | None, str | None], list[int | None]] = {}
    for journey in journeys:
        if journey.status == LOST:
            stage = journey.stays[-1].stage if by_stage else None
            found.setdefault((journey.reason, stage), []).append(journey.worth)
    total = sum(map(len, found.values()))
    rows = [
        Loss(
            reason,
            stage,
            len(worths),
            sum(worth or 0 for worth in worths),
            sum(worth is None for worth in worths),
            plain_rate(len(worths), total),
        )
        for (reason, stage), worths in found.items()
    ]
    return sorted(rows, key=lambda row: (-row.n, -row.amount, row.reason or "", row.stage or ""))
