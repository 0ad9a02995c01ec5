"""What still holds a person after an erasure: backups, exports, copies, and those of a workspace that was moved."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

from pipecli.address import is_postgres
from pipecli.service import backups, bringing_back, copying, creating, forgetting, opportunities
from pipecli.service.answers import Answers
from pipecli.service.workspace import Workspace

Exported = Callable[[Workspace], str]


def test_a_backup_of_another_workspace_is_not_taken_for_one_that_holds_them(
    place: Workspace, tmp_path: Path
) -> None:
    other = Workspace(replace(place.settings, flags={"db": str(tmp_path / "other.db")}))
    creating.init(other.settings)
    sets = ("account=Zeta", "contact=Somebody Else <else@zeta.example>")
    opportunities.add(other, "Theirs", Answers(sets=sets, next="call", due="+1d"))
    backups.backup(place, tmp_path / "copy.bak")
    kept = bringing_back.bring_back(other, tmp_path / "copy.bak").kept
    assert [b.file for b in backups.listed(other)] == [kept]
    assert kept not in [b.file for b in forgetting.forget(other, "jeanne@acme.example").backups]


def test_exports_copies_and_what_lies_under_the_old_name_are_named(
    place: Workspace, tmp_path: Path, journal_of: Exported
) -> None:
    (tmp_path / "journal.jsonl").write_text(journal_of(place))
    backups.exported(place, tmp_path / "journal.jsonl")
    copying.copy(place.settings, place.address, str(tmp_path / "copy.db"))
    found = forgetting.forget(place, "jeanne@acme.example")
    assert {(Path(b.file).name, b.why) for b in found.backups} == {
        ("journal.jsonl", "exported"),
        ("copy.db", "copied"),
    }
    copy = Workspace(replace(place.settings, flags={"db": str(tmp_path / "copy.db")}))
    named = forgetting.forget(copy, "jeanne@acme.example").backups
    if is_postgres(place.address):  # where nobody can look from here
        assert [b.file for b in named] == [re.sub(r"(//[^:/@]*):@", r"\1@", place.address)]
    else:
        assert [Path(b.file).name for b in named] == ["journal.jsonl"]


def test_who_came_after_a_copy_was_made_is_not_in_it(place: Workspace, tmp_path: Path) -> None:
    copying.copy(place.settings, place.address, str(tmp_path / "copy.db"))
    copy = Workspace(replace(place.settings, flags={"db": str(tmp_path / "copy.db")}))
    for workspace, name in ((place, "Ana Silva"), (copy, "Bo Li")):
        opportunities.add(workspace, "New", Answers(sets=(f"contact={name}",), next="call", due="+1d"))
    assert forgetting.forget(place, "Ana Silva").backups == ()


def test_a_workspace_that_was_moved_finds_what_was_kept_of_it(workspace: Workspace, tmp_path: Path) -> None:
    sets = ("account=Acme", "contact=Jeanne Martin <jeanne@acme.example>")
    opportunities.add(workspace, "ERP", Answers(sets=sets, next="call", due="+1d"))
    kept = backups.keep(workspace, backups.RESTORE)
    Path(workspace.address).rename(tmp_path / "moved.db")
    moved = Workspace(replace(workspace.settings, flags={"db": str(tmp_path / "moved.db")}))
    assert [b.file for b in forgetting.forget(moved, "jeanne@acme.example").backups] == [kept]
