"""Accounts, contacts and owners: who there is, found by name, by id and by likeness."""

from __future__ import annotations

import secrets
from collections.abc import Iterable, Sequence
from itertools import product
from typing import TYPE_CHECKING, NamedTuple

from pipecli.domain.events import DESCRIBED, OPENED
from pipecli.domain.fold import fold

from .driver import quoted
from .search import absorbed_sql

if TYPE_CHECKING:
    from .driver import Driver, Parameters

MOST_PARAMETERS = 500
_REFERRING = ("account_id", "contact_id", "decision_maker_id")
INSERT_ACCOUNT = (
    "insert into account (id, name, search, reversed) values (?, ?, ?, ?) "
    "on conflict (id) do update set name = excluded.name, search = excluded.search, reversed = excluded.reversed"
)
INSERT_CONTACT = (
    "insert into contact (id, account_id) values (?, ?) "
    "on conflict (id) do update set account_id = excluded.account_id"
)
INSERT_PERSON = "insert into person (id, name, mail, phone, salt, erased_at) values (?, ?, ?, ?, ?, ?)"


class Person(NamedTuple):
    """A contact with personal data, None where it was erased or never known."""

    id: int
    name: str | None
    mail: str | None
    phone: str | None
    account: int | None


def names(driver: Driver, ids: Iterable[int | None]) -> dict[int, str | None]:
    """The names of these accounts and contacts, by id."""
    asked = sorted({i for i in ids if i is not None})
    if len(asked) > MOST_PARAMETERS:
        everybody = all_names(driver)
        return {i: everybody[i] for i in asked if i in everybody}
    wanted = {f"i{n}": i for n, i in enumerate(asked)}
    if not wanted:
        return {}
    marks = ", ".join(f":{name}" for name in wanted)
    return {
        i: name
        for i, name in driver.rows(
            f"select id, name from account where id in ({marks}) union all "
            f"select id, name from person where id in ({marks})",
            wanted,
        )
    }


_OWNERS = "select distinct owner from opportunity where status = 'open' order by owner"
_AROUND = (
    "select a.id, a.name from opportunity o join account a on a.id = o.account_id where o.number = :number "
    "union all select p.id, p.name from opportunity o join person p on p.id in (o.contact_id, o.decision_maker_id) "
    "where o.number = :number"
)


_PEOPLE_AROUND = (
    "select 0 as own, p.id, p.name, p.mail, p.phone, c.account_id from opportunity o "
    "join contact c on c.account_id = o.account_id join person p on p.id = c.id where o.number = :number "
    "union all select 1, p.id, p.name, p.mail, p.phone, c.account_id from opportunity o "
    "join person p on p.id in (o.contact_id, o.decision_maker_id) left join contact c on c.id = p.id "
    "where o.number = :number "
    "union all select 1, p.id, p.name, p.mail, p.phone, c.account_id from merged m "
    "join person p on p.id in (m.contact_id, m.decision_maker_id) left join contact c on c.id = p.id "
    f"where m.number in ({absorbed_sql(':number')}) order by 1, 2"
)


def names_around(driver: Driver, number: int) -> dict[int, str | None]:
    """The names of the account and people that an opportunity's row refers to."""
    return {i: name for i, name in driver.rows(_AROUND, {"number": number})}


def names_around_all(driver: Driver, numbers: Sequence[int]) -> dict[int, str | None]:
    """The same of some hundred opportunities."""
    return {i: name for i, name in driver.rows(*_around_all_sql(numbers))} if numbers else {}


def expect_names_around_all(driver: Driver, numbers: Sequence[int]) -> None:
    """These names will be asked for."""
    if numbers:
        driver.ahead(*_around_all_sql(numbers))


def _around_all_sql(numbers: Sequence[int]) -> tuple[str, dict[str, int]]:
    wanted = {f"n{i}": number for i, number in enumerate(numbers)}
    return _AROUND.replace("= :number", f"in ({', '.join(f':{name}' for name in wanted)})"), wanted


def expect_names_around(driver: Driver, number: int) -> None:
    """These names will be asked for."""
    driver.ahead(_AROUND, {"number": number})


