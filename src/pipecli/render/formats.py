"""The formats: a list of records as a table, JSON, JSON Lines, CSV, Markdown, or bare ids."""

from __future__ import annotations

import json
import sys
from collections.abc import Sequence
from typing import Any, TextIO

from .console import console, json_text, literal
from .views import Record, View

TABLE, JSON, JSONL, CSV, MARKDOWN, QUIET = "table", "json", "jsonl", "csv", "markdown", "quiet"
# What a spreadsheet would run as a formula when it opens the file.
_FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r")


def write_list(view: View, records: Sequence[Record], output: str, *, id_key: str = "id") -> None:
    """Write a list to stdout in the format asked for."""
    if output == TABLE:
        from .table import print_table

        print_table(console(), view, records)
    elif output == JSON:
        write_json([_picked(view, r) for r in records])
    elif output == JSONL:
        for record in records:
            print(json_text(_picked(view, record), sys.stdout))
    elif output == CSV:
        write_csv(sys.stdout, [_picked(view, r) for r in records], view.keys)
    elif output == MARKDOWN:
        write_markdown(view, records)
    else:
        for record in records:
            print(record[id_key])


def _picked(view: View, record: Record) -> dict[str, Any]:
    return dict(record) if view.keys is None else {key: record.get(key) for key in view.keys}


def write_json(value: Any) -> None:
    """Write one JSON document to stdout."""
    print(json_text(value, sys.stdout, indent=2))


def write_object(value: Record, output: str) -> None:
    """Write one thing: a JSON document, one line of JSON, or its keys and values as CSV or Markdown."""
    if output == JSONL:
        print(json_text(dict(value), sys.stdout))
    elif output == CSV:
        write_csv(sys.stdout, [value])
    elif output == MARKDOWN:
        print("| | |\n| --- | --- |")
        for key, content in value.items():
            print(f"| {key} | {markdown_cell(csv_cell(content))} |")
    else:
        write_json(dict(value))


def write_csv(stream: TextIO, records: Sequence[Record], keys: Sequence[str] | None = None) -> None:
    """Write CSV with a header line; formulas neutralised, lists joined, objects as JSON."""
    import csv

    columns = list(keys or (records[0].keys() if records else ()))
    if not columns:
        return
    writer = csv.writer(stream, lineterminator="\n")
    writer.writerow(columns)
    writer.writerows([csv_cell(record.get(key)) for key in columns] for record in records)


def csv_cell(value: Any) -> str:
    """A value as a cell that no spreadsheet runs: text that starts like a formula gets an apostrophe."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, int | float):
        return str(value)
    if isinstance(value, dict) or (isinstance(value, list) and any(isinstance(v, dict) for v in value)):
        return json.dumps(value, ensure_ascii=False, sort_keys=True) if value else ""
    if isinstance(value, list | tuple):
        return csv_cell(" ".join(map(str, value)))
    text = str(value)
    return "'" + text if text.startswith(_FORMULA_STARTS) else text


def write_markdown(view: View, records: Sequence[Record]) -> None:
    """Write a Markdown table to stdout; nothing where there is no record."""
    for line in markdown_lines(view, records):
        print(line)


def markdown_lines(view: View, records: Sequence[Record]) -> list[str]:
    """The lines of a Markdown table; none where there is no record."""
    if not records:
        return []
    return [
        "| " + " | ".join(c.title or c.key for c in view.columns) + " |",
        "|" + "|".join(" ---: " if c.right else " --- " for c in view.columns) + "|",
        *(
            "| " + " | ".join(markdown_cell(c.text(record)) for c in view.columns) + " |"
            for record in records
        ),
    ]


def markdown_cell(text: str) -> str:
    """Text that Markdown and HTML show as it is."""
    plain = literal(text).replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
    for mark in "\\`*_[]|":
        plain = plain.replace(mark, "\\" + mark)
    return plain
