"""Where a text names a person: by name, address or phone number, however it is spelled.

What stands about somebody's own opportunity names them by any word of their name; elsewhere only the whole name does,
because a first name alone may be anybody's.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from typing import Any
from unicodedata import combining

from .fold import fold

ERASED = "[erased]"
"""What stands in the place of a name inside another one, such as that of an opportunity."""
_LEAST_WORD = 3
_LEAST_DIGITS = 6
_LONGEST_PREFIX = 3
_APART = r"[\s,.\-_'’]+"
_BETWEEN_DIGITS = r"[\s().\-/]{0,3}"
# Where the people of an opportunity stand in a payload.
_PEOPLE = ("contact", "decision_maker")


class Traces:
    """What a person can be known by in a text."""

    def __init__(self, name: str | None, mail: str | None, phone: str | None) -> None:
        words = [word for word in re.split(r"\W+", fold(name or "")) if word]
        known = [*_address(mail), *_number(phone), *_whole_name(words)]
        self._whole = _pattern(known)
        parts = [rf"\b{re.escape(w)}\b" for w in words if len(w) >= _LEAST_WORD or len(words) == 1]
        self._any = _pattern([*known, *parts])
        rare = [max(words, key=len)] if len(words) > 1 else []
        self._hint = _pattern([re.escape(w) for w in rare] + [*_address(mail), *_number(phone)])

    def may_be_in(self, raw: str) -> bool:
        """Whether a text, in JSON notation or not, may name them by more than a part of their name: found fast."""
        if self._hint is None:
            return False
        return "\\u" in raw or self._hint.search(fold(raw)) is not None

    def in_text(self, text: str, *, own: bool) -> bool:
        """Whether a text names them; `own` says that it is about their own opportunity."""
        pattern = self._any if own else self._whole
        return pattern is not None and pattern.search(fold(text)) is not None

    def in_content(self, media: str, body: str, *, own: bool) -> bool:
        """Whether the text of an event names them, in any part of it."""
        parts = strings(_parsed(body)) if media == "application/json" else (body,)
        return any(self.in_text(part, own=own) for part in parts)

    def without(self, value: Any) -> Any:
        """A payload, or a part of one, with their whole name, address and number taken out of its texts."""
        if isinstance(value, str):
            return self._taken_out(value)
        if isinstance(value, Mapping):
            return {key: self.without(item) for key, item in value.items()}
        if isinstance(value, list):
            return [self.without(item) for item in value]
        return value

    def _taken_out(self, text: str) -> str:
        if self._whole is None or not self._whole.search(fold(text)):
            return text
        folded, origin = _folded_with_origin(text)
        out, at = [], 0
        for match in self._whole.finditer(folded):
            out += [text[at : origin[match.start()]], ERASED]
            at = origin[match.end()]
        return "".join([*out, text[at:]]) if out else text


def refers(payload: Mapping[str, Any], contacts: frozenset[int]) -> bool:
    """Whether an event's payload says that one of these contacts is of its opportunity."""
    said = [payload.get(key) for key in _PEOPLE]
    changes = payload.get("changes")
    if isinstance(changes, Mapping):
        said += [changes.get(key) for key in _PEOPLE]
    people = payload.get("people")
    if isinstance(people, list):
        said += people
    return any(isinstance(one, int) and one in contacts for one in said)


def strings(value: Any) -> Iterator[str]:
    """Every text inside a JSON value."""
    if isinstance(value, str):
        yield value
    elif isinstance(value, Mapping):
        for item in value.values():
            yield from strings(item)
    elif isinstance(value, list):
        for item in value:
            yield from strings(item)


def _parsed(body: str) -> Any:
    try:
        return json.loads(body)
    except ValueError:
        return body


def _pattern(alternatives: list[str]) -> re.Pattern[str] | None:
    return re.compile("|".join(alternatives)) if alternatives else None


def _whole_name(words: list[str]) -> list[str]:
    """The whole name in its order and the other way round; one word alone is no whole name."""
    if len(words) < 2:
        return []
    orders = (words, [words[-1], *words[:-1]], words[::-1])
    return list(dict.fromkeys(rf"\b{_APART.join(map(re.escape, order))}\b" for order in orders))


def _address(mail: str | None) -> list[str]:
    return [rf"(?<![\w.+-]){re.escape(fold(mail.strip()))}(?![\w-]|\.\w)"] if mail and mail.strip() else []


def _number(phone: str | None) -> list[str]:
    """The digits of a phone number, however they are set apart, without the prefix that not everybody writes."""
    digits = re.sub(r"\D", "", phone or "")
    if len(digits) < _LEAST_DIGITS:
        return []
    kept = digits[_LONGEST_PREFIX:] if len(digits) - _LONGEST_PREFIX >= _LEAST_DIGITS else digits
    prefix = rf"(?:\+?\d[\s().\-/]{{0,3}}){{0,{_LONGEST_PREFIX + 2}}}"
    return [rf"(?<!\d){prefix}{_BETWEEN_DIGITS.join(kept)}(?!\d)"]


def _folded_with_origin(text: str) -> tuple[str, list[int]]:
    """The text folded letter by letter, and for each place in it (its end too) the place in the text it came from."""
    folded: list[str] = []
    origin: list[int] = []
    at = 0
    while at < len(text):
        end = at + 1
        while end < len(text) and combining(text[end]):
            end += 1
        part = fold(text[at:end])
        folded.append(part)
        origin += [at] * len(part)
        at = end
    return "".join(folded), [*origin, len(text)]
