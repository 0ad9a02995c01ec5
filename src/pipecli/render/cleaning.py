"""What is to be settled: the counts, a list with the command for each, and a card with what is needed to decide."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

from rich.console import Console
from rich.text import Text

from pipecli.domain import cleaning as rules
from pipecli.domain.cleaning import Trouble
from pipecli.domain.dates import format_age
from pipecli.service.cleaning import Item, Left
from pipecli.service.show import Shown
from pipecli.text import _, language, ngettext

from .console import literal
from .opportunity import standing_line, title
from .table import fit, print_hanging, print_table
from .views import (
    Column,
    Record,
    View,
    amount,
    late_style,
    lateness,
    money_column,
    number_column,
    plain,
    short_day,
    subject,
)

_UNDER = " " * 6


def kind_words(kind: str, n: int) -> str:
    """So many of a kind: `9 dead`."""
    words = {
        rules.DEAD: ngettext("{n} dead", "{n} dead", n),
        rules.DUPLICATE: ngettext("{n} duplicate", "{n} duplicates", n),
        rules.STALE: ngettext("{n} stale", "{n} stale", n),
        rules.UNPROVEN: ngettext("{n} unproven", "{n} unproven", n),
        rules.PAST: ngettext("{n} past its close date", "{n} past their close date", n),
        rules.UNPLANNED: ngettext("{n} without a next action", "{n} without a next action", n),
        rules.UNPRICED: ngettext("{n} without an amount", "{n} without an amount", n),
    }
    return words[kind].format(n=n)


def counts_line(found: Left) -> str:
    """`23 to settle: 9 dead, 3 duplicates, …`."""
    n = len(found.items)
    line = ngettext("{n} to settle: {kinds}", "{n} to settle: {kinds}", n)
    return line.format(n=n, kinds=", ".join(kind_words(kind, k) for kind, k in found.counts.items()))


def skipped_line(found: Left) -> str:
    """How many were skipped lately, and how to see them."""
    until = short_day(found.until.isoformat()) if found.until else ""
    return ngettext(
        "{n} was skipped, until {day}: pipe clean --again",
        "{n} were skipped, until {day} at the latest: pipe clean --again",
        found.skipped,
    ).format(n=found.skipped, day=until)


def trouble_words(trouble: Trouble, item: Item, today: date) -> str:
    """What is wrong and since when."""
    age = format_age((today - trouble.since).days, language())
    day = short_day(trouble.since.isoformat())
    twin = f"{item.twin['id']} {subject(item.twin)}" if item.twin else ""
    return {
        rules.DEAD: _("dead: nothing heard for {age}").format(age=age),
        rules.DUPLICATE: _("may be {twin}").format(twin=twin),
        rules.STALE: _("stale since {day}").format(day=day),
        rules.UNPROVEN: _("unproven since {day}").format(day=day),
        rules.PAST: _("close date {day} is past").format(day=day),
        rules.UNPLANNED: _("no next action"),
        rules.UNPRICED: _("no amount"),
    }[trouble.kind]


def view() -> View:
    """The columns for Markdown; the keys for machines are all there are."""
    return View(
        (
            number_column(),
            Column("name", _("Opportunity"), subject, least=16, grows=True),
            money_column("amount", _("Amount")),
            Column("owner", _("Owner"), plain("owner")),
            Column("troubles", _("Trouble"), lambda r: "; ".join(r["words"])),
            Column("fix", _("Settled by"), plain("fix")),
        )
    )


def records(found: Left) -> list[dict[str, Any]]:
    """The items with their troubles in words."""
    return [
        {
            **item.record,
            "words": [trouble_words(t, item, found.today) for t in item.troubles],
            "fix": item.fix,
        }
        for item in found.items
    ]


def print_list(console: Console, found: Left, most: int) -> None:
    """The counts, then each with what is wrong and the command that settles it."""
    console.print(Text(counts_line(found), style="bold"))
    rows = records(found)
    print_table(
        console,
        _lines(),
        rows[: most or len(rows)],
        titles=False,
        below=lambda row: _below(console, row),
    )


def _lines() -> View:
    return View(
        (
            number_column(),
            Column("name", "", subject, least=16, grows=True),
            money_column("amount", ""),
            Column("stage", "", plain("stage_name"), least=10, drops=True),
            Column("owner", "", plain("owner"), least=4, drops=True),
        )
    )


def _below(console: Console, row: Record) -> Sequence[Text]:
    words = Text(literal("; ".join(row["words"])), style="dim")
    lines = list(words.wrap(console, max(20, console.width - len(_UNDER))))
    for line in lines:
        line.rstrip()
    return [Text.assemble(_UNDER, line) for line in (*lines, Text(row["fix"], style="cyan"))]


def owners_view(kinds: Sequence[str]) -> View:
    """Owner by owner, how many of each kind that there is."""
    titles = {
        rules.DEAD: _("Dead"),
        rules.DUPLICATE: _("Duplicate"),
        rules.STALE: _("Stale"),
        rules.UNPROVEN: _("Unproven"),
        rules.PAST: _("Past date"),
        rules.UNPLANNED: _("No action"),
        rules.UNPRICED: _("No amount"),
    }
    return View(
        (
            Column("owner", _("Owner"), plain("owner"), least=8, grows=True),
            Column("n", _("In all"), plain("n"), right=True),
            *(Column(kind, titles[kind], _count(kind), right=True) for kind in kinds),
        ),
        keys=("owner", "n", *rules.KINDS),
    )


def _count(kind: str) -> Any:
    return lambda record: str(record[kind] or "–")


def print_item(console: Console, item: Item, shown: Shown, *, place: tuple[int, int]) -> None:
    """A card: where it stands, what is wrong with it, what is planned and what was said last."""
    console.print()
    console.print(Text(_("{n} of {all}").format(n=place[0], all=place[1]), style="dim"))
    console.print(Text(title(shown.record), style="bold"))
    line = standing_line(shown)
    line.append(f"   {literal(shown.record['owner'])}", style="dim")
    console.print(line)
    for trouble in item.troubles:
        words = trouble_words(trouble, item, shown.today)
        if trouble.kind == rules.UNPROVEN and shown.unproven:
            words += ": " + ", ".join(shown.unproven)
        print_hanging(console, Text("  ! ", "yellow"), literal(words))
        if trouble.kind == rules.DUPLICATE and item.twin:
            print_hanging(console, "    ", literal(_twin(item.twin)), "dim")
    action = shown.record["next_action"]
    if action:
        print_hanging(
            console,
            Text("  " + _("Next") + "  ", "dim"),
            literal(f"{action}, {lateness(shown.record)}"),
            late_style(shown.record),
        )
    if shown.exchanges:
        last = shown.exchanges[0]
        words = f"{short_day(last.at)}  {' '.join((last.text or _('(erased)')).split())}"
        lead = "  " + _("Last") + "  "
        console.print(Text(lead, "dim").append(fit(literal(words), console.width - len(lead)), "default"))


def _twin(twin: Mapping[str, Any]) -> str:
    parts = [twin["stage_name"], amount(twin["amount"], twin["currency"]), twin["owner"]]
    return "   ".join(part for part in parts if part)


def print_keys(console: Console, keys: Mapping[str, str], best: str) -> None:
    """Which key does what; the one that settles what is wrong stands out."""
    line = Text(" ")
    for key, words in keys.items():
        part = Text.assemble(
            (key, "bold reverse" if key == best else "bold cyan"), (f" {words}", "" if key == best else "dim")
        )
        if line.cell_len + 2 + part.cell_len > console.width:
            console.print(line)
            line = Text(" ")
        line = Text.assemble(line, " ", part) if line.cell_len == 1 else Text.assemble(line, "  ", part)
    console.print(line)


def ending(settled: int, skipped: int, left: int, *, written: bool) -> str:
    """What a round of cleaning came to."""
    line = _("{settled} settled, {skipped} skipped, {left} left").format(
        settled=settled, skipped=skipped, left=left
    )
    if left:
        line += "; " + _("pipe clean goes on")
    return line + ("; " + _("pipe undo takes back the last one") if written else "") + "."
