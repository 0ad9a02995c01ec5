"""How stages are used, which to make one, what they may be expected to bring: tables of cases and properties."""

from __future__ import annotations

from datetime import date
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipecli.domain.discovery import (
    MOST_OPEN,
    Practice,
    Use,
    in_groups,
    journey_of,
    merged_groups,
    merges,
    probabilities,
    stale_after,
    uses,
)
from pipecli.domain.importing import Course
from pipecli.domain.importing_steps import Step
from pipecli.domain.journeys import Journey
from pipecli.domain.survival import REACHED, Case, Dwell, Rate, dwell

DAY = date(2026, 1, 1).toordinal()
TODAY = DAY + 400


def life(text: str) -> Journey:
    """`a0 b5 won9`: came to a on day 0, to b on day 5, won on day 9."""
    steps = []
    for word in text.split():
        place = word.rstrip("0123456789")
        steps.append(Step(place, date.fromordinal(DAY + int(word[len(place) :])), None))
    return journey_of(Course(steps[0].on, steps[0].place, None, tuple(steps[1:])), "", None)


def use_of(journeys: list[Journey], stage: str, order: str = "abc") -> Use:
    return uses(journeys, list(order), TODAY)[stage]


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("a0 b5 won9", ["a 0 5", "b 5 9 won"]),
        ("a0 b5 a7 lost9", ["a 0 5", "b 5 7", "a 7 9 lost"]),
        ("a0 a3 b5", ["a 0 5", "b 5 -"]),
        ("a0 won3 b5 lost9", ["a 0 3 won", "b 5 9 lost"]),
        ("a0 won3 won5", ["a 0 3 won"]),
        ("a0 won3 a4", ["a 0 3 won", "a 4 -"]),
    ],
)
def test_an_imported_past_is_a_journey(text: str, told: list[str]) -> None:
    found = [
        f"{s.stage} {s.entered - DAY} {'-' if s.left is None else s.left - DAY}"
        + (f" {s.outcome}" if s.outcome in ("won", "lost") else "")
        for s in life(text).stays
    ]
    assert found == told


def test_the_use_of_a_stage_counts_each_opportunity_once() -> None:
    lives = ["a0 b5 c7 won9", "a0 c4 won6", "a0 b2 a3 b8 lost9", "b0", "a0 b1 a2 b3 a4 lost5", "c1 a2"]
    journeys = [life(text) for text in lives]
    found = use_of(journeys, "b")
    assert (found.entered, found.skipped, found.returned, found.there) == (4, 2, 2, 1)
    assert (found.skipped_share, found.returned_share) == (pytest.approx(2 / 6), 0.5)
    assert (found.days, found.to_win) == (dwell_of([2]), Rate(3, 1))
    assert use_of(journeys, "a").there == 1
    empty = use_of([], "a")
    assert (empty.entered, empty.skipped_share, empty.returned_share) == (0, None, None)


def dwell_of(days: list[int]) -> Dwell:
    from collections import Counter

    return dwell(Counter(Case(n, REACHED) for n in days))


def test_the_days_are_those_of_all_stays_of_won_ones() -> None:
    journeys = [life(f"a0 b{n} a{n + 1} b{n + 2} won{n + 4}") for n in range(1, 12)]
    found = use_of([*journeys, life("a0 lost90")], "a").days
    assert (found.n, found.median.days, found.shortest, found.longest) == (11, 7, 2, 12)


@given(
    st.lists(
        st.lists(st.tuples(st.sampled_from("abc"), st.integers(0, 30)), min_size=1, max_size=6), max_size=25
    ),
    st.sampled_from(["", "won", "lost"]),
)
def test_figures_are_consistent(paths: list[list[tuple[str, int]]], end: str) -> None:
    journeys = []
    for path in paths:
        days, text = 0, []
        for stage, wait in path:
            text.append(f"{stage}{days}")
            days += wait
        journeys.append(life(" ".join([*text, f"{end}{days}"] if end else text)))
    for use in uses(journeys, list("abc"), TODAY).values():
        assert use.entered + use.skipped <= len(journeys)
        assert 0 <= use.returned <= use.entered and 0 <= use.there <= use.entered
        for share in (use.skipped_share, use.returned_share, use.to_win.rate):
            assert share is None or 0 <= share <= 1
        assert use.to_win.k <= use.to_win.n <= use.entered
        assert use.days.n == (use.entered if end == "won" else 0)
    assert sum(use.there for use in uses(journeys, list("abc"), TODAY).values()) == (
        0 if end else len(journeys)
    )


