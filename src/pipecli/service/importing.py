"""Importing a file of opportunities: every row lands, updates, changes nothing or is rejected, all in one transaction.

Rows are read, judged and built before the lock is taken. What a row becomes is the rule of
`domain.importing`; what stands in the file is found out by `importers`.
"""

from __future__ import annotations

import shlex
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from functools import cache
from itertools import islice
from pathlib import Path
from typing import NamedTuple

from pipecli.domain import importing as rules
from pipecli.domain.dates import order_of
from pipecli.domain.events import opportunity_stream
from pipecli.domain.fold import fold
from pipecli.domain.importing import Difference, Row
from pipecli.domain.importing_digests import digests
from pipecli.domain.importing_ids import SHORT, long_form
from pipecli.domain.values import Reader
from pipecli.errors import InvalidInput
from pipecli.importers.labels import Labels
from pipecli.importers.mapping import MappingFile, RowMapping, columns_of, row_mapping
from pipecli.importers.reading import RowReader
from pipecli.importers.rejected import ADDED, Rejected, require_room, write_rejected
from pipecli.importers.saving import require_place, write_mapping_file
from pipecli.importers.systems import SALESFORCE_DATA
from pipecli.importers.table import Line
from pipecli.store import directory, imported, journal, projection
from pipecli.text import _

from .import_request import Request
from .importing_back import Returning
from .importing_notes import Update, fields_of, notes_of
from .importing_people import Directory
from .importing_source import Agree, LeftOut, Source, label_pair, open_source
from .past import row_with_names
from .records import Record, record
from .unit import Unit
from .workspace import Workspace

__all__ = ["Agree", "Imported", "Request", "import_file"]

PREVIEWED = 5
PORTION = 500
"""Rows that are looked up among those of earlier imports at once."""

DECIDING = 65
"""Of a hundred parts of the work, those that come before writing."""

Progress = Callable[[int, int], None]


NOTHING_ELSE = Request()


class Imported(NamedTuple):
    """What an import did, or with `dry_run` would do.

    The counts are of rows; `updates` say which fields changed. `columns` says which column fills which field,
    `preview` has the first rows that land or update, with their lines; `strangers` are identifiers of the history
    that the file does not have.
    `system` is whose export it was recognised as, `left_out` what is no opportunity, `unread` the columns that fill
    nothing.
    """

    path: str
    landed: int
    updated: int
    unchanged: int
    rejected: list[Rejected]
    rejected_file: str | None
    differences: list[Difference]
    updates: list[Update]
    preview: list[tuple[int, Record]]
    columns: dict[str, str]
    strangers: list[str]
    notes: list[str]
    dry_run: bool = False
    system: str | None = None
    left_out: Sequence[LeftOut] = ()
    unread: Sequence[str] = ()


def import_file(
    workspace: Workspace,
    path: str,
    request: Request = NOTHING_ELSE,
    *,
    dry_run: bool = False,
    progress: Progress | None = None,
    agree: Agree | None = None,
) -> Imported:
    """Import a CSV file or a spreadsheet; a row that cannot be read is rejected alone and written with its reason.

    `progress` is told how many rows of how many are done; `agree` is asked once about a guess. Raises InvalidInput
    where the file, the mapping or the history cannot be read at all, where no label of the file is a stage, and where
    a guess or the days of a column are a question.
    """
    source = open_source(Path(path), request)
    run = _Run(workspace, source, request, dry_run, progress, agree)
    found = workspace.prepare("import", run.build, dry_run=dry_run)
    run.leave_files()
    return found


def _around(unit: Unit, tally: _Tally) -> Directory:
    """What an import looks rows up in: whoever is known, and what is open by its name."""
    names = unit.soon(directory.all_names, unit.driver)
    there = unit.soon(imported.open_names, unit.driver)
    people = Directory(unit)
    unit.names |= names()
    tally.there = there()
    return people


@dataclass
class _Tally:
    """What became of the rows so far."""

    landed: int = 0
    updated: int = 0
    unchanged: int = 0
    rejected: list[Rejected] = field(default_factory=list)
    differences: list[Difference] = field(default_factory=list)
    updates: list[Update] = field(default_factory=list)
    preview: list[tuple[int, Record]] = field(default_factory=list)
    identifiers: set[str] = field(default_factory=set)
    undated: int = 0
    alike: list[tuple[str, str]] = field(default_factory=list)
    people_alike: list[tuple[str, str]] = field(default_factory=list)
    merged: list[tuple[int, int]] = field(default_factory=list)
    there: set[tuple[str, int]] = field(default_factory=set)
    doubles: int = 0


