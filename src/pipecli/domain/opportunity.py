"""An opportunity's state, and `evolve`, which folds its events into it.

Folding is total: it never consults a rule, so that a journal replays whatever the definition says today.
Amounts are minor units; accounts, contacts and decision-makers are ids whose names live elsewhere.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field, fields
from datetime import date
from operator import attrgetter
from typing import Any, NamedTuple

from . import events as ev
from .events import Event

OPEN = "open"


class Evidence(NamedTuple):
    """One proof of a criterion; `form` is note, link, file or exchange, `exchange` the one it cites."""

    seq: int
    criterion: str
    form: str
    on: date
    actor: str
    exchange: int | None


class Exchange(NamedTuple):
    """A call, mail, meeting or note; its id is its sequence number."""

    seq: int
    kind: str
    on: date
    actor: str


class NextAction(NamedTuple):
    """What comes next; `shield` is the first due date, which snoozing and rewording do not extend."""

    seq: int
    text: str | None
    due: date
    shield: date
    set_on: date


class ClosedAction(NamedTuple):
    """A next action that is over: done, replaced, or closed with the opportunity."""

    action: NextAction
    closed_on: date
    outcome: str


class Waiver(NamedTuple):
    """An exception for one passage: it holds for the visit in which it was given."""

    seq: int
    criterion: str
    visit: int
    on: date
    actor: str


class Approval(NamedTuple):
    """The latest word on an approval: asked, given or refused."""

    seq: int
    criterion: str
    role: str
    status: str
    on: date
    actor: str
    asked_by: str


class Visit(NamedTuple):
    """One stay in a stage. `met` holds what each criterion rested on at the gate, `inapplicable` what was not asked.

    `judged_seq` is the move at which that gate was judged: an earlier one, where the opportunity came back.
    `how` is opened, advanced, returned, moved, imported or reopened; `outcome` how it ended, None while it lasts.
    """

    n: int
    stage: str
    definition: int
    entered_on: date
    entered_seq: int
    how: str
    met: Mapping[str, Any]
    inapplicable: tuple[str, ...]
    left_on: date | None = None
    outcome: str | None = None
    amount: int | None = None
    judged_seq: int = 0


class Span(NamedTuple):
    """The state from one day to the day before `to_day` (None: to this day)."""

    from_day: date
    to_day: date | None
    stage: str
    status: str
    amount: int | None
    currency: str
    probability: int | None
    close_date: date | None
    owner: str


@dataclass(frozen=True, slots=True)
class Opportunity:
    """All that the journal says of one opportunity."""

    number: int
    uid: str
    name: str
    owner: str
    stage: str
    currency: str
    created_on: date
    account: int | None = None
    contact: int | None = None
    status: str = OPEN
    amount: int | None = None
    probability: int | None = None
    close_date: date | None = None
    decision_maker: int | None = None
    source: str | None = None
    tags: tuple[str, ...] = ()
    fields: Mapping[str, Any] = field(default_factory=dict)
    external: tuple[str, str] | None = None
    imported: bool = False
    next_action: NextAction | None = None
    closed_actions: tuple[ClosedAction, ...] = ()
    evidence: tuple[Evidence, ...] = ()
    exchanges: tuple[Exchange, ...] = ()
    waivers: tuple[Waiver, ...] = ()
    approvals: Mapping[str, Approval] = field(default_factory=dict)
    visits: tuple[Visit, ...] = ()
    spans: tuple[Span, ...] = ()
    changed: Mapping[str, int] = field(default_factory=dict)
    amount_reviewed: int = 0
    loss_reason: str | None = None
    outcome_reason: str | None = None
    closed_on: date | None = None
    described_on: date | None = None
    last_state: Event | None = None
    last_on: date = date.min
    version: int = 0

    @property
    def is_open(self) -> bool:
        """Whether it is neither won nor lost."""
        return self.status == OPEN

    @property
    def visit(self) -> Visit:
        """The stay in the present stage (the last one, where closed)."""
        return self.visits[-1]

    @property
    def last_exchange_on(self) -> date | None:
        """The day of the latest exchange."""
        return max((x.on for x in self.exchanges), default=None)

    def proof(self, criterion: str, form: str = "note") -> Evidence | None:
        """The latest evidence of a criterion that was not withdrawn, of the form asked for (note: of any)."""
        fits = (e for e in self.evidence if e.criterion == criterion and form in ("note", e.form))
        return max(fits, key=lambda e: (e.on, e.seq), default=None)

    def changed_since(self, names: Iterable[str], seq: int) -> bool:
        """Whether any of these fields was written by an event after that sequence number."""
        return any(self.changed.get(name, 0) > seq for name in names)


_PLACES = {slot.name: n for n, slot in enumerate(fields(Opportunity))}
_values = attrgetter(*_PLACES)


def replace(state: Opportunity, **changes: Any) -> Opportunity:
    """`dataclasses.replace`, several times as fast: a fold does this for every event."""
    values = list(_values(state))
    for name, value in changes.items():
        values[_PLACES[name]] = value
    return Opportunity(*values)


def fold(events: Iterable[Event]) -> Opportunity | None:
    """The state after these events (one stream, version order, undone ones included); None if nothing was opened."""
    state: Opportunity | None = None
    for event in ev.live(events):
        state = evolve(state, event)
    return state


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
    last_on = max(state.last_on, event.occurred_on)
    if event.kind not in ev.STATE_EVENTS:
        return replace(state, version=event.version, last_on=last_on)
    spans = _spans_after(state, event.occurred_on)
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


def _spans_after(state: Opportunity, day: date) -> tuple[Span, ...]:
    """The spans with the state as it is from that day on."""
    now = Span(
        day,
        None,
        state.stage,
        state.status,
        state.amount,
        state.currency,
        state.probability,
        state.close_date,
        state.owner,
    )
    spans = state.spans
    if spans and spans[-1][2:] == now[2:]:
        return spans
    if spans and spans[-1].from_day >= now.from_day:
        spans = spans[:-1]
        if spans and spans[-1][2:] == now[2:]:  # back to what it was, within the day
            return (*spans[:-1], spans[-1]._replace(to_day=None))
    elif spans:
        spans = (*spans[:-1], spans[-1]._replace(to_day=now.from_day))
    return (*spans, now)


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
    proof = Evidence(event.seq, p["criterion"], p["form"], event.occurred_on, event.actor, p.get("exchange"))
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
            event.seq, key, event.payload["role"], status, event.occurred_on, event.actor, asked_by
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
    ev.WON: _closed("won"),
    ev.LOST: _closed("lost"),
}
