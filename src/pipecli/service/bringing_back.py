"""Bringing a backup back: checked first, what it replaces kept, in one transaction; nothing is journalled."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import NamedTuple

from pipecli.config import Settings
from pipecli.errors import Damaged, InvalidInput
from pipecli.store import erasing
from pipecli.store.driver import Driver
from pipecli.store.header import Header
from pipecli.store.opening import discard_files, is_postgres, open_database, sqlite_path
from pipecli.text import _

from . import backups, copies
from .copies import Checked
from .restoring import DryRun, Progress, Restored, from_database, from_journal, target
from .workspace import Workspace


class BroughtBack(NamedTuple):
    """What a backup brought: what the workspace holds now, and where that is kept which it held before, if anything.

    `damaged` says that the file it replaced was; `other` that the backup is of another workspace; `erased` are the
    contacts that were erased since the backup, and are back.
    """

    restored: Restored
    file: str
    kept: str | None
    replaced_events: int | None
    damaged: bool = False
    other: bool = False
    erased: tuple[int, ...] = ()


def bring_back(
    workspace: Workspace, path: str | Path, *, dry_run: bool = False, progress: Progress | None = None
) -> BroughtBack:
    """Put a backup, or an exported journal, in the place of what the workspace holds; a missing one is made.

    The name alone is enough of one that the program keeps. What the workspace holds now is kept, and told where.
    Raises InvalidInput or StoreError where the file is not whole; then nothing was changed.
    """
    file = backups.named(workspace, str(path))
    if copies.is_same_file(workspace.address, file):
        raise InvalidInput(
            _("{path} is the workspace itself; name a backup").format(path=file), path=str(file)
        )
    checked = copies.check(file)
    run = _Run(workspace, checked, dry_run, progress)
    try:
        return run.into_workspace()
    except Damaged:
        if is_postgres(workspace.address):
            raise
        return run.instead_of_file()


class _Run:
    """One restore."""

    def __init__(
        self, workspace: Workspace, checked: Checked, dry_run: bool, progress: Progress | None
    ) -> None:
        self._workspace = workspace
        self._checked = checked
        self._dry_run = dry_run
        self._progress = progress
        self._kept: str | None = None
        self._was: Header | None = None
        self._erased: frozenset[int] = frozenset()

    def into_workspace(self) -> BroughtBack:
        """Replace what the workspace holds, its lock held until that was kept."""
        return self._filled(self._workspace.settings)

    def instead_of_file(self) -> BroughtBack:
        """Put a new file in the place of a damaged one, which is set aside as it is."""
        path = sqlite_path(self._workspace.address).resolve()
        _refuse_no_database(path)
        new = path.with_name(f".{path.name}.part")
        discard_files(new)
        settings = self._workspace.settings
        found = self._filled(replace(settings, flags={**settings.flags, "db": str(new)}, demo=False))
        restored = found.restored._replace(where=str(path))
        if self._dry_run:
            return found._replace(restored=restored, damaged=True)
        try:
            kept = _set_aside(path, backups.folder_of(settings))
            new.replace(path)
        finally:
            discard_files(new)
        return found._replace(restored=restored, kept=kept, damaged=True)

    def _filled(self, settings: Settings) -> BroughtBack:
        made: list[Restored] = []
        try:
            with target(settings, self._look) as driver:
                made.append(self._fill(driver))
                self._erased &= {person.id for person in erasing.everybody(driver)}
                if self._dry_run:
                    raise DryRun
                self._keep(settings)
        except DryRun:
            made[0] = made[0]._replace(dry_run=True)
        was = self._was
        other = was is not None and was.uid != self._checked.uid
        return BroughtBack(
            made[0],
            self._checked.file,
            self._kept,
            was.head if was else None,
            other=other,
            erased=() if other else tuple(sorted(self._erased)),
        )

    def _look(self, driver: Driver, header: Header) -> None:
        self._was, self._erased = header, erasing.erased(driver)

    def _keep(self, settings: Settings) -> None:
        """Keep what others still see, now that only the commit is left; a new workspace holds nothing to keep."""
        if self._was is not None and settings is self._workspace.settings:
            self._kept = backups.keep(self._workspace, backups.RESTORE)

    def _fill(self, driver: Driver) -> Restored:
        if self._checked.format == "journal":
            return from_journal(driver, Path(self._checked.file), self._progress)
        with _opened(self._checked.file) as source:
            return from_database(driver, source, self._progress)


@contextmanager
def _opened(file: str) -> Iterator[Driver]:
    driver = open_database(str(Path(file).absolute()), write=False)
    try:
        driver.begin_reading()
        yield driver
        driver.rollback()
    finally:
        driver.close()


def _refuse_no_database(path: Path) -> None:
    """A file that never was a database is not set aside: it may be named by mistake."""
    if not copies.is_database(path):
        raise InvalidInput(
            _("{path} is no database; move it out of the way, then restore again").format(path=path),
            path=str(path),
        )


def _set_aside(path: Path, folder: Path) -> str:
    """Keep a damaged file and what stands beside it; the file itself stays until another takes its place."""
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    kept = backups.next_path(folder, backups.DAMAGED, ".db")
    for ending in ("-wal", "-shm"):
        beside = path.with_name(path.name + ending)
        if beside.exists():
            beside.replace(kept.with_name(kept.name + ending))
    try:
        os.link(path, kept)
    except OSError:  # a file system without links
        shutil.copy2(path, kept)
    return str(kept)
