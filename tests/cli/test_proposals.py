"""`pipe proposals`: what waits, what accepting and rejecting do, one key each in a terminal."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from contextlib import AbstractContextManager

import pytest

from pipecli import clock
from pipecli.config import Settings
from pipecli.domain.proposing import Suggestion
from pipecli.service import proposing, show
from pipecli.service.workspace import Workspace

from .conftest import Pipe
from .terminal import Terminal

Unchanged = Callable[[], AbstractContextManager[None]]
QUOTE = '"stock errors cost us two people"'


@pytest.fixture
def proposed(house: Pipe) -> list[int]:
    """What claude proposes for 1, and the rules for 2."""
    house("log", "1", "call", "Jeanne: stock errors cost us two people. The budget is 52k.")
    place = Workspace(Settings())
    said = show.show(place, "1").exchanges[0].seq
    first = proposing.make(
        place,
        "1",
        [
            Suggestion("value", "amount", "52k", exchange=said, quote="The budget is 52k"),
            Suggestion("proof", "problem", exchange=said, quote="stock errors cost us two people"),
        ],
        "claude",
    )
    draft = "Dear Ana,\n\nhere are the references."
    second = Suggestion("next_action", "", "send references", "2026-11-27", why="promised", draft=draft)
    return [*first.ids, *proposing.make(place, "2", [second], "rules").ids]


def test_they_are_listed_the_newest_first(house: Pipe, proposed: list[int]) -> None:
    amount, proof, action = proposed
    assert [re.split(r" {2,}", line.strip()) for line in house("proposals").out.splitlines()] == [
        ["Opportunity", "Proposed", "By", "Age"],
        [str(action), "2 Borel · Maintenance", "next action", "send references, Fri 27 Nov", "rules", "0 d"],
        [str(proof), "1 Acme · ERP rollout", "What problem do they want solved?", QUOTE, "claude", "0 d"],
        [str(amount), "1 Acme · ERP rollout", "amount", "52k", "claude", "0 d"],
    ]
    assert house("proposals", "list", "1", "-q").out == f"{proof}\n{amount}\n"
    assert house("proposals", "-m", "-q", me="marc").out == ""
    assert house("proposals", "list", me="marc", env={"PIPE_ME": "marc"}).code == 0
    assert house("proposals", "-m", "list").code == 2


def test_one_is_shown_with_what_it_rests_on_and_its_draft(house: Pipe, proposed: list[int]) -> None:
    _amount, proof, action = proposed
    assert house("proposals", "show", str(action)).out == (
        "2 Borel · Maintenance\n"
        "  Proposed  next action\n"
        "  Value     send references\n"
        "  Now       send references, Mon 23 Nov\n"
        "  Day       Fri 27 Nov\n"
        "  Why       promised\n"
        "  By        rules, Mon 23 Nov\n"
        "\n"
        "  Dear Ana,\n"
        "\n"
        "  here are the references.\n"
    )
    found = json.loads(house("proposals", "show", str(proof), "--json").out)
    kept = {key: found[key] for key in ("ref", "what", "target", "quote", "source", "status", "age_days")}
    assert kept == {
        "ref": 1,
        "what": "proof",
        "target": "problem",
        "quote": "stock errors cost us two people",
        "source": "claude",
        "status": "open",
        "age_days": 0,
    }


def test_accepting_is_a_command_like_any_other(house: Pipe, proposed: list[int]) -> None:
    amount, proof, _action = proposed
    assert house("proposals", "accept", str(amount)) == (
        0,
        "1 Acme · ERP rollout   Discovery   €52,000 (was €48,000)   25 %\nNext: call Jeanne, Fri 20 Nov\n",
        "",
    )
    house("proposals", "accept", str(proof), "-n", "send the offer", "-d", "fri")
    shown = house("why", "1").out
    assert '"stock errors cost us two people", call 2026-11-23, lea, proposed by claude' in shown
    assert house("proposals", "accept", str(amount)) == (
        5,
        "",
        f"proposal {amount} was accepted by lea on 2026-11-23\n",
    )
    assert house("undo").code == 0
    assert str(proof) in house("proposals", "-q").out.split()
    assert house("doctor").code == 0


def test_what_is_not_there_and_what_cannot_be(house: Pipe, proposed: list[int], unchanged: Unchanged) -> None:
    amount, proof, _action = map(str, proposed)
    with unchanged():
        assert (
            house("proposals", "accept", "999").err == "there is no proposal 999; pipe proposals lists them\n"
        )
        assert house("proposals", "accept").code == 2
        assert house("proposals", "accept", "x").code == 2
        assert house("proposals", "accept", amount, proof, "--value", "50k").code == 2
        assert house("proposals", "accept", amount, "--value", "much").code == 2
        assert house("proposals", "show", amount, proof).code == 2
        assert house("proposals", "review").code == 2
        assert house("proposals", "accept", amount, "--dry-run").err == "Dry run: nothing was changed.\n"


def test_a_rejected_one_is_gone_and_remembered(house: Pipe, proposed: list[int]) -> None:
    amount, *_rest = map(str, proposed)
    assert house("proposals", "reject", amount, "-r", "for two sites").out == (
        f"Rejected {amount}; it is not proposed again.\n"
    )
    assert amount not in house("proposals", "-q").out.split()
    assert amount in house("proposals", "--all", "-q").out.split()
    assert f"rejected proposal {amount} of claude: for two sites" in house("journal", "1").out


def test_today_says_that_some_wait(house: Pipe, proposed: list[int]) -> None:
    assert house("today").err == "3 proposals wait: pipe proposals\n"
    assert house("today", me="marc").err == ""


def test_none_wait(house: Pipe) -> None:
    assert house("proposals") == (0, "No proposal waits.\n", "")
    assert house("proposals", "--json") == (0, "[]\n", "")


def test_a_review_takes_one_key_each(house: Pipe, proposed: list[int]) -> None:
    clock.freeze(None)
    with Terminal("proposals", "review") as terminal:
        terminal.answer("1 of 3: y accept, e edit, n reject, s later, q quit ", "e")
        terminal.answer("Value [send references] ", "send two references")
        terminal.answer("Due when? (fri, +3d, 2026-12-31) ", "+2d")
        terminal.expect("Next: send two references, ")
        terminal.answer("2 of 3: y accept, e edit, n reject, s later, q quit ", "n")
        terminal.answer("Why not? (may be empty) ", "")
        terminal.answer("3 of 3: y accept, e edit, n reject, s later, q quit ", "s")
        terminal.expect("1 proposal waits: pipe proposals")
        assert terminal.end() == 0
    statuses = {p["id"]: p["status"] for p in json.loads(house("proposals", "--all", "--json").out)}
    assert statuses == dict(zip(proposed, ("open", "rejected", "accepted"), strict=True))
