"""The story on one database: every command from the state before it, and what must be true after it was struck."""

from __future__ import annotations

import shlex
import shutil
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import NamedTuple

from pipecli.address import is_postgres
from pipecli.config import Settings
from pipecli.errors import PipeError
from pipecli.service import backups, copies, doctor
from pipecli.service.exporting import export_journal
from pipecli.service.workspace import Workspace
from pipecli.store.opening import open_database

from . import given
from .places import Place, PostgresPlace, SqlitePlace, picture
from .story import STORY, Deed
from .victim import Task
from .victims import Ended, Victims

SPOILT = {
    "rebuild": ("update opportunity set name = 'wrong'",),
    "upgrade": (
        "drop table merged",
        "drop table proposal",
        "update opportunity set name = 'of an older program'",
        "update workspace set projection = 2, min_writer = 1",
    ),
}
PERSON = b"Jeanne Martin"


# What a command may exit with that met a fault: of the store, of a file, of the configuration, or it went on.
CODES = (6, 2, 1, 0)
SURELY_NOT = ("nothing was written", "nothing was kept", "nothing was changed", "no backup was made")


class State(NamedTuple):
    """What there is: the workspace, the other one, and the file that a command writes."""

    workspace: str | None
    other: str | None
    file: str | bytes | None


class Chapter(NamedTuple):
    """A command of the story: the state before it and after it, and its moments in an undisturbed run."""

    number: int
    deed: Deed
    snapshot: str
    words: tuple[str, ...]
    before: State
    after: State
    ended: Ended


class World:
    """One database, a folder, and a process that runs commands."""

    def __init__(self, folder: Path, place: Place, other: Place, victims: Victims) -> None:
        self._given = given.written(folder / "given")
        self.folder = folder / "run"
        self.inside = self.folder / "place"
        self.inside.mkdir(parents=True)
        self.place, self.other = place, other
        self.victims = victims
        self.settings = Settings(environ=self._environ)

    @property
    def _environ(self) -> dict[str, str]:
        return {
            "PIPE_DB": self.place.address,
            "PIPE_ME": "lea",
            "PIPE_CONFIG": str(self.inside / "config.toml"),
            "HOME": str(self.inside),
            "XDG_DATA_HOME": str(self.inside),
            "XDG_CACHE_HOME": str(self.inside),
            "XDG_RUNTIME_DIR": str(self.inside),
            "XDG_CONFIG_HOME": str(self.inside),
            "EDITOR": str(self._given / "editor"),
            "LANG": "C.UTF-8",
            "PATH": "/usr/bin:/bin",
        }

    def story(self, deeds: Sequence[Deed] = STORY) -> Iterator[Chapter]:
        """Live it from the beginning to the end, a chapter at a time."""
        snapshot = ""
        for number, deed in enumerate(deeds):
            if deed.kind == "damaged" and is_postgres(self.place.address):
                continue
            self.prepare(deed, snapshot)
            words = self._words(deed)
            before = self.state(deed)
            ended = self.victims.run(self.task(number, words))
            after = self.state(deed)
            assert ended.code == 0, (deed.words, ended)
            assert before != after, deed.words
            chapter = Chapter(number, deed, snapshot, words, before, after, ended)
            if deed.kind == "command" or deed.words == "init":
                snapshot = f"s{number}"
                self.place.settle()
                self.place.keep(snapshot)
            if deed.keeps:
                self._keep()
            yield chapter

    def close(self) -> None:
        """Leave nothing on a server."""
        for place in (self.place, self.other):
            place.close()

    def task(
        self, number: int, words: tuple[str, ...], shim: tuple[int, int, int, int] | None = None
    ) -> Task:
        """A command, some minutes after the one before it."""
        at = f"2026-11-23T09:{number:02}:00+00:00"
        armed = (str(self.inside), *shim) if shim else None
        return Task(words, str(self.folder), self._environ, at, armed)

    def prepare(self, deed: Deed, snapshot: str) -> None:
        """Have everything as it is before a command."""
        self.other.clear()
        shutil.rmtree(self.inside)
        self.inside.mkdir()
        if deed.kind == "new":
            self.place.clear()
            return
        self.place.put(snapshot)
        if deed.kind in SPOILT:
            driver = open_database(self.place.address, write=True)
            for statement in SPOILT[deed.kind]:
                driver.run(statement)
            driver.close()
        elif deed.kind == "damaged":
            path = Path(self.place.address)
            with path.open("r+b") as stream:
                stream.seek(4096)
                stream.write(b"\xff" * 40_000)
        if deed.already:
            shutil.copy(self._given / "backup", self.inside / deed.writes)
        if deed.fresh:
            environ = {**self._environ, "PIPE_DB": self.other.address}
            self.victims.run(self.task(0, ("init",))._replace(environ=environ))

    def state(self, deed: Deed) -> State:
        """What there is now."""
        file = self.inside / deed.writes
        damaged = deed.kind == "damaged" and Path(self.place.address).exists()
        return State(
            "damaged" if damaged and not _opens(self.place.address) else picture(self.place.address),
            picture(self.other.address) if deed.kind == "target" else None,
            _content(file) if deed.writes and file.exists() else None,
        )

    def faults(self, chapter: Chapter, ended: Ended) -> tuple[list[str], bool]:
        """What is not as it must be after a command was struck, and whether it was done all the same.

        It can be done again where it was not.
        """
        self.place.settle()
        self.other.settle()
        deed = chapter.deed
        state = self.state(deed)
        done = state == chapter.after
        found = [] if done or state == chapter.before else [f"half done: {_differing(state, chapter)}"]
        if ended.code == 0 and not done:
            found.append("confirmed and not done")
        found += self._unsound(chapter, done)
        if not done and not found:
            again = self.victims.run(self.task(chapter.number, chapter.words))
            if again.code != 0 or self.state(deed) != chapter.after:
                found.append(f"cannot be done again: {again.code} {again.err or again.out}")
            found += self._unsound(chapter, True)
        elif deed.name == "forget":
            again = self.victims.run(self.task(chapter.number, ("forget", "--sweep")))
            found += [] if again.code == 0 else [f"cannot be swept: {again.err}"]
        if deed.name == "forget":
            found += [f"{path.name} still names them" for path in self._naming()]
        return [f"{' '.join(chapter.words)}: {fault}" for fault in found], done

    def _unsound(self, chapter: Chapter, done: bool) -> list[str]:
        """What the doctor says, of backups too."""
        found = []
        old = chapter.deed.kind in (*SPOILT, "damaged") and not done
        for address in (self.place.address, self.other.address):
            if not old and picture(address) is not None:
                settings = Settings(environ={**self._environ, "PIPE_DB": address})
                found += doctor.doctor(Workspace(settings)).faults
        kept = [path for path in self.inside.rglob("*") if backups._NAME.fullmatch(path.name)]
        for path in kept:
            if "-damaged" not in path.name:
                try:
                    copies.check(path)
                except PipeError as error:
                    found.append(f"a kept copy is not whole: {error.message}")
        if done and chapter.deed.kind in ("upgrade", "restore", "damaged") and not kept:
            found.append("nothing was kept of what it replaced")
        return found

    def _naming(self) -> list[Path]:
        """The files of the workspace in which the person who was to be forgotten stands."""
        if is_postgres(self.place.address):
            return []
        beside = Path(self.place.address).parent.glob(f"{Path(self.place.address).name}*")
        return [path for path in beside if path.is_file() and PERSON in path.read_bytes()]

    def _words(self, deed: Deed) -> tuple[str, ...]:
        waiting = ""
        if "{proposal}" in deed.words:
            listed = self.victims.run(self.task(0, ("proposals", "list", "--quiet")))
            waiting = listed.out.split()[-1]
        text = deed.words.format(
            db=shlex.quote(self.place.address), other=shlex.quote(self.other.address),
            given=self._given, place=self.inside, proposal=waiting,
        )  # fmt: skip
        return tuple(shlex.split(text))

    def _keep(self) -> None:
        backups.backup(Workspace(self.settings), self._given / "backup")
        with (self._given / "journal.jsonl").open("w", encoding="utf-8", newline="") as out:
            export_journal(Workspace(self.settings), out)


