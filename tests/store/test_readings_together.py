"""Readings that are begun and asked for later: the same on both databases, in fewer round trips on one."""

from collections.abc import Iterator
from datetime import date
from decimal import Decimal

import pytest

from pipecli.domain.rates import Quote, Rates
from pipecli.errors import NotFound, StoreError
from pipecli.store.driver import Driver
from pipecli.store.opening import create_database

ROWS = 12_000


@pytest.fixture
def words(empty: Driver) -> Driver:
    """A transaction over a table of words, each with the number of the next one."""
    empty.run("create table word (id bigint primary key, text text, follows bigint)")
    empty.run_many("insert into word values (?, ?, ?)", [(i, f"w{i}", i + 1) for i in range(ROWS)])
    empty.begin_reading()
    return empty


class Counted:
    """Counts what is sent by a driver on PostgreSQL; there is nothing to count on SQLite."""

    def __init__(self, driver: Driver, monkeypatch: pytest.MonkeyPatch) -> None:
        self.sent = 0
        if driver.dialect == "postgresql":
            send = driver._send  # type: ignore[attr-defined]

            def counting(*given: object) -> None:
                self.sent += 1
                send(*given)

            monkeypatch.setattr(driver, "_send", counting)

    def at_most(self, n: int) -> None:
        assert self.sent <= n


@pytest.fixture
def counted(words: Driver, monkeypatch: pytest.MonkeyPatch) -> Counted:
    words.rows("select 1")
    return Counted(words, monkeypatch)


def chain(driver: Driver, start: int, length: int) -> list[str]:
    """Words each found by the one before: as many questions one after the other."""
    found, at = [], start
    for _n in range(length):
        [(text, at)] = driver.rows("select text, follows from word where id = :id", {"id": at})
        found.append(text)
    return found


def test_readings_go_on_together(words: Driver, counted: Counted) -> None:
    begun = [words.soon(chain, words, start, 3) for start in (10, 20, 30, 40)]
    assert chain(words, 50, 2) == ["w50", "w51"]
    assert [one() for one in begun] == [[f"w{s + n}" for n in range(3)] for s in (10, 20, 30, 40)]
    counted.at_most(3)


def test_a_reading_begins_others(words: Driver, counted: Counted) -> None:
    def both(depth: int) -> list[str]:
        if not depth:
            return chain(words, 7, 1)
        first, second = words.soon(both, depth - 1), words.soon(chain, words, depth, 2)
        return [*first(), *second()]

    begun = words.soon(both, 3)
    assert begun() == ["w7", "w1", "w2", "w2", "w3", "w3", "w4"]
    counted.at_most(2)


def test_a_question_of_several_is_asked_once(words: Driver, counted: Counted) -> None:
    begun = [words.soon(chain, words, 5, 2) for _n in range(3)]
    found = [one() for one in begun]
    assert found == [["w5", "w6"]] * 3
    found[0].clear()
    assert found[1] == ["w5", "w6"]
    counted.at_most(2)


def test_what_a_reading_raises_is_raised_where_it_is_asked_for(words: Driver) -> None:
    def lost() -> list[str]:
        chain(words, 1, 1)
        raise NotFound("gone")

    begun, other = words.soon(lost), words.soon(chain, words, 2, 2)
    assert other() == ["w2", "w3"]
    with pytest.raises(NotFound, match="gone"):
        begun()
    assert chain(words, 3, 1) == ["w3"]


def test_an_error_of_sql_is_a_store_error(words: Driver) -> None:
    begun = words.soon(words.rows, "select nope from word")
    with pytest.raises(StoreError):
        begun()


def test_streams_in_readings(words: Driver, counted: Counted) -> None:
    def first_letters(low: int) -> int:
        rows = words.stream("select text from word where id >= :low order by id", {"low": low}, piece=5_000)
        return sum(text[0] == "w" for (text,) in rows)

    begun = [words.soon(first_letters, low) for low in (0, 1_000, 11_990)]
    assert [one() for one in begun] == [12_000, 11_000, 10]
    counted.at_most(3)


def test_streams_that_are_asked_for_together_come_together(words: Driver, counted: Counted) -> None:
    streams = [words.stream("select id from word where id < :n order by id", {"n": n}) for n in (3, 4)]
    assert words.rows("select 2") == [(2,)]
    assert [list(stream) for stream in streams] == [[(0,), (1,), (2,)], [(0,), (1,), (2,), (3,)]]
    counted.at_most(1)


def test_a_reading_left_alone_is_let_go_of(words: Driver) -> None:
    closed: list[int] = []

    def reading() -> None:
        try:
            chain(words, 1, 2)
        finally:
            closed.append(1)

    begun = words.soon(reading)
    assert chain(words, 9, 1) == ["w9"]
    words.rollback()
    assert words.rows("select text from word where id = 1") == [("w1",)]
    if words.dialect == "postgresql":
        assert closed == [1]
        with pytest.raises(RuntimeError):
            begun()


def test_what_is_written_meanwhile_is_written(words: Driver) -> None:
    words.rollback()
    words.run("create table workspace (head bigint)")
    words.begin()
    begun = words.soon(chain, words, 3, 2)
    words.run("update word set text = 'new' where id = 4")
    assert words.rows("select text from word where id = 4") == [("new",)]
    assert begun()[1] == "new"
    left = words.soon(chain, words, 1, 5)
    words.commit()
    assert words.rows("select text from word where id = 4") == [("new",)]
    del left


def test_outside_a_transaction_a_reading_waits_for_being_asked(words: Driver) -> None:
    words.rollback()
    begun = words.soon(chain, words, 3, 2)
    words.run("update word set text = 'new' where id = 3")
    assert begun() == ["new", "w4"]


def test_rates_are_whole_for_whoever_asks_while_they_are_read() -> None:
    """As another reading does, whose turn comes while the first one waits for the rows."""
    quote = Quote("EUR", "USD", date(2026, 1, 1), Decimal("0.9"))
    asked: list[int | None] = []

    def read(_currency: str) -> Iterator[Quote]:
        if not asked:
            asked.append(None)
            asked.append(rates.convert(100, "USD", date(2026, 2, 1)))
        yield quote

    rates = Rates("EUR", read)
    assert rates.convert(100, "USD", date(2026, 2, 1)) == 90
    assert asked == [None, 90]


@pytest.mark.parametrize("engine", ["postgresql"])
def test_a_missing_library_is_one_line(address: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(__import__("sys").modules, "greenlet", None)
    with pytest.raises(StoreError, match="PostgreSQL needs psycopg and greenlet; add them: pip install"):
        create_database(address)


def test_a_reading_that_is_interrupted_leaves_the_others_to_go_on(words: Driver) -> None:
    def interrupted() -> None:
        words.rows("select 1")
        raise KeyboardInterrupt

    begun, other = words.soon(interrupted), words.soon(chain, words, 10, 3)
    with pytest.raises(KeyboardInterrupt):
        begun()
    assert other() == ["w10", "w11", "w12"]


def test_a_stream_that_was_not_begun_is_in_the_way_of_no_rollback(words: Driver) -> None:
    with pytest.raises(StoreError):
        words.rows("select nothing from nowhere")
    words.stream("select text from word")
    words.rollback()
    words.begin_reading()
    assert chain(words, 10, 1) == ["w10"]
