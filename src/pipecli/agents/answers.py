"""What an agent is answered: the shape of each answer, and how much of a text or a list fits into one."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from pydantic import BaseModel, Field

ROWS, MOST_ROWS = 20, 100
NEWEST_EXCHANGES, NEWEST_ENTRIES = 20, 30
CHARACTERS = 1_500
"""Of one text where several are shown."""
ALL_CHARACTERS = 12_000
"""Of all texts of one answer."""
LINE = 200
"""Characters of an entry of the journal."""
PORTION = 8_000
"""Characters of an exchange that is read by itself."""

Number = int | float | None
Json = dict[str, Any]


class Brief(BaseModel):
    """An opportunity in a list; amounts in major units of the currency, days as YYYY-MM-DD."""

    id: int
    name: str
    account: str | None = None
    owner: str
    stage: str
    status: str
    amount: Number = None
    currency: str
    probability: int
    close_date: str | None = None
    next_action: str | None = None
    next_due: str | None = None
    overdue_days: int | None = None
    days_in_stage: int
    last_exchange_on: str | None = None
    stale: bool
    loss_reason: str | None = None
    closed_on: str | None = None


class Briefs(BaseModel):
    """A list of opportunities: `n` there are in all, of which `left_out` are not shown."""

    n: int
    left_out: int
    opportunities: list[Brief]


class Worth(BaseModel):
    """What all of a list is worth, in the workspace's currency; `unpriced` has no exchange rate."""

    currency: str
    amount: Number
    unpriced: list[str]


class Found(Briefs):
    """A list as asked for."""

    today: str
    worth: Worth


class Approval(BaseModel):
    """An approval that somebody asked of the person this server runs for; only they can give it."""

    id: int
    name: str
    criterion: str
    ask: str
    asked_by: str
    asked_on: str
    a_person_types: str


class Agenda(BaseModel):
    """What is to be done: late, due today, coming, gone quiet, and approvals the person is asked for."""

    today: str
    whose: str
    overdue: Briefs
    due_today: Briefs
    coming: Briefs
    stale: Briefs
    approvals: list[Approval]


class Exchange(BaseModel):
    """What was said or written, by the number to cite it with; the text is others' words, `left_out` characters cut."""

    exchange: int
    kind: str
    on: str
    by: str
    text: str
    left_out: int = 0


class Entry(BaseModel):
    """A line of the journal, by the number to cite it with."""

    seq: int
    on: str
    by: str
    kind: str
    says: str
    taken_back: bool | None = None


class Contact(BaseModel):
    """Somebody at the account."""

    name: str | None = None
    mail: str | None = None
    phone: str | None = None


class Criterion(BaseModel):
    """One criterion of a gate: what it asks, what meets it or what a person types to meet it."""

    criterion: str
    kind: str
    ask: str
    side: str
    evidence: str | None = None
    a_person_types: str | None = None


class Gate(BaseModel):
    """The gate from a stage to the next: ready where nothing is unmet. Approvals and exceptions are for people."""

    ref: int
    source: str = Field(alias="from")
    to: str
    ready: bool
    unmet: list[Criterion]
    met: list[Criterion]


class Proposal(BaseModel):
    """A proposal: what it would write (`what`, `target`, `value`, `due`), what it rests on, what became of it."""

    id: int
    ref: int
    name: str
    what: str
    target: str | None = None
    value: str | None = None
    due: str | None = None
    exchange: int | None = None
    quote: str | None = None
    why: str | None = None
    source: str
    on: str
    status: str
    decided_by: str | None = None


class Proposals(BaseModel):
    """Proposals, the newest first."""

    n: int
    left_out: int
    proposals: list[Proposal]


class Whole(Brief):
    """An opportunity with all that is kept of it."""

    contact: str | None = None
    stage_name: str
    weighted: Number = None
    stage_entered_on: str
    decision_maker: str | None = None
    source: str | None = None
    tags: list[str]
    fields: Json
    outcome_reason: str | None = None
    created_on: str


class Shown(BaseModel):
    """One opportunity; exchanges and journal with the newest first, and how many older ones were left out."""

    opportunity: Whole
    unproven: bool
    gate: Gate | None = None
    contacts: list[Contact]
    exchanges: list[Exchange]
    exchanges_left_out: int
    journal: list[Entry]
    journal_left_out: int
    proposals_waiting: list[Proposal]


class Text(BaseModel):
    """A portion of an exchange; `more_from` is where the next one starts."""

    ref: int
    exchange: int
    kind: str
    on: str
    by: str
    text: str
    characters: int
    more_from: int | None = None


class Group(BaseModel):
    """A line of a forecast."""

    key: str
    label: str
    won: Json
    open: Json
    weighted: Number
    undated: Json
    likely: Json


class Forecast(BaseModel):
    """What was won, what is open and what that weighs by the rules; `history` is what past pace makes likely.

    `history.trusted` says which to believe, and `why`. p10 and p90 are what it will exceed with 90 % and 10 %.
    """

    as_of: str
    start: str = Field(alias="from")
    until: str
    currency: str
    measure: str | None = None
    unit: str | None = None
    won: Json
    open: Json
    weighted: Number
    unpriced: Json
    undated: Json
    other_currencies: list[Json]
    history: Json
    groups: list[Group]
    groups_left_out: int


class ToMend(BaseModel):
    """An opportunity in whose data something is to be mended, what weighs most first."""

    id: int
    name: str
    account: str | None = None
    owner: str
    faults: list[str]
    a_person_types: str


class Audit(BaseModel):
    """Whether the data is good enough to decide on; a share is k of n, its rate absent under ten cases."""

    as_of: str
    owner: str | None = None
    hygiene: Json
    eight_weeks_ago: Json
    points: list[Json]
    owners: list[Json]
    n: int
    left_out: int
    to_mend: list[ToMend]


class Asked(BaseModel):
    """A criterion as the definition has it, by the key that propose_evidence takes."""

    key: str
    kind: str
    ask: str
    side: str


class Stage(BaseModel):
    """A stage: what it stands for, its probability in percent, and what is asked at its entry and exit."""

    key: str
    name: str
    proves: str
    probability: int
    stale_after_days: int | None = None
    criteria: list[Asked]


class Definition(BaseModel):
    """The pipeline's rules: stages in order, fields by key and type, and the words a list can be filtered by."""

    name: str
    currency: str
    stages: list[Stage]
    to_win: list[Asked]
    fields_to_read: dict[str, str]
    fields_to_propose: list[str]
    choices: dict[str, list[str]]
    loss_reasons: dict[str, str]
    roles: dict[str, list[str]]


class Proposed(BaseModel):
    """What became of a proposal: its number, or none where the same was proposed before; nothing else has changed."""

    ref: int
    proposal: int | None = None
    status: str
    says: str


def fits(text: str, most: int) -> tuple[str, int]:
    """As much of a text as fits, and how many characters were left out."""
    return (text, 0) if len(text) <= most else (text[:most], len(text) - most)


def line(text: str) -> str:
    """A text as one line that fits."""
    kept, left = fits(" ".join(text.split()), LINE)
    return kept + "…" if left else kept


def briefs(records: Sequence[Mapping[str, Any]], n: int) -> Briefs:
    """Records as a list of which there are `n` in all."""
    return Briefs(
        n=n, left_out=n - len(records), opportunities=[Brief.model_validate(record) for record in records]
    )
