"""A file of histories: each opportunity's rows by its identifier, in the file's order, still as texts."""

from __future__ import annotations

from pathlib import Path

from .mapping import MappingFile, history_mapping
from .opening import open_table
from .reading import Moment

Histories = dict[str, list[Moment]]


def read_histories(path: Path, file: MappingFile) -> Histories:
    """Every identifier's rows; raises InvalidInput where the file is no table with a history's columns."""
    table = open_table(path)
    mapping = history_mapping(table.header, file)
    width = len(table.header)
    found: Histories = {}
    for line in table.lines():
        cells = (*line.cells, *[""] * (width - len(line.cells)))
        texts = mapping.texts(cells)
        found.setdefault(texts["id"], []).append(Moment(line.number, texts, line.fault))
    return found
