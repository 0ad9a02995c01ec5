"""What a zipped spreadsheet may hold: its parts are unpacked once, counted and bounded, before anything opens it.

The sizes an archive states are not believed. The cells of an XLSX are bounded as well, because a sheet of two cells at
its far corners would be laid out in memory whole.
"""

from __future__ import annotations

import io
import lzma
import re
import struct
import zipfile
import zlib
from pathlib import Path

from pipecli.errors import InvalidInput
from pipecli.text import _

LARGEST = 1 << 29
"""Bytes of all parts, unpacked."""
MOST_PARTS = 5_000
MOST_CELLS = 30_000_000
"""Of a sheet's rectangle, from the first cell with a value to the last."""

_BLOCK = 1 << 20
_OVERLAP = 200
_CELL = re.compile(rb'<(?:\w+:)?c (?:[^>]*? )?r="([A-Z]{1,3})([0-9]{1,7})"[^>]*[^/>]>')
_SHEET = re.compile(r"xl/worksheets/.*\.xml", re.IGNORECASE)
# What the standard library raises over an archive that is damaged: sought before its beginning, cut, or packed by means
# that it has not.
_BROKEN = (
    zipfile.BadZipFile, zlib.error, lzma.LZMAError, EOFError, NotImplementedError, RuntimeError, OSError, ValueError,
    LookupError, struct.error, MemoryError, OverflowError,
)  # fmt: skip
_BOOKS = ("xl/workbook", "content.xml")


def check_zip(path: Path, raw: bytes) -> None:
    """Raise InvalidInput for an archive that is no spreadsheet, or that unpacks to more than is sensible."""
    try:
        with zipfile.ZipFile(io.BytesIO(raw)) as archive:
            parts = archive.infolist()
            if not any(part.filename.lower().startswith(_BOOKS) for part in parts):
                line = _("{path} is an archive and no spreadsheet; unpack it and import the file inside")
                raise InvalidInput(line.format(path=path), path=str(path))
            if len(parts) > MOST_PARTS:
                raise _bomb(path)
            left = LARGEST
            for part in parts:
                left -= _measured(archive, part, left, path)
    except _BROKEN as error:
        line = _("{path} looks like a spreadsheet and cannot be read as one; save it again, or as CSV")
        raise InvalidInput(line.format(path=path), path=str(path)) from error


def _measured(archive: zipfile.ZipFile, part: zipfile.ZipInfo, left: int, path: Path) -> int:
    """The bytes of a part, unpacked as far as `left` allows."""
    part.file_size = left + 2 * _BLOCK  # read as far as there is something, whatever the archive says
    is_sheet = _SHEET.fullmatch(part.filename) is not None
    size, tail = 0, b""
    columns, rows = 0, 0
    with archive.open(part) as stream:
        while block := stream.read(_BLOCK):
            size += len(block)
            if size > left:
                raise _bomb(path)
            if is_sheet:
                text = tail + block
                wide, tall = _reach(text)
                columns, rows = max(columns, wide), max(rows, tall)
                tail = text[-_OVERLAP:]
            if columns * rows > MOST_CELLS:
                raise _bomb(path)
    return size


def _reach(text: bytes) -> tuple[int, int]:
    """The furthest column and row of the cells that have something in them."""
    cells = _CELL.findall(text)
    if not cells:
        return 0, 0
    letters = {column for column, _row in cells}
    return max(map(_column, letters)), max(int(row) for _column, row in cells)


def _column(letters: bytes) -> int:
    number = 0
    for letter in letters:
        number = number * 26 + letter - 64
    return number


def _bomb(path: Path) -> InvalidInput:
    line = _("{path} unpacks to more than a spreadsheet of opportunities can hold; it is not opened")
    return InvalidInput(line.format(path=path), path=str(path))
