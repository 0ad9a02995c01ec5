"""The forecast opportunity by opportunity: what rules and history each give it, and why."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import numpy as np

from pipecli.domain.explaining import Standing, moved_by
from pipecli.domain.forecast import Entry
from pipecli.domain.metrics import probability_of
from pipecli.domain.money import major
from pipecli.domain.pipeline import Pipeline
from pipecli.store.forecast import line_of
from pipecli.store.lists import Filter, Row, list_rows

from .forecast import Report, When, entry_of, looking_back, of_reading
from .measures import Measure
from .past import rows_as_of
from .periods import Period
from .workspace import Reading, Workspace


def explained_forecast(
    workspace: Workspace, period: Period, *, measure: str, when: When
) -> tuple[Report, list[dict[str, Any]]]:
    """The forecast of a period, and what each open opportunity is in it."""
    with looking_back(workspace, when) as reading:
        past = when.as_of is not None
        rows = reading.soon(_rows, reading, past=past)
        report = of_reading(reading, period, measure=measure, past=past)
        return report, explained(reading, report, rows())


def _rows(reading: Reading, *, past: bool) -> list[Row]:
    if past:
        return rows_as_of(reading, reading.today)
    return list_rows(reading.driver, Filter(), reading.pipeline, reading.today)


def explained(reading: Reading, report: Report, rows: Iterable[Row]) -> list[dict[str, Any]]:
    """Every open opportunity, the one that adds most to the history forecast first.

    `probability` is the rule's in percent, `by_until` the chance in percent of a win by the period's last day from
    history, `expected` what it adds to the history forecast, `share` of which it is that part.
    """
    history, measure, found = report.history, report.measure, report.found
    chances, adds = history.chances(found.until), history.expected(found.start, found.until)
    place = {int(history.past.numbers[case]): n for n, case in enumerate(history.outlook.case)}
    whole = report.splits[""].existing.mean or 1.0
    out = []
    for row in rows:
        n = place.get(row.number)
        if row.status != "open" or n is None:
            continue
        entry = entry_of(line_of(row), measure, reading)
        percent = probability_of(row.status, row.stage, row.probability, reading.pipeline)
        out.append(
            {
                "id": row.number,
                "name": row.name,
                "account": row.account,
                "stage": row.stage,
                "stage_name": reading.pipeline.stage(row.stage).name,
                "close_date": row.close_date,
                "currency": entry.currency,
                "amount": _number(entry, 100, measure, reading.pipeline),
                "probability": percent,
                "weighted": _number(entry, percent, measure, reading.pipeline),
                "by_until": round(chances[row.number] * 100, 1),
                "expected": measure.number(adds[row.number]),
                "share": round(adds[row.number] / whole, 4),
                "moved": moved_by(_standing(row, entry, report, n, chances[row.number])),
            }
        )
    return sorted(out, key=lambda line: (-line["expected"], line["id"]))


def _standing(row: Row, entry: Entry, report: Report, n: int, chance: float) -> Standing:
    """The n-th opportunity of the outlook, as the words about it need it."""
    return Standing(
        entering=_entering(report, n),
        chance=chance,
        days=int(report.history.outlook.age[n]),
        own=row.probability,
        usual=report.pipeline.probability(row.stage, None),
        overdue_close=entry.day is not None and entry.day < report.found.as_of,
        priced=entry.quantity is not None,
        unrated=_unrated(entry, report.pipeline),
        known=not np.isnan(_value_then(report, n)),
    )


def _unrated(entry: Entry, pipeline: Pipeline) -> str | None:
    return None if entry.quantity is None or entry.currency == pipeline.currency else entry.currency


def _number(entry: Entry, percent: int, measure: Measure, pipeline: Pipeline) -> int | float | None:
    """So much of an entry's quantity for JSON; an amount without a rate is in its own currency."""
    if entry.quantity is None:
        return None
    quantity, unrated = entry.quantity * percent / 100, _unrated(entry, pipeline)
    return major(round(quantity), unrated) if unrated else measure.number(quantity)


def _value_then(report: Report, n: int) -> float:
    """What the n-th opportunity of the outlook was known to be worth on the day of the report."""
    outlook = report.history.outlook
    return float(report.history.past.history.value.on(outlook.case[n : n + 1], outlook.day)[0])


def _entering(report: Report, n: int) -> float:
    """The chance by the period's end of one that entered the same stage today."""
    outlook = report.history.outlook
    days = max((report.found.until - report.found.as_of).days, 0)
    return float(np.minimum(outlook.entering[outlook.stage[n], :days].sum(), 1.0))
