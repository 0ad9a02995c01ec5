"""Two days side by side: what moved between them leads from one number to the other, on both databases."""

from collections.abc import Callable, Iterable
from datetime import date, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipecli.service import changes, gates, opportunities
from pipecli.service.answers import Answers
from pipecli.service.changes import Found
from pipecli.service.forecast import Period
from pipecli.service.past import rows_as_of
from pipecli.service.workspace import Reading
from pipecli.store.changes import Stood, amounts_then, read_pairs
from pipecli.store.lists import Row, every_row

from .living import HISTORIES, LIVED, START, Held

JANUARY, DECEMBER = date(2026, 1, 1), date(2026, 12, 31)


def total(reading: Reading, rows: Iterable[Row], period: Period) -> int:
    """Won and weighted of a period in minor units, from the rows of the reading's day."""
    day, start, until = reading.today, *(end.isoformat() for end in period if end)
    cents = 0
    for row in rows:
        if row.status == "won" and start <= (row.closed_on or "") <= min(until, day.isoformat()):
            percent, priced_on = 100, date.fromisoformat(row.closed_on or "")
        elif row.status == "open" and max(start, day.isoformat()) <= (row.close_date or "") <= until:
            percent, priced_on = reading.pipeline.probability(row.stage, row.probability), day
        else:
            continue
        cents += percent * (reading.pipeline.rates.convert(row.amount or 0, row.currency, priced_on) or 0)
    return (cents + 50) // 100


@LIVED
@given(data=st.data())
def test_before_and_after_are_the_numbers_of_both_days(data: st.DataObject, player: Any) -> None:
    with player() as life:
        life.play(data.draw(HISTORIES))
        since = START + timedelta(data.draw(st.integers(-1, (life.day - START).days)))
        start = since + timedelta(data.draw(st.integers(-30, 10)))
        period = Period(start, start + timedelta(data.draw(st.integers(0, 80))))
        with life.held.read() as reading:
            found = changes.of_reading(reading, period, since=since)
            assert found.changes.after == total(reading, every_row(reading.driver), period)
            reading.as_of(since)
            assert found.changes.before == total(reading, rows_as_of(reading, since), period)
        assert sum(part.amount for part in found.changes.parts) == found.changes.difference


@LIVED
@given(data=st.data())
def test_as_of_a_day_nothing_later_counts(data: st.DataObject, player: Any) -> None:
    with player() as life:
        life.play(data.draw(HISTORIES))
        days = (life.day - START).days
        since, day = sorted(START + timedelta(data.draw(st.integers(-1, days))) for _ in range(2))
        period = Period(since, since + timedelta(60))
        with life.held.read() as reading:
            reading.as_of(day)
            found = changes.of_reading(reading, period, since=since, past=True)
            assert found.changes.after == total(reading, rows_as_of(reading, day), period)


NEXT = Answers(next="call", due="+5d", amount="10k", sets=("close_date=2026-03-20",))


@pytest.fixture
def first(held: Held, at: Callable[[date], None]) -> Callable[[int], None]:
    """Goes to a day of January; the first opportunity is opened on the 5th."""
    at(date(2026, 1, 5))
    opportunities.add(held, "ERP", NEXT)
    return lambda day: at(date(2026, 1, day))


def pairs(held: Held, since: date, as_of: date | None = None) -> list[tuple[Stood | None, Stood | None]]:
    with held.read() as reading:
        found = read_pairs(reading.driver, since=since, as_of=as_of, start=JANUARY, until=DECEMBER)
        return [(pair.before, pair.after) for pair in found]


def test_a_pair_has_both_days_and_none_before_it_was_opened(held: Held, first: Any) -> None:
    first(9)
    opportunities.edit(held, "1", Answers(amount="12k"))
    opened = Stood("lead", "open", 1_000_000, "EUR", None, date(2026, 3, 20))
    edited = opened._replace(amount=1_200_000)
    assert pairs(held, date(2026, 1, 4)) == [(None, edited)]
    assert pairs(held, date(2026, 1, 8)) == [(opened, edited)]
    assert pairs(held, date(2026, 1, 4), date(2026, 1, 8)) == [(None, opened)]
    assert pairs(held, date(2026, 1, 9)) == [(edited, edited)]


def test_a_loss_has_no_day(held: Held, first: Any) -> None:
    first(9)
    gates.lose(held, "1", "price", "")
    [(before, after)] = pairs(held, date(2026, 1, 8))
    assert before and before.day == date(2026, 3, 20)
    assert after and (after.status, after.day) == ("lost", None)
    assert pairs(held, date(2026, 1, 9)) == []


def test_amounts_as_they_were(held: Held, first: Any) -> None:
    opportunities.add(held, "CRM", NEXT._replace(amount="USD 5k"))
    opportunities.add(held, "Web", NEXT._replace(amount=None))
    first(9)
    opportunities.edit(held, "1", Answers(amount="12k"))
    with held.read() as reading:
        found = {day: amounts_then(reading.driver, [1, 3, 99], date(2026, 1, day)) for day in (4, 8, 9)}
        many = amounts_then(reading.driver, range(1, 1200), date(2026, 1, 8))
    assert found == {
        4: {},
        8: {1: (1_000_000, "EUR"), 3: (None, "EUR")},
        9: {1: (1_200_000, "EUR"), 3: (None, "EUR")},
    }
    assert many == {**found[8], 2: (500_000, "USD")}


def kinds(found: Found) -> dict[str, list[int]]:
    """The opportunities of each part."""
    return {part.kind: [n for n, _amount in part.opportunities] for part in found.changes.parts}


def test_a_changed_probability_of_ones_own_is_told_as_such(held: Held, first: Any) -> None:
    first(9)
    gates.advance(held, "1", Answers(proofs=("need=told",)))
    first(12)
    opportunities.edit(held, "1", Answers(), probability=40, reason="they said so")
    with held.read() as reading:
        for day, percent in ((8, 30), (9, 15)):
            found = changes.of_reading(reading, Period(), since=date(2026, 1, day))
            assert kinds(found) == {"probability": [1]}
            assert found.changes.difference == 10_000 * percent
