"""What an import of messages and meetings did: the counts, where they went, and what is left for a decision."""

from __future__ import annotations

from typing import Any

from pipecli.domain.matching import Incoming
from pipecli.service.mail import Candidate, Taken, deciding
from pipecli.text import _, ngettext

from .console import literal

MOST_LISTED = 50
_LONGEST_TITLE = 60


def mail_lines(found: Taken) -> list[str]:
    """The counts, what each opportunity got, then what a person has to decide, each with its command."""
    parts = [
        _("{n} taken").format(n=found.total),
        _("{n} taken before").format(n=found.known),
        _("{n} to decide").format(n=len(found.undecided)),
    ]
    if found.repeated:
        parts.append(_("{n} more than once in it").format(n=found.repeated))
    if found.left_out:
        parts.append(_("{n} still to come or cancelled").format(n=found.left_out))
    lines = [", ".join(parts) + "."]
    if not found.total and found.known and not found.undecided:
        lines[0] += " " + _("Nothing new.")
    lines += [f"  {n:>6} → {_named(candidate)}" for candidate, n in found.taken[:MOST_LISTED]]
    if len(found.taken) > MOST_LISTED:
        lines.append(_("  and {n} more opportunities").format(n=len(found.taken) - MOST_LISTED))
    for n, (one, command) in enumerate(deciding(found)):
        if n == MOST_LISTED:
            lines.append(
                _("  and {n} more to decide; --json lists them all").format(n=len(found.undecided) - n)
            )
            break
        lines += [f"? {_what(one.incoming)}", f"    {literal(one.reason)}"]
        lines += [f"      {_named(candidate)}" for candidate in one.candidates]
        lines.append(f"    {literal(command)}")
    return lines


def mail_notes(found: Taken) -> list[str]:
    """What is worth knowing beside the result."""
    notes = []
    if n := found.cut:
        line = ngettext(
            "{n} message was too long and was read up to its 32nd megabyte",
            "{n} messages were too long and were read up to their 32nd megabyte",
            n,
        )
        notes.append(line.format(n=n))
    if n := found.passed_over:
        line = ngettext(
            "{n} file was passed over: it is not .eml, .mbox or .ics",
            "{n} files were passed over: they are not .eml, .mbox or .ics",
            n,
        )
        notes.append(line.format(n=n))
    return notes


def mail_document(found: Taken) -> dict[str, Any]:
    """The same as JSON."""
    return {
        "file": found.path,
        "dry_run": found.dry_run,
        "taken": found.total,
        "known": found.known,
        "repeated": found.repeated,
        "left_out": found.left_out,
        "opportunities": [{**candidate._asdict(), "taken": n} for candidate, n in found.taken],
        "undecided": [
            {
                "number": one.incoming.number,
                "kind": one.incoming.kind,
                "date": one.incoming.day.isoformat() if one.incoming.day else None,
                "from": one.incoming.sender,
                "subject": one.incoming.title,
                "reason": one.reason,
                "candidates": [candidate._asdict() for candidate in one.candidates],
                "command": command,
            }
            for one, command in deciding(found)
        ],
    }


def _what(incoming: Incoming) -> str:
    day = incoming.day.isoformat() if incoming.day else _("no date")
    title = literal(incoming.title)[:_LONGEST_TITLE] or _("(no subject)")
    return f"{day}  {title}  {literal(incoming.sender)[:_LONGEST_TITLE]}".rstrip()


def _named(candidate: Candidate) -> str:
    name = literal(candidate.name)
    return (
        f"{candidate.id} {literal(candidate.account)} · {name}"
        if candidate.account
        else f"{candidate.id} {name}"
    )
