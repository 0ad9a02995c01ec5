"""The journal's events: what they are called, which of them are state, and which of them still count.

An event keeps intent, in a stream with a version unique in it. Its payload is JSON without personal data: free
text stands in a content row that carries the event's own sequence number and can be erased.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date
from typing import Any, NamedTuple

OPENED = "OpportunityOpened"
DESCRIBED = "FieldsSet"
AMOUNT_REVISED = "AmountRevised"
AMOUNT_CONFIRMED = "AmountConfirmed"
PROBABILITY_ADJUSTED = "ProbabilityAdjusted"
CLOSE_DATE_SET = "CloseDateSet"
OWNER_CHANGED = "OwnerChanged"
EVIDENCE_RECORDED = "EvidenceRecorded"
EVIDENCE_WITHDRAWN = "EvidenceWithdrawn"
CRITERION_WAIVED = "CriterionWaived"
APPROVAL_REQUESTED = "ApprovalRequested"
APPROVAL_GIVEN = "ApprovalGiven"
APPROVAL_REFUSED = "ApprovalRefused"
STAGE_ADVANCED = "StageAdvanced"
STAGE_RETURNED = "StageReturned"
STAGE_MOVED = "StageMoved"
STAGE_IMPORTED = "StageImported"
NEXT_ACTION_SET = "NextActionSet"
NEXT_ACTION_DONE = "NextActionDone"
NEXT_ACTION_SNOOZED = "NextActionSnoozed"
EXCHANGE_LOGGED = "ExchangeLogged"
WON = "OpportunityWon"
LOST = "OpportunityLost"
REOPENED = "OpportunityReopened"
ROW_IMPORTED = "RowImported"
PROPOSAL_MADE = "ProposalMade"
PROPOSAL_ACCEPTED = "ProposalAccepted"
PROPOSAL_REJECTED = "ProposalRejected"
MERGED = "OpportunityMerged"
ABSORBED = "OpportunityAbsorbed"

ACCOUNT_ADDED = "AccountAdded"
CONTACT_ADDED = "ContactAdded"
WORKSPACE_CREATED = "WorkspaceCreated"
DEFINITION_ADOPTED = "DefinitionAdopted"
RATE_SET = "RateSet"
COMMAND_UNDONE = "CommandUndone"
CONTENT_ERASED = "ContentErased"

TRANSITIONS = frozenset(
    {STAGE_ADVANCED, STAGE_RETURNED, STAGE_MOVED, STAGE_IMPORTED, WON, LOST, REOPENED, MERGED}
)
# State events are never dated before the previous live one of their stream, nor in the future; facts may be.
STATE_EVENTS = TRANSITIONS | {
    OPENED,
    AMOUNT_REVISED,
    AMOUNT_CONFIRMED,
    PROBABILITY_ADJUSTED,
    CLOSE_DATE_SET,
    OWNER_CHANGED,
}
# Said about an opportunity by who may only propose, and what a person made of it: none of it is the opportunity.
PROPOSALS = frozenset({PROPOSAL_MADE, PROPOSAL_ACCEPTED, PROPOSAL_REJECTED})
# What an approver goes by.
FIGURES = frozenset({AMOUNT_REVISED, PROBABILITY_ADJUSTED, CLOSE_DATE_SET, OWNER_CHANGED, DESCRIBED})
CREATIONS = frozenset({OPENED, ACCOUNT_ADDED, CONTACT_ADDED})
# Texts that a fold carries because lists show them; bodies of exchanges and evidence stay out of it.
CARRIED_TEXTS = frozenset({NEXT_ACTION_SET, WON, LOST})


class Event(NamedTuple):
    """One entry of the journal; `text` is the body of its content row, None where there is none or it was erased."""

    kind: str
    occurred_on: date
    payload: Mapping[str, Any]
    text: str | None = None
    seq: int = 0
    command: int = 0
    stream: str = ""
    version: int = 0
    recorded_at: str = ""
    actor: str = ""


def opportunity_stream(number: int) -> str:
    """The stream of the opportunity with that number."""
    return f"o{number}"


def account_stream(account: int) -> str:
    """The stream of the account with that id (the sequence number that added it)."""
    return f"a{account}"


def contact_stream(contact: int) -> str:
    """The stream of the contact with that id (the sequence number that added it)."""
    return f"c{contact}"


def undone_commands(events: Iterable[Event]) -> set[int]:
    """The commands that a stream's CommandUndone events have taken back; an undo that was undone counts no more.

    `events` is one stream in version order. Read from the end: an undo is itself alive unless a later one took
    its own command back.
    """
    undone: set[int] = set()
    for event in sorted(events, key=lambda e: e.version, reverse=True):
        if event.kind == COMMAND_UNDONE and event.command not in undone:
            undone.add(int(event.payload["command"]))
    return undone


def live(events: Iterable[Event]) -> list[Event]:
    """The events of one stream, in version order, that were not undone; the undo events themselves left out."""
    ordered = list(events)
    if not any(event.kind == COMMAND_UNDONE for event in ordered):
        return ordered
    undone = undone_commands(ordered)
    return [event for event in ordered if event.command not in undone and event.kind != COMMAND_UNDONE]


def rests_on(later: Event, undone: Event) -> bool:
    """Whether a later event of the same stream stands on an earlier one, so that it cannot be taken back alone.

    Everything stands on the event that created its stream; a move stands on all that its gate may have read, a merge
    on everything, for it takes the proposals along; a second event of one kind of fact or state stands on the first;
    evidence stands on the exchange it cites; an approval on the figures that were approved; an answer on the proposal
    it answers; what uses something that a merge brought, on the merge.
    """
    if undone.kind in CREATIONS:
        return True
    if later.kind in TRANSITIONS:
        return undone.kind not in PROPOSALS or later.kind == MERGED
    if undone.kind in TRANSITIONS and later.kind in (CRITERION_WAIVED, APPROVAL_GIVEN, PROBABILITY_ADJUSTED):
        return True
    if undone.kind in FIGURES and later.kind == APPROVAL_GIVEN:
        return True
    if later.kind == EVIDENCE_RECORDED and undone.kind == EXCHANGE_LOGGED:
        return bool(later.payload.get("exchange") == undone.seq)
    if undone.kind == ABSORBED:
        return _uses_absorbed(later, undone)
    return _aspect(later) == _aspect(undone) and not _topics(later).isdisjoint(_topics(undone))


def _uses_absorbed(later: Event, merge: Event) -> bool:
    """Whether an event cites an exchange, withdraws evidence, answers a proposal or imports a row of a merge."""
    if later.kind in (PROPOSAL_ACCEPTED, PROPOSAL_REJECTED):
        return later.payload["proposal"] in {p["seq"] for p in merge.payload.get("proposals", ())}
    if later.kind in (EVIDENCE_RECORDED, PROPOSAL_MADE):
        return later.payload.get("exchange") in {exchange["seq"] for exchange in merge.payload["exchanges"]}
    if later.kind == EVIDENCE_WITHDRAWN:
        return later.payload["criterion"] in {proof["criterion"] for proof in merge.payload["evidence"]}
    return later.kind == ROW_IMPORTED and "row" in merge.payload


def resting(history: Iterable[Event], command: int) -> list[Event]:
    """The later live events of a stream that stand on what a command wrote in it."""
    events = list(history)
    own = [e for e in events if e.command == command]
    return [
        later
        for later in live(events)
        if later.version > own[-1].version and any(rests_on(later, event) for event in own)
    ]


def barring(history: Iterable[Event], undo: int) -> list[Event]:
    """The events of a stream that bar the redo of what the command `undo` took back.

    What came or went since the undo was decided without it: it bars where either stands on the other, or where
    both are state and their dates would no longer follow each other.
    """
    events = list(history)
    mark = next(e for e in events if e.command == undo)
    own = [e for e in events if e.command == mark.payload["command"]]
    then = {e.version for e in live(e for e in events if e.version < mark.version)}
    now = {e.version for e in live(events)}
    came_or_went = (then ^ now) - {e.version for e in own}
    return [e for e in events if e.version in came_or_went and any(_exclude(e, event) for event in own)]


def _exclude(a: Event, b: Event) -> bool:
    first, second = sorted((a, b), key=lambda e: e.version)
    both_state = first.kind in STATE_EVENTS and second.kind in STATE_EVENTS
    return rests_on(a, b) or rests_on(b, a) or (both_state and second.occurred_on < first.occurred_on)


_ASPECTS = {
    AMOUNT_CONFIRMED: AMOUNT_REVISED,
    EVIDENCE_WITHDRAWN: EVIDENCE_RECORDED,
    NEXT_ACTION_DONE: NEXT_ACTION_SET,
    NEXT_ACTION_SNOOZED: NEXT_ACTION_SET,
    APPROVAL_GIVEN: APPROVAL_REQUESTED,
    APPROVAL_REFUSED: APPROVAL_REQUESTED,
    PROPOSAL_ACCEPTED: PROPOSAL_MADE,
    PROPOSAL_REJECTED: PROPOSAL_MADE,
}


def _aspect(event: Event) -> object:
    # Two exchanges never stand on each other: each is an aspect of its own.
    return event.seq if event.kind == EXCHANGE_LOGGED else _ASPECTS.get(event.kind, event.kind)


# A contact and a decision-maker stand on the account they are of.
_PEOPLE = frozenset({"account", "contact", "decision_maker"})


def _topics(event: Event) -> set[object]:
    if event.kind == DESCRIBED:
        return {"people" if key in _PEOPLE else key for key in event.payload["changes"]}
    if event.kind == RATE_SET:
        return {(event.payload["base"], event.payload["currency"], event.payload["on"])}
    if event.kind in PROPOSALS:
        return {event.payload.get("proposal", event.seq)}
    return {event.payload.get("criterion")}
