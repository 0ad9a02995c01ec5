"""What a merge shows: where two opportunities differ before it, and what was kept after it."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from typing import Any

from pipecli.domain.dates import format_day
from pipecli.domain.field_words import labels
from pipecli.service.merging import Difference, Merged
from pipecli.text import _, language

from .console import literal
from .opportunity import field_text
from .views import amount


def document(found: Merged) -> dict[str, Any]:
    """The opportunity that is kept, and what the merge did."""
    return {
        **found.outcome.record,
        "merged": found.number,
        "differences": [d._asdict() for d in found.differences],
        "taken": list(found.taken),
    }


def merged_lines(found: Merged) -> list[str]:
    """What was merged into what, and what of the other one does not stand."""
    kept, other = found.outcome.ref, found.number
    lines = [_("Merged {other} {name} into {kept}").format(other=other, name=literal(found.name), kept=kept)]
    return lines + ["  " + _kept(d, other) for d in found.differences if d.field not in found.taken]


def _kept(difference: Difference, other: int) -> str:
    return _("{field} stays {kept} ({other} had {value})").format(
        field=label(difference.field),
        kept=value(difference.field, difference.kept),
        other=other,
        value=value(difference.field, difference.other),
    )


def difference_lines(differences: Iterable[Difference], kept: int, other: int) -> list[str]:
    """Both values of each field that differs, side by side."""
    rows = [(d.field, label(d.field), value(d.field, d.kept), value(d.field, d.other)) for d in differences]
    names = max(len(name) for _key, name, *_values in rows)
    wide = max(len(str(kept)), *(len(one) for *_names, one, _two in rows))
    head = f"  {'':<{names}}  {kept!s:<{wide}}  {other}"
    return [head, *(f"  {name:<{names}}  {one:<{wide}}  {two}" for _key, name, one, two in rows)]


def label(field: str) -> str:
    """What a field is called."""
    return {**labels(), "next_action": _("next action")}.get(field, field)


def value(field: str, found: Any) -> str:
    """A value in words."""
    if field == "amount":
        return amount(found["amount"], found["currency"])
    if field == "next_action":
        day = format_day(date.fromisoformat(found["due"]), language(), None)
        return f"{literal(found['text'])}, {day}"
    return literal(field_text(found))
