"""Merging two opportunities: one has what both had, and taking it back leaves both as they were."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import date, timedelta
from itertools import count
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipecli.domain import decide, merging, moves, proofs, proposing
from pipecli.domain import events as ev
from pipecli.domain.decide import Decision
from pipecli.domain.events import Event
from pipecli.domain.evolve import fold
from pipecli.domain.opportunity import Opportunity
from pipecli.domain.proofs import Proof
from pipecli.domain.proposing import Suggestion
from pipecli.errors import Conflict, InvalidInput

from .building import TODAY, criterion, leaving

RULES = leaving(criterion("need", evidence="note"), criterion("talk", exchange="any"))
Pair = tuple[Decision, Decision]


def pair(one: dict[str, Any] | None = None, two: dict[str, Any] | None = None) -> Pair:
    """Opportunities 1 and 2 of one journal."""
    numbers = count(1)
    out = []
    for number, given_ in ((1, one or {}), (2, two or {})):
        decision = Decision(
            None, pipeline=RULES, today=TODAY, actor="lea", names={}, number_events=lambda: next(numbers)
        )
        plain = {"name": f"Deal {number}", "owner": "lea", "on": TODAY, "next_action": ("call", TODAY)}
        decide.open_opportunity(decision, number=number, **(plain | given_))
        out.append(decision)
    return out[0], out[1]


def stream(decision: Decision, command: int, since: int = 0) -> list[Event]:
    """The events of a decision from one on, as written under a command."""
    return [e._replace(command=command) for e in decision.events[since:]]


def bare(state: Opportunity | None) -> Opportunity | None:
    """A state without what tells in which version and under which command it was written."""
    return replace(state, version=0, last_state=None) if state else None


def do(decision: Decision, act: str, n: int) -> None:
    """One thing that people do."""
    acts: dict[str, Callable[[], Any]] = {
        "call": lambda: decide.log_exchange(decision, "call", f"we spoke {n}"),
        "prove": lambda: proofs.prove(decision, "need", Proof(text=f"they said {n}")),
        "price": lambda: decide.revise_amount(decision, (n * 100, "EUR")),
        "owner": lambda: decide.set_values(decision, {"owner": f"owner {n % 3}"}),
        "tags": lambda: decide.set_values(decision, {"tags": (f"t{n % 4}",), "site": f"s{n % 3}"}),
        "people": lambda: decide.set_values(decision, {"account": n % 3 + 90, "contact": n % 3 + 95}),
        "plan": lambda: decide.set_next_action(decision, f"mail {n}", TODAY + timedelta(n)),
        "close": lambda: decide.set_values(decision, {"close_date": TODAY + timedelta(n)}),
        "propose": lambda: proposing.propose(
            decision, Suggestion("next_action", "", value=f"write {n}", due="2026-03-09"), "claude", []
        ),
        "reject": lambda: [
            proposing.answer(decision, p.seq, accept=False)
            for p in decision.state.proposals
            if p.status == "open"
        ],
    }
    acts[act]()


ACTS = st.lists(
    st.tuples(
        st.integers(0, 1),
        st.sampled_from(
            ["call", "prove", "price", "owner", "tags", "people", "plan", "close", "propose", "reject"]
        ),
        st.integers(0, 9),
    ),
    max_size=12,
)


@given(acts=ACTS, take=st.sets(st.sampled_from([*merging.FIELDS, "site"])))
def test_a_merge_taken_back_leaves_both_as_they_were(acts: Any, take: set[str]) -> None:
    both = pair()
    for which, act, n in acts:
        do(both[which], act, n)
    before = [d.state for d in both]
    marks = [len(d.events) for d in both]
    known = [key for key in take if merging._value(both[1].state, key) is not None]
    merging.merge(*both, known)

    kept = both[0].state
    assert {e.seq for e in kept.evidence} == {e.seq for s in before for e in s.evidence}
    assert {x.seq for x in kept.exchanges} == {x.seq for s in before for x in s.exchanges}
    assert {p for p in kept.proposals} == {p for s in before for p in s.proposals}
    assert {*kept.tags} == {t for s in before for t in s.tags}
    assert all(merging._value(kept, key) == merging._value(before[1], key) for key in known)
    untaken = (d for d in merging.differences(*before) if d.field not in known)
    assert all(merging._value(kept, d.field) == d.kept for d in untaken)
    assert (both[1].state.status, both[1].state.merged_into, kept.absorbed) == ("merged", 1, (2,))
    assert kept.visits == before[0].visits

    for decision, was, mark in zip(both, before, marks, strict=True):
        history = [*stream(decision, 1)[:mark], *stream(decision, 2, mark)]
        assert bare(fold(history)) == bare(decision.state)
        undo = Event(ev.COMMAND_UNDONE, TODAY, {"command": 2}, command=3, version=len(history) + 1)
        assert bare(fold([*history, undo])) == bare(was)
        redo = Event(ev.COMMAND_UNDONE, TODAY, {"command": 3}, command=4, version=len(history) + 2)
        assert bare(fold([*history, undo, redo])) == bare(decision.state)


def test_what_only_the_other_knows_is_filled_in() -> None:
    both = pair(
        {"values": {"tags": ("key",)}},
        {
            "amount": (500, "USD"),
            "close_date": TODAY + timedelta(30),
            "values": {
                "account": 90,
                "contact": 95,
                "source": "fair",
                "tags": ("big", "key"),
                "site": "Lyon",
            },
        },
    )
    merging.merge(*both)
    o = both[0].state
    assert (o.amount, o.currency, o.close_date) == (500, "USD", TODAY + timedelta(30))
    assert (o.account, o.contact, o.source, o.tags, o.fields) == (
        90,
        95,
        "fair",
        ("key", "big"),
        {"site": "Lyon"},
    )
    assert o.others == (95,)


def test_people_of_another_account_are_kept_beside_its_own() -> None:
    both = pair({"values": {"account": 90}}, {"values": {"account": 91, "contact": 95}})
    merging.merge(*both)
    assert (both[0].state.account, both[0].state.contact, both[0].state.others) == (90, None, (95,))


def test_a_close_date_that_is_past_is_not_filled_in() -> None:
    both = pair({}, {"close_date": TODAY - timedelta(1)})
    merging.merge(*both)
    assert both[0].state.close_date is None


def test_nothing_is_planned_for_what_is_over() -> None:
    both = pair({}, {"amount": (500, "EUR")})
    moves.lose(both[0], "price", "")
    moves.lose(both[1], "price", "")
    merging.merge(*both)
    o = both[0].state
    assert (o.status, o.next_action, o.amount) == ("lost", None, None)
    with pytest.raises(InvalidInput, match="2 has no next_action to take"):
        merging.merge(*_both_closed(), ["next_action"])


def _both_closed() -> Pair:
    both = pair()
    moves.lose(both[0], "price", "")
    moves.lose(both[1], "price", "")
    return both


@pytest.mark.parametrize(
    ("kind", "payload", "rests"),
    [
        (ev.EVIDENCE_RECORDED, {"criterion": "need", "form": "exchange", "exchange": 5}, True),
        (ev.EVIDENCE_RECORDED, {"criterion": "need", "form": "note"}, False),
        (ev.EVIDENCE_WITHDRAWN, {"criterion": "need"}, True),
        (ev.EVIDENCE_WITHDRAWN, {"criterion": "other"}, False),
        (ev.PROPOSAL_MADE, {"what": "proof", "target": "need", "exchange": 5}, True),
        (ev.PROPOSAL_MADE, {"what": "next_action", "target": ""}, False),
        (ev.PROPOSAL_ACCEPTED, {"proposal": 7}, True),
        (ev.PROPOSAL_REJECTED, {"proposal": 7}, True),
        (ev.PROPOSAL_REJECTED, {"proposal": 99}, False),
        (ev.STAGE_ADVANCED, {"to": "beta"}, True),
        (ev.MERGED, {"into": 3}, True),
        (ev.ABSORBED, {"number": 3, "evidence": [], "exchanges": [], "people": [], "absorbed": []}, False),
        (ev.ROW_IMPORTED, {"row": {}}, False),
        (ev.EXCHANGE_LOGGED, {"kind": "call"}, False),
    ],
)
def test_what_uses_what_a_merge_brought_rests_on_it(kind: str, payload: dict[str, Any], rests: bool) -> None:
    both = pair()
    do(both[1], "call", 1)
    do(both[1], "prove", 1)
    do(both[1], "propose", 1)
    merging.merge(*both)
    (absorbed,) = [e for e in both[0].events if e.kind == ev.ABSORBED]
    assert [x["seq"] for x in absorbed.payload["exchanges"]] == [5]
    assert [p["seq"] for p in absorbed.payload["proposals"]] == [7]
    assert ev.rests_on(Event(kind, date(2026, 4, 1), payload), absorbed) is rests


def test_everything_of_the_other_stands_still_from_then_on() -> None:
    both = pair()
    merging.merge(*both)
    (merged,) = [e for e in both[1].events if e.kind == ev.MERGED]
    assert all(ev.rests_on(merged, e) for e in both[1].events[:-1])
    with pytest.raises(Conflict):
        decide.set_next_action(both[1], "call", TODAY)


LIVES = [
    # kept from, until; gone from, until; whether a loss may go without a word
    (0, None, 0, 5, True),
    (5, None, 0, 5, True),
    (6, None, 0, 5, False),
    (0, 3, 3, 5, True),
    (0, 3, 4, 5, False),
]


@pytest.mark.parametrize(("since", "until", "other", "end", "fits"), LIVES)
def test_a_loss_goes_without_a_word_only_into_what_was_open_at_the_same_time(
    since: int, until: int | None, other: int, end: int, fits: bool
) -> None:
    def day(n: int | None) -> date | None:
        return None if n is None else TODAY + timedelta(n)

    one, two = (d.state for d in pair())
    kept = replace(
        one, created_on=day(since), closed_on=day(until), status="open" if until is None else "won"
    )
    gone = replace(two, created_on=day(other), closed_on=day(end), status="lost")
    assert (merging.doubt(kept, gone, accounts_alike=True) is None) is fits
    if not fits:
        line = "2 was lost, and 1 was never open at the same time; if they are one all the same, say why: "
        with pytest.raises(Conflict, match=line + "pipe merge 1 2 --reason TEXT"):
            merging.refuse_doubtful(kept, gone, accounts_alike=True, reason=" ")
        merging.refuse_doubtful(kept, gone, accounts_alike=True, reason="typed twice")


def test_two_wins_and_two_accounts_are_hardly_one() -> None:
    one, two = (d.state for d in pair({"values": {"account": 90}}, {"values": {"account": 91}}))
    assert merging.doubt(one, two, accounts_alike=True) is None
    assert merging.doubt(one, two, accounts_alike=False) == "2 is of another account than 1"
    assert merging.doubt(one, replace(two, account=None), accounts_alike=False) is None
    won = [replace(o, account=None, status="won", closed_on=TODAY) for o in (one, two)]
    assert merging.doubt(*won, accounts_alike=True) == "2 and 1 were both won"


def test_the_reason_stands_with_the_merge() -> None:
    both = pair()
    merging.merge(*both, reason=" typed twice ")
    assert [e.text for e in both[1].events if e.kind == ev.MERGED] == ["typed twice"]


def test_a_proposal_goes_on_with_the_merge_and_is_taken_back_after_it_only() -> None:
    both = pair()
    do(both[1], "propose", 1)
    merging.merge(*both)
    proposed, merged = (e for e in both[1].events if e.kind in (ev.PROPOSAL_MADE, ev.MERGED))
    assert ev.rests_on(merged, proposed)
    assert [p.seq for p in both[0].state.proposals] == [proposed.seq]
