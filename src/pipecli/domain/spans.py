"""The spans of an opportunity: for how long it stood as it did, of which a past day is told without a replay."""

from __future__ import annotations

from datetime import date

from .opportunity import Opportunity, Span


def spans_after(state: Opportunity, day: date) -> tuple[Span, ...]:
    """The spans with the state as it is from that day on."""
    now = Span(
        day,
        None,
        state.stage,
        state.status,
        state.amount,
        state.currency,
        state.probability,
        state.close_date,
        state.owner,
    )
    spans = state.spans
    if spans and spans[-1][2:] == now[2:]:
        return spans
    if spans and spans[-1].from_day >= now.from_day:
        spans = spans[:-1]
        if spans and spans[-1][2:] == now[2:]:  # back to what it was, within the day
            return (*spans[:-1], spans[-1]._replace(to_day=None))
    elif spans:
        spans = (*spans[:-1], spans[-1]._replace(to_day=now.from_day))
    return (*spans, now)
