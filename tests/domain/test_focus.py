"""Where attention matters: the rule of rank, stakes crossed by an amount, lines shared between sections."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipecli.domain.facts import WITHOUT_RATE
from pipecli.domain.focus import Doubt, crossed, lines_each, ranked, stakes, uncertainty

from .building import TODAY, criterion, pipeline, stage


@pytest.mark.parametrize(
    ("amount", "chance", "expected"),
    [
        (1000, 0.5, 500),
        (1000, 0.1, 300),
        (1000, 0.9, 300),
        (1000, 0.25, 433),
        (1000, 0, 0),
        (1000, 1, 0),
        (0, 0.5, 0),
    ],
)
def test_uncertainty_is_that_of_an_amount_that_comes_whole_or_not(
    amount: int, chance: float, expected: int
) -> None:
    assert uncertainty(amount, chance) == expected


@given(st.integers(0, 10**14), st.floats(0, 1))
def test_it_is_never_more_than_half_the_amount(amount: int, chance: float) -> None:
    assert 0 <= uncertainty(amount, chance) <= amount / 2 + 1


def test_urgent_ones_come_first_then_the_most_uncertain_and_what_is_certain_not_at_all() -> None:
    doubts = [
        Doubt(1, 100, False),
        Doubt(2, 900, False),
        Doubt(3, 50, True),
        Doubt(4, 70, True),
        Doubt(5, 0, True),
        Doubt(6, 900, False),
    ]

    assert [d.number for d in ranked(doubts)] == [4, 3, 2, 6, 1]


FEASIBLE = criterion("feasible", approval="engineering", when="amount >= 20000")
SIGNED = criterion("signed", approval="engineering")
ABROAD = criterion("abroad", approval="engineering", when="site = 'abroad'")
BIG = criterion("big", compare="amount > 1", when="amount >= 20000")


def test_stakes_are_approvals_that_depend_on_the_amount() -> None:
    found = stakes(pipeline(stage("alpha", exit=(SIGNED, FEASIBLE, ABROAD, BIG))))

    assert [c.key for c in found] == ["feasible"]


@pytest.mark.parametrize(
    ("then", "now", "expected"),
    [
        (19_999, 20_000, True),
        (20_000, 30_000, False),
        (30_000, 10_000, False),
        (10_000, 19_000, False),
        (None, 20_000, True),
        (None, 10_000, False),
        (30_000, None, False),
        (10_000, WITHOUT_RATE, False),
        (WITHOUT_RATE, 20_000, True),
    ],
)
def test_a_stake_is_crossed_by_an_amount_that_did_not_ask_for_an_approval(
    then: Any, now: Any, expected: bool
) -> None:
    assert crossed(FEASIBLE, {"amount": now}, then, TODAY) is expected


def test_only_the_amount_crosses_a_stake() -> None:
    both = criterion("both", approval="engineering", when="amount >= 20000 and site = 'abroad'")

    assert crossed(both, {"amount": 25_000, "site": "abroad"}, 10_000, TODAY)
    assert not crossed(both, {"amount": 25_000, "site": "abroad"}, 22_000, TODAY)
    assert not crossed(both, {"amount": 25_000, "site": "home"}, 10_000, TODAY)


@pytest.mark.parametrize(
    ("counts", "limit", "expected"),
    [
        ([4, 39, 1], 10, [4, 5, 1]),
        ([20, 20, 20], 10, [4, 3, 3]),
        ([2, 3, 1], 10, [2, 3, 1]),
        ([0, 50, 0], 10, [0, 10, 0]),
        ([5, 5, 5], 1, [1, 0, 0]),
        ([5, 6, 7], 0, [5, 6, 7]),
        ([0, 0, 0], 10, [0, 0, 0]),
    ],
)
def test_lines_are_shared_evenly(counts: list[int], limit: int, expected: list[int]) -> None:
    assert lines_each(counts, limit) == expected


@given(st.lists(st.integers(0, 60), min_size=1, max_size=5), st.integers(1, 60))
def test_no_section_starves_and_none_has_more_than_it_needs(counts: list[int], limit: int) -> None:
    lines = lines_each(counts, limit)

    assert sum(lines) == min(limit, sum(counts))
    assert all(0 <= n <= count for n, count in zip(lines, counts, strict=True))
    cut = [n for n, count in zip(lines, counts, strict=True) if n < count]
    assert not cut or max(lines) <= min(cut) + 1
