"""Proposals on both databases: made in the name of their source, answered by a person, taken back, rebuilt."""

from __future__ import annotations

import pytest

from pipecli.domain.proofs import Proof
from pipecli.domain.proposing import Suggestion
from pipecli.errors import Conflict, GateNotMet, InvalidInput, NotFound
from pipecli.service import doctor, gates, merging, opportunities, proposals, proposing, show, undoing
from pipecli.service.answers import Answers
from pipecli.service.proposals import Edited
from pipecli.service.workspace import Workspace

NEXT = Answers(next="call", due="+5d", amount="30k")


@pytest.fixture
def talked(workspace: Workspace) -> tuple[Workspace, int]:
    """Two opportunities, and the number of what was said on the first."""
    opportunities.add(workspace, "ERP", NEXT)
    opportunities.add(workspace, "Kiosk", NEXT)
    opportunities.log(workspace, "1", "call", "Stock errors cost them two people. Budget 52k.", Answers())
    return workspace, show.show(workspace, "1").exchanges[0].seq


def listed(workspace: Workspace, *, answered: bool = True) -> dict[int, tuple[str, str, str]]:
    found = proposals.waiting(workspace, answered=answered)
    return {p.id: (p.suggestion.what, p.source, p.status) for p in found}


def proof(exchange: int) -> Suggestion:
    return Suggestion("proof", "need", exchange=exchange, quote="cost them two people")


def test_an_accepted_proof_keeps_both_names(talked: tuple[Workspace, int]) -> None:
    workspace, said = talked
    made = proposing.make(workspace, "1", [proof(said)], "claude")
    assert (made.ref, made.known, made.dropped) == (1, 0, ())
    assert listed(workspace) == {made.ids[0]: ("proof", "claude", "open")}
    done = proposals.accept(workspace, made.ids[0])
    (evidence,) = done.after.evidence
    with workspace.read() as reading:
        actor = reading.actor
    assert (evidence.actor, evidence.proposed_by, evidence.exchange) == (actor, "claude", said)
    assert listed(workspace) == {made.ids[0]: ("proof", "claude", "accepted")}
    assert doctor.doctor(workspace).faults == []


def test_what_names_another_opportunity_or_what_was_not_said_is_dropped(
    talked: tuple[Workspace, int],
) -> None:
    workspace, said = talked
    suggestions = [
        proof(said),
        proof(said),
        proof(said)._replace(quote="they sign tomorrow"),
        Suggestion("value", "amount", "52k", exchange=said, quote="Budget 52k"),
        Suggestion("value", "amount", "much"),
        Suggestion("value", "amount", "30k"),
    ]
    made = proposing.make(workspace, "1", suggestions, "rules")
    assert (len(made.ids), made.known) == (2, 1)
    assert [d.reason for d in made.dropped] == [
        f"the quote does not stand word for word in exchange {said}",
        '"much" is not an amount; write 18000, 18k, 1.2m, 18,000.50 or USD 500',
        "amount is 30k already",
    ]
    other = proposing.make(workspace, "2", [proof(said)], "rules")
    assert [d.reason for d in other.dropped] == [f"2 has no exchange {said}"]


def test_a_rejected_one_is_not_proposed_again(talked: tuple[Workspace, int]) -> None:
    workspace, said = talked
    (first,) = proposing.make(workspace, "1", [proof(said)], "rules").ids
    proposals.reject(workspace, first, "it was a joke")
    made = proposing.make(workspace, "1", [proof(said)._replace(quote="Stock errors cost")], "a model")
    assert (made.ids, made.known) == ((), 1)
    with pytest.raises(Conflict, match=f"proposal {first} was rejected by"):
        proposals.accept(workspace, first)
    with pytest.raises(NotFound, match="there is no proposal 999; pipe proposals lists them"):
        proposals.reject(workspace, 999)


def test_undo_takes_back_the_answer_and_not_the_proposal(talked: tuple[Workspace, int]) -> None:
    workspace, said = talked
    (made,) = proposing.make(workspace, "1", [proof(said)], "claude").ids
    proposals.accept(workspace, made)
    assert undoing.undo(workspace).command.name == "accept"
    assert listed(workspace) == {made: ("proof", "claude", "open")}
    assert undoing.undo(workspace).command.name == "log"
    with pytest.raises(Conflict, match=f"exchange {said}, on which this rests, was taken back since"):
        proposals.accept(workspace, made)
    undoing.undo(workspace, redo=True)
    assert proposals.accept(workspace, made).after.evidence
    assert doctor.doctor(workspace).faults == []


