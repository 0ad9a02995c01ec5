"""A summary before a meeting as a use case: what the journal of one opportunity says, gathered in three queries."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from datetime import date
from typing import Any, NamedTuple

from pipecli.domain import briefing as rules
from pipecli.domain import briefing_talk as talking
from pipecli.domain import events as ev
from pipecli.domain.briefing import Contact, Heard, Matter
from pipecli.domain.events import Event, opportunity_stream
from pipecli.domain.evolve import fold
from pipecli.domain.gate import Judge
from pipecli.domain.opportunity import Opportunity
from pipecli.domain.plain import cleaned
from pipecli.domain.route import target_of
from pipecli.domain.statements import Grounded, grounded
from pipecli.domain.survival import OPEN, REACHED, Case, Dwell, dwell
from pipecli.errors import NotFound
from pipecli.store import journal, projection
from pipecli.store.briefing import Around, Stay, read_around
from pipecli.text import _

from . import refs
from .past import row_with_names
from .records import Record, record
from .show import living, with_absorbed
from .summaries import said
from .workspace import Reading, Workspace

RULES = "rules"


class Brief(NamedTuple):
    """A summary: the opportunity, its statements by section, how many were dropped, and who wrote them.

    `source` is `rules` or the model that wrote what was said; `entries` are the numbers a statement may rest on.
    """

    record: Record
    found: Grounded
    source: str
    matter: Matter
    entries: frozenset[int]


def brief(workspace: Workspace, ref: str) -> Brief:
    """What to know of an opportunity before a meeting, by rules; raises NotFound."""
    with workspace.read(refs.expecting(workspace, ref, whole=True)) as reading:
        number = refs.find(reading.driver, ref, workspace, whole=True)
        gone = reading.soon(journal.load_absorbed, reading.driver, number)
        events = journal.load_whole_stream(reading.driver, opportunity_stream(number))
        state = fold(events)
        if state is None:
            raise NotFound(_("there is no opportunity {ref}").format(ref=number), ref=str(number))
        around = read_around(
            reading.driver,
            account=state.account,
            contact=state.contact,
            maker=state.decision_maker,
            stage=state.stage,
        )
        own = ev.live(events)
        return _brief(reading, state, own, living(with_absorbed(events, state, gone)), around)


def _brief(
    reading: Reading, state: Opportunity, own: Sequence[Event], events: Sequence[Event], around: Around
) -> Brief:
    row = row_with_names(
        projection.rows(state, reading.pipeline, around.names)["opportunity"][0], around.names
    )
    shown = record(row, reading.pipeline, reading.today)
    matter = _matter(reading, state, own, events, around, is_stale=bool(shown["stale"]))
    entries = frozenset({event.seq for event in events} | {person.id for person in matter.people})
    talk = talking.listened(matter)
    statements = [
        *rules.standing(matter),
        *talking.said(matter, talk),
        *talking.people(matter, talk),
        *rules.gate(matter),
        *rules.planned(matter),
        *talking.ask(matter, talk),
    ]
    return Brief(shown, grounded(statements, entries), RULES, matter, entries)


def _matter(
    reading: Reading,
    state: Opportunity,
    own: Sequence[Event],
    events: Sequence[Event],
    around: Around,
    *,
    is_stale: bool,
) -> Matter:
    """What the rules read: `own` are the events of its own stream, `events` those of merged ones as well."""
    judge = Judge(state, reading.pipeline, reading.today, around.names)
    heard = [
        Heard(e.seq, e.payload["kind"], e.occurred_on, e.actor, e.text and cleaned(e.text))
        for e in events
        if e.kind == ev.EXCHANGE_LOGGED
    ]
    return Matter(
        state,
        reading.pipeline,
        reading.today,
        around.names,
        judge.gate(target_of(state, reading.pipeline, None)) if state.is_open else None,
        judge.lapsed() if state.is_open else (),
        is_stale,
        tuple(Contact(p.id, p.name, p.mail) for p in around.people if p.name),
        tuple(sorted(heard, key=lambda one: (one.on, one.seq), reverse=True)),
        {e.seq: cleaned(said(e)) for e in events if e.text is not None and e.kind == ev.EVIDENCE_RECORDED},
        0 if state.is_open else next(e.seq for e in reversed(own) if e.kind in (ev.WON, ev.LOST)),
        _usual(state, around.stays, reading.today) if state.is_open else Dwell(0, 0),
    )


def _usual(state: Opportunity, stays: Sequence[Stay], today: date) -> Dwell:
    """How long the other stays in its stage last."""
    cases: Counter[Case] = Counter()
    for stay in stays:
        if stay.opportunity != state.number:
            until = date.fromisoformat(stay.left) if stay.left else today
            days = max(0, (until - date.fromisoformat(stay.entered)).days)
            cases[Case(days, REACHED if stay.left else OPEN)] += 1
    return dwell(cases)


def as_json(found: Brief) -> dict[str, Any]:
    """The opportunity's keys of the contract, who wrote the summary, how much was dropped, and its statements."""
    return {
        **found.record,
        "written_by": found.source,
        "dropped": found.found.dropped,
        "exchanges": len(found.matter.heard),
        "statements": rows(found),
    }


def rows(found: Brief) -> list[dict[str, Any]]:
    """The statements, one a line, each with the entries it rests on."""
    return [{"section": s.section, "text": s.text, "entries": list(s.seqs)} for s in found.found.statements]
