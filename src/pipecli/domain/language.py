"""Which of the two languages a text is in: by the small words that every sentence needs, or in a short note by words
that stand in one of them only.
"""

from __future__ import annotations

import re

_ENGLISH = (
    "the and of to is in it you that for on are with as this was be have we not they at by from your our will can has "
    "but if or an would he she his her which what when there their been were do who about please"
)
_FRENCH = (
    "le la les de des du et est un une en que qui dans pour pas sur au aux avec ce cette ces il elle nous vous je ne "
    "se sont par plus son sa ses votre vos notre nos mais ou où être avoir ont à été suis sommes"
)
# Words of business that are in one of the two only, however short the note is.
_ENGLISH_NOTE = (
    "thanks thank hello hi dear regards call called meeting quote offer friday monday tuesday wednesday thursday sent "
    "send next week today tomorrow yesterday let said says asked wants went need needs team"
)
_FRENCH_NOTE = (
    "merci bonjour bonsoir bientôt cordialement salut mardi lundi mercredi jeudi vendredi devis relance relancer rdv "
    "rappelle rappeler rappel envoyé envoyer reçu vu validé signé demain hier semaine prochaine avant après chez oui "
    "réunion accord pris rendez attend veut doit"
)
_TELLING = {"en": frozenset(_ENGLISH_NOTE.split()), "fr": frozenset(_FRENCH_NOTE.split())}
LANGUAGES = {"en": "English", "fr": "French"}
"""What the two are called in English, as a model is told."""
_SMALL_WORDS = {"en": frozenset(_ENGLISH.split()), "fr": frozenset(_FRENCH.split())}
_WORD = re.compile(r"[^\W\d_]+")
# `l'offre`, `qu'elle`: a short word that loses its vowel. In English the apostrophe stands before one letter or two.
_ELISION = re.compile(r"(?<!\w)(?:[ldjncmst]|qu|jusqu|lorsqu)['’](?=[aeiouyhàâéèêëîïôœ]\w*)", re.IGNORECASE)
_ENOUGH = 3
_FEW = 2
_CLEARLY = 2
_SHARE_OF_SMALL_WORDS = 0.08
_LONG = 25


def language_of(text: str) -> str | None:
    """`en` or `fr`, None where the text is too short to say, or is in neither."""
    return _of_sentences(text) or _of_a_note(text)


def is_written_in(text: str, language: str) -> bool:
    """Whether the text may be in that language: a short one may, unless its sentences are clearly in the other."""
    found = _of_sentences(text)
    return found == language or (found is None and len(_words(text)) < _LONG)


def _words(text: str) -> list[str]:
    return [word.casefold() for word in _WORD.findall(text)]


def _small_words(text: str) -> dict[str, int]:
    found = {name: sum(word in small for word in _words(text)) for name, small in _SMALL_WORDS.items()}
    found["fr"] += len(_ELISION.findall(text))
    return found


def _of_sentences(text: str) -> str | None:
    found = _small_words(text)
    best, other = sorted(found, key=lambda name: -found[name])
    if found[best] < _ENOUGH or found[best] < _CLEARLY * found[other]:
        return None
    return best if found[best] >= _SHARE_OF_SMALL_WORDS * len(_words(text)) else None


def _of_a_note(text: str) -> str | None:
    """The language of a short note whose words say it: two of them at least, and none of the other language's."""
    words, found = _words(text), _small_words(text)
    if len(words) >= _LONG:
        return None
    for name, own in _TELLING.items():
        found[name] += sum(word in own and word not in _SMALL_WORDS[name] for word in words)
    best, other = sorted(found, key=lambda name: -found[name])
    return best if found[best] >= _FEW and not found[other] else None
