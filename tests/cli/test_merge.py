"""`pipe merge`: what it says, asks and refuses."""

from __future__ import annotations

import json
import shlex
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager

import pytest

from pipecli import clock

from .conftest import Pipe
from .terminal import Terminal

TWICE = (
    'add "ERP roll-out" 52k -a "ACME Inc" -n "send offer" -d 2026-11-27 --owner marc --source fair --tag big',
    'log 7 meeting "They want it in two phases"',
)


@pytest.fixture
def twice(house: Pipe) -> Pipe:
    """The month's workspace, in which 7 is 1 again, of Marc."""
    for line in TWICE:
        assert house(*shlex.split(line)).code == 0
    return house


MERGED = """Merged 7 ERP roll-out into 1
  name stays ERP rollout (7 had ERP roll-out)
  account stays Acme (7 had ACME Inc)
  owner stays lea (7 had marc)
  amount stays €48,000 (7 had €52,000)
  source stays referral (7 had fair)
  next action stays call Jeanne, Fri 20 Nov (7 had send offer, Fri 27 Nov)
1 Acme · ERP rollout   Discovery   €48,000   25 %
Next: call Jeanne, Fri 20 Nov
"""


def test_a_script_keeps_what_the_first_says(
    twice: Pipe, unchanged: Callable[[], AbstractContextManager[None]]
) -> None:
    with unchanged():
        assert twice("merge", "1", "7", "--dry-run") == (0, MERGED, "Dry run: nothing was changed.\n")
    assert twice("merge", "1", "7") == (0, MERGED, "")
    assert twice("list", "--status", "all", "-q").out == "4\n1\n2\n3\n5\n6\n"


def test_a_number_that_went_leads_to_the_one_that_is_kept(twice: Pipe) -> None:
    assert twice("merge", "1", "7").code == 0
    shown = twice("show", "7")
    assert (shown.code, shown.err) == (0, "7 was merged into 1\n")
    lines = shown.out.splitlines()
    assert lines[0] == "1 Acme · ERP rollout"
    assert " 7: meeting: They want it in two phases" in shown.out
    assert "7 was merged into it" in shown.out
    assert twice("log", "7", "note", "all the same") == (
        0,
        "1 Acme · ERP rollout   Discovery   €48,000   25 %\nNext: call Jeanne, Fri 20 Nov\n",
        "7 was merged into 1\n",
    )
    refs = [line.split()[4] for line in twice("journal", "1").out.splitlines()[1:]]
    assert {"1", "7"} == set(refs)


def test_what_is_taken(twice: Pipe) -> None:
    result = twice("merge", "1", "7", "--take", "amount,owner", "--take", "next", "--json")
    found = json.loads(result.out)
    assert (found["id"], found["merged"], found["taken"]) == (1, 7, ["amount", "owner", "next_action"])
    assert (found["amount"], found["owner"], found["next_action"]) == (52000, "marc", "send offer")
    assert found["differences"][0] == {"field": "name", "kept": "ERP rollout", "other": "ERP roll-out"}
    assert twice("undo").out.startswith("Took back merge of ")
    assert twice("list", "-q").out == "4\n1\n2\n7\n3\n"
    assert twice("merge", "1", "7", "-q") == (0, "1\n", "")


@pytest.mark.parametrize(
    ("words", "code", "line"),
    [
        (["1"], 2, "which two? the one that is kept first: pipe merge 12 34"),
        (["1", "1"], 5, "1 cannot be merged into itself; name two"),
        (["1", "99"], 3, "there is no opportunity 99; pipe list shows the open ones"),
        (["6", "1"], 5, "1 is open and 6 is lost: keep 1 instead: pipe merge 1 6"),
        (["1", "5"], 5, "5 is won and 1 is open: keep 5 instead: pipe merge 5 1"),
        (["1", "7", "--take", "tags"], 2, "the tags of both are kept as they are; there is nothing to take"),
        (["1", "3", "--take", "amount", "--reason", "x"], 2, "3 has no amount to take"),
        (
            ["1", "3"],
            5,
            "3 is of another account than 1; if they are one all the same, say why: pipe merge 1 3 --reason TEXT",
        ),
    ],
)
def test_what_is_refused(
    twice: Pipe, unchanged: Callable[[], AbstractContextManager[None]], words: list[str], code: int, line: str
) -> None:
    with unchanged():
        assert twice("merge", *words) == (code, "", f"{line}\n")


