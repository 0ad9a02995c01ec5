"""The lists people live in: today, overdue, stale, list; mine or everybody's, now or as of a day."""

from collections.abc import Callable
from datetime import date
from pathlib import Path

import pytest

from pipecli.config import Settings
from pipecli.errors import InvalidInput, NotFound
from pipecli.service import creating, gates, lists, opportunities
from pipecli.service.answers import Answers
from pipecli.service.lists import Listing, Wanted, listing
from pipecli.service.workspace import Workspace
from pipecli.store.lists import Total

At = Callable[[date], None]


def refs(found: Listing) -> list[int]:
    return [record["id"] for record in found.records]


@pytest.fixture
def peopled(workspace: Workspace, at: At) -> Workspace:
    """Monday 2 March; opened on 10 February: 1 and 3 of lea late, 2 of lea due today, 4 of bob late, 5 far off."""
    at(date(2026, 2, 10))
    for name, owner, amount, due in (
        ("ERP", "lea", "5k", "2026-02-20"),
        ("CRM", "Léa", None, "2026-03-02"),
        ("Web", "lea", "40k", "2026-03-01"),
        ("Shop", "bob", "USD 9k", "2026-02-27"),
        ("Site", "bob", "1k", "2026-04-01"),
    ):
        given = Answers(owner=owner, amount=amount, next="call", due=due, sets=("contact=Ana",))
        opportunities.add(workspace, name, given)
    at(date(2026, 3, 2))
    return workspace


def test_overdue_is_late_first(peopled: Workspace) -> None:
    found = lists.overdue(peopled, 50)
    assert [(r["id"], r["overdue_days"]) for r in found.records] == [(1, 10), (4, 3), (3, 1)]
    assert found.n == 3
    assert found.totals == [Total("EUR", 2, 4_500_000), Total("USD", 1, 900_000)]


@pytest.mark.parametrize(("days", "expected"), [(0, [1, 4, 3]), (1, [1, 4]), (3, [1]), (9, [1]), (10, [])])
def test_overdue_by_more_than_some_days(peopled: Workspace, days: int, expected: list[int]) -> None:
    assert refs(lists.overdue(peopled, 50, days=days)) == expected


def test_mine_are_the_actors_case_and_accents_aside(peopled: Workspace) -> None:
    assert refs(lists.overdue(peopled, 50, mine=True)) == [1, 3]
    assert refs(lists.overdue(peopled, 50, owner="BOB")) == [4]
    assert refs(listing(peopled, Wanted(), 0, mine=True)) == [1, 3, 2]


def test_stale_is_quiet_for_longer_than_its_stage_allows(peopled: Workspace) -> None:
    found, limits = lists.stale_list(peopled, 50)
    assert refs(found) == [1, 3, 4]  # 2 is shielded by what is due today, 5 by what is due in April
    assert limits["lead"] == 14
    opportunities.log(peopled, "1", "call", "They called", Answers(on="2026-02-25"))
    assert refs(lists.stale_list(peopled, 50)[0]) == [3, 4]


def test_putting_off_does_not_hide_what_is_stale(peopled: Workspace) -> None:
    opportunities.snooze(peopled, ["1"], "+30d")
    assert 1 not in refs(lists.overdue(peopled, 50))
    assert 1 in refs(lists.stale_list(peopled, 50)[0])


def test_a_quote_that_has_run_out_is_stale_whatever_is_planned(peopled: Workspace, at: At) -> None:
    proofs = ("need=a", "problem=b", "decision-maker=c", "offer=d")
    sets = ("decision_maker=Ana", "quote_valid_until=2026-03-05")
    given = Answers(proofs=proofs, sets=sets, amount="1k", said=(("meeting", "met", ""),))
    gates.advance(peopled, "5", given, to="proposal")
    at(date(2026, 3, 5))
    assert 5 not in refs(lists.stale_list(peopled, 50)[0])
    at(date(2026, 3, 6))
    assert 5 in refs(lists.stale_list(peopled, 50)[0])


def test_today_is_mine_late_by_weighted_amount_then_due_then_stale(peopled: Workspace) -> None:
    found = lists.today(peopled, 50)
    assert (found.actor, found.today, found.open_count) == ("lea", date(2026, 3, 2), 3)
    assert (refs(found.overdue), refs(found.due), refs(found.stale)) == ([3, 1], [2], [1, 3])
    everybody = lists.today(peopled, 50, everybody=True)
    assert sorted(refs(everybody.overdue)) == [1, 3, 4]
    assert everybody.open_count == 5


