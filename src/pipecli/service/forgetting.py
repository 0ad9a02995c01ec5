"""Erasing a person: their data, the texts that name them, their name inside other names; the journal still replays.

What goes is found and shown first (`traces`), then taken out in one command (`forget`), which appends ContentErased to
every stream that it touched. Then the database overwrites what it keeps of old rows.
"""

from __future__ import annotations

import json
import re
import secrets
from collections.abc import Iterable, Mapping, Sequence
from typing import Any, NamedTuple

from pipecli.domain import events as ev
from pipecli.domain.erased_rows import ERASED
from pipecli.domain.erasing import (
    Traces,
    has_number,
    identifier,
    refers,
    strings,
    without_numbers,
    words_of,
    written,
)
from pipecli.domain.events import contact_stream
from pipecli.domain.fold import fold
from pipecli.domain.hearing import shortened
from pipecli.errors import Ambiguous, Conflict, NotFound
from pipecli.store import directory, erasing, journal
from pipecli.store.directory import Person
from pipecli.store.driver import Driver
from pipecli.store.erasing import Entry
from pipecli.text import _

from . import backups
from . import forgetting_rows as rows
from .backups import Backup
from .unit import Unit
from .workspace import Workspace

__all__ = ["Forgotten", "Found", "Person", "Trace", "forget", "sweep", "traces"]

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
    contact or decision-maker they are, or were; `namesakes` are other people of the same name. Of those in `imported`
    a later import leaves out what their row says of them; those in `anew` it no longer knows, because their identifier
    names the person. `is_user` says that somebody who works here is called the same: their name stays where it says
    who owns or did something. `rewritten` are the payloads (by event) of `names` without what is theirs.
    """

    people: tuple[Person, ...]
    namesakes: tuple[Person, ...]
    account: str | None
    opportunities: tuple[int, ...]
    texts: tuple[Trace, ...]
    names: tuple[Trace, ...]
    imported: tuple[int, ...]
    anew: tuple[int, ...]
    is_user: bool
    rewritten: tuple[tuple[int, str], ...]
    state: State

    def is_as(self, seen: Found) -> bool:
        """Whether it says what was shown, at whatever moment."""
        return self._replace(state=seen.state, rewritten=seen.rewritten) == seen

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
        return _found(reading.driver, contact, reading.header.state)


def forget(
    workspace: Workspace, contact: str, *, seen: Found | None = None, dry_run: bool = False
) -> Forgotten:
    """Erase a person everywhere; `seen` is what was shown and agreed to.

    Raises Conflict where more is known of them by now than was shown.
    """
    found = seen or traces(workspace, contact)
    with workspace.commit("forget", dry_run=dry_run) as unit:
        if unit.header.state != found.state:  # looked for again with the lock held, which may take a while
            found = _found(unit.driver, contact, unit.header.state)
            if seen is not None and not found.is_as(seen):
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


def _found(driver: Driver, contact: str, state: State) -> Found:
    named, users = driver.soon(erasing.accounts, driver), driver.soon(erasing.users, driver)
    first, payloads, contents = erasing.payloads(driver), erasing.payloads(driver), erasing.texts(driver)
    everybody = erasing.everybody(driver)
    accounts = named()
    people, namesakes = _people(driver, contact, everybody, accounts)
    search = _Search(driver, people, namesakes, everybody, first)
    names = search.in_payloads(payloads)
    texts = search.in_texts(contents)
    known = [Traces(p.name, None, None) for p in people]
    return Found(
        people,
        namesakes,
        accounts.get(people[0].account or 0),
        tuple(sorted(search.own)),
        tuple(texts),
        tuple(names),
        tuple(sorted(search.imported - search.anew)),
        tuple(sorted(search.anew)),
        any(_is_called(name, known) for name in users()),
        tuple(search.rewritten),
        state,
    )


class _Search:
    """Looking for a person in a whole journal, in constant memory but for what is found.

    In opportunities that are theirs or once were, a phone number is taken for theirs unless another is named
    beside it. In those of a namesake, only an address or a number that is known names this one.
    """

    def __init__(
        self,
        driver: Driver,
        people: tuple[Person, ...],
        namesakes: tuple[Person, ...],
        everybody: Iterable[Person],
        payloads: Iterable[Entry],
    ) -> None:
        contacts = frozenset(p.id for p in people)
        self._known = [Traces(p.name, p.mail, p.phone) for p in people]
        self._surely = [Traces(None, p.mail, p.phone) for p in people]
        self.own, others = _referring(payloads, contacts, frozenset(p.id for p in namesakes))
        self._own_streams = {ev.opportunity_stream(n) for n in self.own}
        self._of_others = {ev.opportunity_stream(n) for n in others - self.own}
        around = directory.named_by(driver, sorted(self.own))
        accounts = around | {p.account for p in people if p.account is not None}
        self._own_accounts = {ev.account_stream(i) for i in accounts}
        self._others = [Traces(p.name, p.mail, p.phone) for p in everybody if p.id in around - contacts]
        self._tokens: dict[str, str] = {}
        self.imported: set[int] = set()
        self.anew: set[int] = set()
        self.rewritten: list[tuple[int, str]] = []

    def in_payloads(self, payloads: Iterable[Entry]) -> list[Trace]:
        """The payloads that carry what is theirs; `rewritten` has them without it."""
        found = []
        for entry in payloads:
            if self._may_be_in(entry):
                payload = json.loads(entry.body)
                said = written(entry.kind, payload)
                cleaned = self._cleaned(entry, said)
                pairs = zip(strings(said), strings(cleaned), strict=True)
                told = [before for before, after in pairs if before != after]
                if "row" in payload and entry.stream in self._own_streams:
                    self.imported.add(int(entry.stream[1:]))
                if named := self._naming_identifier(entry, payload):
                    self.anew.add(int(entry.stream[1:]))
                    told.append(named)
                    # What a name could be tried on is no way to know the row again.
                    token = self._tokens.setdefault(named, f"erased-{secrets.token_hex(8)}")
                    cleaned = {**cleaned, "external": [payload["external"][0], token]}
                if told:
                    found.append(_trace(entry._replace(body="; ".join(dict.fromkeys(told)))))
                    self.rewritten.append((entry.seq, journal.canonical({**payload, **cleaned})))
        return found

    def in_texts(self, texts: Iterable[Entry]) -> list[Trace]:
        """The texts that name them."""
        return [_trace(entry) for entry in texts if self._names(entry)]

    def _naming_identifier(self, entry: Entry, payload: Mapping[str, Any]) -> str:
        """What another system calls an opportunity, where that names them."""
        known = identifier(entry.kind, payload)
        own = entry.stream in self._own_streams
        is_theirs = known and any(
            one.in_text(known, own=False) or (own and one.in_text(words_of(known), own=True))
            for one in self._fitting(entry)
        )
        return known if is_theirs else ""

    def _cleaned(self, entry: Entry, said: Any) -> Any:
        if entry.stream in self._own_accounts and any(
            one.is_all_of(said.get("name", "")) for one in self._known
        ):
            return {"name": ERASED}
        for one in self._fitting(entry):
            said = one.without(said, own=entry.stream in self._own_streams)
        return without_numbers(said, self._others) if entry.stream in self._own_streams else said

    def _may_be_in(self, entry: Entry) -> bool:
        if entry.stream in self._own_streams or entry.stream in self._own_accounts:
            return True
        return any(one.may_be_in(entry.body) for one in self._fitting(entry))

    def _names(self, entry: Entry) -> bool:
        own = entry.stream in self._own_streams
        named = any(
            (own or one.may_be_in(entry.body)) and one.in_content(entry.media, entry.body, own=own)
            for one in self._fitting(entry)
        )
        return named or (own and has_number(entry.media, entry.body) and not self._names_another(entry))

    def _names_another(self, entry: Entry) -> bool:
        """Whether it is somebody else of their opportunities whose number a text has."""
        return any(one.in_content(entry.media, entry.body, own=True) for one in self._others)

    def _fitting(self, entry: Entry) -> list[Traces]:
        return self._surely if entry.stream in self._of_others else self._known


def _referring(
    payloads: Iterable[Entry], contacts: frozenset[int], namesakes: frozenset[int]
) -> tuple[set[int], set[int]]:
    """The opportunities that are these contacts', or once were, and those of their namesakes."""
    numbers = "|".join(map(str, sorted(contacts | namesakes)))
    mark = re.compile(rf"[:,\[](?:{numbers})[,\]}}]")
    own, others = set[int](), set[int]()
    for entry in payloads:
        if entry.stream.startswith("o") and mark.search(entry.body):
            payload = json.loads(entry.body)
            if refers(payload, contacts):
                own.add(int(entry.stream[1:]))
            if refers(payload, namesakes):
                others.add(int(entry.stream[1:]))
    return own, others


