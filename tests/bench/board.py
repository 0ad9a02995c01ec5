"""The board on a terminal of its own, timed from outside: until it shows its cards, and from a key to what it changes.

Shown is the last byte of the burst that brings what is waited for; a burst ends where nothing comes for 3 ms. For a
key that is the card under the cursor, known by the cursor's colour; for a letter of the filter the count of what
fits, which is written behind the cards. Settled is the last byte before 100 ms of silence: a footer comes late. Run
and printed by `ratio.py`. Needs Unix (pty, wait4).
"""

from __future__ import annotations

import fcntl
import os
import re
import select
import struct
import subprocess
import sys
import termios
import time
from types import TracebackType
from typing import NamedTuple, Self

ROWS, COLUMNS = 45, 160
BURST, SILENCE, PATIENCE = 0.003, 0.1, 60.0  # seconds
# Every one of these moves the cursor where each of three stages holds ten cards; nine of them go down, past the edge.
WALK = "jjjjjjjjjljjjkhkkkll"
LETTERS = "ea"  # the first two of a filter that cuts the cards down twice
CTRL_C = b"\x03"
FITS = re.compile(rb"(\d+) fits?\b")


class Paint(NamedTuple):
    """How long something took: until the last byte of its burst, and until the board had settled. Seconds."""

    shown: float
    settled: float


class Seen(NamedTuple):
    """One run of the board: how many cards it has, its first paint, a paint for each key and for each letter of the
    filter, and its peak memory in the kernel's unit.
    """

    cards: int
    first: Paint
    keys: list[Paint]
    letters: list[Paint]
    maxrss: int


def watched(command: list[str], env: dict[str, str]) -> Seen:
    """Run the board once: wait for its cards, go over them, filter, quit."""
    chosen = cursor()
    with Board(command, env) as board:
        first = board.paint(chosen)
        keys = [board.press(key, chosen) for key in WALK]
        board.press("/", FITS)
        cards = int(board.shown[FITS])
        letters = [board.press(letter, FITS) for letter in LETTERS]
        return Seen(cards, first, keys, letters, board.quit())


def cursor() -> re.Pattern[bytes]:
    """How the number of the card under the cursor is written: alone in its colours, the last of which is the ground."""
    from pipecli.tui.theme import DARK, THEMES

    ground = next(theme for theme in THEMES if theme.name == DARK).variables["block-cursor-background"]
    red, green, blue = bytes.fromhex(ground.removeprefix("#"))
    return re.compile(rf"48;2;{red};{green};{blue}m(\d+)\x1b".encode())


class Board:
    """One run of `pipe board` on a pty of a fixed size."""

    def __init__(self, command: list[str], env: dict[str, str]) -> None:
        self._master, slave = os.openpty()
        fcntl.ioctl(slave, termios.TIOCSWINSZ, struct.pack("HHHH", ROWS, COLUMNS, 0, 0))
        terminal = {"TERM": "xterm-256color", "COLORTERM": "truecolor", "PIPE_LANG": "en"}
        # By its size: what COLUMNS or LINES say would stand above it.
        size = ("COLUMNS", "LINES", "NO_COLOR")
        self._since = time.perf_counter()
        self._process = subprocess.Popen(
            command,
            env={name: value for name, value in (env | terminal).items() if name not in size},
            stdin=slave,
            stdout=slave,
            stderr=slave,
            preexec_fn=lambda: os.login_tty(slave),
        )
        os.close(slave)
        self.shown: dict[re.Pattern[bytes], bytes] = {}
        """What each pattern found last."""

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: object, trace: TracebackType | None) -> None:
        if self._process.returncode is None:
            self._process.kill()
            self._process.wait()
        os.close(self._master)

    def press(self, key: str, awaited: re.Pattern[bytes]) -> Paint:
        """Press a key, and wait for what it changes."""
        self._since = time.perf_counter()
        os.write(self._master, key.encode())
        return self.paint(awaited)

    def paint(self, awaited: re.Pattern[bytes]) -> Paint:
        """Wait until the pattern finds another text than it found before, then until the board is silent."""
        seen, last, shown = b"", 0.0, None
        while True:
            found = awaited.findall(seen)
            there = bool(found) and found[-1] != self.shown.get(awaited)
            block = self._read((BURST if shown is None else SILENCE) if there else PATIENCE)
            if block:
                seen += block
                last = time.perf_counter() - self._since
            elif not there:
                sys.exit(f"the board does not show {awaited.pattern!r}; it wrote {seen[-2000:]!r}")
            elif shown is None:
                shown = last
            else:
                self.shown[awaited] = found[-1]
                return Paint(shown, last)

    def quit(self) -> int:
        """Quit, from wherever the cursor is; the peak memory in the kernel's unit."""
        os.write(self._master, CTRL_C)
        deadline = time.monotonic() + PATIENCE
        while (ended := os.wait4(self._process.pid, os.WNOHANG))[0] == 0:
            self._read(0.01)
            if time.monotonic() > deadline:
                sys.exit("the board does not quit")
        self._process.returncode = os.waitstatus_to_exitcode(ended[1])
        if self._process.returncode:
            sys.exit(f"the board ended with exit code {self._process.returncode}")
        return ended[2].ru_maxrss

    def _read(self, patience: float) -> bytes:
        """What was written next; nothing where nothing comes in time, or never will."""
        if not select.select([self._master], [], [], patience)[0]:
            return b""
        try:
            return os.read(self._master, 65536)
        except OSError:  # the board has ended
            return b""
