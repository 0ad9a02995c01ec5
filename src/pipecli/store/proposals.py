"""Proposals that wait for an answer or had one, over all opportunities."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from pipecli.domain.fold import fold

if TYPE_CHECKING:
    from .driver import Driver

_LISTED = (
    "select p.id, p.opportunity, o.name, a.name, o.owner, p.what, p.target, p.exchange, p.on_day, p.source, p.status, "
    "p.decided_on, p.decided_by, t.body from proposal p join opportunity o on o.number = p.opportunity "
    "left join account a on a.id = o.account_id left join content t on t.id = p.id "
)
# Of a closed opportunity nothing can be proposed any more; what was, waits for nobody.
_WAITING = "p.status = 'open' and o.status = 'open'"


class ProposalRow(NamedTuple):
    """A proposal as stored, with its opportunity; `body` is the content of its event, None where it was erased."""

    id: int
    ref: int
    name: str
    account: str | None
    owner: str
    what: str
    target: str
    exchange: int | None
    on_day: str
    source: str
    status: str
    decided_on: str | None
    decided_by: str | None
    body: str | None


def listed(
    driver: Driver, *, number: int | None = None, owner: str | None = None, answered: bool = False
) -> list[ProposalRow]:
    """The proposals that wait, the newest first; with `answered` all there were, those of closed ones too."""
    where, parameters = [] if answered else [_WAITING], dict[str, object]()
    if number is not None:
        where.append("p.opportunity = :number")
        parameters["number"] = number
    if owner is not None:
        where.append("o.owner_key = :owner")
        parameters["owner"] = fold(owner)
    condition = "where " + " and ".join(where) if where else ""
    rows = driver.rows(f"{_LISTED} {condition} order by p.id desc", parameters)
    return [ProposalRow(*row) for row in rows]


def by_id(driver: Driver, seq: int) -> ProposalRow | None:
    """One proposal."""
    rows = driver.rows(_LISTED + "where p.id = :id", {"id": seq})
    return ProposalRow(*rows[0]) if rows else None


def waiting(driver: Driver, owner: str | None = None) -> int:
    """How many wait for an answer."""
    sql = f"select count(*) from proposal p join opportunity o on o.number = p.opportunity where {_WAITING}"
    if owner is None:
        return int(driver.rows(sql)[0][0])
    return int(driver.rows(sql + " and o.owner_key = :owner", {"owner": fold(owner)})[0][0])
