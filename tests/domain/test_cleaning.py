"""What is to be settled: each trouble, since when, and in which order."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipecli.domain import cleaning
from pipecli.domain.cleaning import KINDS, Claim, Stake, Standing, Trouble, is_kept, ranked, troubles

TODAY = date(2026, 3, 2)


def ago(days: int) -> date:
    return TODAY - timedelta(days)


def standing(**what: Any) -> Standing:
    """One in order: opened a month ago, talked about a week ago, priced, with a next action tomorrow."""
    plain: dict[str, Any] = {
        "number": 1, "opened_on": ago(30), "quiet_since": ago(7), "shield_until": ago(-1), "stale_after": 14,
        "is_stale": False, "unproven_since": None, "close_date": ago(-30), "next_due": ago(-1), "is_priced": True,
        "twin": None,
    }  # fmt: skip
    return Standing(**(plain | what))


def test_what_is_in_order_has_no_trouble() -> None:
    assert troubles(standing(), 100, TODAY) == ()


@pytest.mark.parametrize(
    ("what", "found"),
    [
        ({"twin": 7}, [("duplicate", 30)]),
        ({"is_stale": True, "quiet_since": ago(20), "shield_until": None}, [("stale", 5)]),
        ({"is_stale": True, "quiet_since": ago(40), "shield_until": ago(3)}, [("stale", 2)]),
        ({"is_stale": True, "stale_after": None}, [("stale", 0)]),
        ({"unproven_since": ago(9)}, [("unproven", 9)]),
        ({"close_date": ago(1)}, [("past_close_date", 1)]),
        ({"close_date": TODAY}, []),
        ({"close_date": None}, [("no_close_date", 30)]),
        ({"next_due": None, "shield_until": None}, [("no_next_action", 30)]),
        ({"is_priced": False}, [("unpriced", 30)]),
        (
            {"is_priced": False, "twin": 7, "close_date": ago(2), "unproven_since": ago(3)},
            [("duplicate", 30), ("unproven", 3), ("past_close_date", 2), ("unpriced", 30)],
        ),
    ],
)
def test_what_is_wrong_and_since_when(what: dict[str, Any], found: list[tuple[str, int]]) -> None:
    assert troubles(standing(**what), None, TODAY) == tuple(Trouble(kind, ago(days)) for kind, days in found)


@pytest.mark.parametrize(
    ("what", "longest", "dead"),
    [
        ({"quiet_since": ago(91), "shield_until": None, "next_due": None}, None, True),
        ({"quiet_since": ago(90), "shield_until": None, "next_due": None}, None, False),
        ({"quiet_since": ago(91), "shield_until": ago(80), "next_due": ago(80)}, None, True),
        ({"quiet_since": ago(91), "shield_until": ago(80), "next_due": ago(-2)}, None, False),
        ({"quiet_since": ago(91), "shield_until": TODAY, "next_due": TODAY}, None, False),
        ({"is_stale": True, "shield_until": None, "opened_on": ago(101)}, 100, True),
        ({"is_stale": True, "shield_until": None, "opened_on": ago(100)}, 100, False),
        ({"is_stale": True, "shield_until": None, "opened_on": ago(101)}, None, False),
        ({"is_stale": False, "shield_until": None, "opened_on": ago(101)}, 100, False),
    ],
)
def test_dead_is_silent_without_a_plan_or_older_than_anything_won(
    what: dict[str, Any], longest: int | None, dead: bool
) -> None:
    kinds = [t.kind for t in troubles(standing(**what), longest, TODAY)]
    assert ("dead" in kinds) is dead
    assert not {"dead", "stale"} <= set(kinds)


def test_the_longest_cycle_needs_enough_that_was_won() -> None:
    assert cleaning.longest_cycle([30] * 9) is None
    assert cleaning.longest_cycle([30] * 9 + [80]) == 80


@given(
    st.builds(
        standing,
        is_stale=st.booleans(),
        quiet_since=st.integers(0, 200).map(ago),
        shield_until=st.none() | st.integers(-9, 99).map(ago),
        next_due=st.none() | st.integers(-9, 99).map(ago),
        close_date=st.none() | st.integers(-9, 99).map(ago),
        unproven_since=st.none() | st.integers(0, 99).map(ago),
        twin=st.none() | st.just(2),
        is_priced=st.booleans(),
    )
)
def test_troubles_come_in_one_order_once_each_and_are_not_to_come(s: Standing) -> None:
    found = troubles(s, 20, TODAY)
    kinds = [t.kind for t in found]
    assert kinds == [kind for kind in KINDS if kind in kinds]
    assert all(t.since <= TODAY for t in found)


def test_most_at_stake_comes_first_and_what_is_not_known_last() -> None:
    assert ranked([Stake(1, None), Stake(2, 5), Stake(3, 50), Stake(4, 5), Stake(5, None), Stake(6, 0)]) == [
        3, 2, 4, 6, 1, 5,
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("older", "other", "kept"),
    [
        (Claim(1, True, True, ""), Claim(1, True, True, ""), True),
        (Claim(1, True, True, "2026-03-01"), Claim(2, False, False, ""), False),
        (Claim(1, False, True, "2026-03-01"), Claim(1, True, False, ""), False),
        (Claim(1, True, False, "2026-03-01"), Claim(1, True, True, ""), False),
        (Claim(1, True, True, "2026-02-01"), Claim(1, True, True, "2026-03-01"), False),
    ],
)
def test_which_of_two_is_kept(older: Claim, other: Claim, kept: bool) -> None:
    assert is_kept(older, other) is kept
