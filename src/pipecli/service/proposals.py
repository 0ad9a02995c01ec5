"""Proposals: put on the list by rules, a model or an agent (`proposing.py`), accepted or rejected by a person.

Accepting one is the person's own command: the same proofs, fields, next actions and gates as anything typed, with the
proposal's number beside it.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from contextlib import suppress
from datetime import date
from typing import NamedTuple

from pipecli.config import Settings
from pipecli.domain import asking, decide, moves, proposing
from pipecli.domain.decide import Decision
from pipecli.domain.opportunity import Proposal
from pipecli.domain.pipeline import Pipeline
from pipecli.domain.proofs import Proof
from pipecli.domain.proposing import Suggestion
from pipecli.domain.wording import kind_name
from pipecli.errors import InvalidInput, NotFound, PipeError
from pipecli.store import lists
from pipecli.store import proposals as stored
from pipecli.store.proposals import ProposalRow
from pipecli.text import _

from . import refs
from .answers import Answers, apply, happened_on, reader
from .gates import explaining
from .outcome import Outcome, outcome
from .records import Record, record
from .unit import Unit
from .workspace import Reading, Workspace


class Listed(NamedTuple):
    """A proposal for a reader: what it would write (`aim` in words), where it comes from, how old it is in days.

    `record` is its opportunity as it stands.
    """

    id: int
    ref: int
    name: str
    account: str | None
    owner: str
    suggestion: Suggestion
    aim: str
    source: str
    on: date
    age: int
    status: str
    decided_on: str | None
    decided_by: str | None
    erased: bool
    record: Record


class Edited(NamedTuple):
    """What a person changes in a proposal while accepting it, and the next action that may go with it."""

    value: str | None = None
    due: str | None = None
    next: str | None = None
    next_due: str | None = None
    on: str | None = None


def waiting(
    workspace: Workspace, ref: str | None = None, *, mine: bool = False, answered: bool = False
) -> list[Listed]:
    """The proposals that wait for an answer, the newest first; with `answered` all there ever were."""
    with workspace.read(None if ref is None else refs.expecting(workspace, ref)) as reading:
        number = None if ref is None else refs.find(reading.driver, ref, workspace)
        own = [] if number is None else [number]
        stand = reading.soon(lists.rows_of, reading.driver, own, reading.pipeline, reading.today)
        owner = reading.actor if mine else None
        rows = stored.listed(reading.driver, number=number, owner=owner, answered=answered)
        return _listed(reading, rows, stand())


def one(workspace: Workspace, seq: int) -> Listed:
    """One proposal, whatever became of it; raises NotFound."""
    with workspace.read() as reading:
        return _listed(reading, [_found(stored.by_id(reading.driver, seq), seq)])[0]


def _found(row: ProposalRow | None, seq: int) -> ProposalRow:
    if row is None:
        raise NotFound(
            _("there is no proposal {seq}; pipe proposals lists them").format(seq=seq), proposal=seq
        )
    return row


def _listed(reading: Reading, rows: Sequence[ProposalRow], known: Iterable[lists.Row] = ()) -> list[Listed]:
    """Proposals with their opportunities as they stand, of which some are known."""
    pipeline, today = reading.pipeline, reading.today
    found = {row.number: row for row in known}
    numbers = sorted({row.ref for row in rows} - found.keys())
    found |= {row.number: row for row in lists.rows_of(reading.driver, numbers, pipeline, today)}
    stand = {number: record(row, pipeline, today) for number, row in found.items()}
    return [listed_as(row, stand[row.ref], pipeline, today) for row in rows]


def listed_as(row: ProposalRow, stands: Record, pipeline: Pipeline, today: date) -> Listed:
    """A stored proposal for a reader, with its opportunity as it stands."""
    suggestion = _suggestion(row)
    day = date.fromisoformat(row.on_day)
    return Listed(
        row.id,
        row.ref,
        row.name,
        row.account,
        row.owner,
        suggestion,
        aim(suggestion, pipeline),
        row.source,
        day,
        (today - day).days,
        row.status,
        row.decided_on,
        row.decided_by,
        row.body is None,
        stands,
    )


def _suggestion(row: ProposalRow) -> Suggestion:
    whole = proposing.suggestion_of(_as_proposal(row), row.body)
    return whole or Suggestion(row.what, row.target, exchange=row.exchange)


def _as_proposal(row: ProposalRow) -> Proposal:
    day = date.fromisoformat(row.on_day)
    return Proposal(row.id, row.what, row.target, row.exchange, day, row.source, row.status)


def aim(s: Suggestion, pipeline: Pipeline) -> str:
    """What a proposal is about, in words: the criterion's question, the field, the kind of exchange, the stage."""
    if s.what == proposing.PROOF:
        criteria: Mapping[str, str] = {c.key: c.ask for c in pipeline.criteria()}
        return criteria.get(s.target, s.target)
    if s.what == proposing.VALUE:
        return asking.of_field(s.target, pipeline).label
    if s.what == proposing.MOVE:
        return _("move to {stage}").format(stage=_stage_name(s.target, pipeline))
    return kind_name(s.target) if s.what == proposing.EXCHANGE else _("next action")


