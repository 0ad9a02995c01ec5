"""Many processes at once on one workspace, and what must be true of it afterwards."""

from __future__ import annotations

import subprocess
import sys
import time
from collections import Counter
from pathlib import Path
from typing import NamedTuple

from pipecli.address import is_postgres
from pipecli.config import Settings
from pipecli.domain.evolve import fold
from pipecli.domain.gate import Judge
from pipecli.domain.pipeline import Pipeline
from pipecli.service import creating, doctor, opportunities
from pipecli.service.answers import Answers
from pipecli.service.workspace import Workspace
from pipecli.store import journal
from pipecli.store.opening import open_database

from .worker import SHARED

WORKER = Path(__file__).with_name("worker.py")
DEFINITION = """\
name = "Torture"
currency = "EUR"
timezone = "Europe/Paris"
loss_reasons = ["price", "other"]
[[stage]]
key = "lead"
name = "Lead"
probability = 10
  [[stage.exit]]
  key = "need"
  ask = "What do they need?"
  evidence = "note"
[[stage]]
key = "talks"
name = "Talks"
probability = 30
  [[stage.exit]]
  key = "cheap"
  ask = "Is it within what they can pay?"
  condition = "amount < 50000"
[[stage]]
key = "offer"
name = "Offer"
probability = 60
  [[stage.exit]]
  key = "dated"
  ask = "When will they sign?"
  field = "close_date"
[won]
name = "Won"
[lost]
name = "Lost"
"""


class Crowd(NamedTuple):
    """What a crowd did: every command by what became of it, and how long it took in seconds."""

    confirmed: Counter[tuple[str, str, str]]
    refused: Counter[str]
    commands: int
    seconds: float

    def line(self) -> str:
        """What is said of it."""
        written = sum(self.confirmed.values())
        told = ", ".join(f"{n} {slug}" for slug, n in sorted(self.refused.items()))
        rest = self.commands - written - sum(self.refused.values())
        return (
            f"{self.commands} commands in {self.seconds:.1f} s ({self.commands / self.seconds:.0f} a second): "
            f"{written} written, {rest} read or changed nothing, refused: {told or 'none'}"
        )


def made(address: str) -> Workspace:
    """A workspace with what everybody works on."""
    environ = {"PIPE_DB": address, "PIPE_ME": "lea", "PIPE_CONFIG": "/nowhere/x"}
    settings = Settings(environ=environ)
    creating.init(settings, DEFINITION)
    place = Workspace(settings)
    for n in range(SHARED):
        opportunities.add(place, f"Shared {n}", Answers(next="call", due="+5d", amount=f"{n + 1}0k"))
    return place


def let_loose(address: str, processes: int, commands: int, seed: int = 1) -> Crowd:
    """Let so many processes work at once."""
    workers = [
        subprocess.Popen(
            [sys.executable, str(WORKER), address, f"p{n}", str(commands), str(seed * 100 + n)],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )
        for n in range(processes)
    ]
    for worker in workers:
        assert worker.stdout
        assert worker.stdout.readline() == "ready\n"
    for worker in workers:
        assert worker.stdin
        worker.stdin.write("go\n")
        worker.stdin.flush()
    started = time.perf_counter()
    confirmed: Counter[tuple[str, str, str]] = Counter()
    refused: Counter[str] = Counter()
    for n, worker in enumerate(workers):
        said, _errors = worker.communicate()
        assert worker.returncode == 0
        for line in said.splitlines():
            what, kind, rest = (*line.split(" ", 2), "")[:3]
            if what == "refused":
                refused[kind] += 1
            elif kind != "nothing":
                confirmed[f"p{n}", kind, rest] += 1
    return Crowd(confirmed, refused, processes * commands, time.perf_counter() - started)


def faults_after(place: Workspace, crowd: Crowd) -> list[str]:
    """What is not as it must be; nothing where all is well."""
    driver = open_database(place.address, write=False)
    try:
        found = doctor.doctor(place).faults
        found += _counted(driver.rows(LAST_EVENTS), crowd, alone=is_postgres(place.address))
        with place.read() as reading:
            for stream, events in journal.load_streams(driver, "o"):
                found += passed_by_a_race(stream, events, reading.pipeline)
        return found
    finally:
        driver.close()


# Of each command that the crowd wrote, who gave it and its last event.
LAST_EVENTS = (
    "select c.actor, e.kind, e.stream, c.name from command c "
    "join event e on e.seq = (select max(x.seq) from event x where x.command = c.id and x.stream like 'o%') "
    "where c.name <> 'init'"
)


def _counted(rows: list[tuple[str, str, str, str]], crowd: Crowd, *, alone: bool) -> list[str]:
    """Whether each confirmed command is in the journal exactly once, and nothing else is."""
    # On PostgreSQL everybody here logs in under one name.
    wanted = Counter[tuple[str, str, str]]()
    for (who, kind, stream), n in crowd.confirmed.items():
        wanted["" if alone else who, kind, stream] += n
    found = Counter(("" if alone else who, kind, stream) for who, kind, stream, _name in rows)
    if not alone:
        found = Counter({key: n for key, n in found.items() if key[0] != "lea"})
    else:
        for n in range(1, SHARED + 1):
            found["", "NextActionSet", f"o{n}"] -= 1  # the one that opened it
    lost, extra = wanted - found, found - wanted
    return [f"confirmed and not in the journal: {key}" for key in lost] + [
        f"in the journal and not confirmed: {key}" for key in extra
    ]


def passed_by_a_race(stream: str, events: list[journal.Event], pipeline: Pipeline) -> list[str]:
    """The moves whose gate was not met by what stood in the journal when they were made."""
    faults = []
    for n, event in enumerate(events):
        if event.kind != "StageAdvanced":
            continue
        before = fold(events[:n])
        if before is None or not before.is_open:
            faults.append(f"{stream} advanced while it was not open, at {event.seq}")
            continue
        gate = Judge(before, pipeline, event.occurred_on, {}).gate(event.payload["to"])
        if gate.unmet:
            faults.append(f"{stream} passed a gate that was not met, at {event.seq}")
    return faults
