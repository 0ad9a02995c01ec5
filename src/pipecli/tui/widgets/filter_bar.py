"""The filter: text as it is typed, and in words what else the cards are filtered by."""

from __future__ import annotations

from collections.abc import Iterable
from typing import ClassVar

from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Horizontal
from textual.message import Message
from textual.widgets import Input, Static

from pipecli.render.console import literal
from pipecli.service.board import Wanted
from pipecli.text import _, ngettext


class FilterInput(Input):
    """Where the filter's text is typed."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape", "leave(True)", _("clear the filter"), show=False),
        Binding("enter,down", "leave(False)", _("back to the cards"), show=False),
    ]

    def action_leave(self, clear: bool) -> None:
        """Go back to the cards, with or without the text."""
        if clear:
            self.value = ""
        self.post_message(FilterBar.Left())


class FilterBar(Horizontal):
    """One line, shown while something is filtered."""

    class Typed(Message):
        """The text is another."""

    class Left(Message):
        """The text is finished."""

    is_typing = False

    def compose(self) -> ComposeResult:
        yield Static("/", id="filter-mark")
        yield FilterInput(placeholder=_("part of a name or account"), compact=True, id="filter-text")
        yield Static(id="filter-words", markup=False)

    @property
    def text(self) -> str:
        """What stands there now."""
        return self.query_one(FilterInput).value

    def begin(self) -> None:
        """Let the text be typed."""
        self.is_typing = self.display = True
        self.screen.set_focus(self.query_one(FilterInput))  # at once, so that no key is lost

    def clear(self) -> None:
        """Take the text away."""
        typed = self.query_one(FilterInput)
        with typed.prevent(Input.Changed):
            typed.value = ""

    def end(self) -> None:
        """The text is finished."""
        self.is_typing = False

    def on_input_changed(self, event: Input.Changed) -> None:
        """Filter by what stands there now."""
        event.stop()
        self.post_message(self.Typed())

    def show(self, wanted: Wanted, found: int) -> None:
        """Say what is filtered, and how many cards fit."""
        self.display = wanted != Wanted() or self.is_typing
        count = ngettext("{n} fits", "{n} fit", found).format(n=found)
        hint = _("Esc clears") if wanted != Wanted() else ""
        words = "  ".join([*_words(wanted), count, hint])
        self.query_one("#filter-words", Static).update(words, layout=False)


def _words(wanted: Wanted) -> Iterable[str]:
    if wanted.owner:
        yield _("owner {owner}").format(owner=literal(wanted.owner))
    if wanted.tag:
        yield _("tag {tag}").format(tag=literal(wanted.tag))
    if wanted.overdue:
        yield _("overdue")
    if wanted.stale:
        yield _("stale")
