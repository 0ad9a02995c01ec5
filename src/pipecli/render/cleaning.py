"""What is to be settled: the counts, and a list with the command for each."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Any

from rich.console import Console
from rich.text import Text

from pipecli.domain import cleaning as rules
from pipecli.domain.cleaning import Trouble
from pipecli.domain.dates import format_age
from pipecli.service.cleaning import Item, Left
from pipecli.text import _, language, ngettext

from .console import literal
from .table import print_table
from .views import (
    Column,
    Record,
    View,
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
        rules.UNDATED: ngettext("{n} without a close date", "{n} without a close date", n),
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
        rules.UNDATED: _("no close date"),
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
        rules.UNDATED: _("No date"),
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


def names_view() -> View:
    """Names that may be one, and the command that gives the first opportunity of the one the name of the other."""
    return View(
        (
            Column("kind", "", lambda r: _("account") if r["kind"] == "account" else _("contact"), least=7),
            Column("other", _("May be"), plain("other"), least=12, grows=True),
            Column("kept", _("the same as"), plain("kept"), least=12, grows=True),
            Column("refs", _("Used by"), lambda r: str(len(r["refs"]) or "–"), right=True),
            Column("fix", _("Settled by"), plain("fix"), least=12, grows=True),
        ),
        keys=("kind", "kept", "other", "refs", "fix"),
    )
