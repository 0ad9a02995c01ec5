"""Writing a whole history: many commands one after another, their rows handed to the database in portions."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from datetime import date
from random import Random

from pipecli.domain import events as ev
from pipecli.domain.events import Event, account_stream, contact_stream
from pipecli.domain.opportunity import Opportunity
from pipecli.domain.pipeline import Pipeline
from pipecli.store import directory, journal, projection
from pipecli.store.driver import Driver
from pipecli.store.layout import COLUMNS

from .demo_plan import DAY

PORTION = 10_000


class Ledger:
    """The journal being written in the order of its instants, and the projection beside it."""

    def __init__(self, driver: Driver, rng: Random) -> None:
        self.seq = 0
        self.recorded_at = ""
        self.names: dict[int, str | None] = {}
        self._driver = driver
        self._rng = rng
        self._command = 0
        self._day = date.min
        self._commands: list[journal.CommandRow] = []
        self._events: list[tuple[object, ...]] = []
        self._contents: list[tuple[object, ...]] = []
        self._people: list[tuple[object, ...]] = []
        self._accounts: list[tuple[int, str]] = []
        self._contacts: list[tuple[int, int | None]] = []
        self._projected: list[projection.Rows] = []

    def number_events(self) -> int:
        """The next sequence number."""
        self.seq += 1
        return self.seq

    def identifier(self) -> str:
        """A uid that the seed decides."""
        return f"{self._rng.getrandbits(128):032x}"

    def begin(self, actor: str, name: str, instant: int) -> date:
        """Begin a command at an instant in microseconds, never before the last one; its calendar date."""
        days, rest = divmod(instant, DAY)
        self._day = date.fromordinal(days)
        seconds, micro = divmod(rest, 1_000_000)
        minutes, second = divmod(seconds, 60)
        time = f"{minutes // 60:02d}:{minutes % 60:02d}:{second:02d}.{micro:06d}"
        self.recorded_at = f"{self._day.isoformat()}T{time}Z"
        self._command = self.seq + 1
        row = journal.CommandRow(
            self._command, self.identifier(), actor, None, self.recorded_at, name, "demo", None
        )
        self._commands.append(row)
        return self._day

    def add(self, stream: str, events: Iterable[Event]) -> None:
        """Add the events of the command that touch one stream."""
        for event in events:
            payload = dict(event.payload)
            if event.text is not None:
                payload["content"] = self._content(event)
            row = (
                event.seq, self._command, stream, event.version, event.kind, event.occurred_on.isoformat(),
                self.recorded_at, journal.canonical(payload),
            )  # fmt: skip
            self._events.append(row)
        if len(self._events) >= PORTION:
            self.flush()

    def _content(self, event: Event) -> str:
        salt = f"{self._rng.getrandbits(64):016x}"
        digest = hashlib.sha256((salt + (event.text or "")).encode()).hexdigest()
        media = "application/json" if event.kind == ev.EVIDENCE_RECORDED else "text/plain"
        self._contents.append((event.seq, salt, digest, media, event.text, None))
        return digest

    def account(self, name: str) -> int:
        """Add an account under the present command; its id."""
        seq = self.number_events()
        event = Event(ev.ACCOUNT_ADDED, self._day, {"name": name}, seq=seq, version=1)
        self.add(account_stream(seq), [event])
        self._accounts.append((seq, name))
        self.names[seq] = name
        return seq

    def contact(self, name: str, mail: str, account: int) -> int:
        """Add a contact of an account under the present command; its id."""
        seq = self.number_events()
        event = Event(ev.CONTACT_ADDED, self._day, {"account": account, "person": seq}, seq=seq, version=1)
        self.add(contact_stream(seq), [event])
        self._contacts.append((seq, account))
        self._people.append((seq, name, mail, None, f"{self._rng.getrandbits(64):016x}", None))
        self.names[seq] = name
        return seq

    def project(self, state: Opportunity, pipeline: Pipeline) -> None:
        """Write the projected rows of an opportunity that will not change any more."""
        self._projected.append(projection.rows(state, pipeline, self.names))
        if len(self._projected) >= PORTION // 10:
            self._flush_projection()

    def flush(self) -> None:
        """Hand the rows that wait to the database."""
        self._driver.run_many(journal.INSERT_COMMAND, self._commands)
        self._driver.run_many(journal.INSERT_EVENT, self._events)
        self._driver.run_many(journal.INSERT_CONTENT, self._contents)
        self._driver.run_many(directory.INSERT_PERSON, self._people)
        directory.add_accounts(self._driver, self._accounts)
        directory.add_contacts(self._driver, self._contacts)
        waiting = (self._commands, self._events, self._contents, self._people, self._accounts, self._contacts)
        for rows in waiting:
            rows.clear()
        self._flush_projection()

    def _flush_projection(self) -> None:
        for table in COLUMNS:
            rows = [row for projected in self._projected for row in projected[table]]
            self._driver.run_many(projection.upsert(table), rows)
        self._projected.clear()
