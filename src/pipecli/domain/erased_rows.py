"""Imported rows that named somebody who was erased since.

Of what such a row said of them no digest is kept, so that no name can be tried on it, but a mark; by it a later import
leaves out what its row says there, and reports it.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping
from typing import TYPE_CHECKING, Any

from .events import DESCRIBED, OPENED, Event
from .fold import fold
from .importing_digests import worth
from .values import contact_parts

if TYPE_CHECKING:
    from .facts import Names
    from .importing import Row
    from .opportunity import Opportunity

ERASED = "[erased]"
"""What stands in the place of a name inside another one, such as that of an opportunity."""
_WORDS = ("name", "source", "tags")
_PEOPLE = ("contact", "decision_maker")


def naming_keys(
    before: Iterable[Event], after: Iterable[Event], contacts: Collection[int], accounts: Collection[int]
) -> set[str]:
    """What the rows of an opportunity named somebody by: its events before and after they were erased from it.

    `contacts` are those who were erased, `accounts` those that were called like them.
    """
    found: set[str] = set()
    for old, new in zip(before, after, strict=True):
        was, now = _said(old), _said(new)
        found |= {key for key in was if was[key] != now.get(key)}
        found |= {key for key in _PEOPLE if was.get(key) in contacts}
        found |= {"account"} if was.get("account") in accounts else set()
    return found


def _said(event: Event) -> dict[str, Any]:
    """What an event says of fields, by the keys of an imported row."""
    if event.kind == OPENED:
        said = {key: value for key, value in event.payload.items() if key in (*_WORDS, *_PEOPLE, "account")}
        return said | {f"fields.{key}": value for key, value in event.payload.get("fields", {}).items()}
    if event.kind != DESCRIBED:
        return {}
    known = (*_WORDS, *_PEOPLE, "account")
    return {key if key in known else f"fields.{key}": v for key, v in event.payload["changes"].items()}


def marked(row: Mapping[str, str], keys: Collection[str]) -> dict[str, str]:
    """The digests of a row with a mark for each of these keys."""
    return {key: ERASED if key in keys else digest for key, digest in row.items()}


def left_out(o: Opportunity, names: Names, row: Row, digests: Mapping[str, str]) -> set[str]:
    """What an import leaves as it stands here: what its row named somebody by who was erased, and where they stood."""
    action = o.next_action
    is_export = (
        row.uid is not None
    )  # of the time before, maybe; another system's next action is news if it changed
    gone = {"next_action", "next_due"} if is_export and action and action.text is None else set()
    people = {"account": o.account, "contact": o.contact, "decision_maker": o.decision_maker}
    found = {key for key, n in people.items() if n and n in names and ERASED in (names[n] or ERASED)}
    said = {"name": o.name, "source": o.source, "tags": " ".join(o.tags)}
    said |= {f"fields.{key}": str(value) for key, value in o.fields.items()}
    found |= {key for key, text in said.items() if ERASED in (text or "")}
    return found | gone | {key for key, digest in digests.items() if digest == ERASED}


def without_people(o: Opportunity, names: Names, row: Row, keys: Collection[str]) -> Row:
    """The row without those it names whom an import leaves out, so that nobody is added for them."""
    values = {key: None if key in keys and key in _PEOPLE else value for key, value in row.values.items()}
    if "account" in keys:
        values["account"] = names.get(o.account or 0)
    return row._replace(values=values)


def apart(
    o: Opportunity, names: Names, row: Row, keys: Collection[str]
) -> Iterator[tuple[str, str | None, str]]:
    """Which of these a row says otherwise: the key, what stands here (None where it was erased), what it says."""
    said = {**worth(row), **{f"fields.{key}": value for key, value in row.own.items()}}
    here: dict[str, Any] = {"name": o.name, "source": o.source, "tags": o.tags}
    here |= {key: names.get(getattr(o, key) or 0) for key in (*_PEOPLE, "account")}
    here |= {"next_action": o.next_action and o.next_action.text}
    here |= {f"fields.{key}": value for key, value in o.fields.items()}
    for key in sorted(set(keys) - {"next_due"}):
        file, ours = _text(said.get(key)), _text(here.get(key))
        theirs = contact_parts(file)[0] if key in _PEOPLE and file else file
        if file and fold(theirs) != fold(ours):
            yield key, ours or None, file


def _text(value: object) -> str:
    return ", ".join(value) if isinstance(value, tuple) else str(value or "")
