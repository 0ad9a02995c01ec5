"""Drawn futures: the same twice, their mean that of the exact chances, their spread what is not known."""

from __future__ import annotations

import numpy as np
import pytest

from pipecli.forecasting import model
from pipecli.forecasting.correction import Correction
from pipecli.forecasting.draws import Draws, draw, variance
from pipecli.forecasting.history import FAR, LASTS, Floats
from pipecli.forecasting.model import Outlook

from .arrays import PROBABILITIES, Measured, arrays, by_hand
from .simulator import WORLDS, simulate

PLAIN = Correction(1.0, 0.0)


def ahead(scenario: str, horizon: int, measure: Measured = "count", seed: int = 1) -> Outlook:
    last = WORLDS[scenario].until.toordinal()
    return model.look_ahead(arrays(simulate(scenario, seed), measure), last, PROBABILITIES, horizon)


def existing(drawn: Draws, horizon: int) -> Floats:
    return np.asarray((drawn.worth * (drawn.won < horizon)).sum(axis=1))


def total(drawn: Draws, horizon: int) -> Floats:
    return existing(drawn, horizon) + np.asarray(drawn.fresh.sum(axis=1))


def test_the_same_history_gives_the_same_answer_twice() -> None:
    first, second = (draw(ahead("stationary", 60, "amount"), Correction(1.1, 0.3)) for _ in range(2))
    for one, other in zip(first, second, strict=True):
        assert np.array_equal(one, other)


@pytest.mark.parametrize("horizon", [14, 30, 120])
@pytest.mark.parametrize("scenario", ["stationary", "tiny", "never_lost", "long_cycle"])
def test_the_mean_drawn_is_the_mean_expected(scenario: str, horizon: int) -> None:
    outlook = ahead(scenario, horizon)
    drawn = draw(outlook, PLAIN)
    for sums, mean in (
        (existing(drawn, horizon), outlook.density.sum()),
        (drawn.fresh.sum(axis=1), outlook.fresh.sum()),
    ):
        error = float(np.std(sums)) / np.sqrt(len(sums))
        assert sums.mean() == pytest.approx(mean, abs=4 * error + 0.03 * mean + 0.01)


def test_the_mean_amount_drawn_is_the_mean_expected() -> None:
    outlook = ahead("stationary", 60, "amount")
    sums = total(draw(outlook, PLAIN), 60)
    assert sums.mean() == pytest.approx(outlook.expected()[-1], abs=4 * np.std(sums) / np.sqrt(len(sums)))


@pytest.mark.parametrize("measure", ["count", "amount"])
@pytest.mark.parametrize("scenario", ["stationary", "long_cycle"])
def test_the_variance_told_without_drawing_is_that_of_the_draws(scenario: str, measure: Measured) -> None:
    outlook = ahead(scenario, 30, measure)
    assert variance(outlook) == pytest.approx(np.var(total(draw(outlook, PLAIN), 30)), rel=0.2)


def test_the_variance_told_counts_how_little_is_known_of_the_rates() -> None:
    sure, unsure = (ahead("long_cycle", 60)._replace(cases=np.full(4, n)) for n in (1e6, 20.0))
    assert variance(unsure) > 1.3 * variance(sure)
    assert variance(unsure) == pytest.approx(np.var(total(draw(unsure, PLAIN), 60)), rel=0.2)


def test_wins_fall_on_the_days_of_their_chances() -> None:
    outlook = ahead("stationary", 40)
    drawn = draw(outlook, PLAIN)
    for day in (10, 25, 40):
        assert existing(drawn, day).mean() == pytest.approx(outlook.density[:, :day].sum(), rel=0.1)
        fresh = drawn.fresh[:, :day].sum(axis=1)
        error = 4 * fresh.std() / np.sqrt(len(fresh))
        assert fresh.mean() == pytest.approx(outlook.fresh[:day].sum(), abs=error)


