"""`pipe clean`: what is listed, what it says, and a round at a terminal."""

from __future__ import annotations

import json
import shlex
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from pathlib import Path
from typing import Any

import pytest

from pipecli import clock

from .conftest import Pipe
from .terminal import Terminal

DEALS = """id,name,amount,stage,account,owner,close_date,created
A,Kiosk,5000,lead,Acme,lea,2026-09-30,2026-03-01
B,Portal,,discovery,Borel,lea,,2026-11-16
C,Porttal,12000,proposal,Borel SA,marc,2027-01-31,2026-11-18
D,Audit,30000,proposal,Nord,lea,2026-12-31,2026-11-20
"""


@pytest.fixture
def yard(pipe: Pipe, environment: Path) -> Pipe:
    """A workspace of what came out of another system: 1 dead, 2 the same as 3, 4 unproven, and 5 in order."""
    (environment / "deals.csv").write_text(DEALS)
    for line in (
        "init --template b2b",
        f"import {environment / 'deals.csv'}",
        'add "ERP rollout" 48k -a Acme -n "call Jeanne" -d 2026-11-25',
    ):
        assert pipe(*shlex.split(line)).code == 0
    return pipe


LISTED = """4 to settle: 1 dead, 1 duplicate, 2 unproven
4  Nord · Audit        €30,000  Proposal sent   lea
      unproven since Fri 20 Nov; no next action
      pipe prove 4 CRITERION TEXT
3  Borel SA · Porttal  €12,000  Proposal sent   marc
      unproven since Wed 18 Nov; no next action
      pipe prove 3 CRITERION TEXT
1  Acme · Kiosk         €5,000  Qualified lead  lea
      dead: nothing heard for 8 months; unproven since Sun 1 Mar; close date Wed 30 Sep is past; no next action
      pipe lose 1 REASON
2  Borel · Portal            –  Discovery       lea
      may be 3 Borel SA · Porttal; unproven since Mon 16 Nov; no next action; no amount
      pipe merge 3 2
"""


def test_a_script_gets_the_list_with_what_settles_each(
    yard: Pipe, unchanged: Callable[[], AbstractContextManager[None]]
) -> None:
    with unchanged():
        assert yard("clean") == (0, LISTED, "")
        assert yard("clean", "--dry-run") == (0, LISTED, "")
        assert yard("clean", "--limit", "1").err == "and 3 more: pipe clean --limit 0\n"


@pytest.mark.parametrize(
    ("words", "ids"),
    [
        ([], "4 3 1 2"),
        (["--only", "dead"], "1"),
        (["--only", "unproven"], "4 3 1 2"),
        (["--only", "duplicate,past-close-date"], "1 2"),
        (["--only", "dup", "--only", "unpriced"], "2"),
        (["--only", "stale"], ""),
        (["--owner", "marc"], "3 2"),
        (["-o", "MARC", "--only", "unproven"], "3 2"),
        (["-m"], "4 1 2"),
        (["--limit", "2"], "4 3"),
    ],
)
def test_what_is_asked_for(yard: Pipe, words: list[str], ids: str) -> None:
    assert yard("clean", "-q", *words) == (0, "".join(f"{n}\n" for n in ids.split()), "")


def test_as_json(yard: Pipe) -> None:
    found = json.loads(yard("clean", "--json").out)
    assert {key: found[key] for key in ("as_of", "n", "counts", "skipped")} == {
        "as_of": "2026-11-23",
        "n": 4,
        "counts": {"dead": 1, "duplicate": 1, "unproven": 2},
        "skipped": 0,
    }
    last = found["listed"][-1]
    assert (last["id"], last["twin"], last["fix"]) == (2, 3, "pipe merge 3 2")
    assert last["troubles"] == [
        {"kind": "duplicate", "since": "2026-11-16"},
        {"kind": "unproven", "since": "2026-11-16"},
        {"kind": "no_next_action", "since": "2026-11-16"},
        {"kind": "unpriced", "since": "2026-11-16"},
    ]


