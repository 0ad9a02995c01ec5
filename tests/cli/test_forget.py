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

2 texts that name them or give a number are blanked, whole:
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
        "Erased for good: 1 contact, 2 texts, 0 journal entries.\n",
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
    assert (
        known("forget", "jeanne", "--yes").out == "Erased for good: 1 contact, 2 texts, 2 journal entries.\n"
    )
    (named,) = (line for line in known("list", "--csv").out.splitlines() if line.startswith("7,"))
    assert named.split(",")[2:4] == ["[erased]'s coaching", "[erased]"]


def test_backups_that_hold_them_are_named(known: Pipe, environment: Path) -> None:
    copy = environment / "a copy.bak"
    known("db", "backup", str(copy))
    assert known("forget", "jeanne", "-y").out == (
        "Erased for good: 1 contact, 2 texts, 0 journal entries.\n"
        "1 backup still holds it; remove it when nobody needs it any more:\n"
        f"  rm '{copy}'\n"
    )


def test_a_number_erases_nobody_else_of_that_name_and_says_who_stays(house: Pipe) -> None:
    for account, contact in (
        ("Globex", "Ana Ruiz <ana@globex.example>"),
        ("Initech", "Ana Ruiz"),
        ("Hooli", "Ana Ruiz"),
    ):
        assert house("add", account, "-a", account, "-n", "call", "-d", "+1d", "--contact", contact).code == 0
    listed = house("forget", "Ana Ruiz").err
    assert "give the number" in listed
    first, second, third = (
        part.split()[-4 if "<" in part else -3] for part in listed.split(";")[0].split(", ")
    )
    lines = house("forget", second, "--dry-run").out.splitlines()
    assert lines[0] == f"Ana Ruiz, of Initech (contact {second})"
    assert lines[2] == f"Others of that name stay: {first} Ana Ruiz <ana@globex.example>, {third} Ana Ruiz"
    assert house("forget", second, "--yes").out == (
        "Erased for good: 1 contact, 0 texts, 0 journal entries.\n"
        f"Contacts {first}, {third} are called the same and stay; if one is the same person: pipe forget {first}\n"
    )


def test_what_an_import_would_bring_back_is_said_before_and_after(house: Pipe, environment: Path) -> None:
    deals = environment / "deals.csv"
    deals.write_text(
        "id,name,account,contact,next action,next due\n"
        "A1,Order,Borel,Ana Ruiz <ana@borel.example>,call,2026-12-01\n"
        "ana@borel.example,Repair,Borel,Ana Ruiz <ana@borel.example>,call,2026-12-01\n"
    )
    assert house("import", str(deals)).code == 0
    lines = house("forget", "ana", "--dry-run").out.splitlines()
    first, second = lines[1].removeprefix("Contact or decision-maker of ").split(", ")
    assert lines[2:4] == [
        f"{first} came from an import: a later one leaves out what it says of them, and tells you",
        f"{second} came from an import under an identifier that names them: it goes too, so that a later import of "
        "that row lands it again, with them",
    ]
    assert house("forget", "ana", "--yes").out == (
        "Erased for good: 1 contact, 0 texts, 1 journal entry.\n"
        f"Where {first} came from may still have them: an import leaves that out and tells you.\n"
        f"An import that still has the row of {second} lands it again, with them: take it out there first.\n"
    )
    assert house("import", str(deals)).out.splitlines()[:2] == [
        "1 landed, 0 updated, 1 unchanged, 0 rejected.",
        f"  {first}: contact is (erased) here, Ana Ruiz <ana@borel.example> in line 2; left as it is",
    ]


def test_a_user_of_the_same_name_is_left_and_it_is_said(known: Pipe) -> None:
    assert known("edit", "1", "--owner", "Jeanne Martin").code == 0
    assert known("forget", "jeanne@acme.example", "--dry-run").out.splitlines()[2] == (
        "Somebody who works here is called the same: who owns and did what stays as it is"
    )
    assert known("forget", "jeanne@acme.example", "-y").out == (
        "Erased for good: 1 contact, 2 texts, 0 journal entries.\n"
        "Somebody who works here is called the same: who owns and did what was left as it is.\n"
    )
    assert "Jeanne Martin" in known("list").out


def test_exports_and_copies_that_hold_them_are_named(
    known: Pipe, environment: Path, screen: Callable[[int], None]
) -> None:
    known("export", "--journal", "-o", str(environment / "journal.jsonl"))
    known("db", "copy", str(environment / "pipe.db"), str(environment / "copy.db"))
    screen(80)
    contact = known("forget", "jeanne", "--dry-run", "-q").out.strip()
    assert known("forget", "jeanne", "-y") == (
        0,
        "Erased for good: 1 contact, 2 texts, 0 journal entries.\n"
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
    words = ("Kiosk", "-n", "call Ana", "-d", "+1d", "--contact", "Ana Ruiz <ana@kiosk.example>")
    house("add", *words, me="marc")
    assert house("forget", "ana", "-y").code == 0
    assert house("undo", me="marc") == (
        5,
        "",
        "add cannot be taken back: lea erased a person from what it wrote since (2026-11-23)\n",
    )


def test_machines_get_numbers_and_the_words_only_before(known: Pipe) -> None:
    tried = json.loads(known("forget", "4", "--dry-run", "--json").out)
    assert tried == {
        "contacts": [4],
        "namesakes": [],
        "opportunities": [1, 6],
        "is_user": False,
        "imported": [],
        "imported_anew": [],
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
        assert (code, out) == (1, "Erased for good: 1 contact, 2 texts, 0 journal entries.\n")
        assert err == (
            "What the database keeps of old rows was not overwritten: somebody else has it open, or you do not own "
            "its tables. Then: pipe forget --sweep\n"
        )
    assert known("forget", "--sweep").code == 0
    assert b"Jeanne" not in b"".join(p.read_bytes() for p in environment.glob("pipe.db*"))


def test_a_person_is_asked_and_no_is_no(known: Pipe) -> None:
    before = known("export", "--journal").out
    with Terminal("forget", "jeanne") as terminal:
        terminal.expect("2 texts that name them or give a number are blanked, whole:")
        terminal.answer("Erase all of it for good? It cannot be taken back. [y/N] ", "")
        terminal.expect("Nothing was erased.")
        assert terminal.end() == 1
    assert known("export", "--journal").out == before
    with Terminal("forget", "jeanne") as terminal:
        terminal.answer("Erase all of it for good? It cannot be taken back. [y/N] ", "y")
        terminal.expect("Erased for good: 1 contact, 2 texts, 0 journal entries.")
        assert terminal.end() == 0
