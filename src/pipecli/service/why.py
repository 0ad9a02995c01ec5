"""Why an opportunity cannot move: its gate with what is met, by what, and what is missing; nothing is moved."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, NamedTuple

from pipecli.domain.events import opportunity_stream
from pipecli.domain.evolve import fold
from pipecli.domain.facts import Names
from pipecli.domain.gate import Gate, Judge
from pipecli.domain.guidance import gate_report
from pipecli.domain.opportunity import Opportunity
from pipecli.domain.pipeline import WON, Pipeline
from pipecli.domain.route import require_open, target_of
from pipecli.domain.seen import Seen
from pipecli.errors import NotFound
from pipecli.store import journal
from pipecli.text import _

from . import refs
from .evidence import evidence_lines
from .workspace import Reading, Workspace


class Why(NamedTuple):
    """The gate of an opportunity: its report, the gate itself, what it was judged on, and what was seen of it."""

    report: dict[str, Any]
    gate: Gate
    state: Opportunity
    pipeline: Pipeline
    names: Names
    seen: Seen


def why(workspace: Workspace, ref: str, to: str | None = None) -> Why:
    """What the gate to the next stage (or a later one) still needs; moves nothing."""
    with workspace.read(refs.expecting(workspace, ref)) as reading:
        number = refs.find(reading.driver, ref, workspace)
        reading.around(number)
        return why_of(reading, load(reading, number), to)


def question(workspace: Workspace, key: str) -> str:
    """What a criterion asks, in the stage's words."""
    with workspace.read() as reading:
        return reading.pipeline.criterion(key).ask


def load(reading: Reading, number: int) -> Opportunity:
    """An opportunity's state; raises NotFound."""
    state = fold(journal.load_stream(reading.driver, opportunity_stream(number)))
    if state is None:
        raise NotFound(_("there is no opportunity {ref}").format(ref=number), ref=str(number))
    return state


def why_of(
    reading: Reading, state: Opportunity, to: str | None = None, texts: Mapping[int, str] | None = None
) -> Why:
    """The gate of a state, with what is shown as evidence for what is met; `texts` are those read already."""
    names = reading.names((state.account, state.contact, state.decision_maker))
    require_open(state)
    target = target_of(state, reading.pipeline, to)
    gate = Judge(state, reading.pipeline, reading.today, names).gate(target)
    shown = evidence_lines(reading.driver, state, gate, reading.pipeline, names, texts or {})
    report = gate_report(gate, state, reading.pipeline, win_reason=target == WON, evidence=shown)
    seen = Seen.of(state)
    return Why(report, gate, state, reading.pipeline, names, seen)
