"""The two streams: stdout is data, stderr is narration. Text from outside is shown literally on both.

Colour and width change with the terminal, the format never does. What a stream cannot encode is replaced.
"""

from __future__ import annotations

import os
import re
import sys
from typing import TYPE_CHECKING, TextIO

if TYPE_CHECKING:
    from rich.console import Console

PIPED_WIDTH = 10_000
# Control characters, and those that turn the direction of text or hide in it: shown, they would change what
# stands around them.
_UNSAFE = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\u200b-\u200f\u2028-\u202e\u2060-\u2069\ufeff]")
_UNSAFE_OR_BREAK = re.compile("[\x00-\x1f\x7f-\x9f\u200b-\u200f\u2028-\u202e\u2060-\u2069\ufeff]+")


def literal(text: str) -> str:
    """Text from outside, fit for one line of a terminal: no escapes, no line breaks, no turned direction."""
    return _UNSAFE_OR_BREAK.sub(" ", text) if _UNSAFE_OR_BREAK.search(text) else text


def literal_lines(text: str) -> str:
    """Text from outside with its line breaks kept."""
    return _UNSAFE.sub(" ", text)


def prepare_streams() -> None:
    """Let both streams replace what they cannot encode instead of failing."""
    for stream in (sys.stdout, sys.stderr):
        reconfigure = getattr(stream, "reconfigure", None)
        if reconfigure:
            reconfigure(errors="replace")


def is_terminal(stream: TextIO) -> bool:
    """Whether a person reads the stream in a terminal."""
    try:
        return stream.isatty()
    except ValueError:  # closed
        return False


def width() -> int:
    """Columns to write for: the terminal's, COLUMNS, or all that is needed where stdout is piped."""
    columns = os.environ.get("COLUMNS", "")
    if columns.isdigit() and int(columns) > 0:
        return int(columns)
    if not is_terminal(sys.stdout):
        return PIPED_WIDTH
    import shutil

    return shutil.get_terminal_size().columns


def console(stream: TextIO | None = None) -> Console:
    """A rich console on stdout, or on the stream given, that highlights nothing by itself."""
    from rich.console import Console

    return Console(
        file=stream or sys.stdout,
        width=width(),
        highlight=False,
        markup=False,
        emoji=False,
        soft_wrap=False,
        legacy_windows=False,
    )


def note(text: str) -> None:
    """A line of narration on stderr."""
    print(literal_lines(text), file=sys.stderr)
