"""The projected tables' columns and keys, in the order in which rows carry them."""

from __future__ import annotations

# Table -> its columns, the primary key first; the order is that of the rows below.
COLUMNS: dict[str, tuple[str, ...]] = {
    "opportunity": (
        "number", "uid", "version", "name", "account_id", "contact_id", "decision_maker_id", "owner", "owner_key",
        "stage", "status", "amount", "currency", "probability", "close_date", "next_action", "next_due",
        "shield_until", "quiet_since", "stage_entered_on", "last_exchange_on", "source", "tags", "tags_key",
        "fields", "loss_reason", "outcome_reason", "created_on", "closed_on", "source_system", "external_id",
        "imported", "unproven", "proof_until", "described_on", "search",
    ),
    "span": (
        "opportunity", "n", "from_day", "to_day", "stage", "status", "amount", "currency", "probability",
        "close_day", "owner",
    ),
    "visit": ("opportunity", "n", "stage", "definition", "entered_day", "left_day", "outcome", "amount", "how"),
    "evidence": ("id", "opportunity", "criterion", "form", "on_day", "actor", "exchange"),
    "exchange": ("id", "opportunity", "kind", "on_day", "actor"),
    "next_action": ("id", "opportunity", "text", "due", "shield", "set_on", "closed_on", "outcome"),
    "waiver": ("id", "opportunity", "criterion", "visit", "on_day", "actor"),
    "approval": ("id", "opportunity", "criterion", "role", "status", "on_day", "actor", "asked_by"),
    "proposal": (
        "id", "opportunity", "what", "target", "exchange", "on_day", "source", "status", "decided_on", "decided_by",
    ),
    "merged": (
        "number", "uid", "kept", "source_system", "external_id", "account_id", "contact_id", "decision_maker_id",
    ),
}  # fmt: skip
# Projected as well, but not of one opportunity each.
SHARED = ("account", "contact", "rate")
KEYS = {
    table: (columns[:2] if table in ("span", "visit") else columns[:1]) for table, columns in COLUMNS.items()
}
# Columns in which names of people stand: PostgreSQL's planner takes no samples of them, which outlast an erasure.
PERSONAL: dict[str, tuple[str, ...]] = {
    "person": ("name", "mail", "phone"),
    "content": ("body",),
    "event": ("payload",),
    "opportunity": (
        "name",
        "next_action",
        "source",
        "tags",
        "tags_key",
        "fields",
        "outcome_reason",
        "search",
    ),
    "next_action": ("text",),
    "account": ("name", "search", "reversed"),
}
