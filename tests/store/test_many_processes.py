"""Several processes at once, and processes that are killed: nothing that was confirmed is ever lost."""

import os
import signal
import subprocess
import sys
from random import Random

import pytest

from pipecli.service import doctor, lists, opportunities
from pipecli.service.answers import Answers
from pipecli.service.workspace import Workspace
from pipecli.store.opening import open_database

pytestmark = pytest.mark.skipif(os.name == "nt", reason="Windows has no SIGKILL")
ADDS = """
import sys
from pipecli.config import Settings
from pipecli.service import opportunities
from pipecli.service.answers import Answers
from pipecli.service.workspace import Workspace

address, who, n = sys.argv[1:]
workspace = Workspace(Settings(environ={"PIPE_DB": address, "PIPE_ME": who, "PIPE_CONFIG": "/nowhere/x"}))
sys.stdin.readline()
for i in range(int(n)):
    found = opportunities.add(workspace, f"{who} {i}", Answers(next="call", due="+5d"))
    print(found.ref, flush=True)
"""


def test_two_processes_that_write_at_once_both_land(workspace: Workspace) -> None:
    command = [sys.executable, "-c", ADDS, workspace.address]
    writers = [
        subprocess.Popen([*command, who, "30"], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
        for who in ("ana", "bob")
    ]
    for writer in writers:  # both have everything loaded and are let go together
        assert writer.stdin
        writer.stdin.write("go\n")
        writer.stdin.flush()
    refs = [[int(line) for line in writer.communicate()[0].split()] for writer in writers]
    assert sorted(refs[0] + refs[1]) == list(range(1, 61))
    assert [len(mine) for mine in refs] == [30, 30]
    records = lists.listing(workspace, lists.Wanted(sort="number"), 0).records
    assert {r["name"] for r in records} == {f"{who} {i}" for who in ("ana", "bob") for i in range(30)}
    assert doctor.doctor(workspace).faults == []


LIVES = """
import sys
from pipecli.config import Settings
from pipecli.domain.proofs import Proof
from pipecli.errors import PipeError
from pipecli.service import gates, opportunities, undoing
from pipecli.service.answers import Answers
from pipecli.service.workspace import Workspace

workspace = Workspace(Settings(environ={"PIPE_DB": sys.argv[1], "PIPE_ME": "lea", "PIPE_CONFIG": "/nowhere/x"}))
next_action = Answers(next="call", due="+5d")

def confirmed(kind, number):
    print(kind, number, flush=True)

sys.stdin.readline()
for i in range(10_000):
    given = next_action._replace(amount=f"{i + 1}k", sets=(f"account=Account {i % 7}", f"contact=Person {i}"))
    ref = opportunities.add(workspace, f"Deal {i}", given).ref
    confirmed("OpportunityOpened", ref)
    gates.prove(workspace, str(ref), "need", Proof(text="They told us " * 50), Answers())
    confirmed("EvidenceRecorded", ref)
    gates.advance(workspace, str(ref), Answers())
    confirmed("StageAdvanced", ref)
    liked = opportunities.Happened("They like it")
    opportunities.done(workspace, str(ref), liked, next_action._replace(amount=f"{i + 2}k"))
    confirmed("NextActionDone", ref)
    if i % 3 == 0:
        undoing.undo(workspace)
        confirmed("CommandUndone", ref)
    if i % 3 == 1:
        gates.lose(workspace, str(ref), "price", "too dear")
        confirmed("OpportunityLost", ref)
"""
KILLS = 25


@pytest.mark.parametrize("engine", ["sqlite"])
def test_a_process_killed_at_any_moment_loses_nothing_it_confirmed(workspace: Workspace) -> None:
    """Each life is let run for some confirmations and a random part of the next command, then killed."""
    random = Random(20_260_302)
    confirmed: list[tuple[str, str]] = []
    for _life in range(KILLS):
        confirmed += life(workspace, random)
        found = doctor.doctor(workspace)
        assert found.faults == []
        driver = open_database(workspace.address, write=False)
        journal = driver.rows("select kind, stream from event where stream like 'o%'")
        driver.close()
        assert set(confirmed) <= set(journal)
    assert len(confirmed) > KILLS
    after = opportunities.add(workspace, "After", Answers(next="call", due="+5d"))
    assert after.ref > max(int(stream[1:]) for _kind, stream in confirmed)


def life(workspace: Workspace, random: Random) -> list[tuple[str, str]]:
    """One process from its start to its SIGKILL; what it confirmed."""
    process = subprocess.Popen(
        [sys.executable, "-c", LIVES, workspace.address],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )
    assert process.stdin and process.stdout
    process.stdin.write("go\n")
    process.stdin.flush()
    lines = [process.stdout.readline() for _ in range(random.randint(0, 6))]
    spin(random.randint(0, 500_000))
    process.send_signal(signal.SIGKILL)
    lines += process.stdout.read().splitlines()  # what it wrote before it died
    assert process.wait() == -signal.SIGKILL
    process.stdin.close()
    process.stdout.close()
    words = [line.split() for line in lines]
    return [(kind, f"o{number}") for kind, number in words]


def spin(rounds: int) -> None:
    """Let a moment pass that differs from life to life."""
    for _ in range(rounds):
        pass


def test_processes_leave_no_lock_behind(workspace: Workspace) -> None:
    command = [sys.executable, "-c", ADDS, workspace.address, "ana", "100000"]
    writer = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
    assert writer.stdin and writer.stdout
    writer.stdin.write("go\n")
    writer.stdin.flush()
    first = int(writer.stdout.readline())
    os.kill(writer.pid, signal.SIGKILL)
    writer.communicate()
    assert opportunities.add(workspace, "Mine", Answers(next="call", due="+5d")).ref > first
    assert doctor.doctor(workspace).faults == []
