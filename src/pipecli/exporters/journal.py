"""The journal as JSON Lines: one record a line, sorted keys, and a last line by which a reader knows that all is there.

The order is fixed: the workspace, then definitions, commands, events, content and persons, each by its number. The
same journal always gives the same bytes. Reading the lines back is `importers.journal`'s.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from pipecli.store.dump import JSON_COLUMNS
from pipecli.store.journal import canonical


def journal_lines(
    workspace: Mapping[str, Any], records: Iterable[tuple[str, Mapping[str, Any]]]
) -> Iterator[str]:
    """The lines of a journal, each with its line end; `records` are table names with rows, in their order."""
    digest, count = hashlib.sha256(), 0
    for kind, values in _with_header(workspace, records):
        line = canonical({"record": kind, **_spoken(values)}) + "\n"
        digest.update(line.encode())
        count += 1
        yield line
    yield canonical({"record": "end", "lines": count, "sha256": digest.hexdigest()}) + "\n"


def _with_header(
    workspace: Mapping[str, Any], records: Iterable[tuple[str, Mapping[str, Any]]]
) -> Iterator[tuple[str, Mapping[str, Any]]]:
    yield "workspace", workspace
    yield from records


def _spoken(values: Mapping[str, Any]) -> dict[str, Any]:
    return {
        JSON_COLUMNS.get(column, column): json.loads(value) if column in JSON_COLUMNS else value
        for column, value in values.items()
    }
