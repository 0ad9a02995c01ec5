"""The rows that did not land, as they were with line and reason, to be corrected and imported again."""

from __future__ import annotations

import csv
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import NamedTuple

from pipecli.errors import InvalidInput
from pipecli.text import _

from .beside import try_writing
from .table import Line, Table

ADDED = ("line", "reason")


class Rejected(NamedTuple):
    """A row that did not land, and why."""

    line: Line
    reason: str


def rejected_path(path: Path) -> Path:
    """Where the rejected rows of a file go unless told otherwise: next to it."""
    return path.with_name(path.name + ".rejected.csv")


def write_rejected(path: Path, table: Table, rejected: Iterable[Rejected]) -> None:
    """Write the rows in the table's own delimiter; raises InvalidInput where the file cannot be written.

    Cells beyond the header stand behind the reason, so that nothing of a ragged row is lost. What an earlier
    import added is replaced.
    """
    with _refused(path):
        _write(path, table, rejected)


def require_room(path: Path) -> None:
    """Raises InvalidInput where the rejected rows could not be written there."""
    with _refused(path):
        try_writing(path)


@contextmanager
def _refused(path: Path) -> Iterator[None]:
    try:
        yield
    except (OSError, ValueError) as error:
        raise InvalidInput(
            _("the rejected rows cannot be written to {path}: {error}; say where: --rejected FILE").format(
                path=path, error=getattr(error, "strerror", None) or error
            ),
            path=str(path),
        ) from error


def _write(path: Path, table: Table, rejected: Iterable[Rejected]) -> None:
    again = table.header[-2:] == ADDED
    width = len(table.header) - (2 if again else 0)
    encoding = "utf-8" if table.encoding == "utf-8" else "utf-8-sig"
    with path.open("w", encoding=encoding, newline="", errors="replace") as stream:
        writer = csv.writer(stream, delimiter=table.delimiter, lineterminator="\n")
        writer.writerow([*table.header[:width], *ADDED])
        for line, reason in rejected:
            cells = [*line.cells, *[""] * (len(table.header) - len(line.cells))]
            writer.writerow([*cells[:width], line.number, reason, *cells[len(table.header) :]])
