"""Every key on one screen."""

from __future__ import annotations

from typing import ClassVar

from rich.text import Text
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import VerticalScroll
from textual.screen import ModalScreen
from textual.widgets import Static

from pipecli.text import _
from pipecli.tui.deeds import DEEDS

_NAMES = {"plus": "+"}


def groups() -> list[tuple[str, list[tuple[str, str]]]]:
    """The keys with what they do, by what they are about."""
    return [
        (
            _("Go about"),
            [
                ("↑ ↓ ← →  k j h l", _("from card to card")),
                ("Enter", _("open, with all that is known")),
                ("Esc", _("back; clears the filter")),
                ("Tab  1 2 3", _("board, agenda, forecast")),
                ("g", _("go: what is pressing, one by one")),
                (":", _("find a command or an opportunity by its name")),
                ("q", _("quit")),
            ],
        ),
        (
            _("Filter"),
            [
                ("/", _("by text, as you type")),
                ("m", _("mine, or everybody's")),
                ("f", _("by owner or tag")),
                ("o  t", _("overdue; stale")),
            ],
        ),
        (
            _("On the chosen one"),
            [
                *((_NAMES.get(deed.key, deed.key), deed.words) for deed in DEEDS),
                ("u  U", _("take back your last command; do it again")),
            ],
        ),
        (
            _("In a form"),
            [
                ("Enter", _("to the next question, then save")),
                ("Tab", _("through every input")),
                ("Ctrl-S  Esc", _("save; leave, nothing changed")),
            ],
        ),
    ]


class KeysScreen(ModalScreen[None]):
    """All keys."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape,question_mark,q,enter", "dismiss", _("Close"), key_display="Esc")
    ]

    def compose(self) -> ComposeResult:
        with VerticalScroll(id="keys"):
            yield Static(_all_keys())

    async def action_dismiss(self, result: None = None) -> None:
        """Close."""
        self.dismiss()


def _all_keys() -> Text:
    text = Text()
    wide = max(len(keys) for _title, lines in groups() for keys, _words in lines)
    for title, lines in groups():
        text.append(f"{title}\n", style="bold")
        for keys, words in lines:
            text.append(f"  {keys:<{wide}}  ", style="cyan")
            text.append(f"{words}\n")
        text.append("\n")
    text.rstrip()
    return text
