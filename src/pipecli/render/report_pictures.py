"""The pictures of the HTML report: charts by pygal, of which only the drawing is kept.

A chart comes out as a tree with styles, scripts, remarks and what a mouse would show. What goes into the page are the
shapes and labels alone, without a colour: classes say what each is, and the page's own style sheet paints them, so
that they follow it from light to dark. The same figures give the same bytes.
"""

from __future__ import annotations

import re
import sys
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any, NamedTuple

from pipecli.domain.date_words import SHOWN_MONTHS
from pipecli.text import _, language

from .audit import overall
from .console import literal
from .forecast import figures
from .report import escaped, shortened_text
from .table import fit
from .views import amount, day_and_month

_WIDTH, _LETTER = 460, 14
_LONGEST_LABEL = 18
_SHAPES = {
    "g": ("transform",),
    "rect": ("x", "y", "width", "height"),
    "path": ("d",),
    "circle": ("cx", "cy", "r"),
    "text": ("x", "y"),
}
# What marks the drawing: the n-th series, the axes and their lines.
_KEPT = re.compile(r"serie-\d+|axis|guide|major|x|y|line")
_NUMBER = re.compile(r"-?\d+\.\d+")


class Picture(NamedTuple):
    """A drawing as SVG, and what its series are called, in their order."""

    svg: str
    legend: tuple[str, ...]


def pictures(document: Mapping[str, Any]) -> dict[str, Picture]:
    """The pictures there is something to draw for, by the section they belong to."""
    made = {"forecast": _months(document), "stages": _stages(document), "hygiene": _weeks(document)}
    return {key: picture for key, picture in made.items() if picture}


def _months(document: Mapping[str, Any]) -> Picture | None:
    """Won by month, and from this month on the range that history gives on top of it."""
    months = document["months"]
    if not any(month["won"] or month["p90"] for month in months):
        return None
    _exact, rough = figures(document["forecast"])
    layers = {
        _("won"): [month["won"] for month in months],
        _("up to P10"): [month["p10"] for month in months],
        _("up to P50"): [month["p50"] - month["p10"] for month in months],
        _("up to P90"): [month["p90"] - month["p50"] for month in months],
    }
    chart = _chart("StackedBar", 230, rough)
    chart.x_labels = [_month(month["key"]) for month in months]
    for name, values in layers.items():
        chart.add(name, values)
    told = "; ".join(_told_month(month, rough) for month in months)
    return Picture(
        _drawn(chart, "months", _("Month by month: won, and what history adds"), told), tuple(layers)
    )


def _told_month(month: Mapping[str, Any], rough: Callable[[float], str]) -> str:
    words = []
    if month["won"] or not month["p90"]:
        words.append(_("{amount} won").format(amount=rough(month["won"])))
    if month["p90"]:
        words.append(_("{low} to {high} to come").format(low=rough(month["p10"]), high=rough(month["p90"])))
    return f"{_month(month['key'])}: {', '.join(words)}"


def _month(key: str) -> str:
    """`Nov`: there is less than a year of them."""
    return SHOWN_MONTHS[language()][int(key[5:]) - 1].rstrip(".")


def _stages(document: Mapping[str, Any]) -> Picture | None:
    """The open amount of each stage, and what of it is late, without a next action or quiet."""
    stages = document["stages"]
    if not any(stage["open"]["amount"] for stage in stages):
        return None
    currency = document["currency"]
    _exact, rough = figures(document["forecast"])
    troubled = [stage["troubled"]["amount"] for stage in stages]
    layers = {
        _("late or quiet"): troubled,
        _("as it should be"): [s["open"]["amount"] - t for s, t in zip(stages, troubled, strict=True)],
    }
    chart = _chart("HorizontalStackedBar", 60 + 34 * len(stages), rough)
    # From bottom to top it is drawn; the first stage stands on top.
    chart.x_labels = [fit(literal(stage["stage_name"]), _LONGEST_LABEL) for stage in reversed(stages)]
    for name, values in layers.items():
        chart.add(name, values[::-1])
    told = "; ".join(
        _("{stage}: {amount}, of it {troubled} late or quiet").format(
            stage=shortened_text(stage["stage_name"]),
            amount=amount(stage["open"]["amount"], currency),
            troubled=amount(stage["troubled"]["amount"], currency),
        )
        for stage in stages
    )
    return Picture(_drawn(chart, "amounts", _("Open amount by stage"), told), tuple(layers))


