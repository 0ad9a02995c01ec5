"""Every table, declared once with SQLModel: columns, constraints and indices.

This is what creates and migrates a workspace and what the tests hold the hand-written SQL against. It is slow to
import, so that only `schema.py` does. Dates, instants and JSON are text, booleans 0 or 1, money minor units.
"""

from __future__ import annotations

from typing import Any

from sqlalchemy import (
    BigInteger,
    Column,
    Double,
    Index,
    Integer,
    MetaData,
    Text,
    TextClause,
    UniqueConstraint,
    text,
)
from sqlmodel import Field, SQLModel

METADATA = MetaData()
OPEN = text("status = 'open'")
CLOSED = text("closed_on is not null")
SNOOZED = text("kind = 'NextActionSnoozed'")


def _where(condition: TextClause, name: str, *columns: str) -> Index:
    """A partial index."""
    return Index(name, *columns, sqlite_where=condition, postgresql_where=condition)


class Table(SQLModel):
    """The base of every table here, with metadata of its own."""

    metadata = METADATA


def key() -> Any:
    """A 64-bit primary key that the program numbers itself."""
    column: Column[int] = Column(
        BigInteger().with_variant(Integer(), "sqlite"), primary_key=True, autoincrement=False
    )
    return Field(sa_column=column)


def part() -> Any:
    """A part of a compound primary key."""
    column: Column[int] = Column(
        BigInteger().with_variant(Integer(), "sqlite"), primary_key=True, autoincrement=False
    )
    return Field(sa_column=column)


def big(*, null: bool = False) -> Any:
    """A 64-bit integer."""
    return Field(sa_column=Column(BigInteger, nullable=null))


def word_part() -> Any:
    """A part of a compound primary key that is text."""
    kind = Text().with_variant(Text(collation="C"), "postgresql")
    return Field(sa_column=Column(kind, primary_key=True))


def real() -> Any:
    """A floating-point number, for what is ranked and never shown."""
    return Field(sa_column=Column(Double, nullable=False))


def words(*, null: bool = False) -> Any:
    """Text of any length, compared byte by byte, whatever the collation of the database."""
    kind = Text().with_variant(Text(collation="C"), "postgresql")
    return Field(sa_column=Column(kind, nullable=null))


class Workspace(Table, table=True):
    """One row: the format, the oldest program allowed to write, the head of the journal."""

    __tablename__ = "workspace"
    id: int = key()
    uid: str = words()
    format: int = big()
    projection: int = big()
    min_writer: int = big()
    head: int = big()
    definition: int = big()
    next_number: int = big()
    recorded_at: str = words()


class Definition(Table, table=True):
    """A version of the pipeline definition."""

    __tablename__ = "definition"
    version: int = key()
    toml: str = words()
    compiled_json: str = words()
    adopted_seq: int = big()
    adopted_on: str = words()


class Command(Table, table=True):
    """Who did what when: the command under which events were written together."""

    __tablename__ = "command"
    __table_args__ = (Index("ix_command_actor", "actor", "id"),)
    id: int = key()
    uid: str = words()
    actor: str = words()
    agent: str | None = words(null=True)
    at: str = words()
    name: str = words()
    origin: str = words()
    undoes: int | None = big(null=True)


class JournalEvent(Table, table=True):
    """The journal: append-only."""

    __tablename__ = "event"
    __table_args__ = (
        UniqueConstraint("stream", "version", name="uq_event_stream"),
        Index("ix_event_command", "command"),
        _where(SNOOZED, "ix_event_snoozed", "stream", "occurred_on"),
    )
    seq: int = key()
    command: int = big()
    stream: str = words()
    version: int = big()
    kind: str = words()
    occurred_on: str = words()
    recorded_at: str = words()
    payload: str = words()


class Content(Table, table=True):
    """The free text of an event, under the event's number; forgetting blanks it."""

    __tablename__ = "content"
    id: int = key()
    salt: str = words()
    sha256: str = words()
    media: str = words()
    body: str | None = words(null=True)
    erased_at: str | None = words(null=True)


class Person(Table, table=True):
    """A contact's personal data, under the number of the event that added it."""

    __tablename__ = "person"
    id: int = key()
    name: str | None = words(null=True)
    mail: str | None = words(null=True)
    phone: str | None = words(null=True)
    salt: str = words()
    erased_at: str | None = words(null=True)


