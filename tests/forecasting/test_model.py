"""What must hold of any pipeline: the past is not changed by what came later, lost is lost, more is never less."""

from __future__ import annotations

from datetime import date

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipecli.forecasting import hazards, model
from pipecli.forecasting.correction import Correction
from pipecli.forecasting.draws import draw
from pipecli.forecasting.history import LASTS, WON, Floats, History, Timeline, known
from pipecli.forecasting.model import Outlook, look_ahead
from pipecli.forecasting.outlook import chances

from .arrays import MINOR, PROBABILITIES, Measured, arrays, by_hand
from .cases import Case, as_of
from .small import DATES, cases, logs, untimed

HORIZON = 40
NAN = float("nan")
MEASURES = st.sampled_from(("count", "amount"))
PERCENTS = st.integers(0, 100).map(float)
GENERIC = Correction(1.1, 0.4)


def total(outlook: Outlook) -> Floats:
    drawn = draw(outlook, GENERIC)
    horizon = outlook.density.shape[1]
    return np.asarray((drawn.worth * (drawn.won < horizon)).sum(axis=1) + drawn.fresh.sum(axis=1))


def set_by_hand(history: History, percents: list[float]) -> History:
    """The history with these probabilities set by hand, NaN for none, from each opening on."""
    value = history.value
    return history._replace(
        percent=Timeline(value.case, value.start, np.resize(np.array(percents), history.cases)[value.case])
    )


def with_percents(log: list[Case], measure: Measured, percents: list[float]) -> History:
    return set_by_hand(arrays(log, measure), percents) if log else arrays(log, measure)


@untimed
@given(logs(), DATES, MEASURES, st.lists(PERCENTS | st.just(NAN), min_size=1, max_size=5))
def test_deleting_what_came_later_changes_nothing(
    log: list[Case], day: date, measure: Measured, percents: list[float]
) -> None:
    whole, cut = (
        look_ahead(with_percents(told, measure, percents), day.toordinal(), PROBABILITIES, HORIZON)
        for told in (log, as_of(log, day))
    )
    for name in ("case", "stage", "age", "density", "value", "fresh", "entering", "cases"):
        assert np.array_equal(getattr(whole, name), getattr(cut, name)), name
    assert whole.openings.per_day == cut.openings.per_day
    assert np.array_equal(whole.worth.won, cut.worth.won)


@untimed
@given(logs(), DATES)
def test_only_what_stands_open_is_forecast_one_by_one(log: list[Case], day: date) -> None:
    outlook = look_ahead(arrays(log), day.toordinal(), PROBABILITIES, HORIZON)
    still = [n for n, case in enumerate(as_of(log, day)) if case.outcome is None]
    assert outlook.case.tolist() == still


@untimed
@given(logs(most=12), cases(), DATES)
def test_a_lost_one_contributes_nothing_whatever_it_was_worth(log: list[Case], one: Case, day: date) -> None:
    """Its loss is learnt from; its amount, and a probability set by hand, are nothing to the sum."""
    lost = one._replace(outcome="lost", closed=one.steps[-1][0])
    after = max(day, lost.steps[-1][0]).toordinal()
    everyone = sorted([*log, lost], key=lambda case: case.opened)
    place = next(n for n, case in enumerate(everyone) if case is lost)
    worthless, precious = (
        arrays(
            [*everyone[:place], lost._replace(amounts=((lost.opened, amount),)), *everyone[place + 1 :]],
            "amount",
        )
        for amount in (0.0, 1e9)
    )
    hopeful = set_by_hand(precious, [100.0 if n == place else NAN for n in range(len(everyone))])
    found = [look_ahead(history, after, PROBABILITIES, HORIZON) for history in (worthless, precious, hopeful)]
    assert all(place not in outlook.case for outlook in found)
    for outlook in found[1:]:
        assert np.array_equal(outlook.expected(), found[0].expected())


@untimed
@given(logs(), DATES, MEASURES, st.integers(0, 3), st.floats(0, 1), st.floats(0, 1))
def test_more_probability_of_a_stage_never_lowers_the_forecast(
    log: list[Case], day: date, measure: Measured, stage: int, one: float, other: float
) -> None:
    history = arrays(log, measure)
    low, high = PROBABILITIES.copy(), PROBABILITIES.copy()
    low[stage], high[stage] = sorted((one, other))
    less, more = (look_ahead(history, day.toordinal(), p, HORIZON) for p in (low, high))
    assert more.expected()[-1] >= less.expected()[-1] * (1 - 1e-9)
    assert np.quantile(total(more), 0.5) >= np.quantile(total(less), 0.5) * (1 - 1e-9)


