"""Scores worked out by hand."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipecli.forecasting.scores import Bin, Scores, coverage, pinball, reliability, scores

from .small import untimed

NOTHING = np.zeros(0)
ACTUAL = np.array([10.0, 0.0, 30.0])
QUANTILES = np.array([[5.0, 10.0, 20.0], [1.0, 2.0, 4.0], [10.0, 20.0, 30.0]])


def test_scores_by_hand() -> None:
    found = scores(
        ACTUAL, np.array([12.0, 4.0, 20.0]), QUANTILES, np.array([0.5, 0.0, 0.8]), np.array([1.0, 0.0, 1.0])
    )
    # At P10: 0.1 × 5, 0.9 × 1, 0.1 × 20; at P50 half of 0, 2, 10; at P90: 0.1 × 10, 0.1 × 4, 0.
    losses = 0.5 + 0.9 + 2.0 + 0 + 1 + 5 + 1 + 0.4 + 0
    assert found.wape == pytest.approx((2 + 4 + 10) / 40)
    assert found.bias == pytest.approx((2 + 4 - 10) / 40)
    assert found.pinball == pytest.approx(losses / 9)
    assert found.brier == pytest.approx((0.25 + 0 + 0.04) / 3)


def test_where_nothing_came_or_stood_open_there_is_no_score() -> None:
    zeros = np.zeros(2)
    found = scores(zeros, np.array([1.0, 3.0]), np.array([[1.0] * 3, [3.0] * 3]), NOTHING, NOTHING)
    assert (found.wape, found.bias, found.brier) == (None, None, None)
    assert found.pinball == pytest.approx(((0.9 + 0.5 + 0.1) * (1 + 3)) / 6)
    assert scores(NOTHING, NOTHING, np.zeros((0, 3)), NOTHING, NOTHING) == Scores(None, None, None, None)


@pytest.mark.parametrize(
    ("actual", "held"), [(4.9, 0), (5.0, 1), (10.0, 1), (20.0, 1), (20.1, 0)]
)  # both ends count
def test_the_range_holds_its_ends(actual: float, held: int) -> None:
    assert coverage(np.array([actual]), QUANTILES[:1]) == held


def test_coverage_is_the_share_held() -> None:
    assert coverage(ACTUAL, QUANTILES) == pytest.approx(2 / 3)
    assert coverage(NOTHING, np.zeros((0, 3))) is None


def test_chances_are_binned_by_tenths_and_empty_bins_left_out() -> None:
    chances = np.array([0.0, 0.0999, 0.1, 0.95, 1.0])
    found = reliability(chances, np.array([0.0, 1.0, 0.0, 1.0, 1.0]))
    assert found == [
        Bin(2, pytest.approx(0.04995), 1),
        Bin(1, pytest.approx(0.1), 0),
        Bin(2, pytest.approx(0.975), 2),
    ]
    assert reliability(NOTHING, NOTHING) == []


@untimed
@given(st.lists(st.floats(0, 1000), min_size=30, max_size=60))
def test_the_true_quantiles_have_the_lowest_pinball_loss(values: list[float]) -> None:
    actual = np.array(values)
    true = np.quantile(actual, (0.1, 0.5, 0.9), method="inverted_cdf")
    best = pinball(actual, np.tile(true, (len(actual), 1)))
    for shift in (-50.0, -1.0, 1.0, 50.0):
        assert pinball(actual, np.tile(true + shift, (len(actual), 1))) >= best - 1e-9
