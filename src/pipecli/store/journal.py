"""The journal's rows: events, commands and the content that goes with them, written once and read in order."""

from __future__ import annotations

import hashlib
import json
import secrets
from collections.abc import Iterable, Iterator, Sequence
from datetime import date
from itertools import groupby
from typing import TYPE_CHECKING, NamedTuple

from pipecli.domain.events import (
    CARRIED_TEXTS,
    EVIDENCE_RECORDED,
    PROPOSAL_MADE,
    Event,
    opportunity_stream,
)
from pipecli.errors import StoreError
from pipecli.text import _

from .driver import quoted
from .search import absorbed_sql

if TYPE_CHECKING:
    from .driver import Driver, Parameters, Row

_CARRIED = ", ".join(quoted(kind) for kind in sorted(CARRIED_TEXTS))
_FOLDED = (
    "select e.kind, e.occurred_on, e.payload, t.body, e.seq, e.command, e.stream, e.version, e.recorded_at, c.actor "
    "from event e join command c on c.id = e.command "
    f"left join content t on t.id = e.seq and e.kind in ({_CARRIED}) "
)
_WHOLE = (
    "select e.kind, e.occurred_on, e.payload, t.body, e.seq, e.command, e.stream, e.version, e.recorded_at, c.actor "
    "from event e join command c on c.id = e.command left join content t on t.id = e.seq "
)
_TOUCHED = (
    "select e.stream from command c join event e on e.command = c.id "
    "where c.actor = :actor and c.agent is null and e.stream >= 'o' and e.stream < 'o~' "
    "order by c.id desc, e.seq desc limit :most"
)
_COMMANDS = (
    "select id, uid, actor, agent, at, name, origin, undoes from command "
    "where actor = :actor and agent is null and id < :before order by id desc limit 50"
)
_NEWEST = 2**62
_GONE = f"select 'o' || cast(x.number as text) from ({absorbed_sql(':number')}) x"
_OF_STREAM = "where e.stream = :stream order by e.version"
INSERT_EVENT = (
    "insert into event (seq, command, stream, version, kind, occurred_on, recorded_at, payload) "
    "values (?, ?, ?, ?, ?, ?, ?, ?)"
)
INSERT_CONTENT = "insert into content (id, salt, sha256, media, body, erased_at) values (?, ?, ?, ?, ?, ?)"
INSERT_COMMAND = (
    "insert into command (id, uid, actor, agent, at, name, origin, undoes) values (?, ?, ?, ?, ?, ?, ?, ?)"
)


TOGETHER = 500
"""So many streams are loaded in one query."""
_CANONICAL = json.JSONEncoder(ensure_ascii=False, sort_keys=True, separators=(",", ":"))


Content = tuple[int, str, str, str, str | None, None]
Entry = tuple[tuple[int, int, str, int, str, str, str], Content | None]


class CommandRow(NamedTuple):
    """Who did what when; `undoes` is the command it took back."""

    id: int
    uid: str
    actor: str
    agent: str | None
    at: str
    name: str
    origin: str
    undoes: int | None


class JournalEntry(NamedTuple):
    """An event for a reader: with its whole text and the name of its command."""

    event: Event
    command_name: str


def _event(row: Row) -> Event:
    try:
        return Event(row[0], date.fromisoformat(row[1]), json.loads(row[2]), *row[3:])
    except ValueError as error:
        raise StoreError(
            _("event {seq} of the journal is damaged ({error}); restore a backup").format(
                seq=row[4], error=error
            )
        ) from error


def load_stream(driver: Driver, stream: str) -> list[Event]:
    """One stream in version order, with the texts that a fold carries."""
    return [_event(r) for r in driver.rows(_FOLDED + _OF_STREAM, {"stream": stream})]


def expect_stream(driver: Driver, stream: str) -> None:
    """This stream will be loaded."""
    driver.ahead(_FOLDED + _OF_STREAM, {"stream": stream})


def load_streams(driver: Driver, prefix: str) -> Iterator[tuple[str, list[Event]]]:
    """Every stream whose name starts with a letter, one by one, in constant memory."""
    rows = driver.stream(
        _FOLDED + "where e.stream >= :low and e.stream < :high order by e.stream, e.version",
        {"low": prefix, "high": prefix + "~"},
    )
    for stream, group in groupby(rows, key=lambda r: r[6]):
        yield stream, [_event(r) for r in group]


