"""Making a workspace: all of it or nothing, once; and what its header lets which program do."""

from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from pipecli.config import Settings
from pipecli.domain.definition import compile_definition
from pipecli.errors import PipeError, StoreError
from pipecli.service import creating, doctor, lists, opportunities, stages
from pipecli.service.answers import Answers
from pipecli.service.workspace import Workspace
from pipecli.store import header, journal, schema
from pipecli.store.driver import Driver
from pipecli.store.opening import create_database, open_database
from pipecli.store.tables import METADATA

from .living import Held

TABLES = {
    "workspace", "definition", "command", "event", "content", "person", "opportunity", "span", "visit",
    "evidence", "exchange", "next_action", "waiver", "approval", "proposal", "account", "contact", "rate", "merged",
}  # fmt: skip
NEXT = Answers(next="call", due="+3d", amount="5k")


def existing(driver: Driver, kind: str) -> set[str]:
    """The tables or the named indices of a database."""
    if driver.dialect == "sqlite":
        sql = f"select name from sqlite_master where type = '{kind}' and name not like 'sqlite_%'"
    elif kind == "table":
        sql = "select tablename from pg_tables where schemaname = 'public'"
    else:
        sql = (
            "select indexname from pg_indexes where schemaname = 'public' "
            "and indexname not like '%_pkey' and indexname not like 'uq_%'"
        )
    return {name for (name,) in driver.rows(sql)}


@pytest.fixture
def settings(address: str, tmp_path: Path) -> Settings:
    return Settings(environ={"PIPE_DB": address, "PIPE_ME": "lea", "PIPE_CONFIG": str(tmp_path / "none")})


def test_every_table_and_index_is_made(empty: Driver) -> None:
    schema.create_tables(empty)
    assert existing(empty, "table") == TABLES == set(METADATA.tables)
    assert existing(empty, "index") == {str(i.name) for t in METADATA.tables.values() for i in t.indexes}


def test_the_workspace_starts_empty(empty: Driver) -> None:
    schema.create_tables(empty, uid="u1")
    found = header.read_header(empty, write=True)
    expected = (schema.FORMAT, schema.PROJECTION, schema.WRITER, 0, 0, 1, "", None)
    assert found == header.Header("u1", *expected)
    with pytest.raises(StoreError, match="no pipeline definition; make one: pipe init"):
        header.pipeline_of(found)


@pytest.mark.parametrize("engine", ["postgresql"])
def test_postgres_compares_all_text_byte_by_byte(empty: Driver) -> None:
    """A server's own collation sorts `o~` before `o1`; ranges of streams and names rest on the order of bytes."""
    schema.create_tables(empty)
    sql = (
        "select count(*) filter (where collation_name = 'C'), count(*) from information_schema.columns "
        "where table_schema = 'public' and data_type = 'text'"
    )
    in_c, texts = empty.rows(sql)[0]
    assert in_c == texts > 60


def test_init_writes_the_first_definition_and_two_events(settings: Settings) -> None:
    creating.init(settings, template="b2b", currency="CHF")
    with Workspace(settings).read() as reading:
        assert (reading.pipeline.version, reading.pipeline.currency) == (1, "CHF")
        assert reading.pipeline.roles["founder"] == (reading.actor,)
        kinds = [
            e.kind for e in journal.read_journal(reading.driver, number=None, since=None, actor=None, limit=0)
        ]
        assert kinds == ["WorkspaceCreated", "DefinitionAdopted"]
        assert (reading.header.head, reading.header.definition, reading.header.next_number) == (2, 1, 1)


def everything(driver: Driver) -> dict[str, list[Any]]:
    """Every row of every table."""
    return {t: sorted(driver.rows(f"select * from {t}"), key=repr) for t in sorted(TABLES)}


def test_a_second_init_is_refused_and_changes_nothing(workspace: Workspace) -> None:
    with workspace.read() as reading:
        before = everything(reading.driver)
    with pytest.raises(StoreError, match="nothing was changed"):
        creating.init(workspace.settings)
    with workspace.read() as reading:
        assert everything(reading.driver) == before


def test_a_failed_init_leaves_nothing_behind(settings: Settings, address: str, engine: str) -> None:
    with pytest.raises(PipeError):
        creating.init(settings, "stage = 3")
    if engine == "sqlite":
        assert list(Path(address).parent.iterdir()) == []
    else:
        driver = open_database(address, write=True)
        assert existing(driver, "table") == set()
        driver.close()
    creating.init(settings)
    assert doctor.doctor(Workspace(settings)).faults == []


def test_an_init_that_is_interrupted_leaves_nothing_behind(
    settings: Settings, address: str, engine: str
) -> None:
    with pytest.raises(KeyboardInterrupt), creating.creating(settings) as (driver, actor):
        creating.adopt_first(driver, actor, creating.definition_from_template("b2b", actor))
        raise KeyboardInterrupt
    driver = create_database(address)
    assert existing(driver, "table") == set()
    driver.close()


