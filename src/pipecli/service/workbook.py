"""The whole workspace as a workbook: opportunities, accounts, contacts, exchanges, evidence and visits, a sheet each.

The headers of opportunities are those of the CSV export; amounts are in major units beside their currency.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Sequence
from datetime import date
from typing import Any, BinaryIO

from pipecli import clock
from pipecli.domain.money import exponent, major
from pipecli.exporters.xlsx import DATE, NUMBER, TEXT, Column, Money, Sheet, write_xlsx
from pipecli.store import workbook

from .exporting import COLUMNS, every_record
from .records import Record
from .workspace import Reading, Workspace

_NUMBERS = frozenset({"id", "probability", "overdue_days", "days_in_stage", "stale"})
_AMOUNTS = frozenset({"amount", "weighted"})
_DATES = frozenset(
    {"close_date", "next_due", "stage_entered_on", "last_exchange_on", "created_on", "closed_on"}
)
_KINDS = {"number": NUMBER, "money": NUMBER, "bool": NUMBER, "date": DATE}
Cells = Sequence[Any]


def export_xlsx(workspace: Workspace, out: BinaryIO) -> int:
    """Write the workspace as it stands at one moment; how many texts were too long for a cell and were cut.

    Raises ConfigError where the library that writes it is missing.
    """
    with workspace.read() as reading:
        return write_xlsx(out, _sheets(reading), clock.now())


def _sheets(reading: Reading) -> Iterator[Sheet]:
    driver = reading.driver
    accounts, contacts = workbook.accounts(driver), workbook.contacts(driver)
    exchanges, evidence = workbook.exchanges(driver), workbook.evidence(driver)
    visits = workbook.visits(driver)
    yield _opportunities(reading)
    yield Sheet("accounts", _columns("id=number name"), accounts)
    yield Sheet("contacts", _columns("id=number name mail phone account"), contacts)
    yield Sheet(
        "exchanges",
        _columns("id=number opportunity=number name on=date kind actor text"),
        exchanges,
    )
    yield Sheet(
        "evidence",
        _columns(
            "id=number opportunity=number name criterion form on=date actor exchange=number text quote link path"
        ),
        map(_proof, evidence),
    )
    yield Sheet(
        "visits",
        _columns(
            "opportunity=number name n=number stage stage_name entered_on=date left_on=date days=number outcome how "
            "amount=number currency"
        ),
        map(_visit(reading), visits),
    )


def _columns(words: str) -> list[Column]:
    """Columns written as `KEY` or `KEY=KIND`."""
    return [Column(key, kind or TEXT) for key, _sign, kind in (word.partition("=") for word in words.split())]


def _opportunities(reading: Reading) -> Sheet:
    fields = reading.pipeline.fields
    own = [Column(f"field.{key}", _KINDS.get(field.type, TEXT)) for key, field in fields.items()]
    columns = [*(Column(key, _kind(key)) for key in COLUMNS), *own]

    def cells(record: Record) -> Cells:
        values = [_value(record, key) for key in COLUMNS]
        return [*values, *(_own(reading, key, record["fields"].get(key)) for key in fields)]

    return Sheet("opportunities", columns, map(cells, every_record(reading)))


def _kind(key: str) -> str:
    return NUMBER if key in _NUMBERS | _AMOUNTS else DATE if key in _DATES else TEXT


def _value(record: Record, key: str) -> Any:
    value = record[key]
    if key in _AMOUNTS and value is not None:
        return Money(value, exponent(record["currency"]))
    return ", ".join(value) if key == "tags" else value


def _own(reading: Reading, key: str, value: Any) -> Any:
    if reading.pipeline.fields[key].type == "money" and value is not None:
        return Money(value, exponent(reading.pipeline.currency))
    return value


def _proof(line: workbook.EvidenceLine) -> Cells:
    parts = json.loads(line.body) if line.body else {}
    return [*line[:-1], *(parts.get(key) for key in ("text", "quote", "link", "path"))]


def _visit(reading: Reading) -> Callable[[workbook.VisitLine], Cells]:
    def cells(line: workbook.VisitLine) -> Cells:
        until = date.fromisoformat(line.left_on) if line.left_on else reading.today
        amount = (
            None if line.amount is None else Money(major(line.amount, line.currency), exponent(line.currency))
        )
        return [
            line.opportunity,
            line.name,
            line.n,
            line.stage,
            reading.pipeline.stage(line.stage).name,
            line.entered_on,
            line.left_on,
            (until - date.fromisoformat(line.entered_on)).days,
            line.outcome,
            line.how,
            amount,
            line.currency,
        ]

    return cells
