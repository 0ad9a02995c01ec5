"""What comes along with a command: fields, proofs, an amount, a next action; read, then decided, in one place."""

from __future__ import annotations

import hashlib
from datetime import date
from pathlib import Path
from typing import Any, NamedTuple

from pipecli.config import Settings
from pipecli.domain import decide, proofs
from pipecli.domain.decide import Decision
from pipecli.domain.proofs import Proof
from pipecli.domain.values import Reader, contact_parts, split_assignment
from pipecli.errors import Conflict, InvalidInput, Required
from pipecli.text import _

from .unit import Unit

LARGEST_FILE = 2**30


class Answers(NamedTuple):
    """As typed: `sets` are KEY=VALUE, `proofs` CRITERION=TEXT (or CRITERION alone, where a text was logged).

    `files` are CRITERION=PATH; `said` are exchanges to log first: kind, text, and the criterion they prove or "";
    `seen` is the stage whose questions they answer, where they are answers to questions.
    """

    sets: tuple[str, ...] = ()
    proofs: tuple[str, ...] = ()
    amount: str | None = None
    owner: str | None = None
    next: str | None = None
    due: str | None = None
    on: str | None = None
    files: tuple[str, ...] = ()
    said: tuple[tuple[str, str, str], ...] = ()
    seen: str | None = None


def reader(unit: Unit, settings: Settings) -> Reader:
    """How text is read in this workspace by this user."""
    return Reader(unit.pipeline, unit.today, settings.get("decimal").value, settings.get("date_order").value)


def happened_on(read: Reader, text: str | None) -> date | None:
    """The day that `--on` names; None for today."""
    return read.day(text, past=True) if text else None


def values(unit: Unit, read: Reader, answers: Answers, decision: Decision | None) -> dict[str, Any]:
    """The settable fields that the answers give, typed; accounts and people as ids."""
    state = decision.state if decision else None
    currency = state.currency if state and state.amount is not None else None
    found: dict[str, Any] = {}
    for text in answers.sets:
        key, value = read.field(*split_assignment(text), currency=currency)
        found[key] = value
    if answers.amount is not None:
        found["amount"] = read.amount(answers.amount, currency)
    if answers.owner is not None:
        found["owner"] = answers.owner
    if found.get("owner"):
        found["owner"] = decide.checked_text(found["owner"], _("an owner"), decide.LONGEST_NAME)
        if found["owner"] != unit.actor:
            unit.note_owner(found["owner"])
    elif "owner" in found:
        raise InvalidInput(_("an opportunity always has an owner: --owner NAME"))
    if found.get("account"):
        found["account"] = unit.account(found["account"])
    account = found.get("account", state.account if state else None)
    for key in ("contact", "decision_maker"):
        if found.get(key):
            found[key] = unit.contact(*contact_parts(found[key]), account)
    return found


def next_action(read: Reader, answers: Answers) -> tuple[str, date] | None:
    """The next action given, as text and day; raises Required where only one half is."""
    if answers.next is None and answers.due is None:
        return None
    if not (answers.next or "").strip():
        raise Required(_('a next action needs words: -n "what"'), missing=["next_action"])
    if not (answers.due or "").strip():
        raise Required(_("a next action needs a day: -d DATE, such as fri or +3d"), missing=["next_due"])
    return answers.next or "", read.day(answers.due or "")


def apply(unit: Unit, read: Reader, decision: Decision, answers: Answers, said: int | None = None) -> None:
    """Decide everything the answers say; `said` is the exchange that a proof without words of its own rests on."""
    _refuse_if_moved(decision, answers)
    on = happened_on(read, answers.on)
    decide.set_values(decision, values(unit, read, answers, decision), on)
    for kind, text, key in answers.said:
        exchange = decide.log_exchange(decision, kind, text, on)
        if key:
            proofs.prove(decision, key, Proof(exchange=exchange.seq), on)
    for text in answers.files:
        key, _sign, path = text.partition("=")
        absolute, digest = file_proof(path)
        proofs.prove(decision, key, Proof(path=absolute, sha256=digest), on)
    for text in answers.proofs:
        key, _sign, words = text.partition("=")
        if not words.strip() and said is None:
            raise InvalidInput(
                _('the proof of {criterion} needs words: --prove {criterion}="how we know"').format(
                    criterion=key
                ),
                criterion=key,
            )
        proof = Proof(text=words.strip()) if words.strip() else Proof(exchange=said)
        proofs.prove(decision, key.strip(), proof, on)
    action = next_action(read, answers)
    if action:
        decide.set_next_action(decision, *action)


def _refuse_if_moved(decision: Decision, answers: Answers) -> None:
    """Answers to one gate's questions are not given to another's, which a colleague's move would make of them."""
    if answers.seen is not None and decision.state.stage != answers.seen:
        raise Conflict(
            _(
                "{ref} {name} was moved to {stage} meanwhile; nothing was changed, look again: pipe why {ref}"
            ).format(
                ref=decision.state.number,
                name=decision.state.name,
                stage=decision.pipeline.stage(decision.state.stage).name,
            ),
            ref=decision.state.number,
            stage=decision.state.stage,
        )


def file_proof(path: str) -> tuple[str, str]:
    """A file's absolute path and SHA-256; the file itself is never kept. Raises InvalidInput if it cannot be read."""
    digest = hashlib.sha256()
    try:
        with Path(path).expanduser().open("rb") as stream:
            while block := stream.read(1 << 20):
                digest.update(block)
    except (OSError, ValueError) as error:
        raise InvalidInput(
            _("{path} cannot be read as evidence: {error}").format(
                path=path, error=getattr(error, "strerror", None) or error
            )
        ) from error
    return str(Path(path).expanduser().absolute()), digest.hexdigest()
