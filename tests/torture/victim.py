"""Commands of a user, each in a process of its own that was loaded before: to be killed, or to meet a failing disk.

`python victim.py MARKS` reads a JSON object a line from standard input (the fields of `Task`), forks, says the child's
number, and how it ended once it has. Whoever asks may kill the child meanwhile; it writes its moments to the
descriptor MARKS. Run with LD_PRELOAD of shim.c, the child arms it first.
"""

from __future__ import annotations

import ctypes
import faulthandler
import io
import json
import os
import sys
import time
from collections.abc import Callable
from contextlib import redirect_stderr, redirect_stdout
from datetime import datetime
from importlib import import_module
from tempfile import TemporaryDirectory
from typing import Any, NamedTuple

import psycopg

from pipecli import clock, entry
from pipecli.cli import commands
from pipecli.service import bringing_back, copying, demo, importing, mail, merging, restoring, unanswered
from pipecli.store import postgres, sqlite

LOADED = (bringing_back, copying, demo, importing, mail, merging, restoring, unanswered, psycopg)
WARMING = (
    "init",
    "add ERP 20k -a Acme -n call -d +3d --contact Jeanne",
    "log 1 call need",
    "qualify 1",
    "suggest 1",
    "why 1",
    "undo",
    "export --json",
    "doctor --rebuild",
    "forget Jeanne --yes --dry-run",
)


class Task(NamedTuple):
    """What a child does: the words of a command, where, at what time; `shim` are the arguments of `fault_arm`."""

    words: tuple[str, ...]
    folder: str
    environ: dict[str, str]
    at: str
    shim: tuple[str, int, int, int, int] | None = None


def main(marks: int) -> None:
    """Serve until standard input ends."""
    warm()
    print("ready", flush=True)
    for line in sys.stdin:
        task = Task(**json.loads(line))
        child = os.fork()
        if not child:
            _live(task, marks)
        print(child, flush=True)
        _pid, status = os.waitpid(child, 0)
        print(os.waitstatus_to_exitcode(status), flush=True)


def warm() -> None:
    """Load what commands load at their first use, so that a child spends its life on the command."""
    for declared in commands.declared():
        import_module(f"pipecli.cli.{declared.module}")
    kept = dict(os.environ)
    with TemporaryDirectory() as folder, redirect_stdout(io.StringIO()), redirect_stderr(io.StringIO()):
        os.environ |= {"PIPE_DB": f"{folder}/pipe.db", "PIPE_ME": "lea", "PIPE_CONFIG": f"{folder}/x"}
        os.environ |= {"HOME": folder, "XDG_RUNTIME_DIR": folder}
        for words in WARMING:
            entry.run(words.split())
    os.environ.clear()
    os.environ.update(kept)


def _live(task: Task, marks: int) -> None:
    """Be the command: what it prints goes to files, its moments to whoever asked."""
    faulthandler.disable()
    started = time.perf_counter()
    os.environ.clear()
    os.environ.update(task.environ)
    os.chdir(task.folder)
    for name, number in (("in", 0), ("out", 1), ("err", 2)):
        flags = os.O_RDONLY if number == 0 else os.O_WRONLY | os.O_CREAT | os.O_APPEND
        os.dup2(os.open(os.devnull if number == 0 else name, flags, 0o600), number)
    sys.stdin = io.StringIO("")
    sys.stdout = os.fdopen(1, "w", encoding="utf-8", closefd=False)
    sys.stderr = os.fdopen(2, "w", encoding="utf-8", closefd=False)

    def mark(name: str) -> None:
        os.write(marks, f"{name} {time.perf_counter() - started:.5f}\n".encode())

    for driver in (sqlite.SqliteDriver, postgres.PostgresDriver):
        for name in ("begin", "run", "commit"):
            setattr(driver, name, _marked(getattr(driver, name), name, mark))
    clock.freeze(datetime.fromisoformat(task.at))
    shim = ctypes.CDLL(None) if task.shim else None
    if shim:
        folder, calls, nth, outcome, lasting = task.shim
        shim.fault_arm(os.fsencode(folder), calls, ctypes.c_long(nth), outcome, lasting)
    code = entry.run(list(task.words))
    if shim:
        os.write(marks, b"calls %d\n" % shim.fault_count())
    mark("end")
    sys.stdout.flush()
    sys.stderr.flush()
    os._exit(code)


def _marked(call: Callable[..., Any], name: str, mark: Callable[[str], None]) -> Callable[..., Any]:
    """A driver's method that says when it was done; `run`, only of the beginning of one that writes."""

    def marked(driver: Any, *given: Any) -> Any:
        found = call(driver, *given)
        if name != "run":
            mark(name)
        elif given[0] == ("begin immediate" if driver.dialect == "sqlite" else "begin"):
            mark("begin")
        return found

    return marked


if __name__ == "__main__":
    main(int(sys.argv[1]))
