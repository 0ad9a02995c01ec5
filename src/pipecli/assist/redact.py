"""Hiding addresses, phone numbers and amounts behind placeholders, and putting them back in what comes back.

A value has the same placeholder wherever it stands in a request. A placeholder that the texts already hold is passed
over, so that only what was hidden is ever put back.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Any

_GAP = r"[ \u00a0\u202f]"
# Each run is bounded, so that a long text of one kind takes no longer than another.
_MAIL = r"[^\s@<>()\[\],;:\"]{1,64}@[^\s@<>()\[\],;:\"]{0,250}[^\W_]"
_NO_DATE = r"(?!\d{1,2}[./-]\d{1,2}[./-](?:19|20)\d\d(?!\d))"
_PHONE = (
    rf"(?:\+[ (]?\d(?:(?:\(0\)|[.\-()]|{_GAP}){{0,3}}\d){{5,60}}"  # +33 6 12 34 56 78, +33 (0)6…
    rf"|(?<!\d){_NO_DATE}\(?0(?:(?:\(0\)|[.\-/()]|{_GAP}){{0,3}}\d){{8,16}}(?!\d)"  # 06.12.34.56.78, 0033 6…
    rf"|(?<!\d)\(?\d{{3}}\)?(?:[.-]|{_GAP})?\d{{3}}(?:[.-]|{_GAP})\d{{4}}(?!\d))"  # (555) 123-4567
)
_NUMBER = rf"\d{{1,15}}(?:(?:[.,'’]|{_GAP})\d{{1,15}}){{0,6}}"
_CURRENCY = r"(?:EUR|USD|GBP|CHF|CAD|AUD|JPY)"
_WORDS = rf"(?:{_CURRENCY}|k?euros?|dollars?|pounds?|francs?|livres?|millions?|mille|HT|TTC|keur)"
_UNIT = rf"(?:[kKmM]?[€$£¥₣]|(?:[kKmM]|(?i:{_WORDS}))(?![^\W\d_]))"
_AMOUNT = (
    rf"(?:(?:[€$£¥₣]|\b(?i:{_CURRENCY})){_GAP}?{_NUMBER}(?:{_GAP}?{_UNIT}){{0,3}}"  # €48,000, EUR 48 k
    rf"|{_NUMBER}(?:{_GAP}?{_UNIT}){{1,4}}"  # 48k, 48 k€ HT, 48 000,50 €
    rf"|\d{{1,3}}(?:(?:[.,'’]|{_GAP})\d{{3}}){{1,6}}(?:[.,]\d{{1,15}})?(?!\d)"  # 48 000, 48,000.00
    rf"|\d(?:{_GAP}?\d){{6,60}}|\d{{5,60}}"  # an account, a card, any long number
    r"|(?<![\d./-])(?!(?:19|20)\d\d)\d{4}(?![\d/-]|\.\d))"  # 4800, but no year
)
_HIDDEN = re.compile(rf"(?P<MAIL>{_MAIL})|(?P<PHONE>{_PHONE})|(?P<AMOUNT>{_AMOUNT})")
_NAME = r"(?:MAIL|PHONE|AMOUNT)_[0-9]{1,6}"
_TAKEN = re.compile(_NAME, re.ASCII | re.IGNORECASE)
_PLACE = re.compile(rf"\[?(?<![A-Za-z0-9])({_NAME})(?![0-9])\]?", re.ASCII | re.IGNORECASE)


class Masks:
    """The placeholders of one request; `texts` is all that is to be sent in it, so that none of theirs is taken."""

    def __init__(self, redact: bool, texts: Sequence[str] = ()) -> None:
        self._redact = redact
        self._places: dict[str, str] = {}
        self._values: dict[str, str] = {}
        found = [m[0].upper() for text in texts for m in _TAKEN.finditer(text)] if redact else []
        # What is hidden behind a name in the text may leave but the beginning of the name.
        self._taken = {name[:end] for name in found for end in range(name.index("_") + 2, len(name) + 1)}

    def hide(self, text: str) -> str:
        """The text with placeholders; as it is where nothing is to be hidden."""
        return _HIDDEN.sub(self._place, text) if self._redact else text

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

    def restore(self, text: str) -> str:
        """The text with what was hidden put back; placeholders that stand for nothing stay."""
        return _PLACE.sub(lambda m: self._values.get(m[1].upper(), m[0]), text) if self._values else text

    def restore_in(self, value: Any) -> Any:
        """An answer of JSON with what was hidden put back in its texts."""
        if isinstance(value, str):
            return self.restore(value)
        if isinstance(value, list):
            return [self.restore_in(item) for item in value]
        if isinstance(value, dict):
            return {key: self.restore_in(item) for key, item in value.items()}
        return value
