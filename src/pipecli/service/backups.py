"""Backups: a copy of a live workspace, opened and checked before it counts; some are made and kept by the program.

A SQLite workspace is copied as the file it is, one on PostgreSQL as its journal. Copies that the program makes by
itself lie beside the file (`pipe.db.backups/`), or for PostgreSQL in the user's data folder, by the address: two
databases may hold one workspace. Where copies were made to on request is noted there too, so that an erasure can name
what still holds a person.
"""

from __future__ import annotations

import os
import re
from collections.abc import Sequence
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import NamedTuple

from pipecli import clock
from pipecli.address import is_postgres
from pipecli.config import Settings, data_folder
from pipecli.errors import InvalidInput, PipeError, StoreError
from pipecli.importers import journal as files
from pipecli.store import dump
from pipecli.store.driver import Driver
from pipecli.store.folders import make_private
from pipecli.store.header import read_header
from pipecli.store.opening import open_database, sqlite_path
from pipecli.store.server_place import place_of
from pipecli.store.sqlite_files import companions
from pipecli.text import _

from . import noted
from .copies import (
    Checked,
    clear_stale,
    copied,
    is_database,
    is_same_file,
    opened,
    said_by,
    state_of,
    unwritable,
)
from .workspace import Workspace

KEPT = 10
"""So many of the copies that the program made by itself are kept; of two that hold the same the older goes first."""
KEPT_DAYS = 90
"""Those older than this go too, but for the newest."""
UPGRADE, RESTORE, DAMAGED = "upgrade", "restore", "damaged"
STAMP = "%Y-%m-%dT%H%M%SZ"

_NAME = re.compile(r"(\d{4}-\d\d-\d\dT\d{6}Z)-([a-z]+)(-\d+)?\.(db|jsonl)")


class Backup(NamedTuple):
    """A backup there is: when it was made and why; events None where it cannot say.

    `upgrade` and `restore` were made before those, `damaged` is a file that a restore replaced, `asked` was asked for,
    `exported` is a journal; `copied` is another workspace, which was made of this one or of which this one was.
    """

    file: str
    made_at: str
    why: str
    events: int | None
    bytes: int


def backup(workspace: Workspace, path: str | Path, *, force: bool = False) -> Checked:
    """Copy the live workspace into a file (or under a name of its own into a folder), and check the copy.

    Raises InvalidInput where a file is there already, unless `force` says to replace it.
    """
    address = workspace.address
    target = Path(path)
    if target.is_dir():
        target = free_path(target, f"pipe-{clock.now().astimezone(UTC):%Y-%m-%d}", _suffix(address))
    _refuse_itself(address, target)
    taken = next((path for path in (target, *companions(target)) if os.path.lexists(path)), None)
    if taken and not force:
        raise InvalidInput(
            _("{path} exists already; name another file, or replace it with --force").format(path=taken),
            path=str(taken),
        )
    made = copied(workspace, target)
    _note(workspace, Path(made.file), noted.ASKED, made.events)
    return made


def exported(workspace: Workspace, file: str | Path) -> None:
    """Remember where the journal was exported to; what is no file, such as a pipe, is nowhere to be found again."""
    path = Path(file)
    said = said_by(path) if path.is_file() else None
    if said:
        _note(workspace, path, noted.EXPORTED, said[1])


def keep(workspace: Workspace, why: str) -> str:
    """Make the copy that goes before a change which nothing takes back; where it is. The oldest are let go of.

    A journal that has faults is kept with them. Raises Damaged where the file of the workspace is.
    """
    folder = folder_of(workspace.settings)
    try:
        make_private(folder)
    except OSError as error:
        raise unwritable(folder, error) from error
    target = next_path(folder, why, _suffix(workspace.address))
    copied(workspace, target, faulty=True)
    clear_stale(folder)
    _prune(folder, target)
    return str(target)


def folder_of(settings: Settings) -> Path:
    """Where the program keeps copies of what an address leads to, whichever workspace that holds."""
    address = settings.database()
    if is_postgres(address):
        return _of_servers(settings) / f"postgresql-{place_of(address)}"
    path = sqlite_path(address).absolute()
    return path.with_name(path.name + ".backups")