def load_many(driver: Driver, streams: Sequence[str]) -> Iterator[tuple[str, list[Event]]]:
    """These streams one by one, in few queries; those without events are left out."""
    expect_many(driver, streams)
    return _loaded(driver, streams)


def expect_many(driver: Driver, streams: Sequence[str]) -> None:
    """These streams will be loaded."""
    if streams:
        driver.ahead(*_many_sql(streams[:TOGETHER]))


def _loaded(driver: Driver, streams: Sequence[str]) -> Iterator[tuple[str, list[Event]]]:
    for start in range(0, len(streams), TOGETHER):
        rows = driver.rows(*_many_sql(streams[start : start + TOGETHER]))
        for stream, group in groupby(rows, key=lambda r: r[6]):
            yield stream, [_event(r) for r in group]


def _many_sql(streams: Sequence[str]) -> tuple[str, dict[str, str]]:
    wanted = {f"s{n}": stream for n, stream in enumerate(streams)}
    marks = ", ".join(f":{name}" for name in wanted)
    return _FOLDED + f"where e.stream in ({marks}) order by e.stream, e.version", wanted


def load_selected(
    driver: Driver, select: str, parameters: Parameters | None = None, *, texts: Sequence[str] = ()
) -> list[list[Event]]:
    """The streams that a query names, each in version order; `texts` are kinds whose text comes as well."""
    carried = ", ".join(quoted(kind) for kind in sorted({*CARRIED_TEXTS, *texts}))
    sql = f"{_FOLDED.replace(_CARRIED, carried)}where e.stream in ({select}) order by e.stream, e.version"
    rows = driver.stream(sql, parameters)
    return [[_event(r) for r in group] for _stream, group in groupby(rows, key=lambda r: r[6])]


def load_whole_stream(driver: Driver, stream: str) -> list[Event]:
    """One stream in version order, with every text, for showing."""
    return [_event(r) for r in driver.rows(_WHOLE + _OF_STREAM, {"stream": stream})]


def expect_whole_stream(driver: Driver, stream: str) -> None:
    """This stream will be loaded with every text."""
    driver.ahead(_WHOLE + _OF_STREAM, {"stream": stream})


def last_version(driver: Driver, stream: str) -> int:
    """The version of a stream's last event, undone or not; 0 where it has none."""
    rows = driver.rows("select max(version) from event where stream = :stream", {"stream": stream})
    return int(rows[0][0] or 0)


def load_touched(driver: Driver, command: int) -> list[list[Event]]:
    """The streams that a command touched, each whole and in version order."""
    return load_selected(driver, "select stream from event where command = :command", {"command": command})


def read_journal(
    driver: Driver, *, number: int | None, since: date | None, actor: str | None, limit: int
) -> list[Event]:
    """The latest entries, oldest first, with every text; `limit` 0 is all of them.

    Those of one opportunity are those of what was merged into it as well.
    """
    where, parameters = _wanted(number, since, actor)
    sql = f"{_WHOLE}where {where} order by e.seq desc"
    if limit:
        sql += " limit :most"
        parameters["most"] = limit
    return [_event(r) for r in reversed(driver.rows(sql, parameters))]


def count_journal(driver: Driver, *, number: int | None, since: date | None, actor: str | None) -> int:
    """How many entries `read_journal` has without a limit."""
    where, parameters = _wanted(number, since, actor)
    sql = f"select count(*) from event e join command c on c.id = e.command where {where}"
    return int(driver.rows(sql, parameters)[0][0])


def _wanted(number: int | None, since: date | None, actor: str | None) -> tuple[str, dict[str, object]]:
    """What entries are asked for, as SQL with its parameters."""
    where, parameters = ["1 = 1"], dict[str, object]()
    if number is not None:
        streams, values = streams_of(number)
        parameters |= values
        where.append(f"e.stream in ({streams})")
    if since is not None:
        where.append("e.occurred_on >= :since")
        parameters["since"] = since.isoformat()
    if actor is not None:
        where.append("c.actor = :actor")
        parameters["actor"] = actor
    return " and ".join(where), parameters


def streams_of(number: int) -> tuple[str, Parameters]:
    """SQL for the streams of an opportunity and of those that were merged into it, with its values."""
    values = {"number": number, "stream": opportunity_stream(number)}
    return f"select cast(:stream as text) union all {_GONE}", values


