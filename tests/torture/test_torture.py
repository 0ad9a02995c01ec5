"""Some seconds of `make torture`: a crowd on each database, and a few processes killed."""

from __future__ import annotations

import os
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import pytest

from pipecli.store.opening import open_database

from . import crowd, killing

pytestmark = pytest.mark.skipif(os.name == "nt", reason="Windows has no SIGKILL")


@pytest.fixture(params=["sqlite", "postgresql"])
def address(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    """Where a workspace can be made, in either database."""
    yield str(tmp_path / "pipe.db") if request.param == "sqlite" else request.getfixturevalue("postgres")


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
        faults = [
            fault
            for stream, events in crowd.journal.load_streams(driver, "o")
            for fault in crowd.passed_by_a_race(stream, events, reading.pipeline)
        ]
    assert (len(faults) > 0) == (moves > 0)


def test_killed_processes_lose_nothing_they_confirmed(address: str, tmp_path: Path) -> None:
    killed = killing.kill_all(tmp_path, address, kills=9)
    assert killed.faults == []
    assert killed.at == {"commands": 6, "imports": 1, "restores": 1, "rebuilds": 1}
    assert killed.confirmed > 6
