"""Bringing a workspace of an older program to this one's version, under the lock, after a copy of it was kept."""

from __future__ import annotations

from typing import NamedTuple

from pipecli.errors import StoreError
from pipecli.store.header import read_header
from pipecli.store.opening import open_database
from pipecli.store.schema import PROJECTION
from pipecli.text import _

from .doctor import doctor
from .workspace import Workspace


class Upgraded(NamedTuple):
    """The version of the lists before and now, and where the copy is; None where nothing had to be done."""

    where: str
    was: int
    now: int
    kept: str | None
    events: int
    opportunities: int
    dry_run: bool = False


def upgrade(workspace: Workspace, *, dry_run: bool = False) -> Upgraded:
    """Write the lists of an older program's workspace anew, then have the doctor look at it.

    Raises StoreError where a newer program wrote it, or where it is not sound afterwards.
    """
    where, was = _version(workspace)
    if was == PROJECTION:
        return Upgraded(where, was, PROJECTION, None, 0, 0, dry_run)
    with workspace.commit("upgrade", dry_run=dry_run) as unit:
        header, kept = unit.header, unit.kept
    if kept is None:  # a dry run, or somebody else was faster
        return Upgraded(where, header.projection, PROJECTION, None, header.head, 0, dry_run)
    workspace.told.clear()  # that a copy was kept is what this answers
    found = doctor(workspace)
    if found.faults:
        raise StoreError(
            _("{where} is not sound: {fault}; see pipe doctor").format(where=where, fault=found.faults[0]),
            where=where,
        )
    return Upgraded(where, header.projection, PROJECTION, kept, header.head, found.opportunities)


def _version(workspace: Workspace) -> tuple[str, int]:
    driver = open_database(workspace.address, write=False)
    try:
        return driver.where, read_header(driver, write=True).projection
    finally:
        driver.close()
