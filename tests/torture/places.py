"""Where the story's workspaces are, on either database: put as they were, kept, and looked at whole."""

from __future__ import annotations

import hashlib
import re
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Protocol

from pipecli.errors import StoreError
from pipecli.store import dump
from pipecli.store.driver import Driver
from pipecli.store.opening import open_database
from pipecli.store.schema import has_workspace

# Identifiers and salts are drawn at random in every run, and hashes follow from them.
_DRAWN = re.compile(r"\b[0-9a-f]{16,64}\b")


class Place(Protocol):
    """A place for one workspace."""

    address: str

    def clear(self) -> None:
        """Leave nothing there."""

    def keep(self, name: str) -> None:
        """Remember what is there."""

    def put(self, name: str) -> None:
        """Have it as it was when that was kept."""

    def settle(self) -> None:
        """Wait until nobody else is at it any more."""

    def close(self) -> None:
        """Leave nothing on a server."""


class SqlitePlace:
    """A file; what is kept of it lies in a folder of its own."""

    def __init__(self, path: Path, kept: Path) -> None:
        self.address = str(path)
        self.path = path
        self._kept = kept
        kept.mkdir(exist_ok=True)

    def clear(self) -> None:
        for path in self.path.parent.glob(f"{self.path.name}*"):
            shutil.rmtree(path) if path.is_dir() else path.unlink()

    def keep(self, name: str) -> None:
        shutil.copy(self.path, self._kept / name)

    def put(self, name: str) -> None:
        self.clear()
        shutil.copy(self._kept / name, self.path)

    def settle(self) -> None:
        """Whoever was killed holds nothing any more."""

    def close(self) -> None:
        """A folder of the test is gone with it."""


class PostgresPlace:
    """A database of a server; what is kept of it are databases beside it."""

    def __init__(self, server: str, name: str) -> None:
        self.address = server.replace("/postgres?", f"/{name}?")
        self._server = server
        self._name = name
        self._kept: set[str] = set()

    def clear(self) -> None:
        self._make("template1")

    def keep(self, name: str) -> None:
        self._kept.add(name)
        self._say(f"drop database if exists {self._name}_{name}")
        self._say(f"create database {self._name}_{name} template {self._name}")

    def put(self, name: str) -> None:
        self._make(f"{self._name}_{name}")

    def settle(self) -> None:
        """The server ends what it heard from a client that died, then nobody is there."""
        asked = "select count(*) from pg_stat_activity where datname = %s"
        with self._admin() as admin:
            for _try in range(3000):
                if not admin.execute(asked, [self._name]).fetchone()[0]:
                    return
                admin.execute("select pg_sleep(0.01)")
        raise AssertionError(f"somebody is still at {self._name}")

    def close(self) -> None:
        """Leave nothing on the server."""
        for name in (self._name, *(f"{self._name}_{kept}" for kept in self._kept)):
            self._say(f"drop database if exists {name} with (force)")

    def _make(self, template: str) -> None:
        self._say(f"drop database if exists {self._name} with (force)")
        self._say(f"create database {self._name} template {template}")

    def _say(self, statement: str) -> None:
        with self._admin() as admin:
            admin.execute(statement)

    @contextmanager
    def _admin(self) -> Iterator[Any]:
        import psycopg

        with psycopg.connect(self._server, autocommit=True) as admin:
            yield admin


def picture(address: str) -> str | None:
    """All that is true of a workspace but what was drawn at random; None where there is none."""
    try:
        driver = open_database(address, write=False)
    except StoreError:
        return None
    try:
        driver.begin_reading()
        found = _drawn(driver) if has_workspace(driver) else None
        driver.rollback()
        return found
    finally:
        driver.close()


def _drawn(driver: Driver) -> str:
    header = driver.rows(
        "select format, projection, min_writer, head, definition, next_number, recorded_at from workspace"
    )
    lines = [
        repr(header),
        repr(driver.rows("select number, name, stage, amount from opportunity order by number")),
    ]
    for table in dump.TABLES:
        lines += [repr((table, *row)) for row in dump.dumped(driver, table)]
    text = _DRAWN.sub("…", "\n".join(lines))
    return f"{header[0][3]} {hashlib.sha256(text.encode()).hexdigest()}"
