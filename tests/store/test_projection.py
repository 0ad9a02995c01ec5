"""The projection: rows are the state and nothing else, and writing differences leaves exactly them."""

import json
from datetime import date
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipecli.domain.evolve import fold
from pipecli.service import gates, opportunities
from pipecli.service.answers import Answers
from pipecli.service.rebuilding import rebuild, replayed
from pipecli.service.workspace import Reading
from pipecli.store import directory, journal, projection
from pipecli.store.driver import Driver
from pipecli.store.projection import COLUMNS, KEYS, Rows

from .living import HISTORIES, LIVED, Held

NEXT = Answers(next="call", due="+5d", amount="10k")


def stored(driver: Driver) -> dict[str, set[tuple[Any, ...]]]:
    """Every projected row."""
    return {
        table: {tuple(row) for row in driver.rows(f"select {', '.join(columns)} from {table}")}
        for table, columns in COLUMNS.items()
    }


def replay(reading: Reading) -> dict[str, set[tuple[Any, ...]]]:
    """Every row that the journal says there should be."""
    names = directory.all_names(reading.driver)
    out: dict[str, set[tuple[Any, ...]]] = {table: set() for table in COLUMNS}
    for _number, state in replayed(reading.driver):
        for table, rows in projection.rows(state, reading.pipeline, names).items():
            out[table] |= set(rows)
    return out


@LIVED
@given(data=st.data())
def test_after_any_history_the_projection_is_the_replayed_journal(data: st.DataObject, player: Any) -> None:
    with player() as life:
        life.play(data.draw(HISTORIES))
        with life.held.read() as reading:
            assert stored(reading.driver) == replay(reading)


@LIVED
@given(data=st.data())
def test_numbers_of_events_have_no_gap_and_streams_no_missing_version(
    data: st.DataObject, player: Any
) -> None:
    with player() as life:
        life.play(data.draw(HISTORIES))
        driver = life.held.driver
        head = driver.rows("select head from workspace")[0][0]
        assert [s for (s,) in driver.rows("select seq from event order by seq")] == list(range(1, head + 1))
        versions: dict[str, list[int]] = {}
        for stream, version in driver.rows("select stream, version from event order by seq"):
            versions.setdefault(stream, []).append(version)
        assert all(v == list(range(1, len(v) + 1)) for v in versions.values())


CELL = st.none() | st.integers(-(2**53), 2**53)
WORDS = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\x00"), max_size=4)


def table_rows(table: str) -> st.SearchStrategy[list[tuple[Any, ...]]]:
    """Rows of a table that differ by key; numbers where there are numbers, text elsewhere."""
    number, nullable = {
        "id", "opportunity", "n", "exchange", "visit", "definition", "amount", "probability", "kept", "account_id",
        "contact_id", "decision_maker_id",
    }, {
        "source_system", "external_id", "account_id", "contact_id", "decision_maker_id", "exchange",
        "amount", "probability", "to_day", "left_day", "outcome", "text", "closed_on", "close_day",
    }  # fmt: skip
    cells = []
    for column in COLUMNS[table]:
        if column in KEYS[table]:
            cell: st.SearchStrategy[Any] = st.integers(1, 4)
        else:
            cell = st.integers(0, 3) if column in number else WORDS
            cell = cell | st.none() if column in nullable else cell
        cells.append(cell)
    width = len(KEYS[table])
    return st.lists(st.tuples(*cells), max_size=5, unique_by=lambda row: row[:width])


TABLES = [table for table in COLUMNS if table != "opportunity"]
SOME_ROWS = st.fixed_dictionaries({table: table_rows(table) for table in TABLES})


