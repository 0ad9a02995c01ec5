"""What is asked every hour is answered from an index, so that it takes as long at 100,000 opportunities as at 100.

SQLite's plan is held against three tables that grow: opportunity, event and span. A partial index of the open ones
may be read from end to end, because open opportunities are few; the table itself may not.
"""

import re
from collections.abc import Callable, Iterator
from datetime import date
from functools import partial
from typing import Any

import pytest

from pipecli.domain.condition_parser import parse
from pipecli.domain.pipeline import Pipeline
from pipecli.service.workspace import Workspace
from pipecli.store import (
    agenda,
    calibration,
    changes,
    directory,
    forecast,
    history,
    journal,
    lists,
    past,
    search,
)
from pipecli.store.driver import Driver, Parameters, Row
from pipecli.store.lists import Filter

TODAY = date(2026, 3, 2)
pytestmark = pytest.mark.parametrize("engine", ["sqlite"])


class Planned:
    """A driver that answers nothing and keeps the plan of each query."""

    dialect = "sqlite"

    def __init__(self, driver: Driver) -> None:
        self._driver = driver
        self.json_text, self.json_number = driver.json_text, driver.json_number
        self.plans: list[list[str]] = []

    def rows(self, sql: str, parameters: Parameters | None = None) -> list[Row]:
        plan = self._driver.rows("explain query plan " + sql, parameters)
        self.plans.append([str(step[3]) for step in plan])
        return []

    def stream(self, sql: str, parameters: Parameters | None = None, *, piece: int = 0) -> Iterator[Row]:
        return iter(self.rows(sql, parameters))

    def soon(self, read: Callable[..., Any], *args: Any, **kwargs: Any) -> Callable[[], Any]:
        return partial(read, *args, **kwargs)


Ask = Callable[[Any, Pipeline], object]


def listed(filter_: Filter, limit: int = 50) -> Ask:
    return lambda driver, pipeline: lists.list_rows(driver, filter_, pipeline, TODAY, limit)


def counted(filter_: Filter) -> Ask:
    return lambda driver, pipeline: lists.list_totals(driver, filter_, pipeline, TODAY)


def lines(*, accounts: bool = False, fields: bool = False) -> Ask:
    return lambda driver, _p: forecast.read_lines(
        driver, won_from=TODAY, as_of=TODAY, accounts=accounts, fields=fields
    )


# Query -> the indices that its growing tables are read through.
HOURLY: dict[str, tuple[Ask, set[str]]] = {
    "list": (listed(Filter()), {"ix_open_due"}),
    "list, counted": (counted(Filter()), {"ix_open_due"}),
    "list of mine": (listed(Filter(owner="Léa")), {"ix_open_owner"}),
    "list of a stage": (listed(Filter(stage="lead")), {"ix_open_stage"}),
    "list where": (listed(Filter(where=parse("amount > 3k", {"amount": "money"}))), {"ix_open_due"}),
    "list of won": (listed(Filter(status=("won"), sort="-closed")), {"ix_closed"}),
    "list of closed": (listed(Filter(status=("won", "lost"))), {"ix_closed"}),
    "overdue": (listed(Filter(due_before=TODAY)), {"ix_open_due"}),
    "overdue, counted": (counted(Filter(due_before=TODAY)), {"ix_open_due"}),
    "today, late": (listed(Filter(due_before=TODAY, owner="lea", sort="-weighted")), {"ix_open_owner"}),
    "today, due": (listed(Filter(due_on=TODAY, owner="lea", sort="-weighted")), {"ix_open_owner"}),
    "today, approvals": (
        lambda driver, _p: lists.asked_approvals(driver, ["engineering", "founder"]),
        {"PRIMARY KEY", "ix_approval_status"},
    ),
    "stale": (listed(Filter(stale=True, sort="quiet")), {"ix_open_stage"}),
    "stale of mine": (listed(Filter(stale=True, owner="lea", sort="quiet")), {"ix_open_owner"}),
    "show, why and every write": (
        lambda driver, _p: journal.load_stream(driver, "o1"),
        {"sqlite_autoindex_event_1"},
    ),
    "show, its timeline": (
        lambda driver, _p: journal.load_whole_stream(driver, "o1"),
        {"sqlite_autoindex_event_1"},
    ),
    "a number": (lambda driver, _p: search.by_number(driver, 1), {"PRIMARY KEY"}),
    "several numbers": (listed(Filter(numbers=(1, 2))), {"PRIMARY KEY"}),
    "the last one touched": (lambda driver, _p: journal.last_touched(driver, "lea"), {"ix_event_command"}),
    "the pick list": (
        lambda driver, _p: search.open_for(driver, "lea", 30),
        {"ix_open_owner", "ix_open_due"},
    ),
    "owners": (lambda driver, _p: directory.known_owners(driver), {"ix_open_owner"}),
    "forecast, cash": (lines(), {"ix_closed", "ix_open_close"}),
    "forecast by account, load": (lines(accounts=True, fields=True), {"ix_closed", "ix_open_close"}),
    "calibrate: open amounts": (
        lambda driver, _p: calibration.read_open_amounts(driver, as_of=TODAY, until=TODAY),
        {"ix_open_close"},
    ),
    "history: moves of a changed definition": (
        lambda driver, _p: history.stage_moves(driver, TODAY),
        {"sqlite_autoindex_event_1"},
    ),
    "focus: amounts of a past day": (
        lambda driver, _p: changes.amounts_then(driver, [1, 2], TODAY),
        {"sqlite_autoindex_span_1"},
    ),
    "agenda: what changed hands": (
        lambda driver, _p: agenda.handed(driver, since="2026-02-01"),
        {"PRIMARY KEY", "ix_event_command"},
    ),
    "agenda: what was taken back": (
        lambda driver, _p: agenda.withdrawn(driver, since="2026-02-01"),
        {"PRIMARY KEY", "ix_event_command", "sqlite_autoindex_event_1"},
    ),
    "undo: what to take back": (
        lambda driver, _p: list(journal.commands_of(driver, "lea")),
        {"ix_command_actor"},
    ),
    "undo: its events": (
        lambda driver, _p: journal.load_touched(driver, 7),
        {"ix_event_command", "sqlite_autoindex_event_1"},
    ),
    "undo: who uses its account": (
        lambda driver, _p: directory.used_by(driver, [1]),
        {"ix_account", "ix_contact", "ix_decision_maker"},
    ),
}
GROWING = re.compile(r"(SCAN|SEARCH) (o|e|s|x|opportunity|event|span|command)\b")
INDEX = re.compile(r"INDEX (\w+)|(PRIMARY KEY)")


