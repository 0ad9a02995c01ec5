"""What cash and load have in common: the days they are asked for, and what was sold, now or as of a past day."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import date, timedelta
from typing import Any, NamedTuple

import numpy as np

from pipecli.domain.forecast import Entry

from .forecast import When, entry_of, flattened_history, looking_back, read
from .measures import Measure
from .outlook import HistoryForecast, history_forecast, range_json
from .periods import Period, bounds
from .workspace import Reading, Workspace


class Asked(NamedTuple):
    """A schedule's question: the workspace as it is read, the first and last day, and whether it looks back."""

    reading: Reading
    start: date
    until: date
    past: bool


@contextmanager
def asked(workspace: Workspace, period: Period, when: When) -> Iterator[Asked]:
    """The workspace open as of a day; raises InvalidInput for a day to come or a period that ends before it starts."""
    with looking_back(workspace, when) as reading:
        start, until = bounds(period.start, period.until, reading.today)
        yield Asked(reading, start, until, when.as_of is not None)


def sold(question: Asked, measure: Measure, *, won_from: date) -> list[Entry]:
    """What is open and what was won since a day, each with what is to be spread."""
    reading = question.reading
    lines = read(reading, won_from, measure, past=question.past)
    return [entry_of(line, measure, reading) for line in lines]


def looked_ahead(question: Asked, measure: Measure) -> Callable[[], HistoryForecast]:
    """The history forecast of the question's days, begun; to be called for once."""
    return question.reading.soon(history_forecast, question.reading, question.until, measure)


def spread_by_history(
    ahead: HistoryForecast, measure: Measure, shares: list[list[float]]
) -> list[dict[str, dict[str, int | float]]]:
    """What history expects in each of some periods from wins yet to come, as JSON.

    `shares[t][p]` is the share, from 0 to 1, that a win on the t-th day ahead (0: the first) brings to period p.
    """
    splits = ahead.spread(np.array(shares, dtype=float).reshape(len(shares), -1))
    return [{name: range_json(part, measure) for name, part in split._asdict().items()} for split in splits]


def days_ahead(question: Asked) -> list[date]:
    """The days after the report's until the end of the period: those on which wins are still to come."""
    today = question.reading.today
    return [today + timedelta(n) for n in range(1, max((question.until - today).days, 1) + 1)]


def with_history(groups: list[dict[str, Any]], histories: list[Any]) -> list[dict[str, Any]]:
    """The periods' lines, each with what history expects in it."""
    return [{**group, "history": history} for group, history in zip(groups, histories, strict=True)]


def flattened(group: dict[str, Any]) -> dict[str, Any]:
    """A period's line without nesting, for CSV."""
    rules = {key: value for key, value in group.items() if key != "history"}
    return {**rules, **flattened_history(group["history"])}
