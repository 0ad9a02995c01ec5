"""The queries behind the lists: every filter, order and total, the same on both databases as in Python."""

from collections.abc import Callable
from datetime import date, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipecli.domain.condition import evaluate
from pipecli.domain.condition_parser import parse
from pipecli.service import gates, opportunities
from pipecli.service.answers import Answers
from pipecli.service.lists import Wanted, listing
from pipecli.service.records import row_facts, stale
from pipecli.service.workspace import Reading
from pipecli.store import lists
from pipecli.store.lists import Filter, Row, Total

from .living import HISTORIES, LIVED, TODAY, Held


@pytest.fixture
def portfolio(held: Held, at: Callable[[date], None]) -> Reading:
    """Six opportunities: 1 to 4 open, 5 won, 6 lost."""

    def add(day: date, name: str, amount: str | None, due: str, owner: str, *sets: str) -> None:
        at(day)
        given = Answers(sets=sets, amount=amount, next="call", due=due, owner=owner)
        opportunities.add(held, name, given)

    january = date(2026, 1, 10)
    add(january, "Über 100% ERP", "18k", "2026-02-27", "Léa", "account=Acmé", "tags=vip,été")
    add(january, "a_b", None, "2026-03-02", "bob", "account=Acme Italy", "close_date=2026-04-01")
    add(
        january,
        "axb",
        "USD 90k",
        "2026-03-09",
        "LEA",
        "tags=vip2",
        "effort_days=2.5",
        "close_date=2026-03-01",
    )
    add(date(2026, 3, 1), "Zulu!", "5k", "2026-03-02", "bob", "effort_days=10")
    add(january, "Won one", "40k", "2026-02-01", "bob", "account=Borelle")
    add(january, "Lost one", "1k", "2026-02-01", "bob")
    at(date(2026, 2, 2))
    for ref in ("2", "5"):
        known = Answers(proofs=("need=told",), said=(("meeting", "met", ""),))
        gates.approve(held, ref, "feasible")
        gates.advance(held, ref, known)
    gates.advance(held, "5", Answers(), to="proposal")
    at(date(2026, 2, 10))
    gates.win(held, "5", "trust", Answers(proofs=("contract=signed",), sets=("close_date=2026-02-10",)))
    gates.lose(held, "6", "price", "")
    at(TODAY)
    with held.read() as reading:
        return reading


def numbers(reading: Reading, filter_: Filter, limit: int = 0) -> list[int]:
    rows = lists.list_rows(reading.driver, filter_, reading.pipeline, reading.today, limit)
    return [row.number for row in rows]


ALL = ("open", "won", "lost")
FILTERS: list[tuple[Filter, list[int]]] = [
    (Filter(), [1, 2, 4, 3]),
    (Filter(status=("won",)), [5]),
    (Filter(status=("lost", "won"), sort="number"), [5, 6]),
    (Filter(status=ALL, sort="number"), [1, 2, 3, 4, 5, 6]),
    (Filter(stage="lead"), [1, 4, 3]),
    (Filter(stage="nowhere"), []),
    (Filter(owner="lea"), [1, 3]),
    (Filter(owner="LÉA", due_before=TODAY), [1]),
    (Filter(account="acme"), [1, 2]),
    (Filter(account="ITALY"), [2]),
    (Filter(account="%"), []),
    (Filter(fragment="100%"), [1]),
    (Filter(fragment="UBER"), [1]),
    (Filter(fragment="a_b"), [2]),
    (Filter(fragment="zulu!"), [4]),
    (Filter(tag="vip"), [1]),
    (Filter(tag="ÉTÉ"), [1]),
    (Filter(tag="vi"), []),
    (Filter(numbers=(6, 1), sort="number"), [1, 6]),
    (Filter(due_before=TODAY), [1]),
    (Filter(due_on=TODAY), [2, 4]),
    (Filter(due_after=TODAY), [3]),
    (Filter(due_after=date(2026, 2, 26), due_before=date(2026, 3, 9)), [1, 2, 4]),
    (Filter(stale=True, sort="number"), [1]),
    (Filter(status=("won", "lost"), closed_from=date(2026, 2, 10), sort="number"), [5, 6]),
    (Filter(status=("won", "lost"), closed_from=date(2026, 2, 11)), []),
    (Filter(status=("lost",), closed_from=date(2026, 2, 1), closed_until=date(2026, 2, 10)), [6]),
    (Filter(status=("lost",), closed_until=date(2026, 2, 9)), []),
]


