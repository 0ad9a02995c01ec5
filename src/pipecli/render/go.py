"""One card of `pipe go`: what is next, what happened last, what the gate needs."""

from __future__ import annotations

from collections.abc import Sequence

from rich.console import Console
from rich.text import Text

from pipecli.service.lists import Approval
from pipecli.service.show import Shown
from pipecli.text import _

from .console import literal
from .gate import overtaken, print_gate
from .opportunity import print_exchanges, standing_line
from .table import print_hanging
from .views import action, late_style, lateness, title

LAST = 3
"""Exchanges shown of what happened last."""


def print_card(console: Console, shown: Shown, asked: Sequence[Approval]) -> None:
    """The card, the question of the moment first."""
    record = shown.record
    console.print(Text(title(record), style="bold"))
    console.print(standing_line(shown))
    console.print()
    next_ = action(record)
    if record["status"] == "open":
        words = Text(literal(next_) if next_ else _("no next action: n sets one"), style="bold")
        words.append(f"   {lateness(record)}" if next_ else "", style=late_style(record))
        print_hanging(console, Text("  " + _("Next") + "  ", "dim"), words)
    for approval in asked:
        words = Text(
            _("{who} asks you: {ask} v answers").format(
                who=literal(approval.asked_by), ask=literal(approval.ask)
            ),
            "yellow",
        )
        print_hanging(console, "  ", words)
    console.print()
    console.print(Text(_("What happened last"), style="bold"))
    if shown.exchanges:
        print_exchanges(console, shown, LAST)
    else:
        console.print(Text("  " + _("nothing is on record yet: c logs a call"), style="dim"))
    if shown.why:
        console.print()
        print_gate(
            console,
            shown.why.report,
            shown.why.pipeline,
            header=False,
            ways=False,
            overtaken=overtaken(shown.why),
        )
