"""What a Tab asks of the database: references, owners, and the definition's keys; no rule, one query each."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from pipecli.domain.fold import fold

if TYPE_CHECKING:
    from .driver import Driver

MOST = 50
LONGEST_NUMBER = 10


def references(driver: Driver, fragment: str, *, open_only: bool) -> list[tuple[str, str]]:
    """Numbers that start with the fragment, or those of names and accounts that contain it, each with its subject."""
    state = "o.status = 'open'" if open_only else "o.status in ('won', 'lost')"
    select = (
        "select o.number, o.name, a.name from opportunity o left join account a on a.id = o.account_id where "
    )
    if fragment.isascii() and fragment.isdigit():
        rows = driver.rows(f"{select}({_numbers(fragment)}) and {state} order by o.number limit {MOST}")
    else:
        like = "%" + fold(fragment).replace("!", "!!").replace("%", "!%").replace("_", "!_") + "%"
        rows = driver.rows(
            f"{select}{state} and o.search like :fragment escape '!' order by o.number desc limit {MOST}",
            {"fragment": like},
        )
    return [(str(number), f"{account} · {name}" if account else name) for number, name, account in rows]


def _numbers(digits: str) -> str:
    """SQL for numbers that start with these digits: a few ranges, which an index answers."""
    low = int(digits)
    missing = range(max(1, LONGEST_NUMBER - len(digits)))
    return " or ".join(f"o.number between {low * 10**n} and {(low + 1) * 10**n - 1}" for n in missing)


def owners(driver: Driver) -> list[str]:
    """Everybody who owns an open opportunity."""
    return [
        o
        for (o,) in driver.rows("select distinct owner from opportunity where status = 'open' order by owner")
    ]


def compiled_definition(driver: Driver) -> dict[str, Any]:
    """The definition in force, as compiled."""
    sql = "select d.compiled_json from workspace w join definition d on d.version = w.definition"
    found: dict[str, Any] = json.loads(driver.rows(sql)[0][0])
    return found
