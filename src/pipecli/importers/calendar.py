"""Meetings that took place, from a calendar: each past event, each past occurrence of one that recurs.

Format: RFC 5545, read with the icalendar library. An event that breaks the rest is read alone. A recurrence is
followed up to now and no further than it can be meant; one that cannot be followed is a fault that a person sees.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterable, Iterator
from datetime import UTC, date, datetime, time, tzinfo
from typing import Any, NamedTuple
from zoneinfo import ZoneInfo

from pipecli.domain.matching import Incoming
from pipecli.errors import InvalidInput
from pipecli.text import _

from .html_text import html_to_text
from .mail import FIRST_YEAR, composed
from .mime import storable, text_of

MOST_OCCURRENCES = 1_000
DEEPEST = 20
_LONGEST_LINE = 300
_LONGEST_SAID = 200_000
_MOST_ATTENDEES = 20_000
_MOST_NAMED = 5
_SPACES = re.compile(r"\s+")
_LONGEST_MONTHS = (31, 29, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31)
_FREQUENCIES = ("DAILY", "WEEKLY", "MONTHLY", "YEARLY")
# With these a rule that is never met could be searched for thousands of years day by day.
_HARD_TO_FOLLOW = ("BYMONTHDAY", "BYYEARDAY", "BYWEEKNO", "BYSETPOS")

# What the library raises over a calendar that is broken; OSError where a time zone has the name of a folder of them.
_BROKEN = (ValueError, LookupError, TypeError, AttributeError, RecursionError, OverflowError, OSError)

Start = date | datetime


class Clock(NamedTuple):
    """The workspace's time zone and what time it is there."""

    zone: tzinfo
    now: datetime


class _Unfollowable(Exception):
    """A recurrence that cannot be followed, and why."""


def read_meetings(raw: bytes, place: str, zone: str, now: datetime) -> tuple[list[Incoming], int]:
    """The meetings that had begun by `now` in the order in which they took place; those without a day come last.

    With them how many events were left out, since they are still to come or were cancelled.

    Raises InvalidInput where the whole is no calendar.
    """
    clock = Clock(ZoneInfo(zone), now.astimezone(ZoneInfo(zone)))
    found: list[Incoming] = []
    left_out = 0
    for events in _by_identity(_events(text_of(raw, None), place)):
        meetings = _meetings(events, clock)
        found += meetings
        left_out += not meetings
    found.sort(key=lambda one: (one.day is None, one.day or date.max, one.title, one.key))
    return [one._replace(number=n, place=f"{place}#{n}") for n, one in enumerate(found, 1)], left_out


def _events(text: str, place: str) -> list[Any]:
    """Every event of the calendars in a text: those of a whole that can be read, else those that can alone."""
    from icalendar import Calendar, Event

    text = storable(text.removeprefix("\ufeff").replace("\r\n", "\n").replace("\r", "\n"))
    blocks = _blocks(text, place)
    found: list[Any] = []
    try:
        for calendar in Calendar.from_ical(text, multiple=True):
            found += calendar.walk("VEVENT")
        is_whole = len(found) >= len(blocks)  # a calendar that never ends says nothing of its events
    except _BROKEN:
        is_whole = False
    if is_whole:
        return found
    found = []
    for block in blocks:
        try:
            found.append(Event.from_ical(block))
        except _BROKEN:
            found.append(_damaged(block))
    if not blocks:
        raise InvalidInput(_("{path} is a calendar that cannot be read").format(path=place), path=place)
    return found


def _blocks(text: str, place: str) -> list[str]:
    """The text of each event that begins and ends; raises InvalidInput where things stand in each other too deep."""
    out: list[str] = []
    block: list[str] = []
    depth = 0
    for line in text.split("\n"):
        word = line.strip().upper()
        if word.startswith("BEGIN:"):
            depth += 1
            if depth > DEEPEST:
                raise InvalidInput(
                    _("{path} is a calendar that cannot be read").format(path=place), path=place
                )
        if word == "BEGIN:VEVENT":
            block = []
        block.append(line)
        if word.startswith("END:"):
            depth = max(0, depth - 1)
            if word == "END:VEVENT":
                out.append("\n".join(block))
                block = []
    return out


def _damaged(block: str) -> Any:
    """An event that cannot be read, with what its title seems to be."""
    from icalendar import Event

    event = Event()
    title = re.search(r"^SUMMARY[^:\n]*:(.*)$", block, re.MULTILINE)
    event.add("summary", title[1] if title else "")
    event.add("uid", hashlib.sha256(block.encode()).hexdigest())
    return event


