"""What conditions read of an opportunity: every field that the language knows, typed."""

from datetime import date, timedelta
from typing import Any

import pytest

from pipecli.domain import decide, moves
from pipecli.domain.condition import evaluate
from pipecli.domain.condition_parser import parse
from pipecli.domain.facts import comparable_amount, facts, field_facts, overdue_days
from pipecli.domain.pipeline import BUILT_IN_FIELDS

from .building import TODAY, TYPES, Case, leaving, pipeline, stage

DAY = timedelta(1)
PLAIN = pipeline(stage("alpha", probability=20, bounds=(10, 40)), stage("beta"))
NAMES = {7: "Acme", 8: "Jeanne", 9: None}


def test_every_field_of_the_language_but_unproven_can_be_read_at_a_gate() -> None:
    case = Case(
        PLAIN, values={"account": 7, "contact": 8, "decision_maker": 9, "source": "fair", "tags": ("big",)}
    )
    case.prices(48_000)
    decide.adjust_probability(case.decision, 30, "they called")
    case.sets(close_date=date(2026, 6, 1))
    case.logs("call", TODAY - DAY)
    today = date(2026, 3, 12)
    found = facts(case.state, PLAIN, today, NAMES)

    assert found == {
        "name": "Rollout",
        "account": "Acme",
        "contact": "Jeanne",
        "decision_maker": "#9",  # who was forgotten is still somebody
        "owner": "lea",
        "stage": "alpha",
        "status": "open",
        "amount": 48_000,
        "currency": "EUR",
        "probability": 30,
        "close_date": date(2026, 6, 1),
        "next_action": "call",
        "next_due": date(2026, 3, 9),
        "source": "fair",
        "tags": ("big",),
        "created_on": TODAY,
        "closed_on": None,
        "stage_entered_on": TODAY,
        "days_in_stage": 10,
        "last_exchange_on": TODAY - DAY,
        "overdue_days": 3,
        "loss_reason": None,
    }
    assert found.keys() == BUILT_IN_FIELDS.keys() - {"unproven"}


def test_a_closed_opportunity_has_no_next_action_and_is_never_overdue() -> None:
    case = Case(PLAIN)
    moves.lose(case.decision, "price", "")
    found = facts(case.state, PLAIN, TODAY + 90 * DAY, {})

    assert (found["next_action"], found["next_due"], found["overdue_days"]) == (None, None, 0)
    assert (found["status"], found["loss_reason"], found["closed_on"]) == ("lost", "price", TODAY)
    assert found["probability"] == 20


def test_the_companys_own_fields_come_in_their_types() -> None:
    values: dict[str, Any] = {
        "effort_days": 2.5, "site": "Lyon", "go_live": "2026-05-01", "budget": 123_450, "urgent": False, "gone": "x",
    }  # fmt: skip

    assert field_facts(values, leaving()) == {
        "effort_days": 2.5,
        "site": "Lyon",
        "go_live": date(2026, 5, 1),
        "budget": 1234.5,
        "urgent": False,
        "gone": "x",
    }


@pytest.mark.parametrize(
    ("minor", "currency", "has", "dear"),
    [
        (None, "EUR", False, None),
        (0, "EUR", True, False),
        (2_000_000, "EUR", True, True),
        (100, "USD", True, None),
        (None, "USD", False, None),
    ],
)
def test_an_amount_without_a_rate_is_there_but_cannot_be_compared(
    minor: int | None, currency: str, has: bool, dear: bool | None
) -> None:
    known = {"amount": comparable_amount(minor, currency, PLAIN, TODAY)}

    assert evaluate(parse("has amount", TYPES), known, TODAY) is has
    assert evaluate(parse("amount >= 20000", TYPES), known, TODAY) is dear


@pytest.mark.parametrize(
    ("status", "due", "days"),
    [
        ("open", TODAY - 3 * DAY, 3),
        ("open", TODAY, 0),
        ("open", TODAY + DAY, 0),
        ("open", None, 0),
        ("won", TODAY - DAY, 0),
    ],
)
def test_days_overdue_are_those_since_the_next_action_was_due(
    status: str, due: date | None, days: int
) -> None:
    assert overdue_days(status, due, TODAY) == days
