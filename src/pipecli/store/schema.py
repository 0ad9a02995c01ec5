"""Making a workspace: its tables and first rows, in one transaction, on either database."""

from __future__ import annotations

import uuid
from collections.abc import Container
from typing import TYPE_CHECKING

from pipecli.errors import StoreError
from pipecli.text import _

from .layout import COLUMNS, SHARED

if TYPE_CHECKING:
    from sqlalchemy import Dialect

    from .driver import Driver

FORMAT = 1
PROJECTION = 3
WRITER = 2
"""What a program has to know to write: 2 knows merged opportunities and proposals."""


def statements(dialect: str, tables: Container[str] | None = None) -> list[str]:
    """The data definition of every table and index, or of these tables, for `sqlite` or `postgresql`."""
    from sqlalchemy.dialects.postgresql.base import PGDialect
    from sqlalchemy.dialects.sqlite.base import SQLiteDialect
    from sqlalchemy.schema import CreateIndex, CreateTable

    from .tables import METADATA

    compiler: Dialect = SQLiteDialect() if dialect == "sqlite" else PGDialect()  # type: ignore[no-untyped-call]
    out = []
    for table in METADATA.sorted_tables:
        if tables is not None and table.name not in tables:
            continue
        out.append(str(CreateTable(table).compile(dialect=compiler)))
        out += [
            str(CreateIndex(index).compile(dialect=compiler))
            for index in sorted(table.indexes, key=lambda i: str(i.name))
        ]
    return out


def begin_making(driver: Driver) -> None:
    """Begin the transaction in which a workspace is made, once nobody else makes one in the same database."""
    if driver.dialect == "sqlite":
        driver.run("begin immediate")
        return
    driver.run("begin")
    driver.run("set local lock_timeout = '30s'")
    driver.run("select pg_advisory_xact_lock(hashtext('pipecli makes a workspace'))")


def create_tables(driver: Driver, uid: str | None = None) -> None:
    """Create every table and the workspace row in the caller's transaction; raises StoreError if they exist."""
    if has_workspace(driver):
        raise StoreError(
            _("{where} exists already; nothing was changed").format(where=driver.where),
            where=driver.where,
        )
    for statement in statements(driver.dialect):
        driver.run(statement)
    driver.run(
        "insert into workspace (id, uid, format, projection, min_writer, head, definition, next_number, recorded_at) "
        "values (1, :uid, :format, :projection, :writer, 0, 0, 1, '')",
        {"uid": uid or uuid.uuid4().hex, "format": FORMAT, "projection": PROJECTION, "writer": WRITER},
    )


def create_missing(driver: Driver) -> None:
    """Create the projected tables that an older program's workspace lacks, in the caller's transaction."""
    missing = [table for table in (*COLUMNS, *SHARED) if not _has_table(driver, table)]
    if missing:
        for statement in statements(driver.dialect, missing):
            driver.run(statement)


def has_workspace(driver: Driver) -> bool:
    """Whether the database holds the tables of a workspace."""
    return _has_table(driver, "workspace")


def is_made(driver: Driver) -> bool:
    """Whether there is a workspace, and nobody is about to make one; raises StoreError where one was just made."""
    if has_workspace(driver):
        return True
    driver.run("begin")
    driver.run("create table workspace (id integer)")  # waits for whoever else does this
    driver.rollback()
    return False


def _has_table(driver: Driver, name: str) -> bool:
    if driver.dialect == "sqlite":
        sql = "select 1 from sqlite_master where type = 'table' and name = :name"
    else:
        sql = "select 1 where to_regclass(:name) is not null"
    return bool(driver.rows(sql, {"name": name}))
