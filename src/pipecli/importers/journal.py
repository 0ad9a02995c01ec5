"""Reading an exported journal line by line, believing nothing: its order, its numbers and its texts are checked.

What is wrong is refused with its line. Putting the records into a database is left to the caller, as is what only
the whole shows (a projection that replays).
"""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Callable, Iterator, Mapping
from datetime import date
from pathlib import Path
from typing import Any, BinaryIO, NamedTuple, NoReturn

from pipecli.errors import InvalidInput, StoreError
from pipecli.store.dump import JSON_COLUMNS, TABLES, WORKSPACE
from pipecli.store.journal import canonical
from pipecli.store.schema import FORMAT, WRITER
from pipecli.text import _

from .delimited import opened

LONGEST_LINE = 1 << 26
"""Bytes."""

_ORDER = ("workspace", *TABLES, "end")
_KEYS = {
    "workspace": frozenset(WORKSPACE),
    **{table: frozenset(JSON_COLUMNS.get(c, c) for c in columns) for table, columns in TABLES.items()},
    "end": frozenset({"lines", "sha256"}),
}
_NUMBERS = frozenset(
    {
        "format", "min_writer", "head", "definition", "next_number", "adopted_seq", "id", "seq", "command",
        "version", "undoes", "lines",
    }
)  # fmt: skip
_OPTIONAL = {
    "command": frozenset({"agent", "undoes"}),
    "content": frozenset({"body", "erased_at"}),
    "person": frozenset({"name", "mail", "phone", "erased_at"}),
}
_INSTANT = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{6}Z")
_STREAM = re.compile(r"workspace|[oac][1-9]\d{0,17}")


class Record(NamedTuple):
    """One line: its number in the file, its kind (a table, or `workspace`), and its values by column."""

    line: int
    kind: str
    values: dict[str, Any]


def is_journal(path: Path) -> bool:
    """Whether a file begins as an exported journal does; raises InvalidInput where it cannot be read."""
    with opened(path) as stream:
        first = stream.readline(1 << 16)
    try:
        record = json.loads(first)
    except (ValueError, RecursionError):
        return False
    return isinstance(record, dict) and record.get("record") == "workspace" and "format" in record


def read_journal(path: Path, progress: Callable[[int], None] | None = None) -> Iterator[Record]:
    """The records of a journal, the workspace first; `progress` is told the bytes that were read.

    Raises InvalidInput with the line that is missing, out of order or not what was exported, and StoreError for a
    journal of a newer program.
    """
    check = _Check(path)
    with opened(path) as stream:
        for number, raw in _lines(stream, check):
            record = check.read(number, raw)
            if progress and number % 1000 == 1:
                progress(stream.tell())
            if record:
                yield record
    check.finish()


def _lines(stream: BinaryIO, check: _Check) -> Iterator[tuple[int, bytes]]:
    number = 0
    while raw := stream.readline(LONGEST_LINE + 1):
        number += 1
        if len(raw) > LONGEST_LINE:
            check.refuse(number, _("it is too long"))
        yield number, raw


