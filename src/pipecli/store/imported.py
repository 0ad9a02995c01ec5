"""What an import asks the store, in two queries for a file: a system's opportunities, and all contacts."""

from __future__ import annotations

import json
from collections.abc import Iterable
from datetime import date
from itertools import groupby
from typing import TYPE_CHECKING, NamedTuple

from pipecli.domain.events import ABSORBED, COMMAND_UNDONE, OPENED, ROW_IMPORTED, Event, live

from .directory import Person
from .driver import Row, quoted

if TYPE_CHECKING:
    from .driver import Driver

_KINDS = ", ".join(quoted(kind) for kind in (OPENED, ROW_IMPORTED, ABSORBED, COMMAND_UNDONE))
_KNOWN = (
    "select o.number, o.source_system, o.external_id, e.kind, e.payload, e.command, e.version "
    "from opportunity o join event e on e.stream = 'o' || o.number "
    f"where o.source_system in (:system, :hashed) and e.kind in ({_KINDS}) order by o.number, e.version"
)
# Rows of what was merged into an opportunity with a row of its own are still known.
_MERGED = (
    "select m.number, m.source_system, m.external_id, e.kind, e.payload, e.command, e.version "
    "from merged m join event e on e.stream = 'o' || m.number "
    f"where m.source_system in (:system, :hashed) and e.kind in ({_KINDS}) order by m.number, e.version"
)


class Known(NamedTuple):
    """An opportunity that was imported before, and the digests of the row it was last imported from.

    `is_merged` says that it is another one by now, which has a row of its own or a life of its own.
    """

    number: int
    digests: dict[str, str]
    is_merged: bool = False


def known_rows(driver: Driver, system: str) -> dict[tuple[str, str], Known]:
    """What was imported from a system before, by system and identifier; undone imports do not count."""
    found: dict[tuple[str, str], Known] = {}
    parameters = {"system": system, "hashed": f"{system}:hash"}
    for sql, merged in ((_MERGED, True), (_KNOWN, False)):
        for key, group in groupby(driver.stream(sql, parameters), key=lambda row: row[:3]):
            number, source, external = key
            found[source, external] = Known(number, digests_of(map(_event, group)), merged)
    return found


def _event(row: Row) -> Event:
    return Event(row[3], date.min, json.loads(row[4]), command=row[5], version=row[6])


def digests_of(events: Iterable[Event]) -> dict[str, str]:
    """The digests of the last import of an opportunity that was not undone, from its stream."""
    rows = [event.payload["row"] for event in live(events) if "row" in event.payload]
    return dict(rows[-1]) if rows else {}


def everybody(driver: Driver) -> list[Person]:
    """Every contact with its account, the oldest first."""
    rows = driver.stream(
        "select p.id, p.name, p.mail, p.phone, c.account_id "
        "from contact c join person p on p.id = c.id order by p.id"
    )
    return [Person(*row) for row in rows]
