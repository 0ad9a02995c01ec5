"""How each column of a file writes its days and amounts, found out from all of its values before a row is read.

A column that stays ambiguous is refused here with the question to answer; the rule is `domain.importing_forms`.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import NamedTuple

from pipecli.domain.dates import Order
from pipecli.domain.importing_forms import Days, Marks, days_of, marks_of
from pipecli.domain.money import shown
from pipecli.domain.pipeline import Pipeline
from pipecli.errors import InvalidInput
from pipecli.text import _

from .mapping import OWN, RowMapping, Source
from .table import Line

_DAYS = ("created", "closed", "close_date", "next_due", "entered")


class Forms(NamedTuple):
    """By field: which of two numbers is the day, the decimal mark; and the fields whose days are bare numbers."""

    orders: Mapping[str, Order | None] = {}
    decimals: Mapping[str, str | None] = {}
    serial: frozenset[str] = frozenset()

    def with_history(self, texts: Iterable[str], order: Order | None) -> Forms:
        """These, and how a history writes its days; raises InvalidInput where they stay ambiguous."""
        days = days_of(texts)
        if order is None and days.is_a_question:
            raise _which_day("at", days)
        return Forms(
            {**self.orders, "at": days.order or order},
            self.decimals,
            self.serial | ({"at"} if days.serial else set()),
        )


def forms_of(
    header: Sequence[str],
    mapping: RowMapping,
    rows: Iterable[Line],
    pipeline: Pipeline,
    order: Order | None,
    decimal: str | None,
) -> Forms:
    """The forms of a table's columns; `order` and `decimal` are what was said where a column shows none.
    `rows` are read once for each of them.

    Raises InvalidInput where a column stays ambiguous, with the option that settles it.
    """
    orders: dict[str, Order | None] = {}
    decimals: dict[str, str | None] = {}
    serial = set()
    width = len(header)
    for name, source in mapping.sources.items():
        kind = pipeline.fields[name.removeprefix(OWN)].type if name.startswith(OWN) else ""
        column = source.named(header)
        if name in _DAYS or kind == "date":
            days = days_of(_texts(source, rows, width))
            orders[name] = days.order or order
            if days.serial:
                serial.add(name)
            if order is None and days.is_a_question:
                raise _which_day(column, days)
        elif name == "amount" or kind in ("number", "money"):
            marks = marks_of(_texts(source, rows, width))
            decimals[name] = marks.decimal or decimal
            if decimal is None and marks.is_a_question:
                raise _which_mark(column, marks)
    return Forms(orders, decimals, frozenset(serial))


def _texts(source: Source, rows: Iterable[Line], width: int) -> Iterator[str]:
    """What a column says in every row that fits the header, short ones filled up."""
    for line in rows:
        if not line.fault:
            missing = width - len(line.cells)
            yield source.text((*line.cells, *[""] * missing) if missing > 0 else line.cells)


def _which_day(column: str, days: Days) -> InvalidInput:
    line = _(
        'the dates of "{column}" have two readings, as in "{example}", and none of them settles which: '
        "is the day first? --dates dmy; is the month? --dates mdy"
    )
    return InvalidInput(line.format(column=shown(column), example=shown(days.example)), column=column)


def _which_mark(column: str, marks: Marks) -> InvalidInput:
    line = _(
        'the numbers of "{column}" have two readings, as in "{example}", and none of them settles which: '
        "is the mark before the decimals a comma? --decimal , ; is it a dot? --decimal ."
    )
    return InvalidInput(line.format(column=shown(column), example=shown(marks.example)), column=column)
