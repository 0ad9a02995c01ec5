"""How each column of a file writes its days and amounts, found out from all of its values before a row is read.

A column that stays ambiguous is refused here with the question to answer; the rule is `domain.importing_forms`.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from itertools import islice
from typing import NamedTuple

from pipecli.domain.dates import Order
from pipecli.domain.importing_forms import Clash, Days, Marks, days_of, marks_of
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

    def with_history(self, told: Callable[[], Iterable[tuple[int, str]]], order: Order | None) -> Forms:
        """These, and how a history writes its days; raises InvalidInput where they stay ambiguous.

        `told` has each of them with the line it stands on, as often as it is asked.
        """
        days = days_of(text for _number, text in told())
        if order is None and days.is_a_question:
            raise _which_day("at", days, (number for number, _text in told()))
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
    open_days: dict[str, Days] = {}
    shows: dict[Order, str] = {}
    width = len(header)
    for name, source in mapping.sources.items():
        kind = pipeline.fields[name.removeprefix(OWN)].type if name.startswith(OWN) else ""
        column = source.named(header)
        if name in _DAYS or kind == "date":
            days = days_of(_texts(source, rows, width))
            orders[name] = days.order or order
            if days.serial:
                serial.add(name)
            if days.order:
                shows.setdefault(days.order, column)
            elif order is None and days.is_a_question:
                open_days[column] = days
        elif name == "amount" or kind in ("number", "money"):
            marks = marks_of(_texts(source, rows, width))
            decimals[name] = marks.decimal or decimal
            if decimal is None and marks.is_a_question and not open_days:
                raise _which_mark(column, marks, _numbers(rows))
    for column, days in open_days.items():
        raise _which_day(column, days, _numbers(rows), shows)
    return Forms(orders, decimals, frozenset(serial))


def _numbers(rows: Iterable[Line]) -> Iterator[int]:
    """The lines that `_texts` come from."""
    return (line.number for line in rows if not line.fault)


def _texts(source: Source, rows: Iterable[Line], width: int) -> Iterator[str]:
    """What a column says in every row that fits the header, short ones filled up."""
    for line in rows:
        if not line.fault:
            missing = width - len(line.cells)
            yield source.text((*line.cells, *[""] * missing) if missing > 0 else line.cells)


def _which_day(
    column: str, days: Days, numbers: Iterator[int], elsewhere: Mapping[Order, str] | None = None
) -> InvalidInput:
    """The question of which is the day; with the one order that other columns show, which never answers it."""
    line = _(
        'the dates of "{column}" have two readings, as in "{example}", and {why}: '
        "is the day first? --dates dmy; is the month? --dates mdy"
    )
    message = line.format(column=shown(column), example=shown(days.example), why=_why(days.clash, numbers))
    if elsewhere and len(elsewhere) == 1:
        ((order, other),) = elsewhere.items()
        hint = _('; "{other}" has the day first') if order == "dmy" else _('; "{other}" has the month first')
        message += hint.format(other=shown(other))
    return InvalidInput(message, column=column)


def _which_mark(column: str, marks: Marks, numbers: Iterator[int]) -> InvalidInput:
    line = _(
        'the numbers of "{column}" have two readings, as in "{example}", and {why}: '
        "is the mark before the decimals a comma? --decimal , ; is it a dot? --decimal ."
    )
    message = line.format(column=shown(column), example=shown(marks.example), why=_why(marks.clash, numbers))
    return InvalidInput(message, column=column)


def _why(clash: Clash | None, numbers: Iterator[int]) -> str:
    """Why the values of a column do not settle their form: none shows one, or two of them show different ones."""
    if clash is None:
        return _("none of them settles which")
    (place, text), (later, other) = sorted(clash)
    one = next(islice(numbers, place, None))
    two = next(islice(numbers, later - place - 1, None))
    line = _("others contradict each other (line {one} says {text}, line {two} {other})")
    return line.format(one=one, text=shown(text), two=two, other=shown(other))
