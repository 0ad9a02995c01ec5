"""What a write did: the opportunity as it stands now, the events, and what is worth noting."""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

from pipecli.domain.decide import Decision
from pipecli.domain.events import Event
from pipecli.domain.gate import Judge
from pipecli.domain.guidance import lapses
from pipecli.domain.opportunity import Opportunity
from pipecli.domain.pipeline import Pipeline
from pipecli.store import projection

from .past import row_with_names
from .records import Record, record
from .unit import Unit


class Outcome(NamedTuple):
    """The result of one command on one opportunity; `asked` are the people asked for an approval.

    `lapsed` are the approvals that count no more after it: what each was of, and what overtook it.
    """

    ref: int
    record: Record
    before: Opportunity | None
    after: Opportunity
    events: tuple[Event, ...]
    pipeline: Pipeline
    notes: tuple[str, ...] = ()
    asked: tuple[str, ...] = ()
    lapsed: tuple[tuple[str, str], ...] = ()


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
        tuple(_lapsed(unit, before, decision)) if before and before.approvals else (),
    )


def _lapsed(unit: Unit, before: Opportunity, decision: Decision) -> Iterator[tuple[str, str]]:
    """The approvals that stood before and are needed and counted no more."""
    after = decision.state
    then = Judge(before, unit.pipeline, unit.today, unit.names)
    for key, word in before.approvals.items():
        criterion = next((c for c in unit.pipeline.criteria() if c.key == key), None)
        if criterion is None or word.status != "given" or not after.is_open or after.approvals[key] != word:
            continue
        verdict = decision.judge.judge(criterion)
        if verdict.applies and "approval" in verdict.missing and then.judge(criterion).met:
            yield criterion.ask, ", ".join(lapses(verdict, after, unit.pipeline))
