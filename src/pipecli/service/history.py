"""The pipeline's own past, read into the arrays that the history forecast is made from."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Iterator, Sequence
from datetime import date
from functools import partial
from typing import Any, NamedTuple

import numpy as np

from pipecli.domain import events as ev
from pipecli.domain.events import opportunity_stream
from pipecli.domain.former import lasting_stage
from pipecli.forecasting.history import CUT, FAR, LASTS, LOST, MOVED, WON, Days, Floats, History, Timeline
from pipecli.store import history as stored
from pipecli.store import journal
from pipecli.store.driver import Driver

from . import bare_imports
from .bare_imports import Spans, Visits
from .measures import AMOUNT, COUNT, Measure
from .workspace import Reading

# Imported moves are what an older tool recorded: moves like others. What an adoption moved is nobody's decision.
_OUTCOMES = {
    None: LASTS,
    "won": WON,
    "lost": LOST,
    "advanced": MOVED,
    "returned": MOVED,
    "imported": MOVED,
    "moved": CUT,
}
_NOTHING = float("nan")


class Past(NamedTuple):
    """The history as of a day, with what its indices stand for: opportunity numbers by case, stage keys in order.

    `versions` holds each day a definition was adopted and its probabilities from then on, from 0 to 1 by stage.
    """

    history: History
    numbers: Days
    stages: tuple[str, ...]
    versions: tuple[tuple[int, Floats], ...]

    def probabilities(self, day: int) -> Floats:
        """The probabilities in force at the end of a day; before the first definition, its own."""
        return next((found for on, found in reversed(self.versions) if on <= day), self.versions[0][1])


Columns = tuple[tuple[Any, ...], ...]


class _Ordinals(dict[str, int]):
    """Days as numbers; there are few different ones."""

    def __missing__(self, text: str) -> int:
        self[text] = found = date.fromisoformat(text).toordinal()
        return found


def read_past(reading: Reading, measure: Measure) -> Past:
    """Everything that happened by the end of the reading's day, valued by a measure."""
    driver, day = reading.driver, reading.today
    days = _Ordinals()
    stages = reading.soon(_stages, reading, days)
    given = None if measure.field is None else reading.soon(_field_changes, driver, measure.key)
    figures, portions = stored.span_columns(driver, day), list(stored.visit_columns(driver, day))
    keys, versions, index = stages()
    numbers, case = np.unique(_joined(portions, 0, lambda column: column), return_inverse=True)
    visits = Visits(
        case,
        _joined(portions, 1, lambda column: [index[key] for key in column]),
        _joined(portions, 2, lambda column: [days[text] for text in column]),
        _joined(portions, 3, lambda column: [FAR if text is None else days[text] for text in column]),
        _joined(portions, 4, lambda column: [_OUTCOMES.get(outcome, CUT) for outcome in column]),
        _joined(portions, 5, lambda column: [how == "imported" for how in column]).astype(bool),
    )
    spans = _spans(reading, measure, list(figures), numbers, days, index)
    imported_on = partial(_imported_on, driver, numbers)
    past = past_of(visits, spans, numbers, keys, versions, day.toordinal(), imported_on, measure)
    if given is None:
        return past
    values = _field_values(reading, measure, numbers, given())
    return past._replace(history=past.history._replace(value=values))


def past_of(
    visits: Visits,
    spans: Spans,
    numbers: Days,
    keys: tuple[str, ...],
    versions: tuple[tuple[int, Floats], ...],
    day: int,
    imported_on: Callable[[], Days],
    measure: Measure,
) -> Past:
    """The history of visits and figures by the end of a day; `imported_on` gives the day of import by case."""
    positions = bare_imports.bare(visits, day)
    listed = Timeline(spans.case, spans.start, spans.value)
    stage = visits.stage.copy()
    if len(positions):
        stage[positions] = len(keys)
        keys = (*keys, bare_imports.KEY)
        spans = bare_imports.revalued(spans, visits, positions, imported_on(), versions[-1][1])
        versions = tuple(
            (on, np.append(found, bare_imports.shared_probability(visits, positions, found, day)))
            for on, found in versions
        )
    value, close, percent = bare_imports.timelines(spans)
    if measure.key == COUNT:
        value = value._replace(value=np.ones(len(spans.case)))
    merged = _merged(visits.case, stage, visits.entered, visits.left, visits.outcome)
    history = History(len(numbers), *merged, value, close, percent, listed if measure.key == AMOUNT else None)
    return Past(history, numbers, keys, versions)


def _imported_on(driver: Driver, numbers: Days) -> Days:
    recorded = stored.days_recorded(driver)
    days = _Ordinals()
    return np.array([days[recorded[int(number)]] for number in numbers], dtype=np.int64)


