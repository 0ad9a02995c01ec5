"""The sample's world: its clients, its people, and all lives run side by side in the order of their instants.

What one opportunity goes through is `demo_life.py`'s; here the steps of many are interleaved, so that the journal
is what a team working in parallel would have written.
"""

from __future__ import annotations

import heapq
from collections.abc import Callable, Iterator, Sequence
from random import Random
from typing import NamedTuple

from pipecli.domain.pipeline import Pipeline

from .demo_life import Life
from .demo_people import Client, Person, account_names, person
from .demo_plan import Fate
from .demo_writing import Ledger

TOUR_ACCOUNT, TOUR_CONTACT = "Acme", Person("Jeanne Martin", "jeanne.martin@acme.example")
REPORT_EVERY = 500


class Outcomes(NamedTuple):
    """How many opportunities stand where at the end."""

    open: int
    won: int
    lost: int


class World:
    """Everybody in the sample, and the ledger that they write."""

    def __init__(
        self,
        pipeline: Pipeline,
        ledger: Ledger,
        today: int,
        founders: Sequence[str],
        rng: Random,
        *,
        chatter: float,
    ) -> None:
        self.pipeline = pipeline
        self.ledger = ledger
        self.today = today
        self.founders = founders
        self.rng = rng
        self.chatter = chatter
        self._names = account_names(rng)
        self._clients: list[Client] = []

    def client(self, *, tour: bool) -> Client:
        """The account of a new opportunity: a new one, or one that comes back."""
        if tour:
            client = self._new_client(TOUR_ACCOUNT)
            client.contacts.append((self._contact(client, TOUR_CONTACT), TOUR_CONTACT))
            return client
        if self._clients and self.rng.random() > 0.6:
            return self.rng.choice(self._clients)
        client = self._new_client(next(self._names))
        self._clients.append(client)
        return client

    def _new_client(self, name: str) -> Client:
        return Client(self.ledger.account(name), name, [])

    def contact(self, client: Client) -> tuple[int, Person]:
        """Somebody at the account: most have one person to talk to, few have three."""
        if client.contacts and (len(client.contacts) > 2 or self.rng.random() < 0.75):
            return self.rng.choice(client.contacts)
        somebody = person(self.rng, client.name)
        client.contacts.append((self._contact(client, somebody), somebody))
        return client.contacts[-1]

    def _contact(self, client: Client, somebody: Person) -> int:
        return self.ledger.contact(somebody.name, somebody.mail, client.account)

    def run(self, fates: Sequence[Fate], progress: Callable[[int, int], None] | None = None) -> Outcomes:
        """Let all lives happen; what is projected is how each of them ends."""
        ends = {"open": 0, "won": 0, "lost": 0}
        waiting: list[tuple[int, int, Life, Iterator[int]]] = []
        for number, fate in enumerate(fates, 1):
            while waiting and waiting[0][0] <= fate.opened:
                self._resume(waiting, ends)
            life = Life(self, number, fate)
            steps = life.run()
            heapq.heappush(waiting, (next(steps), number, life, steps))
            if progress and number % REPORT_EVERY == 0:
                progress(number, len(fates))
        while waiting:
            self._resume(waiting, ends)
        if progress:
            progress(len(fates), len(fates))
        return Outcomes(**ends)

    def _resume(self, waiting: list[tuple[int, int, Life, Iterator[int]]], ends: dict[str, int]) -> None:
        _at, number, life, steps = waiting[0]
        at = next(steps, None)
        if at is None:
            heapq.heappop(waiting)
            self.ledger.project(life.state, self.pipeline)
            ends[life.state.status] += 1
        else:
            heapq.heapreplace(waiting, (at, number, life, steps))
