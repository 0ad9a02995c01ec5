"""Why the forecast moved: one opportunity in two states, and all of them in parts that add up."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipecli.domain.changes import KINDS, Changes, Part, Standing, changes, is_counted, last_monday, shares

OPEN, WON, LOST = "open", "won", "lost"


def open_(amount: int = 1000, percent: int = 50, *, counts: bool = True) -> Standing:
    return Standing(OPEN, amount, percent, counts)


def won(amount: int = 1000, *, counts: bool = True) -> Standing:
    return Standing(WON, amount, 100, counts)


GONE = Standing(LOST, 1000, 0, False)
OUT = open_(counts=False)

CASES: dict[str, tuple[Standing | None, Standing | None, list[tuple[str, int]]]] = {
    "nothing happened": (open_(), open_(), []),
    "opened": (None, open_(), [("new", 50_000)]),
    "opened and won": (None, won(), [("new", 100_000)]),
    "opened, to be closed later": (None, OUT, []),
    "opened and lost": (None, GONE, []),
    "won": (open_(), won(), [("won", 50_000)]),
    "won for more": (open_(), won(1200), [("won", 70_000)]),
    "won for much less": (open_(), won(400), [("won", -10_000)]),
    "won, expected later": (OUT, won(), [("won", 100_000)]),
    "won outside the period": (open_(), won(counts=False), [("won", -50_000)]),
    "lost": (open_(), GONE, [("lost", -50_000)]),
    "lost, was not in the period": (OUT, GONE, []),
    "a win that was lost": (won(), GONE, [("lost", -100_000)]),
    "merged": (open_(), None, [("merged", -50_000)]),
    "pulled in": (OUT, open_(), [("pulled_in", 50_000)]),
    "pushed out": (open_(), OUT, [("pushed_out", -50_000)]),
    "amount up": (open_(), open_(1200), [("amount_up", 10_000)]),
    "amount down": (open_(), open_(800), [("amount_down", -10_000)]),
    "a first amount": (open_(0), open_(), [("amount_up", 50_000)]),
    "an amount of a win corrected": (won(), won(900), [("amount_down", -10_000)]),
    "a stage further": (open_(), open_(percent=75), [("probability", 25_000)]),
    "a stage back": (open_(), open_(percent=25), [("probability", -25_000)]),
    "a win reopened": (won(), open_(), [("reopened", -50_000)]),
    "a loss reopened": (GONE, open_(), [("reopened", 50_000)]),
    "a loss reopened and won": (GONE, won(), [("won", 100_000)]),
    "the amount at the old probability, the probability on the new amount": (
        open_(1000, 50),
        open_(2000, 75),
        [("amount_up", 50_000), ("probability", 50_000)],
    ),
    "pulled in as it was, then the rest": (
        open_(1000, 50, counts=False),
        open_(800, 75),
        [("pulled_in", 50_000), ("amount_down", -10_000), ("probability", 20_000)],
    ),
    "pushed out as it was, and nothing else": (
        open_(1000, 50),
        open_(2000, 75, counts=False),
        [("pushed_out", -50_000)],
    ),
}


@pytest.mark.parametrize("name", CASES)
def test_one_opportunity_in_two_states(name: str) -> None:
    before, after, expected = CASES[name]

    assert shares(before, after) == expected


DAYS = {"as_of": date(2026, 3, 16), "start": date(2026, 3, 1), "until": date(2026, 6, 30)}


@pytest.mark.parametrize(
    ("status", "day", "expected"),
    [
        (OPEN, date(2026, 3, 16), True),
        (OPEN, date(2026, 6, 30), True),
        (OPEN, date(2026, 7, 1), False),
        (OPEN, date(2026, 3, 15), False),  # lapsed
        (OPEN, None, False),
        (WON, date(2026, 3, 1), True),
        (WON, date(2026, 2, 28), False),
        (WON, date(2026, 3, 16), True),
        (WON, date(2026, 3, 17), False),
        (LOST, date(2026, 3, 16), False),
    ],
)
def test_what_the_forecast_of_the_period_has_in_its_number(
    status: str, day: date | None, expected: bool
) -> None:
    assert is_counted(status, day, **DAYS) is expected


@pytest.mark.parametrize(("today", "monday"), [(2, 23), (3, 2), (8, 2), (9, 2)])
def test_the_last_monday_is_before_today(today: int, monday: int) -> None:
    expected = date(2026, 3, monday) if monday < 20 else date(2026, 2, monday)

    assert last_monday(date(2026, 3, today)) == expected
    assert expected.weekday() == 0


def test_parts_come_in_their_order_with_the_largest_first() -> None:
    found = changes(
        [
            (1, open_(), GONE),
            (2, None, open_(1000)),
            (3, None, open_(5000)),
            (4, open_(), open_(600)),
            (5, None, open_(1000)),
        ]
    )

    assert found == Changes(
        1000,
        3800,
        (
            Part("new", 3500, ((3, 2500), (2, 500), (5, 500))),
            Part("lost", -500, ((1, -500),)),
            Part("amount_down", -200, ((4, -200),)),
        ),
    )
    assert found.difference == 2800


def test_nothing_moves_nothing() -> None:
    assert changes([]) == Changes(0, 0, ())
    assert changes([(1, open_(), open_())]) == Changes(500, 500, ())


def test_what_does_not_divide_goes_to_the_largest_remainder() -> None:
    """3 + 3 + 3 at 50 % is 4.5, shown as 5: two of them are rounded up."""
    found = changes((n, None, open_(3)) for n in (1, 2, 3))

    assert (found.after, found.parts[0].opportunities) == (5, ((1, 2), (2, 2), (3, 1)))


STANDINGS = st.one_of(
    st.none(),
    st.just(GONE),
    st.builds(Standing, st.just(OPEN), st.integers(0, 10**9), st.integers(0, 100), st.booleans()),
    st.builds(Standing, st.just(WON), st.integers(0, 10**9), st.just(100), st.booleans()),
)
PAIRS = st.lists(st.tuples(STANDINGS, STANDINGS), max_size=30).map(
    lambda pairs: [(n, before, after) for n, (before, after) in enumerate(pairs, 1)]
)
MIRRORED = {
    "pulled_in": "pushed_out",
    "pushed_out": "pulled_in",
    "amount_up": "amount_down",
    "amount_down": "amount_up",
}


@given(STANDINGS, STANDINGS)
def test_the_shares_of_one_add_up_to_its_difference(before: Standing | None, after: Standing | None) -> None:
    found = shares(before, after)

    difference = (after.cents if after else 0) - (before.cents if before else 0)
    assert sum(cents for _kind, cents in found) == difference
    assert all(cents for _kind, cents in found)
    assert len({kind for kind, _cents in found}) == len(found)


@given(PAIRS)
def test_the_parts_add_up_after_rounding_too(
    pairs: list[tuple[int, Standing | None, Standing | None]],
) -> None:
    found = changes(pairs)

    assert sum(part.amount for part in found.parts) == found.after - found.before == found.difference
    for part in found.parts:
        assert part.kind in KINDS
        assert sum(amount for _number, amount in part.opportunities) == part.amount
        exact = sum(
            cents for _n, before, after in pairs for kind, cents in shares(before, after) if kind == part.kind
        )
        assert abs(100 * part.amount - exact) <= 100 * len(part.opportunities)


@given(PAIRS)
def test_swapped_days_negate_the_difference(
    pairs: list[tuple[int, Standing | None, Standing | None]],
) -> None:
    there, back = changes(pairs), changes((n, after, before) for n, before, after in pairs)

    assert (back.before, back.after) == (there.after, there.before)
    assert back.difference == -there.difference


@given(st.integers(0, 10**9), st.integers(0, 10**9), st.integers(0, 100), st.integers(0, 100))
def test_swapped_days_mirror_what_changed_alone(a: int, b: int, p: int, q: int) -> None:
    singles = [
        (open_(a, p), open_(b, p)),
        (open_(a, p), open_(a, q)),
        (open_(a, p), OUT._replace(amount=a, percent=p)),
    ]
    for before, after in singles:
        mirrored = [(MIRRORED.get(kind, kind), -cents) for kind, cents in shares(before, after)]
        assert shares(after, before) == mirrored
