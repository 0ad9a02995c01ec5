"""What was known on a day: the journal cut by when it was recorded, on both databases."""

from collections.abc import Callable
from datetime import date
from typing import Any

import pytest

from pipecli.errors import InvalidInput, NotFound
from pipecli.service import opportunities, undoing
from pipecli.service.answers import Answers
from pipecli.service.as_known import Known, as_known
from pipecli.service.past import rows_as_of
from pipecli.service.workspace import Workspace
from pipecli.store.header import Header
from pipecli.store.layout import COLUMNS
from pipecli.store.lists import Row, every_row
from pipecli.store.schema import statements

NEXT = Answers(next="call", due="+5d", amount="10k", sets=("account=Acmé", "contact=Ana <ana@acme.example>"))


def march(day: int) -> date:
    return date(2026, 3, day)


@pytest.fixture
def lived(workspace: Workspace, at: Callable[[date], None]) -> Workspace:
    """ERP opened on 2 March at 10k; on the 10th its amount is said to be 12k since the 4th; CRM opened on the 12th."""
    opportunities.add(workspace, "ERP", NEXT)
    at(march(10))
    opportunities.edit(workspace, "1", Answers(amount="12k", on="2026-03-04"))
    at(march(12))
    opportunities.add(workspace, "CRM", NEXT._replace(amount="7k"))
    return workspace


def amounts(known: Known) -> dict[str, int | None]:
    """The amount of each opportunity."""
    return {row.name: row.amount for row in every_row(known.driver)}


def on(workspace: Workspace, day: date) -> dict[str, int | None]:
    with as_known(workspace, day) as known:
        return amounts(known)


def test_it_is_what_was_recorded_by_then_not_what_had_happened(lived: Workspace) -> None:
    with lived.read() as reading:
        happened = {row.name: row.amount for row in rows_as_of(reading, march(5))}
    assert happened == {"ERP": 1_200_000}
    assert on(lived, march(5)) == on(lived, march(9)) == {"ERP": 1_000_000}
    assert on(lived, march(10)) == {"ERP": 1_200_000}
    assert on(lived, march(12)) == {"ERP": 1_200_000, "CRM": 700_000}
    assert on(lived, date(2026, 2, 1)) == {}


def test_what_was_undone_later_still_stood(lived: Workspace, at: Callable[[date], None]) -> None:
    at(march(15))
    undoing.undo(lived)
    at(march(20))
    assert on(lived, march(14)) == {"ERP": 1_200_000, "CRM": 700_000}
    assert on(lived, march(15)) == {"ERP": 1_200_000}
    undoing.undo(lived, redo=True)
    assert on(lived, march(19)) == {"ERP": 1_200_000}
    assert on(lived, march(20)) == {"ERP": 1_200_000, "CRM": 700_000}


def test_known_now_is_the_workspace_as_it_stands(lived: Workspace) -> None:
    def everything(reading: Any) -> tuple[list[Row], dict[str, list[Any]]]:
        tables = (*COLUMNS, "account", "contact", "person", "definition", "command", "event", "content")
        rows = {name: sorted(reading.driver.rows(f"select * from {name}")) for name in tables}
        return list(every_row(reading.driver)), rows

    with lived.read() as reading, as_known(lived, march(12)) as known:
        assert everything(known) == everything(reading)
        assert known.header == reading.header
        assert (known.today, known.real_today, known.actor) == (march(12), march(12), reading.actor)
        assert known.pipeline == reading.pipeline


def test_the_header_and_the_day_are_those_of_the_cut(lived: Workspace) -> None:
    with lived.read() as reading, as_known(lived, march(9)) as known:
        now, then = reading.header, known.header
        assert isinstance(then, Header)
        assert (then.definition, then.uid) == (now.definition, now.uid)
        assert then.head < now.head
        assert then.recorded_at == "2026-03-02T12:00:00.000000Z"
        assert (known.today, known.real_today) == (march(9), march(9))


def test_the_day_ends_in_the_time_zone_of_the_workspace(lived: Workspace) -> None:
    """It is recorded at noon, UTC; in Paris the day ends an hour earlier than there."""
    from datetime import UTC, datetime

    from pipecli import clock

    clock.freeze(datetime(2026, 3, 15, 22, 59, tzinfo=UTC))
    opportunities.edit(lived, "1", Answers(amount="13k"))
    clock.freeze(datetime(2026, 3, 15, 23, 0, tzinfo=UTC))
    opportunities.edit(lived, "1", Answers(amount="14k"))
    assert on(lived, march(15))["ERP"] == 1_300_000
    assert on(lived, march(16))["ERP"] == 1_400_000


def test_the_future_and_the_time_before_the_first_record_are_refused(lived: Workspace) -> None:
    with pytest.raises(InvalidInput, match="2026-03-13 is in the future; --as-known looks back"):
        on(lived, march(13))
    with pytest.raises(
        NotFound, match="nothing was known yet on 2025-12-31: the first record is of 2026-01-01"
    ):
        on(lived, date(2025, 12, 31))


def test_nothing_of_it_reaches_the_workspace(lived: Workspace) -> None:
    with as_known(lived, march(9)) as known:
        known.driver.run("delete from opportunity")
    with lived.read() as reading:
        assert len(list(every_row(reading.driver))) == 2


@pytest.mark.parametrize("engine", ["sqlite"])
def test_a_file_tells_its_own_tables(lived: Workspace) -> None:
    """So that nothing heavy is loaded to make them anew."""
    tables = "select name, sql from sqlite_master where sql is not null"
    with as_known(lived, march(9)) as known:
        made = {sql for _name, sql in known.driver.rows(tables)}
    assert made == {statement.strip() for statement in statements("sqlite")}
