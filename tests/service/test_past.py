"""`--as-of`: lists and one opportunity as they stood at the end of a day."""

from collections.abc import Callable
from datetime import date

import pytest

from pipecli.domain import events as ev
from pipecli.domain.events import Event
from pipecli.errors import InvalidInput, NotFound
from pipecli.service import gates, opportunities, past, show, undoing
from pipecli.service.answers import Answers
from pipecli.service.lists import Wanted, listing
from pipecli.service.workspace import Workspace

At = Callable[[date], None]
NEXT = Answers(next="call", due="2026-03-06", amount="10k", sets=("contact=Ana",))


def march(day: int) -> date:
    return date(2026, 3, day)


@pytest.fixture
def lived(workspace: Workspace, at: At) -> Workspace:
    """Opened on the 2nd, advanced on the 4th, 20k on the 6th, bob's and lost on the 9th; it is the 12th."""
    opportunities.add(workspace, "ERP", NEXT)
    at(march(4))
    gates.advance(workspace, "1", Answers(proofs=("need=They told us",)))
    at(march(6))
    opportunities.edit(workspace, "1", Answers(amount="20k"))
    at(march(9))
    opportunities.edit(workspace, "1", Answers(owner="bob"))
    gates.lose(workspace, "1", "price", "twice as dear")
    at(march(12))
    return workspace


COLUMNS = ("stage", "status", "amount", "owner", "next_action", "closed_on", "days_in_stage")


@pytest.mark.parametrize(
    ("day", "expected"),
    [
        (2, ("lead", "open", 10_000, "lea", "call", None, 0)),
        (3, ("lead", "open", 10_000, "lea", "call", None, 1)),
        (4, ("discovery", "open", 10_000, "lea", "call", None, 0)),
        (6, ("discovery", "open", 20_000, "lea", "call", None, 2)),
        (9, ("discovery", "lost", 20_000, "bob", None, "2026-03-09", 5)),
        (12, ("discovery", "lost", 20_000, "bob", None, "2026-03-09", 5)),
    ],
)
def test_a_day_is_what_stood_at_its_end(lived: Workspace, day: int, expected: tuple[object, ...]) -> None:
    [record] = listing(lived, Wanted(status="all"), 0, as_of=march(day)).records
    assert tuple(record[c] for c in COLUMNS) == expected
    shown = show.show(lived, "1", as_of=march(day)).record
    assert shown == record


def test_filters_and_totals_are_those_of_the_day(lived: Workspace) -> None:
    def found(day: int, **wanted: str) -> tuple[int, list[object]]:
        listed = listing(lived, Wanted(**wanted), 0, as_of=march(day))
        return listed.n, [t.amount for t in listed.totals]

    assert found(5) == (1, [1_000_000])
    assert found(10) == (0, [])
    assert found(10, status="lost") == (1, [2_000_000])
    assert found(8, owner="lea") == (1, [2_000_000])
    assert found(8, owner="bob") == (0, [])
    assert found(3, stage="lead") == (1, [1_000_000])
    assert found(5, where="amount > 15000") == (0, [])
    assert found(6, where="amount > 15000 and stage = discovery") == (1, [2_000_000])


def test_late_is_late_on_that_day(lived: Workspace) -> None:
    assert [
        listing(lived, Wanted(), 0, as_of=march(day)).records[0]["overdue_days"] for day in (6, 7, 8)
    ] == [0, 1, 2]


def test_what_was_undone_was_never_so(lived: Workspace) -> None:
    undoing.undo(lived)  # the loss, of the 9th
    [record] = listing(lived, Wanted(), 0, as_of=march(10)).records
    assert (record["status"], record["next_action"]) == ("open", "call")


def test_what_is_recorded_late_counts_from_its_day(lived: Workspace) -> None:
    opportunities.log(lived, "1", "call", "They called", Answers(on="2026-03-05"))
    days = [
        listing(lived, Wanted(status="all"), 0, as_of=march(d)).records[0]["last_exchange_on"] for d in (4, 5)
    ]
    assert days == [None, "2026-03-05"]
    assert [e.kind for e in show.show(lived, "1", as_of=march(5)).entries] == [
        ev.OPENED, ev.NEXT_ACTION_SET, ev.EVIDENCE_RECORDED, ev.STAGE_ADVANCED, ev.EXCHANGE_LOGGED,
    ]  # fmt: skip


def test_the_future_and_the_time_before_are_refused(lived: Workspace) -> None:
    with pytest.raises(InvalidInput, match="2026-03-13 is in the future; --as-of looks back"):
        listing(lived, Wanted(), 0, as_of=march(13))
    with pytest.raises(InvalidInput, match="is in the future"):
        show.show(lived, "1", as_of=march(13))
    with pytest.raises(NotFound, match="1 was not open yet on 2026-03-01"):
        show.show(lived, "1", as_of=march(1))
    assert listing(lived, Wanted(status="all"), 0, as_of=march(1)).records == []


def test_unproven_is_judged_as_of_the_day(lived: Workspace, at: At) -> None:
    gates.reopen(lived, "1", "they called", Answers(next="call", due="2026-03-20"))
    gates.unprove(lived, "1", "need")
    assert listing(lived, Wanted(where="unproven"), 0).n == 1
    assert listing(lived, Wanted(where="unproven"), 0, as_of=march(8)).n == 0


def test_a_state_is_the_live_events_up_to_the_day() -> None:
    def event(version: int, kind: str, day: int, under: int, **payload: object) -> Event:
        return Event(kind, march(day), payload, version=version, seq=version, command=under)

    opened = {"number": 1, "uid": "u", "name": "ERP", "owner": "lea", "stage": "lead", "currency": "EUR"}
    events = [
        event(1, ev.OPENED, 2, 1, **opened, definition=1),
        event(2, ev.OWNER_CHANGED, 4, 2, owner="bob"),
        event(3, ev.OWNER_CHANGED, 6, 3, owner="zoe"),
        event(4, ev.COMMAND_UNDONE, 8, 4, command=3),
    ]
    owners = {day: state.owner for day in range(1, 10) if (state := past.state_as_of(events, march(day)))}
    assert owners == {2: "lea", 3: "lea", **dict.fromkeys(range(4, 10), "bob")}
