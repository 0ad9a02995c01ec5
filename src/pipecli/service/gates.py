"""Use cases of the gate: why, advance, prove, waive, approve, back, win, lose, reopen."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from typing import Any, NamedTuple

from pipecli.domain import moves, proofs
from pipecli.domain.decide import Decision
from pipecli.domain.events import opportunity_stream
from pipecli.domain.evolve import fold
from pipecli.domain.facts import Names
from pipecli.domain.gate import Gate, Judge
from pipecli.domain.guidance import gate_report
from pipecli.domain.opportunity import Opportunity
from pipecli.domain.pipeline import WON, Pipeline
from pipecli.domain.proofs import LINK_STARTS, Proof
from pipecli.errors import GateNotMet, NotFound
from pipecli.store import directory, journal
from pipecli.store.driver import Driver
from pipecli.text import _

from . import refs
from .answers import Answers, apply, happened_on, next_action, reader
from .outcome import Outcome, outcome
from .unit import Unit
from .workspace import Reading, Workspace


class Why(NamedTuple):
    """The gate of an opportunity: its report, the gate itself, and what it was judged on."""

    report: dict[str, Any]
    gate: Gate
    state: Opportunity
    pipeline: Pipeline
    names: Names


def why(workspace: Workspace, ref: str, to: str | None = None) -> Why:
    """What the gate to the next stage (or a later one) still needs; moves nothing."""
    with workspace.read() as reading:
        number = refs.find(reading.driver, ref, workspace.settings)
        return why_of(reading, load(reading, number), to)


def question(workspace: Workspace, key: str) -> str:
    """What a criterion asks, in the stage's words."""
    with workspace.read() as reading:
        return reading.pipeline.criterion(key).ask


def tried(workspace: Workspace, ref: str, answers: Answers, to: str | None) -> Why:
    """The gate as it would be with these answers; nothing is written."""
    with workspace.commit("advance", dry_run=True) as unit:
        _number, decision, read = _begin(unit, workspace, ref)
        decision.require_open()
        apply(unit, read, decision, answers)
        target = moves.target_of(decision, to)
        gate = decision.judge.gate(target)
        report = gate_report(gate, decision.state, unit.pipeline)
        return Why(report, gate, decision.state, unit.pipeline, unit.names)


def load(reading: Reading, number: int) -> Opportunity:
    """An opportunity's state; raises NotFound."""
    state = fold(journal.load_stream(reading.driver, opportunity_stream(number)))
    if state is None:
        raise NotFound(_("there is no opportunity {ref}").format(ref=number), ref=str(number))
    return state


def why_of(reading: Reading, state: Opportunity, to: str | None = None) -> Why:
    """The gate of a state, with what is shown as evidence for what is met."""
    names = directory.names(reading.driver, (state.account, state.contact, state.decision_maker))
    decision = Decision(
        state, pipeline=reading.pipeline, today=reading.today, actor="", names=names, number_events=lambda: 0
    )
    decision.require_open()
    target = moves.target_of(decision, to)
    gate = Judge(state, reading.pipeline, reading.today, names).gate(target)
    shown = evidence_lines(reading.driver, state, gate, names, {})
    report = gate_report(gate, state, reading.pipeline, win_reason=target == WON, evidence=shown)
    return Why(report, gate, state, reading.pipeline, names)


def evidence_lines(
    driver: Driver, state: Opportunity, gate: Gate, names: Names, unwritten: Mapping[int, str]
) -> dict[str, str]:
    """For each met criterion one line of what it rests on: the quote or words, how and when we know, who said so.

    `unwritten` has the texts of events that are not in the journal yet.
    """
    seqs: set[int] = set()
    for verdict in gate.met:
        seqs |= _seqs(verdict.basis)
    by_seq = {e.seq: e for e in state.evidence}
    seqs |= {e.exchange for s in seqs if (e := by_seq.get(s)) and e.exchange}
    bodies = {**journal.texts(driver, sorted(seqs)), **unwritten}
    return {v.criterion.key: basis_line(v.basis, state, bodies, names) for v in gate.met}


def _seqs(basis: Mapping[str, Any]) -> set[int]:
    found = {v for k, v in basis.items() if k in ("evidence", "waiver", "approval") and isinstance(v, int)}
    return found | set(basis.get("exchanges", ()))


def basis_line(basis: Mapping[str, Any], state: Opportunity, bodies: Mapping[int, str], names: Names) -> str:
    """What a criterion rests on, in one line."""
    return ", ".join(_basis_parts(basis, state, bodies, names))


def _basis_parts(
    basis: Mapping[str, Any], state: Opportunity, bodies: Mapping[int, str], names: Names
) -> Iterable[str]:
    if "waiver" in basis:
        waiver = next((w for w in state.waivers if w.seq == basis["waiver"]), None)
        reason = bodies.get(basis["waiver"], _("erased"))
        yield _("waived by {who}: {reason}").format(who=waiver.actor if waiver else "?", reason=reason)
        return
    if "field" in basis:
        yield field_shown(basis["field"], state, names)
    proof = next((e for e in state.evidence if e.seq == basis.get("evidence")), None)
    if proof:
        source = next((x for x in state.exchanges if x.seq == proof.exchange), None)
        yield evidence_words(bodies.get(proof.seq), bodies.get(proof.exchange or 0))
        yield f"{source.kind if source else proof.form} {proof.on.isoformat()}"
        yield proof.actor
    for seq in basis.get("exchanges", ()):
        exchange = next((x for x in state.exchanges if x.seq == seq), None)
        if exchange:
            yield f"{exchange.kind} {exchange.on.isoformat()}"
    approval = next((a for a in state.approvals.values() if a.seq == basis.get("approval")), None)
    if approval:
        yield _("approved by {who} {day}").format(who=approval.actor, day=approval.on.isoformat())
    if "next_action" in basis and state.next_action:
        yield f"{state.next_action.text} {state.next_action.due.isoformat()}"
    if "amount" in basis:
        yield _("amount confirmed")
    if "comparison" in basis:
        yield _("holds")


