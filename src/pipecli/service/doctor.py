"""The doctor: replays the journal, compares it with every projected row, and asks the database about itself."""

from __future__ import annotations

from itertools import islice
from typing import NamedTuple

from pipecli.domain.events import opportunity_stream
from pipecli.errors import StoreError
from pipecli.store import directory, imported, integrity, projection, rates
from pipecli.store.layout import COLUMNS, KEYS
from pipecli.text import _

from .rebuilding import directory_rows, journalled_quotes, rebuild, replayed
from .workspace import Reading, Workspace

MOST_SHOWN = 20
BATCH = 500


class Diagnosis(NamedTuple):
    """What was looked at and what is wrong; sound where there are no faults."""

    where: str
    events: int
    opportunities: int
    rows: int
    faults: list[str]
    rebuilt: bool = False


def doctor(workspace: Workspace, *, rebuild_projection: bool = False) -> Diagnosis:
    """Check the workspace; with `rebuild_projection` write the projection anew from the journal first."""
    if rebuild_projection:
        with workspace.commit("rebuild") as unit:
            rebuild(unit.driver, unit.pipeline)
            integrity.mark_rebuilt(unit.driver)
    with workspace.read() as reading:
        return examine(reading)._replace(rebuilt=rebuild_projection)


def examine(reading: Reading) -> Diagnosis:
    """What a workspace that is open is like, at one moment."""
    driver = reading.driver
    faults = integrity.database_faults(driver) + integrity.journal_faults(driver, reading.header)
    opportunities = rows = 0
    try:
        opportunities, rows, drift = _compared(reading)
        faults += drift + _shared_faults(reading) + _doubled(reading)
    except StoreError as error:  # what cannot be replayed cannot be compared either
        faults.append(error.message)
    return Diagnosis(driver.where, reading.header.head, opportunities, rows, faults)


def _compared(reading: Reading) -> tuple[int, int, list[str]]:
    """How many opportunities and projected rows there are, and where the rows are not the replayed journal's."""
    driver = reading.driver
    quotes = journalled_quotes(driver)
    pipeline = reading.pipeline.priced_by(lambda currency: [q for q in quotes if q.base == currency])
    names = directory.all_names(driver)
    opportunities, count, faults = 0, 0, []
    states = replayed(driver)
    while batch := list(islice(states, BATCH)):
        wanted = projection.empty_rows()
        for number, state in batch:
            opportunities += state is not None and not state.is_merged
            for table, rows in projection.rows(state, pipeline, names).items():
                wanted[table] += rows
            if state and state.number != number:
                faults.append(
                    _("stream {stream} opens number {number}").format(
                        stream=opportunity_stream(number), number=state.number
                    )
                )
        found = projection.projected_of(driver, [number for number, _state in batch])
        for table in COLUMNS:
            count += len(found[table])
            faults += differences(table, _by_key(table, wanted[table]), _by_key(table, found[table]))
    for table in COLUMNS:
        strays = projection.strays(driver, table)
        count += len(strays)
        faults += differences(table, {}, _by_key(table, strays))
    return opportunities, count, faults


def _by_key(table: str, rows: list[tuple[object, ...]]) -> dict[tuple[object, ...], tuple[object, ...]]:
    width = len(KEYS[table])
    return {row[:width]: row for row in rows}


def differences(
    table: str,
    wanted: dict[tuple[object, ...], tuple[object, ...]],
    found: dict[tuple[object, ...], tuple[object, ...]],
) -> list[str]:
    """Where a projected table is not what the journal says, one line each."""
    faults = []
    for key in wanted.keys() - found.keys():
        faults.append(_("{table} {key} is missing").format(table=table, key=_key(key)))
    for key in found.keys() - wanted.keys():
        faults.append(_("{table} {key} is not in the journal").format(table=table, key=_key(key)))
    for key in wanted.keys() & found.keys():
        if wanted[key] != found[key]:
            columns = [
                name for name, a, b in zip(COLUMNS[table], wanted[key], found[key], strict=True) if a != b
            ]
            faults.append(
                _("{table} {key} differs from the journal in {columns}").format(
                    table=table, key=_key(key), columns=", ".join(columns)
                )
            )
    return sorted(faults)


def _key(key: tuple[object, ...]) -> str:
    return "/".join(map(str, key))


def _shared_faults(reading: Reading) -> list[str]:
    accounts, contacts = directory_rows(reading.driver)
    faults = []
    if dict(accounts) != dict(integrity.accounts(reading.driver)):
        faults.append(_("accounts differ from the journal"))
    if dict(contacts) != dict(integrity.contacts(reading.driver)):
        faults.append(_("contacts differ from the journal"))
    if set(map(rates.row, journalled_quotes(reading.driver))) != rates.projected_rates(reading.driver):
        faults.append(_("exchange rates differ from the journal"))
    return faults


def _doubled(reading: Reading) -> list[str]:
    """Opportunities that stand here more than once."""
    line = _("{refs} are one opportunity: each is known as {key}; pipe merge {first} {second}")
    return [
        line.format(refs=", ".join(map(str, numbers)), key=key, first=numbers[0], second=numbers[1])
        for key, numbers in imported.doubled(reading.driver)[:MOST_SHOWN]
    ]
