"""How a name is written in a text: which of its words name somebody, and where words begin and end in each script."""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import NamedTuple
from unicodedata import combining, normalize

from .fold import fold
from .name_words import (
    CHINESE_SURNAMES,
    COMMON,
    CYRILLIC_ENDINGS,
    DESKS,
    FIRST_NAMES,
    GRAMMAR,
    HONORIFICS,
    LONG_SURNAMES,
    MAYBE_TITLES,
    MONTHS,
    PARTICLES,
    TITLES,
)

# Scripts that write without spaces between words.
_UNSPACED = (
    "\u0e00-\u0eff\u1000-\u109f\u1100-\u11ff\u1780-\u17ff\u2e80-\u9fff\ua960-\ua97f\uac00-\ud7ff\uf900-\ufaff"
    "\uff66-\uff9f\U00020000-\U0003ffff"
)
_LETTER = rf"[^\W\d_{_UNSPACED}]"
_HANGUL_GOES_ON = "[\u1160-\u11ff\ud7b0-\ud7ff]"
_ARABIC = re.compile("[\u0620-\u06ff]")
_CYRILLIC = re.compile("[\u0400-\u052f]")
_NO_SPACES = re.compile(f"[{_UNSPACED}]")
_HAN = re.compile("[\u3400-\u9fff\uf900-\ufaff\U00020000-\U0003ffff]+")
_APART = r"[\s,.\-_'’·・]"
_LEAST_WORD = 3
_LEAST_TOGETHER = 6
_PLAIN = str.maketrans(
    {"ø": "o", "ł": "l", "đ": "d", "ħ": "h", "ı": "i", "æ": "ae", "œ": "oe", "ð": "d", "þ": "th"}
)
_BEHIND = re.compile(r"\s[(\[]([^()\[\]]*)[)\]]\s*$")
_INSIDE = re.compile(r"\s[(\[\"“„«]([^()\[\]\"”“»]*)[)\]\"”“»](?=\s)")
_UMLAUTS = "äöüÄÖÜ"


class Spelling(NamedTuple):
    """Regular expressions over plain text that find a name.

    `whole` names somebody anywhere, `parts` where it is about them, `capitals` there too if a capital begins it, and
    `months` unless it is the month; `alone` is a text that is their name and nothing else. What has `whole` in it has
    `hint` in it, even as JSON.
    """

    whole: tuple[str, ...] = ()
    parts: tuple[str, ...] = ()
    capitals: tuple[str, ...] = ()
    months: tuple[str, ...] = ()
    alone: tuple[str, ...] = ()
    hint: str | None = None


def plain(text: str) -> str:
    """A text folded, and without the strokes and ligatures that other keyboards lack."""
    return fold(text).translate(_PLAIN) if not text.isascii() else text.lower()


def plain_with_origin(text: str) -> tuple[str, list[int]]:
    """The text made plain letter by letter, and for each place in it (its end too) the place it came from."""
    found: list[str] = []
    origin: list[int] = []
    at = 0
    while at < len(text):
        end = at + 1
        while end < len(text) and combining(text[end]):
            end += 1
        part = plain(text[at:end])
        found.append(part)
        origin += [at] * len(part)
        at = end
    return "".join(found), [*origin, len(text)]


