"""Opening a file for what it is, not for what it is called: a spreadsheet, JSON, or text with a delimiter.

A file that changes while it is read is noticed: `Witness` says what it was when it was opened.
"""

from __future__ import annotations

import os
from pathlib import Path
from typing import NamedTuple

from pipecli.errors import InvalidInput
from pipecli.text import _

from .delimited import open_delimited, opened
from .json_table import START, open_objects
from .table import Table
from .workbook import OLE, ZIP, open_sheet

LARGEST_BOOK = 1 << 28
"""Bytes of a spreadsheet as it lies on the disk."""

_HTML = (b"<html", b"<!doctype html", b"<table", b"<meta", b"<style")
_XML_BOOK = b"urn:schemas-microsoft-com:office:spreadsheet"


class Witness(NamedTuple):
    """A file as it was: which one, how large, when it was last written."""

    path: Path
    device: int
    node: int
    size: int
    written: int

    @classmethod
    def of(cls, path: Path) -> Witness:
        """What the file is now; raises InvalidInput where it cannot be read."""
        with opened(path) as stream:
            found = os.fstat(stream.fileno())
        return cls(path, found.st_dev, found.st_ino, found.st_size, found.st_mtime_ns)

    def require_unchanged(self) -> None:
        """Raise InvalidInput where the file is another one by now."""
        if Witness.of(self.path) != self:
            line = _("{path} changed while it was read; nothing was imported, import it again")
            raise InvalidInput(line.format(path=self.path), path=str(self.path))


def open_table(path: Path, sheet: str | None = None, encoding: str | None = None) -> Table:
    """The table in a file, recognised by its content; raises InvalidInput where there is none."""
    with opened(path) as stream:
        start = stream.read(2048)
        if start.startswith((ZIP, OLE)):
            raw = start + stream.read(LARGEST_BOOK)
            if len(raw) > LARGEST_BOOK:
                line = _("{path} is too large for a spreadsheet; save the sheet as CSV").format(path=path)
                raise InvalidInput(line, path=str(path))
            return open_sheet(path, raw, sheet)
    if START.match(start.removeprefix(b"\xef\xbb\xbf")):
        return open_objects(path)
    plain = start.lstrip(b"\xef\xbb\xbf \t\r\n").lower()
    if plain.startswith(_HTML) or (plain.startswith(b"<?xml") and _XML_BOOK in start):
        line = _("{path} is a page of HTML or XML; open it in a spreadsheet and save it as XLSX or CSV")
        raise InvalidInput(line.format(path=path), path=str(path))
    return open_delimited(path, encoding)
