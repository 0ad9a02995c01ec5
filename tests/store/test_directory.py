"""Who there is: by name, by id, by likeness; and opportunities by what a person types."""

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from pipecli.domain.fold import fold
from pipecli.service import opportunities
from pipecli.service.answers import Answers
from pipecli.store import directory, search
from pipecli.store.directory import Person
from pipecli.store.driver import Driver

from .living import Held

NAMES = ["Acmé", "Acme Italy", "Borelle & Fils", "Ünal", "X", "50% Off", "Acme"]


@pytest.fixture
def known(held: Held) -> Driver:
    driver: Driver = held.driver
    directory.add_accounts(driver, list(enumerate(NAMES, 1)))
    directory.add_people(
        driver, [(20, "Jeanne", "j@acme.com", None), (21, "Ana", None, "+33 1"), (22, "Élie", None, None)]
    )
    directory.add_contacts(driver, [(20, 1), (21, 1), (22, None)])
    return driver


def test_names_of_accounts_and_people_by_id(known: Driver) -> None:
    assert directory.names(known, [1, 20, None, 999]) == {1: "Acmé", 20: "Jeanne"}
    assert directory.names(known, [None]) == {}
    everybody = {**dict(enumerate(NAMES, 1)), 20: "Jeanne", 21: "Ana", 22: "Élie"}
    assert directory.all_names(known) == everybody
    assert directory.names(known, range(100_000)) == everybody


def test_an_account_is_found_by_its_exact_name(known: Driver) -> None:
    assert directory.find_account(known, "Acmé") == 1
    assert directory.find_account(known, "acmé") is None
    assert directory.all_accounts(known) == {name: n for n, name in enumerate(NAMES, 1)}


def test_of_accounts_with_one_name_the_oldest_counts(known: Driver) -> None:
    directory.add_accounts(known, [(30, "Acmé")])
    assert directory.find_account(known, "Acmé") == 1
    assert directory.all_accounts(known)["Acmé"] == 1


NEAR = [
    ("acme", ["Acme", "Acmé"]),
    ("Acmee", ["Acme", "Acmé"]),
    ("Amcé", []),
    ("Akme", ["Acme", "Acmé"]),
    ("bcme", ["Acme", "Acmé"]),
    ("Acme italy", ["Acme Italy"]),
    ("Acme Itally", ["Acme Italy"]),
    ("Borele & Fils", ["Borelle & Fils"]),
    ("orelle & Fils", ["Borelle & Fils"]),
    ("Unal", ["Ünal"]),
    ("x", ["X"]),
    ("Y", []),
    ("50_ Off", ["50% Off"]),
    ("Zenith", []),
    ("", []),
]


@pytest.mark.parametrize(("name", "expected"), NEAR)
def test_near_names_differ_by_case_accents_or_a_letter(known: Driver, name: str, expected: list[str]) -> None:
    assert directory.near_accounts(known, name) == expected


def test_a_name_is_not_near_itself(known: Driver) -> None:
    assert directory.near_accounts(known, "Acmé") == ["Acme"]


LETTERS = st.text(st.sampled_from("abé&'\U0001f389"), max_size=6)


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(names=st.lists(LETTERS.filter(bool), max_size=12, unique=True), name=LETTERS.filter(bool))
def test_near_names_are_all_those_one_letter_apart(held: Held, names: list[str], name: str) -> None:
    driver = held.driver
    driver.run("savepoint example")
    directory.add_accounts(driver, list(enumerate(names, 100)))
    expected = sorted(n for n in names if n != name and directory.one_letter_apart(fold(n), fold(name)))
    found = directory.near_accounts(driver, name)
    driver.run("rollback to savepoint example")
    assert found == expected


