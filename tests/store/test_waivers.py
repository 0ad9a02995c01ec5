"""The waivers in force and the whole report, read from both databases."""

from collections.abc import Callable
from datetime import date
from typing import Any

from pipecli.service import gates, opportunities, report, undoing, waivers
from pipecli.service.answers import Answers
from pipecli.service.workspace import Workspace
from pipecli.store.waivers import read_waived

At = Callable[[date], None]
FEBRUARY, MARCH = date(2026, 2, 2), date(2026, 3, 2)


def add(workspace: Workspace, name: str, **given: Any) -> None:
    opportunities.add(workspace, name, Answers(**{"next": "call", "due": "2026-02-20"} | given))


def into_discovery(workspace: Workspace, ref: str) -> None:
    gates.advance(workspace, ref, Answers(proofs=("need=they said so",)))


def found(workspace: Workspace) -> list[tuple[int, str, str, str | None]]:
    with workspace.read() as reading:
        return [(w["id"], w["criterion"], w["waived_on"], w["reason"]) for w in waivers.in_force(reading)]


def test_a_waiver_is_told_while_the_stage_it_let_into_lasts(workspace: Workspace, at: At) -> None:
    at(FEBRUARY)
    for name in ("One", "Two", "Three"):
        add(workspace, name, amount="30k")
    for ref in ("1", "2", "3"):
        into_discovery(workspace, ref)
    gates.waive(workspace, "2", "feasible", "same as last year")
    at(MARCH)
    gates.waive(workspace, "1", "feasible", "the customer is known")
    gates.waive(workspace, "3", "feasible", "a mistake")
    undoing.undo(workspace)
    both = [
        (2, "feasible", "2026-02-02", "same as last year"),
        (1, "feasible", "2026-03-02", "the customer is known"),
    ]
    assert found(workspace) == both

    gates.advance(
        workspace, "2", Answers(proofs=("need=they still do",), said=(("meeting", "went through it", ""),))
    )
    assert found(workspace) == both
    gates.back(workspace, "2", "they ask for another scope", Answers())
    assert found(workspace) == both[1:]
    gates.lose(workspace, "1", "price", "")
    assert found(workspace) == []
    with workspace.read() as reading:
        assert [events[0].stream for events in read_waived(reading.driver)] == ["o2"]


def test_the_report_of_a_month(workspace: Workspace, at: At) -> None:
    at(date(2026, 1, 10))
    add(workspace, "Long gone", amount="1k", due="2026-01-20")
    gates.lose(workspace, "1", "timing", "")
    at(FEBRUARY)
    add(workspace, "Late", amount="30k", owner="bob")
    add(workspace, "Quiet", amount="USD 9k", due="2026-04-01")
    add(workspace, "Lost", amount="5k")
    at(date(2026, 2, 9))
    gates.lose(workspace, "4", "price", "twice the other offer")
    at(MARCH)
    made = report.report(workspace, "monthly")

    assert (made["from"], made["as_of"]) == ("2026-02-03", "2026-03-02")
    assert [(line["section"], line["id"]) for line in made["settle"]["lines"]] == [("overdue", 2)]
    assert made["open"] == {"count": 2, "amount": 30_000, "unpriced": 1}
    assert [(row["owner"], row["overdue"]) for row in made["owners"]] == [
        ("bob", {"count": 1, "amount": 30_000, "unpriced": 0}),
        (made["owners"][1]["owner"], {"count": 0, "amount": 0, "unpriced": 0}),
    ]
    assert [one["id"] for one in made["lost"]["listed"]] == [4]
    assert made["lost"]["reasons"] == [
        {"reason": "price", "reason_label": "price", "count": 1, "amount": 5_000}
    ]
    assert made["won"] == {"count": 0, "amount": 0, "unpriced": 0, "listed": []}
    assert [(s["stage"], s["open"]["count"]) for s in made["stages"]][:2] == [("lead", 2), ("discovery", 0)]
    assert made["changes"]["since"] == "2026-02-02"
