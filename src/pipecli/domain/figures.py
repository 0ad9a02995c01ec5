"""The numbers a text says, in all their written forms, in English and French: to hold one text against another.

A model may phrase what was computed, never compute. Its text is let through only if every number in it stands in
the text it was given: as the same value, in the same unit where it names one, with no other sign. Where a spelling
has two readings (`1,234`), one of them has to be there.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator
from decimal import Decimal
from typing import NamedTuple

from .fold import fold
from .money import CURRENCIES

_SPACES = str.maketrans(dict.fromkeys("\u00a0\u2007\u2009\u202f\t\n", " ") | {"’": "'", "−": "-", "‑": "-"})
_CURRENCIES = {
    "€": "EUR", "euro": "EUR", "euros": "EUR", "$": "USD", "dollar": "USD", "dollars": "USD", "£": "GBP",
    "pound": "GBP", "pounds": "GBP", "¥": "JPY", "franc": "CHF", "francs": "CHF",
}  # fmt: skip
_PERCENT = frozenset(("%", "percent", "per cent", "pour cent", "pourcent"))
_FACTORS = {
    "k": 1_000, "m": 1_000_000, "thousand": 1_000, "mille": 1_000, "million": 1_000_000, "millions": 1_000_000,
}  # fmt: skip
_BEFORE = r"(?P<before>[€$£¥]|\b[A-Z]{3}(?= ?\d))?"
_NUMBER = (
    r"(?P<number>\d{1,3}(?:(?P<mark>[ .,'])\d{3})(?:(?P=mark)\d{3})*(?:[.,]\d{1,3})?(?!\d)|\d+(?:[.,]\d+)?)"
)
_AFTER = (
    r"(?: ?(?P<factor>[kKmM](?![a-zA-Z])|(?:thousand|mille|millions?)\b))?"
    r"(?: ?(?:de |d')?(?P<after>[€$£¥%](?!\d)|(?:per cent|pour cent|percent|pourcent|euros?|dollars?|pounds?|francs?)\b"
    r"|[A-Z]{3}\b))?"
)
_WRITTEN = re.compile(
    rf"(?P<sign>(?<![\w.,])(?:\+ ?|-(?! )))?{_BEFORE} ?(?P<inner>(?<![\w])[+-])?{_NUMBER}{_AFTER}"
)

_UNITS = (
    "zero one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen sixteen seventeen "
    "eighteen nineteen",
    "zero un deux trois quatre cinq six sept huit neuf dix onze douze treize quatorze quinze seize",
)
_TENS = {
    "twenty": 20, "thirty": 30, "forty": 40, "fifty": 50, "sixty": 60, "seventy": 70, "eighty": 80, "ninety": 90,
    "vingt": 20, "vingts": 20, "trente": 30, "quarante": 40, "cinquante": 50, "soixante": 60, "septante": 70,
    "huitante": 80, "nonante": 90,
}  # fmt: skip
_WORDS = {word: n for line in _UNITS for n, word in enumerate(line.split())} | _TENS | {"une": 1}
_SCALES = {"hundred": 100, "cent": 100, "cents": 100} | {k: v for k, v in _FACTORS.items() if len(k) > 1}
_ARTICLES = frozenset(("un", "une", "cent", "cents", "six"))
"""Words that alone are, or may be, something else than a number; `six` is one in both languages and stays one."""
_COMPUTED = re.compile(
    r"\b(?:half|halv\w+|doubl\w+|twice|thrice|tripl\w+|quadrupl\w+|dozens?|thirds|two-thirds|moitie|demi\w*|tiers"
    r"|douzaines?|dizaines?|vingtaines?|centaines?|milliers?|hundreds|thousands|(?:le|du|un|trois) quarts?"
    r"|(?:an?|one|three|two|four) (?:(?<!\bin a )(?<!\bper a )(?<!\bover a )(?<!\bwithin a )quarters?"
    r"|thirds?|fourths?|fifths?|sixths?|sevenths?|eighths?|ninths?|tenths?"
    r"|twentieths?|hundredths?)(?! (?:day|week|month|of (?:january|february|march|april|may|june|july|august|september"
    r"|october|november|december)))"
    r"|(?:le|la|un|deux|trois|quatre|d'un) (?:tiers|cinquiemes?|sixiemes?|septiemes?|huitiemes?|neuviemes?|dixiemes?"
    r"|vingtiemes?|centiemes?)|(?:two|three|four|five|six|seven|eight|nine|ten|hundred|\d+)-?fold)\b"
)
_WORD_RUN = re.compile(
    rf"(?<!\d )(?<!\d)\b(?:{'|'.join(sorted({*_WORDS, *_SCALES}, key=len, reverse=True))})"
    rf"(?:(?:[- ]| et | and )(?:{'|'.join(sorted({*_WORDS, *_SCALES}, key=len, reverse=True))})\b)*\b"
)


class Number(NamedTuple):
    """A number as it is written: what it may mean, its unit (a currency, `%` or "") and the sign it is given."""

    text: str
    values: frozenset[Decimal]
    unit: str
    sign: str


def _plain(text: str) -> str:
    """The text with plain spaces and marks, and with the digits of every script as those of ours."""
    text = "".join(char if char.isascii() else _one_sign(char) for char in text)
    return "".join(
        char if char.isascii() else str(unicodedata.decimal(char, char))
        for char in unicodedata.normalize("NFKC", text).translate(_SPACES)
    )


def _one_sign(char: str) -> str:
    """A number that is one character, a Roman numeral or a fraction, in digits; any other character as it is."""
    value = unicodedata.numeric(char, 0)
    if unicodedata.category(char) == "Nl" or value % 1:
        return f" {value:.4g} "
    return char


def in_digits(text: str, decimal: str | None = None) -> list[Number]:
    """Every number that a text has in digits; `decimal` is the mark it is known to use, "," or "."."""
    return [_number(match, decimal) for match in _WRITTEN.finditer(_plain(text))]


def numbers(text: str, decimal: str | None = None) -> list[Number]:
    """Every number of a text, in digits or in words."""
    return in_digits(text, decimal) + list(_in_words(fold(_plain(text))))


def _number(match: re.Match[str], decimal: str | None) -> Number:
    before, after = _unit(match["before"]), _unit(match["after"])
    factor = _FACTORS[match["factor"].lower()] if match["factor"] else 1
    values = frozenset(value * factor for value in _readings(match["number"], decimal))
    sign = (match["sign"] or match["inner"] or "").strip()
    start = match.start() if before or match["sign"] else match.start("number")
    end = match.end() if after else match.end("factor" if match["factor"] else "number")
    return Number(match.string[start:end].strip(), values, after if after == "%" else before or after, sign)


def _unit(word: str | None) -> str:
    """The currency a sign or word means, or `%`; a code counts in capitals only: `all 5` is no sum in lek."""
    if not word:
        return ""
    if word.lower() in _PERCENT:
        return "%"
    return _CURRENCIES.get(word.lower()) or (word if word in CURRENCIES else "")


def _readings(number: str, decimal: str | None) -> Iterator[Decimal]:
    """What digits with these marks may mean."""
    joined = Decimal(re.sub("[^0-9]", "", number))
    marks = [char for char in number if not char.isdigit()]
    if not marks:
        yield joined
        return
    whole, _mark, fraction = number.rpartition(marks[-1])
    fractional = Decimal(f"{re.sub('[^0-9]', '', whole)}.{fraction}")
    if marks[-1] not in ".," or marks.count(marks[-1]) > 1:
        yield joined
    elif len(marks) > 1 or len(fraction) != 3 or len(whole) > 3 or whole.startswith("0"):
        yield fractional
    else:
        if decimal != marks[-1]:
            yield joined
        if decimal in (None, marks[-1]):
            yield fractional


def _in_words(plain: str) -> Iterator[Number]:
    for match in _WORD_RUN.finditer(plain):
        words = [word for word in re.split(r"[- ]", match[0]) if word not in ("et", "and")]
        if len(words) == 1 and words[0] in _ARTICLES - {"six"}:
            continue
        yield Number(match[0], frozenset((Decimal(_spoken(words)),)), "", "")


def _spoken(words: list[str]) -> int:
    total = current = 0
    for word in words:
        if word in ("vingt", "vingts") and current % 100 == 4:  # quatre-vingt
            current += 76
        elif word in _WORDS:
            current += _WORDS[word]
        elif _SCALES[word] == 100:
            current = max(current, 1) * 100
        else:
            total, current = total + max(current, 1) * _SCALES[word], 0
    return total + current


def not_given(text: str, given: str, decimal: str | None = None) -> list[str]:
    """The numbers of a text, and its words for shares and multiples, that do not stand in the text it was made from.

    `decimal` is the decimal mark of what was given.
    """
    known = numbers(given, decimal)
    odd = [number.text for number in numbers(text) if not _stands(number, known)]
    said = set(_COMPUTED.findall(fold(_plain(given))))
    return odd + [word for word in _COMPUTED.findall(fold(_plain(text))) if word not in said]


def _stands(number: Number, known: list[Number]) -> bool:
    if any(_is(number, one) for one in known):
        return True
    # `2 500` may be two numbers that stand side by side.
    parts = number.text.split(" ") if not number.unit and not number.sign else []
    return len(parts) > 1 and all(
        part.isdigit() and any(Decimal(part) in one.values for one in known) for part in parts
    )


def _is(number: Number, given: Number) -> bool:
    same_unit = number.unit in ("", given.unit)
    # A number given without a sign is above zero: less than nothing was not given.
    same_sign = number.sign in ("", given.sign) or (number.sign == "+" and not given.sign)
    return same_unit and same_sign and not number.values.isdisjoint(given.values)
