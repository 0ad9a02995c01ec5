"""`pipe today --ics`: next actions as a calendar, to stdout or into a file."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import icalendar
import pytest

from .conftest import Pipe, masked

HEAD = """\
BEGIN:VCALENDAR
VERSION:2.0
PRODID:-//pipecli//next actions//EN
CALSCALE:GREGORIAN
METHOD:PUBLISH
NAME:Next actions of {who}
X-WR-CALNAME:Next actions of {who}
X-WR-TIMEZONE:Europe/Paris
"""
MARCS = """\
BEGIN:VEVENT
SUMMARY:book workshop · Nord · Audit
DTSTART;VALUE=DATE:20261201
DTEND;VALUE=DATE:20261202
DTSTAMP:20261102T090000Z
UID:UID-12@UID.pipecli
SEQUENCE:2
CATEGORIES:Qualified lead
CREATED:20261102T090000Z
DESCRIPTION:Nord · Audit\\nQualified lead\\nOwner: marc\\n\\npipe done 3 "what happened" -n "what next" -d fri
LAST-MODIFIED:20261102T090000Z
STATUS:CONFIRMED
TRANSP:TRANSPARENT
X-MICROSOFT-CDO-BUSYSTATUS:FREE
BEGIN:VALARM
ACTION:DISPLAY
DESCRIPTION:book workshop · Nord · Audit
TRIGGER:PT8H
END:VALARM
END:VEVENT
"""
JEANNE = """\
BEGIN:VEVENT
SUMMARY:call Jeanne · Acme · ERP rollout
DTSTART;VALUE=DATE:20261120
DTEND;VALUE=DATE:20261121
DTSTAMP:20261117T090000Z
UID:UID-6@UID.pipecli
SEQUENCE:5
CATEGORIES:Discovery,key
CREATED:20261102T090000Z
DESCRIPTION:Acme · ERP rollout\\nDiscovery · €48\\,000\\nContact: Jeanne Martin\\nOwner: lea\\n\\n\
pipe done 1 "what happened" -n "what next" -d fri
LAST-MODIFIED:20261117T090000Z
STATUS:CONFIRMED
TRANSP:TRANSPARENT
X-MICROSOFT-CDO-BUSYSTATUS:FREE
END:VEVENT
"""


def unfolded(text: str) -> str:
    return text.replace("\r\n ", "").replace("\r\n", "\n")


def test_the_calendar_of_one(house: Pipe) -> None:
    found = house("today", "--ics", "-", me="marc")
    assert masked(found._replace(out=unfolded(found.out))) == (
        0,
        HEAD.format(who="marc") + MARCS + "END:VCALENDAR\n",
        "",
    )


def test_everybodys_with_what_is_late_and_what_was_closed(house: Pipe) -> None:
    made = house("today", "--ics", "-", "-a").out
    assert JEANNE in masked(house("today", "--ics", "-")._replace(out=unfolded(made))).out
    events = icalendar.Calendar.from_ical(made).walk("VEVENT")
    assert [(str(e["SUMMARY"]), str(e["STATUS"])) for e in events] == [
        ("call Jeanne · Acme · ERP rollout", "CONFIRMED"),
        ("send references · Borel · Maintenance", "CONFIRMED"),
        ("book workshop · Nord · Audit", "CONFIRMED"),
        ("mail Ana · Sirius · Portal", "CONFIRMED"),
        ("call Ida · Training", "CANCELLED"),
        ("call Jeanne · Acme · Kiosk", "CANCELLED"),
    ]


def test_days_bound_it(house: Pipe) -> None:
    assert "Audit" in house("today", "-a", "--days", "8", "--ics", "-").out
    assert "Audit" not in house("today", "-a", "--days", "7", "--ics", "-").out


def test_a_file_appears_whole(house: Pipe, environment: Path, screen: Callable[[int], None]) -> None:
    file = environment / "agenda.ics"
    assert house("today", "--ics", str(file)) == (0, "", "")
    made = file.read_bytes()
    assert made == house("today", "--ics", "-").out.encode()
    screen(80)
    assert house("today", "--ics", str(file)) == (
        0,
        "",
        f"3 next actions and 2 cancelled ones in {file}\n",
    )
    assert file.read_bytes() == made
    assert list(environment.glob(".*.part")) == []


@pytest.mark.parametrize("more", [["--json"], ["--csv"], ["-q"], ["--limit", "3"]])
def test_it_is_no_list(house: Pipe, more: list[str]) -> None:
    code, out, err = house("today", "--ics", "-", *more)
    line = "--ics writes a whole calendar: leave out --limit and the other formats"
    assert (code, out) == (2, "") and line in err


def test_a_folder_that_is_not_there(house: Pipe, environment: Path) -> None:
    file = environment / "nowhere" / "agenda.ics"
    line = f"{file} cannot be written: No such file or directory\n"
    assert house("today", "--ics", str(file)) == (2, "", line)


def test_hostile_texts_stay_in_their_property(house: Pipe) -> None:
    house("add", "x\nEND:VEVENT", "-n", "ring\r\nATTENDEE:mailto:x@y.example", "-d", "fri", me="eve")
    [event] = icalendar.Calendar.from_ical(house("today", "--ics", "-", me="eve").out).walk("VEVENT")
    assert str(event["SUMMARY"]) == "ring ATTENDEE:mailto:x@y.example · x END:VEVENT"
    assert "ATTENDEE" not in event


def test_only_a_calendar_loads_its_library(house: Pipe) -> None:
    from .test_modules import NEVER, RULES, loaded

    assert "icalendar" not in loaded("today")
    found = loaded("today", "--ics", "-")
    assert "icalendar" in found and not found & (NEVER | RULES | {"rich.console"})
