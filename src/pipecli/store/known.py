"""The journal as it was at a moment of the past, copied into a private database in memory."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator, Sequence
from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING

from .dump import TABLES, insert
from .sqlite import SqliteDriver

if TYPE_CHECKING:
    from .driver import Driver, Row

PORTION = 5_000
# Every row of the journal's tables stands under the number of the event that it was written with.
_NUMBERS = {"definition": "adopted_seq", "command": "id", "event": "seq", "content": "id", "person": "id"}


def head_before(driver: Driver, instant: str) -> int | None:
    """The number of the last event recorded before an instant (text as events carry it); None before the first."""
    rows = driver.rows(
        "select seq from event where recorded_at < :instant order by seq desc limit 1", {"instant": instant}
    )
    return int(rows[0][0]) if rows else None


def first_recorded(driver: Driver) -> str:
    """When the first event was recorded."""
    return str(driver.rows("select recorded_at from event order by seq limit 1")[0][0])


def open_in_memory(where: str) -> SqliteDriver:
    """An empty database in memory, named in errors as the one it stands for."""
    return SqliteDriver(Path(where), sqlite3.connect(":memory:", isolation_level=None))


def copy_journal(source: Driver, memory: Driver, head: int) -> None:
    """Make every table and fill those of the journal up to an event, in a transaction that is left open.

    The projection is still empty. Numbers only grow with what is recorded, so that what was recorded later, an
    undo too, is beyond the head.
    """
    for statement in _statements(source):
        memory.run(statement)
    memory.begin()
    tables = {table: _up_to(source, table, head) for table in TABLES}
    columns = ("id", "uid", "format", "projection", "min_writer", "next_number")
    [workspace] = source.rows(f"select {', '.join(columns)} from workspace")
    for table, rows in tables.items():
        while portion := list(islice(rows, PORTION)):
            insert(memory, table, portion)
    _write_workspace(memory, columns, workspace, head)


def _statements(driver: Driver) -> list[str]:
    """The data definition of every table and index for SQLite, from the file itself where it is one."""
    if driver.dialect == "sqlite":
        rows = driver.rows("select sql from sqlite_master where sql is not null order by rowid")
        return [str(sql) for (sql,) in rows]
    from .schema import statements

    return statements("sqlite")


def _up_to(driver: Driver, table: str, head: int) -> Iterator[Row]:
    columns = TABLES[table]
    return driver.stream(
        f"select {', '.join(columns)} from {table} where {_NUMBERS[table]} <= :head order by {columns[0]}",
        {"head": head},
    )


def _write_workspace(memory: Driver, columns: Sequence[str], row: Row, head: int) -> None:
    """The workspace's row as it was: its head, the definition adopted last, the instant of the last event."""
    [(version,)] = memory.rows("select coalesce(max(version), 0) from definition")
    [(recorded_at,)] = memory.rows("select recorded_at from event where seq = :head", {"head": head})
    values = (*row, head, version, recorded_at)
    memory.run_many(
        f"insert into workspace ({', '.join(columns)}, head, definition, recorded_at) "
        "values (?, ?, ?, ?, ?, ?, ?, ?, ?)",
        [values],
    )
