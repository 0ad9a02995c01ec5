"""The past as the history forecast reads it: visits and the state from day to day, column by column."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import date
from itertools import islice
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from .driver import Driver, Row

_PORTION = 50_000

_VISITS = (
    "select opportunity, stage, entered_day, left_day, outcome, how from visit "
    "where entered_day <= :day order by opportunity, n"
)
_SPANS = (
    "select opportunity, from_day, to_day, status, amount, currency, close_day, probability, stage from span "
    "where from_day <= :day order by opportunity, n"
)


def visit_columns(driver: Driver, day: date) -> Iterator[tuple[tuple[Any, ...], ...]]:
    """Visits begun by the end of a day, in portions, as columns: opportunity, stage, entered, left, outcome, how.

    What ended later is here as it ended; the caller forgets it.
    """
    return _columns(driver, _VISITS, day)


def span_columns(driver: Driver, day: date) -> Iterator[tuple[tuple[Any, ...], ...]]:
    """Spans begun by the end of a day, in portions, as columns.

    Opportunity, from, to, status, amount, currency, close date, probability set by hand, stage.
    """
    return _columns(driver, _SPANS, day)


def _columns(driver: Driver, sql: str, day: date) -> Iterator[tuple[tuple[Any, ...], ...]]:
    return _portions(driver.stream(sql, {"day": day.isoformat()}, piece=_PORTION))


def _portions(rows: Iterator[Row]) -> Iterator[tuple[tuple[Any, ...], ...]]:
    while portion := list(islice(rows, _PORTION)):
        yield tuple(zip(*portion, strict=True))


def field_columns(driver: Driver) -> list[tuple[int, str, str | None]]:
    """Every opportunity's number, its own fields as JSON, and the last day one of them was set after the opening."""
    return [
        (n, fields, on)
        for n, fields, on in driver.rows(
            "select number, fields, described_on from opportunity order by number"
        )
    ]


def stage_moves(driver: Driver, day: date) -> dict[str, str]:
    """Where the stages that went with a changed definition were moved, by the end of a day; later moves win."""
    out: dict[str, str] = {}
    rows = driver.rows(
        "select payload from event where stream = 'workspace' and kind = 'DefinitionAdopted' "
        "and occurred_on <= :day order by seq",
        {"day": day.isoformat()},
    )
    for (payload,) in rows:
        out |= json.loads(payload).get("moves", {})
    return out


def stage_probabilities(driver: Driver, day: date) -> list[tuple[str, dict[str, int]]]:
    """The day each version of the definition was adopted, until a day, and its stages' probabilities in percent."""
    rows = driver.rows(
        "select adopted_on, compiled_json from definition where adopted_on <= :day or version = 1 order by version",
        {"day": day.isoformat()},
    )
    return [
        (on, {stage["key"]: stage["probability"] for stage in json.loads(compiled)["stages"]})
        for on, compiled in rows
    ]


def days_recorded(driver: Driver) -> dict[int, str]:
    """By number, the day (UTC) on which each opportunity came into the workspace, whenever it was opened."""
    rows = driver.stream(
        "select stream, substr(recorded_at, 1, 10) from event where version = 1 and kind = 'OpportunityOpened'",
        piece=_PORTION,
    )
    return {int(stream[1:]): on for stream, on in rows}
