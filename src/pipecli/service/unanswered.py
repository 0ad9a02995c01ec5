"""A database that went away while a command was being written: whether it was is looked up, not guessed."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import TYPE_CHECKING

from pipecli.errors import StoreError, Unanswered
from pipecli.store import schema
from pipecli.store.header import read_header
from pipecli.store.journal import has_command
from pipecli.store.opening import open_database
from pipecli.text import _

if TYPE_CHECKING:
    from pipecli.store.driver import Driver

    from .unit import Unit

PAUSES = (0, 1, 2, 4)
"""How many seconds to wait before each look: a server that starts again takes a moment."""
Look = Callable[["Driver"], bool]


def settle(address: str, driver: Driver, error: Unanswered, look: Look) -> None:
    """Return where it was written; raises StoreError where it was not, and Unanswered where nobody knows.

    `look` sees for itself, having waited for what the server still has of the broken connection. A disk that fails is
    not asked: what it says of what it could not keep is worth nothing.
    """
    written = _was_written(address, look) if driver.dialect == "postgresql" else None
    if written is None:
        raise error
    if not written:
        raise StoreError(
            _("the connection to {where} broke; nothing was written, do it again").format(where=driver.where),
            **error.detail,
        ) from error


def of_command(unit: Unit) -> Look:
    """Whether a command is in the journal."""

    def look(driver: Driver) -> bool:
        driver.begin()  # the lock: what the server still has of the broken connection is over once it is held
        return has_command(driver, unit.command, unit.uid)

    return look


def commit_whole(address: str, driver: Driver) -> None:
    """Make last what filled a whole workspace, or made it: known again by its header, of which no two are alike."""
    header = read_header(driver, write=True)

    def look(again: Driver) -> bool:
        if schema.is_made(again):
            again.begin()
            return read_header(again, write=True) == header
        return False

    try:
        driver.commit()
    except Unanswered as error:
        settle(address, driver, error, look)


def _was_written(address: str, look: Look) -> bool | None:
    for pause in PAUSES:
        time.sleep(pause)
        try:
            driver = open_database(address, write=True)
        except StoreError:
            continue
        try:
            return look(driver)
        except StoreError:
            continue
        finally:
            driver.close()
    return None
