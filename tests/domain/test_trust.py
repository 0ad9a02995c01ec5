"""Which of the two forecasts is believed, and the sentence that says why."""

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipecli.domain.trust import FEWEST_CLOSED, FEWEST_DAYS, Track, Trust, judge


def days(n: int, *, said: float = 90, weighted: float = 150, came: float = 100) -> list[Track]:
    """So many past Mondays on which the history forecast missed by 10 and the rules by 50, of 100."""
    first = date(2026, 1, 5)
    return [Track(first + timedelta(7 * k), said, weighted, came) for k in range(n)]


def closer(k: int, n: int) -> str:
    return (
        "the history forecast came closer to what came in the 30 days after than the weighted one "
        f"on {k} of {n} past days (40 closed opportunities)"
    )


def missed(n: int, by: int, weighted_by: int) -> str:
    return (
        f"over {n} past days the history forecast missed what came in the 30 days after by {by} %, "
        f"the weighted one by {weighted_by} % (40 closed opportunities)"
    )


CASES: dict[str, tuple[list[Track], int, bool, str]] = {
    "none closed": ([], 0, False, "no opportunity is closed yet: there is nothing to learn from"),
    "one closed": (days(30), 1, False, "only 1 opportunity is closed: too few to learn from"),
    "nine closed": (days(30), 9, False, "only 9 opportunities are closed: too few to learn from"),
    "no day is over": (
        [],
        10,
        False,
        "too few past forecasts are over to hold it against what came (0 of 8)",
    ),
    "seven days are over": (
        days(7),
        40,
        False,
        "too few past forecasts are over to hold it against what came (7 of 8)",
    ),
    "nothing was won": (days(12, came=0), 40, False, "nothing was won in the time it could be held against"),
    "under ten days: a count": (days(8), 40, True, closer(8, 8)),
    "under ten days: what counts is how often, as it says": (
        [*days(6), *days(3, said=500, weighted=100)],
        40,
        True,
        closer(6, 9),
    ),
    "under ten days, closer on half of them": ([*days(4), *days(4, said=500)], 40, False, closer(4, 8)),
    "ten days: percentages": (days(10), 40, True, missed(10, 10, 50)),
    "the rules said nothing": (
        days(20, weighted=0),
        40,
        True,
        "over 20 past days the history forecast missed what came in the 30 days after by 10 %; the weighted one said "
        "nothing on any of them, so that there is nothing to compare it with (40 closed opportunities)",
    ),
    "the rules said nothing, and it was no better": (
        days(8, weighted=0, said=250),
        40,
        False,
        "over 8 past days the history forecast missed what came in the 30 days after by 150 %; the weighted one said "
        "nothing on any of them, so that there is nothing to compare it with (40 closed opportunities)",
    ),
    "worse": (days(20, said=170), 40, False, missed(20, 70, 50)),
    "equal": (days(20, said=50), 40, False, missed(20, 50, 50)),
}


@pytest.mark.parametrize("name", CASES)
def test_who_is_believed_and_why(name: str) -> None:
    track, closed, trusted, why = CASES[name]
    found = judge(track, closed, 30)
    assert (found.trusted, found.why, found.n_closed) == (trusted, why, closed)


def test_both_misses_are_absolute_errors_over_what_came() -> None:
    track = [*days(4, said=120, weighted=0, came=100), *days(4, said=0, weighted=0, came=0)]
    found = judge(track, 40, 14)
    assert (found.missed, found.weighted_missed) == (0.2, 1.0)
    assert "in the 14 days after" in found.why


@pytest.mark.parametrize("track", [[], days(12, came=0)])
def test_without_anything_that_came_there_is_no_miss(track: list[Track]) -> None:
    assert judge(track, 40, 30)[3:] == (None, None)


FIGURES = st.integers(0, 1000)
TRACKS = st.lists(st.builds(Track, st.just(date(2026, 1, 5)), FIGURES, FIGURES, FIGURES), max_size=30)


@given(TRACKS, st.integers(0, 40))
def test_it_is_never_believed_on_too_little_or_where_the_rules_did_as_well(
    track: list[Track], closed: int
) -> None:
    found: Trust = judge(track, closed, 30)
    enough = closed >= FEWEST_CLOSED and len(track) >= FEWEST_DAYS and any(t.came for t in track)
    said, weighted = ([abs(getattr(t, of) - t.came) for t in track] for of in ("said", "weighted"))
    closer = sum(a < b for a, b in zip(said, weighted, strict=True))
    better = sum(said) < sum(weighted) if len(track) >= 10 else closer > len(track) / 2
    assert found.trusted == (enough and better)


@given(TRACKS, st.integers(0, 40))
def test_under_ten_days_no_percentage_is_quoted(track: list[Track], closed: int) -> None:
    assert ("%" in judge(track, closed, 30).why) <= (len(track) >= 10)
