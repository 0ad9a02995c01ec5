"""A list owner by owner: on a screen each under a heading, in a letter to each as plain lines to read and type."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from datetime import date

from rich.console import Console

from pipecli.service.by_owner import Part
from pipecli.service.letters import Letter
from pipecli.text import _, ngettext

from .console import literal
from .table import print_table
from .today import done_command, heading, quiet_words
from .views import Record, View, action, amount, lateness, subject, totals_line


def print_parts(console: Console, view: View, parts: Sequence[Part]) -> None:
    """Print each owner's lines under their name, with what they are worth."""
    shown = view._replace(columns=tuple(c for c in view.columns if c.key != "owner"))
    wide = max((len(literal(part.owner)) for part in parts), default=0)
    for position, part in enumerate(parts):
        if position:
            console.print()
        title = literal(part.owner).ljust(wide)
        console.print(heading(title, part.listing.n, "", part.listing.worth))
        print_table(console, shown, part.listing.records, indent=2, titles=False)


def overdue_letters(parts: Sequence[Part]) -> list[Letter]:
    """To each owner, which of their next actions are late."""

    def subject_of(n: int) -> str:
        return ngettext("{n} next action is late", "{n} next actions are late", n).format(n=n)

    return [_letter(part, subject_of(part.listing.n), lateness) for part in parts]


def stale_letters(parts: Sequence[Part], limits: dict[str, int | None]) -> list[Letter]:
    """To each owner, which of their opportunities went quiet."""

    def subject_of(n: int) -> str:
        return ngettext("{n} opportunity went quiet", "{n} opportunities went quiet", n).format(n=n)

    def since(today: date) -> Callable[[Record], str]:
        return lambda record: quiet_words(record, today, limits)

    return [_letter(part, subject_of(part.listing.n), since(part.listing.today)) for part in parts]


def _letter(part: Part, title: str, state: Callable[[Record], str]) -> Letter:
    listing = part.listing
    blocks = [[totals_line(listing.n, listing.worth)], *(_lines(r, state) for r in listing.records)]
    return Letter(part.owner, title, "\n\n".join("\n".join(block) for block in blocks) + "\n")


def _lines(record: Record, state: Callable[[Record], str]) -> Iterator[str]:
    worth = "" if record["amount"] is None else amount(record["amount"], record["currency"])
    words = (str(record["id"]), subject(record), worth, record["stage_name"])
    yield literal("  ".join(word for word in words if word))
    yield literal("  " + " – ".join((action(record) or _("No next action"), state(record))))
    yield "  " + done_command(record)