def _folders(workspace: Workspace, uid: str) -> list[Path]:
    """Where there may be copies: by the address, and where there were some by the uid before."""
    found = [folder_of(workspace.settings)]
    if is_postgres(workspace.address):
        found.append(_of_servers(workspace.settings) / f"postgresql-{uid}")
    return found


def _of_servers(settings: Settings) -> Path:
    return data_folder(settings.environ) / "backups"


def listed(workspace: Workspace) -> list[Backup]:
    """Every backup there is, the newest first; those that were asked for as long as they stand where they were made."""
    uid = uid_of(workspace)
    found: dict[str, Backup] = {}
    for folder in _folders(workspace, uid):
        found |= {one.backup.file: one.backup for one in _kept(folder)}
        found |= {
            one.backup.file: one.backup
            for one in _noted(folder)
            if one.backup.why != noted.COPIED and one.uid in (uid, None)
        }
    return sorted(found.values(), key=_age, reverse=True)


def named(workspace: Workspace, file: str) -> Path:
    """The file that is meant: the one of that path, else one of that name among those the program keeps."""
    path = Path(file)
    if path.name == file and not path.exists():
        with suppress(StoreError):
            kept = [folder / file for folder in _folders(workspace, uid_of(workspace))]
            return next((one for one in kept if one.exists()), path)
    return path


def uid_of(workspace: Workspace) -> str:
    """What the workspace is known by; raises StoreError."""
    driver = open_database(workspace.address, write=False)
    try:
        return read_header(driver, write=True).uid
    finally:
        driver.close()


def holding(workspace: Workspace, contacts: frozenset[int]) -> list[Backup]:
    """What still holds the personal data of any of these contacts, or cannot be read to know, the newest first.

    Beside those that are listed these are copies of the workspace, and what lies beside the file under the name it had
    before it was moved. Of another workspace, numbers say nothing.
    """
    uid = uid_of(workspace)
    own = [one for folder in _folders(workspace, uid) for one in (*_kept(folder), *_noted(folder))]
    others = [one for folder in _beside(workspace) for one in (*_kept(folder), *_noted(folder))]
    ours = [one for one in own if one.uid in (uid, None)] + [one for one in others if one.uid == uid]
    found = {
        one.backup.file: one.backup for one in ours if not is_same_file(workspace.address, one.backup.file)
    }
    return sorted((b for b in found.values() if _holds(b, contacts)), key=_age, reverse=True)


def _beside(workspace: Workspace) -> list[Path]:
    """The folders of copies that lie where the one of this file does."""
    folder = folder_of(workspace.settings)
    return (
        []
        if is_postgres(workspace.address)
        else [other for other in folder.parent.glob("*.backups") if other != folder]
    )


def _refuse_itself(address: str, target: Path) -> None:
    beside = [] if is_postgres(address) else companions(sqlite_path(address).resolve())
    if is_same_file(address, target) or target.resolve() in beside:
        raise InvalidInput(
            _("{path} is the workspace itself; name another file").format(path=target), path=str(target)
        )


def _suffix(address: str) -> str:
    return ".jsonl" if is_postgres(address) else ".db"


def free_path(folder: Path, stem: str, suffix: str) -> Path:
    """A path in a folder that nothing has yet."""
    path, n = folder / (stem + suffix), 1
    while path.exists():
        n += 1
        path = folder / f"{stem}-{n}{suffix}"
    return path


def next_path(folder: Path, why: str, suffix: str) -> Path:
    """A path for a copy that the program makes now; one that was let go of within this second is not used again."""
    stamp = f"{clock.now().astimezone(UTC):{STAMP}}"
    last = max((_serial(path.name) for path in folder.glob(f"{stamp}-*")), default=0)
    return folder / f"{stamp}-{why}{f'-{last + 1}' if last else ''}{suffix}"


class _Found(NamedTuple):
    """A backup, and the workspace it is of; None where it cannot say."""

    backup: Backup
    uid: str | None