@LIVED
@given(before=SOME_ROWS, after=SOME_ROWS)
def test_differences_bring_any_rows_to_any_others(held: Held, before: Rows, after: Rows) -> None:
    driver = held.driver
    driver.run("savepoint example")
    one = {**projection.empty_rows(), **before}
    other = {**projection.empty_rows(), **after}
    projection.write_differences(driver, [(projection.empty_rows(), one)])
    projection.write_differences(driver, [(one, other)])
    found = stored(driver)
    driver.run("rollback to savepoint example")
    assert found == {table: set(rows) for table, rows in other.items()}


def test_an_opportunitys_row_says_what_it_is(held: Held) -> None:
    given = NEXT._replace(
        sets=("account=Acmé", "contact=Jeanne <j@acme.com>", "tags=vip,Été", "effort_days=2.5", "source=web"),
        owner="Zoé",
    )
    opportunities.add(held, "Élan", given)
    with held.read() as reading:
        row = reading.driver.rows("select " + ", ".join(COLUMNS["opportunity"]) + " from opportunity")[0]
    found = dict(zip(COLUMNS["opportunity"], row, strict=True))
    assert len(found.pop("uid")) == 32
    assert found == {
        "number": 1, "version": 2, "name": "Élan", "account_id": 3, "contact_id": 4, "decision_maker_id": None,
        "owner": "Zoé", "owner_key": "zoe", "stage": "lead", "status": "open", "amount": 1_000_000,
        "currency": "EUR", "probability": None, "close_date": None, "next_action": "call",
        "next_due": "2026-03-07", "shield_until": "2026-03-07", "quiet_since": "2026-03-02",
        "stage_entered_on": "2026-03-02", "last_exchange_on": None, "source": "web", "tags": '["vip", "Été"]',
        "tags_key": "|vip|ete|", "fields": '{"effort_days": 2.5}', "loss_reason": None, "outcome_reason": None,
        "created_on": "2026-03-02", "closed_on": None, "source_system": None, "external_id": None, "imported": 0,
        "unproven": 0, "proof_until": None, "described_on": None, "search": "elan acme",
    }  # fmt: skip


def test_the_day_a_proof_runs_out_is_kept(held: Held) -> None:
    opportunities.add(held, "ERP", NEXT)
    gates.advance(held, "1", Answers(proofs=("need=told",)))
    sql = "select stage, unproven, proof_until from opportunity"
    assert held.driver.rows(sql) == [("discovery", 0, "2026-03-22")]
    gates.unprove(held, "1", "need")
    assert held.driver.rows(sql) == [("discovery", 1, None)]


def test_an_undone_opening_leaves_no_row(held: Held) -> None:
    opportunities.add(held, "ERP", NEXT)
    with held.read() as reading:
        state = fold(journal.load_stream(reading.driver, "o1"))
        assert len(projection.rows(state, reading.pipeline, {})["opportunity"]) == 1
        assert projection.rows(None, reading.pipeline, {}) == projection.empty_rows()


@pytest.mark.parametrize(
    ("tags", "key"), [((), ""), (("vip",), "|vip|"), (("VIP", "Été"), "|vip|ete|"), (("a%",), "|a%|")]
)
def test_tags_are_folded_between_bars(tags: tuple[str, ...], key: str) -> None:
    assert projection.tags_key(tags) == key


def test_a_rebuild_writes_every_row_anew(held: Held, at: Any) -> None:
    for n in range(3):
        opportunities.add(held, f"Deal {n}", NEXT._replace(sets=("account=Acme", "contact=Ana")))
    at(date(2026, 3, 4))
    gates.lose(held, "2", "price", "dear")
    with held.read() as reading:
        before, people = stored(reading.driver), reading.driver.rows("select * from person")
        reading.driver.run("update opportunity set name = 'x', amount = 1")
        reading.driver.run("delete from span")
        reading.driver.run("delete from account")
        assert rebuild(reading.driver, reading.pipeline) == 3
        assert stored(reading.driver) == before
        assert reading.driver.rows("select name from account") == [("Acme",)]
        assert reading.driver.rows("select * from person") == people
        assert json.loads(reading.driver.rows("select tags from opportunity where number = 1")[0][0]) == []
