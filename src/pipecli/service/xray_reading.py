"""Reading a file for a report: what cannot be read is left out and counted, nothing is refused that can be left out.

The rules are an import's own (`importing_source`, `importers.reading`); only what becomes of a fault differs. A file of
events, one row for each stage that an opportunity went to, is read as well.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from itertools import islice
from pathlib import Path
from typing import NamedTuple

from pipecli.config import Settings
from pipecli.domain import importing as rules
from pipecli.domain.dates import order_of
from pipecli.domain.importing import Row
from pipecli.domain.importing_steps import CLOSED
from pipecli.domain.pipeline import Pipeline, Stage
from pipecli.domain.stage_order import best_order, precedence
from pipecli.domain.values import Reader
from pipecli.errors import InvalidInput
from pipecli.importers.forms import Forms
from pipecli.importers.labels import Labels
from pipecli.importers.mapping import RowMapping, columns_of, row_mapping
from pipecli.importers.reading import HISTORY, RowReader, is_true
from pipecli.importers.recognising import SAMPLE, by_values
from pipecli.importers.stage_words import by_themselves, outcome_of
from pipecli.importers.table import Line, holds_values
from pipecli.text import _

from .discovery import NAMELESS, bare_pipeline
from .discovery_labels import Found, labels_of
from .discovery_source import Identifiers, open_discovery
from .import_request import Request
from .importing_source import Look, Source

NO_CURRENCY = "XXX"
"""What ISO 4217 calls no currency: of amounts for which a file names none."""
ALL = "all"
"""The one stage of a file that names none."""
_ZONE = "Europe/Paris"
_STANDING = ("status", "is_won", "is_closed", "active", "stage")
"""What says where a row stands; where two of these contradict each other, the later one is believed."""

Progress = Callable[[int, int], None]


class Unread(NamedTuple):
    """What could not be read of a field: how many rows, the first of them, and why."""

    field: str
    n: int
    line: int
    why: str


@dataclass(frozen=True)
class Told:
    """What a file says: its rows against the stages it has, and what had to be left out.

    `strict` of the `total` rows are as an import takes them; `deleted` were kept although they are deleted there.
    `chosen` are the columns taken for fields that no header names; `look` is there where columns were
    guessed; `questions` has by field what keeps a column from being read.
    """

    source: Source
    mapping: RowMapping
    pipeline: Pipeline
    rows: Sequence[Row]
    strict: int
    unread: Sequence[Unread]
    questions: Mapping[str, InvalidInput]
    look: Look | None
    total: int
    chosen: Mapping[str, str] = field(default_factory=dict)
    deleted: int = 0

    @property
    def events_only(self) -> bool:
        """Whether all that is known of the opportunities is their history."""
        return isinstance(self.source.table, Identifiers)

    @property
    def nameless(self) -> bool:
        """Whether no column names the opportunities, so that an import is still to be told which does."""
        return self.mapping.defaults.get("name") == NAMELESS and "name" not in self.mapping.sources

    @property
    def lands(self) -> int:
        """How many of the rows an import takes."""
        return 0 if self.deleted >= len(self.rows) > 0 else self.strict

    @property
    def headless(self) -> bool:
        """Whether the first row holds values rather than the names of columns."""
        return not self.source.system and holds_values(self.source.table.header)


@dataclass
class _Faults:
    """What could not be read so far, by field."""

    n: Counter[str] = field(default_factory=Counter)
    first: dict[str, tuple[int, str]] = field(default_factory=dict)

    def note(self, name: str, line: int, why: str) -> None:
        self.n[name] += 1
        self.first.setdefault(name, (line, why))

    def found(self) -> list[Unread]:
        return [Unread(name, n, *self.first[name]) for name, n in self.n.most_common()]


class _Rows(NamedTuple):
    """Rows as they were read, and how many of them an import would take."""

    rows: list[Row]
    strict: int


def read(
    path: Path, request: Request, settings: Settings, today: date, progress: Progress | None = None
) -> Told:
    """Read a file of opportunities or of events; raises InvalidInput only where it is no table or lists none."""
    source = open_discovery(path, request, even_deleted=True)
    blank = bare()
    looks: list[Look] = []

    def take(look: Look) -> Mapping[str, str]:
        looks.append(look)
        return look.columns

    found = source.found(blank, take)
    header = source.table.header
    file = replace(source.mapping, defaults={"name": NAMELESS, **source.mapping.defaults})
    mapping = row_mapping(header, blank, source.given, file, found)
    shown = _shown_by_values(source, mapping)
    if shown:
        mapping = row_mapping(header, blank, source.given, file, {**found, **shown})
    source, mapping, forms, questions = _formed(source, mapping, blank, request, settings)
    pipeline, labels, question = _stages(source, mapping, request)
    if question:
        mapping, questions = without(mapping, {"stage"}), {**questions, "stage": question}
    faults = _Faults()
    readers = _Readers(source, mapping, pipeline, labels, forms, today)
    got = _read_rows(readers, faults, today, progress)
    alone = isinstance(source.table, Identifiers)
    return Told(
        source,
        mapping,
        _as_followed(pipeline, got.rows),
        got.rows,
        got.strict,
        faults.found(),
        questions,
        looks[0] if looks and not alone else None,
        len(source.lines),
        {} if alone else {**_doubtful(looks), **shown},
        _deleted(source, mapping),
    )


def _doubtful(looks: Sequence[Look]) -> dict[str, str]:
    """The columns that were taken although no header speaks for them."""
    return {name: look.columns[name] for look in looks for name in look.doubtful}


def _shown_by_values(source: Source, mapping: RowMapping) -> dict[str, str]:
    """The columns whose values alone say what they are, of somebody's own sheet."""
    if source.system or source.mapping.columns:
        return {}
    sample = [line.cells for line in islice(source.lines, SAMPLE) if not line.fault]
    used = columns_of(mapping.sources)
    free = ["" if n in used else name for n, name in enumerate(source.table.header)]
    return by_values(free, sample, {*mapping.sources, *source.given})


