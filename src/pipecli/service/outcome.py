"""What a write did: the opportunity as it stands now, the events, and what is worth noting."""

from __future__ import annotations

from typing import NamedTuple

from pipecli.domain.events import Event
from pipecli.domain.opportunity import Opportunity
from pipecli.domain.pipeline import Pipeline
from pipecli.store import projection

from .past import row_with_names
from .records import Record, record
from .unit import Unit


class Outcome(NamedTuple):
    """The result of one command on one opportunity; `asked` are the people asked for an approval."""

    ref: int
    record: Record
    before: Opportunity | None
    after: Opportunity
    events: tuple[Event, ...]
    pipeline: Pipeline
    notes: tuple[str, ...] = ()
    asked: tuple[str, ...] = ()


def outcome(unit: Unit, number: int, before: Opportunity | None, asked: tuple[str, ...] = ()) -> Outcome:
    """The outcome of a command that is about to be written."""
    decision = unit.decision(number)
    state = decision.state
    unit.learn_names(state)
    row = row_with_names(projection.rows(state, unit.pipeline, unit.names)["opportunity"][0], unit.names)
    return Outcome(
        number,
        record(row, unit.pipeline, unit.today),
        before,
        state,
        tuple(decision.events),
        unit.pipeline,
        tuple(unit.notes),
        asked,
    )
