"""The other side of victim.py: has commands run, killed at a moment or struck by a fault, and says how they ended."""

from __future__ import annotations

import json
import os
import select
import shutil
import signal
import subprocess
import sys
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import NamedTuple

from .victim import Task

SHIM = Path(__file__).with_name("shim.c")


class Ended(NamedTuple):
    """How a command ended: its exit code (negative: the signal that ended it), what it said, its moments in seconds."""

    code: int
    out: str
    err: str
    marks: tuple[tuple[str, float], ...]

    @property
    def killed(self) -> bool:
        """Whether it was killed."""
        return self.code == -signal.SIGKILL

    @property
    def phase(self) -> str:
        """How far it was."""
        names = [name for name, _moment in self.marks]
        if "commit" in names:
            return "after"
        return "within" if "begin" in names else "before"

    def last(self, name: str) -> float | None:
        """The last moment of that name."""
        return next((moment for other, moment in reversed(self.marks) if other == name), None)


class Moment(NamedTuple):
    """So many seconds after a mark, or after the beginning."""

    mark: str
    seconds: float


class Victims:
    """One loaded process whose children are commands."""

    def __init__(self, shim: Path | None = None) -> None:
        environ = {**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)}
        if shim:
            environ["LD_PRELOAD"] = str(shim)
        self._marks, marks = os.pipe()
        self._process = subprocess.Popen(
            [sys.executable, "-m", f"{__package__}.victim", str(marks)],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
            env=environ,
            pass_fds=(marks,),
        )
        os.close(marks)
        os.set_blocking(self._marks, False)
        assert self._said() == "ready"

    def run(
        self, task: Task, moment: Moment | None = None, strike: Callable[[int], None] | None = None
    ) -> Ended:
        """Run a command to its end; at a moment its process, or what it rests on, is struck."""
        folder = Path(task.folder)
        for name in ("out", "err"):
            (folder / name).unlink(missing_ok=True)
        assert self._process.stdin and self._process.stdout
        self._process.stdin.write(json.dumps(task._asdict()) + "\n")
        self._process.stdin.flush()
        child = int(self._said())
        marks = b""
        if strike and moment:
            while moment.mark.encode() not in marks and not self._ended(self._marks):
                marks += os.read(self._marks, 4096)
            if not self._ended(wait=moment.seconds):
                with suppress(ProcessLookupError):  # it ended this moment
                    strike(child)
        code = int(self._said())
        with suppress(BlockingIOError):
            marks += os.read(self._marks, 65536)
        moments = [line.split() for line in marks.decode().splitlines()]
        out, err = _text(folder / "out"), _text(folder / "err")
        return Ended(code, out, err, tuple((name, float(at)) for name, at in moments))

    def _ended(self, other: int | None = None, wait: float | None = None) -> bool:
        """Whether the child ended, waited for so long, or until there is something else to read."""
        watched = [self._process.stdout, *([other] if other is not None else [])]
        ready = select.select(watched, [], [], wait)[0]
        return self._process.stdout in ready and other not in ready

    def close(self) -> None:
        """Let it end."""
        assert self._process.stdin and self._process.stdout
        self._process.stdin.close()
        self._process.wait()
        self._process.stdout.close()
        os.close(self._marks)

    def _said(self) -> str:
        assert self._process.stdout
        return self._process.stdout.readline().strip()


def _text(file: Path) -> str:
    return file.read_text(encoding="utf-8", errors="replace") if file.exists() else ""


def compiled(folder: Path) -> Path | None:
    """The shim, compiled; None where there is no compiler, or no Linux."""
    cc = shutil.which("cc")
    if cc is None or sys.platform != "linux":
        return None
    made = folder / "shim.so"
    subprocess.run([cc, "-shared", "-fPIC", "-O1", "-o", str(made), str(SHIM), "-ldl"], check=True)
    return made
