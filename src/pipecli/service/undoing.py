"""Undo: taking back an actor's last command by appending to every stream it touched, and taking that back again."""

from __future__ import annotations

import shlex
from collections.abc import Callable, Iterable, Sequence
from typing import NamedTuple

from pipecli.domain import events as ev
from pipecli.domain.events import Event, opportunity_stream
from pipecli.domain.evolve import fold
from pipecli.domain.wording import event_name
from pipecli.errors import Conflict
from pipecli.store import directory, imported, journal
from pipecli.store.driver import Driver
from pipecli.store.journal import CommandRow
from pipecli.store.rates import open_abroad
from pipecli.text import _

from .rates import replace_rates
from .summaries import named_in, what_was_done
from .unit import Unit
from .workspace import Workspace

WORKSPACE = "workspace"
# With these a workspace begins: there is nothing before them.
BEGINNINGS = frozenset({"init", "demo"})
# These are not undone this way: a definition is adopted again, an erasure stays.
LASTING = frozenset({"adopt", "forget"})


class Undone(NamedTuple):
    """What was taken back: the command, the opportunities it touched, and what was left because it was built on.

    `words` say what the command did.
    """

    command: CommandRow
    refs: tuple[int, ...]
    kept: tuple[int, ...]
    words: str


def undo(
    workspace: Workspace, *, redo: bool = False, untouched: bool = False, dry_run: bool = False
) -> Undone:
    """Take back this actor's last command, or with `redo` their last undo.

    Raises Conflict where there is nothing to take back, where that command stays for good, a later live event rests on
    it, or what a redo brings back is here already; `untouched` takes back an import's rest that nobody touched since.
    """

    def expect(driver: Driver) -> None:
        journal.expect_commands(driver, driver.login or workspace.settings.actor)

    with workspace.commit("redo" if redo else "undo", expect, dry_run=dry_run) as unit:
        command = _redoable(unit) if redo else _undoable(unit)
        unit.undoes = command.id
        told = unit.soon(journal.first_events, unit.driver, command.undoes or command.id)
        histories = {events[0].stream: events for events in journal.load_touched(unit.driver, command.id)}
        later = _in_the_way(histories.values(), command)
        blocked = {e.stream for e in later}
        events = sorted((e for own in histories.values() for e in own if e.command == command.id), key=_seq)
        streams = [s for s in dict.fromkeys(e.stream for e in events) if s not in blocked]
        if blocked and not (untouched and any(s.startswith("o") for s in streams)):
            raise _resting(command, later)
        back = {s for s, history in histories.items() if redo and s.startswith("o") and fold(history) is None}
        known = unit.soon(_known, unit.driver) if back else None
        abroad = unit.soon(open_abroad, unit.driver, unit.pipeline.currency) if WORKSPACE in streams else dict
        used = _used_elsewhere(unit, streams, refuse=not untouched)
        streams = [s for s in streams if s not in used]
        refs = tuple(n for s in streams if (n := _take_back(unit, s, histories[s], command.id, abroad)))
        if known:
            _require_single(unit, [n for n in refs if opportunity_stream(n) in back], *known())
        kept = tuple(int(s[1:]) for s in blocked if s.startswith("o"))
        return Undone(command, refs, kept, _words(unit, told()))


def _seq(event: Event) -> int:
    return event.seq


def _words(unit: Unit, events: Sequence[Event]) -> str:
    """What a command did, as the journal says it, with the names that undo or redo has brought back."""
    people = {i for e in events for i in named_in(e)} - unit.names.keys()
    return what_was_done(events, unit.pipeline, {**unit.names, **directory.names(unit.driver, people)})


def _undoable(unit: Unit) -> CommandRow:
    undone: set[int] = set()
    for command in journal.commands_of(unit.driver, unit.actor):
        if command.id in undone:
            continue
        if command.undoes is not None:
            undone.add(command.undoes)
        elif command.name in BEGINNINGS:
            break
        elif command.name in LASTING:
            raise _lasting(unit, command)
        else:
            return command
    raise Conflict(_("{actor} has nothing to undo").format(actor=unit.actor))


def _lasting(unit: Unit, command: CommandRow) -> Conflict:
    """Why a command stays, and what there is to type instead."""
    if command.name == "forget":
        line = _(
            "your last command erased a person and cannot be taken back; what came before: pipe journal --actor {actor}"
        )
        return Conflict(line.format(actor=shlex.quote(unit.actor)), command=command.name)
    adopted = journal.first_events(unit.driver, command.id)
    version = next(e.payload["version"] for e in adopted if e.kind == ev.DEFINITION_ADOPTED)
    line = _(
        "your last command put definition {version} in force, and that is not undone; to go back to the former one: "
        "pipe stages show {former} --toml > former.toml && pipe stages adopt former.toml"
    )
    return Conflict(line.format(version=version, former=version - 1), command=command.name, version=version)


