"""The rows of a file as the arrays that the history forecast is made from, without a workspace between them.

What a row tells of its past is the rule of `domain.importing`, what stands for a past that it does not tell is that of
`bare_imports`. Stages of which nothing is known but their names win as often as all of the file's do.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date

import numpy as np

from pipecli.domain.importing import Course, Row, course
from pipecli.domain.importing_steps import CLOSED
from pipecli.domain.pipeline import WON as IS_WON
from pipecli.domain.pipeline import Pipeline
from pipecli.domain.xray_cases import Case
from pipecli.errors import InvalidInput
from pipecli.forecasting.history import FAR, LASTS, LOST, MOVED, WON, Days

from .bare_imports import Spans, Visits
from .history import Past, past_of
from .measures import Measure
from .outlook import HistoryForecast, of_past

_NOTHING = float("nan")


def forecast_of(
    rows: Sequence[Row],
    cases: Sequence[Case],
    pipeline: Pipeline,
    today: date,
    until: date,
    measure: Measure,
) -> HistoryForecast:
    """The history forecast from rows whose days are known, of the days after `today`."""
    known = [
        (row, way)
        for row, case in zip(rows, cases, strict=True)
        if (way := _way(row, case, pipeline, today)) is not None
    ]
    return of_past(_past(known, pipeline, today, measure), today, until)


def _way(row: Row, case: Case, pipeline: Pipeline, today: date) -> Course | None:
    """The course of a row, None where its days are not known or cannot have been so."""
    if case.opened is None or case.opened > today or (not case.is_open and case.days is None):
        return None
    try:
        return course(row, pipeline, today)
    except InvalidInput:
        return None


def _past(known: Sequence[tuple[Row, Course]], pipeline: Pipeline, today: date, measure: Measure) -> Past:
    index = {stage.key: n for n, stage in enumerate(pipeline.stages)}
    day, n = today.toordinal(), len(known)
    visits = [visit for case, (_row, way) in enumerate(known) for visit in _visits(case, way, index)]
    figures = [
        span for case, (row, way) in enumerate(known) for span in _figures(case, row, way, index, measure)
    ]
    case, stage, entered, left, outcome = _columns(visits, 5)
    owner, start, place, won, value, close = (np.array(part) for part in zip(*figures, strict=True))
    spans = Spans(
        owner.astype(np.int64),
        start.astype(np.int64),
        place.astype(np.int64),
        won.astype(bool),
        value.astype(float),
        close.astype(float),
        np.full(len(figures), _NOTHING),
    )
    ended = [way.place for _row, way in known if way.place in CLOSED]
    probabilities = np.full(len(index), ended.count(IS_WON) / max(len(ended), 1))
    return past_of(
        Visits(case, stage, entered, left, outcome, np.ones(len(visits), dtype=bool)),
        spans,
        np.arange(1, n + 1, dtype=np.int64),
        tuple(index),
        ((int(entered.min()), probabilities),),
        day,
        lambda: np.full(n, day, dtype=np.int64),
        measure,
    )


def _columns(rows: Sequence[tuple[int, ...]], width: int) -> tuple[Days, ...]:
    table = np.array(rows, dtype=np.int64).reshape(-1, width)
    return tuple(table[:, n] for n in range(width))


def _visits(case: int, way: Course, index: dict[str, int]) -> Iterator[tuple[int, int, int, int, int]]:
    """The case's place, and of each visit the stage, the days it began and ended, and how."""
    stage, entered = way.stage, way.opened_on.toordinal()
    closed = False
    for step in way.steps:
        on = step.on.toordinal()
        if step.place in CLOSED:
            if not closed:
                yield case, index[stage], entered, on, WON if step.place == IS_WON else LOST
            closed = True
        elif closed:
            stage, entered, closed = step.place, on, False
        elif step.place != stage:
            yield case, index[stage], entered, on, MOVED
            stage, entered = step.place, on
    if not closed:
        yield case, index[stage], entered, FAR, LASTS


def _figures(
    case: int, row: Row, way: Course, index: dict[str, int], measure: Measure
) -> Iterator[tuple[int, int, int, bool, float, float]]:
    """What the case is worth and when it is expected, from each day on that changes something."""
    own = measure.currency in (None, row.values["currency"])
    expected = row.values.get("close_date")
    close = float(expected.toordinal()) if expected else _NOTHING
    amount, stage = way.amount, index[way.stage]

    def worth() -> float:
        return float(amount) if own and amount is not None else _NOTHING

    found = {way.opened_on.toordinal(): (stage, False, worth())}
    for step in way.steps:
        amount = amount if step.amount is None else step.amount
        stage = index.get(step.place, stage)
        found[step.on.toordinal()] = (stage, step.place == IS_WON, worth())
    for start, (stage, won, value) in found.items():
        yield case, start, stage, won, value, close
