"""The files of one import, opened and understood as far as that needs no workspace: which system they come from, which
rows are no opportunities, which columns would be guessed. What becomes of the rows is `importing`'s."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import islice
from pathlib import Path
from typing import NamedTuple

from pipecli.domain.dates import Order, order_of
from pipecli.domain.importing_ids import long_form
from pipecli.domain.importing_leftovers import is_total, repeats, tail
from pipecli.domain.money import shown
from pipecli.domain.pipeline import Pipeline
from pipecli.domain.values import split_assignment
from pipecli.errors import InvalidInput
from pipecli.importers.forms import Forms, forms_of
from pipecli.importers.history import (
    Entered,
    Histories,
    beside_entered,
    entered_columns,
    moments_in,
    read_histories,
)
from pipecli.importers.mapping import (
    MappingFile,
    RowMapping,
    argument,
    exact_columns,
    field_names,
    read_mapping_file,
)
from pipecli.importers.opening import Witness, open_table
from pipecli.importers.reading import Moment, is_true
from pipecli.importers.recognising import (
    SAMPLE,
    Guess,
    guessed,
    is_of_others,
    system_columns,
    system_of,
    wordiest,
)
from pipecli.importers.rejected import rejected_path
from pipecli.importers.systems import HUBSPOT, PIPE, System
from pipecli.importers.table import Line, Lines, Rows, Table
from pipecli.text import _

from .import_request import Request

SAMPLES = 3
LAST = 20
"""Rows among which the last lines of a report are looked for."""


class LeftOut(NamedTuple):
    """A row that is no opportunity: the line it stands on, what it is, its first words."""

    line: int
    kind: str
    text: str


class Look(NamedTuple):
    """A guess to be agreed on: the columns by field, the values under them, what several columns fit, and what only
    the values speak for."""

    path: str
    columns: dict[str, str]
    samples: dict[str, list[str]]
    rivals: Mapping[str, tuple[str, ...]]
    doubtful: tuple[str, ...]
    header: tuple[str, ...]


Agree = Callable[[Look], Mapping[str, str]]
"""Asked once with a guess: the columns to use, as `--map` would say them."""


@dataclass(frozen=True)
class Source:
    """The files of one import, read."""

    path: Path
    table: Table
    lines: Rows
    left_out: Sequence[LeftOut]
    mapping: MappingFile
    histories: Histories
    rejected: Path
    system: System | None
    given: Mapping[str, str]
    entered: Sequence[Entered] = ()
    agreed: dict[str, str] = field(default_factory=dict)

    @property
    def system_key(self) -> str:
        """Whose identifiers the file has."""
        return self.system.key if self.system and self.mapping.system == "csv" else self.mapping.system

    @property
    def is_own(self) -> bool:
        """Whether it was exported by this program, from this workspace or another."""
        return self.system_key == PIPE.key

    @property
    def stages(self) -> dict[str, str]:
        """What the labels of the file are known to mean."""
        return {**(self.system.stages if self.system else {}), **self.mapping.stages}

    @property
    def names_pipelines(self) -> bool:
        """Whether the labels of its stages may end with the name of a pipeline."""
        return self.system is HUBSPOT or bool(self.entered)

    def past(self, line: Line, identifier: str) -> Sequence[Moment]:
        """The history of a row: in the file of histories by its identifier, else in its own columns."""
        told = self.histories.get(long_form(identifier), ()) if identifier else ()
        return told or list(moments_in(line, self.entered))

    def moments(self) -> Iterator[Moment]:
        """Every row of every history."""
        for moments in self.histories.values():
            yield from moments
        for line in self.lines if self.entered else ():
            yield from moments_in(line, self.entered)

    @property
    def history_columns(self) -> set[int]:
        """The places of the columns that tell the past of a row, or tell it again."""
        return {one.place for one in self.entered} | (
            beside_entered(self.table.header) if self.entered else set()
        )

    def found(self, pipeline: Pipeline, agree: Agree | None) -> dict[str, str]:
        """The columns that were recognised or agreed on; a guess is asked once, however often this is called.

        Raises InvalidInput where nobody is there to agree and the guess is not clear.
        """
        if self.mapping.columns:
            return {}
        if self.system:
            return system_columns(self.system, self.table.header)
        if not self.agreed:
            self.agreed.update(self._agreed(pipeline, agree))
        return self.agreed

    def _agreed(self, pipeline: Pipeline, agree: Agree | None) -> dict[str, str]:
        header = self.table.header
        said = field_names({**self.given, **self.mapping.defaults}, pipeline)
        exact = exact_columns(header, pipeline, said)
        taken = {*exact.values(), *(text for text in self.given.values() if text.strip())}
        free = ["" if name in taken else name for name in header]
        sample = [line.cells for line in islice(self.lines, SAMPLE) if not line.fault]
        guess = guessed(free, sample, {*said, *exact})
        sure = said | exact.keys() | (guess.columns.keys() - {*guess.doubtful})
        if "name" not in sure:
            named = self._name({**exact, **guess.columns}, sure)
            guess = Guess({**guess.columns, "name": named}, guess.rivals, ("name",))
        if not guess.columns:
            return exact
        columns = {**exact, **guess.columns}
        samples = {name: self._samples(text) for name, text in columns.items()}
        look = Look(str(self.path), columns, samples, guess.rivals, guess.doubtful, header)
        if agree is None:
            require_clear(look)
            return columns
        return dict(agree(look))

    def _name(self, columns: Mapping[str, str], sure: Iterable[str]) -> str:
        """What to call the opportunities by where no header says it: the words that differ most among the account and
        the columns that fill nothing, else the identifier; where a cell is blank, the identifier stands for it."""
        header = self.table.header
        used = {columns[name] for name in sure if name in columns} | set(self.given.values())
        free = ["" if name in used and name != columns.get("account") else name for name in header]
        name = wordiest(free, [line.cells for line in islice(self.lines, SAMPLE) if not line.fault])
        name = name or columns.get("account", "")
        identifier = columns.get("id", "")
        if name and identifier and not all(self._cells(name)):
            return f"{{{name}|{identifier}}}"
        return name or identifier or next(name for name in header if name)

    def _cells(self, name: str) -> Iterator[str]:
        """What stands in a column, row by row."""
        at = self.table.header.index(name)
        return (line.cells[at].strip() if at < len(line.cells) else "" for line in self.lines)

    def _samples(self, text: str) -> list[str]:
        """The first values of a column, each once."""
        name = (
            text if text in self.table.header else text.removeprefix("{").rpartition("}")[0].partition("|")[0]
        )
        cells = islice(self._cells(name), SAMPLE)
        return list(dict.fromkeys(cell for cell in cells if cell))[:SAMPLES]

    def forms(
        self,
        mapping: RowMapping,
        pipeline: Pipeline,
        request: Request,
        order: Order | None,
        decimal: str | None,
    ) -> Forms:
        """How the columns write days and amounts; raises InvalidInput where that is a question."""
        order = order_of(request.dates or self.mapping.date_order) or order
        decimal = request.decimal or self.mapping.decimal or ("." if self.is_own else decimal)
        forms = forms_of(self.table.header, mapping, self.lines, pipeline, order, decimal)
        if not self.histories and not self.entered:
            return forms

        def told() -> Iterator[tuple[int, str]]:
            return ((m.line, m.texts["at"]) for m in self.moments())

        return forms.with_history(told, order)


def label_pair(text: str) -> tuple[str, str]:
    """`LABEL=KEY` apart at the last sign, because a label can hold one."""
    label, sign, key = text.rpartition("=")
    if not sign or not label.strip() or not key.strip():
        raise InvalidInput(_('"{text}" is not LABEL=KEY').format(text=text[:40]))
    return label, key


def require_clear(look: Look) -> None:
    """Raise InvalidInput with the `--map` to type where a guess has more than one answer."""
    for name, columns in look.rivals.items():
        raise InvalidInput(
            _("several columns could be {field}: {columns}; say which: --map {example}").format(
                field=name, columns=", ".join(map(shown, columns)), example=argument(name, columns[0])
            ),
            field=name,
            columns=list(columns),
        )
    for name in look.doubtful:
        raise InvalidInput(
            _("nothing names the opportunity; the columns are: {columns}; say which: --map {example}").format(
                columns=", ".join(shown(column) for column in look.header if column),
                example=argument(name, look.columns[name]),
            ),
            columns=list(look.header),
        )


def open_source(path: Path, request: Request, *, even_deleted: bool = False) -> Source:
    """Read the files of an import; raises InvalidInput where one cannot be read or changes meanwhile.

    `even_deleted` takes a file in which every opportunity is deleted as if none were.
    """
    mapping = read_mapping_file(Path(request.mapping)) if request.mapping else MappingFile()
    inputs = (path, *(Path(p) for p in (request.mapping, request.history) if p))
    witnesses = [Witness.of(one) for one in inputs]
    table = open_table(path, request.sheet, request.encoding)
    given = dict(split_assignment(text) for text in request.maps)
    system = None if mapping.columns else system_of(table.header)
    flags = system_columns(system, table.header) if system else mapping.columns
    lines, left_out = _sorted_out(table, flags.get("deleted"))
    if not lines and even_deleted:
        lines, left_out = _sorted_out(table, None)
    if not lines and len(left_out) > len(table.above):
        line = _("{path} has no opportunities: each of its rows is a total, a header or deleted there")
        raise InvalidInput(line.format(path=path), path=str(path))
    if not lines:
        raise InvalidInput(_("{path} has a header and no rows").format(path=path), path=str(path))
    if not given and not mapping.columns and not system:
        _refuse_others(path, table)
    histories = read_histories(Path(request.history), mapping) if request.history else {}
    for witness in witnesses:
        witness.require_unchanged()
    rejected = Path(request.rejected) if request.rejected else rejected_path(path)
    if any(rejected.absolute() == one.absolute() for one in inputs):
        raise InvalidInput(_("the rejected rows cannot go to {path}, which is read").format(path=rejected))
    entered = entered_columns(table.header)
    return Source(path, table, lines, left_out, mapping, histories, rejected, system, given, entered)


def _refuse_others(path: Path, table: Table) -> None:
    """Raise InvalidInput for an export of accounts or contacts, which would land as opportunities."""
    if is_of_others(table.header):
        line = _(
            "{path} is a list of accounts or contacts, not of opportunities; if it is one: --map name=COLUMN"
        )
        raise InvalidInput(line.format(path=path), path=str(path))


def _sorted_out(table: Table, flag: str | None) -> tuple[Lines, list[LeftOut]]:
    """The rows of opportunities, and those that are none; `flag` is the column that says what was deleted there."""
    header = table.header
    out = [_left(line, "title") for line in table.above]
    deleted = header.index(flag) if flag in header else None
    kept = Lines()
    last: deque[Line] = deque()  # the lines of a report stand at the end
    for line in table.lines():
        if repeats(header, line.cells):
            out.append(_left(line, "header"))
        elif is_total(header, line.cells):
            out.append(_left(line, "total"))
        elif deleted is not None and not line.fault and is_true(line.cells[deleted]):
            out.append(_left(line, "deleted"))
        else:
            last.append(line)
            if len(last) > LAST:
                kept.put(last.popleft())
    n = tail([(line.number, line.cells) for line in last], len(header))
    for line in islice(last, len(last) - n):
        kept.put(line)
    out += [_left(line, "report") for line in islice(last, len(last) - n, None)]
    return kept, sorted(out)


def _left(line: Line, kind: str) -> LeftOut:
    return LeftOut(line.number, kind, next((cell.strip() for cell in line.cells if cell.strip()), ""))
