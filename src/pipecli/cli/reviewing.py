"""Going through proposals in a terminal, one key each: accepted, edited, rejected, left for later."""

from __future__ import annotations

import sys
from collections.abc import Sequence

from pipecli.domain import proposing
from pipecli.errors import PipeError
from pipecli.render.console import console, literal_lines, note
from pipecli.render.opportunity import outcome_lines
from pipecli.render.proposals import print_proposal, waiting_line
from pipecli.service import proposals as service
from pipecli.service.proposals import Edited, Listed
from pipecli.service.workspace import Workspace
from pipecli.text import _

from .prompts import ask, ask_day


def review(place: Workspace, listed: Sequence[Listed], *, shown: bool = False) -> None:
    """Show each proposal and ask what becomes of it; each answer is a command of its own, undone by `pipe undo`.

    `shown` says that the person sees it already.
    """
    left = 0
    for n, item in enumerate(listed, 1):
        print(file=sys.stderr)
        if not shown:
            print_proposal(console(sys.stderr), item)
        answer = _answer(n, len(listed))
        if answer == "q":
            left += len(listed) - n + 1
            break
        if answer == "s":
            left += 1
            continue
        left += not _settled(place, item, answer)
    if left:
        note(waiting_line(left))


def _answer(n: int, of: int) -> str:
    question = _("{n} of {of}: y accept, e edit, n reject, s later, q quit").format(n=n, of=of)
    while True:
        letter = ask(question)[0].casefold()
        # The first letters of the French answers do as well.
        meant = {"o": "y", "a": "y", "m": "e", "r": "n", "p": "s", "l": "s"}.get(letter, letter)
        if meant in "yensq":
            return meant


def _settled(place: Workspace, item: Listed, answer: str) -> bool:
    """Whether the answer was carried out; where it was refused, the proposal waits on."""
    try:
        if answer == "n":
            service.reject(place, item.id, ask(_("Why not? (may be empty)"), empty=True))
            return True
        edited = _edited(item) if answer == "e" else Edited()
        done = service.accept(place, item.id, edited)
    except PipeError as error:
        print(literal_lines(f"  {error.message}"), file=sys.stderr)
        return False
    for line in outcome_lines(done):
        print(line)
    return True


def _edited(item: Listed) -> Edited:
    s = item.suggestion
    if s.what == proposing.MOVE:
        return Edited()
    value = ask(_("Words") if s.what == proposing.PROOF else _("Value"), default=s.value or s.quote)
    due = ask_day() if s.what == proposing.NEXT_ACTION else None
    return Edited(value=None if value == s.value else value, due=due)
