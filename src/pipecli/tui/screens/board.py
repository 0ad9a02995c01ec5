"""The board: a column for each stage, its cards in the order of what needs doing."""

from __future__ import annotations

from typing import ClassVar

from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.widgets import Static

from pipecli.service.board import Wanted
from pipecli.service.outcome import Outcome
from pipecli.text import _
from pipecli.tui.deeds import Deed
from pipecli.tui.desk import Desk
from pipecli.tui.widgets.bar import Bar
from pipecli.tui.widgets.filter_bar import FilterBar
from pipecli.tui.widgets.key_footer import KeyFooter
from pipecli.tui.widgets.stages import Stages

from .base import OpportunityScreen, deed_bindings


class BoardScreen(OpportunityScreen):
    """The whole pipeline."""

    mode = "board"
    BINDINGS: ClassVar[list[BindingType]] = [
        *deed_bindings("advance", "done", "next", "back", "win", "lose", "edit"),
        Binding("enter", "open", _("Open"), show=False),
        Binding("slash", "filter", _("Filter"), key_display="/"),
        Binding("escape", "clear", _("Clear the filter"), show=False),
        Binding("m", "mine", _("Mine"), show=False),
        Binding("o", "only('overdue')", _("Overdue"), show=False),
        Binding("t", "only('stale')", _("Stale"), show=False),
        Binding("f", "pick", _("Owner or tag"), show=False),
    ]

    def __init__(self, desk: Desk) -> None:
        super().__init__(desk)
        self._columns = desk.board.columns(desk.wanted)
        self._has_one = False
        self._opened: int | None = None
        """An opportunity that was just opened here, to which the cursor goes."""

    def compose(self) -> ComposeResult:
        yield Bar(self.desk, self.mode)
        yield FilterBar()
        yield Stages(self.desk.board, self._columns)
        yield Static(_empty(), id="empty", markup=False)
        yield KeyFooter()

    def on_mount(self) -> None:
        """Begin on the cards."""
        self.show_cards()
        self.query_one(Stages).focus()

    @property
    def chosen_number(self) -> int | None:
        """The card under the cursor."""
        for stages in self.query(Stages):
            card = stages.chosen
            return card.number if card else None
        return None

    def board_changed(self) -> None:
        """Show the board as it was just read, the cursor and the filter as they are."""
        super().board_changed()
        if self.is_mounted:
            self.show_cards()

    def show_cards(self) -> None:
        """Show the cards that fit the filter."""
        self._columns = self.desk.board.columns(self.desk.wanted)
        stages = self.query_one(Stages)
        if not stages.show(self.desk.board, self._columns):
            had_focus = stages.has_focus
            self._opened = self.chosen_number
            stages.remove()
            stages = Stages(self.desk.board, self._columns)
            self.mount(stages, after=self.query_one(FilterBar))
            if had_focus:
                stages.focus()
        if self._opened is not None and self._opened in self.desk.board.by_number:
            self.call_after_refresh(self.follow, self._opened)
            self._opened = None
        found = sum(len(column.cards) for column in self._columns)
        empty = self.query_one("#empty", Static)
        empty.display = not found
        empty.update(_("Nothing fits the filter; Esc clears it.") if self.desk.board.cards else _empty())
        self.query_one(FilterBar).show(self.desk.wanted, found)
        self.on_stages_moved()

    def follow(self, number: int) -> None:
        """Put the cursor on an opportunity, unless the filter hides it."""
        self.query_one(Stages).follow(number)

    def done(self, deed: Deed, outcome: Outcome | None) -> None:
        """Go to the card of a new one once it is there."""
        super().done(deed, outcome)
        if outcome is not None and not deed.needs_one:
            self._opened = outcome.ref

    def _filter(self, wanted: Wanted) -> None:
        self.desk.wanted = wanted
        self.show_cards()

    def on_stages_moved(self) -> None:
        """The keys that apply are others where there is a card now, or none any more."""
        if self._has_one != (self.chosen_number is not None):
            self._has_one = not self._has_one
            self.refresh_bindings()

    def on_stages_opened(self) -> None:
        """Open the card that was clicked twice."""
        self.action_open()

    def action_filter(self) -> None:
        """Type what to filter by."""
        self.query_one(FilterBar).begin()

    def action_clear(self) -> None:
        """Show every card again."""
        self.query_one(FilterBar).clear()
        self._filter(Wanted())

    def action_mine(self) -> None:
        """Only mine, or everybody's again."""
        actor = self.desk.board.actor
        owner = None if self.desk.wanted.owner == actor else actor
        self._filter(self.desk.wanted._replace(owner=owner))

    def action_only(self, what: str) -> None:
        """Only what is overdue, or stale; or all again."""
        wanted = self.desk.wanted
        if what == "overdue":
            self._filter(wanted._replace(overdue=not wanted.overdue))
        else:
            self._filter(wanted._replace(stale=not wanted.stale))

    def action_pick(self) -> None:
        """Pick an owner or a tag to filter by."""
        from .picking import PickScreen

        def picked(wanted: Wanted | None) -> None:
            if wanted is not None:
                self._filter(wanted)

        self.app.push_screen(PickScreen(self.desk), picked)

    def on_filter_bar_typed(self) -> None:
        """Filter as it is typed, by what stands there by now."""
        self._filter(self.desk.wanted._replace(text=self.query_one(FilterBar).text))

    def on_filter_bar_left(self) -> None:
        """Back to the cards."""
        self.query_one(FilterBar).end()
        self.query_one(Stages).focus()
        self.on_filter_bar_typed()


def _empty() -> str:
    return _(
        "Nothing is open here yet. + opens an opportunity, or in the shell:\n\n"
        '  pipe add "ERP rollout" 48k -a Acme -n "call Jeanne" -d fri\n'
        "  pipe import FILE.csv"
    )
