"""The workspace as it was known on a past day: the journal cut by when things were recorded, not by when they were."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing, contextmanager
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from pipecli import clock
from pipecli.config import Settings
from pipecli.errors import InvalidInput, NotFound
from pipecli.store.driver import Driver
from pipecli.store.header import read_header
from pipecli.store.known import copy_journal, first_recorded, head_before, open_in_memory
from pipecli.text import _

from .rebuilding import rebuild
from .workspace import Reading, Workspace


class Known(Reading):
    """A reading of what was known at the end of a day, which is the day of every report made from it."""

    def __init__(self, driver: Driver, settings: Settings, *, day: date, actor: str) -> None:
        super().__init__(driver, read_header(driver, write=False), settings)
        self.today = self.real_today = day
        self._actor = actor

    @property
    def actor(self) -> str:
        """Who is asking: whom the workspace itself knows them as."""
        return self._actor


@contextmanager
def as_known(workspace: Workspace, day: date) -> Iterator[Known]:
    """Read the workspace as it was known at the end of a day, in its own time zone, whatever was recorded since.

    The definition is the one adopted by then; what was undone later still stands, what was erased since stays
    erased. Every read works on it unchanged: it is a database of its own, in memory, gone at the end. Raises
    InvalidInput for a day in the future, NotFound for one before the first record.
    """
    with workspace.read() as reading, closing(open_in_memory(reading.driver.where)) as driver:
        if day > reading.real_today:
            raise InvalidInput(_("{day} is in the future; --as-known looks back").format(day=day))
        copy_journal(reading.driver, driver, _head(reading, day))
        known = Known(driver, workspace.settings, day=day, actor=reading.actor)
        rebuild(driver, known.pipeline)
        driver.commit()
        yield known


def _head(reading: Reading, day: date) -> int:
    zone = ZoneInfo(reading.pipeline.timezone)
    end = datetime.combine(day + timedelta(1), time(), zone).astimezone(UTC)
    head = head_before(reading.driver, clock.stamp(end))
    if head is None:
        first = datetime.fromisoformat(first_recorded(reading.driver)).astimezone(zone).date()
        raise NotFound(
            _("nothing was known yet on {day}: the first record is of {first}").format(day=day, first=first)
        )
    return head
