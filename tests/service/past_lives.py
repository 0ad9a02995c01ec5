"""Pipelines with a past for the history forecast to learn from, brought in with the day of each move."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import date, timedelta

from forecasting.cases import Case, Outcome

TODAY = date(2026, 3, 2)
DAY = timedelta(1)
MOVES = (("lead", 0), ("discovery", 9), ("proposal", 20), ("negotiation", 32))
"""The stages of the b2b template and on which day of its life an opportunity enters each."""
LASTS = 40


def steady(
    n: int = 60,
    *,
    every: int = 6,
    until: date = TODAY,
    outcome: Callable[[int], Outcome] = lambda k: "won" if k % 3 == 0 else "lost",
    amount: Callable[[int], float | None] = lambda k: 1000.0 * (k % 5 + 4),
) -> list[Case]:
    """One opened every so many days, the last on the day before `until`; each is closed after 38 to 42 days.

    Lost ones went no further than proposal. Those that are not closed by `until` are open.
    """
    first = until - DAY - timedelta(every * (n - 1))
    return [_life(k, first + timedelta(every * k), until, outcome(k), amount(k)) for k in range(n)]


def _life(k: int, opened: date, until: date, outcome: Outcome, amount: float | None) -> Case:
    closed = opened + timedelta(LASTS - 2 + k % 5)
    moves = MOVES if outcome == "won" else MOVES[:3]
    steps = tuple((opened + timedelta(after), stage) for stage, after in moves)
    over = closed <= until
    return Case(
        f"A{k + 1:03}",
        opened,
        tuple(step for step in steps if step[0] <= until),
        ((opened, amount),),
        outcome if over else None,
        closed if over else None,
        ("lea", "marc")[k % 2],
        ("web", "fair", "referral")[k % 3],
    )


def closed(cases: Sequence[Case]) -> int:
    """How many of them are won or lost."""
    return sum(case.outcome is not None for case in cases)
