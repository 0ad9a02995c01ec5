"""The sections of the periodic report on what is on record: what was closed, how far to trust it, exceptions."""

from __future__ import annotations

from collections.abc import Sequence

from pipecli.text import _, ngettext

from .audit import overall, points_view, sparkline, stability_line
from .report import Document, Part, Section, day, worth
from .report_columns import PRESSES, money, name, number
from .views import NEVER_CUT, Column, Record, View, plain

CLOSED, WAIVED = 10, 20
"""How many lines a page has of what was won or lost, and of waivers."""


def closed(document: Document) -> Section:
    """What was won and lost in the period, and why."""
    won, lost = document["won"], document["lost"]
    since = day(document["from"], document)
    if not won["count"] and not lost["count"]:
        return Section(
            "closed", _("Won and lost"), (_("Nothing was won or lost since {day}.").format(day=since),)
        )
    parts = []
    if won["count"]:
        parts.append(_closed_part(_("Won"), _closed_view(won=True), won, "won"))
    if lost["count"]:
        parts.append(_closed_part(_("Lost"), _closed_view(won=False), lost, "lost"))
        parts.append(Part(_("Why lost"), _reasons_view(document), lost["reasons"]))
    lead = _("Since {day}: {won}; {lost}.").format(
        day=since,
        won=ngettext("{n} won ({amount})", "{n} won ({amount})", won["count"]).format(
            n=won["count"], amount=worth(won, document)
        )
        if won["count"]
        else _("nothing won"),
        lost=ngettext("{n} lost ({amount})", "{n} lost ({amount})", lost["count"]).format(
            n=lost["count"], amount=worth(lost, document)
        )
        if lost["count"]
        else _("nothing lost"),
    )
    return Section("closed", _("Won and lost"), (lead,), tuple(parts))


def _closed_part(title: str, view: View, pile: Record, status: str) -> Part:
    def note(record: Record) -> Sequence[str]:
        return [record["note"]] if record["note"] else []

    return Part(title, view, pile["listed"][:CLOSED], note, _("Why"), more=_more(pile, status))


def _more(pile: Record, status: str) -> str:
    hidden = pile["count"] - CLOSED
    words = [ngettext("and {n} more: {command}", "and {n} more: {command}", hidden)] if hidden > 0 else []
    command = f"pipe list --status {status} --sort -closed"
    return "".join(text.format(n=hidden, command=command) for text in words)


def _closed_view(*, won: bool) -> View:
    columns = [
        number(),
        name(),
        money(),
        Column("stage", _("Stage"), plain("stage_name"), least=10, drops=True),
        Column("reason", _("Reason"), _reason, least=8, style=_reason_style),
        Column("owner", _("Owner"), plain("owner"), least=6, drops=True),
    ]
    return View(tuple(c for c in columns if not (won and c.key in ("stage", "reason"))))


def _reason_style(record: Record) -> str:
    return "" if record["reason"] or record["note"] else PRESSES


def _reason(record: Record) -> str:
    return str(record["reason_label"] or ("–" if record["note"] else _("undocumented")))


def _reasons_view(document: Document) -> View:
    return View(
        (
            Column(
                "reason",
                _("Reason"),
                lambda r: str(r["reason_label"] or _("no reason of the list")),
                least=8,
                grows=True,
            ),
            Column("count", _("lost"), plain("count"), right=True, least=NEVER_CUT),
            Column("amount", _("Amount"), lambda r: worth(r, document), right=True, least=NEVER_CUT),
        )
    )


def hygiene(document: Document) -> Section:
    """The hygiene, its trend, the five points, and whether the data may be quoted."""
    found = document["hygiene"]
    bars = sparkline([week["rate"] for week in found["weeks"]])
    lead = _("{share} today.").format(share=overall(found["hygiene"]))
    if not found["hygiene"]["cases"]:
        return Section("hygiene", _("Hygiene"), (_("There is nothing to measure yet."),))
    if found["eight_weeks_ago"]["cases"]:
        lead = _("{share} today, {then} eight weeks ago.").format(
            share=overall(found["hygiene"]), then=overall(found["eight_weeks_ago"])
        )
    parts = (
        Part(
            "",
            points_view(),
            found["points"],
            more=_("What to mend, and how: {command}").format(command="pipe audit"),
        ),
    )
    return Section("hygiene", _("Hygiene"), (lead,), parts, (stability_line(found["stability"]),), bars)


def waivers(document: Document) -> Section:
    """Every exception in force, with who made it and why."""
    rows, merged = document["waivers"], _merged(document)
    if not rows:
        lead = _("None: every open opportunity is where its proofs put it.")
        return Section("waivers", _("Waivers in force"), (lead,), merged)
    view = View(
        (
            number(),
            name(),
            Column("criterion", _("Criterion"), plain("criterion"), least=8),
            Column("waived_by", _("By"), plain("waived_by"), least=4),
            Column("waived_on", _("On"), lambda r: day(r["waived_on"], document), least=NEVER_CUT),
        )
    )

    def why(record: Record) -> Sequence[str]:
        return [record["reason"] or _("erased")]

    hidden = len(rows) - WAIVED
    more = _("and {n} more: pipe report --json").format(n=hidden) if hidden > 0 else ""
    lead = ngettext(
        "{n} exception to a criterion is in force.", "{n} exceptions to a criterion are in force.", len(rows)
    )
    return Section(
        "waivers",
        _("Waivers in force"),
        (lead.format(n=len(rows)),),
        (Part("", view, rows[:WAIVED], why, _("Why"), more=more), *merged),
    )


def _merged(document: Document) -> tuple[Part, ...]:
    """What was merged in the period, with what it had been and why: it counts in no figure any more."""
    rows = document["merges"]
    if not rows:
        return ()
    status = {"open": _("open"), "won": _("won"), "lost": _("lost")}
    view = View(
        (
            number(),
            name(),
            Column("into", _("into"), plain("into"), right=True, least=NEVER_CUT),
            Column("status", _("Was"), lambda r: status[r["status"]], least=NEVER_CUT),
            money(),
            Column("merged_by", _("By"), plain("merged_by"), least=4),
        )
    )

    def why(record: Record) -> Sequence[str]:
        return [record["reason"]] if record["reason"] else []

    hidden = len(rows) - WAIVED
    more = _("and {n} more: pipe report --json").format(n=hidden) if hidden > 0 else ""
    title = ngettext(
        "{n} merged since {day}, counted no more", "{n} merged since {day}, counted no more", len(rows)
    ).format(n=len(rows), day=day(document["from"], document))
    return (Part(title, view, rows[:WAIVED], why, _("Why"), more=more),)
