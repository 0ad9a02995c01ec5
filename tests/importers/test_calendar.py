"""Meetings that took place, from calendars well formed and not."""

from __future__ import annotations

import os
import time
from datetime import UTC, date, datetime
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pipecli.domain.matching import Incoming
from pipecli.errors import InvalidInput
from pipecli.importers.calendar import read_meetings

NOW = datetime(2026, 11, 23, 9, tzinfo=UTC)
REAL = os.environ.get("PIPECLI_REAL_DATA")


def calendar(*events: str) -> bytes:
    inside = "".join(f"BEGIN:VEVENT\n{event}\nEND:VEVENT\n" for event in events)
    return f"BEGIN:VCALENDAR\nVERSION:2.0\nPRODID:x\n{inside}END:VCALENDAR\n".encode()


def read(raw: bytes, zone: str = "Europe/Paris") -> tuple[list[Incoming], int]:
    return read_meetings(raw, "x.ics", zone, NOW)


def days(*lines: str, zone: str = "Europe/Paris") -> list[str]:
    found, _left_out = read(calendar("\n".join(("UID:u", "SUMMARY:s", *lines))), zone)
    return [one.day.isoformat() if one.day else one.fault for one in found]


def test_a_meeting_has_its_people_and_its_words() -> None:
    found, left_out = read(
        calendar(
            "UID:u\nSUMMARY:Scope\\, again\nDTSTART:20261120T233000Z\nLOCATION:Paris\nDESCRIPTION:One\\nTwo\n"
            "ORGANIZER;CN=Lea:mailto:lea@us.example\nATTENDEE:MAILTO:Jeanne@Acme.example\n"
            "ATTENDEE;CN=Marc:mailto:marc@us.example",
            "UID:v\nSUMMARY:later\nDTSTART:20261124T100000Z",
            "UID:w\nSUMMARY:not held\nSTATUS:CANCELLED\nDTSTART:20261120T100000Z",
        )
    )
    (one,) = found
    assert left_out == 2
    assert one.text == (
        "Scope, again\nFrom: lea@us.example\nTo: jeanne@acme.example, marc@us.example\n\nParis\n\nOne\nTwo"
    )
    assert (one.kind, one.day, one.place) == ("meeting", date(2026, 11, 21), "x.ics#1")
    assert one.addresses == ("lea@us.example", "jeanne@acme.example", "marc@us.example")


@pytest.mark.parametrize(
    ("lines", "expected"),
    [
        (["DTSTART;VALUE=DATE:20261120"], ["2026-11-20"]),
        (["DTSTART;TZID=America/New_York:20261120T200000"], ["2026-11-21"]),
        (["DTSTART:20261120T235900"], ["2026-11-20"]),
        (["DTSTART:20261123T090000Z"], ["2026-11-23"]),
        (["DTSTART:20261123T090100Z"], []),
        (["DTSTART:nonsense"], ["its start is missing or cannot be read"]),
        ([], ["its start is missing or cannot be read"]),
        (["DTSTART:00010101T000000Z"], ["its start is missing or cannot be read"]),
        (["DTSTART:20261102T100000Z", "RRULE:FREQ=WEEKLY"], ["2026-11-02", "2026-11-09", "2026-11-16"]),
        (["DTSTART:20261102T100000Z", "RRULE:FREQ=WEEKLY;COUNT=2"], ["2026-11-02", "2026-11-09"]),
        (["DTSTART:20261102T100000Z", "RRULE:FREQ=WEEKLY;UNTIL=20261109T100000Z"], ["2026-11-02", "2026-11-09"]),
        (["DTSTART:20261102T100000Z", "RRULE:FREQ=WEEKLY", "EXDATE:20261109T100000Z"],
         ["2026-11-02", "2026-11-16"]),
        (["DTSTART:20261102T100000Z", "RDATE:20261105T100000Z,20261205T100000Z"], ["2026-11-02", "2026-11-05"]),
        (["DTSTART;TZID=Europe/Paris:20261020T000000", "RRULE:FREQ=WEEKLY;COUNT=2"], ["2026-10-20", "2026-10-27"]),
        (["DTSTART:20200101T100000Z", "RRULE:FREQ=DAILY"], ["it recurs more than 1000 times"]),
        (["DTSTART:20200101T100000Z", "RRULE:FREQ=SECONDLY"], ["its recurrence cannot be followed"]),
        (["DTSTART:20200101T100000Z", "RRULE:FREQ=DAILY;INTERVAL=0"], ["its recurrence cannot be followed"]),
        (["DTSTART:20200101T100000Z", "RRULE:FREQ=YEARLY;BYMONTH=2;BYMONTHDAY=30"],
         ["its recurrence cannot be followed"]),
        (["DTSTART:20200101T100000Z", "RRULE:nonsense"], ["its recurrence cannot be followed"]),
    ],
)  # fmt: skip
def test_days(lines: list[str], expected: list[str]) -> None:
    assert days(*lines) == expected


