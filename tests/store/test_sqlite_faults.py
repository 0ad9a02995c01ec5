"""What goes wrong beneath a file while it is in use: no space, no file, another file. Nothing is half done."""

import os
import resource
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator
from datetime import date, timedelta
from pathlib import Path

import pytest

from pipecli.errors import InvalidInput, StoreError
from pipecli.service import doctor, opportunities
from pipecli.service.answers import Answers
from pipecli.service.workspace import Workspace

from .files import NEXT, at_path, names
from .living import TODAY

pytestmark = pytest.mark.skipif(
    os.name == "nt", reason="resource limits and mounts are another matter on Windows"
)
FILLS = """
import resource, sys
from pipecli.config import Settings
from pipecli.errors import PipeError
from pipecli.service import opportunities
from pipecli.service.answers import Answers
from pipecli.service.workspace import Workspace

path, limit = sys.argv[1:]
workspace = Workspace(Settings(environ={"PIPE_DB": path, "PIPE_ME": "lea", "PIPE_CONFIG": "/nowhere/x"}))
if int(limit):
    resource.setrlimit(resource.RLIMIT_FSIZE, (int(limit), int(limit)))
try:
    for n in range(2000):
        print(opportunities.add(workspace, f"Deal {n}", Answers(next="x " * 490, due="+5d")).ref, flush=True)
except PipeError as error:
    print(error.slug, error.message, flush=True)
"""


@pytest.fixture
def engine() -> str:
    return "sqlite"


def filled(file: Path, limit: int) -> tuple[list[int], str]:
    """What another process wrote until it could not, and what it said then."""
    command = [sys.executable, "-c", FILLS, str(file), str(limit)]
    done = subprocess.run(command, capture_output=True, text=True, check=True)
    *written, last = done.stdout.splitlines()
    return [int(ref) for ref in written], last


@pytest.fixture
def small_disk(tmp_path: Path) -> Iterator[Path]:
    """A file system of one and a half megabytes; who may not mount one goes without."""
    folder = tmp_path / "disk"
    folder.mkdir()
    command = ["mount", "-t", "tmpfs", "-o", "size=1500k", "tmpfs", str(folder)]
    if shutil.which("mount") is None or subprocess.run(command, capture_output=True, check=False).returncode:
        pytest.skip("no small disk can be mounted here")
    yield folder
    subprocess.run(["umount", str(folder)], check=True)


def test_a_full_disk_keeps_what_was_confirmed_and_says_so(file: Path, small_disk: Path) -> None:
    full = Path(shutil.copy(file, small_disk / "pipe.db"))
    written, said = filled(full, 0)
    assert written and said == f"store no space left where {full} is; nothing was written"
    assert names(at_path(full)) == ["ERP", *(f"Deal {n}" for n in range(len(written)))]
    assert doctor.doctor(at_path(full)).faults == []


def test_a_disk_that_takes_no_more_does_not_look_like_a_damaged_file(file: Path) -> None:
    written, said = filled(file, 700_000)
    assert written and said == (
        f"store {file} could not be written (disk I/O error); nothing was written, look at its disk"
    )
    assert names(at_path(file)) == ["ERP", *(f"Deal {n}" for n in range(len(written)))]
    assert doctor.doctor(at_path(file)).faults == []
    assert opportunities.add(at_path(file), "Later", NEXT).ref == len(written) + 2


def test_the_limit_of_this_process_is_as_it_was() -> None:
    assert resource.getrlimit(resource.RLIMIT_FSIZE)[0] == resource.RLIM_INFINITY


def test_a_file_that_is_removed_while_it_is_written_is_said_so(file: Path) -> None:
    with (
        pytest.raises(StoreError, match="was removed or replaced meanwhile; nothing was written"),
        at_path(file).commit("edit") as unit,
    ):
        number, _decision = unit.opening()
        file.unlink()
        assert number == 2
    assert not file.exists()


def test_a_file_that_is_replaced_while_it_is_written_stays_as_it_is(file: Path, tmp_path: Path) -> None:
    """A backup copied into its place is not written to by who opened the one before."""
    other = tmp_path / "backup.db"
    shutil.copy(file, other)
    opportunities.edit(at_path(other), "1", Answers(sets=("name=Backup",)))
    with (
        pytest.raises(StoreError, match="was removed or replaced meanwhile; nothing was written"),
        at_path(file).commit("add") as unit,
    ):
        unit.account("Written into nowhere")
        other.replace(file)
    assert names(at_path(file)) == ["Backup"]
    assert doctor.doctor(at_path(file)).faults == []
    assert opportunities.add(at_path(file), "CRM", NEXT).ref == 2


def test_a_file_that_is_replaced_between_two_looks_is_read_as_it_is(file: Path, tmp_path: Path) -> None:
    other = tmp_path / "other.db"
    shutil.copy(file, other)
    opportunities.add(at_path(other), "CRM", NEXT)
    assert names(at_path(file)) == ["ERP"]
    other.replace(file)
    assert names(at_path(file)) == ["ERP", "CRM"]


def test_a_clock_that_went_back_is_refused_by_the_time_rule(
    workspace: Workspace, at: Callable[[date], None]
) -> None:
    opportunities.add(workspace, "ERP", NEXT)
    at(TODAY - timedelta(3))
    with pytest.raises(InvalidInput, match=r"is before the opening of 2026-03-02; use --on"):
        opportunities.edit(workspace, "1", Answers(amount="12k"))
    assert doctor.doctor(workspace).faults == []
