"""What a person is told when the ground gives way under a command: the exit code, one line, and that it is true."""

from __future__ import annotations

import json
import re
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import psycopg
import pytest

from pipecli.service import unanswered
from pipecli.store.postgres import PostgresDriver
from pipecli.store.sqlite import SqliteDriver
from store.files import LEAVES_A_WAL
from store.proxy import Proxy

from .conftest import Pipe, Result

ADDS = ("add", "CRM", "-n", "call", "-d", "+3d")


@pytest.fixture
def file(pipe: Pipe, environment: Path) -> Path:
    """A workspace with one opportunity."""
    assert pipe("init").code == 0
    assert pipe("add", "ERP", "-n", "call", "-d", "+3d").code == 0
    return environment / "pipe.db"


def before_commit(monkeypatch: pytest.MonkeyPatch, happens: Callable[[], object]) -> None:
    """Something happens once, when all is decided and not yet written."""
    for driver in (SqliteDriver, PostgresDriver):
        commit = driver.commit

        def struck(self: object, commit: Callable[[object], None] = commit) -> None:
            monkeypatch.undo()
            happens()
            commit(self)

        monkeypatch.setattr(driver, "commit", struck)


def told(result: Result) -> tuple[int, str, str]:
    """The exit code, stdout, and the one line of stderr without places and what the server says in its words."""
    line = re.sub(r"(/\S*/pipe\.db|postgresql://\S+?)(?=[ ;])", "DB", result.err)
    return result.code, result.out, re.sub(r"(?<=broke )\(.*\)|(?<=reached: ).*|(?<=long )\(.*\)", "…", line)


def test_a_file_that_is_removed_meanwhile(pipe: Pipe, file: Path) -> None:
    with pytest.MonkeyPatch.context() as patch:
        before_commit(patch, file.unlink)
        assert told(pipe(*ADDS)) == (6, "", "DB was removed or replaced meanwhile; nothing was written\n")
    assert told(pipe("list")) == (
        6, "", "there is no workspace at DB; make one: pipe init, or look around: pipe --demo demo\n",
    )  # fmt: skip


def test_a_file_that_is_replaced_meanwhile(pipe: Pipe, file: Path) -> None:
    other = file.with_name("other.db")
    other.write_bytes(file.read_bytes())
    with pytest.MonkeyPatch.context() as patch:
        before_commit(patch, lambda: other.replace(file))
        assert told(pipe(*ADDS)) == (6, "", "DB was removed or replaced meanwhile; nothing was written\n")
    assert pipe("list", "-q").out == "1\n"
    assert pipe("doctor").code == 0


def test_a_wal_that_a_dead_process_left(pipe: Pipe, file: Path) -> None:
    """What it confirmed is there, as if nothing had been."""
    done = subprocess.run([sys.executable, "-c", LEAVES_A_WAL, str(file)], check=False)
    assert done.returncode == -9
    assert pipe("list", "--status", "all", "-q").out.split() == ["1", "2"]
    assert pipe("doctor").code == 0


def test_a_clock_that_goes_back(pipe: Pipe, file: Path, at: Callable[[str], None]) -> None:
    at("2026-11-20")
    assert pipe("edit", "1", "--amount", "12k") == (
        2, "", "2026-11-20 is before the opening of 2026-11-23; use --on 2026-11-23 or later\n",
    )  # fmt: skip
    assert json.loads(pipe("show", "1", "--json").out)["amount"] is None


@pytest.fixture
def on_server(pipe: Pipe, postgres: str, monkeypatch: pytest.MonkeyPatch) -> str:
    """A workspace on PostgreSQL."""
    monkeypatch.setenv("PIPE_DB", postgres)
    monkeypatch.setattr(unanswered, "PAUSES", (0, 0))
    assert pipe("init").code == 0
    return postgres


@pytest.fixture
def line(on_server: str, server: str, monkeypatch: pytest.MonkeyPatch) -> Iterator[Proxy]:
    """The line to it, which can be cut."""
    found = Proxy(parse_qs(urlsplit(server).query)["host"][0] + "/.s.PGSQL.5432")
    name = urlsplit(on_server).path.strip("/")
    over = f"postgresql://postgres@127.0.0.1:{found.port}/{name}?sslmode=disable&gssencmode=disable"
    monkeypatch.setenv("PIPE_DB", over)
    yield found
    found.close()


def cut_at_commit(line: Proxy, when: str, kind: bytes, *, away: bool) -> None:
    """Cut the line when the commit is said, or at the end of what was said with it."""
    said: list[bytes] = []

    def cut(heard: bytes, body: bytes) -> str:
        said.append(body)
        if heard != kind or not any(b"commit\0" in text for text in said):
            return ""
        line.cut = lambda _kind, _body: ""
        line.away = away
        return when

    line.cut = cut


def test_a_server_that_stops_during_the_commit(pipe: Pipe, line: Proxy) -> None:
    """Whether it was written is looked up; where nobody can be asked, that is said."""
    cut_at_commit(line, "before", b"P", away=False)
    assert told(pipe(*ADDS)) == (6, "", "the connection to DB broke; nothing was written, do it again\n")
    cut_at_commit(line, "after", b"S", away=False)
    assert pipe(*ADDS, "-q") == (0, "1\n", "")
    cut_at_commit(line, "after", b"S", away=True)
    assert told(pipe(*ADDS)) == (
        6, "", "the connection to DB broke; whether it was written is not known, look: pipe journal\n",
    )  # fmt: skip
    assert told(pipe("list")) == (6, "", "DB cannot be reached: …\n")
    line.away = False
    assert pipe("doctor").code == 0


def test_a_server_that_stops_in_the_middle(pipe: Pipe, on_server: str) -> None:
    def stop() -> None:
        with psycopg.connect(on_server, autocommit=True) as admin:
            admin.execute(
                "select pg_terminate_backend(pid) from pg_stat_activity "
                "where datname = current_database() and pid <> pg_backend_pid()"
            )

    with pytest.MonkeyPatch.context() as patch:
        before_commit(patch, stop)
        assert told(pipe(*ADDS)) == (6, "", "the connection to DB broke; nothing was written, do it again\n")
    assert pipe("list", "-q") == (0, "", "")
    assert pipe(*ADDS, "-q") == (0, "1\n", "")


def test_a_server_that_is_full_or_has_no_time(
    pipe: Pipe, on_server: str, server: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    with psycopg.connect(server, autocommit=True) as admin:
        admin.execute("create role lonely login connection limit 1")
    address = on_server.replace("postgresql://postgres", "postgresql://lonely", 1)
    monkeypatch.setenv("PIPE_DB", address)
    with psycopg.connect(address):
        found = pipe(*ADDS)
    assert told(found) == (6, "", "DB cannot be reached: …\n") and "too many connections" in found.err
    with psycopg.connect(server, autocommit=True) as admin:
        admin.execute("drop role lonely")

    monkeypatch.setenv("PIPE_DB", on_server + "&options=-c%20statement_timeout%3D20")
    with psycopg.connect(on_server) as other:
        other.execute("select head from workspace for update")
        assert told(pipe(*ADDS)) == (6, "", "DB did not let it take that long …; nothing was written\n")
        assert pipe("list", "-q") == (0, "", "")
