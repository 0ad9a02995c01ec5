"""What is to be settled in a pipeline, one opportunity at a time: which trouble it is in, since when, what is at stake.

An opportunity is dead when nothing has been heard of it for a quarter and nothing is planned, or when it went stale
and has been open for longer than anything that was ever won. Of several troubles the first in `KINDS` names it.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date, timedelta
from typing import NamedTuple

from .survival import FEWEST_CASES

DEAD, DUPLICATE, STALE, UNPROVEN = "dead", "duplicate", "stale", "unproven"
PAST, UNPLANNED, UNPRICED, UNDATED = "past_close_date", "no_next_action", "unpriced", "no_close_date"
USUAL = (DEAD, DUPLICATE, STALE, UNPROVEN, PAST, UNPLANNED, UNPRICED)
KINDS = (*USUAL, UNDATED)
"""One without a close date is in no forecast, but need not have one yet: that is settled where it is asked for."""
SILENT = 90
"""Days without a word, a move or a plan, after which an opportunity is dead."""
SKIPPED = 14
"""Days for which one that was skipped is left alone."""


class Standing(NamedTuple):
    """An open opportunity as it is judged here; `twin` is one that may be the same, and is to be kept instead."""

    number: int
    opened_on: date
    quiet_since: date
    shield_until: date | None
    stale_after: int | None
    is_stale: bool
    unproven_since: date | None
    close_date: date | None
    next_due: date | None
    is_priced: bool
    twin: int | None


class Trouble(NamedTuple):
    """What is wrong and since which day."""

    kind: str
    since: date


def longest_cycle(won: Iterable[int]) -> int | None:
    """The days that the longest one took that was won; None where too few were to tell."""
    days = list(won)
    return max(days) if len(days) >= FEWEST_CASES else None


def troubles(standing: Standing, longest: int | None, today: date) -> tuple[Trouble, ...]:
    """Everything that is to be settled, in the order of `KINDS`."""
    s = standing
    dead = _is_dead(s, longest, today)
    close_date = s.close_date if s.close_date and s.close_date < today else None
    found = {
        DEAD: s.quiet_since if dead else None,
        DUPLICATE: s.opened_on if s.twin is not None else None,
        STALE: _stale_since(s, today) if s.is_stale and not dead else None,
        UNPROVEN: s.unproven_since,
        PAST: close_date,
        UNPLANNED: s.opened_on if s.next_due is None else None,
        UNPRICED: None if s.is_priced else s.opened_on,
        UNDATED: s.opened_on if s.close_date is None else None,
    }
    return tuple(Trouble(kind, since) for kind in KINDS if (since := found[kind]) is not None)


def _is_dead(s: Standing, longest: int | None, today: date) -> bool:
    if s.shield_until is not None and s.shield_until >= today:
        return False
    silent = s.quiet_since < today - timedelta(SILENT) and (s.next_due is None or s.next_due < today)
    outlived = longest is not None and s.is_stale and (today - s.opened_on).days > longest
    return silent or outlived


def _stale_since(s: Standing, today: date) -> date:
    """The day it went stale; a rule of the stage's own tells none, and is taken to hold since today."""
    if s.stale_after is None:
        return today
    since = s.quiet_since + timedelta(s.stale_after + 1)
    return min(max(since, s.shield_until + timedelta(1)) if s.shield_until else since, today)


class Claim(NamedTuple):
    """Why one of two that may be one is kept: further on, else proven, else priced, else heard of last (ISO day)."""

    stage: int
    is_proven: bool
    is_priced: bool
    last_exchange: str


def is_kept(older: Claim, other: Claim) -> bool:
    """Whether the older of two that may be one is to be kept; it is where nothing speaks for the other."""
    return older >= other


class Stake(NamedTuple):
    """What an opportunity may bring, weighted, in minor units of one currency; None where its amount is not known."""

    number: int
    worth: int | None


def ranked(stakes: Sequence[Stake]) -> list[int]:
    """The numbers, most at stake first; where that is not known, after the others, the older first."""
    return [s.number for s in sorted(stakes, key=lambda s: (s.worth is None, -(s.worth or 0), s.number))]
