"""The rate of opening: nothing, steady, growing, and how far it is trusted."""

from __future__ import annotations

import numpy as np
import pytest

from pipecli.forecasting import openings
from pipecli.forecasting.history import FAR, LASTS, LOST, MOVED, Known, known

from .arrays import by_hand


def opened(counts: list[int], stage: int = 0) -> Known:
    """A history in which so many were opened on each day in turn, seen on the last of them."""
    days = np.repeat(np.arange(len(counts)), counts).tolist()
    visits = [(n, stage, 1000 + day, FAR, LASTS, -1) for n, day in enumerate(days)]
    return known(by_hand(visits), 1000 + len(counts) - 1)


def test_before_the_first_one_nothing_is_expected() -> None:
    found = openings.fit(known(by_hand([]), 1000), 4)
    assert (found.per_day, found.spread, found.stages.tolist()) == (0.0, 0.0, [0.25] * 4)


@pytest.mark.parametrize("per_day", [1, 3])
@pytest.mark.parametrize("days", [1, 20, 400])
def test_a_steady_rate_is_that_rate(per_day: int, days: int) -> None:
    assert openings.fit(opened([per_day] * days), 2).per_day == pytest.approx(per_day)


def test_what_is_opened_lately_weighs_most() -> None:
    step = openings.fit(opened([1] * 300 + [4] * 60), 2)
    assert 3 < step.per_day < 4
    assert openings.fit(opened([4] * 300 + [1] * 60), 2).per_day < 2


def test_a_rate_that_only_varies_by_chance_is_measured_over_long_and_trusted() -> None:
    rng = np.random.default_rng(1)
    found = [openings.fit(opened(rng.poisson(2, 600).tolist()), 2) for _ in range(20)]
    assert np.mean([f.per_day for f in found]) == pytest.approx(2, abs=0.1)
    assert np.std([f.per_day for f in found]) < 0.3
    assert np.median([f.spread for f in found]) < 0.12


def test_a_rate_that_swings_is_trusted_less_than_a_steady_one() -> None:
    swings = np.tile(np.repeat([0, 4], 35), 9).tolist()
    steady, restless = (openings.fit(opened(counts), 2).spread for counts in ([2] * 630, swings))
    assert steady < 0.1
    assert restless > 0.3


@pytest.mark.parametrize("days", [5, 28, 55])
def test_a_short_history_is_given_a_spread_of_30_percent(days: int) -> None:
    assert openings.fit(opened([2] * days), 2).spread == 0.3


def test_where_they_begin_is_where_each_had_its_first_visit() -> None:
    history = by_hand(
        [
            (0, 1, 100, 105, MOVED, 0),
            (0, 0, 105, 110, LOST, -1),
            (1, 0, 101, 110, LOST, -1),
            (2, 1, 102, FAR, LASTS, -1),
            (3, 1, 120, FAR, LASTS, -1),
        ]
    )
    assert openings.fit(known(history, 110), 3).stages.tolist() == pytest.approx([1 / 3, 2 / 3, 0])
    assert openings.fit(known(history, 120), 3).stages.tolist() == [0.25, 0.75, 0]
