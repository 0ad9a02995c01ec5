"""The application: its screens, its themes, and the watch that shows what was changed elsewhere."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterable
from functools import partial
from typing import Any, ClassVar

from rich.text import Text
from textual.app import App, SystemCommand
from textual.binding import Binding, BindingType
from textual.command import CommandPalette
from textual.events import Resize
from textual.screen import Screen

from pipecli.errors import PipeError
from pipecli.text import _

from .deeds import DEEDS
from .desk import Caller, Desk, Written, in_background
from .keyboard import KeysInOrder
from .screens.agenda import AgendaScreen
from .screens.base import DeskScreen, OpportunityScreen
from .screens.board import BoardScreen
from .screens.forecast import ForecastScreen
from .screens.go import GoScreen
from .screens.hygiene import HygieneScreen
from .screens.too_small import TooSmallScreen, is_too_small
from .searching import Opportunities
from .theme import ANSI_DARK, ANSI_LIGHT, DARK, LIGHT, THEMES

EVERY = 1.0
"""Seconds from one look at the workspace to the next."""


class PipeApp(Caller, KeysInOrder):
    """The board, from one workspace; `start` is the screen to begin with: board or go."""

    CSS_PATH = "pipe.tcss"
    TITLE = "pipe"
    ENABLE_COMMAND_PALETTE = True
    COMMANDS: ClassVar = App.COMMANDS | {Opportunities}
    BINDINGS: ClassVar[list[BindingType]] = [
        # The application's come last in the footer.
        Binding("question_mark", "keys", _("Keys"), key_display="?"),
        Binding("q", "quit", _("Quit")),
        Binding("colon,ctrl+p", "command_palette", _("Find"), show=False),
        Binding("ctrl+c", "interrupt", show=False, priority=True),
    ]

    def __init__(self, desk: Desk, *, start: str = "board", theme: str = DARK, watch: bool = True) -> None:
        super().__init__()
        self.desk = desk
        self._start = start
        self._watch = watch
        self._looking = False
        for made in THEMES:
            self.register_theme(made)
        self.theme = theme
        self.ansi_theme_dark, self.ansi_theme_light = ANSI_DARK, ANSI_LIGHT
        for mode, screen in _SCREENS.items():
            self.add_mode(mode, lambda screen=screen: screen(desk))  # type: ignore[misc]

    def on_mount(self) -> None:
        """Show the first screen, and begin to watch."""
        self.switch_mode(self._start)
        if self._watch:
            self.set_interval(EVERY, self.look)

    def on_unmount(self) -> None:
        """Let go of the workspace."""
        self.desk.watch.close()

    def on_resize(self, event: Resize) -> None:
        """Say so where the terminal is too small; what is under it stays as it is."""
        here = isinstance(self.screen, TooSmallScreen)
        if is_too_small(event.size) and not here:
            self.push_screen(TooSmallScreen())
        elif here and not is_too_small(event.size):
            self.pop_screen()

    def look(self) -> None:
        """Look whether the workspace has moved; read it again where it has."""
        if not self._looking:
            self._looking = True
            in_background(self, "look", self._found, group="watch")

    def _found(self) -> object:
        moved = self.desk.lost or self.desk.now() != self.desk.moment
        return self.desk.read() if moved else None

    def on_written(self, event: Written) -> None:
        """Show at once what was changed from here."""
        event.stop()
        self._looking = True
        in_background(self, "look", self.desk.read, group="watch")

    def finished(self, purpose: str, result: Any) -> None:
        """Show the board that was read."""
        self._looking = False
        if result is not None:
            self.desk.board = result
            self.desk.lost = ""
            self._tell_screens()

    def refused(self, purpose: str, error: PipeError) -> None:
        """Keep what is shown, and say that it may be old."""
        self._looking = False
        line = _("{error} What is shown may be old; trying again.")
        lost = line.format(error=error.message.rstrip(".") + ".")
        if lost != self.desk.lost:
            self.desk.lost = lost
            self._tell_screens()

    def _tell_screens(self) -> None:
        for screen in self.screen_stack:
            changed = getattr(screen, "board_changed", None)
            if changed is not None:
                changed()

    def _fatal_error(self) -> None:
        """Leave with one line: a traceback is for who asks for it."""
        if os.environ.get("PIPE_DEBUG"):
            super()._fatal_error()
            return
        error = sys.exception() or self._exception
        line = _("pipe met an error of its own, {kind}: {error}; PIPE_DEBUG=1 shows where")
        self.panic(Text(line.format(kind=type(error).__name__, error=error)))

    def action_interrupt(self) -> None:
        """Leave the form that is open, else the board."""
        leave = getattr(self.screen, "action_leave", None)
        if leave is not None and self.screen.is_modal:
            leave()
        else:
            self.exit()

    def action_keys(self) -> None:
        """Show all keys."""
        from .screens.keys import KeysScreen

        self.push_screen(KeysScreen())

    def action_command_palette(self) -> None:
        """Find a command or an opportunity."""
        if not any(isinstance(screen, CommandPalette) for screen in self.screen_stack):
            self.push_screen(CommandPalette(placeholder=_("a command, or an opportunity by number or name")))

    def action_switch_theme(self) -> None:
        """Dark, or light."""
        self.theme = LIGHT if self.theme == DARK else DARK

    def get_system_commands(self, screen: Screen[object]) -> Iterable[SystemCommand]:
        """What the palette offers: the deeds that apply, the screens, the theme."""
        if isinstance(screen, OpportunityScreen):
            for deed in DEEDS:
                if screen.check_action("deed", (deed.name,)):
                    act = partial(screen.action_deed, deed.name, screen.chosen_number)
                    yield SystemCommand(deed.label, deed.words, act)
        if isinstance(screen, DeskScreen):
            go = screen.action_go_to
            yield SystemCommand(_("Board"), _("every stage with its cards"), lambda: go("board"))
            yield SystemCommand(_("Agenda"), _("what is late, due or quiet"), lambda: go("agenda"))
            yield SystemCommand(_("Forecast"), _("what will come in"), lambda: go("forecast"))
            yield SystemCommand(_("Hygiene"), _("is the data good enough"), lambda: go("hygiene"))
            yield SystemCommand(_("Go"), _("what is pressing, one by one"), lambda: go("go"))
            if not self.desk.readonly:
                yield SystemCommand(
                    _("Undo"), _("take back your last command"), lambda: screen.action_undo(False)
                )
                yield SystemCommand(
                    _("Redo"), _("do again what was taken back"), lambda: screen.action_undo(True)
                )
            yield SystemCommand(_("Keys"), _("every key on one screen"), self.action_keys)
        yield SystemCommand(_("Theme"), _("dark or light"), self.action_switch_theme)
        yield SystemCommand(_("Quit"), _("leave the board"), self.exit)


_SCREENS = {
    "board": BoardScreen,
    "agenda": AgendaScreen,
    "forecast": ForecastScreen,
    "hygiene": HygieneScreen,
    "go": GoScreen,
}