def _by_identity(events: Iterable[Any]) -> Iterator[list[Any]]:
    """Events of one identifier together: a recurring one and the occurrences of it that were changed."""
    groups: dict[str, list[Any]] = {}
    for n, event in enumerate(events):
        groups.setdefault(_line(event.get("uid")) or f"\0{n}", []).append(event)
    yield from groups.values()


def _meetings(events: list[Any], clock: Clock) -> list[Incoming]:
    changed = {_identity(start): event for event in events if (start := _start(event.get("recurrence-id")))}
    found = []
    for event in events:
        if event.get("recurrence-id") is not None:
            found += _meeting(
                event, _start(event.get("dtstart")), clock, of=_start(event.get("recurrence-id"))
            )
            continue
        try:
            starts = _occurrences(event, clock)
        except _Unfollowable as error:
            found.append(_incoming(event, None, str(error), None))
            continue
        for start in starts:
            if start is None or _identity(start) not in changed:
                found += _meeting(
                    event, start, clock, of=start if len(starts) > 1 or _recurs(event) else None
                )
    return found


def _meeting(event: Any, start: Start | None, clock: Clock, of: Start | None) -> list[Incoming]:
    """The meeting if it has begun and was not cancelled; one whose day is unknown has a fault instead."""
    if _line(event.get("status")).upper() == "CANCELLED":
        return []
    if start is None or start.year < FIRST_YEAR:
        return [_incoming(event, None, _("its start is missing or cannot be read"), of)]
    moment = _moment(start, clock.zone)
    if moment > clock.now:
        return []
    return [_incoming(event, start if not isinstance(start, datetime) else moment.date(), "", of)]


def _incoming(event: Any, day: date | None, fault: str, of: Start | None) -> Incoming:
    people = _people(event)
    organiser = _line(event.get("organizer")).partition(":")[2] or _line(event.get("organizer"))
    said = "\n\n".join(text for text in (_line(event.get("location")), _said(event)) if text)
    shown = ", ".join(people[:_MOST_NAMED])
    more = f" + {len(people) - _MOST_NAMED}" if len(people) > _MOST_NAMED else ""
    title = _line(event.get("summary"))[:_LONGEST_LINE]
    return Incoming(
        number=0,
        place="",
        kind="meeting",
        key=_key(event, of),
        day=day,
        fault=fault,
        title=title,
        sender=organiser[:_LONGEST_LINE],
        addresses=tuple(dict.fromkeys(one for one in (organiser.lower(), *people) if "@" in one)),
        text=composed(title, organiser[:_LONGEST_LINE], shown + more, said, []),
    )


def _key(event: Any, of: Start | None) -> str:
    """What a meeting is known by: its identifier and, for one of several, when it was to be."""
    identifier = _line(event.get("uid")) or repr(
        [_line(event.get(name)) for name in ("summary", "organizer", "description")]
        + [_start(event.get("dtstart"))]
    )
    words = f"meeting\0{identifier}\0{_identity(of) if of else ''}"
    return hashlib.sha256(words.encode("utf-8", "replace")).hexdigest()[:32]


def _identity(start: Start) -> str:
    if isinstance(start, datetime) and start.tzinfo:
        return start.astimezone(UTC).isoformat()
    return start.isoformat()


def _people(event: Any) -> list[str]:
    found = event.get("attendee") or []
    values = found if isinstance(found, list) else [found]
    addresses = (_line(value).lower().removeprefix("mailto:") for value in values[:_MOST_ATTENDEES])
    return list(dict.fromkeys(address for address in addresses if address))


def _said(event: Any) -> str:
    """What the event says of itself, as text."""
    text = _text(event.get("description"))
    if text.lstrip().startswith("<") and "</" in text:
        text = html_to_text(text)
    return text.strip()


def _text(value: Any) -> str:
    value = value[0] if isinstance(value, list) and value else value
    return storable(str(value if value is not None else "")[:_LONGEST_SAID])


def _line(value: Any) -> str:
    return _SPACES.sub(" ", _text(value)).strip()


def _start(value: Any) -> Start | None:
    value = value[0] if isinstance(value, list) and value else value
    try:
        found = getattr(value, "dt", None)
    except ValueError:  # a property that could not be read says so when it is asked
        return None
    return found if isinstance(found, date) else None


def _moment(start: Start, zone: tzinfo) -> datetime:
    """When it begins, in the workspace's time zone, which is also that of a time without one."""
    if not isinstance(start, datetime):
        return datetime.combine(start, time.min, zone)
    try:
        return start.astimezone(zone) if start.tzinfo else start.replace(tzinfo=zone)
    except (OverflowError, ValueError):
        return start.replace(tzinfo=zone)


def _recurs(event: Any) -> bool:
    return any(event.get(name) is not None for name in ("rrule", "rdate"))


