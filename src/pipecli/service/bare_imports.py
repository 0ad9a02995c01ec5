"""Opportunities that came from another tool without a history of their stages: what a forecast may make of them.

A plain export has one row for each opportunity. What is closed in it no longer says in which stage it stood, so that
all of them land in the first one, and each has the amount it ended with. Taken at its word that would teach that the
first stage wins and the others never end. So these opportunities share a stage of their own until they move here, and
are valued only from the day they were imported, or won.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from pipecli.forecasting.history import LOST, WON, Days, Floats, Timeline

KEY = "imported"
"""What the stage they share is called; no definition has it, because it is never one of the present stages."""

Flags = NDArray[np.bool_]


class Visits(NamedTuple):
    """Visits as stored: their opportunity's place, stage, days, outcome, and whether an import made them."""

    case: Days
    stage: Days
    entered: Days
    left: Days
    outcome: Days
    imported: Flags


class Spans(NamedTuple):
    """Figures from day to day as stored, with the stage and whether it was won by then."""

    case: Days
    start: Days
    stage: Days
    won: Flags
    value: Floats
    close: Floats
    percent: Floats


def bare(visits: Visits, day: int) -> Days:
    """The positions of the visits that stand for a whole unknown past, by the end of a day.

    None where an import brought stage histories, or where nothing of it was closed: then there is nothing to learn
    from, and the stages of what is open are the better guide.
    """
    first = np.diff(visits.case, prepend=-1) != 0
    found = np.flatnonzero(visits.imported & first)
    closed = np.isin(visits.outcome[found], (WON, LOST)) & (visits.left[found] <= day)
    if (visits.imported & ~first).any() or not closed.any():
        return np.zeros(0, dtype=np.int64)
    return found


def shared_probability(visits: Visits, positions: Days, probabilities: Floats, day: int) -> float:
    """What the definition gives the stage they share: the mean of those that are open, else of all stages."""
    open_ones = positions[visits.left[positions] > day]
    return float(probabilities[visits.stage[open_ones]].mean() if len(open_ones) else probabilities.mean())


def revalued(
    spans: Spans, visits: Visits, positions: Days, imported_on: Days, probabilities: Floats
) -> Spans:
    """Figures of which the bare cases have theirs only from their import on, a win its value on its own day.

    `imported_on` is the day by case. From then on, until it moves, an open one has its own stage's probability.
    """
    stage = np.full(len(imported_on), -1)
    stage[visits.case[positions]] = visits.stage[positions]
    before = (stage[spans.case] >= 0) & (spans.start < imported_on[spans.case])
    hidden = before & ~spans.won
    own = np.isnan(spans.percent) & (spans.stage == stage[spans.case])
    percent = np.where(own, probabilities[spans.stage] * 100, spans.percent)
    # What held on the day of the import begins anew on it: the last span begun before that day.
    goes_on = np.append((spans.case[1:] == spans.case[:-1]) & before[1:], False)
    carried = np.flatnonzero(hidden & ~goes_on)
    case = np.concatenate([spans.case[carried], spans.case])
    start = np.concatenate([imported_on[spans.case[carried]], spans.start])
    order = np.lexsort((start, case))

    def both(figure: Floats) -> Floats:
        return np.asarray(np.concatenate([figure[carried], np.where(hidden, np.nan, figure)])[order])

    return Spans(
        case[order],
        start[order],
        np.concatenate([spans.stage[carried], spans.stage])[order],
        np.concatenate([spans.won[carried], spans.won])[order],
        both(spans.value),
        both(spans.close),
        both(percent),
    )


def timelines(spans: Spans) -> tuple[Timeline, Timeline, Timeline]:
    """Value, close day and percent from day to day."""
    return (
        Timeline(spans.case, spans.start, spans.value),
        Timeline(spans.case, spans.start, spans.close),
        Timeline(spans.case, spans.start, spans.percent),
    )
