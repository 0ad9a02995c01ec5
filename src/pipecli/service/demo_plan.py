"""What becomes of each opportunity of the sample: who owns it, how far it comes, when, and where it stands today.

A plan is made backwards from today, so that the lists of today tell a story at any size: some next actions are
late, some due today, some opportunities went quiet, some wait for an approval. How it came to be is acted out by
`demo_story.py`, through the same decisions that people take.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from datetime import date
from itertools import cycle
from random import Random
from typing import NamedTuple

DAY = 86_400_000_000  # microseconds: instants and days are counted from the same beginning
MINUTE = 60_000_000
TOUR_NUMBER = 12
_OPENS, _CLOSES = 8 * DAY // 24, 16 * DAY // 24 + DAY // 48  # UTC: the working day of the sample company
_SMALL, _LARGE = 60, 100_000
# By the stage that is reached: days since it was opened, while open and when it was lost; the last is for wins.
_AGES = ((3, 26), (16, 60), (32, 95), (48, 130))
_LIVES = ((4, 50), (14, 90), (28, 120), (40, 150), (35, 150))
_STALE_AFTER = (14, 14, 14, 10)
_LATE = (2, 5, 1, 12, 3, 8)


class Fate(NamedTuple):
    """What becomes of one opportunity; days are ordinals, `opened` an instant in microseconds.

    `reach` is the index of its last stage, `outcome` open, won or lost, `last` the day of its last command, `due`
    that of its next action if it is open, `quiet` that of its last exchange if that is earlier than `last`.
    `quirk` is empty, tour, asked, stale, lapsed, returned, reopened or waived; who is `abroad` pays in dollars.
    """

    opened: int
    last: int
    reach: int
    outcome: str
    owner: str
    close: int
    due: int = 0
    quiet: int = 0
    quirk: str = ""
    abroad: bool = False


def instant(day: int, rng: Random) -> int:
    """A moment of the working day."""
    return day * DAY + rng.randrange(_OPENS, _CLOSES)


def workday(day: int) -> int:
    """The day itself, or the Friday before where it falls on a weekend."""
    weekday = (day + 6) % 7  # ordinal 1 is a Monday
    return day - max(0, weekday - 4)


def progress_of(size: int) -> float:
    """0 for a small sample, 1 for a hundred thousand: long histories have more losses and fewer open ones."""
    return min(1.0, max(0.0, math.log(size / _SMALL) / math.log(_LARGE / _SMALL)))


def plan(size: int, today: date, sellers: Sequence[str], rng: Random) -> list[Fate]:
    """The fates of that many opportunities, by the day they are opened; the tour's is number 12 or the last."""
    now = today.toordinal()
    open_count = max(1, min(size, round(0.62 * size * 0.13 ** progress_of(size))))
    fates = [
        *_open(open_count - 1, size, now, sellers, rng),
        *_closed(size - open_count, size, now, sellers, rng),
    ]
    fates.sort()
    place = min(TOUR_NUMBER, size) - 1
    fates.insert(place, _tour(fates[place - 1].opened if place else 0, now, sellers[0], rng))
    return fates


def _tour(after: int, now: int, owner: str, rng: Random) -> Fate:
    last = workday(now - 5)
    opened = min(after + 1, last * DAY) if after else instant(workday(now - 75), rng)
    return Fate(opened, last, 1, "open", owner, now + 40, now - 2, quirk="tour")


def _open(count: int, size: int, now: int, sellers: Sequence[str], rng: Random) -> Iterator[Fate]:
    mine = 4 if size <= 1_000 else len(sellers)
    colleagues = cycle(rng.sample(sellers[1:], len(sellers) - 1))
    for situation, n in _situations(count):
        owner = sellers[0] if n % mine == 0 and situation != "asked" else next(colleagues)
        yield _open_fate(situation, n, now, owner, rng)


