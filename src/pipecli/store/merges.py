"""Which opportunities were merged into others since a day: what they were before, their streams tell."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING

from pipecli.domain import events as ev
from pipecli.domain.events import Event

from .driver import quoted
from .journal import load_selected

if TYPE_CHECKING:
    from .driver import Driver

_MERGED = (
    "select e.stream from merged m "
    f"join event e on e.stream = 'o' || cast(m.number as text) and e.kind = {quoted(ev.MERGED)} "
    "group by e.stream having max(e.occurred_on) > :after and max(e.occurred_on) <= :until"
)


def read_merged(driver: Driver, after: date, until: date) -> list[list[Event]]:
    """The streams of those that were merged after a day and up to another, with the reasons why."""
    days = {"after": after.isoformat(), "until": until.isoformat()}
    return load_selected(driver, _MERGED, days, texts=[ev.MERGED])


def merged_accounts(driver: Driver) -> dict[int, str]:
    """The names of the accounts of all that was merged, by id."""
    return {
        i: name
        for i, name in driver.rows("select id, name from account where id in (select account_id from merged)")
    }
