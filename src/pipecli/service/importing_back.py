"""Rows of an export of our own: which opportunities they are, and what those say now, as such an export would say it.

A row is known by its uid. What it changes is what it says otherwise than the opportunity does now, both read in the
same way; so that what was exported and not edited changes nothing, whatever a spreadsheet made of the file.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from pipecli.domain.importing import Row
from pipecli.domain.importing_digests import digests
from pipecli.domain.values import Reader
from pipecli.errors import InvalidInput
from pipecli.exporters.wording import clean
from pipecli.importers.delimited import Delimited
from pipecli.importers.json_table import text_of
from pipecli.importers.mapping import OWN, RowMapping
from pipecli.importers.reading import Labels, RowReader
from pipecli.importers.systems import PIPE
from pipecli.importers.table import Table, plain_number
from pipecli.importers.workbook import Sheet
from pipecli.store import imported, lists

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
        self._numbers = imported.numbers(unit.driver)
        self._merged = imported.merged_numbers(unit.driver)
        pipeline = unit.pipeline
        reader = Reader(pipeline, unit.today, ".", "dmy")
        labels = Labels(pipeline, {})
        self._reader = RowReader(reader, mapping, labels, currency=pipeline.currency, system=PIPE.key)

    def cells(self, cells: Sequence[str]) -> Sequence[str]:
        """The cells of a row without what an export put before them."""
        if not isinstance(self._table, Delimited):
            return cells
        return [cell[1:] if _QUOTED.match(cell) else cell for cell in cells]

    def known(self, rows: Sequence[Row]) -> dict[tuple[str, str], imported.Known]:
        """Those of the rows that are here, each with what it says now; of one that was merged, nothing."""
        here = [(row, self._numbers[row.uid]) for row in rows if row.uid in self._numbers]
        now = self._said([number for _row, number in here])
        known = {
            row.external: imported.Known(number, self._digests(row, now[number])) for row, number in here
        }
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

    def _digests(self, row: Row, cells: tuple[str, ...]) -> dict[str, str]:
        try:
            return digests(self._reader.read(row.line, cells, ()))
        except (
            InvalidInput
        ):  # what it says could not be entered any more: all that differs from it is written
            return {}
