"""`pipe today`: what to do now, the worst first, with the command to type."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import date

from rich.cells import cell_len
from rich.console import Console
from rich.text import Text

from pipecli.domain.dates import format_age
from pipecli.service.lists import Listing, Today, Worth
from pipecli.text import _, language

from .console import literal
from .table import fit, print_table
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
    subject,
    unpriced_words,
    worth_words,
)


def print_today(console: Console, today: Today) -> None:
    """The first thing to do, then overdue, due today, approvals asked, stale, and the coming days asked for."""
    first = next(iter([*today.overdue.records, *today.due.records]), None)
    if first:
        print_first(console, first)
        console.print()
    printers: list[tuple[int, Callable[[], None]]] = [
        (today.overdue.n, lambda: _print_section(console, _("Overdue"), today.overdue, "red", at_stake=True)),
        (today.due.n, lambda: _print_section(console, _("Today"), today.due, "")),
        (len(today.approvals), lambda: _print_approvals(console, today)),
        (today.stale.n, lambda: _print_stale(console, today)),
        (today.coming.n if today.coming else 0, lambda: _print_coming(console, today)),
    ]
    for position, section in enumerate(section for n, section in printers if n):
        if position:
            console.print()
        section()


def print_first(console: Console, record: Record) -> None:
    """The one thing to do first, and the command that settles it."""
    behind = Text.assemble("  ", (str(record["id"]), "bold"), "   ", (lateness(record), late_style(record)))
    planned, name = literal(action(record)), literal(subject(record))
    room = max(20, console.width - behind.cell_len - 3)
    kept = fit(name, max(room // 2, room - cell_len(planned)))
    console.print(Text.assemble((fit(planned, room - cell_len(kept)), "bold"), "   ", kept, behind))
    console.print(Text("  " + done_command(record), style="cyan"))


def done_command(record: Record) -> str:
    """The command that settles what is next."""
    return _('pipe done {ref} "what happened" -n "what next" -d fri').format(ref=record["id"])


def _print_section(
    console: Console, title: str, listing: Listing, style: str, *, at_stake: bool = False
) -> None:
    console.print(heading(title, listing.n, style, listing.worth if at_stake else None))
    print_table(console, _section_view(), listing.records, indent=2, titles=False)


def heading(title: str, n: int, style: str, worth: Worth | None) -> Text:
    """The line above a section: its title, how many it has and what they are worth."""
    head = Text.assemble((f"{title:<9}", f"bold {style}".strip()), f"{n:>3}")
    if worth is not None:
        priced = [_("{amount} at stake").format(amount=words) for words in worth_words(worth)]
        sums = ", ".join([*priced, *unpriced_words(worth)])
        head.append(f"   {sums}" if sums else "", style="dim")
    return head


def _section_view(due: Callable[[Record], str] | None = None, *, owner: bool = False) -> View:
    columns = [
        number_column(),
        Column("name", "", subject, least=16, grows=True),
        money_column("amount", ""),
        Column("stage", "", plain("stage_name"), least=10),
        Column("next_action", "", action, least=10, grows=True),
        Column("next_due", "", due or _late_only, least=9, style=late_style),
    ]
    if owner:
        columns.append(Column("owner", "", plain("owner"), least=6, drops=True))
    return View(tuple(columns))


def _late_only(record: Record) -> str:
    return lateness(record) if record["overdue_days"] else ""


def agenda_heading(section: str, n: int, worth: Worth) -> Text:
    """The heading of a section of the agenda (`domain.agenda`, or `approvals`): how many, and what they are worth."""
    titles = {
        "overdue": (_("Overdue"), "red"),
        "today": (_("Today"), ""),
        "unplanned": (_("No next action"), "red"),
        "approvals": (_("Asked of you"), ""),
        "stale": (_("Stale"), "yellow"),
        "soon": (_("Coming days"), ""),
    }
    wide = max(len(title) for title, _style in titles.values())
    title, style = titles[section]
    return heading(title.ljust(wide), n, style, worth)


def agenda_view(*, owner: bool) -> View:
    """The lines of the agenda, the same in every section, with the day each is due."""
    return _section_view(lateness, owner=owner)


def hidden_rows(today: Today) -> int:
    """How many rows the sections leave out."""
    sections = (today.overdue, today.due, today.stale, today.coming)
    return sum(listing.n - len(listing.records) for listing in sections if listing)


def _print_approvals(console: Console, today: Today) -> None:
    console.print(
        Text.assemble(
            (_("Approvals").ljust(9), "bold"), f"{len(today.approvals):>3}", (_("   asked of you"), "dim")
        )
    )
    for item in today.approvals:
        line = Text.assemble(
            f"  {item.ref:>2}  {literal(subject(item.record))}  ",
            amount(item.record["amount"], item.record["currency"]),
            (_("  asked by {who}").format(who=literal(item.asked_by)), "dim"),
        )
        console.print(line, overflow="fold")
        console.print(Text(f"      {literal(item.ask)}"), overflow="fold")
        console.print(Text(f"      pipe approve {item.ref} {item.criterion}", style="cyan"))


def _print_stale(console: Console, today: Today) -> None:
    console.print(Text.assemble((_("Stale").ljust(9), "bold yellow"), f"{today.stale.n:>3}"))
    view = View(
        (
            number_column(),
            Column("name", "", subject, least=16, grows=True),
            money_column("amount", ""),
            Column("stage", "", plain("stage_name"), least=10),
            Column("quiet", "", lambda r: quiet_words(r, today.today, today.stale_limits), least=26),
        )
    )
    print_table(console, view, today.stale.records, indent=2, titles=False)


def _print_coming(console: Console, today: Today) -> None:
    if today.coming:
        console.print(heading(_("Coming days"), today.coming.n, "", today.coming.worth))
        print_table(console, _section_view(lateness), today.coming.records, indent=2, titles=False)


def quiet_words(record: Record, today: date, limits: Mapping[str, int | None]) -> str:
    """`quiet for 3 weeks (limit 14 d)`; `limits` are the days that each stage allows."""
    from .views import quiet_day

    days = (today - date.fromisoformat(quiet_day(record))).days
    limit = limits.get(record["stage"])
    words = _("quiet for {age}").format(age=format_age(days, language()))
    return words if limit is None else words + _(" (limit {n} d)").format(n=limit)
