"""Reading a JSON array of objects (or objects one after the other) as a table of texts, object by object.

Each key is a column; the keys below `fields` are those of the company's own, as `field.KEY`. Numbers stay as they are
written, lists become words with commas between them.
"""

from __future__ import annotations

import codecs
import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any, BinaryIO

from pipecli.errors import InvalidInput
from pipecli.text import _

from .delimited import opened
from .mapping import OWN
from .table import Line, header_refused, plain_number, told_apart

START = re.compile(rb"\s*(?:\[\s*)?(?:\{\s*\"|\[\s*\]|\{\s*\}|\]\s*$)")
LONGEST_OBJECT = 1 << 24
"""Characters."""
_BLOCK = 1 << 20


@dataclass(frozen=True, slots=True)
class Objects:
    """A file that was found to hold objects."""

    path: Path
    header: tuple[str, ...]
    above: tuple[Line, ...] = ()
    encoding: str = "utf-8"
    delimiter: str = ","

    def lines(self) -> Iterator[Line]:
        """Every object as a row, with the line it starts on; raises InvalidInput."""
        for number, found in _objects(self.path):
            if not isinstance(found, dict):
                yield Line(number, (), _("it is no object with keys and values"))
                continue
            values = _flat(found)
            cells = tuple(text_of(values.get(name)) for name in self.header)
            if any(cells):
                yield Line(number, cells)


def open_objects(path: Path) -> Objects:
    """The table in a file; raises InvalidInput where it holds no objects."""
    names: dict[str, None] = {}
    for _number, found in _objects(path):
        if isinstance(found, dict):
            names |= dict.fromkeys(_flat(found))
    if not names:
        raise InvalidInput(_("{path} holds no opportunities").format(path=path), path=str(path))
    header = told_apart(list(names))
    header_refused(path, header)
    return Objects(path, header)


def text_of(value: Any) -> str:
    """A value as a cell says it: nothing for None, words for truth, lists and what else there is."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, list | tuple):
        return ", ".join(map(text_of, value))
    if isinstance(value, dict):
        return json.dumps(value, ensure_ascii=False)
    if isinstance(value, float):
        return plain_number(repr(value))
    return str(value)


def _flat(found: dict[str, Any]) -> dict[str, Any]:
    own = found.get("fields")
    if not isinstance(own, dict):
        return found
    rest = {key: value for key, value in found.items() if key != "fields"}
    return rest | {f"{OWN}{key}": value for key, value in own.items()}


def _objects(path: Path) -> Iterator[tuple[int, Any]]:
    """The values of the array one by one, each with the line it starts on; raises InvalidInput where it is damaged."""
    with opened(path) as stream:
        text = _Text(stream, path)
        is_array = text.next() == "["
        if is_array:
            text.skip()
        while (sign := text.next()) not in ("", "]"):
            line = text.line
            yield line, text.value()
        if is_array:
            text.skip()
        if (sign == "]") != is_array or text.next():
            raise text.damaged()


class _Text:
    """A file of JSON, a block of it at a time."""

    def __init__(self, stream: BinaryIO, path: Path) -> None:
        self.line = 1
        self._stream = stream
        self._path = path
        self._bytes = codecs.getincrementaldecoder("utf-8-sig")()
        self._json = json.JSONDecoder(
            parse_float=plain_number, parse_int=str, parse_constant=_refuse_constant
        )
        self._text, self._at = "", 0

    def next(self) -> str:
        """The next sign that is neither a space nor a comma, "" at the end."""
        while True:
            at = self._at
            while at < len(self._text) and self._text[at] in " \t\r\n,":
                at += 1
            self._pass(at)
            if at < len(self._text):
                return self._text[at]
            if not self._more():
                return ""

    def skip(self) -> None:
        """Pass the next sign."""
        self._pass(min(self._at + 1, len(self._text)))

    def value(self) -> Any:
        """The next value."""
        while True:
            try:
                found, end = self._json.raw_decode(self._text, self._at)
            except (ValueError, RecursionError) as error:
                too_much = isinstance(error, RecursionError) or len(self._text) - self._at > LONGEST_OBJECT
                if too_much or not self._more():
                    raise self.damaged() from error
                continue
            if end < len(self._text) or not self._more():  # a number may go on
                self._pass(min(end, len(self._text)))
                return found

    def damaged(self) -> InvalidInput:
        """That it cannot be read from here."""
        line = _("{path} cannot be read as JSON from line {line}; export it again")
        return InvalidInput(
            line.format(path=self._path, line=self.line), path=str(self._path), line=self.line
        )

    def _pass(self, at: int) -> None:
        self.line += self._text.count("\n", self._at, at)
        self._at = at

    def _more(self) -> bool:
        block = self._stream.read(_BLOCK)
        try:
            more = self._bytes.decode(block, final=not block)
        except UnicodeDecodeError as error:
            raise self.damaged() from error
        self._text, self._at = self._text[self._at :] + more, 0
        return bool(block)


def _refuse_constant(text: str) -> None:
    raise ValueError(text)
