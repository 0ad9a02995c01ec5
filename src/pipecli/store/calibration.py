"""What a calibration changes: what the open ones of each stage are worth, by the probability that weighs them."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from .driver import Driver

_OPEN = (
    "select stage, probability, currency, coalesce(cast(sum(amount) as bigint), 0) from opportunity "
    "where status = 'open' and close_date >= :as_of and close_date <= :until "
    "group by stage, probability, currency"
)


class OpenAmount(NamedTuple):
    """What open opportunities of a stage are worth in minor units; `probability` is their own, None for the stage's."""

    stage: str
    probability: int | None
    currency: str
    amount: int


def read_open_amounts(driver: Driver, *, as_of: date, until: date) -> list[OpenAmount]:
    """Open amounts that are expected from a day to another."""
    days = {"as_of": as_of.isoformat(), "until": until.isoformat()}
    return [OpenAmount(*row) for row in driver.rows(_OPEN, days)]