def steps(ask: Ask, driver: Driver, workspace: Workspace) -> list[str]:
    """The steps of all plans that read a table that grows."""
    planned = Planned(driver)
    with workspace.read() as reading:
        ask(planned, reading.pipeline)
    found = [step for plan in planned.plans for step in plan if GROWING.match(step)]
    assert found
    return found


@pytest.mark.parametrize("name", HOURLY)
def test_hourly_queries_use_an_index(name: str, driver: Driver, workspace: Workspace) -> None:
    ask, expected = HOURLY[name]
    used = set()
    for step in steps(ask, driver, workspace):
        index = INDEX.search(step)
        assert index, f"{step}: a whole table"
        used.add(index[1] or index[2])
        if step.startswith("SCAN"):
            assert index[1] in {"ix_open_due", "ix_open_owner", "ix_open_close"}
    assert used == expected


LEGITIMATE: dict[str, tuple[Ask, set[str]]] = {
    # A part of a name can stand anywhere in it: the newest open ones are read first, until the limit.
    "a fragment": (lambda driver, _p: search.by_fragment(driver, "acme", open_only=True), {"SCAN o"}),
    "a fragment of closed ones": (
        lambda driver, _p: search.by_fragment(driver, "acme", open_only=False),
        {"SCAN o"},
    ),
    # All of them are asked for.
    "list of all": (listed(Filter(status=("open", "won", "lost"))), {"SCAN o"}),
    # The end of the journal, read backwards up to the limit.
    "journal": (
        lambda driver, _p: journal.read_journal(driver, number=None, since=None, actor=None, limit=50),
        {"SCAN e"},
    ),
    # Every opportunity is held against what it was.
    "what changed": (
        lambda driver, _p: changes.read_pairs(driver, since=TODAY, as_of=None, start=TODAY, until=TODAY),
        {"SCAN o"},
    ),
    # The history forecast learns from all there was, so that the rules of a past day cost no more.
    "forecast as of": (
        lambda driver, _p: forecast.read_lines_as_of(driver, won_from=TODAY, as_of=TODAY),
        {"SCAN s"},
    ),
    "history: the state from day to day": (
        lambda driver, _p: list(history.span_columns(driver, TODAY)),
        {"SCAN span"},
    ),
    "history: a field of the company's own": (
        lambda driver, _p: history.field_columns(driver),
        {"SCAN opportunity"},
    ),
    # The end of the journal, read backwards to the mark.
    # Every opportunity there was is shown.
    "list as of": (lambda driver, _p: past.read_past(driver, TODAY), {"SCAN o"}),
}


@pytest.mark.parametrize("name", LEGITIMATE)
def test_these_alone_read_a_whole_table(name: str, driver: Driver, workspace: Workspace) -> None:
    ask, expected = LEGITIMATE[name]
    scans = (step for step in steps(ask, driver, workspace) if step.startswith("SCAN"))
    # A table's key is no shorter than the table.
    whole = {s.partition(" USING")[0] for s in scans if "autoindex" in s or not INDEX.search(s)}
    assert whole == expected
