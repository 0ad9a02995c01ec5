"""The hand-written SQL held against the tables that SQLModel declares."""

import re
from pathlib import Path

import pytest

import pipecli.store
from pipecli.store import (
    agenda,
    directory,
    exchanges,
    forecast,
    history,
    journal,
    lists,
    past,
    projection,
    rates,
    search,
    statistics,
)  # fmt: skip
from pipecli.store.layout import SHARED
from pipecli.store.tables import METADATA

INSERTS = {
    journal.INSERT_EVENT: "event",
    journal.INSERT_CONTENT: "content",
    journal.INSERT_COMMAND: "command",
    directory.INSERT_ACCOUNT: "account",
    directory.INSERT_CONTACT: "contact",
    directory.INSERT_PERSON: "person",
    rates.INSERT_RATE: "rate",
}


def columns_of(table: str) -> tuple[str, ...]:
    return tuple(METADATA.tables[table].columns.keys())


@pytest.mark.parametrize("table", projection.COLUMNS)
def test_projected_columns_are_those_of_the_table_in_its_order(table: str) -> None:
    assert projection.COLUMNS[table] == columns_of(table)
    keys = tuple(METADATA.tables[table].primary_key.columns.keys())
    assert projection.KEYS[table] == keys


def test_every_projected_table_is_projected() -> None:
    journalled = {"workspace", "definition", "command", "event", "content", "person"}
    assert {*projection.COLUMNS, *SHARED} == set(METADATA.tables) - journalled


@pytest.mark.parametrize(("sql", "table"), INSERTS.items(), ids=INSERTS.values())
def test_inserts_name_every_column_in_order(sql: str, table: str) -> None:
    match = re.match(r"insert into (\w+) \(([^)]*)\) values \(([?, ]*)\)", sql)
    assert match and match[1] == table
    named = tuple(name.strip() for name in match[2].split(","))
    assert named == columns_of(table)
    assert match[3].count("?") == len(named)


@pytest.mark.parametrize("table", projection.COLUMNS)
def test_upserts_replace_all_but_the_key(table: str) -> None:
    sets = re.findall(r"(\w+) = excluded\.(\w+)", projection.upsert(table))
    assert [a for a, _b in sets] == [b for _a, b in sets]
    assert {a for a, _b in sets} == set(columns_of(table)) - set(projection.KEYS[table])


def test_rows_of_lists_have_the_columns_and_three_names() -> None:
    assert (*columns_of("opportunity"), "account", "contact", "decision_maker") == lists.Row._fields


def test_commands_have_the_columns_of_their_table() -> None:
    assert columns_of("command") == journal.CommandRow._fields


ALIASED = {
    "lists": (lists._SELECT, {"o": "opportunity", "a": "account", "p": "person", "d": "person"}),
    "search": (search._SELECT, {"o": "opportunity", "a": "account"}),
    "journal": (journal._WHOLE, {"e": "event", "c": "command", "t": "content"}),
    "folded": (journal._FOLDED, {"e": "event", "c": "command", "t": "content"}),
    "exchanges": (
        " ".join((exchanges._TAKEN, exchanges._STANDING, exchanges._PEOPLE)),
        {"x": "exchange", "e": "event", "o": "opportunity", "a": "account", "p": "person", "c": "contact"},
    ),
    "past": (
        past._SQL,
        {
            "o": "opportunity", "s": "span", "v": "visit", "w": "visit", "n": "next_action", "a": "account",
            "p": "person", "d": "person", "e": "event",
        },
    ),
    "statistics": (statistics._STOOD, {"s": "span", "o": "opportunity"}),
    "agenda": (
        " ".join((agenda._ACTIONS, agenda._DUE, agenda._MOVED, agenda._CLOSED, agenda._HANDED, agenda._WITHDRAWN)),
        {
            "n": "next_action", "o": "opportunity", "e": "event", "l": "event", "m": "event", "f": "event",
            "a": "account", "p": "person", "s": "span", "c": "command", "t": "content", "k": "event",
        },
    ),
    "forecast": (
        " ".join((forecast._WON, forecast._OPEN, forecast._THEN, forecast._COLUMNS, forecast._ACCOUNTS)),
        {"o": "opportunity", "a": "account", "s": "span", "v": "visit"},
    ),
}  # fmt: skip


@pytest.mark.parametrize("name", ALIASED)
def test_selects_name_columns_that_are_there(name: str) -> None:
    sql, aliases = ALIASED[name]
    without_strings = re.sub(r"'[^']*'", "''", sql)
    named = re.findall(r"\b([a-z])\.([a-z_]+)", without_strings)
    assert {alias for alias, _column in named} <= set(aliases) | {"x"}
    for alias, column in named:
        if alias != "x":
            assert column in columns_of(aliases[alias]), f"{alias}.{column}"


def test_a_line_of_the_forecast_has_the_columns_it_reads_in_their_order() -> None:
    read = [word.removeprefix("o.") for word in forecast._COLUMNS.split(", ")]
    named = ["day" if word == "{day}" else word for word in read]
    assert (*named, "account", "fields") == forecast.Line._fields


@pytest.mark.parametrize(("sql", "table"), [(history._VISITS, "visit"), (history._SPANS, "span")])
def test_the_past_is_read_from_columns_that_are_there(sql: str, table: str) -> None:
    assert re.search(r"from (\w+) where", sql)[1] == table  # type: ignore[index]
    words = set(re.findall(r"\b[a-z_]+\b", re.sub(r":\w+", "", sql)))
    assert words - {"select", "from", "where", "order", "by", table} <= set(columns_of(table))


def test_use_cases_hold_no_sql() -> None:
    statement = re.compile(r'"(select [^"]* from|insert into|update \w+ set|delete from) ')
    folder = Path(pipecli.store.__file__).parent.with_name("service")
    assert [p.name for p in folder.glob("*.py") if statement.search(p.read_text(encoding="utf-8"))] == []