def _stages(
    reading: Reading, days: _Ordinals
) -> tuple[tuple[str, ...], tuple[tuple[int, Floats], ...], dict[str, int]]:
    """Stage keys, their probabilities by version, and the index of every key there ever was.

    A stage that a changed definition dropped is the one its opportunities were moved to, else one of its own.
    """
    moved = reading.soon(stored.stage_moves, reading.driver, reading.today)
    versions = stored.stage_probabilities(reading.driver, reading.today)
    former = {key: percent for _on, found in versions for key, percent in found.items()}
    current = {stage.key: stage.probability for stage in reading.pipeline.stages}
    moves = moved()
    lasting = {key: lasting_stage(key, tuple(current), moves) for key in former}
    usual = {lasting[key]: percent for key, percent in former.items()} | current
    keys = (*current, *(key for key in usual if key not in current))
    place = {key: n for n, key in enumerate(keys)}
    return (
        keys,
        tuple(
            (days[on], np.array([found.get(key, usual[key]) / 100 for key in keys], dtype=float))
            for on, found in versions
        ),
        {key: place[lasting[key]] for key in former},
    )


def _joined(portions: Iterable[Columns], column: int, read: Callable[[tuple[Any, ...]], Any]) -> Days:
    parts = [np.asarray(read(portion[column]), dtype=np.int64) for portion in portions]
    return np.concatenate(parts) if parts else np.zeros(0, dtype=np.int64)


def _merged(
    case: Days, stage: Days, entered: Days, left: Days, outcome: Days
) -> tuple[Days, Days, Days, Days, Days, Days]:
    """Visits with where they led to; those of one stage that only a renaming parted are one."""
    follows = (np.diff(case, append=-1) == 0) & ((outcome == MOVED) | (outcome == CUT))
    same = follows & (stage == np.append(stage[1:], -1))
    starts = ~np.append(False, same[:-1]) if len(case) else np.zeros(0, dtype=bool)
    ends = ~same
    to = np.where(follows, np.append(stage[1:], -1), -1)[ends]
    outcome = np.where((outcome[ends] == MOVED) & (to < 0), CUT, outcome[ends])
    return case[ends], stage[ends], entered[starts], left[ends], outcome, np.where(outcome == MOVED, to, -1)


def _spans(
    reading: Reading,
    measure: Measure,
    portions: Sequence[Columns],
    numbers: Days,
    days: _Ordinals,
    index: dict[str, int],
) -> Spans:
    """The value, the expected close day and the probability set by hand, from day to day."""

    def figures(read: Callable[[Columns], Iterable[float]]) -> Floats:
        parts = [np.fromiter(read(portion), dtype=float, count=len(portion[0])) for portion in portions]
        return np.concatenate(parts) if parts else np.zeros(0)

    case = np.searchsorted(numbers, _joined(portions, 0, lambda column: column))
    return Spans(
        case,
        _joined(portions, 1, lambda column: [days[text] for text in column]),
        _joined(portions, 8, lambda column: [index[key] for key in column]),
        _joined(portions, 3, lambda column: [status == "won" for status in column]).astype(bool),
        figures(lambda p: _amounts(reading, p)) if measure.key == AMOUNT else np.ones(len(case)),
        figures(lambda p: (_NOTHING if text is None else float(days[text]) for text in p[6])),
        figures(lambda p: (_NOTHING if percent is None else float(percent) for percent in p[7])),
    )


def _amounts(reading: Reading, portion: Columns) -> Iterator[float]:
    """Amounts in minor units of the pipeline's currency; without a rate one is counted, not priced: 0.

    What still stands open takes the rate of the report's day, everything else that of its own.
    """
    own, rates, today = reading.pipeline.currency, reading.pipeline.rates, reading.today
    for start, until, status, amount, currency in zip(*portion[1:6], strict=True):
        if amount is None or currency == own:
            yield _NOTHING if amount is None else float(amount)
            continue
        lasts = status == "open" and (until is None or until > today.isoformat())
        yield float(rates.convert(amount, currency, today if lasts else date.fromisoformat(start)) or 0)


def _field_values(
    reading: Reading, measure: Measure, numbers: Days, given: Iterable[tuple[int, date, Any]]
) -> Timeline:
    """A field of the company's own from day to day."""
    case, start, value = [], [], []
    place = {int(number): n for n, number in enumerate(numbers)}
    for number, day, found in given:
        if number in place and day <= reading.today:
            case.append(place[number])
            start.append(day.toordinal())
            known = measure.value({measure.key: found})
            value.append(_NOTHING if known is None else float(known))
    by_case = np.lexsort((start, case))  # what was given on one day stays in its order
    return Timeline(
        np.array(case, dtype=np.int64)[by_case],
        np.array(start, dtype=np.int64)[by_case],
        np.array(value, dtype=float)[by_case],
    )


def _field_changes(driver: Driver, key: str) -> list[tuple[int, date, Any]]:
    """Opportunity and day of every value a field was given; the journal is read of those where it changed."""
    found, changed = [], []
    for number, fields, described_on in stored.field_columns(driver):
        if described_on is None:
            found.append((number, date.min, json.loads(fields).get(key)))
        else:
            changed.append(opportunity_stream(number))
    for stream, events in journal.load_many(driver, changed):
        for event in ev.live(events):
            if event.kind == ev.OPENED:
                found.append((int(stream[1:]), date.min, event.payload.get("fields", {}).get(key)))
            elif event.kind == ev.DESCRIBED and key in event.payload["changes"]:
                found.append((int(stream[1:]), event.occurred_on, event.payload["changes"][key]))
    return found
