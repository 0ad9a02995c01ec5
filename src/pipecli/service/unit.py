"""A unit of work: the events one command decides, numbered as they come, and their rows, written at its end."""

from __future__ import annotations

import uuid
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import date
from functools import partial
from typing import TYPE_CHECKING, Any, ParamSpec, TypeVar

from pipecli import clock
from pipecli.domain import events as ev
from pipecli.domain.decide import LONGEST_NAME, Decision, checked_text
from pipecli.domain.events import Event, account_stream, contact_stream, opportunity_stream
from pipecli.domain.evolve import fold
from pipecli.domain.fold import fold as folded
from pipecli.domain.opportunity import Opportunity
from pipecli.domain.pipeline import Pipeline
from pipecli.domain.rates import Quote, Rates
from pipecli.errors import NotFound
from pipecli.store import directory, journal, projection
from pipecli.store.driver import Driver
from pipecli.store.header import Header, advance_head, pipeline_of
from pipecli.store.integrity import mark_rebuilt
from pipecli.store.rates import read_rates
from pipecli.store.schema import PROJECTION
from pipecli.text import _

if TYPE_CHECKING:
    from .settled import Progress, Settled

P = ParamSpec("P")
T = TypeVar("T")
LOADED = journal.TOGETHER
"""How many opportunities are loaded together."""
PORTION = 2_000
"""How many rows are built before they are written, so that a large change is never held twice."""


