"""The steps of an imported past in the order in which they happened."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import date, datetime, timedelta
from typing import Any, NamedTuple

from pipecli.errors import InvalidInput
from pipecli.text import _

from .opportunity import OPEN
from .pipeline import LOST, WON

CLOSED = (WON, LOST)
_AT_ONCE = timedelta(microseconds=1)


class Step(NamedTuple):
    """A row of a history: the stage (or `won`, `lost`) it went to, the day, the amount in minor units."""

    place: str
    on: date
    amount: int | None


Timed = tuple[datetime, Step]
"""A step and the instant it happened at, as far as the file tells it; for their order only."""


def in_order(timed: Iterable[Timed], stages: Sequence[str]) -> tuple[Step, ...]:
    """Steps as they happened; those of one instant in the order of the stages, ends last."""
    rank = {stage: n for n, stage in enumerate(stages)}
    return tuple(
        step for _at, step in sorted(timed, key=lambda pair: (pair[0], rank.get(pair[1].place, len(rank))))
    )


def told_once(timed: Sequence[Timed], values: Mapping[str, Any]) -> list[Timed]:
    """The past that columns tell, one day for each stage: where it stands now is for the row itself to say.

    An end that does not hold any more is left out, and a return to an earlier stage, whose day no column has, is taken
    to have followed the last entry at once.
    """
    status = values["status"]
    kept = [(at, step) for at, step in timed if step.place not in CLOSED or step.place == status]
    if not kept or status != OPEN:
        return kept
    stage, (at, last) = values.get("stage"), max(kept, key=lambda pair: pair[0])
    latest = {step.place for when, step in kept if when == at}
    return kept if stage is None or stage in latest else [*kept, (at + _AT_ONCE, Step(stage, last.on, None))]


def with_new_beginnings(stage: str, steps: Sequence[Step]) -> list[Step]:
    """Steps in which, between an end and another one, it was opened again where it had stood.

    Raises InvalidInput where it ended in two ways on one day.
    """
    found: list[Step] = []
    for step in steps:
        before = found[-1] if found else None
        if before and {before.place, step.place} == {WON, LOST}:
            if before.on == step.on:
                raise InvalidInput(
                    _("its history closes it twice on {day}, as won and as lost").format(day=step.on)
                )
            found.append(Step(stage, step.on, None))
        if step.place not in CLOSED:
            stage = step.place
        found.append(step)
    return found
