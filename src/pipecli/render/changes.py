"""Why the forecast moved, on screen: the number before, each part with who is behind it, the number now."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from rich.console import Console
from rich.text import Text

from pipecli.text import _, ngettext

from .table import print_table
from .views import NEVER_CUT, Column, Record, View, amount, plain, short_day, subject

_SHOWN = 3


def signed(value: float | int, currency: str) -> str:
    """A difference: `+€12,400`, `-€900`."""
    return f"+{amount(value, currency)}" if value > 0 else amount(value, currency)


def rows(document: Mapping[str, Any]) -> list[dict[str, Any]]:
    """The lines of the table: what the forecast was, the parts of the difference, what it is."""
    common = {"currency": document["currency"], "day": None, "count": None, "opportunities": []}
    before = {**common, "kind": "before", "day": document["since"], "amount": document["before"]}
    after = {**common, "kind": "after", "day": document["as_of"], "amount": document["after"]}
    parts = [{**common, **part} for part in document["parts"]]
    return [before, *parts, {**after, "difference": document["difference"]}]


def flattened(row: Mapping[str, Any]) -> dict[str, Any]:
    """A line for CSV: its opportunities as their ids."""
    return {
        "kind": row["kind"],
        "count": row["count"],
        "amount": row["amount"],
        "currency": row["currency"],
        "opportunities": [one["id"] for one in row["opportunities"]],
    }


def ids(document: Mapping[str, Any]) -> list[dict[str, int]]:
    """Everything that moved the number, each once, in the order of the parts."""
    found = [one["id"] for part in document["parts"] for one in part["opportunities"]]
    return [{"id": number} for number in dict.fromkeys(found)]


def view() -> View:
    """The columns of the table."""
    return View(
        (
            Column("kind", "", _label, least=NEVER_CUT, style=_weight),
            Column("count", "", plain("count"), right=True, least=NEVER_CUT),
            Column("amount", "", _money, right=True, least=NEVER_CUT, style=_tone),
            Column("opportunities", "", _behind, least=16, grows=True),
        )
    )


def print_changes(console: Console, document: Mapping[str, Any]) -> None:
    """The table under its period, and what could not be added."""
    head = _("Won and weighted, {start} to {until}").format(
        start=short_day(document["from"]), until=short_day(document["until"])
    )
    console.print(Text(head, style="bold"))
    print_table(console, view(), rows(document))
    if document["other_currencies"]:
        console.print()
    for other in document["other_currencies"]:
        console.print(Text(_apart(other), style="dim"), overflow="fold")


def nothing_moved(document: Mapping[str, Any]) -> str:
    """What to say where there are no parts."""
    return _("Nothing moved the forecast since {day}: {amount}").format(
        day=short_day(document["since"]), amount=amount(document["after"], document["currency"])
    )


def summary_line(day: str, difference: float | int, currency: str, counts: Mapping[str, int]) -> str:
    """`Since Mon 16 Nov: +€12,400 (2 new, 1 pulled in, 1 lost)`; `day` is ISO, the difference in major units."""
    if not counts:
        return _("Since {day}: unchanged").format(day=short_day(day))
    return _("Since {day}: {amount} ({counts})").format(
        day=short_day(day),
        amount=signed(difference, currency) if difference else _("no difference"),
        counts=", ".join(counted(kind, n) for kind, n in counts.items()),
    )


def counted(kind: str, n: int) -> str:
    """`2 pulled in`."""
    words = {
        "new": ngettext("{n} new", "{n} new", n),
        "won": ngettext("{n} won", "{n} won", n),
        "lost": ngettext("{n} lost", "{n} lost", n),
        "pulled_in": ngettext("{n} pulled in", "{n} pulled in", n),
        "pushed_out": ngettext("{n} pushed out", "{n} pushed out", n),
        "amount_up": ngettext("{n} amount up", "{n} amounts up", n),
        "amount_down": ngettext("{n} amount down", "{n} amounts down", n),
        "probability": ngettext("{n} probability", "{n} probabilities", n),
        "reopened": ngettext("{n} reopened", "{n} reopened", n),
        "merged": ngettext("{n} merged", "{n} merged", n),
    }
    return words[kind].format(n=n)


def kind_names() -> Mapping[str, str]:
    """What the parts of a difference are called."""
    return {
        "new": _("new"),
        "won": _("won"),
        "lost": _("lost"),
        "pulled_in": _("pulled in"),
        "pushed_out": _("pushed out"),
        "amount_up": _("amount up"),
        "amount_down": _("amount down"),
        "probability": _("probability"),
        "reopened": _("reopened"),
        "merged": _("merged"),
    }


def _label(record: Record) -> str:
    name = kind_names().get(record["kind"])
    return f"  {name}" if name else short_day(record["day"])


def _money(record: Record) -> str:
    return (amount if record["day"] else signed)(record["amount"], record["currency"])


def _behind(record: Record) -> str:
    """The largest ones, `12 Acme · ERP rollout +€12,000`; at the end what it all comes to."""
    if "difference" in record:
        return _("{amount} in all").format(amount=signed(record["difference"], record["currency"]))
    return ", ".join(
        f"{one['id']} {subject(one)} {signed(one['amount'], record['currency'])}"
        for one in record["opportunities"][:_SHOWN]
    )


def _weight(record: Record) -> str:
    return "bold" if record["day"] else ""


def _tone(record: Record) -> str:
    if record["day"]:
        return "bold"
    return "green" if record["amount"] > 0 else "red"


def _apart(other: Mapping[str, Any]) -> str:
    return ngettext(
        "{n} opportunity in {currency} has no rate: counted, not priced",
        "{n} opportunities in {currency} have no rate: counted, not priced",
        other["count"],
    ).format(n=other["count"], currency=other["currency"])
