"""Backups of a live workspace, on SQLite and PostgreSQL, and bringing them back."""

from __future__ import annotations

import errno
import os
import re
import shutil
import sqlite3
import stat
import subprocess
import sys
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path
from threading import Barrier
from uuid import uuid4

import psycopg
import pytest

from conftest import settings_of
from pipecli import clock
from pipecli.address import is_postgres
from pipecli.errors import Damaged, InvalidInput, StoreError
from pipecli.service import (
    backups,
    bringing_back,
    copies,
    copying,
    creating,
    doctor,
    opportunities,
    upgrading,
)
from pipecli.service.answers import Answers
from pipecli.service.workspace import Workspace
from pipecli.store.opening import open_database
from pipecli.store.schema import PROJECTION, WRITER

Exported = Callable[[Workspace], str]


def run(place: Workspace, *statements: str) -> None:
    """Do in the database what no command does."""
    driver = open_database(place.address, write=True)
    for sql in statements:
        driver.run(sql)
    driver.close()


def add(place: Workspace, name: str) -> None:
    opportunities.add(place, name, Answers(next="call", due="+2d"))


def test_a_backup_is_whole_private_and_checked(place: Workspace, tmp_path: Path) -> None:
    target = tmp_path / "copy.bak"
    made = backups.backup(place, target)
    assert (made.file, made.events) == (str(target), 9)
    assert made.format == ("journal" if is_postgres(place.address) else "sqlite")
    assert stat.S_IMODE(target.stat().st_mode) == 0o600
    assert copies.check(target)._replace(of=made.of) == made
    assert [p.name for p in tmp_path.iterdir() if p.name.startswith((".", "copy"))] == ["copy.bak"]
    assert [(b.file, b.why, b.events) for b in backups.listed(place)] == [(str(target), "asked", 9)]


def test_a_backup_of_a_file_stands_alone_while_the_workspace_is_open(
    workspace: Workspace, tmp_path: Path
) -> None:
    add(workspace, "ERP")
    driver = open_database(workspace.address, write=True)  # whose WAL holds what was written
    driver.begin()
    driver.run("update workspace set recorded_at = recorded_at")
    backups.backup(workspace, tmp_path / "copy.bak")
    driver.rollback()
    driver.close()
    with closing(sqlite3.connect(f"file:{tmp_path / 'copy.bak'}?mode=ro&immutable=1", uri=True)) as copy:
        assert copy.execute("pragma journal_mode").fetchone() == ("delete",)
        assert copy.execute("select count(*) from opportunity").fetchone() == (1,)


def test_a_file_that_is_there_is_replaced_only_when_that_is_said(place: Workspace, tmp_path: Path) -> None:
    target = tmp_path / "copy.bak"
    target.write_text("a letter")
    with pytest.raises(InvalidInput, match="exists already; name another file, or replace it with --force"):
        backups.backup(place, target)
    assert target.read_text() == "a letter"
    assert backups.backup(place, target, force=True).events == 9
    assert stat.S_IMODE(target.stat().st_mode) == 0o600


def left_open(file: Path, by: str) -> subprocess.Popen[bytes]:
    """A process that has a workspace open as one who works in it."""
    hold = (
        "import sqlite3, sys; c = sqlite3.connect(sys.argv[1]); c.execute(sys.argv[2]); c.commit();"
        "print('open', flush=True); sys.stdin.read()"
    )
    found = subprocess.Popen(
        [sys.executable, "-c", hold, str(file), by], stdin=subprocess.PIPE, stdout=subprocess.PIPE
    )
    assert found.stdout is not None
    assert found.stdout.readline() == b"open\n"
    return found


def ended(process: subprocess.Popen[bytes]) -> None:
    process.kill()
    process.communicate()


def test_the_log_of_a_file_is_not_read_into_the_one_that_replaces_it(
    workspace: Workspace, tmp_path: Path
) -> None:
    target = tmp_path / "last.db"
    backups.backup(workspace, target)
    add(Workspace(replace(workspace.settings, flags={"db": str(target)})), "Works in the backup")
    ended(left_open(target, "update content set body = 'x'"))  # whose log stays
    assert Path(f"{target}-wal").stat().st_size > 0
    for n in range(3):
        add(workspace, f"Goes on {n}")
    made = backups.backup(workspace, target, force=True)
    assert copies.check(target)._replace(of=made.of) == made
    with closing(sqlite3.connect(target)) as copy:
        assert copy.execute("select name from opportunity order by 1").fetchall() == [
            ("Goes on 0",),
            ("Goes on 1",),
            ("Goes on 2",),
        ]


