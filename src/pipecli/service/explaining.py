"""The forecast opportunity by opportunity: what rules and history each give it, and why."""

from __future__ import annotations

from typing import Any

import numpy as np

from pipecli.domain.explaining import Standing, moved_by
from pipecli.domain.metrics import probability_of
from pipecli.store.forecast import line_of
from pipecli.store.lists import Filter, list_rows

from .forecast import Report, When, entry_of, looking_back, of_reading
from .past import rows_as_of
from .periods import Period
from .workspace import Reading, Workspace


def explained_forecast(
    workspace: Workspace, period: Period, *, measure: str, when: When
) -> tuple[Report, list[dict[str, Any]]]:
    """The forecast of a period, and what each open opportunity is in it."""
    with looking_back(workspace, when) as reading:
        past = when.as_of is not None
        report = of_reading(reading, period, measure=measure, past=past)
        return report, explained(reading, report, past=past)


def explained(reading: Reading, report: Report, *, past: bool) -> list[dict[str, Any]]:
    """Every open opportunity, the one that adds most to the history forecast first.

    `probability` is the rule's in percent, `by_until` the chance in percent of a win by the period's last day from
    history, `expected` what it adds to the history forecast, `share` of which it is that part.
    """
    history, measure = report.history, report.measure
    outlook, level = history.outlook, history.correction.level
    rows = (
        rows_as_of(reading, reading.today)
        if past
        else list_rows(reading.driver, Filter(), reading.pipeline, reading.today)
    )
    chances = history.chances(report.found.until)
    place = {int(history.past.numbers[case]): n for n, case in enumerate(outlook.case)}
    whole = report.splits[""].existing.mean or 1.0
    out = []
    for row in rows:
        n = place.get(row.number)
        if row.status != "open" or n is None:
            continue
        entry = entry_of(line_of(row), measure, reading)
        chance = chances[row.number]
        expected = float(outlook.value[n]) * level * chance
        percent = probability_of(row.status, row.stage, row.probability, reading.pipeline)
        standing = Standing(
            entering=_entering(report, n),
            chance=chance,
            days=int(outlook.age[n]),
            own=row.probability,
            usual=reading.pipeline.probability(row.stage, None),
            overdue_close=entry.day is not None and entry.day < reading.today,
            priced=entry.quantity is not None,
        )
        out.append(
            {
                "id": row.number,
                "name": row.name,
                "account": row.account,
                "stage": row.stage,
                "stage_name": reading.pipeline.stage(row.stage).name,
                "close_date": row.close_date,
                "currency": reading.pipeline.currency,
                "amount": None if entry.quantity is None else measure.number(entry.quantity),
                "probability": percent,
                "weighted": None
                if entry.quantity is None
                else measure.number(entry.quantity * percent / 100),
                "by_until": round(chance * 100, 1),
                "expected": measure.number(expected),
                "share": round(expected / whole, 4),
                "moved": moved_by(standing),
            }
        )
    return sorted(out, key=lambda line: (-line["expected"], line["id"]))


def _entering(report: Report, n: int) -> float:
    """The chance by the period's end of one that entered the same stage today."""
    outlook = report.history.outlook
    days = max((report.found.until - report.found.as_of).days, 0)
    return float(np.minimum(outlook.entering[outlook.stage[n], :days].sum(), 1.0))