class Unit:
    """One transaction under one command, its lock already taken."""

    def __init__(
        self, driver: Driver, header: Header, *, actor: str, name: str, origin: str, agent: str | None = None
    ) -> None:
        self.driver = driver
        self.header = header
        self._quoted: dict[str, list[Quote]] = {}
        self.pipeline: Pipeline = self.priced(pipeline_of(header))
        self._base = self.pipeline.currency
        self.actor = actor
        self.name = name
        self.origin = origin
        self.agent = agent
        self.uid = uuid.uuid4().hex
        self.undoes: int | None = None
        self.kept: str | None = None
        self.recorded_at = max(clock.stamp(clock.now()), header.recorded_at)
        self.today = clock.today(self.pipeline.timezone)
        self.names: dict[int, str | None] = {}
        self.notes: list[str] = []
        self._seq = header.head
        self._next_number = header.next_number
        self._before: dict[int, Opportunity | None] = {}
        self._decisions: dict[int, Decision] = {}
        self._after: dict[int, Opportunity | None] = {}
        self._other_events: list[Event] = []
        self._accounts: list[tuple[int, str]] = []
        self._contacts: list[tuple[int, int | None]] = []
        self._people: list[tuple[int, str, str | None, str | None]] = []
        self._contacts_read: tuple[int | None, list[directory.Person]] | None = None
        self._released: set[int] = set()
        self._settled: Settled | None = None
        self.told: Progress | None = None
        if header.projection != PROJECTION:
            from .rebuilding import rebuild

            rebuild(driver, self.pipeline)
            mark_rebuilt(driver)
        self._own_quotes = self.soon(read_rates, driver, self._base)

    def priced(self, pipeline: Pipeline) -> Pipeline:
        """A pipeline with the exchange rates as they are stored, read when an amount first needs one."""
        return pipeline.priced_by(self.quotes)

    def price_anew(self, quotes: Sequence[Quote]) -> None:
        """Go on with these exchange rates, which this command stores."""
        self._quoted = {self.pipeline.currency: list(quotes)}
        self.pipeline = self.priced(self.pipeline)

    def quotes(self, currency: str) -> list[Quote]:
        """Every exchange rate into a currency."""
        if currency not in self._quoted:
            begun = self._own_quotes if currency == self._base else partial(read_rates, self.driver, currency)
            self._quoted[currency] = begun()
        return self._quoted[currency]

    @property
    def rates(self) -> Rates:
        """The exchange rates into the pipeline's currency."""
        return self.pipeline.rates

    @property
    def command(self) -> int:
        """The number of this command: that of the journal's head before it, so that it grows with the journal."""
        return self.header.head + 1

    def number_events(self) -> int:
        """The next sequence number of the journal."""
        self._seq += 1
        return self._seq

    def number_opportunity(self) -> int:
        """The next opportunity's number; numbers are never used again."""
        self._next_number += 1
        return self._next_number - 1

    def soon(self, read: Callable[P, T], *args: P.args, **kwargs: P.kwargs) -> Callable[[], T]:
        """Begin to read something that is needed: over a network all that was begun goes on together."""
        return self.driver.soon(read, *args, **kwargs)

    def decision(self, number: int) -> Decision:
        """The decision on an opportunity, loaded once; raises NotFound."""
        if number not in self._decisions:
            around = self.soon(directory.names_around, self.driver, number)
            events = journal.load_stream(self.driver, opportunity_stream(number))
            self.names |= around()
            self.know(number, events)
        return self._decisions[number]

    @staticmethod
    def expect_decisions(driver: Driver, numbers: Sequence[int]) -> None:
        """For `Workspace.commit`: the decisions on these opportunities will be asked for."""
        directory.expect_names_around_all(driver, numbers[:LOADED])
        journal.expect_many(driver, [opportunity_stream(n) for n in numbers[:LOADED]])

    def decisions(self, numbers: Sequence[int]) -> list[Decision]:
        """The decisions on several opportunities, loaded together; raises NotFound."""
        missing = [number for number in dict.fromkeys(numbers) if number not in self._decisions]
        for start in range(0, len(missing), LOADED):
            some = missing[start : start + LOADED]
            around = self.soon(directory.names_around_all, self.driver, some)
            histories = list(journal.load_many(self.driver, [opportunity_stream(n) for n in some]))
            self.names |= around()
            for stream, events in histories:
                self.know(int(stream[1:]), events)
        return [self.decision(number) for number in numbers]

    def know(self, number: int, events: list[Event]) -> None:
        """Begin the decision on an opportunity from its stream; raises NotFound where nothing in it is alive."""
        state = fold(events)
        if state is None:
            raise NotFound(_("there is no opportunity {number}").format(number=number), ref=str(number))
        # The fold leaves undone events out, but their versions in the stream are taken.
        state = replace(state, version=events[-1].version)
        self.learn_names(state)
        self._before[number] = state
        self._decisions[number] = self._new(state)

    def carry_to(self, driver: Driver) -> None:
        """Go on over a connection that holds the lock, the journal being where it was when this was prepared."""
        self.driver = driver
        self._own_quotes = self.soon(read_rates, driver, self._base)
        self.recorded_at = max(clock.stamp(clock.now()), self.header.recorded_at)

    @property
    def is_first(self) -> bool:
        """Whether no opportunity was ever opened here."""
        return self._next_number == 1

    def opening(self) -> tuple[int, Decision]:
        """A new opportunity's number, and the decision that is to open it."""
        number = self.number_opportunity()
        self._before[number] = None
        self._decisions[number] = self._new(None)
        return number, self._decisions[number]

    def _new(self, state: Opportunity | None) -> Decision:
        return Decision(
            state,
            pipeline=self.pipeline,
            today=self.today,
            actor=self.actor,
            names=self.names,
            number_events=self.number_events,
            history=partial(self._history, state.number) if state else tuple,
        )

    def _history(self, number: int) -> list[Event]:
        return journal.load_stream(self.driver, opportunity_stream(number))

    def learn_names(self, state: Opportunity) -> None:
        """Load the names of the account and people an opportunity refers to."""
        said = (state.account, state.contact, state.decision_maker)
        wanted = {key for key in said if key not in self.names}
        self.names |= directory.names(self.driver, wanted)

    def amend(
        self, number: int, event: Event, events: Iterable[Event], rewritten: Iterable[Event] | None = None
    ) -> None:
        """Append an event that changes how a stream's earlier ones count, such as an undo.

        `rewritten` are the earlier ones as an erasure left them.
        """
        history = list(events)
        before, after = fold(history), fold([*(rewritten or history), event])
        for state in (before, after):
            if state:
                self.learn_names(state)
        self._before[number], self._after[number] = before, after
        self._other_events.append(event)

    def event(
        self, kind: str, stream: str, version: int, payload: Mapping[str, Any], on: date | None = None
    ) -> Event:
        """An event of this command outside an opportunity's decision; the caller hands it to `append` or `amend`."""
        return Event(
            kind=kind,
            occurred_on=on or self.today,
            payload=payload,
            seq=self.number_events(),
            command=self.command,
            stream=stream,
            version=version,
            actor=self.actor,
        )

    def append(self, event: Event) -> None:
        """Append an event to a stream that has no projection of its own kind."""
        self._other_events.append(event)

    def release(self, number: int) -> None:
        """Put down the events of an opportunity decided so far, texts and all; the decision itself goes on."""
        if self._settled is None:
            from .settled import Settled

            self._settled = Settled()
        decision = self._decisions[number]
        events = [*self._other_events, *self._placed(number, decision)]
        self._settled.add_events(sorted(events, key=lambda e: e.seq), self.command)
        self._other_events.clear()
        decision.events.clear()
        self._released.add(number)

    def settle(self, number: int) -> None:
        """Put down what was decided on an opportunity that this command asks for no more, to be written at the end."""
        if self._decisions[number].events:
            self.release(number)
        if self._settled is not None and number in self._released:
            self._settled.add_rows(*self._pair(number))
            self._released.remove(number)
        del self._decisions[number], self._before[number]

    def next_version(self, stream: str) -> int:
        """The version that follows the last one of a stream."""
        return journal.last_version(self.driver, stream) + 1

    def account(self, name: str) -> int:
        """The id of the account with exactly that name, added if there is none; notes those that are nearly alike."""
        name = checked_text(name, _("an account"), LONGEST_NAME)
        found = directory.find_account(self.driver, name) or next(
            (i for i, n in self._accounts if n == name), None
        )
        if found is None:
            near = directory.near_accounts(self.driver, name)
            if near:
                self.notes.append(
                    _('"{name}" is a new account; there is also "{near}"').format(
                        name=name, near='", "'.join(near)
                    )
                )
            found = self.add_account(name)
        self.names[found] = name
        return found

    def add_account(self, name: str) -> int:
        """Add an account."""
        seq = self._seq + 1
        self.append(self.event(ev.ACCOUNT_ADDED, account_stream(seq), 1, {"name": name}))
        self._accounts.append((seq, name))
        self.names[seq] = name
        return seq

    def contact(self, name: str, mail: str | None, account: int | None, phone: str | None = None) -> int:
        """The id of an account's contact by name or address, added if there is none."""
        name = checked_text(name, _("a contact"), LONGEST_NAME)
        for person in self._stored_contacts(account):
            same_mail = mail and person.mail and folded(person.mail) == folded(mail)
            if same_mail or (
                person.name and folded(person.name) == folded(name) and not (mail and person.mail)
            ):
                self.names[person.id] = person.name
                return person.id
        added = {i: a for i, a in self._contacts}
        for seq, known, _mail, _phone in self._people:
            if folded(known) == folded(name) and added.get(seq) == account:
                return seq
        return self.add_contact(name, mail, account, phone)

    def _stored_contacts(self, account: int | None) -> list[directory.Person]:
        if self._contacts_read is None or self._contacts_read[0] != account:
            is_new = any(account == i for i, _name in self._accounts)
            self._contacts_read = (account, [] if is_new else directory.contacts_of(self.driver, account))
        return self._contacts_read[1]

    def add_contact(self, name: str, mail: str | None, account: int | None, phone: str | None = None) -> int:
        """Add a contact: its personal data goes to a row of its own, the event holds only its number."""
        seq = self._seq + 1
        self.append(self.event(ev.CONTACT_ADDED, contact_stream(seq), 1, {"account": account, "person": seq}))
        self._contacts.append((seq, account))
        self._people.append((seq, name, mail, phone))
        self.names[seq] = name
        return seq

    def note_owner(self, owner: str) -> None:
        """Note an owner that differs from a known one by case, accents or a letter."""
        known = directory.known_owners(self.driver)
        near = [o for o in known if o != owner and directory.one_letter_apart(folded(o), folded(owner))]
        if near and owner not in known:
            self.notes.append(
                _('"{name}" is a new owner; there is also "{near}"').format(
                    name=owner, near='", "'.join(near)
                )
            )

    def state(self, number: int) -> Opportunity | None:
        """An opportunity as this command leaves it."""
        return self._after[number] if number in self._after else self._decisions[number].state

    @property
    def touched(self) -> list[int]:
        """The numbers of the opportunities that this command changes."""
        changed = [n for n, d in self._decisions.items() if d.events or n in self._released]
        return changed + list(self._after)

    @property
    def changes_nothing(self) -> bool:
        """Whether nothing was decided."""
        return not self.touched and not self._other_events and not self._settled

    def write(self) -> None:
        """Write all that was decided; a command that changes nothing leaves no trace."""
        if self.changes_nothing:
            return
        command = journal.CommandRow(
            self.command,
            self.uid,
            self.actor,
            self.agent,
            self.recorded_at,
            self.name,
            self.origin,
            self.undoes,
        )
        journal.add_command(self.driver, command)
        if self._settled:
            self._settled.write_events(self.driver, self.recorded_at, self.told)
        events = sorted(self._events(), key=lambda e: e.seq)
        for start in range(0, len(events), PORTION):
            journal.append(self.driver, events[start : start + PORTION], self.command, self.recorded_at)
        directory.add_people(self.driver, self._people)
        directory.add_accounts(self.driver, self._accounts)
        directory.add_contacts(self.driver, self._contacts)
        if self._settled:
            self._settled.write_rows(self.driver, self.told)
        touched = self.touched
        for start in range(0, len(touched), PORTION):
            pairs = [self._pair(number) for number in touched[start : start + PORTION]]
            projection.write_differences(self.driver, pairs)
        advance_head(self.driver, self._seq, self._next_number, self.recorded_at)

    def _events(self) -> Iterable[Event]:
        yield from self._other_events
        for number, decision in self._decisions.items():
            yield from self._placed(number, decision)

    def _placed(self, number: int, decision: Decision) -> Iterable[Event]:
        stream = opportunity_stream(number)
        return (event._replace(stream=stream, command=self.command) for event in decision.events)

    def _pair(self, number: int) -> tuple[projection.Rows, projection.Rows]:
        return self._rows(self._before[number]), self._rows(self.state(number))

    def _rows(self, state: Opportunity | None) -> projection.Rows:
        if state:
            self.learn_names(state)
        return projection.rows(state, self.pipeline, self.names)
