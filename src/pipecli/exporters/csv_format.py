"""Opportunities as CSV for a spreadsheet: the contract's keys, the company's own fields in columns of their own.

What a spreadsheet would run as a formula is made text by an apostrophe in front; numbers stay numbers. So is text that
begins like that already, so that an import takes away what was put there and nothing else (`importers.returning`).
"""

from __future__ import annotations

import csv
import re
from collections.abc import Iterable, Mapping, Sequence
from decimal import Decimal
from typing import Any, TextIO

_FORMULA = re.compile(r"'*[=+\-@\t\r]")
_NEGATIVE = re.compile(r"-[0-9]+(?:[.,][0-9]+)?")


def write_csv(
    records: Iterable[Mapping[str, Any]], columns: Sequence[str], fields: Sequence[str], out: TextIO
) -> int:
    """Write a header and the records as they come; how many there were.

    `columns` are the records' keys without `fields`, whose own keys `fields` lists, written as `field.KEY`.
    """
    writer = csv.writer(_Lines(out), lineterminator="\r\n")
    writer.writerow([*columns, *(f"field.{key}" for key in fields)])
    count = 0
    for record in records:
        own = record["fields"]
        writer.writerow([*(cell(record[key]) for key in columns), *(cell(own.get(key)) for key in fields)])
        count += 1
    return count


class _Lines:
    """Rows on lines of their own. The writer puts quotes round the marks it ends a line with, so that it gets both of
    those that a reader takes for an end, and one of them is left out here."""

    def __init__(self, out: TextIO) -> None:
        self._out = out

    def write(self, row: str) -> int:
        """Write one row, its end included."""
        return self._out.write(row[:-2] + "\n")


def cell(value: Any) -> Any:
    """A value as a cell: nothing for None, words for truth and lists, text that no spreadsheet runs."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, float) and "e" in (text := repr(value)):
        return format(Decimal(text), "f")
    if isinstance(value, int | float):
        return value
    if isinstance(value, list | tuple):
        value = ", ".join(map(str, value))
    return neutralised(str(value))


def neutralised(text: str) -> str:
    """Text with an apostrophe in front where a spreadsheet would take it for a formula."""
    if _FORMULA.match(text) and not _NEGATIVE.fullmatch(text):
        return "'" + text
    return text
