"""The SQLite driver: one file, created 0600, in WAL mode, opened read-only by whatever only reads.

Read-only connections need care. With a cleanly closed WAL in a folder that cannot be written only
`immutable=1` opens the file; with a live WAL `immutable=1` silently loses what is in it, so it is used only
where the WAL is absent or empty. Errors appear at the first query, so opening probes. A file that is no workspace
is left exactly as it is, its journal mode too.
"""

from __future__ import annotations

import os
import sqlite3
import stat
import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import closing, suppress
from functools import partial
from pathlib import Path
from typing import Any, ParamSpec, TypeVar
from urllib.parse import quote

from pipecli.errors import Damaged, StoreError, Unanswered
from pipecli.text import _

from .driver import PIECE, Parameters, Row
from .folders import make_private

P = ParamSpec("P")
T = TypeVar("T")
BUSY_SECONDS = 30.0
"""How long a command waits for another one to end."""
_FIRST_PAUSE, _LAST_PAUSE = 0.02, 0.002
"""How long it waits between two looks at first, and from the first second on: who waits long looks more often."""
_SWEEP_SECONDS = 5.0
_ONE_PAGE = 4096
_BUSY = ("SQLITE_BUSY", "SQLITE_BUSY_RECOVERY")
# Numbers beyond 64 bits and text that is not Unicode fail before they reach SQLite, as Python's own errors.
_ERRORS = (sqlite3.Error, OverflowError, UnicodeEncodeError)


# A disk that takes no more, or lost what it took: the file itself is as it was.
_UNSYNCED = ("SQLITE_IOERR_FSYNC", "SQLITE_IOERR_DIR_FSYNC")
_UNWRITTEN = ("SQLITE_IOERR_WRITE", "SQLITE_IOERR_TRUNCATE", *_UNSYNCED)


class SqliteDriver:
    """One connection to one file."""

    dialect = "sqlite"
    user = None
    login = None

    def __init__(self, path: Path, connection: sqlite3.Connection) -> None:
        self.where = str(path)
        self._connection = connection
        self._path = path
        self._file = _identity(path)
        self.folders: list[Path] = []
        """Those that were made for the file."""

    def rows(self, sql: str, parameters: Parameters | None = None) -> list[Row]:
        try:
            return self._execute(sql, parameters).fetchall()
        except _ERRORS as error:
            raise self._translated(error) from error

    def ahead(self, sql: str, parameters: Parameters | None = None) -> None:
        """There is no network to spare."""

    def soon(self, read: Callable[P, T], *args: P.args, **kwargs: P.kwargs) -> Callable[[], T]:
        return partial(read, *args, **kwargs)

    def stream(self, sql: str, parameters: Parameters | None = None, *, piece: int = PIECE) -> Iterator[Row]:
        try:
            # Not `yield from`: that would close the cursor of a stream left early, maybe after its connection.
            for row in self._execute(sql, parameters):  # noqa: UP028
                yield row
        except _ERRORS as error:
            raise self._translated(error) from error

    def run(self, sql: str, parameters: Parameters | None = None) -> None:
        try:
            self._execute(sql, parameters)
        except _ERRORS as error:
            raise self._translated(error) from error

    def run_many(self, sql: str, rows: Iterable[Sequence[Any]]) -> None:
        try:
            self._connection.executemany(sql, rows)
        except _ERRORS as error:
            raise self._translated(error) from error

    def begin(self) -> None:
        self.run("begin immediate")

    def begin_reading(self) -> None:
        self.run("begin")

    def commit(self) -> None:
        if self._connection.in_transaction and _identity(self._path) != self._file:
            # The log beside it would be written for a file that has it no more, or into another one's.
            raise StoreError(
                _("{where} was removed or replaced meanwhile; nothing was written").format(where=self.where),
                where=self.where,
            )
        try:
            self._execute("commit")
        except sqlite3.Error as error:
            if getattr(error, "sqlite_errorname", "").startswith(_UNSYNCED):
                self._overwrite(error)
            raise self._translated(error) from error

    def _overwrite(self, error: sqlite3.Error) -> None:
        """Take what was not brought onto the disk out of the log; raises Unanswered where that fails too.

        Its commit stands at the end of the log, where nobody looks for it but who finds the log of a process that died.
        A transaction that changes nothing is written in its place.
        """
        try:
            self.rollback()
            for statement in ("begin immediate", "pragma user_version = 0", "commit"):
                self.run(statement)
        except StoreError:
            with suppress(StoreError):
                self.rollback()
            line = _(
                "{where} could not be written ({error}); whether it was is not known, look: pipe journal"
            )
            raise Unanswered(line.format(where=self.where, error=error), where=self.where) from error

    def rollback(self) -> None:
        if self._connection.in_transaction:
            self.run("rollback")

    def close(self) -> None:
        self._connection.close()

    def empty_log(self) -> bool:
        """Bring all that is in the log into the file and cut it to nothing; whether others let go of it in time."""
        deadline = time.monotonic() + _SWEEP_SECONDS
        while self.rows("pragma wal_checkpoint(truncate)")[0][0]:
            if time.monotonic() > deadline:
                return False
            time.sleep(_FIRST_PAUSE)
        return True

    def copy_to(self, path: Path) -> None:
        """Copy the whole database, as it stands at one moment, into an empty file that needs no other beside it."""
        try:
            with closing(sqlite3.connect(path, isolation_level=None)) as target:
                target.execute("pragma journal_mode=off")  # of a copy that failed nothing is wanted back
                self._connection.backup(target)
                target.execute("pragma journal_mode=delete")
        except _ERRORS as error:
            raise translated(error, str(path.parent) if "full" in str(error) else self.where) from error

    def json_text(self, column: str, key: str) -> str:
        return f"json_extract({column}, '$.\"{key}\"')"

    def json_number(self, column: str, key: str) -> str:
        return self.json_text(column, key)

    def _execute(self, sql: str, parameters: Parameters | None = None) -> sqlite3.Cursor:
        """Run a statement, waiting here for who holds the lock: SQLite's own wait would hear no Ctrl-C."""
        started: float | None = None
        while True:
            try:
                return self._connection.execute(sql, parameters or {})
            except sqlite3.OperationalError as error:
                now = time.monotonic()
                started = started or now
                waited = now - started
                if error.sqlite_errorname not in _BUSY or waited >= BUSY_SECONDS:
                    raise
            time.sleep(max(_LAST_PAUSE, _FIRST_PAUSE * (1 - waited)))

    def _translated(self, error: Exception) -> StoreError:
        return translated(error, self.where)


