"""A copy of a workspace as one file: made so that it appears whole, private and checked, or not at all."""

from __future__ import annotations

import json
import os
import re
import secrets
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import NamedTuple

from pipecli.address import is_postgres
from pipecli.errors import Damaged, InvalidInput, PipeError, StoreError
from pipecli.importers import journal as files
from pipecli.store import dump, integrity
from pipecli.store.driver import Driver
from pipecli.store.header import Header, State, read_header
from pipecli.store.opening import open_database, sqlite_path
from pipecli.store.sqlite import SqliteDriver
from pipecli.store.sqlite_files import reading, replacing
from pipecli.text import _

from .exporting import export_journal
from .workspace import Workspace

_MAGIC = b"SQLite format 3\x00"
_STALE_SECONDS = 3600
_PART = re.compile(r"\.(.+)\.[0-9a-f]{8}\.part(?:-wal|-shm|-journal)?", re.DOTALL)


class Faulty(Damaged):
    """A database that is whole, but its journal has a fault."""


class Checked(NamedTuple):
    """A backup or an exported journal that was read from one end to the other: what it holds, and what it is of."""

    file: str
    format: str
    uid: str
    events: int
    of: str = ""


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
    """Whether a file is a SQLite database; raises InvalidInput where it cannot be read, or only once."""
    if path.exists() and not path.is_dir() and not path.is_file():
        raise InvalidInput(
            _("{path} is a pipe or a device; write it into a file first").format(path=path), path=str(path)
        )
    try:
        with path.open("rb") as stream:
            return stream.read(len(_MAGIC)) == _MAGIC
    except OSError as error:
        raise InvalidInput(
            _("{path} cannot be read: {error}").format(path=path, error=error.strerror), path=str(path)
        ) from error


def _checked_database(path: Path) -> Checked:
    with opened(path) as driver:
        header = read_header(driver, write=True)
        pages = integrity.database_faults(driver)
        faults = pages or integrity.journal_faults(driver, header)
    if faults:
        line = _("{path} is damaged: {fault}").format(path=path, fault=faults[0])
        raise (Damaged if pages else Faulty)(line, where=str(path), faults=faults)
    return Checked(str(path), "sqlite", header.uid, header.head)


@contextmanager
def opened(path: Path) -> Iterator[Driver]:
    """A copy that is a database, as it stands at one moment; beside it nothing is left that was not there before."""
    with reading(path):
        driver = open_database(str(path.absolute()), write=False)
        try:
            driver.begin_reading()
            yield driver
            driver.rollback()
        finally:
            driver.close()


def copied(workspace: Workspace, target: Path, *, faulty: bool = False) -> Checked:
    """Make a copy that appears whole and checked, or not at all.

    `faulty` says that one whose journal has faults is a copy too; one of a damaged file never is.
    """
    made = _copied(workspace, target, faulty=faulty)
    if said_by(target) != (made.uid, made.events):
        raise StoreError(
            _("{path} is not what was written there: somebody else wrote it too; make it again").format(
                path=target
            ),
            where=str(target),
        )
    return made


def said_by(path: Path) -> tuple[str, int] | None:
    """By a copy's own word, the workspace it is of and how many events it has; None where it cannot say."""
    state = state_of(path)
    return state[:2] if state else None


def state_of(path: Path) -> State | None:
    """By a copy's own word, which moment of which workspace it holds; None where it cannot say."""
    try:
        if is_database(path):
            with opened(path) as driver:
                header = dump.workspace_values(driver)
        else:
            with path.open(encoding="utf-8") as stream:
                header = json.loads(stream.readline())
        return str(header["uid"]), int(header["head"]), str(header["recorded_at"])
    except (PipeError, OSError, ValueError, KeyError, TypeError, IndexError):
        return None


