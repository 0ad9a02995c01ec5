"""Next actions for a calendar, on both databases: what stands, what moved, and what is no more."""

from collections.abc import Callable
from datetime import date, timedelta
from typing import Any

import icalendar
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pipecli.service import agenda, gates, opportunities, undoing
from pipecli.service.answers import Answers
from pipecli.service.opportunities import Happened
from pipecli.service.workspace import Reading, Workspace

from .living import HISTORIES, LIVED, TODAY

Event = tuple[str, str, str, int]


def told(workspace: Workspace, *, days: int = 10, everybody: bool = False) -> list[Event]:
    """Each event's summary, day, status and sequence."""
    made = agenda.calendar(workspace, days=days, everybody=everybody)
    events = icalendar.Calendar.from_ical(made.content).walk("VEVENT")
    assert len({event["UID"] for event in events}) == len(events) == made.standing + made.cancelled
    return [
        (str(e["SUMMARY"]), e.decoded("DTSTART").isoformat(), str(e["STATUS"]), int(e["SEQUENCE"]))
        for e in events
    ]


def uids(workspace: Workspace) -> set[str]:
    content = agenda.calendar(workspace, days=10).content
    return {str(event["UID"]) for event in icalendar.Calendar.from_ical(content).walk("VEVENT")}


@pytest.fixture
def planned(workspace: Workspace, at: Callable[[date], None]) -> Workspace:
    """Three of this actor's, late, due today and far off; one of Bob's."""
    at(date(2026, 2, 20))
    for name, due, owner in (
        ("ERP", "2026-02-27", None),
        ("Audit", "2026-03-02", None),
        ("Far", "+60d", None),
    ):
        sets = ("account=Acmé",) if name == "ERP" else ()
        opportunities.add(workspace, name, Answers(sets=sets, next="call", due=due, owner=owner))
    opportunities.add(workspace, "Bob's", Answers(next="mail", due="2026-03-05", owner="Bob"))
    at(TODAY)
    return workspace


def test_what_is_late_and_what_is_due_by_the_last_day(planned: Workspace) -> None:
    mine = [
        ("call · Acmé · ERP", "2026-02-27", "CONFIRMED", 2),
        ("call · Audit", "2026-03-02", "CONFIRMED", 2),
    ]
    assert told(planned) == mine
    assert told(planned, everybody=True) == [*mine, ("mail · Bob's", "2026-03-05", "CONFIRMED", 2)]
    assert told(planned, days=50)[-1] == ("call · Far", "2026-04-21", "CONFIRMED", 2)


def test_the_same_state_gives_the_same_bytes(planned: Workspace) -> None:
    assert agenda.calendar(planned).content == agenda.calendar(planned).content


def test_put_off_it_is_the_same_event_on_another_day(planned: Workspace) -> None:
    before = uids(planned)
    opportunities.snooze(planned, ["1"], "2026-03-04")
    opportunities.snooze(planned, ["2"], "2026-06-01")
    assert told(planned) == [
        ("call · Acmé · ERP", "2026-03-04", "CONFIRMED", 3),
        ("call · Audit", "2026-06-01", "CONFIRMED", 3),
    ]
    assert uids(planned) == before


def test_done_and_replaced_ones_are_cancelled_beside_the_next(planned: Workspace) -> None:
    opportunities.done(planned, "1", Happened("spoke", None), Answers(next="send", due="+3d"))
    opportunities.set_next(planned, "2", "visit", "+4d")
    assert told(planned) == [
        ("call · Acmé · ERP", "2026-02-27", "CANCELLED", 5),
        ("call · Audit", "2026-03-02", "CANCELLED", 3),
        ("send · Acmé · ERP", "2026-03-05", "CONFIRMED", 5),
        ("visit · Audit", "2026-03-06", "CONFIRMED", 3),
    ]


def test_of_a_closed_opportunity_it_is_cancelled_for_thirty_days(
    planned: Workspace, at: Callable[[date], None]
) -> None:
    gates.lose(planned, "1", "price", "")
    cancelled = ("call · Acmé · ERP", "2026-02-27", "CANCELLED", 3)
    assert told(planned)[0] == cancelled
    at(date(2026, 4, 1))
    assert told(planned)[0] == cancelled
    at(date(2026, 4, 2))
    assert [event[0] for event in told(planned)] == ["call · Audit"]


