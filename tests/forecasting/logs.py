"""Real logs as cases, read from their files as an import reads them.

The folder is the one that `PIPECLI_REAL_DATA` names; without it, tests marked `real_data` are skipped.
"""

from __future__ import annotations

import csv
import os
from collections import defaultdict
from collections.abc import Sequence
from datetime import date, datetime
from pathlib import Path
from typing import Literal, cast

import pytest

from .cases import Case, Outcome

REAL = Path(os.environ.get("PIPECLI_REAL_DATA", "no-such-folder"))
real_data = pytest.mark.skipif(not REAL.is_dir(), reason="PIPECLI_REAL_DATA names no folder")

LOAN_STAGES = {
    "Application": "lead",
    "Accepted": "discovery",
    "Offer sent": "proposal",
    "Validating": "negotiation",
    "Incomplete": "negotiation",
}
MAVEN_STAGES = {"Prospecting": "lead", "Engaging": "discovery"}
_PLACES = (*LOAN_STAGES, "Won", "Lost")

Row = dict[str, str]


def loans(half: Literal["h1", "q4"], folder: Path = REAL) -> list[Case]:
    """The loan offers of one half; `h1` has no amounts. Every one of them has ended: cut it with `as_of`."""
    histories = defaultdict(list)
    for row in _rows(folder / "loans2017" / f"history_{half}.csv"):
        histories[row["id"]].append(row)
    opportunities = _rows(folder / "loans2017" / f"opportunities_{half}.csv")
    return [_loan(row, histories[row["id"]]) for row in opportunities]


def _loan(row: Row, history: Sequence[Row]) -> Case:
    """Rows of one instant stand in the order of the stages; two labels of one stage are one visit."""
    moments = sorted(history, key=lambda m: (m["at"], _PLACES.index(m["stage"])))
    days = [_day(m["at"]) for m in moments]
    opened = min(_day(row["created"]), days[0])
    steps = [(opened, LOAN_STAGES.get(moments[0]["stage"], "lead"))]
    amounts: list[tuple[date, float | None]] = [(opened, _amount(moments[0]["amount"]))]
    for day, moment in zip(days, moments, strict=True):
        stage, amount = LOAN_STAGES.get(moment["stage"]), _amount(moment["amount"])
        if stage and stage != steps[-1][1]:
            steps.append((day, stage))
        if amount not in (None, amounts[-1][1]):
            amounts.append((day, amount))
    outcome = cast(Outcome, row["outcome"])
    return Case(
        row["id"], opened, tuple(steps), tuple(amounts), outcome, _day(row["closed"]), row["owner"], ""
    )


def maven(folder: Path = REAL) -> list[Case]:
    """The opportunities with a date, in one stage each: the log knows when they were engaged, and closed.

    An amount is known from the day of the win or loss only, as in the file. The 500 in Prospecting have no date.
    """
    rows = _rows(folder / "maven" / "sales_pipeline.csv")
    return [_engaged(row) for row in rows if row["engage_date"]]


def _engaged(row: Row) -> Case:
    opened = _day(row["engage_date"])
    outcome = cast(Outcome, row["deal_stage"].lower()) if row["close_date"] else None
    closed = _day(row["close_date"]) if row["close_date"] else None
    amounts: list[tuple[date, float | None]] = [(opened, None)]
    if closed:
        amounts.append((closed, _amount(row["close_value"])))
    steps = ((opened, MAVEN_STAGES["Engaging"]),)
    return Case(row["opportunity_id"], opened, steps, tuple(amounts), outcome, closed, row["sales_agent"], "")


def _rows(path: Path) -> list[Row]:
    with path.open(encoding="utf-8", newline="") as stream:
        return list(csv.DictReader(stream))


def _day(text: str) -> date:
    return datetime.fromisoformat(text).date()


def _amount(text: str) -> float | None:
    return float(text) if text else None
