"""Which single-byte encoding a text is in, from the bytes above ASCII that occur in it; UTF-16 without its mark."""

from __future__ import annotations

_LETTERS = "àâäáãåçéèêëíìîïñóòôöõúùûüÿæœßøÀÂÄÁÃÅÇÉÈÊËÍÌÎÏÑÓÒÔÖÕÚÙÛÜŸÆŒØ"
_COMMON = frozenset(_LETTERS + "€£°«»’‘“”–—…·§²³½\u00a0®™©•")
_RIVALS = ("mac_roman", "cp850")


def likely(high: bytes) -> str | None:
    """Windows-1252, unless its reading has characters that nobody writes and one other reading has none.

    `high` are the bytes above ASCII, each once. None where they are no text in Windows-1252 nor in a rival.
    """
    if _is_common(high, "cp1252"):
        return "cp1252"
    small = {name: _small(high, name) for name in _RIVALS if _is_common(high, name)}
    best = [name for name, n in small.items() if n and n == max(small.values())]
    if len(best) == 1:
        return best[0]
    try:
        high.decode("cp1252")
    except UnicodeDecodeError:
        return None
    return "cp1252"


def _is_common(high: bytes, encoding: str) -> bool:
    try:
        return set(high.decode(encoding)) <= _COMMON - ({"\u00a0"} if encoding == "cp850" else set())
    except UnicodeDecodeError:
        return False


def _small(high: bytes, encoding: str) -> int:
    """How many small letters a reading has: words have more of them than capitals with accents."""
    return sum(letter.islower() for letter in high.decode(encoding))


def plain_utf16(block: bytes) -> str | None:
    """UTF-16 without a mark: ASCII letters, each with a zero beside it."""
    if len(block) < 8:
        return None
    even, odd = block[:4096:2], block[1:4096:2]
    if odd.count(0) > 0.7 * len(odd) and 0 not in even:
        return "utf-16-le"
    return "utf-16-be" if even.count(0) > 0.7 * len(even) and 0 not in odd else None
