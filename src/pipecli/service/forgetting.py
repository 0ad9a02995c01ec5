"""Erasing a person: their data, the texts that name them, their name inside other names; the journal still replays.

What goes is found and shown first (`traces`), then taken out in one command (`forget`), which appends ContentErased to
every stream that it touched. Then the database overwrites what it keeps of old rows.
"""

from __future__ import annotations

import json
from collections.abc import Iterable
from typing import Any, NamedTuple

from pipecli.domain import events as ev
from pipecli.domain.erasing import Traces, refers, strings
from pipecli.domain.events import contact_stream
from pipecli.domain.fold import fold
from pipecli.domain.hearing import shortened
from pipecli.errors import Ambiguous, Conflict, NotFound
from pipecli.store import directory, erasing, journal
from pipecli.store.directory import Person
from pipecli.store.driver import Driver
from pipecli.store.erasing import Entry
from pipecli.store.header import Header
from pipecli.text import _

from . import backups
from .backups import Backup
from .unit import Unit
from .workspace import Workspace

MOST_CANDIDATES = 20
State = tuple[str, int, str]
"""What a workspace held when it was searched: its uid, the head of its journal and when that was written."""


class Trace(NamedTuple):
    """A place that names the person: the event, its stream and day, and the words that stand there."""

    seq: int
    stream: str
    kind: str
    on: str
    words: str


class Found(NamedTuple):
    """A person and every place that names them.

    `texts` are blanked whole; in `names` (payloads) only what is theirs is taken out. `opportunities` are those whose
    contact or decision-maker they are, or were; `namesakes` are other people of the same name.
    """

    people: tuple[Person, ...]
    namesakes: tuple[Person, ...]
    account: str | None
    opportunities: tuple[int, ...]
    texts: tuple[Trace, ...]
    names: tuple[Trace, ...]
    state: State

    @property
    def contacts(self) -> frozenset[int]:
        """The numbers of the contacts that are this person."""
        return frozenset(person.id for person in self.people)


class Forgotten(NamedTuple):
    """What was erased, whether old pages were overwritten too, and the backups that still hold the person."""

    found: Found
    swept: bool
    backups: tuple[Backup, ...]
    dry_run: bool = False


def traces(workspace: Workspace, contact: str) -> Found:
    """A person by number, address or name, and where they are named; raises NotFound or Ambiguous."""
    with workspace.read() as reading:
        return _found(reading.driver, contact, _state(reading.header))


def forget(
    workspace: Workspace, contact: str, *, seen: Found | None = None, dry_run: bool = False
) -> Forgotten:
    """Erase a person everywhere; `seen` is what was shown and agreed to.

    Raises Conflict where more is known of them by now than was shown.
    """
    found = seen or traces(workspace, contact)
    with workspace.commit("forget", dry_run=dry_run) as unit:
        if _state(unit.header) != found.state:  # looked for again with the lock held, which may take a while
            found = _found(unit.driver, contact, _state(unit.header))
            if seen is not None and found._replace(state=seen.state) != seen:
                raise Conflict(
                    _("somebody wrote about this person meanwhile; nothing was erased; look again")
                )
        _erase(unit, found)
    swept = not dry_run and erasing.sweep(workspace.address)
    return Forgotten(found, swept, tuple(backups.holding(workspace, found.contacts)), dry_run)


def sweep(workspace: Workspace) -> bool:
    """Overwrite what the database still keeps of what was erased earlier; whether it could."""
    with workspace.read():  # what is none of ours is left as it is
        pass
    return erasing.sweep(workspace.address)


def _state(header: Header) -> State:
    return header.uid, header.head, header.recorded_at


def _found(driver: Driver, contact: str, state: State) -> Found:
    people, namesakes = _people(driver, contact)
    account = driver.soon(directory.names, driver, [people[0].account])
    payloads, contents = erasing.payloads(driver), erasing.texts(driver)
    search = _Search(driver, people, namesakes)
    names = search.in_payloads(payloads)
    texts = search.in_texts(contents)
    return Found(
        people,
        namesakes,
        account().get(people[0].account or 0),
        tuple(sorted(search.own)),
        tuple(texts),
        tuple(names),
        state,
    )


class _Search:
    """Looking for a person in a whole journal, in constant memory but for what is found.

    In the opportunities of a namesake, only an address or a number names this one.
    """

    def __init__(self, driver: Driver, people: tuple[Person, ...], namesakes: tuple[Person, ...]) -> None:
        self._contacts = frozenset(p.id for p in people)
        self._known = [Traces(p.name, p.mail, p.phone) for p in people]
        self._surely = [Traces(None, p.mail, p.phone) for p in people]
        of_namesakes = driver.soon(directory.used_by, driver, [p.id for p in namesakes])
        self.own = set(directory.used_by(driver, sorted(self._contacts)))
        others = set(of_namesakes())
        self._of_others = {ev.opportunity_stream(n) for n in others - self.own}
        self._of_others |= {contact_stream(p.id) for p in namesakes}
        self._own_streams: set[str] = set()

    def in_payloads(self, payloads: Iterable[Entry]) -> list[Trace]:
        """The payloads that carry what is theirs; opportunities that once were theirs are learnt on the way."""
        found = []
        marks = [str(contact) for contact in self._contacts]
        for entry in payloads:
            known = self._fitting(entry)
            named = any(one.may_be_in(entry.body) for one in known)
            if not named and not any(mark in entry.body for mark in marks):
                continue
            payload = json.loads(entry.body)
            if entry.stream.startswith("o") and refers(payload, self._contacts):
                self.own.add(int(entry.stream[1:]))
            told = [text for text in strings(payload) if any(k.in_text(text, own=False) for k in known)]
            if told:
                found.append(_trace(entry._replace(body="; ".join(dict.fromkeys(told)))))
        self._own_streams = {ev.opportunity_stream(n) for n in self.own}
        return found

    def in_texts(self, texts: Iterable[Entry]) -> list[Trace]:
        """The texts that name them; to be asked for once their opportunities are known."""
        return [_trace(entry) for entry in texts if self._names(entry)]

    def without_them(self, entry: Entry) -> str:
        """A payload with what is theirs taken out of its texts."""
        payload = json.loads(entry.body)
        for one in self._fitting(entry):
            payload = one.without(payload)
        return journal.canonical(payload)

    def _names(self, entry: Entry) -> bool:
        own = entry.stream in self._own_streams
        known = self._known if own else self._fitting(entry)
        return any(
            (own or one.may_be_in(entry.body)) and one.in_content(entry.media, entry.body, own=own)
            for one in known
        )

    def _fitting(self, entry: Entry) -> list[Traces]:
        return self._surely if entry.stream in self._of_others else self._known


