"""A workbook for spreadsheets (Office Open XML): typed cells, one sheet for each thing, in constant memory.

Text is never a formula: its cell is text, and marked so that it stays text when somebody edits it. What a cell or a
sheet cannot hold is cut, and counted, or goes on in another sheet.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date, datetime
from io import BytesIO
from math import isfinite
from typing import TYPE_CHECKING, Any, BinaryIO, NamedTuple

from pipecli.errors import ConfigError
from pipecli.text import _

from .wording import clean

if TYPE_CHECKING:
    from xlsxwriter import Workbook
    from xlsxwriter.format import Format
    from xlsxwriter.worksheet import Worksheet

TEXT, NUMBER, DATE = "text", "number", "date"
LONGEST = 32_767
"""What a cell holds, in UTF-16 units."""
ROWS = 1_048_575
"""What a sheet holds below its header."""
_FIRST_DAY = "1900-01-01"
_WIDTHS = {TEXT: 24, NUMBER: 12, DATE: 12}
_FORMULA = ("=", "+", "-", "@", "\t", "\r", "'")


class Column(NamedTuple):
    """A column: its header and what its values are: text, numbers (truth too), or dates as ISO text."""

    key: str
    kind: str = TEXT


class Money(NamedTuple):
    """An amount in major units, and how many decimals its currency has."""

    amount: int | float
    decimals: int


class Sheet(NamedTuple):
    """A sheet: its name, its columns, and its rows as they come."""

    name: str
    columns: Sequence[Column]
    rows: Iterable[Sequence[Any]]


def write_xlsx(out: BinaryIO, sheets: Iterable[Sheet], made_at: datetime) -> int:
    """Write the sheets; how many texts were too long for a cell and were cut.

    Raises ConfigError where the library is missing, OSError where the file cannot be written.
    """
    try:
        import xlsxwriter
    except ImportError as error:
        line = _("a workbook needs the XlsxWriter library; add it: pip install XlsxWriter")
        raise ConfigError(line) from error
    packed = (
        BytesIO()
    )  # a disk that fails under the library is answered with errors of its own and a traceback
    with xlsxwriter.Workbook(packed, {"constant_memory": True}) as workbook:
        workbook.set_properties({"created": made_at.replace(tzinfo=None, microsecond=0)})
        writer = _Writer(workbook)
        for sheet in sheets:
            writer.write(sheet)
    out.write(packed.getbuffer())
    return writer.cut


class _Writer:
    """Writes sheets into one workbook, sharing its formats."""

    def __init__(self, workbook: Workbook) -> None:
        self.cut = 0
        self._workbook = workbook
        self._head: Format = workbook.add_format({"bold": True})
        self._day: Format = workbook.add_format({"num_format": "yyyy-mm-dd"})
        self._literal: Format = workbook.add_format({"quote_prefix": True})
        self._money: dict[int, Format] = {}

    def write(self, sheet: Sheet) -> None:
        """Write a sheet, and as many more as its rows need."""
        n, row, page = 1, 0, self._page(sheet.name, sheet.columns)
        for values in sheet.rows:
            if row == ROWS:
                n, row = n + 1, 0
                page = self._page(f"{sheet.name} {n}", sheet.columns)
            row += 1
            for place, (column, value) in enumerate(zip(sheet.columns, values, strict=True)):
                if value is not None and value != "":
                    self._cell(page, row, place, column.kind, value)

    def _page(self, name: str, columns: Sequence[Column]) -> Worksheet:
        page = self._workbook.add_worksheet(name)
        page.freeze_panes(1, 0)
        for place, column in enumerate(columns):
            page.set_column(place, place, _WIDTHS[column.kind])
            page.write_string(0, place, column.key, self._head)
        return page

    def _cell(self, page: Worksheet, row: int, place: int, kind: str, value: Any) -> None:
        if isinstance(value, Money):
            page.write_number(row, place, value.amount, self._money_format(value.decimals))
        elif isinstance(value, bool):
            page.write_boolean(row, place, value)
        elif isinstance(value, int | float) and isfinite(value):
            page.write_number(row, place, value)
        elif kind == DATE and value >= _FIRST_DAY:
            page.write_datetime(row, place, date.fromisoformat(value), self._day)
        else:
            text = self._fitted(clean(str(value)))
            page.write_string(row, place, text, self._literal if text.startswith(_FORMULA) else None)

    def _money_format(self, decimals: int) -> Format:
        if decimals not in self._money:
            pattern = "#,##0" + ("." + "0" * decimals if decimals else "")
            self._money[decimals] = self._workbook.add_format({"num_format": pattern})
        return self._money[decimals]

    def _fitted(self, text: str) -> str:
        if len(text) * 2 <= LONGEST or len(text.encode("utf-16-le")) <= LONGEST * 2:
            return text
        self.cut += 1
        return text.encode("utf-16-le")[: (LONGEST - 1) * 2].decode("utf-16-le", "ignore") + "…"
