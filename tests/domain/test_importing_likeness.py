"""Accounts that may be one: noted, with nothing found among names that differ."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipecli.domain.importing_likeness import MOST, alike, bare


@pytest.mark.parametrize(
    ("a", "b", "same"),
    [
        ("Acme", "ACME", True),
        ("Acme S.A.S.", "Acme", True),
        ("Société Générale", "SOCIETE GENERALE", True),
        ("Acme Corp.", "Acme Corporation", True),
        ("Betatech", "Betatec", True),
        ("Betatech", "Betatesh", True),
        ("Betatech", "Betatec, Inc", True),
        ("Borel", "Born", False),
        ("Acme", "Acne", False),
        ("Agency 1", "Agency 2", False),
        ("Company 11", "Company 1", False),
        ("SA", "SAS", False),
    ],
)
def test_names_that_may_be_one(a: str, b: str, same: bool) -> None:
    assert alike([a], [b]) == ([(a, b)] if same else [])


def test_added_names_are_held_against_each_other() -> None:
    assert alike(["Acme", "Borel", "ACME Ltd"], []) == [("ACME Ltd", "Acme")]


def test_of_very_many_only_equal_ones_are_told() -> None:
    known = [f"Company number {n}x" for n in range(MOST)]
    assert alike(["Company number 7y", "COMPANY NUMBER 7X"], known) == [
        ("COMPANY NUMBER 7X", "Company number 7x")
    ]


@given(st.text(max_size=20))
def test_a_bare_name_is_bare_already(name: str) -> None:
    assert alike([name], [name]) == []
    assert bare(name).isalnum() or not bare(name)
