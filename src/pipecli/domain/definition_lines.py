"""Where each value of a TOML document stands: a map from its path to its line, and to its place in the text.

Neither the standard library's parser nor tomlkit tells the line of a value, and a fault without its line
sends a founder searching. The place is for changing a value and nothing around it. This scanner reads a document
that `tomllib` has accepted already, so it follows the structure (headers, dotted and quoted keys, strings and
arrays over several lines, inline tables) and checks nothing.
"""

from __future__ import annotations

import re
import tomllib
from dataclasses import dataclass
from typing import NamedTuple

Path = tuple[str | int, ...]

_TOKEN = re.compile(
    r"(?P<space>[ \t\r]+|\#[^\n]*)"
    r"|(?P<newline>\n)"
    r'|(?P<text>"""(?:[^\\]|\\.)*?"""(?:"{0,2})'
    r"|'''.*?'''(?:'{0,2})"
    r'|"(?:[^"\\\n]|\\.)*"'
    r"|'[^'\n]*')"
    r"|(?P<mark>[\[\]{}=,.])"
    r"|(?P<bare>[^\s\[\]{}=,.\"'\#]+|.)",
    re.DOTALL,
)


def line_map(toml: str) -> dict[Path, int]:
    """The line, from 1, of every table, key and array element of a valid document, by path.

    A path holds keys and indices, as in `("stage", 1, "exit", 0, "when")`; a table is where its header is.
    """
    scanner = _Scanner(_tokens(toml))
    scanner.scan()
    return scanner.lines


def value_places(toml: str) -> dict[Path, tuple[int, int]]:
    """From where to where in the text each value stands that is no array and no table, by path."""
    scanner = _Scanner(_tokens(toml))
    scanner.scan()
    return scanner.places


class _Token(NamedTuple):
    kind: str
    text: str
    line: int
    start: int = 0
    end: int = 0


def _tokens(toml: str) -> list[_Token]:
    tokens, line = [], 1
    for match in _TOKEN.finditer(toml):
        kind, text = match.lastgroup or "bare", match.group()
        if kind != "space":
            tokens.append(_Token(kind, text, line, *match.span()))
        line += text.count("\n")
    tokens.append(_Token("newline", "\n", line))
    return tokens


@dataclass(slots=True)
class _Open:
    """A bracket not closed yet: an array counts its elements, an inline table waits for its next key."""

    path: Path
    array: bool
    index: int = 0
    expects_key: bool = False


class _Scanner:
    """Reads the tokens once, from left to right."""

    def __init__(self, tokens: list[_Token]) -> None:
        self.tokens = tokens
        self.at = 0
        self.lines: dict[Path, int] = {}
        self.last: dict[Path, int] = {}
        self.places: dict[Path, tuple[int, int]] = {}

    def scan(self) -> None:
        table: Path = ()
        while self.at < len(self.tokens):
            token = self.tokens[self.at]
            if token.kind == "newline":
                self.at += 1
            elif token.text == "[":
                table = self._header()
            else:
                self._value(self._key(table))

    def _header(self) -> Path:
        line = self.tokens[self.at].line
        self.at += 1
        is_array = self.tokens[self.at].text == "["
        self.at += is_array
        *parents, name = self._names("]")
        self.at += is_array
        path: Path = ()
        for parent in parents:
            path = self._mark((*path, parent), line)
            if path in self.last:
                path = (*path, self.last[path])
        path = self._mark((*path, name), line)
        if is_array:
            self.last[path] = self.last.get(path, -1) + 1
            path = self._mark((*path, self.last[path]), line)
        return path

    def _key(self, table: Path) -> Path:
        line = self.tokens[self.at].line
        path = table
        for name in self._names("="):
            path = self._mark((*path, name), line)
        return path

    def _names(self, end: str) -> list[str]:
        """The names of a dotted key, up to its end, which is passed too."""
        names = []
        while (token := self.tokens[self.at]).text != end:
            if token.kind != "mark":
                names.append(_name(token.text))
            self.at += 1
        self.at += 1
        return names

    def _value(self, path: Path) -> None:
        """Passes one value, marking what its arrays and inline tables hold."""
        opened: list[_Open] = []
        while True:
            token = self.tokens[self.at]
            if token.kind == "newline" and not opened:
                return
            if opened and opened[-1].expects_key and token.kind in ("text", "bare"):
                opened[-1].expects_key = False
                path = self._key(opened[-1].path)
                continue
            self.at += 1
            if token.text in ("]", "}"):
                opened.pop()
            elif token.text == ",":
                opened[-1].index += 1
                opened[-1].expects_key = not opened[-1].array
            elif token.kind != "newline":
                if opened and opened[-1].array:
                    path = self._mark((*opened[-1].path, opened[-1].index), token.line)
                if token.text in ("[", "{"):
                    opened.append(_Open(path, array=token.text == "[", expects_key=token.text == "{"))
                else:  # a value of several tokens (1.5, a date and its time) goes from the first to the last
                    first = self.places.get(path, (token.start, token.end))[0]
                    self.places[path] = (first, token.end)

    def _mark(self, path: Path, line: int) -> Path:
        self.lines.setdefault(path, line)
        return path


def _name(text: str) -> str:
    if text.startswith("'"):
        return text[1:-1]
    if text.startswith('"'):
        return str(tomllib.loads(f"name = {text}")["name"])
    return text
