"""English or French, by small words; anything else, or too little, is neither."""

from __future__ import annotations

import pytest

from pipecli.domain.language import is_written_in, language_of

ENGLISH = "They would like the offer by Friday, and Jeanne has to ask her director about it before we meet."
FRENCH = (
    "Ils veulent l'offre pour vendredi, et Jeanne doit en parler à sa directrice avant que nous nous voyions."
)
GERMAN = (
    "Wir haben das Angebot erhalten und möchten gerne noch einmal über den Preis sprechen, bevor wir uns "
    "entscheiden; können Sie uns bitte nächste Woche anrufen, damit wir alles Weitere klären können?"
)


@pytest.mark.parametrize(
    "text, language",
    [
        (ENGLISH, "en"),
        (FRENCH, "fr"),
        (GERMAN, None),
        ("Merci beaucoup", None),
        ("", None),
        ("48 000 € 2026-11-27", None),
        (f"{ENGLISH} {FRENCH}", None),
        ("Bonjour, je suis d'accord pour la réunion de mardi. Cordialement", "fr"),
        ("Hello, we are fine with the meeting on Tuesday. Best regards", "en"),
    ],
)
def test_the_language_of_a_text(text: str, language: str | None) -> None:
    assert language_of(text) == language


@pytest.mark.parametrize(
    "text, language, fits",
    [
        (ENGLISH, "en", True),
        (ENGLISH, "fr", False),
        (FRENCH, "fr", True),
        (FRENCH, "en", False),
        (GERMAN, "en", False),
        ("Merci beaucoup", "en", True),  # too short to tell
        ("Acme: offer sent, PO 4711", "fr", True),
    ],
)
def test_whether_a_text_is_in_the_language_asked_for(text: str, language: str, fits: bool) -> None:
    assert is_written_in(text, language) is fits
