"""The forecast: what `pipe forecast` says, the range as a chart, and why it moved since last week."""

from __future__ import annotations

from functools import partial
from typing import Any, ClassVar, NamedTuple

from rich.console import Console
from rich.text import Text
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import VerticalScroll

from pipecli.errors import PipeError
from pipecli.render.changes import nothing_moved, print_changes
from pipecli.render.forecast import print_forecast
from pipecli.service import changes
from pipecli.service import forecast as forecasts
from pipecli.service.forecast import When
from pipecli.service.measures import AMOUNT
from pipecli.service.periods import Period
from pipecli.service.workspace import Workspace
from pipecli.text import _
from pipecli.tui.desk import Desk, in_background
from pipecli.tui.painting import Print
from pipecli.tui.widgets.bar import Bar
from pipecli.tui.widgets.key_footer import KeyFooter
from pipecli.tui.widgets.painted import Painted

from .base import DeskScreen

WIDEST = 140
"""Columns beyond which lines are not easier to read."""


class Found(NamedTuple):
    """The forecast's documents, as the command line prints them."""

    document: dict[str, Any]
    months: list[dict[str, Any]]
    changes: dict[str, Any]


def find(workspace: Workspace) -> Found:
    """Forecast as `pipe forecast` and `pipe forecast changes` do."""
    report, _since = forecasts.with_changes(
        workspace, Period(), by=None, measure=AMOUNT, when=When(), usual_lines=True
    )
    document = {
        **forecasts.as_json(report),
        "track": forecasts.track_json(report),
        "track_days": report.history.horizon,
    }
    return Found(
        document, forecasts.months_json(report), changes.as_json(changes.changes(workspace, Period()))
    )


class ForecastScreen(DeskScreen):
    """What will come in."""

    mode = "forecast"
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("down,j", "scroll(1)", _("read on"), show=False),
        Binding("up,k", "scroll(-1)", _("read back"), show=False),
    ]

    def __init__(self, desk: Desk) -> None:
        super().__init__(desk)
        self._moment: Any = None

    def compose(self) -> ComposeResult:
        yield Bar(self.desk, self.mode)
        with VerticalScroll(id="forecast"):
            yield Painted(_("Looking at the past …"), widest=WIDEST, id="forecast-text")
        yield KeyFooter()

    def on_mount(self) -> None:
        """Forecast."""
        self.query_one("#forecast").focus()

    def board_changed(self) -> None:
        """Forecast again where something changed, once it is looked at."""
        super().board_changed()
        if self.is_mounted and self.is_current and self._moment != self.desk.moment:
            self._moment = self.desk.moment
            in_background(self, "forecast", partial(find, self.desk.workspace), alone=True)

    def finished(self, purpose: str, result: Any) -> None:
        """Show what was found."""
        if purpose == "forecast":
            self.query_one(Painted).show(*_prints(result))
        else:
            super().finished(purpose, result)

    def refused(self, purpose: str, error: PipeError) -> None:
        """Say why there is no forecast."""
        if purpose == "forecast":
            self.query_one(Painted).update(error.message)
        else:
            super().refused(purpose, error)

    def action_scroll(self, lines: int) -> None:
        """Read on, or back."""
        self.query_one("#forecast").scroll_relative(y=lines * 2, animate=False)


def _prints(found: Found) -> list[Print]:
    from pipecli.render.chart import print_months

    def moved(console: Console) -> None:
        if found.changes["parts"]:
            print_changes(console, found.changes)
        else:
            console.print(Text(nothing_moved(found.changes)))

    def chart(console: Console) -> None:
        print_months(console, found.document, found.months)

    def table(console: Console) -> None:
        print_forecast(console, found.document, total=False, since=None)

    return [table, chart, moved]
