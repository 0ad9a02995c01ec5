"""Cases as the arrays that a forecast is made from, as `service.history` reads them from a workspace; and by hand."""

from __future__ import annotations

import itertools
from collections.abc import Iterable, Iterator, Sequence
from datetime import date
from typing import Literal

import numpy as np

from pipecli.forecasting.history import FAR, LASTS, LOST, MOVED, WON, Floats, History, Timeline

from .cases import Case, amount_on
from .simulator import STAGES

KEYS = tuple(STAGES)
PROBABILITIES: Floats = np.array([percent / 100 for percent in STAGES.values()])
"""The definition's, from 0 to 1, by stage."""
MINOR = 100
"""An amount is in minor units, as the store keeps it."""
Measured = Literal["count", "amount"]
Visit = tuple[int, int, int, int, int, int]
Figure = tuple[int, int, float]
_ENDS = {None: LASTS, "won": WON, "lost": LOST}


def arrays(cases: Sequence[Case], measure: Measured = "count") -> History:
    """The history of cases, in their order. No close date, no probability set by hand."""
    visits = [visit for n, case in enumerate(cases) for visit in _visits(n, case)]
    values = [(n, *figure) for n, case in enumerate(cases) for figure in _figures(case, measure)]
    return by_hand(visits, values)


def by_hand(visits: Sequence[Visit], values: Sequence[Figure] | None = None) -> History:
    """The history of visits (case, stage, entered, left, outcome, to); without values each case counts 1."""
    columns = np.array(visits, dtype=np.int64).reshape(-1, 6).T
    openings: dict[int, int] = {}
    for case, _stage, entered, *_end in visits:
        openings.setdefault(case, entered)
    if values is None:
        values = [(case, day, 1.0) for case, day in openings.items()]
    nothing = [(case, day, float("nan")) for case, day, _value in values]
    return History(len(openings), *columns, timeline(values), timeline(nothing), timeline(nothing))


def timeline(figures: Iterable[Figure]) -> Timeline:
    """A figure of each case from days on."""
    rows = sorted(figures, key=lambda figure: figure[:2])
    return Timeline(
        np.array([case for case, _day, _value in rows], dtype=np.int64),
        np.array([day for _case, day, _value in rows], dtype=np.int64),
        np.array([value for _case, _day, value in rows], dtype=float),
    )


def first_day(history: History) -> int:
    """The day of the first opening."""
    return int(history.entered.min())


def _visits(n: int, case: Case) -> Iterator[Visit]:
    for (on, stage), following in itertools.zip_longest(case.steps, case.steps[1:]):
        here, entered = KEYS.index(stage), on.toordinal()
        if following:
            yield n, here, entered, following[0].toordinal(), MOVED, KEYS.index(following[1])
        else:
            yield n, here, entered, case.closed.toordinal() if case.closed else FAR, _ENDS[case.outcome], -1


def _figures(case: Case, measure: Measured) -> Iterator[tuple[int, float]]:
    """Each day on which the value may have changed, once, with what it was at its end."""
    if measure == "count":
        yield case.opened.toordinal(), 1.0
        return
    for day in sorted({case.opened, *(on for on, _amount in case.amounts)}):
        amount = amount_on(case, day)
        yield day.toordinal(), float("nan") if amount is None else float(round(amount * MINOR))


def ordinal(text: str) -> int:
    """A day as a number, from its ISO form."""
    return date.fromisoformat(text).toordinal()