def field_shown(key: str, state: Opportunity, names: Names) -> str:
    """The value of a field criterion, in words."""
    if key in ("account", "contact", "decision_maker"):
        return names.get(getattr(state, key)) or _("erased")
    if key == "amount":
        from pipecli.domain.money import major

        return f"{major(state.amount or 0, state.currency)} {state.currency}"
    value = (
        getattr(state, key, None)
        if key in ("name", "owner", "close_date", "source", "tags")
        else state.fields.get(key)
    )
    return ", ".join(value) if isinstance(value, tuple) else str(value)


def evidence_words(body: str | None, exchange: str | None) -> str:
    """What evidence says, between quotes where it is words: its quote, text, link or path, else the exchange's text."""
    if body is None:
        return f'"{_first_line(exchange)}"' if exchange else _("erased")
    parts = json.loads(body)
    words = parts.get("quote") or parts.get("text")
    link = parts.get("link") or parts.get("path")
    if words and not link and words.startswith(LINK_STARTS):
        words, link = None, words
    if words and link:
        return f'"{_first_line(words)}" {link}'
    if link:
        return str(link)
    return f'"{_first_line(words)}"' if words else f'"{_first_line(exchange or "")}"'


def _first_line(text: str) -> str:
    line = " ".join(text.split())
    return line if len(line) <= 120 else line[:119] + "…"


@contextmanager
def _explaining(unit: Unit, decision: Decision) -> Iterator[None]:
    """Complete a refusal with what the met criteria rest on, what was supplied just now included."""
    try:
        yield
    except GateNotMet as error:
        if "to" in error.detail:
            gate = decision.judge.gate(error.detail["to"])
            texts = {e.seq: e.text for e in decision.events if e.text is not None}
            shown = evidence_lines(unit.driver, decision.state, gate, unit.names, texts)
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
        apply(unit, read, decision, answers)
        if ask and (asked := _ask_approvals(decision, to)):
            decision.require_next_action()
            return outcome(unit, number, before, asked)
        with _explaining(unit, decision):
            moves.advance(decision, to, happened_on(read, answers.on))
        decision.require_next_action()
        return outcome(unit, number, before)


def _ask_approvals(decision: Decision, to: str | None) -> tuple[str, ...]:
    """Ask for what only others can give; nobody where something else is missing too, or nothing is."""
    gate = decision.judge.gate(moves.target_of(decision, to))
    waiting = [v for v in gate.unmet if set(v.missing) <= {"approval", "waiting"}]
    if not waiting or len(waiting) < len(gate.unmet):
        return ()
    for verdict in waiting:
        proofs.ask_approval(decision, verdict)
    roles = [v.criterion.approval or "" for v in waiting]
    return tuple(dict.fromkeys(p for role in roles for p in decision.pipeline.roles.get(role, ())))


def _begin(unit: Unit, workspace: Workspace, ref: str) -> tuple[int, Decision, Any]:
    number = refs.find(unit.driver, ref, workspace.settings)
    return number, unit.decision(number), reader(unit, workspace.settings)


def prove(
    workspace: Workspace, ref: str, criterion: str, proof: Proof, answers: Answers, *, dry_run: bool = False
) -> Outcome:
    """Record evidence for a criterion."""
    with workspace.commit("prove", dry_run=dry_run) as unit:
        number, decision, read = _begin(unit, workspace, ref)
        before = decision.state
        proofs.prove(decision, criterion, proof, happened_on(read, answers.on))
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


def waive(workspace: Workspace, ref: str, criterion: str, reason: str, *, dry_run: bool = False) -> Outcome:
    """Make a recorded exception, by a role the definition names."""
    with workspace.commit("waive", dry_run=dry_run) as unit:
        number, decision, _read = _begin(unit, workspace, ref)
        before = decision.state
        proofs.waive(decision, criterion, reason)
        return outcome(unit, number, before)


def approve(
    workspace: Workspace,
    ref: str,
    criterion: str,
    *,
    refuse: bool = False,
    reason: str = "",
    dry_run: bool = False,
) -> Outcome:
    """Give or refuse an approval, by a role the definition names."""
    with workspace.commit("approve", dry_run=dry_run) as unit:
        number, decision, _read = _begin(unit, workspace, ref)
        before = decision.state
        proofs.approve(decision, criterion, refuse=refuse, reason=reason)
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
        apply(unit, read, decision, answers)
        with _explaining(unit, decision):
            moves.win(decision, reason, happened_on(read, answers.on))
        return outcome(unit, number, before)


def lose(
    workspace: Workspace, ref: str, reason: str, note: str, *, on: str | None = None, dry_run: bool = False
) -> Outcome:
    """Close as lost, with a reason of the definition's list."""
    with workspace.commit("lose", dry_run=dry_run) as unit:
        number, decision, read = _begin(unit, workspace, ref)
        before = decision.state
        moves.lose(decision, reason, note, happened_on(read, on))
        return outcome(unit, number, before)


def reopen(
    workspace: Workspace, ref: str, reason: str, answers: Answers, *, dry_run: bool = False
) -> Outcome:
    """Open a closed opportunity again, with its next action."""
    with workspace.commit("reopen", dry_run=dry_run) as unit:
        number, decision, read = _begin(unit, workspace, ref)
        before = decision.state
        moves.reopen(decision, reason, next_action(read, answers), happened_on(read, answers.on))
        return outcome(unit, number, before)
