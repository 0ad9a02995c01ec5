"""JSON objects out of an answer while it arrives: each as soon as it is whole, whatever stands around it.

An answer of one object to a line, of a list of objects, or of one object that holds such a list reads alike.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

_LONGEST = 100_000
"""Characters after which what is still open is no object that anybody asked for."""


class Objects:
    """Takes pieces of text and gives the objects that have become whole."""

    def __init__(self) -> None:
        self._held = ""
        self._decoder = json.JSONDecoder()

    def add(self, piece: str) -> Iterator[dict[str, Any]]:
        """One more piece, and the objects that end in it."""
        self._held += piece
        if "}" not in piece:
            return
        while (start := self._held.find("{")) >= 0:
            try:
                found, end = self._decoder.raw_decode(self._held, start)
            except (ValueError, RecursionError):
                self._held = self._held[start:] if len(self._held) - start < _LONGEST else ""
                return
            self._held = self._held[end:]
            yield from _within(found)


def _within(found: dict[str, Any]) -> Iterator[dict[str, Any]]:
    """The object, or those of the one list that it holds."""
    values = list(found.values())
    if len(values) == 1 and isinstance(values[0], list):
        yield from (one for one in values[0] if isinstance(one, dict))
    else:
        yield found
