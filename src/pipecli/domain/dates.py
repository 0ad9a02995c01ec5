"""Dates as people type and read them, in English and French, and the calendar arithmetic around them.

Reading refuses whatever has two meanings instead of guessing. What day it is today, which order of day and
month is configured and which way a bare weekday looks are for the caller to say. Dates run from 1900 to 2200.
"""

from __future__ import annotations

import re
from datetime import UTC, date, datetime, time, timedelta, timezone, tzinfo
from typing import Literal, NoReturn

from pipecli.domain.date_words import (
    DAYS_FROM_TODAY,
    DURATIONS,
    MONTHS,
    PERIOD_ENDS,
    POINTERS,
    SHOWN_MONTHS,
    SHOWN_UNITS,
    SHOWN_WEEKDAYS,
    UNITS,
    WEEKDAYS,
)
from pipecli.domain.fold import fold
from pipecli.domain.money import shown
from pipecli.errors import InvalidInput
from pipecli.text import _

Prefer = Literal["future", "past"]
Order = Literal["dmy", "mdy"]

FIRST_YEAR, LAST_YEAR = 1900, 2200
LONGEST_DURATION = 3650
"""Days."""

_LONGEST = 60
_FRIDAY = 4
_AHEAD = ("+", "in", "dans")
_FILLERS = ("le", "the", "of", "on")
_PUNCTUATION = str.maketrans({"\u2212": "-", "\u2010": "-", "\u2011": "-", "’": "'"})
# No two-digit year after hyphens: 26-12-31 would have two meanings.
_NUMERIC = r"([0-9]{1,2})([/.-])([0-9]{1,2})\2([0-9]{4}|(?<!-)[0-9]{2})"
_CLOCK = r"[ T]([0-9]{1,2}):([0-9]{2})(?::([0-9]{2})(?:[.,][0-9]{1,9})?)?"


class _Typed:
    """A text to read, folded, and what it is read against. A named tuple would cost two milliseconds."""

    __slots__ = ("order", "plain", "prefer", "text", "today")

    def __init__(self, text: str, plain: str, today: date, prefer: Prefer, order: Order | None) -> None:
        self.text, self.plain, self.today, self.prefer, self.order = text, plain, today, prefer, order


def order_of(text: str | None) -> Order | None:
    """The order that a setting, a mapping or an option names; None where it names none."""
    return "dmy" if text == "dmy" else "mdy" if text == "mdy" else None


def parse_date(text: str, today: date, *, prefer: Prefer = "future", order: Order | None = None) -> date:
    """Read a date as people type it: `2026-12-31`, `31/12`, `+3d`, `fri`, `eom`, `4 nov`, `demain`.

    `prefer` is the direction of a date without a year (today itself counts) and of a bare weekday (today does
    not count); `next` and `last` before a weekday override it. `eow` is the coming Friday, today included.
    `order` settles `03/04/2026`. Raises InvalidInput for anything else; where both orders are possible and
    `order` is None, `detail["readings"]` has both as ISO dates.
    """
    typed = _Typed(text, _plain(text), today, prefer, order)
    try:
        found = (
            _named_day(typed.plain, today)
            or _iso(typed.plain)
            or _numeric(typed)
            or _relative(typed.plain, today)
            or _period_end(typed.plain, today)
            or _worded(typed)
        )
    except (ValueError, OverflowError):
        _refuse(_('"{text}" is not in the calendar; write 2026-12-31, 31/12/2026, +3d, fri or eom'), text)
    if not found:
        _refuse_unread(text)
    return _within_years(text, found)


