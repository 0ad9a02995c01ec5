"""What a file of opportunities says of the pipeline it comes from: its cycle, what is wrong in it, who holds what.

It is arithmetic on what could be read of each row; how a row is read, and what comes next, is left to the service.
Nothing here needs a workspace. Shares are given as cases of cases, so that every figure carries its n.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from datetime import date, timedelta
from typing import NamedTuple

from .dates import add_months, month_bounds
from .pipeline import LOST, WON
from .xray_cases import Case

OLDER, LATE, UNPRICED, UNDATED, IDLE, UNOWNED = "older", "late", "unpriced", "undated", "idle", "unowned"
UNEXPLAINED, BEGINLESS, ENDLESS, AT_ONCE = "unexplained", "beginless", "endless", "at_once"
FAULTS = (OLDER, LATE, UNDATED, UNPRICED, IDLE, UNEXPLAINED, UNOWNED, BEGINLESS, ENDLESS, AT_ONCE)
"""What can be wrong: older than anything won, a close date that is past, none, no amount, no next action, a loss
without a reason, no owner, no day of opening, no day of closing, entered only when it was over. Of equal shares the
first counts as worse."""

MONTHS_BACK = 12
_USUALLY_AT_ONCE = 0.2
"""The share that may well be closed on the day it is opened."""


class Portion(NamedTuple):
    """Some of the cases: how many, of how many it could be, and what both are worth."""

    n: int
    of: int
    amount: int = 0
    of_amount: int = 0

    @property
    def share(self) -> float:
        """From 0 to 1."""
        return self.n / self.of if self.of else 0.0


class Span(NamedTuple):
    """How long something took: how many cases, the median, what nine in ten stay within, the longest; in days."""

    n: int
    median: int
    most: int
    longest: int


class Standing(NamedTuple):
    """Those open in one stage: how many, their worth, the median of their ages, how many are older than any win.

    `left` is how many left it by what histories say, `stay` the median of the days they were in it.
    """

    place: str
    n: int
    amount: int
    age: int | None
    older: int
    left: int
    stay: int | None


class Holder(NamedTuple):
    """What an owner has open, how much of it is older than any win or past its close date, and what they ended."""

    owner: str | None
    open: int
    amount: int
    older: Portion
    late: int
    won: int
    lost: int


class Month(NamedTuple):
    """What was opened and won in the month that begins on a day."""

    start: date
    opened: int
    won: int
    amount: int


class Xray(NamedTuple):
    """The figures of a file as of a day; `faults` are those there are, the worst first.

    `absent` are fields that no column fills, so that nothing can be said of them. `oldest` has those that weigh most
    among what is older than any win. `months` are the last twelve, to the day.
    """

    today: date
    first: date | None
    last: date | None
    open: Portion
    won: Portion
    lost: Portion
    places: tuple[Standing, ...]
    to_win: Span | None
    to_loss: Span | None
    faults: tuple[tuple[str, Portion], ...]
    absent: tuple[str, ...]
    holders: tuple[Holder, ...]
    reasons: tuple[tuple[str, int], ...]
    oldest: tuple[Case, ...]
    biggest: Case | None
    months: tuple[Month, ...]

    @property
    def n(self) -> int:
        """How many opportunities there are."""
        return self.open.n + self.won.n + self.lost.n

    @property
    def priced(self) -> bool:
        """Whether amounts say anything of what is open."""
        return self.open.amount > 0

    def fault(self, key: str) -> Portion | None:
        """How many have that fault; None where none has."""
        return dict(self.faults).get(key)


def xray(
    cases: Sequence[Case],
    reasons: Iterable[str],
    filled: Collection[str],
    places: Sequence[str],
    today: date,
) -> Xray:
    """The figures of cases as of a day; `filled` are the fields that columns fill, `places` the stages in order."""
    live = [case for case in cases if case.is_open]
    won = [case for case in cases if case.place == WON]
    lost = [case for case in cases if case.place == LOST]
    to_win, to_loss = _span(won), _span(lost)
    limit = to_win.longest if to_win and to_win.longest else None
    old = _older(limit, today)
    days = [day for case in cases for day in (case.opened, case.closed) if day]
    outworn = sorted(filter(old, live), key=lambda c: (-(c.amount or 0), -(c.age(today) or 0)))
    n, amount = len(cases), _worth(cases)
    return Xray(
        today,
        min(days, default=None),
        max(days, default=None),
        Portion(len(live), n, _worth(live), amount),
        Portion(len(won), n, _worth(won), amount),
        Portion(len(lost), n, _worth(lost), amount),
        _places(cases, places, old, today),
        to_win,
        to_loss,
        _faults(live, won, lost, filled, old, today),
        tuple(name for name in _TOLD if not set(_TOLD[name]) & set(filled)),
        _holders(cases, old, today) if "owner" in filled else (),
        tuple(Counter(reasons).most_common()),
        tuple(outworn),
        max(live, key=lambda c: c.amount or 0, default=None),
        _months(cases, today),
    )


_TOLD: Mapping[str, tuple[str, ...]] = {
    "stage": ("stage", "status", "is_won", "is_closed"),
    "amount": ("amount",),
    "created": ("created", "steps"),
    "close_date": ("close_date",),
    "owner": ("owner",),
    "next_action": ("next_action", "next_due"),
    "loss_reason": ("loss_reason", "outcome_reason"),
}
"""What a founder wants to know, with the fields any one of which tells it."""

Test = Callable[[Case], bool]


def _older(limit: int | None, today: date) -> Test:
    if limit is None:
        return lambda case: False
    return lambda case: (case.age(today) or 0) > limit


def _worth(cases: Iterable[Case]) -> int:
    return sum(case.amount or 0 for case in cases)


def _span(cases: Iterable[Case]) -> Span | None:
    """How long they took, of those whose days are known."""
    took = sorted(days for case in cases if (days := case.days) is not None)
    if not took:
        return None
    return Span(len(took), _median(took) or 0, took[min(int(len(took) * 0.9), len(took) - 1)], took[-1])


def _median(days: Sequence[int]) -> int | None:
    """The middle of some days, half up between two; None of none."""
    if not days:
        return None
    ordered, half = sorted(days), len(days) // 2
    return ordered[half] if len(days) % 2 else (ordered[half - 1] + ordered[half] + 1) // 2


def _places(cases: Sequence[Case], places: Sequence[str], old: Test, today: date) -> tuple[Standing, ...]:
    by_place: dict[str, list[Case]] = defaultdict(list)
    stays: dict[str, list[int]] = defaultdict(list)
    for case in cases:
        if case.is_open:
            by_place[case.place].append(case)
        for place, days in case.stays:
            stays[place].append(days)
    found = []
    for place in (*places, *(place for place in by_place if place not in places)):
        those = by_place.get(place, [])
        ages = [age for case in those if (age := case.age(today)) is not None]
        left = stays.get(place, [])
        found.append(
            Standing(
                place,
                len(those),
                _worth(those),
                _median(ages),
                sum(map(old, those)),
                len(left),
                _median(left),
            )
        )
    return tuple(found)


def _faults(
    live: Sequence[Case],
    won: Sequence[Case],
    lost: Sequence[Case],
    filled: Collection[str],
    old: Test,
    today: date,
) -> tuple[tuple[str, Portion], ...]:
    """Every fault there is with the cases that could have it, the worst first."""
    dated = [case for case in live if case.opened is not None]
    ended = [*won, *lost]
    timed = [case for case in ended if case.days is not None]
    checks: tuple[tuple[str, Sequence[Case], Test, tuple[str, ...]], ...] = (
        (OLDER, dated, old, ()),
        (LATE, live, lambda c: c.close_date is not None and c.close_date < today, ("close_date",)),
        (UNDATED, live, lambda c: c.close_date is None, _TOLD["close_date"]),
        (UNPRICED, live, lambda c: not (c.amount or c.elsewhere), _TOLD["amount"]),
        (IDLE, live, lambda c: not c.acts, _TOLD["next_action"]),
        (UNEXPLAINED, lost, lambda c: not c.explained, _TOLD["loss_reason"]),
        (UNOWNED, live, lambda c: not c.owner, _TOLD["owner"]),
        (BEGINLESS, live, lambda c: c.opened is None, _TOLD["created"]),
        (ENDLESS, ended, lambda c: c.days is None, _TOLD["created"]),
        (AT_ONCE, timed, lambda c: c.days == 0, ()),
    )
    found = []
    for key, those, test, fields in checks:
        if fields and not set(fields) & set(filled):
            continue
        failing = [case for case in those if test(case)]
        if len(failing) > (_USUALLY_AT_ONCE * len(those) if key == AT_ONCE else 0):
            found.append((key, Portion(len(failing), len(those), _worth(failing), _worth(those))))
    return tuple(sorted(found, key=lambda pair: (-pair[1].share, FAULTS.index(pair[0]))))


def _holders(cases: Sequence[Case], old: Test, today: date) -> tuple[Holder, ...]:
    """Owners by what is worst with them: the amount, else the number, that is older than any win, then what is open."""
    by_owner: dict[str | None, list[Case]] = defaultdict(list)
    for case in cases:
        by_owner[case.owner or None].append(case)
    found = []
    for owner, those in by_owner.items():
        live = [case for case in those if case.is_open]
        dead = list(filter(old, live))
        late = sum(case.close_date is not None and case.close_date < today for case in live)
        found.append(
            Holder(
                owner,
                len(live),
                _worth(live),
                Portion(len(dead), len(live), _worth(dead), _worth(live)),
                late,
                sum(case.place == WON for case in those),
                sum(case.place == LOST for case in those),
            )
        )
    return tuple(
        sorted(found, key=lambda h: (-h.older.amount, -h.older.n, -h.amount, -h.open, h.owner or ""))
    )


def _months(cases: Sequence[Case], today: date) -> tuple[Month, ...]:
    """The last months, the one that runs the last; those before anything is known are left out."""
    opened = Counter(case.opened.replace(day=1) for case in cases if case.opened)
    wins = [case for case in cases if case.place == WON and case.closed and case.closed <= today]
    won = Counter(case.closed.replace(day=1) for case in wins if case.closed)
    worth: Counter[date] = Counter()
    for case in wins:
        if case.closed:
            worth[case.closed.replace(day=1)] += case.amount or 0
    first = min((*opened, *won), default=None)
    if first is None:
        return ()
    starts = [add_months(today.replace(day=1), -n) for n in reversed(range(MONTHS_BACK))]
    return tuple(Month(m, opened[m], won[m], worth[m]) for m in starts if m >= first)


def next_months(today: date, count: int) -> list[tuple[date, date]]:
    """The months that follow a day, what is left of its own the first, each from and until."""
    start, found = today + timedelta(1), []
    for _n in range(count):
        until = month_bounds(start)[1]
        found.append((start, until))
        start = until + timedelta(1)
    return found
