"""Which events of a stream still count, and which stand on which, so that undo and redo can tell."""

from datetime import date, timedelta
from typing import Any

import pytest

from pipecli.domain import events as ev
from pipecli.domain.events import Event, barring, live, resting, rests_on, undone_commands

from .building import TODAY

DAY = timedelta(1)


def event(kind: str, command: int = 1, on: date = TODAY, **payload: Any) -> Event:
    return Event(kind, on, payload, command=command)


def stream(*events: Event) -> list[Event]:
    """The events in order: versions and sequence numbers follow each other."""
    return [e._replace(version=n, seq=100 + n) for n, e in enumerate(events, 1)]


def undo(command: int, of: int) -> Event:
    return Event(ev.COMMAND_UNDONE, TODAY, {"command": of}, command=command)


def kinds(events: list[Event]) -> list[str]:
    return [e.kind for e in events]


def changes(command: int = 1, **values: Any) -> Event:
    return event(ev.DESCRIBED, command, changes=values)


@pytest.mark.parametrize(
    ("build", "name"),
    [(ev.opportunity_stream, "o12"), (ev.account_stream, "a12"), (ev.contact_stream, "c12")],
)
def test_a_stream_is_named_by_a_letter_and_a_number(build: Any, name: str) -> None:
    assert build(12) == name


class TestLive:
    OPENED = event(ev.OPENED, 1)
    NOTED = event(ev.EXCHANGE_LOGGED, 2)
    LOST = event(ev.LOST, 3)

    @pytest.mark.parametrize(
        ("undos", "left"),
        [
            ([], [ev.OPENED, ev.EXCHANGE_LOGGED, ev.LOST]),
            ([undo(4, of=3)], [ev.OPENED, ev.EXCHANGE_LOGGED]),
            ([undo(4, of=3), undo(5, of=2)], [ev.OPENED]),
            ([undo(4, of=3), undo(5, of=4)], [ev.OPENED, ev.EXCHANGE_LOGGED, ev.LOST]),
            ([undo(4, of=3), undo(5, of=4), undo(6, of=3)], [ev.OPENED, ev.EXCHANGE_LOGGED]),
            ([undo(4, of=3), undo(5, of=2), undo(6, of=5), undo(7, of=4)], [ev.OPENED, ev.EXCHANGE_LOGGED, ev.LOST]),
        ],
    )  # fmt: skip
    def test_what_was_undone_counts_no_more_until_the_undo_is_undone(
        self, undos: list[Event], left: list[str]
    ) -> None:
        history = stream(self.OPENED, self.NOTED, self.LOST, *undos)

        assert kinds(live(history)) == left

    def test_an_undo_takes_back_all_that_its_command_wrote(self) -> None:
        both = (event(ev.NEXT_ACTION_DONE, 2), event(ev.EXCHANGE_LOGGED, 2))

        assert kinds(live(stream(self.OPENED, *both, undo(3, of=2)))) == [ev.OPENED]

    def test_the_commands_taken_back_are_those_of_undos_that_count(self) -> None:
        history = stream(self.OPENED, self.NOTED, self.LOST, undo(4, of=3), undo(5, of=2), undo(6, of=5))

        assert undone_commands(history) == {3, 5}


AMOUNT = event(ev.AMOUNT_REVISED)
APPROVED = event(ev.APPROVAL_GIVEN, criterion="feasible")
ADVANCED = event(ev.STAGE_ADVANCED)
SAID = event(ev.EXCHANGE_LOGGED)._replace(seq=7)
PROVEN = event(ev.EVIDENCE_RECORDED, criterion="need")


