"""`pipe suggest`: what to do next about what is late or quiet, why, and a draft of the message."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING, Annotated

import typer

from pipecli.errors import InvalidInput
from pipecli.render.console import console, is_terminal, note
from pipecli.service.assistance import Assistance
from pipecli.service.workspace import Workspace
from pipecli.text import _, ngettext

from .options import Mine, Output, Ref, assists, reports, workspace
from .prompts import can_ask, reference

if TYPE_CHECKING:
    from pipecli.service.show import Shown
    from pipecli.service.suggesting import Suggested

LINES = 10


@assists
@reports
def suggest(
    context: typer.Context,
    output: Output,
    how: Assistance,
    ref: Ref = None,
    mine: Mine = False,
    limit: Annotated[
        int | None,
        typer.Option("--limit", "-l", metavar="N", min=0, help=_("how many without REF, 0 for all [10]")),
    ] = None,
    draft: Annotated[bool, typer.Option("--draft", help=_("print the draft alone"))] = False,
    edit: Annotated[
        bool, typer.Option("--edit", "-e", help=_("open the draft in the editor, then print it"))
    ] = False,
    copy: Annotated[bool, typer.Option("--copy", help=_("put the draft on the clipboard"))] = False,
) -> None:
    place = workspace(context)
    if ref is not None:
        if mine or limit is not None:
            raise InvalidInput(_("--mine and --limit are for the list: pipe suggest --mine"))
        _one(place, reference(place, ref), output, how, draft=draft, edit=edit, copy=copy)
    elif draft or edit or copy:
        raise InvalidInput(_("a draft is of one opportunity: pipe suggest REF --draft"))
    elif how.dry_run:
        raise InvalidInput(
            _("the list goes by the rules and asks no model; --dry-run is for one: pipe suggest REF")
        )
    else:
        _list(place, output, LINES if limit is None else limit, mine=mine)


def _list(place: Workspace, output: Output, limit: int, *, mine: bool) -> None:
    from pipecli.render import suggestions as screen
    from pipecli.service import suggesting

    found = suggesting.pressing(place, limit, mine=mine)
    if not output.is_table:
        from pipecli.render.formats import write_list

        write_list(screen.view(), [screen.as_record(one) for one in found.found], output.format)
    elif not found.n:
        print(_("Nothing is late, and nothing went quiet."))
    else:
        screen.print_suggestions(console(), found)
        if hidden := found.n - len(found.found):
            note(
                ngettext(
                    "and {n} more: pipe suggest --limit 0", "and {n} more: pipe suggest --limit 0", hidden
                ).format(n=hidden)
            )


def _one(
    place: Workspace, ref: str, output: Output, how: Assistance, *, draft: bool, edit: bool, copy: bool
) -> None:
    from pipecli.render import suggestions as screen
    from pipecli.service import suggesting

    shown, found = suggesting.one(place, ref, how)
    if found is None:
        if shown.state.is_open:
            return  # the request was shown
        if not output.is_table:
            _write_nothing(shown, output)
            return
        print(
            _("{ref} {name} is closed ({status}): nothing is left to do.").format(
                ref=shown.record["id"], name=shown.state.name, status=shown.state.status
            )
        )
        return
    if not found.found and not output.is_table:
        _write_nothing(shown, output)
    elif not found.found:
        print(
            _("Everything that could be suggested for {ref} was rejected before.").format(
                ref=shown.record["id"]
            )
        )
    for one in found.found:
        if edit or copy or draft:
            _take_draft(place, one, edit=edit, copy=copy)
        elif output.is_table:
            screen.print_suggestion(console(), one)
            if can_ask() and is_terminal(sys.stdout):
                from .reviewing import review

                review(place, [one.proposal], shown=True)
        else:
            from pipecli.render.formats import write_object

            write_object(screen.as_record(one), output.format)
    if found.fault:
        raise found.fault


def _write_nothing(shown: Shown, output: Output) -> None:
    """The opportunity's keys without a suggestion, for machines."""
    from pipecli.render.formats import write_list
    from pipecli.render.suggestions import nothing_for, view

    record = nothing_for(shown.record)
    if output.format in ("json", "jsonl"):
        from pipecli.render.formats import write_object

        write_object(record, output.format)
    elif output.format != "quiet":
        write_list(view(), [record], output.format)


def _take_draft(place: Workspace, one: Suggested, *, edit: bool, copy: bool) -> None:
    from pipecli.render.suggestions import draft_lines

    from .drafting import copied, edited

    text = "\n".join(draft_lines(one))
    if edit:
        text = edited(place, text)
    if copy:
        copied(text)
    else:
        print(text)
