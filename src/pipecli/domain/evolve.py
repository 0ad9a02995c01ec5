"""Folding events into an opportunity's state.

It is total: it never consults a rule, so that a journal replays whatever the definition says today.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from datetime import date
from operator import attrgetter
from typing import Any

from . import events as ev
from .events import Event
from .opportunity import (
    MERGED,
    OPEN,
    Approval,
    ClosedAction,
    Evidence,
    Exchange,
    NextAction,
    Opportunity,
    Proposal,
    Visit,
    Waiver,
    replace,
)
from .replaying import UNREPLAYABLE, unreplayable
from .spans import spans_after


def fold(events: Iterable[Event]) -> Opportunity | None:
    """The state after these events (one stream, version order, undone ones included); None if nothing was opened.

    Raises StoreError for events that no program wrote.
    """
    state: Opportunity | None = None
    known = list(events)
    try:
        for event in ev.live(known):
            state = evolve(state, event)
    except UNREPLAYABLE as error:
        raise unreplayable(known[0].stream, error) from error
    return state


def moments(events: Sequence[Event]) -> Iterator[Opportunity]:
    """The states that a stream was left in, command by command, the last one as it is now; undone ones included."""
    state: Opportunity | None = None
    for n, event in enumerate(events):
        state = fold(events[: n + 1]) if event.kind == ev.COMMAND_UNDONE else evolve(state, event)
        if state and (n + 1 == len(events) or events[n + 1].command != event.command):
            yield state


def evolve(state: Opportunity | None, event: Event) -> Opportunity | None:
    """The state after one event; an event of a kind this program does not know changes nothing but the version."""
    if event.kind == ev.OPENED:
        state = _opened(event)
    elif state is None:
        return None
    else:
        handler = _HANDLERS.get(event.kind)
        if handler:
            state = handler(state, event)
    if event.kind in ev.PROPOSALS:
        return replace(state, version=event.version)
    last_on = max(state.last_on, event.occurred_on)
    if event.kind not in ev.STATE_EVENTS:
        return replace(state, version=event.version, last_on=last_on)
    spans = spans_after(state, event.occurred_on)
    return replace(state, version=event.version, last_on=last_on, spans=spans, last_state=event)


def _opened(event: Event) -> Opportunity:
    p = event.payload
    external = p.get("external")
    visit = Visit(
        1,
        p["stage"],
        p["definition"],
        event.occurred_on,
        event.seq,
        "imported" if p.get("imported") else "opened",
        {},
        (),
        judged_seq=event.seq,
    )
    return Opportunity(
        number=p["number"],
        uid=p["uid"],
        name=p["name"],
        owner=p["owner"],
        stage=p["stage"],
        currency=p["currency"],
        created_on=event.occurred_on,
        account=p.get("account"),
        contact=p.get("contact"),
        amount=p.get("amount"),
        close_date=_day(p.get("close_date")),
        decision_maker=p.get("decision_maker"),
        source=p.get("source"),
        tags=tuple(p.get("tags", ())),
        fields=p.get("fields", {}),
        external=(external[0], external[1]) if external else None,
        imported=bool(p.get("imported")),
        visits=(visit,),
        last_state=event,
    )


def _day(text: str | None) -> date | None:
    return date.fromisoformat(text) if text else None


def _touch(state: Opportunity, event: Event, *names: str) -> dict[str, int]:
    return {**state.changed, **dict.fromkeys(names, event.seq)}


def _described(state: Opportunity, event: Event) -> Opportunity:
    changes = dict(event.payload["changes"])
    built_in: dict[str, Any] = {}
    for name in ("name", "account", "contact", "decision_maker", "source", "tags"):
        if name in changes:
            value = changes.pop(name)
            built_in[name] = tuple(value or ()) if name == "tags" else value
    fields = {key: value for key, value in {**state.fields, **changes}.items() if value is not None}
    return replace(
        state,
        **built_in,
        fields=fields,
        changed=_touch(state, event, *built_in, *changes),
        described_on=max(state.described_on or event.occurred_on, event.occurred_on),
    )


def _amount_revised(state: Opportunity, event: Event) -> Opportunity:
    p = event.payload
    return replace(
        state,
        amount=p["amount"],
        currency=p["currency"],
        changed=_touch(state, event, "amount", *(["currency"] if p["currency"] != state.currency else [])),
        amount_reviewed=event.seq,
    )


def _amount_confirmed(state: Opportunity, event: Event) -> Opportunity:
    return replace(state, amount_reviewed=event.seq)


def _probability_adjusted(state: Opportunity, event: Event) -> Opportunity:
    return replace(
        state, probability=event.payload["probability"], changed=_touch(state, event, "probability")
    )


def _close_date_set(state: Opportunity, event: Event) -> Opportunity:
    return replace(
        state, close_date=_day(event.payload["close_date"]), changed=_touch(state, event, "close_date")
    )


def _owner_changed(state: Opportunity, event: Event) -> Opportunity:
    return replace(state, owner=event.payload["owner"], changed=_touch(state, event, "owner"))


def _evidence_recorded(state: Opportunity, event: Event) -> Opportunity:
    p = event.payload
    proof = Evidence(
        event.seq,
        p["criterion"],
        p["form"],
        event.occurred_on,
        event.actor,
        p.get("exchange"),
        p.get("proposed_by"),
    )
    return replace(state, evidence=(*state.evidence, proof))


def _evidence_withdrawn(state: Opportunity, event: Event) -> Opportunity:
    gone = event.payload["criterion"]
    return replace(state, evidence=tuple(e for e in state.evidence if e.criterion != gone))


def _waived(state: Opportunity, event: Event) -> Opportunity:
    waiver = Waiver(
        event.seq, event.payload["criterion"], event.payload["visit"], event.occurred_on, event.actor
    )
    return replace(state, waivers=(*state.waivers, waiver))


def _approval(status: str) -> Callable[[Opportunity, Event], Opportunity]:
    def handler(state: Opportunity, event: Event) -> Opportunity:
        key = event.payload["criterion"]
        before = state.approvals.get(key)
        asked_by = event.actor if status == "asked" else (before.asked_by if before else "")
        word = Approval(
            event.seq,
            key,
            event.payload["role"],
            status,
            event.occurred_on,
            event.actor,
            asked_by,
            state.values,
        )
        return replace(state, approvals={**state.approvals, key: word})

    return handler


def _left(state: Opportunity, event: Event, outcome: str) -> tuple[Visit, ...]:
    ended = state.visit._replace(left_on=event.occurred_on, outcome=outcome, amount=state.amount)
    return (*state.visits[:-1], ended)


def _judged_before(state: Opportunity, stage: str, how: str) -> Visit | None:
    """The stay whose gate a return rests on: the last one in that stage, else the one whose gate skipped it."""
    stays = [v for v in reversed(state.visits) if v.stage == stage]
    skipped = [state.visit] if how == "returned" else []
    return next((v for v in (*stays, *skipped) if v.met or v.inapplicable), None)


def _moved(how: str) -> Callable[[Opportunity, Event], Opportunity]:
    def handler(state: Opportunity, event: Event) -> Opportunity:
        p = event.payload
        met, inapplicable, judged_seq = p.get("met"), p.get("inapplicable", ()), event.seq
        earlier = _judged_before(state, p["to"], how) if met is None and how != "imported" else None
        if earlier:
            # Back where it has been: what that stay rested on still stands, unless it lapsed since.
            met, inapplicable, judged_seq = earlier.met, earlier.inapplicable, earlier.judged_seq
        visit = Visit(
            state.visit.n + 1,
            p["to"],
            p["definition"],
            event.occurred_on,
            event.seq,
            how,
            met or {},
            tuple(inapplicable),
            judged_seq=judged_seq,
        )
        visits = state.visits if how == "reopened" else _left(state, event, how)
        moved = replace(
            state,
            stage=p["to"],
            probability=None,
            visits=(*visits, visit),
            changed=_touch(state, event, "stage", "probability"),
        )
        if how != "reopened":
            return moved
        return replace(moved, status=OPEN, closed_on=None, outcome_reason=None, loss_reason=None)

    return handler


def _next_action_set(state: Opportunity, event: Event) -> Opportunity:
    due = date.fromisoformat(event.payload["due"])
    before = state.next_action
    shield = min(before.shield, due) if before else due
    action = NextAction(event.seq, event.text, due, shield, event.occurred_on)
    closed = state.closed_actions
    if before:
        closed = (*closed, ClosedAction(before, event.occurred_on, "replaced"))
    return replace(state, next_action=action, closed_actions=closed)


def _next_action_done(state: Opportunity, event: Event) -> Opportunity:
    return _close_action(state, event, "done")


def _close_action(state: Opportunity, event: Event, outcome: str) -> Opportunity:
    if state.next_action is None:
        return state
    closed = ClosedAction(state.next_action, event.occurred_on, outcome)
    return replace(state, next_action=None, closed_actions=(*state.closed_actions, closed))


def _next_action_snoozed(state: Opportunity, event: Event) -> Opportunity:
    if state.next_action is None:
        return state
    due = date.fromisoformat(event.payload["due"])
    return replace(state, next_action=state.next_action._replace(due=due))


def _exchange_logged(state: Opportunity, event: Event) -> Opportunity:
    exchange = Exchange(event.seq, event.payload["kind"], event.occurred_on, event.actor)
    return replace(state, exchanges=(*state.exchanges, exchange))


def _closed(status: str) -> Callable[[Opportunity, Event], Opportunity]:
    def handler(state: Opportunity, event: Event) -> Opportunity:
        state = _close_action(state, event, status)
        return replace(
            state,
            status=status,
            visits=_left(state, event, status),
            loss_reason=event.payload.get("reason"),
            outcome_reason=event.text,
            closed_on=event.occurred_on,
        )

    return handler


def _proposed(state: Opportunity, event: Event) -> Opportunity:
    p = event.payload
    proposal = Proposal(event.seq, p["what"], p["target"], p.get("exchange"), event.occurred_on, p["source"])
    gone = p.get("replaces")
    kept = tuple(old._replace(status="replaced") if old.seq == gone else old for old in state.proposals)
    return replace(state, proposals=(*kept, proposal))


def _answered(status: str) -> Callable[[Opportunity, Event], Opportunity]:
    def handler(state: Opportunity, event: Event) -> Opportunity:
        def after(p: Proposal) -> Proposal:
            if p.seq != event.payload["proposal"]:
                return p
            return p._replace(status=status, decided_on=event.occurred_on, decided_by=event.actor)

        return replace(state, proposals=tuple(map(after, state.proposals)))

    return handler


def _merged(state: Opportunity, event: Event) -> Opportunity:
    return replace(_closed(MERGED)(state, event), merged_into=event.payload["into"])


def _absorbed(state: Opportunity, event: Event) -> Opportunity:
    p = event.payload
    evidence = [Evidence(**{**e, "on": date.fromisoformat(e["on"])}) for e in p["evidence"]]
    exchanges = [Exchange(**{**x, "on": date.fromisoformat(x["on"])}) for x in p["exchanges"]]
    proposals = map(Proposal.carried, p.get("proposals", ()))
    external = p.get("external")
    return replace(
        state,
        evidence=tuple(sorted([*state.evidence, *evidence], key=attrgetter("seq"))),
        exchanges=tuple(sorted([*state.exchanges, *exchanges], key=attrgetter("seq"))),
        proposals=tuple(sorted([*state.proposals, *proposals], key=attrgetter("seq"))),
        external=(external[0], external[1]) if external else state.external,
        absorbed=(*state.absorbed, *p["absorbed"], p["number"]),
        # What lists keep from day to day is not what it was before: the journal tells of those days.
        described_on=max(state.described_on or event.occurred_on, event.occurred_on),
        others=tuple(dict.fromkeys((*state.others, *p["people"]))),
    )


_HANDLERS: dict[str, Callable[[Opportunity, Event], Opportunity]] = {
    ev.DESCRIBED: _described,
    ev.AMOUNT_REVISED: _amount_revised,
    ev.AMOUNT_CONFIRMED: _amount_confirmed,
    ev.PROBABILITY_ADJUSTED: _probability_adjusted,
    ev.CLOSE_DATE_SET: _close_date_set,
    ev.OWNER_CHANGED: _owner_changed,
    ev.EVIDENCE_RECORDED: _evidence_recorded,
    ev.EVIDENCE_WITHDRAWN: _evidence_withdrawn,
    ev.CRITERION_WAIVED: _waived,
    ev.APPROVAL_REQUESTED: _approval("asked"),
    ev.APPROVAL_GIVEN: _approval("given"),
    ev.APPROVAL_REFUSED: _approval("refused"),
    ev.STAGE_ADVANCED: _moved("advanced"),
    ev.STAGE_RETURNED: _moved("returned"),
    ev.STAGE_MOVED: _moved("moved"),
    ev.STAGE_IMPORTED: _moved("imported"),
    ev.REOPENED: _moved("reopened"),
    ev.NEXT_ACTION_SET: _next_action_set,
    ev.NEXT_ACTION_DONE: _next_action_done,
    ev.NEXT_ACTION_SNOOZED: _next_action_snoozed,
    ev.EXCHANGE_LOGGED: _exchange_logged,
    ev.PROPOSAL_MADE: _proposed,
    ev.PROPOSAL_ACCEPTED: _answered("accepted"),
    ev.PROPOSAL_REJECTED: _answered("rejected"),
    ev.WON: _closed("won"),
    ev.LOST: _closed("lost"),
    ev.MERGED: _merged,
    ev.ABSORBED: _absorbed,
}