@pytest.mark.parametrize(("filter_", "expected"), FILTERS, ids=lambda v: repr(v)[:60])
def test_filters(portfolio: Reading, filter_: Filter, expected: list[int]) -> None:
    assert numbers(portfolio, filter_) == expected


ORDERS = {
    "due": [1, 2, 4, 3, 5, 6],
    "-due": [3, 2, 4, 1, 5, 6],
    "amount": [6, 4, 1, 5, 3, 2],
    "-amount": [3, 5, 1, 4, 6, 2],
    "weighted": [6, 4, 1, 3, 5, 2],
    "-weighted": [5, 3, 1, 4, 6, 2],
    "close": [5, 3, 2, 1, 4, 6],
    "-close": [2, 3, 5, 1, 4, 6],
    "created": [1, 2, 3, 5, 6, 4],
    "-created": [4, 1, 2, 3, 5, 6],
    "closed": [5, 6, 1, 2, 3, 4],
    "-closed": [5, 6, 1, 2, 3, 4],
    "name": [2, 3, 6, 1, 5, 4],
    "-name": [4, 5, 1, 6, 3, 2],
    "owner": [2, 4, 5, 6, 1, 3],
    "-owner": [1, 3, 2, 4, 5, 6],
    "stage": [1, 4, 3, 6, 2, 5],
    "-stage": [5, 2, 1, 4, 3, 6],
    "quiet": [1, 3, 6, 2, 5, 4],
    "-quiet": [4, 2, 5, 1, 3, 6],
    "number": [1, 2, 3, 4, 5, 6],
    "-number": [6, 5, 4, 3, 2, 1],
}


@pytest.mark.parametrize("sort", ORDERS)
def test_orders_put_what_is_unset_last_and_ties_by_number(portfolio: Reading, sort: str) -> None:
    assert numbers(portfolio, Filter(status=ALL, sort=sort)) == ORDERS[sort]
    assert numbers(portfolio, Filter(status=ALL, sort=sort), 2) == ORDERS[sort][:2]


def test_every_order_is_tested() -> None:
    assert {sort.removeprefix("-") for sort in ORDERS} == set(lists.SORTS)


def test_totals_keep_currencies_apart_and_know_no_limit(portfolio: Reading) -> None:
    def totals(filter_: Filter) -> list[Total]:
        return lists.list_totals(portfolio.driver, filter_, portfolio.pipeline, portfolio.today)

    assert totals(Filter()) == [Total("EUR", 3, 2_300_000), Total("USD", 1, 9_000_000)]
    assert totals(Filter(account="acme")) == [Total("EUR", 2, 1_800_000)]
    assert totals(Filter(stale=True)) == [Total("EUR", 1, 1_800_000)]
    assert totals(Filter(owner="nobody")) == []


def test_rows_have_the_names_they_refer_to(portfolio: Reading) -> None:
    row = lists.rows_of(portfolio.driver, [1], portfolio.pipeline, portfolio.today)[0]
    assert (row.name, row.account, row.contact) == ("Über 100% ERP", "Acmé", None)
    assert lists.rows_of(portfolio.driver, [], portfolio.pipeline, portfolio.today) == []


def test_approvals_asked_of_a_role(held: Held, portfolio: Reading) -> None:
    gates.prove(held, "1", "need", gates.Proof(text="told"), Answers())
    gates.advance(held, "1", Answers(amount="25k"))
    gates.advance(held, "1", Answers(said=(("meeting", "met", ""),)), ask=True)
    by = portfolio.actor
    asked = lists.asked_approvals(portfolio.driver, ["founder", "engineering"])
    assert asked == [(1, "feasible", by, "2026-03-02")]
    assert lists.asked_approvals(portfolio.driver, ["founder"]) == []
    assert lists.asked_approvals(portfolio.driver, []) == []
    gates.lose(held, "1", "price", "")
    assert lists.asked_approvals(portfolio.driver, ["engineering"]) == []


