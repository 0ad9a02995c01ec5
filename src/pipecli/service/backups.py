"""Backups: a copy of a live workspace, opened and checked before it counts; some are made and kept by the program.

A SQLite workspace is copied as the file it is, one on PostgreSQL as its journal. Copies that the program makes by
itself lie beside the file (`pipe.db.backups/`), or for PostgreSQL in the user's data folder; where copies were made
to on request is noted there too, so that an erasure can name what still holds a person.
"""

from __future__ import annotations

import json
import os
import re
import secrets
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import NamedTuple

from pipecli import clock
from pipecli.config import Settings, data_folder
from pipecli.errors import Damaged, InvalidInput, PipeError, StoreError
from pipecli.importers import journal as files
from pipecli.store import dump, integrity
from pipecli.store.driver import Driver
from pipecli.store.header import read_header
from pipecli.store.opening import is_postgres, open_database, sqlite_path
from pipecli.store.sqlite import SqliteDriver
from pipecli.text import _

from .exporting import export_journal
from .workspace import Workspace

KEPT = 10
"""So many of the copies that the program made by itself are kept."""
KEPT_DAYS = 90
"""Those older than this go too, but for the newest."""
UPGRADE, RESTORE, DAMAGED, ASKED = "upgrade", "restore", "damaged", "asked"
STAMP = "%Y-%m-%dT%H%M%SZ"

_MAGIC = b"SQLite format 3\x00"
_NAME = re.compile(r"(\d{4}-\d\d-\d\dT\d{6}Z)-([a-z]+)(-\d+)?\.(db|jsonl)")
_NOTED = "made.jsonl"
_STALE_SECONDS = 3600


class Checked(NamedTuple):
    """A backup or an exported journal that was read from one end to the other: what it holds, and what it is of."""

    file: str
    format: str
    uid: str
    events: int
    of: str = ""


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
    made = _copied(workspace, target)
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
        raise _unwritable(folder, error) from error
    stem = f"{clock.now().astimezone(UTC):{STAMP}}-{why}"
    target = free_path(folder, stem, _suffix(workspace.address))
    _copied(workspace, target, faulty=is_postgres(workspace.address))
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
    folder = folder_of(workspace.settings, uid_of(workspace))
    found = [*_kept(folder), *_asked_for(folder)]
    return sorted(found, key=lambda b: (b.made_at, b.file), reverse=True)


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


def check(path: Path) -> Checked:
    """Read a backup or an exported journal from one end to the other.

    Raises InvalidInput where it is neither or not whole, Damaged where the database is not sound, StoreError where a
    newer program wrote it.
    """
    if is_database(path):
        return _checked_database(path)
    if not files.is_journal(path):
        raise InvalidInput(
            _("{path} is neither a backup nor an exported journal").format(path=path), path=str(path)
        )
    header: dict[str, object] = {}
    for record in files.read_journal(path):
        if record.kind == "workspace":
            header = record.values
    return Checked(str(path), "journal", str(header["uid"]), int(str(header["head"])))


def is_database(path: Path) -> bool:
    """Whether a file is a SQLite database; raises InvalidInput where it cannot be read."""
    try:
        with path.open("rb") as stream:
            return stream.read(len(_MAGIC)) == _MAGIC
    except OSError as error:
        raise InvalidInput(
            _("{path} cannot be read: {error}").format(path=path, error=error.strerror), path=str(path)
        ) from error


def _checked_database(path: Path) -> Checked:
    driver = open_database(str(path.absolute()), write=False)
    try:
        driver.begin_reading()
        header = read_header(driver, write=True)
        faults = integrity.database_faults(driver) or integrity.journal_faults(driver, header)
        driver.rollback()
    finally:
        driver.close()
    if faults:
        raise Damaged(
            _("{path} is damaged: {fault}").format(path=path, fault=faults[0]), where=str(path), faults=faults
        )
    return Checked(str(path), "sqlite", header.uid, header.head)


def _copied(workspace: Workspace, target: Path, *, faulty: bool = False) -> Checked:
    """Make a copy that appears whole and checked, or not at all; `faulty` says that one with faults is a copy too."""
    with private(target) as part:
        driver = open_database(workspace.address, write=False)
        try:
            header = read_header(driver, write=True)
            if isinstance(driver, SqliteDriver):
                driver.copy_to(part)
        finally:
            driver.close()
        if is_postgres(workspace.address):
            with part.open("w", encoding="utf-8", newline="") as stream:
                export_journal(workspace, stream)
        try:
            return check(part)._replace(file=str(target), of=driver.where)
        except InvalidInput:
            if not faulty:
                raise
            return Checked(str(target), "journal", header.uid, header.head, driver.where)


@contextmanager
def private(target: Path) -> Iterator[Path]:
    """Where to write what becomes the file when the context ends well, readable by its owner alone.

    Raises StoreError where it cannot be written.
    """
    part = target.with_name(f".{target.name}.{secrets.token_hex(4)}.part")
    try:
        _clear_stale(target)
        os.close(os.open(part, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600))
        yield part
        _make_durable(part)
        part.replace(target)
        _make_durable(target.parent)
    except OSError as error:
        raise _unwritable(target, error) from error
    finally:
        with suppress(OSError):
            part.unlink(missing_ok=True)


def _clear_stale(target: Path) -> None:
    """Remove what a process left behind that died while it wrote this file."""
    for stale in target.parent.glob(f".{_literally(target.name)}.*.part"):
        if time.time() - stale.stat().st_mtime > _STALE_SECONDS:
            stale.unlink(missing_ok=True)


def _literally(name: str) -> str:
    return re.sub(r"([*?[])", r"[\1]", name)


def _make_durable(path: Path) -> None:
    """Bring a file, or the names in a folder, onto the disk; a folder only where the system can open one."""
    if path.is_dir() and os.name == "nt":
        return
    descriptor = os.open(path, os.O_RDONLY if path.is_dir() else os.O_RDWR)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def _unwritable(path: Path, error: OSError) -> StoreError:
    line = _("{path} cannot be written: {error}; no backup was made")
    return StoreError(line.format(path=path, error=error.strerror or error), where=str(path))


def _refuse_itself(address: str, target: Path) -> None:
    if is_same_file(address, target):
        raise InvalidInput(
            _("{path} is the workspace itself; name another file").format(path=target), path=str(target)
        )


def is_same_file(address: str, path: Path) -> bool:
    """Whether a path leads to the file of a workspace."""
    if is_postgres(address):
        return False
    try:
        return sqlite_path(address).samefile(path)
    except OSError:
        return False


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
            found.append(Backup(str(path), clock.stamp(at), named[2], _events_in(path), path.stat().st_size))
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


def _asked_for(folder: Path) -> list[Backup]:
    try:
        lines = (folder / _NOTED).read_text(encoding="utf-8").splitlines()
    except OSError:
        return []
    found: dict[str, Backup] = {}
    for line in lines:
        try:
            noted = json.loads(line)
            path = Path(noted["file"])
            found[str(path)] = Backup(
                str(path), str(noted["made_at"]), ASKED, int(noted["events"]), path.stat().st_size
            )
        except (OSError, ValueError, KeyError, TypeError):  # gone, or a line that was cut off
            continue
    return list(found.values())


def _events_in(path: Path) -> int | None:
    """How many events a kept copy has, by its own word."""
    try:
        if is_database(path):
            driver = open_database(str(path), write=False)
            try:
                return int(dump.workspace_values(driver)["head"])
            finally:
                driver.close()
        with path.open(encoding="utf-8") as stream:
            return int(json.loads(stream.readline())["head"])
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
