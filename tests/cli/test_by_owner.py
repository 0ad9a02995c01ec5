"""`--by owner` of overdue and stale: a table with a part for each, or a mail to each."""

from __future__ import annotations

import email
import json
import mailbox
from collections.abc import Callable
from contextlib import closing
from email.policy import default
from pathlib import Path

import pytest

from .conftest import Pipe


@pytest.fixture
def shared(house: Pipe, at: Callable[[str], None]) -> Pipe:
    """It is a month later: of everybody something is late and quiet."""
    at("2026-12-21")
    return house


def test_a_part_for_each_owner(shared: Pipe) -> None:
    assert shared("overdue", "--by", "owner") == (
        0,
        """\
lea        3   €57,000 at stake, $15,000 without a rate
  4  Sirius · Portal      $15,000  Qualified lead  mail Ana         46 d late
  1  Acme · ERP rollout   €48,000  Discovery       call Jeanne      31 d late
  2  Borel · Maintenance   €9,000  Qualified lead  send references  28 d late

marc       1
  3  Nord · Audit  –  Qualified lead  book workshop  20 d late
""",
        "",
    )
    assert shared("stale", "--by", "owner", "--owner", "MARC") == (
        0,
        """\
marc  1
  3  Nord · Audit  –  Qualified lead  Mon 2 Nov  14 days
""".replace("marc  1", "marc       1"),
        "",
    )


def test_limits_formats_and_exit_codes_are_those_of_the_list(shared: Pipe) -> None:
    code, out, err = shared("overdue", "--by", "owner", "--limit", "1", "--exit-code")
    assert (code, err) == (8, "and 2 more: --limit 0 shows all\n")
    assert [line.split()[0] for line in out.splitlines() if line] == ["lea", "4", "marc", "3"]
    assert [r["id"] for r in json.loads(shared("overdue", "--by", "owner", "--json").out)] == [4, 1, 2, 3]
    assert shared("stale", "--by", "owner", "-q", "-m", me="marc").out == "3\n"
    assert shared("overdue", "--by", "owner", "--days", "99", "--exit-code") == (0, "", "")


MARC = """\
From: lea@example.com
To: marc@example.com
Subject: 1 next action is late
Date: Mon, 21 Dec 2026 10:00:00 +0100
Message-ID: ID
Auto-Submitted: auto-generated
Content-Type: text/plain; charset="utf-8"
Content-Transfer-Encoding: quoted-printable
MIME-Version: 1.0
Content-Language: en

1 opportunity

3  Nord =C2=B7 Audit  Qualified lead
  book workshop =E2=80=93 20 d late
  pipe done 3 "what happened" -n "what next" -d fri
"""


def without_id(made: str) -> str:
    return "\n".join("Message-ID: ID" if w.startswith("Message-ID: ") else w for w in made.split("\n"))


def test_of_one_owner_the_mail_alone(shared: Pipe) -> None:
    words = ("overdue", "--by", "owner", "--owner", "marc", "--eml", "--domain", "example.com")
    found = shared(*words)
    assert found._replace(out=without_id(found.out)) == (0, MARC, "")
    assert shared(*words) == found


def test_of_several_an_mbox(shared: Pipe, environment: Path) -> None:
    (environment / "box").write_text(shared("stale", "--by", "owner", "--eml").out)
    with closing(mailbox.mbox(environment / "box")) as box:
        first, second = box
    assert [(m["To"], m["Subject"]) for m in (first, second)] == [
        ("lea", "3 opportunities went quiet"),
        ("marc", "1 opportunity went quiet"),
    ]
    assert (
        first.get_payload(decode=True).decode()
        == """\
3 opportunities, €57,000, $15,000 without a rate

2  Borel · Maintenance  €9,000  Qualified lead
  send references – quiet for 7 weeks (limit 14 d)
  pipe done 2 "what happened" -n "what next" -d fri

4  Sirius · Portal  $15,000  Qualified lead
  mail Ana – quiet for 7 weeks (limit 14 d)
  pipe done 4 "what happened" -n "what next" -d fri

1  Acme · ERP rollout  €48,000  Discovery
  call Jeanne – quiet for 4 weeks (limit 14 d)
  pipe done 1 "what happened" -n "what next" -d fri
"""
    )


