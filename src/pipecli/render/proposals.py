"""Proposals on screen: the list of those that wait, and one of them with what it rests on."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from rich.console import Console
from rich.text import Text

from pipecli.domain import proposing
from pipecli.service.proposals import Listed
from pipecli.text import _, ngettext

from .console import literal
from .table import print_hanging, print_table
from .views import Column, Record, View, action, amount, number_column, plain, short_day, subject

if TYPE_CHECKING:
    from pipecli.service.qualifying import Qualified

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


def view(*, answered: bool = False, subject_too: bool = True) -> View:
    """The list, with what became of each where answered ones are shown too."""
    columns = [
        number_column(),
        Column("name", _("Opportunity"), lambda r: f"{r['ref']} {subject(r)}", least=14, grows=True),
        Column("aim", _("Proposed"), plain("aim"), least=12, grows=True),
        Column("says", "", plain("says"), least=16, grows=True),
        Column("source", _("By"), lambda r: source_name(r["source"]), least=5, drops=True),
        Column("age_days", _("Age"), lambda r: _("{n} d").format(n=r["age_days"]), right=True, least=4),
    ]
    if not subject_too:
        del columns[1]
    if answered:
        columns.append(Column("status", "", lambda r: status(r["status"]), least=8))
    return View(tuple(columns), KEYS)


def source_name(source: str) -> str:
    """Who proposed, for a person: the rules, or the name of a model or an agent."""
    return _("rules") if source == "rules" else literal(source)


def status(word: str) -> str:
    """What became of a proposal, in words."""
    names = {
        "open": _("waits"),
        "accepted": _("accepted"),
        "rejected": _("rejected"),
        "overtaken": _("overtaken"),
    }
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
    if now := _now(listed):
        lines.append((_("Now"), now))
    if s.due:
        lines.append((_("Day"), short_day(s.due)))
    if s.exchange is not None:
        lines.append((_("Rests on"), _("exchange {n}: pipe show {ref}").format(n=s.exchange, ref=listed.ref)))
    if s.why:
        lines.append((_("Why"), literal(s.why)))
    by = _("{source}, {day}").format(source=source_name(listed.source), day=short_day(listed.on.isoformat()))
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


def print_qualified(console: Console, found: Qualified, listed: Sequence[Listed]) -> None:
    """What reading the exchanges gave, then the proposals that wait for this opportunity."""
    record = found.shown.record
    console.print(
        Text(f"{record['id']} {literal(subject(record))}   {record['stage_name']}", "bold"), overflow="fold"
    )
    for line in qualified_lines(found):
        console.print(Text(line), overflow="fold")
    if listed:
        console.print()
        print_table(console, view(subject_too=False), [as_record(item) for item in listed])


def qualified_lines(found: Qualified) -> list[str]:
    """How many exchanges were read by whom, and what became of the finds; or why nothing was read."""
    ref = found.shown.record["id"]
    if not found.is_open:
        return [
            _("It is closed ({status}): nothing is proposed any more.").format(
                status=found.shown.state.status
            )
        ]
    if found.made is None:
        line = _('There is no exchange to read yet: pipe log {ref} call "what was said"')
        return [line.format(ref=ref)]
    read = ngettext("Read {n} exchange, by {source}: ", "Read {n} exchanges, by {source}: ", found.read)
    counts = [
        ngettext("{n} new proposal", "{n} new proposals", len(found.made.ids)).format(n=len(found.made.ids))
    ]
    if found.made.known:
        counts.append(_("{n} made before").format(n=found.made.known))
    if found.made.dropped:
        counts.append(_("{n} thrown away unread").format(n=len(found.made.dropped)))
    lines = [read.format(n=found.read, source=source_name(found.source)) + ", ".join(counts)]
    if found.unhinted:
        keys = ", ".join(found.unhinted)
        lines.append(_("The rules have no hints to look for: {keys} (pipe stages edit)").format(keys=keys))
    return lines


def _now(listed: Listed) -> str:
    """What stands where a value or a next action would be written, in words; "" for what has no such place."""
    record, target = listed.record, listed.suggestion.target
    if listed.suggestion.what == proposing.NEXT_ACTION:
        planned = action(record)
        return f"{literal(planned)}, {short_day(record['next_due'])}" if planned else "–"
    if listed.suggestion.what != proposing.VALUE:
        return ""
    if target == "amount":
        return amount(record["amount"], record["currency"])
    value = record["fields"].get(target, record.get(target))
    return "–" if value in (None, "", []) else literal(str(value))


def waiting_line(n: int) -> str:
    """`3 proposals wait: pipe proposals`."""
    return ngettext("{n} proposal waits: pipe proposals", "{n} proposals wait: pipe proposals", n).format(n=n)
