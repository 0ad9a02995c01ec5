"""The audit's rules: what an opportunity fails in, shares and their mean, delays, weak proofs, stability."""

from collections import Counter

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipecli.domain import hygiene
from pipecli.domain.hygiene import Copied, Proof, Stability, Standing
from pipecli.domain.survival import Rate, plain_rate

WELL = Standing(1, "lea", "lead", "2026-03-05", False, False, None, "opened", False)
TODAY = "2026-03-02"


@pytest.mark.parametrize(
    "changes, expected",
    [
        ({}, ()),
        ({"next_due": "2026-03-01"}, ()),
        ({"next_due": None}, ("no_next_action",)),
        ({"unproven": True}, ("proof_lapsed",)),
        ({"unproven": True, "how": "advanced"}, ("proof_lapsed",)),
        ({"unproven": True, "how": "imported"}, ("imported_unproven",)),
        ({"unproven": True, "how": "moved"}, ("imported_unproven",)),
        ({"proof_until": "2026-03-01"}, ("proof_expired",)),
        ({"proof_until": "2026-03-02"}, ()),
        ({"unproven": True, "proof_until": "2026-03-01"}, ("proof_lapsed",)),
        ({"by_hand": True}, ("probability_by_hand",)),
        ({"waived": True}, ()),
        ({"next_due": None, "by_hand": True}, ("no_next_action", "probability_by_hand")),
    ],
)
def test_what_an_open_opportunity_fails_in(changes: dict[str, object], expected: tuple[str, ...]) -> None:
    assert hygiene.faults(WELL._replace(**changes), TODAY) == expected


@pytest.mark.parametrize(
    "due, late", [("2026-03-01", True), ("2026-03-02", False), ("2026-03-03", False), (None, False)]
)
def test_a_next_action_is_late_from_the_day_after(due: str | None, late: bool) -> None:
    assert hygiene.is_overdue(WELL._replace(next_due=due), TODAY) is late


def rates(*pairs: tuple[int, int]) -> list[Rate]:
    return [plain_rate(k, n) for k, n in pairs]


@pytest.mark.parametrize(
    "points, expected",
    [
        ([], Rate(0, 0, None)),
        ([(0, 0), (0, 0)], Rate(0, 0, None)),
        ([(3, 7)], Rate(7, 3, None)),
        ([(3, 4), (2, 5)], Rate(9, 5, None)),
        ([(10, 10), (5, 10)], Rate(20, 15, 0.75)),
        ([(100, 100), (5, 10)], Rate(110, 105, 0.75)),
        # Few cases together are enough: they weigh as two.
        ([(10, 10), (3, 5), (3, 5)], Rate(20, 16, pytest.approx((1 + 0.6 + 0.6) / 3))),
        # Few cases that stay few stand aside.
        ([(10, 10), (0, 5)], Rate(15, 10, 1.0)),
    ],
)
def test_the_hygiene_is_the_mean_of_the_points(points: list[tuple[int, int]], expected: Rate) -> None:
    assert hygiene.overall(rates(*points)) == expected


COUNTS = st.integers(0, 60).flatmap(lambda n: st.tuples(st.integers(0, n), st.just(n)))


@given(st.lists(COUNTS, max_size=5))
def test_the_hygiene_is_between_the_worst_and_the_best(points: list[tuple[int, int]]) -> None:
    found = hygiene.overall(rates(*points))
    shares = [k / n for k, n in points if n]
    assert (found.k, found.n) == (sum(k for k, _n in points), sum(n for _k, n in points))
    assert found.rate is None or min(shares) - 1e-9 <= found.rate <= max(shares) + 1e-9
    assert found.rate is not None or found.n < 10 * 5


@pytest.mark.parametrize(
    "delays, in_time, median",
    [
        ({}, (0, 0), None),
        ({0: 5, 1: 4}, (9, 9), None),
        ({0: 5, 1: 5}, (10, 10), 0),
        ({0: 4, 1: 1, 2: 5}, (5, 10), 1),
        ({0: 4, 3: 6}, (4, 10), 3),
    ],
)
def test_delays(delays: dict[int, int], in_time: tuple[int, int], median: int | None) -> None:
    found = hygiene.in_time(delays)
    assert (found.k, found.n) == in_time
    assert hygiene.median(delays) == median


