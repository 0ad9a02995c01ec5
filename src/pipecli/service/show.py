"""One opportunity on one screen, the chain of evidence behind its stage, and the journal."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import date
from functools import partial
from typing import Any, NamedTuple

from pipecli.domain import events as ev
from pipecli.domain.events import Event, opportunity_stream
from pipecli.domain.evolve import fold
from pipecli.domain.gate import Judge
from pipecli.domain.opportunity import Opportunity, Visit
from pipecli.domain.pipeline import Pipeline
from pipecli.domain.seen import Seen
from pipecli.errors import NotFound
from pipecli.store import directory, journal
from pipecli.store.directory import Person
from pipecli.store.driver import Driver
from pipecli.store.header import stage_names
from pipecli.text import _

from . import refs
from .evidence import basis_line
from .past import row_of, state_as_of
from .records import Record, record
from .summaries import named_in, said, summary
from .why import Why, why_of
from .workspace import Reading, Workspace


class Entry(NamedTuple):
    """A journal entry for a reader, under the contract's keys; `live` says that no undo took it back."""

    seq: int
    at: str
    recorded_at: str
    actor: str
    kind: str
    summary: str
    detail: dict[str, Any]
    stream: str
    text: str
    live: bool


class Shown(NamedTuple):
    """One opportunity: where it stands, what its gate needs, who is involved, what happened."""

    record: Record
    state: Opportunity
    why: Why | None
    unproven: tuple[str, ...]
    is_unproven: bool
    people: list[Person]
    entries: list[Entry]
    labels: dict[str, str]
    today: date
    pipeline: Pipeline
    seen: Seen
    names: Mapping[int, str | None]

    @property
    def exchanges(self) -> list[Entry]:
        """Its calls, mails, meetings and notes, the newest first; those that were taken back are left out."""
        return [e for e in reversed(self.entries) if e.kind == ev.EXCHANGE_LOGGED and e.live]


class ProofStep(NamedTuple):
    """One passage of the chain of evidence: the stage, when and how it was entered, what each criterion rested on."""

    stage: str
    stage_name: str
    entered_on: str
    how: str
    definition: int
    criteria: list[dict[str, str]]


def show(workspace: Workspace, ref: str, *, as_of: date | None = None, to: str | None = None) -> Shown:
    """One opportunity as it is, or as it was at the end of a day; its gate is that to the next stage, or to `to`."""
    with workspace.read(refs.expecting(workspace, ref, whole=True)) as reading:
        number = refs.find(reading.driver, ref, workspace, whole=True)
        return of_reading(reading, number, as_of=as_of, to=to)


def of_reading(reading: Reading, number: int, *, as_of: date | None = None, to: str | None = None) -> Shown:
    """The same of an opportunity by its number, over an open workspace."""
    driver = reading.driver
    around = reading.soon(reading.around, number)
    near = reading.soon(directory.people_around, driver, number)
    gone = reading.soon(journal.load_absorbed, driver, number)
    own = journal.load_whole_stream(driver, opportunity_stream(number))
    around()
    if as_of is not None:
        own = _cut(reading, own, as_of, number)
    state = fold(own)
    if state is None or state.merged_into is not None:  # a list that no program wrote may lead to the latter
        raise NotFound(_("there is no opportunity {ref}").format(ref=number), ref=str(number))
    people = near if as_of is None else reading.soon(_people, driver, state)
    events = with_absorbed(own, state, gone, as_of)
    names = reading.names(_ids(events, state))
    texts = {e.seq: e.text for e in events if e.text is not None}
    judge = Judge(state, reading.pipeline, reading.today, names)
    return Shown(
        record(row_of(reading, state), reading.pipeline, reading.today),
        state,
        why_of(reading, state, to, texts) if state.is_open else None,
        tuple(v.criterion.key for v in judge.lapsed()) if state.is_open else (),
        state.is_open and judge.unproven(),
        people(),
        entries(reading, events, lambda: names),
        {field.key: field.label for field in reading.pipeline.fields.values()},
        reading.today,
        reading.pipeline,
        Seen.of(state),
        names,
    )


def with_absorbed(
    own: list[Event],
    state: Opportunity,
    gone: Callable[[], list[list[Event]]],
    day: date | None = None,
) -> list[Event]:
    """The events of an opportunity and of those that were merged into it (`gone`), as they happened."""
    if not state.absorbed:
        return own
    wanted = {opportunity_stream(n) for n in state.absorbed}
    streams = [own, *(stream for stream in gone() if stream[0].stream in wanted)]
    events = [e for stream in streams for e in stream if day is None or e.occurred_on <= day]
    return sorted(events, key=lambda e: (e.occurred_on, e.seq))