def _occurrences(event: Any, clock: Clock) -> list[Start | None]:
    """When it took place up to now; one None where it has no readable start. Raises _Unfollowable."""
    start = _start(event.get("dtstart"))
    if start is None or not _recurs(event):
        return [start]
    if start.year < FIRST_YEAR:
        return [None]
    found: dict[str, Start] = {_identity(start): start}
    for extra in _listed(event.get("rdate")):
        if _moment(extra, clock.zone) <= clock.now:
            found.setdefault(_identity(extra), extra)
    rules = event.get("rrule")
    for rule in rules if isinstance(rules, list) else [rules] if rules is not None else []:
        for one in _followed(rule, start, clock):
            found.setdefault(_identity(one), one)
    if len(found) > MOST_OCCURRENCES:
        raise _too_often()
    for gone in _listed(event.get("exdate")):
        found.pop(_identity(gone), None)
    return list(found.values())


def _listed(value: Any) -> Iterator[Start]:
    """The days or times in an RDATE or EXDATE, of a period its beginning."""
    for values in value if isinstance(value, list) else [value] if value is not None else []:
        try:
            listed = getattr(values, "dts", ())
        except ValueError as error:
            raise _Unfollowable(_("its recurrence cannot be followed")) from error
        for one in listed:
            found = getattr(one, "dt", None)
            found = found[0] if isinstance(found, tuple) and found else found
            if isinstance(found, date):
                yield found


def _followed(rule: Any, start: Start, clock: Clock) -> Iterator[Start]:
    """The occurrences of one rule up to now, in the time zone of the start."""
    from dateutil.rrule import rrulestr

    parts = _parts(rule)
    zone = start.tzinfo if isinstance(start, datetime) else None
    begin = start.replace(tzinfo=None) if isinstance(start, datetime) else datetime.combine(start, time.min)
    end = _end(parts.pop("UNTIL", ""), zone)
    text = ";".join(f"{name}={value}" for name, value in parts.items())
    try:
        for n, one in enumerate(rrulestr(text, dtstart=begin)):
            found = one.replace(tzinfo=zone) if isinstance(start, datetime) else one.date()
            if (end and one > end) or _moment(found, clock.zone) > clock.now:
                return
            if n >= MOST_OCCURRENCES:
                raise _too_often()
            yield found
    except (ValueError, TypeError, OverflowError, IndexError, KeyError, AttributeError) as error:
        raise _Unfollowable(_("its recurrence cannot be followed")) from error


def _parts(rule: Any) -> dict[str, str]:
    """The rule's parts; raises _Unfollowable for one that means more than a meeting can, or can never be met."""
    try:
        written = rule.to_ical().decode("ascii").upper()
    except (ValueError, TypeError, AttributeError, KeyError) as error:
        raise _Unfollowable(_("its recurrence cannot be followed")) from error
    parts = dict(part.partition("=")[::2] for part in written.split(";") if "=" in part)
    frequency = parts.get("FREQ", "")
    if frequency not in _FREQUENCIES or not _is_from_one(parts.get("INTERVAL", "1")) or len(written) > 1_000:
        raise _Unfollowable(_("its recurrence cannot be followed"))
    is_short = frequency in ("DAILY", "WEEKLY")
    if (is_short and any(name in parts for name in _HARD_TO_FOLLOW)) or not _has_such_a_day(parts):
        raise _Unfollowable(_("its recurrence cannot be followed"))
    return parts


def _is_from_one(text: str) -> bool:
    return text.isascii() and text.isdigit() and len(text) <= 4 and int(text) >= 1


def _has_such_a_day(parts: dict[str, str]) -> bool:
    """Whether the months named have one of the days named."""
    try:
        months = [int(text) for text in parts.get("BYMONTH", "1").split(",")]
        days = [abs(int(text)) for text in parts.get("BYMONTHDAY", "1").split(",")]
    except ValueError:
        return False
    return all(1 <= month <= 12 for month in months) and any(
        1 <= day <= _LONGEST_MONTHS[month - 1] for month in months for day in days
    )


def _end(text: str, zone: tzinfo | None) -> datetime | None:
    """The last moment of a rule in the time of its start; None where it has none."""
    if not text:
        return None
    try:
        if len(text) == 8:
            return datetime.combine(datetime.strptime(text, "%Y%m%d"), time.max)
        found = datetime.strptime(text[:15], "%Y%m%dT%H%M%S")
        return (
            found.replace(tzinfo=UTC).astimezone(zone).replace(tzinfo=None)
            if text.endswith("Z") and zone
            else found
        )
    except (ValueError, OverflowError) as error:
        raise _Unfollowable(_("its recurrence cannot be followed")) from error


def _too_often() -> _Unfollowable:
    return _Unfollowable(_("it recurs more than {n} times").format(n=MOST_OCCURRENCES))
