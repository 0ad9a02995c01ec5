"""Drafting a pipeline from what a company has: an export, a history, or the journal of its workspace.

`draft` reads the files of an import without any workspace: the labels of its stages make a pipeline of their own, the
rows are read against that, and what they say of the cycle is the rule of `domain.discovery`.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import date, datetime
from itertools import islice
from typing import NamedTuple

from pipecli import clock
from pipecli.config import Settings
from pipecli.domain import importing as rules
from pipecli.domain.dates import order_of
from pipecli.domain.definition import compile_definition
from pipecli.domain.definition_draft import StageAnswer
from pipecli.domain.definition_draft import draft as drafted_answers
from pipecli.domain.discovery import (
    Practice,
    Use,
    in_groups,
    journey_of,
    merges,
    uses,
)
from pipecli.domain.discovery_text import DraftedStage, definition_text
from pipecli.domain.importing import Row
from pipecli.domain.importing_steps import CLOSED, Step, Timed, in_order
from pipecli.domain.journeys import Journey
from pipecli.domain.money import known_currency, parse_amount
from pipecli.domain.opportunity import OPEN
from pipecli.domain.pipeline import LOST, WON, Pipeline, Stage
from pipecli.domain.stage_order import (
    Entry,
    Precedence,
    best_order,
    contradictions,
    mean_positions,
    precedence,
)
from pipecli.domain.statistics import cycle
from pipecli.domain.values import Reader
from pipecli.errors import InvalidInput
from pipecli.importers.labels import Labels
from pipecli.importers.mapping import RowMapping, row_mapping
from pipecli.importers.reading import RowReader
from pipecli.importers.rejected import Rejected
from pipecli.importers.stage_words import by_themselves
from pipecli.importers.table import Line
from pipecli.text import _

from .discovery_labels import Found, labels_of
from .discovery_text import drafted_definition
from .import_request import Request
from .importing_source import Source

NOTHING_ELSE = Request()
Progress = Callable[[int, int], None]
NAMELESS = "–"
_DEFAULT_CURRENCY, _DEFAULT_ZONE = "EUR", "Europe/Paris"


class Draft(NamedTuple):
    """A pipeline drafted from a file: its definition, compiled and as TOML, and what it rests on.

    `rows` are the rows of the file read against it, with their histories, `lines` those they stand on; `rejected` could
    not be read. `labels` says for each label of the file which stage, or won or lost, it means; `journeys` are the
    pasts of those that have one, in the stages of the file; `stages` are those of the draft.
    """

    pipeline: Pipeline
    toml: str
    practice: Practice
    lines: Sequence[Line]
    rows: Sequence[Row]
    rejected: Sequence[Rejected]
    mapping: RowMapping
    labels: Mapping[str, str]
    journeys: Sequence[Journey]
    stages: Sequence[DraftedStage]


def draft(
    source: Source,
    settings: Settings,
    request: Request = NOTHING_ELSE,
    currency: str | None = None,
    progress: Progress | None = None,
) -> Draft:
    """Draft the pipeline that a file of opportunities shows; `progress` is told how many rows of how many are read.

    Raises InvalidInput where nothing in it says a stage, where it says too many different things to be stages, and
    where the file cannot be read (see `importing.import_file`).
    """
    currency = known_currency(currency) if currency else None
    zone = settings.environ.get("TZ") or _DEFAULT_ZONE
    bare = bare_pipeline(currency or source.mapping.currency or _DEFAULT_CURRENCY, zone)
    mapping, source = _mapped(source, bare)
    bare = replace(bare, currency=currency or source.mapping.currency or _currency(source, mapping))
    found = labels_of(source, mapping, request)
    whole = replace(bare, stages=tuple(_stage(key, name) for key, name in found.names.items()))
    reading = _read(source, mapping, whole, found, settings, request, progress)
    return _drafted(reading, whole, found, mapping)


def bare_pipeline(currency: str, timezone: str) -> Pipeline:
    """A pipeline whose stages are still to be found."""
    toml = drafted_answers("-", currency, timezone, [StageAnswer("A", "?")], ["other"])
    return Pipeline.from_compiled(0, compile_definition(toml))


def _stage(key: str, name: str) -> Stage:
    return Stage(key, name, "", 0, 0, 100, None, None, (), ())


def _mapped(source: Source, bare: Pipeline) -> tuple[RowMapping, Source]:
    """The mapping of the file; one in which nothing names an opportunity serves as well here."""
    header = source.table.header
    try:
        found = source.found(bare, None)
        return row_mapping(header, bare, source.given, source.mapping, found), source
    except InvalidInput as error:
        if "name" in source.given or "name" in source.mapping.defaults:
            raise
        defaults = {"name": NAMELESS, **source.mapping.defaults}
        nameless = replace(source, mapping=replace(source.mapping, defaults=defaults), agreed={})
        try:
            found = nameless.found(bare, None)
            return row_mapping(header, bare, nameless.given, nameless.mapping, found), nameless
        except InvalidInput:
            raise error from None


def _currency(source: Source, mapping: RowMapping) -> str:
    """The currency that most of the first rows name, in a column of its own or beside their amounts."""
    named: Counter[str] = Counter()
    for line in islice(source.lines, 500):
        if line.fault:
            continue
        texts = mapping.texts((*line.cells, *[""] * (len(source.table.header) - len(line.cells))))
        unit = texts.get("currency")
        try:
            named[parse_amount(f"1 {unit}" if unit else texts.get("amount", ""), _DEFAULT_CURRENCY)[1]] += 1
        except InvalidInput:
            continue
    return named.most_common(1)[0][0] if named else _DEFAULT_CURRENCY


class _Reading(NamedTuple):
    """What the file says: rows with the instants of their steps, in the order of the file."""

    lines: list[Line]
    rows: list[Row]
    timed: list[list[Timed]]
    rejected: list[Rejected]
    today: date


def _read(
    source: Source,
    mapping: RowMapping,
    whole: Pipeline,
    found: Found,
    settings: Settings,
    request: Request,
    progress: Progress | None,
) -> _Reading:
    today = settings.report_day() or clock.today(whole.timezone)
    decimal, order = settings.get("decimal").value, order_of(settings.get("date_order").value)
    reader = RowReader(
        Reader(whole, today, decimal, order),
        mapping,
        Labels(whole, found.places),
        currency=whole.currency,
        system=source.system_key,
        forms=source.forms(mapping, whole, request, order, decimal),
    )
    reading = _Reading([], [], [], [], today)
    width = len(source.table.header)
    for n, line in enumerate(source.lines):
        if progress and n % 100 == 0:
            progress(n, len(source.lines))
        cells = (*line.cells, *[""] * (width - len(line.cells)))
        past = source.past(line, mapping.texts(cells).get("id", ""))
        try:
            if line.fault:
                raise InvalidInput(line.fault)
            row = reader.read(line.number, cells, ())
            timed = reader.timed(past, row.values)
            rules.course(row._replace(steps=in_order(timed, ())), whole, today)
        except InvalidInput as error:
            reading.rejected.append(Rejected(line, error.message))
            continue
        reading.lines.append(line)
        reading.rows.append(row)
        reading.timed.append(timed)
    if not reading.rows:
        first = reading.rejected[0]
        raise InvalidInput(
            _("{path}: no row could be read; line {line}: {reason}").format(
                path=source.path, line=first.line.number, reason=first.reason
            )
        )
    return reading


def _drafted(reading: _Reading, whole: Pipeline, found: Found, mapping: RowMapping) -> Draft:
    paths = [list(_entries(timed)) for timed in reading.timed if timed]
    order, before = _ordered(found, paths)
    whole = replace(whole, stages=tuple(_stage(key, found.names[key]) for key in order))
    rows = [
        row._replace(steps=in_order(t, order)) for row, t in zip(reading.rows, reading.timed, strict=True)
    ]
    journeys = list(_journeys(rows, whole, reading.today))
    practice = _practice(rows, journeys, order, found, reading.today)
    practice = practice._replace(
        pairs=sum(sum(counts.values()) for counts in before.values()), against=contradictions(order, before)
    )
    leader = {stage: practice.leader(group) for group in practice.groups for stage in group}
    used = _grouped(journeys, practice, leader, reading.today)
    definition = drafted_definition(practice, found, whole, rows, used)
    toml = definition_text(definition, practice)
    return Draft(
        Pipeline.from_compiled(1, compile_definition(toml)),
        toml,
        practice,
        reading.lines,
        [_placed(row, leader) for row in rows],
        reading.rejected,
        mapping,
        {label: leader.get(place, place) for label, place in found.places.items()},
        journeys,
        definition.stages,
    )


def _entries(timed: Sequence[Timed]) -> Iterator[tuple[str, datetime]]:
    return ((step.place, at) for at, step in timed if step.place not in CLOSED)


def _ordered(found: Found, paths: Sequence[Sequence[Entry]]) -> tuple[list[str], Precedence]:
    """The order of the stages, and which of them opportunities came to before which."""
    labels = list(found.names.values())
    key_of = {name: key for key, name in found.names.items()}
    percents = {found.names[key]: percent for key, percent in found.percents.items()}
    alone = [key_of[label] for label in by_themselves(labels, percents)]
    before = precedence(paths)
    return best_order(_by_position(alone, mean_positions(paths)), before), before


def _by_position(alone: Sequence[str], positions: Mapping[str, float]) -> list[str]:
    """The stages by how far along their way opportunities came to them; those without any past beside the one that
    they follow by themselves."""
    places, last = {}, 0.0
    for stage in alone:
        places[stage] = last = positions.get(stage, last)
    return sorted(alone, key=lambda stage: places[stage])


def _journeys(rows: Sequence[Row], whole: Pipeline, today: date) -> Iterator[Journey]:
    """The pasts of those that have a history with a stage."""
    for row in rows:
        if _has_past(row):
            yield journey_of(
                rules.course(row, whole, today), row.values.get("owner") or "", row.values.get("amount")
            )


def _has_past(row: Row) -> bool:
    return any(step.place not in CLOSED for step in row.steps)


def _practice(
    rows: Sequence[Row], journeys: Sequence[Journey], order: Sequence[str], found: Found, today: date
) -> Practice:
    """What the rows say; those with a history by where it ends."""
    plain = [row for row in rows if not _has_past(row)]
    status = Counter(row.steps[-1].place if row.steps else row.values["status"] for row in plain) + Counter(
        one.status for one in journeys
    )
    standing = Counter(row.values.get("stage") or order[0] for row in plain if row.is_open and not row.steps)
    standing += Counter(one.stays[-1].stage for one in journeys if one.status == OPEN)
    return Practice(
        tuple(order),
        found.names,
        uses(journeys, order, today.toordinal()),
        standing,
        len(rows),
        status[WON],
        status[LOST],
        len(journeys),
        0,
        0,
        tuple(merges(journeys, order, standing)),
        cycle(_whole_cycles(rows, today), WON),
        found.percents,
    )


def _whole_cycles(rows: Sequence[Row], today: date) -> Iterator[Journey]:
    """Opening to end of those whose two days are both told."""
    for row in rows:
        opened = min(
            (d for d in (row.values.get("created"), *(s.on for s in row.steps[:1])) if d), default=None
        )
        ends = [step.on for step in row.steps if step.place in CLOSED]
        closed = ends[-1] if ends else rules.closing_day(row, today)
        if not row.is_open and opened and closed and opened <= closed:
            steps = (Step(row.values["status"], closed, None),)
            yield journey_of(rules.Course(opened, "", None, steps), "", None)


def _grouped(
    journeys: Sequence[Journey], practice: Practice, leader: Mapping[str, str], today: date
) -> dict[str, Use]:
    """How the stages of the draft are used, merged ones as one."""
    kept = [practice.leader(group) for group in practice.groups]
    return uses([in_groups(one, leader) for one in journeys], kept, today.toordinal())


def _placed(row: Row, leader: Mapping[str, str]) -> Row:
    """A row whose stages are those of the draft."""
    stage = row.values.get("stage")
    values = {**row.values, "stage": leader[stage]} if stage else row.values
    return row._replace(
        values=values, steps=tuple(s._replace(place=leader.get(s.place, s.place)) for s in row.steps)
    )
