"""Restoring an exported journal into an empty workspace, or one that is made for it, in one transaction.

Nothing is journalled by it: the workspace becomes the one that was exported, and exports the same bytes.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from itertools import groupby, islice
from pathlib import Path
from typing import Any, NamedTuple

from pipecli.config import Settings
from pipecli.errors import Conflict, InvalidInput, StoreError
from pipecli.importers import journal as files
from pipecli.importers.journal import Record
from pipecli.store import dump, filling, integrity
from pipecli.store.driver import Driver
from pipecli.store.header import Header, pipeline_of, read_header
from pipecli.store.journal import canonical
from pipecli.store.opening import holds_something, open_database
from pipecli.store.schema import has_workspace
from pipecli.text import _

from .creating import creating
from .rebuilding import rebuild
from .unanswered import commit_whole

BATCH = 2_000
# What folding meets in an event that no program wrote.
_UNREPLAYABLE = (LookupError, TypeError, ValueError, AttributeError, ArithmeticError)

Progress = Callable[[int, int], None]


class Restored(NamedTuple):
    """What was restored, and where; `opportunities` counts those that were not taken back."""

    where: str
    definitions: int
    commands: int
    events: int
    opportunities: int
    dry_run: bool = False


class DryRun(Exception):
    """Leaves the transaction without writing."""


def is_journal(path: str | Path) -> bool:
    """Whether a file is an exported journal, by its content; raises InvalidInput where it cannot be read."""
    return files.is_journal(Path(path))


def restore(
    settings: Settings, path: str | Path, *, dry_run: bool = False, progress: Progress | None = None
) -> Restored:
    """Put a journal into the workspace the settings name; a missing one is made.

    `progress` is told how many bytes of how many were read. Raises Conflict where the workspace holds
    more than `init` wrote, InvalidInput where the file is not a whole journal, StoreError where a newer
    program wrote it; then nothing was changed.
    """
    if not is_journal(path):
        raise InvalidInput(_("{path} is not an exported journal").format(path=path), path=str(path))
    found: list[Restored] = []
    used = _(
        "{where} holds something already; a journal goes into a workspace as pipe init left it, "
        "or over this one, of which a copy is kept: pipe db restore FILE"
    )
    try:
        with target(settings, untouched(used)) as driver:
            found.append(from_journal(driver, Path(path), progress))
            if dry_run:
                raise DryRun
    except DryRun:
        return found[0]._replace(dry_run=True)
    return found[0]


@contextmanager
def target(settings: Settings, judge: Callable[[Driver, Header], None]) -> Iterator[Driver]:
    """A workspace to be filled anew, inside a transaction that is committed at the end or leaves nothing behind.

    A missing one is made. `judge` looks at one that is there, its lock taken, and raises where it is to stay.
    """
    address = settings.database()
    if not holds_workspace(address):
        with creating(settings) as (driver, _actor):
            yield driver
        return
    driver = open_database(address, write=True)
    try:
        driver.begin()
        judge(driver, read_header(driver, write=True))
        yield driver
        commit_whole(address, driver)
    except BaseException:
        driver.rollback()
        raise
    finally:
        driver.close()


def untouched(line: str) -> Callable[[Driver, Header], None]:
    """A judge that refuses a workspace which holds more than `init` wrote, and says so in this line."""

    def judge(driver: Driver, _header: Header) -> None:
        if filling.holds_work(driver):
            raise Conflict(line.format(where=driver.where), where=driver.where)

    return judge


def holds_workspace(address: str) -> bool:
    """Whether there is a workspace; raises StoreError for what cannot be read."""
    if not holds_something(address):
        return False
    driver = open_database(address, write=False)
    try:
        return has_workspace(driver)
    finally:
        driver.close()


def from_journal(driver: Driver, path: Path, progress: Progress | None) -> Restored:
    """Put a journal in the place of what a workspace holds, inside the caller's transaction."""
    dump.clear(driver)
    size = path.stat().st_size
    records = files.read_journal(path, (lambda done: progress(done, size)) if progress else None)
    header = next(records).values
    counts = dict.fromkeys(dump.TABLES, 0)
    for table, group in groupby(records, key=lambda r: r.kind):
        while batch := list(islice(group, BATCH)):
            dump.insert(driver, table, [_row(record) for record in batch])
            counts[table] += len(batch)
    dump.replace_workspace(driver, header)
    opportunities = replayed(driver, str(path))
    return Restored(driver.where, counts["definition"], counts["command"], counts["event"], opportunities)


def _row(record: Record) -> list[Any]:
    """A record's values in the order of its table's columns."""
    row = []
    for column in dump.TABLES[record.kind]:
        value = record.values[dump.JSON_COLUMNS.get(column, column)]
        row.append(canonical(value) if column in dump.JSON_COLUMNS else value)
    return row


def from_database(driver: Driver, source: Driver, progress: Progress | None) -> Restored:
    """Put the journal of another database in the place of what a workspace holds, in the caller's transaction."""
    dump.clear(driver)
    header, done = dump.workspace_values(source), 0
    counts = dict.fromkeys(dump.TABLES, 0)
    for table in dump.TABLES:
        rows = dump.dumped(source, table)
        while batch := list(islice(rows, BATCH)):
            dump.insert(driver, table, batch)
            counts[table] += len(batch)
            done += len(batch) if table == "event" else 0
            if progress:
                progress(done, header["head"])
    dump.replace_workspace(driver, header)
    opportunities = replayed(driver, source.where)
    return Restored(driver.where, counts["definition"], counts["command"], counts["event"], opportunities)


def replayed(driver: Driver, path: str) -> int:
    """Write the projection; how many opportunities it has. Raises InvalidInput where the journal does not replay."""
    try:
        header = read_header(driver, write=True)
        rebuild(driver, pipeline_of(header))
        integrity.mark_rebuilt(driver)
        faults = integrity.journal_faults(driver, header)
        count, highest = dump.projected_numbers(driver)
        if highest >= header.next_number:
            faults.append(_("an opportunity has a number that was not given yet"))
    except _UNREPLAYABLE as error:
        count, faults = 0, [_("it cannot be replayed ({error})").format(error=type(error).__name__)]
    except StoreError as error:
        if not isinstance(error.__cause__, _UNREPLAYABLE):
            raise
        count, faults = 0, [_("it cannot be replayed ({error})").format(error=type(error.__cause__).__name__)]
    if faults:
        raise InvalidInput(
            _("{path} is not a whole journal: {fault}; nothing was restored").format(
                path=path, fault=faults[0]
            ),
            path=path,
        )
    return count
