"""A screen that says what a report says, found in the background and again when something changed."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, ClassVar

from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import VerticalScroll

from pipecli.errors import PipeError
from pipecli.render.console import literal
from pipecli.text import _
from pipecli.tui.desk import Desk, in_background
from pipecli.tui.painting import Print
from pipecli.tui.widgets.bar import Bar
from pipecli.tui.widgets.key_footer import KeyFooter
from pipecli.tui.widgets.painted import Painted

from .base import DeskScreen

WIDEST = 140
"""Columns beyond which lines are not easier to read."""


class ReportScreen(DeskScreen):
    """A report to read."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("down,j", "scroll(1)", _("read on"), show=False),
        Binding("up,k", "scroll(-1)", _("read back"), show=False),
    ]

    def __init__(self, desk: Desk) -> None:
        super().__init__(desk)
        self._moment: Any = None

    def find(self) -> Any:
        """Find what the report says; called in a thread. Raises PipeError."""
        raise NotImplementedError

    def prints(self, found: Any) -> Sequence[Print]:
        """What prints it."""
        raise NotImplementedError

    def compose(self) -> ComposeResult:
        yield Bar(self.desk, self.mode)
        with VerticalScroll(id="report"):
            yield Painted(_("Looking at the past …"), widest=WIDEST)
        yield KeyFooter()

    def on_mount(self) -> None:
        """Let it be scrolled."""
        self.query_one("#report").focus()

    def board_changed(self) -> None:
        """Find it again where something changed, once it is looked at."""
        super().board_changed()
        if self.is_mounted and self.is_current and self._moment != self.desk.moment:
            self._moment = self.desk.moment
            in_background(self, "report", self.find, alone=True)

    def finished(self, purpose: str, result: Any) -> None:
        """Show what was found."""
        if purpose == "report":
            self.query_one(Painted).show(*self.prints(result))
        else:
            super().finished(purpose, result)

    def refused(self, purpose: str, error: PipeError) -> None:
        """Say why there is none; the next change, or the database that is back, has it found."""
        if purpose == "report":
            self._moment = None
            self.query_one(Painted).update(literal(error.message))
        else:
            super().refused(purpose, error)

    def action_scroll(self, lines: int) -> None:
        """Read on, or back."""
        self.query_one("#report").scroll_relative(y=lines * 2, animate=False)
