"""What a forecast reads: the same as the journal's fold, now and on a past day, on both databases."""

from collections.abc import Callable
from datetime import date, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipecli.domain.forecast import Entry, Sums
from pipecli.domain.forecast import forecast as by_rules
from pipecli.service import calibrating, explaining, forecast, gates, opportunities, rates, schedules, stages
from pipecli.service.answers import Answers
from pipecli.service.forecast import When
from pipecli.service.measures import Measure, measure_of
from pipecli.service.periods import Period
from pipecli.service.schedules import Asked
from pipecli.service.workspace import Reading, Workspace
from pipecli.store import calibration, history
from pipecli.store.forecast import Line, read_lines
from pipecli.store.lists import Filter, Row, list_rows
from pipecli.store.opening import open_database

from .living import DEFINITION, HISTORIES, LIVED, START, TODAY, Held
from .test_as_of import by_journal


def expected_lines(rows: list[Row], since: date) -> list[tuple[Any, ...]]:
    """What is open, or was won since a day, as a forecast should read it."""
    found = []
    for row in rows:
        day = row.close_date if row.status == "open" else row.closed_on
        if row.status == "open" or (row.status == "won" and (day or "") >= since.isoformat()):
            plain = (row.number, row.status, day, row.stage, row.owner, row.source, row.probability)
            found.append((*plain, row.currency, row.amount, row.account, row.fields))
    return sorted(found)


def expected_sums(rows: list[Row], reading: Reading, start: date, until: date) -> dict[str, Sums]:
    """The forecast of a period reckoned from whole rows, in floats: what has a rate is in the pipeline's currency."""
    pipeline, today = reading.pipeline, reading.today
    found: dict[str, Sums] = {pipeline.currency: Sums()}
    for row in rows:
        percent = pipeline.probability(row.stage, row.probability)
        closing = date.fromisoformat(row.close_date) if row.close_date else date.min
        closed = date.fromisoformat(row.closed_on) if row.closed_on else date.max
        currency, amount = row.currency, row.amount
        rate = pipeline.rates.convert(amount or 0, currency, closed if row.status == "won" else today)
        if amount is not None and rate is not None:
            currency, amount = pipeline.currency, rate
        won = row.status == "won" and start <= closed <= min(until, today)
        undated = row.status == "open" and closing < today
        in_time = row.status == "open" and max(start, today) <= closing <= until
        if not (won or undated or in_time):
            continue
        sums = found.setdefault(currency, Sums())
        sums.won_count, sums.won_amount = sums.won_count + won, sums.won_amount + (amount or 0) * won
        sums.open_count += in_time
        sums.open_amount += (amount or 0) * in_time
        sums.weighted_cents += (amount or 0) * percent * in_time
        sums.unpriced += amount is None and not won
        sums.undated_count += undated
        sums.undated_amount += (amount or 0) * undated
    return found


@LIVED
@given(data=st.data())
def test_lines_of_a_day_are_what_the_journal_cut_at_it_says(data: st.DataObject, player: Any) -> None:
    with player() as life:
        life.play(data.draw(HISTORIES))
        day = START + timedelta(data.draw(st.integers(0, (life.day - START).days)))
        since = day - timedelta(data.draw(st.integers(0, 30)))
        with life.held.read() as reading:
            expected = expected_lines(by_journal(reading, life.refs, day), since)
            reading.today = day
            amount, effort = (measure_of(reading.pipeline, key) for key in ("amount", "effort_days"))
            bare = sorted((*line[:5], None, *line[6:9], None, "{}") for line in expected)
            assert sorted(forecast.read(reading, since, amount, past=True)) == bare
            then = forecast.read(reading, since, effort, by="account", past=True)
            assert sorted(map(tuple, then)) == expected
            if day == life.day:
                now = read_lines(reading.driver, won_from=since, as_of=day, accounts=True, fields=True)
                assert sorted(now) == sorted(then)


@LIVED
@given(data=st.data())
def test_the_forecast_of_a_day_adds_up_the_journal_cut_at_it(data: st.DataObject, player: Any) -> None:
    with player() as life:
        life.play(data.draw(HISTORIES))
        day = START + timedelta(data.draw(st.integers(0, (life.day - START).days)))
        start = day + timedelta(data.draw(st.integers(-30, 5)))
        until = start + timedelta(data.draw(st.integers(0, 60)))
        with life.held.read() as reading:
            rows = by_journal(reading, life.refs, day)
            reading.today = day
            expected = expected_sums(rows, reading, start, until)
            amount = measure_of(reading.pipeline, "amount")
            for past in (True, False) if day == life.day else (True,):
                found = by_rules(
                    entries(reading, start, amount, past=past),
                    as_of=day,
                    start=start,
                    until=until,
                    currency=reading.pipeline.currency,
                )
                assert found.total == expected


def entries(reading: Reading, since: date, measure: Measure, *, past: bool) -> list[Entry]:
    lines = forecast.read(reading, since, measure, past=past)
    return [forecast.entry_of(line, measure, reading) for line in lines]


