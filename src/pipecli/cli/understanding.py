"""Showing what a note was understood to say, as a difference to accept, edit or refuse."""

from __future__ import annotations

import sys

from pipecli.domain import proposing
from pipecli.domain.proposing import Suggestion
from pipecli.render.console import console, note
from pipecli.render.understanding import print_understood
from pipecli.service.answers import Answers
from pipecli.service.understanding import Understood, answers_with, understand
from pipecli.service.workspace import Workspace
from pipecli.text import _

from .agreeing import assistance
from .prompts import ask, can_ask


def completed_by(place: Workspace, ref: str, text: str, answers: Answers, *, accept: bool) -> Answers:
    """The answers with what the note says, as far as the person accepts it; `accept` takes it without asking."""
    how = assistance(no_model=False, dry_run=False, send=False, verbose=False)
    found = understand(place, ref, text, how)
    if found.fault:
        note(found.fault.message)
    if not found.suggestions:
        return answers
    print_understood(console(sys.stderr), found)
    if accept:
        return answers_with(answers, found.suggestions)
    return answers_with(answers, _accepted(found)) if can_ask() else answers


def _accepted(found: Understood) -> tuple[Suggestion, ...]:
    letter = ask(_("Enter takes it, e edits, n takes the text alone:"), default=_("yes"))[0].casefold()
    if letter in ("n", "r"):
        return ()
    if letter not in ("e", "m"):
        return found.suggestions
    return tuple(edited for one in found.suggestions if (edited := _edited(one)) is not None)


def _edited(one: Suggestion) -> Suggestion | None:
    """A suggestion as the person wants it; None for `-`."""
    name = one.target or _("next action")
    if one.what == proposing.PROOF:
        kept = ask(
            _("{name}: {quote} (- leaves it out)").format(name=name, quote=one.quote), default=_("yes")
        )
        return None if kept == "-" else one
    value = ask(_("{name} (- leaves it out)").format(name=name), default=one.value)
    if value == "-":
        return None
    due = ask(_("Due when? (fri, +3d, 2026-12-31)"), default=one.due) if one.due else ""
    return one._replace(value=value, due=due)
