"""Rates and durations with cases that are not over: held against their textbook formulas."""

from collections import Counter
from collections.abc import Sequence

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipecli.domain.survival import (
    FEWEST_CASES,
    MISSED,
    OPEN,
    REACHED,
    Case,
    Dwell,
    Quantile,
    Rate,
    dwell,
    ended,
    interval,
    plain_rate,
    rate,
    worth_in_cases,
)

CASE = st.builds(Case, st.integers(0, 40), st.sampled_from([REACHED, MISSED, OPEN]))
CASES = st.lists(CASE, min_size=1, max_size=60)
CLOSED = [Case(days, outcome) for days in (2, 5, 9, 14, 20) for outcome in (REACHED, MISSED)]
MANY = CASES.map(lambda more: [*CLOSED, *more])
"""Enough that ended for a rate."""


def cases(reached: str = "", missed: str = "", still: str = "") -> Counter[Case]:
    """Cases by how they ended: the days of each."""
    days = ((reached, REACHED), (missed, MISSED), (still, OPEN))
    return Counter(Case(int(day), outcome) for text, outcome in days for day in text.split())


def incidence(found: Sequence[Case]) -> tuple[float, float]:
    """Aalen and Johansen's cumulative incidence of both ends, as the textbook adds it up day by day."""
    surviving, sums = 1.0, {REACHED: 0.0, MISSED: 0.0}
    for day in sorted({case.days for case in found}):
        at_risk = sum(case.days >= day for case in found)
        exits = {end: sum(case == Case(day, end) for case in found) for end in sums}
        for end in sums:
            sums[end] += surviving * exits[end] / at_risk
        surviving *= 1 - sum(exits.values()) / at_risk
    return sums[REACHED], sums[MISSED]


@pytest.mark.parametrize(
    "k, n, low, high",
    [(8, 10, 0.4902, 0.9433), (0, 20, 0.0, 0.1611), (20, 20, 0.8389, 1.0), (81, 263, 0.2553, 0.3662)],
)
def test_the_interval_is_wilsons(k: int, n: int, low: float, high: float) -> None:
    assert interval(k / n, n) == pytest.approx((low, high), abs=5e-5)
    assert plain_rate(k, n) == (n, k, k / n, *interval(k / n, n))


@pytest.mark.parametrize("n", range(FEWEST_CASES))
def test_under_ten_cases_there_is_no_rate(n: int) -> None:
    assert plain_rate(n // 2, n) == Rate(n, n // 2)
    assert rate(Counter({Case(3, REACHED): n, Case(5, OPEN): 40})) == Rate(n, n)


def test_ten_ended_cases_make_a_rate() -> None:
    found = rate(cases("1 2 3 4 5 6 7", "1 2 3"))
    assert (found.n, found.k, found.rate) == (10, 7, pytest.approx(0.7))
    assert (found.low, found.high) == pytest.approx(interval(0.7, 10))


def test_what_is_lost_late_counts_for_those_still_open() -> None:
    """Ten were won on their second day; of the thirty others ten gave up on the ninth, and twenty are younger."""
    found = rate(Counter({Case(2, REACHED): 10, Case(9, MISSED): 10, Case(5, OPEN): 20}))
    assert (found.n, found.k) == (20, 10)
    assert found.rate == pytest.approx(0.25)  # ten of forty, where the closed ones alone say half


def test_open_cases_older_than_all_that_ended_change_nothing() -> None:
    closed = cases("1 2 3 4 5 6", "2 3 4 5")
    assert rate(closed + cases(still="30 31 32")) == rate(closed)


def test_an_open_case_hands_its_weight_on_to_those_that_lasted_longer() -> None:
    found = ended(cases("1", "4", "2 9"))
    assert [(one.case.days, one.n, one.weight) for one in found] == [(1, 1, 1.0), (4, 1, 1.5)]


def test_of_one_day_the_open_ones_come_last() -> None:
    assert [one.weight for one in ended(cases("3", "", "3 3"))] == [1.0]


@given(CASES)
def test_it_is_the_estimate_of_aalen_and_johansen(found: list[Case]) -> None:
    masses = {REACHED: 0.0, MISSED: 0.0}
    for one in ended(Counter(found)):
        masses[one.case.outcome] += one.mass / len(found)
    assert (masses[REACHED], masses[MISSED]) == pytest.approx(incidence(found))


@given(MANY)
def test_a_rate_lies_in_its_interval(found: list[Case]) -> None:
    told = rate(Counter(found))
    assert told.n == sum(case.outcome != OPEN for case in found)
    assert told.rate is not None and told.low is not None and told.high is not None
    assert 0 <= told.low <= told.rate + 1e-9 and told.rate - 1e-9 <= told.high <= 1


@given(MANY, st.integers(1, 50))
def test_what_has_only_begun_says_nothing(found: list[Case], begun: int) -> None:
    later = Counter(Case(days + 1, outcome) for days, outcome in found)
    before, after = rate(later), rate(later + Counter({Case(0, OPEN): begun}))
    assert (after.n, after.k) == (before.n, before.k)
    assert after == pytest.approx(before)


@given(MANY)
def test_weighted_cases_are_worth_no_more_than_they_are(found: list[Case]) -> None:
    told = ended(Counter(found))
    n = sum(one.n for one in told)
    assert 1 - 1e-9 <= worth_in_cases(told) <= n + 1e-9
    assert worth_in_cases(told) == pytest.approx(n) or any(case.outcome == OPEN for case in found)


# Remission in weeks under 6-mercaptopurine (Freireich and others 1963), the textbook case of Kaplan and Meier.
REMISSIONS = cases("6 6 6 7 10 13 16 22 23", "", "6 9 10 11 17 19 20 25 32 32 34 35")


def test_the_median_is_that_of_kaplan_and_meier() -> None:
    twice = REMISSIONS + REMISSIONS  # so that enough of them ended
    assert dwell(twice) == Dwell(42, 18, Quantile(days=23), Quantile(over=35), 6, 23)


def test_the_median_of_few_ended_ones_is_not_told() -> None:
    assert dwell(REMISSIONS) == Dwell(21, 9, Quantile(), Quantile(over=35), 6, 23)


@pytest.mark.parametrize(
    "found, expected",
    [
        (Counter(), Dwell(0, 0)),
        (cases("3 9", "", "4"), Dwell(3, 2, shortest=3, longest=9)),
        (cases("", "", "4 5"), Dwell(2, 0)),
        (
            cases("1 2 3 4 5 6 7 8 9 10"),
            Dwell(10, 10, Quantile(days=5), Quantile(days=9), 1, 10),
        ),
        (
            cases("1 2 3 4 5", "6 7 8 9 10"),  # whatever their end
            Dwell(10, 10, Quantile(days=5), Quantile(days=9), 1, 10),
        ),
        (
            cases("1", "", "20 20 20 20 20 20 20 20 30"),
            Dwell(10, 1, Quantile(over=30), Quantile(over=30), 1, 1),
        ),
    ],
)
def test_how_long_cases_take(found: Counter[Case], expected: Dwell) -> None:
    assert dwell(found) == expected


@given(MANY)
def test_the_median_comes_before_the_p90(found: list[Case]) -> None:
    told = dwell(Counter(found))
    assert told.shortest is not None and told.longest is not None
    if told.median.days is not None and told.p90.days is not None:
        assert told.shortest <= told.median.days <= told.p90.days <= told.longest
    elif told.p90.days is None:  # what half of them took can be known where what nine in ten took is not
        assert told.p90.over == max(case.days for case in found)
    assert told.median.days is not None or told.p90.days is None