def _trace(entry: Entry) -> Trace:
    words = entry.body
    if entry.media == "application/json":
        words = " ".join(strings(json.loads(entry.body)))
    return Trace(entry.seq, entry.stream, entry.kind, entry.occurred_on, shortened(words))


def _people(
    driver: Driver, contact: str, everybody: Sequence[Person], accounts: Mapping[int, str]
) -> tuple[tuple[Person, ...], tuple[Person, ...]]:
    """Who is meant, by number, by address, by whole name, else by a part of one; and others of the same name.

    Contacts with the same address are one person, and so are those of the same name and account who have but one
    address between them; an undone command may have left some.
    """
    text = contact.strip()
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
    same = _with_namesakes(everybody, _of_one_address(everybody, fits[:1]), accounts)
    if any(p not in same for p in fits):
        raise _several(fits, text)
    known, numbers = [Traces(p.name, None, None) for p in same], {p.id for p in same}
    return same, tuple(p for p in everybody if p.id not in numbers and _is_called(p.name or "", known))


def _is_called(name: str, known: Iterable[Traces]) -> bool:
    """Whether what names somebody by name alone is in this name too."""
    return any(one.is_all_of(name) or one.in_text(name, own=False) for one in known)


def _of_one_address(everybody: Iterable[Person], people: Sequence[Person]) -> tuple[Person, ...]:
    mails = {fold(p.mail) for p in people if p.mail}
    return tuple(p for p in everybody if p in people or fold(p.mail or "") in mails)