def test_the_slowest_owner_is_later_than_in_time_and_has_enough_cases() -> None:
    late, later, few = Counter({2: 10}), Counter({0: 4, 3: 6}), Counter({9: 9})
    assert hygiene.slowest({}) is None
    assert hygiene.slowest({"lea": Counter({1: 20}), "few": few}) is None
    assert hygiene.slowest({"lea": late, "paul": later, "few": few}) == ("paul", 3)
    assert hygiene.slowest({"zoe": late, "lea": late}) == ("lea", 2)


@pytest.mark.parametrize(
    "text, single",
    [("ok", True), ("  OK. ", True), ("said so", False), ("PO-4711", False), ("4711", False), ("—", True)],
)
def test_one_word_proofs(text: str, single: bool) -> None:
    proof = Proof(1, "need", 7, text)
    assert hygiene.one_word([proof]) == ([proof] if single else [])


@pytest.mark.parametrize(
    "proofs, groups",
    [
        ([], []),
        ([(1, "need", 7, "They lose orders"), (2, "need", 8, "They lose time")], []),
        ([(1, "need", 7, "They lose orders"), (2, "need", 8, "they  lose ORDERS")], [[1, 2]]),
        ([(1, "need", 7, "Told"), (1, "problem", 8, "told")], [[1, 1]]),
        # One exchange may well show two things.
        ([(1, "need", 7, "Told"), (1, "problem", 7, "Told")], []),
        ([(1, "a", 1, "x"), (2, "a", 2, "y"), (3, "a", 3, "x"), (4, "a", 4, "y"), (5, "a", 5, "y")],
         [[2, 4, 5], [1, 3]]),
    ],
)  # fmt: skip
def test_copied_proofs(proofs: list[tuple[int, str, int, str]], groups: list[list[int]]) -> None:
    found = hygiene.copied([Proof(*proof) for proof in proofs])
    assert [[proof.number for proof in copy.proofs] for copy in found] == groups


def test_a_copy_is_shown_as_it_was_first_written() -> None:
    first, second = Proof(1, "need", 7, "They LOSE orders"), Proof(2, "need", 8, "they lose orders")
    assert hygiene.copied([first, second]) == [Copied("They LOSE orders", (first, second))]


def side_by_side(**owners: tuple[int, int]) -> list[tuple[str, str, int, int]]:
    judged = [
        (WELL._replace(owner=owner), number < proven)
        for owner, (proven, n) in owners.items()
        for number in range(n)
    ]
    return [(a.stage, a.owner, a.own.k, a.others.k) for a in hygiene.apart(judged)]


def test_owners_are_apart_where_it_is_not_chance() -> None:
    assert side_by_side(lea=(12, 12), paul=(10, 12)) == []
    assert side_by_side(lea=(12, 12), paul=(1, 9)) == []
    assert side_by_side(lea=(12, 12)) == []
    assert side_by_side(lea=(12, 12), paul=(2, 12)) == [("lead", "lea", 12, 2), ("lead", "paul", 2, 12)]
    assert side_by_side(lea=(11, 12), ana=(12, 12), paul=(2, 12))[-1] == ("lead", "paul", 2, 23)


GOOD, BAD, NONE = Rate(20, 18, 0.9), Rate(20, 10, 0.79), Rate(7, 7, None)


@pytest.mark.parametrize(
    "weeks, closed, expected",
    [
        ([GOOD] * 9, 10, Stability(True, 8, 10)),
        ([GOOD] * 9, 9, Stability(False, 8, 9)),
        ([BAD, *[GOOD] * 8], 10, Stability(False, 7, 10)),
        ([*[GOOD] * 8, BAD], 10, Stability(False, 0, 10)),
        ([GOOD, NONE, GOOD, GOOD], 10, Stability(False, 1, 10)),
        ([Rate(20, 16, 0.8)] * 9, 12, Stability(True, 8, 12)),
        ([], 50, Stability(False, 0, 50)),
    ],
)
def test_stability(weeks: list[Rate], closed: int, expected: Stability) -> None:
    assert hygiene.stability(weeks, closed) == expected
