"""Exports, streamed: opportunities as CSV or JSON for people, the journal as JSON Lines for a restore."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, TextIO

from pipecli.exporters.csv_format import write_csv
from pipecli.exporters.journal import journal_lines
from pipecli.exporters.json_format import write_json
from pipecli.store import dump
from pipecli.store.driver import Driver
from pipecli.store.header import read_header
from pipecli.store.lists import every_row
from pipecli.store.opening import open_database

from .records import Record, record
from .workspace import Reading, Workspace

# The contract's keys without `fields`, whose own keys become columns.
COLUMNS = (
    "id", "uid", "name", "account", "contact", "owner", "stage", "stage_name", "status", "amount", "currency",
    "probability", "weighted", "close_date", "next_action", "next_due", "overdue_days", "stage_entered_on",
    "days_in_stage", "last_exchange_on", "stale", "decision_maker", "source", "tags", "loss_reason",
    "outcome_reason", "created_on", "closed_on", "external_id",
)  # fmt: skip


def export_csv(workspace: Workspace, out: TextIO) -> int:
    """Write every opportunity, by number, as CSV; how many there are."""
    with workspace.read() as reading:
        return write_csv(every_record(reading), COLUMNS, list(reading.pipeline.fields), out)


def export_json(workspace: Workspace, out: TextIO) -> int:
    """Write every opportunity, by number, as a JSON array; how many there are."""
    with workspace.read() as reading:
        return write_json(every_record(reading), out)


def every_record(reading: Reading) -> Iterator[Record]:
    """Every opportunity under the contract's keys, by number, in constant memory."""
    for row in every_row(reading.driver):
        yield record(row, reading.pipeline, reading.today)


def export_journal(workspace: Workspace, out: TextIO) -> int:
    """Write the journal as JSON Lines, as it stands at one moment; how many lines.

    `out` must not change line ends. The same journal gives the same bytes wherever it was restored.
    """
    driver = open_database(workspace.address, write=False)
    try:
        driver.begin_reading()
        read_header(driver, write=True)  # the lists may be of another version, the journal not
        count, rows = 0, journal_rows(driver)
        for line in journal_lines(dump.workspace_values(driver), rows):
            out.write(line)
            count += 1
        return count
    finally:
        driver.close()


def journal_rows(driver: Driver) -> Iterator[tuple[str, Mapping[str, Any]]]:
    """Every row of the journal with the name of its table, as it is exported."""
    tables = {table: dump.dumped(driver, table) for table in dump.TABLES}
    return (
        (table, dict(zip(dump.TABLES[table], row, strict=True)))
        for table, rows in tables.items()
        for row in rows
    )