def test_today_lists_the_approvals_i_am_asked_for(peopled: Workspace, settings: Settings) -> None:
    proofs = ("need=a", "problem=b", "decision-maker=c")
    bob = Workspace(Settings(environ={**settings.environ, "PIPE_ME": "bob"}))
    gates.advance(bob, "3", Answers(proofs=proofs, sets=("decision_maker=Ana",)))
    offered = Answers(
        proofs=("offer=sent",),
        sets=("quote_valid_until=2026-09-01",),
        amount="40k",
        said=(("meeting", "met", ""),),
    )
    gates.advance(bob, "3", offered, ask=True)
    [asked] = lists.today(peopled, 50).approvals
    assert (asked.ref, asked.criterion, asked.asked_by, asked.asked_on) == (
        3,
        "feasible",
        "bob",
        "2026-03-02",
    )
    assert asked.ask == "Has engineering confirmed that we can do it?"
    assert lists.today(bob, 50).approvals == []
    gates.approve(peopled, "3", "feasible")
    assert lists.today(peopled, 50).approvals == []


def test_a_limit_shows_some_and_counts_all(peopled: Workspace) -> None:
    found = listing(peopled, Wanted(), 2)
    assert (refs(found), found.n) == ([1, 4], 5)
    assert found.totals == [Total("EUR", 4, 4_600_000), Total("USD", 1, 900_000)]
    judged_in_python = listing(peopled, Wanted(where="stage = lead"), 2)
    assert (refs(judged_in_python), judged_in_python.n) == ([1, 4], 5)
    assert judged_in_python.totals == found.totals


@pytest.mark.parametrize(
    ("status", "expected"),
    [
        ("open", [2, 3, 4, 5]),
        ("lost", [1]),
        ("Won, LOST", [1]),
        ("all", [1, 2, 3, 4, 5]),
        ("open,lost", [1, 2, 3, 4, 5]),
        ("won", []),
    ],
)
def test_statuses(peopled: Workspace, status: str, expected: list[int]) -> None:
    gates.lose(peopled, "1", "price", "")
    assert refs(listing(peopled, Wanted(status=status, sort="number"), 0)) == expected


def test_a_closed_one_is_neither_late_nor_stale(peopled: Workspace) -> None:
    gates.lose(peopled, "1", "price", "")
    record = listing(peopled, Wanted(status="lost"), 0).records[0]
    assert (record["overdue_days"], record["stale"], record["next_action"]) == (0, False, None)
    assert (record["probability"], record["weighted"], record["days_in_stage"]) == (0, 0, 20)


@pytest.mark.parametrize(
    ("wanted", "error", "words"),
    [
        (Wanted(status="closed"), InvalidInput, '"closed" is not a status; write open, won, lost or all'),
        (Wanted(status=","), InvalidInput, "is not a status"),
        (Wanted(sort="price"), InvalidInput, 'no order "price"; the orders are: due, amount'),
        (Wanted(sort="--due"), InvalidInput, "no order"),
        (Wanted(stage="nowhere"), NotFound, 'no stage "nowhere"; the stages are: lead'),
        (Wanted(where="amount >"), InvalidInput, "at character 9: expected a value, found the end"),
        (Wanted(where="nothing = 1"), InvalidInput, "nothing"),
    ],
)
def test_what_cannot_be_read_is_refused(
    workspace: Workspace, wanted: Wanted, error: type[Exception], words: str
) -> None:
    with pytest.raises(error, match=words):
        listing(workspace, wanted, 0)


def test_hostile_filters_find_nothing(peopled: Workspace) -> None:
    for text in ("'; drop table event; --", "%", "_", "\x1b[31m", "[red]", "x" * 5000):
        assert listing(peopled, Wanted(owner=text), 0).n == 0
        assert listing(peopled, Wanted(account=text), 0).n == 0
        assert listing(peopled, Wanted(tag=text), 0).n == 0


def test_the_first_thing_to_do(peopled: Workspace, settings: Settings) -> None:
    first = lists.first(peopled)
    assert first and first["id"] == 3
    bob = Workspace(Settings(environ={**settings.environ, "PIPE_ME": "bob"}))
    gates.lose(bob, "4", "price", "")
    late = lists.first(bob)
    assert late and late["id"] == 5  # nothing late: the next one due
    assert lists.first(Workspace(Settings(environ={**settings.environ, "PIPE_ME": "zoe"}))) is None


def test_an_amount_in_another_currency_is_there_but_not_compared(tmp_path: Path) -> None:
    environ = {
        "PIPE_DB": str(tmp_path / "own.db"),
        "PIPE_ME": "lea",
        "PIPE_CONFIG": str(tmp_path / "config.toml"),
    }
    place = Workspace(Settings(environ=environ))
    creating.init(place.settings)
    for name, amount in (("Euros", "500 EUR"), ("Dollars", "500 USD"), ("Unpriced", None)):
        opportunities.add(place, name, Answers(amount=amount, next="call", due="+3d"))

    def listed(where: str) -> list[str]:
        return [r["name"] for r in lists.listing(place, lists.Wanted(where=where, sort="number"), 0).records]

    for where in (
        "has amount",
        'has amount and name != "x"',
    ):  # in SQL, and in Python where SQL cannot say it
        assert listed(where) == ["Euros", "Dollars"]
    assert listed("amount > 0") == ["Euros"]
    assert listed('amount > 0 and name != "x"') == ["Euros"]
