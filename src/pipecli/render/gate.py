"""The gate on screen: every criterion, met or not, what it rests on or needs, and the command that meets it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from rich.console import Console
from rich.text import Text

from pipecli.domain.pipeline import Pipeline
from pipecli.text import _, ngettext

from .console import literal
from .views import subject


def print_gate(
    console: Console,
    report: Mapping[str, Any],
    pipeline: Pipeline,
    *,
    header: bool = True,
    record: Mapping[str, Any] | None = None,
) -> None:
    """The criteria of a gate report, the met ones first, then one line that counts them."""
    way = f"{pipeline.stage(report['from']).name} → {pipeline.stage(report['to']).name}"
    if header:
        name = f"{report['ref']} {literal(subject(record))}   " if record else f"{report['ref']}   "
        console.print(Text.assemble((name, "bold"), way))
        console.print()
    else:
        console.print(Text(way, style="bold"))
    for item in report["met"]:
        console.print(Text.assemble(("  ✓ ", "green"), literal(item["ask"])), overflow="fold")
        if item["evidence"]:
            console.print(Text("      " + literal(item["evidence"]), style="dim"), overflow="fold")
    for item in report["unmet"]:
        console.print(
            Text.assemble(("  ✗ ", "red"), literal(item["ask"]), (f"  {item['criterion']}", "dim")),
            overflow="fold",
        )
        for way_ in item["how"].split("; "):
            console.print(Text("      " + literal(way_), style="cyan"), overflow="fold")
    console.print()
    console.print(summary(report))


def summary(report: Mapping[str, Any]) -> Text:
    """`2 of 4 proven.`, or what to type when nothing is missing."""
    met, unmet = len(report["met"]), len(report["unmet"])
    if not unmet:
        return Text(_("Ready: pipe advance {ref}").format(ref=report["ref"]), style="green")
    line = ngettext("{met} of {n} proven.", "{met} of {n} proven.", met).format(met=met, n=met + unmet)
    if any(item["waivable"] for item in report["unmet"]):
        line += " " + _("Waivable: {keys}").format(
            keys=", ".join(item["criterion"] for item in report["unmet"] if item["waivable"])
        )
    return Text(line, style="yellow")
