"""Rows of an export of our own: which opportunities they are, and what those say now, as such an export would say it.

A row is known by its uid. What it changes is what was edited in it (`domain.importing_edits`): it is held beside what
the opportunity says now and said after each command before, all read in the same way; so that what was exported and
not edited changes nothing, whatever a spreadsheet made of the file and whatever was done here since.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence
from datetime import date, timedelta

from pipecli.domain.events import Event
from pipecli.domain.evolve import moments
from pipecli.domain.importing import Difference, Row
from pipecli.domain.importing_digests import digests
from pipecli.domain.importing_edits import edited
from pipecli.domain.values import Reader
from pipecli.errors import InvalidInput
from pipecli.exporters.wording import clean
from pipecli.importers.delimited import Delimited
from pipecli.importers.json_table import text_of
from pipecli.importers.labels import Labels
from pipecli.importers.mapping import OWN, RowMapping
from pipecli.importers.reading import RowReader
from pipecli.importers.systems import PIPE
from pipecli.importers.table import Line, Table, plain_number
from pipecli.importers.workbook import Sheet
from pipecli.store import imported, lists, projection

from .past import row_with_names
from .records import Record, record
from .unit import Unit

_QUOTED = re.compile(r"'+[=+\-@\t\r]")
"""What begins with an apostrophe that only the export as CSV put there (`exporters.csv_format`)."""


class Returning:
    """The opportunities of a workspace beside the rows of a file that was exported from it, or from another."""

    def __init__(self, unit: Unit, table: Table, mapping: RowMapping) -> None:
        self._unit = unit
        self._table = table
        self._mapping = mapping
        merged = unit.soon(imported.merged_numbers, unit.driver)
        self._numbers = imported.numbers(unit.driver)
        self._merged = merged()
        pipeline = unit.pipeline
        reader = Reader(pipeline, unit.today, ".", "dmy")
        labels = Labels(pipeline, {})
        self._reader = RowReader(reader, mapping, labels, currency=pipeline.currency, system=PIPE.key)
        self._now: dict[int, Row | None] = {}
        self._written: dict[int, date] = {}
        self._past: dict[int, list[tuple[date, tuple[str, ...]]]] = {}
        self.stale: Counter[str] = Counter()

    def cells(self, line: Line) -> Sequence[str]:
        """The cells of a row without what an export put before them."""
        if day := self._day(line.cells):
            self._written[line.number] = day
        if not isinstance(self._table, Delimited):
            return line.cells
        return [cell[1:] if _QUOTED.match(cell) else cell for cell in line.cells]

    def _day(self, cells: Sequence[str]) -> date | None:
        """The day an open one was exported, by its days in the stage; None where the file does not say."""
        told = dict(zip(self._table.header, cells, strict=False))
        try:
            days = timedelta(int(told.get("days_in_stage", "")))
            return date.fromisoformat(told.get("stage_entered_on", "")) + days
        except (ValueError, OverflowError):
            return None

    def known(self, rows: Sequence[Row]) -> dict[tuple[str, str], imported.Known]:
        """Those of the rows that are here, each with what it says now; of one that was merged, nothing."""
        here = [(row, self._numbers[row.uid]) for row in rows if row.uid in self._numbers]
        said = self._said([number for _row, number in here])
        self._now = {number: self._read(row.line, said[number]) for row, number in here}
        self._written = {row.line: self._written[row.line] for row in rows if row.line in self._written}
        self._past.clear()
        known = {row.external: imported.Known(number, self._digests(number)) for row, number in here}
        gone = [(row, self._merged[row.uid]) for row in rows if row.uid in self._merged]
        return known | {row.external: imported.Known(number, {}, is_merged=True) for row, number in gone}

    def says_the_same(self, cells: Sequence[str]) -> bool:
        """Whether a row says what its opportunity says to the letter, as one may that could not be entered any more."""
        texts = self._mapping.texts(cells)
        number = self._numbers.get(texts.get("id", ""))
        return number is not None and self._mapping.texts(self._said([number])[number]) == texts

    def _said(self, numbers: Sequence[int]) -> dict[int, tuple[str, ...]]:
        """The cells of these opportunities under the header of the file."""
        unit = self._unit
        rows = lists.rows_of(unit.driver, numbers, unit.pipeline, unit.today)
        return {row.number: self._cells(record(row, unit.pipeline, unit.today)) for row in rows}

    def _cells(self, found: Record) -> tuple[str, ...]:
        return tuple(self._cell(found, name) for name in self._table.header)

    def _cell(self, found: Record, name: str) -> str:
        value = found["fields"].get(name.removeprefix(OWN)) if name.startswith(OWN) else found.get(name)
        if not isinstance(self._table, Sheet):
            return text_of(value)
        # A sheet keeps no control characters; sixteen digits are written and fifteen read.
        return clean(
            plain_number(format(float(format(value, ".16G")), ".15g"))
            if isinstance(value, float)
            else text_of(value)
        )

    def _digests(self, number: int) -> dict[str, str]:
        now = self._now[number]
        # What it says could not be entered any more: all that differs from it is written.
        return digests(now) if now else {}

    def _read(self, line: int, cells: tuple[str, ...]) -> Row | None:
        try:
            return self._reader.read(line, cells, ())
        except InvalidInput:
            return None

    def learn(self, number: int, events: Sequence[Event]) -> None:
        """What an opportunity said after each command, by its stream."""
        unit, said = self._unit, []
        for state in moments(events):
            if not state.is_merged:
                unit.learn_names(state)
                row = projection.rows(state, unit.pipeline, unit.names)["opportunity"][0]
                found = record(row_with_names(row, unit.names), unit.pipeline, unit.today)
                said.append((state.last_on, self._cells(found)))
        self._past[number] = said

    def edited(self, row: Row, number: int) -> tuple[Row, list[Difference]]:
        """The row with what was edited in it and all else as it is here, and what both sides changed."""
        now, past = self._now[number], self._past.get(number, [])
        if now is None or len(past) < 2:
            return row, []
        day = self._written.get(row.line, date.max) if row.is_open else date.max
        past = [one for one in past if one[0] <= day] or past
        moments = [one for _last, cells in reversed(past) if (one := self._read(row.line, cells))]
        found = edited(row, number, now, moments or [now])
        self.stale.update(found.stale)
        return found.row, found.differences
