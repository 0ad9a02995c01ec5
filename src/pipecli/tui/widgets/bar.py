"""The line at the top: which screens there are, who is asking, what day it is; and what is out of order."""

from __future__ import annotations

from collections.abc import Iterator

from rich.cells import cell_len
from textual import events
from textual.app import ComposeResult
from textual.containers import Horizontal, Vertical
from textual.widgets import Static

from pipecli.domain.dates import format_day
from pipecli.domain.money import format_amount
from pipecli.render.console import literal
from pipecli.render.views import totals_line
from pipecli.text import _, language, ngettext
from pipecli.tui.desk import Desk


def tab_names() -> dict[str, str]:
    """The screens that Tab goes through, by mode."""
    return {"board": _("Board"), "agenda": _("Agenda"), "forecast": _("Forecast"), "hygiene": _("Hygiene")}


class Tab(Static):
    """The name of a screen, to click."""

    def __init__(self, mode: str, name: str, here: bool) -> None:
        super().__init__(name, markup=False, classes="here" if here else "")
        self._mode = mode

    async def on_click(self, event: events.Click) -> None:
        """Go to that screen."""
        event.stop()
        await self.app.run_action(f"screen.go_to('{self._mode}')")


class Bar(Vertical):
    """The top line of a screen, and below it what is out of order."""

    def __init__(self, desk: Desk, mode: str) -> None:
        super().__init__()
        self._desk = desk
        self._mode = mode

    def compose(self) -> ComposeResult:
        with Horizontal(id="tabs"):
            for mode, name in tab_names().items():
                yield Tab(mode, name, mode == self._mode)
            yield Static(id="whose", markup=False)
        yield Static(id="trouble", markup=False)

    def on_mount(self) -> None:
        """Show who is asking."""
        self.show()

    def on_resize(self) -> None:
        """Say as much as there is room for."""
        self.show()

    def show(self) -> None:
        """Show what is known now."""
        whose = self.query_one("#whose", Static)
        room = whose.size.width
        said = next((words for words in self._words() if cell_len(words) <= room), "")
        whose.update(said)
        trouble = self.query_one("#trouble", Static)
        trouble.display = bool(self._desk.lost)
        trouble.update(literal(self._desk.lost))

    def _words(self) -> Iterator[str]:
        """Who is asking, what day it is and what there is, in ever fewer words."""
        board = self._desk.board
        worth = board.worth(board.cards)
        who = _("read only") if self._desk.readonly else literal(board.actor)
        day = format_day(board.today, language(), board.today)
        money = format_amount(worth.amount, worth.currency, language(), compact=True)
        n = board.proposed
        waits = [ngettext("{n} proposal", "{n} proposals", n).format(n=n)] if n else []
        yield "  ·  ".join((who, day, *waits, totals_line(len(board.cards), worth)))
        yield "  ·  ".join((who, day, *waits, f"{len(board.cards)}  {money}"))
        yield "  ·  ".join((who, day, *waits))
        yield "  ·  ".join((who, *waits))
        yield who
