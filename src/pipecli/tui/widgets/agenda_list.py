"""A list of opportunities under headings, each on one line; the cursor passes over the headings."""

from __future__ import annotations

from collections.abc import Sequence
from typing import ClassVar, NamedTuple

from rich.text import Text
from textual.binding import Binding, BindingType
from textual.widgets import OptionList
from textual.widgets.option_list import Option

from pipecli.render.table import table_lines
from pipecli.render.views import Record, View


class Section(NamedTuple):
    """A heading, and the opportunities under it."""

    heading: Text
    records: Sequence[Record]


class AgendaList(OptionList):
    """Sections of opportunities; the one under the cursor is chosen."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("j", "cursor_down", show=False),
        Binding("k", "cursor_up", show=False),
    ]

    def __init__(self) -> None:
        super().__init__(compact=True, markup=False)
        self._view: View | None = None
        self._sections: Sequence[Section] = ()
        self._at = 0
        self._numbers: list[int | None] = []
        self._parts: list[int] = []
        """The section of each line."""

    @property
    def chosen(self) -> int | None:
        """The number of the chosen opportunity."""
        at = self.highlighted
        return self._numbers[at] if at is not None and at < len(self._numbers) else None

    def show(self, view: View, sections: Sequence[Section]) -> None:
        """Show these as a view does, the cursor on the opportunity it was on, else at the same height."""
        self._view, self._sections = view, sections
        self._write()

    def on_resize(self) -> None:
        """Write the lines at the new width."""
        self._write()

    def _write(self) -> None:
        if self._view is None:
            return
        chosen, place = self.chosen, self.highlighted or 0
        part = self._parts[place] if place < len(self._parts) else 0
        options: list[Option] = []
        self._numbers, self._parts = [], []
        every = [record for section in self._sections for record in section.records]
        width = max(20, self.size.width - 3)
        lines = iter(table_lines(self._view, every, width, indent=2, titles=False))
        for at, section in enumerate(self._sections):
            self._at = at
            if options:
                self._add(options, Text(""), None)
            self._add(options, section.heading, None)
            for record in section.records:
                self._add(options, next(lines), record["id"])
        self.set_options(options)
        self.highlighted = self._place_of(chosen, part, place)

    def _place_of(self, number: int | None, part: int, place: int) -> int | None:
        """Where the cursor goes: to that opportunity, in its section where it stands in two, else nearby."""
        places = [n for n, known in enumerate(self._numbers) if known is not None]
        here = sorted((n for n in places if self._numbers[n] == number), key=lambda n: self._parts[n] != part)
        return here[0] if here else min(places, key=lambda n: abs(n - place), default=None)

    def _add(self, options: list[Option], line: Text, number: int | None) -> None:
        line.no_wrap = True
        options.append(Option(line, disabled=number is None))
        self._numbers.append(number)
        self._parts.append(self._at)
