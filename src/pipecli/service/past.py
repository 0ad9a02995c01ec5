"""The past as lists show it: rows as of a day, folded where something not kept from day to day changed since."""

from __future__ import annotations

from datetime import date
from typing import Any

from pipecli.domain import events as ev
from pipecli.domain.events import opportunity_stream
from pipecli.domain.evolve import fold
from pipecli.domain.fold import fold as folded
from pipecli.domain.opportunity import Opportunity
from pipecli.store import journal, projection
from pipecli.store.lists import Row
from pipecli.store.past import read_past

from .workspace import Reading


def state_as_of(events: list[ev.Event], day: date) -> Opportunity | None:
    """The state at the end of a day: the live events, in version order, cut by the day they happened.

    One that was merged since was the other one on every day.
    """
    alive = ev.live(events)
    if any(e.kind == ev.MERGED for e in alive):
        return None
    return fold(e for e in alive if e.occurred_on <= day)


def rows_as_of(reading: Reading, day: date, *, judged: bool = False) -> list[Row]:
    """Every opportunity that existed at the end of a day, by number; `judged` has `unproven` of that day too."""
    rows = read_past(reading.driver, day)
    retold = [opportunity_stream(row.number) for row, changed in rows if judged or changed]
    learnt = reading.soon(reading.names_in, retold)
    told = {stream: state_as_of(events, day) for stream, events in journal.load_many(reading.driver, retold)}
    learnt()
    return [
        row_of(reading, state)
        if (state := told.get(opportunity_stream(row.number)))
        else row._replace(owner_key=folded(row.owner))
        for row, _changed in rows
    ]


def row_of(reading: Reading, state: Opportunity) -> Row:
    """The row a state projects to, with the names it refers to."""
    names = reading.names((state.account, state.contact, state.decision_maker))
    return row_with_names(projection.rows(state, reading.pipeline, names)["opportunity"][0], names)


def row_with_names(values: tuple[Any, ...], names: dict[int, str | None]) -> Row:
    """A projected row completed with the names of its account, contact and decision-maker."""
    ids = values[4:7]
    account, contact, maker = (names.get(i) if isinstance(i, int) else None for i in ids)
    return Row._make((*values, account, contact, maker))
