"""The forecast: what `pipe forecast` says, the range as a chart, and why it moved since last week."""

from __future__ import annotations

from typing import Any, NamedTuple

from rich.console import Console
from rich.text import Text

from pipecli.render.changes import nothing_moved, print_changes
from pipecli.render.forecast import print_forecast
from pipecli.service import changes
from pipecli.service import forecast as forecasts
from pipecli.service.forecast import When
from pipecli.service.measures import AMOUNT
from pipecli.service.periods import Period
from pipecli.service.workspace import Workspace
from pipecli.tui.painting import Print

from .report import ReportScreen


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


class ForecastScreen(ReportScreen):
    """What will come in."""

    mode = "forecast"

    def find(self) -> Found:
        return find(self.desk.workspace)

    def prints(self, found: Found) -> list[Print]:
        return _prints(found)


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