def test_what_is_told_late_is_cancelled_from_then_on(planned: Workspace, at: Callable[[date], None]) -> None:
    at(date(2026, 4, 20))
    given = Answers(next="send", due="2026-04-25", on="2026-03-01")
    opportunities.done(planned, "1", Happened("spoke", None), given)
    assert told(planned)[0][:3] == ("call · Acmé · ERP", "2026-02-27", "CANCELLED")


def test_an_undo_brings_it_back_with_a_higher_sequence(planned: Workspace) -> None:
    before = uids(planned)
    gates.lose(planned, "1", "price", "")
    undoing.undo(planned)
    assert told(planned)[0] == ("call · Acmé · ERP", "2026-02-27", "CONFIRMED", 4)
    assert uids(planned) == before


def test_one_that_was_taken_back_is_cancelled(planned: Workspace) -> None:
    opportunities.set_next(planned, "2", "visit", "+4d")
    before = uids(planned)
    undoing.undo(planned)
    opportunities.add(planned, "Mistake", Answers(next="ring", due="+1d"))
    before |= uids(planned)
    undoing.undo(planned)
    assert told(planned)[1:] == [
        ("call · Audit", "2026-03-02", "CONFIRMED", 4),
        ("visit · Audit", "2026-03-06", "CANCELLED", 4),
        ("ring · Mistake", "2026-03-03", "CANCELLED", 3),
    ]
    assert uids(planned) == before
    undoing.undo(planned, redo=True)
    assert ("ring · Mistake", "2026-03-03", "CONFIRMED", 4) in told(planned)


def test_handed_over_it_leaves_the_calendar_of_who_had_it(planned: Workspace) -> None:
    before = uids(planned)
    opportunities.edit(planned, "1", Answers(owner="Bob"), probability=None, reason="")
    assert told(planned)[-1] == ("call · Acmé · ERP", "2026-02-27", "CANCELLED", 3)
    assert told(planned, everybody=True)[0] == ("call · Acmé · ERP", "2026-02-27", "CONFIRMED", 3)
    assert uids(planned) == before


def test_handed_over_and_closed_by_who_has_it(planned: Workspace) -> None:
    before = uids(planned)
    opportunities.edit(planned, "1", Answers(owner="Bob"), probability=None, reason="")
    gates.lose(planned, "1", "price", "too dear")
    assert told(planned)[-1] == ("call · Acmé · ERP", "2026-02-27", "CANCELLED", 4)
    assert uids(planned) == before


def test_handed_over_and_back_by_an_undo(planned: Workspace) -> None:
    opportunities.edit(planned, "4", Answers(owner=_actor(planned)), probability=None, reason="")
    assert told(planned)[-1] == ("mail · Bob's", "2026-03-05", "CONFIRMED", 3)
    undoing.undo(planned)
    assert told(planned)[-1] == ("mail · Bob's", "2026-03-05", "CANCELLED", 4)


def _actor(workspace: Workspace) -> str:
    with workspace.read() as reading:
        return reading.actor


def current(reading: Reading) -> dict[str, str]:
    """The day of each next action of the actor that stands, by the number it ends its UID with."""
    rows = reading.driver.rows(
        "select n.id, n.due from next_action n join opportunity o on o.number = n.opportunity "
        "where n.closed_on is null and o.owner_key = :owner",
        {"owner": reading.actor.casefold()},
    )
    return {str(number): due for number, due in rows}


@settings(LIVED, max_examples=30)
@given(data=st.data())
def test_a_calendar_that_reads_every_file_shows_what_stands(data: st.DataObject, player: Any) -> None:
    with player() as life:
        steps = data.draw(HISTORIES)[:16]
        shown: dict[str, tuple[str, int, bool]] = {}
        for start in range(
            0, len(steps) + 1, 4
        ):  # four steps take less than the days that what is gone is kept
            life.play(steps[start : start + 4])
            with life.held.read() as reading:
                found = list(agenda.occasions(reading, 7))
                stands = current(reading)
                until = (reading.today + timedelta(7)).isoformat()
            assert len({o.uid for o in found}) == len(found)
            for o in found:
                number = o.uid.partition("@")[0].rpartition("-")[2]
                assert o.sequence >= shown.get(number, ("", 0, False))[1]
                shown[number] = (o.day.isoformat(), o.sequence, o.is_cancelled)
            kept = {number: day for number, (day, _n, is_gone) in shown.items() if not is_gone}
            assert kept.items() <= stands.items()
            assert {n: due for n, due in stands.items() if due <= until}.items() <= kept.items()
