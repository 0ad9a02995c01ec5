"""Reading a CSV file as it comes: its encoding and delimiter are found out, its rows given with their lines.

What the columns mean is left to `mapping`. A row that does not fit the header is given with its fault; a file
that is no table at all (empty, binary, without a header, one endless line) is refused with one clear line.
"""

from __future__ import annotations

import codecs
import csv
import io
import re
import stat
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from itertools import islice
from pathlib import Path
from typing import IO, BinaryIO

from pipecli.domain.money import shown
from pipecli.errors import InvalidInput
from pipecli.text import _

from .encodings import likely, plain_utf16
from .table import Line, header_place, header_refused, told_apart

DELIMITERS = ",;\t|"
LONGEST_LINE = 1 << 20
"""Characters, of a line as of a cell."""

_SAMPLE_LINES = 50
_SAMPLE_SIZE = 1 << 18
_BLOCK = 1 << 20
_ASCII = bytes(range(128))
_SEPARATOR = re.compile(r"sep=(.)\s*", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Delimited:
    """A file that was found to be a table; `first` is the line of its header, `above` what stands before it."""

    path: Path
    encoding: str
    delimiter: str
    header: tuple[str, ...]
    first: int
    above: tuple[Line, ...] = ()

    def lines(self) -> Iterator[Line]:
        """Every row under the header, blank ones left out, in constant memory; raises InvalidInput."""
        with _opened_text(self.path, self.encoding) as stream:
            for number, cells in _rows(_physical_lines(stream, self.path), self.delimiter, self.path):
                if number > self.first and any(cell.strip() for cell in cells):
                    yield self._line(number, cells)

    def _line(self, number: int, cells: list[str]) -> Line:
        width = len(self.header)
        if len(cells) > width and not any(cell.strip() for cell in cells[width:]):
            cells = cells[:width]
        if len(cells) == width:
            return Line(number, tuple(cells))
        fault = _("{n} cells where the header has {width}").format(n=len(cells), width=width)
        if any("\n" in cell or "\r" in cell for cell in cells):
            fault += _("; a quote that is opened here may never be closed")
        return Line(number, tuple(cells), fault)


def open_delimited(path: Path, encoding: str | None = None) -> Delimited:
    """Find out how a file is to be read; raises InvalidInput where it is no table with a header."""
    encoding = _known(encoding) if encoding else _encoding(path)
    with _opened_text(path, encoding) as stream:
        physical = _physical_lines(stream, path)
        sample = list(_sample(physical))
        whole = next(physical, None) is None
    if not any(line.strip() for line in sample):
        raise InvalidInput(_("{path} is empty").format(path=path), path=str(path))
    told = _SEPARATOR.fullmatch(sample[0].lstrip("\ufeff"))
    delimiter = told[1] if told else _delimiter(sample, whole)
    rows = [
        (number, cells)
        for number, cells in _sampled(sample, delimiter, path)
        if any(cell.strip() for cell in cells) and not (told and number == 1)
    ]
    if not rows:
        raise InvalidInput(_("{path} has no header").format(path=path), path=str(path))
    place = header_place([cells for _number, cells in rows])
    number, cells = rows[place]
    header = told_apart(cells)
    header_refused(path, header)
    above = tuple(Line(number, tuple(cells)) for number, cells in rows[:place])
    return Delimited(path, encoding, delimiter, header, number, above)


def _sampled(sample: list[str], delimiter: str, path: Path) -> Iterator[tuple[int, list[str]]]:
    """The rows of the first lines; the last of them may have been cut within quotes."""
    try:
        yield from _rows(iter(sample), delimiter, path)
    except InvalidInput:
        return


def _known(encoding: str) -> str:
    try:
        name = codecs.lookup(encoding).name
        "".encode(name)
    except (LookupError, ValueError) as error:
        line = _('"{name}" is not an encoding; name one such as utf-8, cp1252, mac-roman or utf-16')
        raise InvalidInput(line.format(name=shown(encoding))) from error
    return name


@contextmanager
def opened(path: Path) -> Iterator[BinaryIO]:
    """The file's bytes; raises InvalidInput where it is missing, not a file, or cannot be read."""
    try:
        with _stream(path) as stream:
            yield stream
    except FileNotFoundError as error:
        raise InvalidInput(_("there is no file {path}").format(path=path), path=str(path)) from error
    except OSError as error:
        line = _("{path} cannot be read: {error}").format(path=path, error=error.strerror or error)
        raise InvalidInput(line, path=str(path)) from error


def _stream(path: Path) -> BinaryIO:
    try:
        if path.exists() and not stat.S_ISREG(path.stat().st_mode):
            raise InvalidInput(_("{path} is not a file").format(path=path), path=str(path))
        return path.open("rb")
    except ValueError as error:
        raise InvalidInput(_("{path} is not the name of a file").format(path=shown(str(path)))) from error


@contextmanager
def _opened_text(path: Path, encoding: str) -> Iterator[IO[str]]:
    with opened(path) as stream:
        try:
            yield io.TextIOWrapper(stream, encoding=encoding, newline="")
        except UnicodeError as error:
            raise _binary(path) from error


def _encoding(path: Path) -> str:
    """UTF-16 by its mark or its zeros, UTF-8 (with or without a mark) where every byte fits, else by its letters."""
    fits, known = codecs.getincrementaldecoder("utf-8")(), True
    with opened(path) as stream:
        block = stream.read(_BLOCK)
        if block.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
            return "utf-16"
        if block.startswith(b"PK\x03\x04"):
            line = _("{path} is a spreadsheet or an archive; save the sheet as CSV").format(path=path)
            raise InvalidInput(line, path=str(path))
        if wide := plain_utf16(block):
            return wide
        marked = block.startswith(codecs.BOM_UTF8)
        high: set[int] = set()
        while block:
            if b"\x00" in block:
                raise _binary(path)
            high |= set(block.translate(None, _ASCII))
            known = known and _decodes(fits, block)
            block = stream.read(_BLOCK)
    if known and _decodes(fits, b"", final=True):
        return "utf-8-sig" if marked else "utf-8"
    found = likely(bytes(sorted(high)))
    if found is None:
        raise _binary(path)
    return found


def _decodes(decoder: codecs.IncrementalDecoder, block: bytes, *, final: bool = False) -> bool:
    try:
        decoder.decode(block, final)
    except UnicodeDecodeError:
        return False
    return True


def _binary(path: Path) -> InvalidInput:
    line = _("{path} is not a text file; an import reads CSV in UTF-8, UTF-16 or Windows-1252")
    return InvalidInput(line.format(path=path), path=str(path))


def _physical_lines(stream: IO[str], path: Path) -> Iterator[str]:
    """The lines of the file, each checked for its length before it is held whole."""
    number = 0
    while line := stream.readline(LONGEST_LINE + 1):
        number += 1
        if len(line) > LONGEST_LINE:
            raise InvalidInput(
                _("line {line} of {path} has more than {most} characters; this is not a table").format(
                    line=number, path=path, most=LONGEST_LINE
                ),
                path=str(path),
                line=number,
            )
        if "\x00" in line:
            raise _binary(path)
        yield line


def _sample(lines: Iterator[str]) -> Iterator[str]:
    size = 0
    for line in islice(lines, _SAMPLE_LINES):
        yield line
        size += len(line)
        if size > _SAMPLE_SIZE:
            return


def _rows(lines: Iterator[str], delimiter: str, path: Path) -> Iterator[tuple[int, list[str]]]:
    """The rows of the lines, each with the line it starts on; quotes may hold line breaks."""
    csv.field_size_limit(LONGEST_LINE)
    reader = csv.reader(lines, delimiter=delimiter)
    started = 1
    try:
        for cells in reader:
            yield started, cells
            started = reader.line_num + 1
    except csv.Error as error:
        raise InvalidInput(
            _("{path} cannot be read as CSV from line {line}: a quote is opened and never closed").format(
                path=path, line=started
            ),
            path=str(path),
            line=started,
        ) from error


def _delimiter(sample: list[str], whole: bool) -> str:
    """The delimiter that gives most rows as many cells as the header; of equals, the one that gives more."""
    return max(DELIMITERS, key=lambda mark: _consistency(sample, mark, whole))


def _consistency(sample: list[str], delimiter: str, whole: bool) -> tuple[float, int]:
    try:
        rows = [row for row in csv.reader(sample, delimiter=delimiter) if any(row)]
    except csv.Error:
        return (0.0, 0)
    if not whole and len(rows) > 2:
        rows.pop()  # it may have been cut within quotes
    width = len(rows[0]) if rows else 0
    if width < 2:
        return (0.0, 0)
    return (sum(len(row) == width for row in rows) / len(rows), width)
