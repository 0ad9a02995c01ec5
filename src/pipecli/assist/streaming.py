"""A free text shown as it arrives: word by word, so that a placeholder or an escape is never cut in two."""

from __future__ import annotations

from collections.abc import Callable

from pipecli.domain.plain import cleaned

from .redact import Masks

_LONGEST_WORD = 400


class Shown:
    """Hands on pieces of text, cleaned and with what was masked put back; `something` says whether any was."""

    def __init__(self, masks: Masks, on_text: Callable[[str], None] | None) -> None:
        self._masks = masks
        self._on_text = on_text
        self._held = ""
        self.something = False

    def add(self, piece: str) -> None:
        """One more piece; what may be an unfinished word is held back."""
        self._held += piece
        end = max(self._held.rfind(" "), self._held.rfind("\n")) + 1
        self._give(len(self._held) if len(self._held) - end > _LONGEST_WORD else end)

    def end(self) -> None:
        """Hand on what is held back."""
        self._give(len(self._held))

    def _give(self, end: int) -> None:
        text = self._masks.restore(cleaned(self._held[:end]))
        self._held = self._held[end:]
        if text and self._on_text:
            self.something = True
            self._on_text(text)
