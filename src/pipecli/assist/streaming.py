"""A free text shown as it arrives: word by word, so that a placeholder or an escape is never cut in two."""

from __future__ import annotations

from collections.abc import Callable

from pipecli.domain.plain import cleaned

from .redact import Masks

_LONGEST_WORD = 400
_OPEN, _CLOSED = "<think>", "</think>"


def without_thoughts(text: str) -> str:
    """The text behind what a model of one's own thinks aloud before it answers; none while it still thinks."""
    bare = text.lstrip()
    if not bare.startswith(_OPEN):
        return "" if _OPEN.startswith(bare) else text
    return bare.partition(_CLOSED)[2].lstrip()


class Shown:
    """Hands on pieces of text, cleaned and with what was masked put back; `something` says whether any was."""

    def __init__(self, masks: Masks, on_text: Callable[[str], None] | None, *, in_json: bool = False) -> None:
        self._masks = masks
        self._in_json = in_json
        self._on_text = on_text
        self._held = ""
        self._begun = False
        self.something = False

    def add(self, piece: str) -> None:
        """One more piece; what may be an unfinished word is held back."""
        self._held += piece
        if not self._begun:
            answer = without_thoughts(self._held)
            if not answer:
                return
            self._held, self._begun = answer, True
        end = max(self._held.rfind(" "), self._held.rfind("\n")) + 1
        self._give(len(self._held) if len(self._held) - end > _LONGEST_WORD else end)

    def end(self) -> None:
        """Hand on what is held back."""
        if self._begun:
            self._give(len(self._held))

    def _give(self, end: int) -> None:
        text = self._masks.restore(cleaned(self._held[:end]), in_json=self._in_json)
        self._held = self._held[end:]
        if text and self._on_text:
            self.something = True
            self._on_text(text)
