"""`pipe db`: whole outputs on both databases."""

from __future__ import annotations

import json
import re
import shutil
import sqlite3
import time
from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path

import pytest

from pipecli.store.schema import PROJECTION, WRITER

from .conftest import Pipe, Result

At = Callable[[str], None]


@pytest.fixture(autouse=True)
def utc(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    monkeypatch.setenv("TZ", "UTC")
    time.tzset()
    yield
    monkeypatch.undo()
    time.tzset()


@pytest.fixture(params=["sqlite", "postgresql"])
def held(
    request: pytest.FixtureRequest, pipe: Pipe, environment: Path, monkeypatch: pytest.MonkeyPatch
) -> Callable[..., Result]:
    """Runs the command line on a workspace of two opportunities, on either database; places are masked."""
    address = str(environment / "pipe.db")
    if request.param == "postgresql":
        address = request.getfixturevalue("postgres")
    monkeypatch.setenv("PIPE_DB", address)
    monkeypatch.setenv("XDG_DATA_HOME", str(environment / "data"))
    where = re.sub(r"(//[^:/@]*):@", r"\1@", address)

    def run(*words: str) -> Result:
        found = pipe(*words)
        texts = (
            re.sub(r"\b[0-9a-f]{32}\b", "UID", t.replace(where, "DB").replace(str(environment), "DIR"))
            for t in found[1:]
        )
        return Result(found.code, *(re.sub(r"\(\d+ [kM]?B\)|\(\d+ bytes\)", "(SIZE)", t) for t in texts))

    assert run("init").code == 0
    assert run("add", "ERP", "48k", "-a", "Acme", "-n", "call", "-d", "+3d").code == 0
    assert run("add", "Audit", "-n", "call", "-d", "+3d").code == 0
    return run


def test_backup_list_and_restore(held: Callable[..., Result], environment: Path, at: At) -> None:
    copy = str(environment / "a copy.bak")
    assert held("db") == (0, "", "")
    assert held("db", "backup", copy) == (
        0,
        "Backed up 7 events of DB in DIR/a copy.bak (SIZE); opened it and found it sound.\n",
        "",
    )
    assert held("db", "backup", copy) == (
        2,
        "",
        "DIR/a copy.bak exists already; name another file, or replace it with --force\n",
    )
    assert held("db", "backup", copy, "--force").code == 0
    held("add", "Later", "-n", "call", "-d", "+3d")
    at("2026-11-24")
    code, out, err = held("db", "restore", copy)
    kept = re.search(r"pipe db restore (\S+)", out)
    assert kept
    assert (code, out.replace(kept[1], "KEPT"), err) == (
        0,
        "Restored 2 opportunities, 7 events in DB\n"
        "What it held before (9 events) is kept; back to it: pipe db restore KEPT\n",
        "",
    )
    assert re.fullmatch(r"\S+/2026-11-24T090000Z-restore\.(db|jsonl)", kept[1])
    assert held("doctor").out == "Sound: 7 events, 2 opportunities, 8 rows in DB.\n"
    shown = re.sub(r" +\d+(\.\d)? kB ", " SIZE ", held("db", "backups").out.replace(kept[1], "KEPT"))
    assert [" ".join(line.split()) for line in shown.splitlines()] == [
        "Made Why Events Size File",
        f"2026-11-24 09:00 before a restore 9 SIZE {kept[1].rpartition('/')[2]}",
        "2026-11-23 09:00 asked for 7 SIZE DIR/a copy.bak",
    ]
    listed = json.loads(held("db", "backups", "--json").out)
    assert [(b["why"], b["events"], b["made_at"]) for b in listed] == [
        ("restore", 9, "2026-11-24T09:00:00.000000Z"),
        ("asked", 7, "2026-11-23T09:00:00.000000Z"),
    ]
    assert list(listed[0]) == ["file", "made_at", "why", "events", "bytes"]
    assert held("db", "-q").out == f"{kept[1]}\nDIR/a copy.bak\n"


def test_a_restore_is_tried_first_and_told_to_machines(
    held: Callable[..., Result], environment: Path
) -> None:
    copy = str(environment / "copy.bak")
    held("db", "backup", copy)
    held("add", "Later", "-n", "call", "-d", "+3d")
    assert held("db", "restore", copy, "--dry-run") == (
        0,
        "Restored 2 opportunities, 7 events in DB\nWhat it holds now (9 events) would be kept.\n",
        "Dry run: nothing was changed.\n",
    )
    assert held("doctor").out.startswith("Sound: 9 events")
    assert held("db", "restore", copy, "-q").out == "DB\n"
    code, out, _err = held("db", "restore", copy, "--json")
    found = json.loads(out)
    assert (code, found.pop("kept") is not None) == (0, True)
    assert found == {
        "where": "DB",
        "definitions": 1,
        "commands": 3,
        "events": 7,
        "opportunities": 2,
        "dry_run": False,
        "file": "DIR/copy.bak",
        "replaced_events": 7,
        "damaged": False,
        "other": False,
        "erased": [],
    }


def test_what_cannot_be_restored_is_said_in_one_line(held: Callable[..., Result], environment: Path) -> None:
    (environment / "letter").write_text("Dear all")
    assert held("db", "restore", str(environment / "letter")) == (
        2,
        "",
        "DIR/letter is neither a backup nor an exported journal\n",
    )
    assert held("db", "restore", str(environment / "gone")) == (
        2,
        "",
        "DIR/gone cannot be read: No such file or directory\n",
    )
    assert held("db", "restore", str(environment)).code == 2
    assert held("db", "backup", str(environment / "no" / "such")) == (
        6,
        "",
        "DIR/no/such cannot be written: No such file or directory; no backup was made\n",
    )
    assert held("db") == (0, "", "")


def test_another_workspace_and_a_person_that_is_back_are_pointed_at(
    held: Callable[..., Result], pipe: Pipe, environment: Path
) -> None:
    held("add", "Kiosk", "-n", "x", "-d", "+1d", "--contact", "Jeanne Martin <j@acme.example>")
    held("db", "backup", str(environment / "copy.bak"))
    contact = held("forget", "j@acme.example", "--yes", "-q").out.strip()
    out = held("db", "restore", str(environment / "copy.bak")).out
    assert f"A person who was erased since is back: pipe forget {contact}\n" in out
    other = str(environment / "other.db")
    assert pipe("--db", other, "init").code == 0
    assert (
        "It was another workspace than the one in the backup.\n"
        in pipe("--db", other, "db", "restore", str(environment / "copy.bak")).out
    )


def test_a_damaged_file_is_set_aside(house: Pipe, environment: Path) -> None:
    house("db", "backup", str(environment / "copy.bak"))
    file = environment / "pipe.db"
    content = file.read_bytes()
    file.write_bytes(content[:4096] + b"\x99" * (len(content) - 4096))
    assert house("list").code == 6
    assert house("db", "restore", str(environment / "copy.bak")) == (
        0,
        f"Restored 6 opportunities, 37 events in {file}\n"
        f"The damaged file is kept as it was: {file}.backups/2026-11-23T090000Z-damaged.db\n",
        "",
    )
    assert house("doctor").code == 0


def test_copying_there_and_back(held: Callable[..., Result], pipe: Pipe, environment: Path) -> None:
    import os

    there, back = str(environment / "there.db"), str(environment / "back.db")
    source = os.environ["PIPE_DB"]
    assert held("db", "copy", source, there) == (
        0,
        "Copied 2 opportunities, 7 events from DB to DIR/there.db; the doctor found it sound.\n",
        "To work there from now on: pipe config db DIR/there.db\n",
    )
    journal = pipe("export", "--journal").out
    assert pipe("--db", there, "export", "--journal").out == journal
    assert held("db", "copy", there, source) == (
        5,
        "",
        "DB holds something already; a copy goes to a new place, or one as pipe init left it\n",
    )
    assert held("db", "copy", there, back, "--dry-run") == (
        0,
        "Copied 2 opportunities, 7 events from DIR/there.db to DIR/back.db; the doctor found it sound.\n",
        "Dry run: nothing was changed.\n",
    )
    assert not Path(back).exists()
    assert json.loads(held("db", "copy", there, back, "--json").out) == {
        "source": "DIR/there.db",
        "target": "DIR/back.db",
        "definitions": 1,
        "commands": 3,
        "events": 7,
        "opportunities": 2,
        "rows": 8,
        "dry_run": False,
    }
    assert held("db", "copy", there, there) == (
        2,
        "",
        "a workspace is copied to another place than its own; name another TARGET\n",
    )
    assert held("db", "copy", str(environment / "no.db"), back).code == 6


def test_an_upgrade_says_what_it_did_and_where_the_copy_is(house: Pipe, environment: Path) -> None:
    file = environment / "pipe.db"
    assert house("db", "upgrade") == (
        0,
        f"Nothing to do: {file} is of this program's version ({PROJECTION}).\n",
        "",
    )
    _set(file, "projection", 1)
    assert house("db", "upgrade", "--dry-run") == (
        0,
        f"Upgraded {file} from version 1 to {PROJECTION}.\n",
        "Dry run: nothing was changed.\n",
    )
    assert house("db", "upgrade") == (
        0,
        f"Upgraded {file} from version 1 to {PROJECTION}: 6 opportunities, 37 events; the doctor found it sound.\n"
        f"As it was, it is kept in {file}.backups/2026-11-23T090000Z-upgrade.db\n",
        "",
    )
    _set(file, "projection", 1)
    code, _out, err = house("log", "1", "note", "x")
    assert (code, err) == (
        0,
        "The lists were of another version and are written anew; a copy is kept in "
        f"{file}.backups/2026-11-23T090000Z-upgrade-2.db\n",
    )


def test_a_program_older_than_the_workspace_writes_nothing(house: Pipe, environment: Path) -> None:
    file = environment / "pipe.db"
    house("db", "backup", str(environment / "copy.bak"))
    _set(file, "min_writer", WRITER + 1)
    before = file.read_bytes()
    for words in (
        ("add", "X", "-n", "x", "-d", "+1d"),
        ("undo",),
        ("db", "upgrade"),
        ("db", "restore", str(environment / "copy.bak")),
        ("doctor", "--rebuild"),
    ):
        assert house(*words) == (6, "", f"{file} was written by a newer pipecli; upgrade the program\n")
    assert file.read_bytes() == before
    assert house("list").code == 0


def _set(file: Path, column: str, value: int) -> None:
    with closing(sqlite3.connect(file)) as database:
        database.execute(f"update workspace set {column} = ?", (value,))
        database.commit()


def test_a_folder_that_is_read_only_gets_no_backup(house: Pipe, environment: Path) -> None:
    folder = environment / "file"
    folder.write_text("")
    assert house("db", "backup", str(folder / "copy.bak")) == (
        6,
        "",
        f"{folder}/copy.bak cannot be written: Not a directory; no backup was made\n",
    )
    shutil.rmtree(environment / "pipe.db.backups", ignore_errors=True)
    (environment / "pipe.db.backups").write_text("in the way")
    code, out, err = house("db", "backup", str(environment / "copy.bak"))
    assert (code, out.startswith("Backed up 37 events")) == (0, True)
    assert "pipe db backups will not list this one" in err


def test_a_terminal_is_told_what_to_type(
    house: Pipe, environment: Path, screen: Callable[[int], None]
) -> None:
    file = environment / "copy.bak"
    shutil.copy(environment / "pipe.db", file)
    screen(80)
    assert house("db") == (0, "", "A backup is made with: pipe db backup FILE\n")
    house("db", "restore", str(file), "-q")
    assert house("db").err == (
        f"Those made by pipe itself are in {environment}/pipe.db.backups; back to one: pipe db restore FILE\n"
    )
    assert house("db", "restore", "2026-11-23T090000Z-restore.db", "-q").code == 0


def test_what_a_restore_replaced_is_brought_back_where_it_was(held: Pipe, environment: Path) -> None:
    other, copy = str(environment / "other.db"), str(environment / "copy.bak")
    assert held("--db", other, "init").code == 0
    assert held("--db", other, "db", "backup", copy).code == 0
    assert held("--db", other, "add", "Toy", "-n", "call", "-d", "+1d").code == 0
    out = held("--db", other, "db", "restore", copy).out
    assert "back to it: pipe --db DIR/other.db db restore DIR/other.db.backups/" in out
