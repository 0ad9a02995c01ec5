"""Replaying the journal into the projection, and comparing the two."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import islice

from pipecli.domain import events as ev
from pipecli.domain.evolve import fold
from pipecli.domain.opportunity import Opportunity
from pipecli.domain.pipeline import Pipeline
from pipecli.errors import StoreError
from pipecli.store import directory, journal, projection
from pipecli.store.driver import Driver
from pipecli.text import _

BATCH = 2_000


def replayed(driver: Driver) -> Iterator[tuple[int, Opportunity | None]]:
    """Every opportunity's number and its state by the journal."""
    for stream, events in journal.load_streams(driver, "o"):
        try:
            state = fold(events)
        except (AttributeError, KeyError, TypeError, ValueError) as error:
            raise StoreError(
                _("the journal of stream {stream} cannot be replayed ({error!r}); restore a backup").format(
                    stream=stream, error=error
                )
            ) from error
        yield int(stream[1:]), state


def rebuild(driver: Driver, pipeline: Pipeline) -> int:
    """Write every projected row anew from the journal, inside the caller's transaction; how many opportunities."""
    projection.clear(driver)
    rebuild_directory(driver)
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


def rebuild_directory(driver: Driver) -> None:
    """Project accounts and contacts from their streams."""
    accounts, contacts = directory_rows(driver)
    directory.add_accounts(driver, accounts)
    directory.add_contacts(driver, contacts)


def directory_rows(driver: Driver) -> tuple[list[tuple[int, str]], list[tuple[int, int | None]]]:
    """The accounts (id, name) and contacts (id, account) by the journal."""
    accounts = [
        (int(stream[1:]), event.payload["name"])
        for stream, events in journal.load_streams(driver, "a")
        for event in ev.live(events)
        if event.kind == ev.ACCOUNT_ADDED
    ]
    contacts = [
        (int(stream[1:]), event.payload["account"])
        for stream, events in journal.load_streams(driver, "c")
        for event in ev.live(events)
        if event.kind == ev.CONTACT_ADDED
    ]
    return accounts, contacts
