"""The workspace as a workbook, on both databases: read back, it is what the lists and screens show."""

from collections.abc import Callable
from datetime import date, datetime
from io import BytesIO
from typing import Any

import openpyxl
import pytest

from pipecli.service import gates, opportunities
from pipecli.service.answers import Answers
from pipecli.service.exporting import COLUMNS
from pipecli.service.lists import Wanted, listing
from pipecli.service.workbook import export_xlsx
from pipecli.service.workspace import Workspace

from .living import TODAY

Rows = list[tuple[Any, ...]]


@pytest.fixture
def lived(workspace: Workspace, at: Callable[[date], None]) -> Workspace:
    """One won, one lost, one open in yen, two accounts, three contacts."""
    at(date(2026, 1, 10))
    sets = ("account=Acmé", "contact=Léa <lea@acme.example>", "tags=vip,été", "effort_days=2.5")
    opportunities.add(workspace, "=ERP", Answers(sets=sets, amount="48000.50", next="@call", due="+3d"))
    opportunities.add(workspace, "Lost", Answers(sets=("account=Bor",), next="call", due="+3d"))
    sets = ("close_date=2026-04-01", "valid_until=2026-03-31", "region=north", "contact=Bob")
    opportunities.add(workspace, "Yen", Answers(sets=sets, amount="JPY 90000", next="call", due="+3d"))
    gates.approve(workspace, "1", "feasible")
    said = Answers(proofs=("need=They told us",), said=(("meeting", "met", ""),))
    gates.advance(workspace, "1", said)
    at(date(2026, 2, 10))
    gates.lose(workspace, "2", "price", "too dear")
    opportunities.edit(workspace, "1", Answers(amount="USD 50000"), probability=None, reason="")
    at(TODAY)
    return workspace


def read_back(workspace: Workspace) -> dict[str, Rows]:
    out = BytesIO()
    assert export_xlsx(workspace, out) == 0
    return {s.title: list(s.iter_rows(values_only=True)) for s in openpyxl.load_workbook(out)}


def day(text: str) -> datetime:
    return datetime.fromisoformat(text)


def test_opportunities_come_back_as_the_lists_show_them(lived: Workspace) -> None:
    head, *rows = read_back(lived)["opportunities"]
    assert head == (*COLUMNS, "field.effort_days", "field.valid_until", "field.region")
    every = listing(lived, Wanted(status="all", sort="number"), 0).records
    assert len(rows) == len(every) == 3
    for row, record in zip(rows, every, strict=True):
        found = dict(zip(head, row, strict=True))
        for key, value in {**record, **{f"field.{k}": v for k, v in record["fields"].items()}}.items():
            if key == "tags":
                value = ", ".join(value) or None
            elif isinstance(value, str) and isinstance(found[key], datetime):
                value = day(value)
            if key != "fields":
                assert found[key] == value, key
    assert [type(dict(zip(head, rows[2], strict=True))[k]) for k in ("amount", "close_date", "stale")] == [
        int,
        datetime,
        bool,
    ]


def test_every_other_thing_has_its_sheet(lived: Workspace) -> None:
    book = read_back(lived)
    assert list(book) == ["opportunities", "accounts", "contacts", "exchanges", "evidence", "visits"]
    assert [row[1] for row in book["accounts"]] == ["name", "Acmé", "Bor"]
    assert [row[1:] for row in book["contacts"]] == [
        ("name", "mail", "phone", "account"),
        ("Léa", "lea@acme.example", None, "Acmé"),
        ("Bob", None, None, None),
    ]
    actor = book["exchanges"][1][5]
    assert [row[1:] for row in book["exchanges"]] == [
        ("opportunity", "name", "on", "kind", "actor", "text"),
        (1, "=ERP", day("2026-01-10"), "meeting", actor, "met"),
    ]
    assert [(*row[1:7], *row[8:]) for row in book["evidence"]] == [
        ("opportunity", "name", "criterion", "form", "on", "actor", "text", "quote", "link", "path"),
        (1, "=ERP", "need", "note", day("2026-01-10"), actor, "They told us", None, None, None),
    ]
    opened, lost = day("2026-01-10"), day("2026-02-10")
    assert book["visits"][1:] == [
        (1, "=ERP", 1, "lead", "Qualified lead", opened, opened, 0, "advanced", "opened", 48000.5, "EUR"),
        (1, "=ERP", 2, "discovery", "Scope agreed", opened, None, 51, None, "advanced", None, "USD"),
        (2, "Lost", 1, "lead", "Qualified lead", opened, lost, 31, "lost", "opened", None, "EUR"),
        (3, "Yen", 1, "lead", "Qualified lead", opened, None, 51, None, "opened", None, "JPY"),
    ]


def test_an_empty_workspace_has_headers_alone(workspace: Workspace) -> None:
    assert {name: len(rows) for name, rows in read_back(workspace).items()} == {
        **{"opportunities": 1, "accounts": 1, "contacts": 1, "exchanges": 1, "evidence": 1, "visits": 1},
    }