def spelling(name: str) -> Spelling:
    """How a name is written, whatever its titles, its order and its endings."""
    if "@" in name:  # an address in the place of a name
        name = " ".join(w for w in re.split(r"[\W\d_]+", name.split("@")[0]) if plain(w) not in DESKS)
    name, nicknames = _without_remarks(name)
    tokens = _without_titles([t for t in re.split(r"[\s,;()\"“”«»/]+", normalize("NFC", name)) if _words(t)])
    words = [word for token in tokens for word in _words(token)]
    if not words:
        return Spelling()
    unspaced = [word for word in words if _NO_SPACES.match(word)]
    if unspaced and len(unspaced) < len(words):
        rest = " ".join(token for token in tokens if not _NO_SPACES.search(token))
        return _both(spelling(" ".join(unspaced)), spelling(rest))
    if len(words) == 1 and unspaced:
        return _unspaced(words[0])
    parts, capitals, months = [_bounded([word]) for word in nicknames if len(word) >= _LEAST_WORD], [], []
    for n, word in enumerate(words):
        key = plain(word)
        if _NO_SPACES.match(word):
            parts += [_bounded([word])] if len(word) > 1 else _with_honorific(word)
        elif key in GRAMMAR or len(key) == 1 or (key in PARTICLES and (n or key not in FIRST_NAMES)):
            parts += _with_title(word) if key not in PARTICLES and len(key) > 1 else []
        elif key in MONTHS:
            months.append(_bounded([word]))
        elif key in COMMON or key in FIRST_NAMES or len(key) < _LEAST_WORD:
            capitals.append(_bounded([word]))
        else:
            parts.append(_bounded([word]))
    parts += [_bounded(_words(token)) for token in tokens if len(_words(token)) > 1]
    orders = list(_orders(words))
    alone = tuple(_APART_ANY.join(map(_spelled, order)) for order in orders)
    whole = tuple(_bounded(order) for order in orders) if len(words) > 1 else ()
    hint = _stem(max(words, key=lambda w: len(plain(w)))) if whole else None
    return Spelling(whole, tuple(parts), tuple(capitals), tuple(months), alone, hint)


_APART_ANY = f"{_APART}*"


def _both(one: Spelling, other: Spelling) -> Spelling:
    """A name in two scripts, either of which names them."""
    hints = "|".join(filter(None, (one.hint, other.hint)))
    return Spelling(
        one.whole + other.whole,
        one.parts + other.parts,
        one.capitals + other.capitals,
        one.months + other.months,
        one.alone + other.alone,
        hints or None,
    )


def _words(token: str) -> list[str]:
    return [word for word in re.split(r"[\W_]+", token) if word]


def _without_remarks(name: str) -> tuple[str, list[str]]:
    """A name without what stands in brackets behind it, such as a company, and inside it: nicknames."""
    behind = _BEHIND.search(name)
    same_script = behind and bool(_NO_SPACES.search(behind[1])) == bool(
        _NO_SPACES.search(name[: behind.start()])
    )
    if behind and same_script and _words(name[: behind.start()]):
        name = name[: behind.start()]
    inside = [] if _NO_SPACES.search(name) else _INSIDE.findall(name)
    return (_INSIDE.sub(" ", name) if inside else name), [word for part in inside for word in _words(part)]


def _without_titles(tokens: list[str]) -> list[str]:
    """The tokens of a name that are no titles; all of them where nothing else is left."""
    left = [t for t in tokens if not _is_title(t)]
    for token in list(left):
        key = "".join(map(plain, _words(token)))
        is_title = key in MAYBE_TITLES and (token.endswith(".") or token in (left[0], left[-1]))
        # A dot makes an initial of a single letter behind the first word.
        if is_title and (len(left) > 2 or token.endswith(".")) and (len(key) > 1 or token is left[0]):
            left = [t for t in left if t is not token] or left
    return left or tokens


def _is_title(token: str) -> bool:
    words = [plain(word) for word in _words(token)]
    return "".join(words) in TITLES or all(word in TITLES for word in words)


def _orders(words: list[str]) -> Iterable[list[str]]:
    """The words of a whole name from any of them on, and the other way round; the same without initials."""
    full = [w for w in words if len(w) > 1 or _NO_SPACES.match(w)]
    seen: list[list[str]] = []
    for some in (words, full if len(full) > 1 else words):
        for order in (*([*some[n:], *some[:n]] for n in range(len(some))), some[::-1]):
            if order not in seen:
                seen.append(order)
    return seen


