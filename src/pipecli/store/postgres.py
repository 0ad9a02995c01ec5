"""The PostgreSQL driver, over psycopg 3: the same portable SQL, its `:name` parameters rewritten."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from functools import lru_cache
from typing import TYPE_CHECKING, Any

from pipecli.errors import StoreError
from pipecli.text import _

from .driver import Parameters, Row

if TYPE_CHECKING:
    import psycopg

# String literals are matched first, so that what looks like a parameter or a mark inside them is left alone.
_PARAMETER = re.compile(r"('(?:[^']|'')*')|(?<![:\w]):([a-z_]\w*)")
_MARK = re.compile(r"('(?:[^']|'')*')|\?")
CONNECT_SECONDS = 10
# A server that goes away without a word, behind a laptop that slept or a router that forgot, is noticed.
_LIVELY: dict[str, Any] = {
    "keepalives_idle": 10,
    "keepalives_interval": 3,
    "keepalives_count": 3,
    "tcp_user_timeout": 15_000,
}


class PostgresDriver:
    """One connection to one database."""

    dialect = "postgresql"

    def __init__(self, where: str, connection: psycopg.Connection[Any]) -> None:
        self.where = where
        self._connection = connection

    def rows(self, sql: str, parameters: Parameters | None = None) -> list[Row]:
        return self._cursor(sql, parameters).fetchall()

    def stream(self, sql: str, parameters: Parameters | None = None) -> Iterator[Row]:
        import psycopg

        try:
            # A named cursor reads in portions; it needs a transaction, which the caller may have open already.
            with self._connection.transaction(), self._connection.cursor(name="pipecli_stream") as cursor:
                cursor.itersize = 5_000
                cursor.execute(_rewritten(sql), dict(parameters or {}))
                yield from cursor
        except (psycopg.Error, UnicodeEncodeError) as error:
            raise self._translated(error) from error

    def run(self, sql: str, parameters: Parameters | None = None) -> int:
        return self._cursor(sql, parameters).rowcount

    def run_many(self, sql: str, rows: Iterable[Sequence[Any]]) -> None:
        import psycopg

        try:
            with self._connection.cursor() as cursor:
                cursor.executemany(_marked(sql), rows)
        except (psycopg.Error, UnicodeEncodeError) as error:
            raise self._translated(error) from error

    def begin(self) -> None:
        self.run("begin")
        # The first statement of every write: it takes the lock that all writers share.
        self.run("select head from workspace for update")

    def begin_reading(self) -> None:
        self.run("begin isolation level repeatable read read only")

    def commit(self) -> None:
        self.run("commit")

    def rollback(self) -> None:
        if not self._connection.closed and not self._connection.broken:
            self.run("rollback")

    def close(self) -> None:
        self._connection.close()

    def json_text(self, column: str, key: str) -> str:
        return f"(cast({column} as jsonb) ->> '{key}')"

    def json_number(self, column: str, key: str) -> str:
        return f"cast(cast({column} as jsonb) ->> '{key}' as numeric)"

    def _cursor(self, sql: str, parameters: Parameters | None) -> psycopg.Cursor[Any]:
        import psycopg

        try:
            return self._connection.execute(_rewritten(sql), dict(parameters or {}))
        except (psycopg.Error, UnicodeEncodeError) as error:
            raise self._translated(error) from error

    def _translated(self, error: psycopg.Error | UnicodeEncodeError) -> StoreError:
        text = str(error).strip().splitlines()[0] if str(error).strip() else type(error).__name__
        state = getattr(error, "sqlstate", None)
        if state == "42P01":
            return StoreError(
                _("there is no workspace in {where}; make one: pipe init").format(where=self.where),
                where=self.where,
            )
        if state in ("42501", "25006"):
            return StoreError(
                _("{where} does not let you write: {error}").format(where=self.where, error=text),
                where=self.where,
            )
        return StoreError(_("{where}: {error}").format(where=self.where, error=text), where=self.where)


@lru_cache(maxsize=256)
def _rewritten(sql: str) -> Any:
    return _PARAMETER.sub(lambda m: m[1] or f"%({m[2]})s", sql.replace("%", "%%"))


@lru_cache(maxsize=64)
def _marked(sql: str) -> Any:
    return _MARK.sub(lambda m: m[1] or "%s", sql.replace("%", "%%"))


def without_password(uri: str) -> str:
    """The address as it may be shown."""
    return re.sub(r"([?&]password=)[^&]*", r"\1***", re.sub(r"(//[^:/@]*):[^@/]*@", r"\1@", uri))


def open_postgres(uri: str) -> PostgresDriver:
    """Connect; raises StoreError where the server or the library is missing."""
    try:
        import psycopg
    except ImportError as error:
        raise StoreError(
            _('PostgreSQL needs the psycopg library; add it: pip install "psycopg[binary]"'),
            where=without_password(uri),
        ) from error
    where = without_password(uri)
    try:
        connection = psycopg.connect(
            uri, autocommit=True, connect_timeout=CONNECT_SECONDS, client_encoding="UTF8", **_LIVELY
        )
    except psycopg.Error as error:
        text = str(error).strip().splitlines()[0] if str(error).strip() else ""
        raise StoreError(
            _("{where} cannot be reached: {error}").format(where=where, error=text), where=where
        ) from error
    return PostgresDriver(where, connection)
