"""The lists of what is late and of what went quiet, owner by owner."""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

from pipecli.domain.fold import fold
from pipecli.store.directory import known_owners
from pipecli.store.lists import Filter

from .lists import Listing, filtered, late, quiet, stage_limits
from .workspace import Reading, Workspace


class Part(NamedTuple):
    """What is listed of one owner."""

    owner: str
    listing: Listing


def overdue(
    workspace: Workspace, limit: int, *, days: int = 0, mine: bool = False, owner: str | None = None
) -> list[Part]:
    """The list of late next actions of each owner who has any; `limit` is that of each."""
    with workspace.read() as reading:
        return list(_parts(reading, late(reading, days, reading.actor if mine else owner), limit))


def stale(
    workspace: Workspace, limit: int, *, mine: bool = False, owner: str | None = None
) -> tuple[list[Part], dict[str, int | None]]:
    """The list of what went quiet of each owner who has any, and how many days each stage allows."""
    with workspace.read() as reading:
        found = list(_parts(reading, quiet(reading.actor if mine else owner), limit))
        return found, stage_limits(reading)


def _parts(reading: Reading, wanted: Filter, limit: int) -> Iterator[Part]:
    spellings: dict[str, str] = {}
    for name in known_owners(reading.driver):
        spellings.setdefault(fold(name), name)
    only = fold(wanted.owner) if wanted.owner else None
    names = [spellings[key] for key in sorted(spellings) if only in (None, key)]
    asked = [reading.soon(filtered, reading, wanted._replace(owner=name), limit) for name in names]
    for name, found in zip(names, asked, strict=True):
        listing = found()
        if listing.n:
            yield Part(name, listing)
