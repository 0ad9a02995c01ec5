"""What owners and sources bring: how many they win, what that is worth, what it took, and what rests on whom."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import NamedTuple

from .journeys import LOST, WON, Journey
from .statistics import win_rate
from .survival import FEWEST_CASES, Rate


class Tally(NamedTuple):
    """Opportunities of one owner or one source, in minor units where priced; `won_unpriced` have no amount, or no rate.

    `exchanges` are those on all of them, whatever became of them.
    """

    n: int
    won: int
    lost: int
    win_rate: Rate
    won_amount: int
    won_unpriced: int
    exchanges: int

    @property
    def exchanges_per_win(self) -> float | None:
        """What a win took; None under `FEWEST_CASES` wins."""
        return self.exchanges / self.won if self.won >= FEWEST_CASES else None

    def exchanges_per(self, amount: int) -> float | None:
        """What winning so many minor units took; None under `FEWEST_CASES` priced wins, or where they are for free."""
        if self.won - self.won_unpriced < FEWEST_CASES or not self.won_amount:
            return None
        return self.exchanges * amount / self.won_amount


def tally(journeys: Sequence[Journey], today: int) -> Tally:
    """Add up opportunities."""
    won = [journey for journey in journeys if journey.status == WON]
    return Tally(
        len(journeys),
        len(won),
        sum(journey.status == LOST for journey in journeys),
        win_rate(journeys, today),
        sum(journey.worth or 0 for journey in won),
        sum(journey.worth is None for journey in won),
        sum(journey.exchanges for journey in journeys),
    )


class Holding(NamedTuple):
    """What is open in one hand: how many, and their amount in minor units; `unpriced` have no amount, or no rate."""

    n: int = 0
    amount: int = 0
    unpriced: int = 0


def holding(journeys: Iterable[Journey]) -> Holding:
    """What is open of these."""
    worths = [journey.worth for journey in journeys if journey.closed is None]
    return Holding(len(worths), sum(worth or 0 for worth in worths), sum(worth is None for worth in worths))


def by_owner(journeys: Iterable[Journey]) -> dict[str, list[Journey]]:
    """Opportunities by the owner they have, or had at their end."""
    out: dict[str, list[Journey]] = {}
    for journey in journeys:
        out.setdefault(journey.owner, []).append(journey)
    return out


def by_source(journeys: Iterable[Journey]) -> dict[str | None, list[Journey]]:
    """Opportunities by where they came from."""
    out: dict[str | None, list[Journey]] = {}
    for journey in journeys:
        out.setdefault(journey.source, []).append(journey)
    return out
