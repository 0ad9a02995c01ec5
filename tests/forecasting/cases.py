"""What a log of a pipeline says: each opportunity's life, cut at a day, counted, and written as files to import."""

from __future__ import annotations

import csv
from collections.abc import Iterator, Sequence
from datetime import date, datetime, time, timedelta
from pathlib import Path
from typing import Literal, NamedTuple

Outcome = Literal["won", "lost"]

LOSS_REASONS = ("price", "timing", "no decision")
"""Those of the files, taken in turn: nothing is to be learnt from them."""


class Case(NamedTuple):
    """One opportunity's life: the stages it entered in order, its first being that of its opening.

    It may go back or skip. `amounts` are what it was worth from each day on, in major units, None where nobody
    knew. Without an outcome it is open.
    """

    id: str
    opened: date
    steps: tuple[tuple[date, str], ...]
    amounts: tuple[tuple[date, float | None], ...]
    outcome: Outcome | None
    closed: date | None
    owner: str
    source: str


def as_of(cases: Sequence[Case], day: date) -> list[Case]:
    """The same cases as they stood at the end of a day: nothing that came later, nobody opened later."""
    return [
        case._replace(
            steps=tuple(step for step in case.steps if step[0] <= day),
            amounts=tuple(amount for amount in case.amounts if amount[0] <= day),
            outcome=case.outcome if case.closed and case.closed <= day else None,
            closed=case.closed if case.closed and case.closed <= day else None,
        )
        for case in cases
        if case.opened <= day
    ]


def wins_between(cases: Sequence[Case], start: date, until: date) -> tuple[int, float]:
    """How many were won from `start` to `until`, both included, and for how much; unpriced ones count as 0."""
    won = [(c, c.closed) for c in cases if c.outcome == "won" and c.closed and start <= c.closed <= until]
    return len(won), sum(amount_on(case, day) or 0.0 for case, day in won)


def stage_on(case: Case, day: date) -> str:
    """The stage a case stood in at the end of a day; its last one where it had ended."""
    return next(stage for on, stage in reversed(case.steps) if on <= day)


def amount_on(case: Case, day: date) -> float | None:
    """What a case was worth at the end of a day."""
    return next((amount for on, amount in reversed(case.amounts) if on <= day), None)


def write_csv(cases: Sequence[Case], folder: Path) -> tuple[Path, Path]:
    """Write opportunities.csv and history.csv for `pipe import FILE --history FILE`; returns their paths."""
    opportunities, history = folder / "opportunities.csv", folder / "history.csv"
    with opportunities.open("w", encoding="utf-8", newline="") as stream:
        out = csv.writer(stream)
        out.writerow(
            (
                "id",
                "name",
                "owner",
                "source",
                "amount",
                "created",
                "stage",
                "outcome",
                "closed",
                "loss_reason",
            )
        )
        out.writerows(_row(case, n) for n, case in enumerate(cases))
    with history.open("w", encoding="utf-8", newline="") as stream:
        out = csv.writer(stream)
        out.writerow(("id", "stage", "at", "amount"))
        out.writerows(row for case in cases for row in _history(case))
    return opportunities, history


def _row(case: Case, n: int) -> tuple[object, ...]:
    reason = LOSS_REASONS[n % len(LOSS_REASONS)] if case.outcome == "lost" else None
    stage, outcome = case.outcome or case.steps[-1][1], case.outcome or "open"
    name, worth = f"Opportunity {case.id}", case.amounts[-1][1] if case.amounts else None
    return case.id, name, case.owner, case.source, worth, case.opened, stage, outcome, case.closed, reason


def _history(case: Case) -> Iterator[tuple[object, ...]]:
    """A row for each stage entered, for its end, and for a new amount on a day without either.

    The minutes say what came first on one day: without them an importer has only the order of the stages.
    """
    rows = list(case.steps)
    told = {day for day, _stage in case.steps} | {case.closed}
    rows += [(day, stage_on(case, day)) for day, _amount in case.amounts if day not in told]
    rows.sort(key=lambda row: row[0])
    if case.outcome and case.closed:
        rows.append((case.closed, case.outcome))
    for n, (day, place) in enumerate(rows):
        at = datetime.combine(day, time(8)) + timedelta(minutes=n)
        yield case.id, place, at.isoformat(), amount_on(case, day)
