"""Where attention matters most: what a quarter's uncertainty rests on, which stakes were crossed, and how many of each
are shown.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from math import sqrt
from typing import Any, NamedTuple

from .condition import evaluate, reads
from .pipeline import Criterion, Pipeline

APPROVAL, UNCERTAIN, STAKE = "approval", "uncertain", "stake"
SECTIONS = (APPROVAL, UNCERTAIN, STAKE)
_AMOUNT = "amount"


class Doubt(NamedTuple):
    """An open opportunity that may or may not be won: `uncertainty` in minor units, `urgent` if stale or overdue."""

    number: int
    uncertainty: int
    urgent: bool


def uncertainty(amount: int, chance: float) -> int:
    """What an opportunity adds to the uncertainty of a sum, in minor units, from a chance of 0 to 1.

    It is the standard deviation of an amount that comes in whole or not at all (a Bernoulli trial):
    amount · √(p (1 − p)), at its most, half the amount, where either is as likely.
    """
    return round(amount * sqrt(chance * (1 - chance)))


def ranked(doubts: Iterable[Doubt]) -> list[Doubt]:
    """Those that add to the uncertainty: the stale and the overdue first, then by how much, the most first."""
    found = (doubt for doubt in doubts if doubt.uncertainty)
    return sorted(found, key=lambda doubt: (not doubt.urgent, -doubt.uncertainty, doubt.number))


def stakes(pipeline: Pipeline) -> tuple[Criterion, ...]:
    """The approvals that are asked only for certain amounts."""
    return tuple(
        c for c in pipeline.criteria() if c.approval and c.when is not None and _AMOUNT in reads(c.when)
    )


def is_at_stake(criterion: Criterion, facts: Mapping[str, Any], today: date) -> bool:
    """Whether the facts are known to ask for an approval; what is unknown does not tell."""
    return evaluate(criterion.when or [], facts, today) is True


def crossed(criterion: Criterion, facts: Mapping[str, Any], then: object, today: date) -> bool:
    """Whether an approval is asked for by the amount there is now, which was not by the amount `then`.

    Amounts are as conditions read them (see `facts.comparable_amount`), None where there was none; all else is
    taken as it is now, so that nothing but the amount is judged.
    """
    was = is_at_stake(criterion, {**facts, _AMOUNT: then}, today)
    return is_at_stake(criterion, facts, today) and not was


def lines_each(counts: Sequence[int], limit: int) -> list[int]:
    """How many lines each section has, so that they share the limit evenly and none has more than it needs.

    0 is no limit. What does not divide goes to the earlier sections.
    """
    if not limit:
        return list(counts)
    lines = [0] * len(counts)
    while sum(lines) < min(limit, sum(counts)):
        hungry = [n for n, count in enumerate(counts) if lines[n] < count]
        lines[min(hungry, key=lambda n: lines[n])] += 1
    return lines
