"""What an import asks the store: which rows landed before, some hundreds at a time, and all contacts."""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from datetime import date
from itertools import groupby
from typing import TYPE_CHECKING, NamedTuple

from pipecli.domain.events import COMMAND_UNDONE, OPENED, ROW_IMPORTED, Event, live

from .directory import Person
from .driver import Row, quoted

if TYPE_CHECKING:
    from .driver import Driver

_KINDS = ", ".join(quoted(kind) for kind in (OPENED, ROW_IMPORTED, COMMAND_UNDONE))
_KNOWN = (
    "select o.number, o.source_system, o.external_id, e.kind, e.payload, e.command, e.version "
    "from opportunity o join event e on e.stream = 'o' || o.number "
    f"where o.source_system in (:system, :hashed) and o.external_id in ({{marks}}) and e.kind in ({_KINDS}) "
    "order by o.number, e.version"
)


class Known(NamedTuple):
    """An opportunity that was imported before, and the digests of the row it was last imported from."""

    number: int
    digests: dict[str, str]


def known_rows(driver: Driver, system: str, identifiers: Sequence[str]) -> dict[tuple[str, str], Known]:
    """What was imported from a system before of some hundred identifiers; undone imports do not count."""
    found: dict[tuple[str, str], Known] = {}
    wanted = {f"i{n}": identifier for n, identifier in enumerate(identifiers)}
    sql = _KNOWN.format(marks=", ".join(f":{name}" for name in wanted))
    rows = driver.rows(sql, {"system": system, "hashed": f"{system}:hash", **wanted})
    for key, group in groupby(rows, key=lambda row: row[:3]):
        number, source, external = key
        found[source, external] = Known(number, _digests(group))
    return found


def _digests(rows: Iterable[Row]) -> dict[str, str]:
    """The digests of the last import that was not undone."""
    events = [Event(r[3], date.min, json.loads(r[4]), command=r[5], version=r[6]) for r in rows]
    imported = live(events)
    return dict(imported[-1].payload.get("row", {})) if imported else {}


def numbers(driver: Driver) -> dict[str, int]:
    """Every opportunity's number by its uid."""
    return dict(driver.rows("select uid, number from opportunity"))


def everybody(driver: Driver) -> list[Person]:
    """Every contact with its account, the oldest first."""
    rows = driver.stream(
        "select p.id, p.name, p.mail, p.phone, c.account_id "
        "from contact c join person p on p.id = c.id order by p.id"
    )
    return [Person(*row) for row in rows]
