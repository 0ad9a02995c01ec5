"""Charts in the terminal, drawn by plotext."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from rich.console import Console
from rich.text import Text

from pipecli.domain.date_words import SHOWN_MONTHS
from pipecli.text import _, language

from .forecast import figures

_HEIGHT = 16
_MARKS = ("█", "▓", "▒", "░")
_STYLES = ("green", "cyan", "cyan", "dim")


def print_months(console: Console, document: Mapping[str, Any], months: Sequence[Mapping[str, Any]]) -> None:
    """Won by month, and behind today the range that history gives: up to P10, P50 and P90, won so far included."""
    import plotext

    _exact, rough = figures(document)
    width = min(console.width, 100)
    labels = [_label(month["key"]) for month in months]
    layers = {
        _("won"): [month["won"] for month in months],
        "P10": [month["p10"] for month in months],
        "P50": [month["p50"] - month["p10"] for month in months],
        "P90": [month["p90"] - month["p50"] for month in months],
    }
    plotext.clear_figure()
    plotext.theme("clear")
    plotext.plotsize(width, _HEIGHT)
    plotext.stacked_bar(labels, list(layers.values()), width=0.6, marker=list(_MARKS))
    highest = max((sum(values) for values in zip(*layers.values(), strict=True)), default=0.0)
    ticks = [highest * part / 4 for part in range(5)]
    plotext.yticks(ticks, [rough(tick) for tick in ticks])
    legend = "   ".join(f"{mark} {name}" for mark, name in zip(_MARKS, layers, strict=True))
    picture = Text(f"{plotext.uncolorize(plotext.build()).rstrip()}\n  {legend}")
    for mark, style in zip(_MARKS, _STYLES, strict=True):
        picture.highlight_regex(f"{mark}+", style)
    console.print(picture, no_wrap=True, crop=False)


def _label(month: str) -> str:
    """`Nov`; a January has its year."""
    short = SHOWN_MONTHS[language()][int(month[5:]) - 1].rstrip(".")
    return f"{short} {month[2:4]}" if month.endswith("-01") else short
