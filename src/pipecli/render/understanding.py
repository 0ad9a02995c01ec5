"""What a note was understood to say: each thing that would be written, beside what stands there now."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from typing import Any

from rich.console import Console
from rich.text import Text

from pipecli.domain import proposing
from pipecli.domain.money import format_amount
from pipecli.domain.proposing import Suggestion
from pipecli.service.proposals import aim
from pipecli.service.show import Shown
from pipecli.service.understanding import Understood
from pipecli.text import _, language

from .console import literal
from .proposals import source_name
from .table import print_hanging
from .views import action, amount, short_day


def print_understood(console: Console, found: Understood) -> None:
    """`decision maker   – → Jeanne Martin`, a line for each."""
    console.print(Text(_("Understood, by {source}").format(source=source_name(found.source)), "bold"))
    lines = list(_lines(found))
    wide = max(len(title) for title, _text in lines) + 3
    for title, text in lines:
        print_hanging(console, Text("  " + title.ljust(wide), "dim"), literal(text))


def _lines(found: Understood) -> Iterator[tuple[str, str]]:
    for s in found.suggestions:
        if s.what == proposing.PROOF:
            yield s.target, f'"{s.quote}"'
        elif s.what == proposing.NEXT_ACTION:
            yield _("next action"), f"{_now(s, found.shown)} → {s.value}, {short_day(s.due)}"
        else:
            yield aim(s, found.shown.pipeline), f"{_now(s, found.shown)} → {_then(s, found)}"


def _then(s: Suggestion, found: Understood) -> str:
    """A value as it will be written."""
    value = found.meant.get(s.target)
    if isinstance(value, tuple):
        minor, currency = value
        return format_amount(minor, currency, language())
    return short_day(value.isoformat()) if isinstance(value, date) else s.value


def _now(s: Suggestion, shown: Shown) -> str:
    record = shown.record
    if s.target == "amount":
        return amount(record["amount"], record["currency"])
    now: Any = action(record) if s.what == proposing.NEXT_ACTION else record.get(s.target)
    if s.target in record["fields"]:
        now = record["fields"][s.target]
    own = shown.pipeline.fields.get(s.target)
    if s.target == "close_date" or (own is not None and own.type == "date"):
        return short_day(str(now) if now else None)
    return "–" if now in (None, "") else str(now)
