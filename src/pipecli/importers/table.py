"""What every kind of file is once it is read: a header and rows with the lines they stand on."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Sequence
from decimal import Decimal, InvalidOperation
from pathlib import Path
from typing import NamedTuple, Protocol

from pipecli.domain.money import shown
from pipecli.errors import InvalidInput
from pipecli.spool import Spool
from pipecli.text import _

_NUMBER = re.compile(r"[-+(]?[\d\s.,'%€$£]+\)?|\d{4}-\d\d-\d\d.*|\d\d?[/.]\d\d?[/.]\d+.*")
_LEAST_UNDER_A_TITLE = 3
_MOST_DIGITS = 400


class Line(NamedTuple):
    """A row of the file: the line it starts on, its cells as they stand, and why it does not fit."""

    number: int
    cells: tuple[str, ...]
    fault: str | None = None


class Rows(Protocol):
    """Rows that can be passed over as often as wanted."""

    def __len__(self) -> int: ...
    def __iter__(self) -> Iterator[Line]: ...


class Lines:
    """The rows of a file put down in their order, to be read as often as wanted and never held."""

    def __init__(self) -> None:
        self._spool = Spool()

    def put(self, line: Line) -> None:
        """Put one down."""
        self._spool.put(tuple(line))

    def __len__(self) -> int:
        return len(self._spool)

    def __iter__(self) -> Iterator[Line]:
        return (Line(*values) for values in self._spool)


class Table(Protocol):
    """A file that was found to be a table; `above` are rows before the header, and what is written anew
    about the table is written in its encoding with its delimiter."""

    @property
    def path(self) -> Path: ...
    @property
    def header(self) -> tuple[str, ...]: ...
    @property
    def above(self) -> tuple[Line, ...]: ...
    @property
    def encoding(self) -> str: ...
    @property
    def delimiter(self) -> str: ...
    def lines(self) -> Iterator[Line]:
        """Every row under the header, blank ones left out; raises InvalidInput."""
        ...


def header_place(rows: Sequence[Sequence[str]]) -> int:
    """Where the header is among the first rows that are not blank: the first, but for titles above it.

    A title stands alone in its row; what follows it is a header where it has several cells, all of them words.
    """
    for place, cells in enumerate(rows):
        filled = [cell for cell in cells if cell.strip()]
        if len(filled) == 1 or (len(filled) == 2 and place > 0):
            continue
        words = all(not _NUMBER.fullmatch(cell.strip()) for cell in filled)
        return place if place == 0 or (len(filled) >= _LEAST_UNDER_A_TITLE and words) else 0
    return 0


def holds_values(header: Sequence[str]) -> bool:
    """Whether a header has numbers or days in it: then it is rather a first row of values."""
    return any(_NUMBER.fullmatch(name) for name in header if name)


def told_apart(names: Sequence[str]) -> tuple[str, ...]:
    """The names of the columns; one that stands there again gets its number: `Amount`, `Amount (2)`."""
    plain = [name.strip().lstrip("\ufeff") for name in names]
    taken, seen, found = set(plain), Counter[str](), []
    for name in plain:
        seen[name] += 1
        n = seen[name]
        if n > 1 and name:
            while f"{name} ({n})" in taken:
                n += 1
            seen[name] = n
            name = f"{name} ({n})"
            taken.add(name)
        found.append(name)
    return tuple(found)


def header_refused(path: Path, header: Sequence[str]) -> None:
    """Raise InvalidInput where a first row has numbers only and so cannot name anything."""
    named = [name for name in header if name]
    if all(_NUMBER.fullmatch(name) for name in named):
        raise InvalidInput(
            _("{path} has no header: its first row is {cells}; name the columns in a first row").format(
                path=path, cells=", ".join(shown(cell) or '""' for cell in header[:8])
            ),
            path=str(path),
        )


def plain_number(text: str) -> str:
    """A number written without an exponent, where that is not absurd."""
    if "e" not in text and "E" not in text:
        return text
    try:
        number = Decimal(text)
    except InvalidOperation:
        return text
    return format(number, "f") if abs(number.adjusted()) < _MOST_DIGITS else text
