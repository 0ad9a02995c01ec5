"""The command line in this process: `pipe("list", "--csv")` on a workspace of one's own, the clock standing still."""

from __future__ import annotations

import io
import os
import re
import shlex
import sys
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from datetime import UTC, date, datetime
from pathlib import Path
from typing import NamedTuple, Protocol

import pytest

from pipecli import clock, entry, text

TODAY = date(2026, 11, 23)  # a Monday


class Result(NamedTuple):
    """What a command left: its exit code, stdout and stderr."""

    code: int
    out: str
    err: str


class Pipe(Protocol):
    """Runs the command line; `me` is who types, `stdin` what is piped in, `env` more of the environment."""

    def __call__(
        self, *words: str, me: str = "lea", stdin: str = "", env: dict[str, str] | None = None
    ) -> Result: ...


def freeze(day: date) -> None:
    """It is nine in the morning, UTC, of that day."""
    clock.freeze(datetime(day.year, day.month, day.day, 9, tzinfo=UTC))


@pytest.fixture
def at() -> Iterator[Callable[[str], None]]:
    """Stops the clock on a day; it starts on `TODAY`."""
    freeze(TODAY)
    yield lambda day: freeze(date.fromisoformat(day))
    clock.freeze(None)


@pytest.fixture
def environment(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The environment of a test, in which nothing of the machine is left; the folder it is in."""
    for name in list(os.environ):
        if name.startswith(("PIPE_", "LC_", "XDG_")) or name in ("LANG", "VISUAL", "EDITOR", "NO_COLOR"):
            monkeypatch.delenv(name)
    monkeypatch.setenv("HOME", str(tmp_path / "home"))
    monkeypatch.setenv("PIPE_DB", str(tmp_path / "pipe.db"))
    monkeypatch.setenv("PIPE_ME", "lea")
    monkeypatch.setenv("PIPE_CONFIG", str(tmp_path / "config.toml"))
    monkeypatch.setenv("LANG", "C.UTF-8")
    monkeypatch.setenv("COLUMNS", "100")
    monkeypatch.setenv("TERM", "dumb")
    return tmp_path


@pytest.fixture
def pipe(
    environment: Path,
    at: Callable[[str], None],
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> Iterator[Pipe]:
    """Runs the command line without a workspace to begin with."""

    def run(*words: str, me: str = "lea", stdin: str = "", env: dict[str, str] | None = None) -> Result:
        with monkeypatch.context() as patch:
            for name, value in {"PIPE_ME": me, **(env or {})}.items():
                patch.setenv(name, value)
            patch.setattr(sys, "stdin", io.StringIO(stdin))
            capsys.readouterr()
            code = entry.run(words)
        return Result(code, *capsys.readouterr())

    yield run
    text.use_language("en")


LIFE = """
2026-11-02 init
2026-11-02 add "ERP rollout" 48k -a Acme -n "call Jeanne" -d 2026-11-20 --close 2026-12-18 --source referral \
           --tag key --contact "Jeanne Martin <jeanne@acme.example>"
2026-11-02 add Maintenance 9k -a Borel -n "send references" -d 2026-11-23 --close 2027-01-15
2026-11-02 add Audit -a Nord -n "book workshop" -d 2026-12-01 --owner marc
2026-11-02 add Portal "USD 15000" -a Sirius -n "mail Ana" -d 2026-11-05
2026-11-02 add Training 6k -n "call Ida" -d 2026-11-25 --contact "Ida Berg"
2026-11-02 add Kiosk 30k -a Acme -n "call Jeanne" -d 2026-11-12
2026-11-10 lose 6 price "twice the offer of the other"
2026-11-16 advance 1 --prove "need=Stock errors cost them two people"
2026-11-17 log 1 meeting "Went through the scope"
2026-11-17 log 5 meeting "Two days on site, ten people"
2026-11-18 advance 5 --to negotiation --prove "need=They asked for it" --prove "problem=Nobody uses the tool" \
           --set "decision_maker=Ida Berg" --prove "decision-maker=It is her budget" --amount 6500 \
           --prove offer=https://offers.example/5 --set quote_valid_until=2026-12-31 --prove "answer=They like it"
2026-11-20 win 5 "We answered within a day" --prove "objections=None" --set close_date=2026-11-20 \
           --prove "order=PO 4711"
"""
"""A month in the life of a small pipeline: Lea's 1, 2 and 4, Marc's 3, one lost, one won."""


@pytest.fixture(scope="session")
def lived(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The workspace file that `LIFE` leaves, to copy."""
    folder = tmp_path_factory.mktemp("lived")
    with pytest.MonkeyPatch.context() as patch:
        for name, value in (("PIPE_DB", "pipe.db"), ("PIPE_ME", "lea"), ("PIPE_CONFIG", "config.toml")):
            patch.setenv(name, value if name == "PIPE_ME" else str(folder / value))
        patch.setattr(sys, "stdin", io.StringIO())
        for line in LIFE.strip().replace("\\\n", " ").splitlines():
            day, *words = shlex.split(line)
            freeze(date.fromisoformat(day))
            assert entry.run(words) == 0, line
    clock.freeze(None)
    return folder / "pipe.db"


@pytest.fixture
def house(pipe: Pipe, lived: Path, environment: Path) -> Pipe:
    """Runs the command line on the workspace that `LIFE` left; it is `TODAY`."""
    file = environment / "pipe.db"
    file.write_bytes(lived.read_bytes())
    file.chmod(0o600)
    return pipe


def masked(result: Result) -> Result:
    """The result with `UID` where an identifier drawn at random stands."""
    return result._replace(out=re.sub(r"\b[0-9a-f]{32}\b", "UID", result.out))


@pytest.fixture
def unchanged(pipe: Pipe) -> Callable[[], AbstractContextManager[None]]:
    """A context in which nothing may be written: the journal's head is the same at its end."""

    @contextmanager
    def unchanging() -> Iterator[None]:
        before = pipe("journal", "--quiet", "--limit", "0")
        yield
        assert pipe("journal", "--quiet", "--limit", "0") == before

    return unchanging


@pytest.fixture
def screen(monkeypatch: pytest.MonkeyPatch) -> Callable[[int], None]:
    """Makes stdout a terminal of so many columns, without colours."""

    def of(columns: int) -> None:
        monkeypatch.setenv("COLUMNS", str(columns))
        monkeypatch.setattr(sys.stdout, "isatty", lambda: True)

    return of
