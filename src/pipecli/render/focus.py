"""`pipe focus`: where attention matters, each line with its next action and, in words, why it is listed there."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from rich.console import Console
from rich.text import Text

from pipecli.domain.focus import APPROVAL, SECTIONS, STAKE, UNCERTAIN
from pipecli.service.focus import Asked, Crossed, Focus, Line, Uncertain
from pipecli.text import _, ngettext

from .console import literal
from .table import print_table
from .views import (
    Column,
    Record,
    View,
    action,
    amount,
    late_style,
    lateness,
    money_column,
    number_column,
    plain,
    short_day,
    subject,
)

_INDENT = 2
_UNDER = " " * 6


def records(found: Focus) -> list[dict[str, Any]]:
    """The lines under the keys of an opportunity, with `section`, `criterion`, `reason` and `uncertainty`."""
    return [
        {
            **line.record,
            "section": line.section,
            "criterion": None if isinstance(line.why, Uncertain) else line.why.criterion,
            "reason": reason(line, found.currency),
            "uncertainty": line.uncertainty,
        }
        for line in found.lines
    ]


def reason(line: Line, currency: str) -> str:
    """Why the opportunity is listed where it is; `currency` is the workspace's."""
    if isinstance(line.why, Asked):
        return _asked(line.why)
    if isinstance(line.why, Crossed):
        return _crossed(line.why)
    return _uncertain(line.why, line, currency)


def _asked(why: Asked) -> str:
    return _("waits for {role} ({people}) since {day}, asked by {who}: {ask}").format(
        role=why.role,
        people=", ".join(why.people) or _("nobody"),
        day=short_day(why.asked_on),
        who=why.asked_by,
        ask=why.ask,
    )


def _crossed(why: Crossed) -> str:
    if why.is_new:
        before = _("opened this week")
    elif why.amount is None:
        before = _("had no amount a week ago")
    else:
        before = _("was {amount} a week ago").format(amount=amount(why.amount, why.currency))
    return _("{before}, {criterion} needs approval: {condition}").format(
        before=before, criterion=why.criterion, condition=why.when
    )


def _uncertain(why: Uncertain, line: Line, currency: str) -> str:
    words = _("moves this quarter by ±{uncertainty}: {amount} at {percent} %").format(
        uncertainty=amount(round(line.uncertainty or 0), currency),
        amount=amount(line.record["amount"], line.record["currency"]),
        percent=round(100 * why.chance),
    )
    first = {
        (True, False): _("ahead because it is late"),
        (False, True): _("ahead because it is stale"),
        (True, True): _("ahead because it is late and stale"),
    }.get((why.overdue, why.stale))
    return f"{words}; {first}" if first else words


def view() -> View:
    """The columns for Markdown, and the keys for machines: all there are."""
    return View(
        (
            number_column(),
            Column("name", _("Opportunity"), subject, least=16, grows=True),
            money_column("amount", _("Amount")),
            Column("section", _("Section"), lambda r: titles()[r["section"]]),
            Column("reason", _("Why"), plain("reason")),
            Column("next_action", _("Next action"), _next),
            Column("next_due", _("Due"), lateness),
        )
    )


def titles() -> Mapping[str, str]:
    """What each section is called."""
    return {
        APPROVAL: _("Approvals waiting"),
        UNCERTAIN: _("Uncertain this quarter"),
        STAKE: _("Stake crossed this week"),
    }


def print_focus(console: Console, found: Focus) -> None:
    """The sections that have lines, each with how many it has in all."""
    rows = records(found)
    for position, section in enumerate(section for section in SECTIONS if found.counts[section]):
        if position:
            console.print()
        own = [row for row in rows if row["section"] == section]
        console.print(Text.assemble((f"{titles()[section]:<23}", "bold"), f"{found.counts[section]:>4}"))
        print_table(
            console, _lines(), own, indent=_INDENT, titles=False, below=lambda row: _below(console, row)
        )
    if found.unranked:
        console.print()
        console.print(Text(unranked(found.unranked), style="dim"), overflow="fold")


def _lines() -> View:
    return View(
        (
            number_column(),
            Column("name", "", subject, least=16, grows=True),
            money_column("amount", ""),
            Column("stage", "", plain("stage_name"), least=10, drops=True),
            Column("next_action", "", _next, least=10, grows=True),
            Column("next_due", "", lateness, least=10, style=late_style),
        )
    )


def _next(record: Record) -> str:
    return action(record) or _("no next action")


def _below(console: Console, row: Record) -> Sequence[Text]:
    """Why it is listed, wrapped under its line, and the command that settles an approval."""
    words = Text(literal(row["reason"]), style="dim")
    lines = list(words.wrap(console, max(20, console.width - len(_UNDER))))
    for line in lines:
        line.rstrip()
    if row["section"] == APPROVAL:
        lines.append(Text(f"pipe approve {row['id']} {row['criterion']}", style="cyan"))
    return [Text.assemble(_UNDER, line) for line in lines]


def hidden_lines(found: Focus) -> int:
    """How many lines the sections leave out."""
    return sum(found.counts.values()) - len(found.lines)


def unranked(n: int) -> str:
    """How many could not be ranked, and why."""
    return ngettext(
        "{n} open opportunity has no amount, or no rate for it: not ranked",
        "{n} open opportunities have no amount, or no rate for it: not ranked",
        n,
    ).format(n=n)
