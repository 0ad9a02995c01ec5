"""Watching a workspace: whether what was read of it is still what it says, asked again and again.

Where the journal is, is the change token. A SQLite file is opened anew each time, because it may be replaced or go
away; on PostgreSQL one connection is kept, so that a look is one round trip.
"""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING, NamedTuple

from pipecli.address import is_postgres
from pipecli.store.header import State, read_header
from pipecli.store.opening import open_database

from .workspace import Reading, Workspace

if TYPE_CHECKING:
    from pipecli.store.driver import Driver


class Moment(NamedTuple):
    """What tells whether something that was read is still so: where the journal is, and the day."""

    state: State
    today: date


class Watch:
    """Looks at a workspace; one look at a time."""

    def __init__(self, workspace: Workspace) -> None:
        self._workspace = workspace
        self._driver: Driver | None = None

    def moment(self) -> Moment:
        """Where the workspace is now; raises StoreError, after which the next look connects again."""
        driver = self._driver or open_database(self._workspace.address, write=False)
        self._driver = None
        try:
            reading = Reading(driver, read_header(driver, write=False), self._workspace.settings)
            found = Moment(reading.header.state, reading.today)
        except BaseException:
            driver.close()
            raise
        if is_postgres(self._workspace.address):
            self._driver = driver
        else:
            driver.close()
        return found

    def close(self) -> None:
        """Let the connection go."""
        if self._driver is not None:
            self._driver.close()
            self._driver = None