def test_an_occurrence_that_was_moved_stands_once_and_where_it_was_moved_to() -> None:
    found, _left_out = read(
        calendar(
            "UID:u\nSUMMARY:s\nDTSTART:20261102T100000Z\nRRULE:FREQ=WEEKLY",
            "UID:u\nSUMMARY:moved\nRECURRENCE-ID:20261109T100000Z\nDTSTART:20261110T100000Z",
        )
    )
    assert [(one.title, str(one.day)) for one in found] == [
        ("s", "2026-11-02"), ("moved", "2026-11-10"), ("s", "2026-11-16"),
    ]  # fmt: skip
    assert len({one.key for one in found}) == 3


def test_a_time_zone_that_is_none_is_no_time_zone() -> None:
    assert days("DTSTART;TZID=Europe:20261120T100000") == ["its start is missing or cannot be read"]
    assert days("DTSTART;TZID=Nowhere:20261120T100000") == ["2026-11-20"]


def test_a_broken_event_costs_no_other() -> None:
    raw = calendar("UID:u\nSUMMARY:good\nDTSTART:20261120T100000Z", "UID:v\nSUMMARY:bad\nDTSTART:x")
    cut = raw.replace(b"END:VCALENDAR\n", b"")
    for content in (raw, cut):
        assert [(one.title, one.fault) for one in read(content)[0]] == [
            ("good", ""),
            ("bad", "its start is missing or cannot be read"),
        ]


@pytest.mark.parametrize(
    "raw",
    [
        b"BEGIN:VCALENDAR\n" + b"BEGIN:VEVENT\nDTSTART:20200101T100000Z\n" * 30_000,
        calendar(
            "UID:u\nDTSTART:20200101T100000Z\n" + "\n".join(f"ATTENDEE:mailto:p{n}@x" for n in range(10_000))
        ),
        calendar("UID:u\nDTSTART:20200101T100000Z\nDESCRIPTION:" + "x" * 3_000_000),
        calendar("UID:u\nDTSTART:20200101T100000Z\nRRULE:FREQ=MONTHLY;BYDAY=6MO"),
    ],
)
def test_hostile_calendars_are_not_slow(raw: bytes) -> None:
    begun = time.monotonic()
    try:
        assert len(read(raw)[0]) == 1
    except InvalidInput as error:
        assert "cannot be read" in error.message
    assert time.monotonic() - begun < 15


_WHOLE = calendar(
    "UID:u\nSUMMARY:s\nDTSTART;TZID=Europe/Paris:20261102T100000\nRRULE:FREQ=WEEKLY;COUNT=9\n"
    "EXDATE:20261109T090000Z\nATTENDEE:mailto:a@b.example",
)


@settings(max_examples=100, deadline=None)
@given(
    st.lists(st.tuples(st.integers(0, len(_WHOLE)), st.integers(0, 20), st.binary(max_size=6)), max_size=4)
)
def test_a_mutated_calendar_is_read_or_refused(cuts: list[tuple[int, int, bytes]]) -> None:
    raw = _WHOLE
    for at, length, put in cuts:
        raw = raw[:at] + put + raw[at + length :]
    try:
        found, _left_out = read(raw)
    except InvalidInput as error:
        assert "x.ics" in error.message
        return
    for one in found:
        assert (one.day is None) == bool(one.fault)
        assert one.day is None or one.day <= NOW.date()
        one.text.encode()


@pytest.mark.skipif(REAL is None, reason="PIPECLI_REAL_DATA names no folder")
def test_real_calendars_are_all_read_or_refused() -> None:
    refused, read_, undated = [], 0, 0
    for file in sorted((Path(REAL or "") / "ics").glob("*.ics")):
        try:
            found, _left_out = read(file.read_bytes())
        except InvalidInput:
            refused.append(file.name)
            continue
        read_ += len(found)
        undated += sum(one.day is None for one in found)
        assert all((one.day is None) == bool(one.fault) for one in found)
    assert (read_, undated) == (504, 58)
    assert refused == ["fuzz_testcase_invalid_month.ics", "parsing_error_in_UTC_offset.ics"]
