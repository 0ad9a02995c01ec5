"""Blanking what names a person: rows first, in the caller's transaction, then what the database keeps of old ones."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import TYPE_CHECKING, NamedTuple

from pipecli.errors import StoreError

from .directory import MOST_PARAMETERS, Person
from .dump import TABLES
from .layout import COLUMNS, SHARED
from .opening import open_database
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
    """Every contact whose data is there, those of undone commands too."""
    return [
        Person(*row)
        for row in driver.rows(
            "select p.id, p.name, p.mail, p.phone, c.account_id from person p left join contact c on c.id = p.id "
            "where p.erased_at is null order by p.id"
        )
    ]


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


def payloads_of(driver: Driver, seqs: Sequence[int]) -> list[Entry]:
    """The payloads of these events."""
    found: list[Entry] = []
    for start in range(0, len(seqs), MOST_PARAMETERS):
        wanted = {f"s{n}": seq for n, seq in enumerate(seqs[start : start + MOST_PARAMETERS])}
        marks = ", ".join(f":{name}" for name in wanted)
        found += [Entry(*row) for row in driver.rows(_PAYLOADS + f"where seq in ({marks})", wanted)]
    return found


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
    return True