def _unspaced(word: str) -> Spelling:
    """A name written without spaces: whole, its given name, its surname with what is put behind or before it."""
    whole = _bounded([word])
    if not _is_name(word):
        return Spelling(parts=(whole,), alone=(_spelled(word),))
    surname = next((s for s in LONG_SURNAMES if word.startswith(s) and len(word) > len(s)), None)
    first = len(surname) if surname else (2 if len(word) > 3 else 1)
    parts = [whole, *_with_honorific(word[:first])]
    parts += [_bounded([part]) for part in (word[:first], word[first:]) if len(part) > 1]
    return Spelling((whole,), tuple(parts), alone=(_spelled(word),), hint=_spelled(word))


def _is_name(word: str) -> bool:
    """Whether a word has both a surname and a given name, as far as can be told."""
    if all("가" <= sign <= "힣" for sign in word):
        return len(word) in (3, 4)
    return bool(_HAN.fullmatch(word)) and (len(word) > 2 or (len(word) == 2 and word[0] in CHINESE_SURNAMES))


def _with_honorific(surname: str) -> list[str]:
    """A surname of few signs where what follows or goes before says that it is one."""
    found = _spelled(surname)
    after = [f"{found}(?={'|'.join(plain(one) for one in HONORIFICS)})"]
    return after + ([rf"(?<=[小老])(?:{found})"] if len(surname) == 1 else [])


def _with_title(word: str) -> list[str]:
    """A word that names somebody after a title only."""
    titles = sorted(TITLES | {"m", "miss", "don", "dona"})
    return [rf"(?<!{_LETTER})(?:{'|'.join(titles)})[.\s]{{1,3}}{_spelled(word)}(?!{_LETTER})"]


def _bounded(words: list[str]) -> str:
    """These words after each other, with no letter before or after that would make another word of them."""
    first, last = plain(words[0])[0], plain(words[-1])[-1]
    together = sum(map(len, words)) >= _LEAST_TOGETHER or any(map(_NO_SPACES.match, words))
    body = f"{_APART}{'*' if together else '+'}".join(map(_spelled, words))
    return _before(first) + body + _after(last)


def _before(first: str) -> str:
    if _NO_SPACES.match(first):
        return ""
    if _ARABIC.match(first):  # and, so, by, for, as: one letter, written together with the name
        return rf"(?:(?<!{_LETTER})|(?<=(?<!{_LETTER})[وفبلك])|(?<=(?<!{_LETTER})[وف][بلك]))"
    return rf"(?<!{_LETTER})"


def _after(last: str) -> str:
    if "\u1100" <= last <= "\u11ff":
        return f"(?!{_HANGUL_GOES_ON})"
    if _NO_SPACES.match(last):
        return ""
    genitive = "s?" if "a" <= last <= "z" and last not in "sxz" else ""
    return rf"{genitive}(?!{_LETTER})"


def _spelled(word: str) -> str:
    """One word, with the e that stands for an umlaut, and the endings that Slavic languages give a name."""
    if _CYRILLIC.match(word) and len(word) >= _LEAST_WORD:
        return f"{_stem(word)}(?:{_ENDINGS})?"
    return "".join(re.escape(plain(letter)) + ("e?" if letter in _UMLAUTS else "") for letter in word)


_ENDINGS = "|".join(sorted({plain(e) for e in CYRILLIC_ENDINGS}, key=len, reverse=True))
_ADJECTIVE = tuple(map(plain, ("ий", "ый", "ая", "ой")))
_VOWELS = plain("аяйьоеыиії")


def _stem(word: str) -> str:
    key = plain(word)
    if not _CYRILLIC.match(key) or len(key) < _LEAST_WORD:
        return _spelled(word)
    if key.endswith(_ADJECTIVE) and len(key) > 4:
        return re.escape(key[:-2])
    return re.escape(key[:-1] if key[-1] in _VOWELS else key)
