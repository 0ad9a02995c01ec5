"""From what a person typed to opportunities: by number, by fragment of name or account."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from pipecli.domain.fold import fold

if TYPE_CHECKING:
    from .driver import Driver


class Hit(NamedTuple):
    """An opportunity as a pick list shows it."""

    number: int
    name: str
    account: str | None
    owner: str
    stage: str
    status: str
    next_due: str | None


_SELECT = (
    "select o.number, o.name, a.name, o.owner, o.stage, o.status, o.next_due from opportunity o "
    "left join account a on a.id = o.account_id "
)


_KEPT = (
    "with recursive way (kept, steps) as (select kept, 1 from merged where number = :number "
    "union all select m.kept, w.steps + 1 from merged m join way w on m.number = w.kept) "
    "select kept from way order by steps desc limit 1"
)


def by_number(driver: Driver, number: int) -> Hit | None:
    """The opportunity with that number."""
    rows = driver.rows(*_number_sql(number))
    return Hit(*rows[0]) if rows else None


def _number_sql(number: int) -> tuple[str, dict[str, int]]:
    return _SELECT + "where o.number = :number", {"number": number}


def expect_number(driver: Driver, number: int) -> None:
    """This opportunity will be looked up, and where it is none any more, the one that stands for it."""
    driver.ahead(*_number_sql(number))
    driver.ahead(_KEPT, {"number": number})


def merged_into(driver: Driver, number: int) -> int | None:
    """The opportunity that stands for one that was merged; None where that number was not."""
    rows = driver.rows(_KEPT, {"number": number})
    return rows[0][0] if rows else None


def absorbed_sql(number: str) -> str:
    """SQL for the numbers of what was merged into an opportunity, and into those, whose number an expression gives."""
    return (
        f"with recursive gone (number) as (select number from merged where kept = {number} "
        "union all select m.number from merged m join gone g on m.kept = g.number) select number from gone"
    )


def by_fragment(driver: Driver, text: str, *, open_only: bool, limit: int = 50) -> list[Hit]:
    """Opportunities whose name or account contains the text, case and accents ignored; equal names first."""
    if "\x00" in text or any("\ud800" <= c <= "\udfff" for c in text):
        return []  # nothing stored has these, and the databases refuse them
    key = fold(text.strip())

    def fitting(pattern: str) -> list[Hit]:
        return [Hit(*row) for row in driver.rows(*_fragment_sql(pattern, open_only, limit))]

    escaped = _escaped(key)
    hits = fitting(f"%{escaped}%")
    # Among more than the limit, one of exactly that name may be an old one: what is searched starts with its name.
    whole = hits if len(hits) < limit else [*hits, *fitting(escaped), *fitting(f"{escaped} %")]
    exact = {h.number: h for h in whole if key in (fold(h.name), fold(h.account or ""))}
    return list(exact.values()) if len(exact) == 1 else hits


def expect_fragment(driver: Driver, text: str, limit: int = 50) -> None:
    """Open opportunities will be looked for by this fragment."""
    if "\x00" not in text and not any("\ud800" <= c <= "\udfff" for c in text):
        driver.ahead(*_fragment_sql(f"%{_escaped(fold(text.strip()))}%", True, limit))


def _fragment_sql(pattern: str, open_only: bool, limit: int) -> tuple[str, dict[str, object]]:
    state = "o.status = 'open'" if open_only else "o.status <> 'open'"
    sql = f"where {state} and o.search like :fragment escape '!' order by o.number desc limit :most"
    return _SELECT + sql, {"fragment": pattern, "most": limit}


def _escaped(key: str) -> str:
    return key.replace("!", "!!").replace("%", "!%").replace("_", "!_")


def open_for(driver: Driver, owner: str, limit: int) -> list[Hit]:
    """Open opportunities for a pick list: an owner's own first, the latest due first of those."""
    hits: list[Hit] = []
    for whose in ("=", "<>"):  # two queries, so that each reads an index only as far as the limit
        rows = driver.rows(
            _SELECT + f"where o.status = 'open' and o.owner_key {whose} :owner "
            "order by o.next_due nulls first, o.number limit :most",
            {"owner": fold(owner), "most": limit - len(hits)},
        )
        hits += [Hit(*row) for row in rows]
    return hits
