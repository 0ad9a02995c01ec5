"""Proposals: put on the list by rules, a model or an agent, accepted or rejected by a person.

Making one writes nothing but the proposal, in the name of who proposed. Accepting one is the person's own command: the
same proofs, fields, next actions and gates as anything typed, with the proposal's number beside it.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from contextlib import suppress
from datetime import date
from typing import Any, NamedTuple

from pipecli.config import Settings
from pipecli.domain import asking, decide, moves, proposing
from pipecli.domain.decide import Decision
from pipecli.domain.opportunity import Opportunity, Proposal
from pipecli.domain.pipeline import Pipeline
from pipecli.domain.proofs import Proof
from pipecli.domain.proposing import Suggestion
from pipecli.domain.values import Reader
from pipecli.domain.wording import kind_name
from pipecli.errors import InvalidInput, NotFound, PipeError
from pipecli.store import journal, lists
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


class Dropped(NamedTuple):
    """A suggestion that nobody gets to see, and the reason."""

    suggestion: Suggestion
    reason: str


class Made(NamedTuple):
    """What became of suggestions: the numbers of new proposals, how many were on the list before, what was dropped."""

    ref: int
    ids: tuple[int, ...]
    known: int
    dropped: tuple[Dropped, ...]


class Edited(NamedTuple):
    """What a person changes in a proposal while accepting it, and the next action that may go with it."""

    value: str | None = None
    due: str | None = None
    next: str | None = None
    next_due: str | None = None
    on: str | None = None


def make(
    workspace: Workspace,
    ref: str,
    suggestions: Sequence[Suggestion],
    source: str,
    *,
    name: str = "propose",
    dry_run: bool = False,
) -> Made:
    """Put suggestions on the list under the name of their source, each checked first.

    What names another opportunity's exchange, a quote that does not stand there, what cannot be read as a value, is
    dropped with its reason; what was proposed before, whatever became of it, is not proposed again. Raises Conflict
    for a closed opportunity.
    """
    with workspace.commit(name, dry_run=dry_run, agent=source) as unit:
        number = refs.find(unit.driver, ref, workspace)
        decision = unit.decision(number)
        decision.require_open()
        texts = journal.texts(unit.driver, [x.seq for x in decision.state.exchanges])
        read = reader(unit, workspace.settings)
        earlier = [_as_read(read, one, decision.state) for _proposal, one in _earlier(unit, decision.state)]
        ids, known, dropped = [], 0, []
        for suggestion in suggestions:
            try:
                checked = proposing.checked(decision, suggestion, texts)
                checked = readable(unit, workspace.settings, decision, checked)
            except PipeError as error:
                dropped.append(Dropped(suggestion, error.message))
                continue
            seen = _as_read(read, checked, decision.state)
            event = None
            if not any(proposing.same(seen, other) for other in earlier):
                event = proposing.propose(decision, checked, source)
            if event is None:
                known += 1
            else:
                ids.append(event.seq)
                earlier.append(seen)
        return Made(number, tuple(ids), known, tuple(dropped))


def make_first(
    workspace: Workspace,
    choices: Sequence[tuple[int, Sequence[Suggestion]]],
    source: str,
    *,
    name: str,
    dry_run: bool = False,
) -> list[int]:
    """Put on the list, for each opportunity by its number, the first of its suggestions that was not answered before.

    One that waits already is taken as it is, or replaced where its day is past. Returns the numbers of the proposals,
    in order; an opportunity of whose suggestions each was answered, or that was closed meanwhile, has none.
    """
    ids: list[int] = []
    with workspace.commit(name, dry_run=dry_run, agent=source) as unit:
        for number, suggestions in choices:
            decision = unit.decision(number)
            if decision.state.is_open:
                ids += _first(unit, decision, suggestions, source)
    return ids


def _first(unit: Unit, decision: Decision, suggestions: Sequence[Suggestion], source: str) -> list[int]:
    earlier = _earlier(unit, decision.state)
    texts = journal.texts(unit.driver, [x.seq for x in decision.state.exchanges])
    for suggestion in suggestions:
        found = [(p, other) for p, other in earlier if proposing.same(suggestion, other)]
        waits = [(p, other) for p, other in found if p.status == "open" and not decision.state.overtaken(p)]
        if waits and waits[-1][1].due >= unit.today.isoformat():
            return [waits[-1][0].seq]
        if waits or not found:
            checked = proposing.checked(decision, suggestion, texts)
            old = waits[-1][0].seq if waits else None
            event = proposing.propose(decision, checked, source, replaces=old)
            return [event.seq] if event else []
    return []


def _as_read(read: Reader, s: Suggestion, state: Opportunity) -> Suggestion:
    """The suggestion with its value as the field would have it, so that 48k and 48,000 EUR are one."""
    if s.what != proposing.VALUE:
        return s
    with suppress(PipeError):
        key, value = read.field(s.target, s.value, state.currency)
        return s._replace(target=key, value=str(value))
    return s


def _earlier(unit: Unit, state: Opportunity) -> list[tuple[Proposal, Suggestion]]:
    """What was proposed before and is not to be again: a next action of the rules' own may be due again one day."""
    bodies = journal.texts(unit.driver, [p.seq for p in state.proposals])
    found = [
        (p, proposing.suggestion_of(p, bodies.get(p.seq))) for p in state.proposals if p.status != "replaced"
    ]
    return [(p, suggestion) for p, suggestion in found if suggestion and not _recurs(p, state)]


