"""What a unit of work decided and needs no more until it is written: put down, so that a large import is never held."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from typing import Any

from pipecli.domain.events import Event
from pipecli.spool import Spool
from pipecli.store import journal, projection
from pipecli.store.driver import Driver
from pipecli.store.projection import Rows

PORTION, PORTION_OF_TEXTS = 1_000, 1 << 20
"""How many are written at once, and of how many characters."""

Progress = Callable[[int, int], None]


class Settled:
    """The events of opportunities and what they change in the lists, in the order in which they were decided."""

    def __init__(self) -> None:
        self._entries = Spool()
        self._differences = Spool()

    def add_events(self, events: Iterable[Event], command: int) -> None:
        """Put down events."""
        for event in events:
            self._entries.put(journal.entry(event, command))

    def add_rows(self, before: Rows, after: Rows) -> None:
        """Put down the rows of an opportunity before and after its events."""
        self._differences.put(projection.differences(before, after))

    def write_events(self, driver: Driver, recorded_at: str, tell: Progress | None) -> None:
        """Append the events; `tell` hears how many of how many steps are done, the lists being half of them."""
        done = 0
        for portion in _portions(self._entries, _length):
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
                tell(len(self._differences) + done, 2 * len(self._differences))


def _length(entry: journal.Entry) -> int:
    """The characters of an event's text."""
    return len(entry[1][4] or "") if entry[1] else 0


def _portions(spool: Spool, length: Callable[[Any], int] = lambda _value: 0) -> Iterator[list[Any]]:
    portion: list[Any] = []
    size = 0
    for value in spool:
        portion.append(value)
        size += length(value)
        if len(portion) == PORTION or size > PORTION_OF_TEXTS:
            yield portion
            portion, size = [], 0
    if portion:
        yield portion
