"""`pipe audit`: the figures of the checklist, why stages are not understood by all, and the worst to mend."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from rich.console import Console
from rich.text import Text

from pipecli.domain import hygiene as rules
from pipecli.domain.hygiene import LOSSES, NEXT_ACTION, ON_TIME, PROVEN, RULES
from pipecli.text import _, ngettext

from .console import literal
from .table import print_hanging, print_table
from .views import (
    NEVER_CUT,
    Column,
    Record,
    View,
    everybody_style,
    number_column,
    owner_or_everybody,
    plain,
    subject,
)

_BARS = "▁▂▃▄▅▆▇"
_LEAST_RANGE = 0.1
_SHOWN = 3
_INDENT = 2


def print_audit(console: Console, found: Record, listed: int) -> None:
    """The hygiene and its trend, the five points, what stands behind them, the worst of `listed` to mend."""
    print_hygiene(console, found)
    console.print()
    _print_points(console, found["points"])
    _print_understanding(console, found)
    _print_listed(console, found["listed"], listed)
    console.print()
    for line in (_about_window(found), *_about_merges(found), stability_line(found["stability"])):
        console.print(Text(line, style="dim"), overflow="fold")


def _about_window(found: Record) -> str:
    days = next(point["days"] for point in found["points"] if point["point"] == ON_TIME)
    return _("Within a day: of what happened and was recorded by hand in the last {n} days.").format(n=days)


def _about_merges(found: Record) -> list[str]:
    """How many were merged, and what they had been: they count in none of the points any more."""
    merged = found["merged"]
    names = {
        "open": _("{n} open"),
        "won": ngettext("{n} won", "{n} won", merged["won"]),
        "lost": ngettext("{n} lost", "{n} lost", merged["lost"]),
    }
    had = ", ".join(text.format(n=merged[key]) for key, text in names.items() if merged[key])
    words = ngettext(
        "Merged in eight weeks, and counted no more: {n} opportunity ({had}).",
        "Merged in eight weeks, and counted no more: {n} opportunities ({had}).",
        merged["count"],
    )
    return [words.format(n=merged["count"], had=had)] if merged["count"] else []


def print_hygiene(console: Console, found: Record) -> None:
    """`Pipeline hygiene   87 %   (81 % eight weeks ago)   ▁▂▂▃▅▅▆▇`."""
    now, then = found["hygiene"], found["eight_weeks_ago"]
    parts: list[Any] = [(_("Pipeline hygiene"), "bold"), "   ", (overall(now), "bold")]
    if found["owner"]:
        parts.insert(1, _(" of {owner}").format(owner=literal(found["owner"])))
    if then["rate"] is not None and now["rate"] is not None:
        parts.append("   " + _("({share} eight weeks ago)").format(share=_percent(then["rate"])))
    if bars := sparkline([week["rate"] for week in found["weeks"]]):
        parts.append(f"   {bars}")
    console.print(Text.assemble(*parts), overflow="fold")


def sparkline(rates: Sequence[float | None]) -> str:
    """A bar for each week, the highest for the best one; from worst to best are at least ten points of percentage.

    A week without a figure is a dot; where there are not two figures there is no line.
    """
    known = [rate for rate in rates if rate is not None]
    if len(known) < 2:
        return ""
    top = max(known)
    span = max(top - min(known), _LEAST_RANGE)
    steps = len(_BARS) - 1
    return "".join("·" if rate is None else _BARS[round(steps * (1 - (top - rate) / span))] for rate in rates)


def overall(found: Record) -> str:
    """The hygiene as a percentage, of few cases as a count."""
    if found["rate"] is not None:
        return _percent(found["rate"])
    return _("{k} of {n}").format(k=found["met"], n=found["cases"]) if found["cases"] else "–"


def _percent(rate: float) -> str:
    """A share in whole percent; only what is whole is 100 %."""
    whole = int(100 * rate + 0.5)
    return _("{n} %").format(n=99 if whole == 100 and rate < 1 else whole)


def point_names() -> Mapping[str, str]:
    """What the five points are called."""
    return {
        NEXT_ACTION: _("Dated next action"),
        PROVEN: _("Stages proven"),
        LOSSES: _("Losses documented"),
        ON_TIME: _("Recorded within a day"),
        RULES: _("Forecast on shared rules"),
    }


def points_view() -> View:
    """The five points with their remarks."""
    return View(
        (
            Column("point", _("Point"), lambda r: point_names()[r["point"]], least=NEVER_CUT),
            Column("k", _("Cases"), _cases, right=True, least=NEVER_CUT),
            Column("rate", "%", _rate, right=True, least=NEVER_CUT, style=_rate_style),
            Column("remark", _("Beside"), lambda r: "; ".join(remarks(r)), least=20, grows=True),
        )
    )


def _cases(record: Record) -> str:
    return _("{k} of {n}").format(k=record["k"], n=record["n"]) if record["n"] else "–"


def _rate(record: Record) -> str:
    return "" if record["rate"] is None else _percent(record["rate"])


def _rate_style(record: Record) -> str:
    rate = record["rate"]
    return "yellow" if rate is not None and rate < rules.STABLE_SHARE else ""


def _print_points(console: Console, points: Sequence[Record]) -> None:
    figures = points_view().columns[:3]
    cells = [[column.text(point) for column in figures] for point in points]
    widths = [max(map(len, column)) for column in zip(*cells, strict=True)]
    for point, (name, cases, rate) in zip(points, cells, strict=True):
        lead = Text.assemble(
            " " * _INDENT,
            f"{name:<{widths[0]}}  {cases:>{widths[1]}}  ",
            (f"{rate:>{widths[2]}}", _rate_style(point)),
            "   ",
        )
        beside = literal("; ".join(remarks(point)))
        if not beside:
            lead.rstrip()
        print_hanging(console, lead, beside)


def remarks(point: Record) -> list[str]:
    """What is said beside a point, nothing where all is well."""
    return [text for n, text in _REMARKS[point["point"]](point) if n]


_Remarks = list[tuple[int, str]]


def _about_actions(point: Record) -> _Remarks:
    without, late = point["n"] - point["k"], point["overdue"]
    return [
        (without, ngettext("{n} without", "{n} without", without).format(n=without)),
        (late, ngettext("{n} late: pipe overdue", "{n} late: pipe overdue", late).format(n=late)),
    ]


def _about_proofs(point: Record) -> _Remarks:
    imported, expired, lapsed, waived = (point[k] for k in ("imported", "expired", "lapsed", "waived"))
    return [
        (
            imported,
            ngettext("{n} imported without proof", "{n} imported without proof", imported).format(n=imported),
        ),
        (expired, ngettext("{n} proof expired", "{n} proofs expired", expired).format(n=expired)),
        (
            lapsed,
            ngettext("{n} changed since it was proven", "{n} changed since they were proven", lapsed).format(
                n=lapsed
            ),
        ),
        (waived, ngettext("{n} rests on a waiver", "{n} rest on a waiver", waived).format(n=waived)),
    ]


def _about_losses(point: Record) -> _Remarks:
    imported = point["undocumented_imported"]
    own = point["undocumented"] - imported
    return [
        (
            imported,
            ngettext("{n} imported without a reason", "{n} imported without a reason", imported).format(
                n=imported
            ),
        ),
        (own, ngettext("{n} without a reason", "{n} without a reason", own).format(n=own)),
    ]


def _about_delays(point: Record) -> _Remarks:
    slow = point["slowest"] or {"owner": "", "median_days": 0}
    days = slow["median_days"]
    words = ngettext("{owner}: median {n} day", "{owner}: median {n} days", days)
    return [(days, words.format(owner=slow["owner"], n=days))]


def _about_rules(point: Record) -> _Remarks:
    n = point["by_hand"]
    return [(n, ngettext("{n} probability set by hand", "{n} probabilities set by hand", n).format(n=n))]


_REMARKS: Mapping[str, Callable[[Record], _Remarks]] = {
    NEXT_ACTION: _about_actions,
    PROVEN: _about_proofs,
    LOSSES: _about_losses,
    ON_TIME: _about_delays,
    RULES: _about_rules,
}


def _print_understanding(console: Console, found: Record) -> None:
    """Why the stages are not understood by all; nothing where they are."""
    moves, copies = found["moves_back"], found["copied"]
    single = [{"text": proof["text"], "proofs": [proof]} for proof in found["one_word"]]
    sections = [
        (_("Moves back"), moves["back"], [_("in eight weeks, beside {n} on").format(n=moves["on"])]),
        (_("One-word proofs"), len(single), list(map(_words_text, single))),
        (_("Copied proofs"), len(copies), list(map(_words_text, copies))),
        (_("Owners apart"), len(found["owners_apart"]), list(map(_apart_text, found["owners_apart"]))),
    ]
    sections = [section for section in sections if section[1]]
    if not sections:
        return
    console.print()
    console.print(Text(_("Are the stages understood by all?"), style="bold"))
    names, counts = max(len(name) for name, _n, _lines in sections), len(str(max(s[1] for s in sections)))
    for name, n, lines in sections:
        lead = f"{'':{_INDENT}}{name:<{names}}  {n:>{counts}}  "
        for line in [*lines[:_SHOWN], *(["…"] if len(lines) > _SHOWN else [])]:
            print_hanging(console, lead, literal(line))
            lead = " " * len(lead)


def _words_text(copy: Record) -> str:
    """`"told": need 12, 17, problem 12, …`: the words, and of which opportunities they prove which criterion."""
    refs: dict[str, list[str]] = {}
    for proof in copy["proofs"][:_SHOWN]:
        refs.setdefault(proof["criterion"], []).append(str(proof["id"]))
    shown = [f"{criterion} {', '.join(numbers)}" for criterion, numbers in refs.items()]
    more = ["…"] if len(copy["proofs"]) > _SHOWN else []
    return _('"{text}": {proofs}').format(text=_cut(copy["text"]), proofs=", ".join([*shown, *more]))


def _cut(text: str, most: int = 30) -> str:
    words = literal(text)
    return words if len(words) <= most else words[: most - 1].rstrip() + "…"


def _apart_text(one: Record) -> str:
    return _("{stage}: {owner} proves {own}, the others {others}").format(
        stage=one["stage_name"], owner=one["owner"], own=_cases(one["own"]), others=_cases(one["others"])
    )


def _print_listed(console: Console, rows: Sequence[Record], n: int) -> None:
    if not rows:
        return
    console.print()
    console.print(Text(_("To mend, the worst first   {n}").format(n=n), style="bold"))
    view = View(
        (
            number_column(),
            Column("name", "", subject, least=16, grows=True),
            Column("owner", "", plain("owner"), least=6, drops=True),
            Column("faults", "", _faults, least=20, grows=True, style=lambda r: "yellow"),
        )
    )
    print_table(console, view, rows, indent=_INDENT, titles=False, below=_fix)


def _fix(record: Record) -> Sequence[Text]:
    return [Text(f"      {record['fix']}", style="cyan")]


def _faults(record: Record) -> str:
    return ", ".join(fault_names()[fault] for fault in record["faults"])


def fault_names() -> Mapping[str, str]:
    """What an opportunity can fail in."""
    return {
        rules.NO_ACTION: _("no next action"),
        rules.IMPORTED: _("imported without proof"),
        rules.EXPIRED: _("proof expired"),
        rules.LAPSED: _("changed since it was proven"),
        rules.UNDOCUMENTED: _("lost without a reason"),
        rules.BY_HAND: _("probability set by hand"),
        rules.ONE_WORD: _("one-word proof"),
        rules.COPIED: _("copied proof"),
    }


def stability_line(found: Record) -> str:
    """Whether the data has been good for long enough to automate and to quote rates, and the rule behind it."""
    if found["stable"]:
        return _(
            "Stable enough to automate and quote rates: {weeks} weeks at {rate} or more, {closed} closed."
        ).format(weeks=found["weeks"], rate=_percent(found["rate_needed"]), closed=found["closed"])
    return _(
        "Not stable enough yet to automate or to quote rates: that takes {weeks} weeks in a row at {rate} or more "
        "(now {now}) and {closed} closed opportunities (now {ended})."
    ).format(
        weeks=found["weeks_needed"],
        rate=_percent(found["rate_needed"]),
        now=found["weeks"],
        closed=found["closed_needed"],
        ended=found["closed"],
    )


def owners_view() -> View:
    """Owners side by side: three points are of their open ones, the other two have cases of their own."""
    return View(
        (
            Column("owner", _("Owner"), owner_or_everybody, least=8, grows=True, style=everybody_style),
            Column("hygiene", _("Hygiene"), lambda r: overall(r["hygiene"]), right=True, least=NEVER_CUT),
            Column("open", _("open"), lambda r: str(r[NEXT_ACTION]["n"]), right=True, least=NEVER_CUT),
            _point_column(NEXT_ACTION, _("action")),
            _point_column(PROVEN, _("proven")),
            _point_column(RULES, _("rules")),
            _point_column(LOSSES, _("losses"), with_n=True),
            _point_column(ON_TIME, _("in a day"), with_n=True),
        )
    )


def _point_column(point: str, title: str, *, with_n: bool = False) -> Column:
    def text(record: Record) -> str:
        found = record[point]
        if found["rate"] is None:
            return _cases(found)
        if with_n:
            return _("{rate} n {n}").format(rate=_percent(found["rate"]), n=found["n"])
        return _percent(found["rate"])

    return Column(point, title, text, right=True, least=NEVER_CUT, style=lambda r: _rate_style(r[point]))


def print_owners(console: Console, found: Record) -> None:
    """The hygiene, then each owner's points, everybody's at the end."""
    print_hygiene(console, found)
    if not found["owners"]:
        return
    console.print()
    every = {
        "owner": None,
        "hygiene": found["hygiene"],
        **{point["point"]: point for point in found["points"]},
    }
    lines = [*found["owners"], every] if len(found["owners"]) > 1 else found["owners"]
    print_table(console, owners_view(), lines)
    console.print()
    words = _("Hygiene is the mean of the points; those under 10 cases are taken together.")
    console.print(Text(words, style="dim"), overflow="fold")
