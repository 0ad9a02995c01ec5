"""Figures of one opportunity that change with the day: weighted amount, days late, days in stage, staleness."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import date, timedelta
from typing import Any

from .condition import evaluate
from .money import share
from .pipeline import Pipeline


def probability_of(status: str, stage: str, adjusted: int | None, pipeline: Pipeline) -> int:
    """Percent: 100 once won, 0 once lost, else the opportunity's own or its stage's."""
    if status == "won":
        return 100
    return 0 if status == "lost" else pipeline.probability(stage, adjusted)


def weighted(amount: int | None, percent: int) -> int | None:
    """Amount times probability in minor units; None without an amount."""
    return None if amount is None else share(amount, percent)


def is_stale(
    *,
    status: str,
    stage: str,
    quiet_since: date,
    shield_until: date | None,
    pipeline: Pipeline,
    today: date,
    facts: Callable[[], Mapping[str, Any]],
) -> bool:
    """Whether nothing happened for longer than the stage allows, or the stage's own rule says so.

    Quiet is counted from stage entry or the last exchange; a next action shields until its first due date. A
    `stale_when` holds whatever the shield.
    """
    if status != "open":
        return False
    rule = pipeline.stage(stage)
    shielded = shield_until is not None and shield_until >= today
    if rule.stale_after is not None and not shielded and quiet_since < today - timedelta(rule.stale_after):
        return True
    return rule.stale_when is not None and evaluate(rule.stale_when, facts(), today) is True
