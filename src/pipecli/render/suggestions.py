"""Suggestions on screen: the list, the most at stake first, and one with its draft."""

from __future__ import annotations

from typing import Any

from rich.console import Console
from rich.text import Text

from pipecli.service.suggesting import Suggested, Suggestions
from pipecli.text import _, ngettext

from .console import literal
from .proposals import source_name
from .table import print_hanging, print_table
from .views import Column, Record, View, money_column, plain, short_day, subject

INDENT = "     "
WIDEST = 100
KEYS = (
    "id",
    "ref",
    "name",
    "account",
    "owner",
    "amount",
    "currency",
    "stage",
    "text",
    "due",
    "why",
    "draft",
    "source",
)


def as_record(one: Suggested) -> dict[str, Any]:
    """A suggestion under its keys; `id` is the proposal's number, `ref` the opportunity's."""
    s, record = one.proposal.suggestion, one.record
    return {
        **{key: record[key] for key in ("name", "account", "owner", "amount", "currency", "stage")},
        "id": one.proposal.id,
        "ref": one.proposal.ref,
        "text": s.value,
        "due": s.due,
        "why": s.why,
        "draft": s.draft,
        "source": one.proposal.source,
    }


def nothing_for(record: Record) -> dict[str, Any]:
    """The keys of a suggestion of an opportunity for which there is none."""
    return {
        **dict.fromkeys(KEYS),
        **{key: record[key] for key in KEYS if key in record},
        "id": None,
        "ref": record["id"],
    }


def view() -> View:
    """The list: which opportunity, what it is worth, what to do by when."""
    return View(
        (
            Column("ref", "", plain("ref"), right=True, least=3, style=lambda r: "bold"),
            Column("name", _("Opportunity"), subject, least=14, grows=True),
            money_column("amount", _("Amount")),
            Column("id", _("Proposal"), plain("id"), right=True, least=5),
        ),
        KEYS,
    )


def what_to_do(record: Record) -> str:
    """`send the quote, Fri 4 Dec`."""
    return f"{literal(record['text'])}, {short_day(record['due'])}"


def print_suggestions(console: Console, found: Suggestions) -> None:
    """What to do, the most at stake first, each with its reason below."""
    heading = ngettext(
        "{n} opportunity is late or quiet, the most at stake first",
        "{n} opportunities are late or quiet, the most at stake first",
        found.n,
    )
    console.print(Text(heading.format(n=found.n), style="bold"))
    console.print()
    room = min(console.width, WIDEST)
    print_table(console, view(), [as_record(one) for one in found.found], below=lambda r: _below(r, room))
    console.print()
    console.print(Text("pipe suggest REF   pipe proposals accept ID   pipe proposals review", style="cyan"))


def _below(record: Record, room: int) -> list[Text]:
    """What to do and why, each wrapped below the name."""
    lines = [Text(line) for line in _wrapped(what_to_do(record), room)]
    return [*lines, *(Text(line, "dim") for line in _wrapped(literal(record["why"]), room))]


def _wrapped(text: str, room: int) -> list[str]:
    from textwrap import wrap

    return wrap(text, room, initial_indent=INDENT, subsequent_indent=INDENT)


def print_suggestion(console: Console, one: Suggested) -> None:
    """One suggestion: what, by when, why, how to take it; the draft apart, to be copied."""
    s, record = one.proposal.suggestion, one.record
    console.print(
        Text(f"{record['id']} {literal(subject(record))}   {record['stage_name']}", "bold"), overflow="fold"
    )
    lines = [
        (_("Next"), what_to_do(as_record(one))),
        (_("Why"), literal(s.why)),
        (_("By"), source_name(one.proposal.source)),
    ]
    wide = max(len(title) for title, _text in lines) + 2
    for title, text in lines:
        print_hanging(console, Text("  " + title.ljust(wide), "dim"), text)
    console.print(Text(f"  pipe proposals accept {one.proposal.id}", style="cyan"))
    if s.draft:
        console.print()
        for line in draft_lines(one):
            console.print(Text(line), overflow="fold")


def draft_lines(one: Suggested) -> list[str]:
    """The draft, line by line, fit to be shown or written."""
    return [literal(line).rstrip() for line in one.proposal.suggestion.draft.splitlines()]
