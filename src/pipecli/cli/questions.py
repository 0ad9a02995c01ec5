"""The questions of a gate in a terminal: one at a time, in the stage's own words, for what is missing only."""

from __future__ import annotations

from collections.abc import Callable

from pipecli.domain.gate import Verdict
from pipecli.domain.guidance import exchange_need
from pipecli.domain.pipeline import WON
from pipecli.errors import InvalidInput
from pipecli.render.console import literal, note
from pipecli.service.answers import Answers, file_proof
from pipecli.service.why import Why
from pipecli.text import _

from .prompts import ask, ask_day, can_ask, choose, confirm


def answered(given: Answers, to: str | None, trial: Callable[[Answers], Why]) -> tuple[Answers, bool]:
    """The answers completed by asking for what the gate still needs, and whether to ask for approvals.

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
        answers = accepted = answers._replace(seen=found.gate.source)
        missing = [v for v in found.gate.unmet if not _is_for_others(v)]
        if not missing or not can_ask():
            break
        verdict = missing[0]
        answers = _asked(verdict, answers, found)
    waiting = [v for v in found.gate.unmet if _is_for_others(v)]
    if not waiting:
        return answers, False
    people = ", ".join(
        dict.fromkeys(p for v in waiting for p in found.pipeline.roles.get(v.criterion.approval or "", ()))
    )
    keys = ", ".join(v.criterion.key for v in waiting)
    wanted = confirm(
        _("{keys} needs approval. Keep the answers and ask {people}?").format(keys=keys, people=people or "–")
    )
    return answers, wanted


def _is_for_others(verdict: Verdict) -> bool:
    return set(verdict.missing) <= {"approval", "waiting", "refused"}


def _asked(verdict: Verdict, answers: Answers, found: Why) -> Answers:
    need = next(m for m in verdict.missing if m in _QUESTIONS)
    return _QUESTIONS[need](verdict, answers, found)


def hinted(question: str, hint: str) -> str:
    """A question with what kind of answer it takes."""
    return f"{question} ({hint})" if hint else question


def _field(verdict: Verdict, answers: Answers, found: Why) -> Answers:
    criterion = verdict.criterion
    field = found.pipeline.fields.get(criterion.field or "")
    if field and field.choices:
        note(literal(criterion.ask))
        value = field.choices[choose(field.label, field.choices)]
    else:
        label = field.label if field else (criterion.field or "").replace("_", " ")
        value = ask(f"{criterion.ask} ({label})")
    return answers._replace(sets=(*answers.sets, f"{criterion.field}={value}"))


def _comparison(verdict: Verdict, answers: Answers, found: Why) -> Answers:
    from pipecli.domain.condition import describe, reads
    from pipecli.domain.pipeline import SETTABLE_FIELDS

    criterion = verdict.criterion
    condition = criterion.compare or []
    settable = [f for f in reads(condition) if f in SETTABLE_FIELDS or f in found.pipeline.fields]
    note(_("{ask} needs {condition}").format(ask=literal(criterion.ask), condition=describe(condition)))
    field = settable[choose(_("Which one changes?"), settable)] if len(settable) > 1 else "".join(settable)
    if not field:
        raise KeyboardInterrupt
    return answers._replace(sets=(*answers.sets, f"{field}={ask(field)}"))


def _evidence(verdict: Verdict, answers: Answers, found: Why) -> Answers:
    criterion = verdict.criterion
    if criterion.evidence == "file":
        path = ask(hinted(criterion.ask, _("path of the file")), check=file_proof)
        return answers._replace(files=(*answers.files, f"{criterion.key}={path}"))
    if criterion.evidence == "exchange":
        words = ask(hinted(criterion.ask, _("what was said")))
        return answers._replace(said=(*answers.said, ("note", words, criterion.key)))
    words = ask(hinted(criterion.ask, _("link") if criterion.evidence == "link" else ""))
    return answers._replace(proofs=(*answers.proofs, f"{criterion.key}={words}"))


def _exchange(verdict: Verdict, answers: Answers, found: Why) -> Answers:
    criterion = verdict.criterion
    kind = criterion.exchange if criterion.exchange not in (None, "any") else "call"
    words = ask(hinted(criterion.ask, exchange_need(criterion) + ", " + _("what was said")))
    return answers._replace(said=(*answers.said, (kind or "call", words, "")))


def _next_action(verdict: Verdict, answers: Answers, found: Why) -> Answers:
    return answers._replace(next=ask(verdict.criterion.ask), due=ask_day())


def _amount(verdict: Verdict, answers: Answers, found: Why) -> Answers:
    from pipecli.domain.money import format_amount
    from pipecli.text import language

    state = found.state
    now = None if state.amount is None else format_amount(state.amount, state.currency, language())
    words = ask(verdict.criterion.ask, default=now)
    if words == now:
        from pipecli.domain.money import major

        words = f"{major(state.amount or 0, state.currency)} {state.currency}"
    return answers._replace(amount=words)


_QUESTIONS: dict[str, Callable[[Verdict, Answers, Why], Answers]] = {
    "field": _field,
    "comparison": _comparison,
    "evidence": _evidence,
    "expired": _evidence,
    "exchange": _exchange,
    "next_action": _next_action,
    "amount": _amount,
}