@pytest.fixture
def reading(held: Held, at: Any) -> Reading:
    """1 open with days, 2 open in dollars without any, 3 won on 20 February; 4 lost."""
    at(date(2026, 2, 20))
    for name, amount, sets in (
        ("ERP", "10k", ("effort_days=2.5", "close_date=2026-04-01", "account=Acme", "source=web")),
        ("CRM", "USD 5k", ()),
        ("Web", "7k", ("effort_days=4",)),
        ("Shop", None, ()),
    ):
        opportunities.add(held, name, Answers(amount=amount, sets=sets, next="call", due="+5d"))
    known = Answers(
        proofs=("need=told", "contract=here"),
        sets=("close_date=2026-02-20",),
        said=(("meeting", "met", ""),),
    )
    gates.win(held, "3", "trust", known)
    gates.lose(held, "4", "price", "")
    at(TODAY)
    with held.read() as opened:
        return opened


FEBRUARY = date(2026, 2, 1)


def test_what_is_open_and_what_is_won(reading: Reading) -> None:
    assert read_lines(reading.driver, won_from=FEBRUARY, as_of=TODAY) == [
        Line(3, "won", "2026-02-20", "lead", owner_of(reading), None, None, "EUR", 700_000),
        Line(1, "open", "2026-04-01", "lead", owner_of(reading), "web", None, "EUR", 1_000_000),
        Line(2, "open", None, "lead", owner_of(reading), None, None, "USD", 500_000),
    ]


def owner_of(reading: Reading) -> str:
    """Whoever the database says wrote."""
    return str(reading.driver.rows("select owner from opportunity where number = 1")[0][0])


def test_accounts_and_fields_come_only_where_they_are_asked_for(reading: Reading) -> None:
    def read(**asked: bool) -> dict[int, tuple[str | None, str]]:
        lines = read_lines(reading.driver, won_from=FEBRUARY, as_of=TODAY, **asked)
        return {line.number: (line.account, line.fields) for line in lines}

    assert set(read().values()) == {(None, "{}")}
    assert read(accounts=True)[1] == ("Acme", "{}")
    assert read(fields=True) == {
        1: (None, '{"effort_days": 2.5}'),
        2: (None, "{}"),
        3: (None, '{"effort_days": 4}'),
    }
    assert read(accounts=True, fields=True)[1] == ("Acme", '{"effort_days": 2.5}')


@pytest.mark.parametrize(
    ("since", "until", "n"),
    [
        (date(2026, 2, 20), TODAY, 1),
        (date(2026, 2, 21), TODAY, 0),
        (FEBRUARY, date(2026, 2, 20), 1),
        (FEBRUARY, date(2026, 2, 19), 0),
    ],
)
def test_wins_count_from_a_day_to_a_day(reading: Reading, since: date, until: date, n: int) -> None:
    found = read_lines(reading.driver, won_from=since, as_of=until)
    assert [line.status for line in found].count("won") == n


@pytest.mark.parametrize("is_past", [False, True])
def test_a_field_is_spread_as_a_number(reading: Reading, is_past: bool) -> None:
    effort = measure_of(reading.pipeline, "effort_days")
    found = schedules.sold(Asked(reading, TODAY, TODAY, is_past), effort, won_from=FEBRUARY)
    assert sorted(found) == [
        Entry(1, False, date(2026, 4, 1), 10, "EUR", 2.5),
        Entry(2, False, None, 10, "EUR", None),
        Entry(3, True, date(2026, 2, 20), 100, "EUR", 4),
    ]


def test_open_amounts_are_added_up_by_what_weighs_them(reading: Reading, held: Held) -> None:
    opportunities.add(
        held,
        "More",
        Answers(amount="1k", sets=("close_date=2026-03-31",), next="call", due="+5d"),
    )
    found = calibration.read_open_amounts(reading.driver, as_of=TODAY, until=date(2026, 6, 30))
    assert found == [("lead", None, "EUR", 1_100_000)]
    assert calibration.read_open_amounts(reading.driver, as_of=TODAY, until=TODAY) == []


def test_a_past_day_reads_the_definition_of_that_day(held: Held, reading: Reading) -> None:
    with schedules.asked(held, Period(), When(date(2026, 2, 20))) as question:
        assert (question.past, question.reading.today) == (True, date(2026, 2, 20))
        assert (question.start, question.until) == (date(2026, 2, 1), date(2026, 6, 30))


def test_the_record_is_the_same_on_both_databases(held: Held, reading: Reading) -> None:
    found = calibrating.calibrate(held)
    assert [(s.stage, s.won, s.lost, s.open) for s in found.suggestions[:2]] == [
        ("lead", 1, 1, 2),
        ("discovery", 0, 0, 0),
    ]


# The past, column by column


