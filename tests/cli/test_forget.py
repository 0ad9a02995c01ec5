"""`pipe forget`: what is shown, asked and said; whole outputs."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import pytest

from .conftest import Pipe
from .terminal import Terminal

FOUND = """\
Jeanne Martin <jeanne@acme.example>, of Acme (contact 4)
Contact or decision-maker of 1, 6

2 texts that name them are blanked, whole:
  1  Mon 2 Nov  next action  call Jeanne
  6  Mon 2 Nov  next action  call Jeanne
"""


@pytest.fixture
def known(house: Pipe) -> Pipe:
    """The house, with Jeanne named by the kiosk too, and in a name."""
    assert house("reopen", "6", "--reason", "they ask again", "-n", "send an offer", "-d", "+3d").code == 0
    assert house("edit", "6", "--set", "contact=Jeanne Martin").code == 0
    return house


def test_it_is_shown_before_it_is_done(known: Pipe, environment: Path) -> None:
    before = known("export", "--journal").out
    assert known("forget", "jeanne", "--dry-run") == (0, FOUND, "Dry run: nothing was changed.\n")
    assert known("forget", "jeanne") == (
        4,
        "",
        "this cannot be taken back: look at it with pipe forget 4 --dry-run, then add --yes\n",
    )
    assert known("export", "--journal").out == before
    assert known("forget", "jeanne", "--yes") == (
        0,
        "Erased for good: 1 contact, 2 texts, 0 entries.\n",
        "",
    )
    content = b"".join(p.read_bytes() for p in environment.glob("pipe.db*"))
    assert b"Jeanne" not in content
    assert b"jeanne" not in content
    assert known("doctor").code == 0
    assert known("forget", "jeanne", "--yes") == (
        3,
        "",
        'no contact fits "jeanne"; give a name, a part of it, or an address\n',
    )
    assert known("forget", "4", "--yes") == (3, "", "contact 4 was erased on 2026-11-23\n")


def test_names_lose_only_what_is_theirs(known: Pipe) -> None:
    known("add", "Jeanne Martin's coaching", "-a", "MARTIN, Jeanne", "-n", "x", "-d", "+1d")
    out = known("forget", "jeanne", "--dry-run").out
    assert out == FOUND + (
        "\n2 entries keep their words but for theirs, which become [erased]:\n"
        "  –  Mon 23 Nov  account  MARTIN, Jeanne\n"
        "  7  Mon 23 Nov  name     Jeanne Martin's coaching\n"
    )
    assert known("forget", "jeanne", "--yes").out == "Erased for good: 1 contact, 2 texts, 2 entries.\n"
    (named,) = (line for line in known("list", "--csv").out.splitlines() if line.startswith("7,"))
    assert named.split(",")[2:4] == ["[erased]'s coaching", "[erased]"]


def test_backups_that_hold_them_are_named(known: Pipe, environment: Path) -> None:
    copy = environment / "a copy.bak"
    known("db", "backup", str(copy))
    assert known("forget", "jeanne", "-y").out == (
        "Erased for good: 1 contact, 2 texts, 0 entries.\n"
        "1 backup still holds it; remove it when nobody needs it any more:\n"
        f"  rm '{copy}'\n"
    )


def test_exports_and_copies_that_hold_them_are_named(
    known: Pipe, environment: Path, screen: Callable[[int], None]
) -> None:
    known("export", "--journal", "-o", str(environment / "journal.jsonl"))
    known("db", "copy", str(environment / "pipe.db"), str(environment / "copy.db"))
    screen(80)
    contact = known("forget", "jeanne", "--dry-run", "-q").out.strip()
    assert known("forget", "jeanne", "-y") == (
        0,
        "Erased for good: 1 contact, 2 texts, 0 entries.\n"
        "1 backup still holds it; remove it when nobody needs it any more:\n"
        f"  rm {environment}/journal.jsonl\n"
        "1 copy of the workspace holds it too; erase it there, or remove the copy:\n"
        f"  pipe --db {environment}/copy.db forget {contact}\n",
        "Not known here: copies that were moved, made by other means or on other machines, and CSV exports.\n",
    )
    assert known("--db", str(environment / "copy.db"), "forget", contact, "-y").code == 0


def test_what_is_left_is_said_to_be_erased(known: Pipe) -> None:
    known("forget", "jeanne", "-y")
    shown = known("show", "1").out
    assert "  Next action     (erased), 3 d late\n" in shown
    assert "  Contact         (erased)\n" in shown
    assert "(erased)" in known("list").out
    assert "(erased)" in known("today").out
    journal = known("journal", "1", "--json").out
    assert json.loads(journal)[-1]["summary"] == "content erased"


def test_what_an_erasure_went_through_is_not_taken_back(house: Pipe) -> None:
    house("add", "Kiosk", "-n", "call Ana", "-d", "+1d", "--contact", "Ana Ruiz <ana@kiosk.example>")
    assert house("forget", "ana", "-y").code == 0
    assert house("undo") == (
        5,
        "",
        "add cannot be taken back: lea erased a person from what it wrote since (2026-11-23)\n",
    )


def test_machines_get_numbers_and_the_words_only_before(known: Pipe) -> None:
    tried = json.loads(known("forget", "4", "--dry-run", "--json").out)
    assert tried == {
        "contacts": [4],
        "opportunities": [1, 6],
        "texts": [
            {"seq": 6, "stream": "o1", "kind": "NextActionSet", "on": "2026-11-02", "words": "call Jeanne"},
            {
                "seq": tried["texts"][1]["seq"],
                "stream": "o6",
                "kind": "NextActionSet",
                "on": "2026-11-02",
                "words": "call Jeanne",
            },
        ],
        "entries": [],
        "swept": False,
        "backups": [],
        "dry_run": True,
    }
    done = json.loads(known("forget", "4", "--yes", "--json").out)
    assert [set(t) for t in done["texts"]] == [{"seq", "stream", "kind", "on"}] * 2
    assert (done["swept"], done["dry_run"]) == (True, False)
    error = json.loads(known("forget", "nobody", "--json").err)
    assert (error["error"], error["ref"]) == ("not_found", "nobody")


def test_who_is_meant_must_be_clear(known: Pipe) -> None:
    known("add", "Other", "-n", "x", "-d", "+1d", "--contact", "Jean Martin <jean@borel.example>")
    code, out, err = known("forget", "martin", "--yes")
    number = err.split(", ")[1].split(" ")[0]
    assert (code, out, err) == (
        3,
        "",
        f'"martin" fits several people: 4 Jeanne Martin <jeanne@acme.example>, {number} Jean Martin '
        "<jean@borel.example>; give the number\n",
    )
    assert known("forget") == (2, "", "forget whom? give a name, an address or the contact's number\n")
    assert known("forget", "x", "--sweep").code == 2
    assert known("forget", "--sweep") == (0, "", "Overwritten.\n")


def test_one_who_reads_keeps_old_pages_until_they_are_swept(known: Pipe, environment: Path) -> None:
    import sqlite3
    from contextlib import closing

    with closing(sqlite3.connect(environment / "pipe.db", isolation_level=None)) as reader:
        reader.execute("begin")
        reader.execute("select * from person").fetchall()
        code, out, err = known("forget", "jeanne", "--yes")
        assert (code, out) == (1, "Erased for good: 1 contact, 2 texts, 0 entries.\n")
        assert err == (
            "What the database keeps of old rows was not overwritten: somebody else has it open, or you do not own "
            "its tables. Then: pipe forget --sweep\n"
        )
    assert known("forget", "--sweep").code == 0
    assert b"Jeanne" not in b"".join(p.read_bytes() for p in environment.glob("pipe.db*"))


def test_a_person_is_asked_and_no_is_no(known: Pipe) -> None:
    before = known("export", "--journal").out
    with Terminal("forget", "jeanne") as terminal:
        terminal.expect("2 texts that name them are blanked, whole:")
        terminal.answer("Erase all of it for good? It cannot be taken back. [y/N] ", "")
        terminal.expect("Nothing was erased.")
        assert terminal.end() == 1
    assert known("export", "--journal").out == before
    with Terminal("forget", "jeanne") as terminal:
        terminal.answer("Erase all of it for good? It cannot be taken back. [y/N] ", "y")
        terminal.expect("Erased for good: 1 contact, 2 texts, 0 entries.")
        assert terminal.end() == 0
