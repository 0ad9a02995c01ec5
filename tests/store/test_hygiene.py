"""What an audit counts, on both databases: the past as the journal tells it, delays, closings, proofs in words."""

from collections import Counter
from collections.abc import Callable
from datetime import date, timedelta
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from pipecli.domain.events import opportunity_stream
from pipecli.domain.hygiene import EXPIRED, IMPORTED, LAPSED, Proof, faults
from pipecli.domain.proofs import Proof as Given
from pipecli.service import gates, opportunities, past, undoing
from pipecli.service.answers import Answers
from pipecli.service.workspace import Workspace
from pipecli.store import hygiene, journal
from pipecli.store.driver import Driver
from pipecli.store.hygiene import Closed, Recorded

from .living import HISTORIES, LIVED, START

At = Callable[[date], None]


@LIVED
@given(data=st.data())
def test_open_ones_stood_as_the_journal_cut_at_the_day_tells(data: st.DataObject, player: Any) -> None:
    with player() as life:
        life.play(data.draw(HISTORIES))
        ahead = data.draw(
            st.lists(st.integers(-1, (life.day - START).days), min_size=1, max_size=4, unique=True)
        )
        days = [START + timedelta(n) for n in ahead]
        with life.held.read() as reading:
            found = {
                (row.day, row.owner): (row.open, row.dated, row.by_rules)
                for row in hygiene.read_stood(reading.driver, days)
            }
            streams = [journal.load_stream(reading.driver, opportunity_stream(n)) for n in life.refs]
        expected: Counter[tuple[str, str, int]] = Counter()
        keys = set()
        for day in days:
            for events in streams:
                state = past.state_as_of(events, day)
                if state is None or not state.is_open or events[0].recorded_at[:10] > day.isoformat():
                    continue
                key = (day.isoformat(), state.owner)
                keys.add(key)
                expected[*key, 0] += 1
                expected[*key, 1] += state.next_action is not None
                expected[*key, 2] += state.probability is None
        assert found == {key: tuple(expected[*key, n] for n in range(3)) for key in keys}


@LIVED
@given(data=st.data())
def test_today_is_proven_then_and_now_alike(data: st.DataObject, player: Any) -> None:
    with player() as life:
        life.play(data.draw(HISTORIES))
        with life.held.read() as reading:
            stood = hygiene.read_stood(reading.driver, [life.day])
            standing = hygiene.read_open(reading.driver, reading.pipeline, life.day)
        unproven = {IMPORTED, EXPIRED, LAPSED}
        now = [s for s, _subject in standing if not unproven.intersection(faults(s, life.day.isoformat()))]
        assert sum(row.proven for row in stood) == len(now)
        assert sum(row.open for row in stood) == len(standing)


def add(workspace: Workspace, name: str, **given: Any) -> None:
    opportunities.add(workspace, name, Answers(next="call", due="+5d", **given))


def test_what_was_recorded_by_hand_and_when_it_happened(workspace: Workspace, driver: Driver, at: At) -> None:
    at(date(2026, 3, 2))
    add(workspace, "ERP", owner="lea")
    at(date(2026, 3, 6))
    opportunities.log(workspace, "1", "call", "Talked", Answers(on="2026-03-03"))
    opportunities.log(workspace, "1", "call", "Talked more", Answers(on="2026-03-03"))
    opportunities.log(workspace, "1", "call", "Never mind", Answers())
    undoing.undo(workspace)

    found = sorted(hygiene.read_recorded(driver, "2026-03-01T00:00:00.000000Z"))
    assert found == [
        Recorded("lea", "2026-03-02", "2026-03-02T12:00", 1),
        Recorded("lea", "2026-03-03", "2026-03-06T12:00", 2),
    ]
    assert hygiene.read_recorded(driver, "2026-03-07T00:00:00.000000Z") == []
    undoing.undo(workspace, redo=True)
    assert sum(row.n for row in hygiene.read_recorded(driver, "2026-03-01T00:00:00.000000Z")) == 4


def test_closings_up_to_the_first_day_are_taken_together(
    workspace: Workspace, driver: Driver, at: At
) -> None:
    for n, day in enumerate((2, 4, 9), 1):
        at(date(2026, 3, day))
        add(workspace, f"Lost {n}", owner="zoe")
        gates.lose(workspace, str(n), "price", "")
    found = sorted(hygiene.read_closed(driver, date(2026, 3, 5)))
    assert found == [Closed("2026-03-05", "zoe", 0, 2, 2), Closed("2026-03-09", "zoe", 0, 1, 1)]


def test_a_loss_without_a_reason_is_named(
    workspace: Workspace, driver: Driver, change: Callable[..., None]
) -> None:
    add(workspace, "Lost", sets=("account=Acme",))
    gates.lose(workspace, "1", "price", "")
    change("update opportunity set loss_reason = null")
    with workspace.read() as reading:
        (found,) = hygiene.read_undocumented(driver, reading.pipeline, reading.today)
    assert (found.number, found.imported, found.subject) == (1, False, ("Lost", "Acme", 0.0))
    assert hygiene.read_closed(driver, date(2026, 3, 1))[0].documented == 0


def test_moves_of_a_period(workspace: Workspace, driver: Driver, at: At) -> None:
    at(date(2026, 3, 2))
    add(workspace, "ERP", owner="lea")
    gates.advance(workspace, "1", Answers(proofs=("need=They lose orders",), sets=("contact=Ana",)))
    at(date(2026, 3, 4))
    gates.back(workspace, "1", "they asked for time", Answers())
    assert hygiene.read_moves(driver, date(2026, 3, 1)) == [("lea", 1, 1)]
    assert hygiene.read_moves(driver, date(2026, 3, 2)) == [("lea", 1, 0)]
    assert hygiene.read_moves(driver, date(2026, 3, 4)) == []


def test_the_newest_words_of_each_criterion_and_those_of_an_exchange(
    workspace: Workspace, driver: Driver
) -> None:
    add(workspace, "ERP")
    add(workspace, "Portal")
    gates.prove(workspace, "1", "need", Given(text="ok"), Answers())
    gates.prove(workspace, "1", "need", Given(text="They lose orders"), Answers())
    gates.prove(workspace, "2", "need", Given(link="https://notes.example/1"), Answers())
    opportunities.log(workspace, "1", "call", " He signs ", Answers())
    (exchange,) = (row[0] for row in driver.rows("select id from exchange"))
    gates.prove(workspace, "1", "contract", Given(exchange=exchange), Answers())
    need, signs = hygiene.read_proofs(driver)
    assert (need.number, need.criterion, need.text) == (1, "need", "They lose orders")
    assert signs == Proof(1, "contract", exchange, "He signs")


def test_the_first_command_begins_the_workspace(workspace: Workspace, driver: Driver) -> None:
    assert hygiene.first_command(driver) == driver.rows("select min(at) from command")[0][0]
