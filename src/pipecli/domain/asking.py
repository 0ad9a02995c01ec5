"""What an unmet gate asks of a person: one question for each thing that is missing, in the stage's own words.

The command line asks them one after the other, the board as a form; what others must give is no question.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

from pipecli.text import _

from .condition import describe, reads
from .field_words import label_of
from .gate import Gate, Verdict
from .guidance import exchange_need
from .opportunity import Opportunity
from .pipeline import SETTABLE_FIELDS, Pipeline

# Kinds of answer: what a person types, picks or points at.
TEXT, DAY, AMOUNT, NUMBER, CHOICE, YES_NO = "text", "day", "amount", "number", "choice", "yes_no"
NOTE, LINK, FILE, EXCHANGE, TALK, NEXT = "note", "link", "file", "exchange", "talk", "next"

OF_OTHERS = frozenset({"approval", "waiting", "refused"})
"""What is missing where only somebody else can give it."""
_TYPES = {"date": DAY, "money": AMOUNT, "number": NUMBER, "choice": CHOICE, "bool": YES_NO}


class Question(NamedTuple):
    """One question: the criterion it is about, what it asks, and the kind of answer it takes.

    `field` is the field that the answer sets, with its `label`; `exchange` the kind of exchange wanted; `choices`
    what can be picked; `hint` what kind of answer is expected, in words; `given` what stands there already.
    """

    criterion: str
    ask: str
    answer: str
    field: str = ""
    label: str = ""
    exchange: str = ""
    choices: tuple[str, ...] = ()
    hint: str = ""
    given: str = ""


def questions(gate: Gate, state: Opportunity, pipeline: Pipeline) -> list[Question]:
    """What the gate asks of whoever moves the opportunity, in the order in which it is judged; no field twice."""
    found: list[Question] = []
    for question in (q for verdict in gate.unmet for q in _of_verdict(verdict, state, pipeline)):
        if not question.field or all(question.field != known.field for known in found):
            found.append(question)
    return found


def of_others(gate: Gate) -> list[Verdict]:
    """What only others can give."""
    return [v for v in gate.unmet if v.missing and set(v.missing) <= OF_OTHERS]


def of_field(key: str, pipeline: Pipeline, ask: str = "", criterion: str = "") -> Question:
    """The question for a settable field, by its type."""
    own, label = pipeline.fields.get(key), label_of(key, pipeline)
    if own is not None:
        answer = _TYPES.get(own.type, TEXT)
        choices = own.choices
    else:
        answer = {"amount": AMOUNT, "close_date": DAY}.get(key, TEXT)
        choices = ()
    if answer == YES_NO:
        choices = (_("yes"), _("no"))
    return Question(criterion, ask or label, answer, field=key, label=label, choices=choices)


def _of_verdict(verdict: Verdict, state: Opportunity, pipeline: Pipeline) -> Iterator[Question]:
    criterion = verdict.criterion
    for need in verdict.missing:
        if need == "field":
            yield of_field(criterion.field or "", pipeline, criterion.ask, criterion.key)
        elif need == "comparison":
            condition = criterion.compare or []
            hint = _("needs {condition}").format(condition=describe(condition))
            for field in reads(condition):
                if field in SETTABLE_FIELDS or field in pipeline.fields:
                    yield of_field(field, pipeline, criterion.ask, criterion.key)._replace(hint=hint)
        elif need in ("evidence", "expired"):
            answer = criterion.evidence or NOTE
            hint = {LINK: _("link"), FILE: _("path of the file"), EXCHANGE: _("what was said")}.get(
                answer, ""
            )
            yield Question(criterion.key, criterion.ask, answer, hint=hint)
        elif need == "exchange":
            kind = criterion.exchange if criterion.exchange not in (None, "any") else "call"
            hint = exchange_need(criterion)
            yield Question(criterion.key, criterion.ask, TALK, exchange=kind or "call", hint=hint)
        elif need == "next_action":
            yield Question(criterion.key, criterion.ask, NEXT)
        elif need == "amount":
            yield Question(criterion.key, criterion.ask, AMOUNT, field="amount", given=_amount(state))


def _amount(state: Opportunity) -> str:
    """The present amount as it can be typed again."""
    from .money import major

    return "" if state.amount is None else f"{major(state.amount, state.currency)} {state.currency}"
