"""Between a key and its form, while the opportunity is looked at: what is typed meanwhile is kept for the form."""

from __future__ import annotations

from typing import ClassVar

from textual import events
from textual.binding import Binding, BindingType
from textual.screen import ModalScreen


class WaitingScreen(ModalScreen[None]):
    """Shows nothing; `typed` are the letters that came too early, `is_cancelled` that Esc was pressed."""

    BINDINGS: ClassVar[list[BindingType]] = [Binding("escape", "cancel", show=False)]

    def __init__(self) -> None:
        super().__init__()
        self.typed = ""
        self.is_cancelled = False
        self._is_over = False

    def on_key(self, event: events.Key) -> None:
        """Keep a letter."""
        if event.is_printable and event.character:
            self.typed += event.character
            event.stop()

    def on_screen_resume(self) -> None:
        """Go, where the end came while another screen was over it."""
        if self._is_over and self.is_current:
            self.dismiss()

    def end(self) -> None:
        """What was waited for has come."""
        self._is_over = True
        if self.is_current:
            self.dismiss()

    def action_cancel(self) -> None:
        """Do not go on once it has come."""
        self.is_cancelled = True
        self.end()
