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
        ("Jeanne's on leave; Acme's board meets. Let's talk.", "en"),
        ("Call went well: a demo, a quote, a contract.", "en"),
        ("Sent Jeanne a quote and a plan. A call Monday.", "en"),
        ("Let's sync: Paul's quote, Jeanne's demo", "en"),
        ("She's keen, it's Acme's top need, let's call", "en"),
        ("It's a quote Jeanne's team likes", "en"),
        ("I don't know, they can't say; we'd like Paul's view", "en"),
        ("merci, à bientôt", "fr"),
        ("vu avec Jeanne, elle rappelle mardi", "fr"),
        ("OK pour mardi, devis reçu, merci", "fr"),
        ("Jeanne est d'accord", "fr"),
        ("Rendez-vous mardi, budget validé", "fr"),
        ("RDV pris avec Paul mardi; devis 48k; relance vendredi", "fr"),
        ("L’offre d’hier, qu’il n’a pas lue", "fr"),
        ("Plan B: call R&D, vitamin C and D", "en"),
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
