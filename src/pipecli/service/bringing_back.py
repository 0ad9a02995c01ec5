"""Bringing a backup back: checked first, what it replaces kept, in one transaction; nothing is journalled."""

from __future__ import annotations

import errno
import os
import shutil
import stat
from contextlib import suppress
from dataclasses import replace
from pathlib import Path
from typing import NamedTuple

from pipecli.address import is_postgres
from pipecli.config import Settings
from pipecli.errors import Damaged, InvalidInput, StoreError
from pipecli.store import erasing
from pipecli.store.driver import Driver
from pipecli.store.folders import make_private
from pipecli.store.header import Header
from pipecli.store.opening import discard_files, sqlite_path
from pipecli.store.sqlite import log_is_empty
from pipecli.store.sqlite_files import companions, one_at_a_time
from pipecli.text import _

from . import backups, copies
from .copies import Checked
from .restoring import DryRun, Progress, Restored, from_database, from_journal, target
from .workspace import Workspace

_NO_LINKS = (errno.EPERM, errno.EXDEV, errno.ENOTSUP, errno.EOPNOTSUPP, errno.ENOSYS)
"""Why a file cannot have a second name: its owner, another disk, a file system without."""


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
        """Put a new file in the place of a damaged one, which is set aside as it is; one process after the other."""
        path = sqlite_path(self._workspace.address).resolve()
        _refuse_no_database(path)
        if self._dry_run:
            return self._beside(path)
        folder = backups.folder_of(self._workspace.settings)
        try:
            make_private(folder)
            with one_at_a_time(folder / ".lock", path):
                try:
                    return self.into_workspace()  # which somebody who came before us made whole
                except Damaged:
                    return self._beside(path)
        except OSError as error:
            raise StoreError(
                _("{path} could not be set aside ({error}); nothing was restored").format(
                    path=path, error=error.strerror
                ),
                where=str(path),
            ) from error

    def _beside(self, path: Path) -> BroughtBack:
        """Fill a new file beside the damaged one, then let it take its place."""
        copies.clear_stale(path.parent, path.name)
        new = copies.part_of(path)
        settings = self._workspace.settings
        try:
            found = self._filled(replace(settings, flags={**settings.flags, "db": str(new)}, demo=False))
            found = found._replace(restored=found.restored._replace(where=str(path)), damaged=True)
            if self._dry_run:
                return found
            if not log_is_empty(
                new
            ):  # the file is moved alone: what the disk did not take into it would be lost
                raise _not_replaced(path, new)
            _as_open_as(path, new)
            kept = _set_aside(path, backups.folder_of(settings))
            new.replace(path)
            with suppress(OSError):  # another one's file
                kept.chmod(0o600)
            copies.keep_name(path)
        finally:
            discard_files(new)
        return found._replace(kept=str(kept))

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
        with copies.opened(Path(self._checked.file)) as source:
            return from_database(driver, source, self._progress)


def _refuse_no_database(path: Path) -> None:
    """A file that never was a database is not set aside: it may be named by mistake."""
    if not copies.is_database(path):
        raise InvalidInput(
            _("{path} is no database; move it out of the way, then restore again").format(path=path),
            path=str(path),
        )


def _not_replaced(path: Path, new: Path) -> StoreError:
    line = _("{file} could not be written whole; {path} stays as it is")
    return StoreError(line.format(file=new, path=path), where=str(path))


def _as_open_as(path: Path, new: Path) -> None:
    """Let those work in the new file who could in the old one."""
    was = path.stat()
    with suppress(OSError, AttributeError):  # a group that we are not in; a system without
        os.chown(new, -1, was.st_gid)
    new.chmod(stat.S_IMODE(was.st_mode))


def _set_aside(path: Path, folder: Path) -> Path:
    """Keep a damaged file and what stands beside it; the file itself stays until another takes its place."""
    kept = _kept_also(path, folder)
    for beside, aside in zip(companions(path), companions(kept), strict=True):
        if beside.exists():
            beside.replace(aside)
    return kept


def _kept_also(path: Path, folder: Path) -> Path:
    """Another name for a file, or a copy where there can be none, that nothing else has."""
    while True:
        kept = backups.next_path(folder, backups.DAMAGED, ".db")
        try:
            os.link(path, kept)
        except FileExistsError:
            continue
        except OSError as error:
            if error.errno not in _NO_LINKS:
                raise
            with path.open("rb") as source, kept.open("xb") as out:
                shutil.copyfileobj(source, out)
        return kept
