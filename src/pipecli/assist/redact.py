"""Hiding addresses, phone numbers and amounts behind placeholders, and putting them back in what comes back.

A value has the same placeholder wherever it stands in a request. A placeholder that the texts already hold is passed
over, so that only what was hidden is ever put back.
"""

from __future__ import annotations

import json
import re
from collections.abc import Sequence
from typing import Any

from pipecli.domain.money import CURRENCIES, CURRENCY_SIGNS
from pipecli.domain.phones import GAP as _GAP
from pipecli.domain.phones import PHONE

# Each run is bounded, so that a long text of one kind takes no longer than another.
_MAIL = r"[^\s@<>()\[\],;:\"]{1,64}@[^\s@<>()\[\],;:\"]{0,250}[^\W_]"
_NUMBER = rf"\d{{1,15}}(?:(?:[.,'’]|{_GAP})\d{{1,15}}){{0,6}}"
# A code of a few letters is one in capitals only, `in 3 all` is no sum; the commonest are known in small letters too.
_CODES = "|".join(sorted(CURRENCIES))
_COMMON = "EUR|USD|GBP|CHF|CAD|AUD|JPY"
_SIGNS = "|".join(sorted(map(re.escape, CURRENCY_SIGNS), key=len, reverse=True))
_WORDS = (
    rf"(?:{_COMMON}|{_SIGNS}|k?euros?|dollars?|pounds?|francs?|livres?|crowns?|zlotys?|millions?|mio|mrd|bn|mds?"
    r"|billions?|milliards?|lakhs?|crores?|thousand|mille|HT|TTC|keur)"
)
_UNIT = rf"(?:[kKmM]?[€$£¥₣₹₩₺₪₴₦₫฿]|(?:[kKmM]|(?i:{_WORDS})|{_CODES})(?![^\W\d_]))"
_AMOUNT = (
    rf"(?:(?:[€$£¥₣₹₩₺₪₴₦₫฿]|\b(?:(?i:{_COMMON})|{_CODES})){_GAP}?"
    rf"{_NUMBER}(?:{_GAP}?{_UNIT}){{0,3}}"  # €48,000, EUR 48 k
    rf"|{_NUMBER}(?:{_GAP}?{_UNIT}){{1,4}}"  # 48k, 48 k€ HT, 48 000,50 €
    rf"|\d{{1,3}}(?:(?:[.,'’]|{_GAP})\d{{3}}){{1,6}}(?:[.,]\d{{1,15}})?(?!\d)"  # 48 000, 48,000.00
    rf"|\d(?:{_GAP}?\d){{6,60}}|\d{{5,60}}"  # an account, a card, any long number
    r"|(?<![\d./-])(?!(?:19|20)\d\d)\d{4}(?![\d/-]|\.\d))"  # 4800, but no year
)
_HIDDEN = re.compile(rf"(?P<MAIL>{_MAIL})|(?P<PHONE>{PHONE})|(?P<AMOUNT>{_AMOUNT})")
_FEWEST_DIGITS = 3
"""Of an amount that is hidden for its value alone: fewer may be anything."""
_NAME = r"(?:MAIL|PHONE|AMOUNT)_[0-9]{1,6}"
_TAKEN = re.compile(_NAME, re.ASCII | re.IGNORECASE)
_PLACE = re.compile(rf"\[?(?<![A-Za-z0-9])({_NAME})(?![0-9])\]?", re.ASCII | re.IGNORECASE)


class Masks:
    """The placeholders of one request; `texts` is all that is to be sent in it, so that none of theirs is taken.

    `amounts` are amounts that are known, in digits: hidden wherever they stand, even where they might be a year.
    """

    def __init__(self, redact: bool, texts: Sequence[str] = (), amounts: Sequence[str] = ()) -> None:
        self._redact = redact
        known = "|".join(re.escape(amount) for amount in amounts if len(amount) >= _FEWEST_DIGITS)
        self._known = re.compile(rf"(?<![\d.,_-])(?P<AMOUNT>{known})(?![\d_-]|[.,]\d)") if known else None
        self._places: dict[str, str] = {}
        self._values: dict[str, str] = {}
        found = [m[0].upper() for text in texts for m in _TAKEN.finditer(text)] if redact else []
        # What is hidden behind a name in the text may leave but the beginning of the name.
        self._taken = {name[:end] for name in found for end in range(name.index("_") + 2, len(name) + 1)}

    def hide(self, text: str) -> str:
        """The text with placeholders; as it is where nothing is to be hidden."""
        if not self._redact:
            return text
        text = _HIDDEN.sub(self._place, text)
        return self._known.sub(self._place, text) if self._known else text

    def _place(self, found: re.Match[str]) -> str:
        value, kind = found[0], found.lastgroup or ""
        if value not in self._places:
            n = 1
            while (name := f"{kind}_{n}") in self._taken:
                n += 1
            self._taken.add(name)
            self._places[value] = name
            self._values[name] = value
        return f"[{self._places[value]}]"

    def restore(self, text: str, *, in_json: bool = False) -> str:
        """The text with what was hidden put back; placeholders that stand for nothing stay.

        `in_json` says that it is JSON not read yet, in which a value must end no text.
        """

        def value(place: re.Match[str]) -> str:
            found = self._values.get(place[1].upper())
            if found is None:
                return place[0]
            return json.dumps(found, ensure_ascii=False)[1:-1] if in_json else found

        return _PLACE.sub(value, text) if self._values else text

    def restore_in(self, value: Any) -> Any:
        """An answer of JSON with what was hidden put back in its texts."""
        if isinstance(value, str):
            return self.restore(value)
        if isinstance(value, list):
            return [self.restore_in(item) for item in value]
        if isinstance(value, dict):
            return {key: self.restore_in(item) for key, item in value.items()}
        return value
