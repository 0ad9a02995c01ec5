"""The two streams: stdout is data, stderr is narration. Text from outside is shown literally on both.

Colour and width change with the terminal, the format never does. What a stream cannot encode is replaced.
"""

from __future__ import annotations

import codecs
import json
import os
import re
import shutil
import sys
from pathlib import Path
from typing import TYPE_CHECKING, TextIO

if TYPE_CHECKING:
    from rich.console import Console

PIPED_WIDTH = 10_000
HEIGHT = 25
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


def json_text(value: object, stream: TextIO, *, indent: int | None = None) -> str:
    """The value as JSON, escaped where the stream could not encode it: a replaced character would be another value."""
    is_unicode = (stream.encoding or "").lower().startswith("utf")
    return json.dumps(value, ensure_ascii=not is_unicode, indent=indent, default=str)


def prepare_streams() -> None:
    """Let the streams replace what they cannot encode instead of failing; what is not text is refused later.

    A stream that was closed before the program started leads nowhere.
    """
    codecs.register_error("nearest", _nearest)
    for name, errors in (("stdin", "surrogateescape"), ("stdout", "nearest"), ("stderr", "nearest")):
        stream = getattr(sys, name)
        if stream is None:
            # Open as long as the program runs.
            setattr(sys, name, Path(os.devnull).open("r" if name == "stdin" else "w"))  # noqa: SIM115
        elif hasattr(stream, "reconfigure"):
            stream.reconfigure(errors=errors)


# Marks that mean something, for a stream that has no such character; all one column wide.
_ASCII = {"✓": "+", "✗": "x", "·": "-", "–": "-", "→": ">", "…": "~", "−": "-", "’": "'", "€": "E", "£": "L"}


def _nearest(error: UnicodeError) -> tuple[str, int]:
    """For characters that a stream cannot encode, the nearest ones that every stream can."""
    if not isinstance(error, UnicodeEncodeError):
        raise error
    from unicodedata import normalize

    found = []
    for char in error.object[error.start : error.end]:
        plain = normalize("NFKD", _ASCII.get(char, char))[:1]
        found.append(plain if plain.isascii() and plain.isprintable() else "?")
    return "".join(found), error.end


def is_terminal(stream: TextIO) -> bool:
    """Whether a person reads the stream in a terminal."""
    try:
        return stream.isatty()
    except ValueError:  # closed
        return False


def width() -> int:
    """Columns to write for: the terminal's, or all that is needed where stdout is piped."""
    return shutil.get_terminal_size().columns if is_terminal(sys.stdout) else PIPED_WIDTH


def console(stream: TextIO | None = None) -> Console:
    """A rich console on stdout, or on the stream given, that highlights nothing by itself."""
    from rich.console import Console

    return Console(
        file=stream or sys.stdout,
        width=width(),
        height=HEIGHT,  # with both given, rich does not guess: for TERM=dumb it takes 80 columns
        highlight=False,
        markup=False,
        emoji=False,
        soft_wrap=False,
        legacy_windows=False,
    )


def note(text: str, end: str = "\n") -> None:
    """Narration on stderr, in a terminal broken between words."""
    shown = literal_lines(text)
    if is_terminal(sys.stderr):
        wide = _stderr_width()
        shown = "\n".join(part for line in shown.split("\n") for part in broken(line, wide))
    print(shown, end=end, file=sys.stderr, flush=True)


def _stderr_width() -> int:
    if is_terminal(sys.stdout) or "COLUMNS" in os.environ:
        return shutil.get_terminal_size().columns
    try:
        return os.get_terminal_size(sys.stderr.fileno()).columns
    except (OSError, ValueError):
        return 80


# What is to be typed, up to the punctuation behind it.
_COMMAND = re.compile(r"""\bpipe(?: (?:"[^"]*"|'[^']*'|[^\s;:,()"'])+)+""")
_HELD = "\x00"


def broken(line: str, width: int) -> list[str]:
    """A line as lines of a width, broken between words and never within a command, which is to be typed as it stands.

    Those below the first begin as far in as the first does.
    """
    if len(line) <= width:
        return [line]
    indent = " " * (len(line) - len(line.lstrip(" ")))
    held = _COMMAND.sub(lambda found: found[0].replace(" ", _HELD), line.rstrip(" "))
    words = held.split(" ")
    lines, now = [], ""
    for word in words:
        if now and len(indent) + len(now) + 1 + len(word) > width:
            lines.append(indent + now)
            now = word
        else:
            now = f"{now} {word}" if now else word
    lines.append(indent + now + (" " if line.endswith(" ") else ""))
    return [part.replace(_HELD, " ") for part in lines]
