"""From an address to an open database: a file path, `sqlite:///…` or `postgresql://…`."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from pipecli.address import is_keywords, is_postgres, without_password
from pipecli.errors import InvalidInput
from pipecli.text import _

if TYPE_CHECKING:
    from .driver import Driver


def sqlite_path(address: str) -> Path:
    """The file an address names; raises InvalidInput for an address of another kind."""
    if address.startswith("sqlite:///"):
        return Path(address.removeprefix("sqlite:///"))
    if "://" in address or "\x00" in address or is_keywords(address):
        line = _("{address} is not a database; write a file path, sqlite:///FILE or postgresql://HOST/NAME")
        raise InvalidInput(line.format(address=without_password(address.replace("\x00", ""))))
    try:
        return Path(address).expanduser()
    except RuntimeError as error:
        raise InvalidInput(
            _("there is no home folder for {address}; write the whole path").format(address=address)
        ) from error


def open_database(address: str, *, write: bool) -> Driver:
    """Open an existing database; raises StoreError."""
    if is_postgres(address):
        from .postgres import open_postgres

        return open_postgres(address)
    from .sqlite import open_sqlite

    return open_sqlite(sqlite_path(address), write=write)


def create_database(address: str) -> Driver:
    """Open a database to make a workspace in: a new file, or an existing PostgreSQL database; raises StoreError."""
    if is_postgres(address):
        return open_database(address, write=True)
    from .sqlite import create_sqlite

    return create_sqlite(sqlite_path(address))


def holds_something(address: str) -> bool:
    """Whether there is more than a file without content; a PostgreSQL database always is."""
    if is_postgres(address):
        return True
    from .sqlite import take_back_beginning

    path = sqlite_path(address)
    take_back_beginning(path)
    return path.exists() and not (path.is_file() and path.stat().st_size == 0)


def discard(address: str, driver: Driver) -> None:
    """Close a database that was opened to make a workspace in and was not; a new file and its folders are removed."""
    from .folders import unmake
    from .sqlite import SqliteDriver

    driver.rollback()
    driver.close()
    if isinstance(driver, SqliteDriver):
        discard_files(sqlite_path(address))
        unmake(driver.folders)


def discard_files(path: Path) -> None:
    """Remove a SQLite file and what stands beside it."""
    for name in (path, path.with_name(path.name + "-wal"), path.with_name(path.name + "-shm")):
        name.unlink(missing_ok=True)


def database_user(driver: Driver) -> str | None:
    """The authenticated user of the database; None where it has none (SQLite)."""
    return driver.user


NETWORK_FILE_SYSTEMS = frozenset(
    {"nfs", "nfs4", "cifs", "smb3", "smbfs", "fuse.sshfs", "9p", "afs", "glusterfs"}
)
SYNCED_FOLDERS = (
    "dropbox",
    "onedrive",
    "google drive",
    "googledrive",
    "icloud",
    "mobile documents",
    "nextcloud",
)


def shared_folder(address: str, mounts: str = "/proc/self/mounts") -> str | None:
    """The network file system or synced folder a SQLite file would stand in, where WAL loses data; None if neither."""
    if is_postgres(address):
        return None
    path = sqlite_path(address).absolute()
    for part in path.parts:
        if part.casefold().startswith(SYNCED_FOLDERS):
            return part
    try:
        lines = Path(mounts).read_text(encoding="utf-8", errors="replace").splitlines()
    except OSError:
        return None
    places = [line.split()[1:3] for line in lines if len(line.split()) > 2]
    over = [(place, kind) for place, kind in places if path.is_relative_to(place.replace("\\040", " "))]
    place, kind = max(over, key=lambda p: len(p[0]), default=("", ""))
    return place if kind in NETWORK_FILE_SYSTEMS else None
