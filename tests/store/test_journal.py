"""The journal's rows: written once, read in order, by stream, by command and by person."""

import hashlib
import json
from datetime import date
from typing import Any

import pytest

from pipecli.domain import events as ev
from pipecli.domain.events import Event
from pipecli.errors import StoreError
from pipecli.store import journal
from pipecli.store.driver import Driver
from pipecli.store.journal import CommandRow

from .living import Held

DAY = date(2026, 3, 1)
AT = "2026-03-01T12:00:00.000000Z"


def command(number: int, actor: str = "lea", name: str = "edit", undoes: int | None = None) -> CommandRow:
    return CommandRow(number, f"u{number}", actor, None, AT, name, "cli", undoes)


def event(seq: int, stream: str, version: int, kind: str = ev.DESCRIBED, **rest: Any) -> Event:
    rest.setdefault("payload", {"changes": {"source": f"s{seq}"}})
    return Event(
        kind, rest.pop("on", DAY), rest.pop("payload"), seq=seq, stream=stream, version=version, **rest
    )


@pytest.fixture
def filled(held: Held) -> Driver:
    """Three commands of lea and bob over two opportunities, an account and the workspace."""
    driver: Driver = held.driver
    journal.add_command(driver, command(10))
    first = [
        event(10, "o1", 1, ev.EXCHANGE_LOGGED, payload={"kind": "call"}, text="Élan: “oui” 100%"),
        event(11, "o1", 2, ev.NEXT_ACTION_SET, payload={"due": "2026-03-09"}, text="call back"),
        event(12, "a12", 1, ev.ACCOUNT_ADDED, payload={"name": "Acme"}),
    ]
    journal.append(driver, first, 10, AT)
    journal.add_command(driver, command(13, "bob"))
    second = [event(13, "o10", 1, on=date(2026, 2, 1)), event(14, "o2", 1), event(15, "o1", 3)]
    journal.append(driver, second, 13, AT)
    journal.add_command(driver, command(16, "lea", "undo", undoes=10))
    journal.append(driver, [event(16, "o1", 4, ev.COMMAND_UNDONE, payload={"command": 10})], 16, AT)
    return driver


def seqs(events: list[Event]) -> list[int]:
    return [e.seq for e in events]


def test_a_stream_comes_back_as_it_was_appended(filled: Driver) -> None:
    first = journal.load_whole_stream(filled, "o1")[0]
    digest = journal_content(filled, 10)[1]
    assert first == Event(
        kind=ev.EXCHANGE_LOGGED,
        occurred_on=DAY,
        payload={"kind": "call", "content": digest},
        text="Élan: “oui” 100%",
        seq=10,
        command=10,
        stream="o1",
        version=1,
        recorded_at=AT,
        actor="lea",
    )
    assert seqs(journal.load_stream(filled, "o1")) == [10, 11, 15, 16]
    assert journal.load_stream(filled, "o99") == []


def journal_content(driver: Driver, seq: int) -> tuple[Any, ...]:
    return driver.rows("select salt, sha256, media, body, erased_at from content where id = :i", {"i": seq})[
        0
    ]


def test_a_fold_carries_only_the_texts_that_lists_show(filled: Driver) -> None:
    assert [e.text for e in journal.load_stream(filled, "o1")] == [None, "call back", None, None]
    assert [e.text for e in journal.load_whole_stream(filled, "o1")][:2] == ["Élan: “oui” 100%", "call back"]


def test_a_text_stands_apart_under_a_salted_hash(filled: Driver) -> None:
    salt, digest, media, body, erased = journal_content(filled, 10)
    assert hashlib.sha256((salt + body).encode()).hexdigest() == digest
    assert (media, body, erased) == ("text/plain", "Élan: “oui” 100%", None)
    payload = filled.rows("select payload from event where seq = 10")[0][0]
    assert json.loads(payload) == {"content": digest, "kind": "call"}
    assert "oui" not in payload
    assert journal_content(filled, 11)[0] != salt


