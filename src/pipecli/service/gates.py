"""Use cases that pass the gate or feed it: advance, prove, waive, approve, back, win, lose, reopen."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from pipecli.domain import moves, proofs
from pipecli.domain.decide import Decision
from pipecli.domain.gate import Gate, watched
from pipecli.domain.guidance import gate_report
from pipecli.domain.opportunity import Opportunity
from pipecli.domain.proofs import Proof
from pipecli.domain.route import target_of
from pipecli.domain.seen import Seen, refuse_if_moved, refuse_if_rewritten
from pipecli.errors import GateNotMet

from . import refs
from .answers import Answers, apply, happened_on, next_action, reader, refuse_if_overtaken
from .evidence import evidence_lines
from .outcome import Outcome, outcome
from .unit import Unit
from .why import Why
from .workspace import Workspace


def tried(workspace: Workspace, ref: str, answers: Answers, to: str | None) -> Why:
    """The gate as it would be with these answers; nothing is written."""
    with workspace.commit("advance", dry_run=True) as unit:
        _number, decision, read = _begin(unit, workspace, ref)
        before = decision.state
        decision.require_open()
        refuse_if_overtaken(decision, answers)
        apply(unit, read, decision, answers)
        return gate_as_it_would_be(unit, decision, to, before)


def proven_with(workspace: Workspace, ref: str, answers: Answers) -> Why:
    """What the present stage rests on and would still lack with these answers, as a gate; nothing is written."""
    with workspace.commit("prove", dry_run=True) as unit:
        _number, decision, read = _begin(unit, workspace, ref)
        before = decision.state
        decision.require_open()
        refuse_if_overtaken(decision, answers)
        apply(unit, read, decision, answers)
        gate = Gate(before.stage, before.stage, decision.judge.lapsed())
        report = gate_report(gate, decision.state, unit.pipeline)
        return Why(report, gate, decision.state, unit.pipeline, unit.names, Seen.of(before))


def gate_as_it_would_be(unit: Unit, decision: Decision, to: str | None, before: Opportunity) -> Why:
    """The gate of a decision that is not written; `before` is the opportunity as it is."""
    gate = decision.judge.gate(target_of(decision.state, unit.pipeline, to))
    report = gate_report(gate, decision.state, unit.pipeline)
    return Why(report, gate, decision.state, unit.pipeline, unit.names, Seen.of(before))


@contextmanager
def explaining(unit: Unit, decision: Decision) -> Iterator[None]:
    """Complete a refusal with what the met criteria rest on, what was supplied just now included."""
    try:
        yield
    except GateNotMet as error:
        if "to" in error.detail:
            gate = decision.judge.gate(error.detail["to"])
            texts = {e.seq: e.text for e in decision.events if e.text is not None}
            shown = evidence_lines(unit.driver, decision.state, gate, unit.pipeline, unit.names, texts)
            for item in error.detail["met"]:
                item["evidence"] = shown.get(item["criterion"], "")
        raise


def advance(
    workspace: Workspace,
    ref: str,
    answers: Answers,
    *,
    to: str | None = None,
    ask: bool = False,
    dry_run: bool = False,
) -> Outcome:
    """Answers and move in one transaction; `ask` keeps the answers and asks where only approvals are missing."""
    with workspace.commit("advance", dry_run=dry_run) as unit:
        number, decision, read = _begin(unit, workspace, ref)
        before = decision.state
        decision.require_open()
        refuse_if_overtaken(decision, answers)
        apply(unit, read, decision, answers)
        if ask and (asked := ask_approvals(decision, to)):
            decision.require_next_action()
            return outcome(unit, number, before, asked)
        with explaining(unit, decision):
            moves.advance(decision, to, happened_on(read, answers.on))
        decision.require_next_action()
        return outcome(unit, number, before)


def ask_approvals(decision: Decision, to: str | None) -> tuple[str, ...]:
    """Ask for what only others can give; nobody where something else is missing too, or nothing is."""
    gate = decision.judge.gate(target_of(decision.state, decision.pipeline, to))
    waiting = [v for v in gate.unmet if set(v.missing) <= {"approval", "waiting"}]
    if not waiting or len(waiting) < len(gate.unmet):
        return ()
    for verdict in waiting:
        proofs.ask_approval(decision, verdict)
    roles = [v.criterion.approval or "" for v in waiting]
    return tuple(dict.fromkeys(p for role in roles for p in decision.pipeline.roles.get(role, ())))


def _begin(unit: Unit, workspace: Workspace, ref: str) -> tuple[int, Decision, Any]:
    number = refs.find(unit.driver, ref, workspace)
    return number, unit.decision(number), reader(unit, workspace.settings)


def prove(
    workspace: Workspace, ref: str, criterion: str, proof: Proof, answers: Answers, *, dry_run: bool = False
) -> Outcome:
    """Record evidence for a criterion."""
    with workspace.commit("prove", dry_run=dry_run) as unit:
        number, decision, read = _begin(unit, workspace, ref)
        before = decision.state
        refuse_if_overtaken(decision, answers)
        proofs.prove(decision, criterion, proof, happened_on(read, answers.on))
        apply(unit, read, decision, answers)
        decision.require_next_action()
        return outcome(unit, number, before)


def answer(workspace: Workspace, ref: str, answers: Answers, *, dry_run: bool = False) -> Outcome:
    """Answer what a gate asks without moving."""
    with workspace.commit("prove", dry_run=dry_run) as unit:
        number, decision, read = _begin(unit, workspace, ref)
        before = decision.state
        decision.require_open()
        refuse_if_overtaken(decision, answers)
        apply(unit, read, decision, answers)
        decision.require_next_action()
        return outcome(unit, number, before)


def unprove(
    workspace: Workspace, ref: str, criterion: str, *, on: str | None = None, dry_run: bool = False
) -> Outcome:
    """Withdraw the evidence of a criterion."""
    with workspace.commit("unprove", dry_run=dry_run) as unit:
        number, decision, read = _begin(unit, workspace, ref)
        before = decision.state
        proofs.unprove(decision, criterion, happened_on(read, on))
        return outcome(unit, number, before)


def waive(
    workspace: Workspace,
    ref: str,
    criterion: str,
    reason: str,
    *,
    on: str | None = None,
    seen: Seen | None = None,
    dry_run: bool = False,
) -> Outcome:
    """Make a recorded exception, by a role the definition names."""
    with workspace.commit("waive", dry_run=dry_run) as unit:
        number, decision, read = _begin(unit, workspace, ref)
        before = decision.state
        refuse_if_moved(decision, seen)
        proofs.waive(decision, criterion, reason, happened_on(read, on))
        return outcome(unit, number, before)


def approve(
    workspace: Workspace,
    ref: str,
    criterion: str,
    *,
    refuse: bool = False,
    reason: str = "",
    on: str | None = None,
    seen: Seen | None = None,
    dry_run: bool = False,
) -> Outcome:
    """Give or refuse an approval, by a role the definition names; not where what it depends on is other than `seen`."""
    with workspace.commit("approve", dry_run=dry_run) as unit:
        number, decision, read = _begin(unit, workspace, ref)
        before = decision.state
        refuse_if_moved(decision, seen)
        refuse_if_rewritten(decision, watched(unit.pipeline.criterion(criterion)), seen)
        proofs.approve(decision, criterion, refuse=refuse, reason=reason, on=happened_on(read, on))
        return outcome(unit, number, before)


def back(
    workspace: Workspace,
    ref: str,
    reason: str,
    answers: Answers,
    *,
    to: str | None = None,
    dry_run: bool = False,
) -> Outcome:
    """Return to an earlier stage."""
    with workspace.commit("back", dry_run=dry_run) as unit:
        number, decision, read = _begin(unit, workspace, ref)
        before = decision.state
        refuse_if_overtaken(decision, answers)
        moves.back(decision, to, reason, happened_on(read, answers.on))
        apply(unit, read, decision, answers._replace(on=None))
        decision.require_next_action()
        return outcome(unit, number, before)


def win(workspace: Workspace, ref: str, reason: str, answers: Answers, *, dry_run: bool = False) -> Outcome:
    """Close as won, every remaining gate met, with the reason."""
    with workspace.commit("win", dry_run=dry_run) as unit:
        number, decision, read = _begin(unit, workspace, ref)
        before = decision.state
        decision.require_open()
        refuse_if_overtaken(decision, answers)
        apply(unit, read, decision, answers)
        with explaining(unit, decision):
            moves.win(decision, reason, happened_on(read, answers.on))
        return outcome(unit, number, before)


def lose(
    workspace: Workspace,
    ref: str,
    reason: str,
    note: str,
    *,
    on: str | None = None,
    seen: Seen | None = None,
    dry_run: bool = False,
) -> Outcome:
    """Close as lost, with a reason of the definition's list."""
    with workspace.commit("lose", dry_run=dry_run) as unit:
        number, decision, read = _begin(unit, workspace, ref)
        before = decision.state
        refuse_if_moved(decision, seen)
        moves.lose(decision, reason, note, happened_on(read, on))
        return outcome(unit, number, before)


def reopen(
    workspace: Workspace, ref: str, reason: str, answers: Answers, *, dry_run: bool = False
) -> Outcome:
    """Open a closed opportunity again, with its next action."""
    with workspace.commit("reopen", dry_run=dry_run) as unit:
        number, decision, read = _begin(unit, workspace, ref)
        before = decision.state
        refuse_if_moved(decision, answers.seen)
        moves.reopen(decision, reason, next_action(read, answers), happened_on(read, answers.on))
        return outcome(unit, number, before)
