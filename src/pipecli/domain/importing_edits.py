"""What was edited in a row that was exported here: a file says what stood here when it was written, not now.

A file carries no moment of its own. It is taken to be of that moment of the opportunity's past with which most of the
row agrees, the latest of several. What the row says otherwise than then was edited; what it says as it was at one of
them is stale where it is something else now, and is left as it is here. What both sides changed is left too, and
reported.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any, NamedTuple

from .importing import Difference, Row
from .importing_digests import worth
from .money import major

_TOGETHER = (
    frozenset({"stage", "status", "closed", "loss_reason", "outcome_reason"}),
    frozenset({"next_action", "next_due"}),
)
"""What is said together: of which a half may not come from one side and a half from the other."""


class Edited(NamedTuple):
    """A row with what was edited in it, all else as it stands here; what was stale in it, and what both changed."""

    row: Row
    stale: tuple[str, ...]
    differences: list[Difference]


def edited(row: Row, ref: int, now: Row, moments: Iterable[Row]) -> Edited:
    """What was edited in a row; `now` is what its opportunity says, `moments` what it may have said when the row was
    written, the latest first."""
    said, here = _said(row), _said(now)
    likely = _likely(said, [_said(moment) for moment in moments])
    base = likely[0]
    differs = {key for key in said if said[key] != here.get(key)}
    stale = {key for key in differs if any(said[key] == moment.get(key) for moment in likely)}
    moved = {key for key in {*base, *here} if base.get(key) != here.get(key)}
    both = (differs - stale) & moved
    for group in _TOGETHER:
        if group & moved:
            both |= group & differs - stale
    return Edited(
        _restored(row, now, stale | both),
        tuple(key for key in said if key in stale),
        [
            Difference(row.line, ref, key, _text(here.get(key)), _text(said[key]))
            for key in said
            if key in both
        ],
    )


def _said(row: Row) -> dict[str, Any]:
    return {**worth(row), **{f"fields.{key}": value for key, value in row.own.items()}}


def _likely(said: Mapping[str, Any], moments: Sequence[Mapping[str, Any]]) -> list[Mapping[str, Any]]:
    """The moments with which most of a row agrees."""
    agreeing = [sum(value == moment.get(key) for key, value in said.items()) for moment in moments]
    return [moment for moment, n in zip(moments, agreeing, strict=True) if n == max(agreeing)]


def _restored(row: Row, now: Row, keys: set[str]) -> Row:
    """The row with some of its values as they are here."""
    values, own = dict(row.values), dict(row.own)
    for key in keys:
        if key.startswith("fields."):
            own[key.removeprefix("fields.")] = now.own.get(key.removeprefix("fields."))
        elif key in now.values:
            values[key] = now.values[key]
        else:
            del values[key]
    if "amount" in keys:
        values["currency"] = now.values["currency"]
    return row._replace(values=values, own=own)


def _text(value: Any) -> str:
    if isinstance(value, tuple) and len(value) == 2 and isinstance(value[0], int):
        return f"{major(*value)} {value[1]}"
    if isinstance(value, tuple):
        return ", ".join(value)
    return "" if value is None else str(value)
