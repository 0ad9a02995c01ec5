"""Files and folders that may not be written, or not even read: as another user, since permissions do not bind root."""

import os
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import pytest

from .files import at_path, beside, names

pytestmark = pytest.mark.skipif(os.name == "nt", reason="permissions are another matter on Windows")


@pytest.fixture
def engine() -> str:
    return "sqlite"


AS_NOBODY = """
import os, sys
from pathlib import Path
from tempfile import TemporaryDirectory
from pipecli.config import Settings
from pipecli.domain import condition, condition_parser, metrics, opportunity
from pipecli.errors import PipeError
from pipecli.service import creating, doctor, lists, opportunities, outcome, records, unit
from pipecli.service.answers import Answers
from pipecli.service.workspace import Workspace
from pipecli.store import sqlite, opening, journal, projection, directory

what, path = sys.argv[1:]
settings = Settings(environ={"PIPE_DB": path, "PIPE_ME": "lea", "PIPE_CONFIG": "/nowhere/x"})
workspace = Workspace(settings)
from pipecli import clock
clock.today("Europe/Paris")
if os.geteuid() == 0:
    os.setgroups([])
    os.setgid(65534)
    os.setuid(65534)
try:
    if what == "read":
        print(*(r["name"] for r in lists.listing(workspace, lists.Wanted(sort="number"), 0).records))
    elif what == "add":
        print(opportunities.add(workspace, "x", Answers(next="call", due="+5d")).ref)
    elif what == "init":
        print(creating.init(settings, template="b2b"))
except PipeError as error:
    print(error.slug + ": " + error.message)
"""


@pytest.fixture
def tmp_path() -> Iterator[Path]:
    """A folder that every user can reach."""
    with TemporaryDirectory() as folder:
        Path(folder).chmod(0o755)
        yield Path(folder)


@pytest.fixture
def nobody(file: Path) -> Iterator[Callable[[str], str]]:
    """Runs a use case on the file as a user who owns neither it nor its folder (or, not being root, as oneself)."""

    def run(what: str, path: Path = file) -> str:
        command = [sys.executable, "-c", AS_NOBODY, what, str(path)]
        done = subprocess.run(command, capture_output=True, text=True, check=True, cwd="/")
        return done.stdout.strip()

    yield run
    file.parent.chmod(0o755)


def test_a_read_only_file_is_read_and_not_written(file: Path, nobody: Callable[[str], str]) -> None:
    file.chmod(0o444)
    file.parent.chmod(0o777)
    assert nobody("read") == "ERP"
    expected = f"store: {file} is read-only; writing needs permission on the file and its folder"
    assert nobody("add") == expected


def test_a_read_only_folder_with_a_closed_wal_is_read_and_not_written(
    file: Path, nobody: Callable[[str], str]
) -> None:
    file.chmod(0o444)
    file.parent.chmod(0o555)
    assert nobody("read") == "ERP"
    assert nobody("add").startswith(f"store: {file} ")
    assert list(file.parent.iterdir()) == [file]


def test_so_it_is_where_a_reader_left_an_empty_wal(file: Path, nobody: Callable[[str], str]) -> None:
    names(at_path(file))
    assert beside(file, "-wal").stat().st_size == 0
    file.chmod(0o444)
    file.parent.chmod(0o555)
    assert nobody("read") == "ERP"


def test_a_writable_file_in_a_read_only_folder_is_read(file: Path, nobody: Callable[[str], str]) -> None:
    file.chmod(0o666)
    file.parent.chmod(0o555)
    assert nobody("read") == "ERP"
    assert nobody("add").startswith(f"store: {file} ")
    assert names(at_path(file)) == ["ERP"]


def test_a_live_wal_in_a_read_only_folder_is_never_left_out(left: Path, nobody: Any) -> None:
    """Opened as immutable the file would read as if the last command had not been."""
    left.chmod(0o444)
    left.parent.chmod(0o555)
    beside(left, "-wal").chmod(0o444)
    beside(left, "-shm").unlink()
    assert nobody("read", left) in (
        "ERP CRM",
        f"store: {left} cannot be opened; check its path and permissions",
    )


def test_a_file_that_may_not_be_read(file: Path, nobody: Callable[[str], str]) -> None:
    file.chmod(0o000)
    file.parent.chmod(0o555)
    assert nobody("read") == f"store: {file} cannot be opened; check its path and permissions"


def test_a_folder_that_may_not_be_entered(file: Path, nobody: Callable[[str], str]) -> None:
    file.parent.chmod(0o000)
    assert nobody("read") == f"store: {file} cannot be opened: Permission denied"
    assert nobody("add") == f"store: {file} cannot be opened: Permission denied"
    assert nobody("init").startswith(f"store: {file} cannot be made: Permission denied")


def test_no_workspace_is_made_in_a_read_only_folder(file: Path, nobody: Any) -> None:
    file.parent.chmod(0o555)
    new = file.with_name("new.db")
    assert nobody("init", new) == f"store: {new} cannot be made: Permission denied"
    assert not new.exists()