def names_in(driver: Driver, streams: Sequence[str]) -> dict[int, str | None]:
    """The names of all accounts and people that were ever set in these opportunities; of many, everybody's."""
    if len(streams) > MOST_PARAMETERS:
        return all_names(driver)
    wanted = {f"s{n}": stream for n, stream in enumerate(streams)}
    return names_said(driver, ", ".join(f":{name}" for name in wanted), wanted) if wanted else {}


def names_said(driver: Driver, streams: str, parameters: Parameters) -> dict[int, str | None]:
    """The same of the opportunities whose streams SQL gives."""
    of = f"from event e where e.stream in ({streams}) and e.kind ="
    changes = driver.json_text("e.payload", "changes")
    said = " union ".join(
        f"select cast({driver.json_text(place, key)} as bigint) {of} {quoted(kind)}"
        for kind, place in ((OPENED, "e.payload"), (DESCRIBED, changes))
        for key in ("account", "contact", "decision_maker")
    )
    rows = driver.rows(
        f"with said (id) as ({said}) select id, name from account where id in (select id from said) "
        "union all select id, name from person where id in (select id from said)",
        parameters,
    )
    return {i: name for i, name in rows}


def all_names(driver: Driver) -> dict[int, str | None]:
    """The names of all accounts and contacts, by id."""
    return {
        i: n for i, n in driver.rows("select id, name from account union all select id, name from person")
    }


def find_account(driver: Driver, name: str) -> int | None:
    """The account with exactly that name."""
    rows = driver.rows(*_account_sql(name))
    return rows[0][0] if rows else None


def _account_sql(name: str) -> tuple[str, dict[str, str]]:
    sql = "select id from account where search = :search and name = :name order by id limit 1"
    return sql, {"search": fold(name), "name": name}


def expect_account(driver: Driver, name: str) -> None:
    """This account will be looked for, and what is nearly called so."""
    driver.ahead(*_account_sql(name))
    driver.ahead(*_near_sql(name))


def all_accounts(driver: Driver) -> dict[str, int]:
    """Every account's id by its exact name; the oldest where names are equal."""
    return {name: i for i, name in driver.rows("select id, name from account order by id desc")}


def near_accounts(driver: Driver, name: str) -> list[str]:
    """Accounts whose names differ by case, accents or one letter: candidates share one half with the name."""
    key = fold(name)
    rows = driver.rows(*_near_sql(name))
    return sorted({n for (n,) in rows if n != name and one_letter_apart(fold(n), key)})


