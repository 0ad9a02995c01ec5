"""What owners and sources bring and hold."""

import pytest

from pipecli.domain.performance import Holding, Tally, by_owner, by_source, holding, tally
from pipecli.domain.survival import Rate

from .test_journeys import TODAY, lived

LIVES = [
    lived("lead@0 won@5", worth=4000, exchanges=3, source="fair"),
    lived("lead@0 won@5", worth=None, exchanges=1, source="fair"),
    lived("lead@0 lost@5", worth=9000, exchanges=5),
    lived("lead@0", worth=2000, exchanges=2)._replace(owner="marc"),
    lived("lead@0", no_rate="USD")._replace(owner="marc"),
]


def test_a_tally_counts_all_and_prices_what_is_won() -> None:
    assert tally(LIVES, TODAY) == Tally(5, 2, 1, Rate(3, 2), 4000, 1, 11)


def test_what_is_open_in_one_hand() -> None:
    assert holding(LIVES) == Holding(2, 2000, 1)
    assert holding([]) == Holding()


def test_groups() -> None:
    assert {owner: len(found) for owner, found in by_owner(LIVES).items()} == {"lea": 3, "marc": 2}
    assert {source: len(found) for source, found in by_source(LIVES).items()} == {"fair": 2, None: 3}


@pytest.mark.parametrize(
    "won, priced, amount, per_win, per_thousand",
    [
        (10, 10, 500_000, 4.0, 8.0),
        (10, 9, 500_000, 4.0, None),  # the tenth has no amount
        (9, 9, 500_000, None, None),
        (10, 10, 0, 4.0, None),
        (0, 0, 0, None, None),
    ],
)
def test_what_a_win_takes(
    won: int, priced: int, amount: int, per_win: float | None, per_thousand: float | None
) -> None:
    found = Tally(50, won, 5, Rate(0, 0), amount, won - priced, 40)
    assert (found.exchanges_per_win, found.exchanges_per(100_000)) == (per_win, per_thousand)