def test_a_file_that_somebody_works_in_is_not_replaced(workspace: Workspace, tmp_path: Path) -> None:
    target = tmp_path / "last.db"
    backups.backup(workspace, target)
    other = Workspace(replace(workspace.settings, flags={"db": str(target)}))
    add(other, "Works in the backup")
    working = left_open(target, "update workspace set recorded_at = recorded_at")
    try:
        with pytest.raises(
            StoreError, match=r"last\.db is open as a workspace; it was not replaced, name another"
        ):
            backups.backup(workspace, target, force=True)
    finally:
        ended(working)
    assert [p.name for p in tmp_path.iterdir() if p.name.endswith(".part")] == []
    assert doctor.doctor(other).faults == []
    assert copies.said_by(target) == (backups.uid_of(other), 4)


def test_a_log_without_its_file_is_no_place_for_a_backup(workspace: Workspace, tmp_path: Path) -> None:
    target = tmp_path / "last.db"
    backups.backup(workspace, target)
    add(Workspace(replace(workspace.settings, flags={"db": str(target)})), "Works in the backup")
    ended(left_open(target, "update workspace set recorded_at = recorded_at"))
    target.unlink()
    with pytest.raises(InvalidInput, match=r"last\.db-wal exists already"):
        backups.backup(workspace, target)
    assert backups.backup(workspace, target, force=True).events == 2
    assert not Path(f"{target}-wal").exists()


def test_what_only_looks_like_a_log_is_not_removed(place: Workspace, tmp_path: Path) -> None:
    (tmp_path / "last.db-journal").write_text("a diary")
    with pytest.raises(
        StoreError, match=r"last\.db-journal is where SQLite looks for a log; move it, or name"
    ):
        backups.backup(place, tmp_path / "last.db", force=True)
    assert (tmp_path / "last.db-journal").read_text() == "a diary"
    assert not (tmp_path / "last.db").exists()


