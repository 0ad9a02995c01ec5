"""Which opportunity a message is about: addresses, then domains, then the subject; several are never decided."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipecli.domain.matching import FREE_MAIL, Known, Matcher, Standing

STANDING = [
    Standing(1, "ERP rollout", "Acme", 100, (11,)),
    Standing(2, "Kiosk", "Acme", 100, ()),
    Standing(3, "Audit", "Société Générale", 101, (13, 14)),
    Standing(4, "Web", None, None, (15,)),
]
PEOPLE = [
    Known(11, "Jeanne@Acme.example", 100),
    Known(12, "paul@acme.example", 100),
    Known(13, "luc@gmail.com", 101),
    Known(14, "ana@sg.example", 101),
    Known(15, "shared@two.example", None),
    Known(16, "nobody@gone.example", 999),
]


@pytest.mark.parametrize(
    ("addresses", "subject", "expected"),
    [
        (["jeanne@acme.example"], "", [1]),
        (["JEANNE@ACME.EXAMPLE", "me@us.example"], "Kiosk", [1]),
        (["paul@acme.example"], "", [1, 2]),  # a contact of the account that no opportunity names
        (["new@acme.example"], "ERP rollout", [1, 2]),  # the domain comes before the subject
        (["jeanne@acme.example", "luc@gmail.com"], "", [1, 3]),
        (["luc@gmail.com"], "", [3]),
        (["someone@gmail.com"], "", []),
        (["new@sg.example"], "", [3]),
        (["new@sub.sg.example"], "", []),
        (["shared@two.example"], "", [4]),
        (["nobody@gone.example"], "", []),
        ([], "Re: ERP ROLLOUT, again", [1]),
        ([], "the ERP", []),
        ([], "Question for societe generale", [3]),
        ([], "Acme", [1, 2]),
        ([], "Acmes", []),
        ([], "Web", []),  # too short a name
        ([], "", []),
        (["not an address", "@", "a@"], "", []),
    ],
)
def test_candidates(addresses: list[str], subject: str, expected: list[int]) -> None:
    assert Matcher(STANDING, PEOPLE).candidates(addresses, subject) == expected


@given(st.lists(st.text(max_size=30), max_size=5), st.text(max_size=80))
def test_whatever_comes_the_candidates_are_open_ones(addresses: list[str], subject: str) -> None:
    found = Matcher(STANDING, PEOPLE).candidates(addresses, subject)
    assert found == sorted(set(found)) and set(found) <= {1, 2, 3, 4}


def test_a_free_domain_says_nothing() -> None:
    assert {"gmail.com", "outlook.com", "orange.fr"} <= FREE_MAIL
    assert all("." in domain and domain == domain.lower() for domain in FREE_MAIL)
