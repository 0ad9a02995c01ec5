"""What a unit of work decided and needs no more until it is written: put down, so that a large import is never held."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from itertools import islice
from typing import Any

from pipecli.domain.events import Event
from pipecli.spool import Spool
from pipecli.store import journal, projection
from pipecli.store.driver import Driver
from pipecli.store.projection import Rows

PORTION = 1_000
"""How many are written at once."""

Progress = Callable[[int, int], None]


class Settled:
    """The events of opportunities and what they change in the lists, in the order in which they were decided."""

    def __init__(self) -> None:
        self._entries = Spool()
        self._differences = Spool()

    def __len__(self) -> int:
        return len(self._differences)

    def add(self, events: Iterable[Event], command: int, before: Rows, after: Rows) -> None:
        """Put down the events of an opportunity, and its rows before and after them."""
        for event in events:
            self._entries.put(journal.entry(event, command))
        self._differences.put(projection.differences(before, after))

    def write_events(self, driver: Driver, recorded_at: str, tell: Progress | None) -> None:
        """Append the events; `tell` hears how many of how many steps are done, the lists being half of them."""
        done = 0
        for portion in _portions(self._entries):
            journal.append_entries(driver, portion, recorded_at)
            done += len(portion)
            if tell:
                tell(done, 2 * len(self._entries))

    def write_rows(self, driver: Driver, tell: Progress | None) -> None:
        """Bring the lists to where the events lead."""
        done = 0
        for portion in _portions(self._differences):
            projection.write(driver, portion)
            done += len(portion)
            if tell:
                tell(len(self) + done, 2 * len(self))


def _portions(spool: Spool) -> Iterator[list[Any]]:
    values = iter(spool)
    while portion := list(islice(values, PORTION)):
        yield portion