def test_payloads_are_canonical_json(filled: Driver) -> None:
    assert journal.canonical({"b": 1, "a": "é", "c": [None, True]}) == '{"a":"é","b":1,"c":[null,true]}'
    assert filled.rows("select payload from event where seq = 12") == [('{"name":"Acme"}',)]


def test_streams_come_whole_and_each_kind_apart(filled: Driver) -> None:
    assert [(s, seqs(es)) for s, es in journal.load_streams(filled, "o")] == [
        ("o1", [10, 11, 15, 16]), ("o10", [13]), ("o2", [14]),
    ]  # fmt: skip
    assert [(s, seqs(es)) for s, es in journal.load_streams(filled, "a")] == [("a12", [12])]
    assert [s for s, _es in journal.load_streams(filled, "c")] == []
    assert [s for s, _es in journal.load_streams(filled, "w")] == ["workspace"]


def test_the_streams_that_a_command_touched_come_whole(filled: Driver) -> None:
    assert [seqs(events) for events in journal.load_touched(filled, 10)] == [[12], [10, 11, 15, 16]]
    assert journal.load_touched(filled, 99) == []


def test_last_touched_are_opportunities_the_latest_first(filled: Driver) -> None:
    assert journal.last_touched(filled, "lea") == [1]
    assert journal.last_touched(filled, "bob") == [1, 2, 10]
    assert journal.last_touched(filled, "bob", most=1) == [1]
    assert journal.last_touched(filled, "zoe") == []


def test_commands_of_an_actor_the_latest_first_in_portions(held: Held) -> None:
    driver = held.driver
    for number in range(10, 140):
        journal.add_command(driver, command(number, "lea" if number % 13 else "bob"))
    mine = list(journal.commands_of(driver, "bob"))
    assert [c.id for c in mine] == [n for n in range(139, 9, -1) if n % 13 == 0]
    rest = [c.id for c in journal.commands_of(driver, "lea") if c.name != "init"]
    assert rest == [n for n in range(139, 9, -1) if n % 13]
    assert mine[0] == command(130, "bob")
    assert list(journal.commands_of(driver, "zoe")) == []


@pytest.mark.parametrize(
    ("asked", "expected"),
    [
        ({}, [1, 2, 10, 11, 12, 13, 14, 15, 16]),
        ({"number": 1}, [10, 11, 15, 16]),
        ({"actor": "bob"}, [13, 14, 15]),
        ({"since": DAY, "actor": "bob"}, [14, 15]),
        ({"limit": 3}, [14, 15, 16]),
        ({"limit": 1, "number": 1}, [16]),
    ],
)
def test_reading_the_journal(filled: Driver, asked: dict[str, Any], expected: list[int]) -> None:
    given = {"number": None, "since": None, "actor": None, "limit": 0} | asked
    assert seqs(journal.read_journal(filled, **given)) == expected
    given.pop("limit")
    if "limit" not in asked:
        assert journal.count_journal(filled, **given) == len(expected)


def test_texts_are_those_that_were_not_erased(filled: Driver) -> None:
    filled.run("update content set body = null, erased_at = :at where id = 11", {"at": AT})
    assert journal.texts(filled, [10, 11, 12]) == {10: "Élan: “oui” 100%"}
    assert journal.texts(filled, []) == {}


def test_the_last_version_of_a_stream(filled: Driver) -> None:
    assert journal.last_version(filled, "o1") == 4
    assert journal.last_version(filled, "o99") == 0


@pytest.mark.parametrize("again", [event(17, "o1", 4), event(16, "o3", 1)], ids=["version", "number"])
def test_a_number_or_a_version_is_never_given_twice(filled: Driver, again: Event) -> None:
    journal.add_command(filled, command(17))
    filled.run("savepoint before")
    with pytest.raises(StoreError):
        journal.append(filled, [again], 17, AT)
        filled.rows("select 1 from event")  # with which PostgreSQL is asked to write
    filled.run("rollback to savepoint before")
    assert filled.rows("select count(*) from event") == [(9,)]
