"""In which form a column writes its days and its numbers, decided from all its values together, never per cell.

`03/04/2026` is the 3rd of April or the 4th of March; `1,234` is more than a thousand or hardly more than one. A column
that shows its form elsewhere settles its own doubtful values; one that does not is a question to a person.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from datetime import date, timedelta
from typing import NamedTuple

from .date_words import MONTHS
from .dates import Order
from .fold import fold

FIRST_SERIAL, LAST_SERIAL = 20_000, 80_000
"""Days since 1899-12-30, as spreadsheets count them: 1954 to 2119."""

_NUMERIC = re.compile(r"\s*(\d{1,2})([/.-])(\d{1,2})\2(\d{4}|\d{2})(?!\d)", re.ASCII)
_YEAR_FIRST = re.compile(r"(\d{4})([/.-])(\d{1,2})\2(\d{1,2})(?!\d)(.*)", re.ASCII | re.DOTALL)
_SERIAL = re.compile(r"\d{5}(?:[.,]\d+)?", re.ASCII)
_DAY_MONTH = re.compile(
    r"(\d{1,2})(?:st|nd|rd|th|er)?[ .-]+([a-z]{3,10})\.?,?[ .-]+(\d{4})(?!\d)(.*)", re.ASCII
)
_MONTH_DAY = re.compile(r"([a-z]{3,10})\.? (\d{1,2})(?:st|nd|rd|th)?,? (\d{4})(?!\d)(.*)", re.ASCII)
_CLOCK = re.compile(r"(?:[ ,]*(?:at |a )?\d{1,2}:\d\d(?::\d\d)?(?: ?[ap]m)?)?", re.ASCII)
_AMOUNT = re.compile(r"\d[\d .,'’\u00a0\u2007\u2009\u202f]*", re.ASCII)
_OPEN_AMOUNT = re.compile(r"[1-9]\d{0,2}[.,]\d{3}", re.ASCII)


Clash = tuple[tuple[int, str], tuple[int, str]]
"""Two values that show different forms, each with its place in the column; the first of either."""


class Days(NamedTuple):
    """How a column writes its days: the order it has shown, how many values have two readings, one of them,
    how many have only one, whether all of them are numbers of a spreadsheet, and which contradict each other."""

    order: Order | None
    doubtful: int = 0
    example: str = ""
    settled: int = 0
    serial: bool = False
    clash: Clash | None = None

    @property
    def is_a_question(self) -> bool:
        """Whether its values leave it open which is the day: what it is made of has two readings."""
        return self.order is None and self.doubtful > self.settled


def days_of(texts: Iterable[str]) -> Days:
    """What a column's values show together; blank ones say nothing."""
    doubtful = settled = serials = 0
    example = ""
    shown: dict[Order, tuple[int, str]] = {}
    for place, text in enumerate(texts):
        if not text:
            continue
        found = _NUMERIC.match(text)
        if not found:
            serials += bool(_SERIAL.fullmatch(text)) and FIRST_SERIAL <= int(text[:5]) <= LAST_SERIAL
            settled += 1
            continue
        one, two = int(found[1]), int(found[3])
        if one > 12 or two > 12:
            settled += 1
            if one <= 12 or two <= 12:
                shown.setdefault("dmy" if one > 12 else "mdy", (place, text))
        elif one == two:
            settled += 1
        else:
            doubtful += 1
            example = example or text
    order = next(iter(shown)) if len(shown) == 1 else None
    clash = (shown["dmy"], shown["mdy"]) if len(shown) == 2 else None
    if clash and doubtful:
        settled = 0
    serial = bool(serials) and serials == settled and not doubtful
    return Days(order, doubtful, example, settled, serial, clash)


class Marks(NamedTuple):
    """How a column writes its numbers: the decimal mark it has shown, the values that have two readings, and which
    contradict each other."""

    decimal: str | None
    doubtful: int = 0
    example: str = ""
    settled: int = 0
    clash: Clash | None = None

    @property
    def is_a_question(self) -> bool:
        """Whether what it is made of has two readings."""
        return self.decimal is None and self.doubtful > self.settled


def marks_of(texts: Iterable[str]) -> Marks:
    """What a column's amounts show together."""
    shown: dict[str, tuple[int, str]] = {}
    doubtful = settled = 0
    example = ""
    for place, text in enumerate(texts):
        found = _AMOUNT.search(text) if text else None
        if not found:
            continue
        number = found[0].strip()
        if _OPEN_AMOUNT.fullmatch(number) and not text[found.end() :].strip().lower().startswith(("k", "m")):
            doubtful += 1
            example = example or text
            continue
        settled += 1
        mark = _decimal_of(number.rstrip(".,"))
        if mark:
            shown.setdefault(mark, (place, text))
    decimal = next(iter(shown)) if len(shown) == 1 else None
    clash = (shown[","], shown["."]) if len(shown) == 2 else None
    if clash and doubtful:
        settled = 0
    return Marks(decimal, doubtful, example, settled, clash)


def _decimal_of(number: str) -> str | None:
    """The mark before the decimals that a number with one reading shows, None where it shows none."""
    marks = [char for char in number if char in ".,"]
    if not marks:
        return None
    if len(set(marks)) == 2:
        return marks[-1]
    if len(marks) > 1:  # a mark that repeats stands between thousands
        return "," if marks[0] == "." else "."
    return marks[0]


def plain_day(text: str, *, serial: bool = False) -> str:
    """A day in words, with the year in front or as a number of a spreadsheet, as `parse_moment` reads it."""
    if serial:
        return (date(1899, 12, 30) + timedelta(days=int(text[:5]))).isoformat()
    found = _YEAR_FIRST.fullmatch(text)
    if found:
        return f"{found[1]}-{int(found[3]):02d}-{int(found[4]):02d}{found[5]}"
    if text[:1].isascii() and not any(char.isalpha() for char in text):
        return text
    plain = fold(" ".join(text.split()))
    if day := _DAY_MONTH.fullmatch(plain):
        number, month, year, rest = day.groups()
    elif day := _MONTH_DAY.fullmatch(plain):
        month, number, year, rest = day.groups()
    else:
        return text
    if month not in MONTHS or not _CLOCK.fullmatch(rest):
        return text
    return f"{year}-{MONTHS[month]:02d}-{int(number):02d}"
