"""Exchanges that came from messages and calendars: which were taken, and what there is to match new ones with.

What a message is known by stands in the payload of its event. It counts while the exchange is projected, so that
one whose import was undone can be taken again; no column and no index is kept for it.
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from pipecli.domain.matching import Known, Standing

if TYPE_CHECKING:
    from .driver import Driver

_TAKEN = (
    "select e.payload, x.opportunity from exchange x join event e on e.seq = x.id "
    "where x.kind in ('mail', 'meeting') and e.payload like '%\"message\":%'"
)
_STANDING = (
    "select o.number, o.name, a.name, o.account_id, o.contact_id, o.decision_maker_id from opportunity o "
    "left join account a on a.id = o.account_id where o.status = 'open'"
)
_PEOPLE = (
    "select p.id, p.mail, c.account_id from contact c join person p on p.id = c.id "
    "where p.mail is not null and p.mail <> '' order by p.id"
)


def taken(driver: Driver) -> dict[str, int]:
    """What every message taken so far is known by, and the opportunity it went to."""
    return {json.loads(payload)["message"]: number for payload, number in driver.stream(_TAKEN)}


def taken_at(driver: Driver, message: str) -> int | None:
    """The opportunity that a message went to, None where it was not taken."""
    where = f" and {driver.json_text('e.payload', 'message')} = :message"
    rows = driver.rows(_TAKEN + where, {"message": message})
    return int(rows[0][1]) if rows else None


def standing(driver: Driver) -> list[Standing]:
    """Every open opportunity as matching sees it, with the people of those that were merged into it."""
    people_of_merged = driver.soon(_people_of_merged, driver)
    rows = driver.rows(_STANDING)
    merged = people_of_merged()
    return [
        Standing(
            number,
            name,
            account_name,
            account,
            tuple(p for p in (*people, *merged.get(number, ())) if p is not None),
        )
        for number, name, account_name, account, *people in rows
    ]


def _people_of_merged(driver: Driver) -> dict[int, list[int | None]]:
    """By the opportunity that stands for them, the contacts and decision-makers of those that were merged."""
    rows = driver.rows("select number, kept, contact_id, decision_maker_id from merged")
    kept = {number: into for number, into, *_people in rows}
    found: dict[int, list[int | None]] = {}
    for _number, into, *people in rows:
        while into in kept:
            into = kept[into]
        found.setdefault(into, []).extend(people)
    return found


def known_people(driver: Driver) -> list[Known]:
    """Every contact with an address."""
    return [Known(*row) for row in driver.rows(_PEOPLE)]
