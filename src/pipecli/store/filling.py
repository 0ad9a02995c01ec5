"""Filling a workspace that holds only what `init` wrote: whether that is so, and making room for a history."""

from __future__ import annotations

from typing import TYPE_CHECKING

from . import dump

if TYPE_CHECKING:
    from .driver import Driver

_CACHE_KIB = 200_000


def holds_work(driver: Driver) -> bool:
    """Whether anything was recorded since `init`: an opportunity, account, contact, rate or another definition."""
    return bool(
        driver.rows("select 1 from event where stream <> 'workspace' limit 1")
        or driver.rows("select 1 from definition where version > 1 limit 1")
        or driver.rows("select 1 from event where stream = 'workspace' and kind = 'RateSet' limit 1")
    )


def clear_journal(driver: Driver) -> None:
    """Take out what `init` wrote, inside the caller's transaction; the workspace keeps its uid."""
    dump.clear(driver)
    driver.run("update workspace set head = 0, definition = 0, next_number = 1, recorded_at = ''")


def hold_pages_in_memory(driver: Driver) -> None:
    """Let SQLite keep the pages of a large transaction in memory, up to 200 MB; PostgreSQL decides by itself."""
    if driver.dialect == "sqlite":
        driver.run(f"pragma cache_size = -{_CACHE_KIB}")
