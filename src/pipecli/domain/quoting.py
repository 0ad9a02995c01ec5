"""Whether a quote stands word for word in a text: what a proposal rests on, checked before anyone sees it.

Line breaks and spaces count as one space, the typographic apostrophe as the typed one; everything else has to be the
same. What does not show on a screen (controls, marks of direction, fillers) is no part of a quote.
"""

from __future__ import annotations

import re
import unicodedata

LONGEST = 500
"""Characters of a quote."""
FEWEST_WORDS = 2
# Letters and symbols by their category that nevertheless show nothing: Hangul fillers and the blank of braille.
_BLANKS = "\u115f\u1160\u2800\u3164\uffa0"
_UNSEEN = ("Cc", "Cf", "Cn", "Co", "Cs")
_APOSTROPHES = str.maketrans("\u2019\u02bc", "''")


def is_visible(letter: str) -> bool:
    """Whether a character shows on a screen; spaces and line breaks count."""
    if letter in "\n\r\t":
        return True
    return letter not in _BLANKS and unicodedata.category(letter) not in _UNSEEN


def visible(text: str) -> str:
    """The text without what does not show on a screen."""
    if text.isascii() and text.isprintable():
        return text
    return "".join(filter(is_visible, text))


def found(quote: str, text: str, fewest: int = FEWEST_WORDS) -> str | None:
    """The quote as it stands in the text, its spaces made single; None where it does not stand there.

    It has to begin and end where words do, have at least `fewest` words and at most `LONGEST` characters, and nothing
    in it that does not show.
    """
    words = unicodedata.normalize("NFC", quote).translate(_APOSTROPHES).split()
    if not all(map(is_visible, quote)) or len(words) < fewest or len(quote) > LONGEST:
        return None
    if not any(letter.isalnum() for letter in quote):
        return None
    source = unicodedata.normalize("NFC", visible(text))
    pattern = r"(?<!\w)" if words[0][0].isalnum() else ""
    pattern += r"\s+".join(map(re.escape, words))
    pattern += r"(?!\w)" if words[-1][-1].isalnum() else ""
    place = re.search(pattern, source.translate(_APOSTROPHES))
    return " ".join(source[place.start() : place.end()].split()) if place else None