def test_owner_by_owner(yard: Pipe) -> None:
    assert yard("clean", "--by", "owner").out == (
        "4 to settle: 1 dead, 1 duplicate, 2 unproven\n"
        "Owner  In all  Dead  Duplicate  Unproven\n"
        "lea         3     1          1         1\n"
        "marc        1     –          –         1\n"
    )
    assert yard("clean", "--by", "owner", "--csv").out == (
        "owner,n,dead,duplicate,stale,unproven,past_close_date,no_next_action,unpriced,no_close_date\n"
        "lea,3,1,1,0,1,0,0,0,0\nmarc,1,0,0,0,1,0,0,0,0\n"
    )


def test_what_cannot_be_asked(yard: Pipe) -> None:
    kinds = "dead, duplicate, stale, unproven, past-close-date, no-next-action, unpriced, no-close-date"
    assert yard("clean", "--only", "ugly") == (2, "", f'no trouble is called "ugly"; choose of: {kinds}\n')
    assert yard("clean", "--by", "stage") == (2, "", 'no grouping "stage"; write --by owner\n')


def test_names_that_may_be_one(yard: Pipe) -> None:
    assert yard("clean", "--names") == (
        0,
        "         May be    the same as  Used by  Settled by\n"
        "account  Borel SA  Borel              1  pipe edit 3 --set account=Borel\n",
        "",
    )
    (found,) = json.loads(yard("clean", "--names", "--json").out)
    assert found == {
        "kind": "account",
        "kept": "Borel",
        "other": "Borel SA",
        "refs": [3],
        "fix": "pipe edit 3 --set account=Borel",
    }
    assert yard("clean", "--names", "-m").code == 2


def test_where_nothing_is_wrong_nothing_is_said(pipe: Pipe) -> None:
    assert pipe("init", "--template", "b2b").code == 0
    assert pipe("clean") == (0, "", "")
    assert json.loads(pipe("clean", "--json").out)["listed"] == []


def test_the_forecast_leads_here(yard: Pipe) -> None:
    out = yard("forecast").out
    assert "3 open opportunities have no close date, or a past one: in no period" in out
    assert "to settle them: pipe clean --only unpriced,past-close-date,no-close-date\n" in out
    assert json.loads(yard("forecast", "--json").out)["undated"]["count"] == 3
    assert yard("clean", "--only", "past-close-date,no-close-date", "-q").out == "5\n1\n2\n"
    assert yard("clean", "--only", "no-close-date").out == (
        "2 to settle: 2 without a close date\n"
        "5  Acme · ERP rollout  €48,000  Qualified lead  lea\n"
        "      no close date\n"
        "      pipe edit 5 --set close=DATE\n"
        "2  Borel · Portal            –  Discovery       lea\n"
        "      no close date; may be 3 Borel SA · Porttal; unproven since Mon 16 Nov; no next action; no amount\n"
        "      pipe edit 2 --set close=DATE\n"
    )


PLANNED = """id,name,amount,stage,account,owner,created
A,Kiosk,5000,lead,Acme,lea,2025-03-01
B,Portal,,proposal,Borel,lea,
C,Porttal,12000,proposal,Borel SA,marc,
D,Audit,30000,proposal,Nord,lea,
"""
CTRL_C = b"\x03"
KEYS = "  q quit"


@pytest.fixture
def desk(pipe: Pipe, environment: Path) -> Iterator[Pipe]:
    """The same by the real clock, without the one in order."""
    clock.freeze(None)
    (environment / "deals.csv").write_text(PLANNED)
    assert pipe("init", "--template", "b2b").code == 0
    assert pipe("import", str(environment / "deals.csv")).code == 0
    yield pipe


def record(pipe: Pipe, ref: str) -> dict[str, Any]:
    """An opportunity's JSON."""
    found: dict[str, Any] = json.loads(pipe("show", ref, "--json").out)
    return found


