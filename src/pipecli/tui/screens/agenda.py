"""The agenda: what is late, due today, asked of me, gone quiet, and due in the coming days."""

from __future__ import annotations

from collections.abc import Iterable
from typing import ClassVar

from rich.text import Text
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.widgets import Static

from pipecli.domain import agenda
from pipecli.render.today import agenda_heading, agenda_view
from pipecli.service.board import Card, Wanted
from pipecli.text import _
from pipecli.tui.desk import Desk
from pipecli.tui.widgets.agenda_list import AgendaList, Section
from pipecli.tui.widgets.bar import Bar
from pipecli.tui.widgets.key_footer import KeyFooter

from .base import OpportunityScreen, deed_bindings

APPROVALS = "approvals"
MOST = 100
"""Lines of a section; who has more to do begins with these."""
ORDER = (
    agenda.OVERDUE,
    agenda.TODAY,
    agenda.UNPLANNED,
    APPROVALS,
    agenda.QUIET,
    agenda.SOON,
)


class AgendaScreen(OpportunityScreen):
    """What to do, in its order; mine unless everybody's is asked for."""

    mode = "agenda"
    BINDINGS: ClassVar[list[BindingType]] = [
        *deed_bindings("advance", "done", "next", "approve", "back", "win", "lose"),
        Binding("enter", "open", _("Open"), show=False),
        Binding("m", "mine", _("Mine or all")),
    ]

    def __init__(self, desk: Desk) -> None:
        super().__init__(desk)
        self._everybody = False

    def compose(self) -> ComposeResult:
        yield Bar(self.desk, self.mode)
        yield AgendaList()
        yield Static(id="empty", markup=False)
        yield KeyFooter()

    def on_mount(self) -> None:
        """Begin at the top."""
        self.show_list()
        self.query_one(AgendaList).focus()

    @property
    def chosen_number(self) -> int | None:
        """The line under the cursor."""
        for listed in self.query(AgendaList):
            return listed.chosen
        return None

    def board_changed(self) -> None:
        """Show the agenda as it is now."""
        super().board_changed()
        if self.is_mounted:
            self.show_list()

    def show_list(self) -> None:
        """Show what there is to do."""
        sections = list(self._sections())
        self.query_one(AgendaList).show(agenda_view(owner=self._everybody), sections)
        self.query_one(AgendaList).display = bool(sections)
        empty = self.query_one("#empty", Static)
        empty.display = not sections
        empty.update(
            _("Nothing is late, due or quiet.")
            if self._everybody
            else _("Nothing of yours is late, due or quiet. m shows everybody's.")
        )
        self.refresh_bindings()

    def _sections(self) -> Iterable[Section]:
        board = self.desk.board
        wanted = Wanted() if self._everybody else Wanted(owner=board.actor)
        found = board.sections(wanted)
        asked = dict.fromkeys(approval.ref for approval in board.approvals)
        found[APPROVALS] = [board.by_number[number] for number in asked if number in board.by_number]
        for name in ORDER:
            if found[name]:
                yield self._section(name, found[name])

    def _section(self, name: str, cards: list[Card]) -> Section:
        board = self.desk.board
        heading: Text = agenda_heading(name, len(cards), board.worth(cards))
        if len(cards) > MOST:
            heading.append("   " + _("the first {n}").format(n=MOST), style="dim")
        return Section(heading, [board.record(card) for card in cards[:MOST]])

    def action_mine(self) -> None:
        """Mine, or everybody's."""
        self._everybody = not self._everybody
        self.show_list()

    def on_option_list_option_highlighted(self) -> None:
        """The keys that apply are others."""
        self.refresh_bindings()

    def on_option_list_option_selected(self) -> None:
        """Open the line that was clicked."""
        self.action_open()
