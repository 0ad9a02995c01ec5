"""Processes killed with SIGKILL at random moments: what they confirmed is there, and nothing is half done."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from collections import Counter
from collections.abc import Callable
from pathlib import Path
from random import Random
from typing import NamedTuple

from pipecli.config import Settings
from pipecli.service import doctor
from pipecli.service.exporting import export_journal
from pipecli.service.workspace import Workspace
from pipecli.store.opening import open_database

from .crowd import WORKER, made

ROWS = 300
IMPORTS = """
import sys
from pipecli.config import Settings
from pipecli.service.importing import Request, import_file
from pipecli.service.workspace import Workspace
place = Workspace(Settings(environ={"PIPE_DB": sys.argv[1], "PIPE_ME": "lea", "PIPE_CONFIG": "/nowhere/x"}))
print("ready", flush=True)
sys.stdin.readline()
import_file(place, sys.argv[2], Request(maps=("name=Deal", "id=Id", "amount=Value")),
            progress=lambda done, total: print("at", done, flush=True))
print("done", flush=True)
"""
RESTORES = """
import sys
from pipecli.config import Settings
from pipecli.service.restoring import restore
settings = Settings(environ={"PIPE_DB": sys.argv[1], "PIPE_ME": "lea", "PIPE_CONFIG": "/nowhere/x"})
print("ready", flush=True)
sys.stdin.readline()
restore(settings, sys.argv[2], progress=lambda done, total: print("at", done, flush=True))
print("done", flush=True)
"""
REBUILDS = """
import sys
from pipecli.config import Settings
from pipecli.service.doctor import doctor
from pipecli.service.workspace import Workspace
place = Workspace(Settings(environ={"PIPE_DB": sys.argv[1], "PIPE_ME": "lea", "PIPE_CONFIG": "/nowhere/x"}))
print("ready", flush=True)
sys.stdin.readline()
for _n in range(1000):
    doctor(place, rebuild_projection=True)
    print("done", flush=True)
"""


class Killed(NamedTuple):
    """How many processes were killed at what, what they had confirmed, and what was wrong afterwards."""

    at: Counter[str]
    confirmed: int
    faults: list[str]

    def line(self) -> str:
        """What is said of it."""
        told = ", ".join(f"{n} {what}" for what, n in sorted(self.at.items()))
        return (
            f"{sum(self.at.values())} kills ({told}), {self.confirmed} confirmed; {len(self.faults)} faults"
        )


class Killing:
    """Kills processes that work on one workspace, and looks at it after each."""

    def __init__(self, folder: Path, address: str, seed: int = 1) -> None:
        self.folder = folder
        self.place = made(address)
        self.random = Random(seed)
        self.at: Counter[str] = Counter()
        self.confirmed = 0
        self.faults: list[str] = []

    def command(self) -> None:
        """Somebody at work, killed at any moment of any command."""
        seed = str(self.random.randrange(10**6))
        command = [str(WORKER), self.place.address, "p0", "10000", seed]
        said = self._life(command, self.random.randint(1, 12))
        confirmed = [line.split()[1:3] for line in said if line.startswith("done") and "nothing" not in line]
        self.confirmed += len(confirmed)
        journal = Counter(self._rows("select kind, stream from event where stream like 'o%'"))
        self._look(
            "commands", [f"{kind} of {o} is lost" for kind, o in confirmed if (kind, o) not in journal]
        )

    def importing(self) -> None:
        """An import: all of it or nothing."""
        n = self.at["imports"]
        file = self.folder / f"import{n}.csv"
        lines = [f"{n}-{i},Deal {n} {i},{i * 100}" for i in range(1, ROWS + 1)]
        file.write_text("\n".join(["Id,Deal,Value", *lines]) + "\n", encoding="utf-8")
        said = self._life(["-c", IMPORTS, self.place.address, str(file)], self.random.randint(0, 6))
        ((there,),) = self._rows(f"select count(*) from opportunity where name like 'Deal {n} %'")
        wrong = [f"{there} of {ROWS} rows landed"] if there not in (0, ROWS) else []
        if "done" in said and not there:
            wrong.append("an import that was confirmed is lost")
        self.confirmed += said.count("done")
        self._look("imports", wrong)

    def restoring(self) -> None:
        """A restore into a new file: no workspace yet, or all of it."""
        n = self.at["restores"]
        file, target = self.folder / "journal.jsonl", self.folder / f"restored{n}.db"
        with file.open("w", encoding="utf-8", newline="") as out:
            export_journal(self.place, out)
        said = self._life(["-c", RESTORES, str(target), str(file)], self.random.randint(0, 4))
        settings = Settings(environ={"PIPE_DB": str(target), "PIPE_ME": "lea", "PIPE_CONFIG": "/nowhere/x"})
        wrong, head = [], self._rows("select head from workspace")
        try:
            driver = open_database(str(target), write=False)
        except Exception:
            wrong += ["a restore that was confirmed is lost"] if "done" in said else []
        else:
            tables = driver.rows("select 1 from sqlite_master where name = 'workspace'")
            if tables and driver.rows("select head from workspace") != head:
                wrong.append("a restore was half done")
            driver.close()
            if tables:
                wrong += doctor.doctor(Workspace(settings)).faults
        for left in self.folder.glob(f"{target.name}*"):
            left.unlink()
        self.confirmed += said.count("done")
        self._look("restores", wrong)

    def rebuilding(self) -> None:
        """The lists written anew."""
        said = self._life(["-c", REBUILDS, self.place.address], self.random.randint(0, 3))
        self.confirmed += said.count("done")
        self._look("rebuilds", [])

    def _life(self, command: list[str], lines: int) -> list[str]:
        """One process, killed a random part of its work after so many lines; what it said."""
        environ = {**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)}
        with subprocess.Popen(
            [sys.executable, *command], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, env=environ
        ) as process:
            assert process.stdin and process.stdout
            assert process.stdout.readline() == "ready\n"
            process.stdin.write("go\n")
            process.stdin.flush()
            said = [process.stdout.readline().strip() for _line in range(lines)]
            for _moment in range(self.random.randint(0, 400_000)):
                pass
            process.send_signal(signal.SIGKILL)
            said += process.stdout.read().splitlines()
        return said

    def _rows(self, sql: str) -> list[tuple[object, ...]]:
        driver = open_database(self.place.address, write=False)
        try:
            return driver.rows(sql)
        finally:
            driver.close()

    def _look(self, what: str, wrong: list[str]) -> None:
        self.at[what] += 1
        found = wrong + doctor.doctor(self.place).faults
        self.faults += [f"kill {sum(self.at.values())}, of {what}: {fault}" for fault in found]

    def result(self) -> Killed:
        """All that was seen."""
        return Killed(self.at, self.confirmed, self.faults)


def kill_all(folder: Path, address: str, kills: int, seed: int = 1) -> Killed:
    """Kill so many processes, mostly in the middle of commands."""
    killing = Killing(folder, address, seed)
    ways: list[Callable[[], None]] = [killing.command] * 6 + [
        killing.importing, killing.restoring, killing.rebuilding, killing.importing,
    ]  # fmt: skip
    for n in range(kills):
        ways[n % len(ways)]()
    return killing.result()
