"""Replaying the journal into the projection, and comparing the two."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial
from itertools import islice
from typing import Any

from pipecli.domain import events as ev
from pipecli.domain.evolve import fold
from pipecli.domain.opportunity import Opportunity
from pipecli.domain.pipeline import Pipeline
from pipecli.domain.rates import Quote, quotes_of
from pipecli.domain.replaying import UNREPLAYABLE, unreplayable
from pipecli.store import directory, journal, projection, rates, schema
from pipecli.store.driver import Driver

BATCH = 2_000


def replayed(driver: Driver) -> Iterator[tuple[int, Opportunity | None]]:
    """Every opportunity's number and its state by the journal."""
    for stream, events in journal.load_streams(driver, "o"):
        with _replaying(stream):
            number, state = int(stream[1:]), fold(events)
        yield number, state


@contextmanager
def _replaying(stream: str) -> Iterator[None]:
    """What a fold meets in an event that no program wrote becomes a StoreError."""
    try:
        yield
    except UNREPLAYABLE as error:
        raise unreplayable(stream, error) from error


def rebuild(driver: Driver, pipeline: Pipeline) -> int:
    """Write every projected row anew from the journal, inside the caller's transaction; how many opportunities.

    A workspace of an older program gets the tables that it lacks.
    """
    schema.create_missing(driver)
    projection.clear(driver)
    rebuild_directory(driver)
    rates.write_rates(driver, journalled_quotes(driver))
    pipeline = pipeline.priced_by(partial(rates.read_rates, driver))
    names = directory.all_names(driver)
    count = 0
    states = replayed(driver)
    while batch := list(islice(states, BATCH)):
        pairs = [
            (projection.empty_rows(), projection.rows(state, pipeline, names)) for _number, state in batch
        ]
        projection.write_differences(driver, pairs)
        count += len(batch)
    return count


def journalled_quotes(driver: Driver) -> list[Quote]:
    """The exchange rates by the journal."""
    with _replaying("workspace"):
        return quotes_of(journal.load_stream(driver, "workspace"))


def rebuild_directory(driver: Driver) -> None:
    """Project accounts and contacts from their streams."""
    accounts, contacts = directory_rows(driver)
    directory.add_accounts(driver, accounts)
    directory.add_contacts(driver, contacts)


def directory_rows(driver: Driver) -> tuple[list[tuple[int, str]], list[tuple[int, int | None]]]:
    """The accounts (id, name) and contacts (id, account) by the journal."""
    accounts = list(_told(driver, "a", ev.ACCOUNT_ADDED, "name"))
    contacts = list(_told(driver, "c", ev.CONTACT_ADDED, "account"))
    return accounts, contacts


def _told(driver: Driver, letter: str, kind: str, key: str) -> Iterator[tuple[int, Any]]:
    """What the events of a kind say under a key, with the number of their stream; of those that count."""
    for stream, events in journal.load_streams(driver, letter):
        with _replaying(stream):
            found = [(int(stream[1:]), event.payload[key]) for event in ev.live(events) if event.kind == kind]
        yield from found
