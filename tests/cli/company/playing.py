"""How the company's script is read and played: in one folder, with the clock and every identifier standing still.

A line is what is typed behind `pipe`. Before it may stand who types (`marc$`), and the formats to type it in: `*` is
every one that a report has, `&` a table and JSON, `+` a write tried first in each of its formats. Behind it stands the
exit code, where it is not 0 (`=> 4`). `@` sets the day, `~` brings the rows of the database into another order.
`{here}` is the workspace, `{there}` an empty database of the other kind, `{empty}` an empty one of the same kind,
`{proposal}` the newest proposal that waits.
"""

from __future__ import annotations

import os
import re
import secrets
import shlex
import shutil
import uuid
from collections.abc import Callable, Iterator, Mapping
from datetime import date
from itertools import count
from pathlib import Path
from typing import NamedTuple

import pytest

from cli.conftest import Pipe, freeze

from .files import write_files

FORMATS: dict[str | None, tuple[str, ...]] = {
    None: ("",),
    "& ": ("", "--json"),
    "* ": ("", "--json", "--jsonl", "--csv", "--markdown", "--quiet"),
    "+ ": ("--dry-run", "--dry-run --json", "--dry-run --quiet", ""),
}
WORDS = {
    "nul": "\x00",
    "half": "\udcff",
    "long": "Straße 🦊 " * 2_000,
    "paragraphs": "\n\n".join(f"Paragraph {n}: ‘quoted’ 100 % é 🦊" for n in range(400)),
}
_LINE = re.compile(r"(?:(?P<who>\w+)\$ )?(?P<star>[*&+] )?(?P<words>.*?)(?: => (?P<code>\d+))?")
# What the two databases may say otherwise: where it is, how large a file is, what a kept copy is called, and how it is
# known who types.
_KEPT = re.compile(
    r"[^\s\"]*(?:\.db\.backups|backups/postgresql-[^/\s\"]+)/(\S+?-(?:restore|upgrade)(?:-\d+)?)\.(?:db|jsonl)"
)
_SIZE = re.compile(r" *\b\d+(?:\.\d+)? (?:kB|MB|bytes|B)\b|(?<=\"bytes\": )\d+|(?<=,)\d+(?=,\S*KEPT)")


class Line(NamedTuple):
    """A command of the script: when, who, what, and the exit code it is to have."""

    number: int
    day: date
    who: str
    words: tuple[str, ...]
    code: int


class Left(NamedTuple):
    """What a command left."""

    line: str
    code: int
    out: str
    err: str


class Place(NamedTuple):
    """Where a script is played: who works where, which databases there are besides, what disorders rows."""

    here: Callable[[str], str]
    there: str
    empty: str
    disorder: Callable[[], None]


def lines_of(path: Path) -> Iterator[Line | None]:
    """The commands of a script; None where rows come into disorder."""
    day = date.min
    for number, text in enumerate(path.read_text(encoding="utf-8").splitlines(), 1):
        if not text or text.startswith("#"):
            continue
        if text == "~":
            yield None
            continue
        if text.startswith("@ "):
            day = date.fromisoformat(text[2:])
            continue
        found = _LINE.fullmatch(text)
        assert found, text
        words = tuple(shlex.split(found["words"].replace("\\n", "\n")))
        for more in FORMATS[found["star"]]:
            yield Line(number, day, found["who"] or "lea", (*words, *more.split()), int(found["code"] or 0))


class Player:
    """Plays scripts in a folder of its own, made anew; `finish` gives what is left in it."""

    def __init__(self, pipe: Pipe, folder: Path, place: Place, patch: pytest.MonkeyPatch) -> None:
        self._pipe = pipe
        self._place = place
        self._patch = patch
        self.folder = folder
        self.left: list[Left] = []
        self.wrong: list[str] = []
        folder.mkdir()
        write_files(folder)
        patch.chdir(folder)
        for name, value in (("HOME", "home"), ("XDG_DATA_HOME", "data"), ("PIPE_CONFIG", "config.toml")):
            patch.setenv(name, str(folder / "own" / value))
        patch.setenv("COLUMNS", "100")
        patch.setenv("VISUAL", "sed -i -e s/B2B\\ sales/Ours/")

    def play(self, script: Path) -> None:
        """Type every line of a script; each is to exit as it says."""
        for line in lines_of(script):
            if line is None:
                self._place.disorder()
            else:
                self._type(line)

    def _type(self, line: Line) -> None:
        freeze(line.day)
        self._number(line)
        values = {"here": self._place.here(line.who), "there": self._place.there, "empty": self._place.empty}
        if "{proposal}" in line.words:
            values["proposal"] = self._pipe("proposals", "-q", env={"PIPE_DB": values["here"]}).out.split()[0]
        words = [_filled(word, values) for word in line.words]
        typed = self._pipe(*words, me=line.who, env={"PIPE_DB": values["here"]})
        shown = f"{line.number}: {shlex.join(line.words)}"
        self.left.append(Left(shown, typed.code, self._masked(typed.out), self._masked(typed.err)))
        if typed.code != line.code:
            self.wrong.append(f"{shown} => {typed.code}\n{typed.out[:500]}{typed.err}")

    def _number(self, line: Line) -> None:
        """What is drawn at random depends on the line alone."""
        numbers = count(len(self.left) * 10_000)

        def drawn(nbytes: int | None = None) -> str:
            return f"{next(numbers):0{2 * (nbytes or 32)}x}"

        self._patch.setattr(uuid, "uuid4", lambda: uuid.UUID(int=next(numbers)))
        self._patch.setattr(secrets, "token_hex", drawn)

    def _masked(self, text: str) -> str:
        text = _KEPT.sub(r"KEPT/\1", text).replace("the login on PostgreSQL", "PIPE_ME")
        here = {self._place.here(who): "HERE" for who in ("lea", "marc")}
        for address, name in (here | {self._place.there: "THERE", self._place.empty: "EMPTY"}).items():
            for written in (shlex.quote(address), address, address.replace("_", "\\_").replace("&", "&amp;")):
                text = text.replace(written, name)
        return _SIZE.sub(" SIZE", text)

    def finish(self) -> Mapping[str, bytes]:
        """Every file in the folder by its name, the folder gone."""
        found = {
            str(path.relative_to(self.folder)): path.read_bytes()
            for path in sorted(self.folder.rglob("*"))
            if path.is_file() and "own" not in path.relative_to(self.folder).parts
        }
        os.chdir(self.folder.parent)
        shutil.rmtree(self.folder)
        return found


def _filled(word: str, values: Mapping[str, str]) -> str:
    """A word with what stands in braces; braces around anything else stay."""
    return re.sub(r"\{(\w+)\}", lambda m: {**WORDS, **values}.get(m[1], m[0]), word)
