"""The past: rows read from spans, visits, exchanges and next actions are those of the journal cut at the day."""

from collections.abc import Callable
from datetime import date, timedelta
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from pipecli.domain.events import opportunity_stream
from pipecli.domain.forecast import Cell
from pipecli.service import gates, opportunities, past
from pipecli.service.answers import Answers
from pipecli.service.workspace import Reading
from pipecli.store import forecast, journal
from pipecli.store.lists import Row

LIVED = settings(
    max_examples=30,
    deadline=None,
    suppress_health_check=[
        HealthCheck.function_scoped_fixture,
        HealthCheck.too_slow,
        HealthCheck.data_too_large,
    ],
)
START = date(2026, 1, 5)


def by_journal(reading: Reading, refs: list[int], day: date) -> list[Row]:
    """Every opportunity as the fold of its journal, cut at the day, projects it."""
    states = [
        past.state_as_of(journal.load_stream(reading.driver, opportunity_stream(n)), day)
        for n in sorted(refs)
    ]
    return [past.row_of(reading, state) for state in states if state]


def comparable(rows: list[Row], *, judged: bool) -> list[dict[str, Any]]:
    """Rows as dictionaries, without what is not of the day: the version, and unless `judged` what is proven."""
    left_out = {"version"} if judged else {"version", "unproven", "proof_until"}
    return [{k: v for k, v in row._asdict().items() if k not in left_out} for row in rows]


@LIVED
@given(data=st.data())
def test_rows_of_a_day_are_those_of_the_journal_cut_at_it(
    data: st.DataObject, player: Any, histories: Any
) -> None:
    with player() as life:
        life.play(data.draw(histories))
        span = (life.day - START).days
        days = data.draw(st.lists(st.integers(-1, span), min_size=1, max_size=8, unique=True))
        with life.held.read() as reading:
            for day in (START + timedelta(n) for n in days):
                expected = by_journal(reading, life.refs, day)
                for judged in (False, True):
                    found = past.rows_as_of(reading, day, judged=judged)
                    assert comparable(found, judged=judged) == comparable(expected, judged=judged)
