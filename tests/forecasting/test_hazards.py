"""Rates held against counts made day by day in plain Python, and at both ends of what is known: nothing, and much."""

from __future__ import annotations

from collections import Counter
from datetime import date

import numpy as np
import pytest
from hypothesis import given

from pipecli.forecasting import hazards, outlook
from pipecli.forecasting.history import CUT, FAR, LASTS, LOST, MOVED, WON, History, known

from .arrays import PROBABILITIES, arrays, by_hand
from .cases import Case
from .small import DATES, DAYS, logs, untimed

AGES = DAYS + 300
NOTHING = by_hand([])


def weight(days_ago: int) -> float:
    """How much a past day counts, as the module says it."""
    limits = ((28, 1.0), (56, 0.7), (91, 0.5), (182, 0.35), (365, 0.25), (730, 0.12))
    return next((counts for limit, counts in limits if days_ago < limit), 0.05)


def counted(history: History, day: int) -> tuple[Counter[tuple[int, int, int]], Counter[tuple[int, int]]]:
    """Exits by stage, cause and age, and days exposed by stage and age: every visit lived through day by day."""
    exits: Counter[tuple[int, int, int]] = Counter()
    exposed: Counter[tuple[int, int]] = Counter()
    visits = zip(history.stage, history.entered, history.left, history.outcome, history.to, strict=True)
    for stage, entered, left, outcome, to in visits:
        for today in range(entered, min(left, day) + 1):
            exposed[stage, today - entered] += weight(day - today)
        if left <= day and outcome in (WON, LOST, MOVED):
            cause = outcome if outcome != MOVED else 2 + to
            exits[stage, cause, left - entered] += weight(day - left)
    return exits, exposed


@pytest.mark.parametrize("later", [0, 30, 800])
@untimed
@given(log=logs(most=6), on=DATES)
def test_exits_and_exposure_are_those_counted_day_by_day(later: int, log: list[Case], on: date) -> None:
    history, day = arrays(log), on.toordinal() + later
    exits, exposed = hazards._counts(known(history, day), 4, AGES + later)
    told_exits, told_exposed = counted(history, day)
    assert Counter({tuple(at): exits[tuple(at)] for at in np.argwhere(exits)}) == pytest.approx(told_exits)
    assert {tuple(at): exposed[tuple(at)] for at in np.argwhere(exposed > 1e-9)} == pytest.approx(
        told_exposed
    )


def test_a_change_of_definition_ends_a_visit_and_is_no_exit() -> None:
    history = by_hand([(0, 0, 100, 110, CUT, -1), (0, 1, 110, FAR, LASTS, -1)])
    exits, exposed = hazards._counts(known(history, 120), 2, 50)
    assert exits.sum() == 0
    assert exposed.sum(axis=1).tolist() == [11, 11]


@pytest.mark.parametrize("days_ago", [27, 28, 55, 56, 729, 730])
def test_an_exit_counts_as_much_as_the_day_it_came_on(days_ago: int) -> None:
    history = by_hand([(0, 0, 1000, 1000, WON, -1)])
    exits, exposed = hazards._counts(known(history, 1000 + days_ago), 1, 5)
    assert exits.sum() == pytest.approx(exposed.sum()) == pytest.approx(weight(days_ago))


@pytest.mark.parametrize("probability", [0.0, 0.1, 0.5, 1.0])
def test_without_data_a_stage_is_won_as_often_as_the_definition_says(probability: float) -> None:
    rates = hazards.fit(known(NOTHING, 100), np.array([probability, 0.5]), 1000)
    assert rates.cases.tolist() == [0, 0]
    assert outlook.chances(rates, 900).fresh[0].sum() == pytest.approx(probability)
    assert rates.hazard.sum(axis=1) == pytest.approx(np.full((2, 1000), 1 / hazards.USUAL_STAY))


@pytest.mark.parametrize(("won", "lost"), [(1, 0), (0, 1), (2, 2), (4, 1)])
def test_few_closed_ones_weigh_against_four_made_up(won: int, lost: int) -> None:
    ends = [WON] * won + [LOST] * lost
    history = by_hand([(n, 0, 100, 110, end, -1) for n, end in enumerate(ends)])
    rates = hazards.fit(known(history, 110), np.array([0.2]), 400)
    share = (won + 4 * 0.2) / (won + lost + 4)
    assert rates.hazard[0, WON] / rates.hazard[0].sum(axis=0) == pytest.approx(np.full(400, share))


