"""Text from outside made fit for a file in which control characters have no place."""

from __future__ import annotations

import re

_BREAK = re.compile("\r\n|[\r\u2028\u2029\x85]")
_UNSAFE = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\ufffe\uffff]")


def clean(text: str) -> str:
    """The text with plain line breaks and no other control character."""
    return _UNSAFE.sub(" ", _BREAK.sub("\n", text))


def one_line(text: str) -> str:
    """The text on one line."""
    return " ".join(clean(text).split())