def parse_moment(text: str, timezone: str, *, order: Order | None = None) -> date:
    """The calendar date of an ISO date or timestamp, or of `31/12/2026 14:05`, in an IANA time zone.

    A timestamp with an offset or `Z` is converted; one without is local already. There are no relative words,
    because imported text says nothing about today. Raises InvalidInput like `parse_date`.
    """
    plain = _plain(text).upper()
    try:
        found = _timestamp(plain, timezone)
        if found is None:
            numeric = re.fullmatch(rf"{_NUMERIC}(?:{_CLOCK} ?([AP]M)?)?", plain)
            if not numeric:
                line = _('"{text}" is not a date; write 2026-12-31, 2026-12-31T14:05:00Z or 31/12/2026')
                _refuse(line, text)
            _clock(*numeric.group(5, 6, 7, 8))
            found = _ordered(_Typed(text, plain, date.min, "past", order), *numeric.group(1, 3, 4))
    except (ValueError, OverflowError):
        _refuse(_('"{text}" is not in the calendar; write 2026-12-31 or 2026-12-31T14:05:00Z'), text)
    return _within_years(text, found)


def parse_duration(text: str, *, least: int = 1) -> int:
    """A length such as `14d`, `2w`, `3m` or `1y` (French `j s m a`) as days, from `least` to 3650.

    A month counts 30 days and a year 365. Raises InvalidInput for anything else.
    """
    found = re.fullmatch("([0-9]{1,5}) ?([a-z])", text.strip().lower()[:_LONGEST])
    unit = DURATIONS.get(found[2]) if found else None
    days = int(found[1]) * unit if found and unit else -1
    if not least <= days <= LONGEST_DURATION:
        line = _('"{text}" is not a duration; write 14d, 2w, 3m or 1y, from {least} to 3650 days')
        raise InvalidInput(line.format(text=shown(text), least=least), text=text)
    return days


def _plain(text: str) -> str:
    """The folded text with plain hyphens, apostrophes and spaces; raises InvalidInput if it is unfit."""
    stripped = text.strip()
    if not stripped:
        _refuse(_("no date was given; write 2026-12-31, 31/12/2026, +3d, fri or eom"), text)
    if len(stripped) > _LONGEST or any(char.isdigit() and not char.isascii() for char in stripped):
        _refuse_unread(text)
    return " ".join(fold(stripped).translate(_PUNCTUATION).split())


def _refuse(line: str, text: str, **words: str) -> NoReturn:
    raise InvalidInput(line.format(text=shown(text), **words), text=text)


def _refuse_unread(text: str) -> NoReturn:
    _refuse(_('"{text}" is not a date; write 2026-12-31, 31/12/2026, +3d, fri or eom'), text)


def _within_years(text: str, day: date) -> date:
    if not FIRST_YEAR <= day.year <= LAST_YEAR:
        _refuse(_('"{text}" is outside the years 1900 to 2200; write a date between them'), text)
    return day


def _named_day(plain: str, today: date) -> date | None:
    away = DAYS_FROM_TODAY.get(plain)
    return None if away is None else today + timedelta(days=away)


def _iso(plain: str) -> date | None:
    found = re.fullmatch("([0-9]{4})-([0-9]{2})-([0-9]{2})", plain)
    return date(int(found[1]), int(found[2]), int(found[3])) if found else None


def _year(digits: str) -> int:
    """Two digits are a year from 1969 to 2068, as in POSIX."""
    year = int(digits)
    return year if len(digits) > 2 else year + (1900 if year >= 69 else 2000)


def _numeric(typed: _Typed) -> date | None:
    found = re.fullmatch(_NUMERIC, typed.plain)
    if found:
        return _ordered(typed, found[1], found[3], found[4])
    found = re.fullmatch("([0-9]{1,2})/([0-9]{1,2})", typed.plain)
    return _ordered(typed, found[1], found[2], None) if found else None


def _ordered(typed: _Typed, first: str, second: str, year: str | None) -> date:
    """The date of two numbers of which one is the day; raises InvalidInput if that is open."""
    low, high = sorted((int(first), int(second)))
    if high > 12 or low == high:
        return _in_year(typed, high, low, year)
    day_first = _in_year(typed, int(first), int(second), year)
    month_first = _in_year(typed, int(second), int(first), year)
    if typed.order is None:
        readings = [day_first.isoformat(), month_first.isoformat()]
        line = _('"{text}" is ambiguous: write {day_first} or {month_first}')
        message = line.format(text=shown(typed.text), day_first=readings[0], month_first=readings[1])
        raise InvalidInput(message, text=typed.text, readings=readings)
    return day_first if typed.order == "dmy" else month_first


