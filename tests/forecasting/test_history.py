"""What is known at the end of a day, held against the cases themselves."""

from __future__ import annotations

from datetime import date

import numpy as np
import pytest
from hypothesis import given

from pipecli.forecasting.history import CUT, FAR, LASTS, LOST, MOVED, WON, known, wins

from .arrays import KEYS, MINOR, arrays, by_hand, timeline
from .cases import Case, amount_on, as_of, stage_on, wins_between
from .small import DATES, logs, untimed

HAND = by_hand(
    [
        (0, 0, 100, 105, MOVED, 1),
        (0, 1, 105, 112, WON, -1),
        (1, 0, 103, 108, LOST, -1),
        (2, 1, 106, 110, CUT, -1),
        (2, 0, 110, FAR, LASTS, -1),
    ]
)


@pytest.mark.parametrize(
    ("day", "ages", "outcomes", "to"),
    [
        (99, [], [], []),
        (100, [0], [LASTS], [-1]),
        (104, [4, 1], [LASTS, LASTS], [-1, -1]),
        (105, [5, 0, 2], [MOVED, LASTS, LASTS], [1, -1, -1]),
        (108, [5, 3, 5, 2], [MOVED, LASTS, LOST, LASTS], [1, -1, -1, -1]),
        (112, [5, 7, 5, 4, 2], [MOVED, WON, LOST, CUT, LASTS], [1, -1, -1, -1, -1]),
    ],
)
def test_a_visit_is_known_from_its_first_day_and_its_end_from_the_day_it_came(
    day: int, ages: list[int], outcomes: list[int], to: list[int]
) -> None:
    seen = known(HAND, day)
    assert (seen.age.tolist(), seen.outcome.tolist(), seen.to.tolist()) == (ages, outcomes, to)


def test_what_each_case_ever_came_to() -> None:
    seen = known(HAND, 112)
    assert seen.ever(WON).tolist() == [True, False, False]
    assert seen.ever(LOST).tolist() == [False, True, False]
    assert seen.visit[seen.open].tolist() == [4]


@untimed
@given(logs(), DATES)
def test_who_stands_open_where_and_since_when_is_what_the_cases_say(log: list[Case], day: date) -> None:
    seen = known(arrays(log), day.toordinal())
    told = {
        n: (KEYS.index(stage_on(case, day)), (day - case.steps[-1][0]).days)
        for n, case in enumerate(as_of(log, day))
        if case.outcome is None
    }
    at = seen.open
    found = zip(seen.case[at].tolist(), seen.stage[at].tolist(), seen.age[at].tolist(), strict=True)
    assert [(n, *where) for n, where in told.items()] == list(found)


@untimed
@given(logs(), DATES)
def test_what_comes_later_is_not_known(log: list[Case], day: date) -> None:
    whole, cut = known(arrays(log), day.toordinal()), known(arrays(as_of(log, day)), day.toordinal())
    for column in ("case", "stage", "entered", "age", "outcome", "to"):
        assert np.array_equal(getattr(whole, column), getattr(cut, column)), column


@untimed
@given(logs(), DATES, DATES)
def test_wins_are_those_of_the_cases(log: list[Case], start: date, until: date) -> None:
    count, amount = wins_between(log, start, until)
    positions, worth = wins(arrays(log, "amount"), start.toordinal(), until.toordinal())
    assert (len(positions), worth.sum()) == (count, amount * MINOR)


@pytest.mark.parametrize(
    ("day", "figures"),
    [
        (9, [None, None, None]),
        (10, [1, None, None]),
        (19, [1, None, 5]),
        (20, [2, None, 5]),
        (21, [None, None, 5]),
    ],
)
def test_a_figure_holds_from_its_day_on_and_of_two_on_one_day_the_later(
    day: int, figures: list[float | None]
) -> None:
    line = timeline([(0, 10, 1.0), (0, 20, 7.0), (0, 20, 2.0), (0, 21, float("nan")), (2, 11, 5.0)])
    found = line.on(np.array([0, 1, 2]), day)
    assert [None if np.isnan(value) else value for value in found] == figures


@untimed
@given(logs(), DATES)
def test_a_timeline_says_what_the_case_was_worth(log: list[Case], day: date) -> None:
    everyone = np.arange(len(log))
    found = arrays(log, "amount").value.on(everyone, day.toordinal())
    told = [amount_on(case, day) for case in log]
    assert [None if np.isnan(value) else value / MINOR for value in found] == told


def test_a_timeline_without_figures_knows_nothing() -> None:
    assert np.isnan(timeline([]).on(np.array([0, 1]), 5)).all()
