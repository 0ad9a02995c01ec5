"""What a person's own words tell: the kind of exchange that was announced, and what is a link."""

import pytest

from pipecli.domain.wording import exchange_kind, is_link


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("call Jeanne", "call"),
        ("Rappeler Jeanne lundi", "call"),
        ("téléphoner à Acme", "call"),
        ("send the offer", "mail"),
        ("Écrire à Max, puis appeler", "mail"),
        ("with Max: call, then mail", "call"),
        ("Réunion de cadrage", "meeting"),
        ("prepare the demo", "meeting"),
        ("rdv mardi", "meeting"),
        ("recall the terms", "note"),
        ("think", "note"),
        ("", "note"),
    ],
)
def test_the_first_word_that_announces_one_says_which(text: str, kind: str) -> None:
    assert exchange_kind(text) == kind


@pytest.mark.parametrize(
    ("text", "link"),
    [
        ("https://acme.example/rfp", True),
        (" HTTP://acme.example ", True),
        ("file:///srv/offers/12.pdf", True),
        ("svn+ssh://acme.example/x", True),
        ("mailto:jeanne@acme.example", True),
        ("https://", False),
        ("https://acme.example is theirs", False),
        ("acme.example", False),
        ("note: they agreed", False),
        ("réf://x", False),
        ("3://x", False),
        ("", False),
    ],
)
def test_a_link_is_one_word_with_a_scheme(text: str, link: bool) -> None:
    assert is_link(text) is link