def test_visits_and_spans_begun_by_the_end_of_a_day(reading: Reading) -> None:
    def columns(read: Any, day: date) -> list[tuple[Any, ...]]:
        return [row for portion in read(reading.driver, day) for row in zip(*portion, strict=True)]

    assert columns(history.visit_columns, date(2026, 2, 19)) == []
    visits = columns(history.visit_columns, TODAY)
    assert [visit[:5] for visit in visits if visit[0] in (1, 4)] == [
        (1, "lead", "2026-02-20", None, None),
        (4, "lead", "2026-02-20", "2026-02-20", "lost"),
    ]
    assert columns(history.span_columns, date(2026, 2, 19)) == []
    spans = columns(history.span_columns, TODAY)
    assert [span for span in spans if span[0] in (1, 2)] == [
        (1, "2026-02-20", None, "open", 1_000_000, "EUR", "2026-04-01", None, "lead"),
        (2, "2026-02-20", None, "open", 500_000, "USD", None, None, "lead"),
    ]


def test_many_rows_come_in_portions_and_none_is_lost(
    reading: Reading, monkeypatch: pytest.MonkeyPatch
) -> None:
    whole = list(history.visit_columns(reading.driver, TODAY))
    monkeypatch.setattr(history, "_PORTION", 2)
    portions = list(history.visit_columns(reading.driver, TODAY))
    assert len(whole) == 1 and len(portions) > 1
    assert [sum(parts, ()) for parts in zip(*portions, strict=True)] == list(whole[0])


def test_the_day_a_field_was_last_set_is_told(held: Held, reading: Reading) -> None:
    before = {number: (fields, on) for number, fields, on in history.field_columns(reading.driver)}
    opportunities.edit(held, "2", Answers(sets=("effort_days=9",)))
    after = {number: (fields, on) for number, fields, on in history.field_columns(reading.driver)}
    assert before[1] == ('{"effort_days": 2.5}', None)
    assert (before[2], after[2]) == (("{}", None), ('{"effort_days": 9}', TODAY.isoformat()))


def test_versions_and_moves_are_those_of_the_day(held: Held, at: Any) -> None:
    renamed = DEFINITION.replace('key = "lead"', 'key = "first"').replace(
        "probability = 10", "probability = 15"
    )
    at(date(2026, 2, 20))
    opportunities.add(held, "ERP", Answers(next="call", due="+5d"))
    stages.adopt(held, renamed, {"lead": "first"})
    with held.read() as found:
        driver = found.driver
        assert history.stage_moves(driver, date(2026, 2, 19)) == {}
        assert history.stage_moves(driver, TODAY) == {"lead": "first"}
        before = history.stage_probabilities(driver, date(2026, 2, 19))
        after = history.stage_probabilities(driver, TODAY)
    assert [(on, found["lead"]) for on, found in before] == [("2026-01-01", 10)]
    assert [on for on, _found in after] == ["2026-01-01", "2026-02-20"]
    assert (after[1][1]["first"], "lead" in after[1][1]) == (15, False)


def test_the_first_version_holds_for_days_before_it(held: Held) -> None:
    with held.read() as found:
        assert len(history.stage_probabilities(found.driver, date(1999, 1, 1))) == 1


def test_the_day_an_opportunity_came_in_is_not_the_day_it_was_opened(held: Held) -> None:
    opportunities.add(held, "Old", Answers(next="call", due="+5d", on="2026-01-02"))
    with held.read() as found:
        assert list(history.days_recorded(found.driver).values()) == ["2026-03-02"]


@pytest.mark.parametrize("engine", ["postgresql"])
def test_history_says_the_same_on_both_databases(
    held: Held, shared_sqlite: Workspace, at: Callable[[date], None]
) -> None:
    driver = open_database(shared_sqlite.address, write=True)
    driver.begin()
    try:
        documents = []
        for place in (held, Held(shared_sqlite.settings, driver)):
            lived(place, at)
            with place.read() as opened:
                found = forecast.as_json(forecast.of_reading(opened, Period(), by="month"))
                rows = list_rows(opened.driver, Filter(), opened.pipeline, opened.today)
                explained = explaining.explained(opened, forecast.of_reading(opened, Period()), rows)
            documents.append((found, explained))
        assert documents[0] == documents[1]
        assert documents[0][0]["history"]["n_closed"] == 12
        assert documents[0][0]["history"]["existing"]["mean"] > 0
    finally:
        driver.rollback()
        driver.close()


def lived(place: Held, at: Callable[[date], None]) -> None:
    """Sixteen opened in January and February, twelve of them closed, with amounts and rates that changed."""
    for n in range(16):
        opened = date(2026, 1, 5) + timedelta(3 * n)
        at(opened)
        amount = "USD 4k" if n % 5 == 4 else None if n == 7 else f"{n + 3}k"
        sets = (f"close_date={opened + timedelta(40)}",) if n % 3 else ()
        opportunities.add(place, f"No {n}", Answers(amount=amount, sets=sets, next="call", due="+5d"))
    at(TODAY)
    rates.set_rate(place, "USD", "0.5", on="2026-02-20")
    known = Answers(proofs=("need=told", "contract=here"), said=(("meeting", "met", ""),))
    for n in range(1, 13):
        if n % 2:
            gates.win(place, str(n), "trust", known._replace(sets=("close_date=2026-03-02",), amount="2k"))
        else:
            gates.lose(place, str(n), "price", "")
    opportunities.edit(place, "13", Answers(amount="90k"))
