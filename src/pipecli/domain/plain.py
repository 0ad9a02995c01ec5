"""Text that others wrote, without what cannot be seen: terminal escapes, control and invisible characters.

What a model answers is cleaned before it is shown or stored, and what is sent to it before it is sent; a quote is
compared with the text a person would read, and an agent reads no other. Brackets stay: markup is never interpreted,
every screen shows it as it is written.
"""

from __future__ import annotations

import re
import unicodedata

# A terminal's escape sequences whole, so that what they said does not stay behind as text.
_ESCAPES = re.compile(
    "(?:\x1b\\]|\x9d)[^\x07\x1b\x9c\n]{0,2000}(?:\x07|\x1b\\\\|\x9c)"  # a title, a link
    "|(?:\x1b\\[|\x9b)[0-?]{0,64}[ -/]{0,8}[@-~]"  # a colour, a move
    "|\x1b[ -/]{0,8}[0-~]"
)
_BREAKS = re.compile("\r\n?|[\x0b\x0c\x85\u2028\u2029]")
# What Unicode reserves for characters that are not seen.
_RESERVED = re.compile("[\u2065\ufff0-\ufff8\U000e0000-\U000e0fff\ufdd0-\ufdef]")
# Blank by their shape though Unicode counts them as letters or marks.
_BLANKS = frozenset("\u034f\u115f\u1160\u17b4\u17b5\u180b\u180c\u180d\u180f\u2800\u3164\uffa0")


def cleaned(text: str) -> str:
    """The text as a person would see it, its line breaks and tabs kept; cleaning it again changes nothing."""
    if text.isascii() and text.isprintable():
        return text
    found = _ESCAPES.sub("", _BREAKS.sub("\n", text))
    return "".join(char for char in found if _is_seen(char))


def _is_seen(char: str) -> bool:
    if char in "\n\t" or " " <= char <= "~":
        return True
    if char in _BLANKS or "\ufe00" <= char <= "\ufe0f" or _RESERVED.match(char):
        return False
    return unicodedata.category(char) not in ("Cc", "Cf", "Cs", "Co")
