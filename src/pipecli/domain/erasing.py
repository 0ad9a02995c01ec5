"""Where a text names a person: by name, address or phone number, however it is spelled.

What stands about somebody's own opportunity names them by any word of their name; elsewhere only the whole name does,
because a first name alone may be anybody's.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import Any

from . import events as ev
from .erased_rows import ERASED
from .name_words import BEFORE_MONTHS
from .naming import plain, plain_with_origin, spelling
from .phones import SHAPE, spellings

# Where the people of an opportunity stand in a payload, and where people write as they like. All else in one is
# numbers, keys, and the names of users.
_PEOPLE = ("contact", "decision_maker")
_WRITTEN = {
    ev.OPENED: ("name", "source", "tags", "fields"),
    ev.DESCRIBED: ("changes",),
    ev.ACCOUNT_ADDED: ("name",),
}
_OF_OTHER_SYSTEMS = (ev.OPENED, ev.ABSORBED)
_WITH_DIGITS = re.compile(r"[^\W_]*\d[^\W_]*")
_WORD_BEFORE = re.compile(r"([^\W\d_]+|\d+)[\W_]*$")
_WORD_AFTER = re.compile(r"[\W_]*(\d?)")


class Traces:
    """What a person can be known by in a text."""

    def __init__(self, name: str | None, mail: str | None, phone: str | None) -> None:
        known = [*_address(mail), *spellings(phone)]
        if name and "@" in name and name != mail:
            known += _address(name)
        written = spelling(name or "")
        self._whole = _pattern([*known, *written.whole])
        self._any = _pattern([*known, *written.whole, *written.parts])
        self._capitals = _pattern(written.capitals)
        self._months = _pattern(written.months)
        self._alone = _pattern(written.alone)
        self._hint = _pattern([*filter(None, [written.hint]), *known])

    def may_be_in(self, raw: str) -> bool:
        """Whether a text, in JSON notation or not, may name them by more than a part of their name: found fast."""
        if self._hint is None:
            return False
        return "\\u" in raw or self._hint.search(plain(raw)) is not None

    def in_text(self, text: str, *, own: bool) -> bool:
        """Whether a text names them; `own` says that it is about their own opportunity."""
        pattern = self._any if own else self._whole
        if pattern is not None and pattern.search(plain(text)):
            return True
        return own and any(True for _span in self._by_capital(text))

    def in_content(self, media: str, body: str, *, own: bool) -> bool:
        """Whether the text of an event names them, in any part of it."""
        parts = strings(_parsed(body)) if media == "application/json" else (body,)
        return any(self.in_text(part, own=own) for part in parts)

    def is_all_of(self, text: str) -> bool:
        """Whether a text is their name and nothing else."""
        return self._alone is not None and self._alone.fullmatch(plain(text).strip()) is not None

    def without(self, value: Any, *, own: bool) -> Any:
        """A payload, or a part of one, with what names them taken out of its texts."""
        return _changed(value, lambda text: self._taken_out(text, own))

    def _taken_out(self, text: str, own: bool) -> str:
        if not self.in_text(text, own=own):
            return text
        pattern = self._any if own else self._whole
        folded, origin = plain_with_origin(text)
        spans = [m.span() for m in pattern.finditer(folded)] if pattern else []
        spans += self._by_capital(text) if own else ()
        return _blanked(text, [(origin[start], origin[end]) for start, end in spans])

    def _by_capital(self, text: str) -> Iterator[tuple[int, int]]:
        """Where words of their name that are everyday words too begin with a capital, and months are none."""
        if not any(p is not None and p.search(plain(text)) for p in (self._capitals, self._months)):
            return
        folded, origin = plain_with_origin(text)
        for pattern, may_be_month in ((self._capitals, False), (self._months, True)):
            for match in pattern.finditer(folded) if pattern else ():
                start, end = match.span()
                if not text[origin[start]].islower() and not (may_be_month and _is_month(folded, start, end)):
                    yield start, end


def written(kind: str, payload: Mapping[str, Any]) -> dict[str, Any]:
    """The part of an event's payload in which people write as they like."""
    return {key: payload[key] for key in _WRITTEN.get(kind, ()) if key in payload}


def has_number(media: str, body: str) -> bool:
    """Whether the text of an event holds something like a phone number."""
    parts = strings(_parsed(body)) if media == "application/json" else (body,)
    return any(SHAPE.search(plain(part)) for part in parts)


def without_numbers(value: Any, others: Iterable[Traces]) -> Any:
    """A payload, or a part of one, without what looks like a phone number in a text that names none of the others."""

    def taken_out(text: str) -> str:
        if not SHAPE.search(plain(text)) or any(one.in_text(text, own=True) for one in others):
            return text
        folded, origin = plain_with_origin(text)
        spans = (match.span(match.lastgroup or 0) for match in SHAPE.finditer(folded))
        return _blanked(text, [(origin[start], origin[end]) for start, end in spans])

    return _changed(value, taken_out)


def identifier(kind: str, payload: Mapping[str, Any]) -> str:
    """What another system calls an opportunity, as far as that may be words; "" where nothing is."""
    external = payload.get("external") if kind in _OF_OTHER_SYSTEMS else None
    return "" if not external or external[0].endswith(":hash") else str(external[1])


def words_of(identifier: str) -> str:
    """An identifier without what has digits in it, which is a number or a code."""
    return _WITH_DIGITS.sub(" ", identifier)


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


def _changed(value: Any, change: Callable[[str], str]) -> Any:
    """A JSON value with every text in it changed."""
    if isinstance(value, str):
        return change(value)
    if isinstance(value, Mapping):
        return {key: _changed(item, change) for key, item in value.items()}
    if isinstance(value, list):
        return [_changed(item, change) for item in value]
    return value


def _blanked(text: str, spans: Iterable[tuple[int, int]]) -> str:
    """The text with a mark in the place of each of these parts."""
    out, at = [], 0
    for start, end in sorted(spans):
        if start >= at:
            out += [text[at:start], ERASED]
        at = max(at, end)
    return "".join([*out, text[at:]])


def _parsed(body: str) -> Any:
    try:
        return json.loads(body)
    except ValueError:
        return body


def _pattern(alternatives: Iterable[str]) -> re.Pattern[str] | None:
    found = list(alternatives)
    return re.compile("|".join(found)) if found else None


def _address(mail: str | None) -> list[str]:
    return [rf"(?<![\w.+-]){re.escape(plain(mail.strip()))}(?![\w-]|\.\w)"] if mail and mail.strip() else []


def _is_month(folded: str, start: int, end: int) -> bool:
    before, after = _WORD_BEFORE.search(folded[max(0, start - 30) : start]), _WORD_AFTER.match(folded, end)
    told = before is not None and (before[1] in BEFORE_MONTHS or before[1].isdigit())
    return told or bool(after and after[1])
