"""Importing a CSV file: every row lands, updates, changes nothing or is rejected, all in one transaction.

Rows are read, judged and built before the lock is taken. What a row becomes is the rule of
`domain.importing`; what stands in the file is found out by `importers`.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import NamedTuple

from pipecli.domain import importing as rules
from pipecli.domain.events import opportunity_stream
from pipecli.domain.fold import fold
from pipecli.domain.importing import Difference, People, Row
from pipecli.domain.money import shown
from pipecli.domain.values import Reader, contact_parts, split_assignment
from pipecli.errors import InvalidInput
from pipecli.importers.delimited import Delimited, Line, open_delimited
from pipecli.importers.history import Histories, read_histories
from pipecli.importers.mapping import MappingFile, RowMapping, read_mapping_file, row_mapping
from pipecli.importers.reading import Labels, RowReader
from pipecli.importers.rejected import Rejected, rejected_path, write_rejected
from pipecli.store import directory, imported, journal, projection
from pipecli.text import _, ngettext

from .past import row_with_names
from .records import Record, record
from .unit import Unit
from .workspace import Workspace

PREVIEWED = 5

Progress = Callable[[int, int], None]


class Request(NamedTuple):
    """What was asked beside the file: `maps` are FIELD=COLUMN, `stages` LABEL=KEY, the rest names files."""

    maps: tuple[str, ...] = ()
    stages: tuple[str, ...] = ()
    mapping: str | None = None
    history: str | None = None
    rejected: str | None = None


NOTHING_ELSE = Request()


class Imported(NamedTuple):
    """What an import did, or with `dry_run` would do.

    The counts are of rows. `columns` says which column fills which field, `preview` has the first rows that
    land or update, with their lines; `strangers` are identifiers of the history that the file does not have.
    """

    path: str
    landed: int
    updated: int
    unchanged: int
    rejected: list[Rejected]
    rejected_file: str | None
    differences: list[Difference]
    preview: list[tuple[int, Record]]
    columns: dict[str, str]
    strangers: list[str]
    notes: list[str]
    dry_run: bool = False


def import_file(
    workspace: Workspace,
    path: str,
    request: Request = NOTHING_ELSE,
    *,
    dry_run: bool = False,
    progress: Progress | None = None,
) -> Imported:
    """Import a CSV file; a row that cannot be read is rejected alone and written with its reason.

    `progress` is told how many rows of how many are done. Raises InvalidInput where the file, the mapping or
    the history cannot be read at all, or where no label of the file is a stage.
    """
    source = _open(Path(path), request)
    run = _Run(workspace, source, request, dry_run, progress)
    return workspace.prepare("import", run.build, dry_run=dry_run)


@dataclass(frozen=True)
class _Source:
    """The files of one import, read."""

    path: Path
    table: Delimited
    lines: Sequence[Line]
    mapping: MappingFile
    histories: Histories
    rejected: Path


def _open(path: Path, request: Request) -> _Source:
    mapping = read_mapping_file(Path(request.mapping)) if request.mapping else MappingFile()
    table = open_delimited(path)
    lines = list(table.lines())
    if not lines:
        raise InvalidInput(_("{path} has a header and no rows").format(path=path), path=str(path))
    histories = read_histories(Path(request.history), mapping) if request.history else {}
    rejected = Path(request.rejected) if request.rejected else rejected_path(path)
    inputs = (path, *(Path(p) for p in (request.mapping, request.history) if p))
    if any(rejected.absolute() == one.absolute() for one in inputs):
        raise InvalidInput(_("the rejected rows cannot go to {path}, which is read").format(path=rejected))
    return _Source(path, table, lines, mapping, histories, rejected)


@dataclass
class _Tally:
    """What became of the rows so far."""

    landed: int = 0
    updated: int = 0
    unchanged: int = 0
    rejected: list[Rejected] = field(default_factory=list)
    differences: list[Difference] = field(default_factory=list)
    touched: list[tuple[int, int]] = field(default_factory=list)
    identifiers: set[str] = field(default_factory=set)
    undated: int = 0


class _Run:
    """One import; `build` may be asked several times, each time for a unit of work of its own."""

    def __init__(
        self,
        workspace: Workspace,
        source: _Source,
        request: Request,
        dry_run: bool,
        progress: Progress | None,
    ) -> None:
        self._settings = workspace.settings
        self._source = source
        self._request = request
        self._dry_run = dry_run
        self._progress = progress

    def build(self, unit: Unit) -> Imported:
        """Decide every row in the unit and say what became of them."""
        file = self._source.mapping
        given = dict(split_assignment(text) for text in self._request.maps)
        mapping = row_mapping(self._source.table.header, unit.pipeline, given, file)
        labels = Labels(unit.pipeline, {**file.stages, **dict(_label(text) for text in self._request.stages)})
        tally = _Tally()
        rows = self._read(unit, mapping, labels, tally)
        labels.require_some()
        self._decide(unit, rows, tally)
        tally.rejected.sort(key=lambda r: r.line.number)
        written = bool(tally.rejected) and not self._dry_run
        if written:
            write_rejected(self._source.rejected, self._source.table, tally.rejected)
        return self._result(unit, mapping, tally, str(self._source.rejected) if written else None)

    def _read(self, unit: Unit, mapping: RowMapping, labels: Labels, tally: _Tally) -> list[tuple[Line, Row]]:
        file, settings = self._source.mapping, self._settings
        decimal = file.decimal or settings.get("decimal").value
        order = file.date_order or settings.get("date_order").value
        reader = RowReader(
            Reader(unit.pipeline, unit.today, decimal, order),
            mapping,
            labels,
            currency=file.currency or unit.pipeline.currency,
            system=file.system,
        )
        rows = []
        seen: dict[tuple[str, str], int] = {}
        for n, line in enumerate(self._source.lines):
            self._tell(n, 0)
            try:
                row = self._row(reader, mapping, line, tally)
                if row.external in seen:
                    same = _('its identifier "{id}" is that of line {line}')
                    raise InvalidInput(same.format(id=row.external[1], line=seen[row.external]))
                rules.course(row, unit.pipeline, unit.today)
            except InvalidInput as error:
                tally.rejected.append(Rejected(line, error.message))
                continue
            seen[row.external] = line.number
            rows.append((line, row))
        return rows

    def _row(self, reader: RowReader, mapping: RowMapping, line: Line, tally: _Tally) -> Row:
        source = mapping.sources.get("id")
        missing = len(self._source.table.header) - len(line.cells)
        identifier = source.text((*line.cells, *[""] * missing)) if source else ""
        tally.identifiers.add(identifier)
        if line.fault:
            raise InvalidInput(line.fault)
        history = self._source.histories.get(identifier, ()) if identifier else ()
        return reader.read(line.number, line.cells, history)

    def _decide(self, unit: Unit, rows: Sequence[tuple[Line, Row]], tally: _Tally) -> None:
        known = imported.known_rows(unit.driver, self._source.mapping.system)
        unit.names |= directory.all_names(unit.driver)
        people = _Directory(unit)
        changed = _changed(rows, known)
        streams = {opportunity_stream(number): number for number in changed.values()}
        for stream, events in journal.load_many(unit.driver, list(streams)):
            unit.know(streams[stream], events)
        for n, (_line, row) in enumerate(rows):
            self._tell(n, 1)
            if row.external not in known:
                number = self._land(unit, row, people, tally)
                tally.touched.append((row.line, number))
            elif row.external in changed:
                self._update(unit, row, known[row.external], people, tally)
            else:
                tally.unchanged += 1
        if self._progress:
            self._progress(len(self._source.lines), len(self._source.lines))

    def _land(self, unit: Unit, row: Row, people: _Directory, tally: _Tally) -> int:
        number, decision = unit.opening()
        way = rules.course(row, unit.pipeline, unit.today)
        tally.differences += rules.land(decision, number, row, way, people.of(row), unit.actor)
        tally.landed += 1
        values = row.values
        tally.undated += bool(row.is_open and values.get("next_action") and not values.get("next_due"))
        return number

    def _update(self, unit: Unit, row: Row, known: imported.Known, people: _Directory, tally: _Tally) -> None:
        decision = unit.decision(known.number)
        tally.differences += rules.update(decision, row, known.digests, lambda: people.of(row))
        if decision.events:
            tally.updated += 1
            tally.touched.append((row.line, known.number))
        else:
            tally.unchanged += 1

    def _tell(self, n: int, half: int) -> None:
        """Reading a row and deciding it are half of the work each."""
        total = len(self._source.lines)
        if self._progress and n % 100 == 0:
            self._progress((n + half * total) // 2, total)

    def _result(self, unit: Unit, mapping: RowMapping, tally: _Tally, rejected_file: str | None) -> Imported:
        header = self._source.table.header
        strangers = [key for key in self._source.histories if key not in tally.identifiers]
        return Imported(
            path=str(self._source.path),
            landed=tally.landed,
            updated=tally.updated,
            unchanged=tally.unchanged,
            rejected=tally.rejected,
            rejected_file=rejected_file,
            differences=tally.differences,
            preview=[(line, _shown(unit, number)) for line, number in tally.touched[:PREVIEWED]],
            columns={
                name: " + ".join(header[column] for _words, column in source.pieces)
                for name, source in mapping.sources.items()
            },
            strangers=strangers,
            notes=_notes(tally, strangers),
            dry_run=self._dry_run,
        )


def _label(text: str) -> tuple[str, str]:
    """`LABEL=KEY` apart at the last sign, because a label can hold one."""
    label, sign, key = text.rpartition("=")
    if not sign or not label.strip() or not key.strip():
        raise InvalidInput(_('"{text}" is not LABEL=KEY').format(text=text[:40]))
    return label, key


def _changed(
    rows: Sequence[tuple[Line, Row]], known: dict[tuple[str, str], imported.Known]
) -> dict[tuple[str, str], int]:
    """The opportunities imported before whose rows say something else now."""
    found = {}
    for _line, row in rows:
        before = known.get(row.external)
        if before and any(before.digests.get(k) != d for k, d in rules.digests(row).items()):
            found[row.external] = before.number
    return found


def _shown(unit: Unit, number: int) -> Record:
    row = projection.rows(unit.decision(number).state, unit.pipeline, unit.names)["opportunity"][0]
    return record(row_with_names(row, unit.names), unit.pipeline, unit.today)


def _notes(tally: _Tally, strangers: Sequence[str]) -> list[str]:
    notes = []
    if n := tally.undated:
        notes.append(
            ngettext(
                "{n} next action has no date and was left out: map next_due",
                "{n} next actions have no date and were left out: map next_due",
                n,
            ).format(n=n)
        )
    if n := len(strangers):
        listed = ", ".join(shown(key) or '""' for key in strangers[:5]) + (", …" if n > 5 else "")
        notes.append(
            ngettext(
                "the history has {n} identifier that the file does not have: {listed}",
                "the history has {n} identifiers that the file does not have: {listed}",
                n,
            ).format(n=n, listed=listed)
        )
    return notes


class _Directory:
    """Accounts by their exact name and contacts by name or address, loaded once; who is missing is added."""

    def __init__(self, unit: Unit) -> None:
        self._unit = unit
        self._accounts = directory.all_accounts(unit.driver)
        self._by_mail: dict[tuple[int | None, str], int] = {}
        self._by_name: dict[tuple[int | None, str], list[tuple[int, bool]]] = {}
        for person in imported.everybody(unit.driver):
            if person.name:
                self._remember(person.id, person.name, person.mail, person.account)

    def of(self, row: Row) -> People:
        """The ids of the account and people a row names, added where there are none."""
        values = row.values
        account = self._account(values.get("account"))
        contact, maker = (self._contact(values.get(key), account) for key in ("contact", "decision_maker"))
        return People(account, contact, maker)

    def _account(self, name: str | None) -> int | None:
        if not name:
            return None
        if name not in self._accounts:
            self._accounts[name] = self._unit.add_account(name)
        return self._accounts[name]

    def _contact(self, text: str | None, account: int | None) -> int | None:
        if not text:
            return None
        name, mail = contact_parts(text)
        found = self._by_mail.get((account, fold(mail))) if mail else None
        if found is None:
            alike = self._by_name.get((account, fold(name)), ())
            found = next((key for key, has_mail in alike if not (mail and has_mail)), None)
        if found is None:
            found = self._unit.add_contact(name, mail, account)
            self._remember(found, name, mail, account)
        return found

    def _remember(self, key: int, name: str, mail: str | None, account: int | None) -> None:
        if mail:
            self._by_mail.setdefault((account, fold(mail)), key)
        self._by_name.setdefault((account, fold(name)), []).append((key, bool(mail)))