def _situations(count: int) -> Iterator[tuple[str, int]]:
    """A situation for each open opportunity, with its place among those alike; most are simply on their way."""
    shares = {"overdue": 0.13, "today": 0.08, "stale": 0.1, "asked": 0.03, "returned": 0.02, "reopened": 0.02}
    left = count
    for situation, part in shares.items():
        n = min(left, max(1, round(part * count)))
        left -= n
        yield from ((situation, i) for i in range(n))
    yield from (("ahead", i) for i in range(left))


def _open_fate(situation: str, n: int, now: int, owner: str, rng: Random) -> Fate:
    reach, quirk = _reach(situation, n, rng)
    due, last, quiet = now + 1 + int(20 * rng.random() ** 1.5), now - rng.randint(1, 9), 0
    due = max(workday(due), now + 1)
    close = now + 5 + int(145 * rng.random() ** 1.3)
    if situation == "overdue":
        due = now - _LATE[n % len(_LATE)]
        last = due - rng.randint(1, 5)
    elif situation == "today":
        due = now
    elif quirk == "stale":
        last = now - rng.randint(1, 4)
        quiet = workday(now - _STALE_AFTER[reach] - rng.randint(4, 15))
    elif situation == "ahead" and n % 12 == 5:
        close = now - rng.randint(3, 12)
    last = workday(last)
    opened = workday(
        (quiet or last) - rng.randint(*_AGES[reach]) - (40 if quirk in ("returned", "reopened") else 0)
    )
    abroad = situation == "ahead" and n % 24 == 7
    return Fate(instant(opened, rng), last, reach, "open", owner, close, due, quiet, quirk, abroad)


def _reach(situation: str, n: int, rng: Random) -> tuple[int, str]:
    """The stage an open opportunity is in, and what is peculiar about it."""
    if situation == "stale":
        return n % 4, "lapsed" if n % 4 == 2 else "stale"
    if situation == "asked":
        return (3, "asked") if n % 2 == 0 else (1, "asked")
    if situation == "returned":
        return 1, "returned"
    if situation == "reopened":
        return 2, "reopened"
    reach = rng.choices((0, 1, 2, 3), (30, 28, 25, 17))[0] if n > 3 else (1, 3, 2, 0)[n]
    return reach, "waived" if reach >= 2 and rng.random() < 0.05 else ""


def _closed(count: int, size: int, now: int, sellers: Sequence[str], rng: Random) -> Iterator[Fate]:
    large = progress_of(size)
    won = round(count * (0.4 - 0.31 * large))
    days = round(240 + 860 * large)
    for n in range(won):
        last = _closing_day(n, won, days, now, rng)
        yield _closed_fate(_this_month(now, rng) or last if n < 2 else last, 4, now, sellers, rng)
    weights = [a + (b - a) * large for a, b in ((40, 76), (30, 17), (20, 5), (10, 2))]
    for n in range(count - won):
        reach = rng.choices((0, 1, 2, 3), weights)[0]
        yield _closed_fate(_closing_day(n, count - won, days, now, rng), reach, now, sellers, rng)


def _closing_day(n: int, count: int, days: int, now: int, rng: Random) -> int:
    """Spread over the whole history, the more the later: the company grows moderately."""
    return now - 1 - days + int(days * ((n + rng.random()) / count) ** 0.8)


def _this_month(now: int, rng: Random) -> int:
    """A working day of this month before today; 0 where there was none yet."""
    day = workday(now - 1 - rng.randrange(max(1, date.fromordinal(now).day - 1)))
    return day if date.fromordinal(day).replace(day=1) == date.fromordinal(now).replace(day=1) else 0


def _closed_fate(last: int, life: int, now: int, sellers: Sequence[str], rng: Random) -> Fate:
    last = workday(min(last, now - 1))
    opened = workday(last - rng.randint(*_LIVES[life]))
    reach, outcome = (3, "won") if life == 4 else (life, "lost")
    close = last + (rng.randint(0, 15) if outcome == "won" else rng.randint(-20, 40))
    quirk, abroad = "waived" if reach >= 2 and rng.random() < 0.04 else "", rng.random() < 0.03
    return Fate(
        instant(opened, rng), last, reach, outcome, rng.choice(sellers), close, quirk=quirk, abroad=abroad
    )
