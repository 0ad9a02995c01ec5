"""An opportunity as reports show it: the keys of the contract, from a projected row."""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import date
from typing import Any

from pipecli.domain.facts import comparable_amount, field_facts, overdue_days
from pipecli.domain.metrics import is_stale, probability_of, weighted
from pipecli.domain.money import major
from pipecli.domain.pipeline import Pipeline
from pipecli.store.lists import Row

Record = dict[str, Any]


def record(row: Row, pipeline: Pipeline, today: date) -> Record:
    """The opportunity under the contract's keys; amounts are numbers in major units, days ISO text."""
    percent = probability_of(row.status, row.stage, row.probability, pipeline)
    worth = weighted(row.amount, percent)
    entered = date.fromisoformat(row.stage_entered_on)
    until = date.fromisoformat(row.closed_on) if row.closed_on else today
    due = date.fromisoformat(row.next_due) if row.next_due else None
    return {
        "id": row.number,
        "uid": row.uid,
        "name": row.name,
        "account": row.account,
        "contact": row.contact,
        "owner": row.owner,
        "stage": row.stage,
        "stage_name": pipeline.stage(row.stage).name,
        "status": row.status,
        "amount": None if row.amount is None else major(row.amount, row.currency),
        "currency": row.currency,
        "probability": percent,
        "weighted": None if worth is None else major(worth, row.currency),
        "close_date": row.close_date,
        "next_action": row.next_action,
        "next_due": row.next_due,
        "overdue_days": overdue_days(row.status, due, today),
        "stage_entered_on": row.stage_entered_on,
        "days_in_stage": (until - entered).days,
        "last_exchange_on": row.last_exchange_on,
        "stale": stale(row, pipeline, today),
        "decision_maker": row.decision_maker,
        "source": row.source,
        "tags": json.loads(row.tags),
        "fields": {
            k: v.isoformat() if isinstance(v, date) else v for k, v in own_fields(row, pipeline).items()
        },
        "loss_reason": row.loss_reason,
        "outcome_reason": row.outcome_reason,
        "created_on": row.created_on,
        "closed_on": row.closed_on,
        "external_id": row.external_id,
    }


def amounts_of(shown: Record, pipeline: Pipeline) -> tuple[str, ...]:
    """The amounts of an opportunity in digits, its own fields' among them: what is masked for its value."""
    money = [key for key, field in pipeline.fields.items() if field.type == "money"]
    values = [shown["amount"], *(shown["fields"].get(key) for key in money)]
    return tuple(str(value) for value in values if value is not None)


def own_fields(row: Row, pipeline: Pipeline) -> dict[str, Any]:
    """The company's own fields of a row, typed."""
    return field_facts(json.loads(row.fields), pipeline)


def stale(row: Row, pipeline: Pipeline, today: date) -> bool:
    """Whether the row's opportunity is stale on that day."""
    return is_stale(
        status=row.status,
        stage=row.stage,
        quiet_since=date.fromisoformat(row.quiet_since),
        shield_until=date.fromisoformat(row.shield_until) if row.shield_until else None,
        pipeline=pipeline,
        today=today,
        facts=lambda: row_facts(row, pipeline, today),
    )


def row_facts(row: Row, pipeline: Pipeline, today: date) -> Mapping[str, Any]:
    """What a condition reads of a row: the same fields as of a folded opportunity."""
    due = date.fromisoformat(row.next_due) if row.next_due else None
    return {
        **own_fields(row, pipeline),
        "name": row.name,
        "account": row.account,
        "contact": row.contact,
        "owner": row.owner,
        "stage": row.stage,
        "status": row.status,
        "amount": comparable_amount(row.amount, row.currency, pipeline, today),
        "currency": row.currency,
        "probability": probability_of(row.status, row.stage, row.probability, pipeline),
        "close_date": row.close_date,
        "next_action": row.next_action,
        "next_due": row.next_due,
        "decision_maker": row.decision_maker,
        "source": row.source,
        "tags": tuple(json.loads(row.tags)),
        "created_on": row.created_on,
        "closed_on": row.closed_on,
        "stage_entered_on": row.stage_entered_on,
        "days_in_stage": (today - date.fromisoformat(row.stage_entered_on)).days,
        "last_exchange_on": row.last_exchange_on,
        "overdue_days": overdue_days(row.status, due, today),
        "loss_reason": row.loss_reason,
        "unproven": bool(row.unproven or (row.proof_until and row.proof_until < today.isoformat())),
    }
