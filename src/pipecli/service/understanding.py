"""What a person's own note says, to be written with it: `pipe done acme "Jeanne signs, 48k, send quote fri"`.

By rules, or by a model where there is one; nothing of it is written unless the person accepts it.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from pipecli.domain import proposing
from pipecli.domain.proofs import Proof
from pipecli.domain.proposing import Suggestion
from pipecli.domain.quoting import found
from pipecli.domain.understanding import in_words
from pipecli.errors import AssistError, PipeError

from .answers import SAID, Answers
from .assistance import Assistance, ask, model_of
from .proposals import readable
from .qualifying import RULES, ground_of, missing, request_of, suggestions_of
from .show import Shown, show
from .workspace import Workspace

NOTE = 0
"""The number under which a model is shown the note, which has none yet."""


class Understood(NamedTuple):
    """What a note says, by whom it was read; `fault` is why a model that was asked said nothing."""

    shown: Shown
    suggestions: tuple[Suggestion, ...]
    source: str
    fault: AssistError | None = None


def understand(workspace: Workspace, ref: str, text: str, how: Assistance) -> Understood:
    """Read a note about an open opportunity; nothing is written."""
    shown = show(workspace, ref)
    if not shown.state.is_open:
        return Understood(shown, (), RULES)
    source, fault, told = RULES, None, None
    settings = model_of(workspace, how)
    if settings:
        try:
            told = _by_model(workspace, shown, text, how)
            source = settings.name
        except AssistError as error:
            fault = error
    if told is None:
        told = in_words(text, ground_of(shown, missing(shown), workspace.settings))
    return Understood(shown, _that_can_be_written(workspace, shown, told), source, fault)


def _by_model(workspace: Workspace, shown: Shown, text: str, how: Assistance) -> list[Suggestion] | None:
    from pipecli.assist.request import Part

    request = request_of(shown, [], "done")
    from dataclasses import replace

    answer = ask(workspace, replace(request, parts=(Part(NOTE, text, "note"),)), how)
    if answer is None:
        return None
    return [
        s._replace(exchange=None, quote=quote)
        for s in suggestions_of(answer.value)
        if (quote := found(s.quote, text, fewest=1) if s.quote else "") is not None
    ]


def _that_can_be_written(
    workspace: Workspace, shown: Shown, told: Sequence[Suggestion]
) -> tuple[Suggestion, ...]:
    """Those of the suggestions that the rules would let be written now."""
    number = int(shown.record["id"])
    kept: list[Suggestion] = []
    with workspace.commit("done", dry_run=True) as unit:
        decision = unit.decision(number)
        for suggestion in told:
            try:
                checked = (
                    proposing.checked(decision, suggestion._replace(quote=""), {})
                    if (suggestion.what != proposing.PROOF)
                    else suggestion
                )
                readable(unit, workspace.settings, decision, checked)
            except PipeError:
                continue
            kept.append(suggestion)
    return tuple(kept)


def answers_with(answers: Answers, accepted: Sequence[Suggestion]) -> Answers:
    """The answers with what was understood and accepted; what the person typed as an option stands first."""
    given = {text.partition("=")[0].strip() for text in answers.sets} | (
        {"amount"} if answers.amount is not None else set()
    )
    proved = {text.partition("=")[0].strip() for text in answers.proofs}
    for s in accepted:
        if s.what == proposing.PROOF and s.target not in proved:
            proof = Proof(exchange=SAID, quote=s.quote)
            answers = answers._replace(evidence=(*answers.evidence, (s.target, proof)))
        elif s.what == proposing.VALUE and s.target not in given:
            answers = answers._replace(sets=(*answers.sets, f"{s.target}={s.value}"))
        elif s.what == proposing.NEXT_ACTION and answers.next is None:
            answers = answers._replace(next=s.value, due=answers.due or s.due)
    return answers
