"""`pipe go`: what is pressing, one opportunity at a time, the worst first, until there is none left."""

from __future__ import annotations

from functools import partial
from typing import Any, ClassVar

from rich.console import Console
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import VerticalScroll
from textual.widgets import Static

from pipecli.errors import NotFound, PipeError
from pipecli.render.go import print_card
from pipecli.service import board as boards
from pipecli.service import show as showing
from pipecli.service.board import Card, Wanted
from pipecli.service.outcome import Outcome
from pipecli.service.show import Shown
from pipecli.service.undoing import Undone
from pipecli.text import _, ngettext
from pipecli.tui.deeds import Deed
from pipecli.tui.desk import Desk, in_background
from pipecli.tui.widgets.bar import Bar
from pipecli.tui.widgets.key_footer import KeyFooter
from pipecli.tui.widgets.painted import Painted

from .base import OpportunityScreen, deed_bindings

WIDEST = 100
"""Columns beyond which lines are not easier to read."""


class GoScreen(OpportunityScreen):
    """One card after the other. One that was skipped does not come again in this round."""

    mode = "go"
    BINDINGS: ClassVar[list[BindingType]] = [
        *deed_bindings("done", "snooze", "log", "prove", "advance", "approve"),
        Binding("space,right,l", "skip", _("Skip"), key_display="␣"),
        Binding("left,h", "before", _("card before"), show=False),
        Binding("down,j", "scroll(1)", show=False),
        Binding("up,k", "scroll(-1)", show=False),
        Binding("enter", "open", _("Open"), show=False),
        Binding("m", "mine", _("Mine or all"), show=False),
        Binding("escape", "go_to('board')", _("Board"), key_display="Esc"),
    ]

    def __init__(self, desk: Desk) -> None:
        super().__init__(desk)
        self._everybody = False
        self._number: int | None = None
        self._day = desk.board.today
        self._over: dict[int, tuple[int, ...]] = {}
        """What was left, in its order, and at which versions of it."""
        self._settled: set[int] = set()

    def compose(self) -> ComposeResult:
        yield Bar(self.desk, self.mode)
        yield Static(id="progress", markup=False)
        with VerticalScroll(id="card"):
            yield Painted(widest=WIDEST, id="card-text")
        yield KeyFooter()

    def on_mount(self) -> None:
        """Begin with the worst."""
        self.query_one("#card").focus()

    @property
    def chosen_number(self) -> int | None:
        """The card that is shown."""
        return self._number

    def board_changed(self) -> None:
        """Stay on the card while it is pressing, else go to the next."""
        super().board_changed()
        if self.is_mounted:
            self._go_on()

    def _pressing(self) -> list[Card]:
        board = self.desk.board
        return boards.pressing(board, Wanted() if self._everybody else Wanted(owner=board.actor))

    def _left(self) -> list[int]:
        """What still presses, without what was left as it is now; at a new day, all of it."""
        board = self.desk.board
        if board.today != self._day:
            self._day, self._over = board.today, {}
            self._settled.clear()
        for number, versions in list(self._over.items()):
            card = board.by_number.get(number)
            if card is not None and card.row.version not in versions:  # something happened to it since
                self._press_again(number)
        return [card.number for card in self._pressing() if card.number not in self._over]

    def _go_on(self) -> None:
        left = self._left()
        if self._number not in left:
            self._number = left[0] if left else None
            self.query_one("#card").scroll_home(animate=False)
        self._say_progress(len(left))
        if self._number is None:
            self.query_one(Painted).show(self._print_nothing_left)
        else:
            look = partial(showing.show, self.desk.workspace, str(self._number))
            in_background(self, f"look:{self._number}", look, group="look", alone=True)
        self.refresh_bindings()

    def _say_progress(self, left: int) -> None:
        words = [ngettext("{n} is left", "{n} are left", left).format(n=left)]
        if self._settled:
            n = len(self._settled)
            words.append(ngettext("{n} settled", "{n} settled", n).format(n=n))
        if n := len(self._over.keys() - self._settled):
            words.append(ngettext("{n} skipped", "{n} skipped", n).format(n=n))
        self.query_one("#progress", Static).update("  ·  ".join(words))

    def _print_nothing_left(self, console: Console) -> None:
        skipped = len(self._over.keys() - self._settled)
        lines = [_("Nothing else is pressing.") if skipped else _("Nothing is pressing.")]
        if skipped:
            lines.append(_("← shows what was skipped again."))
        if not self._everybody:
            lines.append(_("m shows everybody's, Esc the board, q quits."))
        console.print("\n".join(lines))

    def finished(self, purpose: str, result: Any) -> None:
        """Show the card."""
        if purpose.startswith("look:"):
            if result.record["id"] == self._number:
                self._show_card(result)
        else:
            if isinstance(result, Undone):
                for number in result.refs:
                    self._press_again(number)
            super().finished(purpose, result)

    def _press_again(self, number: int) -> None:
        self._over.pop(number, None)
        self._settled.discard(number)

    def refused(self, purpose: str, error: PipeError) -> None:
        """One that is no more is passed over."""
        if purpose == f"look:{self._number}" and isinstance(error, NotFound):
            self.action_skip()
        else:
            super().refused(purpose, error)

    def _show_card(self, shown: Shown) -> None:
        asked = [a for a in self.desk.board.approvals if a.ref == self._number]
        self.query_one(Painted).show(partial(print_card, shown=shown, asked=asked))

    def done(self, deed: Deed, outcome: Outcome | None) -> None:
        """Go on to the next card where the deed settles this one."""
        super().done(deed, outcome)
        if outcome is not None and deed.settles and outcome.ref == self._number:
            self._settled.add(outcome.ref)
            card = self.desk.card(outcome.ref)
            # The board may be read again only later.
            self._over[outcome.ref] = (outcome.after.version, *((card.row.version,) if card else ()))
            self._number = None

    def action_skip(self) -> None:
        """Leave this one for now."""
        if self._number is not None:
            card = self.desk.card(self._number)
            self._over[self._number] = (card.row.version,) if card else ()
            self._number = None
            self._go_on()

    def action_before(self) -> None:
        """Show again what was skipped last."""
        skipped = [number for number in self._over if number not in self._settled]
        if skipped:
            self._number = skipped[-1]
            del self._over[self._number]
            self._go_on()

    def action_mine(self) -> None:
        """Mine, or everybody's."""
        self._everybody = not self._everybody
        self._go_on()

    def action_scroll(self, lines: int) -> None:
        """Read on, or back."""
        self.query_one("#card").scroll_relative(y=lines * 2, animate=False)