@untimed
@given(logs(), DATES, MEASURES, st.lists(st.tuples(PERCENTS, PERCENTS), min_size=1, max_size=5))
def test_more_probability_set_by_hand_never_lowers_the_forecast(
    log: list[Case], day: date, measure: Measured, percents: list[tuple[float, float]]
) -> None:
    less, more = (
        look_ahead(
            with_percents(log, measure, [pick(p) for p in percents]), day.toordinal(), PROBABILITIES, HORIZON
        )
        for pick in (min, max)
    )
    assert (more.expected() >= less.expected() * (1 - 1e-9) - 1e-12).all()
    assert np.quantile(total(more), 0.5) >= np.quantile(total(less), 0.5) * (1 - 1e-9)


@untimed
@given(logs(), DATES, MEASURES, st.integers(1, 400), st.lists(st.floats(0, 1), min_size=4, max_size=4))
def test_every_figure_is_finite_and_the_quantiles_are_ordered(
    log: list[Case], day: date, measure: Measured, horizon: int, probabilities: list[float]
) -> None:
    outlook = look_ahead(arrays(log, measure), day.toordinal(), np.array(probabilities), horizon)
    for figures in (outlook.density, outlook.value, outlook.fresh, outlook.expected(), total(outlook)):
        assert np.isfinite(figures).all()
        assert (figures >= -1e-12).all()
    assert outlook.density.sum(axis=1).max(initial=0) <= 1 + 1e-9
    low, middle, high = np.quantile(total(outlook), (0.1, 0.5, 0.9))
    assert low <= middle <= high


@pytest.mark.parametrize(
    ("own", "odds"),
    [(50, 1.0), (80, 2.0), (20, 0.5), (NAN, 1.0), (100, 99**0.5), (0, 99**-0.5)],
)
def test_a_probability_set_by_hand_is_half_believed(own: float, odds: float) -> None:
    history = by_hand([(0, 0, 1000, 4_000_000, LASTS, -1)])
    usual = np.array([0.5, 0.5])
    plain = look_ahead(history, 1005, usual, 30).density.sum()
    moved = look_ahead(set_by_hand(history, [own]), 1005, usual, 30).density.sum()
    assert moved / (1 - moved) == pytest.approx(plain / (1 - plain) * odds)


def test_a_crowded_month_is_more_likely_and_nobody_is_won_twice() -> None:
    density = np.full((2, 4), [[0.1], [0.25]])
    seasoned = model._seasoned(density, np.array([0.5, 0.5, 2.0, 2.0]))
    assert seasoned[0] == pytest.approx([0.05, 0.05, 0.2, 0.2])
    assert seasoned[1] == pytest.approx([0.1, 0.1, 0.4, 0.4])


def test_the_value_expected_of_an_open_one_is_its_amount() -> None:
    start = date(2025, 1, 6)
    open_one = Case("a", start, ((start, "lead"),), ((start, 123.45),), None, None, "lea", "web")
    outlook = look_ahead(arrays([open_one], "amount"), start.toordinal(), PROBABILITIES, 30)
    assert outlook.value.tolist() == [123.45 * MINOR]


def test_new_business_is_what_opens_on_each_day_and_its_chances_from_that_day_on() -> None:
    visits = [(n, n % 2, 1000 + n, 1003 + n + n % 5, WON, -1) for n in range(150)]
    history, usual, horizon = by_hand(visits), np.array([0.5, 0.5]), 12
    outlook = look_ahead(history, 1149, usual, horizon)
    seen = known(history, 1149)
    found = chances(hazards.fit(seen, usual, int(seen.age.max()) + horizon + 2), horizon).fresh.mean(axis=0)
    told = [sum(found[day - opened] for opened in range(1, day + 1)) for day in range(1, horizon + 1)]
    assert outlook.fresh == pytest.approx(told, rel=1e-9)


def test_visits_of_many_years_are_answered() -> None:
    visits = [(n, 0, 1000, 1000 + 2000 + n, WON, -1) for n in range(20)] + [
        (20, 0, 1000, 4_000_000, LASTS, -1)
    ]
    outlook = look_ahead(by_hand(visits), 1000 + 4000, np.array([0.5]), 30)
    assert outlook.age.tolist() == [4000]
    assert 0 < outlook.density.sum() < 1
