"""What statistics are made of, on both databases: opportunities as they stood at the end of a day."""

from collections.abc import Callable
from datetime import date, timedelta
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from pipecli.domain.events import opportunity_stream
from pipecli.domain.journeys import Journey, Stay
from pipecli.domain.opportunity import Opportunity
from pipecli.domain.rates import day_of_rate
from pipecli.service import gates, opportunities, past
from pipecli.service.answers import Answers
from pipecli.service.journeys import Asked, read_past
from pipecli.service.workspace import Reading, Workspace
from pipecli.store import journal
from pipecli.store.driver import Driver
from pipecli.store.statistics import Stood, definition_stages, read_stood

from .living import HISTORIES, LIVED, START

At = Callable[[date], None]


def by_journal(reading: Reading, refs: list[int], day: date) -> list[Journey]:
    """Every opportunity's journey as the fold of its journal, cut at the day, tells it."""
    states = [
        past.state_as_of(journal.load_stream(reading.driver, opportunity_stream(n)), day)
        for n in sorted(refs)
    ]
    return [_journey(reading, state, day) for state in states if state]


def _journey(reading: Reading, o: Opportunity, day: date) -> Journey:
    worth = o.amount
    if worth is not None:
        worth = reading.pipeline.rates.convert(worth, o.currency, day_of_rate(o.closed_on, day))
    return Journey(
        tuple(
            Stay(v.stage, v.entered_on.toordinal(), v.left_on.toordinal() if v.left_on else None, v.outcome)
            for v in o.visits
        ),
        o.status,
        o.closed_on.toordinal() if o.closed_on else None,
        o.owner,
        o.source,
        o.loss_reason,
        len(o.exchanges),
        worth,
        None if o.amount is None or worth is not None else o.currency,
    )


@LIVED
@given(data=st.data())
def test_journeys_of_a_day_are_those_of_the_journal_cut_at_it(data: st.DataObject, player: Any) -> None:
    with player() as life:
        life.play(data.draw(HISTORIES))
        with life.held.read() as reading:
            for ahead in data.draw(
                st.lists(st.integers(-1, (life.day - START).days), min_size=1, max_size=6)
            ):
                day = START + timedelta(ahead)
                reading.as_of(day)
                found = read_past(reading, Asked()).journeys
                assert found == by_journal(reading, life.refs, day)


def test_only_the_journal_tells_an_earlier_loss_and_an_earlier_source(
    workspace: Workspace, driver: Driver, at: At
) -> None:
    at(date(2026, 3, 2))
    opportunities.add(workspace, "ERP", Answers(next="call", due="+5d", sets=("source=fair",)))
    gates.lose(workspace, "1", "price", "")
    at(date(2026, 3, 9))
    gates.reopen(workspace, "1", "they called", Answers(next="call", due="+5d"))
    opportunities.edit(workspace, "1", Answers(owner="zoe", sets=("source=web",)))
    at(date(2026, 3, 16))
    opportunities.log(workspace, "1", "call", "Talked", Answers())
    gates.lose(workspace, "1", "timing", "")

    first, *_none = read_stood(driver, date(2026, 3, 2))
    assert first.retold and first.exchanges == 0
    visits = (("lead", "2026-03-02", "2026-03-02", "lost"), ("lead", "2026-03-09", "2026-03-16", "lost"))
    assert first.visits == visits[:1]
    assert list(read_stood(driver, date(2026, 3, 16))) == [
        Stood(1, "zoe", None, "EUR", "web", "timing", 1, False, visits)
    ]
    assert list(read_stood(driver, date(2026, 3, 1))) == []

    told = {}
    for day in (2, 9, 16):
        with workspace.read(as_of=date(2026, 3, day)) as reading:
            told[day] = read_past(reading, Asked()).journeys[0]
    assert {day: (j.status, j.reason, j.source) for day, j in told.items()} == {
        2: ("lost", "price", "fair"),
        9: ("open", None, "web"),
        16: ("lost", "timing", "web"),
    }


def test_the_stages_of_every_definition(driver: Driver) -> None:
    assert definition_stages(driver) == [("lead", "discovery", "proposal", "negotiation", "signature")]
