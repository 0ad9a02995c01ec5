"""What happened to opportunities as statistics see it: each one's stays in stages, up to the end of a day.

Days are ordinals (`date.toordinal`), amounts minor units of the pipeline's own currency.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, NamedTuple

from .former import Way
from .survival import MISSED, OPEN, REACHED, Case

WON, LOST = "won", "lost"
# What a changed definition moved, nobody did.
_MOVED = "moved"


class Stay(NamedTuple):
    """One stay in a stage; `left` and `outcome` are None while it lasts."""

    stage: str
    entered: int
    left: int | None = None
    outcome: str | None = None

    def case(self, today: int) -> Case:
        """How long it took, or has lasted up to a day."""
        if self.left is None:
            return Case(today - self.entered, OPEN)
        return Case(self.left - self.entered, REACHED)


class Journey(NamedTuple):
    """One opportunity: its stays in their order, what became of it (won, lost or open), when, and whose it is.

    `worth` is None without an amount, or where its currency has no rate: then `no_rate` names it.
    """

    stays: tuple[Stay, ...]
    status: str
    closed: int | None
    owner: str
    source: str | None = None
    reason: str | None = None
    exchanges: int = 0
    worth: int | None = None
    no_rate: str | None = None

    @property
    def opened(self) -> int:
        """The day it was opened."""
        return self.stays[0].entered

    @property
    def came(self) -> dict[str, int]:
        """The day it first came to each stage it was in."""
        first: dict[str, int] = {}
        for stay in self.stays:
            first.setdefault(stay.stage, stay.entered)
        return first

    def win(self, since: int, today: int) -> Case:
        """Whether it was won, counted from a day."""
        if self.closed is None:
            return Case(today - since, OPEN)
        return Case(self.closed - since, REACHED if self.status == WON else MISSED)


class Passage(NamedTuple):
    """One opportunity in one stage, counted once: by what its last stay there led to.

    `end` is on (it reached a later stage, or was won), lost, back (it moved back and did not go on since) or there;
    `went_on` is the case of going on, counted from the day it first came.
    """

    end: str
    went_on: Case


ON, BACK, THERE = "on", "back", "there"


def stays(
    visits: Iterable[tuple[str, int, int | None, str | None]], way: Way, today: int
) -> tuple[Stay, ...]:
    """Stays from visits (stage, entered, left, outcome) in their order, as they were known at the end of a day.

    What came later is cut off. Visits that only a renaming parted are one stay; one that a changed definition moved
    elsewhere counts as a stay there.
    """
    found: list[Stay] = []
    for key, entered, left, outcome in visits:
        if entered > today:
            break
        if left is not None and left > today:
            left = outcome = None
        stage, since = way.lasting.get(key, key), entered
        if found and found[-1].outcome == _MOVED:
            since = found.pop().entered
        if found and found[-1].stage == stage and found[-1].outcome not in (WON, LOST):
            since = found.pop().entered
        found.append(Stay(stage, since, left, outcome))
    return tuple(found)


def journey(stays: tuple[Stay, ...], owner: str, **facts: Any) -> Journey:
    """The journey of one stay at least, with its other facts; of one that was reopened only the last outcome counts."""
    last = stays[-1]
    status = last.outcome if last.outcome in (WON, LOST) else "open"
    return Journey(stays, status, None if status == "open" else last.left, owner, **facts)


def passages(journey: Journey, way: Way, today: int) -> dict[str, Passage]:
    """The passage through each stage that the opportunity ever entered."""
    last = {stay.stage: n for n, stay in enumerate(journey.stays)}
    return {
        stage: _passage(journey, stage, came, last[stage], way, today) for stage, came in journey.came.items()
    }


def _passage(journey: Journey, stage: str, came: int, last: int, way: Way, today: int) -> Passage:
    later, here = journey.stays[last + 1 :], way.place.get(stage, -1.0)
    for stay in later:
        if way.place.get(stay.stage, -1.0) > here:
            return Passage(ON, Case(stay.entered - came, REACHED))
    win = journey.win(came, today)
    if win.outcome == REACHED:
        return Passage(ON, win)
    if later:
        return Passage(BACK, win)
    return Passage(THERE if win.outcome == OPEN else LOST, win)


def passed_over(journey: Journey, way: Way) -> list[str]:
    """The stages the pipeline has now that it never entered on its way to the farthest place it reached."""
    entered = {stay.stage for stay in journey.stays}
    won = journey.status == WON
    farthest = max(way.place.get(stage, -1.0) for stage in entered)
    return [
        stage
        for stage in way.order[: way.present]
        if stage not in entered and (won or way.place[stage] < farthest)
    ]
