"""How `pipe xray` took a file: what could not be read of it, and which column was taken for what."""

from __future__ import annotations

from rich.console import Console
from rich.text import Text

from pipecli.text import _, ngettext

from .console import literal
from .table import hanging_lines
from .views import Record, amount
from .xray_words import INDENT, Block, count, field_names, title

_READINGS = 4


def readings(console: Console, found: Record, width: int) -> Block:
    """How the columns were taken, and what could not be read of them."""
    lines: Block = []
    for name, question in found["left_out"].items():
        lead = Text(" " * INDENT + _("{field}: ").format(field=field_names().get(name, name)), style="yellow")
        lines += hanging_lines(console, lead, literal(question), width)
    for name, columns in found["rivals"].items():
        words = _("taken from {first}; or is it {others}?").format(
            first=literal(columns[0]), others=", ".join(map(literal, columns[1:]))
        )
        lead = Text(" " * INDENT + _("{field}: ").format(field=field_names().get(name, name)), style="yellow")
        lines += hanging_lines(console, lead, words, width)
    for one in found["unread"][:_READINGS]:
        words = ngettext(
            "{n} row, line {line}: {why}", "{n} rows, the first in line {line}: {why}", one["n"]
        ).format(n=count(one["n"]), line=one["line"], why=literal(one["why"]))
        lead = Text(
            " " * INDENT + _("{field}: ").format(field=field_names().get(one["field"], one["field"])),
            style="yellow",
        )
        lines += hanging_lines(console, lead, words, width)
    if found["values_above"]:
        words = _("its first row holds values ({cells}), not the names of columns; name them there").format(
            cells=", ".join(literal(cell) for cell in found["values_above"][:_READINGS])
        )
        lead = Text(" " * INDENT + _("{field}: ").format(field=_("header")), style="yellow")
        lines += hanging_lines(console, lead, words, width)
    if lines:
        lines = [title(_("What could not be read, and was left out")), *lines, Text()]
    lines += _elsewhere(console, found, width)
    if found["guessed"]:
        pairs = ", ".join(_taken(name, column, found) for name, column in found["columns"].items())
        lines += hanging_lines(console, _("Columns taken: "), pairs, width, "dim")
    if found["ended_by_close_date"]:
        words = _(
            "The close date of those won and lost is taken for the day they ended: no column says another."
        )
        lines += hanging_lines(console, "", words, width, "dim")
    return lines


def _taken(name: str, column: str, found: Record) -> str:
    """`amount = Budget`; of a column that no header speaks for, that its values do."""
    text = f"{field_names().get(name, name)} = {literal(column)}"
    return _("{pair} (by its values)").format(pair=text) if name in found["by_values"] else text


def _elsewhere(console: Console, found: Record, width: int) -> Block:
    """What amounts in other currencies come to: they are counted, but not added up."""
    if not found["elsewhere"]:
        return []
    sums = [
        _("{amount} in {n}").format(amount=amount(one["amount"], one["currency"]), n=count(one["n"]))
        for one in found["elsewhere"]
    ]
    return hanging_lines(console, _("Left out of the amounts: "), ", ".join(sums), width, "dim")
