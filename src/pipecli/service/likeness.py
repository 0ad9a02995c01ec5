"""Near-duplicates among accounts, people and opportunities, measured letter by letter by rapidfuzz."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from pipecli.domain import likeness as rules
from pipecli.domain.likeness import Dealing, Distance, Person


def _distance() -> Distance:
    from rapidfuzz.distance import OSA

    return lambda a, b, most: OSA.distance(a, b, score_cutoff=most)


def alike(added: Sequence[str], known: Sequence[str]) -> list[tuple[str, str]]:
    """Each added name that may be one of the known or of those added before it, with the first such."""
    names = [*known, *added]
    found: dict[int, int] = {}
    for earlier, later in rules.pairs(names, _distance(), range(len(known), len(names))):
        if names[earlier] != names[later]:
            found.setdefault(later, earlier)
    return [(names[later], names[earlier]) for later, earlier in sorted(found.items())]


def same_accounts(accounts: Sequence[tuple[int, str]]) -> list[tuple[int, int]]:
    """The ids of accounts that may be one, the older first."""
    ordered = sorted(accounts)
    found = rules.pairs([name for _id, name in ordered], _distance())
    return [(ordered[a][0], ordered[b][0]) for a, b in found]


def same_people(people: Sequence[Person], since: int = 0) -> list[tuple[Person, Person]]:
    """Contacts that may be one, the older first; only pairs with one who is at place `since` or later."""
    return rules.same_people(people, _distance(), since)


def same_dealings(
    dealings: Sequence[Dealing], accounts: Iterable[tuple[int, int]]
) -> list[tuple[Dealing, Dealing]]:
    """Opportunities that may be one, the older first; `accounts` are pairs of accounts that may be."""
    return rules.same_dealings(dealings, accounts, _distance())
