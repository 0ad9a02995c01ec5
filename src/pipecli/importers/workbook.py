"""Reading a sheet of XLSX, XLS or ODS as a table of texts, whatever the file is called.

Dates come out as ISO, numbers in the fifteen digits a spreadsheet keeps, formulas as the values that were stored, and a
merged cell says the same in every row it covers. Before the library opens a file, `unpacking` has bounded it.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time
from pathlib import Path
from typing import TYPE_CHECKING, Any

from pipecli.domain.money import shown
from pipecli.errors import ConfigError, InvalidInput
from pipecli.text import _

from .systems import PIPE
from .table import Line, header_place, header_refused, plain_number, told_apart

if TYPE_CHECKING:
    from python_calamine import CalamineSheet, CalamineWorkbook

ZIP = b"PK\x03\x04"
OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"

OWN_SHEET = "opportunities"
"""The sheet of a workbook that was exported here."""
_SAMPLE_ROWS = 50


@dataclass(frozen=True, slots=True)
class Sheet:
    """A sheet that was found to be a table; `first` is the row of its header, `above` what stands before it."""

    path: Path
    name: str
    header: tuple[str, ...]
    first: int
    above: tuple[Line, ...]
    source: CalamineSheet
    encoding: str = "utf-8-sig"
    delimiter: str = ","

    def lines(self) -> Iterator[Line]:
        """Every row under the header, blank ones left out."""
        width = len(self.header)
        for number, cells in _rows(self.source):
            if number <= self.first or not any(cells):
                continue
            kept = [*cells[:width], *[""] * (width - len(cells))]
            if any(cells[width:]):
                fault = _("{n} cells where the header has {width}").format(n=len(cells), width=width)
                yield Line(number, tuple(cells), fault)
            else:
                yield Line(number, tuple(kept))


def open_sheet(path: Path, raw: bytes, wanted: str | None) -> Sheet:
    """The one sheet that has rows, or the one named; raises InvalidInput where that is none or several."""
    book = _opened(path, raw)
    named = {sheet.name: sheet for sheet in _filled(path, book)}
    if not named:
        raise InvalidInput(_("{path} is empty").format(path=path), path=str(path))
    if wanted is not None and wanted not in named:
        raise InvalidInput(
            _('{path} has no sheet "{name}" with rows; it has: {sheets}').format(
                path=path, name=shown(wanted), sheets=", ".join(map(shown, named))
            ),
            sheets=list(named),
        )
    if wanted is None and len(named) > 1:
        if OWN_SHEET in named and set(PIPE.marks) <= set(
            (own := _table(path, OWN_SHEET, named[OWN_SHEET])).header
        ):
            return own
        raise InvalidInput(
            _('{path} has several sheets: {sheets}; say which: --sheet "{first}"').format(
                path=path, sheets=", ".join(map(shown, named)), first=next(iter(named))
            ),
            sheets=list(named),
        )
    name = wanted if wanted is not None else next(iter(named))
    return _table(path, name, named[name])


def _table(path: Path, name: str, sheet: CalamineSheet) -> Sheet:
    sample: list[tuple[int, list[str]]] = []
    for number, cells in _rows(sheet):
        if any(cells):
            sample.append((number, cells))
        if len(sample) == _SAMPLE_ROWS:
            break
    if not sample:
        raise InvalidInput(_("{path} is empty").format(path=path), path=str(path))
    place = header_place([cells for _number, cells in sample])
    first, cells = sample[place]
    while not cells[-1]:
        cells = cells[:-1]
    header = told_apart(cells)
    header_refused(path, header)
    above = tuple(Line(number, tuple(row)) for number, row in sample[:place])
    return Sheet(path, name, header, first, above, sheet)


def _opened(path: Path, raw: bytes) -> CalamineWorkbook:
    try:
        from python_calamine import CalamineError, CalamineWorkbook, PasswordError
    except ImportError as error:
        line = _("{path} is a spreadsheet: reading it needs python-calamine (pip install python-calamine)")
        raise ConfigError(line.format(path=path)) from error
    import io

    from .unpacking import check_zip

    if raw.startswith(ZIP):
        check_zip(path, raw)
    try:
        return CalamineWorkbook.from_filelike(io.BytesIO(raw))
    except PasswordError as error:
        line = _("{path} is protected by a password; save it without one").format(path=path)
        raise InvalidInput(line, path=str(path)) from error
    except (CalamineError, OSError, ValueError) as error:
        raise _unreadable(path) from error
    except BaseException as error:
        raise _refused(error, path) from error


def _filled(path: Path, book: CalamineWorkbook) -> Iterator[CalamineSheet]:
    """The sheets that have cells, those that are hidden left out."""
    from python_calamine import CalamineError, SheetTypeEnum, SheetVisibleEnum

    for at, about in enumerate(book.sheets_metadata):
        if about.visible != SheetVisibleEnum.Visible or about.typ != SheetTypeEnum.WorkSheet:
            continue
        try:
            sheet = book.get_sheet_by_index(at)
        except (CalamineError, OSError, ValueError) as error:
            raise _unreadable(path) from error
        except BaseException as error:
            raise _refused(error, path) from error
        if sheet.start is not None:
            yield sheet


def _refused(error: BaseException, path: Path) -> BaseException:
    """A panic of the library, which is no Exception, as a refusal; anything else as it is."""
    return _unreadable(path) if type(error).__name__ == "PanicException" else error


def _unreadable(path: Path) -> InvalidInput:
    line = _("{path} looks like a spreadsheet and cannot be read as one; save it again, or as CSV")
    return InvalidInput(line.format(path=path), path=str(path))


def _rows(sheet: CalamineSheet) -> Iterator[tuple[int, list[str]]]:
    """The rows by their numbers, as texts; merged cells repeated down the rows they cover."""
    starts: dict[int, list[tuple[int, int]]] = {}
    for (top, left), (bottom, _right) in sheet.merged_cell_ranges or ():
        if bottom > top:
            starts.setdefault(top, []).append((left, bottom))
    covered: dict[int, tuple[int, str]] = {}
    for row, values in enumerate(sheet.iter_rows()):
        cells = _texts(values)
        if starts or covered:
            for column, (bottom, text) in list(covered.items()):
                if row > bottom:
                    del covered[column]
                elif column < len(cells) and any(cells):
                    cells[column] = cells[column] or text
            for left, bottom in starts.get(row, ()):
                if left < len(cells) and cells[left]:
                    covered[left] = (bottom, cells[left])
        yield row + 1, cells


def _texts(values: Sequence[Any]) -> list[str]:
    return [value.strip() if type(value) is str else _text(value) for value in values]


def _text(value: object) -> str:
    """A cell as a person would write it down without a doubt."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, float):
        return (
            str(int(value))
            if value == int(value) and abs(value) < 1e15
            else plain_number(format(value, ".15g"))
        )
    if isinstance(value, datetime):
        return value.isoformat(" ", "seconds") if value.time() != time.min else value.date().isoformat()
    if isinstance(value, date | time):
        return value.isoformat()
    return str(value).strip()
