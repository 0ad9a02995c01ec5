"""An import killed at any moment leaves all of it or nothing, and a workspace that is sound."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from pathlib import Path
from random import Random

import pytest

from pipecli.config import Settings
from pipecli.service import creating
from pipecli.service.doctor import doctor
from pipecli.service.workspace import Workspace

ROWS = 400
KILLS = 12
# The child says when its import begins, and again once it was told that it is done.
CHILD = """
import sys
from pipecli.config import Settings
from pipecli.service.importing import Request, import_file
from pipecli.service.workspace import Workspace
workspace = Workspace(Settings())
print("begin", flush=True)
import_file(workspace, sys.argv[1], Request(maps=("name=Deal", "id=Id", "stage=Phase", "amount=Value")),
            progress=lambda done, total: print(done, flush=True))
print("done", flush=True)
"""


def deals(folder: Path) -> Path:
    file = folder / "deals.csv"
    lines = [f"{n},Deal {n},{'Won' if n % 3 == 0 else 'lead'},{n * 100}" for n in range(1, ROWS + 1)]
    file.write_text("\n".join(["Id,Deal,Phase,Value", *lines]) + "\n", encoding="utf-8")
    return file


@pytest.fixture
def environ(tmp_path: Path) -> dict[str, str]:
    return {
        **os.environ,
        "PIPE_DB": str(tmp_path / "pipe.db"),
        "PIPE_ME": "lea",
        "PIPE_CONFIG": str(tmp_path / "config.toml"),
    }


def test_an_import_killed_at_any_moment_is_there_whole_or_not_at_all(
    tmp_path: Path, environ: dict[str, str]
) -> None:
    creating.init(Settings(environ=environ))
    file, workspace, chance = deals(tmp_path), Workspace(Settings(environ=environ)), Random(7)
    landed_before = 0
    for _kill in range(KILLS):
        command = [sys.executable, "-c", CHILD, str(file)]
        with subprocess.Popen(command, env=environ, stdout=subprocess.PIPE, text=True) as child:
            assert child.stdout is not None
            # A random number of the lines it will say, the last of which is `done`: the kill lies between two.
            said = [child.stdout.readline().strip() for _line in range(chance.randrange(1, 7))]
            child.send_signal(signal.SIGKILL)
            said += child.stdout.read().split()
        found = doctor(workspace)
        assert found.faults == []
        assert found.opportunities in (0, ROWS)
        if "done" in said:
            assert found.opportunities == ROWS
        assert found.opportunities >= landed_before
        landed_before = found.opportunities
