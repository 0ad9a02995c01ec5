"""Opportunities as CSV for a spreadsheet: the contract's keys, the company's own fields in columns of their own.

What a spreadsheet would run as a formula is made text by an apostrophe in front; numbers stay numbers.
"""

from __future__ import annotations

import csv
import re
from collections.abc import Iterable, Mapping, Sequence
from typing import Any, TextIO

_FORMULA = ("=", "+", "-", "@", "\t", "\r")
_NEGATIVE = re.compile(r"-[0-9]+(?:[.,][0-9]+)?")


def write_csv(
    records: Iterable[Mapping[str, Any]], columns: Sequence[str], fields: Sequence[str], out: TextIO
) -> int:
    """Write a header and the records as they come; how many there were.

    `columns` are the records' keys without `fields`, whose own keys `fields` lists, written as `field.KEY`.
    """
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow([*columns, *(f"field.{key}" for key in fields)])
    count = 0
    for record in records:
        own = record["fields"]
        writer.writerow([*(cell(record[key]) for key in columns), *(cell(own.get(key)) for key in fields)])
        count += 1
    return count


def cell(value: Any) -> Any:
    """A value as a cell: nothing for None, words for truth and lists, text that no spreadsheet runs."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, int | float):
        return value
    if isinstance(value, list | tuple):
        value = ", ".join(map(str, value))
    return neutralised(str(value))


def neutralised(text: str) -> str:
    """Text with an apostrophe in front where a spreadsheet would take it for a formula."""
    if text.startswith(_FORMULA) and not _NEGATIVE.fullmatch(text):
        return "'" + text
    return text
