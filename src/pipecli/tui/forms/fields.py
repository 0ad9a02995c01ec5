"""The inputs of a form: one for each kind of answer, with what it is asked in above it and what it means below."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import ClassVar, Self

from rich.text import Text
from textual import events
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
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
from pipecli.service.answers import Given, Reading, read_back
from pipecli.service.show import Entry
from pipecli.text import _, language
from pipecli.tui.desk import Desk


class Line(Input):
    """A line to type in; pasted lines are joined into one, so that none is lost."""

    def __init__(self, value: str = "", *, placeholder: str = "", classes: str | None = None) -> None:
        super().__init__(
            literal(value), placeholder=placeholder, classes=classes, compact=True, select_on_focus=False
        )

    def on_paste(self, event: events.Paste) -> None:
        """Put in all that is pasted."""
        event.prevent_default()
        event.stop()
        self.replace(" ".join(event.text.split()), *self.selection)


class Field(Vertical):
    """One question and the place for its answer. `key` tells it from the form's others."""

    currency: str | None = None
    """The currency of an amount that names none, if not the pipeline's."""

    class Changed(Message):
        """The answer is another."""

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

    def on_input_changed(self, event: Input.Changed) -> None:
        """Tell the form, and say what the text means."""
        event.stop()
        self.typed(event.input)
        if event.input.has_focus:
            self.post_message(self.Changed())

    def typed(self, where: Input) -> None:
        """Something was typed in an input."""

    def on_input_submitted(self, event: Input.Submitted) -> None:
        """Enter goes on."""
        event.stop()
        self.entered(event.input)

    def entered(self, where: Input) -> None:
        """Enter was pressed in an input."""
        self.post_message(self.Answered(self))


class TextField(Field):
    """A line of text, a number, a link or a path; a day or an amount with what it means below.

    `past` says that a day is one on which something happened.
    """

    def __init__(
        self, desk: Desk, question: Question, *, key: str = "", optional: bool = False, past: bool = False
    ) -> None:
        super().__init__(desk, question, key=key, optional=optional)
        self._past = past

    def inputs(self) -> ComposeResult:
        yield Line(self.question.given, placeholder=self._placeholder())
        if self.question.answer in (asking.DAY, asking.AMOUNT):
            yield Static(classes="means", markup=False)

    @property
    def given(self) -> Given:
        return Given(self.query_one(Input).value.strip())

    @property
    def is_blank(self) -> bool:
        return not self.given.words

    def typed(self, where: Input) -> None:
        """Say what the text means as it is typed."""
        for means in self.query(".means").results(Static):
            when = PAST if self._past else ANY
            means.update(meaning(self.desk, self.question.answer, where.value, self.currency, when))

    def _placeholder(self) -> str:
        return {
            asking.DAY: _("yesterday, mon, 2026-11-20") if self._past else _("fri, +3d, 2026-12-31"),
            asking.AMOUNT: _("18000, 18k, 1.2m, 500 USD"),
            asking.LINK: "https://…",
        }.get(self.question.answer, "")


ANY, PAST, AHEAD = "any", "past", "ahead"
"""Which days an answer can be: any, one that was, one that is still to come."""


def meaning(desk: Desk, answer: str, text: str, currency: str | None = None, when: str = ANY) -> str:
    """What a day or an amount means as it will be written; why it cannot be, where it cannot."""
    board = desk.board
    reading = Reading(board.pipeline, board.now, desk.workspace.settings, when == PAST, currency)
    try:
        found = read_back(reading, answer, text)
    except PipeError as error:
        return literal(error.message)
    if isinstance(found, date):
        day = format_day(found, language(), board.now)
        return _("{day} is past").format(day=day) if when == AHEAD and found < board.now else day
    return format_amount(*found, language()) if found else ""


class Choices(OptionList):
    """A list to choose one of: with arrows, the mouse or the first letter; Enter goes on.

    Nothing is chosen to begin with unless told. A mark stands before the chosen one: colour is not the only sign.
    """

    BINDINGS: ClassVar[list[BindingType]] = [Binding("enter", "go_on", show=False)]

    class Entered(Message):
        """Enter was pressed."""

    def __init__(self, texts: Sequence[str], chosen: int | None) -> None:
        self._texts = [literal(text) for text in texts]
        super().__init__(*(Option(f"  {text}") for text in self._texts), compact=True, markup=False)
        self.highlighted = chosen
        self.styles.height = min(7, len(texts))

    def watch_highlighted(self, highlighted: int | None) -> None:
        """Move the mark."""
        super().watch_highlighted(highlighted)
        for at, text in enumerate(self._texts):
            self.replace_option_prompt_at_index(at, f"{'▸' if at == highlighted else ' '} {text}")

    def action_select(self) -> None:
        """A click chooses, and does not go on."""

    def action_go_on(self) -> None:
        """Go on, once something is chosen."""
        if self.highlighted is not None:
            self.post_message(self.Entered())

    def on_key(self, event: events.Key) -> None:
        """Go to the next choice that begins with the letter."""
        letter = event.character
        if not letter or not letter.isalnum():
            return
        texts = [text.casefold() for text in self._texts]
        here = -1 if self.highlighted is None else self.highlighted
        for step in range(1, len(texts) + 1):
            at = (here + step) % len(texts)
            if texts[at].startswith(letter.casefold()):
                self.highlighted = at
                return


class ChoiceField(Field):
    """One of several, given as (value, text); `chosen` is the value to begin with, else nothing is chosen."""

    def __init__(
        self,
        desk: Desk,
        question: Question,
        choices: Sequence[tuple[str, str]] = (),
        *,
        key: str = "",
        optional: bool = False,
        chosen: str | None = None,
    ) -> None:
        super().__init__(desk, question, key=key, optional=optional)
        self._choices = list(choices) or [(choice, choice) for choice in question.choices]
        if optional:
            self._choices.insert(0, ("", "–"))
        self._chosen = chosen or question.given or ("" if optional else None)

    def inputs(self) -> ComposeResult:
        values = [value for value, _text in self._choices]
        at = values.index(self._chosen) if self._chosen in values else None
        yield Choices([text for _value, text in self._choices], at)

    @property
    def given(self) -> Given:
        at = self.query_one(Choices).highlighted
        return Given(self._choices[at][0] if at is not None else "")

    def on_option_list_option_highlighted(self, event: OptionList.OptionHighlighted) -> None:
        """Tell the form."""
        event.stop()
        if event.option_list.has_focus:
            self.post_message(self.Changed())

    def on_choices_entered(self, event: Choices.Entered) -> None:
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
        yield Line(placeholder=placeholder, classes="words")
        if self._exchanges:
            listed = [(literal(_exchange_line(entry)), entry.seq) for entry in self._exchanges[:50]]
            yield Select(listed, prompt=_("or point at an exchange"), compact=True)
            yield Line(placeholder=_("their own words in it"), classes="quote")

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
        yield Line(self.question.given, placeholder=_("what comes next"), classes="words")
        yield Line(placeholder=_("when: fri, +3d, 2026-12-31"), classes="due")
        yield Static(classes="means", markup=False)

    @property
    def given(self) -> Given:
        words, due = (self.query_one(f".{name}", Input).value.strip() for name in ("words", "due"))
        return Given(words, due=due)

    def typed(self, where: Input) -> None:
        """Say which day it is as it is typed."""
        if where.has_class("due"):
            means = meaning(self.desk, asking.DAY, where.value, when=AHEAD)
            self.query_one(".means", Static).update(means)

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