def _cut(reading: Reading, events: list[Event], day: date, number: int) -> list[Event]:
    reading.as_of(day)
    kept = [e for e in ev.live(events) if e.occurred_on <= day]
    if state_as_of(events, day) is None:
        raise NotFound(_("{ref} was not open yet on {day}").format(ref=number, day=day), ref=str(number))
    return kept


def _ids(events: Iterable[Event], state: Opportunity) -> set[int | None]:
    ids: set[int | None] = {state.account, state.contact, state.decision_maker}
    for event in events:
        if event.kind == ev.DESCRIBED:
            changes = event.payload["changes"]
            ids |= {changes.get(key) for key in ("account", "contact", "decision_maker")}
        elif event.kind == ev.CONTACT_ADDED:
            ids.add(event.payload["person"])
    return ids


def _people(driver: Driver, state: Opportunity) -> list[Person]:
    """The people around an opportunity as it was on a past day."""
    ids = [i for i in (state.contact, state.decision_maker, *state.others) if i is not None]
    others = driver.soon(directory.people, driver, ids)
    found = directory.contacts_of(driver, state.account) if state.account is not None else []
    known = {p.id for p in found}
    return [*found, *(p for p in others() if p.id not in known)]


def entries(
    reading: Reading, events: list[Event], names: Callable[[], Mapping[int, str | None]]
) -> list[Entry]:
    """Events in words, each with whether it still counts; `names` gives those that they refer to."""
    remembering = reading.soon(_remembering, reading, events)
    did = _undone_here(events)
    commands = reading.soon(journal.command_names, reading.driver, sorted(_undone_elsewhere(events, did)))
    alive = {e.seq for e in living(events)}
    known = names()
    pipeline = remembering()
    told = {e.seq: summary(e, pipeline, known) for e in events}
    told |= _taken_back(events, told, did, commands())
    return [
        Entry(
            e.seq,
            e.occurred_on.isoformat(),
            e.recorded_at,
            e.actor,
            e.kind,
            told[e.seq],
            {k: v for k, v in e.payload.items() if k != "content"} | ({"text": said(e)} if said(e) else {}),
            e.stream,
            said(e),
            e.seq in alive or e.kind == ev.COMMAND_UNDONE,
        )
        for e in events
    ]


def _remembering(reading: Reading, events: Iterable[Event]) -> Pipeline:
    """The pipeline, with the names of the stages that it has no more where the events are about any."""
    known = {stage.key for stage in (*reading.pipeline.stages, reading.pipeline.won)}
    said = {e.payload.get(word) for e in events for word in ("from", "to", "stage")} - {None}
    return reading.pipeline if said <= known else reading.pipeline.remembering(stage_names(reading.driver))


_Did = Mapping[tuple[str, int], Sequence[Event]]
"""What commands did, by stream and command."""


def _undone_here(events: Iterable[Event]) -> _Did:
    did: dict[tuple[str, int], list[Event]] = {}
    for event in events:
        did.setdefault((event.stream, event.command), []).append(event)
    return did


def _undone_elsewhere(events: Iterable[Event], did: _Did) -> set[int]:
    """The commands that undos among the events took back, of which none of the events is."""
    undone = (e for e in events if e.kind == ev.COMMAND_UNDONE)
    return {e.payload["command"] for e in undone if (e.stream, e.payload["command"]) not in did}


def _taken_back(
    events: Iterable[Event], told: Mapping[int, str], did: _Did, names: Mapping[int, str]
) -> dict[int, str]:
    """What each undo among the events took back, in words: what it did in this stream, else the command's name."""
    whats: dict[int, str] = {}
    found: dict[int, str] = {}
    for seq, event in ((e.seq, e) for e in events if e.kind == ev.COMMAND_UNDONE):
        command = event.payload["command"]
        own = did.get((event.stream, command), ())
        is_redo = any(e.kind == ev.COMMAND_UNDONE for e in own)
        words = dict.fromkeys(whats.get(e.seq) or told[e.seq] for e in own)
        whats[seq] = "; ".join(words) or names.get(command, str(command))
        line = _("did again: {what}") if is_redo else _("took back: {what}")
        found[seq] = line.format(what=whats[seq])
    return found


def living(events: Iterable[Event]) -> list[Event]:
    """The events of any streams that were not undone."""
    by_stream: dict[str, list[Event]] = {}
    for event in events:
        by_stream.setdefault(event.stream, []).append(event)
    return [e for stream in by_stream.values() for e in ev.live(sorted(stream, key=lambda e: e.version))]