def _recurs(proposal: Proposal, state: Opportunity) -> bool:
    over = proposal.status == "accepted" or (proposal.status == "open" and state.overtaken(proposal))
    return proposal.what == proposing.NEXT_ACTION and over and proposal.exchange is None


def readable(unit: Unit, settings: Settings, decision: Decision, s: Suggestion) -> Suggestion:
    """The suggestion with its field as the definition writes it.

    Raises InvalidInput where a value cannot be read, or is what the opportunity has already.
    """
    if s.what != proposing.VALUE:
        return s
    key, value = reader(unit, settings).field(s.target, s.value, decision.state.currency)
    state = decision.state
    now: Any = (
        (state.amount, state.currency) if key == "amount" else getattr(state, key, state.fields.get(key))
    )
    if key in ("account", "contact", "decision_maker"):
        now = unit.names.get(now)
    if value == now:
        raise InvalidInput(_("{field} is {value} already").format(field=key, value=s.value))
    return s._replace(target=key)


def waiting(
    workspace: Workspace, ref: str | None = None, *, mine: bool = False, answered: bool = False
) -> list[Listed]:
    """The proposals that wait for an answer, the newest first; with `answered` all there ever were."""
    with workspace.read() as reading:
        number = None if ref is None else refs.find(reading.driver, ref, workspace)
        owner = reading.actor if mine else None
        rows = stored.listed(reading.driver, number=number, owner=owner, answered=answered)
        return _listed(reading, rows)


def one(workspace: Workspace, seq: int) -> Listed:
    """One proposal, whatever became of it; raises NotFound."""
    with workspace.read() as reading:
        return _listed(reading, [_found(stored.by_id(reading.driver, seq), seq)])[0]


def these(workspace: Workspace, ids: Sequence[int]) -> list[Listed]:
    """These proposals in their order; raises NotFound."""
    with workspace.read() as reading:
        rows = [_found(stored.by_id(reading.driver, seq), seq) for seq in ids]
        return _listed(reading, rows)


def _found(row: ProposalRow | None, seq: int) -> ProposalRow:
    if row is None:
        raise NotFound(
            _("there is no proposal {seq}; pipe proposals lists them").format(seq=seq), proposal=seq
        )
    return row


def _listed(reading: Reading, rows: Sequence[ProposalRow]) -> list[Listed]:
    pipeline, today = reading.pipeline, reading.today
    numbers = sorted({row.ref for row in rows})
    stand = {
        r.number: record(r, pipeline, today) for r in lists.rows_of(reading.driver, numbers, pipeline, today)
    }
    return [_one(row, stand[row.ref], pipeline, today) for row in rows]


def _one(row: ProposalRow, stands: Record, pipeline: Pipeline, today: date) -> Listed:
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