def _content(file: Path) -> str | bytes | None:
    """What a file says; of a database, which may say the same in other bytes, what is true of it, read through."""
    return picture(str(file)) if _opens(str(file)) and copies.is_database(file) else file.read_bytes()


def _opens(address: str) -> bool:
    try:
        return copies.check(Path(address)) is not None
    except PipeError:
        return False


def _differing(state: State, chapter: Chapter) -> str:
    return (
        "; ".join(
            f"{name} is {_short(now)}, was {_short(was)}, to be {_short(then)}"
            for name, now, was, then in zip(State._fields, state, chapter.before, chapter.after, strict=True)
            if now not in (was, then)
        )
        or "one thing done and another not"
    )


def _short(value: str | bytes | None) -> str:
    return f"{len(value)} bytes" if isinstance(value, bytes) else str(value)[:16]


def on_sqlite(folder: Path, server: str, victims: Victims) -> World:
    """A world whose workspace is a file, and whose other one is on PostgreSQL."""
    place = SqlitePlace(folder / "run" / "place" / "pipe.db", folder / "kept")
    return World(folder, place, PostgresPlace(server, "other"), victims)


def on_postgres(folder: Path, server: str, victims: Victims) -> World:
    """The other way round."""
    other = SqlitePlace(folder / "run" / "place" / "other.db", folder / "kept")
    return World(folder, PostgresPlace(server, "victim"), other, victims)


def untrue(ended: Ended, done: bool) -> list[str]:
    """What is wrong with what a command said, which met a fault and lived."""
    if ended.killed:
        return []
    said = ended.err.strip()
    found = []
    if ended.code not in CODES:
        found.append(f"exit code {ended.code}")
    if "Traceback" in said or "error of its own" in said:
        found.append(f"not a line for a user: {said}")
    if ended.code and not said:
        found.append("not a word")
    if done and any(words in said for words in SURELY_NOT):
        found.append(f"done, and said: {said}")
    return found