class _Check:
    """What has been read so far, as far as the next line must fit it."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._digest = hashlib.sha256()
        self._kind = ""
        self._last: dict[str, int] = {}
        self._versions: dict[str, int] = {}
        self._commands: set[int] = set()
        self._recorded_at = ""
        self._header: Mapping[str, Any] = {}
        self._lines = 0
        self._rules: dict[str, Callable[[int, dict[str, Any]], None]] = {
            "workspace": self._workspace,
            "definition": self._definition,
            "command": self._command,
            "event": self._event,
            "content": self._content,
            "person": self._person,
            "end": self._end,
        }

    def refuse(self, line: int, reason: str) -> NoReturn:
        """Raise InvalidInput for a line."""
        raise InvalidInput(
            _("{path} is not a whole journal: line {line}: {reason}; nothing was restored").format(
                path=self._path, line=line, reason=reason
            ),
            path=str(self._path),
            line=line,
        )

    def read(self, number: int, raw: bytes) -> Record | None:
        """The record of a line, None for the last; raises InvalidInput where it does not follow what was before."""
        self._lines = number
        found = self._parsed(number, raw)
        kind = found.pop("record")
        if self._kind == "end" or _ORDER.index(kind) < _ORDER.index(self._kind or "workspace"):
            self.refuse(number, _("it is out of order"))
        if (kind == "workspace") != (number == 1):
            self.refuse(number, _("the workspace is the first line, once"))
        self._kind = kind
        self._check_values(number, kind, found)
        self._rules[kind](number, found)
        self._digest.update(raw.rstrip(b"\r\n") + b"\n")
        return None if kind == "end" else Record(number, kind, found)

    def finish(self) -> None:
        """Raise InvalidInput unless the last line was the last one of an export."""
        if self._kind != "end":
            self.refuse(self._lines + 1, _("the end is missing, the file was cut off"))

    def _parsed(self, number: int, raw: bytes) -> dict[str, Any]:
        try:
            text = raw.decode().rstrip("\r\n")
            found = json.loads(text, parse_constant=_no_constant)
            sound = isinstance(found, dict) and canonical(found) == text and found["record"] in _ORDER
            if sound and number == 1 and found["record"] == "workspace":
                self._refuse_newer(found)
            if sound and found.keys() - {"record"} == _KEYS[found["record"]]:
                return dict(found)
        except (ValueError, KeyError, TypeError, RecursionError):
            pass
        self.refuse(number, _("it is not a record as an export writes it"))

    def _refuse_newer(self, header: Mapping[str, Any]) -> None:
        needs = (header.get("format"), FORMAT), (header.get("min_writer"), WRITER)
        if any(isinstance(asked, int) and asked > able for asked, able in needs):
            raise StoreError(
                _("{path} was written by a newer pipecli; upgrade the program").format(path=self._path),
                where=str(self._path),
            )

    def _check_values(self, number: int, kind: str, values: Mapping[str, Any]) -> None:
        for column, value in values.items():
            if value is None and column in _OPTIONAL.get(kind, ()):
                continue
            if column in JSON_COLUMNS.values():
                fits = isinstance(value, dict)
            elif column in _NUMBERS:
                fits = isinstance(value, int) and not isinstance(value, bool) and 0 <= value < 2**62
            else:
                fits = isinstance(value, str) and "\x00" not in value
            if not fits:
                self.refuse(number, _("{column} is not what it should be").format(column=column))

    def _follow(self, number: int, kind: str, key: int, *, gapless: bool) -> None:
        before = self._last.get(kind, 0)
        if key <= before or (gapless and key != before + 1):
            self.refuse(
                number, _("{kind} {key} does not follow {before}").format(kind=kind, key=key, before=before)
            )
        self._last[kind] = key

    def _workspace(self, number: int, values: dict[str, Any]) -> None:
        self._header = dict(values)

    def _definition(self, number: int, values: dict[str, Any]) -> None:
        self._follow(number, "definition", values["version"], gapless=True)
        self._check_day(number, values["adopted_on"])

    def _command(self, number: int, values: dict[str, Any]) -> None:
        self._follow(number, "command", values["id"], gapless=False)
        self._commands.add(values["id"])

    def _event(self, number: int, values: dict[str, Any]) -> None:
        self._follow(number, "event", values["seq"], gapless=True)
        stream, version = values["stream"], values["version"]
        if not _STREAM.fullmatch(stream) or version != self._versions.get(stream, 0) + 1:
            self.refuse(
                number,
                _("version {version} of stream {stream} does not follow").format(
                    version=version, stream=stream[:20]
                ),
            )
        self._versions[stream] = version
        if values["command"] not in self._commands:
            self.refuse(number, _("there is no command {command}").format(command=values["command"]))
        if not _INSTANT.fullmatch(values["recorded_at"]) or values["recorded_at"] < self._recorded_at:
            self.refuse(number, _("it was recorded before the one it follows"))
        self._recorded_at = values["recorded_at"]
        self._check_day(number, values["occurred_on"])

    def _content(self, number: int, values: dict[str, Any]) -> None:
        self._follow(number, "content", values["id"], gapless=False)
        said = hashlib.sha256((values["salt"] + (values["body"] or "")).encode()).hexdigest()
        if values["erased_at"] is None and said != values["sha256"]:
            self.refuse(number, _("the text is not what was recorded"))

    def _person(self, number: int, values: dict[str, Any]) -> None:
        self._follow(number, "person", values["id"], gapless=False)

    def _check_day(self, number: int, text: str) -> None:
        try:
            sound = date.fromisoformat(text).isoformat() == text
        except ValueError:
            sound = False
        if not sound:
            self.refuse(number, _("it has no date"))

    def _end(self, number: int, values: dict[str, Any]) -> None:
        told = {"head": self._last.get("event", 0), "definition": self._last.get("definition", 0)}
        if values["lines"] != number - 1 or any(self._header[key] != n for key, n in told.items()):
            self.refuse(number, _("records are missing before it"))
        if values["sha256"] != self._digest.hexdigest():
            self.refuse(number, _("what stands before it was changed since it was exported"))


def _no_constant(name: str) -> NoReturn:
    raise ValueError(name)
