"""A database that went away while a command was being written: whether it was is looked up, not guessed."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

from pipecli.errors import StoreError, Unanswered
from pipecli.store.journal import has_command
from pipecli.store.opening import open_database
from pipecli.text import _

if TYPE_CHECKING:
    from .unit import Unit

PAUSES = (0, 1, 2, 4)
"""How many seconds to wait before each look: a server that starts again takes a moment."""


def settle(address: str, unit: Unit, error: Unanswered) -> None:
    """Return where the command was written; raises StoreError where it was not, and Unanswered where nobody knows."""
    written = _was_written(address, unit)
    if written is None:
        raise error
    if not written:
        raise StoreError(
            _("the connection to {where} broke; nothing was written, do it again").format(
                where=unit.driver.where
            ),
            **error.detail,
        ) from error


def _was_written(address: str, unit: Unit) -> bool | None:
    for pause in PAUSES:
        time.sleep(pause)
        try:
            driver = open_database(address, write=True)
        except StoreError:
            continue
        try:
            driver.begin()  # the lock: what the server still has of the broken connection is over once it is held
            return has_command(driver, unit.command, unit.uid)
        except StoreError:
            continue
        finally:
            driver.close()
    return None
