"""Backups: a copy of a live workspace, opened and checked before it counts; some are made and kept by the program.

A SQLite workspace is copied as the file it is, one on PostgreSQL as its journal. Copies that the program makes by
itself lie beside the file (`pipe.db.backups/`), or for PostgreSQL in the user's data folder; where copies were made
to on request is noted there too, so that an erasure can name what still holds a person.
"""

from __future__ import annotations

import json
import os
import re
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import NamedTuple

from pipecli import clock
from pipecli.config import Settings, data_folder
from pipecli.errors import InvalidInput, PipeError, StoreError
from pipecli.importers import journal as files
from pipecli.store import dump
from pipecli.store.driver import Driver
from pipecli.store.header import read_header
from pipecli.store.opening import is_postgres, open_database, sqlite_path
from pipecli.text import _

from .copies import Checked, clear_stale, copied, is_database, is_same_file, unwritable
from .workspace import Workspace

KEPT = 10
"""So many of the copies that the program made by itself are kept."""
KEPT_DAYS = 90
"""Those older than this go too, but for the newest."""
UPGRADE, RESTORE, DAMAGED, ASKED = "upgrade", "restore", "damaged", "asked"
STAMP = "%Y-%m-%dT%H%M%SZ"

_NAME = re.compile(r"(\d{4}-\d\d-\d\dT\d{6}Z)-([a-z]+)(-\d+)?\.(db|jsonl)")
_NOTED = "made.jsonl"


