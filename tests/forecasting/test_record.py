"""Past days forecast again: which days, what came of each, and a correction that knows no forecast still running."""

from __future__ import annotations

import itertools
from datetime import date

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipecli.forecasting import model, record
from pipecli.forecasting.correction import USUAL_SPREAD, Correction, correct
from pipecli.forecasting.history import known

from .arrays import PROBABILITIES, arrays, ordinal
from .cases import amount_on, as_of, wins_between
from .simulator import simulate
from .small import untimed

HORIZON = 30
MONDAY = ordinal("2025-11-24")
CASES = simulate("stationary", 1)
HISTORY = arrays(CASES)
DAYS = record.mondays(ordinal("2024-02-05"), MONDAY, 80)
ORIGINS = list(record.origins(HISTORY, DAYS, HORIZON, lambda _day: PROBABILITIES))


@pytest.mark.parametrize(
    ("last", "newest"),
    [("2025-11-24", "2025-11-24"), ("2025-11-30", "2025-11-24"), ("2025-12-01", "2025-12-01")],
)
def test_mondays_end_on_the_last_one(last: str, newest: str) -> None:
    days = [date.fromordinal(day) for day in record.mondays(ordinal("2025-01-01"), ordinal(last), 5)]
    assert days[-1] == date.fromisoformat(newest)
    assert [(b - a).days for a, b in itertools.pairwise(days)] == [7] * 4
    assert {day.isoweekday() for day in days} == {1}


def test_mondays_do_not_begin_before_the_first_day() -> None:
    assert record.mondays(MONDAY - 14, MONDAY, 50) == [MONDAY - 14, MONDAY - 7, MONDAY]
    assert record.mondays(MONDAY - 13, MONDAY, 50) == [MONDAY - 7, MONDAY]
    assert record.mondays(MONDAY + 1, MONDAY, 50) == []


@untimed
@given(st.integers(1, 500), st.integers(-10, 500), st.integers(1, 40), st.integers(1, 200))
def test_days_are_so_many_apart_up_to_the_last(first: int, length: int, step: int, most: int) -> None:
    last = first + length
    assert record.every(first, last, step, most).tolist() == list(range(last, first - 1, -step))[:most][::-1]


def test_every_day_is_forecast_again_with_what_was_known_and_held_against_what_came() -> None:
    assert [o.said.day for o in ORIGINS] == DAYS
    for origin in ORIGINS[::20]:
        day = date.fromordinal(origin.said.day)
        cut = arrays(as_of(CASES, day))
        again = model.look_ahead(cut, origin.said.day, PROBABILITIES, HORIZON)
        assert origin.said.mean == again.expected()[-1]
        came = wins_between(
            CASES, date.fromordinal(origin.said.day + 1), date.fromordinal(origin.said.day + 30)
        )
        assert origin.said.actual == came[0]
        won = {
            n
            for n, c in enumerate(CASES)
            if c.outcome == "won" and c.closed and 0 < (c.closed - day).days <= 30
        }
        still = origin.outlook.case.tolist()
        assert {case for case, one in zip(still, origin.won, strict=True) if one} == won & set(still)
        ended = sum(case.outcome is not None for case in as_of(CASES, day))
        assert origin.closed == record.closed_by(known(HISTORY, origin.said.day)) == ended


def test_amounts_are_valued_on_the_day_of_the_win() -> None:
    day = ordinal("2025-06-02")
    (origin,) = record.origins(arrays(CASES, "amount"), [day], HORIZON, lambda _day: PROBABILITIES)
    won = [c for c in CASES if c.outcome == "won" and c.closed and 0 < c.closed.toordinal() - day <= HORIZON]
    assert origin.said.actual == pytest.approx(
        sum(100 * (amount_on(c, c.closed) or 0) for c in won if c.closed)
    )


def test_each_day_takes_the_probabilities_in_force() -> None:
    low, high = np.full(4, 0.01), np.full(4, 0.99)
    change = DAYS[1]
    # Everything is expected in the days behind both.
    close = np.full(len(HISTORY.close.value), change + 1.0)
    history = HISTORY._replace(close=HISTORY.close._replace(value=close))
    first, second = record.origins(history, DAYS[:2], HORIZON, lambda day: high if day >= change else low)
    assert first.baselines.rules_chance.max() == 0.01
    assert second.baselines.rules_chance.min() == 0.99


@pytest.mark.parametrize("after", [0, 6, 7, 29, 30, 31, 37, 90])
def test_a_correction_knows_only_forecasts_that_were_over(after: int) -> None:
    usable = [o for o in ORIGINS if o.closed >= record.FEWEST_CLOSED]
    day = usable[0].said.day + after
    over = [o.said for o in usable if o.said.day + HORIZON <= day]
    found = record.correction_at(ORIGINS, day)
    assert found == (correct(over) if over else Correction(1.0, USUAL_SPREAD))
    assert len(over) == max(after - HORIZON, -7) // 7 + 1


def test_what_came_later_does_not_move_a_correction() -> None:
    day = DAYS[40]
    later = [
        o._replace(said=o.said._replace(actual=1e6)) if o.said.day + HORIZON > day else o for o in ORIGINS
    ]
    assert record.correction_at(later, day) == record.correction_at(ORIGINS, day)


def test_forecasts_made_from_too_few_or_too_long_ago_are_not_held_against_later_ones() -> None:
    day = DAYS[60]
    recent = [o.said for o in ORIGINS if day - record.RECORD_DAYS < o.said.day <= day - HORIZON]
    assert len(recent) < 60
    assert record.correction_at(ORIGINS, day) == correct(recent)
    learning = [o._replace(closed=record.FEWEST_CLOSED - 1) for o in ORIGINS]
    assert record.correction_at(learning, day) == Correction(1.0, USUAL_SPREAD)
