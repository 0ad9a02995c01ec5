"""Proposals on screen: the list of those that wait, and one of them with what it rests on."""

from __future__ import annotations

from typing import Any

from rich.console import Console
from rich.text import Text

from pipecli.domain import proposing
from pipecli.service.proposals import Listed
from pipecli.text import _, ngettext

from .console import literal
from .table import print_hanging
from .views import Column, Record, View, number_column, plain, short_day, subject

KEYS = (
    "id", "ref", "name", "account", "owner", "what", "target", "value", "due", "exchange", "quote", "why", "draft",
    "source", "on", "age_days", "status", "decided_on", "decided_by",
)  # fmt: skip


def as_record(listed: Listed) -> dict[str, Any]:
    """A proposal under its keys for machines, and `aim` in words."""
    s = listed.suggestion
    return {
        "id": listed.id,
        "ref": listed.ref,
        "name": listed.name,
        "account": listed.account,
        "owner": listed.owner,
        "what": s.what,
        "target": s.target or None,
        "value": s.value or None,
        "due": s.due or None,
        "exchange": s.exchange,
        "quote": s.quote or None,
        "why": s.why or None,
        "draft": s.draft or None,
        "source": listed.source,
        "on": listed.on.isoformat(),
        "age_days": listed.age,
        "status": listed.status,
        "decided_on": listed.decided_on,
        "decided_by": listed.decided_by,
        "aim": listed.aim,
        "says": words(listed),
    }


def words(listed: Listed) -> str:
    """What a proposal would write, in one line: the quote between quotation marks, the value, the day."""
    s = listed.suggestion
    if listed.erased:
        return _("erased")
    if s.quote and s.what == proposing.PROOF:
        return f'"{s.quote}"'
    return f"{s.value}, {short_day(s.due)}" if s.due else s.value


def view(*, answered: bool = False) -> View:
    """The list, with what became of each where answered ones are shown too."""
    columns = [
        number_column(),
        Column("name", _("Opportunity"), lambda r: f"{r['ref']} {subject(r)}", least=14, grows=True),
        Column("aim", _("Proposed"), plain("aim"), least=12, grows=True),
        Column("says", "", plain("says"), least=16, grows=True),
        Column("source", _("By"), plain("source"), least=5, drops=True),
        Column("age_days", _("Age"), lambda r: _("{n} d").format(n=r["age_days"]), right=True, least=4),
    ]
    if answered:
        columns.append(Column("status", "", lambda r: status(r["status"]), least=8))
    return View(tuple(columns), KEYS)


def status(word: str) -> str:
    """What became of a proposal, in words."""
    names = {"open": _("waits"), "accepted": _("accepted"), "rejected": _("rejected")}
    return names.get(word, word)


def print_proposal(console: Console, listed: Listed) -> None:
    """One proposal: what it is about, what it would write, what it rests on, why, who says so."""
    s = listed.suggestion
    record: Record = {"name": listed.name, "account": listed.account}
    head = Text.assemble((f"{listed.ref} {literal(subject(record))}", "bold"))
    console.print(head, overflow="fold")
    lines = [(_("Proposed"), literal(listed.aim))]
    if listed.erased:
        lines.append(("", _("erased")))
    if s.quote:
        lines.append((_("Quote"), f'"{literal(s.quote)}"'))
    if s.value:
        lines.append((_("Words") if s.what == proposing.PROOF else _("Value"), literal(s.value)))
    if s.due:
        lines.append((_("Day"), short_day(s.due)))
    if s.exchange is not None:
        lines.append((_("Rests on"), _("exchange {n}: pipe show {ref}").format(n=s.exchange, ref=listed.ref)))
    if s.why:
        lines.append((_("Why"), literal(s.why)))
    by = _("{source}, {day}").format(source=literal(listed.source), day=short_day(listed.on.isoformat()))
    lines.append((_("By"), by))
    if listed.decided_on:
        lines.append(
            (status(listed.status), f"{literal(listed.decided_by or '')}, {short_day(listed.decided_on)}")
        )
    wide = max(len(title) for title, _text in lines) + 2
    for title, text in lines:
        print_hanging(console, Text("  " + title.ljust(wide), "dim"), text)
    if s.draft:
        console.print()
        for line in s.draft.splitlines():
            console.print(Text(("  " + literal(line)).rstrip()), overflow="fold")


def waiting_line(n: int) -> str:
    """`3 proposals wait: pipe proposals`."""
    return ngettext("{n} proposal waits: pipe proposals", "{n} proposals wait: pipe proposals", n).format(n=n)
