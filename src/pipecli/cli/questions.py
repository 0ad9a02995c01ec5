"""The questions of a gate in a terminal: one at a time, in the stage's own words, for what is missing only."""

from __future__ import annotations

from collections.abc import Callable, Collection, Sequence

from pipecli.domain import asking
from pipecli.domain.asking import Question
from pipecli.domain.pipeline import WON
from pipecli.errors import InvalidInput
from pipecli.render.console import literal, note
from pipecli.service.answers import Answers, Given, answered, file_proof
from pipecli.service.why import Why
from pipecli.text import _

from .prompts import ask, ask_day, can_ask, choose, confirm


def completed(
    given: Answers,
    to: str | None,
    trial: Callable[[Answers], Why],
    only: Collection[str] | None = None,
    *,
    keep: Callable[[Answers], None] | None = None,
) -> tuple[Answers, bool]:
    """The answers completed by asking for what the gate still needs, and whether to ask for approvals.

    `only` are the criteria that are asked about; None is all of them. `keep` is told each answer as it comes.

    Nothing is written here: `trial` says how the gate would be with the answers so far, until only what others
    must give is missing. Raises Conflict where somebody moves the opportunity meanwhile.
    """
    answers = accepted = given
    while True:
        try:
            found = trial(answers)
        except InvalidInput as error:
            if answers is accepted:  # it was not an answer to a question
                raise
            note(f"  {error.message}")
            answers = accepted
            continue
        if found.gate.target == WON and to != WON:  # `advance` cannot win: nobody is asked in vain
            return given, False
        answers = accepted = answers._replace(seen=found.seen)
        missing = asking.questions(found.gate, found.state, found.pipeline)
        missing = [q for q in missing if only is None or q.criterion in only]
        if not missing or not can_ask():
            break
        alike = [q for q in missing if q.criterion == missing[0].criterion and q.hint and q.field]
        answers = _asked(missing[0], alike, answers)
        if keep:
            keep(answers)
    waiting = asking.of_others(found.gate) if only is None else []
    if not waiting or len(waiting) < len(found.gate.unmet):
        return answers, False
    people = ", ".join(
        dict.fromkeys(p for v in waiting for p in found.pipeline.roles.get(v.criterion.approval or "", ()))
    )
    keys = ", ".join(v.criterion.key for v in waiting)
    wanted = confirm(
        _("{keys} needs approval. Keep the answers and ask {people}?").format(keys=keys, people=people or "–")
    )
    return answers, wanted


def _asked(question: Question, others: Sequence[Question], answers: Answers) -> Answers:
    if len(others) > 1:  # a comparison of several fields: one of them changes
        note(f"{literal(question.ask)}: {literal(question.hint)}")
        question = others[choose(_("Which one changes?"), [q.label for q in others])]
        return answered(question, Given(ask(question.label)), answers)
    return answered(question, _given(question), answers)


def _given(question: Question) -> Given:
    if question.answer == asking.NEXT:
        return Given(ask(question.ask), due=ask_day())
    if question.answer == asking.CHOICE:
        note(literal(question.ask))
        return Given(question.choices[choose(question.label, question.choices)])
    if question.given:
        return Given(_kept_or_changed(question))
    check = file_proof if question.answer == asking.FILE else None
    return Given(ask(_with_hint(question), check=check))


def _kept_or_changed(question: Question) -> str:
    """The answer where there is one already, shown as people write it: Enter keeps it."""
    from pipecli.domain.money import format_amount, parse_amount
    from pipecli.text import language

    shown = format_amount(*parse_amount(question.given, "EUR", decimal="."), language())
    words = ask(question.ask, default=shown)
    return question.given if words == shown else words


def _with_hint(question: Question) -> str:
    if question.answer == asking.TALK:
        return hinted(question.ask, question.hint + ", " + _("what was said"))
    return hinted(question.ask, question.hint or question.label)


def hinted(question: str, hint: str) -> str:
    """A question with what kind of answer it takes."""
    return f"{question} ({hint})" if hint else question
