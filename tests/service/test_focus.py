"""Focus as a use case: which opportunities are listed, in which section, why and in which order."""

from collections.abc import Callable
from datetime import date
from typing import Any

import pytest

from pipecli.service import gates, opportunities, stages
from pipecli.service.answers import Answers
from pipecli.service.focus import Asked, Crossed, Focus, Uncertain, focus
from pipecli.service.workspace import Workspace

At = Callable[[date], None]


def march(day: int) -> date:
    return date(2026, 3, day)


def add(
    workspace: Workspace, name: str, amount: str | None, close: str | None = "2026-03-20", **given: Any
) -> None:
    sets = (f"close_date={close}", "contact=Ana") if close else ("contact=Ana",)
    opportunities.add(
        workspace, name, Answers(amount=amount, sets=sets, next="call", due="2026-03-30", **given)
    )


def listed(found: Focus) -> list[tuple[str, int]]:
    return [(line.section, line.record["id"]) for line in found.lines]


def test_an_empty_workspace_needs_nobody(workspace: Workspace) -> None:
    assert focus(workspace, 10) == Focus(
        "EUR", date(2026, 3, 31), [], {"approval": 0, "uncertain": 0, "stake": 0}, 0
    )


def test_what_may_close_this_quarter_is_ranked_by_what_it_makes_uncertain(workspace: Workspace) -> None:
    add(workspace, "Small", "1k")
    add(workspace, "Large", "10k")
    add(workspace, "Next quarter", "90k", "2026-04-01")
    add(workspace, "Undated", "5k", None)
    add(workspace, "Unpriced", None)
    add(workspace, "Dollars", "USD 8k")
    found = focus(workspace, 10)

    assert [n for section, n in listed(found) if section == "uncertain"] == [2, 4, 1]
    first = found.lines[0]
    assert (first.why, first.uncertainty) == (Uncertain(0.1, overdue=False, stale=False), 3000)
    assert (found.unranked, found.until) == (2, march(31))


def test_stale_and_overdue_ones_come_first(workspace: Workspace, at: At) -> None:
    add(workspace, "Large", "10k")
    add(workspace, "Small", "1k")
    opportunities.set_next(workspace, "2", "mail", "2026-03-04")
    at(march(5))
    late = focus(workspace, 10).lines
    at(march(31))
    both = focus(workspace, 10).lines

    assert [(line.record["id"], line.why) for line in late] == [
        (2, Uncertain(0.1, overdue=True, stale=False)),
        (1, Uncertain(0.1, overdue=False, stale=False)),
    ]
    assert [(line.record["id"], line.why) for line in both] == [
        (1, Uncertain(0.1, overdue=True, stale=True)),
        (2, Uncertain(0.1, overdue=True, stale=True)),
    ]


def to_discovery(workspace: Workspace, ref: str) -> None:
    gates.advance(workspace, ref, Answers(proofs=("need=told",)))


def asking(workspace: Workspace, ref: str) -> None:
    known = Answers(proofs=("problem=told", "decision-maker=told"), sets=("decision_maker=Ana",))
    said = known._replace(proofs=(*known.proofs, "offer=sent"), said=(("meeting", "met", ""),))
    dated = said._replace(sets=(*said.sets, "quote_valid_until=2026-05-01"), amount="30k")
    gates.advance(workspace, ref, dated, ask=True)


def test_approvals_that_wait_are_listed_the_oldest_first(workspace: Workspace, at: At) -> None:
    for name in ("First", "Second"):
        add(workspace, name, "30k", "2026-06-01")
        to_discovery(workspace, name)
    at(march(4))
    asking(workspace, "2")
    at(march(6))
    asking(workspace, "1")
    found = focus(workspace, 10)
    waiting = [line for line in found.lines if line.section == "approval"]

    assert [line.record["id"] for line in waiting] == [2, 1]
    why = waiting[0].why
    assert isinstance(why, Asked)
    assert (why.criterion, why.role, why.asked_by, why.asked_on) == (
        "feasible",
        "engineering",
        "lea",
        "2026-03-04",
    )
    assert waiting[0].uncertainty is None  # it is to be closed next quarter


def test_stakes_crossed_this_week(workspace: Workspace, at: At) -> None:
    add(workspace, "Grew", "12k", "2026-06-01")
    add(workspace, "Always above", "40k", "2026-06-01")
    add(workspace, "Shrank", "30k", "2026-06-01")
    add(workspace, "Was blank", None, "2026-06-01")
    at(march(12))
    add(workspace, "New", "50k", "2026-06-01")
    opportunities.edit(workspace, "1", Answers(amount="25k"))
    opportunities.edit(workspace, "2", Answers(amount="45k"))
    opportunities.edit(workspace, "3", Answers(amount="10k"))
    opportunities.edit(workspace, "4", Answers(amount="22k"))
    found = focus(workspace, 10)

    assert [(line.record["name"], line.why) for line in found.lines] == [
        ("New", Crossed("feasible", "amount >= 20000", None, "EUR", True)),
        ("Grew", Crossed("feasible", "amount >= 20000", 12_000, "EUR", False)),
        ("Was blank", Crossed("feasible", "amount >= 20000", None, "EUR", False)),
    ]
    at(march(20))
    assert focus(workspace, 10).counts["stake"] == 0


def test_what_was_closed_a_week_ago_did_not_cross_by_being_reopened(workspace: Workspace, at: At) -> None:
    add(workspace, "Back again", "40k", "2026-06-01")
    gates.lose(workspace, "1", "price", "")
    at(march(12))
    gates.reopen(workspace, "1", "they called", Answers(next="call", due="+5d"))

    assert focus(workspace, 10).counts["stake"] == 0


def test_a_definition_without_stakes_has_none(workspace: Workspace) -> None:
    toml = stages.current_toml(workspace)[1].replace('when = "amount >= 20000"', "")
    stages.adopt(workspace, toml, {})
    add(workspace, "New", "50k", "2026-06-01")

    assert focus(workspace, 10).counts == {"approval": 0, "uncertain": 0, "stake": 0}


def test_the_limit_is_shared_by_the_sections(workspace: Workspace) -> None:
    for n in range(6):
        add(workspace, f"New {n}", "50k")
    found = focus(workspace, 5)

    assert listed(found) == [("uncertain", 1), ("uncertain", 2), ("uncertain", 3), ("stake", 1), ("stake", 2)]
    assert found.counts == {"approval": 0, "uncertain": 6, "stake": 6}
    assert len(focus(workspace, 0).lines) == 12


@pytest.mark.parametrize("status", ["won", "lost"])
def test_what_is_closed_is_not_listed(workspace: Workspace, status: str) -> None:
    add(workspace, "Over", "50k")
    if status == "lost":
        gates.lose(workspace, "1", "price", "")
    else:
        proofs = ("need=a", "problem=a", "decision-maker=a", "offer=a", "answer=a", "objections=a", "order=a")
        known = Answers(
            proofs=proofs,
            sets=("decision_maker=Ana", "quote_valid_until=2026-05-01"),
            said=(("meeting", "met", ""),),
            amount="5k",
        )
        gates.win(workspace, "1", "trust", known)

    assert focus(workspace, 10).lines == []
