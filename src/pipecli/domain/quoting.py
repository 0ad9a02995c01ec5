"""Whether a quote stands word for word in a text: what a proposal rests on, checked before anyone sees it.

Line breaks and spaces count as one space, the typographic apostrophe as the typed one; everything else has to be the
same. What cannot be seen (`plain.py`) is no part of a text, and a quote that holds any of it is none: but for the marks
that only say whether a sign is to be drawn as a picture, which whoever copies it may add or leave out.
"""

from __future__ import annotations

import re
import unicodedata

from .plain import cleaned

LONGEST = 500
"""Characters of a quote."""
FEWEST_WORDS = 2
_APOSTROPHES = str.maketrans("\u2019\u02bc", "''")
_PICTURES = str.maketrans("", "", "\ufe0e\ufe0f")
_BREAKS = str.maketrans("\r", "\n")


def found(quote: str, text: str, fewest: int = FEWEST_WORDS) -> str | None:
    """The quote as it stands in the text, its spaces made single; None where it does not stand there.

    It has to begin and end where words do, have at least `fewest` words and at most `LONGEST` characters, and nothing
    in it that does not show.
    """
    quote = quote.translate(_PICTURES).translate(_BREAKS)
    words = unicodedata.normalize("NFC", quote).translate(_APOSTROPHES).split()
    if cleaned(quote) != quote or len(words) < fewest or len(quote) > LONGEST:
        return None
    if not any(letter.isalnum() for letter in quote):
        return None
    source = unicodedata.normalize("NFC", cleaned(text))
    pattern = r"(?<!\w)" if words[0][0].isalnum() else ""
    pattern += r"\s+".join(map(re.escape, words))
    pattern += r"(?!\w)" if words[-1][-1].isalnum() else ""
    place = re.search(pattern, source.translate(_APOSTROPHES))
    return " ".join(source[place.start() : place.end()].split()) if place else None
