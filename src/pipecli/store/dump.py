"""The journal's tables, streamed out in one order and put in again; the shape of a file is not known here."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from .driver import Driver, Row

# Table -> its columns, the primary key first; the order is that in which they are streamed.
TABLES: dict[str, tuple[str, ...]] = {
    "definition": ("version", "toml", "compiled_json", "adopted_seq", "adopted_on"),
    "command": ("id", "uid", "actor", "agent", "at", "name", "origin", "undoes"),
    "event": ("seq", "command", "stream", "version", "kind", "occurred_on", "recorded_at", "payload"),
    "content": ("id", "salt", "sha256", "media", "body", "erased_at"),
    "person": ("id", "name", "mail", "phone", "salt", "erased_at"),
}
# Columns that hold JSON text, and what a record calls what they say.
JSON_COLUMNS = {"compiled_json": "compiled", "payload": "payload"}
WORKSPACE = ("uid", "format", "min_writer", "head", "definition", "next_number", "recorded_at")


def workspace_values(driver: Driver) -> dict[str, Any]:
    """The workspace row, without what only this database's projection needs."""
    return dict(zip(WORKSPACE, driver.rows(f"select {', '.join(WORKSPACE)} from workspace")[0], strict=True))


def dumped(driver: Driver, table: str) -> Iterator[Row]:
    """Every row of one of the tables in the order of its key, in constant memory."""
    columns = TABLES[table]
    return driver.stream(f"select {', '.join(columns)} from {table} order by {columns[0]}")


def clear(driver: Driver) -> None:
    """Take out every row of the tables, inside the caller's transaction."""
    for table in TABLES:
        driver.run(f"delete from {table}")


def insert(driver: Driver, table: str, rows: Sequence[Sequence[Any]]) -> None:
    """Put rows in, their values in the order of the table's columns."""
    columns = TABLES[table]
    marks = ", ".join("?" * len(columns))
    driver.run_many(f"insert into {table} ({', '.join(columns)}) values ({marks})", rows)


def replace_workspace(driver: Driver, values: dict[str, Any]) -> None:
    """Write the workspace row anew; it is updated in place, because writers wait for the lock on it."""
    sets = ", ".join(f"{column} = :{column}" for column in WORKSPACE)
    driver.run(f"update workspace set {sets}", {column: values[column] for column in WORKSPACE})


def projected_numbers(driver: Driver) -> tuple[int, int]:
    """How many opportunities the projection has, and the highest of their numbers."""
    count, highest = driver.rows("select count(*), coalesce(max(number), 0) from opportunity")[0]
    return int(count), int(highest)
