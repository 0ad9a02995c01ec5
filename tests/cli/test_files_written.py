"""Files that commands write: who may read them, and what stood in their place."""

from __future__ import annotations

import os
import stat
from pathlib import Path

import pytest

from .conftest import Pipe

pytestmark = pytest.mark.skipif(os.name == "nt", reason="permissions and links are another matter on Windows")


def mode(path: Path) -> int:
    return stat.S_IMODE(path.stat().st_mode)


def test_a_journal_is_for_its_owner_alone_and_a_list_for_whom_the_system_says(
    house: Pipe, environment: Path
) -> None:
    before = os.umask(0o022)
    try:
        for words in (("--journal", "-o", "all.jsonl"), ("--csv", "-o", "list.csv")):
            *rest, name = words
            assert house("export", *rest, str(environment / name)).code == 0
    finally:
        os.umask(before)
    assert (mode(environment / "all.jsonl"), mode(environment / "list.csv")) == (0o600, 0o644)


def test_a_link_laid_where_the_file_is_prepared_is_not_written_through(
    house: Pipe, environment: Path
) -> None:
    kept = environment / "kept.txt"
    kept.write_text("mine", encoding="utf-8")
    (environment / ".list.csv.part").symlink_to(kept)
    assert house("export", "--csv", "-o", str(environment / "list.csv")).code == 0
    assert kept.read_text(encoding="utf-8") == "mine"
    assert (environment / "list.csv").read_text(encoding="utf-8").startswith("id,")
    assert not list(environment.glob(".*.part"))


@pytest.mark.parametrize("path", ["nowhere/list.csv", "kept.txt/list.csv", "."])
def test_where_no_file_can_be_it_says_so(house: Pipe, environment: Path, path: str) -> None:
    (environment / "kept.txt").write_text("mine", encoding="utf-8")
    found = house("export", "--csv", "-o", str(environment / path))
    assert found.code == 2
    assert "cannot be written" in found.err and "\n" not in found.err.strip()


def test_a_workspace_is_not_made_through_a_link_that_leads_nowhere(pipe: Pipe, environment: Path) -> None:
    (environment / "link.db").symlink_to(environment / "elsewhere.db")
    found = pipe("--db", str(environment / "link.db"), "init")
    assert (found.code, found.err) == (
        6,
        f"{environment / 'link.db'} exists already; nothing was changed\n",
    )
    assert not (environment / "elsewhere.db").exists()


def test_a_link_to_a_workspace_is_the_workspace(house: Pipe, environment: Path) -> None:
    (environment / "link.db").symlink_to(environment / "pipe.db")
    assert house("--db", str(environment / "link.db"), "add", "Kiosk", "-n", "call", "-d", "fri").code == 0
    assert (environment / "link.db").is_symlink()
    assert "Kiosk" in house("list").out
    assert house("doctor").code == 0