def _kept(folder: Path) -> list[_Found]:
    """What lies in a folder of copies."""
    found = []
    for path in folder.glob("*-*.*") if folder.is_dir() else ():
        named = _NAME.fullmatch(path.name)
        if named:
            at = datetime.strptime(named[1], STAMP).replace(tzinfo=UTC)
            uid, events = said_by(path) or (None, None)
            backup = Backup(str(path), clock.stamp(at), named[2], events, path.stat().st_size)
            found.append(_Found(backup, uid))
    return found


def _noted(folder: Path) -> list[_Found]:
    """What was asked for and still stands where it was made."""
    found = []
    for one in noted.noted(folder):
        if is_postgres(one.file):
            found.append(_Found(Backup(one.file, one.made_at, one.why, one.events, 0), None))
            continue
        with suppress(OSError):  # it is gone
            size = Path(one.file).stat().st_size
            uid, events = said_by(Path(one.file)) or (None, None)
            if one.why == noted.COPIED:
                events = one.events  # as many as both have
            found.append(_Found(Backup(one.file, one.made_at, one.why, events, size), uid))
    return found


def _prune(folder: Path, new: Path) -> None:
    """Let go of copies beyond the number and the age to keep, never of the new one nor of one asked for.

    One whose name says that it was made later than now says nothing of its age, and waits until it does.
    """
    now = clock.now()
    oldest = clock.stamp(now - timedelta(days=KEPT_DAYS))
    spared = {new.resolve(), *(Path(one.file).resolve() for one in noted.noted(folder))}
    others = [
        one.backup
        for one in _kept(folder)
        if one.backup.why in (UPGRADE, RESTORE, DAMAGED)
        and one.backup.made_at <= clock.stamp(now)
        and Path(one.backup.file).resolve() not in spared
    ]
    aged = [backup for backup in others if backup.made_at < oldest]
    kept = sorted((backup for backup in others if backup.made_at >= oldest), key=_age)
    surplus = max(0, len(kept) + 1 - KEPT)
    for backup in [*aged, *_least_missed(kept, new)[:surplus]]:
        for path in (backup.file, backup.file + "-wal", backup.file + "-shm"):
            Path(path).unlink(missing_ok=True)


def _least_missed(kept: Sequence[Backup], new: Path) -> list[Backup]:
    """These copies, the oldest first, but those before others that hold what a newer one holds too."""
    if len(kept) < KEPT:
        return []
    seen = {state_of(new)}
    doubles: list[Backup] = []
    singles: list[Backup] = []
    for backup in reversed(kept):
        state = state_of(Path(backup.file))
        (doubles if state and state in seen else singles).append(backup)
        seen.add(state)
    return [*reversed(doubles), *reversed(singles)]


def _age(made: Backup) -> tuple[str, int]:
    return made.made_at, _serial(Path(made.file).name)


def _serial(name: str) -> int:
    """Which one of its second it is, or stands beside; 0 for a file of another name."""
    found = _NAME.match(name)
    return -int(found[3] or "-1") if found else 0


def _note(workspace: Workspace, path: Path, why: str, events: int) -> None:
    """Remember where a copy was made to; where that cannot be written, the copy is none the worse."""
    folder = folder_of(workspace.settings)
    try:
        noted.note(folder, str(path.absolute()), why, events)
    except OSError as error:
        workspace.tell(
            _("{folder} cannot be written ({error}): pipe db backups will not list this one").format(
                folder=folder, error=error.strerror
            )
        )


def _holds(backup: Backup, contacts: frozenset[int]) -> bool:
    if backup.why == noted.COPIED:  # what came later has other numbers there
        contacts = frozenset(contact for contact in contacts if contact <= (backup.events or 0))
    if is_postgres(backup.file):
        return bool(contacts)
    path = Path(backup.file)
    try:
        if is_database(path):
            with opened(path) as driver:
                return _any_known(driver, contacts)
        return any(
            record.kind == "person" and record.values["id"] in contacts and record.values["erased_at"] is None
            for record in files.read_journal(path)
        )
    except PipeError:
        return True


def _any_known(driver: Driver, contacts: frozenset[int]) -> bool:
    return any(row[0] in contacts and row[-1] is None for row in dump.dumped(driver, "person"))
