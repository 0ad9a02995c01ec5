"""Why the forecast moved between two days: what happened to each opportunity, and what that did to the number.

The number is the one of the forecast by rules: won to date, plus what is open in the period times its probability.
An opportunity that was opened, won, lost, reopened or merged into another in between explains its whole difference
by that. The others explain theirs in three steps, always in this order, each on what the steps before have left:
first the period (with the amount and the probability it had), then the amount (at the probability it had), then the
probability (on the amount it has). So the parts add up exactly, in hundredths of minor units, and after rounding too.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, timedelta
from typing import NamedTuple

NEW, WON, LOST, REOPENED = "new", "won", "lost", "reopened"
PULLED_IN, PUSHED_OUT = "pulled_in", "pushed_out"
AMOUNT_UP, AMOUNT_DOWN, PROBABILITY, MERGED = "amount_up", "amount_down", "probability", "merged"
# In the order in which they are told.
KINDS = (NEW, WON, LOST, PULLED_IN, PUSHED_OUT, AMOUNT_UP, AMOUNT_DOWN, PROBABILITY, REOPENED, MERGED)
_OPEN = "open"


class Standing(NamedTuple):
    """How an opportunity stood at the end of a day.

    `amount` is in minor units of the currency that all are in, 0 where it has none; `percent` is 100 once won;
    `counts` says whether the forecast of the period had it in its number.
    """

    status: str
    amount: int
    percent: int
    counts: bool

    @property
    def cents(self) -> int:
        """What it put into the number, in hundredths of a minor unit."""
        return self.amount * self.percent if self.counts else 0


class Part(NamedTuple):
    """One reason, with its opportunities (number, minor units), those that moved the number most first."""

    kind: str
    amount: int
    opportunities: tuple[tuple[int, int], ...]


class Changes(NamedTuple):
    """The number before and after in minor units, and the parts of the difference in the order of `KINDS`."""

    before: int
    after: int
    parts: tuple[Part, ...]

    @property
    def difference(self) -> int:
        """After less before; the parts add up to it."""
        return self.after - self.before


class _Share(NamedTuple):
    number: int
    kind: str
    cents: int


def last_monday(today: date) -> date:
    """The Monday before a day, which itself does not count."""
    return today - timedelta((today.weekday() - 1) % 7 + 1)


def is_counted(status: str, day: date | None, *, as_of: date, start: date, until: date) -> bool:
    """Whether the forecast as of a day has an opportunity in its period: won by then, or to be closed from then on.

    `day` is that of the win once won, else the close date. One that has lapsed is in no period.
    """
    if day is None or status == LOST:
        return False
    if status == WON:
        return start <= day <= min(until, as_of)
    return max(start, as_of) <= day <= until


def shares(before: Standing | None, after: Standing | None) -> list[tuple[str, int]]:
    """What moved one opportunity's part of the number: kind and hundredths of a minor unit, nothing that is zero.

    None is an opportunity that was not there yet, or (after) is another one by now. The shares add up to the
    difference of the two `cents`.
    """
    if before is None or after is None or before.status != after.status:
        difference = (after.cents if after else 0) - (before.cents if before else 0)
        steps = [(_outcome(before, after), difference)]
    else:
        dated = (after.counts - before.counts) * before.amount * before.percent
        amount = after.counts * (after.amount - before.amount) * before.percent
        chance = after.counts * after.amount * (after.percent - before.percent)
        steps = [
            (PULLED_IN if dated > 0 else PUSHED_OUT, dated),
            (AMOUNT_UP if amount > 0 else AMOUNT_DOWN, amount),
            (PROBABILITY, chance),
        ]
    return [(kind, cents) for kind, cents in steps if cents]


def _outcome(before: Standing | None, after: Standing | None) -> str:
    if after is None:
        return MERGED
    if before is None:
        return NEW
    return REOPENED if after.status == _OPEN else after.status


def changes(pairs: Iterable[tuple[int, Standing | None, Standing | None]]) -> Changes:
    """The difference in parts, of opportunities by number as they stood before and after."""
    found, before, after = [], 0, 0
    for number, then, now in pairs:
        before += then.cents if then else 0
        after += now.cents if now else 0
        found += [_Share(number, kind, cents) for kind, cents in shares(then, now)]
    before, after = _rounded(before), _rounded(after)
    amounts = _rounded_together([share.cents for share in found], after - before)
    return Changes(before, after, _parts(found, amounts))


def _rounded(cents: int) -> int:
    """Hundredths as minor units, half up, as the forecast rounds."""
    return (cents + 50) // 100


def _rounded_together(cents: list[int], total: int) -> list[int]:
    """Each in minor units so that they add up to the total: rounded down, then the largest remainders up."""
    amounts = [value // 100 for value in cents]
    by_remainder = sorted(range(len(cents)), key=lambda n: -(cents[n] % 100))
    for n in by_remainder[: total - sum(amounts)]:
        amounts[n] += 1
    return amounts


def _parts(found: list[_Share], amounts: list[int]) -> tuple[Part, ...]:
    by_kind: dict[str, list[tuple[int, int]]] = {}
    for share, amount in zip(found, amounts, strict=True):
        by_kind.setdefault(share.kind, []).append((share.number, amount))
    return tuple(
        Part(
            kind,
            sum(amount for _number, amount in by_kind[kind]),
            tuple(sorted(by_kind[kind], key=lambda one: (-abs(one[1]), one[0]))),
        )
        for kind in KINDS
        if kind in by_kind
    )
