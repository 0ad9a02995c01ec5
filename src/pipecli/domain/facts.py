"""What conditions and criteria can read of an opportunity: a plain mapping from field name to value.

Money is in major units of the pipeline's own currency. An amount in another currency is converted at the rate of
the day. Without a rate it is there (`has amount` holds), but comparisons with it stay unknown, so that a `when`
over it applies.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any

from .money import major
from .opportunity import Opportunity
from .pipeline import Pipeline

# These move with the calendar, so that no event changes them.
CALENDAR_FIELDS = frozenset({"days_in_stage", "overdue_days"})

Names = Mapping[int, str | None]


class Incomparable:
    """A value that is there, but of no type that conditions can compare."""


WITHOUT_RATE = Incomparable()


def facts(opportunity: Opportunity, pipeline: Pipeline, today: date, names: Names) -> dict[str, Any]:
    """Every field of the opportunity by name; `names` maps account and contact ids to their names."""
    o = opportunity
    action = o.next_action
    return {
        **field_facts(o.fields, pipeline),
        "name": o.name,
        "account": _name(names, o.account),
        "contact": _name(names, o.contact),
        "owner": o.owner,
        "stage": o.stage,
        "status": o.status,
        "amount": comparable_amount(o.amount, o.currency, pipeline, today),
        "currency": o.currency,
        "probability": pipeline.probability(o.stage, o.probability),
        "close_date": o.close_date,
        "next_action": action.text if action else None,
        "next_due": action.due if action else None,
        "decision_maker": _name(names, o.decision_maker),
        "source": o.source,
        "tags": o.tags,
        "created_on": o.created_on,
        "closed_on": o.closed_on,
        "stage_entered_on": o.visit.entered_on,
        "days_in_stage": (today - o.visit.entered_on).days,
        "last_exchange_on": o.last_exchange_on,
        "overdue_days": overdue_days(o.status, action.due if action else None, today),
        "loss_reason": o.loss_reason,
    }


def comparable_amount(
    minor: int | None, currency: str, pipeline: Pipeline, on: date
) -> int | float | Incomparable | None:
    """An amount as conditions read it that day: in major units of the pipeline's currency, None where there is none."""
    if minor is None:
        return None
    worth = pipeline.rates.convert(minor, currency, on)
    return WITHOUT_RATE if worth is None else major(worth, pipeline.currency)


def field_facts(fields: Mapping[str, Any], pipeline: Pipeline) -> dict[str, Any]:
    """The company's own fields as conditions read them: dates as dates, money in major units."""
    out: dict[str, Any] = {}
    for key, value in fields.items():
        kind = pipeline.fields[key].type if key in pipeline.fields else "text"
        if kind == "date" and isinstance(value, str):
            value = date.fromisoformat(value)
        elif kind == "money" and isinstance(value, int):
            value = major(value, pipeline.currency)
        out[key] = value
    return out


def overdue_days(status: str, due: date | None, today: date) -> int:
    """Days since the next action of an open opportunity was due; 0 where none is late."""
    return max(0, (today - due).days) if status == "open" and due else 0


def _name(names: Names, key: int | None) -> str | None:
    return None if key is None else names.get(key) or f"#{key}"