class _Run:
    """One import; `build` may be asked several times, each time for a unit of work of its own."""

    def __init__(
        self,
        workspace: Workspace,
        source: Source,
        request: Request,
        dry_run: bool,
        progress: Progress | None,
        agree: Agree | None,
    ) -> None:
        self._settings = workspace.settings
        self._source = source
        self._request = request
        self._dry_run = dry_run
        self._progress = progress
        self._agree = agree
        self._back: Returning | None = None
        self._left: tuple[RowMapping, list[Rejected]]

    def build(self, unit: Unit) -> Imported:
        """Decide every row in the unit and say what became of them."""
        source = self._source
        found = source.found(unit.pipeline, self._agree)
        mapping = row_mapping(source.table.header, unit.pipeline, source.given, source.mapping, found)
        labels = Labels(
            unit.pipeline,
            {**source.stages, **dict(label_pair(text) for text in self._request.stages)},
            pipelines_named=source.names_pipelines,
        )
        tally = _Tally()
        around = cache(unit.soon(_around, unit, tally))
        self._back = Returning(unit, source.table, mapping) if source.is_own else None
        rows = self._rows(self._reader(unit, mapping, labels), mapping, unit, tally)
        while portion := list(islice(rows, PORTION)):
            self._decide(unit, portion, around, tally)
        labels.require_some(_own_stages(source) if unit.is_first else "")
        tally.alike, tally.people_alike = around().alike(), around().people_alike()
        unit.told = self._write_told
        tally.rejected.sort(key=lambda r: r.line.number)
        written = bool(tally.rejected) and not self._dry_run
        self._left = (mapping, tally.rejected if written else [])
        if written:
            require_room(source.rejected)
        if self._mapping_file:
            require_place(self._mapping_file)
        return self._result(unit, mapping, tally, labels, str(source.rejected) if written else None)

    @property
    def _mapping_file(self) -> Path | None:
        wanted = self._request.save_mapping
        return Path(wanted) if wanted and not self._dry_run else None

    def leave_files(self) -> None:
        """Write what goes beside the file, once all is done."""
        source, request = self._source, self._request
        mapping, rejected = self._left
        if rejected:
            write_rejected(source.rejected, source.table, rejected)
        if not self._mapping_file:
            return
        write_mapping_file(
            self._mapping_file,
            MappingFile(
                columns={name: one.said(source.table.header) for name, one in mapping.sources.items()},
                stages={**source.stages, **dict(label_pair(text) for text in request.stages)},
                defaults=source.mapping.defaults,
                history=source.mapping.history,
                date_order=request.dates or source.mapping.date_order,
                decimal=request.decimal or source.mapping.decimal,
                currency=source.mapping.currency,
                system=source.system_key,
            ),
        )

    def _reader(self, unit: Unit, mapping: RowMapping, labels: Labels) -> RowReader:
        file, settings = self._source.mapping, self._settings
        decimal, order = settings.get("decimal").value, order_of(settings.get("date_order").value)
        return RowReader(
            Reader(unit.pipeline, unit.today, decimal, order),
            mapping,
            labels,
            currency=file.currency or unit.pipeline.currency,
            system=self._source.system_key,
            forms=self._source.forms(mapping, unit.pipeline, self._request, order, decimal),
        )

    def _rows(self, reader: RowReader, mapping: RowMapping, unit: Unit, tally: _Tally) -> Iterator[Row]:
        """The rows that can be read, one by one; the others are rejected."""
        seen: dict[tuple[str, str], int] = {}
        for n, line in enumerate(self._source.lines):
            self._tell(n)
            cells = self._back.cells(line) if self._back else line.cells
            try:
                row = self._row(reader, mapping, line._replace(cells=tuple(cells)), tally)
                if row.external in seen:
                    same = _('its identifier "{id}" is that of line {line}')
                    raise InvalidInput(same.format(id=row.external[1], line=seen[row.external]))
                rules.course(row, unit.pipeline, unit.today)
            except InvalidInput as error:
                if self._back and not line.fault and self._back.says_the_same(cells):
                    tally.unchanged += 1
                else:
                    tally.rejected.append(Rejected(line, error.message))
                continue
            seen[row.external] = line.number
            yield row

    def _row(self, reader: RowReader, mapping: RowMapping, line: Line, tally: _Tally) -> Row:
        source = mapping.sources.get("id")
        missing = len(self._source.table.header) - len(line.cells)
        identifier = source.text((*line.cells, *[""] * missing)) if source else ""
        if self._source.histories:
            tally.identifiers.add(long_form(identifier))
        if line.fault:
            raise InvalidInput(line.fault)
        return reader.read(line.number, line.cells, self._source.past(line, identifier))

    def _decide(
        self, unit: Unit, rows: Sequence[Row], around: Callable[[], Directory], tally: _Tally
    ) -> None:
        known = _known(unit, self._source.system_key, [row.external[1] for row in rows])
        if self._back:
            known |= self._back.known(rows)
        people = around()
        changed = _changed(rows, known)
        streams = {
            opportunity_stream(number): number
            for external, number in changed.items()
            if not known[external].is_merged
        }
        for stream, events in journal.load_many(unit.driver, list(streams)):
            unit.know(streams[stream], events)
            if self._back:
                self._back.learn(streams[stream], events)
        for row in rows:
            if row.external not in known:
                self._land(unit, row, people, tally)
            elif row.external in changed and known[row.external].is_merged:
                # The one it was merged into has a life of its own, which this row does not tell.
                tally.unchanged += 1
                tally.merged.append((row.line, known[row.external].number))
            elif row.external in changed:
                self._update(unit, row, known[row.external], people, tally)
            else:
                tally.unchanged += 1

    def _land(self, unit: Unit, row: Row, people: Directory, tally: _Tally) -> None:
        number, decision = unit.opening()
        way = rules.course(row, unit.pipeline, unit.today)
        values, named = row.values, people.of(row)
        tally.differences += rules.land(decision, number, row, way, named, unit.actor)
        tally.landed += 1
        if tally.there and row.is_open and named.account:
            tally.doubles += (fold(values["name"]), named.account) in tally.there
        tally.undated += bool(row.is_open and values.get("next_action") and not values.get("next_due"))
        _settle(unit, row, number, tally)

    def _update(self, unit: Unit, row: Row, known: imported.Known, people: Directory, tally: _Tally) -> None:
        decision = unit.decision(known.number)
        if self._back:
            row, both = self._back.edited(row, known.number)
            tally.differences += both
        tally.differences += rules.update(decision, row, known.digests, people.of)
        if decision.events:
            tally.updated += 1
            tally.updates.append(Update(row.line, known.number, fields_of(decision.events)))
        else:
            tally.unchanged += 1
        _settle(unit, row, known.number, tally)

    def _tell(self, n: int) -> None:
        """Deciding what a row becomes is a share of the work, writing it the rest."""
        if self._progress and n % 100 == 0:
            self._progress(n * DECIDING // 100, len(self._source.lines))

    def _write_told(self, done: int, steps: int) -> None:
        if self._progress:
            total = len(self._source.lines)
            left = total * (100 - DECIDING) * (steps - done) // (100 * steps)
            self._progress(total - left, total)

    def _result(
        self, unit: Unit, mapping: RowMapping, tally: _Tally, labels: Labels, rejected_file: str | None
    ) -> Imported:
        source, header = self._source, self._source.table.header
        used = columns_of(mapping.sources) | source.history_columns
        told = {*ADDED, *(source.system.derived if source.system else ())}
        unread = [name for n, name in enumerate(header) if name and n not in used and name not in told]
        strangers = [key for key in self._source.histories if key not in tally.identifiers]
        return Imported(
            path=str(self._source.path),
            landed=tally.landed,
            updated=tally.updated,
            unchanged=tally.unchanged,
            rejected=tally.rejected,
            rejected_file=rejected_file,
            differences=tally.differences,
            updates=tally.updates,
            preview=tally.preview,
            columns={
                name: (" / " if one.either else " + ").join(header[column] for _words, column in one.pieces)
                for name, one in mapping.sources.items()
            },
            strangers=strangers,
            notes=notes_of(
                source,
                unread,
                tally.undated,
                strangers,
                labels,
                (tally.alike, tally.people_alike),
                tally.merged,
                self._back.stale if self._back else {},
                tally.doubles,
            ),
            dry_run=self._dry_run,
            system=source.system.name if source.system else None,
            left_out=source.left_out,
            unread=unread,
        )


def _own_stages(source: Source) -> str:
    """What to type where there is nothing yet, so that the stages may still be those of the file."""
    line = _(
        "; or take the file's own stages: pipe stages discover {path} -o {draft}, then pipe stages adopt {draft}"
    )
    return line.format(path=shlex.quote(str(source.path)), draft="pipeline.toml")


def _known(unit: Unit, system: str, identifiers: Sequence[str]) -> dict[tuple[str, str], imported.Known]:
    """What was imported from a system before; those of Salesforce by the long form of their identifiers."""
    if system != SALESFORCE_DATA.key:
        return imported.known_rows(unit.driver, system, identifiers)
    short = [identifier[:SHORT] for identifier in identifiers if len(identifier) > SHORT]
    known = imported.known_rows(unit.driver, system, [*identifiers, *short])
    return {(source, long_form(key)): one for (source, key), one in known.items()}


def _changed(rows: Sequence[Row], known: dict[tuple[str, str], imported.Known]) -> dict[tuple[str, str], int]:
    """The opportunities imported before whose rows say something else now."""
    found = {}
    for row in rows:
        before = known.get(row.external)
        if before and any(before.digests.get(k) != d for k, d in digests(row).items()):
            found[row.external] = before.number
    return found


def _settle(unit: Unit, row: Row, number: int, tally: _Tally) -> None:
    """Let go of what was decided, the first few as they are shown kept."""
    decision = unit.decision(number)
    if decision.events and len(tally.preview) < PREVIEWED:
        shown = projection.rows(decision.state, unit.pipeline, unit.names)["opportunity"][0]
        tally.preview.append((row.line, record(row_with_names(shown, unit.names), unit.pipeline, unit.today)))
    unit.settle(number)
