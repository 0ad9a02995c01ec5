"""What past misses move: nothing without a record, the level where it is sure, the spread where forecasts jump."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipecli.forecasting.correction import USUAL_SPREAD, Correction, Said, correct

from .small import untimed

HORIZON = 28


def weekly(said: list[float], came: list[float], chance: float = 0.0) -> list[Said]:
    """Forecasts a week apart of four weeks each; `chance` is each one's own variance over its mean."""
    return [
        Said(700 + 7 * n, HORIZON, mean, mean * chance, actual)
        for n, (mean, actual) in enumerate(zip(said, came, strict=True))
    ]


def test_without_a_record_nothing_is_moved_and_the_usual_spread_assumed() -> None:
    assert correct([]) == Correction(1.0, USUAL_SPREAD)


@pytest.mark.parametrize("factor", [0.5, 1.0, 2.0])
def test_a_steady_miss_is_the_level(factor: float) -> None:
    found = correct(weekly([100.0] * 26, [100.0 * factor] * 26))
    assert found.level == pytest.approx(factor, rel=0.01)


def test_a_steady_miss_of_two_with_noise_is_a_level_near_two() -> None:
    rng = np.random.default_rng(2)
    found = [correct(weekly([50.0] * 26, rng.poisson(100, 26).tolist(), chance=1.0)) for _ in range(50)]
    assert np.mean([f.level for f in found]) == pytest.approx(2, abs=0.05)
    assert all(f.spread < USUAL_SPREAD for f in found)


def test_chance_moves_no_level_and_narrows_the_spread() -> None:
    rng = np.random.default_rng(3)
    # Overlapping windows, as they are: each sums four weeks.
    found = []
    for _ in range(100):
        weeks = rng.poisson(5, 29)
        came = np.convolve(weeks, np.ones(4), "valid").tolist()
        found.append(correct(weekly([20.0] * 26, came, chance=1.0)))
    assert np.mean([f.level for f in found]) == pytest.approx(1, abs=0.03)
    assert np.median([abs(f.level - 1) for f in found]) < 0.03
    assert np.mean([f.spread for f in found]) < 0.25


def test_misses_beyond_chance_widen_the_spread() -> None:
    came = [50.0, 150.0] * 13
    found = correct(weekly([100.0] * 26, came))
    windows = (25 * 7 + HORIZON) / HORIZON
    assert found.level == 1
    assert found.spread == pytest.approx(
        np.sqrt((windows * 0.25 + 3 * USUAL_SPREAD**2) / (windows + 3))
    )  # half of what was said, each time


def test_less_than_two_windows_do_not_move_the_level() -> None:
    assert correct(weekly([10.0], [30.0])).level == 1
    assert correct(weekly([10.0] * 4, [30.0] * 4)).level == 1  # 49 days are not yet two of 28
    assert correct(weekly([10.0] * 12, [30.0] * 12)).level > 2.5


@pytest.mark.parametrize(("said", "came"), [(0.0, 0.0), (0.0, 5.0), (5.0, 0.0)])
def test_nothing_said_or_nothing_come_is_no_division(said: float, came: float) -> None:
    found = correct(weekly([said] * 12, [came] * 12, chance=1.0))
    assert np.isfinite(found).all()
    assert found.level == pytest.approx(1 / 3 if said else 1)  # a third is the least
    assert 0 < found.spread <= 1


@untimed
@given(
    st.lists(st.tuples(st.floats(0, 1e9), st.floats(0, 1e9)), min_size=1, max_size=26),
    st.floats(0, 100),
)
def test_a_correction_is_finite_and_never_turns_the_sign(
    pairs: list[tuple[float, float]], chance: float
) -> None:
    found = correct(weekly([said for said, _came in pairs], [came for _said, came in pairs], chance))
    assert np.isfinite(found).all()
    assert found.level >= 0
    assert 0 < found.spread <= 1