@pytest.mark.parametrize(
    ("rates", "cases", "found"),
    [
        ([0.1, 0.3, 0.6], [100, 50, 20], [10, 30, 60]),
        ([0.3, 0.3, 0.3], [9, 9, 9], [30, 31, 32]),
        ([0.5, 0.2, 0.8], [100, 100, 10], [35, 36, 80]),
        ([None, None, None, None], [0, 0, 0, 0], [10, 33, 57, 80]),
        ([0.2, None, 0.6], [50, 0, 50], [20, 40, 60]),
        ([None, 0.4], [0, 50], [20, 40]),
        ([0.4, None], [50, 0], [40, 70]),
        ([1.0, 1.0], [50, 50], [98, 99]),
        ([0.0, 0.0], [50, 50], [1, 2]),
        ([None], [0], [10]),
    ],
)
def test_probabilities_rise(rates: list[float | None], cases: list[int], found: list[int]) -> None:
    assert probabilities(rates, cases) == found


@given(st.lists(st.tuples(st.none() | st.floats(0, 1), st.integers(0, 500)), min_size=1, max_size=8))
def test_probabilities_always_rise_and_never_say_certain(told: list[tuple[float | None, int]]) -> None:
    found = probabilities([rate for rate, _n in told], [n for _rate, n in told])
    assert all(1 <= percent <= 99 for percent in found)
    assert all(one < other for one, other in pairwise(found))


@pytest.mark.parametrize(
    ("days", "limit"), [([0] * 10, 3), ([5] * 10, 5), ([14] * 10, 14), ([15] * 10, 21), ([30] * 9, None)]
)
def test_a_stage_is_stale_when_nine_in_ten_won_ones_had_left_it(days: list[int], limit: int | None) -> None:
    assert stale_after(dwell_of(days)) == limit


def test_stages_that_tell_opportunities_least_apart_are_made_one() -> None:
    won = [life("a0 b1 c2 d3 won4")] * 20
    lost = [life("a0 b1 lost2")] * 20
    found = merges([*won, *lost], "abcd", {}, most=2)
    assert [(pair.first, pair.second) for pair in found] == [(("c",), ("d",)), (("a",), ("b",))]
    assert merged_groups("abcd", found) == [("a", "b"), ("c", "d")]
    assert merges([], "abc", {"a": 5, "b": 1, "c": 1}, most=2)[0].first == ("b",)


@given(
    st.integers(1, 20),
    st.lists(st.tuples(st.sets(st.integers(0, 19), min_size=1), st.sampled_from(["won", "lost", ""]))),
)
def test_a_draft_never_has_too_many_stages_and_loses_none(n: int, told: list[tuple[set[int], str]]) -> None:
    order = [chr(97 + k) for k in range(n)]
    journeys = [
        life(" ".join([f"{order[k % n]}{k}" for k in sorted(places)] + ([f"{end}30"] if end else [])))
        for places, end in told
    ]
    groups = merged_groups(order, merges(journeys, order, {}))
    assert [stage for group in groups for stage in group] == order
    assert len(groups) == min(n, MOST_OPEN)


def test_stays_that_only_a_dropped_border_parted_are_one() -> None:
    leader = {"a": "a", "b": "a", "c": "c"}
    found = in_groups(life("a0 b3 c5 b7 won9"), leader)
    assert [(s.stage, s.entered - DAY, (s.left or 0) - DAY) for s in found.stays] == [
        ("a", 0, 5), ("c", 5, 7), ("a", 7, 9),
    ]  # fmt: skip
    assert found.status == "won"
    assert len(in_groups(life("a0 won3 b5"), leader).stays) == 2


def practice(**changed: object) -> Practice:
    journeys = [life("a0 b5 c7 won9")] * 99 + [life("a0 b5 won9")]
    order = ("a", "b", "c")
    plain = Practice(
        order, {"a": "A", "b": "B", "c": "C"}, uses(journeys, order, TODAY), {}, 100, 100, 0, 100, 300, 0, (),
        dwell_of([9] * 100),
    )  # fmt: skip
    return plain._replace(**changed)


def test_a_practice_knows_its_open_ones_and_what_is_hardly_used() -> None:
    found = practice(lost=3, total=110)
    assert found.open == 7
    rare = found.uses["c"]._replace(entered=1)
    assert (found.is_hardly_used(rare), found.is_hardly_used(found.uses["a"])) == (True, False)
    assert not practice(told=99).is_hardly_used(rare)
    assert found.leader(("b", "c")) == "b"
