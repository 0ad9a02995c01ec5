"""A SQLite database as files: what stands beside it, putting another file in its place, one process at a time."""

from __future__ import annotations

import os
import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager, suppress
from pathlib import Path
from urllib.parse import quote

from pipecli.errors import StoreError
from pipecli.text import _

from .sqlite import SqliteDriver

_BEGINNINGS = {
    "-wal": (b"\x37\x7f\x06\x82", b"\x37\x7f\x06\x83"),
    "-shm": (b"\x18\xe2\x2d\x00", b"\x00\x2d\xe2\x18"),
    "-journal": (b"\xd9\xd5\x05\xf9", b"\x00\x00\x00\x00"),
}
"""What SQLite writes first into each of the files beside a database, whichever end a number begins with."""


def companions(path: Path) -> list[Path]:
    """The files that SQLite reads beside a database, there or not."""
    return [path.with_name(path.name + ending) for ending in _BEGINNINGS]


@contextmanager
def replacing(path: Path) -> Iterator[None]:
    """Hold whatever database stands at a path while a file takes its place, and clear away what would be read into it.

    A log beside a database is taken for its own, whichever it was written for. Raises StoreError where somebody has
    the database open, OSError where the log cannot be removed.
    """
    with _alone(path):
        for ending, beside in zip(_BEGINNINGS, companions(path), strict=True):
            _clear(beside, _BEGINNINGS[ending])
        yield


def _clear(path: Path, beginnings: tuple[bytes, ...]) -> None:
    """Remove a log of SQLite; raises StoreError for a file of somebody else's that is only called like one."""
    try:
        with path.open("rb") as stream:
            begins = stream.read(4)
    except FileNotFoundError:
        return
    if begins and begins not in beginnings:
        line = _("{path} is where SQLite looks for a log; move it, or name another file")
        raise StoreError(line.format(path=path), where=str(path))
    path.unlink(missing_ok=True)


@contextmanager
def _alone(path: Path) -> Iterator[None]:
    """Keep others from opening a database; of what is none, or a damaged one, nobody has anything to lose."""
    if path.is_symlink() or not path.is_file():
        yield
        return
    with closing(sqlite3.connect(_uri(path), uri=True, timeout=0, isolation_level=None)) as connection:
        try:
            connection.execute("pragma journal_mode=delete")  # which only the last one that has it open can
            connection.execute("begin exclusive")
        except sqlite3.Error as error:
            if str(getattr(error, "sqlite_errorname", "")).startswith("SQLITE_BUSY"):
                line = _("{path} is open as a workspace; it was not replaced, name another file")
                raise StoreError(line.format(path=path), where=str(path)) from error
        yield


@contextmanager
def reading(path: Path) -> Iterator[None]:
    """Leave nothing beside a database that is only read: who reads one that was copied with its log makes files there.

    They go as with the last one who writes, never while others have it open.
    """
    there = [beside.exists() for beside in companions(path)]
    try:
        yield
    finally:
        if [beside.exists() for beside in companions(path)] != there:
            with suppress(sqlite3.Error), closing(sqlite3.connect(_uri(path), uri=True, timeout=0)) as last:
                last.execute("select 1 from sqlite_master").fetchone()


def _uri(path: Path) -> str:
    return f"file:{quote(os.fsencode(path.absolute()))}?mode=rw"


@contextmanager
def one_at_a_time(lock: Path, where: Path) -> Iterator[None]:
    """Do to a file what only one process may do at a time; whoever dies lets go of `lock`, an empty file that stays.

    Raises StoreError where another one is not done as long as anybody waits.
    """
    os.close(os.open(lock, os.O_CREAT | os.O_RDWR, 0o600))
    connection = sqlite3.connect(lock, timeout=0, isolation_level=None)
    with closing(SqliteDriver(where, connection)) as driver:
        driver.run("begin exclusive")
        yield
