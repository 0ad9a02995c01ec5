"""`pipe import MAILBOX` and `pipe log --mail`: what they print and the codes they exit with."""

import json
from pathlib import Path

import pytest

from .conftest import Pipe


def mail(n: int, sender: str, subject: str = "Scope", day: str = "20 Nov 2026") -> str:
    return (
        f"From: {sender}\nTo: lea@us.example\nSubject: {subject}\nDate: {day} 10:00:00 +0100\n"
        f"Message-ID: <m{n}@mails.example>\n\nWe agree.\n"
    )


@pytest.fixture
def folder(environment: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder of messages beside the workspace, which is where the commands run."""
    monkeypatch.chdir(environment)
    made = environment / "in box"
    made.mkdir()
    (made / "1.eml").write_text(mail(1, "Jeanne Martin <jeanne@acme.example>"))
    (made / "2.eml").write_text(mail(2, "Paul <paul@acme.example>", "A \x1b[31mquestion"))
    (made / "3.eml").write_text(mail(3, "jeanne@acme.example", day="1 Jan 2027"))
    return made


LISTED = """\
1 taken, 0 taken before, 2 to decide.
       1 → 1 Acme · ERP rollout
? no date  Scope  jeanne@acme.example
    2027-01-01 is in the future
      1 Acme · ERP rollout
    pipe log REF --mail 'in box/3.eml' --on DATE
? 2026-11-20  A [31mquestion  Paul <paul@acme.example>
    it fits no open opportunity
    pipe log REF --mail 'in box/2.eml'
"""


def test_import_prints_what_was_taken_and_what_is_to_decide(house: Pipe, folder: Path) -> None:
    house("edit", "1", "--set", "contact=Jeanne Martin <jeanne@acme.example>")
    (folder / "2.eml").write_text(mail(2, "Paul <paul@other.example>", "A \x1b[31mquestion"))
    listed = LISTED.replace("paul@acme", "paul@other")
    assert house("import", "in box", "--dry-run") == (0, listed, "Dry run: nothing was changed.\n")
    assert house("import", "in box") == (0, listed, "")
    again = house("import", "in box")
    assert again.code == 0 and again.out.startswith("0 taken, 1 taken before, 2 to decide.\n")
    assert house("undo").out.startswith("Took back import of 2026-11-23 09:00 on 1: mail: ")
    assert house("import", "in box").out == listed


def test_only_undecided_ones_are_a_failure_and_nothing_new_is_not(house: Pipe, folder: Path) -> None:
    assert house("import", "in box/3.eml").code == 1
    assert house("import", "in box/1.eml").out == (
        "1 taken, 0 taken before, 0 to decide.\n       1 → 1 Acme · ERP rollout\n"
    )
    assert house("import", "in box/1.eml") == (0, "0 taken, 1 taken before, 0 to decide. Nothing new.\n", "")
    (folder / "empty.mbox").write_text("")
    assert house("import", "in box/empty.mbox") == (0, "0 taken, 0 taken before, 0 to decide.\n", "")


def test_import_as_json(house: Pipe, folder: Path) -> None:
    found = json.loads(house("import", "in box", "--json").out)
    assert {key: found[key] for key in ("file", "taken", "known", "repeated", "left_out", "dry_run")} == {
        "file": "in box", "taken": 2, "known": 0, "repeated": 0, "left_out": 0, "dry_run": False,
    }  # fmt: skip
    assert found["opportunities"] == [{"id": 1, "name": "ERP rollout", "account": "Acme", "taken": 2}]
    assert [list(one) for one in found["undecided"]] == [
        ["number", "kind", "date", "from", "subject", "reason", "candidates", "command"]
    ]


def test_log_takes_a_message_once(house: Pipe, folder: Path) -> None:
    first = house("log", "2", "--mail", "in box/2.eml", "-n", "answer Paul", "-d", "fri")
    assert (first.code, first.err) == (0, "")
    shown = json.loads(house("show", "2", "--json").out)["exchanges"][-1]
    assert (shown["kind"], shown["on"]) == ("mail", "2026-11-20")
    again = house("log", "2", "--mail", "in box/2.eml")
    assert (again.code, again.err) == (0, "It was taken before, at 2: nothing was changed.\n")
    assert house("log", "1", "--mail", "in box/3.eml") == (
        2, "", "in box/3.eml: 2027-01-01 is in the future; say when it was: --on DATE\n",
    )  # fmt: skip
    assert house("log", "1", "--mail", "in box/3.eml", "--on", "yesterday").code == 0
    assert house("log", "1", "--mail", "-", stdin=mail(9, "x@y.example")).code == 0
    assert house("log", "1", "--mail", "-", stdin=" ").err == "- is empty\n"


@pytest.mark.parametrize(
    ("words", "message"),
    [
        (["log", "1", "mail", "--mail", "in box/1.eml"],
         "the text comes from the file: pipe log REF --mail FILE, or --ics FILE\n"),
        (["log", "1", "--mail", "a", "--ics", "b"],
         "the text comes from the file: pipe log REF --mail FILE, or --ics FILE\n"),
        (["log", "1", "--mail", "none.eml"], "none.eml cannot be read: No such file or directory\n"),
        (["import", "in box", "--map", "a=b"], "in box holds messages or meetings, which need no mapping\n"),
    ],
)  # fmt: skip
def test_refusals(house: Pipe, folder: Path, words: list[str], message: str) -> None:
    assert house(*words) == (2, "", message)


def test_a_meeting_from_a_calendar(house: Pipe, folder: Path) -> None:
    (folder / "a.ics").write_text(
        "BEGIN:VCALENDAR\nVERSION:2.0\nPRODID:x\nBEGIN:VEVENT\nUID:u\nSUMMARY:Demo\n"
        "DTSTART:20261119T100000Z\nEND:VEVENT\nEND:VCALENDAR\n"
    )
    assert house("log", "2", "--ics", "in box/a.ics").code == 0
    assert "meeting: Demo" in house("journal", "2").out
