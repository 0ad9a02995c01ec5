"""Showing what a note was understood to say, as a difference to accept, edit or refuse."""

from __future__ import annotations

import sys

from pipecli.domain import asking, proposing
from pipecli.domain.proposing import Suggestion
from pipecli.render.console import console, literal_lines, note
from pipecli.render.understanding import print_understood
from pipecli.service.answers import Answers
from pipecli.service.assistance import Assistance
from pipecli.service.understanding import Understood, answers_with, understand
from pipecli.service.workspace import Workspace
from pipecli.text import _

from .prompts import ask, can_ask

_TAKE, _EDIT, _ALONE, _QUIT = "take", "edit", "alone", "quit"
# The words of the French answers do as well.
_MEANT = {
    **dict.fromkeys(("y", "yes", "o", "oui", "ok"), _TAKE),
    **dict.fromkeys(("e", "edit", "m", "modifier"), _EDIT),
    **dict.fromkeys(("n", "no", "non", "r", "reject", "refuser"), _ALONE),
    **dict.fromkeys(("q", "quit", "quitter"), _QUIT),
}


def completed_by(
    place: Workspace, ref: str, text: str, answers: Answers, how: Assistance, *, accept: bool
) -> Answers:
    """The answers with what the note says, as far as the person accepts it; `accept` takes it without asking.

    Raises the fault of a model that was asked where nobody is there to see what the rules read instead.
    """
    found = understand(place, ref, text, how)
    if found.suggestions:
        print_understood(console(sys.stderr), found)
    if found.fault and accept:
        raise found.fault
    if found.fault:
        note(found.fault.message)
    if not found.suggestions:
        return answers
    accepted = found.suggestions if accept else _accepted(found) if can_ask() else ()
    return answers_with(answers, accepted, found.shown.seen) if accepted else answers


def _accepted(found: Understood) -> tuple[Suggestion, ...]:
    meant = _meant()
    if meant == _QUIT:
        raise KeyboardInterrupt
    if meant == _ALONE:
        return ()
    if meant == _TAKE:
        return found.suggestions
    return tuple(edited for one in found.suggestions if (edited := _edited(one, found)) is not None)


def _meant() -> str:
    """What the person wants; asked again until they say one of the four."""
    question = _("Enter takes it, e edits, n takes the text alone, q quits:")
    while True:
        answer = ask(question, default=_("yes")).casefold()
        meant = _TAKE if answer == _("yes").casefold() else _MEANT.get(answer)
        if meant:
            return meant
        print(literal_lines("  " + _("type Enter, e, n or q")), file=sys.stderr)


def _edited(one: Suggestion, found: Understood) -> Suggestion | None:
    """A suggestion as the person wants it; None for `-`."""
    if one.what == proposing.PROOF:
        line = _("{name}: {quote} (- leaves it out)").format(name=one.target, quote=one.quote)
        return None if ask(line, default=_("yes")) == "-" else one
    pipeline = found.shown.pipeline
    name = asking.of_field(one.target, pipeline).label if one.target else _("next action")
    value = ask(_("{name} (- leaves it out)").format(name=name), default=one.value)
    if value == "-":
        return None
    due = ask(_("Due when? (fri, +3d, 2026-12-31)"), default=one.due) if one.due else ""
    return one._replace(value=value, due=due)