def _texts(source: Source, mapping: RowMapping, name: str) -> list[str]:
    """What stands in the column of a field, row by row."""
    column = mapping.sources.get(name)
    if column is None:
        return []
    width = len(source.table.header)
    rows = (line.cells for line in source.lines if not line.fault)
    return [column.text((*cells, *[""] * (width - len(cells)))) for cells in rows]


def bare() -> Pipeline:
    """A pipeline that reads a file before its stages are known; amounts that name no currency have none in it."""
    return replace(bare_pipeline("EUR", _ZONE), currency=NO_CURRENCY)


def _stages(
    source: Source, mapping: RowMapping, request: Request
) -> tuple[Pipeline, Mapping[str, str], InvalidInput | None]:
    """A pipeline with the stages that the file has, in the order that they show by themselves, and what its labels
    mean; one stage that stands for all where it has none. With a column that holds no stages, why not."""
    question = None
    try:
        found = labels_of(source, mapping, request)
    except InvalidInput as error:
        if request.stages:
            raise
        labels = set(_texts(source, mapping, "stage")) - {""}
        ends = {label: outcome for label in labels if (outcome := outcome_of(label))}
        found = Found({}, ends, {}, {})
        question = error if labels - ends.keys() else None
    names = found.names or {ALL: ""}
    key_of = {name: key for key, name in names.items()}
    percents = {names[key]: percent for key, percent in found.percents.items()}
    ordered = by_themselves(list(names.values()), percents)
    stages = tuple(Stage(key_of[name], name, "", 0, 0, 100, None, None, (), ()) for name in ordered)
    return replace(bare(), stages=stages), found.places, question


def _deleted(source: Source, mapping: RowMapping) -> int:
    """How many rows are deleted there: an import would take none of them."""
    return sum(map(is_true, _texts(source, mapping, "deleted")))


def _formed(
    source: Source, mapping: RowMapping, pipeline: Pipeline, request: Request, settings: Settings
) -> tuple[Source, RowMapping, Forms, dict[str, InvalidInput]]:
    """How the columns write days and amounts; a column that leaves it open is left out, with its question."""
    order, decimal = order_of(settings.get("date_order").value), settings.get("decimal").value
    questions: dict[str, InvalidInput] = {}
    while True:
        try:
            return source, mapping, source.forms(mapping, pipeline, request, order, decimal), questions
        except InvalidInput as error:
            column = error.detail.get("column")
            if column == "at":
                source = replace(source, histories={}, entered=())
                questions["at"] = error
                continue
            header = source.table.header
            name = next(
                (
                    name
                    for name, one in mapping.sources.items()
                    if one.named(header) == column and name not in questions
                ),
                None,
            )
            if name is None:
                raise
            questions[name] = error
            mapping = without(mapping, {name})


