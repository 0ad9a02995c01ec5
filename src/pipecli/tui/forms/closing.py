"""Forms that need a reason: back, lose, reopen."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from functools import partial

from pipecli.domain import asking
from pipecli.domain.asking import Question
from pipecli.errors import Conflict
from pipecli.service import gates
from pipecli.service.answers import Answers
from pipecli.service.outcome import Outcome
from pipecli.service.show import Shown
from pipecli.text import _
from pipecli.tui.desk import Desk

from .everyday import EverydayForm, next_field, next_of
from .fields import ChoiceField, Field, TextField
from .form import Form, Values, reason_field, subject_line, words_of


class BackForm(EverydayForm):
    """To an earlier stage, the one before unless told."""

    save_label = _("Save and move back")

    def __init__(self, desk: Desk, shown: Shown) -> None:
        super().__init__(desk, shown)
        here = max(0, shown.pipeline.index(shown.state.stage))
        self._earlier = [(stage.key, stage.name) for stage in reversed(shown.pipeline.stages[:here])]
        if not self._earlier:
            line = _("{ref} {name} is in the first stage; x closes it as lost")
            raise Conflict(line.format(ref=shown.record["id"], name=shown.record["name"]))

    def heading(self) -> str:
        return subject_line(self.looked_at, _("back"))

    def fields(self) -> Iterable[Field]:
        if len(self._earlier) > 1:
            question = Question("", _("To which stage?"), asking.CHOICE)
            yield ChoiceField(self.desk, question, self._earlier, key="stage", chosen=self._earlier[0][0])
        yield reason_field(self.desk, _("Why does it go back?"))

    def saving(self, values: Values) -> Callable[[], Outcome]:
        to = words_of(values, "stage") or self._earlier[0][0]
        reason, answers = words_of(values, "reason"), Answers(seen=self.seen)
        return partial(gates.back, self.desk.workspace, self.ref, reason, answers, to=to)


class LoseForm(EverydayForm):
    """Why it was lost."""

    save_label = _("Save as lost")

    def heading(self) -> str:
        return subject_line(self.looked_at, _("lost"))

    def fields(self) -> Iterable[Field]:
        reasons = list(self.looked_at.pipeline.loss_reasons.items())
        yield ChoiceField(
            self.desk, Question("", _("Why was it lost?"), asking.CHOICE), reasons, key="reason"
        )
        yield TextField(self.desk, Question("", _("What happened?"), asking.TEXT), key="note", optional=True)

    def saving(self, values: Values) -> Callable[[], Outcome]:
        reason, note = words_of(values, "reason"), words_of(values, "note")
        return partial(gates.lose, self.desk.workspace, self.ref, reason, note, seen=self.seen)


class ReopenForm(Form):
    """Why it is open again, and what comes next."""

    save_label = _("Save and open again")

    def heading(self) -> str:
        return subject_line(self.looked_at, _("reopen"))

    def fields(self) -> Iterable[Field]:
        yield reason_field(self.desk, _("Why is it open again?"))
        yield next_field(self.desk)

    def saving(self, values: Values) -> Callable[[], Outcome]:
        comes = next_of(values)
        answers = Answers(next=comes.words or None, due=comes.due or None)
        return partial(gates.reopen, self.desk.workspace, self.ref, words_of(values, "reason"), answers)
