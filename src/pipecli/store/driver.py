"""The port over a database driver: plain portable SQL with `:name` parameters, in; tuples, out.

Reads and commits go through it because the drivers are several times faster than what stands on them. Nothing
outside `store/` sees SQL, and nothing above this port sees a driver's own exceptions: they become StoreError.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from typing import Any, ParamSpec, Protocol, TypeVar

P = ParamSpec("P")
T = TypeVar("T")
Row = tuple[Any, ...]
PIECE = 5_000
Parameters = Mapping[str, Any]


class Driver(Protocol):
    """What the store asks of a database."""

    dialect: str
    where: str

    @property
    def user(self) -> str | None:
        """Who logged in to the database; None where nobody does (SQLite)."""

    @property
    def login(self) -> str | None:
        """Who asked to log in, known without asking: nearly always the user."""

    def rows(self, sql: str, parameters: Parameters | None = None) -> list[Row]:
        """All rows of a query."""

    def ahead(self, sql: str, parameters: Parameters | None = None) -> None:
        """Say which rows will be asked for soon: over a network they come along with the next query."""

    def soon(self, read: Callable[P, T], *args: P.args, **kwargs: P.kwargs) -> Callable[[], T]:
        """Begin a reading whose result is called for once, later: over a network what it asks goes along with what
        others ask, as far as neither rests on the other's answer. It only reads, and nothing that it reads may be
        written before its result is there; it is called for before the transaction ends.
        """

    def stream(self, sql: str, parameters: Parameters | None = None, *, piece: int = PIECE) -> Iterator[Row]:
        """The rows of a query one by one, in constant memory: over a network so many come at once.

        Inside a transaction it may see the state in which it was asked for, or that in which its first row is.
        """

    def run(self, sql: str, parameters: Parameters | None = None) -> None:
        """Run one statement; inside a transaction its fault may show only at the next query, or at the end."""

    def run_many(self, sql: str, rows: Iterable[Sequence[Any]]) -> None:
        """Run one statement with `?` for every value, once per row; of an upsert every row has a key of its own."""

    def begin(self) -> None:
        """Open a transaction that writes, taking the lock first."""

    def begin_reading(self) -> None:
        """Open a transaction in which every read sees the same state."""

    def commit(self) -> None:
        """Make it last; raises Unanswered where nobody said whether it does."""

    def rollback(self) -> None:
        """Take it back."""

    def close(self) -> None:
        """Let go of the database; what was not committed never was."""

    def json_text(self, column: str, key: str) -> str:
        """SQL for the value of a key in a JSON text column, as text."""

    def json_number(self, column: str, key: str) -> str:
        """SQL for the value of a key in a JSON text column, as a number."""


def quoted(text: str) -> str:
    """A string literal of SQL; only for keys that the definition's check has let through."""
    return "'" + text.replace("'", "''") + "'"
