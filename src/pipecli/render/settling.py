"""One card of the walk of `pipe clean`: what is needed to decide, which key does what, and what a round came to."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from rich.console import Console
from rich.text import Text

from pipecli.domain import cleaning as rules
from pipecli.service.cleaning import Item
from pipecli.service.show import Shown
from pipecli.text import _

from .cleaning import trouble_words
from .console import literal
from .opportunity import standing_line
from .table import fit, print_hanging
from .views import action, amount, late_style, lateness, short_day, title


def print_item(console: Console, item: Item, shown: Shown, *, place: tuple[int, int]) -> None:
    """A card: where it stands, what is wrong with it, what is planned and what was said last."""
    console.print()
    console.print(Text(_("{n} of {all}").format(n=place[0], all=place[1]), style="dim"))
    console.print(Text(title(shown.record), style="bold"))
    line = standing_line(shown)
    line.append(f"   {literal(shown.record['owner'])}", style="dim")
    console.print(line)
    for trouble in item.troubles:
        words = trouble_words(trouble, item, shown.today)
        if trouble.kind == rules.UNPROVEN and shown.unproven:
            words += ": " + ", ".join(shown.unproven)
        print_hanging(console, Text("  ! ", "yellow"), literal(words))
        if trouble.kind == rules.DUPLICATE and item.twin:
            print_hanging(console, "    ", literal(_twin(item.twin)), "dim")
    next_ = action(shown.record)
    if next_:
        print_hanging(
            console,
            Text("  " + _("Next") + "  ", "dim"),
            literal(f"{next_}, {lateness(shown.record)}"),
            late_style(shown.record),
        )
    if shown.exchanges:
        last = shown.exchanges[0]
        words = f"{short_day(last.at)}  {' '.join((last.text or _('(erased)')).split())}"
        lead = "  " + _("Last") + "  "
        console.print(Text(lead, "dim").append(fit(literal(words), console.width - len(lead)), "default"))


def _twin(twin: Mapping[str, Any]) -> str:
    parts = [twin["stage_name"], amount(twin["amount"], twin["currency"]), twin["owner"]]
    return "   ".join(part for part in parts if part)


def print_keys(console: Console, keys: Mapping[str, str], best: str) -> None:
    """Which key does what; the one that settles what is wrong stands out."""
    line = Text(" ")
    for key, words in keys.items():
        part = Text.assemble(
            (key, "bold reverse" if key == best else "bold cyan"), (f" {words}", "" if key == best else "dim")
        )
        if line.cell_len + 2 + part.cell_len > console.width:
            console.print(line)
            line = Text(" ")
        line = Text.assemble(line, " ", part) if line.cell_len == 1 else Text.assemble(line, "  ", part)
    console.print(line)


def ending(settled: int, skipped: int, left: int, *, written: bool) -> str:
    """What a round of cleaning came to."""
    line = _("{settled} settled, {skipped} skipped, {left} left").format(
        settled=settled, skipped=skipped, left=left
    )
    if left:
        line += "; " + _("pipe clean goes on")
    return line + ("; " + _("pipe undo takes back the last one") if written else "") + "."
