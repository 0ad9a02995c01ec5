"""`pipe forget`: erasing a person, after showing every place that names them."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING, Annotated

import typer

from pipecli.errors import InvalidInput, Required
from pipecli.render.console import is_terminal, note
from pipecli.text import _

from .exits import FAILURE, OK
from .options import Writing, workspace, writes
from .prompts import can_ask, confirm

if TYPE_CHECKING:
    from pipecli.service.forgetting import Forgotten, Found


@writes
def forget(
    context: typer.Context,
    writing: Writing,
    contact: Annotated[
        str | None, typer.Argument(metavar="CONTACT", help=_("a name, an address, or the contact's number"))
    ] = None,
    yes: Annotated[bool, typer.Option("--yes", "-y", help=_("without showing it and asking first"))] = False,
    sweep: Annotated[
        bool, typer.Option("--sweep", help=_("overwrite what earlier erasures had to leave in the file"))
    ] = False,
) -> int:
    from pipecli.service import forgetting

    place = workspace(context)
    if sweep:
        if contact is not None:
            raise InvalidInput(_("--sweep stands alone: it is about what was erased before"))
        return _swept(forgetting.sweep(place))
    if contact is None:
        raise InvalidInput(_("forget whom? give a name, an address or the contact's number"))
    seen = None
    if not yes and not writing.dry_run:
        seen = forgetting.traces(place, contact)
        if not _agreed(seen):
            note(_("Nothing was erased."))
            return FAILURE
    return _print(forgetting.forget(place, contact, seen=seen, dry_run=writing.dry_run), writing)


def _agreed(found: Found) -> bool:
    from pipecli.render.forgetting import found_lines

    if not can_ask():
        raise Required(
            _(
                "this cannot be taken back: look at it with pipe forget {contact} --dry-run, then add --yes"
            ).format(contact=found.people[0].id),
            missing=["yes"],
        )
    for line in found_lines(found):
        print(line, file=sys.stderr)
    return confirm(_("Erase all of it for good? It cannot be taken back."), default=False)


def _print(done: Forgotten, writing: Writing) -> int:
    from pipecli.render import forgetting as screen

    if writing.format == "json":
        from pipecli.render.formats import write_json

        write_json(screen.as_json(done))
    elif writing.format == "quiet":
        for contact in sorted(done.found.contacts):
            print(contact)
    else:
        lines = screen.found_lines(done.found) if done.dry_run else screen.forgotten_lines(done)
        for line in lines:
            print(line)
        if is_terminal(sys.stdout) and not done.dry_run:
            note(screen.not_known_line())
    if done.dry_run:
        note(_("Dry run: nothing was changed."))
        return OK
    return OK if done.swept else _swept(swept=False)


def _swept(swept: bool) -> int:
    from pipecli.render.forgetting import not_swept_line

    note(_("Overwritten.") if swept else not_swept_line())
    return OK if swept else FAILURE
