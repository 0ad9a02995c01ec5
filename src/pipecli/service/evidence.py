"""What a met criterion rests on, in one line: the quote or words, how and when we know, who said so."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from typing import Any

from pipecli.domain.facts import Names, field_facts
from pipecli.domain.gate import Gate
from pipecli.domain.money import major
from pipecli.domain.opportunity import Opportunity
from pipecli.domain.pipeline import Pipeline
from pipecli.domain.wording import action_words, is_link, kind_name
from pipecli.store import journal
from pipecli.store.driver import Driver
from pipecli.text import _


def evidence_lines(
    driver: Driver,
    state: Opportunity,
    gate: Gate,
    pipeline: Pipeline,
    names: Names,
    unwritten: Mapping[int, str],
) -> dict[str, str]:
    """For each met criterion one line of what it rests on: the quote or words, how and when we know, who said so.

    `unwritten` has the texts of events that are not in the journal yet, or were read already.
    """
    seqs: set[int] = set()
    for verdict in gate.met:
        seqs |= _seqs(verdict.basis)
    by_seq = {e.seq: e for e in state.evidence}
    seqs |= {e.exchange for s in seqs if (e := by_seq.get(s)) and e.exchange}
    bodies = {**journal.texts(driver, sorted(seqs - unwritten.keys())), **unwritten}
    return {v.criterion.key: basis_line(v.basis, state, pipeline, bodies, names) for v in gate.met}


def _seqs(basis: Mapping[str, Any]) -> set[int]:
    found = {v for k, v in basis.items() if k in ("evidence", "waiver", "approval") and isinstance(v, int)}
    return found | set(basis.get("exchanges", ()))


def basis_line(
    basis: Mapping[str, Any],
    state: Opportunity,
    pipeline: Pipeline,
    bodies: Mapping[int, str],
    names: Names,
) -> str:
    """What a criterion rests on, in one line."""
    return ", ".join(_basis_parts(basis, state, pipeline, bodies, names))


def _basis_parts(
    basis: Mapping[str, Any],
    state: Opportunity,
    pipeline: Pipeline,
    bodies: Mapping[int, str],
    names: Names,
) -> Iterable[str]:
    if "waiver" in basis:
        waiver = next((w for w in state.waivers if w.seq == basis["waiver"]), None)
        reason = bodies.get(basis["waiver"], _("erased"))
        yield _("waived by {who}: {reason}").format(who=waiver.actor if waiver else "?", reason=reason)
        return
    if "field" in basis:
        yield field_shown(basis["field"], state, pipeline, names)
    proof = next((e for e in state.evidence if e.seq == basis.get("evidence")), None)
    if proof:
        source = next((x for x in state.exchanges if x.seq == proof.exchange), None)
        yield evidence_words(bodies.get(proof.seq), bodies.get(proof.exchange or 0))
        yield (
            f"{kind_name(source.kind)} {source.on.isoformat()}"
            if source
            else f"{proof.form} {proof.on.isoformat()}"
        )
        yield proof.actor
        if proof.proposed_by:
            yield _("proposed by {source}").format(source=proof.proposed_by)
    for seq in basis.get("exchanges", ()):
        exchange = next((x for x in state.exchanges if x.seq == seq), None)
        if exchange:
            yield f"{kind_name(exchange.kind)} {exchange.on.isoformat()}"
    approval = next((a for a in state.approvals.values() if a.seq == basis.get("approval")), None)
    if approval:
        yield _("approved by {who} {day}").format(who=approval.actor, day=approval.on.isoformat())
    if "next_action" in basis and state.next_action:
        yield f"{action_words(state.next_action.text)} {state.next_action.due.isoformat()}"
    if "amount" in basis:
        yield _("amount confirmed")
    if "comparison" in basis:
        yield _("holds")


def field_shown(key: str, state: Opportunity, pipeline: Pipeline, names: Names) -> str:
    """The value of a field criterion, in words."""
    if key in ("account", "contact", "decision_maker"):
        return names.get(getattr(state, key)) or _("erased")
    if key == "amount":
        return f"{major(state.amount or 0, state.currency)} {state.currency}"
    if key not in pipeline.fields:
        value = getattr(state, key, None)
    else:
        value = field_facts(state.fields, pipeline).get(key)
        if isinstance(value, bool):
            return _("yes") if value else _("no")
        if pipeline.fields[key].type == "money":
            return f"{value} {pipeline.currency}"
    return ", ".join(value) if isinstance(value, tuple) else str(value)


def evidence_words(body: str | None, exchange: str | None) -> str:
    """What evidence says, between quotes where it is words: its quote, text, link or path, else the exchange's text."""
    if body is None:
        return f'"{_first_line(exchange)}"' if exchange else _("erased")
    parts = json.loads(body)
    words = parts.get("quote") or parts.get("text")
    link = parts.get("link") or parts.get("path")
    if words and not link and is_link(words):
        words, link = None, words
    if words and link:
        return f'"{_first_line(words)}" {link}'
    if link:
        return str(link)
    return f'"{_first_line(words)}"' if words else f'"{_first_line(exchange or "")}"'


def _first_line(text: str) -> str:
    line = " ".join(text.split())
    return line if len(line) <= 120 else line[:119] + "…"
