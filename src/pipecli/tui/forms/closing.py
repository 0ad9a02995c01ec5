"""Forms that need a reason: back, lose, reopen."""

from __future__ import annotations

from collections.abc import Iterable

from pipecli.domain import asking
from pipecli.domain.asking import Question
from pipecli.service import gates
from pipecli.service.answers import Answers
from pipecli.service.outcome import Outcome
from pipecli.text import _

from .everyday import EverydayForm, next_field, next_of
from .fields import ChoiceField, Field, TextField
from .form import Form, Values, reason_field, subject_line, words_of


class BackForm(EverydayForm):
    """To an earlier stage, the one before unless told."""

    save_label = _("Save and move back")

    def heading(self) -> str:
        return subject_line(self.looked_at, _("back"))

    def fields(self) -> Iterable[Field]:
        pipeline = self.looked_at.pipeline
        here = max(0, pipeline.index(self.looked_at.state.stage))
        earlier = [(stage.key, stage.name) for stage in reversed(pipeline.stages[:here])]
        if len(earlier) > 1:
            yield ChoiceField(
                self.desk, Question("", _("To which stage?"), asking.CHOICE), earlier, key="stage"
            )
        yield reason_field(self.desk, _("Why does it go back?"))

    def save(self, values: Values) -> Outcome:
        answers = Answers(seen=self.looked_at.seen)
        to = words_of(values, "stage") or None
        return gates.back(self.desk.workspace, self.ref, words_of(values, "reason"), answers, to=to)


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

    def save(self, values: Values) -> Outcome:
        reason, note = words_of(values, "reason"), words_of(values, "note")
        return gates.lose(self.desk.workspace, self.ref, reason, note, seen=self.looked_at.seen)


class ReopenForm(Form):
    """Why it is open again, and what comes next."""

    save_label = _("Save and open again")

    def heading(self) -> str:
        return subject_line(self.looked_at, _("reopen"))

    def fields(self) -> Iterable[Field]:
        yield reason_field(self.desk, _("Why is it open again?"))
        yield next_field(self.desk)

    def save(self, values: Values) -> Outcome:
        comes = next_of(values)
        answers = Answers(next=comes.words or None, due=comes.due or None)
        return gates.reopen(self.desk.workspace, self.ref, words_of(values, "reason"), answers)
