"""Which of the two languages a text is in, by the small words that every sentence needs."""

from __future__ import annotations

import re

_ENGLISH = (
    "the and of to is in it you that for on are with as this was be have we not they at by from your our will can has "
    "but if or an would he she his her which what when there their been were do who about please"
)
_FRENCH = (
    "le la les de des du et est un une en que qui dans pour pas sur au aux avec ce cette ces il elle nous vous je ne "
    "se sont par plus son sa ses votre vos notre nos mais ou où être avoir a ont d l c qu n s j y"
)
_SMALL_WORDS = {"en": frozenset(_ENGLISH.split()), "fr": frozenset(_FRENCH.split())}
_WORD = re.compile(r"[^\W\d_]+")
_ENOUGH = 3
_CLEARLY = 2
_SHARE_OF_SMALL_WORDS = 0.08
_LONG = 25


def language_of(text: str) -> str | None:
    """`en` or `fr`, None where the text is too short to say, or is in neither."""
    words = [word.casefold() for word in _WORD.findall(text)]
    found = {name: sum(word in small for word in words) for name, small in _SMALL_WORDS.items()}
    best, other = sorted(found, key=lambda name: -found[name])
    if found[best] < _ENOUGH or found[best] < _CLEARLY * found[other]:
        return None
    return best if found[best] >= _SHARE_OF_SMALL_WORDS * len(words) else None


def is_written_in(text: str, language: str) -> bool:
    """Whether the text may be in that language: a short one may, unless it is clearly in the other."""
    found = language_of(text)
    return found == language or (found is None and len(_WORD.findall(text)) < _LONG)
