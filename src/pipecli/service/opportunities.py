"""Everyday use cases: add, edit, next, snooze, done, log, handover."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from pipecli.domain import decide, moves
from pipecli.domain.decide import Decision
from pipecli.domain.fold import fold
from pipecli.domain.money import shown
from pipecli.domain.opportunity import Opportunity
from pipecli.domain.seen import Seen, refuse_if_replanned, refuse_if_rewritten
from pipecli.domain.wording import exchange_kind
from pipecli.errors import InvalidInput, NotFound, Required
from pipecli.store import directory, lists
from pipecli.store.lists import Filter
from pipecli.text import _

from . import refs
from .answers import Answers, apply, happened_on, next_action, reader, refuse_if_overtaken, values
from .gates import ask_approvals, explaining, gate_as_it_would_be
from .outcome import Outcome, outcome
from .unit import Unit
from .why import Why
from .workspace import Workspace


def add(workspace: Workspace, name: str, answers: Answers, *, dry_run: bool = False) -> Outcome:
    """Open an opportunity in the first stage, with its dated next action."""
    with workspace.commit("add", dry_run=dry_run) as unit:
        read = reader(unit, workspace.settings)
        action = next_action(read, answers)
        if action is None and name.strip():
            raise Required(
                _('{name} needs a dated next action: add -n "what" -d DATE').format(name=shown(name)),
                missing=["next_action", "next_due"],
            )
        found = values(unit, read, answers, None)
        owner = found.pop("owner", None) or unit.actor
        number, decision = unit.opening()
        decide.open_opportunity(
            decision,
            number=number,
            name=found.pop("name", None) or name,
            owner=owner,
            on=happened_on(read, answers.on) or unit.today,
            amount=found.pop("amount", None),
            close_date=found.pop("close_date", None),
            values=found,
            next_action=action,
        )
        return outcome(unit, number, None)


class Near(NamedTuple):
    """A known account and owner that the given ones are nearly, where they are not known themselves."""

    account: str | None
    owner: str | None


def nearly_known(workspace: Workspace, account: str | None, owner: str | None) -> Near:
    """What a person may have meant by an account or owner that is not known."""
    with workspace.read() as reading:
        near_account = near_owner = None
        if account and directory.find_account(reading.driver, account) is None:
            near_account = next(iter(directory.near_accounts(reading.driver, account)), None)
        if owner:
            known = directory.known_owners(reading.driver)
            near = [o for o in known if directory.one_letter_apart(fold(o), fold(owner))]
            near_owner = near[0] if near and owner not in known else None
        return Near(near_account, near_owner)


def edit(
    workspace: Workspace,
    ref: str,
    answers: Answers,
    *,
    probability: int | None = None,
    reason: str = "",
    dry_run: bool = False,
) -> Outcome:
    """Change fields, owner, amount or probability."""
    with workspace.commit("edit", dry_run=dry_run) as unit:
        read = reader(unit, workspace.settings)
        number = refs.find(unit.driver, ref, workspace)
        decision = unit.decision(number)
        before = decision.state
        refuse_if_overtaken(decision, answers, moves=probability is not None)
        if probability is not None:
            refuse_if_rewritten(decision, ["probability"], answers.seen)
        apply(unit, read, decision, answers)
        if probability is not None:
            decide.adjust_probability(decision, probability, reason, happened_on(read, answers.on))
        if decision.events:
            decision.require_next_action()
        return outcome(unit, number, before)


def set_next(
    workspace: Workspace,
    ref: str,
    text: str | None,
    due: str | None,
    *,
    seen: Seen | None = None,
    dry_run: bool = False,
) -> Outcome:
    """Set the next action; raises Required where its words or its day are missing."""
    with workspace.commit("next", dry_run=dry_run) as unit:
        read = reader(unit, workspace.settings)
        number = refs.find(unit.driver, ref, workspace)
        decision = unit.decision(number)
        before = decision.state
        decision.require_open()
        refuse_if_replanned(decision, seen)
        action = next_action(read, Answers(next=text or "", due=due or ""))
        if action:
            decide.set_next_action(decision, *action)
        return outcome(unit, number, before)


def snooze(
    workspace: Workspace, wanted: Sequence[str], due: str, *, seen: Seen | None = None, dry_run: bool = False
) -> list[Outcome]:
    """Put next actions off to a later day, several at once or none at all; `seen` goes with a single one."""
    with workspace.commit("snooze", dry_run=dry_run) as unit:
        day = reader(unit, workspace.settings).day(due)
        out = []
        found = [unit.soon(refs.find, unit.driver, ref, workspace) for ref in wanted]
        numbers = list(dict.fromkeys(number() for number in found))
        for number, decision in zip(numbers, unit.decisions(numbers), strict=True):
            before = decision.state
            refuse_if_replanned(decision, seen)
            decide.snooze(decision, day)
            out.append(outcome(unit, number, before))
        return out


def log(
    workspace: Workspace, ref: str, kind: str, text: str, answers: Answers, *, dry_run: bool = False
) -> Outcome:
    """Record an exchange, with proofs that rest on it if any."""
    with workspace.commit("log", dry_run=dry_run) as unit:
        read = reader(unit, workspace.settings)
        number = refs.find(unit.driver, ref, workspace)
        decision = unit.decision(number)
        before = decision.state
        refuse_if_overtaken(decision, answers, moves=False)
        said = decide.log_exchange(decision, kind, text, happened_on(read, answers.on))
        apply(unit, read, decision, answers, said.seq)
        decision.require_next_action()
        return outcome(unit, number, before)


class Happened(NamedTuple):
    """What closed a next action: the words, and the kind of exchange where the next action does not tell it."""

    text: str
    kind: str | None = None


def done(
    workspace: Workspace,
    ref: str,
    happened: Happened,
    answers: Answers,
    *,
    advance: bool = False,
    ask: bool = False,
    to: str | None = None,
    dry_run: bool = False,
) -> Outcome:
    """Close the next action: log what was said, prove with it, advance, and set what comes next, all at once.

    `ask` asks for approvals instead of moving, where only they are missing.
    """
    with workspace.commit("done", dry_run=dry_run) as unit:
        number, decision, before = _finished(
            unit, workspace, ref, happened, answers, moves_on=advance or bool(to)
        )
        if ask and (asked := ask_approvals(decision, to)):
            return outcome(unit, number, before, asked)
        if advance or to:
            with explaining(unit, decision):
                moves.advance(decision, to, happened_on(reader(unit, workspace.settings), answers.on))
        return outcome(unit, number, before)


def done_tried(workspace: Workspace, ref: str, happened: Happened, answers: Answers, to: str | None) -> Why:
    """The gate as it would be once the next action is closed; nothing is written."""
    with workspace.commit("done", dry_run=True) as unit:
        _number, decision, before = _finished(unit, workspace, ref, happened, answers, moves_on=True)
        return gate_as_it_would_be(unit, decision, to, before)


def _finished(
    unit: Unit, workspace: Workspace, ref: str, happened: Happened, answers: Answers, *, moves_on: bool
) -> tuple[int, Decision, Opportunity]:
    """Close the next action and apply what came along; raises Required where nothing comes next."""
    read = reader(unit, workspace.settings)
    number = refs.find(unit.driver, ref, workspace)
    decision = unit.decision(number)
    before = decision.state
    decision.require_open()
    refuse_if_overtaken(decision, answers, moves=moves_on)
    refuse_if_replanned(decision, answers.seen)
    on = happened_on(read, answers.on)
    decide.finish_next_action(decision, on)
    said = None
    if happened.text.strip():
        announced = before.next_action.text if before.next_action else None
        said = decide.log_exchange(
            decision, happened.kind or exchange_kind(announced or ""), happened.text, on
        ).seq
    apply(unit, read, decision, answers, said)
    if decision.state.next_action is None:
        raise Required(
            _('{ref} {name} needs its next action: -n "what" -d DATE').format(ref=number, name=before.name),
            missing=["next_action", "next_due"],
            ref=number,
        )
    return number, decision, before


def handover(
    workspace: Workspace, source: str, target: str, *, on: str | None = None, dry_run: bool = False
) -> list[Outcome]:
    """Give all open opportunities of one owner to another, with everything that stands on them."""
    with workspace.commit("handover", dry_run=dry_run) as unit:
        if not target.strip() or source.strip() == target.strip():
            raise InvalidInput(_("a handover goes from one owner to another: pipe handover FROM TO"))
        day = happened_on(reader(unit, workspace.settings), on)
        noted = unit.soon(unit.note_owner, target.strip())
        rows = lists.list_rows(unit.driver, Filter(owner=source), unit.pipeline, unit.today)
        noted()
        if not rows:
            raise NotFound(_('"{owner}" owns no open opportunity').format(owner=source), owner=source)
        out = []
        numbers = [row.number for row in rows]
        for number, decision in zip(numbers, unit.decisions(numbers), strict=True):
            before = decision.state
            decide.set_values(decision, {"owner": target.strip()}, day)
            out.append(outcome(unit, number, before))
        return out