def _weeks(document: Mapping[str, Any]) -> Picture | None:
    """The hygiene of the last weeks, in percent."""
    weeks = [week for week in document["hygiene"]["weeks"] if week["rate"] is not None]
    if len(weeks) < 2:
        return None
    lowest = min(week["rate"] for week in weeks)
    chart = _chart("Line", 170, lambda share: _("{n} %").format(n=round(share)), dots_size=3)
    chart.range = (min(80, int(100 * lowest) // 10 * 10), 100)
    chart.x_labels = [day_and_month(week["day"]) for week in weeks]
    chart.x_labels_major_every = max(1, (len(weeks) + 3) // 4)
    chart.show_minor_x_labels = False
    chart.add("", [100 * week["rate"] for week in weeks])
    told = "; ".join(f"{day_and_month(week['day'])}: {overall(week)}" for week in weeks)
    return Picture(_drawn(chart, "weeks", _("Hygiene, week by week"), told), ())


def _chart(kind: str, height: int, text: Callable[[float], str], **more: Any) -> Any:
    pygal = _pygal()
    return getattr(pygal, kind)(
        width=_WIDTH,
        height=height,
        margin=8,
        spacing=4,
        js=(),
        css=(),
        style=pygal.style.Style(label_font_size=_LETTER, major_label_font_size=_LETTER),
        show_legend=False,
        truncate_label=-1,
        min_scale=2,
        max_scale=5,
        value_formatter=text,
        **more,
    )


def _pygal() -> Any:
    """The library, without the finder of maps it leaves for later imports, which Python 3.11 warns of each time."""
    import pygal

    sys.meta_path[:] = [finder for finder in sys.meta_path if type(finder).__module__ != pygal.__name__]
    return pygal


def _drawn(chart: Any, key: str, title: str, told: str) -> str:
    """The chart as SVG: its title, the same in words for who does not see it, its shapes."""
    root = chart.render_tree()
    shapes = "".join(_written(child) for child in root)
    return (
        f'<svg role="img" viewBox="{escaped(root.get("viewBox"))}" aria-labelledby="{key}-title {key}-told">'
        f'<title id="{key}-title">{escaped(title)}</title><desc id="{key}-told">{escaped(told)}</desc>{shapes}</svg>'
    )


def _written(node: Any) -> str:
    """A shape or a group of them as markup; nothing for all else."""
    tag = node.tag.rpartition("}")[2] if isinstance(node.tag, str) else ""
    if tag not in _SHAPES or "background" in node.get("class", ""):
        return ""
    inner = escaped(node.text or "") if tag == "text" else "".join(_written(child) for child in node)
    if (tag == "g" and not inner) or (tag == "rect" and 0 in (_size(node, "width"), _size(node, "height"))):
        return ""
    return f"<{tag}{''.join(_attributes(node, _SHAPES[tag]))}>{inner}</{tag}>"


def _attributes(node: Any, names: Sequence[str]) -> Iterator[str]:
    if kept := [name for name in node.get("class", "").split() if _KEPT.fullmatch(name)]:
        yield f' class="{" ".join(kept)}"'
    for name in names:
        if value := node.get(name):
            yield f' {name}="{escaped(_NUMBER.sub(_rounded, value))}"'


def _size(node: Any, name: str) -> float:
    return round(float(node.get(name, "0")), 1)


def _rounded(found: re.Match[str]) -> str:
    return f"{float(found[0]):.1f}".removesuffix(".0")