def _with_namesakes(
    everybody: Sequence[Person], people: tuple[Person, ...], accounts: Mapping[int, str]
) -> tuple[Person, ...]:
    """These and who is called so in the same account, unless they would be of different addresses."""

    def key(person: Person) -> tuple[str, str]:
        return fold(person.name or ""), fold(accounts.get(person.account or 0, ""))

    known = {key(p) for p in people if p.name}
    near = [p for p in everybody if p in people or key(p) in known]
    return _of_one_address(everybody, near) if len({fold(p.mail) for p in near if p.mail}) < 2 else people


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
    erased = {trace.seq: trace.stream for trace in (*found.texts, *found.names)}
    streams = {*erased.values(), *map(contact_stream, found.contacts)}
    accounts = frozenset(int(s[1:]) for s in streams if s.startswith("a"))
    of_accounts = unit.soon(directory.used_by, driver, sorted(accounts))
    once = rows.of_accounts(driver, accounts)
    streams |= {ev.opportunity_stream(n) for n in (*found.opportunities, *of_accounts())}
    before = rows.histories(driver, streams | {ev.opportunity_stream(n) for n in once})
    ordered = sorted(before)
    erasing.blank_people(driver, found.contacts, at)
    erasing.blank_texts(driver, [t.seq for t in found.texts], at)
    erasing.rewrite_payloads(driver, found.rewritten)
    histories = journal.load_many(driver, ordered)
    unit.names |= directory.names_in(driver, [stream for stream in ordered if stream.startswith("o")])
    after = dict(histories)
    digests = rows.without_digests(before, after, found.contacts, accounts)
    erasing.rewrite_payloads(driver, sorted(digests.items()))
    after = {stream: rows.rewritten(events, digests) for stream, events in after.items()}
    renamed = [row for i in sorted(accounts) for row in _projected(i, after)]
    directory.add_accounts(driver, renamed)
    unit.names |= dict(renamed)
    for stream, events in after.items():
        gone = [e.seq for e in events if e.seq in erased or e.seq in digests]
        if not gone and stream not in streams:
            continue
        payload = {"contacts": sorted(found.contacts), "events": gone}
        event = unit.event(ev.CONTENT_ERASED, stream, events[-1].version + 1, payload)
        if stream.startswith("o"):
            unit.amend(int(stream[1:]), event, before[stream], events)
        else:
            unit.append(event)


def _projected(account: int, histories: dict[str, list[ev.Event]]) -> list[tuple[int, str]]:
    """The account as it is listed now; nothing where it was taken back."""
    live = ev.live(histories[ev.account_stream(account)])
    return [(account, str(e.payload["name"])) for e in live if e.kind == ev.ACCOUNT_ADDED]
