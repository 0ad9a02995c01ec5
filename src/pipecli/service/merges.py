"""What was merged lately: every report tells of it, because what was merged counts nowhere any more."""

from __future__ import annotations

from datetime import date
from typing import Any, NamedTuple

from pipecli.domain import events as ev
from pipecli.domain.events import Event
from pipecli.domain.evolve import fold
from pipecli.domain.fold import fold as folded
from pipecli.domain.money import major
from pipecli.domain.opportunity import Opportunity
from pipecli.store.merges import merged_accounts, read_merged

from .workspace import Reading

Record = dict[str, Any]


class Gone(NamedTuple):
    """An opportunity as it was when it was merged, and the event that merged it."""

    state: Opportunity
    merge: Event


def gone(reading: Reading, after: date, until: date) -> list[Gone]:
    """What was merged after a day and up to another, the oldest merge first."""
    found = []
    for events in read_merged(reading.driver, after, until):
        alive = ev.live(events)
        merge = next(e for e in alive if e.kind == ev.MERGED)
        state = fold(e for e in alive if e.version < merge.version)
        assert state is not None
        found.append(Gone(state, merge))
    return sorted(found, key=lambda one: one.merge.seq)


def records(reading: Reading, after: date) -> list[Record]:
    """What was merged after a day: what it was until then, into which, by whom, and why where somebody had to say."""
    accounts = reading.soon(merged_accounts, reading.driver)
    found = gone(reading, after, reading.today)
    names = accounts()
    return [
        {
            "id": one.state.number,
            "name": one.state.name,
            "account": None if one.state.account is None else names.get(one.state.account),
            "owner": one.state.owner,
            "status": one.state.status,
            "amount": None if one.state.amount is None else major(one.state.amount, one.state.currency),
            "currency": one.state.currency,
            "into": one.merge.payload["into"],
            "merged_on": one.merge.occurred_on.isoformat(),
            "merged_by": one.merge.actor,
            "reason": one.merge.text,
        }
        for one in found
    ]


def counted(found: list[Record], owner: str | None = None) -> Record:
    """How many were merged, of one owner's by folded name or of all, and how many of each status they had."""
    own = [one for one in found if owner is None or folded(one["owner"]) == owner]
    return {
        "count": len(own),
        **{status: sum(one["status"] == status for one in own) for status in ("open", "won", "lost")},
    }
