"""What tests of workspace files share."""

import stat
from pathlib import Path

from pipecli.config import Settings
from pipecli.service import lists
from pipecli.service.answers import Answers
from pipecli.service.workspace import Workspace

NEXT = Answers(next="call", due="+5d", amount="10k")

LEAVES_A_WAL = """
import os, signal, sys
from pipecli.config import Settings
from pipecli.service import opportunities
from pipecli.service.answers import Answers
from pipecli.service.workspace import Workspace
from pipecli.store.opening import open_database

settings = Settings(environ={"PIPE_DB": sys.argv[1], "PIPE_ME": "lea", "PIPE_CONFIG": "/nowhere/x"})
keeps_the_wal = open_database(sys.argv[1], write=False)
keeps_the_wal.rows("select 1 from event")
opportunities.add(Workspace(settings), "CRM", Answers(next="call", due="+5d"))
os.kill(os.getpid(), signal.SIGKILL)
"""


def at_path(path: Path) -> Workspace:
    return Workspace(Settings(environ={"PIPE_DB": str(path), "PIPE_ME": "lea", "PIPE_CONFIG": "/nowhere/x"}))


def names(workspace: Workspace) -> list[str]:
    return [r["name"] for r in lists.listing(workspace, lists.Wanted(sort="number"), 0).records]


def mode(path: Path) -> int:
    return stat.S_IMODE(path.stat().st_mode)


def beside(path: Path, ending: str) -> Path:
    return path.with_name(path.name + ending)