def _copied(workspace: Workspace, target: Path, *, faulty: bool) -> Checked:
    with private(target) as part:
        driver = open_database(workspace.address, write=False)
        try:
            driver.begin_reading()
            header = read_header(driver, write=True)
            if isinstance(driver, SqliteDriver):
                driver.copy_to(part)
            else:
                with part.open("w", encoding="utf-8", newline="") as stream:
                    export_journal(workspace, stream)
            try:
                made = check(part)
                if driver.user and not faulty and (faults := integrity.journal_faults(driver, header)):
                    raise Faulty("", faults=faults)  # which a journal does not show before it is put in again
            except (Damaged, InvalidInput) as error:
                fault = _fault(error, driver, header)
                if not faulty or isinstance(fault, Damaged):
                    raise fault from error
                made = Checked("", "journal" if driver.user else "sqlite", header.uid, header.head)
            return made._replace(file=str(target), of=driver.where)
        finally:
            driver.close()


def _fault(error: PipeError, driver: Driver, header: Header) -> StoreError:
    """What is wrong with a workspace, by what is wrong with its copy: Damaged where its file is."""
    faults = error.detail.get("faults")
    if isinstance(error, Damaged) and not isinstance(error, Faulty):
        fault = faults[0] if faults else _("it cannot be read from one end to the other")
        line = _("{where} is damaged: {fault}; no backup was made; bring one back: pipe db restore FILE")
        return Damaged(line.format(where=driver.where, fault=fault), where=driver.where)
    faults = faults or integrity.journal_faults(driver, header)
    fault = faults[0] if faults else _("its journal cannot be read back")
    line = _("{where} is not sound: {fault}; no backup was made, see pipe doctor")
    return StoreError(line.format(where=driver.where, fault=fault), where=driver.where)


@contextmanager
def private(target: Path) -> Iterator[Path]:
    """Where to write what becomes the file when the context ends well, readable by its owner alone.

    Raises StoreError where it cannot be written.
    """
    part = part_of(target)
    try:
        clear_stale(target.parent, target.name)
        os.close(os.open(part, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600))
        yield part
        make_durable(part)
        with replacing(target):
            part.replace(target)
    except OSError as error:
        raise unwritable(target, error) from error
    finally:
        with suppress(OSError):
            part.unlink(missing_ok=True)
            part.with_name(part.name + "-journal").unlink(missing_ok=True)
    keep_name(target)


def keep_name(target: Path) -> None:
    """Bring the new name of a file onto the disk; raises StoreError where that is not sure."""
    try:
        make_durable(target.parent)
    except OSError as error:
        line = _("{path} was written, but {folder} could not be: {error}; it may be gone after a power cut")
        folder, reason = target.parent, error.strerror or error
        raise StoreError(line.format(path=target, folder=folder, error=reason), where=str(target)) from error


def part_of(target: Path) -> Path:
    """Where to write what is to become a file, under a name that nobody else takes."""
    return target.with_name(f".{target.name}.{secrets.token_hex(4)}.part")


def clear_stale(folder: Path, name: str | None = None) -> None:
    """Remove what a process left behind that died while it wrote a file of that name, or any."""
    for stale in folder.glob(".*.part*"):
        of = _PART.fullmatch(stale.name)
        if of and of[1] == (name or of[1]) and time.time() - stale.stat().st_mtime > _STALE_SECONDS:
            stale.unlink(missing_ok=True)


def make_durable(path: Path) -> None:
    """Bring a file, or the names in a folder, onto the disk; a folder only where the system can open one."""
    if path.is_dir() and os.name == "nt":
        return
    descriptor = os.open(path, os.O_RDONLY if path.is_dir() else os.O_RDWR)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def unwritable(path: Path, error: OSError) -> StoreError:
    """Why there is no backup."""
    line = _("{path} cannot be written: {error}; no backup was made")
    return StoreError(line.format(path=path, error=error.strerror or error), where=str(path))


def is_same_file(address: str, path: str | Path) -> bool:
    """Whether a path leads to the file of a workspace."""
    if is_postgres(address):
        return False
    try:
        return sqlite_path(address).samefile(path)
    except OSError:
        return False
