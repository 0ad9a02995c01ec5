"""What an import says beside its counts: what was left out or not read, what is missing, what may be one."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from typing import NamedTuple

from pipecli.domain import events as ev
from pipecli.domain.events import Event
from pipecli.domain.money import shown
from pipecli.importers.labels import Labels, typed
from pipecli.text import _, ngettext

from .importing_source import Source

MOST = 5
_FIELDS = {
    ev.AMOUNT_REVISED: "amount",
    ev.AMOUNT_CONFIRMED: "amount",
    ev.CLOSE_DATE_SET: "close_date",
    ev.OWNER_CHANGED: "owner",
    ev.STAGE_IMPORTED: "stage",
    ev.REOPENED: "stage",
    ev.WON: "status",
    ev.LOST: "status",
    ev.NEXT_ACTION_SET: "next_action",
}


class Update(NamedTuple):
    """An opportunity that a row changed, and the fields that it changed."""

    line: int
    ref: int
    fields: tuple[str, ...]


def fields_of(events: Iterable[Event]) -> tuple[str, ...]:
    """The fields that events of an import wrote, in their order."""
    found: dict[str, None] = {}
    for event in events:
        if event.kind == ev.DESCRIBED:
            found |= dict.fromkeys(event.payload["changes"])
        elif event.kind in _FIELDS:
            found[_FIELDS[event.kind]] = None
    return tuple(found)


def notes_of(
    source: Source,
    unread: Sequence[str],
    undated: int,
    strangers: Sequence[str],
    labels: Labels,
    alike: tuple[Sequence[tuple[str, str]], Sequence[tuple[str, str]]],
    merged: Sequence[tuple[int, int]] = (),
    stale: Mapping[str, int] | None = None,
    doubles: int = 0,
) -> list[str]:
    """One line for each thing that a person should know of."""
    notes = [*_recognised(source), *_left_out(source), *_unread(unread), *_unknown(labels)]
    if n := undated:
        notes.append(
            ngettext(
                "{n} next action has no date and was left out: map next_due",
                "{n} next actions have no date and were left out: map next_due",
                n,
            ).format(n=n)
        )
    if n := len(strangers):
        listed = ", ".join(shown(key) or '""' for key in strangers[:5]) + (", …" if n > 5 else "")
        notes.append(
            ngettext(
                "the history has {n} identifier that the file does not have: {listed}",
                "the history has {n} identifiers that the file does not have: {listed}",
                n,
            ).format(n=n, listed=listed)
        )
    return [*notes, *_merged(merged), *_stale(stale or {}), *_doubles(doubles), *_alike(*alike)]


def _recognised(source: Source) -> list[str]:
    notes = []
    if source.system:
        notes.append(_("recognised as an export of {system}").format(system=source.system.name))
    if source.table.encoding in ("mac_roman", "cp850"):
        notes.append(
            _("read as {encoding}; if letters with accents are wrong: --encoding cp1252").format(
                encoding=source.table.encoding
            )
        )
    return notes


def _left_out(source: Source) -> list[str]:
    """What is no opportunity, by kind, with the lines."""
    kinds = {
        "title": _("above the header"),
        "header": _("the header again"),
        "total": _("totals"),
        "report": _("the last lines of a report"),
        "deleted": _("deleted there"),
    }
    counted = Counter(row.kind for row in source.left_out)
    parts = []
    for kind, n in counted.items():
        lines = [str(row.line) for row in source.left_out if row.kind == kind]
        listed = ", ".join(lines[:MOST]) + (", …" if n > MOST else "")
        parts.append(
            ngettext("{what} (line {lines})", "{what} (lines {lines})", n).format(
                what=kinds[kind], lines=listed
            )
        )
    if not parts:
        return []
    n = len(source.left_out)
    line = ngettext(
        "{n} row is no opportunity and was left out: {what}",
        "{n} rows are no opportunities and were left out: {what}",
        n,
    )
    return [line.format(n=n, what="; ".join(parts))]


def _unread(columns: Sequence[str]) -> list[str]:
    if not columns:
        return []
    n = len(columns)
    line = ngettext("{n} column was not read: {columns}", "{n} columns were not read: {columns}", n)
    return [line.format(n=n, columns=", ".join(map(shown, columns)))]


def _unknown(labels: Labels) -> list[str]:
    """The labels that are no stage here, as options to be completed."""
    if not labels.unknown:
        return []
    options = " ".join(f'--stage "{typed(label)}=KEY"' for label, _n in labels.unknown.most_common(12))
    return [_("labels that are no stage here: {options}").format(options=options)]


def _merged(rows: Sequence[tuple[int, int]]) -> list[str]:
    """The rows that say something else about what was merged into another one, by line and number."""
    if not rows:
        return []
    n = len(rows)
    listed = ", ".join(f"{line} ({number})" for line, number in rows[:MOST]) + (", …" if n > MOST else "")
    line = ngettext(
        "{n} row has changed and its opportunity was merged: nothing was taken over from line {lines}",
        "{n} rows have changed and their opportunities were merged: nothing was taken over from lines {lines}",
        n,
    )
    return [line.format(n=n, lines=listed)]


def _stale(fields: Mapping[str, int]) -> list[str]:
    """The cells of an export of our own that were not edited, but overtaken here since."""
    if not fields:
        return []
    n = sum(fields.values())
    listed = ", ".join(f"{field} ({count})" for field, count in fields.items())
    line = ngettext(
        "{n} cell says what was true before and was left: {fields}",
        "{n} cells say what was true before and were left: {fields}",
        n,
    )
    return [line.format(n=n, fields=listed)]


def _doubles(n: int) -> list[str]:
    """Rows without an identifier land anew when they are edited; what they may double is said."""
    if not n:
        return []
    line = ngettext(
        "{n} row has the name and account of an open opportunity: pipe clean --only duplicate",
        "{n} rows have the name and account of open opportunities: pipe clean --only duplicate",
        n,
    )
    return [line.format(n=n)]


def _alike(accounts: Sequence[tuple[str, str]], people: Sequence[tuple[str, str]]) -> list[str]:
    notes = []
    if n := len(accounts):
        line = ngettext(
            "{n} new account resembles another and was kept apart: {pairs}",
            "{n} new accounts resemble others and were kept apart: {pairs}",
            n,
        )
        notes.append(line.format(n=n, pairs=_pairs(accounts)))
    if n := len(people):
        line = ngettext(
            "{n} new contact resembles another and was kept apart: {pairs}",
            "{n} new contacts resemble others and were kept apart: {pairs}",
            n,
        )
        notes.append(line.format(n=n, pairs=_pairs(people)))
    return notes


def _pairs(pairs: Sequence[tuple[str, str]]) -> str:
    listed = ", ".join(f'"{shown(a)}" / "{shown(b)}"' for a, b in pairs[:MOST])
    return listed + (", …" if len(pairs) > MOST else "")