def test_contacts_of_an_account_and_of_none(known: Driver) -> None:
    assert directory.contacts_of(known, 1) == [
        Person(20, "Jeanne", "j@acme.com", None, 1),
        Person(21, "Ana", None, "+33 1", 1),
    ]
    assert directory.contacts_of(known, None) == [Person(22, "Élie", None, None, None)]
    assert directory.people(known, [22, 20]) == [
        Person(20, "Jeanne", "j@acme.com", None, 1),
        Person(22, "Élie", None, None, None),
    ]
    assert directory.people(known, []) == []


def test_what_is_removed_is_no_more(known: Driver) -> None:
    directory.remove(known, "account", [1, 2])
    directory.remove(known, "contact", [22])
    assert directory.near_accounts(known, "acme") == ["Acme"]
    assert directory.contacts_of(known, None) == []


def test_owners_are_those_of_open_opportunities(held: Held) -> None:
    for name, owner in (("A", "Zoé"), ("B", "bob"), ("C", "bob")):
        opportunities.add(held, name, Answers(owner=owner, next="call", due="+1d"))
    assert directory.known_owners(held.driver) == ["Zoé", "bob"]


@pytest.fixture
def opened(held: Held) -> Driver:
    """Opportunities 1 to 5; the third is lost."""
    from pipecli.service import gates

    for name, account, owner, due in (
        ("Rollout Élan", "Acme", "lea", "+3d"),
        ("100% cover", "Acme", "lea", "+1d"),
        ("Old deal", "Borelle", "bob", "+1d"),
        ("a_b!", "", "bob", "+2d"),
        ("COVER", "", "zoe", "+9d"),
    ):
        given = Answers(owner=owner, sets=(f"account={account}",), next="call", due=due)
        opportunities.add(held, name, given)
    gates.lose(held, "3", "price", "")
    return held.driver


def found(driver: Driver, text: str, *, open_only: bool = True) -> list[int]:
    return [hit.number for hit in search.by_fragment(driver, text, open_only=open_only)]


def test_a_number_is_one_opportunity_open_or_not(opened: Driver) -> None:
    assert search.by_number(opened, 3) == search.Hit(3, "Old deal", "Borelle", "bob", "lead", "lost", None)
    assert search.by_number(opened, 99) is None


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("elan", [1]),
        (" ROLLOUT ", [1]),
        ("out élan ac", [1]),
        ("100%", [2]),
        ("%", [2]),
        ("_", [4]),
        ("!", [4]),
        ("cover", [5]),  # a name of exactly that comes before names that hold it
        ("cove", [5, 2]),
        ("acme", [2, 1]),
        ("old", []),
        ("'; drop table opportunity; --", []),
        ("\x00", []),
        ("\ud800", []),
        ("x" * 10_000, []),
    ],
)
def test_fragments_of_open_ones(opened: Driver, text: str, expected: list[int]) -> None:
    assert found(opened, text) == expected


def test_a_whole_name_is_found_behind_more_than_a_list_holds(opened: Driver) -> None:
    assert [hit.number for hit in search.by_fragment(opened, "cover", open_only=True, limit=1)] == [5]
    assert [hit.number for hit in search.by_fragment(opened, "rollout elan", open_only=True, limit=1)] == [1]
    opened.run("update opportunity set name = 'E', search = 'e acme' where number = 1")
    assert [hit.number for hit in search.by_fragment(opened, "e", open_only=True, limit=1)] == [1]
    assert [hit.number for hit in search.by_fragment(opened, "e", open_only=True, limit=9)] == [1]
    assert [hit.number for hit in search.by_fragment(opened, "o", open_only=True, limit=2)] == [5, 2]


def test_fragments_of_closed_ones(opened: Driver) -> None:
    assert found(opened, "OLD", open_only=False) == [3]
    assert found(opened, "acme", open_only=False) == []


def test_the_pick_list_has_mine_first_then_the_latest_due(opened: Driver) -> None:
    assert [hit.number for hit in search.open_for(opened, "LÉA", 9)] == [2, 1, 4, 5]
    assert [hit.number for hit in search.open_for(opened, "zoe", 2)] == [5, 2]
