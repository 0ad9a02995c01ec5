"""Waivers of open opportunities, as an exception has to be shown in every report."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from .driver import Driver


def waived_open(driver: Driver) -> list[int]:
    """The open opportunities that were ever given a waiver, by number."""
    rows = driver.rows(
        "select distinct w.opportunity from waiver w "
        "join opportunity o on o.number = w.opportunity and o.status = 'open' order by 1"
    )
    return [int(row[0]) for row in rows]
