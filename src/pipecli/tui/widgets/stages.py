"""The stages side by side, and the cursor that goes over their cards."""

from __future__ import annotations

from typing import ClassVar

from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Horizontal
from textual.message import Message
from textual.widgets import Static

from pipecli.service import board as boards
from pipecli.service.board import Board, Card
from pipecli.text import _

from .column import StageColumn

LEAST_WIDTH = 19
"""Cells a column needs at the least; where there is no room for all, those around the cursor are shown."""


class Stages(Horizontal, can_focus=True):
    """Every stage of the board, one of whose cards is chosen where there is any."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("left,h", "column(-1)", _("column to the left"), show=False),
        Binding("right,l", "column(1)", _("column to the right"), show=False),
        Binding("up,k", "card(-1)", _("card above"), show=False),
        Binding("down,j", "card(1)", _("card below"), show=False),
        Binding("pageup", "page(-1)", _("page up"), show=False),
        Binding("pagedown", "page(1)", _("page down"), show=False),
        Binding("home", "end(0)", _("first card"), show=False),
        Binding("end,G", "end(1)", _("last card"), show=False),
    ]

    class Moved(Message):
        """Another card is chosen, or none."""

    class Opened(Message):
        """The chosen card is to be opened."""

    def __init__(self, board: Board, columns: list[boards.Column]) -> None:
        super().__init__()
        self._board = board
        self._columns = columns
        self._at = next((n for n, column in enumerate(columns) if column.cards), 0)
        self._places: dict[str, int] = {}
        self._window = (0, 0, 0)
        self._number: int | None = None
        """The opportunity the person went to last: the cursor is on it again when a filter lets it be seen."""

    def compose(self) -> ComposeResult:
        yield Static(id="left-out-before", classes="left-out")
        for column in self._columns:
            yield StageColumn(self._board, column)
        yield Static(id="left-out-after", classes="left-out")

    def on_mount(self) -> None:
        """Put the cursor on the first card."""
        self._show_cursor()

    def on_resize(self) -> None:
        """Show as many columns as there is room for."""
        self._show_window()

    @property
    def chosen(self) -> Card | None:
        """The card under the cursor."""
        cards = self._columns[self._at].cards
        return cards[self._place(self._at)] if cards else None

    def _place(self, at: int) -> int:
        column = self._columns[at]
        return max(0, min(self._places.get(column.stage.key, 0), len(column.cards) - 1))

    def show(self, board: Board, columns: list[boards.Column]) -> bool:
        """Show the board as it is now, the cursor on the card it was on; False where the stages are others now."""
        if [c.stage.key for c in columns] != [c.stage.key for c in self._columns]:
            return False
        if not self.query(StageColumn):  # not composed yet: it will be as it was given
            return True
        chosen = self.chosen
        wanted = [n for n in (self._number, chosen.number if chosen else None) if n is not None]
        self._board, self._columns = board, columns
        any(self._follow(number) for number in wanted)
        if chosen is not None and not self._columns[self._at].cards and any(c.cards for c in columns):
            self._at = next(n for n, c in enumerate(columns) if c.cards)
        for widget, column in zip(self.query(StageColumn), columns, strict=True):
            widget.show(board, column)
        self._show_cursor()
        return True

    def follow(self, number: int) -> bool:
        """Put the cursor on an opportunity's card; whether it is there."""
        found = self._follow(number)
        self._show_cursor()
        self._went()
        return found

    def _went(self) -> None:
        """Remember where the person went, and tell the screen."""
        if self.chosen is not None:
            self._number = self.chosen.number
        self.post_message(self.Moved())

    def _follow(self, number: int) -> bool:
        for at, column in enumerate(self._columns):
            for place, card in enumerate(column.cards):
                if card.number == number:
                    self._at = at
                    self._places[column.stage.key] = place
                    return True
        return False

    def _show_cursor(self) -> None:
        for at, widget in enumerate(self.query(StageColumn)):
            widget.choose(self._place(at) if at == self._at else None)
        self._show_window()

    def _show_window(self) -> None:
        """Let those columns be seen that there is room for, the cursor's among them."""
        room = max(1, (self.size.width or self.app.size.width) // LEAST_WIDTH)
        count = len(self._columns)
        first = max(0, min(self._at - room // 2, count - room))
        window = (first, first + room, count)
        if window == self._window:
            return
        self._window = window
        for at, widget in enumerate(self.query(StageColumn)):
            widget.display = first <= at < first + room
        for name, left_out, arrow in (("before", first, "‹"), ("after", max(0, count - first - room), "›")):
            label = self.query_one(f"#left-out-{name}", Static)
            label.display = left_out > 0
            label.update(f"{arrow}\n{left_out}")

    def action_column(self, step: int) -> None:
        """Go to the next stage on a side."""
        self._at = max(0, min(self._at + step, len(self._columns) - 1))
        self._show_cursor()
        self._went()

    def action_card(self, step: int) -> None:
        """Go to the next card above or below."""
        column = self._columns[self._at]
        place = max(0, min(self._place(self._at) + step, len(column.cards) - 1))
        self._places[column.stage.key] = place
        self.query(StageColumn)[self._at].choose(place)
        self._went()

    def action_page(self, step: int) -> None:
        """Go a screen of cards up or down."""
        self.action_card(step * self.query(StageColumn)[self._at].in_sight)

    def action_end(self, last: int) -> None:
        """Go to the first or the last card."""
        self.action_card(len(self._columns[self._at].cards) * (1 if last else -1))

    def on_stage_column_chosen(self, event: StageColumn.Chosen) -> None:
        """Go to the card that was clicked; open it where it was clicked twice."""
        event.stop()
        self.focus()
        self._at = list(self.query(StageColumn)).index(event.column)
        self._places[event.column.column.stage.key] = event.place
        self._show_cursor()
        self._went()
        if event.opened:
            self.post_message(self.Opened())
