"""Copying a workspace between databases, journal and all: from a SQLite file to PostgreSQL, or the other way."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import replace
from typing import NamedTuple

from pipecli.address import is_postgres
from pipecli.config import Settings
from pipecli.errors import InvalidInput, StoreError
from pipecli.exporters.journal import journal_lines
from pipecli.store import dump
from pipecli.store.driver import Driver
from pipecli.store.header import read_header
from pipecli.store.opening import open_database, sqlite_path
from pipecli.text import _

from . import noted
from .backups import folder_of
from .copies import is_same_file
from .doctor import examine
from .exporting import journal_rows
from .restoring import DryRun, Progress, Restored, from_database, target, untouched
from .workspace import Reading


class Copied(NamedTuple):
    """What was copied, from where and to where, and how many rows the doctor compared there."""

    source: str
    target: str
    definitions: int
    commands: int
    events: int
    opportunities: int
    rows: int
    dry_run: bool = False


def copy(
    settings: Settings, source: str, to: str, *, dry_run: bool = False, progress: Progress | None = None
) -> Copied:
    """Copy the workspace at one address to another; a missing one is made. Of what is copied only names are held.

    The copy counts only when its journal is the same, line by line, and the doctor finds it sound. Raises Conflict
    where something was recorded in the target already; then nothing was changed there.
    """
    _refuse_same(source, to)
    theirs = replace(settings, flags={**settings.flags, "db": to}, demo=False)
    used = _("{where} holds something already; a copy goes to a new place, or one as pipe init left it")
    made: list[Copied] = []
    with _reading(source) as reading:
        try:
            with target(theirs, untouched(used)) as driver:
                made.append(_compared(reading, driver, theirs, from_database(driver, reading, progress)))
                if dry_run:
                    raise DryRun
        except DryRun:
            return made[0]._replace(dry_run=True)
    _note(
        replace(settings, flags={**settings.flags, "db": source}, demo=False), made[0].target, made[0].events
    )
    _note(theirs, made[0].source, made[0].events)
    return made[0]


def _note(settings: Settings, other: str, events: int) -> None:
    """Remember on either side that the other one holds the same, so that an erasure can say so."""
    file = other if is_postgres(other) else str(sqlite_path(other).absolute())
    with suppress(OSError):  # where nothing may be written beside it; the copy is none the worse
        noted.note(folder_of(settings), file, noted.COPIED, events)


def _refuse_same(source: str, to: str) -> None:
    same = source == to or (not is_postgres(to) and is_same_file(source, sqlite_path(to)))
    if same:
        raise InvalidInput(_("a workspace is copied to another place than its own; name another TARGET"))


@contextmanager
def _reading(address: str) -> Iterator[Driver]:
    """A workspace as it stands at one moment, its lists of whatever version."""
    driver = open_database(address, write=False)
    try:
        driver.begin_reading()
        read_header(driver, write=True)
        yield driver
        driver.rollback()
    finally:
        driver.close()


def _compared(source: Driver, driver: Driver, theirs: Settings, found: Restored) -> Copied:
    """What was copied, once it is known to be the same; raises StoreError where it is not."""
    faults = examine(Reading(driver, read_header(driver, write=False), theirs))
    fault = _("its journal is another one") if digest(source) != digest(driver) else None
    fault = faults.faults[0] if faults.faults else fault
    if fault:
        raise StoreError(
            _("what was copied to {where} is not sound: {fault}; nothing was kept of it").format(
                where=driver.where, fault=fault
            ),
            where=driver.where,
        )
    return Copied(source.where, driver.where, *found[1:5], rows=faults.rows)


def digest(driver: Driver) -> str:
    """What a journal is known by: the last line of its export, whichever program may write to it."""
    header = {**dump.workspace_values(driver), "min_writer": 0}
    return deque(journal_lines(header, journal_rows(driver)), maxlen=1)[0]
