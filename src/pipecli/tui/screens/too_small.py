"""What is shown where the terminal is too small for the board."""

from __future__ import annotations

from typing import ClassVar

from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.events import Resize
from textual.geometry import Size
from textual.screen import ModalScreen
from textual.widgets import Static

from pipecli.text import _

LEAST = Size(50, 16)
"""Columns and rows that the board needs at the least."""


def is_too_small(size: Size) -> bool:
    """Whether the board has no room."""
    return size.width < LEAST.width or size.height < LEAST.height


class TooSmallScreen(ModalScreen[None]):
    """One line; what was under it comes back unchanged once there is room."""

    BINDINGS: ClassVar[list[BindingType]] = [Binding("q", "app.quit", show=False)]

    def compose(self) -> ComposeResult:
        yield Static(id="too-small", markup=False)

    def on_resize(self, event: Resize) -> None:
        """Say how much is needed."""
        line = _("The board needs {width} × {height} here; this is {w} × {h}. q quits.")
        words = line.format(width=LEAST.width, height=LEAST.height, w=event.size.width, h=event.size.height)
        self.query_one(Static).update(words)
