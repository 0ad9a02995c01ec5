"""What a person's own note says, to be written with it: `pipe done acme "Jeanne signs, 48k, send quote fri"`.

By rules, or by a model where there is one; nothing of it is written unless the person accepts it.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

from pipecli.domain import decide, proofs, proposing
from pipecli.domain.decide import Decision
from pipecli.domain.proofs import Proof
from pipecli.domain.proposing import Suggestion
from pipecli.domain.seen import Seen
from pipecli.domain.understanding import in_words
from pipecli.errors import AssistError, PipeError

from .answers import SAID, Answers, reader
from .assistance import Assistance, ask, model_of
from .proposing import readable
from .qualifying import RULES, ground_of, missing, request_of, suggestions_of, value_is_quoted
from .show import Shown, show
from .workspace import Workspace

NOTE = 0
"""The number under which a model is shown the note, which has none yet."""

NEVER = ("owner", "name")
"""What no note changes: a person does, by its own command."""


class Understood(NamedTuple):
    """What a note says, by whom it was read; `fault` is why a model that was asked said nothing.

    `meant` are the values of the fields as they will be written, by their keys.
    """

    shown: Shown
    suggestions: tuple[Suggestion, ...]
    source: str
    meant: Mapping[str, Any]
    fault: AssistError | None = None


def understand(workspace: Workspace, ref: str, text: str, how: Assistance) -> Understood:
    """Read a note about an open opportunity; nothing is written."""
    shown = show(workspace, ref)
    if not shown.state.is_open:
        return Understood(shown, (), RULES, {})
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
    suggestions, meant = _that_can_be_written(workspace, shown, text, told)
    return Understood(shown, suggestions, source, meant, fault)


def _by_model(workspace: Workspace, shown: Shown, text: str, how: Assistance) -> list[Suggestion] | None:
    from dataclasses import replace

    from pipecli.assist.request import Part

    request = request_of(shown, [], "done")
    answer = ask(workspace, replace(request, parts=(Part(NOTE, text, "note"),)), how)
    if answer is None:
        return None
    ground = ground_of(shown, (), workspace.settings)
    return [
        s
        for s in suggestions_of(answer.value)
        if s.what != proposing.VALUE or value_is_quoted(shown, s, ground)
    ]


def _that_can_be_written(
    workspace: Workspace, shown: Shown, text: str, told: Sequence[Suggestion]
) -> tuple[tuple[Suggestion, ...], Mapping[str, Any]]:
    """Those of the suggestions that the rules would let be written now, one for each thing, and what values they mean;
    nothing is written.
    """
    number = int(shown.record["id"])
    kept: list[Suggestion] = []
    meant: dict[str, Any] = {}
    with workspace.commit("done", dry_run=True) as unit:
        decision = unit.decision(number)
        said = decide.log_exchange(decision, "note", text, None)
        for suggestion in told:
            try:
                checked = proposing.checked(decision, suggestion._replace(exchange=NOTE), {NOTE: text})
                checked = readable(unit, workspace.settings, decision, checked)
                if checked.what == proposing.PROOF:
                    _require_provable(decision, checked, said.seq)
                elif checked.what == proposing.VALUE:
                    read = reader(unit, workspace.settings)
                    key, value = read.field(checked.target, checked.value, decision.state.currency)
                    meant.setdefault(key, value)
            except PipeError:
                continue
            if checked.target not in NEVER:
                kept.append(checked._replace(exchange=None))
    return tuple(s for n, s in enumerate(kept) if _stands_alone(n, s, kept)), meant


def _require_provable(decision: Decision, s: Suggestion, said: int) -> None:
    """Raise PipeError where the note is no proof of this criterion."""
    proofs.prove(decision, s.target, Proof(exchange=said, quote=s.quote), None)


def _stands_alone(place: int, s: Suggestion, kept: Sequence[Suggestion]) -> bool:
    """Whether nothing else is said of the same thing; of the same said twice the first counts."""
    same = [(n, other) for n, other in enumerate(kept) if (other.what, other.target) == (s.what, s.target)]
    if s.what == proposing.PROOF:
        return same[0][0] == place
    return same[0][0] == place and len({(other.value, other.due) for _n, other in same}) == 1


def answers_with(answers: Answers, accepted: Sequence[Suggestion], seen: Seen) -> Answers:
    """The answers with what was understood and accepted; what the person typed as an option stands first.

    `seen` is what stood there when it was shown beside what it would become.
    """
    answers = answers._replace(seen=seen)
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
