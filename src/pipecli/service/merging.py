"""Merging opportunities: two that are one, in one command; what the two say differently is shown before."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, NamedTuple

from pipecli.domain import merging as rules
from pipecli.domain.decide import Decision
from pipecli.domain.events import opportunity_stream
from pipecli.domain.money import major
from pipecli.domain.opportunity import Opportunity
from pipecli.domain.seen import Seen, refuse_if_moved
from pipecli.domain.values import Reader
from pipecli.errors import InvalidInput
from pipecli.store import imported, journal
from pipecli.text import _

from . import refs
from .answers import reader
from .outcome import Outcome, outcome
from .unit import Unit
from .workspace import Workspace


class Difference(NamedTuple):
    """A field that the two know otherwise, as it is shown: amounts in major units with their currency."""

    field: str
    kept: Any
    other: Any


class Two(NamedTuple):
    """Two that may be one, before the merge: where they differ, what answers go by, why they are hardly one."""

    kept: Opportunity
    other: Opportunity
    differences: tuple[Difference, ...]
    seen: tuple[Seen, Seen]
    doubt: str | None


class Merged(NamedTuple):
    """What a merge did: the one that is kept, the number and name of the other, where they differed, what was taken."""

    outcome: Outcome
    number: int
    name: str
    differences: tuple[Difference, ...]
    taken: tuple[str, ...]


def compare(workspace: Workspace, kept: str, other: str) -> Two:
    """Where two opportunities differ; raises Conflict where they cannot be merged. Nothing is written."""
    with workspace.commit("merge", dry_run=True) as unit:
        one, two = _both(unit, workspace, kept, other)
        rules.refuse_meaningless(one.state, two.state)
        found = _differences(unit, one.state, two.state)
        alike = _of_alike_accounts(unit, one.state, two.state)
        doubt = rules.doubt(one.state, two.state, accounts_alike=alike)
        return Two(one.state, two.state, found, (Seen.of(one.state), Seen.of(two.state)), doubt)


def merge(
    workspace: Workspace,
    kept: str,
    other: str,
    take: Sequence[str] = (),
    *,
    reason: str = "",
    seen: tuple[Seen, Seen] | None = None,
    dry_run: bool = False,
) -> Merged:
    """Merge the other opportunity into the one that is kept; `take` are fields of the other to be taken over.

    Raises Conflict where the two cannot be one, or hardly are and there is no `reason`.
    """
    with workspace.commit("merge", dry_run=dry_run) as unit:
        one, two = _both(unit, workspace, kept, other)
        if seen:
            refuse_if_moved(one, seen[0])
            refuse_if_moved(two, seen[1])
        before, gone = one.state, two.state
        rules.refuse_meaningless(before, gone)
        alike = _of_alike_accounts(unit, before, gone)
        rules.refuse_doubtful(before, gone, accounts_alike=alike, reason=reason)
        found = _differences(unit, before, gone)
        fields = tuple(dict.fromkeys(_field(reader(unit, workspace.settings), key) for key in take))
        events = journal.load_stream(unit.driver, opportunity_stream(gone.number))
        rules.merge(one, two, fields, imported.digests_of(events), reason)
        return Merged(outcome(unit, before.number, before), gone.number, gone.name, found, fields)


def _both(unit: Unit, workspace: Workspace, kept: str, other: str) -> tuple[Decision, Decision]:
    found = [unit.soon(refs.find, unit.driver, ref, workspace) for ref in (kept, other)]
    one, two = unit.decisions([number() for number in found])
    return one, two


def _of_alike_accounts(unit: Unit, kept: Opportunity, other: Opportunity) -> bool:
    """Whether the names of the two accounts may be one; so they may where one of them has no account."""
    names = [unit.names.get(account) for account in (kept.account, other.account) if account is not None]
    if len(set(names)) < 2 or None in names:
        return True
    from .likeness import same_accounts

    return bool(same_accounts([(n, name) for n, name in enumerate(names) if name]))


def _field(read: Reader, key: str) -> str:
    """The field a person means that can be taken over."""
    words = key.strip()
    if words.casefold().replace("-", "_") in ("next_action", "next"):
        return "next_action"
    name = read.field_key(words)
    if name == "tags":
        raise InvalidInput(_("the tags of both are kept as they are; there is nothing to take"), field=name)
    return name


def _differences(unit: Unit, kept: Opportunity, other: Opportunity) -> tuple[Difference, ...]:
    return tuple(
        Difference(d.field, _shown(unit, d.field, d.kept), _shown(unit, d.field, d.other))
        for d in rules.differences(kept, other)
    )


def _shown(unit: Unit, field: str, value: Any) -> Any:
    """A value as it goes out: people and accounts by name, days as ISO text."""
    if field in ("account", "contact", "decision_maker"):
        return unit.names.get(value)
    if field == "amount":
        minor, currency = value
        return {"amount": major(minor, currency), "currency": currency}
    if field == "next_action":
        text, due = value
        return {"text": text, "due": due.isoformat()}
    return value.isoformat() if field == "close_date" else value
