"""Accounts and contacts that may be one: proposed with what settles them, because they are never merged here."""

from __future__ import annotations

import shlex
from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

from pipecli.domain.likeness import Person
from pipecli.store import directory, imported
from pipecli.store.driver import Driver

from .likeness import same_accounts, same_people
from .workspace import Workspace

ACCOUNT, CONTACT = "account", "contact"
Uses = Mapping[int, Sequence[tuple[int, str]]]
"""By account or contact, the opportunities that refer to it and by which field."""


class Twins(NamedTuple):
    """Two names that may be one: the one to be kept, and the other with the opportunities that refer to it.

    `fix` gives the first of those the name that is kept; it is empty for people of two accounts, whose accounts come
    first.
    """

    kind: str
    kept: str
    other: str
    refs: tuple[int, ...]
    fix: str


def alike(workspace: Workspace) -> list[Twins]:
    """Accounts, then contacts that may be one and are used, those in most opportunities first."""
    with workspace.read() as reading:
        driver = reading.driver
        uses = reading.soon(_uses, driver)
        everybody = reading.soon(imported.everybody, driver)
        accounts = {i: name for name, i in directory.all_accounts(driver).items()}
        people = [Person(p.id, p.name, p.mail, p.account) for p in everybody() if p.name]
        used = uses()
    found = [
        _same_account((a, accounts[a]), (b, accounts[b]), used)
        for a, b in same_accounts(list(accounts.items()))
    ]
    found += [_same_person(a, b, used) for a, b in same_people(people)]
    return sorted((t for t in found if t.refs), key=lambda t: (t.kind, -len(t.refs), t.kept))


def _uses(driver: Driver) -> Uses:
    found: dict[int, list[tuple[int, str]]] = {}
    fields = ("account", "contact", "decision_maker")
    asked = {field: driver.soon(directory.references, driver, field) for field in fields}
    for field in fields:
        for number, key in asked[field]():
            found.setdefault(key, []).append((number, field))
    return found


def _same_account(older: tuple[int, str], newer: tuple[int, str], used: Uses) -> Twins:
    """The account that more opportunities are of is kept, else the older one."""
    more = len(used.get(newer[0], ())) > len(used.get(older[0], ()))
    kept, other = (newer, older) if more else (older, newer)
    uses = used.get(other[0], ())
    return Twins(ACCOUNT, kept[1], other[1], _refs(uses), _fix(uses, kept[1]))


def _same_person(older: Person, newer: Person, used: Uses) -> Twins:
    """The older contact is kept: it is the one that is found by its address."""
    uses = used.get(newer.id, ())
    fix = _fix(uses, _whole(older)) if older.account == newer.account else ""
    return Twins(CONTACT, _whole(older), _whole(newer), _refs(uses), fix)


def _whole(person: Person) -> str:
    """A person as an option takes them: `Ana Berg <ana@acme.example>`."""
    return f"{person.name} <{person.mail}>" if person.mail else person.name


def _refs(uses: Sequence[tuple[int, str]]) -> tuple[int, ...]:
    return tuple(dict.fromkeys(number for number, _field in sorted(uses)))


def _fix(uses: Sequence[tuple[int, str]], kept: str) -> str:
    if not uses:
        return ""
    number, field = min(uses)
    return f"pipe edit {number} --set {shlex.quote(f'{field}={kept}')}"


def as_json(found: Sequence[Twins]) -> list[dict[str, Any]]:
    """The pairs as they go out."""
    return [{**t._asdict(), "refs": list(t.refs)} for t in found]
