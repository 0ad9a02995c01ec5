"""Blanking what names a person: rows first, in the caller's transaction, then what the database keeps of old ones."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Sequence
from typing import TYPE_CHECKING, NamedTuple

from pipecli.domain.events import ACCOUNT_ADDED
from pipecli.errors import StoreError

from .directory import Person
from .driver import quoted
from .dump import TABLES
from .layout import COLUMNS, PERSONAL, SHARED
from .opening import open_database
from .schema import without_samples
from .sqlite import SqliteDriver

if TYPE_CHECKING:
    from .driver import Driver

_PAYLOADS = "select seq, stream, kind, occurred_on, '', payload from event "


class Entry(NamedTuple):
    """An event's payload, or the text of its content row, to be searched."""

    seq: int
    stream: str
    kind: str
    occurred_on: str
    media: str
    body: str


def everybody(driver: Driver) -> list[Person]:
    """Every contact whose data is there with the account they were added to, those of undone commands too."""
    rows = driver.rows(
        "select p.id, p.name, p.mail, p.phone, e.payload from person p join event e on e.seq = p.id "
        "where p.erased_at is null order by p.id"
    )
    return [
        Person(i, name, mail, phone, json.loads(added).get("account")) for i, name, mail, phone, added in rows
    ]


def accounts(driver: Driver) -> dict[int, str]:
    """The names of all accounts, those of undone commands too."""
    rows = driver.rows(f"select seq, payload from event where kind = {quoted(ACCOUNT_ADDED)}")
    return {seq: json.loads(payload)["name"] for seq, payload in rows}


def users(driver: Driver) -> list[str]:
    """Everybody who gave a command or owns an opportunity, by the name they go by."""
    sql = "select actor from command union select owner from opportunity order by 1"
    return [name for (name,) in driver.rows(sql)]


def erased_on(driver: Driver, contact: int) -> str | None:
    """The instant at which a contact was erased; None where it was not, or there is none."""
    rows = driver.rows("select erased_at from person where id = :id", {"id": contact})
    return rows[0][0] if rows else None


def erased(driver: Driver) -> frozenset[int]:
    """The contacts that were erased."""
    return frozenset(i for (i,) in driver.rows("select id from person where erased_at is not null"))


def payloads(driver: Driver) -> Iterator[Entry]:
    """The payload of every event, in the order of the journal."""
    return (Entry(*row) for row in driver.stream(_PAYLOADS + "order by seq"))


def texts(driver: Driver) -> Iterator[Entry]:
    """Every text that was not erased, in the order of the journal."""
    rows = driver.stream(
        "select e.seq, e.stream, e.kind, e.occurred_on, t.media, t.body from content t join event e on e.seq = t.id "
        "where t.body is not null order by t.id"
    )
    return (Entry(*row) for row in rows)


def blank_people(driver: Driver, ids: Iterable[int], at: str) -> None:
    """Take out the personal data of these contacts."""
    sql = "update person set name = null, mail = null, phone = null, salt = '', erased_at = ? where id = ?"
    driver.run_many(sql, [(at, i) for i in ids])


def blank_texts(driver: Driver, seqs: Iterable[int], at: str) -> None:
    """Take out these texts, and the salt without which nobody can try what their hash might be of."""
    sql = "update content set body = null, salt = '', erased_at = ? where id = ?"
    driver.run_many(sql, [(at, seq) for seq in seqs])


def rewrite_payloads(driver: Driver, found: Sequence[tuple[int, str]]) -> None:
    """Write these payloads (event, JSON) without the name that they carried: the one change an event can see."""
    driver.run_many("update event set payload = ? where seq = ?", [(payload, seq) for seq, payload in found])


def sweep(address: str) -> bool:
    """Overwrite what the database keeps of rows that are no more; whether it could.

    On SQLite the file is written anew and its WAL emptied, which waits for others to let go of it; on PostgreSQL the
    tables are, where the user owns them. The server's own WAL and its backups are not reached.
    """
    driver = open_database(address, write=True)
    try:
        if not isinstance(driver, SqliteDriver):
            return _sweep_tables(driver)
        driver.run("vacuum")
        return driver.empty_log()
    except StoreError:
        return False
    finally:
        driver.close()


def _sweep_tables(driver: Driver) -> bool:
    owned = driver.rows(
        "select pg_has_role(relowner, 'usage') from pg_class where oid = to_regclass('person')"
    )
    if not owned or not owned[0][0]:
        return False
    driver.run("set lock_timeout = '5s'")
    for table in (*TABLES, *COLUMNS, *SHARED):
        driver.run(f"vacuum (full, analyze) {table}")
    return _drop_samples(driver)


def _drop_samples(driver: Driver) -> bool:
    """Overwrite the samples that the planner took of what names people; whether none is left.

    Older programs let it take some. The server keeps them in a table of its own, which the database's owner may write
    anew; that a column's type is set drops what was taken of it.
    """
    owned = driver.rows(
        "select pg_has_role(datdba, 'usage') from pg_database where datname = current_database()"
    )
    taken = [
        (table, column)
        for table, column in driver.rows(
            "select s.tablename, s.attname from pg_stats s join pg_class c on c.oid = to_regclass('person') "
            "join pg_namespace n on n.oid = c.relnamespace and n.nspname = s.schemaname"
        )
        if column in PERSONAL.get(table, ())
    ]
    if not owned[0][0]:
        return not taken
    for table in {table for table, _column in taken}:
        driver.run(without_samples(table))
    for table, column in taken:
        driver.run(f'alter table {table} alter column {column} type text collate "C"')
    driver.run("vacuum full pg_statistic")
    return True
