"""Proposals: checked when they are made, the same one only once, answered once; nothing of the opportunity."""

from __future__ import annotations

from datetime import date

import pytest

from pipecli.domain import decide, proposing
from pipecli.domain.decide import Decision
from pipecli.domain.proposing import Suggestion, body_of, same, suggestion_of
from pipecli.errors import Conflict, InvalidInput, NotFound, PipeError

from .building import TODAY, Case, criterion, pipeline, stage

SMALL = pipeline(
    stage("lead", exit=(criterion("need", evidence="note"), criterion("size", field="amount"))),
    stage("offer"),
)
SAID = {7: "They told us: stock errors cost them two people. Budget 52k."}


@pytest.fixture
def decision() -> Decision:
    return Case(SMALL).decision


def test_a_proof_keeps_the_words_of_the_exchange(decision: Decision) -> None:
    asked = Suggestion("proof", "NEED", exchange=7, quote="stock errors  cost them", why="a\x07b\u034f")
    found = proposing.checked(decision, asked, SAID)
    assert found == Suggestion("proof", "need", exchange=7, quote="stock errors cost them", why="ab")


@pytest.mark.parametrize(
    ("suggestion", "reason"),
    [
        (Suggestion("proof", "need", exchange=7, quote="they sign tomorrow"), "word for word"),
        (Suggestion("proof", "need", exchange=8, quote="stock errors"), "no exchange 8"),
        (Suggestion("proof", "need"), "needs words or a quote"),
        (Suggestion("proof", "size", "big"), "not met by evidence"),
        (Suggestion("proof", "love", "big"), "love"),
        (Suggestion("value", "amount", " "), "cannot be empty"),
        (Suggestion("next_action", "", "call", "soon"), "not a day"),
        (Suggestion("exchange", "rumour", "they like us", "2026-03-01"), "not a kind of exchange"),
        (Suggestion("move", "heaven"), "heaven"),
        (Suggestion("approve", "need"), "not a kind of proposal"),
        (Suggestion("waive", "need"), "not a kind of proposal"),
    ],
)
def test_what_names_nothing_that_is_there_is_refused(
    decision: Decision, suggestion: Suggestion, reason: str
) -> None:
    with pytest.raises(PipeError, match=reason) as refusal:
        proposing.checked(decision, suggestion, SAID)
    assert isinstance(refusal.value, InvalidInput | NotFound)


def test_a_proposal_changes_nothing_of_the_opportunity(decision: Decision) -> None:
    before = decision.state
    made = proposing.propose(decision, Suggestion("value", "amount", "52k"), "claude", [])
    assert made
    after = decision.state
    assert [p.source for p in after.proposals] == ["claude"]
    same_slots = [name for name in before.__slots__ if name not in ("proposals", "version")]
    assert [getattr(after, n) for n in same_slots] == [getattr(before, n) for n in same_slots]


def test_what_was_proposed_is_not_proposed_again_whatever_became_of_it(decision: Decision) -> None:
    first = Suggestion("proof", "need", exchange=7, quote="stock errors cost them")
    made = proposing.propose(decision, first, "rules", [])
    assert made
    proposing.answer(decision, made.seq, accept=False, reason="no")
    again = first._replace(quote="cost them two people")
    assert proposing.propose(decision, again, "a model", [first]) is None
    other = Suggestion("value", "amount", "52k")
    assert proposing.propose(decision, other, "a model", [first])


@pytest.mark.parametrize(
    ("a", "b", "alike"),
    [
        (Suggestion("proof", "need", "x", exchange=7), Suggestion("proof", "need", "y", exchange=7), True),
        (Suggestion("proof", "need", "x", exchange=7), Suggestion("proof", "need", "x", exchange=8), False),
        (Suggestion("proof", "need", "Told us"), Suggestion("proof", "need", "told US"), True),
        (Suggestion("proof", "need", "x"), Suggestion("proof", "scope", "x"), False),
        (Suggestion("value", "source", "Élan"), Suggestion("value", "source", "elan"), True),
        (Suggestion("value", "source", "web"), Suggestion("value", "source", "fair"), False),
        (Suggestion("exchange", "call", "x", "2026-03-01"), Suggestion("exchange", "call", "x", "2026-03-02"), False),
        (Suggestion("next_action", "", "x", "2026-03-01"), Suggestion("next_action", "", "x", "2026-03-02"), True),
    ],
)  # fmt: skip
def test_which_are_the_same(a: Suggestion, b: Suggestion, alike: bool) -> None:
    assert same(a, b) is same(b, a) is alike


def test_it_is_answered_once(decision: Decision) -> None:
    made = proposing.propose(decision, Suggestion("value", "amount", "52k"), "rules", [])
    assert made
    proposing.answer(decision, made.seq, accept=True)
    answered = decision.state.proposals[0]
    assert (answered.status, answered.decided_by, answered.decided_on) == ("accepted", "lea", TODAY)
    with pytest.raises(Conflict, match=f"proposal {made.seq} was accepted by lea on {TODAY}"):
        proposing.answer(decision, made.seq, accept=False)


def test_nothing_is_proposed_for_a_closed_one(decision: Decision) -> None:
    from pipecli.domain import moves

    moves.lose(decision, "price", "too dear")
    with pytest.raises(Conflict):
        proposing.propose(decision, Suggestion("value", "amount", "52k"), "rules", [])


def test_texts_come_back_from_the_content_of_the_event(decision: Decision) -> None:
    whole = Suggestion(
        "next_action", "", "call", "2026-03-09", 7, "cost them", "they asked", "Dear Jeanne,\n…"
    )
    made = proposing.propose(decision, whole, "rules", [])
    assert made
    proposal = decision.state.proposals[0]
    assert suggestion_of(proposal, made.text) == whole
    assert suggestion_of(proposal, None) is None
    assert "call" not in str(made.payload)
    assert body_of(Suggestion("move", "offer")) == "{}"


def test_ground_that_is_gone(decision: Decision) -> None:
    call = decide.log_exchange(decision, "call", "They told us", date(2026, 3, 1))
    proposing.require_ground(decision.state, Suggestion("proof", "need", exchange=call.seq))
    with pytest.raises(Conflict, match="exchange 99, on which this rests, was taken back since"):
        proposing.require_ground(decision.state, Suggestion("proof", "need", exchange=99))