def _identity(path: Path) -> tuple[int, int] | None:
    """Which file is at a path; None where there is none."""
    try:
        found = path.stat()
    except OSError:
        return None
    return found.st_dev, found.st_ino


def translated(error: Exception, where: str) -> StoreError:
    """The driver's error as one clear line."""
    text = str(error)
    if "locked" in text or "busy" in text:
        line = _("{where} is locked by another process; try again when it is done").format(where=where)
    elif getattr(error, "sqlite_errorname", "").startswith(_UNWRITTEN):
        line = _("{where} could not be written ({error}); nothing was written, look at its disk").format(
            where=where, error=text
        )
    elif "readonly" in text or "read-only" in text:
        line = _("{where} is read-only; writing needs permission on the file and its folder").format(
            where=where
        )
    elif "not a database" in text or "malformed" in text or "disk image" in text or "disk I/O" in text:
        line = _("{where} is damaged or not a pipecli workspace ({error}); restore a backup").format(
            where=where, error=text
        )
        return Damaged(line, where=where)
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
    where = str(path)
    try:
        take_back_beginning(path)
        found = path.stat()
    except (FileNotFoundError, NotADirectoryError) as error:
        raise _missing(where) from error
    except OSError as error:
        raise StoreError(
            _("{where} cannot be opened: {error}").format(where=where, error=error.strerror), where=where
        ) from error
    if stat.S_ISDIR(found.st_mode):
        raise StoreError(_("{where} is a folder, not a workspace").format(where=where), where=where)
    if found.st_size == 0:
        raise _missing(where)
    try:
        return _connected(path, "rw" if write else "ro")
    except StoreError:
        if write or os.access(path.parent, os.W_OK) or not log_is_empty(path):
            raise
        return _connected(path, "ro&immutable=1")


def _missing(where: str) -> StoreError:
    line = _("there is no workspace at {where}; make one: pipe init, or look around: pipe --demo demo")
    return StoreError(line.format(where=where), where=where)


def _connected(path: Path, mode: str, *, new: bool = False) -> SqliteDriver:
    uri = f"file:{quote(os.fsencode(path.absolute()))}?mode={mode}"
    try:
        connection = sqlite3.connect(uri, uri=True, timeout=0, isolation_level=None)
    except sqlite3.Error as error:
        raise translated(error, str(path)) from error
    driver = SqliteDriver(path, connection)
    try:
        ours = driver.rows("select 1 from sqlite_master where type = 'table' and name = 'workspace'")
        if mode == "rw":
            for pragma in ("synchronous=full", "foreign_keys=on", "secure_delete=on"):
                driver.run(f"pragma {pragma}")
            if new or ours:
                driver.run("pragma journal_mode=wal")
    except StoreError:
        driver.close()
        raise
    return driver


def log_is_empty(path: Path) -> bool:
    """Whether all of a database is in its file."""
    wal = path.with_name(path.name + "-wal")
    return not wal.exists() or wal.stat().st_size == 0


def create_sqlite(path: Path) -> SqliteDriver:
    """Create the file, readable by its owner alone, and open it; raises StoreError where that fails."""
    where = str(path)
    made: list[Path] = []
    try:
        made = make_private(path.parent)
        try:
            os.close(os.open(path, os.O_CREAT | os.O_EXCL | os.O_RDWR, 0o600))
        except FileExistsError as error:
            if not _is_blank(path):
                raise StoreError(
                    _("{where} exists already; nothing was changed").format(where=where), where=where
                ) from error
            path.chmod(0o600)
    except OSError as error:
        raise StoreError(
            _("{where} cannot be made: {error}").format(where=where, error=error.strerror), where=where
        ) from error
    driver = _connected(path, "rw", new=True)
    driver.folders = made
    return driver


def take_back_beginning(path: Path) -> None:
    """Empty a file that its process began to write, in the journal mode of new files, and died.

    Its first page can be rolled back only by who may write it; who reads would call it read-only.
    """
    begun = path.is_file() and path.stat().st_size <= _ONE_PAGE
    if begun and path.with_name(path.name + "-journal").exists():
        with suppress(StoreError):
            _connected(path, "rw").close()


def _is_blank(path: Path) -> bool:
    """Whether it is what a process leaves that dies between making the file and writing the workspace."""
    if not path.is_file() or path.stat().st_size > _ONE_PAGE:
        return False
    take_back_beginning(path)
    try:
        driver = _connected(path, "ro")
    except StoreError:
        return False
    rows = driver.rows("select 1 from sqlite_master limit 1")
    driver.close()
    return not rows
