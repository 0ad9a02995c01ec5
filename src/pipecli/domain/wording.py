"""What a person's own words tell: the kind of exchange a next action announced, and whether a text is a link."""

from __future__ import annotations

from pipecli.text import _

from .fold import fold

EXCHANGE_KINDS = ("call", "mail", "meeting", "note")
_WORDS = {
    "call": ("call", "phone", "ring", "appeler", "appel", "rappeler", "telephoner"),
    "mail": ("mail", "email", "e-mail", "send", "write", "envoyer", "ecrire", "courriel", "relancer"),
    "meeting": (
        "meet", "meeting", "visit", "demo", "workshop", "lunch", "present", "rencontrer", "reunion", "visite",
        "atelier", "rendez-vous", "rdv", "dejeuner", "presenter",
    ),
}  # fmt: skip
_KINDS = {word: kind for kind, words in _WORDS.items() for word in words}


def kind_name(kind: str) -> str:
    """What people call a kind of exchange."""
    names = {"call": _("call"), "mail": _("mail"), "meeting": _("meeting"), "note": _("note")}
    return names.get(kind, kind)


def exchange_kind(text: str) -> str:
    """The kind of exchange a text announces by its first word that is one: `call Jeanne` is a call, else a note."""
    for word in fold(text).replace(",", " ").replace(":", " ").split():
        if word in _KINDS:
            return _KINDS[word]
    return "note"


def is_link(text: str) -> bool:
    """Whether a text is an address that can be opened: one word with a scheme."""
    words = text.strip()
    scheme, sign, rest = words.partition(":")
    known = scheme.isascii() and scheme.replace("+", "").isalnum() and scheme[:1].isalpha()
    return bool(sign and known and rest.strip("/") and not any(c.isspace() for c in words)) and (
        rest.startswith("//") or scheme.casefold() == "mailto"
    )
