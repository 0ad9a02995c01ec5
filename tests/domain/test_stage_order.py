"""The order of stages: the known one where opportunities follow one, the best one where they do not agree."""

from __future__ import annotations

from itertools import permutations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipecli.domain import stage_order
from pipecli.domain.stage_order import (
    Entry,
    best_order,
    contradictions,
    mean_positions,
    precedence,
)

LETTERS = "abcdefgh"


def path(text: str) -> list[Entry]:
    """A path through stages of one letter, one a day."""
    return [(letter, day) for day, letter in enumerate(text)]


def order(paths: list[str], stages: str) -> str:
    return "".join(best_order(stages, precedence(map(path, paths))))


@pytest.mark.parametrize(
    ("paths", "stages", "found"),
    [
        (["abc", "ac", "bc"], "cba", "abc"),
        (["abcbcd", "abd", "acd"], "dcba", "abcd"),
        (["ab", "ab", "ba"], "ba", "ab"),
        (["ab", "ba"], "ba", "ba"),
        ([], "cab", "cab"),
        (["ab", "ab", "bc", "bc", "bc", "ca"], "cba", "abc"),
        (["ab", "cd"], "dcba", "cdab"),
    ],
)
def test_the_order_is_the_one_that_fewest_contradict(paths: list[str], stages: str, found: str) -> None:
    assert order(paths, stages) == found


def test_only_the_first_entry_counts_and_entries_of_one_instant_say_nothing() -> None:
    before = precedence([[("a", 1), ("b", 1), ("c", 2), ("a", 3)], [("c", 5), ("b", 4)]])
    assert {one: dict(others) for one, others in before.items()} == {"a": {"c": 1}, "b": {"c": 2}}


@st.composite
def practised(draw: st.DrawFn) -> tuple[list[str], list[list[Entry]]]:
    """A known order, and paths along it: each skips some stages, one in ten goes back once."""
    n = draw(st.integers(2, 14))
    known = [f"s{k}" for k in range(n)]
    paths = []
    for number in range(40):
        kept = [stage for stage in known if draw(st.integers(0, 9)) > 1]
        if number % 10 == 0 and len(kept) > 2:
            at = draw(st.integers(1, len(kept) - 1))
            kept.insert(at + 1, kept[at - 1])
        paths.append([(stage, day) for day, stage in enumerate(kept)])
    whole = [(stage, day) for day, stage in enumerate(known)]
    return known, [*paths, whole]


@given(practised(), st.randoms(use_true_random=False))
def test_a_known_order_with_skips_and_returns_is_found(
    told: tuple[list[str], list[list[Entry]]], random: object
) -> None:
    known, paths = told
    shuffled = list(known)
    random.shuffle(shuffled)  # type: ignore[attr-defined]
    before = precedence(paths)
    assert best_order(shuffled, before) == known
    assert contradictions(known, before) == 0


@given(st.lists(st.text("abcdef", min_size=1, max_size=6), max_size=12))
def test_no_order_is_contradicted_less(paths: list[str]) -> None:
    before = precedence(map(path, paths))
    found = best_order("abcdef", before)
    assert sorted(found) == list("abcdef")
    assert contradictions(found, before) == min(contradictions(o, before) for o in permutations("abcdef"))


@given(st.lists(st.text("abcdefghijklmnop", min_size=2, max_size=9), max_size=30))
def test_moving_stages_one_by_one_never_ends_worse_than_it_began(paths: list[str]) -> None:
    stages = "abcdefghijklmnop"
    before = precedence(map(path, paths))
    found = stage_order._moved_into_place(stages, before)
    assert sorted(found) == sorted(stages)
    assert contradictions(found, before) <= contradictions(stages, before)


def test_five_hundred_stages_are_ordered() -> None:
    stages = [f"s{n}" for n in range(500)]
    paths = [[(stages[k], k) for k in range(start, min(500, start + 6))] for start in range(0, 498)]
    assert best_order(stages[::-1], precedence(paths)) == stages


def test_how_far_along_stages_stand_is_told_by_ten_at_least() -> None:
    paths = [path("abc")] * 10 + [path("d")] * 20 + [path("ae")] * 9
    assert mean_positions(paths) == {"a": 0.0, "b": 0.5, "c": 1.0}
    assert mean_positions([[("a", 1), ("b", 1)]] * 10) == {"a": 0.5, "b": 0.5}
