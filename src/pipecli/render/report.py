"""The periodic report as a page: a title, a few figures, sections of tables; `report_text`, `report_markdown` and
`report_html` write it, so that all three say the same.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import date
from html import escape
from typing import Any, NamedTuple

from pipecli.domain.dates import format_day
from pipecli.domain.report import MONTHLY, WEEKLY
from pipecli.text import _, language, ngettext

from .audit import overall
from .changes import signed
from .console import literal
from .forecast import figures, period_label
from .table import fit
from .views import Column, Record, View, amount

Document = Mapping[str, Any]


class Figure(NamedTuple):
    """One of the figures at the top: what it is, what it comes to, what to know beside it."""

    label: str
    value: str
    beside: str = ""
    presses: bool = False


class Part(NamedTuple):
    """A table of a section: its rows are the worst or largest first.

    `under` is what stands under a row (`under_title` names it where it needs a column), `command` what settles it,
    `more` what is left out.
    """

    title: str
    view: View
    records: Sequence[Record]
    under: Callable[[Record], Sequence[str]] | None = None
    under_title: str = ""
    command: Callable[[Record], str] | None = None
    more: str = ""


class Section(NamedTuple):
    """A section: what it says first, its tables, what helps to read them.

    `key` names its picture where there are pictures, `trend` is what stands for it where there are none.
    """

    key: str
    title: str
    lead: tuple[str, ...] = ()
    parts: tuple[Part, ...] = ()
    notes: tuple[str, ...] = ()
    trend: str = ""


class Page(NamedTuple):
    """The whole report."""

    title: str
    subtitle: str
    figures: tuple[Figure, ...]
    sections: tuple[Section, ...]
    foot: str


def page(document: Document) -> Page:
    """The report as a page."""
    from . import report_record as record
    from . import report_sections as sections

    makers = (
        sections.settle,
        sections.forecast,
        sections.changes,
        sections.stages,
        sections.owners,
        record.closed,
        record.hygiene,
        record.waivers,
    )
    names = {WEEKLY: _("{name}: the week to {day}"), MONTHLY: _("{name}: the month to {day}")}
    return Page(
        names[document["period"]].format(
            name=fit(literal(document["pipeline"]), LONGEST_NAME), day=long_day(document["as_of"])
        ),
        _subtitle(document),
        tuple(_figures(document)),
        tuple(make(document) for make in makers),
        _foot(document),
    )


def day(iso: str, document: Document) -> str:
    """A day as the report shows it: seen from the report's day, whatever today is."""
    return format_day(date.fromisoformat(iso), language(), date.fromisoformat(document["as_of"]))


def long_day(iso: str) -> str:
    """`Mon 23 Nov 2026`."""
    return f"{format_day(date.fromisoformat(iso), language())} {iso[:4]}"


def opportunities(n: int) -> str:
    """`44 opportunities`."""
    return ngettext("{n} opportunity", "{n} opportunities", n).format(n=n)


def worth(pile: Record, document: Document) -> str:
    """What a pile of opportunities is worth, `–` where nothing is priced."""
    return amount(pile["amount"] or None, document["currency"])


def _subtitle(document: Document) -> str:
    found = document["open"]
    if not found["count"]:
        return _("Nothing is open. pipe add opens the first, pipe import brings in a file.")
    words = _("{opportunities} open").format(opportunities=opportunities(found["count"]))
    if found["amount"]:
        words = _("{opportunities} open, {amount} in all").format(
            opportunities=opportunities(found["count"]), amount=worth(found, document)
        )
    return _("; ").join([words, *without_price(found)])


def without_price(pile: Record) -> list[str]:
    """How many of a pile the amount leaves out; no words for none."""
    n = pile["unpriced"]
    return (
        [ngettext("{n} without an amount or a rate", "{n} without an amount or a rate", n).format(n=n)]
        if n
        else []
    )


def _figures(document: Document) -> list[Figure]:
    won, lost, pressing = document["won"], document["lost"], document["settle"]["pressing"]
    found = document["hygiene"]
    then = found["eight_weeks_ago"]
    return [
        _expected(document),
        _moved(document),
        Figure(_("Won"), worth(won, document), _closings(won)),
        Figure(_("Lost"), worth(lost, document), _closings(lost)),
        Figure(
            _("To settle"),
            _("{n} of {total}").format(n=pressing["count"], total=document["open"]["count"])
            if pressing["count"]
            else _("nothing"),
            _("; ").join(_at_stake(pressing, document)),
            presses=bool(pressing["count"]),
        ),
        Figure(
            _("Hygiene"),
            overall(found["hygiene"]),
            _("{share} eight weeks ago").format(share=overall(then)) if then["cases"] else "",
        ),
    ]


def _at_stake(pile: Record, document: Document) -> list[str]:
    words = [_("{amount} at stake").format(amount=worth(pile, document))] if pile["amount"] else []
    return [*words, *without_price(pile)]


def _closings(pile: Record) -> str:
    return _("; ").join([opportunities(pile["count"]), *without_price(pile)])


def _expected(document: Document) -> Figure:
    """What is still to come this quarter, by the forecast that is to be believed."""
    whole = document["forecast"]
    groups = whole.get("groups") or [{**whole, "key": "", "label": ""}]
    line = next((group for group in groups if "-Q" in group["key"]), groups[0])
    exact, rough = figures(whole)
    label = _("Still to come, {period}").format(period=period_label(line["key"], line["label"]))
    won = _("{amount} won so far").format(amount=exact(line["won"]["amount"]))
    if not whole["history"]["trusted"]:
        return Figure(label, exact(round(line["weighted"])), _("; ").join([_("weighted by the rules"), won]))
    total = line["history"]["total"]
    value = _("{low} to {high}").format(low=rough(total["p10"]), high=rough(total["p90"]))
    return Figure(label, value, _("; ").join([_("P50 {amount}").format(amount=rough(total["p50"])), won]))


def _moved(document: Document) -> Figure:
    moved = document["changes"]
    since = _("since {day}").format(day=day(moved["since"], document))
    value = signed(moved["difference"], document["currency"]) if moved["difference"] else _("unchanged")
    return Figure(_("Forecast by rules"), value, since)


def _foot(document: Document) -> str:
    return _("As of {day}. Amounts in {currency}. Pipeline definition {version}. Made by: {command}").format(
        day=long_day(document["as_of"]),
        currency=document["currency"],
        version=document["definition"],
        command=f"pipe report {document['period']}",
    )


LONGEST, LONGEST_NAME = 120, 60
"""Cells of the longest text that a page shows in one place, and of the longest name in a title."""


def shortened(view: View) -> View:
    """The view with texts cut to what a page has room for."""

    def cut(column: Column) -> Column:
        return column._replace(text=lambda record: shortened_text(column.text(record)))

    return view._replace(columns=tuple(cut(column) for column in view.columns))


def shortened_text(text: str) -> str:
    """A text from outside, on one line and no longer than a page has room for."""
    return fit(literal(text).strip(), LONGEST)


def escaped(text: str) -> str:
    """A text on one line as HTML and SVG show it, in an element or an attribute: the only place that escapes."""
    return escape(literal(text))