def test_a_round_is_one_key_each_and_goes_on_where_it_was_left(desk: Pipe) -> None:
    with Terminal("clean") as terminal:
        terminal.expect("4 to settle: 1 dead, 1 duplicate, 2 unproven\n")
        terminal.expect(
            "1 of 4\n4 Nord · Audit\nProposal sent  for 0 days   €30,000   50 %   unproven   lea\n"
        )
        terminal.press(KEYS, b"p")
        terminal.answer("Prove which one? ", "1")
        terminal.answer("What problem do they want solved? ", "They lose orders")
        terminal.answer("What is the next action? ", "call Ida")
        terminal.answer("Due when? ", "+3d")
        terminal.expect("  4 Nord · Audit   Proposal sent   €30,000   50 %\n  Next: call Ida, ")
        terminal.expect("unproven since ")
        terminal.press(KEYS, b" ")

        terminal.expect("2 of 4\n3 Borel SA · Porttal\n")
        terminal.press(KEYS, b"?")
        terminal.press(KEYS, b"d")
        terminal.answer("When will it close? (fri, +3d, 2026-12-31) ", "2020-01-01")
        terminal.expect("  2020-01-01 is in the past; write today, +3d or fri\n")
        terminal.press("When will it close? ", CTRL_C)
        terminal.press(KEYS, b"a")
        terminal.answer("How much is it? ", "much")
        terminal.expect('"much"')
        terminal.answer("How much is it? ", "13k")
        terminal.answer("What is the next action? ", "send the offer")
        terminal.answer("Due when? ", "+5d")
        terminal.expect("€13,000 (was €12,000)")
        terminal.press(KEYS, b"s")

        terminal.expect("3 of 4\n1 Acme · Kiosk\n")
        terminal.expect("dead: nothing heard for ")
        terminal.press(KEYS, b"l")
        terminal.answer("Why was it lost? ", "price")
        terminal.answer("What happened? ", "")

        terminal.expect("4 of 4\n2 Borel · Portal\n")
        terminal.expect("may be 3 Borel SA · Porttal\n    Proposal sent   €13,000   marc\n")
        terminal.press("m merge into 3", b"m")
        terminal.answer("Take what of 2? (name, account, owner; Enter keeps all of 3) ", "account")
        assert terminal.end() == 0
        assert terminal.seen.endswith("\n2 settled, 2 skipped, 0 left; pipe undo takes back the last one.\n")
    assert [record(desk, ref)["status"] for ref in ("1", "3", "4")] == ["lost", "open", "open"]
    assert (record(desk, "3")["account"], record(desk, "2")["id"]) == ("Borel", 3)
    assert json.loads(desk("clean", "--json").out)["skipped"] == 2

    with Terminal("clean") as terminal:
        terminal.expect("Nothing to settle.\n")
        terminal.expect("2 were skipped, until ")
        assert terminal.end() == 0
    # Each was a command of its own.
    assert desk("undo").out.startswith("Took back merge of ")
    assert desk("undo").out.startswith("Took back lose of ")
    assert desk("clean", "-q").out == "1\n2\n"
    assert desk("doctor").code == 0


def test_a_question_is_left_and_a_command_taken_back_without_leaving(desk: Pipe) -> None:
    before = desk("journal", "-q", "--limit", "0").out
    with Terminal("clean", "--only", "no-next-action") as terminal:
        terminal.press(KEYS, b"x\x1b[Al")
        terminal.press("Why was it lost? ", CTRL_C)
        terminal.expect("1 of 4\n")
        terminal.press(KEYS, b"n")
        terminal.answer("What is the next action? ", "call Ida")
        terminal.answer("Due when? ", "+3d")
        terminal.expect("2 of 4\n")
        terminal.press(KEYS, b"u")
        terminal.expect("Took back next of ")
        terminal.expect("1 of 4\n4 Nord · Audit\n")
        terminal.press(KEYS, b"o")
        terminal.expect("Decision-maker")
        terminal.press(KEYS, b"q")
        assert terminal.end() == 0
        assert terminal.seen.endswith("\n0 settled, 0 skipped, 4 left; pipe clean goes on.\n")
    assert desk("journal", "-q", "--limit", "0").out != before
    assert record(desk, "4")["next_action"] is None


def test_ctrl_c_at_a_card_ends_the_round(desk: Pipe) -> None:
    with Terminal("clean") as terminal:
        terminal.press(KEYS, b"s")
        terminal.expect("2 of 4\n")
        terminal.press(KEYS, CTRL_C)
        assert terminal.end() == 130
        assert "0 settled, 1 skipped, 3 left; pipe clean goes on." in terminal.seen