def test_files_in_a_folder(shared: Pipe, environment: Path) -> None:
    folder = environment / "new" / "letters"
    assert shared("overdue", "--by", "owner", "--eml", "--to-dir", str(folder)) == (0, "", "")
    assert sorted(f.name for f in folder.iterdir()) == ["overdue-lea.eml", "overdue-marc.eml"]
    read = email.message_from_bytes((folder / "overdue-marc.eml").read_bytes(), policy=default)
    assert (read["To"], read["From"]) == ("marc", "lea")
    for owner in ("Marc A", "marc.a"):
        shared("add", "X", "-n", "x", "-d", "2026-12-22", "--owner", owner)
    shared("add", "Y", "-n", "x", "-d", "2026-12-22", "--owner", "ann@acme.example")
    other = environment / "other"
    moved = {"PIPE_TODAY": "2026-12-24"}
    words = ("overdue", "--by", "owner", "--eml", "--to-dir", str(other))
    assert shared(*words, env=moved) == (0, "", "")
    assert sorted(f.name for f in other.iterdir()) == [
        *(
            "overdue-ann.eml",
            "overdue-lea.eml",
            "overdue-marc.a-2.eml",
            "overdue-marc.a.eml",
            "overdue-marc.eml",
        ),
    ]
    assert "To: ann@acme.example\n" in (other / "overdue-ann.eml").read_text()


def test_where_nothing_is_late_nobody_is_written_to(house: Pipe, environment: Path) -> None:
    words = ("overdue", "--by", "owner", "--days", "99", "--eml")
    assert house(*words) == (0, "", "")
    assert house(*words, "--to-dir", str(environment / "d")) == (0, "", "")
    assert list((environment / "d").iterdir()) == []


@pytest.mark.parametrize(
    ("words", "line"),
    [
        (["--by", "stage"], 'this list is divided by owner only, not by "stage": --by owner'),
        (["--eml"], "a mail goes to an owner: --by owner --eml"),
        (["--by", "owner", "--to-dir", "x"], "--to-dir and --domain are for mails: --by owner --eml"),
        (["--domain", "x"], "--to-dir and --domain are for mails: --by owner --eml"),
        (
            ["--by", "owner", "--eml", "--limit", "3"],
            "--eml writes whole mails: leave out --limit and the other formats",
        ),
        (["--by", "owner", "--eml", "--domain", "x y"], '"x y" is not a domain; write it as example.com'),
    ],
)
def test_what_does_not_go_together(shared: Pipe, words: list[str], line: str) -> None:
    for command in ("overdue", "stale"):
        assert shared(command, *words) == (2, "", line + "\n")


def test_a_name_that_makes_no_address_is_named_and_the_others_are_written_to(
    shared: Pipe, environment: Path
) -> None:
    shared("add", "X", "-n", "x", "-d", "2026-12-22", "--owner", "Marc (Paris)")
    words = ("overdue", "--by", "owner", "--eml", "--to-dir", str(environment / "d"))
    line = 'no mail address can be made of "Marc (Paris)"; give another name: pipe handover FROM TO\n'
    assert shared(*words, env={"PIPE_TODAY": "2026-12-24"}) == (1, "", line)
    written = sorted(path.name for path in (environment / "d").iterdir())
    assert written and not [name for name in written if "Paris" in name]
    assert written == sorted(f"overdue-{owner}.eml" for owner in ("lea", "marc"))
    line = 'no mail address can be made of "李"; set who you are: pipe config me NAME\n'
    assert shared(*words, me="李") == (2, "", line)