CONDITIONS = """
amount >= 10000 ; amount < 18k ; not amount > 1 ; has amount ; not has amount ; amount = 40000 ; probability >= 25 ;
probability = 100 ; probability < 10 ; owner = léa ; owner in (bob, zoe) ; owner contains EA ; tags contains vip ;
tags = t1 ; has tags ; tags != vip ; close_date < today + 30d ; not has close_date ; next_due < today ;
closed_on >= 2026-02-01 ; created_on < 2026-02-01 ; stage_entered_on >= today - 2w ; has last_exchange_on ;
last_exchange_on < today - 10d ; unproven ; not unproven ; effort_days > 2 ; effort_days = 2.5 ; has effort_days ;
effort_days <= 12.25 ; valid_until < today ; has valid_until ; valid_until = close_date ; region = north ;
stage = lead ; stage in (lead, proposal) ; status != open ; name contains deal ; account contains acme ;
days_in_stage > 10 ; overdue_days > 0 ; amount > 5000 and owner = bob ; amount > 5000 or unproven ; source = web ;
close_date - created_on > 20d ; currency = USD and has next_due ; loss_reason = price ; next_action contains call ;
(tags contains été or valid_until < today) and not stage = proposal ; decision_maker contains ana ; has contact
"""
WHERE = [" ".join(text.split()) for text in CONDITIONS.split(";")]


@pytest.mark.parametrize("where", WHERE)
@pytest.mark.parametrize("engine", ["sqlite"])
def test_conditions_read(portfolio: Reading, held: Held, where: str) -> None:
    assert listing(held, Wanted(status="all", where=where, sort="number"), 0).records == [
        r
        for r in listing(held, Wanted(status="all", sort="number"), 0).records
        if r["id"] in python_says(portfolio, where)
    ]


def python_says(reading: Reading, where: str) -> list[int]:
    """The opportunities that a condition holds for, judged one by one in Python."""
    ast = parse(where, reading.pipeline.field_types())
    rows = lists.list_rows(reading.driver, Filter(status=ALL, sort="number"), reading.pipeline, reading.today)
    return [
        row.number
        for row in rows
        if evaluate(ast, row_facts(row, reading.pipeline, reading.today), reading.today) is True
    ]


def all_rows(reading: Reading) -> list[Row]:
    return lists.list_rows(reading.driver, Filter(status=ALL), reading.pipeline, reading.today)


@LIVED
@given(data=st.data())
def test_conditions_in_sql_agree_with_python(
    data: st.DataObject, player: Any, at: Callable[[date], None]
) -> None:
    with player() as life:
        life.play(data.draw(HISTORIES))
        at(life.day + timedelta(data.draw(st.integers(0, 40))))
        with life.held.read() as reading:
            for where in data.draw(st.lists(st.sampled_from(WHERE), min_size=5, max_size=12, unique=True)):
                found = listing(life.held, Wanted(status="all", where=where, sort="number"), 0)
                assert [r["id"] for r in found.records] == python_says(reading, where), where


@LIVED
@given(data=st.data())
def test_stale_in_sql_agrees_with_the_rule(
    data: st.DataObject, player: Any, at: Callable[[date], None]
) -> None:
    with player() as life:
        life.play(data.draw(HISTORIES))
        for ahead in data.draw(st.lists(st.integers(0, 40), min_size=1, max_size=6)):
            at(life.day + timedelta(ahead))
            with life.held.read() as reading:
                expected = sorted(
                    r.number for r in all_rows(reading) if stale(r, reading.pipeline, reading.today)
                )
                assert sorted(numbers(reading, Filter(stale=True))) == expected


@LIVED
@given(data=st.data())
def test_a_list_as_of_today_is_the_list_of_today(data: st.DataObject, player: Any) -> None:
    wanted = st.builds(
        Wanted,
        status=st.sampled_from(["open", "all", "won,lost"]),
        stage=st.sampled_from([None, None, "lead", "discovery"]),
        owner=st.sampled_from([None, None, "zoe", "LEA"]),
        account=st.sampled_from([None, None, "acme", "é"]),
        tag=st.sampled_from([None, None, "ete", "t1"]),
        fragment=st.sampled_from([None, None, "deal 1", "borelle"]),
        where=st.sampled_from([None, *WHERE]),
        sort=st.sampled_from([sign + sort for sort in lists.SORTS for sign in ("", "-")]),
    )
    with player() as life:
        life.play(data.draw(HISTORIES))
        for asked in data.draw(st.lists(wanted, min_size=4, max_size=10)):
            limit = data.draw(st.sampled_from([0, 2]))
            now = listing(life.held, asked, limit)
            assert listing(life.held, asked, limit, as_of=life.day) == now
