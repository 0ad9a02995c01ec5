"""The file that a pipeline is drafted from: an export as an import takes it, or a history alone, whose identifiers are
then all there is of the opportunities."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from pipecli.errors import InvalidInput
from pipecli.importers.history import Histories, read_histories
from pipecli.importers.mapping import MappingFile, read_mapping_file
from pipecli.importers.opening import open_table
from pipecli.importers.recognising import system_of
from pipecli.importers.systems import history_columns
from pipecli.importers.table import Line
from pipecli.text import _

from .import_request import Request
from .importing_source import Source, open_source

_PLAIN = ({"id", "stage", "at"}, {"id", "stage", "date"}, {"id", "stage", "timestamp"})
"""Headers that a history without a name has."""


@dataclass(frozen=True)
class Identifiers:
    """The opportunities of a history as a table: their identifiers, each on the line where it stands first."""

    path: Path
    histories: Histories
    header: tuple[str, ...] = ("id",)
    above: tuple[Line, ...] = ()
    encoding: str = "utf-8"
    delimiter: str = ","

    def lines(self) -> Iterator[Line]:
        """One row for each."""
        for identifier, moments in self.histories.items():
            yield Line(moments[0].line, (identifier,))


def open_discovery(path: Path, request: Request, *, even_deleted: bool = False) -> Source:
    """Read the files that a draft is made from; raises InvalidInput where one cannot be read.

    `even_deleted` takes opportunities that are all deleted as if none were.
    """
    histories = None if request.history else _history_alone(path, request)
    if histories is not None:
        table = Identifiers(path, histories)
        mapping = read_mapping_file(Path(request.mapping)) if request.mapping else MappingFile()
        return Source(path, table, list(table.lines()), (), mapping, histories, path, None, {}, ())
    source = open_source(path, request, even_deleted=even_deleted)
    if request.history and not source.histories:
        raise InvalidInput(
            _("{path} has a header and no rows").format(path=request.history), path=request.history
        )
    return source


def _history_alone(path: Path, request: Request) -> Histories | None:
    """The histories of a file that is nothing else; None where it is a list of opportunities."""
    header = open_table(path, request.sheet, request.encoding).header
    plain = {name.lower() for name in header}
    if request.maps or system_of(header) or not (history_columns(header) or any(p <= plain for p in _PLAIN)):
        return None
    if plain & {"name", "account", "owner", "created"}:
        return None
    mapping = read_mapping_file(Path(request.mapping)) if request.mapping else MappingFile()
    found = read_histories(path, mapping)
    if not found:
        raise InvalidInput(_("{path} has a header and no rows").format(path=path), path=str(path))
    return found