class OpportunityRow(Table, table=True):
    """Projection: one opportunity as it stands."""

    __tablename__ = "opportunity"
    __table_args__ = (
        # What only counts and adds up is answered from an index alone, hence the status at the end of each.
        _where(OPEN, "ix_open_due", "next_due", "owner_key", "amount", "currency", "status"),
        _where(OPEN, "ix_open_owner", "owner_key", "next_due", "owner", "status"),
        _where(OPEN, "ix_open_stage", "stage", "quiet_since", "shield_until", "next_due", "status"),
        _where(
            OPEN,
            "ix_open_close",
            *["close_date", "owner", "stage", "currency", "probability", "amount", "status"],
        ),
        # Partial, or SQLite would take it for the open ones too, as one long run to sort.
        _where(CLOSED, "ix_closed", "status", "closed_on", "owner", "stage", "currency", "amount"),
        _where(text("contact_id is not null"), "ix_contact", "contact_id"),
        _where(text("decision_maker_id is not null"), "ix_decision_maker", "decision_maker_id"),
        Index("ix_external", "external_id", "source_system"),
        Index("ix_account", "account_id"),
    )
    number: int = key()
    uid: str = words()
    version: int = big()
    name: str = words()
    account_id: int | None = big(null=True)
    contact_id: int | None = big(null=True)
    decision_maker_id: int | None = big(null=True)
    owner: str = words()
    owner_key: str = words()
    stage: str = words()
    status: str = words()
    amount: int | None = big(null=True)
    currency: str = words()
    probability: int | None = big(null=True)
    close_date: str | None = words(null=True)
    next_action: str | None = words(null=True)
    next_due: str | None = words(null=True)
    shield_until: str | None = words(null=True)
    quiet_since: str = words()
    stage_entered_on: str = words()
    last_exchange_on: str | None = words(null=True)
    source: str | None = words(null=True)
    tags: str = words()
    tags_key: str = words()
    fields: str = words()
    loss_reason: str | None = words(null=True)
    outcome_reason: str | None = words(null=True)
    created_on: str = words()
    closed_on: str | None = words(null=True)
    source_system: str | None = words(null=True)
    external_id: str | None = words(null=True)
    imported: int = big()
    unproven: int = big()
    proof_until: str | None = words(null=True)
    described_on: str | None = words(null=True)
    search: str = words()


class SpanRow(Table, table=True):
    """Projection: the state from day to day."""

    __tablename__ = "span"
    __table_args__ = (Index("ix_span_days", "from_day", "to_day"),)
    opportunity: int = part()
    n: int = part()
    from_day: str = words()
    to_day: str | None = words(null=True)
    stage: str = words()
    status: str = words()
    amount: int | None = big(null=True)
    currency: str = words()
    probability: int | None = big(null=True)
    close_day: str | None = words(null=True)
    owner: str = words()


class VisitRow(Table, table=True):
    """Projection: one stay in one stage."""

    __tablename__ = "visit"
    opportunity: int = part()
    n: int = part()
    stage: str = words()
    definition: int = big()
    entered_day: str = words()
    left_day: str | None = words(null=True)
    outcome: str | None = words(null=True)
    amount: int | None = big(null=True)
    how: str = words()


class EvidenceRow(Table, table=True):
    """Projection: evidence that was not withdrawn."""

    __tablename__ = "evidence"
    __table_args__ = (Index("ix_evidence", "opportunity"),)
    id: int = key()
    opportunity: int = big()
    criterion: str = words()
    form: str = words()
    on_day: str = words()
    actor: str = words()
    exchange: int | None = big(null=True)


class ExchangeRow(Table, table=True):
    """Projection: exchanges."""

    __tablename__ = "exchange"
    __table_args__ = (Index("ix_exchange", "opportunity", "on_day"),)
    id: int = key()
    opportunity: int = big()
    kind: str = words()
    on_day: str = words()
    actor: str = words()


class NextActionRow(Table, table=True):
    """Projection: every next action there was."""

    __tablename__ = "next_action"
    __table_args__ = (Index("ix_next_action", "opportunity", "set_on"),)
    id: int = key()
    opportunity: int = big()
    text: str | None = words(null=True)
    due: str = words()
    shield: str = words()
    set_on: str = words()
    closed_on: str | None = words(null=True)
    outcome: str | None = words(null=True)


class WaiverRow(Table, table=True):
    """Projection: waivers."""

    __tablename__ = "waiver"
    __table_args__ = (Index("ix_waiver", "opportunity"),)
    id: int = key()
    opportunity: int = big()
    criterion: str = words()
    visit: int = big()
    on_day: str = words()
    actor: str = words()


class ApprovalRow(Table, table=True):
    """Projection: the latest word on each approval."""

    __tablename__ = "approval"
    __table_args__ = (Index("ix_approval", "opportunity"), Index("ix_approval_status", "status", "role"))
    id: int = key()
    opportunity: int = big()
    criterion: str = words()
    role: str = words()
    status: str = words()
    on_day: str = words()
    actor: str = words()
    asked_by: str = words()


class MergedRow(Table, table=True):
    """Projection: one that was merged into another, which is all that is left of it, and what it is still found by."""

    __tablename__ = "merged"
    __table_args__ = (Index("ix_merged_kept", "kept"),)
    number: int = key()
    kept: int = big()
    source_system: str | None = words(null=True)
    external_id: str | None = words(null=True)
    account_id: int | None = big(null=True)
    contact_id: int | None = big(null=True)
    decision_maker_id: int | None = big(null=True)


class AccountRow(Table, table=True):
    """Projection: accounts; `search` is the folded name, `reversed` the same backwards, to find near names fast."""

    __tablename__ = "account"
    __table_args__ = (Index("ix_account_search", "search"), Index("ix_account_reversed", "reversed"))
    id: int = key()
    name: str = words()
    search: str = words()
    reversed: str = words()


class ContactRow(Table, table=True):
    """Projection: contacts; their personal data is in `person` under the same id."""

    __tablename__ = "contact"
    __table_args__ = (Index("ix_contact_account", "account_id"),)
    id: int = key()
    account_id: int | None = big(null=True)


class RateRow(Table, table=True):
    """Projection: dated exchange rates; `factor` is a rate in minor units on either side, to rank amounts by."""

    __tablename__ = "rate"
    base: str = word_part()
    currency: str = word_part()
    on_day: str = word_part()
    rate: str = words()
    factor: float = real()
