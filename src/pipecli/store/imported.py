"""What an import asks the store: which rows landed before, some hundreds at a time, and all contacts."""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from datetime import date
from itertools import groupby
from typing import TYPE_CHECKING, NamedTuple

from pipecli.domain.events import ABSORBED, COMMAND_UNDONE, OPENED, ROW_IMPORTED, Event, live
from pipecli.domain.fold import fold

from .directory import Person
from .driver import Row, quoted

if TYPE_CHECKING:
    from .driver import Driver

_KINDS = ", ".join(quoted(kind) for kind in (OPENED, ROW_IMPORTED, ABSORBED, COMMAND_UNDONE))
_KNOWN = (
    "select o.number, o.source_system, o.external_id, e.kind, e.payload, e.command, e.version "
    "from opportunity o join event e on e.stream = 'o' || o.number "
    f"where o.source_system in (:system, :hashed) and o.external_id in ({{marks}}) and e.kind in ({_KINDS}) "
    "order by o.number, e.version"
)
# Rows of what was merged into an opportunity with a row of its own are still known.
_MERGED = (
    "select m.number, m.source_system, m.external_id, e.kind, e.payload, e.command, e.version "
    "from merged m join event e on e.stream = 'o' || m.number "
    f"where m.source_system in (:system, :hashed) and m.external_id in ({{marks}}) and e.kind in ({_KINDS}) "
    "order by m.number, e.version"
)


OWN = "pipe"
"""The system of our own exports."""


class Known(NamedTuple):
    """An opportunity that was imported before, and the digests of the row it was last imported from.

    `is_merged` says that it is another one by now, which has a row of its own or a life of its own.
    """

    number: int
    digests: dict[str, str]
    is_merged: bool = False


def known_rows(driver: Driver, system: str, identifiers: Sequence[str]) -> dict[tuple[str, str], Known]:
    """What was imported from a system before of some hundred identifiers; undone imports do not count."""
    found: dict[tuple[str, str], Known] = {}
    wanted = {f"i{n}": identifier for n, identifier in enumerate(identifiers)}
    parameters = {"system": system, "hashed": f"{system}:hash", **wanted}
    marks = ", ".join(f":{name}" for name in wanted)
    gone = driver.soon(driver.rows, _MERGED.format(marks=marks), parameters)
    here = driver.soon(driver.rows, _KNOWN.format(marks=marks), parameters)
    for rows, merged in ((gone, True), (here, False)):
        for key, group in groupby(rows(), key=lambda row: row[:3]):
            number, source, external = key
            found[source, external] = Known(number, digests_of(map(_event, group)), merged)
    return found


def _event(row: Row) -> Event:
    return Event(row[3], date.min, json.loads(row[4]), command=row[5], version=row[6])


def digests_of(events: Iterable[Event]) -> dict[str, str]:
    """The digests of the last import of an opportunity that was not undone, from its stream."""
    rows = [event.payload["row"] for event in live(events) if "row" in event.payload]
    return dict(rows[-1]) if rows else {}


def numbers(driver: Driver) -> dict[str, int]:
    """Every opportunity's number by its uid."""
    return dict(driver.rows("select uid, number from opportunity"))


def merged_numbers(driver: Driver) -> dict[str, int]:
    """The number of everyone that was merged into another one, by its uid."""
    return dict(driver.rows("select uid, number from merged"))


def externals(driver: Driver) -> dict[tuple[str, str], int]:
    """The number of everyone with an identifier of another system, merged ones too; what came from an export of our own
    is known by its uid, whatever identifier it had before."""
    sql = (
        "select source_system, external_id, number from {table} "
        f"where external_id is not null and source_system <> {quoted(OWN)}"
    )
    asked = [driver.soon(driver.rows, sql.format(table=table)) for table in ("merged", "opportunity")]
    return {(system, external): number for rows in asked for system, external, number in rows()}


def doubled(driver: Driver) -> list[tuple[str, list[int]]]:
    """Uids and identifiers that several opportunities go by, of each system, with their numbers."""
    found: dict[str, list[int]] = {}
    uids = "select uid from opportunity group by uid having count(*) > 1"
    for uid, number in driver.rows(
        f"select uid, number from opportunity where uid in ({uids}) order by number"
    ):
        found.setdefault(uid, []).append(number)
    rows = driver.rows(
        "select o.source_system, o.external_id, o.number from opportunity o join "
        "(select source_system, external_id from opportunity "
        f"where external_id is not null and source_system <> {quoted(OWN)} "
        "group by source_system, external_id having count(*) > 1) d "
        "on d.source_system = o.source_system and d.external_id = o.external_id order by o.number"
    )
    for system, external, number in rows:
        found.setdefault(f"{system} {external}", []).append(number)
    return list(found.items())


def open_names(driver: Driver) -> set[tuple[str, int]]:
    """The name and account of every open opportunity that has one, folded."""
    rows = driver.stream(
        "select name, account_id from opportunity where status = 'open' and account_id is not null"
    )
    return {(fold(name), account) for name, account in rows}


def everybody(driver: Driver) -> list[Person]:
    """Every contact with its account, the oldest first."""
    rows = driver.stream(
        "select p.id, p.name, p.mail, p.phone, c.account_id "
        "from contact c join person p on p.id = c.id order by p.id"
    )
    return [Person(*row) for row in rows]
