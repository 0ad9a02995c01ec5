"""Forms of every day: close the next action, set it, put it off, record an exchange."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from functools import partial

from pipecli.domain import asking
from pipecli.domain.asking import Question
from pipecli.domain.wording import EXCHANGE_KINDS, exchange_kind, kind_name
from pipecli.errors import InvalidInput
from pipecli.render.opportunity import next_line
from pipecli.render.views import lateness
from pipecli.service import opportunities
from pipecli.service.answers import Answers, Given
from pipecli.service.opportunities import Happened
from pipecli.service.outcome import Outcome
from pipecli.text import _
from pipecli.tui.desk import Desk

from .fields import ChoiceField, Field, NextField, TextField
from .form import Form, Values, subject_line, words_of

NEXT = "next_action"


def kinds() -> list[tuple[str, str]]:
    """The kinds of exchange, as people call them."""
    return [(kind, kind_name(kind)) for kind in EXCHANGE_KINDS]


def next_field(desk: Desk) -> NextField:
    """The question for the next action."""
    return NextField(desk, Question("", _("What is the next action?"), asking.NEXT), key=NEXT)


def day_field(desk: Desk) -> TextField:
    """The question for the day it happened, today unless told."""
    asked = Question("", _("When was it, if not today?"), asking.DAY)
    return TextField(desk, asked, key="on", optional=True, past=True)


def next_of(values: Values) -> Given:
    """The next action that was answered; nothing of it where it was left blank."""
    return values.get(NEXT, Given())


class EverydayForm(Form):
    """A form on an open opportunity."""

    def above(self) -> str:
        action = self.looked_at.state.next_action
        if action is None:
            return ""
        record = self.looked_at.record
        late = lateness(record) if record["overdue_days"] else ""
        return f"{next_line(action.text, action.due)}  {late}".rstrip()


class DoneForm(EverydayForm):
    """What happened, and what comes next."""

    def heading(self) -> str:
        return subject_line(self.looked_at, _("done"))

    def fields(self) -> Iterable[Field]:
        action = self.looked_at.record["next_action"] or ""
        yield TextField(
            self.desk, Question("", _("What happened?"), asking.TEXT), key="happened", optional=True
        )
        yield next_field(self.desk)
        kind = Question("", _("What was it?"), asking.CHOICE)
        yield ChoiceField(self.desk, kind, kinds(), key="kind", chosen=exchange_kind(action)).aside()

    def saving(self, values: Values) -> Callable[[], Outcome]:
        comes = next_of(values)
        answers = Answers(next=comes.words or None, due=comes.due or None, seen=self.seen)
        happened = Happened(words_of(values, "happened"), words_of(values, "kind") or None)
        return partial(opportunities.done, self.desk.workspace, self.ref, happened, answers)


class NextForm(EverydayForm):
    """The next action."""

    def heading(self) -> str:
        return subject_line(self.looked_at, _("next action"))

    def fields(self) -> Iterable[Field]:
        yield next_field(self.desk)

    def saving(self, values: Values) -> Callable[[], Outcome]:
        comes = next_of(values)
        place, ref = self.desk.workspace, self.ref
        return partial(opportunities.set_next, place, ref, comes.words, comes.due, seen=self.seen)


class SnoozeForm(EverydayForm):
    """A later day for the next action."""

    def heading(self) -> str:
        return subject_line(self.looked_at, _("put off"))

    def fields(self) -> Iterable[Field]:
        yield TextField(self.desk, Question("", _("Until when?"), asking.DAY), key="next_due")

    def saving(self, values: Values) -> Callable[[], Outcome]:
        due = words_of(values, "next_due")
        if not due:
            raise InvalidInput(_("until when? such as +3d or mon"), field="next_due")
        place, ref = self.desk.workspace, self.ref
        return lambda: opportunities.snooze(place, [ref], due, seen=self.seen)[0]


class LogForm(EverydayForm):
    """What was said, without closing the next action."""

    def heading(self) -> str:
        return subject_line(self.looked_at, _("log"))

    def fields(self) -> Iterable[Field]:
        yield TextField(self.desk, Question("", _("What was said?"), asking.TEXT), key="said")
        kind = Question("", _("What was it?"), asking.CHOICE)
        yield ChoiceField(self.desk, kind, kinds(), key="kind", chosen=EXCHANGE_KINDS[0])
        yield day_field(self.desk)

    def saving(self, values: Values) -> Callable[[], Outcome]:
        answers = Answers(on=words_of(values, "on") or None)
        kind, said = words_of(values, "kind"), words_of(values, "said")
        return partial(opportunities.log, self.desk.workspace, self.ref, kind, said, answers)