def test_a_correction_moves_the_level_and_widens_the_range() -> None:
    outlook = ahead("stationary", 60)
    plain, doubled, wide = (
        np.quantile(total(draw(outlook, c), 60), (0.1, 0.5, 0.9))
        for c in (PLAIN, Correction(2.0, 0.0), Correction(1.0, 0.8))
    )
    # Twice as fast, not twice as many: what is as good as won is won once.
    assert (1.3 * plain < doubled).all() and (doubled <= 2 * plain).all()
    assert wide[2] - wide[0] > 2 * (plain[2] - plain[0])


def test_not_knowing_the_rates_widens_the_range() -> None:
    outlook = ahead("stationary", 60)
    sure, unsure = (
        np.std(existing(draw(outlook._replace(cases=np.full(4, n)), PLAIN), 60)) for n in (1e6, 5.0)
    )
    assert unsure > 1.3 * sure


def test_amounts_that_drift_apart_widen_the_range_and_keep_its_mean() -> None:
    outlook = ahead("stationary", 60, "amount")
    calm, drifting = (
        existing(draw(outlook._replace(worth=outlook.worth._replace(spread=np.full(4, s))), PLAIN), 60)
        for s in (0.0, 0.8)
    )
    assert drifting.std() > 1.1 * calm.std()
    assert drifting.mean() == pytest.approx(calm.mean(), rel=0.06)


def test_without_a_horizon_nothing_comes() -> None:
    outlook = ahead("stationary", 0)
    drawn = draw(outlook, PLAIN)
    assert (existing(drawn, 0).max(), drawn.fresh.size, variance(outlook)) == (0, 0, 0)


def test_without_a_history_nothing_comes() -> None:
    outlook = model.look_ahead(by_hand([]), 1000, PROBABILITIES, 30)
    drawn = draw(outlook, PLAIN)
    assert drawn.won.shape[1] == 0
    assert (drawn.fresh.max(), outlook.expected().max(), variance(outlook)) == (0, 0, 0)


def test_before_the_first_win_new_business_has_no_worth_and_what_is_open_has() -> None:
    history = by_hand([(n, 3, 1000, FAR, LASTS, -1) for n in range(50)], [(n, 1000, 10.0) for n in range(50)])
    outlook = model.look_ahead(history, 1001, PROBABILITIES, 60)
    drawn = draw(outlook, PLAIN)
    assert outlook.fresh.sum() > 1
    assert drawn.fresh.max() == 0
    assert existing(drawn, 60).mean() == pytest.approx(10 * outlook.density.sum(), rel=0.1)


def test_without_open_ones_only_new_business_comes() -> None:
    last = WORLDS["stationary"].until
    closed = [case for case in simulate("stationary", 1) if case.outcome]
    outlook = model.look_ahead(arrays(closed), last.toordinal(), PROBABILITIES, 60)
    drawn = draw(outlook, PLAIN)
    assert existing(drawn, 60).max() == 0
    assert drawn.fresh.sum(axis=1).mean() == pytest.approx(outlook.fresh.sum(), rel=0.1)


def test_fewer_futures_are_drawn_of_many_opportunities() -> None:
    def drawn(n: int) -> int:
        visits = [(case, 0, 1000, FAR, LASTS, -1) for case in range(n)]
        return len(draw(model.look_ahead(by_hand(visits), 1001, PROBABILITIES, 5), PLAIN).won)

    assert (drawn(1), drawn(1000), drawn(5000)) == (1000, 500, 200)


@pytest.mark.parametrize("more", [1.01, 1.5, 3.0])
def test_more_new_business_never_brings_less_in_any_future(more: float) -> None:
    outlook = ahead("stationary", 60, "amount")
    less, greater = (
        draw(one, PLAIN).fresh.cumsum(axis=1)
        for one in (outlook, outlook._replace(fresh=outlook.fresh * more))
    )
    assert (greater >= less - 1e-6).all()
    assert greater.sum() > less.sum()
