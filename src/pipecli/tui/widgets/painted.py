"""A text that is what the command line prints, written anew at every width."""

from __future__ import annotations

from textual.widgets import Static

from pipecli.tui.painting import Print, painted


class Painted(Static):
    """What some prints print, one below the other, at the width there is."""

    def __init__(self, words: str = "", *, widest: int = 0, id: str | None = None) -> None:
        super().__init__(words, markup=False, id=id)
        self._widest = widest
        self._prints: tuple[Print, ...] = ()
        self._width = 0

    def show(self, *prints: Print) -> None:
        """Show what these print."""
        self._prints = prints
        self._paint()

    def on_resize(self) -> None:
        """Write it at the new width."""
        if self.size.width != self._width:
            self._paint()

    def _paint(self) -> None:
        self._width = self.size.width
        if self._prints and self._width:
            self.update(painted(min(self._width, self._widest or self._width), *self._prints))