def _in_year(typed: _Typed, day: int, month: int, year: str | None) -> date:
    """The date; without a year, the nearest in the preferred direction; ValueError if there is none."""
    if year is not None:
        return date(_year(year), month, day)
    direction = 1 if typed.prefer == "future" else -1
    years = range(typed.today.year, typed.today.year + 9 * direction, direction)  # February 29 can be 8 away
    candidates = (date(near, month, day) for near in years if (month, day) != (2, 29) or _is_leap(near))
    return next(found for found in candidates if (found - typed.today).days * direction >= 0)


def _is_leap(year: int) -> bool:
    return year % 4 == 0 and (year % 100 != 0 or year % 400 == 0)


def _relative(plain: str, today: date) -> date | None:
    """`+3d`, `-2w`, `in 3 days`, `3 days ago`, `dans 3 jours`, `il y a 3 jours`."""
    found = re.fullmatch(r"(?:([+-]|in|dans|il y a) ?)?([0-9]{1,4}) ?([a-z]{1,8})( ago)?", plain)
    if not found or found[3] not in UNITS or bool(found[1]) == bool(found[4]):
        return None
    count = int(found[2]) * (1 if found[1] in _AHEAD else -1)
    days, months = UNITS[found[3]]
    return add_months(today, count * months) + timedelta(days=count * days)


def _period_end(plain: str, today: date) -> date | None:
    match PERIOD_ENDS.get(plain):
        case "week":
            return today + timedelta(days=(_FRIDAY - today.weekday()) % 7)
        case "month":
            return month_bounds(today)[1]
        case "quarter":
            return quarter_bounds(today)[1]
        case "year":
            return date(today.year, 12, 31)
    return None


def _worded(typed: _Typed) -> date | None:
    """A weekday, or a day of a named month, with or without its weekday in front."""
    spaced = re.sub("(?<=[0-9])-(?=[a-z])|(?<=[a-z])-(?=[0-9])|[,.]", " ", typed.plain)
    words = [word for word in spaced.split() if word not in _FILLERS]
    if len(words) > 2 and words[0] in WEEKDAYS:
        day = _day_of_month(typed, words[1:])
        if day and day.weekday() != WEEKDAYS[words[0]]:
            line = _('"{text}" does not fit: {day} is another weekday; leave the weekday out')
            _refuse(line, typed.text, day=day.isoformat())
        if day:
            return day
    return _weekday(typed, words) or _day_of_month(typed, words)


def _weekday(typed: _Typed, words: list[str]) -> date | None:
    """The nearest such weekday after or before today, which itself does not count."""
    directions = [POINTERS[word] for word in words if word in POINTERS]
    named = [WEEKDAYS[word] for word in words if word in WEEKDAYS]
    if len(named) != 1 or len(directions) > 1 or len(words) != len(named) + len(directions):
        return None
    direction = directions[0] if directions else (1 if typed.prefer == "future" else -1)
    days_away = ((named[0] - typed.today.weekday()) * direction - 1) % 7 + 1
    return typed.today + timedelta(days=days_away * direction)


def _day_of_month(typed: _Typed, words: list[str]) -> date | None:
    """`4 nov`, `nov 4`, `4 novembre 2026`, `1er mars`; raises InvalidInput where the day is missing."""
    position = next((place for place, word in enumerate(words[:2]) if word in MONTHS), None)
    if position is None:
        return None
    month, rest = words[position], words[:position] + words[position + 1 :]
    if not rest or (len(rest) == 1 and re.fullmatch("[0-9]{4}", rest[0])):
        example = " ".join(["1", month, *rest])
        line = _('"{text}" has no day of the month; write it in front: {example}')
        _refuse(line, typed.text, example=example)
    found = re.fullmatch("([0-9]{1,2})(?:st|nd|rd|th|er|e)?(?: ([0-9]{4}|[0-9]{2}))?", " ".join(rest))
    return _in_year(typed, int(found[1]), MONTHS[month], found[2]) if found else None


