"""A stage as a column: its figures, and of its cards just those that are in sight."""

from __future__ import annotations

from typing import ClassVar

from rich.cells import cell_len
from rich.segment import Segment
from rich.style import Style
from textual import events
from textual.message import Message
from textual.strip import Strip
from textual.widget import Widget

from pipecli.domain.money import format_amount
from pipecli.render.table import fit
from pipecli.service import board as boards
from pipecli.service.board import Board
from pipecli.text import _, language

from .card import LINES, Line, Part, card_lines

HEAD = 3
"""Lines of a column's head."""


class StageColumn(Widget):
    """One stage of the pipeline. `cursor` is the place of the chosen card, None where it is in another column."""

    COMPONENT_CLASSES: ClassVar[set[str]] = {
        f"column--{name}"
        for name in (
            "title", "figures", "rule", "rule-here", "text", "number", "name", "account", "money", "late",
            "today", "stale", "due", "owner", "action", "more", "bar", "bar-late", "bar-stale", "bar-here",
        )
    }  # fmt: skip

    class Chosen(Message):
        """A card was clicked: the column, the card's place in it, and whether it is to be opened."""

        def __init__(self, column: StageColumn, place: int, opened: bool) -> None:
            super().__init__()
            self.column = column
            self.place = place
            self.opened = opened

    def __init__(self, board: Board, column: boards.Column) -> None:
        super().__init__()
        self._board = board
        self.column = column
        self.cursor: int | None = None
        self._first = 0
        self._styles: dict[str, Style] = {}
        self._drawn: dict[int, list[Line]] = {}

    def show(self, board: Board, column: boards.Column) -> None:
        """Show the stage as it is now, scrolled as it was."""
        self._board, self.column = board, column
        self._drawn.clear()
        self._first = max(0, min(self._first, len(column.cards) - 1))
        self.refresh()

    def choose(self, cursor: int | None) -> None:
        """Put the cursor on a card, in sight, or take it away."""
        if cursor != self.cursor:
            self.cursor = cursor
            self._bring_into_sight()
            self.refresh()

    @property
    def pitch(self) -> int:
        """Lines from one card to the next: with room there is a blank one between them."""
        return LINES + (1 if self.size.height >= 30 else 0)

    @property
    def in_sight(self) -> int:
        """How many cards there is room for, at least one."""
        return max(1, (self.size.height - HEAD - 1) // self.pitch)

    def _bring_into_sight(self) -> None:
        if self.cursor is not None:
            last_first = max(0, self.cursor - self.in_sight + 1)
            self._first = min(max(self._first, last_first), self.cursor)
        self._first = max(0, min(self._first, len(self.column.cards) - self.in_sight))

    def on_resize(self) -> None:
        """Draw again at the new width."""
        self._drawn.clear()
        self._bring_into_sight()

    def notify_style_update(self) -> None:
        """Forget the colours of the former theme."""
        super().notify_style_update()
        self._styles.clear()

    def render_line(self, y: int) -> Strip:
        """One line of the column."""
        width = self.size.width
        if y < HEAD:
            return self._strip(self._head_line(y, width), width)
        place, line = divmod(y - HEAD, self.pitch)
        place += self._first
        if y == self.size.height - 1:
            return self._strip(self._more_line(width), width)
        if place >= len(self.column.cards) or line >= LINES or place >= self._first + self.in_sight:
            return Strip.blank(width, self.rich_style)
        return self._card_strip(place, line, width)

    def _head_line(self, y: int, width: int) -> Line:
        column = self.column
        if y == 0:
            count = str(len(column.cards))
            name = fit(column.stage.name, max(1, width - cell_len(count) - 4))
            gap = width - cell_len(name) - cell_len(count) - 2
            return Part(name, "title"), Part(" " * gap), Part(count, "figures")
        if y == 1:
            return (Part(fit(self._figures(width - 2), width - 2), "figures"),)
        return (Part("─" * (width - 1), "rule-here" if self.cursor is not None else "rule"),)

    def _figures(self, width: int) -> str:
        """What the stage is worth and what that is weighted, in as many words as there is room for."""
        worth = self.column.worth
        own = format_amount(worth.amount, worth.currency, language(), compact=True)
        weighted = format_amount(self.column.weighted, worth.currency, language(), compact=True)
        mark = "+" if worth.unpriced else ""
        full = _("{amount}  weighted {weighted}").format(amount=own + mark, weighted=weighted)
        return full if cell_len(full) <= width else f"{own}{mark} → {weighted}"

    def _more_line(self, width: int) -> Line:
        above = self._first
        below = max(0, len(self.column.cards) - self._first - self.in_sight)
        words = [f"▲ {above}"] if above else []
        words += [f"▼ {below}"] if below else []
        return (Part(fit("  ".join(words), width), "more"),)

    def _card_strip(self, place: int, line: int, width: int) -> Strip:
        card = self.column.cards[place]
        lines = self._drawn.get(place)
        if lines is None:
            lines = self._drawn[place] = card_lines(self._board, card, max(4, width - 3))
        here = place == self.cursor
        bar = "bar-here" if here else "bar-late" if card.is_late else "bar-stale" if card.stale else "bar"
        parts = (Part("▌", bar), *lines[line])
        return self._strip(parts, width, here=here)

    def _strip(self, parts: Line, width: int, *, here: bool = False) -> Strip:
        chosen = self._style("here") if here else None
        segments = [
            Segment(part.text, self._style(part.style) + chosen if chosen else self._style(part.style))
            for part in parts
        ]
        strip = Strip(segments)
        if here:  # the chosen card is marked across the column, up to its gap
            strip = strip.adjust_cell_length(width - 1, chosen)
        return strip.adjust_cell_length(width, self.rich_style)

    def _style(self, name: str) -> Style:
        found = self._styles.get(name)
        if found is None:
            if name == "here":
                variables = self.app.theme_variables
                plain = self.app.no_color
                found = Style(reverse=True) if plain else Style(bgcolor=variables["block-cursor-background"])
            else:
                found = self.get_component_rich_style(f"column--{name}")
            self._styles[name] = found
        return found

    def place_at(self, y: int) -> int | None:
        """The place of the card on a line, None beside the cards."""
        place, line = divmod(y - HEAD, self.pitch)
        place += self._first
        seen = y >= HEAD and line < LINES and place < min(len(self.column.cards), self._first + self.in_sight)
        return place if seen else None

    def on_click(self, event: events.Click) -> None:
        """Choose the card under the mouse; a second click opens it."""
        place = self.place_at(event.y)
        if place is not None:
            self.post_message(self.Chosen(self, place, event.chain > 1))

    def on_mouse_scroll_down(self, event: events.MouseScrollDown) -> None:
        """Show the cards below."""
        event.stop()
        self._scroll(1)

    def on_mouse_scroll_up(self, event: events.MouseScrollUp) -> None:
        """Show the cards above."""
        event.stop()
        self._scroll(-1)

    def _scroll(self, step: int) -> None:
        last = max(0, len(self.column.cards) - self.in_sight)
        self._first = max(0, min(self._first + step, last))
        self.refresh()