def load_absorbed(driver: Driver, number: int) -> list[list[Event]]:
    """The streams of those that were merged into an opportunity, with every text."""
    sql = f"{_WHOLE}where e.stream in ({_GONE}) order by e.stream, e.version"
    rows = driver.rows(sql, {"number": number})
    return [[_event(r) for r in group] for _stream, group in groupby(rows, key=lambda r: r[6])]


def texts(driver: Driver, seqs: Sequence[int]) -> dict[int, str]:
    """The bodies of these content rows, those that were not erased."""
    found: dict[int, str] = {}
    for start in range(0, len(seqs), TOGETHER):
        found |= dict(driver.rows(*_texts_sql(seqs[start : start + TOGETHER])))
    return found


def expect_texts(driver: Driver, seqs: Sequence[int]) -> None:
    """These texts will be asked for."""
    if seqs:
        driver.ahead(*_texts_sql(seqs[:TOGETHER]))


def _texts_sql(seqs: Sequence[int]) -> tuple[str, dict[str, int]]:
    wanted = {f"i{n}": seq for n, seq in enumerate(seqs)}
    marks = ", ".join(f":{name}" for name in wanted)
    return f"select id, body from content where id in ({marks}) and body is not null", wanted


def canonical(payload: object) -> str:
    """JSON as the journal keeps it: sorted keys, no spaces, text as itself."""
    return _CANONICAL.encode(payload)


def add_command(driver: Driver, command: CommandRow) -> None:
    """Write the row that a command's events stand under."""
    driver.run_many(INSERT_COMMAND, [command])


def has_command(driver: Driver, command: int, uid: str) -> bool:
    """Whether a command was written."""
    found = driver.rows("select 1 from command where id = :id and uid = :uid", {"id": command, "uid": uid})
    return bool(found)


def append(driver: Driver, events: Iterable[Event], command: int, recorded_at: str) -> None:
    """Append events, numbered already, and their texts."""
    append_entries(driver, [entry(event, command) for event in events], recorded_at)


def entry(event: Event, command: int) -> Entry:
    """What is written of an event, but for the moment when it is."""
    payload, content = dict(event.payload), None
    if event.text is not None:
        content = content_row(event)
        payload["content"] = content[2]
    day = event.occurred_on.isoformat()
    row = (event.seq, command, event.stream, event.version, event.kind, day, canonical(payload))
    return row, content


def append_entries(driver: Driver, entries: Iterable[Entry], recorded_at: str) -> None:
    """Append events that were made ready to be written."""
    rows, contents = [], []
    for row, content in entries:
        rows.append((*row[:6], recorded_at, row[6]))
        if content:
            contents.append(content)
    driver.run_many(INSERT_EVENT, rows)
    if contents:
        driver.run_many(INSERT_CONTENT, contents)


def content_row(event: Event) -> Content:
    """The content row of an event: its text, and a hash salted so that a short text cannot be guessed from it."""
    salt = secrets.token_hex(8)
    digest = hashlib.sha256((salt + (event.text or "")).encode()).hexdigest()
    media = "application/json" if event.kind in (EVIDENCE_RECORDED, PROPOSAL_MADE) else "text/plain"
    return (event.seq, salt, digest, media, event.text, None)


def last_touched(driver: Driver, actor: str, most: int = 50) -> list[int]:
    """The numbers of the opportunities that an actor's latest commands touched, the last one first.

    What an agent did in their name is not theirs.
    """
    rows = driver.rows(_TOUCHED, {"actor": actor, "most": most})
    return list(dict.fromkeys(int(stream[1:]) for (stream,) in rows))


def expect_last_touched(driver: Driver, actor: str, most: int = 50) -> None:
    """They will be asked for."""
    driver.ahead(_TOUCHED, {"actor": actor, "most": most})


def expect_commands(driver: Driver, actor: str) -> None:
    """An actor's commands will be asked for."""
    driver.ahead(_COMMANDS, {"actor": actor, "before": _NEWEST})


def commands_of(driver: Driver, actor: str) -> Iterator[CommandRow]:
    """An actor's own commands, the latest first, in portions; those that an agent gave in their name are left out."""
    before = _NEWEST
    while True:
        rows = driver.rows(_COMMANDS, {"actor": actor, "before": before})
        for row in rows:
            yield CommandRow(*row)
        if len(rows) < 50:
            return
        before = rows[-1][0]
