"""Calendars: what stands in the file byte for byte, and that a reader finds in it what went in."""

from __future__ import annotations

import sys
from datetime import date

import icalendar
import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipecli.errors import ConfigError
from pipecli.exporters.ics import Occasion, calendar_bytes
from pipecli.exporters.wording import clean, one_line

CALL = Occasion(
    "ab-7@cd.pipecli",
    date(2026, 12, 31),
    "call Jeanne; ask, \\ wait · Acmé · a name so long that its line has to be folded",
    "First line\r\nsecond; line, \\ \x1b[31m",
    ("Lead, qualified", "key"),
    3,
    "2026-11-02T09:00:00.654321Z",
    "2026-11-23T09:00:00.000000Z",
    is_cancelled=False,
    rings=True,
)


def test_an_event_byte_for_byte() -> None:
    assert calendar_bytes("Next actions\nof Léa", "Europe/Paris", [CALL]).decode() == (
        "BEGIN:VCALENDAR\r\n"
        "VERSION:2.0\r\n"
        "PRODID:-//pipecli//next actions//EN\r\n"
        "CALSCALE:GREGORIAN\r\n"
        "METHOD:PUBLISH\r\n"
        "NAME:Next actions of Léa\r\n"
        "X-WR-CALNAME:Next actions of Léa\r\n"
        "X-WR-TIMEZONE:Europe/Paris\r\n"
        "BEGIN:VEVENT\r\n"
        "SUMMARY:call Jeanne\\; ask\\, \\\\ wait · Acmé · a name so long that its li\r\n"
        " ne has to be folded\r\n"
        "DTSTART;VALUE=DATE:20261231\r\n"
        "DTEND;VALUE=DATE:20270101\r\n"
        "DTSTAMP:20261123T090000Z\r\n"
        "UID:ab-7@cd.pipecli\r\n"
        "SEQUENCE:3\r\n"
        "CATEGORIES:Lead\\, qualified,key\r\n"
        "CREATED:20261102T090000Z\r\n"
        "DESCRIPTION:First line\\nsecond\\; line\\, \\\\  [31m\r\n"
        "LAST-MODIFIED:20261123T090000Z\r\n"
        "STATUS:CONFIRMED\r\n"
        "TRANSP:TRANSPARENT\r\n"
        "X-MICROSOFT-CDO-BUSYSTATUS:FREE\r\n"
        "BEGIN:VALARM\r\n"
        "ACTION:DISPLAY\r\n"
        "DESCRIPTION:call Jeanne\\; ask\\, \\\\ wait · Acmé · a name so long that it\r\n"
        " s line has to be folded\r\n"
        "TRIGGER:PT8H\r\n"
        "END:VALARM\r\n"
        "END:VEVENT\r\n"
        "END:VCALENDAR\r\n"
    )


def test_a_cancelled_one_keeps_its_day_and_rings_no_more() -> None:
    made = calendar_bytes("x", "UTC", [CALL._replace(is_cancelled=True, rings=False)])
    [event] = icalendar.Calendar.from_ical(made).walk("VEVENT")
    assert (str(event["STATUS"]), event.decoded("DTSTART"), event.walk("VALARM")) == (
        "CANCELLED",
        CALL.day,
        [],
    )


@given(summary=st.text(), description=st.text(), category=st.text(min_size=1))
def test_any_text_comes_back(summary: str, description: str, category: str) -> None:
    given = CALL._replace(summary=summary, description=description, categories=(category,))
    made = calendar_bytes(summary, "UTC", [given, CALL])
    lines = made.split(b"\r\n")
    assert all(len(line) <= 75 and b"\n" not in line and b"\r" not in line for line in lines)
    first, second = icalendar.Calendar.from_ical(made).walk("VEVENT")
    assert str(first["SUMMARY"]) == one_line(summary)
    assert str(first["DESCRIPTION"]) == clean(description)
    assert [str(c) for c in first["CATEGORIES"].cats] == [one_line(category)]
    assert str(second["UID"]) == CALL.uid


def test_without_its_library_the_line_names_it(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "icalendar", None)
    with pytest.raises(ConfigError) as refused:
        calendar_bytes("x", "UTC", [])
    assert refused.value.message == "a calendar needs the icalendar library; add it: pip install icalendar"
