"""Making proposals: what rules, a model or an agent suggest is put on the list, each suggestion checked first.

Making one writes nothing but the proposal, in the name of who proposed.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from contextlib import suppress
from types import MappingProxyType
from typing import TYPE_CHECKING, Any, NamedTuple

from pipecli.config import Settings
from pipecli.domain import proposing
from pipecli.domain.decide import Decision
from pipecli.domain.events import EXCHANGE_LOGGED, PROPOSAL_MADE, opportunity_stream
from pipecli.domain.opportunity import Opportunity, Proposal
from pipecli.domain.proposing import Suggestion
from pipecli.domain.values import Reader
from pipecli.errors import InvalidInput, PipeError
from pipecli.store import directory, journal
from pipecli.store.driver import Driver
from pipecli.store.proposals import ProposalRow
from pipecli.text import _

from . import refs
from .answers import reader
from .proposals import Listed, listed_as
from .unit import Unit
from .workspace import Workspace

if TYPE_CHECKING:
    from .show import Shown

_WITH_TEXT = (EXCHANGE_LOGGED, PROPOSAL_MADE)


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
    expect = refs.expecting(workspace, ref, whole=True)
    with workspace.commit(name, expect, dry_run=dry_run, agent=source) as unit:
        number = refs.find(unit.driver, ref, workspace, whole=True)
        around = unit.soon(directory.names_around, unit.driver, number)
        events = journal.load_whole_stream(unit.driver, opportunity_stream(number))
        unit.names |= around()
        unit.know(number, events)
        decision = unit.decision(number)
        decision.require_open()
        texts = _texts(unit, [decision.state], {e.seq: e.text for e in events if e.text is not None})
        read = reader(unit, workspace.settings)
        earlier = [_as_read(read, one, decision.state) for _proposal, one in _earlier(decision.state, texts)]
        ids, known, dropped = [], 0, []
        for suggestion in suggestions:
            try:
                checked = proposing.checked(decision, suggestion, _heard(decision.state, texts))
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
    choices: Sequence[tuple[Shown, Sequence[Suggestion]]],
    source: str,
    *,
    name: str,
    dry_run: bool = False,
) -> list[Listed]:
    """Put on the list, for each opportunity as it was shown, the first of its suggestions that was not answered before.

    One that waits already is taken as it is, or replaced where its day is past. Returns the proposals in order; an
    opportunity of whose suggestions each was answered, or that was closed meanwhile, has none.
    """
    numbers = [shown.state.number for shown, _suggestions in choices]
    spoken = [
        entry.seq for shown, _suggestions in choices for entry in shown.entries if entry.kind in _WITH_TEXT
    ]

    def expect(driver: Driver) -> None:
        Unit.expect_decisions(driver, numbers)
        journal.expect_texts(driver, sorted(spoken))

    found = []
    with workspace.commit(name, expect, dry_run=dry_run, agent=source) as unit:
        decisions = unit.decisions(numbers)
        texts = _texts(unit, [decision.state for decision in decisions])
        for decision, (shown, suggestions) in zip(decisions, choices, strict=True):
            if decision.state.is_open and (one := _first(unit, decision, suggestions, source, texts)):
                row = _stored(decision.state, *one, shown.record["account"])
                found.append(listed_as(row, shown.record, shown.pipeline, shown.today))
    return found


def _texts(
    unit: Unit, states: Iterable[Opportunity], known: Mapping[int, str] = MappingProxyType({})
) -> dict[int, str]:
    """The texts of the exchanges and proposals of these opportunities; those that are known are not read again."""
    wanted = {seq for o in states for seq in (*(x.seq for x in o.exchanges), *(p.seq for p in o.proposals))}
    return {**known, **journal.texts(unit.driver, sorted(wanted - known.keys()))}


def _heard(state: Opportunity, texts: Mapping[int, str]) -> dict[int, str]:
    """The texts of an opportunity's own exchanges, the only ones that a suggestion may rest on."""
    return {x.seq: texts[x.seq] for x in state.exchanges if x.seq in texts}


def _first(
    unit: Unit, decision: Decision, suggestions: Sequence[Suggestion], source: str, texts: Mapping[int, str]
) -> tuple[Proposal, str | None] | None:
    """The proposal that it was or became, and its content."""
    earlier = _earlier(decision.state, texts)
    for suggestion in suggestions:
        found = [(p, other) for p, other in earlier if proposing.same(suggestion, other)]
        waits = [(p, other) for p, other in found if p.status == "open" and not decision.state.overtaken(p)]
        if waits and waits[-1][1].due >= unit.today.isoformat():
            return waits[-1][0], texts.get(waits[-1][0].seq)
        if waits or not found:
            checked = proposing.checked(decision, suggestion, _heard(decision.state, texts))
            old = waits[-1][0].seq if waits else None
            event = proposing.propose(decision, checked, source, replaces=old)
            return (decision.state.proposals[-1], event.text) if event else None
    return None


def _stored(state: Opportunity, proposal: Proposal, body: str | None, account: str | None) -> ProposalRow:
    """A proposal of an opportunity as it stands once its command is written."""
    return ProposalRow(
        proposal.seq,
        state.number,
        state.name,
        account,
        state.owner,
        proposal.what,
        proposal.target,
        proposal.exchange,
        proposal.on.isoformat(),
        proposal.source,
        proposal.status,
        None,
        None,
        body,
    )


def _as_read(read: Reader, s: Suggestion, state: Opportunity) -> Suggestion:
    """The suggestion with its value as the field would have it, so that 48k and 48,000 EUR are one."""
    if s.what != proposing.VALUE:
        return s
    with suppress(PipeError):
        key, value = read.field(s.target, s.value, state.currency)
        return s._replace(target=key, value=str(value))
    return s


def _earlier(state: Opportunity, texts: Mapping[int, str]) -> list[tuple[Proposal, Suggestion]]:
    """What was proposed before and is not to be again: a next action of the rules' own may be due again one day."""
    found = [
        (p, proposing.suggestion_of(p, texts.get(p.seq))) for p in state.proposals if p.status != "replaced"
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
