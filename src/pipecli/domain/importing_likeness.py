"""Names of accounts that may be one: noted for a person to judge, never merged."""

from __future__ import annotations

import re
from collections.abc import Iterable

from .fold import fold

SHORTEST = 5
"""Letters that a name needs for one of them to be a slip."""
MOST = 20_000
"""Names that are compared letter by letter; of more, only those that are the same once bare."""

_LEGAL = frozenset(
    ("sa", "sas", "sasu", "sarl", "eurl", "snc", "sci", "scop", "inc", "incorporated", "ltd", "limited", "llc", "llp",
     "plc", "corp", "corporation", "co", "company", "gmbh", "ag", "bv", "nv", "spa", "srl", "oy", "ab", "as", "aps",
     "group", "groupe", "the")
)  # fmt: skip
_WORDS = re.compile(r"[^\W_]+")


def bare(name: str) -> str:
    """A name without case, accents, punctuation and the words for what kind of company it is."""
    words = _WORDS.findall(fold(name.replace(".", "")))
    return "".join(word for word in words if word not in _LEGAL) or "".join(words)


def alike(added: Iterable[str], known: Iterable[str]) -> list[tuple[str, str]]:
    """Each added name with one of the others that is the same or one letter apart once both are bare."""
    before, fresh = list(known), list(added)
    by_letter = len(before) + len(fresh) <= MOST
    found: list[tuple[str, str]] = []
    places: dict[str, str] = {}
    for name in before:
        _remember(places, name, _slips(bare(name), by_letter))
    for name in fresh:
        slips = _slips(bare(name), by_letter)
        other = next((places[slip] for slip in slips if slip in places), None)
        if other is not None and other != name:
            found.append((name, other))
        _remember(places, name, slips)
    return found


def _remember(places: dict[str, str], name: str, slips: Iterable[str]) -> None:
    for slip in slips:
        places.setdefault(slip, name)


def _slips(key: str, by_letter: bool) -> list[str]:
    """The key, and the key with each of its letters left out: what two names one letter apart have in common."""
    if not key or not by_letter or len(key) < SHORTEST:
        return [key] if key else []
    marked = [f"{key[:n]}\0{key[n + 1 :]}" for n in range(len(key)) if not key[n].isdigit()]
    return [key, *marked, *(f"{key[:n]}\0{key[n:]}" for n in range(len(key) + 1))]
