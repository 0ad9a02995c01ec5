"""What cleaning asks the store beside a list: how long what was won took, and how what is open came into its stage."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from .driver import Driver


def won_cycles(driver: Driver) -> list[int]:
    """The days from opening to win of everything that was won; what came in closed on its first day tells nothing."""
    rows = driver.rows(
        "select created_on, closed_on from opportunity where status = 'won' and created_on < closed_on"
    )
    return [(date.fromisoformat(closed) - date.fromisoformat(opened)).days for opened, closed in rows]
