"""How far forecasts of logs whose end is known are off: loose bounds around what was measured (see accuracy.py).

A model that is broken, or that lost what it is good at, leaves them.
"""

from __future__ import annotations

from typing import NamedTuple

import pytest

from .accuracy import REAL_LOGS, SIMULATED, Log, measured
from .logs import real_data


class Bound(NamedTuple):
    """The most that WAPE and pinball loss may be of the best baseline's, and the shares that the range may hold."""

    wape: float
    pinball: float
    held: float
    held_at_most: float = 0.96


BOUNDS = {
    ("stationary", "count", 30): Bound(0.84, 0.60, 0.78),
    ("growing", "count", 30): Bound(0.82, 0.60, 0.78),
    ("seasonal", "count", 30): Bound(0.70, 0.50, 0.78),
    ("long_cycle", "count", 30): Bound(0.99, 0.70, 0.75),
    ("whale", "count", 30): Bound(0.86, 0.60, 0.78),
    ("tiny", "count", 30): Bound(1.00, 0.65, 0.80, 1.0),
    ("never_lost", "count", 30): Bound(0.75, 0.55, 0.78),
    # Half of the wins are gone from one day to the next: what was learnt before is of little use for months.
    ("shifting", "count", 30): Bound(1.10, 0.72, 0.62),
    ("stationary", "amount", 30): Bound(0.83, 0.57, 0.78),
    # The whale does not come: what its chance is worth is off each time, the middle of the range is not.
    ("whale", "amount", 30): Bound(10.0, 2.5, 0.78),
    ("loans h1", "count", 30): Bound(0.90, 0.68, 0.60),
    ("loans h1", "count", 14): Bound(0.95, 0.68, 0.50),
    # Eight days are tried, and the recalibrated weights happen to be near.
    ("loans q4", "count", 14): Bound(1.25, 0.90, 0.60),
    ("loans q4", "amount", 14): Bound(1.30, 0.90, 0.60),
    ("maven", "count", 30): Bound(1.00, 0.88, 0.70),
}
LOGS = [*SIMULATED, *(pytest.param(log, marks=real_data) for log in REAL_LOGS)]


def named(log: Log) -> str:
    return f"{log.name} {log.measure} {log.horizon}"


@pytest.mark.parametrize("log", LOGS, ids=named)
def test_the_accuracy_is_what_was_measured(log: Log) -> None:
    found, bound = measured(log), BOUNDS[log.name, log.measure, log.horizon]
    model = found.scores["model"]
    assert model.pinball is not None and model.brier is not None and found.coverage is not None
    assert found.ratio < bound.wape
    assert model.pinball < bound.pinball * found.best("pinball")
    assert bound.held < found.coverage <= bound.held_at_most
    assert model.brier < found.best("brier")


def test_every_log_of_the_table_has_its_bounds() -> None:
    assert {(log.name, log.measure, log.horizon) for log in (*SIMULATED, *REAL_LOGS)} == set(BOUNDS)
