"""One opportunity: where it stands, what its gate needs, who is involved; what was said, and what happened."""

from __future__ import annotations

from functools import partial
from typing import Any, ClassVar

from rich.console import Console
from rich.text import Text
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Horizontal, VerticalScroll

from pipecli.errors import NotFound, PipeError
from pipecli.render import opportunity as screen
from pipecli.service import show as showing
from pipecli.service.show import Shown
from pipecli.text import _
from pipecli.tui.desk import Desk, in_background
from pipecli.tui.painting import Print
from pipecli.tui.widgets.bar import Bar
from pipecli.tui.widgets.key_footer import KeyFooter
from pipecli.tui.widgets.painted import Painted

from .base import OpportunityScreen, deed_bindings

WIDE = 120
"""Columns from which on the timeline stands beside the rest."""


class OpportunityView(Horizontal):
    """An opportunity as `pipe show` shows it, on one side or two."""

    def __init__(self) -> None:
        super().__init__()
        self.shown: Shown | None = None

    def compose(self) -> ComposeResult:
        with VerticalScroll(id="standing"):
            yield Painted(id="standing-text")
        with VerticalScroll(id="past"):
            yield Painted(id="past-text")

    def on_resize(self) -> None:
        """Use one side or two."""
        self._show()

    def show(self, shown: Shown) -> None:
        """Show an opportunity as it was just looked at."""
        self.shown = shown
        self._show()

    def _show(self) -> None:
        if self.shown is None or not self.size.width:
            return
        wide = self.size.width >= WIDE
        standing = partial(screen.print_standing, shown=self.shown, ways=False)
        past = (_exchanges(self.shown), _timeline(self.shown))
        self.query_one("#past").display = wide
        self.query_one("#standing-text", Painted).show(standing, *(() if wide else past))
        self.query_one("#past-text", Painted).show(*past)


def _exchanges(shown: Shown) -> Print:
    def printed(console: Console) -> None:
        console.print(Text(_("What was said"), style="bold"))
        if shown.exchanges:
            screen.print_exchanges(console, shown)
        else:
            console.print(Text("  " + _("nothing is on record yet: c logs a call"), style="dim"))

    return printed


def _timeline(shown: Shown) -> Print:
    def printed(console: Console) -> None:
        console.print(Text(_("What happened"), style="bold"))
        screen.print_timeline(console, shown, all_entries=True)

    return printed


class DetailScreen(OpportunityScreen):
    """All that is known of one opportunity."""

    BINDINGS: ClassVar[list[BindingType]] = [
        *deed_bindings("advance", "done", "next", "log", "approve", "back", "win", "lose", "reopen"),
        Binding("escape", "leave", _("Close"), key_display="Esc"),
        Binding("down,j", "scroll(1)", show=False),
        Binding("up,k", "scroll(-1)", show=False),
        Binding("left,h", "side('standing')", show=False),
        Binding("right,l", "side('past')", show=False),
    ]

    def __init__(self, desk: Desk, number: int) -> None:
        super().__init__(desk)
        self._number = number
        self._moment = desk.moment

    @property
    def chosen_number(self) -> int | None:
        return self._number

    def compose(self) -> ComposeResult:
        yield Bar(self.desk, self.mode)
        yield OpportunityView()
        yield KeyFooter()

    def on_mount(self) -> None:
        """Look at it."""
        self.look()

    def look(self) -> None:
        """Look at it as it is now."""
        self._moment = self.desk.moment
        look = partial(showing.show, self.desk.workspace, str(self._number))
        in_background(self, "look", look, group="look", alone=True)

    def board_changed(self) -> None:
        """Look again where something changed."""
        super().board_changed()
        self.refresh_bindings()
        if self.is_mounted and self._moment != self.desk.moment:
            self.look()

    def finished(self, purpose: str, result: Any) -> None:
        """Show what was looked at."""
        if purpose == "look":
            self.query_one(OpportunityView).show(result)
        else:
            super().finished(purpose, result)

    def refused(self, purpose: str, error: PipeError) -> None:
        """Leave where it is no more; its opening was taken back."""
        super().refused(purpose, error)
        if purpose == "look" and isinstance(error, NotFound):
            self._leave_when_on_top()

    def _leave_when_on_top(self) -> None:
        """Leave, once nothing stands over it: what is typed in a form is not taken away."""
        if self.is_active:
            self.action_leave()
        else:
            self.set_timer(0.1, self._leave_when_on_top)

    def action_leave(self) -> None:
        """Back to where it was chosen."""
        self.dismiss()

    def action_scroll(self, lines: int) -> None:
        """Read on, or back."""
        side = self.focused if isinstance(self.focused, VerticalScroll) else self.query_one("#standing")
        side.scroll_relative(y=lines * 2, animate=False)

    def action_side(self, name: str) -> None:
        """Read the other side."""
        if self.query_one(f"#{name}").display:
            self.query_one(f"#{name}").focus()
