"""The backtest on screen: the verdict, the scores of the model and of what it must beat, chances against wins."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from rich.console import Console
from rich.text import Text

from pipecli.text import _, ngettext

from .forecast import figures
from .table import print_table
from .views import NEVER_CUT, Column, Record, View, plain, short_day

FEWEST = 10
_BAR = 20
_TOO_WIDE, _TOO_NARROW = 0.95, 0.6


def print_backtest(console: Console, document: Mapping[str, Any]) -> None:
    """What was tried, the scores, how often the range held, the reliability of single chances, and the verdict."""
    head = ngettext(
        "{n} day tried, {every} days apart, each asked for the {days} days after it",
        "{n} days tried, {every} days apart, each asked for the {days} days after it",
        len(document["origins"]),
    )
    console.print(
        Text(
            head.format(
                n=len(document["origins"]), every=document["every_days"], days=document["horizon_days"]
            )
        ),
        overflow="fold",
    )
    console.print()
    print_table(console, scores_view(document), score_rows(document))
    console.print()
    for line in (_held(document), verdict(document)):
        console.print(Text(line), overflow="fold")
    if document["reliability"]:
        console.print()
        console.print(Text(_("Chance of a win in that time, said and come:"), style="dim"))
        print_table(console, reliability_view(), document["reliability"])


def score_rows(document: Mapping[str, Any]) -> list[dict[str, Any]]:
    """A line for the model and each baseline."""
    names = {
        "model": _("from history"),
        "rules": _("rules"),
        "trailing": _("mean of before"),
        "recalibrated": _("rules recalibrated"),
    }
    return [{"name": words, **document["scores"][key]} for key, words in names.items()]


def scores_view(document: Mapping[str, Any]) -> View:
    """WAPE and bias in percent of what came, pinball loss in the measure's unit, Brier score."""
    _exact, rough = figures(document)
    many = len(document["origins"]) >= FEWEST

    def percent(key: str, form: str) -> Callable[[Record], str]:
        return lambda r: "–" if r[key] is None else f"{form} %".format(round(r[key] * 100))

    def column(key: str, title: str, text: Callable[[Record], str]) -> Column:
        return Column(key, title, text, right=True, least=NEVER_CUT)

    shown = [
        column("wape", _("off by (WAPE)"), percent("wape", "{}")),
        column("bias", _("bias"), percent("bias", "{:+}")),
    ]
    return View(
        (
            Column("name", "", plain("name"), least=NEVER_CUT),
            *(shown if many else ()),
            column(
                "pinball", _("pinball loss"), lambda r: "–" if r["pinball"] is None else rough(r["pinball"])
            ),
            column("brier", _("Brier score"), lambda r: "–" if r["brier"] is None else f"{r['brier']:.3f}"),
        )
    )


def _held(document: Mapping[str, Any]) -> str:
    """How often what came lay from P10 to P90; a count where there are few days."""
    days = len(document["origins"])
    coverage = document["scores"]["coverage"]
    if coverage is None:
        return _("Nothing could be held against what came.")
    k = round(coverage * days)
    if days < FEWEST:
        return _("What came lay from P10 to P90 on {k} of {n} days (8 in 10 is right).").format(k=k, n=days)
    line = _("What came lay from P10 to P90 on {share} % of {n} days (80 % is right).")
    if coverage > _TOO_WIDE:
        line = _(
            "What came lay from P10 to P90 on {share} % of {n} days: the range is too wide (80 % is right)."
        )
    elif coverage < _TOO_NARROW:
        line = _(
            "What came lay from P10 to P90 on {share} % of {n} days: the range is too narrow (80 % is right)."
        )
    return line.format(share=round(coverage * 100), n=days)


def verdict(document: Mapping[str, Any]) -> str:
    """Whether the model beat the rules on this pipeline."""
    if document["trusted"]:
        return _("The history forecast beats the rules here: {why}.").format(why=document["why"])
    return _("pipe forecast leads with the rules: {why}.").format(why=document["why"])


def reliability_view() -> View:
    """Chances in bins: what was said, what came, and a bar for each to compare."""
    return View(
        (
            Column("n", _("n"), plain("n"), right=True, least=NEVER_CUT),
            Column("said", _("said"), lambda r: f"{round(r['said'] * 100)} %", right=True, least=NEVER_CUT),
            Column("won", _("came"), _came, right=True, least=NEVER_CUT),
            Column("bar", "", _bars, least=NEVER_CUT),
        )
    )


def _came(record: Record) -> str:
    if record["n"] < FEWEST:
        return _("{k} of {n}").format(k=record["won"], n=record["n"])
    return f"{round(record['won'] / record['n'] * 100)} %"


def _bars(record: Record) -> str:
    """`━━━━━╸·····│`: a bar for what came, with a mark where it was said to be."""
    came = round(record["won"] / record["n"] * _BAR)
    said = min(round(record["said"] * _BAR), _BAR - 1)
    cells = ["█" if n < came else "·" for n in range(_BAR)]
    cells[said] = "│"
    return "".join(cells)


def origins_view(document: Mapping[str, Any]) -> View:
    """Every day tried: what came, the range, the baselines."""
    exact, _rough = figures(document)

    def column(key: str, title: str) -> Column:
        return Column(key, title, lambda r: exact(r[key]), right=True, least=NEVER_CUT)

    return View(
        (
            Column("as_of", _("Day"), lambda r: short_day(r["as_of"]), least=NEVER_CUT),
            column("actual", _("came")),
            column("p10", "P10"),
            column("p50", "P50"),
            column("p90", "P90"),
            column("mean", _("mean")),
            column("rules", _("rules")),
            column("trailing", _("mean of before")),
            column("recalibrated", _("rules recalibrated")),
        )
    )


def flattened(origin: Mapping[str, Any]) -> dict[str, Any]:
    """A day tried, without nesting."""
    return {
        "as_of": origin["as_of"],
        "actual": origin["actual"],
        **origin["model"],
        **{key: origin[key] for key in ("rules", "trailing", "recalibrated")},
    }