def _trace(entry: Entry) -> Trace:
    words = entry.body
    if entry.media == "application/json":
        words = " ".join(strings(json.loads(entry.body)))
    return Trace(entry.seq, entry.stream, entry.kind, entry.occurred_on, shortened(words))


def _people(driver: Driver, contact: str) -> tuple[tuple[Person, ...], tuple[Person, ...]]:
    """Who is meant, by number, by address, by whole name, else by a part of one; and others of the same name.

    Contacts with the same address are one person, as are those with the same name of whom one has no address.
    """
    everybody, text = erasing.everybody(driver), contact.strip()
    if text.isascii() and text.isdigit():
        fits = [p for p in everybody if p.id == int(text)]
        if not fits and len(text) < 18 and (at := erasing.erased_on(driver, int(text))):
            raise NotFound(_("contact {ref} was erased on {day}").format(ref=text, day=at[:10]), ref=text)
    else:
        key = fold(text)
        fits = [p for p in everybody if key and key in (fold(p.mail or ""), fold(p.name or ""))]
        fits = fits or [p for p in everybody if key and key in fold(f"{p.name or ''} {p.mail or ''}")]
    if not fits:
        raise NotFound(
            _('no contact fits "{ref}"; give a name, a part of it, or an address').format(ref=text[:60]),
            ref=text,
        )
    same = tuple(p for p in everybody if _is_one(p, fits[0]))
    if any(p not in same for p in fits):
        raise _several(fits, text)
    names = {fold(p.name) for p in same if p.name}
    return same, tuple(p for p in everybody if p not in same and fold(p.name or "") in names)


def _is_one(a: Person, b: Person) -> bool:
    if a.id == b.id:
        return True
    if a.mail and b.mail:
        return fold(a.mail) == fold(b.mail)
    return bool(a.name and b.name) and fold(a.name or "") == fold(b.name or "")


def _several(fits: Iterable[Person], text: str) -> Ambiguous:
    candidates = [
        {"id": p.id, "name": " ".join(filter(None, (p.name, p.mail and f"<{p.mail}>")))} for p in fits
    ]
    shown = [f"{c['id']} {c['name']}" for c in candidates[:5]]
    return Ambiguous(
        _('"{ref}" fits several people: {people}; give the number').format(
            ref=text[:60], people=", ".join(shown)
        ),
        ref=text,
        candidates=candidates[:MOST_CANDIDATES],
    )


def _erase(unit: Unit, found: Found) -> None:
    at, driver = unit.recorded_at, unit.driver
    streams = {t.stream for t in (*found.texts, *found.names)} | {contact_stream(i) for i in found.contacts}
    accounts = sorted(int(s[1:]) for s in streams if s.startswith("a"))
    of_accounts = unit.soon(directory.used_by, driver, accounts)
    naming = unit.soon(erasing.payloads_of, driver, [trace.seq for trace in found.names])
    search = _Search(driver, found.people, found.namesakes)
    numbers, entries = sorted({*found.opportunities, *of_accounts()}), naming()
    ordered = sorted(streams | {ev.opportunity_stream(n) for n in numbers})
    before = dict(journal.load_many(driver, ordered))
    erasing.blank_people(driver, found.contacts, at)
    erasing.blank_texts(driver, [t.seq for t in found.texts], at)
    erasing.rewrite_payloads(driver, [(entry.seq, search.without_them(entry)) for entry in entries])
    histories = journal.load_many(driver, ordered)
    unit.names |= directory.names_in(driver, [stream for stream in ordered if stream.startswith("o")])
    after = dict(histories)
    renamed = [row for i in accounts for row in _projected(i, after)]
    directory.add_accounts(driver, renamed)
    unit.names |= dict(renamed)
    erased: dict[str, list[int]] = {}
    for trace in (*found.texts, *found.names):
        erased.setdefault(trace.stream, []).append(trace.seq)
    for stream, events in after.items():
        payload: dict[str, Any] = {
            "contacts": sorted(found.contacts),
            "events": sorted(set(erased.get(stream, ()))),
        }
        event = unit.event(ev.CONTENT_ERASED, stream, events[-1].version + 1, payload)
        if stream.startswith("o"):
            unit.amend(int(stream[1:]), event, before[stream], events)
        else:
            unit.append(event)


def _projected(account: int, histories: dict[str, list[ev.Event]]) -> list[tuple[int, str]]:
    """The account as it is listed now; nothing where it was taken back."""
    live = ev.live(histories[ev.account_stream(account)])
    return [(account, str(e.payload["name"])) for e in live if e.kind == ev.ACCOUNT_ADDED]
