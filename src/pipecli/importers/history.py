"""Histories of stages, still as texts: a file with a row for each change, or columns of an export with a day each."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import NamedTuple

from pipecli.domain.importing_ids import long_form

from .mapping import MappingFile, history_mapping
from .opening import open_table
from .reading import Moment, is_true
from .systems import history_columns
from .table import Line

Histories = dict[str, list[Moment]]

_QUOTED = r"""\s*["'“”„«‘’]+\s*(.+?)\s*["'“”»‘’]+\s*"""
_ENTERED = re.compile(rf"(?:date entered|date d['’]entr[ée]e(?: dans)?){_QUOTED}", re.IGNORECASE)
_BESIDE = re.compile(
    rf"(?:date exited|latest time in|cumulative time in|date de sortie(?: de)?|temps cumulé dans|"
    rf"dernière durée dans){_QUOTED}",
    re.IGNORECASE,
)


class Entered(NamedTuple):
    """A column of an export that says on which day each row came to a stage."""

    place: int
    column: str
    label: str


def read_histories(path: Path, file: MappingFile) -> Histories:
    """Every identifier's rows; raises InvalidInput where the file is no table with a history's columns."""
    table = open_table(path)
    columns = history_columns(table.header) if not file.history else {}
    mapping = history_mapping(table.header, file, columns)
    deleted = table.header.index(columns["deleted"]) if "deleted" in columns else None
    width = len(table.header)
    found: Histories = {}
    for line in table.lines():
        cells = (*line.cells, *[""] * (width - len(line.cells)))
        if deleted is not None and is_true(cells[deleted]):
            continue
        texts = mapping.texts(cells)
        found.setdefault(long_form(texts["id"]), []).append(Moment(line.number, texts, line.fault))
    return found


def entered_columns(header: Sequence[str]) -> tuple[Entered, ...]:
    """The columns that say when a row came to a stage: HubSpot's `Date entered "Discovery (Sales)"`."""
    found = ((n, name, _ENTERED.fullmatch(name.strip())) for n, name in enumerate(header))
    return tuple(Entered(n, name, match[1]) for n, name, match in found if match)


def beside_entered(header: Sequence[str]) -> set[int]:
    """The places of the columns that say again what entries say: when each stage was left, how long it took."""
    return {n for n, name in enumerate(header) if _BESIDE.fullmatch(name.strip())}


def moments_in(line: Line, columns: Sequence[Entered]) -> Iterator[Moment]:
    """The entries that the columns of one row tell."""
    for place, column, label in columns:
        if place < len(line.cells) and (day := line.cells[place].strip()):
            yield Moment(line.number, {"stage": label, "at": day}, column=column)
