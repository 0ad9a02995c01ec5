"""Next actions for a calendar: those that stand, and those that a calendar may still show and should not.

What a calendar was last given is not known, so that whatever changed in the journal since some day is told again.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date
from typing import TYPE_CHECKING, Any, NamedTuple

from pipecli.domain.events import (
    COMMAND_UNDONE,
    LOST,
    MERGED,
    NEXT_ACTION_DONE,
    NEXT_ACTION_SET,
    NEXT_ACTION_SNOOZED,
    OWNER_CHANGED,
    WON,
)

from .driver import quoted

if TYPE_CHECKING:
    from .driver import Driver


class Action(NamedTuple):
    """A next action with the opportunity it is of, as it stands or, where `closed_on` is a day, as it was closed.

    `changes` counts the events of the opportunity's stream, those taken back included: it only ever grows.
    `made_at` and `changed_at` are the instants at which it was set and at which its stream last grew.
    """

    id: int
    text: str | None
    due: str
    closed_on: str | None
    opportunity: int
    uid: str
    name: str
    account: str | None
    contact: str | None
    owner: str
    owner_key: str
    stage: str
    amount: int | None
    currency: str
    tags: str
    changes: int
    made_at: str
    changed_at: str


class Withdrawn(NamedTuple):
    """A next action that counts no more: the command that set it was taken back, or its opportunity merged.

    `due` and `opened` are the payloads of the event that set it and of the one that opened its opportunity.
    """

    id: int
    text: str | None
    due: str
    opened: str
    owner: str | None
    changes: int
    made_at: str
    changed_at: str


_MARK = "coalesce((select k.seq from event k where k.recorded_at < :since order by k.seq desc limit 1), 0)"
"""SQL for the number of the last event recorded before an instant, or before a day began in UTC; 0 without one."""
_LAST = (
    "join event l on l.stream = 'o' || o.number "
    "and l.version = (select max(m.version) from event m where m.stream = 'o' || o.number) "
)
_ACTIONS = (
    "select n.id, n.text, n.due, n.closed_on, o.number, o.uid, o.name, a.name, p.name, o.owner, o.owner_key, o.stage, "
    "o.amount, o.currency, o.tags, l.version, e.recorded_at, l.recorded_at "
    "from next_action n join opportunity o on o.number = n.opportunity join event e on e.seq = n.id "
    f"{_LAST}left join account a on a.id = o.account_id left join person p on p.id = o.contact_id "
)
_CLOSING = ", ".join(quoted(kind) for kind in (NEXT_ACTION_SET, NEXT_ACTION_DONE, WON, LOST))
_MOVING = ", ".join(quoted(kind) for kind in (NEXT_ACTION_SNOOZED, COMMAND_UNDONE))
_DUE = "n.closed_on is null and n.due <= :until"
_MOVED = (
    "n.closed_on is null and n.due > :until and 'o' || n.opportunity in "
    f"(select x.stream from event x where x.seq > {_MARK} and x.kind in ({_MOVING}))"
)
_CLOSED = (
    "n.closed_on is not null and 'o' || n.opportunity || ' ' || n.closed_on in "
    f"(select x.stream || ' ' || x.occurred_on from event x where x.seq > {_MARK} and x.kind in ({_CLOSING}))"
)
_HANDED = (
    f"select e.stream, e.payload from event e where e.seq > {_MARK} and e.kind = {quoted(OWNER_CHANGED)} "
    "union select e.stream, e.payload from event x join command c on c.id = x.command "
    "join event e on e.command = c.undoes and e.stream = x.stream "
    f"where x.seq > {_MARK} and x.kind = {quoted(COMMAND_UNDONE)} and e.kind = {quoted(OWNER_CHANGED)}"
)
_WITHDRAWN = (
    "select e.seq, t.body, e.payload, f.payload, o.owner, l.version, e.recorded_at, l.recorded_at from event e "
    "join event f on f.stream = e.stream and f.version = 1 "
    "join event l on l.stream = e.stream "
    "and l.version = (select max(m.version) from event m where m.stream = e.stream) "
    "left join content t on t.id = e.seq left join opportunity o "
    "on o.number = cast(substr(e.stream, 2) as bigint) "
    f"where e.kind = {quoted(NEXT_ACTION_SET)} and (e.command in (select c.undoes from event x "
    f"join command c on c.id = x.command where x.seq > {_MARK} and x.kind = {quoted(COMMAND_UNDONE)}) "
    f"or e.stream in (select x.stream from event x where x.seq > {_MARK} and x.kind = {quoted(MERGED)})) "
    "and not exists (select 1 from next_action n where n.id = e.seq)"
)


def actions(driver: Driver, *, until: date, since: str, owner: str | None) -> Iterator[Action]:
    """Every next action due by a day, and those put off or closed since then, by number.

    `owner` is the folded name of whose they are, None for everybody.
    """
    values: dict[str, Any] = {"until": until.isoformat(), "since": since}
    where = f"(({_DUE}) or ({_MOVED}) or ({_CLOSED}))"
    if owner is not None:
        values["owner"] = owner
        where += " and o.owner_key = :owner"
    return (Action(*row) for row in driver.stream(f"{_ACTIONS}where {where} order by n.id", values))


def handed(driver: Driver, *, since: str) -> list[tuple[int, str]]:
    """The opportunities that changed hands since then, or back by an undo: number, and the event's payload."""
    return sorted((int(stream[1:]), payload) for stream, payload in driver.rows(_HANDED, {"since": since}))


def actions_of(driver: Driver, numbers: Sequence[int], *, since: str) -> Iterator[Action]:
    """The next actions of these opportunities that stand, and those closed since then."""
    for start in range(0, len(numbers), 500):
        values = {f"n{n}": number for n, number in enumerate(numbers[start : start + 500])}
        marks = ", ".join(f":{name}" for name in values)
        sql = (
            f"{_ACTIONS}where n.opportunity in ({marks}) and (n.closed_on is null or {_CLOSED}) order by n.id"
        )
        for row in driver.rows(sql, values | {"since": since}):
            yield Action(*row)


def withdrawn(driver: Driver, *, since: str) -> list[Withdrawn]:
    """The next actions that were taken back or whose opportunity was merged since then, by number."""
    return sorted(Withdrawn(*row) for row in driver.rows(_WITHDRAWN, {"since": since}))
