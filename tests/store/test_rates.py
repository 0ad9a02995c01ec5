"""Exchange rates in the database: stored, used to rank, compare and add up, the same on both databases as in Python."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipecli.domain.condition import evaluate
from pipecli.domain.condition_parser import parse
from pipecli.domain.rates import Quote
from pipecli.service import doctor, gates, lists, opportunities
from pipecli.service import rates as exchange
from pipecli.service.answers import Answers
from pipecli.service.lists import Wanted, Worth, listing
from pipecli.service.records import row_facts
from pipecli.service.workspace import Reading, Workspace
from pipecli.store import lists as queries
from pipecli.store import rates
from pipecli.store.driver import Driver
from pipecli.store.lists import Filter, Total

from .living import LIVED, TODAY, Held

DAY = timedelta(1)
ALL = ("open", "won", "lost")
NEXT = Answers(next="call", due="+9d")


def quote(currency: str, rate: str, on: date = TODAY, base: str = "EUR") -> Quote:
    return Quote(base, currency, on, Decimal(rate))


def test_rates_come_back_as_they_were_written(held: Held) -> None:
    written = [quote("USD", "0.92"), quote("USD", "0.9", TODAY - DAY), quote("JPY", "0.006213070000")]
    rates.write_rates(held.driver, [*written, quote("EUR", "1.1", base="USD")])
    assert sorted(rates.read_rates(held.driver, "EUR")) == sorted(written)
    assert rates.read_rates(held.driver, "USD") == [quote("EUR", "1.1", base="USD")]
    assert rates.projected_rates(held.driver) == {
        rates.row(q) for q in [*written, quote("EUR", "1.1", base="USD")]
    }
    rates.write_rates(held.driver, [quote("USD", "0.95")])
    assert quote("USD", "0.95") in rates.read_rates(held.driver, "EUR")
    assert len(rates.read_rates(held.driver, "EUR")) == 3
    rates.replace_rates(held.driver, [quote("CHF", "1.05")])
    assert rates.projected_rates(held.driver) == {rates.row(quote("CHF", "1.05"))}


def test_what_is_in_a_currency(held: Held) -> None:
    for amount in ("USD 100", "USD 20.50", "CHF 7", "5k", None):
        opportunities.add(held, "X", NEXT._replace(amount=amount))
    gates.lose(held, "3", "price", "")
    assert rates.used_currencies(held.driver, "EUR") == [("CHF", 0, 0), ("USD", 2, 12_050)]
    assert rates.used_currencies(held.driver, "CHF") == [("EUR", 2, 500_000), ("USD", 2, 12_050)]
    assert rates.open_in(held.driver, "USD") == {1: False, 2: False}
    assert rates.open_in(held.driver, "CHF") == {}


@pytest.fixture
def mixed(held: Held, at: Callable[[date], None]) -> Reading:
    """1 to 5 open, 6 and 7 lost; USD has a rate since February and another of today, JPY one, CHF none."""
    at(date(2026, 1, 10))
    for amount in ("10k", "USD 11k", "JPY 2000000", "CHF 9k", None, "USD 1k", "USD 1k"):
        opportunities.add(held, "X", NEXT._replace(amount=amount, due="2026-06-01"))
    gates.lose(held, "6", "price", "")
    at(date(2026, 2, 10))
    gates.lose(held, "7", "price", "")
    at(TODAY)
    exchange.set_rate(held, "USD", "0.8", on="2026-02-01")
    exchange.set_rate(held, "USD", "0.95")
    exchange.set_rate(held, "JPY", "0.00525")
    with held.read() as reading:
        return reading


def ranked(reading: Reading, sort: str, status: tuple[str, ...] = ("open",)) -> list[int]:
    filter_ = Filter(status=status, sort=sort)
    rows = queries.list_rows(reading.driver, filter_, reading.pipeline, reading.today)
    return [row.number for row in rows]


@pytest.mark.parametrize("sort", ["amount", "weighted"])
def test_amounts_rank_by_what_they_are_worth(mixed: Reading, sort: str) -> None:
    """10,450 and 10,500 euros; the francs, without a rate, by their number; what is unset last."""
    assert ranked(mixed, f"-{sort}") == [3, 2, 1, 4, 5]
    assert ranked(mixed, sort) == [4, 1, 2, 3, 5]


def test_what_is_closed_ranks_by_the_rate_of_its_day(mixed: Reading) -> None:
    assert ranked(mixed, "amount", ("lost",)) == [7, 6]  # 800 euros; the other before the first rate


def worth(held: Held, status: str, limit: int = 0) -> Worth:
    return listing(held, Wanted(status=status, sort="number"), limit).worth


@pytest.mark.parametrize("limit", [0, 1])
def test_a_list_is_worth_what_it_has_in_all_currencies(mixed: Reading, held: Held, limit: int) -> None:
    """Added up by the database under a limit, by Python without."""
    francs = {"CHF": 900_000}
    opened = Worth("EUR", 3_095_000, {"JPY": 2_000_000, "USD": 1_100_000}, francs)
    assert worth(held, "open", limit) == opened
    assert worth(held, "lost", limit) == Worth("EUR", 80_000, {"USD": 100_000}, {"USD": 100_000})
    together = Worth("EUR", 3_175_000, {"JPY": 2_000_000, "USD": 1_200_000}, francs | {"USD": 100_000})
    assert worth(held, "all", limit) == together


def test_totals_of_what_is_closed_abroad_stand_apart_by_day(mixed: Reading) -> None:
    found = queries.list_totals(mixed.driver, Filter(status=ALL), mixed.pipeline, mixed.today)
    assert [t for t in found if t.currency == "USD"] == [
        Total("USD", 1, 1_100_000),
        Total("USD", 1, 100_000, "2026-01-10"),
        Total("USD", 1, 100_000, "2026-02-10"),
    ]


@pytest.mark.parametrize("sort", ["amount", "-amount", "weighted", "-weighted"])
def test_as_of_today_is_today(mixed: Reading, held: Held, sort: str) -> None:
    wanted = Wanted(status="all", sort=sort)
    assert listing(held, wanted, 0, as_of=TODAY) == listing(held, wanted, 0)


def test_the_past_knows_no_later_rate(mixed: Reading, held: Held) -> None:
    """On 1 March the dollar was at 0.8, the yen had no rate."""
    found = listing(held, Wanted(sort="-amount"), 0, as_of=TODAY - DAY)
    assert found.worth == Worth("EUR", 1_880_000, {"USD": 1_100_000}, {"CHF": 900_000, "JPY": 2_000_000})
    dear = Wanted(where="amount > 9000")
    assert [r["id"] for r in listing(held, dear, 0, as_of=TODAY - DAY).records] == [1]
    assert [r["id"] for r in listing(held, dear, 0).records] == [1, 2, 3]


AMOUNTS = st.one_of(
    st.none(), st.tuples(st.sampled_from(["EUR", "USD", "JPY", "KWD", "CHF"]), st.integers(0, 400))
)
RATE = st.decimals("0.001", "300", places=3).map(str)
BOUND = st.integers(-2, 400) | st.sampled_from(["0.5", "0.005", "1.23", "7.001", "33.33"])
COMPARISON = st.sampled_from(["=", "!=", "<", "<=", ">", ">="])


@LIVED
@given(
    amounts=st.lists(AMOUNTS, min_size=1, max_size=6),
    dated=st.fixed_dictionaries({"USD": RATE, "JPY": RATE, "KWD": RATE}),
    conditions=st.lists(st.tuples(COMPARISON, BOUND, st.booleans()), min_size=3, max_size=8),
)
def test_comparisons_in_sql_are_those_of_the_converted_amounts(
    held: Held, amounts: list[Any], dated: dict[str, str], conditions: list[tuple[str, Any, bool]]
) -> None:
    driver = held.driver
    driver.run("savepoint example")
    _fill(driver, amounts)
    rates.write_rates(driver, [quote(currency, rate) for currency, rate in dated.items()])
    with held.read() as reading:
        for comparison, bound, negated in conditions:
            where = f"{'not ' if negated else ''}amount {comparison} {bound}"
            ast = parse(where, reading.pipeline.field_types())
            rows = queries.list_rows(driver, Filter(), reading.pipeline, reading.today)
            expected = {r.number for r in rows if _holds(ast, r, reading)}
            filter_ = Filter(where=ast)
            found = queries.list_rows(driver, filter_, reading.pipeline, reading.today)
            assert {r.number for r in found} == expected, where
    driver.run("rollback to savepoint example")


def _holds(ast: list[Any], row: queries.Row, reading: Reading) -> bool:
    return evaluate(ast, row_facts(row, reading.pipeline, reading.today), reading.today) is True


def _fill(driver: Driver, amounts: list[Any]) -> None:
    """Open opportunities with these amounts in minor units, as rows alone."""
    texts = ("uid", "name", "owner", "owner_key", "tags_key", "search")
    days = ("quiet_since", "stage_entered_on", "created_on")
    given_texts = {
        **dict.fromkeys(texts, ""), **dict.fromkeys(days, "2026-01-05"), "tags": "[]", "fields": "{}", "stage": "lead",
    }  # fmt: skip
    for number, amount in enumerate(amounts, 1):
        currency, minor = amount or ("EUR", None)
        row = {
            **given_texts, "number": number, "version": 1, "status": "open", "amount": minor, "currency": currency,
            "imported": 0, "unproven": 0,
        }  # fmt: skip
        marks = ", ".join(f":{name}" for name in row)
        driver.run(f"insert into opportunity ({', '.join(row)}) values ({marks})", row)


class Counted:
    """A driver that counts the queries that read rates by themselves."""

    def __init__(self, driver: Driver) -> None:
        self._driver = driver
        self.asked: list[str] = []

    def __getattr__(self, name: str) -> Any:
        return getattr(self._driver, name)

    def rows(self, sql: str, parameters: Any = None) -> Any:
        if "from rate where base" in sql:
            self.asked.append(sql)
        return self._driver.rows(sql, parameters)


class Watched(Workspace):
    """A workspace whose readings count their queries."""

    def __init__(self, held: Held) -> None:
        super().__init__(held.settings)
        self._held = held
        self.counted = Counted(held.driver)

    @contextmanager
    def read(self, *args: Any, **kwargs: Any) -> Iterator[Reading]:
        with self._held.read(*args, **kwargs) as reading:
            reading.driver = self.counted
            yield reading


@pytest.mark.parametrize(("amount", "queries_made"), [("5k", 0), ("USD 5k", 1)])
def test_rates_are_read_once_and_only_where_another_currency_is_met(
    held: Held, amount: str, queries_made: int
) -> None:
    for _n in range(3):
        opportunities.add(held, "X", NEXT._replace(amount=amount))
    exchange.set_rate(held, "USD", "0.9")
    for wanted, limit in ((Wanted(sort="-weighted"), 2), (Wanted(where="currency = EUR or amount > 0"), 0)):
        watched = Watched(held)
        listing(watched, wanted, limit)
        assert len(watched.counted.asked) == queries_made
    watched = Watched(held)
    lists.today(watched, 50)
    assert watched.counted.asked == []


DRIFT = {
    "a changed rate": "update rate set rate = '9'",
    "a changed rank": "update rate set factor = 9",
    "a missing rate": "delete from rate",
    "a rate too many": "insert into rate values ('EUR', 'CHF', '2026-01-01', '1', 1)",
}


@pytest.mark.parametrize("drift", DRIFT)
def test_the_doctor_finds_and_mends_a_rate_that_is_not_the_journals(
    workspace: Workspace, change: Callable[..., None], drift: str
) -> None:
    exchange.set_rate(workspace, "USD", "0.92")
    assert doctor.doctor(workspace).faults == []
    change(DRIFT[drift])
    assert doctor.doctor(workspace).faults == ["exchange rates differ from the journal"]
    assert doctor.doctor(workspace, rebuild_projection=True).faults == []
    with workspace.read() as reading:
        assert rates.read_rates(reading.driver, "EUR") == [quote("USD", "0.92")]


@pytest.mark.parametrize("write", ["a rate", "another write", "rebuild"])
def test_a_workspace_of_an_older_program_gets_the_table_it_lacks(
    workspace: Workspace, change: Callable[..., None], write: str
) -> None:
    opportunities.add(workspace, "X", NEXT._replace(amount="USD 5k"))
    change("drop table rate", "update workspace set projection = 1")
    if write == "a rate":
        exchange.set_rate(workspace, "USD", "0.92")
    elif write == "another write":
        opportunities.log(workspace, "1", "note", "We spoke", Answers())
    else:
        doctor.doctor(workspace, rebuild_projection=True)
    assert doctor.doctor(workspace).faults == []
    exchange.set_rate(workspace, "USD", "0.93")
    assert listing(workspace, Wanted(), 0).worth.amount == 465_000
