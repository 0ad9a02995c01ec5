"""What each role of `examples/roles.sql` may do with the tool: the rest is one line, and leaves everything as it is."""

from __future__ import annotations

import shlex
from collections.abc import Callable
from pathlib import Path

import psycopg
import pytest

from pipecli import entry
from pipecli.service import backups, doctor, opportunities
from pipecli.service.copying import copy
from pipecli.service.workspace import Workspace
from pipecli.store.tables import METADATA

from .living import DEFINITION, settings_for
from .test_roles import NEXT, address, as_user, workspace_of

__all__ = ["address", "workspace_of"]  # fixtures


# What each may do with the tool: the exit code for Rob, who reads, for Ana, a rep, and for Ida, a founder.
MAY: dict[str, tuple[int, int, int]] = {
    "list": (0, 0, 0),
    "doctor": (0, 0, 0),
    "export --journal -o {folder}/out.jsonl": (0, 0, 0),
    "db backup {folder}/out.bak": (0, 0, 0),
    "db backups": (0, 0, 0),
    "db upgrade": (0, 0, 0),
    "db copy {here} {folder}/copy.db": (0, 0, 0),
    "db copy {folder}/other.db {here}": (6, 5, 5),
    "db restore {folder}/backup.jsonl --dry-run": (6, 6, 6),
    "db restore {folder}/backup.jsonl": (6, 6, 6),
    "import {folder}/backup.jsonl": (6, 5, 5),
    "import {folder}/deals.csv --dry-run": (0, 0, 0),
    "import {folder}/deals.csv": (6, 0, 0),
    "doctor --rebuild": (6, 0, 0),
    "merge 1 2 --dry-run": (6, 0, 0),
    "merge 1 2": (6, 0, 0),
    "rates set USD 0.9": (6, 0, 0),
    "edit 1 --owner bob": (6, 0, 0),
    "handover bob ana": (6, 0, 0),
    "undo": (6, 0, 0),
    "suggest 1 -q": (6, 0, 0),
    "stages adopt {folder}/other.toml --yes --dry-run": (6, 6, 0),
    "stages adopt {folder}/other.toml --yes": (6, 6, 0),
    "stages edit": (6, 6, 0),
    "forget jeanne --dry-run": (6, 6, 0),
    "forget jeanne --yes": (6, 6, 1),  # done, but only who owns the tables can overwrite their old rows
    "forget --sweep": (1, 1, 1),
    "init": (6, 6, 6),
    "demo": (6, 5, 5),
}


@pytest.mark.parametrize("n, name", list(enumerate(["rob", "ana", "ida"])))
def test_what_somebody_may_not_do_is_a_line_and_leaves_everything(
    n: int,
    name: str,
    address: str,
    workspace_of: Callable[[str], Workspace],
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    for text in ("ERP", "CRM"):
        opportunities.add(workspace_of("ana"), text, NEXT)
    backups.backup(workspace_of("postgres"), tmp_path / "backup.jsonl")
    (tmp_path / "deals.csv").write_text("id,name,stage\n1,Web,lead\n")
    (tmp_path / "other.toml").write_text(DEFINITION.replace('name = "Small"', 'name = "Other"'))
    copy(settings_for("", tmp_path), as_user(address, "postgres"), str(tmp_path / "other.db"))
    here = as_user(address, name)
    for key, value in (("HOME", str(tmp_path)), ("XDG_DATA_HOME", str(tmp_path / name)), ("PIPE_DB", here)):
        monkeypatch.setenv(key, value)
    monkeypatch.setenv("VISUAL", "sed -i s/20d/40d/")
    monkeypatch.setenv("PIPE_CONFIG", str(tmp_path / "none.toml"))
    before = written(address, tmp_path / name)
    for line, codes in MAY.items():
        capsys.readouterr()
        code = entry.run([word.format(here=here, folder=tmp_path) for word in shlex.split(line)])
        said = capsys.readouterr().err.strip().splitlines()
        assert code == codes[n], (line, said)
        before, was = written(address, tmp_path / name), before
        if code not in (0, 1):
            assert before == was
            assert "\n".join(said[:-1]) == "" or line.startswith("stages"), line
            assert code != 6 or "does not let you write: permission denied" in said[-1] or line == "init"
    assert doctor.doctor(workspace_of("rob")).faults == []


def written(address: str, folder: Path) -> tuple[object, ...]:
    """All that a command could write, in the database and beside it."""
    with psycopg.connect(address) as connection:
        rows = [connection.execute(f"select * from {name} order by 1").fetchall() for name in METADATA.tables]
    return rows, sorted(folder.rglob("*"))
