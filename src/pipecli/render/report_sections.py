"""The sections of the periodic report: what each says first, its tables, and what helps to read them."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

from pipecli.domain.focus import lines_each
from pipecli.domain.report import APPROVAL, OVERDUE, SECTIONS, STALE, UNPLANNED
from pipecli.text import _, ngettext

from . import forecast as ahead
from .audit import overall
from .changes import kind_names, signed
from .report import Document, Part, Section, day, long_day
from .report_columns import count, money, name, number, pile_worth, troubles
from .statistics import short_rate
from .today import done_command
from .views import NEVER_CUT, Column, Record, View, action, amount, day_and_month, plain, subject

SETTLED, BEHIND, MONDAYS, OWNERS = 8, 2, 4, 15
"""How many lines a page has of what is to be settled, of who is behind a change, of past Mondays, of owners."""
"""Lines a page has of what is to be settled, was closed, is behind a change, of past Mondays, of waivers."""


def settle(document: Document) -> Section:
    """What to settle first, each with the command that does."""
    found = document["settle"]
    lines, counts = found["lines"], found["counts"]
    title = _("Settle first")
    if not lines:
        return Section("settle", title, (_("Nothing is late, nothing went quiet, no approval waits."),))
    own = {name: [line for line in lines if line["section"] == name] for name in SECTIONS}
    each = lines_each([len(of) for of in own.values()], SETTLED)
    shown = [line for of, n in zip(own.values(), each, strict=True) for line in of[:n]]
    view = View(
        (
            number(),
            name(),
            money(),
            Column("stage", _("Stage"), plain("stage_name"), least=10, drops=True),
            Column("owner", _("Owner"), plain("owner"), least=6, drops=True),
        )
    )

    def why(record: Record) -> Sequence[str]:
        return [_why(record, document)]

    part = Part("", view, shown, why, _("Why"), _command, _hidden(own, each))
    return Section("settle", title, (_counted(counts),), (part,))


def _hidden(own: Mapping[str, Sequence[Record]], each: Sequence[int]) -> str:
    """How many lines are left out, and what lists them: `today` has all but what has no next action."""
    left = {name: len(lines) - n for (name, lines), n in zip(own.items(), each, strict=True)}
    n = sum(left.values())
    if not n:
        return ""
    commands = ["pipe today --all"] if n > left[UNPLANNED] else []
    commands += ['pipe list --where "not has next_action"'] if left[UNPLANNED] else []
    return ngettext("and {n} more: {command}", "and {n} more: {command}", n).format(
        n=n, command=", ".join(commands)
    )


def _counted(counts: dict[str, int]) -> str:
    """`16 late, 12 gone quiet, 5 waiting for approval`."""
    late, none, quiet, asked = (counts[name] for name in (OVERDUE, UNPLANNED, STALE, APPROVAL))
    words = [
        (late, ngettext("{n} late", "{n} late", late)),
        (none, ngettext("{n} without a next action", "{n} without a next action", none)),
        (quiet, ngettext("{n} gone quiet", "{n} gone quiet", quiet)),
        (asked, ngettext("{n} approval waiting", "{n} approvals waiting", asked)),
    ]
    return ", ".join(text.format(n=n) for n, text in words if n) + "."


def _why(record: Record, document: Document) -> str:
    if record["section"] == APPROVAL:
        return _("approval asked by {who} on {day}").format(
            who=record["asked_by"], day=day_and_month(record["asked_on"])
        )
    if record["section"] == OVERDUE:
        return _("{n} d late: {action}").format(n=record["overdue_days"], action=action(record))
    quiet = day(max(record["stage_entered_on"], record["last_exchange_on"] or ""), document)
    if record["section"] == UNPLANNED:
        return _("no next action, nothing since {day}").format(day=quiet)
    return _("quiet since {day}: {action}").format(day=quiet, action=action(record))


def _command(record: Record) -> str:
    if record["section"] == APPROVAL:
        return f"pipe approve {record['id']} {record['criterion']}"
    if record["section"] == UNPLANNED:
        return _('pipe next {ref} "what next" -d fri').format(ref=record["id"])
    return done_command(record)


def forecast(document: Document) -> Section:
    """What will come in, which of the two to believe, and what was said on past Mondays."""
    whole = document["forecast"]
    rows = whole.get("groups") or [{**whole, "key": "", "label": _("Total")}]
    if not any(
        row["won"]["count"] or row["open"]["count"] or row["history"]["total"]["mean"] for row in rows
    ):
        nothing = _("Nothing was won, and nothing open has a close date ahead.")
        return Section("forecast", _("Forecast"), (nothing,), (), tuple(ahead.notes(whole)))
    period, *columns = ahead.view(whole).columns
    parts = [Part("", View((period._replace(title=_("Period")), *columns)), rows)]
    said = document["track"][-MONDAYS:]
    if whole["history"]["trusted"] and said:
        title = _("The {days} days after each of the last Mondays, by history, and what came").format(
            days=document["track_days"]
        )
        parts.append(Part(title, _track_view(document), said[::-1]))
    return Section(
        "forecast", _("Forecast"), (ahead.believe(whole),), tuple(parts), tuple(ahead.notes(whole))
    )


def _track_view(document: Document) -> View:
    _exact, rough = ahead.figures(document["forecast"])
    return View(
        (
            Column("day", _("On Monday"), lambda r: day(r["day"], document), least=NEVER_CUT),
            Column("said", _("we said"), lambda r: rough(r["said"]), right=True, least=NEVER_CUT),
            Column("came", _("it was"), lambda r: rough(r["came"]), right=True, least=NEVER_CUT),
        )
    )


def changes(document: Document) -> Section:
    """Why the forecast by rules moved in the period."""
    found = document["changes"]
    currency = found["currency"]
    title = _("What changed since {day}").format(day=day(found["since"], document))
    was = _("Won and weighted until {until}: {before}, now {after}.").format(
        until=long_day(found["until"]),
        before=amount(found["before"], currency),
        after=amount(found["after"], currency),
    )
    view = View(
        (
            Column("kind", _("Change"), lambda r: kind_names()[r["kind"]], least=NEVER_CUT),
            Column("count", _("How many"), plain("count"), right=True, least=NEVER_CUT),
            Column(
                "amount", _("Amount"), lambda r: signed(r["amount"], currency), right=True, least=NEVER_CUT
            ),
        )
    )
    rows = found["parts"]

    def behind(record: Record) -> Sequence[str]:
        return [
            f"{one['id']} {subject(one)} {signed(one['amount'], currency)}"
            for one in record["opportunities"][:BEHIND]
        ]

    lead = (
        (was,)
        if rows
        else (_("Nothing moved the forecast: {amount}.").format(amount=amount(found["after"], currency)),)
    )
    parts = (Part("", view, rows, behind, _("Most of it"), more=_more_changes(document)),) if rows else ()
    return Section("changes", title, lead, parts)


def _more_changes(document: Document) -> str:
    since = document["changes"]["since"]
    return _("Everything behind it: {command}").format(command=f"pipe forecast changes --since {since}")


def stages(document: Document) -> Section:
    """What stands in each stage, what of it is late or quiet, and how many go on and are won."""
    rows = [{**row, **(row["flow"] or {})} for row in document["stages"]]
    flows = [row for row in rows if row["flow"]]
    if not flows:
        return Section("stages", _("Stages"), (_("No opportunity was ever opened."),))
    view = View(
        (
            Column("stage", _("Stage"), plain("stage_name"), least=NEVER_CUT, grows=True),
            count("open", _("open")),
            pile_worth("open", _("Amount"), document),
            *troubles(rows),
            Column("to_next", _("goes on"), _rate("to_next"), right=True, least=NEVER_CUT, drops=True),
            Column("to_win", _("is won"), _rate("to_win"), right=True, least=NEVER_CUT),
        )
    )
    note = _("n is how many a rate rests on: all there ever were; pipe stats has its interval.")
    return Section("stages", _("Stages"), (), (Part("", view, rows),), (note,))


def _rate(key: str) -> Callable[[Record], str]:
    return lambda record: short_rate(record, key) if record["flow"] else "–"


def owners(document: Document) -> Section:
    """What each owner holds, and what of it is late or quiet: where most is at stake comes first."""
    rows = document["owners"]
    view = View(
        (
            Column("owner", _("Owner"), plain("owner"), least=16, grows=True),
            count("open", _("open")),
            pile_worth("open", _("Amount"), document),
            *troubles(rows, document),
            Column("hygiene", _("Hygiene"), _hygiene_of, right=True, least=NEVER_CUT),
        )
    )
    hidden = len(rows) - OWNERS
    more = ngettext("and {n} more: {command}", "and {n} more: {command}", hidden).format(
        n=hidden, command="pipe audit --by owner"
    )
    part = Part("", view, rows[:OWNERS], more=more if hidden > 0 else "")
    lead = () if rows else (_("Nobody holds anything open."),)
    return Section("owners", _("Late and quiet, by owner"), lead, (part,) if rows else ())


def _hygiene_of(record: Record) -> str:
    return overall(record["hygiene"]) if record["hygiene"] else "–"
