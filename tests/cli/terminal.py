"""A person at a terminal: the program on a real pty, what it shows, and what is typed."""

from __future__ import annotations

import os
import re
import select
import subprocess
import sys
import time
from types import TracebackType
from typing import Self

import pytest

PATIENCE = 30.0
"""Seconds until what is expected has to be on the screen."""


def _is_missing(what: str) -> None:
    """Skip the test, or fail it where everything is required."""
    if os.environ.get("PIPECLI_REQUIRE_ALL"):
        pytest.fail(what, pytrace=False)
    pytest.skip(what)


class Terminal:
    """One run of the program on a pty of its own; `seen` is all that was shown, the echo of what was typed included."""

    def __init__(self, *words: str, **environment: str) -> None:
        if not hasattr(os, "login_tty"):
            _is_missing("there is no pty here")
        self._master, slave = os.openpty()
        self._pressed = b""
        self._process = subprocess.Popen(
            [sys.executable, "-m", "pipecli", *words],
            stdin=slave,
            stdout=slave,
            stderr=slave,
            env={**os.environ, "COLUMNS": "80", **environment},
            preexec_fn=lambda: os.login_tty(slave),
        )
        os.close(slave)
        self.seen = ""
        self._read_up_to = 0

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: object, trace: TracebackType | None) -> None:
        self._process.kill()
        self._process.wait()
        os.close(self._master)

    @property
    def narrated(self) -> str:
        """What was shown, its lines as one."""
        return " ".join(self.seen.split())

    def expect(self, text: str) -> None:
        """Wait until the text is shown, behind what was expected before."""
        deadline = time.monotonic() + PATIENCE
        words = re.compile(re.escape(text).replace(r"\ ", "[ \n]"))  # narration is broken between words
        while (found := words.search(self.seen, self._read_up_to)) is None:
            if self._pressed == b"\x03" and not select.select([self._master], [], [], 8)[0]:
                os.write(self._master, self._pressed)  # lost on its way, as `end` tells
            assert self._read(deadline), f"{text!r} is not shown:\n{self.seen}"
        self._pressed = b""
        self._read_up_to = found.end()

    def answer(self, question: str, text: str) -> None:
        """Wait for a question and type its answer and Enter."""
        self.expect(question)
        os.write(self._master, f"{text}\r".encode())

    def press(self, question: str, key: bytes) -> None:
        """Wait for a question and press a key."""
        self.expect(question)
        self._pressed = key
        os.write(self._master, key)

    def end(self) -> int:
        """Wait for the end of the program; its exit code.

        A Ctrl-C that comes between a prompt and the reading of its answer can be lost on the way into the
        C library's wait: whoever pressed it presses again.
        """
        deadline = time.monotonic() + PATIENCE
        while self._read(min(deadline, time.monotonic() + 2)) or self._process.poll() is None:
            if time.monotonic() > deadline:
                break
            if self._pressed == b"\x03" and not select.select([self._master], [], [], 2)[0]:
                os.write(self._master, self._pressed)
        return self._process.wait(PATIENCE)

    def _read(self, deadline: float) -> bool:
        """Read what is there, waiting for it; False where nothing will come any more."""
        ready, _out, _err = select.select([self._master], [], [], max(0.0, deadline - time.monotonic()))
        if not ready:
            return False
        try:
            block = os.read(self._master, 65536)
        except OSError:  # the other side is closed
            return False
        self.seen += block.decode().replace("\r\n", "\n")
        return bool(block)