def _redoable(unit: Unit) -> CommandRow:
    undone: set[int] = set()
    for command in journal.commands_of(unit.driver, unit.actor):
        if command.id in undone:
            continue
        if command.undoes is None:
            break
        undone.add(command.undoes)
        if command.name == "undo":
            return command
    raise Conflict(_("{actor} has no undo to take back").format(actor=unit.actor))


def _in_the_way(histories: Iterable[list[Event]], command: CommandRow) -> list[Event]:
    """The events since that rest on what the command wrote, or for a redo, that do not go with it."""
    bars = ev.resting if command.undoes is None else ev.barring
    since = (history for history in histories if history[-1].command != command.id)
    return [event for history in since for event in bars(history, command.id)]


def _resting(command: CommandRow, later: list[Event]) -> Conflict:
    first = later[0]
    refs = sorted({int(e.stream[1:]) for e in later if e.stream.startswith("o")})
    if first.kind == ev.CONTENT_ERASED:
        return Conflict(
            _("{name} cannot be taken back: {actor} erased a person from what it wrote since ({day})").format(
                name=command.name, actor=first.actor, day=first.occurred_on
            ),
            refs=refs,
            actor=first.actor,
            kind=first.kind,
            seq=first.seq,
        )
    hint = _("; pipe undo --untouched takes back the rest") if command.name == "import" else ""
    return Conflict(
        _("{name} cannot be taken back: {what} by {actor} on {ref} stands in its way ({day}){hint}").format(
            name=command.name,
            actor=first.actor,
            what=event_name(first.kind),
            ref=_subject(first),
            day=first.occurred_on,
            hint=hint,
        ),
        refs=refs,
        actor=first.actor,
        kind=first.kind,
        seq=first.seq,
    )


def _subject(event: Event) -> str:
    """What an event is about, for a person: a number, or the currency of a rate."""
    return str(event.payload["currency"]) if event.kind == ev.RATE_SET else event.stream[1:]


def _known(driver: Driver) -> tuple[dict[str, int], dict[tuple[str, str], int]]:
    """The numbers of all opportunities, by their uids and by the identifiers of other systems."""
    merged = driver.soon(imported.merged_numbers, driver)
    externals = driver.soon(imported.externals, driver)
    uids = imported.numbers(driver)
    return merged() | uids, externals()


def _require_single(
    unit: Unit, revived: list[int], uids: dict[str, int], externals: dict[tuple[str, str], int]
) -> None:
    """Raise Conflict where what comes back is here already, as after another import of the same rows."""
    for number in revived:
        state = unit.state(number)
        if state is None:
            continue
        there = uids.get(state.uid) or (externals.get(state.external) if state.external else None)
        if there:
            line = _("{ref} cannot come back: {there} is the same opportunity, brought in again since")
            raise Conflict(line.format(ref=number, there=there), refs=[there])


def _used_elsewhere(unit: Unit, streams: list[str], *, refuse: bool) -> set[str]:
    """The streams of accounts and contacts that another opportunity uses by now, which stay.

    Raises Conflict for the first such opportunity where nothing is to be left behind.
    """
    opportunities = [s for s in streams if s.startswith("o")]
    own = {int(s[1:]) for s in opportunities}
    ids = [int(s[1:]) for s in streams if s[0] in "ac"]
    names = unit.soon(directory.names_in, unit.driver, opportunities)
    using = directory.used_by(unit.driver, ids)
    unit.names |= names()
    others = [number for number in using if number not in own]
    if others and refuse:
        raise Conflict(
            _("this cannot be taken back: {ref} uses the account or contact that it added").format(
                ref=others[0]
            ),
            refs=others[:1],
        )
    named = directory.named_by(unit.driver, others)
    return {s for s in streams if s[0] in "ac" and int(s[1:]) in named}


def _take_back(
    unit: Unit,
    stream: str,
    history: list[Event],
    command: int,
    abroad: Callable[[], dict[str, dict[int, bool]]],
) -> int | None:
    event = unit.event(ev.COMMAND_UNDONE, stream, history[-1].version + 1, {"command": command})
    if stream.startswith("o"):
        unit.amend(int(stream[1:]), event, history)
        return int(stream[1:])
    unit.append(event)
    alive = ev.live([*history, event])
    if stream == WORKSPACE:
        replace_rates(unit, alive, abroad())
        return None
    key = int(stream[1:])
    if stream.startswith("a"):
        if alive:
            unit.names[key] = alive[0].payload["name"]
            directory.add_accounts(unit.driver, [(key, alive[0].payload["name"])])
        else:
            directory.remove(unit.driver, "account", [key])
    elif alive:
        directory.add_contacts(unit.driver, [(key, alive[0].payload["account"])])
    else:
        directory.remove(unit.driver, "contact", [key])
    return None
