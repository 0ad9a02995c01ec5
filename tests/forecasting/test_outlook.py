"""Chances of a win by day, worked out by hand and by following every opportunity from day to day."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipecli.forecasting.hazards import Rates
from pipecli.forecasting.history import Floats
from pipecli.forecasting.outlook import chances, of_open

from .small import untimed

AGES = 30


def rates(hazard: dict[tuple[int, int, int], float], stages: int = 2) -> Rates:
    """Hazards by stage, cause (0 won, 1 lost, then a move to each stage) and age; the others are 0."""
    table = np.zeros((stages, 2 + stages, AGES))
    for at, rate in hazard.items():
        table[at] = rate
    return Rates(table, np.zeros(stages))


def days(density: Floats) -> dict[int, float]:
    """The days on which there is a chance, and the chance."""
    return {int(day): pytest.approx(density[day]) for day in np.flatnonzero(density)}


# Two days in stage 0, one in stage 1, where half are won.
TWO = rates({(0, 3, 2): 1.0, (1, 0, 1): 0.5, (1, 1, 1): 0.5})


def test_two_stages_by_hand() -> None:
    assert days(chances(TWO, 10).fresh[0]) == {3: 0.5}
    assert days(chances(TWO, 10).fresh[1]) == {1: 0.5}


@pytest.mark.parametrize(
    ("stage", "age", "won"),
    # Column 0 is tomorrow.
    [(0, 0, {2: 0.5}), (0, 1, {1: 0.5}), (1, 0, {0: 0.5})],
)
def test_an_open_one_has_its_age_behind_it(stage: int, age: int, won: dict[int, float]) -> None:
    assert days(of_open(chances(TWO, 10), np.array([stage]), np.array([age]), 10)[0]) == won


def test_several_stages_may_be_left_on_one_day() -> None:
    found = chances(rates({(0, 3, 0): 0.4, (0, 1, 1): 1.0, (1, 0, 0): 0.5, (1, 1, 0): 0.5}), 5)
    assert days(found.fresh[0]) == {0: 0.2}
    # What left stage 0 by tomorrow is won tomorrow.
    twice = chances(rates({(0, 3, 1): 0.4, (0, 1, 2): 1.0, (1, 0, 0): 0.5, (1, 1, 0): 0.5}), 5)
    assert days(of_open(twice, np.array([0]), np.array([0]), 5)[0]) == {0: 0.2}


def test_going_to_and_fro_on_one_day_comes_to_an_end() -> None:
    # 0 to 1 half the time, back half the time: a quarter goes round, 1 / (1 - 1/4) times in all.
    to_and_fro = rates({(0, 3, 0): 0.5, (0, 1, 0): 0.5, (1, 2, 0): 0.5, (1, 0, 0): 0.4, (1, 1, 0): 0.1})
    found = chances(to_and_fro, 5).fresh
    assert found[:, 0] == pytest.approx([0.5 * 0.4 / 0.75, 0.4 / 0.75])
    assert found[:, 1:].max() == 0


def random_rates(seed: int, stages: int, busy: float) -> Rates:
    rng = np.random.default_rng(seed)
    table = rng.random((stages, 2 + stages, AGES)) * (rng.random((stages, 2 + stages, AGES)) < 0.5)
    table[np.arange(stages), 2 + np.arange(stages)] = 0
    every = np.maximum(table.sum(axis=1), 1e-9)
    return Rates(
        table * np.minimum(busy * rng.random((stages, AGES)) / every, 1.0)[:, None], np.zeros(stages)
    )


def followed(hazard: Floats, stage: int, age: int, horizon: int) -> Floats:
    """The chance of a win on each of the days 1 to `horizon`, by moving the shares of all stages and ages each day."""
    stages, _causes, ages = hazard.shape
    there = np.zeros((stages, ages + 1))
    there[stage, age] = 1.0
    won = np.zeros(horizon)
    for day in range(horizon):
        older = np.zeros_like(there)
        older[:, 1:] = there[:, :-1]
        coming = np.zeros(stages)
        for s in range(stages):
            for a in range(1, ages):
                won[day] += older[s, a] * hazard[s, 0, a]
                coming += older[s, a] * hazard[s, 2:, a]
                older[s, a] *= 1 - hazard[s, :, a].sum()
        # Who enters a stage may leave it again on the same day.
        while coming.max() > 1e-15:
            won[day] += coming @ hazard[:, 0, 0]
            older[:, 0] += coming * (1 - hazard[:, :, 0].sum(axis=1))
            coming = coming @ hazard[:, 2:, 0]
        there = older
    return won


@pytest.mark.parametrize("busy", [0.2, 0.95])
@pytest.mark.parametrize("stages", [1, 2, 4])
@pytest.mark.parametrize("seed", range(3))
def test_chances_are_those_of_everyone_followed_from_day_to_day(seed: int, stages: int, busy: float) -> None:
    table, horizon = random_rates(seed, stages, busy), 12
    found = chances(table, horizon)
    at = [(stage, age) for stage in range(stages) for age in (0, 1, 7, AGES - 2 - horizon)]
    open_ones = of_open(found, np.array([s for s, _ in at]), np.array([a for _, a in at]), horizon)
    told = np.array([followed(table.hazard, stage, age, horizon) for stage, age in at])
    assert open_ones == pytest.approx(told, abs=1e-9)


@pytest.mark.parametrize("seed", range(3))
def test_what_enters_today_has_the_chances_of_the_days_after_it(seed: int) -> None:
    """Entered yesterday at the end of the day is open at age 0; wins of its first day are gone before."""
    table, horizon = random_rates(seed, 3, 0.5), 12
    found = chances(table, horizon)
    none_today = table.hazard.copy()
    none_today[:, :, 0] = 0
    quiet = chances(Rates(none_today, table.cases), horizon)
    open_ones = of_open(quiet, np.arange(3), np.zeros(3, dtype=np.int64), horizon)
    assert quiet.fresh[:, 1:] == pytest.approx(open_ones)
    assert found.fresh[:, 0] == pytest.approx(
        np.linalg.solve(np.eye(3) - table.hazard[:, 2:, 0], table.hazard[:, 0, 0])
    )


def test_a_horizon_longer_than_the_ages_known_is_answered() -> None:
    assert days(chances(TWO, 3 * AGES).fresh[0]) == {3: 0.5}


@untimed
@given(st.integers(0, 10**6), st.integers(1, 4), st.floats(0.01, 0.98), st.integers(1, 25))
def test_nobody_is_won_more_than_once(seed: int, stages: int, busy: float, horizon: int) -> None:
    found = chances(random_rates(seed, stages, busy), horizon)
    everyone = of_open(found, np.arange(stages), np.full(stages, 2), horizon)
    for density in (found.fresh, everyone):
        assert (density >= 0).all()
        assert density.sum(axis=1).max() <= 1 + 1e-9
