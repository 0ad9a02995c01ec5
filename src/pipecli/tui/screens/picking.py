"""Whose cards, and with which tag: picked from those there are."""

from __future__ import annotations

from typing import ClassVar

from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Vertical
from textual.screen import ModalScreen
from textual.widgets import OptionList, Static
from textual.widgets.option_list import Option

from pipecli.render.console import literal
from pipecli.service.board import Wanted
from pipecli.text import _
from pipecli.tui.desk import Desk


class PickScreen(ModalScreen[Wanted | None]):
    """A list of owners and tags; Enter filters by one."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape", "leave", _("Leave"), key_display="Esc"),
        Binding("j", "cursor(1)", show=False),
        Binding("k", "cursor(-1)", show=False),
    ]

    def __init__(self, desk: Desk) -> None:
        super().__init__()
        self._desk = desk
        self._choices: list[tuple[str, Wanted]] = []

    def compose(self) -> ComposeResult:
        board, wanted = self._desk.board, self._desk.wanted
        self._choices = [(_("everybody's, any tag"), wanted._replace(owner=None, tag=None))]
        self._choices += [
            (
                _("owner {owner}  {n}").format(owner=literal(owner), n=n),
                wanted._replace(owner=owner),
            )
            for owner, n in board.owners.items()
        ]
        self._choices += [
            (_("tag {tag}").format(tag=literal(tag)), wanted._replace(tag=tag)) for tag in board.tags
        ]
        with Vertical(id="pick"):
            yield Static(_("Whose, or with which tag?"), id="heading", markup=False)
            yield OptionList(*(Option(text) for text, _wanted in self._choices), compact=True, markup=False)

    def on_option_list_option_selected(self, event: OptionList.OptionSelected) -> None:
        """Filter by it."""
        self.dismiss(self._choices[event.option_index][1])

    def action_cursor(self, step: int) -> None:
        """Go up or down."""
        listed = self.query_one(OptionList)
        if step > 0:
            listed.action_cursor_down()
        else:
            listed.action_cursor_up()

    def action_leave(self) -> None:
        """Leave the filter as it is."""
        self.dismiss(None)
