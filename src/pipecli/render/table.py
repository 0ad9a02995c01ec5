"""A view as a table: columns aligned, squeezed to the terminal's width by what matters least, never when piped."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from rich.cells import cell_len, set_cell_size
from rich.console import Console
from rich.text import Text

from .console import literal
from .views import Column, Record, View

GAP = 2
# Rich breaks lines at every kind of space.
_HELD = {0xA0: 0xE000, 0x202F: 0xE001}
_FREED = {held: space for space, held in _HELD.items()}


def print_table(
    console: Console,
    view: View,
    records: Sequence[Record],
    *,
    indent: int = 0,
    titles: bool = True,
    below: Callable[[Record], Sequence[Text]] | None = None,
) -> None:
    """Print records as aligned lines; an empty list prints nothing. `below` gives what stands under each line."""
    lines = table_lines(view, records, console.width, indent=indent, titles=titles, below=below)
    if lines:
        # Printed at once: a call of its own for each line costs as much as making it.
        console.print(Text("\n").join(lines), no_wrap=True, crop=False)


def table_lines(
    view: View,
    records: Sequence[Record],
    width: int,
    *,
    indent: int = 0,
    titles: bool = True,
    below: Callable[[Record], Sequence[Text]] | None = None,
) -> list[Text]:
    """Records as aligned lines that fit a width, under a line of titles where there are any."""
    if not records:
        return []
    cells = [[literal(column.text(record)) for column in view.columns] for record in records]
    shown = [n for n, column in enumerate(view.columns) if column.title or any(row[n] for row in cells)]
    room = width - indent
    shown = _kept(view, cells, shown, room, titles)
    titled = titles and any(view.columns[n].title for n in shown)
    widths = _widths(view, cells, shown, room, titled)
    lines = []
    if titled:
        heads = [view.columns[n].title for n in shown]
        lines.append(_line(view, shown, heads, widths, [""] * len(shown), indent, "dim"))
    for row, record in zip(cells, records, strict=True):
        styles = [_style(view.columns[n], record) for n in shown]
        lines.append(_line(view, shown, [row[n] for n in shown], widths, styles, indent, ""))
        lines += below(record) if below else ()
    return lines


def overflows(view: View, records: Sequence[Record], room: int) -> bool:
    """Whether lines are too long for their room with what may be cut at its least and what may be dropped gone."""
    cells = [[literal(column.text(record)) for column in view.columns] for record in records]
    kept = _kept(view, cells, list(range(len(view.columns))), room, True)
    needed = [max(_needed(cells, n), cell_len(view.columns[n].title)) for n in kept]
    least = sum(min(view.columns[n].least, wide) for n, wide in zip(kept, needed, strict=True))
    return least + GAP * (len(kept) - 1) > room


def _kept(view: View, cells: list[list[str]], shown: list[int], room: int, titles: bool) -> list[int]:
    """The columns shown, without those that may go where not even the least widths of all would fit."""
    kept = list(shown)
    needed = {n: max(_needed(cells, n), cell_len(view.columns[n].title) if titles else 0) for n in shown}
    for n in [n for n in shown if view.columns[n].drops]:
        least = sum(min(view.columns[k].least, needed[k]) for k in kept) + GAP * (len(kept) - 1)
        if least > room:
            kept.remove(n)
    return kept


def _needed(cells: list[list[str]], n: int) -> int:
    return max(cell_len(row[n]) for row in cells)


def _style(column: Column, record: Record) -> str:
    return column.style(record) if column.style else ""


def _widths(view: View, cells: list[list[str]], shown: list[int], room: int, titled: bool) -> list[int]:
    """Each column's width: what it needs, then squeezed where the line is too long, growing columns first."""
    widths = []
    for n in shown:
        title = cell_len(view.columns[n].title) if titled else 0
        widths.append(max(title, _needed(cells, n)))
    excess = sum(widths) + GAP * (len(shown) - 1) - room
    for grows in (True, False):
        squeezable = [i for i, n in enumerate(shown) if view.columns[n].grows == grows]
        while excess > 0 and squeezable:
            i = max(squeezable, key=lambda i: widths[i] - view.columns[shown[i]].least)
            spare = widths[i] - view.columns[shown[i]].least
            if spare <= 0:
                break
            # Down to the next widest, so that the widest column gives first.
            others = [widths[j] - view.columns[shown[j]].least for j in squeezable if j != i]
            cut = max(1, min(excess, spare - max(others, default=0)))
            widths[i] -= min(cut, spare)
            excess -= min(cut, spare)
    return widths


def _line(
    view: View,
    shown: list[int],
    texts: list[str],
    widths: list[int],
    styles: list[str],
    indent: int,
    base: str,
) -> Text:
    line = Text(" " * indent, style=base)
    for position, (n, text, width, style) in enumerate(zip(shown, texts, widths, styles, strict=True)):
        last = position == len(shown) - 1
        fitted = fit(text, width)
        pad = " " * (width - cell_len(fitted))
        right = view.columns[n].right
        line.append(pad if right else "")
        line.append(fitted, style=style or None)
        line.append("" if right or last else pad)
        line.append("" if last else " " * GAP)
    line.rstrip()
    return line


def print_hanging(console: Console, lead: str | Text, body: str | Text, style: str = "") -> None:
    """Print a text behind its lead; where it is too long it goes on below, indented as far as it began."""
    for line in hanging_lines(console, lead, body, console.width, style):
        console.print(line, no_wrap=True, crop=False)


def hanging_lines(
    console: Console, lead: str | Text, body: str | Text, width: int, style: str = ""
) -> list[Text]:
    """A text behind its lead as lines of a width, those below the first indented as far as it began."""
    start = lead if isinstance(lead, Text) else Text(lead)
    words = body if isinstance(body, Text) else Text(body, style=style)
    indent = start.cell_len
    lines = []
    for n, line in enumerate(wrapped(console, words, max(20, width - indent)) or [Text()]):
        lines.append(Text.assemble(start if n == 0 else " " * indent, line))
    return lines


def wrapped(console: Console, words: Text, width: int) -> list[Text]:
    """The lines of a text; spaces that do not break, as between the thousands of a French number, do not."""
    held = words.copy()
    held.plain = words.plain.translate(_HELD)
    lines = list(held.wrap(console, width))
    for line in lines:
        line.rstrip()
        line.plain = line.plain.translate(_FREED)
    return lines


def fit(text: str, width: int) -> str:
    """The text cut to so many cells, with an ellipsis where it was longer."""
    if cell_len(text) <= width:
        return text
    return set_cell_size(text, max(0, width - 1)).rstrip() + "…"