@pytest.mark.parametrize(
    ("later", "earlier", "stands"),
    [
        (SAID, event(ev.OPENED), True),
        (AMOUNT, event(ev.ACCOUNT_ADDED), True),
        (ADVANCED, PROVEN, True),
        (event(ev.LOST), SAID, True),
        (event(ev.CRITERION_WAIVED, criterion="need"), ADVANCED, True),
        (APPROVED, ADVANCED, True),
        (event(ev.PROBABILITY_ADJUSTED), ADVANCED, True),
        (PROVEN, ADVANCED, False),
        (SAID, ADVANCED, False),
        (AMOUNT, AMOUNT, True),
        (event(ev.AMOUNT_CONFIRMED), AMOUNT, True),
        (AMOUNT, event(ev.CLOSE_DATE_SET), False),
        (APPROVED, AMOUNT, True),
        (APPROVED, changes(effort_days=3), True),
        (APPROVED, event(ev.APPROVAL_REQUESTED, criterion="feasible"), True),
        (APPROVED, event(ev.APPROVAL_REQUESTED, criterion="other"), False),
        (event(ev.APPROVAL_REFUSED, criterion="feasible"), AMOUNT, False),
        (PROVEN, PROVEN, True),
        (PROVEN, event(ev.EVIDENCE_RECORDED, criterion="scope"), False),
        (event(ev.EVIDENCE_WITHDRAWN, criterion="need"), PROVEN, True),
        (event(ev.EVIDENCE_RECORDED, criterion="need", exchange=7), SAID, True),
        (event(ev.EVIDENCE_RECORDED, criterion="need", exchange=8), SAID, False),
        (event(ev.EVIDENCE_WITHDRAWN, criterion="need"), SAID, False),
        (SAID._replace(seq=9), SAID, False),
        (event(ev.NEXT_ACTION_DONE), event(ev.NEXT_ACTION_SET), True),
        (event(ev.NEXT_ACTION_SNOOZED), event(ev.NEXT_ACTION_SET), True),
        (changes(source="fair"), changes(source="web"), True),
        (changes(source="fair", name="B"), changes(source="web"), True),
        (changes(source="fair"), changes(name="B"), False),
        (changes(contact=8), changes(account=7), True),
        (changes(decision_maker=8), changes(contact=8), True),
    ],
)
def test_what_stands_on_what(later: Event, earlier: Event, stands: bool) -> None:
    assert rests_on(later, earlier) is stands


class TestResting:
    def test_later_live_events_that_stand_on_a_command_are_in_the_way_of_its_undo(self) -> None:
        history = stream(
            event(ev.OPENED, 1), event(ev.AMOUNT_REVISED, 2), event(ev.EXCHANGE_LOGGED, 3), event(ev.AMOUNT_REVISED, 4)
        )  # fmt: skip

        assert [e.command for e in resting(history, 2)] == [4]
        assert resting(history, 3) == []
        assert resting(history, 4) == []

    def test_those_that_were_undone_are_not(self) -> None:
        history = stream(
            event(ev.OPENED, 1), event(ev.AMOUNT_REVISED, 2), event(ev.AMOUNT_REVISED, 3), undo(4, of=3)
        )

        assert resting(history, 2) == []


class TestBarring:
    BEGUN = (event(ev.OPENED, 1), event(ev.AMOUNT_REVISED, 2), undo(3, of=2))

    @pytest.mark.parametrize(
        ("since", "barred"),
        [
            ([], False),
            ([event(ev.EXCHANGE_LOGGED, 4)], False),
            ([event(ev.AMOUNT_REVISED, 4)], True),
            ([event(ev.APPROVAL_GIVEN, 4, criterion="feasible")], True),
            ([event(ev.STAGE_ADVANCED, 4)], True),
            ([event(ev.STAGE_ADVANCED, 4), undo(5, of=4)], False),
            ([event(ev.CLOSE_DATE_SET, 4)], False),
            ([event(ev.CLOSE_DATE_SET, 4, TODAY - DAY)], True),
        ],
    )
    def test_what_came_since_bars_a_redo_where_either_stands_on_the_other(
        self, since: list[Event], barred: bool
    ) -> None:
        assert [e.command for e in barring(stream(*self.BEGUN, *since), 3)] == ([4] if barred else [])

    def test_a_closing_is_not_brought_back_under_an_action_planned_since(self) -> None:
        history = stream(event(ev.OPENED, 1), event(ev.LOST, 2), undo(3, of=2), event(ev.NEXT_ACTION_SET, 4))

        assert kinds(barring(history, 3)) == [ev.NEXT_ACTION_SET]

    def test_a_move_is_not_brought_back_over_an_amount_that_was_brought_back_since(self) -> None:
        history = stream(
            event(ev.OPENED, 1),
            event(ev.AMOUNT_REVISED, 2), undo(3, of=2),
            event(ev.STAGE_ADVANCED, 4), undo(5, of=4),
            undo(6, of=3),
        )  # fmt: skip

        assert kinds(barring(history, 5)) == [ev.AMOUNT_REVISED]

    def test_one_step_after_the_other_is_brought_back_as_it_was_taken_back(self) -> None:
        history = stream(
            event(ev.OPENED, 1), event(ev.AMOUNT_REVISED, 2), event(ev.AMOUNT_REVISED, 3), undo(4, of=3), undo(5, of=2)
        )  # fmt: skip

        assert barring(history, 5) == []
        assert barring(stream(*history, undo(6, of=5)), 4) == []
