"""The forecast on screen: won, open and weighted for each line, then what belongs to none."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from rich.console import Console
from rich.text import Text

from pipecli.domain.forecast import Forecast
from pipecli.text import _, language, ngettext

from .table import print_table
from .views import Column, Record, View, amount

_MONTHS = {
    "en": [
        "January",
        "February",
        "March",
        "April",
        "May",
        "June",
        "July",
        "August",
        "September",
        "October",
        "November",
        "December",
    ],
    "fr": [
        "janvier",
        "février",
        "mars",
        "avril",
        "mai",
        "juin",
        "juillet",
        "août",
        "septembre",
        "octobre",
        "novembre",
        "décembre",
    ],
}


def period_label(key: str, label: str) -> str:
    """`2026-11` as `November 2026`, `2027-Q1` as `1st quarter 2027`; other keys by their label."""
    if len(key) == 7 and key[4] == "-" and key[5:].isdigit():
        return f"{_MONTHS[language()][int(key[5:]) - 1]} {key[:4]}"
    if len(key) == 7 and key[4:6] == "-Q":
        names = {"1": _("1st quarter"), "2": _("2nd quarter"), "3": _("3rd quarter"), "4": _("4th quarter")}
        return f"{names[key[6]]} {key[:4]}"
    return label


def view(currency: str) -> View:
    """The forecast's columns: how many and how much, the currency once, in the heads."""
    sign = _sign(currency)
    return View(
        (
            Column("label", "", lambda r: period_label(r["key"], r["label"]), least=8, grows=True),
            Column("won_count", _("won"), lambda r: str(r["won"]["count"] or "–"), right=True, least=3),
            Column(
                "won", sign, _figure(lambda r: r["won"]["amount"], currency), right=True, least=6, style=_won
            ),
            Column("open_count", _("open"), lambda r: str(r["open"]["count"] or "–"), right=True, least=4),
            Column("open", sign, _figure(lambda r: r["open"]["amount"], currency), right=True, least=6),
            Column(
                "weighted",
                _("weighted {sign}").format(sign=sign),
                _figure(lambda r: r["weighted"], currency),
                right=True,
                least=8,
                style=lambda r: "bold",
            ),
        )
    )


def _won(record: Record) -> str:
    return "green" if record["won"]["amount"] else ""


def _figure(of: Callable[[Record], float | int], currency: str) -> Callable[[Record], str]:
    """An amount without its currency, `–` for nothing."""
    return lambda r: amount(of(r), currency).replace(_sign(currency), "").strip() if of(r) else "–"


def _sign(currency: str) -> str:
    return amount(0, currency).replace("0", "").strip(" .,\u00a0\u202f")


def flat() -> View:
    """The forecast's keys without nesting."""
    return View(())


def print_forecast(console: Console, found: Forecast, json: dict[str, Any]) -> None:
    """The table, its total, and what needs mending before it can be trusted."""
    currency = found.currency
    rows = [*json.get("groups", ()), {"key": "", "label": _("Total"), **json}]
    print_table(console, view(currency), rows)
    for line in notes(json):
        console.print(Text(line, style="dim"), overflow="fold")


def notes(json: dict[str, Any]) -> list[str]:
    """What the figures leave out, one line each."""
    lines = []
    unpriced, undated = json["unpriced"]["count"], json["undated"]["count"]
    if unpriced:
        lines.append(
            ngettext(
                "{n} open opportunity has no amount: counted, not priced",
                "{n} open opportunities have no amount: counted, not priced",
                unpriced,
            ).format(n=unpriced)
        )
    if undated:
        line = ngettext(
            "{n} open opportunity has no close date, or a past one: in no period",
            "{n} open opportunities have no close date, or a past one: in no period",
            undated,
        ).format(n=undated)
        worth = json["undated"]["amount"]
        lines.append(f"{line} ({amount(worth, json['currency'])})" if worth else line)
    lines += [_apart(other) for other in json["other_currencies"]]
    return ["", *lines] if lines else []


def _apart(other: dict[str, Any]) -> str:
    """What another currency comes to: it is never added to the workspace's own."""
    figures = (
        (_("won {amount}"), other["won"]["amount"]),
        (_("open {amount}"), other["open"]["amount"]),
        (_("weighted {amount}"), other["weighted"]),
        (_("{amount} in no period"), other["undated"]["amount"]),
    )
    words = [words.format(amount=amount(value, other["currency"])) for words, value in figures if value]
    return _("{currency} stands apart: {figures}").format(
        currency=other["currency"], figures=", ".join(words) or _("nothing priced")
    )
