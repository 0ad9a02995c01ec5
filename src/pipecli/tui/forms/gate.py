"""The gate as a form: what is missing, in the stage's words; the answers and the move are one transaction."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from contextlib import suppress
from functools import partial

from textual.containers import VerticalScroll

from pipecli.domain import asking
from pipecli.domain.asking import Question
from pipecli.domain.guidance import how, lapses
from pipecli.domain.pipeline import WON
from pipecli.errors import Conflict, GateNotMet, PipeError
from pipecli.render.console import literal
from pipecli.service import gates
from pipecli.service.answers import Answers, answered
from pipecli.service.outcome import Outcome
from pipecli.service.show import Shown
from pipecli.service.why import Why
from pipecli.text import _, ngettext
from pipecli.tui.desk import Desk

from .fields import ChoiceField, Field, field_of
from .form import NO, YES, Form, Values, reason_field, subject_line, words_of

ASK = "ask"


def closed(shown: Shown) -> Conflict:
    """That an opportunity is closed, in one line."""
    line = _("{ref} {name} is closed; r opens it again")
    return Conflict(line.format(ref=shown.record["id"], name=shown.record["name"]))


class StillAsked(GateNotMet):
    """The gate as it is with the answers given: what it still asks for is on the form next."""

    def __init__(self, message: str, found: Why) -> None:
        super().__init__(message)
        self.found = found


def refusal(error: GateNotMet, found: Why) -> str:
    """What is still missing, in one line."""
    unmet = found.gate.unmet
    if not unmet:
        return _("It can be won: why did they say yes?") if found.gate.target == WON else error.message
    hints = {q.criterion: q.hint for q in asking.questions(found.gate, found.state, found.pipeline)}
    keys = [v.criterion.key for v in unmet]
    named = [f"{key} ({hints[key]})" if hints.get(key) else key for key in keys]
    line = ngettext("{n} is still missing: {keys}", "{n} are still missing: {keys}", len(unmet))
    return line.format(n=len(unmet), keys=", ".join(named))


class GateForm(Form):
    """What one gate still needs of the person who moves an opportunity."""

    def __init__(self, desk: Desk, shown: Shown) -> None:
        super().__init__(desk, shown)
        self.why = self._on_record = self.gate(shown)

    def gate(self, shown: Shown) -> Why:
        """The gate that the form is about; raises Conflict where the opportunity is closed."""
        if shown.why is None:
            raise closed(shown)
        return shown.why

    def heading(self) -> str:
        report, pipeline = self.why.report, self.why.pipeline
        way = f"{pipeline.stage(report['from']).name} → {pipeline.stage(report['to']).name}"
        return subject_line(self.looked_at, way)

    def above(self) -> str:
        met = [item["criterion"] for item in self._on_record.report["met"]]
        lines = [_("✓ proven: {keys}").format(keys=", ".join(met))] if met else []
        return "\n".join([*lines, *(f"✗ {literal(line)}" for line in self._of_others())])

    def _of_others(self) -> Iterable[str]:
        """What nobody can answer on this form, and who or what it waits for."""
        why, answerable = self.why, {q.criterion for q in self._asked()}
        ways = {
            "approval": _("needs approval of {people}"),
            "waiting": _("asked of {people}"),
            "refused": _("refused by {people}"),
        }
        for verdict in why.gate.unmet:
            criterion = verdict.criterion
            people = ", ".join(why.pipeline.roles.get(criterion.approval or "", ())) or _("nobody")
            words = lapses(verdict, why.state, why.pipeline)
            words += [ways[need].format(people=people) for need in verdict.missing if need in ways]
            if criterion.key not in answerable and not words:
                words = [how(verdict, why.state, why.pipeline)]
            if words:
                yield f"{criterion.ask}  {', '.join(words)}"

    def _asked(self) -> list[Question]:
        return asking.questions(self.why.gate, self.why.state, self.why.pipeline)

    def fields(self) -> Iterable[Field]:
        before: Field | None = None
        for question in self._asked():
            field = field_of(self.desk, question, self.looked_at.exchanges)
            if before and before.question.criterion == question.criterion:
                field.goes_on_from(before)
            before = field
            yield field
        yield from self.more_fields()

    def more_fields(self) -> Iterable[Field]:
        """What else is asked for, behind the criteria."""
        if asking.of_others(self.why.gate):
            yield self._ask_field()

    def _ask_field(self) -> Field:
        waiting = asking.of_others(self.why.gate)
        roles = self.why.pipeline.roles
        people = dict.fromkeys(p for v in waiting for p in roles.get(v.criterion.approval or "", ()))
        asked = all("approval" not in verdict.missing for verdict in waiting)
        words = (
            _("It waits for the word of {people}. Keep the answers meanwhile?")
            if asked
            else _("It needs approval. Keep the answers and ask {people}?")
        )
        ask = words.format(people=", ".join(people) or "–")
        choices = ((YES, _("yes")), (NO, _("no")))
        return ChoiceField(self.desk, Question("", ask, asking.CHOICE), choices, key=ASK, chosen=YES)

    def answered(self, values: Values) -> Callable[[], Answers]:
        """The answers to the gate, put together in the thread that saves them: a file is read for its hash."""
        given = [
            (field.question, values[field.key])
            for field in self.query(Field)
            if field.question.criterion and field.key in values
        ]
        seen = self.seen

        def answers() -> Answers:
            found = Answers(seen=seen)
            for question, answer in given:
                found = answered(question, answer, found)
            return found

        return answers

    def saving(self, values: Values) -> Callable[[], Outcome]:
        place, ref, target = self.desk.workspace, self.ref, self.why.gate.target
        answers, move = self.answered(values), self.moving(values)
        asks = words_of(values, ASK) == YES

        def save() -> Outcome:
            given = answers()
            try:
                return move(given)
            except GateNotMet as error:
                if asks:  # which is refused as well where anything but approvals is missing
                    with suppress(GateNotMet):
                        return gates.advance(place, ref, given, to=target, ask=True)
                found = gates.tried(place, ref, given, target)
                raise StillAsked(refusal(error, found), found) from error

        return save

    def moving(self, values: Values) -> Callable[[Answers], Outcome]:
        """The move, given the answers; raises GateNotMet."""
        raise NotImplementedError

    def refused(self, purpose: str, error: PipeError) -> None:
        """Ask for what the gate needs with the answers so far."""
        super().refused(purpose, error)
        if isinstance(error, StillAsked):
            self.show_gate(error.found)
            self.call_after_refresh(self._begin_with_blank)

    def look_again(self, shown: Shown) -> None:
        """Ask for what the gate needs now, what was typed kept."""
        super().look_again(shown)
        if shown.why is not None and shown.why.report["to"] == self.why.report["to"]:
            self._on_record = self.gate(shown)
            self.show_gate(self._on_record)

    def show_gate(self, why: Why) -> None:
        """Ask what this gate asks; a question that was answered stays with its answer."""
        self.why = why
        wanted = {f.key: f for f in self.priced_fields()}
        questions = self.query_one("#questions", VerticalScroll)
        here = {field.key: field for field in self.query(Field)}
        for key, field in here.items():
            if key not in wanted and (field.is_blank or key == ASK):
                field.remove()
        later = here.get("reason")
        new = [field for key, field in wanted.items() if key not in here]
        if new:
            questions.mount(*new, before=later) if later else questions.mount(*new)
        self.show_above()

    def _begin_with_blank(self) -> None:
        blank = next((f for f in self.query(Field) if f.is_blank and not f.optional), None)
        if blank:
            blank.begin()


class AdvanceForm(GateForm):
    """To the next stage; from the last one, to won."""

    save_label = _("Save and move")

    def moving(self, values: Values) -> Callable[[Answers], Outcome]:
        return partial(gates.advance, self.desk.workspace, self.ref, to=self.why.gate.target)


class ProveForm(GateForm):
    """What the next gate asks for, answered without moving."""

    def heading(self) -> str:
        return super().heading() + "   " + _("answered without moving")

    def more_fields(self) -> Iterable[Field]:
        return ()

    def saving(self, values: Values) -> Callable[[], Outcome]:
        place, ref, answers = self.desk.workspace, self.ref, self.answered(values)
        return lambda: gates.answer(place, ref, answers())


class WinForm(GateForm):
    """All that remains to a win, and why they said yes."""

    save_label = _("Save and win")
    to = WON

    def more_fields(self) -> Iterable[Field]:
        yield from super().more_fields()
        yield reason_field(self.desk, _("Why did they say yes?"))

    def moving(self, values: Values) -> Callable[[Answers], Outcome]:
        return partial(gates.win, self.desk.workspace, self.ref, words_of(values, "reason"))
