"""The simple forecasts, worked out by hand."""

from __future__ import annotations

import numpy as np
import pytest

from pipecli.forecasting.baselines import Baselines, baselines
from pipecli.forecasting.history import FAR, LASTS, LOST, MOVED, WON, History, known

from .arrays import Figure, Visit, by_hand, timeline

NAN = float("nan")
HALF_AND_MORE = np.array([0.5, 0.8])
OPEN: list[Visit] = [(0, 0, 100, FAR, LASTS, -1), (1, 1, 100, FAR, LASTS, -1), (2, 0, 110, FAR, LASTS, -1)]
WORTH: list[Figure] = [(0, 100, 10.0), (1, 100, 100.0), (2, 110, 1000.0)]


def due(history: History, day: float = 115.0) -> History:
    """The same, everything expected on a day."""
    return history._replace(close=history.close._replace(value=np.full(len(history.close.value), day)))


def said(history: History, day: int, horizon: int) -> Baselines:
    seen = known(history, day)
    at = seen.open
    return baselines(seen, seen.case[at], seen.stage[at], HALF_AND_MORE, horizon)


@pytest.mark.parametrize(
    ("closes", "percents", "rules"),
    [
        ([121.0, 130.0, 131.0], [NAN, NAN, NAN], [0.5, 0.8, 0]),  # on the first day, the last, a day later
        ([120.0, 90.0, NAN], [NAN, NAN, NAN], [0, 0, 0]),  # that day, past, never: in no period to come
        ([125.0, 125.0, 500.0], [20.0, 0.0, 90.0], [0.2, 0, 0]),
    ],
)
def test_the_rules_weigh_what_is_due(closes: list[float], percents: list[float], rules: list[float]) -> None:
    history = by_hand(OPEN, WORTH)._replace(
        close=timeline((n, 100, day) for n, day in enumerate(closes)),
        percent=timeline((n, 100, percent) for n, percent in enumerate(percents)),
    )
    found = said(history, 120, 10)
    assert found.rules_chance.tolist() == rules
    assert found.rules == pytest.approx(np.dot(rules, [10, 100, 1000]))


def test_what_has_no_value_weighs_nothing() -> None:
    worth: list[Figure] = [(0, 100, NAN), (1, 100, 100.0), (2, 110, NAN)]
    assert said(due(by_hand(OPEN, worth), 125.0), 120, 10).rules == 80


WON_LATELY: list[Visit] = [
    (0, 0, 100, 131, WON, -1),
    (1, 0, 100, 130, WON, -1),
    (2, 0, 100, 160, WON, -1),
    (3, 0, 100, 161, WON, -1),
    (4, 0, 100, 140, LOST, -1),
]


def test_the_trailing_mean_is_that_of_three_horizons() -> None:
    # Of days 131 to 160: cases 0 and 2, ten days' worth each three times over.
    values: list[Figure] = [(n, 100, 10.0 + n) for n in range(5)]
    assert said(by_hand(WON_LATELY, values), 160, 10).trailing == pytest.approx((10 + 12) / 3)


def test_the_trailing_mean_of_a_short_history_is_that_of_its_days() -> None:
    visits: list[Visit] = [(0, 0, 100, 103, WON, -1), (1, 0, 100, FAR, LASTS, -1)]
    assert said(by_hand(visits), 104, 10).trailing == pytest.approx(10 / 5)
    assert said(by_hand([]), 104, 10).trailing == 0


def test_the_chance_it_gives_is_the_share_of_the_open_won_a_horizon_later() -> None:
    # Open at the end of day 150: cases 2 and 3; case 2 is won by day 160.
    assert said(by_hand(WON_LATELY), 160, 10).trailing_chance.tolist() == [(1 + 0.5) / 3]
    # One opened that very day is open at its end.
    newest: Visit = (5, 0, 150, FAR, LASTS, -1)
    assert said(by_hand([*WON_LATELY, newest]), 160, 10).trailing_chance.tolist() == [(1 + 0.5) / 4] * 2
    assert said(by_hand(OPEN), 110, 50).trailing_chance.tolist() == [0.5] * 3


def test_recalibrated_weights_count_each_stage_once_for_each_that_ended() -> None:
    visits: list[Visit] = [
        (0, 0, 100, 101, MOVED, 1),
        (0, 1, 101, 102, MOVED, 0),
        (0, 0, 102, 103, MOVED, 1),
        (0, 1, 103, 104, WON, -1),
        (1, 0, 100, 105, LOST, -1),
        (2, 0, 100, FAR, LASTS, -1),
        (3, 1, 100, FAR, LASTS, -1),
    ]
    found = said(due(by_hand(visits)), 110, 10)
    rates = [(1 + 3 * 0.5) / 5, (1 + 3 * 0.8) / 4]
    assert found.recalibrated_chance.tolist() == pytest.approx(rates)
    assert found.recalibrated == pytest.approx(sum(rates))


def test_without_data_recalibrated_weights_are_the_rules() -> None:
    found = said(due(by_hand(OPEN, WORTH), 125.0), 120, 10)
    assert found.rules_chance.tolist() == [0.5, 0.8, 0.5]
    assert found.recalibrated_chance == pytest.approx(found.rules_chance)
