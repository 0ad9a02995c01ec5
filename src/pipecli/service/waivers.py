"""The waivers in force: which exceptions the open opportunities rest on, who made them, and why (R9)."""

from __future__ import annotations

from typing import Any

from pipecli.domain.evolve import fold
from pipecli.domain.opportunity import Waiver
from pipecli.store.lists import Row, rows_of
from pipecli.store.waivers import read_waived

from .records import record
from .workspace import Reading

Record = dict[str, Any]


def in_force(reading: Reading) -> list[Record]:
    """Every waiver in force, the oldest first, with the opportunity it is about."""
    streams = read_waived(reading.driver)
    found = [
        (waiver, state)
        for events in streams
        if (state := fold(events)) is not None
        for waiver in state.waivers_in_force
    ]
    found.sort(key=lambda pair: (pair[0].on, pair[0].seq))
    numbers = sorted({state.number for _waiver, state in found})
    rows = {row.number: row for row in rows_of(reading.driver, numbers, reading.pipeline, reading.today)}
    reasons = {event.seq: event.text for events in streams for event in events}
    asks = {criterion.key: criterion.ask for criterion in reading.pipeline.criteria()}
    return [
        {
            **_subject(rows[state.number], reading),
            "criterion": waiver.criterion,
            "ask": asks.get(waiver.criterion, waiver.criterion),
            **_act(waiver, reasons.get(waiver.seq)),
        }
        for waiver, state in found
    ]


def _subject(row: Row, reading: Reading) -> Record:
    shown = record(row, reading.pipeline, reading.today)
    keys = ("id", "name", "account", "owner", "stage", "stage_name", "amount", "currency")
    return {key: shown[key] for key in keys}


def _act(waiver: Waiver, reason: str | None) -> Record:
    return {"waived_on": waiver.on.isoformat(), "waived_by": waiver.actor, "reason": reason}
