"""The periodic report as text: 80 columns where nobody's terminal says otherwise, as in a mail by cron."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator, Sequence
from typing import TextIO

from rich.console import Console
from rich.text import Text

from .console import is_terminal, literal, width
from .report import Figure, Page, Part, Section, shortened, shortened_text
from .table import overflows, print_hanging, print_table, table_lines, wrapped
from .views import NEVER_CUT, Record, View

COLUMNS, WIDEST = 80, 100
_INDENT, _UNDER = 2, 7


def write_text(page: Page, stream: TextIO) -> None:
    """Write the page; colours only where a person reads it in a terminal."""
    console = _console(stream)
    _print_words(console, shortened_text(page.title), "bold")
    _print_words(console, page.subtitle)
    console.print()
    _print_figures(console, page.figures)
    for section in page.sections:
        _print_section(console, section)
    console.print()
    _print_words(console, page.foot, "dim")


def _console(stream: TextIO) -> Console:
    """Of a terminal's width up to `WIDEST`; what goes to a file or a pipe is written for `COLUMNS`."""
    columns = min(width(), WIDEST) if stream is sys.stdout and is_terminal(stream) else COLUMNS
    return Console(
        file=stream,
        width=columns,
        height=25,
        highlight=False,
        markup=False,
        emoji=False,
        soft_wrap=False,
        legacy_windows=False,
    )


def _print_figures(console: Console, figures: tuple[Figure, ...]) -> None:
    labels = max(len(figure.label) for figure in figures)
    values = max(len(figure.value) for figure in figures)
    for figure in figures:
        lead = Text.assemble(
            f"{figure.label:<{labels}}  ",
            (figure.value.rjust(values), "bold red" if figure.presses else "bold"),
            "  " if figure.beside else "",
        )
        print_hanging(console, lead, figure.beside, "dim")


def _print_section(console: Console, section: Section) -> None:
    console.print()
    console.print(Text(section.title, style="bold underline"))
    for text in (*section.lead, *([section.trend] if section.trend else ())):
        _print_words(console, text)
    for n, part in enumerate(section.parts):
        if n or section.lead:
            console.print()
        _print_part(console, part)
    if section.notes:
        console.print()
    for text in section.notes:
        _print_words(console, text, "dim")


def _print_words(console: Console, text: str, style: str = "", indent: int = 0) -> None:
    print_hanging(console, " " * indent, literal(text), style)


def _print_part(console: Console, part: Part) -> None:
    if part.title:
        _print_words(console, part.title, "bold")

    def below(record: Record) -> list[Text]:
        return [line for text, style in _under(part, record) for line in _wrapped(console, text, style)]

    view = shortened(part.view)
    if _is_too_wide(view, part.records, console.width - _INDENT):
        _print_in_two(console, view, part.records, below)
    else:
        print_table(console, view, part.records, indent=_INDENT, below=below)
    if part.more:
        _print_words(console, part.more, "dim", _INDENT)


def _is_too_wide(view: View, records: Sequence[Record], room: int) -> bool:
    """Whether not everything that is to be whole fits on one line, before anything is left out."""
    lasting = view._replace(columns=tuple(c._replace(drops=False) for c in view.columns))
    whole = any(column.grows and column.least == NEVER_CUT for column in view.columns)
    return bool(records) and overflows(lasting if whole else view, records, room)


def _print_in_two(
    console: Console, view: View, records: Sequence[Record], below: Callable[[Record], Sequence[Text]]
) -> None:
    """A table too wide for its lines: names above, figures below them."""
    names = [column for column in view.columns if column.grows]
    rest = view._replace(columns=tuple(column for column in view.columns if not column.grows))
    heads, *rows = table_lines(rest, records, console.width, indent=2 * _INDENT)
    _print_words(console, "  ".join(column.title for column in names), "dim", _INDENT)
    console.print(heads, no_wrap=True, crop=False)
    for record, row in zip(records, rows, strict=True):
        _print_words(console, "  ".join(column.text(record) for column in names), indent=_INDENT)
        for line in (row, *below(record)):
            console.print(line, no_wrap=True, crop=False)


def _under(part: Part, record: Record) -> Iterator[tuple[str, str]]:
    """What stands under a row, and how it is set."""
    for text in part.under(record) if part.under else ():
        yield shortened_text(text), "dim"
    if part.command:
        yield part.command(record), "cyan"


def _wrapped(console: Console, text: str, style: str) -> list[Text]:
    lines = wrapped(console, Text(text, style=style), console.width - _UNDER)
    return [Text.assemble(" " * _UNDER, line) for line in lines]
