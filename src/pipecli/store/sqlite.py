"""The SQLite driver: one file, created 0600, in WAL mode, opened read-only by whatever only reads.

Read-only connections need care. With a cleanly closed WAL in a folder that cannot be written only
`immutable=1` opens the file; with a live WAL `immutable=1` silently loses what is in it, so it is used only
where the WAL is absent or empty. Errors appear at the first query, so opening probes.
"""

from __future__ import annotations

import os
import sqlite3
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from typing import Any
from urllib.parse import quote

from ..errors import StoreError
from ..text import _
from .driver import Parameters, Row

BUSY_SECONDS = 5.0


class SqliteDriver:
    """One connection to one file."""

    dialect = "sqlite"

    def __init__(self, path: Path, connection: sqlite3.Connection) -> None:
        self.where = str(path)
        self._connection = connection

    def rows(self, sql: str, parameters: Parameters | None = None) -> list[Row]:
        try:
            return self._connection.execute(sql, parameters or {}).fetchall()
        except sqlite3.Error as error:
            raise self._translated(error) from error

    def stream(self, sql: str, parameters: Parameters | None = None) -> Iterator[Row]:
        try:
            yield from self._connection.execute(sql, parameters or {})
        except sqlite3.Error as error:
            raise self._translated(error) from error

    def run(self, sql: str, parameters: Parameters | None = None) -> int:
        try:
            return self._connection.execute(sql, parameters or {}).rowcount
        except sqlite3.Error as error:
            raise self._translated(error) from error

    def run_many(self, sql: str, rows: Iterable[Sequence[Any]]) -> None:
        try:
            self._connection.executemany(sql, rows)
        except sqlite3.Error as error:
            raise self._translated(error) from error

    def begin(self) -> None:
        self.run("begin immediate")

    def begin_reading(self) -> None:
        self.run("begin")

    def commit(self) -> None:
        self.run("commit")

    def rollback(self) -> None:
        if self._connection.in_transaction:
            self.run("rollback")

    def close(self) -> None:
        self._connection.close()

    def json_text(self, column: str, key: str) -> str:
        return f"json_extract({column}, '$.\"{key}\"')"

    def json_number(self, column: str, key: str) -> str:
        return self.json_text(column, key)

    def backup_pages(self) -> int:
        """How many pages the file has (for `doctor`)."""
        return int(self.rows("pragma page_count")[0][0])

    def _translated(self, error: sqlite3.Error) -> StoreError:
        return translated(error, self.where)


def translated(error: sqlite3.Error, where: str) -> StoreError:
    """The driver's error as one clear line."""
    text = str(error)
    if "locked" in text or "busy" in text:
        line = _("{where} is locked by another process; try again when it is done").format(where=where)
    elif "readonly" in text or "read-only" in text:
        line = _("{where} is read-only; writing needs permission on the file and its folder").format(
            where=where
        )
    elif "not a database" in text or "malformed" in text or "disk image" in text or "disk I/O" in text:
        line = _("{where} is damaged or not a pipecli workspace ({error}); restore a backup").format(
            where=where, error=text
        )
    elif "no such table" in text or "no such column" in text:
        line = _("{where} is a database but not a pipecli workspace ({error})").format(
            where=where, error=text
        )
    elif "unable to open" in text:
        line = _("{where} cannot be opened; check its path and permissions").format(where=where)
    elif "full" in text:
        line = _("no space left where {where} is; nothing was written").format(where=where)
    else:
        line = _("{where}: {error}").format(where=where, error=text)
    return StoreError(line, where=where)


def open_sqlite(path: Path, *, write: bool) -> SqliteDriver:
    """Open an existing file; raises StoreError where it is missing or cannot be read."""
    if not path.exists():
        raise StoreError(
            _(
                "there is no workspace at {where}; make one: pipe init, or look around: pipe --demo demo"
            ).format(where=path),
            where=str(path),
        )
    if path.is_dir():
        raise StoreError(_("{where} is a folder, not a workspace").format(where=path), where=str(path))
    try:
        return _connected(path, "rw" if write else "ro")
    except StoreError:
        if write or os.access(path.parent, os.W_OK) or not _wal_is_empty(path):
            raise
        return _connected(path, "ro&immutable=1")


def _connected(path: Path, mode: str) -> SqliteDriver:
    uri = f"file:{quote(str(path.absolute()))}?mode={mode}"
    try:
        connection = sqlite3.connect(uri, uri=True, timeout=BUSY_SECONDS, isolation_level=None)
        driver = SqliteDriver(path, connection)
        if mode == "rw":
            connection.executescript(
                "pragma journal_mode=wal; pragma synchronous=full; pragma foreign_keys=on; pragma secure_delete=on"
            )
        driver.rows("select name from sqlite_master limit 1")
    except sqlite3.Error as error:
        raise translated(error, str(path)) from error
    return driver


def _wal_is_empty(path: Path) -> bool:
    wal = path.with_name(path.name + "-wal")
    return not wal.exists() or wal.stat().st_size == 0


def create_sqlite(path: Path) -> SqliteDriver:
    """Create the file, readable by its owner alone, and open it; raises StoreError where it exists or cannot be made."""
    try:
        path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        os.close(os.open(path, os.O_CREAT | os.O_EXCL | os.O_RDWR, 0o600))
    except FileExistsError as error:
        if path.is_file() and path.stat().st_size == 0:
            return _connected(path, "rw")  # made by a process that died before it wrote
        raise StoreError(
            _("{where} exists already; nothing was changed").format(where=path), where=str(path)
        ) from error
    except OSError as error:
        raise StoreError(
            _("{where} cannot be made: {error}").format(where=path, error=error.strerror), where=str(path)
        ) from error
    return _connected(path, "rw")
