"""What is known of a person before it is erased, and what was."""

from __future__ import annotations

import shlex
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from pipecli.domain import events as ev
from pipecli.domain.erased_rows import ERASED
from pipecli.text import _, ngettext

from .console import literal
from .views import short_day

if TYPE_CHECKING:
    from pipecli.service.forgetting import Forgotten, Found, Person, Trace

COPIED = "copied"
MOST_SHOWN = 50
MOST_NAMESAKES = 10
MOST_REFS = 30


def found_lines(found: Found) -> list[str]:
    """Who it is and every place that names them, with what becomes of it."""
    lines = [_person_line(found, n) for n in range(len(found.people))]
    if found.opportunities:
        lines.append(_("Contact or decision-maker of {refs}").format(refs=_refs(found.opportunities)))
    if found.namesakes:
        others = ", ".join(f"{p.id} {literal(_known_as(p))}" for p in found.namesakes[:MOST_NAMESAKES])
        more = " …" if len(found.namesakes) > MOST_NAMESAKES else ""
        lines.append(_("Others of that name stay: {people}").format(people=others + more))
    if found.is_user:
        lines.append(_("Somebody who works here is called the same: who owns and did what stays as it is"))
    if found.imported:
        line = _("{refs} came from an import: a later one leaves out what it says of them, and tells you")
        lines.append(line.format(refs=_refs(found.imported)))
    if found.anew:
        line = _(
            "{refs} came from an import under an identifier that names them: it goes too, so that a later import "
            "of that row lands it again, with them"
        )
        lines.append(line.format(refs=_refs(found.anew)))
    if found.texts:
        line = ngettext(
            "{n} text that names them or gives a number is blanked, whole:",
            "{n} texts that name them or give a number are blanked, whole:",
            len(found.texts),
        )
        lines += ["", line.format(n=len(found.texts)), *_trace_lines(found.texts)]
    if found.names:
        line = ngettext(
            "{n} entry keeps its words but for theirs, which become {mark}:",
            "{n} entries keep their words but for theirs, which become {mark}:",
            len(found.names),
        )
        lines += ["", line.format(n=len(found.names), mark=ERASED), *_trace_lines(found.names)]
    return lines


def _person_line(found: Found, n: int) -> str:
    person = found.people[n]
    words = literal(" ".join(filter(None, (_known_as(person), person.phone))))
    if n == 0 and found.account:
        words = _("{person}, of {account}").format(person=words, account=literal(found.account))
    return _("{person} (contact {id})").format(person=words, id=person.id)


def _refs(numbers: tuple[int, ...]) -> str:
    more = f" + {len(numbers) - MOST_REFS}" if len(numbers) > MOST_REFS else ""
    return ", ".join(map(str, numbers[:MOST_REFS])) + more


def _known_as(person: Person) -> str:
    return " ".join(filter(None, (person.name, person.mail and f"<{person.mail}>")))


def _trace_lines(traces: tuple[Trace, ...]) -> list[str]:
    shown = [(_place(t), short_day(t.on), _kind(t.kind), literal(t.words)) for t in traces[:MOST_SHOWN]]
    wide = [max(len(row[n]) for row in shown) for n in range(3)]
    lines = [
        f"  {place:>{wide[0]}}  {day:<{wide[1]}}  {kind:<{wide[2]}}  {words}"
        for place, day, kind, words in shown
    ]
    if len(traces) > MOST_SHOWN:
        lines.append("  " + _("and {n} more: --dry-run --json lists them").format(n=len(traces) - MOST_SHOWN))
    return lines


def _place(trace: Trace) -> str:
    return trace.stream[1:] if trace.stream.startswith("o") else "–"


def _kind(kind: str) -> str:
    words = {
        ev.NEXT_ACTION_SET: _("next action"),
        ev.EVIDENCE_RECORDED: _("evidence"),
        ev.EXCHANGE_LOGGED: _("exchange"),
        ev.PROPOSAL_MADE: _("proposal"),
        ev.OPENED: _("name"),
        ev.ACCOUNT_ADDED: _("account"),
        ev.DESCRIBED: _("fields"),
    }
    return words.get(kind, kind)


