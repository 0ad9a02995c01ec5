"""Some seconds of `make torture`: a crowd on each database, a few processes killed, and a disk that fails."""

from __future__ import annotations

import errno
import os
import shutil
import signal
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import pytest

from pipecli.cli import app, commands
from pipecli.store.opening import open_database

from . import crowd, faults, killing, victims, world
from .story import SHORT, STORY

pytestmark = pytest.mark.skipif(os.name == "nt", reason="Windows has no SIGKILL")


@pytest.fixture(params=["sqlite", "postgresql"])
def address(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    """Where a workspace can be made, in either database."""
    yield str(tmp_path / "pipe.db") if request.param == "sqlite" else request.getfixturevalue("postgres")


@pytest.fixture(scope="module")
def loaded() -> Iterator[victims.Victims]:
    """A process whose children are commands."""
    found = victims.Victims()
    yield found
    found.close()


@pytest.fixture(scope="module")
def struck(tmp_path_factory: pytest.TempPathFactory) -> Iterator[victims.Victims]:
    """Another one, whose disk can be made to fail; who has no compiler goes without, a machine of CI does not."""
    shim = victims.compiled(tmp_path_factory.mktemp("shim"))
    if shim is None:
        if os.environ.get("PIPECLI_REQUIRE_ALL"):
            pytest.fail("cc is missing, and everything is required here")
        pytest.skip("no cc on Linux to make a disk fail with")
    found = victims.Victims(shim)
    yield found
    found.close()


@pytest.fixture
def on_sqlite(loaded: victims.Victims, server: str, tmp_path: Path) -> Iterator[world.World]:
    """The story's world in a file."""
    made = world.on_sqlite(tmp_path, server, loaded)
    yield made
    made.close()


@pytest.fixture
def on_postgres(loaded: victims.Victims, server: str, tmp_path: Path) -> Iterator[world.World]:
    """The same on a server."""
    made = world.on_postgres(tmp_path, server, loaded)
    yield made
    made.close()


@pytest.fixture
def failing(struck: victims.Victims, server: str, tmp_path: Path) -> Iterator[world.World]:
    """The same in a file, on a disk that can be made to fail."""
    made = world.on_sqlite(tmp_path, server, struck)
    yield made
    made.close()


def test_a_crowd_writes_every_command_once_and_passes_no_gate(address: str) -> None:
    place = crowd.made(address)
    done = crowd.let_loose(address, processes=3, commands=20)
    assert crowd.faults_after(place, done) == []
    assert sum(done.confirmed.values()) > 20

    # What it would say of a command that was lost, of one written twice, and of a gate that was not met.
    (key, _n), *_rest = done.confirmed.items()
    lost = done._replace(confirmed=done.confirmed + Counter([key]))
    assert [f.split(":")[0] for f in crowd.faults_after(place, lost)] == ["confirmed and not in the journal"]
    twice = done._replace(confirmed=done.confirmed - Counter([key]))
    assert [f.split(":")[0] for f in crowd.faults_after(place, twice)] == ["in the journal and not confirmed"]
    driver = open_database(address, write=True)
    driver.run("update event set kind = 'ExchangeWithdrawn' where kind = 'EvidenceRecorded'")
    driver.close()
    with place.read() as reading:
        driver = reading.driver
        moves = driver.rows("select count(*) from event where kind = 'StageAdvanced'")[0][0]
        found = [
            fault
            for stream, events in crowd.journal.load_streams(driver, "o")
            for fault in crowd.passed_by_a_race(stream, events, reading.pipeline)
        ]
    assert (len(found) > 0) == (moves > 0)


def test_somebody_at_work_who_is_killed_loses_nothing_confirmed(address: str) -> None:
    working = killing.Working(address)
    for _time in range(3):
        working.kill()
    assert working.faults == []
    assert working.confirmed > 3


@pytest.mark.parametrize("engine", ["on_sqlite", "on_postgres"])
def test_a_command_that_is_killed_is_done_or_not_at_all(engine: str, request: pytest.FixtureRequest) -> None:
    killed = killing.strike_all(request.getfixturevalue(engine), lambda _chapter: 1, deeds=SHORT)
    assert killed.faults == []
    assert set(killed.at) == {deed.name for deed in SHORT}
    assert killed.phases["within"] > 3


def test_what_is_half_done_is_told(on_sqlite: world.World) -> None:
    """The one thing that the other tests rest on."""
    *_before, chapter = on_sqlite.story(SHORT[:3])
    driver = open_database(on_sqlite.place.address, write=True)
    driver.run("delete from event where kind = 'NextActionSet'")
    driver.close()
    (found, *_more), done = on_sqlite.faults(chapter, chapter.ended._replace(code=-signal.SIGKILL))
    assert "half done: workspace is 7 " in found and not done
    on_sqlite.prepare(chapter.deed, chapter.snapshot)
    (found, *_more), done = on_sqlite.faults(chapter, chapter.ended)
    assert found.endswith(": confirmed and not done") and not done


def test_a_disk_that_fails_is_told_truly(failing: world.World) -> None:
    found = faults.inject_all(failing, one_of_them, 1, SHORT)
    assert found.faults == []
    assert set(found.at) == {fault.name for fault in faults.FAULTS}


def one_of_them(chapter: world.Chapter) -> list[faults.Fault]:
    """Each command meets one kind of fault, each kind one command or two."""
    return [faults.FAULTS[chapter.number % len(faults.FAULTS)]]


def test_a_commit_that_was_not_synced_is_taken_back(failing: world.World) -> None:
    """Its words stand in the log, where whoever comes after a crash would find them."""
    *_before, chapter = failing.story(SHORT[:3])
    assert crashed_after(failing, chapter, faults.Fault("", faults.SYNCS, errno.EIO, False)) == (
        6, "nothing was written, look at its disk\n", chapter.before.workspace,
    )  # fmt: skip
    code, said, _state = crashed_after(failing, chapter, faults.Fault("", faults.SYNCS, errno.EIO, True))
    assert (code, said) == (6, "whether it was is not known, look: pipe journal\n")


def crashed_after(
    made: world.World, chapter: world.Chapter, fault: faults.Fault
) -> tuple[int, str, str | None]:
    """What a command says whose last sync fails, and what is found where the machine goes down then.

    Somebody else has the file open, so that the log is not emptied at the end.
    """
    ended = None
    for _time in range(2):
        made.prepare(chapter.deed, chapter.snapshot)
        other = open_database(made.place.address, write=True)
        other.rows("select 1 from workspace")
        calls = int(ended.last("calls") or 0) if ended else 0
        task = made.task(chapter.number, chapter.words, (fault.calls, calls, fault.outcome, fault.lasting))
        ended = made.victims.run(task)
        crashed = made.folder / "crashed.db"
        for ending in ("", "-wal"):
            shutil.copy(made.place.address + ending, crashed.with_name(crashed.name + ending))
        other.close()
    assert ended
    return ended.code, ended.err.partition("; ")[2], world.picture(str(crashed))


BY_ANOTHER = {
    "board": "its forms call the functions of the commands",
    "go": "its forms call the functions of the commands",
    "clean": "asks in a terminal, then calls the functions of lose, next, merge and edit",
    "forecast calibrate": "adopts a definition, as stages adopt does",
    "mcp": "proposes by the function by which qualify and suggest do",
    "summary": "its --dry-run is about a model",
    "brief": "its --dry-run is about a model",
}
READS = {
    "audit", "completion", "focus", "forecast", "journal", "list", "overdue", "show", "stale", "stats", "today", "why",
    "xray",
}  # fmt: skip


def commands_that_write() -> set[str]:
    """The commands, those of groups with their group, that take --dry-run, --output or --force."""
    found = set()
    for declared in commands.declared():
        made = app.build(declared)
        inner = getattr(made, "commands", None)
        for name, command in (inner or {"": made}).items():
            if {"dry_run", "output", "force"} & {p.name for p in command.params}:
                found.add(f"{declared.name} {name}".strip())
    return found


def test_every_command_that_writes_is_in_the_story() -> None:
    told = {deed.name for deed in STORY}
    assert commands_that_write() - told - set(BY_ANOTHER) == set()
    assert {c.name for c in commands.declared()} == {
        name.split()[0] for name in told | set(BY_ANOTHER)
    } | READS