def _timestamp(plain: str, zone_name: str) -> date | None:
    """The local date of an ISO date or timestamp; None if it is neither, ValueError if it is impossible."""
    offset = "Z|UTC|[+-][0-9]{2}(?::?[0-9]{2})?"
    found = re.fullmatch(rf"([0-9]{{4}}-[0-9]{{2}}-[0-9]{{2}})(?:{_CLOCK} ?({offset})?)?", plain)
    if not found:
        return None
    day = date.fromisoformat(found[1])
    clock = _clock(*found.group(2, 3, 4))
    if not found[5]:
        return day
    instant = datetime.combine(day, clock, _fixed_zone(found[5]))
    return instant.astimezone(_zone(zone_name)).date()


def _clock(hour: str | None, minute: str | None, second: str | None, half: str | None = None) -> time:
    """The time of day, midnight if there is none; raises ValueError if it is impossible."""
    hours = int(hour or 0)
    if half:
        if not 1 <= hours <= 12:
            raise ValueError("no such hour before or after noon")
        hours = hours % 12 + (12 if half == "PM" else 0)
    return time(hours, int(minute or 0), int(second or 0))


def _fixed_zone(offset: str) -> timezone:
    if offset in ("Z", "UTC"):
        return UTC
    digits = offset[1:].replace(":", "").ljust(4, "0")
    size = timedelta(hours=int(digits[:2]), minutes=int(digits[2:]))
    return timezone(-size if offset[0] == "-" else size)


def _zone(name: str) -> tzinfo:
    from zoneinfo import ZoneInfo

    try:
        return ZoneInfo(name)
    except (KeyError, ValueError, OSError):
        _refuse(_('"{text}" is not a time zone; write an IANA name such as Europe/Paris'), name)


def add_months(day: date, count: int) -> date:
    """The same day some months later (earlier if negative), or the last day of a month that is shorter.

    Raises ValueError outside the years 1 to 9999.
    """
    months = day.year * 12 + day.month - 1 + count
    year, month = divmod(months, 12)
    return date(year, month + 1, min(day.day, _days_in_month(year, month + 1)))


def _days_in_month(year: int, month: int) -> int:
    if month == 2:
        return 29 if _is_leap(year) else 28
    return 30 if month in (4, 6, 9, 11) else 31


def month_of(day: date) -> str:
    """The label of its month: `2026-11`."""
    return f"{day.year:04d}-{day.month:02d}"


def quarter_of(day: date) -> str:
    """The label of its calendar quarter: `2026-Q4`."""
    return f"{day.year:04d}-Q{(day.month + 2) // 3}"


def month_bounds(day: date) -> tuple[date, date]:
    """The first and the last day of its month."""
    return day.replace(day=1), day.replace(day=_days_in_month(day.year, day.month))


def quarter_bounds(day: date) -> tuple[date, date]:
    """The first and the last day of its calendar quarter."""
    first = date(day.year, (day.month - 1) // 3 * 3 + 1, 1)
    return first, month_bounds(add_months(first, 2))[1]


def format_day(day: date, language: str, today: date | None = None) -> str:
    """A day for a person: `Fri 27 Nov`, `ven. 27 nov.`; in another year than today's, `27 Nov 2027`."""
    spoken = language if language in SHOWN_MONTHS else "en"
    number = "1er" if spoken == "fr" and day.day == 1 else str(day.day)
    month = SHOWN_MONTHS[spoken][day.month - 1]
    if today and today.year != day.year:
        return f"{number} {month} {day.year}"
    return f"{SHOWN_WEEKDAYS[spoken][day.weekday()]} {number} {month}"


def format_age(days: int, language: str) -> str:
    """A length for a person, rounded down: days below two weeks, then weeks, months and years.

    A negative number of days reads like a positive one.
    """
    size = abs(days)
    if size < 14:
        count, unit = size, "day"
    elif size < 61:
        count, unit = size // 7, "week"
    elif size < 730:
        count, unit = size // 30, "month"
    else:
        count, unit = size // 365, "year"
    spoken = language if language in SHOWN_UNITS else "en"
    singular, plural = SHOWN_UNITS[spoken][unit]
    alone = count < 2 if spoken == "fr" else count == 1
    return f"{count} {singular if alone else plural}"