def without(mapping: RowMapping, names: frozenset[str] | set[str]) -> RowMapping:
    """A mapping that leaves some fields out."""
    kept = {name: one for name, one in mapping.sources.items() if name not in names}
    return RowMapping(kept, mapping.defaults)


def _as_followed(pipeline: Pipeline, rows: Sequence[Row]) -> Pipeline:
    """The stages in the order in which they followed each other, where histories tell."""
    paths = [[(step.place, step.on) for step in row.steps if step.place not in CLOSED] for row in rows]
    if not any(paths):
        return pipeline
    stages = {stage.key: stage for stage in pipeline.stages}
    return replace(pipeline, stages=tuple(stages[key] for key in best_order(list(stages), precedence(paths))))


class _Readers:
    """Readers of the same rows, each without the fields that a row of its kind has wrong."""

    def __init__(
        self,
        source: Source,
        mapping: RowMapping,
        pipeline: Pipeline,
        labels: Mapping[str, str],
        forms: Forms,
        today: date,
    ) -> None:
        self.source, self.mapping, self.pipeline = source, mapping, pipeline
        self._forms, self._today = forms, today
        self._labels = Labels(pipeline, labels)
        self._made: dict[frozenset[str], RowReader] = {}

    def without(self, names: frozenset[str]) -> RowReader:
        """The reader that leaves these fields out."""
        if names not in self._made:
            self._made[names] = RowReader(
                Reader(self.pipeline, self._today, None, None),
                without(self.mapping, names),
                self._labels,
                currency=self.source.mapping.currency or NO_CURRENCY,
                system=self.source.system_key,
                forms=self._forms,
            )
        return self._made[names]


def _read_rows(readers: _Readers, faults: _Faults, today: date, progress: Progress | None) -> _Rows:
    """The rows that can be read, those of one identifier once: the first that an import takes, else the first."""
    rows: list[Row] = []
    place_of: dict[tuple[str, str], int] = {}
    taken: set[tuple[str, str]] = set()
    width, total = len(readers.source.table.header), len(readers.source.lines)
    for n, line in enumerate(readers.source.lines):
        if progress and n % 500 == 0:
            progress(n, total)
        if line.fault:
            faults.note("row", line.number, line.fault)
            continue
        cells = (*line.cells, *[""] * (width - len(line.cells)))
        row, whole = _row(readers, line._replace(cells=cells), faults)
        if row is None:
            continue
        lands = whole and row.values["name"] != NAMELESS and _has_course(row, readers.pipeline, today)
        place = place_of.setdefault(row.external, len(rows))
        if place == len(rows):
            rows.append(row)
        elif lands and row.external not in taken:
            rows[place] = row
        else:
            same = _('its identifier "{id}" is that of line {line}')
            faults.note("id", line.number, same.format(id=row.external[1], line=rows[place].line))
            continue
        if lands:
            taken.add(row.external)
    return _Rows(rows, len(taken))


def _row(readers: _Readers, line: Line, faults: _Faults) -> tuple[Row | None, bool]:
    """The row without what cannot be read of it, and whether that was nothing."""
    left_out: frozenset[str] = frozenset()
    identifier = readers.mapping.sources.get("id")
    key = identifier.text(line.cells) if identifier else ""
    history = readers.source.past(line, key)
    while True:
        try:
            return readers.without(left_out).read(line.number, line.cells, history), not left_out
        except InvalidInput as error:
            name = _blamed(error, readers.mapping, left_out)
            if name == HISTORY:
                history = ()
            faults.note(name or "row", line.number, _reason(error))
            if name is None:
                return None, False
            left_out |= {name}


def _blamed(error: InvalidInput, mapping: RowMapping, left_out: frozenset[str]) -> str | None:
    """The field that a refusal is about; None where it is about none that is left."""
    name = error.detail.get("field")
    if name not in left_out and (name == HISTORY or name in mapping.sources):
        return str(name)
    return next((one for one in _STANDING if one in mapping.sources and one not in left_out), None)


def _reason(error: InvalidInput) -> str:
    """What is wrong with a field, without its name in front."""
    name = error.detail.get("field")
    return error.message.removeprefix(f"{name}: ") if name else error.message


def _has_course(row: Row, pipeline: Pipeline, today: date) -> bool:
    try:
        rules.course(row, pipeline, today)
    except InvalidInput:
        return False
    return True
