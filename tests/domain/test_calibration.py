"""Probabilities from the record: censoring, few cases, order, bounds; and the truth found in a simulated pipeline."""

from itertools import pairwise
from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipecli.domain.calibration import Rule, Suggestion, rising, suggest, win_chance
from pipecli.domain.survival import FEWEST_CASES, MISSED, OPEN, REACHED, Case, Cases


def record(won: int, lost: int, open_: int = 0) -> Cases:
    """All closed after ten days, all open for five."""
    return Cases({Case(10, REACHED): won, Case(10, MISSED): lost, Case(5, OPEN): open_})


def one(cases: Cases, percent: int = 50, least: int = 1, most: int = 99) -> Suggestion:
    (found,) = suggest([Rule("a", percent, least, most)], {"a": cases})
    return found


def test_without_open_ones_it_is_the_share_of_wins() -> None:
    assert win_chance(record(3, 7), 0.9) == pytest.approx(0.3)


def test_open_ones_count_while_they_last() -> None:
    # Aalen–Johansen by hand: of 4, one lost on day 1; one open left on day 2; of 2, one won on day 3; the last open.
    cases = Cases([Case(1, MISSED), Case(2, OPEN), Case(3, REACHED), Case(9, OPEN)])
    assert win_chance(cases, 0.0) == pytest.approx(0.75 * 0.5)
    assert win_chance(cases, 1.0) == pytest.approx(0.75)


def test_what_is_open_on_the_day_of_an_end_was_there_for_it() -> None:
    assert win_chance(Cases([Case(1, OPEN), Case(1, REACHED)]), 0.0) == pytest.approx(0.5)


CASES = st.builds(Case, st.integers(0, 60), st.sampled_from([REACHED, MISSED, OPEN]))


@given(st.lists(CASES, min_size=1, max_size=40), st.floats(0, 1))
def test_a_chance_is_one_and_that_of_a_loss_is_the_rest(cases: list[Case], otherwise: float) -> None:
    swap = {REACHED: MISSED, MISSED: REACHED, OPEN: OPEN}
    chance = win_chance(Cases(cases), otherwise)
    other = win_chance(Cases(Case(days, swap[how]) for days, how in cases), 1 - otherwise)
    assert -1e-9 <= chance <= 1 + 1e-9
    assert chance + other == pytest.approx(1)


def test_a_suggestion_leans_on_the_definition_as_on_three_cases() -> None:
    assert one(record(30, 70), percent=90) == Suggestion("a", 90, 32, 30, 70, 0, 24, 41, None)
    assert one(record(4, 6), percent=90).suggested == 52  # (4 + 2.7) / 13


def test_few_cases_keep_the_definitions_own() -> None:
    found = one(record(9, 0, 50), percent=20)
    assert (found.suggested, found.low, found.high, found.held_by) == (20, None, None, "few_cases")
    assert found.closed == FEWEST_CASES - 1
    assert one(record(10, 0, 50), percent=20).held_by is None


def test_nobody_is_certain() -> None:
    assert (one(record(500, 0)).suggested, one(record(0, 500)).suggested) == (99, 1)


def test_bounds_hold_and_say_so() -> None:
    found = one(record(90, 10), percent=40, least=25, most=60)
    assert (found.suggested, found.held_by) == (60, "bounds")


def test_probabilities_that_would_fall_meet_by_their_weight() -> None:
    rules = [Rule("a", 20, 1, 99), Rule("b", 30, 1, 99)]
    first, second = suggest(rules, {"a": record(60, 40), "b": record(20, 80)})
    assert first.suggested == second.suggested == 40
    assert (first.held_by, second.held_by) == ("order", "order")
    assert (first.low, second.high) == (49, 29)


def test_a_stage_of_few_cases_gives_way_to_one_of_many() -> None:
    rules = [Rule("a", 20, 1, 99), Rule("b", 30, 1, 99), Rule("c", 90, 1, 99)]
    first, second, third = suggest(rules, {"a": record(600, 400), "b": record(1, 1)})
    assert (first.suggested, second.suggested, third.suggested) == (60, 60, 90)
    assert (first.held_by, second.held_by, third.held_by) == (None, "order", "few_cases")


def test_bounds_of_one_stage_hold_its_neighbours_in_order() -> None:
    rules = [Rule("a", 20, 1, 99), Rule("b", 30, 25, 40), Rule("c", 50, 1, 99)]
    cases = {"a": record(70, 30), "b": record(75, 25), "c": record(80, 20)}
    assert [s.suggested for s in suggest(rules, cases)] == [40, 40, 79]


def test_a_stage_that_is_no_more_is_passed_over() -> None:
    (found,) = suggest([Rule("a", 50, 1, 99)], {"gone": record(50, 0), "a": record(50, 50)})
    assert found.closed == 100


VALUES = st.lists(st.tuples(st.floats(0, 100), st.floats(1, 100)), max_size=8)


@given(VALUES)
def test_rising_values_rise_and_keep_their_mean(pairs: list[tuple[float, float]]) -> None:
    values, weights = [v for v, _w in pairs], [w for _v, w in pairs]
    found = rising(values, weights)
    assert all(b >= a - 1e-9 for a, b in pairwise(found))
    assert sum(v * w for v, w in zip(found, weights, strict=True)) == pytest.approx(
        sum(v * w for v, w in zip(values, weights, strict=True))
    )
    assert rising(sorted(values), weights) == sorted(values)


@st.composite
def pipelines(draw: st.DrawFn) -> tuple[list[Rule], dict[str, Cases]]:
    """Rules that a definition may have, and any record."""
    percents = sorted(draw(st.lists(st.integers(0, 100), min_size=1, max_size=7)))
    rules, cases = [], {}
    for n, percent in enumerate(percents):
        least, most = draw(st.integers(0, percent)), draw(st.integers(percent, 100))
        rules.append(Rule(str(n), percent, least, most))
        counts = draw(st.tuples(*[st.integers(0, 30)] * 3))
        cases[str(n)] = record(*counts)
    return rules, cases


@given(pipelines())
def test_suggestions_never_fall_and_stay_within_bounds(
    given_: tuple[list[Rule], dict[str, Cases]],
) -> None:
    rules, cases = given_
    found = suggest(rules, cases)
    percents = [s.suggested for s in found]
    assert percents == sorted(percents)
    assert all(r.least <= s.suggested <= r.most for r, s in zip(rules, found, strict=True))
    assert all((s.low is None) == (s.closed < FEWEST_CASES) for s in found)


@pytest.mark.parametrize(("truth", "to_win", "to_lose"), [(0.3, 90, 30), (0.7, 30, 60), (0.1, 60, 60)])
def test_the_truth_is_found_though_wins_take_longer(truth: float, to_win: int, to_lose: int) -> None:
    """200 opportunities opened over a year, seen at its end; the share of wins among the closed ones would be off."""
    random = Random(1)
    held = 0
    for _round in range(200):
        cases = []
        for _n in range(200):
            is_won = random.random() < truth
            days = random.gammavariate(2, (to_win if is_won else to_lose) / 2)
            seen = random.uniform(0, 365)
            outcome = OPEN if days > seen else REACHED if is_won else MISSED
            cases.append(Case(int(min(days, seen)), outcome))
        found = one(Cases(cases))
        assert found.low is not None and found.high is not None
        held += found.low <= 100 * truth <= found.high
    assert held >= 180  # 95 in 100 are promised