class Backup(NamedTuple):
    """A backup there is: when it was made and why; events None where it cannot say.

    `upgrade` and `restore` were made before those, `damaged` is a file that a restore replaced, `asked` was asked for.
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
    if os.path.lexists(target) and not force:
        raise InvalidInput(
            _("{path} exists already; name another file, or replace it with --force").format(path=target),
            path=str(target),
        )
    made = copied(workspace, target)
    _note(workspace, made)
    return made


def keep(workspace: Workspace, uid: str, why: str) -> str:
    """Make the copy that goes before a change which nothing takes back; where it is. The oldest are let go of.

    Raises Damaged where the file of the workspace is, and the copy with it. The journal of a database on PostgreSQL
    that has faults is kept with them.
    """
    folder = folder_of(workspace.settings, uid)
    try:
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    except OSError as error:
        raise unwritable(folder, error) from error
    stem = f"{clock.now().astimezone(UTC):{STAMP}}-{why}"
    target = free_path(folder, stem, _suffix(workspace.address))
    copied(workspace, target, faulty=is_postgres(workspace.address))
    clear_stale(folder)
    _prune(folder)
    return str(target)


def folder_of(settings: Settings, uid: str) -> Path:
    """Where the program keeps copies of a workspace."""
    address = settings.database()
    if is_postgres(address):
        return data_folder(settings.environ) / "backups" / f"postgresql-{uid}"
    path = sqlite_path(address).absolute()
    return path.with_name(path.name + ".backups")


def listed(workspace: Workspace) -> list[Backup]:
    """Every backup there is, the newest first; those that were asked for as long as they stand where they were made."""
    uid = uid_of(workspace)
    folder = folder_of(workspace.settings, uid)
    found = [*_kept(folder), *_asked_for(folder, uid)]
    return sorted(found, key=lambda b: (b.made_at, b.file), reverse=True)


def named(workspace: Workspace, file: str) -> Path:
    """The file that is meant: the one of that path, else one of that name among those the program keeps."""
    path = Path(file)
    if path.name == file and not path.exists():
        with suppress(StoreError):
            kept = folder_of(workspace.settings, uid_of(workspace)) / file
            return kept if kept.exists() else path
    return path


def replaced_since(workspace: Workspace, uid: str, instant: str) -> str | None:
    """The copy that the last restore since an instant kept of what it replaced; None where there was none."""
    since = datetime.fromisoformat(instant)
    found: list[tuple[datetime, str]] = []
    for path in folder_of(workspace.settings, uid).glob(f"*-{RESTORE}*"):
        named = _NAME.fullmatch(path.name)
        if named and (at := datetime.strptime(named[1], STAMP).replace(tzinfo=UTC)) > since:
            found.append((at, str(path)))
    return max(found)[1] if found else None


def uid_of(workspace: Workspace) -> str:
    """What the workspace is known by; raises StoreError."""
    driver = open_database(workspace.address, write=False)
    try:
        return read_header(driver, write=True).uid
    finally:
        driver.close()


def holding(workspace: Workspace, contacts: frozenset[int]) -> list[Backup]:
    """The backups that still hold the personal data of any of these contacts, or cannot be read to know."""
    return [backup for backup in listed(workspace) if _holds(Path(backup.file), contacts)]


def _refuse_itself(address: str, target: Path) -> None:
    if is_same_file(address, target):
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


def _kept(folder: Path) -> list[Backup]:
    found = []
    for path in folder.glob("*-*.*") if folder.is_dir() else ():
        named = _NAME.fullmatch(path.name)
        if named:
            at = datetime.strptime(named[1], STAMP).replace(tzinfo=UTC)
            said = _said_by(path)
            found.append(
                Backup(str(path), clock.stamp(at), named[2], said[1] if said else None, path.stat().st_size)
            )
    return found


def _prune(folder: Path) -> None:
    """Let go of the oldest copies beyond the number and the age to keep, never of the newest."""
    oldest = clock.stamp(clock.now() - timedelta(days=KEPT_DAYS))
    kept = sorted(_kept(folder), key=lambda b: (b.made_at, _serial(b.file)), reverse=True)
    for n, one in enumerate(kept):
        if n >= KEPT or (n and one.made_at < oldest):
            for path in (one.file, one.file + "-wal", one.file + "-shm"):
                Path(path).unlink(missing_ok=True)


def _serial(file: str) -> int:
    named = _NAME.fullmatch(Path(file).name)
    return -int(named[3]) if named and named[3] else 0


def _note(workspace: Workspace, made: Checked) -> None:
    """Remember where a copy was made to; where that cannot be written, the copy is none the worse."""
    folder = folder_of(workspace.settings, made.uid)
    line = {
        "file": str(Path(made.file).absolute()),
        "made_at": clock.stamp(clock.now()),
        "events": made.events,
    }
    try:
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        path = folder / _NOTED
        with os.fdopen(
            os.open(path, os.O_CREAT | os.O_APPEND | os.O_WRONLY, 0o600), "a", encoding="utf-8"
        ) as out:
            out.write(json.dumps(line) + "\n")
    except OSError as error:
        workspace.tell(
            _("{folder} cannot be written ({error}): pipe db backups will not list this one").format(
                folder=folder, error=error.strerror
            )
        )


def _asked_for(folder: Path, uid: str) -> list[Backup]:
    """The copies that were asked for and still stand where they were made, unless something else stands there now."""
    try:
        lines = (folder / _NOTED).read_text(encoding="utf-8").splitlines()
    except OSError:
        return []
    found: dict[str, Backup] = {}
    for line in lines:
        try:
            noted = json.loads(line)
            path = Path(noted["file"])
            said = _said_by(path) or (uid, None)
            if said[0] == uid:
                found[str(path)] = Backup(
                    str(path), str(noted["made_at"]), ASKED, said[1], path.stat().st_size
                )
        except (OSError, ValueError, KeyError, TypeError):  # gone, or a line that was cut off
            continue
    return list(found.values())


def _said_by(path: Path) -> tuple[str, int] | None:
    """By a copy's own word, the workspace it is of and how many events it has; None where it cannot say."""
    try:
        if is_database(path):
            driver = open_database(str(path), write=False)
            try:
                header = dump.workspace_values(driver)
            finally:
                driver.close()
        else:
            with path.open(encoding="utf-8") as stream:
                header = json.loads(stream.readline())
        return str(header["uid"]), int(header["head"])
    except (PipeError, OSError, ValueError, KeyError, TypeError, IndexError):
        return None


def _holds(path: Path, contacts: frozenset[int]) -> bool:
    try:
        if is_database(path):
            driver = open_database(str(path), write=False)
            try:
                return _any_known(driver, contacts)
            finally:
                driver.close()
        return any(
            record.kind == "person" and record.values["id"] in contacts and record.values["erased_at"] is None
            for record in files.read_journal(path)
        )
    except PipeError:
        return True


def _any_known(driver: Driver, contacts: frozenset[int]) -> bool:
    return any(row[0] in contacts and row[-1] is None for row in dump.dumped(driver, "person"))
