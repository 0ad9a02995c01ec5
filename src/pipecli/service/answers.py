"""What comes along with a command: fields, proofs, an amount, a next action; read, then decided, in one place."""

from __future__ import annotations

import hashlib
import stat
from datetime import date
from pathlib import Path
from typing import Any, NamedTuple

from pipecli.config import Settings
from pipecli.domain import asking, decide, proofs
from pipecli.domain.asking import Question
from pipecli.domain.dates import order_of
from pipecli.domain.decide import Decision
from pipecli.domain.pipeline import Pipeline
from pipecli.domain.proofs import Proof
from pipecli.domain.seen import Seen, refuse_if_moved, refuse_if_replanned, refuse_if_rewritten
from pipecli.domain.values import Reader, contact_parts, split_assignment
from pipecli.errors import InvalidInput, Required
from pipecli.store import directory
from pipecli.text import _

from .unit import Unit

LARGEST_FILE = 2**30


class Answers(NamedTuple):
    """As typed: `sets` are KEY=VALUE, `proofs` CRITERION=TEXT (or CRITERION alone, where a text was logged).

    `evidence` are proofs of a form that one text cannot say; `said` are exchanges to log first: kind, text, and
    the criterion they prove or ""; `seen` is what they answer, where they are answers to questions.
    """

    sets: tuple[str, ...] = ()
    proofs: tuple[str, ...] = ()
    amount: str | None = None
    owner: str | None = None
    next: str | None = None
    due: str | None = None
    on: str | None = None
    evidence: tuple[tuple[str, Proof], ...] = ()
    said: tuple[tuple[str, str, str], ...] = ()
    seen: Seen | None = None


SAID = 0
"""Stands in a proof for the exchange that is logged by the same command."""


class Given(NamedTuple):
    """What a person answered to one question: words, and where they rest on an exchange, which and in which words."""

    words: str = ""
    exchange: int | None = None
    quote: str = ""
    due: str = ""


def answered(question: Question, given: Given, answers: Answers) -> Answers:
    """The answers with that to one question added; raises InvalidInput for a file that cannot be read."""
    key, words = question.criterion, given.words.strip()
    if question.answer == asking.FILE:
        path, digest = file_proof(words)
        return answers._replace(evidence=(*answers.evidence, (key, Proof(path=path, sha256=digest))))
    if question.answer == asking.TALK:
        return answers._replace(said=(*answers.said, (question.exchange, words, "")))
    if question.answer == asking.NEXT:
        return answers._replace(next=words, due=given.due)
    if question.answer in (asking.NOTE, asking.LINK, asking.EXCHANGE):
        return _proven(question, given, answers)
    if question.field == "amount":
        return answers._replace(amount=words)
    return answers._replace(sets=(*answers.sets, f"{question.field}={words}"))


def _proven(question: Question, given: Given, answers: Answers) -> Answers:
    key, words = question.criterion, given.words.strip()
    if given.exchange is not None or given.quote.strip():
        proof = Proof(text=words, exchange=given.exchange, quote=given.quote.strip())
        return answers._replace(evidence=(*answers.evidence, (key, proof)))
    if question.answer == asking.EXCHANGE:
        return answers._replace(said=(*answers.said, ("note", words, key)))
    return answers._replace(proofs=(*answers.proofs, f"{key}={words}"))


def reader(unit: Unit, settings: Settings) -> Reader:
    """How text is read in this workspace by this user."""
    return Reader(
        unit.pipeline, unit.today, settings.get("decimal").value, order_of(settings.get("date_order").value)
    )


class Reading(NamedTuple):
    """How a day or an amount is read that is being typed, as it will be when it is written.

    `today` is the real day, `past` says that the day is one on which something happened, `currency` that of the
    opportunity's amount, if it has one.
    """

    pipeline: Pipeline
    today: date
    settings: Settings
    past: bool = False
    currency: str | None = None


def read_back(reading: Reading, answer: str, text: str) -> date | tuple[int, str] | None:
    """What a day or an amount means, to show it back; None for other answers and for no text.

    Raises InvalidInput where it cannot be read (yet).
    """
    settings = reading.settings
    order = order_of(settings.get("date_order").value)
    read = Reader(reading.pipeline, reading.today, settings.get("decimal").value, order)
    if not text.strip():
        return None
    if answer == asking.DAY:
        return read.day(text, past=reading.past)
    return read.amount(text, reading.currency) if answer == asking.AMOUNT else None


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
    if answers.owner is not None:
        directory.expect_owners(unit.driver)
    if found.get("account"):
        directory.expect_account(unit.driver, found["account"])
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


def refuse_if_overtaken(decision: Decision, answers: Answers, *, moves: bool = True) -> None:
    """Raise Conflict where a colleague planned another next action than the answers replace, or, where the command
    `moves` it or is about its stage, moved it.
    """
    if moves:
        refuse_if_moved(decision, answers.seen)
    if answers.next is not None:
        refuse_if_replanned(decision, answers.seen)


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
    on = happened_on(read, answers.on)
    given = values(unit, read, answers, decision)
    refuse_if_rewritten(decision, given, answers.seen)
    decide.set_values(decision, given, on)
    for kind, text, key in answers.said:
        exchange = decide.log_exchange(decision, kind, text, on)
        if key:
            proofs.prove(decision, key, Proof(exchange=exchange.seq), on)
    for key, proof in answers.evidence:
        rests = proof._replace(exchange=said) if proof.exchange == SAID else proof
        proofs.prove(decision, key, rests, on)
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


def file_proof(path: str) -> tuple[str, str]:
    """A file's absolute path and SHA-256; the file itself is never kept. Raises InvalidInput if it cannot be read."""
    digest = hashlib.sha256()
    try:
        found = Path(path).expanduser().stat()
        endless = not stat.S_ISREG(found.st_mode) and not stat.S_ISDIR(found.st_mode)
        if endless or found.st_size > LARGEST_FILE:
            raise OSError(_("not a file of at most 1 GB"))
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
