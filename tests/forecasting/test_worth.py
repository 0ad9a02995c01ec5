"""What a win is worth, worked out by hand and drawn from a drift that is known."""

from __future__ import annotations

import numpy as np
import pytest

from pipecli.forecasting import worth
from pipecli.forecasting.history import LOST, MOVED, WON, History, known

from .arrays import Figure, Visit, by_hand

NAN = float("nan")


def sold(pairs: list[tuple[float, float]], outcome: int = WON) -> History:
    """One visit each of ten days in stage 0: what it was worth until its last day, and on that day."""
    visits: list[Visit] = [(n, 0, 100, 110, outcome, -1) for n in range(len(pairs))]
    values = [figure for n, (before, at) in enumerate(pairs) for figure in ((n, 100, before), (n, 110, at))]
    return by_hand(visits, values)


def fit(history: History, day: int = 110, stages: int = 2) -> worth.Worth:
    return worth.fit(known(history, day), stages)


def test_before_the_first_win_amounts_stand_and_the_unknown_are_worth_nothing() -> None:
    found = fit(sold([(100.0, 80.0)]), day=109)
    assert found.usual == 0
    expected = found.expected(np.array([0, 1, 1]), np.array([50.0, 70.0, NAN]))
    assert expected.tolist() == [50, 70, 0]


def test_one_win_moves_the_drift_by_a_quarter() -> None:
    found = fit(sold([(100.0, 80.0)]))
    # Three made-up wins of the same size that kept their amount.
    assert found.drift.tolist() == pytest.approx([(80 + 300) / 400, 1.0])
    assert found.usual == 80
    assert found.expected(np.array([0]), np.array([1000.0]))[0] == pytest.approx(950)


def test_amounts_weigh_by_their_size() -> None:
    found = fit(sold([(900.0, 450.0), (100.0, 100.0)]))
    assert found.drift[0] == pytest.approx((550 + 3 * 500) / (1000 + 3 * 500))


def test_many_wins_tell_their_drift_and_its_spread() -> None:
    rng = np.random.default_rng(4)
    pairs = [(100.0, 100 * 0.8 * float(np.exp(0.3 * z - 0.045))) for z in rng.standard_normal(2000)]
    found = fit(sold(pairs))
    assert found.drift[0] == pytest.approx(0.8, abs=0.03)
    assert found.spread == pytest.approx([0.3, 0], abs=0.03)


def test_wins_without_an_amount_tell_what_an_unknown_one_is_worth() -> None:
    found = fit(sold([(NAN, 60.0), (NAN, 20.0), (500.0, 500.0)]))
    usual = (60 + 20 + 500) / 3
    assert found.unknown.tolist() == pytest.approx([(60 + 20 + usual) / 3, usual])
    assert found.expected(np.array([0]), np.array([NAN]))[0] == pytest.approx(found.unknown[0])


def test_a_win_without_an_amount_is_worth_nothing() -> None:
    assert fit(sold([(NAN, NAN), (NAN, 30.0)])).won.tolist() == [0, 30]


def test_each_stage_on_the_way_has_its_own_drift() -> None:
    history = by_hand(
        [(0, 0, 100, 110, MOVED, 1), (0, 1, 110, 120, WON, -1)],
        [(0, 100, 200.0), (0, 110, 100.0), (0, 120, 50.0)],
    )
    found = fit(history, day=120)
    # The mean size is 150 over both visits.
    assert found.drift.tolist() == pytest.approx([(50 + 450) / (200 + 450), (50 + 450) / (100 + 450)])


def test_losses_say_nothing_of_worth() -> None:
    lost = fit(sold([(100.0, 1.0)] * 50, outcome=LOST))
    assert (lost.drift.tolist(), lost.usual, lost.unknown.tolist()) == ([1, 1], 0, [0, 0])


def test_amounts_of_zero_are_no_ratio() -> None:
    values: list[Figure] = [(0, 100, 0.0), (0, 110, 0.0)]
    found = fit(by_hand([(0, 0, 100, 110, WON, -1)], values))
    assert (found.drift.tolist(), found.spread.tolist()) == ([1, 1], [0, 0])


def test_only_the_newest_wins_are_drawn_from() -> None:
    visits: list[Visit] = [(n, 0, 100 + n, 101 + n, WON, -1) for n in range(400)]
    found = fit(by_hand(visits, [(n, 100 + n, float(n)) for n in range(400)]), day=600)
    assert found.won.tolist() == [float(n) for n in range(100, 400)]
