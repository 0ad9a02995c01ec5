"""What imports keep of a person's rows: digests that no name is to be tried on once it is out of the journal."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping

from pipecli.domain import events as ev
from pipecli.domain.erased_rows import marked, naming_keys
from pipecli.domain.events import Event
from pipecli.store import erasing, journal
from pipecli.store.driver import Driver

Histories = Mapping[str, list[Event]]


def histories(driver: Driver, streams: Iterable[str]) -> dict[str, list[Event]]:
    """These streams, and those of what was merged into them or they into."""
    found: dict[str, list[Event]] = {}
    wanted = set(streams)
    while wanted:
        found |= dict(journal.load_many(driver, sorted(wanted)))
        merged = {n for events in found.values() for e in events for n in _merged_with(e)}
        wanted = {ev.opportunity_stream(n) for n in merged} - set(found)
    return found


def _merged_with(event: Event) -> list[int]:
    if event.kind == ev.MERGED:
        return [event.payload["into"]]
    return [event.payload["number"]] if event.kind == ev.ABSORBED else []


def of_accounts(driver: Driver, accounts: frozenset[int]) -> set[int]:
    """The opportunities that are of these accounts, or once were."""
    found = set()
    for entry in erasing.payloads(driver) if accounts else ():
        if entry.kind in (ev.OPENED, ev.DESCRIBED) and '"account":' in entry.body:
            payload = json.loads(entry.body)
            if {payload.get("account"), payload.get("changes", {}).get("account")} & accounts:
                found.add(int(entry.stream[1:]))
    return found


def without_digests(
    before: Histories, after: Histories, contacts: frozenset[int], accounts: frozenset[int]
) -> dict[int, str]:
    """The payloads (by event) that keep digests of rows, with a mark for what named a person in them."""
    keys = {s: naming_keys(before[s], events, contacts, accounts) for s, events in after.items()}
    found = {}
    for stream, events in after.items():
        for event in events:
            row = event.payload.get("row")
            if not row:
                continue
            merged = (
                [event.payload["number"], *event.payload["absorbed"]] if event.kind == ev.ABSORBED else []
            )
            known = keys[stream].union(*(keys.get(ev.opportunity_stream(n), ()) for n in merged))
            if known & set(row):
                found[event.seq] = journal.canonical({**event.payload, "row": marked(row, known)})
    return found


def rewritten(events: Iterable[Event], payloads: Mapping[int, str]) -> list[Event]:
    """These events with their new payloads."""
    return [e._replace(payload=json.loads(payloads[e.seq])) if e.seq in payloads else e for e in events]