def test_their_number_and_their_days_both_weigh_in_the_rate() -> None:
    history = by_hand([(n, 0, 100, 110, LOST, -1) for n in range(4)])
    rates = hazards.fit(known(history, 110), np.array([0.2]), 400)
    # 4 of 44 days, and 3 made up that stay as long as it seems: 44 days and one of the usual stays, over 5.
    usual = (44 + (44 + hazards.USUAL_STAY) / 5) / 5
    assert rates.hazard[0].sum(axis=0) == pytest.approx(np.full(400, (4 + 3) / (44 + 3 * usual)))


@pytest.mark.parametrize(("probability", "won"), [(0.9, 60), (0.1, 60)])
def test_many_closed_ones_outweigh_the_definition(probability: float, won: int) -> None:
    ends = [WON] * won + [LOST] * 140
    history = by_hand([(n, 0, 100 + n % 7, 110 + 2 * n % 13, end, -1) for n, end in enumerate(ends)])
    rates = hazards.fit(known(history, 130), np.array([probability]), 400)
    assert outlook.chances(rates, 390).fresh[0].sum() == pytest.approx(0.3, abs=0.04)


def geometric(daily: dict[int, float], size: int, seed: int) -> History:
    """Visits of stage 0 that leave on each day with the same probability, by cause; stage 1 is there to go to."""
    rng = np.random.default_rng(seed)
    every = sum(daily.values())
    stays = rng.geometric(every, size) - 1
    causes = rng.choice(list(daily), size, p=[rate / every for rate in daily.values()])
    visits = []
    for n, (stay, cause) in enumerate(zip(stays.tolist(), causes.tolist(), strict=True)):
        end = (cause, -1) if cause < MOVED else (MOVED, cause - MOVED)
        visits.append((n, 0, 1000, 1000 + stay, *end))
        if end[0] == MOVED:
            visits.append((n, 1, 1000 + stay, FAR, LASTS, -1))
    return by_hand(visits)


def test_with_much_data_the_rates_are_those_of_the_data_and_the_definition_is_forgotten() -> None:
    # A cause counted from MOVED on is a move to that stage.
    history = geometric({WON: 0.03, LOST: 0.02, MOVED + 1: 0.05}, 6000, seed=3)
    rates = hazards.fit(known(history, 1200), np.array([0.95, 0.5]), 400)
    assert rates.hazard[0, [WON, LOST, 3], :20].mean(axis=1) == pytest.approx([0.03, 0.02, 0.05], rel=0.15)
    assert rates.hazard[0, 2].max() == 0
    hazard = rates.hazard[0]
    before = np.concatenate([[1.0], np.cumprod(1 - hazard.sum(axis=0))[:-1]])
    assert (hazard * before).sum(axis=1)[[WON, LOST, 3]] == pytest.approx([0.3, 0.2, 0.5], abs=0.03)


def test_visits_that_last_pull_the_rates_down() -> None:
    ended = [(n, 0, 100, 110, WON, -1) for n in range(20)]
    lasting = [(n, 0, 100, FAR, LASTS, -1) for n in range(20, 60)]
    fast, slow = (
        hazards.fit(known(by_hand(v), 140), np.array([0.5]), 60) for v in (ended, [*ended, *lasting])
    )
    assert slow.hazard[0, WON, :11].sum() < 0.6 * fast.hazard[0, WON, :11].sum()
    assert slow.cases == fast.cases


def test_a_timeout_shows_at_its_age() -> None:
    rng = np.random.default_rng(5)
    stays = np.where(rng.random(800) < 0.5, 30, rng.integers(0, 60, 800)).tolist()
    history = by_hand([(n, 0, 100, 100 + stay, LOST, -1) for n, stay in enumerate(stays)])
    lost = hazards.fit(known(history, 160), np.array([0.5]), 80).hazard[0, LOST]
    assert lost[30] > 2 * lost[:25].max()
    assert lost[30] > 2 * lost[32:45].max()


@untimed
@given(logs(), DATES)
def test_rates_are_rates(log: list[Case], on: date) -> None:
    rates = hazards.fit(known(arrays(log), on.toordinal()), PROBABILITIES, AGES)
    assert np.isfinite(rates.hazard).all() and (rates.hazard >= 0).all()
    assert (rates.hazard.sum(axis=1) <= 0.98 + 1e-12).all() and (rates.hazard.sum(axis=1) > 0).all()
