"""Forms for what somebody in a role says: an approval given or refused, a criterion waived."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from functools import partial

from pipecli.domain import asking
from pipecli.domain.asking import Question
from pipecli.errors import Conflict, InvalidInput
from pipecli.service import gates
from pipecli.service.outcome import Outcome
from pipecli.service.show import Shown
from pipecli.text import _
from pipecli.tui.desk import Desk

from .everyday import EverydayForm
from .fields import ChoiceField, Field
from .form import NO, YES, Values, reason_field, subject_line, words_of


def chosen_of(desk: Desk, question: Question, choices: Sequence[tuple[str, str]]) -> Field:
    """Which criterion it is about; where there is but one, it is that."""
    if len(choices) > 1:
        return ChoiceField(desk, question, choices, key="criterion")
    return ChoiceField(desk, question, choices, key="criterion", chosen=choices[0][0]).aside()


class ApproveForm(EverydayForm):
    """Yes or no to an approval that is asked of the actor."""

    def __init__(self, desk: Desk, shown: Shown) -> None:
        super().__init__(desk, shown)
        number = shown.record["id"]
        self._asked = [(a.criterion, a.ask) for a in desk.board.approvals if a.ref == number]
        if not self._asked:
            line = _("no approval of {ref} {name} is asked of {actor}")
            raise Conflict(line.format(ref=number, name=shown.record["name"], actor=desk.board.actor))

    def heading(self) -> str:
        return subject_line(self.looked_at, _("approval"))

    def fields(self) -> Iterable[Field]:
        question = Question("", _("Which approval?"), asking.CHOICE)
        yield chosen_of(self.desk, question, self._asked)
        said = Question("", _("Do you approve?"), asking.CHOICE)
        yield ChoiceField(self.desk, said, ((YES, _("yes")), (NO, _("no"))), key="said")
        yield reason_field(self.desk, _("Why? A no needs a reason."))

    def saving(self, values: Values) -> Callable[[], Outcome]:
        criterion, said = words_of(values, "criterion"), words_of(values, "said")
        if not criterion or not said:
            raise InvalidInput(_("yes or no?"), field="said")
        return partial(
            gates.approve,
            self.desk.workspace,
            self.ref,
            criterion,
            refuse=said == NO,
            reason=words_of(values, "reason"),
            seen=self.seen,
        )


class WaiveForm(EverydayForm):
    """An exception to a criterion that can be waived, by a role that may."""

    def __init__(self, desk: Desk, shown: Shown) -> None:
        super().__init__(desk, shown)
        unmet = shown.why.report["unmet"] if shown.why else ()
        self._waivable = [(item["criterion"], item["ask"]) for item in unmet if item["waivable"]]
        if not self._waivable:
            line = _("nothing that {ref} {name} still needs can be waived")
            raise Conflict(line.format(ref=shown.record["id"], name=shown.record["name"]))

    def heading(self) -> str:
        return subject_line(self.looked_at, _("waiver"))

    def fields(self) -> Iterable[Field]:
        question = Question("", _("Which criterion is waived?"), asking.CHOICE)
        yield chosen_of(self.desk, question, self._waivable)
        yield reason_field(self.desk, _("Why this exception?"))

    def saving(self, values: Values) -> Callable[[], Outcome]:
        criterion, reason = words_of(values, "criterion"), words_of(values, "reason")
        if not criterion:
            raise InvalidInput(_("which criterion?"), field="criterion")
        return partial(gates.waive, self.desk.workspace, self.ref, criterion, reason, seen=self.seen)
