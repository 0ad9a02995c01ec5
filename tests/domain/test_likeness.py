"""Names, people and opportunities that may be one: what is proposed, and what is not."""

from __future__ import annotations

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipecli.domain.likeness import (
    CROWD,
    FEW,
    Dealing,
    Person,
    bare,
    pairs,
    same_dealings,
    same_people,
)


def apart(a: str, b: str, most: int) -> int:
    """Letters missing, other or swapped between two texts, by the book; `most` spares nothing here."""
    before: list[int] = []
    row = list(range(len(b) + 1))
    for n, x in enumerate(a, 1):
        before, last, row = row, before, [n]
        for m, y in enumerate(b, 1):
            row.append(min(before[m] + 1, row[m - 1] + 1, before[m - 1] + (x != y)))
            if n > 1 and m > 1 and x == b[m - 2] and a[n - 2] == y:
                row[m] = min(row[m], last[m - 2] + 1)
    return row[-1]


@pytest.mark.parametrize(
    ("a", "b", "same"),
    [
        ("Acme", "ACME", True),
        ("Acme S.A.S.", "Acme", True),
        ("Société Générale", "SOCIETE GENERALE", True),
        ("Acme Corp.", "Acme Corporation", True),
        ("Data Core", "DataCore", True),
        ("Dupont Martin", "Martin Dupont", True),
        ("Betatech", "Betatec", True),
        ("Betatech", "Betatesh", True),
        ("Betatech", "Beattech", True),
        ("Betatech", "Betatec, Inc", True),
        ("Rollout of the ERP", "ERP, roll-out of the", True),
        ("Manufacture Delorme", "Manufactur Delormes", True),
        ("Borel", "Born", False),
        ("Acme", "Acne", False),
        ("Betatech", "Bettatecs", False),
        ("Agency 1", "Agency 2", False),
        ("Company 11", "Company 1", False),
        ("Renewal 2025", "Renewal 2026", False),
        ("SA", "SAS", False),
        ("", "", False),
        ("Orange", "Orange Bank", False),
        ("Corosa Conseil", "Cozoga Conseil", False),
        ("Acme Conseil", "Acne Conseil", False),
        ("Data Core Labs", "DataCore Lab", True),
    ],
)
def test_names_that_may_be_one(a: str, b: str, same: bool) -> None:
    assert bool(pairs([a, b], apart)) is bool(pairs([b, a], apart)) is same
    assert pairs([a, b], apart) == ([(0, 1)] if same else [])


@given(name=st.text("abcdefgh", min_size=5, max_size=16), data=st.data())
def test_one_slip_is_found_among_others_wherever_it_is(name: str, data: st.DataObject) -> None:
    at = data.draw(st.integers(0, len(name) - 1))
    end = name[at + 1 :]
    slip = data.draw(
        st.sampled_from(
            [name[:at] + "x" + end, name[:at] + "x" + name[at:], name[:at] + end[:1] + name[at] + end[1:]]
        )
    )
    others = [f"something else {n}" for n in range(FEW)]
    assert (0, FEW + 1) in pairs([name, *others, slip], apart)


@given(st.lists(st.text("abc ", max_size=9), min_size=FEW - 1, max_size=FEW + 4))
def test_halves_that_are_shared_leave_no_pair_out(names: list[str]) -> None:
    every = [(a, b) for b in range(len(names)) for a in range(b) if pairs([names[a], names[b]], apart)]
    assert pairs(names, apart) == sorted(every)


def test_only_what_is_fresh_is_held_against_the_others() -> None:
    assert pairs(["Acme", "ACME", "Borel", "Acme SA"], apart, fresh=[3]) == [(0, 3), (1, 3)]


@given(
    st.lists(st.text("ab1 ", max_size=9), min_size=FEW - 1, max_size=FEW + 4),
    st.sets(st.integers(0, FEW - 2), max_size=3),
)
def test_what_is_fresh_has_the_pairs_that_it_has_among_all(names: list[str], fresh: set[int]) -> None:
    wanted = [pair for pair in pairs(names, apart) if fresh & set(pair)]
    assert pairs(names, apart, fresh) == wanted


class Asked(frozenset[int]):
    """Counts how often it was asked for one."""

    times = 0

    def __contains__(self, place: object) -> bool:
        self.times += 1
        return super().__contains__(place)