def test_a_database_that_holds_something_else_keeps_it(empty: Driver, settings: Settings) -> None:
    empty.run("create table customers (name text)")
    if empty.dialect == "sqlite":
        with pytest.raises(StoreError, match="exists already; nothing was changed"):
            creating.init(settings)
        assert existing(empty, "table") == {"customers"}
    else:
        creating.init(settings)
        assert existing(empty, "table") == TABLES | {"customers"}


def test_the_definition_in_force_is_that_of_the_day(held: Held) -> None:
    driver = held.driver
    toml = header.definition_versions(driver)[0][1]
    for version, day in ((2, date(2026, 2, 1)), (3, date(2026, 2, 9))):
        compiled = journal.canonical(compile_definition(toml.replace("Small", f"V{version}")))
        header.add_definition(driver, version, toml, compiled, 2, day)
    found = header.read_header(driver, write=False)
    assert header.pipeline_of(found).name == "V3"
    days = {date(2025, 1, 1): 1, date(2026, 1, 31): 1, date(2026, 2, 1): 2, date(2026, 2, 8): 2}
    assert {day: header.pipeline_as_of(driver, found, day).version for day in days} == days
    assert header.pipeline_as_of(driver, found, date(2026, 2, 9)).name == "V3"
    assert [(v, on) for v, _toml, on in header.definition_versions(driver)] == [
        (1, "2026-01-01"), (2, "2026-02-01"), (3, "2026-02-09"),
    ]  # fmt: skip


def test_the_head_moves_with_the_journal(held: Held) -> None:
    driver = held.driver
    header.advance_head(driver, 9, 4, "2026-03-01T00:00:00.000000Z")
    found = header.read_header(driver, write=False)
    assert (found.head, found.next_number, found.recorded_at) == (9, 4, "2026-03-01T00:00:00.000000Z")


def reads_and_writes(workspace: Workspace) -> dict[str, Callable[[], object]]:
    return {
        "list": lambda: lists.listing(workspace, lists.Wanted(), 0),
        "stages": lambda: stages.pipeline(workspace),
        "doctor": lambda: doctor.doctor(workspace),
        "add": lambda: opportunities.add(workspace, "Next", NEXT),
        "rebuild": lambda: doctor.doctor(workspace, rebuild_projection=True),
    }


READS = {"list", "stages", "doctor"}


def refused(workspace: Workspace, pattern: str) -> set[str]:
    """The use cases that raise StoreError with such a message."""
    names = set()
    for name, call in reads_and_writes(workspace).items():
        try:
            call()
        except StoreError as error:
            assert pattern in error.message
            names.add(name)
    return names


def test_a_newer_format_refuses_reads_and_writes(workspace: Workspace, change: Callable[..., None]) -> None:
    change("update workspace set format = :newer", newer=schema.FORMAT + 1)
    assert refused(workspace, "was written by a newer pipecli; upgrade the program") == {
        *READS, "add", "rebuild",
    }  # fmt: skip


def test_a_newer_writer_refuses_writes_only(workspace: Workspace, change: Callable[..., None]) -> None:
    change("update workspace set min_writer = :newer", newer=schema.WRITER + 1)
    assert refused(workspace, "was written by a newer pipecli; upgrade the program") == {"add", "rebuild"}


def test_reads_on_an_older_projection_name_the_command(
    workspace: Workspace, change: Callable[..., None]
) -> None:
    change("update workspace set projection = 0")
    for name in sorted(READS):
        with pytest.raises(StoreError, match="write them anew: pipe db upgrade"):
            reads_and_writes(workspace)[name]()


@pytest.mark.parametrize("write", ["add", "rebuild", "no change"])
def test_the_next_write_rebuilds_an_older_projection(
    workspace: Workspace, change: Callable[..., None], write: str
) -> None:
    opportunities.add(workspace, "First", NEXT)
    change(
        "update workspace set projection = 0",
        "delete from opportunity",
        "insert into account (id, name, search, reversed) values (99, 'x', 'x', 'x')",
    )
    if write == "no change":  # a command that decides nothing rebuilds as well, and says so
        with workspace.commit("edit"):
            pass
    else:
        reads_and_writes(workspace)[write]()
    assert doctor.doctor(workspace).faults == []
    names = {r["name"] for r in lists.listing(workspace, lists.Wanted(), 0).records}
    assert names == ({"First", "Next"} if write == "add" else {"First"})


def test_an_unfinished_workspace_says_so(workspace: Workspace, change: Callable[..., None]) -> None:
    change("delete from workspace")
    with pytest.raises(StoreError, match="holds no finished workspace; make one: pipe init"):
        lists.listing(workspace, lists.Wanted(), 0)
