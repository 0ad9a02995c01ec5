"""What a workspace must be in itself: a sound database, gapless numbers, content that is what its event says."""

from __future__ import annotations

import hashlib
import json
from pathlib import Path
from typing import TYPE_CHECKING

from pipecli.text import _

from .schema import PROJECTION, WRITER

if TYPE_CHECKING:
    from .driver import Driver
    from .header import Header


def database_faults(driver: Driver) -> list[str]:
    """What SQLite's own check finds; PostgreSQL checks its pages itself."""
    if driver.dialect != "sqlite":
        return []
    missing = _missing_bytes(driver)
    if missing > 0:  # which the check below takes for zeros
        return [_("the database: {n} bytes are missing at its end").format(n=missing)]
    told = [line for (text,) in driver.rows("pragma integrity_check(20)") for line in str(text).splitlines()]
    faults = [line for line in told if not line.startswith("***")]  # a heading
    return [] if faults == ["ok"] else [_("the database: {fault}").format(fault=line) for line in faults]


def _missing_bytes(driver: Driver) -> int:
    """How much shorter the file is than its pages; pages that are still in the WAL are not missed."""
    file = Path(driver.where)
    if file.with_name(file.name + "-wal").exists() or not file.exists():
        return 0
    size, count = driver.rows(
        "select s.page_size, c.page_count from pragma_page_size s, pragma_page_count c"
    )[0]
    return int(size * count - file.stat().st_size)


def journal_faults(driver: Driver, header: Header) -> list[str]:
    """Gaps in the numbering, versions that do not follow, instants that go back, content that is not its event's."""
    faults = []
    count, last = driver.rows("select count(*), coalesce(max(seq), 0) from event")[0]
    if count != header.head or last != header.head:
        faults.append(
            _("the journal has {count} events up to {last}, its head says {head}").format(
                count=count, last=last, head=header.head
            )
        )
    for (stream,) in driver.rows(
        "select stream from event group by stream having count(*) <> max(version) or min(version) <> 1 limit 20"
    ):
        faults.append(_("the versions of stream {stream} have a gap").format(stream=stream))
    for (seq,) in driver.rows(
        "select e.seq from event e join event b on b.seq = e.seq - 1 where e.recorded_at < b.recorded_at limit 20"
    ):
        faults.append(_("event {seq} was recorded before the one it follows").format(seq=seq))
    for (seq,) in driver.rows(
        "select e.seq from event e left join command c on c.id = e.command where c.id is null limit 20"
    ):
        faults.append(_("event {seq} belongs to no command").format(seq=seq))
    for table in ("command", "content", "person"):
        for (number,) in driver.rows(
            f"select id from {table} where id > :head order by id limit 20", {"head": header.head}
        ):
            line = _("{table} {number} stands beyond the head of the journal, {head}")
            faults.append(line.format(table=table, number=number, head=header.head))
    return faults + _content_faults(driver)


def _content_faults(driver: Driver) -> list[str]:
    faults = []
    rows = driver.stream(
        "select t.id, t.salt, t.sha256, t.body, e.payload from content t left join event e on e.seq = t.id "
        "where t.erased_at is null order by t.id"
    )
    for seq, salt, digest, body, payload in rows:
        if _told(payload) != digest or hashlib.sha256((salt + (body or "")).encode()).hexdigest() != digest:
            faults.append(_("the text of event {seq} is not what was recorded").format(seq=seq))
    for seq, payload in driver.stream(
        "select e.seq, e.payload from event e left join content t on t.id = e.seq "
        "where t.id is null and e.payload like '%\"content\":%' order by e.seq"
    ):
        if _told(payload) is not None:
            faults.append(_("the text of event {seq} is missing").format(seq=seq))
    return faults


def _told(payload: str | None) -> object:
    """The hash of its text that an event carries; None where it has none or cannot be read."""
    try:
        told = json.loads(payload or "{}")
    except ValueError:
        return None
    return told.get("content") if isinstance(told, dict) else None


def accounts(driver: Driver) -> list[tuple[int, str]]:
    """The projected accounts."""
    return [(i, name) for i, name in driver.rows("select id, name from account")]


def contacts(driver: Driver) -> list[tuple[int, int | None]]:
    """The projected contacts and their accounts."""
    return [(i, account) for i, account in driver.rows("select id, account_id from contact")]


def mark_rebuilt(driver: Driver) -> None:
    """Say that the projection is of this program's version."""
    driver.run(
        "update workspace set projection = :projection, min_writer = :writer",
        {"projection": PROJECTION, "writer": WRITER},
    )
