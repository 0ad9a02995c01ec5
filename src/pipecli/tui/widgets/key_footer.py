"""The line at the bottom: the keys that apply now, written anew only where they are others."""

from __future__ import annotations

from textual.screen import Screen
from textual.widgets import Footer


class KeyFooter(Footer):
    """Textual's footer, which writes itself anew at every turn of the bindings, changed or not."""

    def __init__(self) -> None:
        super().__init__(compact=True, show_command_palette=False)
        self._shown: list[tuple[str, str]] | None = None

    def bindings_changed(self, screen: Screen[object]) -> None:
        """Write the keys anew where they are others."""
        if screen is not self.screen:
            return
        keys = [
            (active.binding.key, active.binding.description)
            for active in screen.active_bindings.values()
            if active.binding.show and active.enabled
        ]
        if keys != self._shown:
            self._shown = keys
            super().bindings_changed(screen)