def test_every_kind_is_decided_as_if_it_had_been_typed(talked: tuple[Workspace, int]) -> None:
    workspace, _said = talked
    suggestions = [
        Suggestion("value", "amount", "52k"),
        Suggestion("next_action", "", "send quote", "2026-03-20"),
        Suggestion("exchange", "mail", "From: Ana", "2026-03-01"),
        Suggestion("exchange", "meeting", "Went through the scope", "2026-03-01"),
        Suggestion("value", "decision_maker", "Ana"),
        Suggestion("move", "discovery"),
    ]
    made = proposing.make(workspace, "1", suggestions, "claude")
    assert [d.reason for d in made.dropped] == [
        "a mail is taken from its file, by a person: pipe log 1 --mail FILE"
    ]
    amount, action, talk, who, move = made.ids
    assert proposals.accept(workspace, amount).record["amount"] == 52_000
    planned = proposals.accept(workspace, action, Edited(due="+3d"))
    assert (planned.record["next_action"], planned.record["next_due"]) == ("send quote", "2026-03-05")
    said = proposals.accept(workspace, talk).after.exchanges[-1]
    assert (said.kind, said.on.isoformat()) == ("meeting", "2026-03-01")
    assert "meeting (proposed by claude)" in show.show(workspace, "1").entries[-1].summary
    assert proposals.accept(workspace, who).record["decision_maker"] == "Ana"
    with pytest.raises(GateNotMet):
        proposals.accept(workspace, move)
    assert listed(workspace, answered=False) == {move: ("move", "claude", "open")}
    gates.prove(workspace, "1", "need", Proof(text="They told us"), Answers())
    assert proposals.accept(workspace, move).after.stage == "discovery"
    assert doctor.doctor(workspace).faults == []


def test_the_same_value_in_another_spelling_is_the_same_proposal(talked: tuple[Workspace, int]) -> None:
    workspace, _said = talked
    (first,) = proposing.make(workspace, "1", [Suggestion("value", "amount", "48k")], "rules").ids
    proposals.reject(workspace, first)
    others = [Suggestion("value", "amount", text) for text in ("48000", "48000 EUR", "0.048m")]
    made = proposing.make(workspace, "1", others, "a model")
    assert (made.ids, made.known) == ((), 3)


def test_what_was_written_meanwhile_overtakes_it(talked: tuple[Workspace, int]) -> None:
    workspace, said = talked
    amount, action, fact = proposing.make(
        workspace,
        "1",
        [
            Suggestion("value", "amount", "48k"),
            Suggestion("next_action", "", "call", "2026-03-20"),
            proof(said),
        ],
        "claude",
    ).ids
    opportunities.edit(workspace, "1", Answers(amount="60k"))
    opportunities.set_next(workspace, "1", "write", "+2d")
    gates.prove(workspace, "1", "need", Proof(text="They told us"), Answers())
    assert listed(workspace, answered=False) == {}
    assert {status for _what, _by, status in listed(workspace).values()} == {"overtaken"}
    for seq in (amount, action, fact):
        with pytest.raises(Conflict, match="was changed since it was made; look again: pipe show 1"):
            proposals.accept(workspace, seq)
    assert doctor.doctor(workspace).faults == []
    undoing.undo(workspace)
    assert list(listed(workspace, answered=False)) == [fact]


def test_what_was_changed_by_the_person_is_theirs(talked: tuple[Workspace, int]) -> None:
    workspace, said = talked
    (made,) = proposing.make(workspace, "1", [proof(said)], "claude").ids
    done = proposals.accept(workspace, made, Edited(value="Two people do nothing but count"))
    kept = [(e.text, e.payload.get("proposed_by")) for e in done.events if e.kind == "EvidenceRecorded"]
    assert kept == [('{"text": "Two people do nothing but count"}', None)]


def test_those_of_a_closed_one_wait_for_nobody(talked: tuple[Workspace, int]) -> None:
    workspace, said = talked
    (made,) = proposing.make(workspace, "1", [proof(said)], "claude").ids
    gates.lose(workspace, "1", "price", "too dear")
    assert listed(workspace, answered=False) == {}
    with pytest.raises(Conflict):
        proposals.accept(workspace, made)
    with pytest.raises(Conflict):
        proposing.make(workspace, "1", [proof(said)], "claude")


def test_a_dry_run_leaves_no_trace(talked: tuple[Workspace, int]) -> None:
    workspace, said = talked
    assert proposing.make(workspace, "1", [proof(said)], "claude", dry_run=True).ids
    assert listed(workspace) == {}


def test_an_erased_one_can_only_be_rejected(talked: tuple[Workspace, int]) -> None:
    workspace, said = talked
    (made,) = proposing.make(workspace, "1", [proof(said)], "claude").ids
    with workspace.commit("erase") as unit:
        unit.driver.run("update content set body = null, erased_at = 'now' where id = :id", {"id": made})
    assert [p.erased for p in proposals.waiting(workspace)] == [True]
    with pytest.raises(InvalidInput, match=f"the text of proposal {made} was erased; reject it"):
        proposals.accept(workspace, made)
    proposals.reject(workspace, made)


def test_a_merge_takes_proposals_along_and_its_undo_gives_them_back(talked: tuple[Workspace, int]) -> None:
    workspace, said = talked
    action = Suggestion("next_action", "", value="send the scope", due="2026-12-31")
    made = proposing.make(workspace, "1", [proof(said), action], "claude").ids
    proposals.reject(workspace, made[0], "that was about another stock")
    merging.merge(workspace, "2", "1")

    assert [p.id for p in proposals.waiting(workspace, "2", answered=True)] == [made[1], made[0]]
    assert listed(workspace, answered=False) == {made[1]: ("next_action", "claude", "open")}
    again = proposing.make(workspace, "2", [proof(said), action], "claude")
    assert (again.ids, again.known) == ((), 2)
    assert doctor.doctor(workspace).faults == []

    undoing.undo(workspace)
    assert [p.ref for p in proposals.waiting(workspace, answered=True)] == [1, 1]
    assert doctor.doctor(workspace).faults == []
    undoing.undo(workspace, redo=True)
    proposals.reject(workspace, made[1], "no")
    assert listed(workspace, answered=False) == {}
