"""What a person's own words tell: the kind of exchange that a next action announced."""

from __future__ import annotations

from .fold import fold

_WORDS = {
    "call": ("call", "phone", "ring", "appeler", "appel", "rappeler", "telephoner"),
    "mail": ("mail", "email", "e-mail", "send", "write", "envoyer", "ecrire", "courriel", "relancer"),
    "meeting": (
        "meet", "meeting", "visit", "demo", "workshop", "lunch", "present", "rencontrer", "reunion", "visite",
        "atelier", "rendez-vous", "rdv", "dejeuner", "presenter",
    ),
}  # fmt: skip
_KINDS = {word: kind for kind, words in _WORDS.items() for word in words}


def exchange_kind(text: str) -> str:
    """The kind of exchange a text announces by its first word that is one: `call Jeanne` is a call, else a note."""
    for word in fold(text).replace(",", " ").replace(":", " ").split():
        if word in _KINDS:
            return _KINDS[word]
    return "note"
