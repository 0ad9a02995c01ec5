"""The week on screen: ten lines, each a label, how many, what they are worth, and which."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

from rich.console import Console
from rich.text import Text

from pipecli.domain.briefing import quoted
from pipecli.text import _, ngettext

from .changes import counted, signed
from .console import literal
from .table import print_hanging, print_table
from .views import NEVER_CUT, Column, Record, View, amount, plain, short_day, subject


class Line(NamedTuple):
    """One line of the week, in words."""

    label: str
    figure: str
    amount: str
    text: str


def heading(document: Record) -> str:
    """`The week to Fri 27 Nov`, or from which day on where it is another span."""
    from datetime import date

    since, until = (date.fromisoformat(document[key]) for key in ("since", "until"))
    if (until - since).days == 7:
        return _("The week to {day}").format(day=short_day(document["until"]))
    return _("From {since} to {day}").format(
        since=short_day(document["since"]), day=short_day(document["until"])
    )


def lines(document: Record) -> list[Line]:
    """The ten lines."""
    new, won, lost = document["new"], document["won"], document["lost"]
    return [
        _counted(_("New"), document, new, _names(new)),
        _counted(_("Won"), document, won, _names(won) + _why(won)),
        _counted(_("Lost"), document, lost, _reasons(lost)),
        _moves(document["moved"]),
        _counted(_("Late"), document, document["late"], _pointing(document["late"], "pipe overdue")),
        _counted(_("Stale"), document, document["stale"], _pointing(document["stale"], "pipe stale")),
        _approvals(document["waiting"]),
        _forecast(document["forecast"], document["currency"]),
        _hygiene(document["hygiene"]),
        _first(document["first"]),
    ]


def _counted(label: str, document: Record, part: Record, text: str) -> Line:
    worth = amount(part["amount"], document["currency"]) if part["amount"] else ""
    others = [amount(value, code) for code, value in part["other_currencies"].items()]
    if others:
        apart = _("{amounts} without a rate").format(amounts=" + ".join(others))
        text = f"{text}; {apart}" if text else apart
    return Line(label, str(part["count"]), worth, text)


def _name(one: Record) -> str:
    return f"{one['id']} {subject(one)}"


def _names(part: Record, most: int = 3) -> str:
    """The largest, `12 Acme · ERP rollout €48,000`."""
    shown = [
        " ".join(
            w for w in (_name(one), amount(one["amount"], one["currency"]) if one["amount"] else "") if w
        )
        for one in part["opportunities"][:most]
    ]
    return ", ".join(shown) + (", …" if part["count"] > len(shown) else "")


def _why(won: Record) -> str:
    """Why they said yes, where there is one win only."""
    reason = won["opportunities"][0]["outcome_reason"] if won["count"] == 1 else None
    return _then(quoted(reason)) if reason else ""


def _then(text: str) -> str:
    """The text behind a colon, as the language in use sets one."""
    return _(": {text}").format(text=text)


def _pointing(part: Record, command: str) -> str:
    """The command that lists them, then the one with most at stake."""
    return command + _then(_name(part["opportunities"][0])) if part["count"] else ""


def _reasons(lost: Record) -> str:
    reasons = ", ".join(
        f"{reason['label'] or _('undocumented')} {reason['count']}" for reason in lost["reasons"]
    )
    return reasons + _then(_names(lost, 2)) if reasons else ""


def _moves(moved: Record) -> Line:
    how = [
        ngettext("{n} on", "{n} on", moved["on"]).format(n=moved["on"]) if moved["on"] else "",
        ngettext("{n} back", "{n} back", moved["back"]).format(n=moved["back"]) if moved["back"] else "",
        ngettext("{n} reopened", "{n} reopened", moved["reopened"]).format(n=moved["reopened"])
        if moved["reopened"]
        else "",
    ]
    names = [f"{_name(one)} → {one['to_name']}" for one in moved["opportunities"][:2]]
    n = moved["on"] + moved["back"] + moved["reopened"]
    text = ", ".join(word for word in how if word)
    if names:
        text += _then(", ".join(names) + (", …" if n > len(names) else ""))
    return Line(_("Moved"), str(n), "", text)


def _approvals(waiting: Record) -> Line:
    text = ""
    if waiting["opportunities"]:
        one = waiting["opportunities"][0]
        text = _("{name} waits for {people} since {day}").format(
            name=_name(one), people=", ".join(one["people"]) or _("nobody"), day=short_day(one["on"])
        )
    return Line(_("Approvals"), str(waiting["count"]), "", text)


def _forecast(forecast: Record, currency: str) -> Line:
    difference, counts = forecast["difference"], forecast["counts"]
    line = _("{change} by {day}") if counts else _("unchanged, by {day}")
    change = signed(difference, currency) if difference else _("no difference")
    text = line.format(change=change, day=short_day(forecast["until"]))
    if counts:
        text += " (" + ", ".join(counted(kind, n) for kind, n in counts.items()) + ")"
    return Line(_("Forecast"), "", amount(forecast["after"], currency), text)


def _hygiene(hygiene: Record) -> Line:
    from .audit import overall

    now, then = overall(hygiene), hygiene["week_ago"]
    if hygiene["rate"] is None or then["rate"] is None:
        text = "pipe audit"
    elif overall(then) == now:
        text = _("as a week ago: pipe audit")
    else:
        text = _("{share} a week ago: pipe audit").format(share=overall(then))
    return Line(_("Hygiene"), "", now, text)


def _first(first: Mapping[str, Any] | None) -> Line:
    if first is None:
        return Line(_("First"), "", "", _("nothing is late, stale or waiting: pipe today"))
    late = ngettext("{n} day late", "{n} days late", first["overdue_days"]).format(n=first["overdue_days"])
    words = {
        "late": late,
        "unplanned": _("without a next action"),
        "stale": _("stale"),
        "waiting": _("waits for a word"),
    }
    return Line(_("First"), "", "", f"{first['command']}   {_name(first)}, {words[first['why']]}")


def print_week(console: Console, document: Record) -> None:
    """The ten lines under their heading."""
    console.print(Text(heading(document), style="bold"))
    print_table(console, view(), [line._asdict() for line in lines(document)])


def print_told(console: Console, document: Record, text: str, model: str) -> None:
    """The week as a model phrased it, and that it did."""
    console.print(Text(heading(document), style="bold"))
    for line in text.splitlines():
        print_hanging(console, "", literal(line))
    words = _("In the words of {model}, with the figures of: pipe summary --no-model")
    print_hanging(console, "", words.format(model=model), "dim")


def in_words(document: Record) -> list[str]:
    """The ten lines as text, to be read by whom a table says nothing."""
    return [heading(document)] + [
        literal(" ".join(part for part in line if part)) for line in lines(document)
    ]


def view() -> View:
    """The columns of the week."""
    return View(
        (
            Column("label", "", plain("label"), least=NEVER_CUT, style=lambda r: "bold"),
            Column("figure", "", plain("figure"), right=True, least=NEVER_CUT),
            Column("amount", "", plain("amount"), right=True, least=NEVER_CUT),
            Column("text", "", plain("text"), least=16, grows=True),
        )
    )


def rows(document: Record) -> Sequence[dict[str, str]]:
    """The ten lines, for Markdown."""
    return [line._asdict() for line in lines(document)]


def flat_view() -> View:
    """The figures of the week, for CSV."""
    return View((), keys=("item", "count", "amount", "currency", "share", "ids"))


def flat(document: Record) -> list[dict[str, Any]]:
    """The figures, one item a line: what it counts, its amount or share, and the largest of what is behind it."""
    moved, forecast, currency = document["moved"], document["forecast"], document["currency"]
    found = [
        {
            "item": key,
            "count": part["count"],
            "amount": part.get("amount"),
            "currency": currency,
            "ids": _ids(part),
        }
        for key in ("new", "won", "lost", "late", "unplanned", "stale", "waiting")
        for part in (document[key],)
    ]
    return [
        *found,
        *({"item": f"moved_{how}", "count": moved[how]} for how in ("on", "back", "reopened")),
        {"item": "forecast", "amount": forecast["after"], "currency": currency},
        {"item": "forecast_difference", "amount": forecast["difference"], "currency": currency},
        {"item": "hygiene", "share": document["hygiene"]["rate"]},
        {"item": "first", "ids": [document["first"]["id"]] if document["first"] else []},
    ]


def _ids(part: Record) -> list[int]:
    return list(dict.fromkeys(one["id"] for one in part["opportunities"]))
