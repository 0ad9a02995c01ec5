"""What kind of exchange a next action announced, in the person's own words, English or French."""

import pytest

from pipecli.domain.wording import exchange_kind


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
