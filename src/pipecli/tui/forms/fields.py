"""The inputs of a form: one for each kind of answer, with what it is asked in above it and what it means below."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Self

from rich.text import Text
from textual import events
from textual.app import ComposeResult
from textual.containers import Vertical
from textual.message import Message
from textual.widget import Widget
from textual.widgets import Input, OptionList, Select, Static
from textual.widgets.option_list import Option

from pipecli.domain import asking
from pipecli.domain.asking import Question
from pipecli.domain.dates import format_day
from pipecli.domain.money import format_amount
from pipecli.errors import PipeError
from pipecli.render.console import literal
from pipecli.render.table import fit
from pipecli.render.views import short_day
from pipecli.service.answers import Given, read_back
from pipecli.service.show import Entry
from pipecli.text import _, language
from pipecli.tui.desk import Desk


class Field(Vertical):
    """One question and the place for its answer. `key` tells it from the form's others."""

    class Answered(Message):
        """Enter was pressed: on to the next one."""

        def __init__(self, field: Field) -> None:
            super().__init__()
            self.field = field

    def __init__(self, desk: Desk, question: Question, *, key: str = "", optional: bool = False) -> None:
        super().__init__()
        self.desk = desk
        self.question = question
        self.key = key or f"{question.criterion}/{question.field}/{question.answer}"
        self.optional = optional
        self.is_aside = False
        """Whether Enter passes it over, because it has an answer that is nearly always right."""
        self._is_asked = True

    def compose(self) -> ComposeResult:
        if self._is_asked:
            yield Static(self._asked(), classes="ask")
        yield from self.inputs()

    def goes_on_from(self, before: Field) -> None:
        """Stand right below the field of the same criterion, whose words ask for both."""
        before.add_class("goes-on")
        self._is_asked = False

    def aside(self) -> Self:
        """Let Enter pass it over."""
        self.is_aside = True
        return self

    def _asked(self) -> Text:
        question = self.question
        notes = [question.hint or question.label, _("optional") if self.optional else ""]
        text = Text(literal(question.ask))
        for note in notes:
            if note and note != question.ask:
                text.append(f"  {literal(note)}", style="dim")
        return text

    def inputs(self) -> ComposeResult:
        """Where the answer is given."""
        raise NotImplementedError

    @property
    def given(self) -> Given:
        """The answer as it stands."""
        raise NotImplementedError

    @property
    def is_blank(self) -> bool:
        """Whether nothing was answered."""
        return self.given == Given()

    def begin(self) -> None:
        """Put the cursor where the answer goes."""
        first = next((w for w in self.query("Input, OptionList, Select") if w.can_focus), None)
        if isinstance(first, Widget):
            self.screen.set_focus(first)  # at once, so that no key is lost

    def on_input_submitted(self, event: Input.Submitted) -> None:
        """Enter goes on."""
        event.stop()
        self.entered(event.input)

    def entered(self, where: Input) -> None:
        """Enter was pressed in an input."""
        self.post_message(self.Answered(self))


class TextField(Field):
    """A line of text, a number, a link or a path; a day or an amount with what it means below."""

    def inputs(self) -> ComposeResult:
        yield Input(self.question.given, compact=True, placeholder=_placeholder(self.question.answer))
        if self.question.answer in (asking.DAY, asking.AMOUNT):
            yield Static(classes="means", markup=False)

    @property
    def given(self) -> Given:
        return Given(self.query_one(Input).value.strip())

    @property
    def is_blank(self) -> bool:
        return not self.given.words

    def on_input_changed(self, event: Input.Changed) -> None:
        """Say what the text means as it is typed."""
        event.stop()
        for means in self.query(".means").results(Static):
            means.update(meaning(self.desk, self.question.answer, event.value))


def meaning(desk: Desk, answer: str, text: str) -> str:
    """What a day or an amount means as it stands; why not, where it cannot be read."""
    board = desk.board
    try:
        found = read_back(board.pipeline, board.today, desk.workspace.settings, answer, text)
    except PipeError as error:
        return literal(error.message)
    if isinstance(found, date):
        return format_day(found, language(), board.today)
    return format_amount(*found, language()) if found else ""


def _placeholder(answer: str) -> str:
    return {
        asking.DAY: _("fri, +3d, 2026-12-31"),
        asking.AMOUNT: _("18000, 18k, 1.2m, 500 USD"),
        asking.LINK: "https://…",
    }.get(answer, "")