def test_the_loss_of_a_duplicate_is_no_loss(twice: Pipe) -> None:
    assert len(json.loads(twice("stats", "losses", "--json").out)) == 1
    assert twice("merge", "1", "6").code == 0
    assert json.loads(twice("stats", "losses", "--json").out) == []
    assert twice("doctor").code == 0


def test_why_two_of_different_accounts_are_one_is_kept_and_told_in_every_report(twice: Pipe) -> None:
    before = json.loads(twice("forecast", "--json").out)
    assert twice("merge", "1", "2", "--reason", "Borel is a name of Acme").code == 0
    assert "Borel is a name of Acme" in twice("journal", "1").out
    assert twice("report").out.endswith(
        """\
1 merged since Tue 17 Nov, counted no more
  No.  Opportunity          into  Was   Amount  By
    2  Borel · Maintenance     1  open  €9,000  lea
       Borel is a name of Acme

As of Mon 23 Nov 2026. Amounts in EUR. Pipeline definition 1. Made by: pipe
report weekly
"""
    )
    assert json.loads(twice("report", "--json").out)["merges"] == [
        {
            **{"id": 2, "name": "Maintenance", "account": "Borel", "owner": "lea", "status": "open"},
            **{"amount": 9000, "currency": "EUR", "into": 1, "merged_on": "2026-11-23", "merged_by": "lea"},
            "reason": "Borel is a name of Acme",
        }
    ]
    line = "Merged in eight weeks, and counted no more: 1 opportunity (1 open).\n"
    assert line in twice("audit").out
    assert line not in twice("audit", "--owner", "marc").out
    assert json.loads(twice("audit", "--json").out)["merged"] == {"count": 1, "open": 1, "won": 0, "lost": 0}

    moved = json.loads(twice("forecast", "changes", "--since", "2026-11-22", "--json").out)
    (part,) = (part for part in moved["parts"] if part["kind"] == "merged")
    assert (part["amount"], [one["id"] for one in part["opportunities"]]) == (-900, [2])
    assert moved["after"] == before["won"]["amount"] + before["weighted"] - 900
    assert (
        "merged    1    -€900  2 Borel · Maintenance -€900"
        in twice("forecast", "changes", "--since", "2026-11-22").out
    )
    assert twice("doctor").code == 0

    assert twice("undo").code == 0
    assert "counted no more" not in twice("report").out + twice("audit").out
    moved = json.loads(twice("forecast", "changes", "--since", "2026-11-22", "--json").out)
    assert "merged" not in [part["kind"] for part in moved["parts"]]


@pytest.fixture
def desk(pipe: Pipe) -> Iterator[Pipe]:
    """The same thing twice, by the real clock."""
    clock.freeze(None)
    for line in (
        "init --template b2b",
        'add "ERP rollout" 48k -a Acme -n "call Jeanne" -d +3d',
        'add "ERP rollout" 52k -a Acme -n "call Jeanne" -d +3d --owner marc',
        'add "Kiosk" 52k -n "call Jeanne" -d +3d',
    ):
        assert pipe(*shlex.split(line)).code == 0
    yield pipe


def test_what_differs_is_shown_and_asked_about(desk: Pipe) -> None:
    with Terminal("merge", "1", "2") as terminal:
        terminal.expect("          1        2\n  owner   lea      marc\n  amount  €48,000  €52,000\n")
        question = "Take what of 2? (owner, amount; Enter keeps all of 1) "
        terminal.answer(question, "amount tags")
        terminal.expect("  type one or more of: owner, amount\n")
        terminal.answer(question, "amount")
        assert terminal.end() == 0
        assert "\nMerged 2 ERP rollout into 1\n  owner stays lea (2 had marc)\n1 Acme · " in terminal.seen
    assert json.loads(desk("show", "1", "--json").out)["amount"] == 52000


def test_the_other_one_is_picked_from_a_list(desk: Pipe) -> None:
    with Terminal("merge", "1") as terminal:
        terminal.answer("Which one? ", "2")
        terminal.answer("Take what of 2? ", "")
        assert terminal.end() == 0
    assert desk("list", "-q").out == "1\n3\n"


def test_why_two_are_one_is_asked_where_they_do_not_look_it(desk: Pipe) -> None:
    assert desk("add", "ERP", "48k", "-a", "Borel", "-n", "call Jeanne", "-d", "+3d").code == 0
    with Terminal("merge", "1", "4") as terminal:
        terminal.answer("4 is of another account than 1. Why are they one? ", "Borel was bought")
        terminal.answer("Take what of 4? ", "")
        assert terminal.end() == 0
    assert "Borel was bought" in desk("journal", "1").out
