"""Phone numbers in texts: by their shape, or one that is known, however its digits are set apart."""

from __future__ import annotations

import re

from .fold import fold

GAP = r"[ \u00a0\u2007\u2009\u202f]"
_DASH = "‐‑‒–—−·•"
_NO_DATE = r"(?!\d{1,2}[./-]\d{1,2}[./-](?:19|20)\d\d(?!\d))"
# Each run is bounded, so that a long text of one kind takes no longer than another.
PHONE = (
    rf"(?:\+[ (]?\d(?:(?:\(0\)|[.\-(){_DASH}]|{GAP}){{0,3}}\d){{5,60}}"  # +33 6 12 34 56 78, +33 (0)6…
    rf"|(?<!\d){_NO_DATE}\(?0(?:(?:\(0\)|[.\-/(){_DASH}]|{GAP}){{0,3}}\d){{8,16}}(?!\d)"  # 06.12.34.56.78, 0033 6…
    rf"|(?<!\d)\(?\d{{3}}\)?(?:[.-]|{GAP})?\d{{3}}(?:[.-]|{GAP})\d{{4}}(?!\d))"  # (555) 123-4567
)
_CALLED = (
    "mobile|mob|cell|cellphone|phone|telephone|tel|handy|telefon|natel|portable|gsm|fax|cellulare|telefono|movil|"
    "celular|whatsapp|direct line|ligne|durchwahl|телефон|моб|тел|هاتف|جوال|电话|手机|電話|携帯|전화"
)
_LEAST_DIGITS = 6
_LONGEST_PREFIX = 3
_BETWEEN_DIGITS = r"[\s().\-/]{0,3}"


# In a folded text: such a shape, or fewer digits where a word before them says what they are.
SHAPE = re.compile(
    rf"{PHONE}|(?:{fold(_CALLED)})\W{{0,3}}(?P<told>\+?\d(?:{_BETWEEN_DIGITS}\d){{{_LEAST_DIGITS - 1},16}})"
)


def spellings(phone: str | None) -> list[str]:
    """The digits of a phone number, however they are set apart, without the prefix that not everybody writes."""
    digits = re.sub(r"\D", "", phone or "")
    if len(digits) < _LEAST_DIGITS:
        return []
    kept = digits[_LONGEST_PREFIX:] if len(digits) - _LONGEST_PREFIX >= _LEAST_DIGITS else digits
    prefix = rf"(?:\+?\d[\s().\-/]{{0,3}}){{0,{_LONGEST_PREFIX + 2}}}"
    return [rf"(?<!\d){prefix}{_BETWEEN_DIGITS.join(kept)}(?!\d)"]