def _near_sql(name: str) -> tuple[str, dict[str, str]]:
    key = fold(name)
    half = max(1, len(key) // 2)
    head, tail = key[:half], key[::-1][: max(1, len(key) - half)]
    sql = (
        "select name from account where (search >= :head and search < :head_end) "
        "or (reversed >= :tail and reversed < :tail_end)"
    )
    return sql, {
        "head": head, "head_end": head + "\U0010ffff", "tail": tail, "tail_end": tail + "\U0010ffff",
    }  # fmt: skip


def known_owners(driver: Driver) -> list[str]:
    """Everybody who owns an open opportunity."""
    return [o for (o,) in driver.rows(_OWNERS)]


def expect_owners(driver: Driver) -> None:
    """They will be asked for."""
    driver.ahead(_OWNERS)


def one_letter_apart(a: str, b: str) -> bool:
    """Whether two folded names are equal, or one edit (a letter more, fewer or other) apart."""
    if a == b:
        return True
    if abs(len(a) - len(b)) > 1 or min(len(a), len(b)) < 3:
        return False
    start = next((n for n, (x, y) in enumerate(zip(a, b, strict=False)) if x != y), min(len(a), len(b)))
    rest_a, rest_b = a[start:], b[start:]
    return rest_a[1:] == rest_b[1:] or rest_a[1:] == rest_b or rest_a == rest_b[1:]


def contacts_of(driver: Driver, account: int | None) -> list[Person]:
    """The contacts of an account, or those of no account."""
    return [Person(*row) for row in driver.rows(*_contacts_sql(account))]


def _contacts_sql(account: int | None) -> tuple[str, dict[str, int]]:
    where = "c.account_id is null" if account is None else "c.account_id = :account"
    sql = (
        "select p.id, p.name, p.mail, p.phone, c.account_id from contact c join person p on p.id = c.id "
        f"where {where} order by p.id"
    )
    return sql, {} if account is None else {"account": account}


def people(driver: Driver, ids: Sequence[int]) -> list[Person]:
    """These contacts."""
    return [Person(*row) for row in driver.rows(*_people_sql(ids))] if ids else []


def _people_sql(ids: Sequence[int]) -> tuple[str, dict[str, int]]:
    wanted = {f"i{n}": i for n, i in enumerate(ids)}
    sql = (
        "select p.id, p.name, p.mail, p.phone, c.account_id from person p left join contact c on c.id = p.id "
        f"where p.id in ({', '.join(f':{name}' for name in wanted)}) order by p.id"
    )
    return sql, wanted


def people_around(driver: Driver, number: int) -> list[Person]:
    """The contacts of an opportunity's account, then those of its own, and of what was merged into it, of others."""
    found: dict[int, Person] = {}
    for _own, *person in driver.rows(_PEOPLE_AROUND, {"number": number}):
        found.setdefault(person[0], Person(*person))
    return list(found.values())


def expect_people_around(driver: Driver, number: int) -> None:
    """They will be asked for."""
    driver.ahead(_PEOPLE_AROUND, {"number": number})


def add_people(driver: Driver, rows: Iterable[tuple[int, str, str | None, str | None]]) -> None:
    """Store personal data under the numbers of the events that added it."""
    driver.run_many(INSERT_PERSON, [(*row, secrets.token_hex(8), None) for row in rows])


def add_accounts(driver: Driver, rows: Iterable[tuple[int, str]]) -> None:
    """Project accounts."""
    driver.run_many(INSERT_ACCOUNT, [(i, name, fold(name), fold(name)[::-1]) for i, name in rows])


def add_contacts(driver: Driver, rows: Iterable[tuple[int, int | None]]) -> None:
    """Project contacts."""
    driver.run_many(INSERT_CONTACT, list(rows))


def remove(driver: Driver, table: str, ids: Iterable[int]) -> None:
    """Take accounts or contacts out of the projection."""
    driver.run_many(f"delete from {table} where id = ?", [(i,) for i in ids])


def used_by(driver: Driver, ids: Sequence[int]) -> list[int]:
    """The opportunities that refer to any of these accounts or contacts, those that were merged included."""
    found: set[int] = set()
    for start in range(0, len(ids), MOST_PARAMETERS):
        wanted = {f"i{n}": i for n, i in enumerate(ids[start : start + MOST_PARAMETERS])}
        marks = ", ".join(f":{name}" for name in wanted)
        asked = [
            driver.soon(driver.rows, f"select number from {table} where {column} in ({marks})", wanted)
            for table, column in product(("opportunity", "merged"), _REFERRING)
        ]
        found |= {number for rows in asked for (number,) in rows()}
    return sorted(found)


def references(driver: Driver, field: str) -> list[tuple[int, int]]:
    """Which opportunity (number) has which account, contact or decision_maker (id)."""
    rows = driver.rows(f"select number, {field}_id from opportunity where {field}_id is not null")
    return [(number, key) for number, key in rows]


def named_by(driver: Driver, numbers: Sequence[int]) -> set[int]:
    """The accounts and contacts that these opportunities refer to, and the accounts of those contacts."""
    found: set[int | None] = set()
    for start in range(0, len(numbers), 500):
        wanted = {f"n{i}": number for i, number in enumerate(numbers[start : start + 500])}
        marks = ", ".join(f":{name}" for name in wanted)
        for table in ("opportunity", "merged"):
            for row in driver.rows(
                "select o.account_id, o.contact_id, o.decision_maker_id, c.account_id, d.account_id "
                f"from {table} o left join contact c on c.id = o.contact_id "
                f"left join contact d on d.id = o.decision_maker_id where o.number in ({marks})",
                wanted,
            ):
                found.update(row)
    return {key for key in found if key is not None}