class Choices(OptionList):
    """A list to choose one of: with arrows, or the first letter; Enter goes on."""

    def on_key(self, event: events.Key) -> None:
        """Go to the next choice that begins with the letter."""
        letter = event.character
        if not letter or not letter.isalnum():
            return
        texts = [str(option.prompt).strip().casefold() for option in self.options]
        here = self.highlighted or 0
        for step in range(1, len(texts) + 1):
            at = (here + step) % len(texts)
            if texts[at].startswith(letter.casefold()):
                self.highlighted = at
                return


class ChoiceField(Field):
    """One of several, given as (value, text); `chosen` is the one to begin with."""

    def __init__(
        self,
        desk: Desk,
        question: Question,
        choices: Sequence[tuple[str, str]] = (),
        *,
        key: str = "",
        optional: bool = False,
        chosen: str = "",
    ) -> None:
        super().__init__(desk, question, key=key, optional=optional)
        self._choices = list(choices) or [(choice, choice) for choice in question.choices]
        if optional:
            self._choices.insert(0, ("", "–"))
        self._chosen = chosen or question.given

    def inputs(self) -> ComposeResult:
        listed = Choices(
            *(Option(literal(text)) for _value, text in self._choices), compact=True, markup=False
        )
        values = [value for value, _text in self._choices]
        listed.highlighted = values.index(self._chosen) if self._chosen in values else 0
        listed.styles.height = min(7, len(values))
        yield listed

    @property
    def given(self) -> Given:
        at = self.query_one(Choices).highlighted
        return Given(self._choices[at][0] if at is not None else "")

    def on_option_list_option_selected(self, event: OptionList.OptionSelected) -> None:
        """Enter goes on."""
        event.stop()
        self.post_message(self.Answered(self))


class ProofField(Field):
    """Evidence: words or a link, or an exchange that is on record, with the words in it that prove it."""

    def __init__(
        self, desk: Desk, question: Question, exchanges: Sequence[Entry], *, optional: bool = False
    ) -> None:
        super().__init__(desk, question, optional=optional)
        self._exchanges = exchanges

    def inputs(self) -> ComposeResult:
        wanted = self.question.answer == asking.EXCHANGE
        placeholder = _("what was said: it is logged") if wanted else _("how we know, or a link")
        yield Input(compact=True, placeholder=placeholder, classes="words")
        if self._exchanges:
            listed = [(literal(_exchange_line(entry)), entry.seq) for entry in self._exchanges[:50]]
            yield Select(listed, prompt=_("or point at an exchange"), compact=True)
            yield Input(compact=True, placeholder=_("their own words in it"), classes="quote")

    def on_mount(self) -> None:
        """The quote is asked for once there is an exchange to quote from."""
        self.query(".quote").set(display=False)

    def on_select_changed(self, event: Select.Changed) -> None:
        """Ask for the quote where an exchange is pointed at."""
        event.stop()
        self.query(".quote").set(display=isinstance(event.value, int))

    @property
    def given(self) -> Given:
        words = self.query_one(".words", Input).value.strip()
        for select in self.query(Select):
            if isinstance(select.value, int):
                return Given(words, select.value, self.query_one(".quote", Input).value.strip())
        return Given(words)


def _exchange_line(entry: Entry) -> str:
    words = " ".join(entry.text.split())
    return fit(f"{entry.detail['kind']} {short_day(entry.at)}: {words}", 60)


class NextField(Field):
    """The next action: what, and when."""

    def inputs(self) -> ComposeResult:
        yield Input(self.question.given, compact=True, placeholder=_("what comes next"), classes="words")
        yield Input(compact=True, placeholder=_("when: fri, +3d, 2026-12-31"), classes="due")
        yield Static(classes="means", markup=False)

    @property
    def given(self) -> Given:
        words, due = (self.query_one(f".{name}", Input).value.strip() for name in ("words", "due"))
        return Given(words, due=due)

    def on_input_changed(self, event: Input.Changed) -> None:
        """Say which day it is as it is typed."""
        event.stop()
        if event.input.has_class("due"):
            self.query_one(".means", Static).update(meaning(self.desk, asking.DAY, event.value))

    def entered(self, where: Input) -> None:
        """Enter goes from what to when, then on."""
        if where.has_class("words"):
            self.screen.set_focus(self.query_one(".due", Input))
        else:
            super().entered(where)


def field_of(desk: Desk, question: Question, exchanges: Sequence[Entry], *, optional: bool = False) -> Field:
    """The field for a question."""
    if question.answer in (asking.NOTE, asking.EXCHANGE):
        return ProofField(desk, question, exchanges, optional=optional)
    if question.answer in (asking.CHOICE, asking.YES_NO):
        return ChoiceField(desk, question, optional=optional)
    if question.answer == asking.NEXT:
        return NextField(desk, question, optional=optional)
    return TextField(desk, question, optional=optional)