def forgotten_lines(done: Forgotten) -> list[str]:
    """What was erased, without saying whom; then where the person still is, and what to do about it."""
    found = done.found
    counts = [
        ngettext("{n} contact", "{n} contacts", len(found.people)).format(n=len(found.people)),
        ngettext("{n} text", "{n} texts", len(found.texts)).format(n=len(found.texts)),
        ngettext("{n} journal entry", "{n} journal entries", len(found.names)).format(n=len(found.names)),
    ]
    lines = [_("Erased for good: {counts}.").format(counts=", ".join(counts))]
    if found.namesakes:
        first, *rest = (p.id for p in found.namesakes)
        numbers = ", ".join(map(str, [first, *rest[: MOST_NAMESAKES - 1]]))
        line = ngettext(
            "Contact {numbers} is called the same and stays; if it is the same person: pipe forget {first}",
            "Contacts {numbers} are called the same and stay; if one is the same person: pipe forget {first}",
            len(found.namesakes),
        )
        lines.append(line.format(numbers=numbers, first=first))
    if found.is_user:
        lines.append(
            _("Somebody who works here is called the same: who owns and did what was left as it is.")
        )
    if found.imported:
        line = _("Where {refs} came from may still have them: an import leaves that out and tells you.")
        lines.append(line.format(refs=_refs(found.imported)))
    if found.anew:
        line = _(
            "An import that still has the row of {refs} lands it again, with them: take it out there first."
        )
        lines.append(line.format(refs=_refs(found.anew)))
    return [*lines, *_still_held_lines(done)]


def _still_held_lines(done: Forgotten) -> list[str]:
    """The backups that still hold it, and the other workspaces, with what to do about each."""
    lines = []
    copies = [backup.file for backup in done.backups if backup.why == COPIED]
    files = [backup.file for backup in done.backups if backup.why != COPIED]
    if files:
        line = ngettext(
            "{n} backup still holds it; remove it when nobody needs it any more:",
            "{n} backups still hold it; remove them when nobody needs them any more:",
            len(files),
        )
        lines += [line.format(n=len(files)), *(f"  rm {shlex.quote(file)}" for file in files)]
    if copies:
        line = ngettext(
            "{n} copy of the workspace holds it too; erase it there, or remove the copy:",
            "{n} copies of the workspace hold it too; erase it there, or remove the copies:",
            len(copies),
        )
        number = min(done.found.contacts)
        lines += [
            line.format(n=len(copies)),
            *(f"  pipe --db {shlex.quote(c)} forget {number}" for c in copies),
        ]
    return lines


def not_known_line() -> str:
    """Which copies nobody can name here."""
    return _(
        "Not known here: copies that were moved, made by other means or on other machines, and CSV exports."
    )


def not_swept_line() -> str:
    """That old pages were not overwritten."""
    return _(
        "What the database keeps of old rows was not overwritten: somebody else has it open, or you do not own its "
        "tables. Then: pipe forget --sweep"
    )


def as_json(done: Forgotten) -> Mapping[str, Any]:
    """The same for machines: numbers; the words only before they are erased."""
    found = done.found

    def shown(traces: tuple[Trace, ...]) -> list[dict[str, Any]]:
        return [
            {k: v for k, v in trace._asdict().items() if k != "words" or done.dry_run} for trace in traces
        ]

    return {
        "contacts": sorted(found.contacts),
        "namesakes": [p.id for p in found.namesakes],
        "opportunities": list(found.opportunities),
        "is_user": found.is_user,
        "imported": list(found.imported),
        "imported_anew": list(found.anew),
        "texts": shown(found.texts),
        "entries": shown(found.names),
        "swept": done.swept,
        "backups": [backup.file for backup in done.backups],
        "dry_run": done.dry_run,
    }
