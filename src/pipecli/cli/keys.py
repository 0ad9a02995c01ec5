"""One key at a time from a terminal, without Enter. What is typed ahead is kept."""

from __future__ import annotations

import os
import sys

_ESCAPE, _END = b"\x1b", b"\x04"


def press() -> str:
    """The next key; Ctrl-D and the end of input raise KeyboardInterrupt, as Ctrl-C does. Arrows and the like are ""."""
    sys.stdout.flush()
    sys.stderr.flush()
    if sys.platform == "win32":
        return _press_on_windows()
    import termios
    import tty

    terminal = sys.stdin.fileno()
    before = termios.tcgetattr(terminal)
    tty.setcbreak(terminal, termios.TCSADRAIN)
    try:
        return _read(terminal)
    finally:
        termios.tcsetattr(terminal, termios.TCSADRAIN, before)


def _read(terminal: int) -> str:
    key = os.read(terminal, 1)
    if key in (b"", _END):
        raise KeyboardInterrupt
    if key == _ESCAPE:
        _pass_over(terminal)
        return ""
    while key and key[0] >= 0x80:
        try:
            return key.decode()
        except UnicodeDecodeError:
            if len(key) == 4:
                return ""
            key += os.read(terminal, 1)
    return key.decode()


def _pass_over(terminal: int) -> None:
    """Read the rest of what an arrow or a function key sends, and nothing of what comes behind it."""
    import select

    def more() -> bytes:
        return os.read(terminal, 1) if select.select([terminal], [], [], 0.02)[0] else b""

    if more() in (b"[", b"O"):
        while (part := more()) and not 0x40 <= part[0] <= 0x7E:
            pass


def _press_on_windows() -> str:  # pragma: no cover
    import importlib

    key = str(importlib.import_module("msvcrt").getwch())
    if key in ("\x03", "\x04", "\x1a"):
        raise KeyboardInterrupt
    return "" if key in ("\x00", "\xe0", "\x1b") else key
