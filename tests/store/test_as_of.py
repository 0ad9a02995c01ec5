"""The past: rows read from spans, visits, exchanges and next actions are those of the journal cut at the day."""

from collections.abc import Callable
from datetime import date, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipecli.domain.events import opportunity_stream
from pipecli.service import gates, opportunities, past
from pipecli.service.answers import Answers
from pipecli.service.workspace import Reading
from pipecli.store import journal
from pipecli.store.lists import Row

from .living import HISTORIES, LIVED, START, Held


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
def test_rows_of_a_day_are_those_of_the_journal_cut_at_it(data: st.DataObject, player: Any) -> None:
    with player() as life:
        life.play(data.draw(HISTORIES))
        span = (life.day - START).days
        days = data.draw(st.lists(st.integers(-1, span), min_size=1, max_size=8, unique=True))
        with life.held.read() as reading:
            for day in (START + timedelta(n) for n in days):
                expected = by_journal(reading, life.refs, day)
                for judged in (False, True):
                    found = past.rows_as_of(reading, day, judged=judged)
                    assert comparable(found, judged=judged) == comparable(expected, judged=judged)


NEXT = Answers(next="call", due="+5d", amount="10k")


@pytest.fixture
def rows_on(held: Held) -> Callable[[date], list[Row]]:
    def rows(day: date) -> list[Row]:
        with held.read() as reading:
            return past.rows_as_of(reading, day)

    return rows


@pytest.fixture
def first(held: Held, at: Callable[[date], None]) -> Callable[[int], None]:
    """Goes to a day of January; the first opportunity is opened on the 1st."""
    at(date(2026, 1, 1))
    opportunities.add(held, "ERP", NEXT)
    return lambda day: at(date(2026, 1, day))


def test_nothing_was_there_before_it_was_opened(first: Any, rows_on: Any) -> None:
    assert rows_on(date(2025, 12, 31)) == []
    assert [r.name for r in rows_on(date(2026, 1, 1))] == ["ERP"]


def test_a_next_action_put_off_was_due_earlier_before(held: Held, first: Any, rows_on: Any) -> None:
    first(3)
    opportunities.snooze(held, ["1"], "2026-01-20")
    assert [rows_on(date(2026, 1, d))[0].next_due for d in (1, 2, 3)] == [
        "2026-01-06", "2026-01-06", "2026-01-20",
    ]  # fmt: skip


def test_a_loss_that_was_reopened_is_shown_with_its_reason(held: Held, first: Any, rows_on: Any) -> None:
    first(4)
    gates.lose(held, "1", "price", "twice as dear")
    first(8)
    gates.reopen(held, "1", "they called", NEXT)
    lost = rows_on(date(2026, 1, 6))[0]
    assert (lost.status, lost.closed_on, lost.loss_reason) == ("lost", "2026-01-04", "price")
    assert (lost.outcome_reason, lost.next_action) == ("twice as dear", None)
    open_again = rows_on(date(2026, 1, 8))[0]
    assert (open_again.status, open_again.loss_reason, open_again.closed_on) == ("open", None, None)


def test_an_amount_corrected_after_the_end_moves_no_closing_date(
    held: Held, first: Any, rows_on: Any
) -> None:
    first(4)
    gates.lose(held, "1", "price", "")
    first(9)
    opportunities.edit(held, "1", Answers(amount="12k"))
    found = rows_on(date(2026, 1, 9))[0]
    assert (found.amount, found.closed_on) == (1_200_000, "2026-01-04")


def test_a_name_of_today_does_not_reach_into_the_past(held: Held, first: Any, rows_on: Any) -> None:
    first(5)
    opportunities.edit(held, "1", Answers(sets=("name=CRM", "account=Acme", "tags=vip")))
    before, after = rows_on(date(2026, 1, 4))[0], rows_on(date(2026, 1, 5))[0]
    assert (before.name, before.account, before.tags, before.search) == ("ERP", None, "[]", "erp")
    assert (after.name, after.account, after.tags, after.search) == ("CRM", "Acme", '["vip"]', "crm acme")


def test_an_exchange_recorded_late_counts_from_the_day_it_happened(
    held: Held, first: Any, rows_on: Any
) -> None:
    first(9)
    opportunities.log(held, "1", "call", "They called", Answers(on="2026-01-03"))
    quiet = [(r.last_exchange_on, r.quiet_since) for d in (2, 3) for r in rows_on(date(2026, 1, d))]
    assert quiet == [(None, "2026-01-01"), ("2026-01-03", "2026-01-03")]
