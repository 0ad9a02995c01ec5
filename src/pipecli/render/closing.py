"""What an undo took back, in words and as JSON."""

from __future__ import annotations

from typing import Any

from pipecli.service.undoing import Undone
from pipecli.text import _, ngettext

from .console import literal
from .database import moment


def undone_document(found: Undone, *, redo: bool) -> dict[str, Any]:
    """What was taken back, or with `redo` done again."""
    return {
        "command": found.command.name,
        "at": found.command.at,
        "redo": redo,
        "refs": list(found.refs),
        "kept": list(found.kept),
    }


def undone_lines(found: Undone, *, redo: bool) -> list[str]:
    """One line: which command of when, on which opportunities; a second for what was left."""
    at = moment(found.command.at)
    refs = ", ".join(map(str, found.refs[:10])) + ("…" if len(found.refs) > 10 else "")
    on = ngettext("on {refs}", "on {n} opportunities: {refs}", len(found.refs)).format(
        refs=refs, n=len(found.refs)
    )
    line = _("Done again: what pipe undo took back at {at}") if redo else _("Took back {name} of {at}")
    done = line.format(name=found.command.name, at=at) + (f" {on}" if found.refs else "")
    words = literal(found.words)
    lines = [_("{ref}: {summary}").format(ref=done, summary=words) if words else done]
    if found.kept:
        lines.append(
            ngettext(
                "{n} opportunity was touched since and stays: {refs}",
                "{n} opportunities were touched since and stay: {refs}",
                len(found.kept),
            ).format(n=len(found.kept), refs=", ".join(map(str, found.kept[:10])))
        )
    return lines
