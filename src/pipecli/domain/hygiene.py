"""Whether the data is good enough to decide on: the five points of the checklist, and what stands behind them (R17).

A point is a share of cases. Under `FEWEST_CASES` it is no percentage: it reads "3 of 7" and is pooled upward (R16).
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from itertools import takewhile
from typing import NamedTuple

from .fold import fold
from .survival import FEWEST_CASES, Rate, plain_rate

NEXT_ACTION, PROVEN, LOSSES, ON_TIME, RULES = "next_action", "proven", "losses", "on_time", "shared_rules"
POINTS = (NEXT_ACTION, PROVEN, LOSSES, ON_TIME, RULES)
"""Dated next action, stage proven, loss documented, recorded within a day, forecast on shared rules."""

NO_ACTION, IMPORTED, EXPIRED, LAPSED = "no_next_action", "imported_unproven", "proof_expired", "proof_lapsed"
UNDOCUMENTED, BY_HAND, ONE_WORD, COPIED = "undocumented_loss", "probability_by_hand", "one_word", "copied"
FAULTS = (NO_ACTION, IMPORTED, EXPIRED, LAPSED, UNDOCUMENTED, BY_HAND, ONE_WORD, COPIED)
"""What an opportunity is listed for, what weighs most first."""

WEEKS = 8
"""The trend goes back so many weeks; the data is stable after as many good ones."""
WINDOW = 28
"""Days over which is counted how soon things were recorded."""
LATEST = 1
"""A day after it happened, something is recorded in time."""
STABLE_SHARE = 0.8
STABLE_CLOSED = FEWEST_CASES


class Standing(NamedTuple):
    """An open opportunity as the audit reads it; days are ISO text, `how` is how it came into its stage."""

    number: int
    owner: str
    stage: str
    next_due: str | None
    by_hand: bool
    unproven: bool
    proof_until: str | None
    how: str
    waived: bool


class Proof(NamedTuple):
    """The words that prove a criterion; `source` is what they stand in, the exchange or the evidence itself."""

    number: int
    criterion: str
    source: int
    text: str


class Copied(NamedTuple):
    """One text that proves several opportunities or criteria: the first of them says how it is written."""

    text: str
    proofs: tuple[Proof, ...]


class Apart(NamedTuple):
    """An owner who proves one stage so unlike the others that it is not chance."""

    stage: str
    owner: str
    own: Rate
    others: Rate


class Stability(NamedTuple):
    """Whether the data has been good for long enough: weeks in a row up to today, and opportunities closed."""

    stable: bool
    weeks: int
    closed: int


def faults(standing: Standing, today: str) -> tuple[str, ...]:
    """What an open opportunity fails in; a next action that is late is there all the same."""
    found = (
        NO_ACTION if standing.next_due is None else None,
        _unproven(standing, today),
        BY_HAND if standing.by_hand else None,
    )
    return tuple(fault for fault in found if fault)


def _unproven(standing: Standing, today: str) -> str | None:
    if standing.unproven:
        return IMPORTED if standing.how in ("imported", "moved") else LAPSED
    if standing.proof_until is not None and standing.proof_until < today:
        return EXPIRED
    return None


def is_overdue(standing: Standing, today: str) -> bool:
    """Whether its next action is late."""
    return standing.next_due is not None and standing.next_due < today


def overall(points: Iterable[Rate]) -> Rate:
    """The hygiene: the mean of the points, each of which weighs the same; `k` of `n` are those of all together.

    Points of few cases are pooled and weigh by how many they are; where even they together are few, the others
    stand alone. Without any point of enough cases there is no rate.
    """
    counted = [point for point in points if point.n]
    shares = [point.rate for point in counted if point.rate is not None]
    few = [point for point in counted if point.rate is None]
    pooled = plain_rate(sum(p.k for p in few), sum(p.n for p in few))
    if pooled.rate is not None:
        shares += [pooled.rate] * len(few)
    mean = sum(shares) / len(shares) if shares else None
    return Rate(sum(p.n for p in counted), sum(p.k for p in counted), mean)


def in_time(delays: Mapping[int, int]) -> Rate:
    """Of so many events by their delay in days, those recorded at most a day later."""
    return plain_rate(sum(n for days, n in delays.items() if days <= LATEST), sum(delays.values()))


def median(delays: Mapping[int, int]) -> int | None:
    """The delay that half of the events do not exceed; None under `FEWEST_CASES`."""
    n = sum(delays.values())
    if n < FEWEST_CASES:
        return None
    passed = 0
    for days in sorted(delays):
        passed += delays[days]
        if 2 * passed >= n:
            return days
    return None


def slowest(delays: Mapping[str, Mapping[int, int]]) -> tuple[str, int] | None:
    """The owner of the worst median delay and that delay; None where nobody's is later than in time."""
    medians = ((median(own), owner) for owner, own in sorted(delays.items()))
    late = [(days, owner) for days, owner in medians if days is not None and days > LATEST]
    if not late:
        return None
    days, owner = max(late, key=lambda found: found[0])
    return owner, days


def one_word(proofs: Iterable[Proof]) -> list[Proof]:
    """The proofs of a single word; one with a digit in it is a reference, such as an order's number."""
    return [p for p in proofs if len(p.text.split()) == 1 and not any(c.isdigit() for c in p.text)]


def copied(proofs: Iterable[Proof]) -> list[Copied]:
    """The texts that prove several opportunities, or several criteria of one without one exchange that shows both."""
    alike: dict[str, list[Proof]] = defaultdict(list)
    for proof in proofs:
        alike[" ".join(fold(proof.text).split())].append(proof)
    found = [Copied(group[0].text, tuple(group)) for group in alike.values() if _is_copied(group)]
    return sorted(found, key=lambda copy: (-len(copy.proofs), copy.proofs[0].number, copy.text))


def _is_copied(group: Sequence[Proof]) -> bool:
    if len({proof.number for proof in group}) > 1:
        return True
    return len({p.criterion for p in group}) > 1 and len({p.source for p in group}) > 1


def apart(standings: Iterable[tuple[Standing, bool]]) -> list[Apart]:
    """The owners who prove a stage otherwise than the others do: their 95 % intervals do not meet.

    `standings` come with whether each is proven.
    """
    cells: dict[str, dict[str, Counter[bool]]] = defaultdict(lambda: defaultdict(Counter))
    for standing, proven in standings:
        cells[standing.stage][standing.owner][proven] += 1
    found = []
    for stage, owners in cells.items():
        every = sum(owners.values(), Counter())
        for owner, own in sorted(owners.items()):
            pair = (
                plain_rate(own[True], own.total()),
                plain_rate(every[True] - own[True], (every - own).total()),
            )
            if not _meet(*pair):
                found.append(Apart(stage, owner, *pair))
    return found


def _meet(a: Rate, b: Rate) -> bool:
    if a.low is None or a.high is None or b.low is None or b.high is None:
        return True
    return a.low <= b.high and b.low <= a.high


def stability(weeks: Sequence[Rate], closed: int) -> Stability:
    """Whether to automate and to quote rates: good in each of the last `WEEKS` weeks, and enough closed.

    `weeks` are the figures of one day a week, the oldest first, today's last.
    """
    good = list(takewhile(lambda week: week.rate is not None and week.rate >= STABLE_SHARE, reversed(weeks)))
    lasted = max(0, len(good) - 1)
    return Stability(lasted >= WEEKS and closed >= STABLE_CLOSED, lasted, closed)
