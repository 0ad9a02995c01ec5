"""Decisions that move an opportunity: forward through a gate, back, to won or lost, and open again."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date

from pipecli.errors import Conflict, GateNotMet, InvalidInput, Required
from pipecli.text import _

from . import events as ev
from .decide import Decision, checked_text, reason_given, set_next_action
from .events import Event
from .gate import Gate
from .guidance import gate_report, gate_sentence
from .pipeline import WON
from .route import target_of

LONGEST_NOTE = 10_000


def advance(decision: Decision, to: str | None = None, on: date | None = None) -> Event:
    """Move forward if every gate on the way is met; raises GateNotMet with every unmet criterion otherwise.

    In the last open stage the way forward is `win`, whose reason is required: that too is GateNotMet.
    """
    decision.require_open()
    target = target_of(decision.state, decision.pipeline, to)
    if target == WON:
        raise unmet(decision, decision.judge.gate(WON), win_reason=True)
    gate = judged(decision, target)
    payload = {"from": gate.source, "to": target, "definition": decision.pipeline.version, **resting_on(gate)}
    return decision.record(ev.STAGE_ADVANCED, payload, on)


def judged(decision: Decision, target: str) -> Gate:
    """The gate to the target; raises GateNotMet unless it is met."""
    gate = decision.judge.gate(target)
    if gate.unmet:
        raise unmet(decision, gate)
    return gate


def unmet(decision: Decision, gate: Gate, *, win_reason: bool = False) -> GateNotMet:
    """The refusal, with every unmet criterion and how to meet it."""
    report = gate_report(gate, decision.state, decision.pipeline, win_reason=win_reason)
    return GateNotMet(gate_sentence(report), **report)


def resting_on(gate: Gate) -> Mapping[str, object]:
    """What a move stores of its gate: the basis of each criterion, and those that did not apply."""
    return {
        "met": {v.criterion.key: dict(v.basis) for v in gate.met},
        "inapplicable": list(gate.inapplicable),
    }


def back(decision: Decision, to: str | None, reason: str, on: date | None = None) -> Event:
    """Return to an earlier stage, the previous one unless told; evidence stays."""
    decision.require_open()
    pipeline, here = decision.pipeline, decision.pipeline.index(decision.state.stage)
    if here <= 0 and to is None:
        raise Conflict(
            _("{ref} is in the first stage; to give it up: pipe lose {ref} REASON").format(
                ref=decision.state.number
            )
        )
    stage = pipeline.stages[here - 1] if to is None else pipeline.find_stage(to)
    if pipeline.index(stage.key) >= here:
        raise InvalidInput(
            _("{name} is not before {here}; to go forward: pipe advance {ref}").format(
                name=stage.name, here=pipeline.stage(decision.state.stage).name, ref=decision.state.number
            )
        )
    text = reason_given(reason, _("a move back"))
    payload = {"from": decision.state.stage, "to": stage.key, "definition": pipeline.version}
    return decision.record(ev.STAGE_RETURNED, payload, on, text)


def win(decision: Decision, reason: str, on: date | None = None) -> Event:
    """Close as won if every gate that remains is met; the reason is required."""
    decision.require_open()
    gate = decision.judge.gate(WON)
    words = (reason or "").strip()
    if gate.unmet or not words:
        raise unmet(decision, gate, win_reason=not words)
    payload = {"from": gate.source, "definition": decision.pipeline.version, **resting_on(gate)}
    return decision.record(ev.WON, payload, on, checked_text(words, _("a reason"), LONGEST_NOTE))


def lose(decision: Decision, reason: str, note: str, on: date | None = None) -> Event:
    """Close as lost with a reason of the definition's list; `other` needs a note."""
    decision.require_open()
    if not reason.strip():
        raise Required(
            _("a loss needs a reason: pipe lose {ref} REASON, one of: {keys}").format(
                ref=decision.state.number, keys=", ".join(decision.pipeline.loss_reasons)
            ),
            missing=["reason"],
        )
    key = decision.pipeline.loss_reason(reason)
    words = note.strip()
    if key == "other" and not words:
        raise Required(
            _('the reason "other" needs a note: pipe lose {ref} other "what happened"').format(
                ref=decision.state.number
            ),
            missing=["note"],
        )
    text = checked_text(words, _("a note"), LONGEST_NOTE) if words else None
    payload = {"from": decision.state.stage, "reason": key, "definition": decision.pipeline.version}
    return decision.record(ev.LOST, payload, on, text)


def reopen(
    decision: Decision, reason: str, next_action: tuple[str, date] | None, on: date | None = None
) -> Event:
    """Open a closed opportunity again, in the stage it was closed in (the first, where that is no more)."""
    o = decision.state
    if o.is_open:
        raise Conflict(_("{ref} {name} is open already").format(ref=o.number, name=o.name))
    text = reason_given(reason, _("reopening"))
    stage = o.stage if decision.pipeline.index(o.stage) >= 0 else decision.pipeline.stages[0].key
    payload = {"from": o.status, "to": stage, "definition": decision.pipeline.version}
    event = decision.record(ev.REOPENED, payload, on, text)
    if next_action:
        set_next_action(decision, *next_action)
    decision.require_next_action()
    return event
