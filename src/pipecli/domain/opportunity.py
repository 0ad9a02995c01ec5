"""An opportunity's state: all that its journal says, as `evolve.py` folds it.

Amounts are minor units; accounts, contacts and decision-makers are ids whose names live elsewhere.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, fields
from datetime import date
from operator import attrgetter
from typing import Any, NamedTuple

from .events import Event

_OWN_FIELDS = (
    "name", "account", "contact", "owner", "close_date", "decision_maker", "source", "tags", "probability",
)  # fmt: skip
OPEN, MERGED = "open", "merged"


class Evidence(NamedTuple):
    """One proof of a criterion; `form` is note, link, file or exchange, `exchange` the one it cites.

    `proposed_by` is who found it, where `actor` accepted a proposal.
    """

    seq: int
    criterion: str
    form: str
    on: date
    actor: str
    exchange: int | None
    proposed_by: str | None = None


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
    """The latest word on an approval: asked, given or refused, and the fields' values as they stood then."""

    seq: int
    criterion: str
    role: str
    status: str
    on: date
    actor: str
    asked_by: str
    stood: Mapping[str, Any]


class Proposal(NamedTuple):
    """What somebody who may only propose said: an agent, a model or a rule, named by `source`.

    `what` is proof, value, next_action, exchange or move; `target` the criterion, field, kind of exchange or stage;
    `exchange` the one it rests on. `status` is open, accepted or rejected, by `decided_by`. The target of a next action
    says which of the rules' ways it is, "" where it is nobody's.
    """

    seq: int
    what: str
    target: str
    exchange: int | None
    on: date
    source: str
    status: str = "open"
    decided_on: date | None = None
    decided_by: str = ""

    @classmethod
    def carried(cls, values: Mapping[str, Any]) -> Proposal:
        """One as a merge carries it on, its days as ISO text."""
        days = {key: date.fromisoformat(values[key]) for key in ("on", "decided_on") if values[key]}
        return cls(**{**values, **days})


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
    """All that the journal says of one opportunity.

    `absorbed` are the opportunities that were merged into it, `others` the contacts that came with them.
    """

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
    proposals: tuple[Proposal, ...] = ()
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
    merged_into: int | None = None
    absorbed: tuple[int, ...] = ()
    others: tuple[int, ...] = ()

    @property
    def is_open(self) -> bool:
        """Whether it is neither won nor lost."""
        return self.status == OPEN

    @property
    def is_merged(self) -> bool:
        """Whether it was merged into another one, which stands for it since."""
        return self.merged_into is not None

    @property
    def visit(self) -> Visit:
        """The stay in the present stage (the last one, where closed)."""
        return self.visits[-1]

    @property
    def waivers_in_force(self) -> tuple[Waiver, ...]:
        """The exceptions that still count: given in this stay, or what the gate into it rests on."""
        visit = self.visit
        passed_by = (
            {basis.get("waiver") for basis in visit.met.values()} if visit.how == "advanced" else set()
        )
        return tuple(w for w in self.waivers if w.visit == visit.n or w.seq in passed_by)

    @property
    def last_exchange_on(self) -> date | None:
        """The day of the latest exchange."""
        return max((x.on for x in self.exchanges), default=None)

    def overtaken(self, proposal: Proposal) -> bool:
        """Whether what a proposal is about was written or planned anew since it was made."""
        if proposal.what == "next_action":
            return self.next_action is not None and self.next_action.seq > proposal.seq
        if proposal.what == "value":
            return self.changed.get(proposal.target, 0) > proposal.seq
        if proposal.what == "proof":
            return any(e.criterion == proposal.target and e.seq > proposal.seq for e in self.evidence)
        return proposal.what == "move" and self.visit.entered_seq > proposal.seq

    def proof(self, criterion: str, form: str = "note") -> Evidence | None:
        """The latest evidence of a criterion that was not withdrawn, of the form asked for (note: of any)."""
        fits = (e for e in self.evidence if e.criterion == criterion and form in ("note", e.form))
        return max(fits, key=lambda e: (e.on, e.seq), default=None)

    @property
    def values(self) -> dict[str, Any]:
        """The values of all fields, the company's own included; the amount with its currency."""
        own = {name: getattr(self, name) for name in _OWN_FIELDS}
        return {**self.fields, **own, "amount": (self.amount, self.currency)}

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
