"""Decisions on proof: evidence recorded and withdrawn, criteria waived, approvals asked, given and refused."""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import date
from typing import Any, NamedTuple

from pipecli.errors import Conflict, InvalidInput
from pipecli.text import _

from . import events as ev
from .decide import LONGEST_TEXT, Decision, checked_text, reason_given
from .events import Event
from .gate import Verdict
from .money import shown
from .pipeline import Criterion
from .wording import is_link


class Proof(NamedTuple):
    """Evidence as a person gives it: words, a link, a file's path with its SHA-256, an exchange's id, a quote.

    `proposed_by` is whose proposal it was, where a person accepted one.
    """

    text: str = ""
    link: str = ""
    path: str = ""
    sha256: str = ""
    exchange: int | None = None
    quote: str = ""
    proposed_by: str = ""


def prove(decision: Decision, key: str, proof: Proof, on: date | None = None) -> Event:
    """Record evidence for a criterion.

    Raises InvalidInput where the criterion is met in another way than by evidence, where the evidence is not of
    the form it asks for, or where the exchange it cites is not one of this opportunity.
    """
    decision.require_open()
    criterion = decision.pipeline.criterion(key)
    if criterion.evidence is None:
        raise InvalidInput(_instead(criterion, decision.state.number), criterion=criterion.key)
    if proof.exchange is not None and proof.exchange not in {x.seq for x in decision.state.exchanges}:
        raise InvalidInput(
            _("{ref} has no exchange {exchange}; pipe show {ref} lists them").format(
                ref=decision.state.number, exchange=proof.exchange
            )
        )
    form = _form(proof, criterion)
    body = {
        k: v
        for k, v in (("text", proof.text), ("quote", proof.quote), ("link", proof.link), ("path", proof.path))
        if v
    }
    for words in body.values():
        checked_text(words, _("evidence"), LONGEST_TEXT)
    payload: dict[str, Any] = {"criterion": criterion.key, "form": form}
    if proof.exchange is not None:
        payload["exchange"] = proof.exchange
    if proof.sha256:
        payload["sha256"] = proof.sha256
    if proof.proposed_by:
        payload["proposed_by"] = proof.proposed_by
    text = json.dumps(body, ensure_ascii=False, sort_keys=True) if body else None
    return decision.record(ev.EVIDENCE_RECORDED, payload, on, text)


def _form(proof: Proof, criterion: Criterion) -> str:
    if proof.link and not is_link(proof.link):
        raise InvalidInput(
            _('"{link}" is not a link; write it whole, such as https://…').format(link=shown(proof.link)),
            criterion=criterion.key,
        )
    if proof.exchange is not None:
        form = "exchange"
    elif proof.path:
        form = "file"
    elif proof.link or is_link(proof.text):
        form = "link"
    elif proof.text.strip() or proof.quote.strip():
        form = "note"
    else:
        raise InvalidInput(
            _("evidence for {criterion} cannot be empty: say how we know").format(criterion=criterion.key),
            criterion=criterion.key,
        )
    if criterion.evidence in ("note", form):
        return form
    wanted = {
        "link": _("{criterion} needs a link: --link URL"),
        "file": _("{criterion} needs a file: --file PATH"),
        "exchange": _(
            "{criterion} needs an exchange: --exchange ID, or log and prove at once with pipe done"
        ),
    }[criterion.evidence or "link"]
    raise InvalidInput(wanted.format(criterion=criterion.key), criterion=criterion.key)


def _instead(criterion: Criterion, ref: int) -> str:
    ways = {
        "approval": _("{key} is an approval: pipe approve {ref} {key}"),
        "amount": _("{key} is about the amount: pipe advance {ref} --amount N"),
        "exchange": _("{key} needs an exchange: pipe log {ref} {exchange} TEXT"),
        "next_action": _("{key} needs a dated next action: pipe next {ref} TEXT -d DUE"),
        "field": _("{key} is about a field: pipe edit {ref} --set {field}=VALUE"),
        "comparison": _("{key} holds by itself when the opportunity's fields say so: pipe why {ref}"),
    }
    kind = criterion.exchange if criterion.exchange != "any" else "call"
    return ways[criterion.kind].format(key=criterion.key, ref=ref, exchange=kind, field=criterion.field)


def unprove(decision: Decision, key: str, on: date | None = None) -> Event:
    """Withdraw all evidence of a criterion; raises Conflict where there is none."""
    criterion = decision.pipeline.criterion(key)
    if decision.state.proof(criterion.key) is None:
        raise Conflict(
            _("{criterion} has no evidence to withdraw").format(criterion=criterion.key),
            criterion=criterion.key,
        )
    return decision.record(ev.EVIDENCE_WITHDRAWN, {"criterion": criterion.key}, on)


def waive(decision: Decision, key: str, reason: str, on: date | None = None) -> Event:
    """Make an exception for this passage; raises Conflict unless the actor holds a role that may waive it."""
    decision.require_open()
    criterion = decision.pipeline.criterion(key)
    words = reason_given(reason, _("a waiver"))
    if not criterion.waivable_by:
        raise Conflict(
            _("{criterion} cannot be waived: the definition names no role for it").format(
                criterion=criterion.key
            ),
            criterion=criterion.key,
        )
    if not any(decision.pipeline.holds(decision.actor, role) for role in criterion.waivable_by):
        raise Conflict(
            _("{criterion} can be waived by {roles}, not by {actor}").format(
                criterion=criterion.key, roles=people(decision, criterion.waivable_by), actor=decision.actor
            ),
            criterion=criterion.key,
        )
    payload = {"criterion": criterion.key, "visit": decision.state.visit.n}
    return decision.record(ev.CRITERION_WAIVED, payload, on, words)


def ask_approval(decision: Decision, verdict: Verdict) -> None:
    """Ask those who hold the role, unless they were asked already."""
    if "approval" in verdict.missing:
        payload = {"criterion": verdict.criterion.key, "role": verdict.criterion.approval}
        decision.record(ev.APPROVAL_REQUESTED, payload)


def approve(
    decision: Decision, key: str, *, refuse: bool = False, reason: str = "", on: date | None = None
) -> Event:
    """Give or refuse an approval; raises Conflict unless the actor holds its role, Required for a bare refusal."""
    decision.require_open()
    criterion = decision.pipeline.criterion(key)
    if criterion.approval is None:
        raise InvalidInput(
            _("{criterion} is not an approval; prove it: pipe prove {ref} {criterion} TEXT").format(
                criterion=criterion.key, ref=decision.state.number
            ),
            criterion=criterion.key,
        )
    if not decision.pipeline.holds(decision.actor, criterion.approval):
        raise Conflict(
            _("{criterion} is approved by {roles}, not by {actor}").format(
                criterion=criterion.key, roles=people(decision, (criterion.approval,)), actor=decision.actor
            ),
            criterion=criterion.key,
        )
    payload = {"criterion": criterion.key, "role": criterion.approval}
    if refuse:
        return decision.record(ev.APPROVAL_REFUSED, payload, on, reason_given(reason, _("a refusal")))
    return decision.record(ev.APPROVAL_GIVEN, payload, on, reason.strip() or None)


def people(decision: Decision, roles: tuple[str, ...]) -> str:
    """Roles with those who hold them: `engineering (marc, ines)`."""
    holders: Mapping[str, tuple[str, ...]] = decision.pipeline.roles
    return ", ".join(f"{role} ({', '.join(holders.get(role, ())) or _('nobody')})" for role in roles)
