"""Next actions as a calendar (RFC 5545, RFC 7986) that Thunderbird, Google and Outlook accept.

Each is an event of a whole day, which has no time zone; it is free time and rings in the morning. The same
occasions give the same bytes. A cancelled one stays in the file, so that a calendar that reads it again drops it.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, datetime, timedelta
from typing import TYPE_CHECKING, NamedTuple

from pipecli.errors import ConfigError
from pipecli.text import _

from .wording import clean, one_line

if TYPE_CHECKING:
    from icalendar import Event

MORNING = timedelta(hours=8)
PRODUCT = "-//pipecli//next actions//EN"


class Occasion(NamedTuple):
    """What a calendar shows on a day; `sequence` grows whenever it changes, instants are UTC as the clock stamps."""

    uid: str
    day: date
    summary: str
    description: str
    categories: tuple[str, ...]
    sequence: int
    made_at: str
    changed_at: str
    is_cancelled: bool
    rings: bool


def calendar_bytes(title: str, timezone: str, occasions: Iterable[Occasion]) -> bytes:
    """The calendar as it goes into a file; raises ConfigError where the icalendar library is missing."""
    try:
        from icalendar import Calendar
    except ImportError as error:
        line = _("a calendar needs the icalendar library; add it: pip install icalendar")
        raise ConfigError(line) from error
    calendar = Calendar()
    calendar.add("prodid", PRODUCT)
    calendar.add("version", "2.0")
    calendar.add("calscale", "GREGORIAN")
    calendar.add("method", "PUBLISH")
    calendar.add("name", one_line(title))
    calendar.add("x-wr-calname", one_line(title))
    calendar.add("x-wr-timezone", timezone)
    head, end, tail = calendar.to_ical().rpartition(b"END:VCALENDAR")
    # Written one by one: a calendar that holds all of them takes thirty times the room of its text.
    return b"".join([head, *(_event(occasion).to_ical() for occasion in occasions), end, tail])


def _event(occasion: Occasion) -> Event:
    from icalendar import Alarm, Event

    event = Event()
    summary = one_line(occasion.summary)
    event.add("uid", occasion.uid)
    event.add("dtstamp", _instant(occasion.changed_at))
    event.add("created", _instant(occasion.made_at))
    event.add("last-modified", _instant(occasion.changed_at))
    event.add("sequence", occasion.sequence)
    event.add("status", "CANCELLED" if occasion.is_cancelled else "CONFIRMED")
    event.add("dtstart", occasion.day)
    event.add("dtend", occasion.day + timedelta(1))
    event.add("transp", "TRANSPARENT")
    event.add("x-microsoft-cdo-busystatus", "FREE")
    event.add("summary", summary)
    event.add("description", clean(occasion.description))
    categories = [one_line(category) for category in occasion.categories]
    if categories:
        event.add("categories", categories)
    if occasion.rings:
        alarm = Alarm()
        alarm.add("action", "DISPLAY")
        alarm.add("description", summary)
        alarm.add("trigger", MORNING)
        event.add_component(alarm)
    return event


def _instant(stamp: str) -> datetime:
    """An instant to the second, as calendars write them."""
    return datetime.fromisoformat(stamp).replace(microsecond=0)