def test_many_that_are_known_are_not_held_against_each_other() -> None:
    names = [f"Account {n}" for n in range(3 * CROWD)]
    asked = Asked({len(names)})
    assert pairs([*names, names[7].replace("cc", "c")], apart, asked) == [(7, len(names))]
    assert asked.times < 5 * len(names)


def test_in_a_crowd_each_is_held_against_the_nearest() -> None:
    names = [f"Something {chr(97 + n // 26 % 26)}{chr(97 + n % 26)}{n}" for n in range(CROWD + 50)]
    assert pairs([*names, "Something aa0 SA"], apart)[-1] == (0, len(names))


@given(st.text(max_size=20))
def test_a_bare_name_is_bare_already(name: str) -> None:
    assert bare(name).isalnum() or not bare(name)
    assert bare(bare(name)) == bare(name) or bare(bare(name))


ANA = Person(1, "Ana Bergman", "ana@acme.example", 90)


@pytest.mark.parametrize(
    ("other", "same"),
    [
        (Person(2, "A. Bergman", "ANA@acme.example", None), True),
        (Person(2, "Bergman Ana", None, 90), True),
        (Person(2, "Ana Bergman", "a.berg@acme.example", 90), True),
        (Person(2, "Ana Bergmann", None, 90), True),
        (Person(2, "Ana Bergman", None, 91), False),
        (Person(2, "Ana Bergman", "ana@other.example", 91), False),
        (Person(2, "Bo Lund", "bo@acme.example", 90), False),
    ],
)
def test_people_that_may_be_one(other: Person, same: bool) -> None:
    assert same_people([other, ANA], apart) == ([(ANA, other)] if same else [])


def test_an_address_that_anybody_can_have_is_no_company() -> None:
    one, two = Person(1, "Ana Berg", "ana@gmail.com", 1), Person(2, "Ana Bergman", "anna@gmail.com", 2)
    assert same_people([one, two], apart) == []


ERP = Dealing(1, "ERP rollout", 90, 48_000)


@pytest.mark.parametrize(
    ("other", "same"),
    [
        (Dealing(2, "ERP roll-out", 90, 52_000), True),
        (Dealing(2, "ERP roll-out", 91, 48_000), True),
        (Dealing(2, "Rollout ERP", 90, None), True),
        (Dealing(2, "ERP rollout", 90, 96_000), True),
        (Dealing(2, "ERP rollout", 90, 97_000), False),
        (Dealing(2, "ERP rollout", 92, 48_000), False),
        (Dealing(2, "ERP rollout", None, 48_000), False),
        (Dealing(2, "ERP rollout 2", 90, 48_000), False),
    ],
)
def test_opportunities_that_may_be_one(other: Dealing, same: bool) -> None:
    assert same_dealings([other, ERP], [(90, 91)], apart) == ([(ERP, other)] if same else [])


def test_without_an_account_one_word_says_too_little() -> None:
    ones = [Dealing(1, "Renewal", None, None), Dealing(2, "Renewal", None, None)]
    twos = [Dealing(3, "Portal renewal", None, None), Dealing(4, "Portal Renewal", None, None)]
    twos = [dealing._replace(contact=7) for dealing in twos]
    assert same_dealings([*ones, *twos], [], apart) == [(twos[0], twos[1])]


@pytest.mark.parametrize(
    ("one", "other", "same"),
    [
        ((None, "lea", None), (None, "lea", None), False),
        ((550, "lea", None), (550, "marc", None), False),
        ((550, "lea", None), (551, "lea", None), False),
        ((550, "lea", None), (550, "lea", None), True),
        ((550, "lea", 7), (600, "marc", 7), True),
        ((550, "lea", 7), (5_000, "marc", 7), False),
        ((550, "lea", 7), (600, "lea", 8), False),
    ],
)
def test_without_an_account_names_alone_tell_nothing(
    one: tuple[float | None, str, int | None], other: tuple[float | None, str, int | None], same: bool
) -> None:
    both = [Dealing(n, "MG Advanced", None, *values) for n, values in enumerate((one, other), 1)]
    assert bool(same_dealings(both, [], apart)) is same


def test_accounts_that_may_be_one_stand_together_in_a_chain() -> None:
    dealings = [Dealing(n, "ERP rollout", 90 + n, None) for n in range(4)]
    found = same_dealings(dealings, pairwise([90, 91, 92, 93]), apart)
    assert len(found) == 6
