"""Waivers of open opportunities, as an exception has to be shown in every report."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pipecli.domain.events import CRITERION_WAIVED, Event

from .journal import load_selected

if TYPE_CHECKING:
    from .driver import Driver

_WAIVED = (
    "select 'o' || cast(w.opportunity as text) from waiver w "
    "join opportunity o on o.number = w.opportunity and o.status = 'open'"
)


def read_waived(driver: Driver) -> list[list[Event]]:
    """The streams of the open opportunities that were ever given a waiver, with the reasons why."""
    return load_selected(driver, _WAIVED, texts=[CRITERION_WAIVED])
