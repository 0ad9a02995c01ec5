"""Two versions of the program on one database: the older one is refused in one line, and nothing is half done."""

import json
import os
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from pipecli.service import doctor, lists, opportunities, upgrading
from pipecli.service.workspace import Workspace

from .files import NEXT, names

# The same code as a program that knows less; an import stops, having decided everything, until it hears another line.
OLDER = """
import io, json, sys
from contextlib import redirect_stderr, redirect_stdout
from datetime import datetime
from pipecli.store import schema
schema.PROJECTION, schema.WRITER = 2, 1
from pipecli import clock, entry
from pipecli.service.workspace import Workspace
clock.freeze(datetime.fromisoformat("2026-03-02T12:00:00+00:00"))
write = Workspace._written
def waits(self, unit):
    print("decided", file=sys.__stdout__, flush=True)
    sys.__stdin__.readline()
    return write(self, unit)
Workspace._written = waits
print("ready", flush=True)
for line in iter(sys.__stdin__.readline, ""):
    with redirect_stdout(io.StringIO()) as out, redirect_stderr(io.StringIO()) as err:
        sys.stdin = io.StringIO("")
        code = entry.run(json.loads(line))
    print(json.dumps([code, out.getvalue(), err.getvalue()]), flush=True)
"""


class Older:
    """An older program, to be told what to do."""

    def __init__(self, process: "subprocess.Popen[str]") -> None:
        self._process = process

    def say(self, line: str) -> str:
        assert self._process.stdin and self._process.stdout
        self._process.stdin.write(line + "\n")
        self._process.stdin.flush()
        return self._process.stdout.readline().strip()

    def __call__(self, *words: str) -> tuple[int, str, str]:
        code, out, err = json.loads(self.say(json.dumps(words)))
        return code, out, err


@pytest.fixture
def older(workspace: Workspace, change: Callable[..., None], tmp_path: Path) -> Iterator[Older]:
    """It has the workspace as it made it: without a table that came later."""
    change("drop table proposal", "update workspace set projection = 2, min_writer = 1")
    environ = {
        **os.environ, "PIPE_DB": workspace.address, "PIPE_ME": "lea", "PIPE_CONFIG": "/nowhere/x",
        "PYTHONPATH": os.pathsep.join(sys.path), "XDG_DATA_HOME": str(tmp_path), "LANG": "C.UTF-8",
    }  # fmt: skip
    with subprocess.Popen(
        [sys.executable, "-c", OLDER], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, env=environ
    ) as process:
        assert process.stdout
        assert process.stdout.readline() == "ready\n"
        yield Older(process)
        assert process.stdin
        process.stdin.close()


ADDS = ("add", "CRM", "-n", "call", "-d", "+3d")


@pytest.fixture(autouse=True)
def data(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Where copies are kept."""
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path))


def test_an_older_program_is_refused_once_a_newer_one_upgraded(
    workspace: Workspace, older: Older, tmp_path: Path
) -> None:
    file = tmp_path / "deals.csv"
    file.write_text("name,amount\nWeb,100\nShop,200\n", encoding="utf-8")
    assert older("list", "-q") == (0, "", "")
    assert older(*ADDS)[0] == 0
    assert older("list", "-q")[:2] == (0, "1\n")

    # It has decided on an import, and waits for the lock, when the newer one upgrades.
    assert older.say(json.dumps(["import", str(file)])) == "decided"
    with workspace.commit("upgrade") as unit:
        assert unit.kept
    newer = f"{unit.driver.where} was written by a newer pipecli; upgrade the program\n"
    assert tuple(json.loads(older.say("go on"))) == (6, "", newer)

    for words in (ADDS, ("list",), ("undo",), ("db", "upgrade"), ("doctor", "--rebuild"), ("why", "1")):
        assert older(*words) == (6, "", newer)
    assert names(workspace) == ["CRM"]
    assert doctor.doctor(workspace).faults == []
    assert opportunities.add(workspace, "ERP", NEXT).ref == 2


def test_it_goes_on_while_the_newer_one_has_not_ended(workspace: Workspace, older: Older) -> None:
    """What is upgraded is seen when it is all there; until then reads are answered as before."""
    older(*ADDS)
    with pytest.raises(KeyboardInterrupt), workspace.commit("upgrade"):
        assert older("list", "-q")[:2] == (0, "1\n")
        raise KeyboardInterrupt
    assert older(*ADDS)[0] == 0
    with pytest.raises(Exception, match="are of another version; write them anew: pipe db upgrade"):
        lists.listing(workspace, lists.Wanted(), 0)
    assert upgrading.upgrade(workspace).opportunities == 2
    assert doctor.doctor(workspace).faults == []


def test_lists_of_a_newer_program_are_not_written_back(
    workspace: Workspace, change: Callable[..., None]
) -> None:
    """Though it knows what it would write: the two would rebuild the lists in turn."""
    change("update workspace set projection = 99")
    for call in (
        lambda: opportunities.add(workspace, "ERP", NEXT),
        lambda: lists.listing(workspace, lists.Wanted(), 0),
        lambda: upgrading.upgrade(workspace),
        lambda: doctor.doctor(workspace, rebuild_projection=True),
    ):
        with pytest.raises(Exception, match="was written by a newer pipecli; upgrade the program"):
            call()