def test_a_copy_that_somebody_wrote_over_is_not_said_to_be_one(
    place: Workspace, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    target = tmp_path / "copy.bak"

    def meddle(path: Path) -> None:
        if target.exists():
            target.write_text("something else")

    monkeypatch.setattr(copies, "make_durable", meddle)
    with pytest.raises(
        StoreError, match=r"copy\.bak is not what was written there: somebody else wrote it too"
    ):
        backups.backup(place, target)


def test_a_folder_gets_a_name_of_the_day(place: Workspace, tmp_path: Path) -> None:
    folder = tmp_path / "kept"
    folder.mkdir()
    names = [Path(backups.backup(place, folder).file).name for _n in range(2)]
    ending = "jsonl" if is_postgres(place.address) else "db"
    assert names == [f"pipe-2026-03-02.{ending}", f"pipe-2026-03-02-2.{ending}"]


def test_the_workspace_itself_is_no_place_for_its_backup(workspace: Workspace, tmp_path: Path) -> None:
    link = tmp_path / "link.db"
    link.symlink_to(workspace.address)
    for path in (Path(workspace.address), link):
        with pytest.raises(InvalidInput, match="is the workspace itself"):
            backups.backup(workspace, path, force=True)
        with pytest.raises(InvalidInput, match="is the workspace itself"):
            bringing_back.bring_back(workspace, path)


@pytest.mark.parametrize("ending", ["-wal", "-shm", "-journal"])
@pytest.mark.parametrize("force", [False, True])
def test_what_stands_beside_the_workspace_is_part_of_it(
    workspace: Workspace, tmp_path: Path, ending: str, force: bool
) -> None:
    link = tmp_path / "link"
    link.symlink_to(tmp_path)
    for path in (Path(workspace.address + ending), link / f"pipe.db{ending}"):
        with pytest.raises(InvalidInput, match="is the workspace itself; name another file"):
            backups.backup(workspace, path, force=force)
    assert doctor.doctor(workspace).faults == []


def test_every_folder_on_the_way_to_a_copy_is_private(place: Workspace, tmp_path: Path) -> None:
    folder = Path(backups.keep(place, backups.RESTORE)).parent
    made = [p for p in (folder, *folder.parents) if p.is_relative_to(tmp_path) and p != tmp_path]
    assert len(made) == (4 if is_postgres(place.address) else 1)
    assert {stat.S_IMODE(p.stat().st_mode) for p in made} == {0o700}


def test_a_pipe_is_not_waited_for(place: Workspace, tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe")
    with pytest.raises(InvalidInput, match=r"/pipe is a pipe or a device; write it into a file first"):
        bringing_back.bring_back(place, tmp_path / "pipe")
    backups.backup(place, tmp_path / "copy.bak")
    (tmp_path / "copy.bak").unlink()
    os.mkfifo(tmp_path / "copy.bak")
    assert [(b.file, b.events) for b in backups.listed(place)] == [(str(tmp_path / "copy.bak"), None)]


def test_where_nothing_can_be_written_nothing_is_left(place: Workspace, tmp_path: Path) -> None:
    with pytest.raises(StoreError, match="cannot be written: No such file or directory; no backup was made"):
        backups.backup(place, tmp_path / "missing" / "copy.bak")
    assert backups.listed(place) == []


def test_a_backup_is_brought_back_and_what_it_replaced_too(
    place: Workspace, journal_of: Exported, tmp_path: Path
) -> None:
    first = journal_of(place)
    backups.backup(place, tmp_path / "copy.bak")
    add(place, "Later")
    second = journal_of(place)
    found = bringing_back.bring_back(place, tmp_path / "copy.bak")
    assert (found.restored.opportunities, found.replaced_events, found.other) == (2, 11, False)
    assert journal_of(place) == first
    assert doctor.doctor(place).faults == []
    assert found.kept is not None
    bringing_back.bring_back(place, found.kept)
    assert journal_of(place) == second
    assert doctor.doctor(place).faults == []
    assert [b.why for b in backups.listed(place)] == ["restore", "restore", "asked"]
    add(place, "Goes on")


def test_a_missing_workspace_is_made_from_a_backup(
    place: Workspace, journal_of: Exported, tmp_path: Path
) -> None:
    backups.backup(place, tmp_path / "copy.bak")
    other = Workspace(replace(place.settings, flags={"db": str(tmp_path / "b.db")}))
    found = bringing_back.bring_back(other, tmp_path / "copy.bak")
    assert (found.kept, found.replaced_events) == (None, None)
    assert journal_of(other) == journal_of(place)
    assert doctor.doctor(other).faults == []


def test_a_dry_run_of_a_restore_changes_and_keeps_nothing(
    place: Workspace, journal_of: Exported, tmp_path: Path
) -> None:
    backups.backup(place, tmp_path / "copy.bak")
    add(place, "Later")
    before = journal_of(place)
    found = bringing_back.bring_back(place, tmp_path / "copy.bak", dry_run=True)
    assert (found.restored.events, found.restored.dry_run, found.kept) == (9, True, None)
    assert journal_of(place) == before
    assert [b.why for b in backups.listed(place)] == ["asked"]


@pytest.mark.parametrize("cut", [0.4, 0.9, 0.999])
def test_a_backup_that_was_cut_off_is_refused_and_nothing_changes(
    place: Workspace, journal_of: Exported, tmp_path: Path, cut: float
) -> None:
    target = tmp_path / "copy.bak"
    backups.backup(place, target)
    content = target.read_bytes()
    target.write_bytes(content[: int(len(content) * cut)])
    before = journal_of(place)
    with pytest.raises((InvalidInput, StoreError)):
        bringing_back.bring_back(place, target)
    assert journal_of(place) == before
    assert [b.why for b in backups.listed(place)] == ["asked"]


def test_what_is_no_backup_is_refused(place: Workspace, journal_of: Exported, tmp_path: Path) -> None:
    before = journal_of(place)
    (tmp_path / "letter.txt").write_text("Dear all")
    with pytest.raises(InvalidInput, match=r"letter\.txt is neither a backup nor an exported journal"):
        bringing_back.bring_back(place, tmp_path / "letter.txt")
    with pytest.raises(InvalidInput, match="cannot be read"):
        bringing_back.bring_back(place, tmp_path / "nowhere")
    with closing(sqlite3.connect(tmp_path / "other.db")) as other:
        other.execute("create table cat (name)")
    with pytest.raises(StoreError, match="is a database but not a pipecli workspace"):
        bringing_back.bring_back(place, tmp_path / "other.db")
    assert journal_of(place) == before


def test_a_backup_whose_journal_has_a_fault_is_refused(workspace: Workspace, tmp_path: Path) -> None:
    add(workspace, "ERP")
    backups.backup(workspace, tmp_path / "copy.bak")
    with closing(sqlite3.connect(tmp_path / "copy.bak")) as copy:
        copy.execute("delete from event where seq = 3")
        copy.commit()
    with pytest.raises(
        Damaged, match=r"copy\.bak is damaged: the journal has 3 events up to 4, its head says 4"
    ):
        bringing_back.bring_back(workspace, tmp_path / "copy.bak")


def ruin(file: Path) -> bytes:
    """Overwrite pages of a file; the file as it is then."""
    ruined = file.read_bytes()[:20_000] + b"\x99" * 60_000 + file.read_bytes()[80_000:]
    file.write_bytes(ruined)
    return ruined


def test_a_damaged_file_is_set_aside_as_it_was(
    workspace: Workspace, journal_of: Exported, tmp_path: Path
) -> None:
    add(workspace, "ERP")
    before = journal_of(workspace)
    backups.backup(workspace, tmp_path / "copy.bak")
    file = Path(workspace.address)
    ruined = ruin(file)
    found = bringing_back.bring_back(workspace, tmp_path / "copy.bak")
    assert found.damaged
    assert found.kept is not None
    assert Path(found.kept).read_bytes() == ruined
    assert journal_of(workspace) == before
    assert doctor.doctor(workspace).faults == []
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    assert [b.why for b in backups.listed(workspace)] == ["damaged", "asked"]
    assert [p.name for p in tmp_path.iterdir() if p.name.endswith(".part")] == []


def test_the_log_of_a_damaged_file_is_set_aside_with_it(
    workspace: Workspace, journal_of: Exported, tmp_path: Path
) -> None:
    file = Path(workspace.address)
    backups.backup(workspace, tmp_path / "copy.bak")
    before = journal_of(workspace)
    working = left_open(file, "update workspace set recorded_at = '2026-03-02T09:00:00.000001Z'")
    try:
        ruin(file)
        log = Path(f"{file}-wal").read_bytes()
        kept = bringing_back.bring_back(workspace, tmp_path / "copy.bak").kept
    finally:
        ended(working)
    assert log
    Path(f"{kept}-shm").unlink(missing_ok=True)
    content = Path(kept or "").read_bytes()
    assert [b.why for b in backups.listed(workspace)] == ["damaged", "asked"]
    assert (Path(kept or "").read_bytes(), Path(f"{kept}-wal").read_bytes()) == (content, log)
    assert journal_of(workspace) == before


def test_those_who_share_a_file_that_was_damaged_can_go_on(workspace: Workspace, tmp_path: Path) -> None:
    add(workspace, "ERP")
    backups.backup(workspace, tmp_path / "copy.bak")
    file = Path(workspace.address)
    ruin(file)
    file.chmod(0o664)
    kept = bringing_back.bring_back(workspace, tmp_path / "copy.bak").kept
    assert stat.S_IMODE(file.stat().st_mode) == 0o664
    assert stat.S_IMODE(Path(kept or "").stat().st_mode) == 0o600


def test_several_who_bring_a_damaged_file_back_at_once_all_do(
    workspace: Workspace, journal_of: Exported, tmp_path: Path
) -> None:
    add(workspace, "ERP")
    before = journal_of(workspace)
    backups.backup(workspace, tmp_path / "copy.bak")
    ruined = ruin(Path(workspace.address))
    ready = Barrier(4)

    def bring(_n: int) -> str | None:
        ready.wait()
        return bringing_back.bring_back(workspace, tmp_path / "copy.bak").kept

    with ThreadPoolExecutor(4) as pool:
        kept = [Path(file or "") for file in pool.map(bring, range(4))]
    assert len(set(kept)) == 4
    assert [path.read_bytes() for path in kept if "damaged" in path.name] == [ruined]
    assert journal_of(workspace) == before
    assert doctor.doctor(workspace).faults == []


@pytest.mark.parametrize("why", [errno.EPERM, errno.EXDEV, errno.ENOTSUP])
def test_a_damaged_file_is_copied_where_it_cannot_be_linked(
    workspace: Workspace, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, why: int
) -> None:
    def refuse(source: Path, to: Path) -> None:
        if not (tmp_path / "taken").exists():  # somebody else was faster
            (tmp_path / "taken").touch()
            to.write_text("another one")
            raise OSError(errno.EEXIST, "it exists", str(to))
        raise OSError(why, "no links", str(to))

    backups.backup(workspace, tmp_path / "copy.bak")
    ruined = ruin(Path(workspace.address))
    monkeypatch.setattr(os, "link", refuse)
    kept = Path(bringing_back.bring_back(workspace, tmp_path / "copy.bak").kept or "")
    assert (kept.name, kept.read_bytes()) == ("2026-03-02T090000Z-damaged-2.db", ruined)
    assert kept.with_name("2026-03-02T090000Z-damaged.db").read_text() == "another one"
    assert stat.S_IMODE(kept.stat().st_mode) == 0o600


def test_a_damaged_file_that_cannot_be_set_aside_stays(
    workspace: Workspace, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(source: Path, to: Path) -> None:
        raise OSError(errno.ENOSPC, "No space left on device", str(to))

    backups.backup(workspace, tmp_path / "copy.bak")
    ruined = ruin(Path(workspace.address))
    monkeypatch.setattr(os, "link", refuse)
    with pytest.raises(
        StoreError, match=r"pipe\.db could not be set aside \(No space left on device\); nothing"
    ):
        bringing_back.bring_back(workspace, tmp_path / "copy.bak")
    assert Path(workspace.address).read_bytes() == ruined
    assert [p.name for p in tmp_path.iterdir() if p.name.startswith(".")] == []


def test_a_damaged_file_stays_where_the_new_one_is_not_whole(
    workspace: Workspace, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What the disk took into the log and not into the file would not come along."""
    backups.backup(workspace, tmp_path / "copy.bak")
    file = Path(workspace.address)
    file.write_bytes(b"SQLite format 3\x00" + b"\x99" * 60_000)
    ruined = file.read_bytes()
    monkeypatch.setattr(bringing_back, "log_is_empty", lambda path: not path.name.endswith(".part"))
    with pytest.raises(StoreError, match=r"\.part could not be written whole; .*pipe\.db stays as it is"):
        bringing_back.bring_back(workspace, tmp_path / "copy.bak")
    assert file.read_bytes() == ruined
    assert [p.name for p in tmp_path.iterdir() if ".part" in p.name] == []


def test_a_file_that_is_no_database_is_not_set_aside(workspace: Workspace, tmp_path: Path) -> None:
    backups.backup(workspace, tmp_path / "copy.bak")
    Path(workspace.address).write_text("a letter, named by mistake\n" * 20)
    with pytest.raises(InvalidInput, match="is no database; move it out of the way"):
        bringing_back.bring_back(workspace, tmp_path / "copy.bak")
    assert Path(workspace.address).read_text().startswith("a letter")


def test_a_journal_with_faults_is_kept_with_them(
    place: Workspace, journal_of: Exported, tmp_path: Path
) -> None:
    before = journal_of(place)
    backups.backup(place, tmp_path / "copy.bak")
    run(place, "update workspace set head = head + 1")
    found = bringing_back.bring_back(place, tmp_path / "copy.bak")
    assert journal_of(place) == before
    assert not found.damaged
    assert copies.said_by(Path(found.kept or "")) == (backups.uid_of(place), 10)
    assert doctor.doctor(place).faults == []


def test_an_older_workspace_whose_journal_has_a_fault_goes_on(place: Workspace) -> None:
    run(
        place,
        "update content set body = 'something else' where id = 6",
        "update workspace set projection = 1",
    )
    add(place, "Goes on")
    (kept,) = backups.listed(place)
    assert (kept.why, kept.events) == ("upgrade", 9)


def test_of_a_journal_with_a_fault_no_backup_is_made_on_request(place: Workspace, tmp_path: Path) -> None:
    run(place, "delete from content where id = 6")
    with pytest.raises(StoreError) as refused:
        backups.backup(place, tmp_path / "copy.bak")
    where = re.sub(r"(//[^:/@]*):@", r"\1@", place.address)
    assert refused.value.message == (
        f"{where} is not sound: the text of event 6 is missing; no backup was made, see pipe doctor"
    )
    assert not isinstance(refused.value, Damaged)
    assert [p.name for p in tmp_path.glob("*copy.bak*")] == []


def test_of_a_damaged_file_no_backup_is_made(workspace: Workspace, tmp_path: Path) -> None:
    add(workspace, "ERP")
    with closing(sqlite3.connect(workspace.address)) as database:
        database.execute("pragma writable_schema = on")
        database.execute(
            "update sqlite_master set rootpage = (select rootpage from sqlite_master where name = 'ix_external') "
            "where name = 'ix_event_command'"
        )
        database.commit()
    with pytest.raises(
        Damaged,
        match=r"pipe\.db is damaged: the database: 2nd ref.*; no backup was made; bring one back: pipe db restore",
    ):
        backups.keep(workspace, backups.UPGRADE)


def test_nothing_is_left_beside_a_copy_that_was_only_read(workspace: Workspace, tmp_path: Path) -> None:
    backups.backup(workspace, tmp_path / "copy.bak")
    with closing(sqlite3.connect(tmp_path / "copy.bak")) as copy:
        copy.execute("pragma journal_mode = wal")
    before = (tmp_path / "copy.bak").read_bytes()
    backups.listed(workspace)
    bringing_back.bring_back(workspace, tmp_path / "copy.bak")
    backups.holding(workspace, frozenset({3}))
    assert [p.name for p in tmp_path.glob("copy.bak*")] == ["copy.bak"]
    assert (tmp_path / "copy.bak").read_bytes() == before


def test_an_older_workspace_is_kept_before_its_lists_are_written_anew(
    place: Workspace, journal_of: Exported
) -> None:
    run(place, "update workspace set projection = 1", "drop table merged")
    before = journal_of(place)
    add(place, "Written by the newer program")
    (kept,) = backups.listed(place)
    assert (kept.why, kept.events) == ("upgrade", 9)
    assert place.told == [
        f"The lists were of another version and are written anew; a copy is kept in {kept.file}"
    ]
    assert doctor.doctor(place).faults == []
    bringing_back.bring_back(place, kept.file)
    assert journal_of(place) == before
    assert doctor.doctor(place).faults == []


def test_an_upgrade_keeps_a_copy_and_is_done_once(place: Workspace, journal_of: Exported) -> None:
    run(place, "update workspace set projection = 1", "drop table merged")
    before = journal_of(place)
    tried = upgrading.upgrade(place, dry_run=True)
    assert (tried.was, tried.now, tried.kept) == (1, PROJECTION, None)
    assert backups.listed(place) == []
    done = upgrading.upgrade(place)
    (kept,) = backups.listed(place)
    assert done == upgrading.Upgraded(done.where, 1, PROJECTION, kept.file, 9, 2)
    assert place.told == []
    assert journal_of(place) == before
    again = upgrading.upgrade(place)
    assert (again.was, again.kept, len(backups.listed(place))) == (PROJECTION, None, 1)


def test_a_program_older_than_the_workspace_writes_nothing(
    place: Workspace, journal_of: Exported, tmp_path: Path
) -> None:
    before = journal_of(place)
    backups.backup(place, tmp_path / "copy.bak")
    run(place, f"update workspace set min_writer = {WRITER + 1}")
    for write in (
        lambda: add(place, "Too old"),
        lambda: upgrading.upgrade(place),
        lambda: bringing_back.bring_back(place, tmp_path / "copy.bak"),
        lambda: doctor.doctor(place, rebuild_projection=True),
    ):
        with pytest.raises(StoreError, match="was written by a newer pipecli; upgrade the program"):
            write()
    run(place, f"update workspace set min_writer = {WRITER}")
    assert journal_of(place) == before
    assert [b.why for b in backups.listed(place)] == ["asked"]


def test_a_backup_of_a_newer_program_is_refused(
    place: Workspace, journal_of: Exported, tmp_path: Path
) -> None:
    if is_postgres(place.address):
        backups.backup(place, tmp_path / "copy.bak")
        text = (tmp_path / "copy.bak").read_text()
        (tmp_path / "copy.bak").write_text(
            text.replace(f'"min_writer":{WRITER}', f'"min_writer":{WRITER + 1}', 1)
        )
    else:
        backups.backup(place, tmp_path / "copy.bak")
        with closing(sqlite3.connect(tmp_path / "copy.bak")) as copy:
            copy.execute(f"update workspace set min_writer = {WRITER + 1}")
            copy.commit()
    before = journal_of(place)
    with pytest.raises(StoreError, match="was written by a newer pipecli"):
        bringing_back.bring_back(place, tmp_path / "copy.bak")
    assert journal_of(place) == before


def test_so_many_are_kept_and_not_older_than_so(place: Workspace, frozen_clock: datetime) -> None:
    for n in range(backups.KEPT + 2):
        clock.freeze(frozen_clock + timedelta(hours=n))
        backups.keep(place, backups.RESTORE)
    made = [b.made_at[11:13] for b in backups.listed(place)]
    assert made == [f"{9 + n:02}" for n in range(backups.KEPT + 1, 1, -1)]
    clock.freeze(frozen_clock + timedelta(days=backups.KEPT_DAYS, hours=4))
    backups.keep(place, backups.UPGRADE)
    assert [b.why for b in backups.listed(place)] == ["upgrade"] + ["restore"] * 8
    clock.freeze(frozen_clock + timedelta(days=3 * backups.KEPT_DAYS))
    backups.keep(place, backups.UPGRADE)
    assert len(backups.listed(place)) == 1


def test_what_a_dead_process_left_behind_is_cleared_away(place: Workspace, tmp_path: Path) -> None:
    folder = Path(backups.keep(place, backups.RESTORE)).parent
    others = tmp_path / ".copy.bak.holiday.part1.rar"
    left = [tmp_path / ".copy.bak.0123abcd.part", folder / ".2026-01-01T000000Z-restore.db.0123abcd.part"]
    running = tmp_path / ".copy.bak.4567abcd.part"
    for path in (*left, running, others):
        path.write_text("half of it")
    for path in (*left, others):
        os.utime(path, (1_000_000_000, 1_000_000_000))
    backups.backup(place, tmp_path / "copy.bak")
    backups.keep(place, backups.RESTORE)
    assert [path.exists() for path in (*left, running, others)] == [False, False, True, True]


def test_those_made_within_one_second_are_told_apart(place: Workspace) -> None:
    for _n in range(backups.KEPT + 1):
        backups.keep(place, backups.RESTORE)
    names = sorted(Path(b.file).stem for b in backups.listed(place))
    assert len(names) == backups.KEPT
    assert "2026-03-02T090000Z-restore" not in names


def test_the_new_copy_stays_where_the_clock_was_set_back(place: Workspace, tmp_path: Path) -> None:
    backups.backup(place, tmp_path / "copy.bak")
    folder = backups.folder_of(place.settings)
    ending = "jsonl" if is_postgres(place.address) else "db"
    later = [folder / f"2027-01-01T0000{n:02}Z-restore.{ending}" for n in range(backups.KEPT + 1)]
    for path in later:
        shutil.copy(tmp_path / "copy.bak", path)
    kept = [bringing_back.bring_back(place, tmp_path / "copy.bak").kept for _n in range(2)]
    assert all(Path(path or "").exists() for path in (*kept, *later))


def test_what_stands_beside_a_copy_goes_with_it(place: Workspace) -> None:
    kept = [backups.keep(place, backups.RESTORE) for _n in range(2)]
    beside = [[Path(file + ending) for ending in ("-wal", "-shm")] for file in kept]
    for path in (*beside[0], *beside[1]):
        path.write_text("")
    for _n in range(backups.KEPT - 1):
        backups.keep(place, backups.RESTORE)
    assert [[path.exists() for path in files] for files in beside] == [[False, False], [True, True]]


def test_what_was_made_by_hand_is_never_let_go_of(
    place: Workspace, tmp_path: Path, frozen_clock: datetime
) -> None:
    folder = Path(backups.keep(place, backups.RESTORE)).parent
    ending = "jsonl" if is_postgres(place.address) else "db"
    asked = [folder / f"2026-01-02T090000Z-{why}.{ending}" for why in ("yearend", "restore")]
    for path in asked:
        backups.backup(place, path)
    by_hand = folder / f"2026-01-03T090000Z-audit.{ending}"
    shutil.copy(asked[0], by_hand)
    clock.freeze(frozen_clock + timedelta(days=backups.KEPT_DAYS))
    for _n in range(backups.KEPT):
        backups.keep(place, backups.RESTORE)
    assert [path.exists() for path in (*asked, by_hand)] == [True] * 3
    assert len(backups.listed(place)) == backups.KEPT + 3


def test_every_copy_of_one_second_is_there_when_it_is_told(place: Workspace) -> None:
    for _n in range(backups.KEPT + 3):
        assert Path(backups.keep(place, backups.RESTORE)).exists()
    made = [Path(b.file).stem.rpartition("Z-")[2] for b in backups.listed(place)]
    assert made == [f"restore-{n}" for n in range(backups.KEPT + 3, 3, -1)]


def test_what_only_one_copy_holds_outlives_those_that_hold_the_same(place: Workspace, tmp_path: Path) -> None:
    backups.backup(place, tmp_path / "yesterday.bak")
    add(place, "Precious")
    (state,) = {copies.state_of(Path(backups.keep(place, backups.RESTORE)))}
    for _n in range(2 * backups.KEPT):
        bringing_back.bring_back(place, tmp_path / "yesterday.bak")
    held = [copies.state_of(Path(b.file)) for b in backups.listed(place)]
    assert held.count(state) == 1
    assert len(held) == backups.KEPT + 1  # with the one that was asked for


@pytest.fixture
def staging(server: str) -> Iterator[str]:
    """The address of another empty database on the same server."""
    name = f"staging_{uuid4().hex}"
    with psycopg.connect(server, autocommit=True) as admin:
        admin.execute(f"create database {name}")
        yield server.replace("/postgres?", f"/{name}?")
        admin.execute(f"drop database {name} with (force)")


@pytest.mark.parametrize("place", ["postgresql"], indirect=True)
def test_two_databases_that_hold_one_workspace_keep_their_copies_apart(
    place: Workspace, staging: str, tmp_path: Path
) -> None:
    backups.backup(place, tmp_path / "copy.bak")
    copying.copy(place.settings, place.address, staging)
    other = Workspace(settings_of(staging, tmp_path))
    add(place, "Precious")
    kept = bringing_back.bring_back(place, tmp_path / "copy.bak").kept
    for _n in range(backups.KEPT):
        backups.keep(other, backups.RESTORE)
    assert "Precious" in Path(kept or "").read_text()
    assert [b.file for b in backups.listed(place) if b.why == "restore"] == [kept]
    assert len(backups.listed(other)) == backups.KEPT


def test_what_another_workspace_replaced_is_listed(place: Workspace, tmp_path: Path) -> None:
    other = Workspace(replace(place.settings, flags={"db": str(tmp_path / "other.db")}))
    creating.init(other.settings)
    backups.backup(other, tmp_path / "other.bak")
    found = bringing_back.bring_back(place, tmp_path / "other.bak")
    assert found.other
    assert [b.file for b in backups.listed(place)] == [found.kept]
    assert backups.named(place, Path(found.kept or "").name) == Path(found.kept or "")


@pytest.mark.parametrize("place", ["postgresql"], indirect=True)
def test_copies_in_the_folder_of_an_older_program_are_listed_and_stay(
    place: Workspace, tmp_path: Path
) -> None:
    new = Path(backups.keep(place, backups.RESTORE))
    backups.backup(place, tmp_path / "copy.bak")
    new.parent.rename(new.parent.with_name(f"postgresql-{backups.uid_of(place)}"))
    for _n in range(backups.KEPT):
        backups.keep(place, backups.RESTORE)
    old = new.parent.with_name(f"postgresql-{backups.uid_of(place)}") / new.name
    found = backups.listed(place)
    assert str(old) in [b.file for b in found]
    assert len(found) == backups.KEPT + 2
    assert backups.named(place, str(old)) == old


def test_a_journal_that_was_exported_is_listed(
    place: Workspace, journal_of: Exported, tmp_path: Path
) -> None:
    file = tmp_path / "journal.jsonl"
    file.write_text(journal_of(place))
    backups.exported(place, file)
    backups.exported(place, "/dev/null")
    assert [(b.file, b.why, b.events) for b in backups.listed(place)] == [(str(file), "exported", 9)]


def test_one_that_is_gone_or_was_cut_off_is_said_to_be(place: Workspace, tmp_path: Path) -> None:
    backups.backup(place, tmp_path / "copy.bak")
    kept = Path(backups.keep(place, backups.RESTORE))
    kept.write_bytes(kept.read_bytes()[:50])
    assert [(b.why, b.events) for b in backups.listed(place)] == [("restore", None), ("asked", 9)]
    (tmp_path / "copy.bak").unlink()
    assert [b.why for b in backups.listed(place)] == ["restore"]


def test_a_file_that_another_workspace_took_over_is_not_ours_any_more(
    place: Workspace, tmp_path: Path
) -> None:
    backups.backup(place, tmp_path / "copy.bak")
    other = Workspace(replace(place.settings, flags={"db": str(tmp_path / "other.db")}))
    creating.init(other.settings)
    backups.backup(other, tmp_path / "copy.bak", force=True)
    assert backups.listed(place) == []
    assert [b.events for b in backups.listed(other)] == [2]


def test_init_still_refuses_a_place_that_was_restored(place: Workspace, tmp_path: Path) -> None:
    backups.backup(place, tmp_path / "copy.bak")
    bringing_back.bring_back(place, tmp_path / "copy.bak")
    with pytest.raises(StoreError):
        creating.init(place.settings)
