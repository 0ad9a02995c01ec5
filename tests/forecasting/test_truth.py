"""The model held against the truth of simulated pipelines: its chances, not only what happened to come.

Bounds are what was measured over six seeds, with a margin.
"""

from __future__ import annotations

from functools import cache

import numpy as np
import pytest

from pipecli.forecasting.history import Floats
from pipecli.forecasting.model import Outlook, look_ahead

from .arrays import KEYS, PROBABILITIES, arrays
from .simulator import WORLDS, simulate, true_win_probability, true_win_rates

SEEDS = (1, 2, 3)


@cache
def ahead(scenario: str, seed: int, horizon: int) -> Outlook:
    """The outlook on the last day of a log."""
    last = WORLDS[scenario].until.toordinal()
    return look_ahead(arrays(simulate(scenario, seed)), last, PROBABILITIES, horizon)


def truth(scenario: str, outlook: Outlook) -> Floats:
    """The true chance that each open one is won within the outlook's horizon."""
    horizon = outlook.density.shape[1]
    return np.array(
        [
            true_win_probability(scenario, KEYS[stage], age, horizon)
            for stage, age in zip(outlook.stage.tolist(), outlook.age.tolist(), strict=True)
        ]
    )


@pytest.mark.parametrize(
    ("scenario", "horizon", "most"),
    # Measured: 0.022 and 0.037; 0.016 and 0.030; 0.007 and 0.016. What differs most is the old age of few.
    [
        ("stationary", 30, 0.030),
        ("stationary", 90, 0.050),
        ("never_lost", 30, 0.025),
        ("never_lost", 90, 0.042),
        ("long_cycle", 30, 0.012),
        ("long_cycle", 90, 0.025),
    ],
)
def test_the_chance_of_each_open_one_is_near_the_truth(scenario: str, horizon: int, most: float) -> None:
    said = [ahead(scenario, seed, horizon).density.sum(axis=1) for seed in SEEDS]
    true = [truth(scenario, ahead(scenario, seed, horizon)) for seed in SEEDS]
    off = np.concatenate(said) - np.concatenate(true)
    assert np.abs(off).mean() < most
    assert abs(off.mean()) < 0.75 * most
    rules = np.concatenate([PROBABILITIES[ahead(scenario, seed, horizon).stage] for seed in SEEDS])
    assert np.abs(off).mean() < 0.5 * np.abs(rules - np.concatenate(true)).mean()


@pytest.mark.parametrize("scenario", ["stationary", "never_lost"])
def test_what_enters_a_stage_is_won_as_often_as_the_process_says(scenario: str) -> None:
    true = list(true_win_rates(WORLDS[scenario].process).values())
    said = np.mean([ahead(scenario, seed, 700).entering.sum(axis=1) for seed in SEEDS], axis=0)
    assert said == pytest.approx(true, abs=0.06)


def test_the_expected_wins_are_near_those_of_the_true_chances() -> None:
    """New business included: 1.5 a day are opened, and a fifth of them is won in the end."""
    rates = true_win_rates(WORLDS["stationary"].process)
    said = np.mean([ahead("stationary", seed, 365).expected() for seed in SEEDS], axis=0)
    assert said[364] - said[184] == pytest.approx(180 * 1.5 * rates["lead"], rel=0.15)


@pytest.mark.parametrize("seed", range(12))
def test_with_twelve_closed_ones_chances_stay_between_the_definition_and_the_data(seed: int) -> None:
    closed = [case for case in simulate("tiny", seed) if case.outcome]
    chances = ahead("tiny", seed, 1000).entering.sum(axis=1)
    for key, probability, chance in zip(KEYS, PROBABILITIES, chances, strict=True):
        ends = [case.outcome for case in closed if key in {stage for _day, stage in case.steps}]
        counted = ends.count("won") / len(ends) if ends else probability
        # A chance is put together from those of several stages, so that it may leave the two by a little.
        assert min(probability, counted) - 0.1 < chance < max(probability, counted) + 0.1
