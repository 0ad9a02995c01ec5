"""Forms for the opportunity's own data: open a new one, change one."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from functools import partial

from pipecli.domain import asking
from pipecli.domain.asking import Question, of_field
from pipecli.domain.pipeline import SETTABLE_FIELDS, Pipeline
from pipecli.errors import InvalidInput
from pipecli.render.console import literal
from pipecli.service import opportunities
from pipecli.service.answers import Answers
from pipecli.service.outcome import Outcome
from pipecli.service.records import Record
from pipecli.service.show import Shown
from pipecli.text import _
from pipecli.tui.desk import Desk

from .everyday import EverydayForm, next_field, next_of
from .fields import Field, TextField, field_of
from .form import Form, Values, subject_line, words_of


def asked(pipeline: Pipeline, key: str, given: str = "") -> Question:
    """The question for a field, in a form of fields."""
    question = of_field(key, pipeline)
    ask = _("What is it about?") if key == "name" else question.label[:1].upper() + question.label[1:]
    return question._replace(ask=ask, label="", given=given)


def _order(shown: Shown) -> tuple[str, ...]:
    """The fields in the order in which they change most often."""
    first = ("amount", "close_date", *shown.pipeline.fields, "decision_maker", "owner")
    return (*first, *(key for key in SETTABLE_FIELDS if key not in first))


def typed(record: Record, key: str) -> str:
    """A field's value as it can be typed again; empty where it has none."""
    value = record["fields"].get(key) if key not in SETTABLE_FIELDS else record[key]
    if value in (None, [], ""):
        return ""
    if key == "amount":
        return f"{value} {record['currency']}"
    if isinstance(value, bool):
        return _("yes") if value else _("no")
    return literal(" ".join(value) if isinstance(value, list) else str(value))


class EditForm(EverydayForm):
    """Every field, as it is; what is changed is written, and nothing else."""

    def __init__(self, desk: Desk, shown: Shown) -> None:
        super().__init__(desk, shown)
        self._before = {key: typed(shown.record, key) for key in _order(shown)}
        self._percent = str(shown.record["probability"])

    def heading(self) -> str:
        return subject_line(self.looked_at, _("edit"))

    def fields(self) -> Iterable[Field]:
        for key, value in self._before.items():
            question = asked(self.looked_at.pipeline, key, value)
            field = field_of(self.desk, question, (), optional=question.answer == asking.CHOICE)
            field.key = key
            yield field
        stage = self.looked_at.pipeline.stage(self.looked_at.state.stage)
        if stage.probability_min == stage.probability_max:  # it is the stage's own, for nobody to change
            return
        percent = Question("", _("Probability, in percent"), asking.NUMBER, given=self._percent)
        yield TextField(self.desk, percent, key="probability")
        why = Question("", _("Why does the probability change?"), asking.TEXT)
        yield TextField(self.desk, why, key="reason", optional=True)

    def saving(self, values: Values) -> Callable[[], Outcome]:
        changed = {
            key: words_of(values, key)
            for key, before in self._before.items()
            if words_of(values, key).strip() != before.strip()
        }
        probability = self._probability(words_of(values, "probability"))
        if not changed and probability is None:
            raise InvalidInput(_("nothing is changed; Esc leaves"))
        owner = changed.pop("owner", None)
        answers = Answers(
            sets=tuple(f"{key}={value}" for key, value in changed.items()),
            owner=owner,
            seen=self.seen,
        )
        reason = words_of(values, "reason")
        place, ref = self.desk.workspace, self.ref
        return partial(opportunities.edit, place, ref, answers, probability=probability, reason=reason)

    def _probability(self, words: str) -> int | None:
        percent = words.rstrip("% ")
        if percent in ("", self._percent):
            return None
        if not (percent.isascii() and percent.isdigit() and len(percent) <= 3):
            raise InvalidInput(_("a probability is a number from 0 to 100"), field="probability")
        return int(percent)


class AddForm(Form):
    """A new opportunity, with its dated next action."""

    def __init__(self, desk: Desk, shown: Shown | None = None) -> None:
        super().__init__(desk, None)

    def heading(self) -> str:
        return _("A new opportunity")

    def fields(self) -> Iterable[Field]:
        for key in ("name", "amount", "account", "contact", "close_date"):
            question = asked(self.desk.board.pipeline, key)
            yield TextField(self.desk, question, key=key, optional=key != "name")
        yield next_field(self.desk)

    def saving(self, values: Values) -> Callable[[], Outcome]:
        comes = next_of(values)
        sets = tuple(
            f"{key}={words_of(values, key)}"
            for key in ("account", "contact", "close_date")
            if words_of(values, key)
        )
        answers = Answers(
            sets=sets,
            amount=words_of(values, "amount") or None,
            next=comes.words or None,
            due=comes.due or None,
        )
        name = words_of(values, "name")
        if not name:
            raise InvalidInput(_("what is it about? It needs a name"), field="name")
        return partial(opportunities.add, self.desk.workspace, name, answers)
