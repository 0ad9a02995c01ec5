"""What time it is: the only place that asks the machine, so that tests can freeze it.

`now` is a UTC instant; a calendar date is that instant in the workspace's time zone. `PIPE_TODAY` sets the
date a report is made for; writes never read it.
"""

from __future__ import annotations

from datetime import UTC, date, datetime
from zoneinfo import ZoneInfo

_frozen: datetime | None = None


def freeze(instant: datetime | None) -> None:
    """Stop the clock at a UTC instant, or let it run again with None (tests only)."""
    global _frozen
    _frozen = instant


def now() -> datetime:
    """The present instant, in UTC."""
    return _frozen or datetime.now(UTC)


def today(timezone: str) -> date:
    """The calendar date it is now in an IANA time zone."""
    return now().astimezone(ZoneInfo(timezone)).date()


def stamp(instant: datetime) -> str:
    """An instant as text that sorts: `2026-11-23T19:10:26.123456Z`."""
    return instant.strftime("%Y-%m-%dT%H:%M:%S.%fZ")
