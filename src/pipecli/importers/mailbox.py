"""Where messages and meetings come from: one message, a mailbox, a folder of either, standard input.

A mailbox is read message by message and never held. A line "From " begins a message only after an empty line, with
a time in it or nothing at all, and with a header below: a sentence that begins so does not.
"""

from __future__ import annotations

import re
import stat
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from typing import NamedTuple, TypeVar

from pipecli.errors import InvalidInput
from pipecli.text import _, ngettext

T = TypeVar("T")

LONGEST_MESSAGE = 32 << 20
"""Bytes of one message that are read: text comes first, and attachments are not kept."""
_BLOCK = 1 << 16
_SAMPLE = 1 << 14
_ENVELOPE = re.compile(rb"From (?:-|.*\d:\d\d.*)?\s*$")
_HEADER = re.compile(rb">?[!-9;-~]+[ \t]*:|>From ")
_FIRST_HEADER = re.compile(rb"\A\s*((?:[A-Za-z][A-Za-z0-9-]*:[^\n]*\n(?:[ \t][^\n]*\n)*)+)")
_NAMES = re.compile(
    rb"^(?:from|to|cc|date|subject|message-id|received|return-path|delivered-to|mime-version|content-type|reply-to|"
    rb"x-[a-z-]+):",
    re.IGNORECASE | re.MULTILINE,
)
_PLACE = re.compile(r"(.+)#(\d{1,9})", re.DOTALL)

MAIL, MAILBOX, CALENDAR, FOLDER = "mail", "mailbox", "calendar", "folder"


class Raw(NamedTuple):
    """A message as bytes, its number in its source, and how to name it on the command line."""

    number: int
    place: str
    content: bytes
    is_calendar: bool = False


def kind_of(path: Path) -> str | None:
    """What a file or folder is by its content, and by its name where it says nothing; None for anything else."""
    try:
        mode = path.stat().st_mode
        if stat.S_ISDIR(mode):
            return FOLDER
        if not stat.S_ISREG(mode):
            return None
        with path.open("rb") as stream:
            start = stream.read(_SAMPLE)
    except (OSError, ValueError):  # whoever opens it next says why
        return None
    return _kind_of_content(start) or {".eml": MAIL, ".mbox": MAILBOX, ".ics": CALENDAR}.get(
        path.suffix.lower()
    )


def _kind_of_content(start: bytes) -> str | None:
    start = start.removeprefix(b"\xef\xbb\xbf").lstrip()
    if start[:15].upper() == b"BEGIN:VCALENDAR":
        return CALENDAR
    first, _sign, rest = start.partition(b"\n")
    if first.startswith(b"From ") and _ENVELOPE.match(first) and _HEADER.match(rest):
        return MAILBOX
    head = _FIRST_HEADER.match(start.replace(b"\r\n", b"\n"))
    return MAIL if head and len(_NAMES.findall(head[1])) >= 2 else None


def messages(path: Path) -> Iterator[Raw]:
    """Every message and calendar of a file or folder, one by one; raises InvalidInput where it cannot be read."""
    kind = kind_of(path)
    try:
        if kind == FOLDER:
            yield from _of_folder(path)
        elif kind == MAILBOX:
            with path.open("rb") as stream:
                for number, content in enumerate(split_mailbox(_lines(stream.readline)), 1):
                    yield Raw(number, f"{path}#{number}", content)
        else:
            yield Raw(1, str(path), _content(path), kind == CALENDAR)
    except OSError as error:
        raise InvalidInput(
            _("{path} cannot be read: {error}").format(path=path, error=error.strerror or error),
            path=str(path),
        ) from error


def _of_folder(folder: Path) -> Iterator[Raw]:
    """Messages and calendars of a folder and those below it, a Maildir's too, by name; links are not followed."""
    number = 0
    for file in sorted(folder.rglob("*")):
        if not _is_taken(file) or not file.is_file():
            continue
        for found in messages(file):
            number += 1
            yield found._replace(number=number)


def _is_taken(file: Path) -> bool:
    is_maildir = file.parent.name in ("cur", "new")
    return not file.is_symlink() and (file.suffix.lower() in (".eml", ".ics", ".mbox") or is_maildir)


def passed_over(folder: Path) -> list[Path]:
    """The files of a folder and those below it that are no messages by their names, hidden ones left out."""
    return [
        file
        for file in sorted(folder.rglob("*"))
        if not _is_taken(file) and file.is_file() and not file.name.startswith(".")
    ]


def named_place(text: str) -> tuple[Path, int | None]:
    """The file that FILE, or FILE#N for one of several in it, names, and the number."""
    named = _PLACE.fullmatch(text)
    if named and not Path(text).exists():
        return Path(named[1]), int(named[2])
    return Path(text), None


def the_one(items: Iterable[T], path: Path, wanted: int | None) -> T:
    """The one wanted, or the only one; raises InvalidInput where there is none, or several and no number."""
    found: list[T] = []
    n = 0
    for n, one in enumerate(items, 1):
        if wanted is None and n > 1:
            line = _("{path} holds several; name one by its number, such as {path}#2")
            raise InvalidInput(line.format(path=path), path=str(path))
        if wanted in (None, n):
            found = [one]
        if wanted == n:
            break
    if not found:
        line = ngettext("{path} holds {n} message or meeting", "{path} holds {n} messages or meetings", n)
        raise InvalidInput(line.format(path=path, n=n), path=str(path))
    return found[0]


def _content(path: Path) -> bytes:
    with path.open("rb") as stream:
        return stream.read(LONGEST_MESSAGE)


def _lines(readline: Callable[[int], bytes]) -> Iterator[bytes]:
    while line := readline(_BLOCK):
        yield line


def split_mailbox(lines: Iterable[bytes]) -> Iterator[bytes]:
    """The messages of a mailbox, its marks taken away; each is cut where it gets longer than can be meant."""
    content: list[bytes] = []
    size = 0
    is_begun = False
    held: bytes | None = None  # a line that begins a message if a header follows
    after_empty = True
    for line in lines:
        if held is not None:
            if _HEADER.match(line):
                if is_begun:
                    yield b"".join(content)
                content, size, is_begun = [], 0, True
            elif is_begun:
                content.append(held)
            held = None
        if after_empty and line.startswith(b"From ") and _ENVELOPE.match(line):
            held, after_empty = line, False
            continue
        after_empty = not line.strip(b"\r\n")
        if line.startswith(b">From "):
            line = line[1:]
        if is_begun and size < LONGEST_MESSAGE:
            content.append(line)
            size += len(line)
    if is_begun:
        yield b"".join(content)
