"""Every key on one screen."""

from __future__ import annotations

from typing import ClassVar

from rich.text import Text
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Horizontal, VerticalScroll
from textual.screen import ModalScreen
from textual.widgets import Static

from pipecli.text import _
from pipecli.tui.deeds import DEEDS

_NAMES = {"plus": "+"}


def groups() -> list[list[tuple[str, list[tuple[str, str]]]]]:
    """The keys with what they do, by what they are about; a list for each side."""
    return [
        [
            (
                _("Go about"),
                [
                    ("↑↓←→ hjkl", _("from card to card")),
                    ("Enter", _("all that is known")),
                    ("Esc", _("back, or no filter")),
                    ("Tab 1 … 4", _("the next screen")),
                    ("g", _("go, one by one")),
                    (":", _("find anything")),
                    ("q", _("quit")),
                ],
            ),
            (
                _("Filter"),
                [
                    ("/", _("by text, as you type")),
                    ("m", _("mine or all")),
                    ("f", _("by owner or tag")),
                    ("o  t", _("overdue; stale")),
                ],
            ),
            (
                _("In a form"),
                [
                    ("Enter", _("on, then save")),
                    ("Tab", _("every input")),
                    ("Ctrl-S", _("save")),
                    ("Esc", _("leave it as it was")),
                ],
            ),
        ],
        [
            (
                _("On the chosen one"),
                [
                    *((_NAMES.get(deed.key, deed.key), deed.words) for deed in DEEDS),
                    ("u", _("take back your last command")),
                    ("U", _("do it again")),
                ],
            )
        ],
    ]


class KeysScreen(ModalScreen[None]):
    """All keys."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape,question_mark,q,enter", "close", _("Close"), key_display="Esc")
    ]

    def compose(self) -> ComposeResult:
        with VerticalScroll(id="keys"), Horizontal():
            for side in groups():
                yield Static(_side(side))

    def action_close(self) -> None:
        """Close."""
        self.dismiss()


def _side(groups: list[tuple[str, list[tuple[str, str]]]]) -> Text:
    text = Text(no_wrap=True, overflow="ellipsis")
    wide = max(len(keys) for _title, lines in groups for keys, _words in lines)
    for title, lines in groups:
        text.append(f"{title}\n", style="bold")
        for keys, words in lines:
            text.append(f" {keys:<{wide}}  ", style="cyan")
            text.append(f"{words}\n")
    text.rstrip()
    return text