def proof(workspace: Workspace, ref: str) -> tuple[Record, list[ProofStep]]:
    """The chain of evidence behind an opportunity's stage, passage by passage."""
    with workspace.read(refs.expecting(workspace, ref, whole=True)) as reading:
        number = refs.find(reading.driver, ref, workspace, whole=True)
        reading.around(number)
        gone = reading.soon(journal.load_absorbed, reading.driver, number)
        own = journal.load_whole_stream(reading.driver, opportunity_stream(number))
        state = fold(own)
        if state is None:
            raise NotFound(_("there is no opportunity {ref}").format(ref=number), ref=str(number))
        events = with_absorbed(own, state, gone)
        names = directory.names(reading.driver, _ids(events, state))
        # What a gate rested on then is shown even where it was withdrawn since: it is what happened.
        everything = _with_all_evidence(state, events)
        bodies = {e.seq: e.text for e in events if e.text is not None}
        asks = {c.key: c.ask for c in reading.pipeline.criteria()}
        steps = [_step(visit, reading, everything, bodies, names, asks) for visit in _passages(state, own)]
        return record(row_of(reading, state), reading.pipeline, reading.today), steps


def _with_all_evidence(state: Opportunity, events: list[Event]) -> Opportunity:
    from dataclasses import replace

    from pipecli.domain.opportunity import Evidence

    all_evidence = tuple(
        Evidence(
            e.seq,
            e.payload["criterion"],
            e.payload["form"],
            e.occurred_on,
            e.actor,
            e.payload.get("exchange"),
            e.payload.get("proposed_by"),
        )
        for e in living(events)
        if e.kind == ev.EVIDENCE_RECORDED
    )
    return replace(state, evidence=all_evidence)


def _passages(state: Opportunity, events: list[Event]) -> list[Visit]:
    visits = list(state.visits)
    won = next((e for e in reversed(ev.live(events)) if e.kind == ev.WON), None)
    if state.status == "won" and won:
        visits.append(
            Visit(
                len(visits) + 1, "won", won.payload["definition"], won.occurred_on, won.seq, "won",
                won.payload.get("met", {}), (),
            )
        )  # fmt: skip
    return visits


def _step(
    visit: Visit,
    reading: Reading,
    state: Opportunity,
    bodies: Mapping[int, str],
    names: Mapping[int, str | None],
    asks: Mapping[str, str],
) -> ProofStep:
    order = {key: n for n, key in enumerate(asks)}
    criteria = [
        {
            "criterion": key,
            "ask": asks.get(key, key),
            "evidence": basis_line(basis, state, reading.pipeline, bodies, names) or _("no longer on record"),
        }
        for key, basis in sorted(visit.met.items(), key=lambda item: order.get(item[0], len(order)))
    ]
    return ProofStep(
        visit.stage,
        reading.pipeline.stage(visit.stage).name,
        visit.entered_on.isoformat(),
        visit.how,
        visit.definition,
        criteria,
    )


class JournalPage(NamedTuple):
    """Journal entries, the newest last, and how many there are in all."""

    entries: list[Entry]
    n: int


def read_journal(
    workspace: Workspace, ref: str | None, *, since: date | None, actor: str | None, limit: int
) -> JournalPage:
    """The journal, of one opportunity or of all; `limit` 0 is all of it."""
    with workspace.read(None if ref is None else refs.expecting(workspace, ref)) as reading:
        number = None if ref is None else refs.find(reading.driver, ref, workspace)
        learnt = None if number is None else reading.soon(reading.names_with, number)
        events = journal.read_journal(reading.driver, number=number, since=since, actor=actor, limit=limit)
        if learnt:
            learnt()
        names = reading.soon(reading.names, {i for e in events for i in named_in(e)})
        count: Callable[[], int] = partial(len, events)
        if limit and len(events) == limit:
            count = reading.soon(
                journal.count_journal, reading.driver, number=number, since=since, actor=actor
            )
        return JournalPage(entries(reading, events, names), count())


def entry_json(entry: Entry) -> dict[str, Any]:
    """A journal entry under the contract's keys, with its opportunity's number and whether it still counts."""
    ref = int(entry.stream[1:]) if entry.stream.startswith("o") else None
    keys = ("seq", "at", "recorded_at", "actor", "kind", "summary", "detail")
    return {key: getattr(entry, key) for key in keys} | {"ref": ref, "live": entry.live}


def as_json(shown: Shown) -> dict[str, Any]:
    """The opportunity's keys of the contract, its gate, people, exchanges and journal."""
    return {
        **shown.record,
        "merged": list(shown.state.absorbed),
        "unproven": shown.is_unproven,
        "gate": shown.why.report if shown.why else None,
        "contacts": [{"id": p.id, "name": p.name, "mail": p.mail, "phone": p.phone} for p in shown.people],
        "exchanges": [
            {"id": e.seq, "kind": e.detail["kind"], "on": e.at, "actor": e.actor, "text": e.text}
            for e in reversed(shown.exchanges)
        ],
        "journal": [entry_json(e) for e in shown.entries],
    }