def _stage_name(key: str, pipeline: Pipeline) -> str:
    with suppress(PipeError):
        return pipeline.stage(key).name
    return key


AS_IT_IS = Edited()


def accept(workspace: Workspace, seq: int, edited: Edited = AS_IT_IS, *, dry_run: bool = False) -> Outcome:
    """Decide what a proposal says, as if it had been typed, and write down that it was accepted.

    Raises Conflict where it was answered before or its opportunity is closed, GateNotMet where it is a move whose gate
    is not met, InvalidInput where its exchange was erased or it no longer can be read.
    """
    with workspace.commit("accept", dry_run=dry_run) as unit:
        row = _found(stored.by_id(unit.driver, seq), seq)
        if row.body is None:
            raise InvalidInput(_("the text of proposal {seq} was erased; reject it").format(seq=seq))
        decision = unit.decision(row.ref)
        before = decision.state
        decision.require_open()
        proposing.answer(decision, seq, accept=True)
        proposing.require_ground(decision.state, _suggestion(row))
        _decide(unit, workspace.settings, decision, row, _with(_suggestion(row), edited), edited)
        decision.require_next_action()
        return outcome(unit, row.ref, before)


def _with(s: Suggestion, edited: Edited) -> Suggestion:
    """The suggestion as the person changed it; a changed proof is theirs and keeps only the exchange."""
    if edited.value is not None:
        s = s._replace(value=edited.value, quote="" if s.what == proposing.PROOF else s.quote)
    return s._replace(due=edited.due) if edited.due is not None else s


def _decide(
    unit: Unit, settings: Settings, decision: Decision, row: ProposalRow, s: Suggestion, edited: Edited
) -> None:
    read = reader(unit, settings)
    answers = Answers(next=edited.next, due=edited.next_due, on=edited.on)
    if s.what == proposing.PROOF:
        source = row.source if edited.value is None else ""
        proof = Proof(s.value, exchange=s.exchange, quote=s.quote, proposed_by=source)
        answers = answers._replace(evidence=((s.target, proof),))
    elif s.what == proposing.VALUE:
        answers = answers._replace(sets=(f"{s.target}={s.value}",))
    elif s.what == proposing.NEXT_ACTION:
        answers = answers._replace(next=s.value, due=s.due)
    elif s.what == proposing.EXCHANGE:
        on = read.day(s.due, past=True)
        decide.log_exchange(decision, s.target, s.value, on, proposed_by=row.source)
    apply(unit, read, decision, answers)
    if s.what == proposing.MOVE:
        with explaining(unit, decision):
            moves.advance(decision, s.target, happened_on(read, edited.on))


def reject(workspace: Workspace, seq: int, reason: str = "", *, dry_run: bool = False) -> Outcome:
    """Write down that a proposal was rejected: it is not proposed again. Raises Conflict where it was answered."""
    with workspace.commit("reject", dry_run=dry_run) as unit:
        row = _found(stored.by_id(unit.driver, seq), seq)
        decision = unit.decision(row.ref)
        before = decision.state
        proposing.answer(decision, seq, accept=False, reason=reason)
        return outcome(unit, row.ref, before)
