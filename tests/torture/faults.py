"""A disk that fails below the database: every call that changes a file fails once, or from then on, or is the last.

What the command says of it must be true: its exit code is that of a fault of the store, in one line, and the
workspace is as it was before, or as it is after, whichever was said.
"""

from __future__ import annotations

import errno
from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from typing import NamedTuple

from .story import STORY, Deed
from .victims import Ended
from .world import Chapter, World, untrue

WRITES, SYNCS, CUTS, NAMES = 1, 2, 4, 8
ALL = WRITES | SYNCS | CUTS | NAMES
DIES, SHORT, TORN = -1, -2, -3


class Fault(NamedTuple):
    """Which calls it is about, what becomes of one, and whether of all that follow."""

    name: str
    calls: int
    outcome: int
    lasting: bool


FAULTS = (
    Fault("write fails", WRITES, errno.EIO, False),
    Fault("disk is full", WRITES | CUTS, errno.ENOSPC, True),
    Fault("write is cut short", WRITES, SHORT, False),
    Fault("sync fails", SYNCS, errno.EIO, False),
    Fault("disk is gone", ALL, errno.EIO, True),
    Fault("truncate fails", CUTS, errno.EIO, False),
    Fault("unlink or rename fails", NAMES, errno.EIO, False),
    Fault("process dies", ALL, DIES, False),
    Fault("process dies in a write", WRITES, TORN, False),
)


class Injected(NamedTuple):
    """How often each fault was met, how the commands ended, and what was wrong."""

    at: Counter[str]
    ended: Counter[str]
    faults: list[str]

    def line(self) -> str:
        """What is said of it."""
        told = ", ".join(f"{n} {what}" for what, n in self.at.items())
        ends = ", ".join(f"{n} {how}" for how, n in sorted(self.ended.items()))
        return f"{sum(self.at.values())} ({told}; {ends}); {len(self.faults)} faults"


def inject_all(
    world: World, wanted: Callable[[Chapter], Iterable[Fault]], most: int, deeds: Sequence[Deed] = STORY
) -> Injected:
    """Live the story, and let so many calls of the wanted commands, spread over all, meet each wanted fault."""
    found = Injected(Counter(), Counter(), [])
    for chapter in world.story(deeds):
        calls: dict[int, int] = {}
        for fault in wanted(chapter):
            if fault.calls not in calls:
                calls[fault.calls] = int(run(world, chapter, fault, 0).last("calls") or 0)
            for n in _spread(calls[fault.calls], most, chapter.number):
                ended = run(world, chapter, fault, n)
                faults, done = world.faults(chapter, ended)
                faults += [f"{' '.join(chapter.words)}: {f}" for f in untrue(ended, done)]
                found.at[fault.name] += 1
                found.ended[_how(ended)] += 1
                found.faults.extend(f"{fault.name}, call {n}: {f}" for f in faults)
    return found


def _spread(calls: int, most: int, number: int) -> list[int]:
    """At most so many numbers from the first call to the last; one alone is now here, now there."""
    if calls <= most:
        return list(range(1, calls + 1))
    if most == 1:
        return [1 + number * 7919 % calls]
    return sorted({1 + round(n * (calls - 1) / (most - 1)) for n in range(most)})


def run(world: World, chapter: Chapter, fault: Fault, n: int) -> Ended:
    """The command, meeting a fault at its n-th call, if that is not 0."""
    world.prepare(chapter.deed, chapter.snapshot)
    armed = (fault.calls, n, fault.outcome, int(fault.lasting))
    return world.victims.run(world.task(chapter.number, chapter.words, armed))


def _how(ended: Ended) -> str:
    if ended.killed:
        return "died"
    return "went on" if ended.code == 0 else f"exit {ended.code}"
