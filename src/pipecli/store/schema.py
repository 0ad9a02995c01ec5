"""Making a workspace: its tables and first rows, in one transaction, on either database."""

from __future__ import annotations

import uuid
from typing import TYPE_CHECKING

from pipecli.errors import StoreError
from pipecli.text import _

if TYPE_CHECKING:
    from sqlalchemy import Dialect

    from .driver import Driver

FORMAT = 1
PROJECTION = 1
WRITER = 1


def statements(dialect: str) -> list[str]:
    """The data definition of every table and index for `sqlite` or `postgresql`."""
    from sqlalchemy.dialects.postgresql.base import PGDialect
    from sqlalchemy.dialects.sqlite.base import SQLiteDialect
    from sqlalchemy.schema import CreateIndex, CreateTable

    from .tables import METADATA

    compiler: Dialect = SQLiteDialect() if dialect == "sqlite" else PGDialect()  # type: ignore[no-untyped-call]
    out = []
    for table in METADATA.sorted_tables:
        out.append(str(CreateTable(table).compile(dialect=compiler)))
        out += [
            str(CreateIndex(index).compile(dialect=compiler))
            for index in sorted(table.indexes, key=lambda i: str(i.name))
        ]
    return out


def create_tables(driver: Driver, uid: str | None = None) -> None:
    """Create every table and the workspace row in the caller's transaction; raises StoreError if they exist."""
    if has_workspace(driver):
        raise StoreError(
            _("{where} is a workspace already; nothing was changed").format(where=driver.where),
            where=driver.where,
        )
    for statement in statements(driver.dialect):
        driver.run(statement)
    driver.run(
        "insert into workspace (id, uid, format, projection, min_writer, head, definition, next_number, recorded_at) "
        "values (1, :uid, :format, :projection, :writer, 0, 0, 1, '')",
        {"uid": uid or uuid.uuid4().hex, "format": FORMAT, "projection": PROJECTION, "writer": WRITER},
    )


def has_workspace(driver: Driver) -> bool:
    """Whether the database holds the tables of a workspace."""
    if driver.dialect == "sqlite":
        sql = "select 1 from sqlite_master where type = 'table' and name = 'workspace'"
    else:
        sql = "select 1 where to_regclass('workspace') is not null"
    return bool(driver.rows(sql))
