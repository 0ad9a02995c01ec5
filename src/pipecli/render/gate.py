"""The gate on screen: every criterion, met or not, what it rests on or needs, and the command that meets it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from rich.console import Console
from rich.text import Text

from pipecli.domain.guidance import lapses
from pipecli.domain.pipeline import Pipeline
from pipecli.text import _, ngettext

from .console import literal
from .table import print_hanging
from .views import Column, View, plain, subject

if TYPE_CHECKING:
    from pipecli.service.why import Why

EVIDENCE = " " * 6


def print_gate(
    console: Console,
    report: Mapping[str, Any],
    pipeline: Pipeline,
    *,
    header: bool = True,
    record: Mapping[str, Any] | None = None,
    ways: bool = True,
    overtaken: Mapping[str, Sequence[str]] | None = None,
) -> None:
    """The criteria of a gate report, the met ones first, then one line that counts them.

    `ways` tells for each unmet one what to type in a shell; without, what is `overtaken` is told all the same.
    """
    way = f"{pipeline.stage(report['from']).name} → {pipeline.stage(report['to']).name}"
    if header:
        name = f"{report['ref']} {literal(subject(record))}   " if record else f"{report['ref']}   "
        console.print(Text.assemble((name, "bold"), way))
        console.print()
    else:
        console.print(Text(way, style="bold"))
    for item in report["met"]:
        print_hanging(console, Text("  ✓ ", "green"), literal(item["ask"]))
        if item["evidence"]:
            print_hanging(console, EVIDENCE, literal(item["evidence"]), "dim")
    for item in report["unmet"]:
        ask = Text.assemble(literal(item["ask"]), (f"  {item['criterion']}", "dim"))
        print_hanging(console, Text("  ✗ ", "red"), ask)
        told = item["how"].split("; ") if ways else (overtaken or {}).get(item["criterion"], ())
        for needed in told:
            print_hanging(console, EVIDENCE, literal(needed), "cyan")
    console.print()
    console.print(summary(report, ways=ways))


def overtaken(why: Why) -> dict[str, list[str]]:
    """The approvals of a gate that count no more, by their criteria, with what overtook them."""
    return {v.criterion.key: lapses(v, why.state, why.pipeline) for v in why.gate.unmet}


def criteria(report: Mapping[str, Any]) -> list[dict[str, Any]]:
    """The criteria of a gate report, one a line: the met ones first, as on screen."""
    met = [{"met": True, **item} for item in report["met"]]
    return met + [{"met": False, **item, "evidence": None} for item in report["unmet"]]


def criteria_view() -> View:
    """The criteria of a gate as a list."""
    return View(
        (
            Column("met", "", lambda r: "✓" if r["met"] else "✗"),
            Column("criterion", _("Criterion"), plain("criterion")),
            Column("ask", _("Question"), plain("ask")),
            Column("rests", _("Rests on, or needs"), lambda r: r["evidence"] if r["met"] else r["how"]),
        ),
        keys=("criterion", "met", "kind", "ask", "how", "waivable", "side", "evidence"),
    )


def summary(report: Mapping[str, Any], *, ways: bool = True) -> Text:
    """`2 of 4 proven.`, or what to type when nothing is missing."""
    met, unmet = len(report["met"]), len(report["unmet"])
    if not unmet:
        ready = _("Ready: pipe advance {ref}").format(ref=report["ref"]) if ways else _("Ready to move.")
        return Text(ready, style="green")
    line = ngettext("{met} of {n} proven.", "{met} of {n} proven.", met).format(met=met, n=met + unmet)
    if any(item["waivable"] for item in report["unmet"]):
        line += " " + _("Waivable: {keys}").format(
            keys=", ".join(item["criterion"] for item in report["unmet"] if item["waivable"])
        )
    return Text(line, style="yellow")
