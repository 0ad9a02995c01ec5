"""Commands of proposals: what rules, a model or an agent would write, for a person to accept or reject."""

from __future__ import annotations

import sys
from collections.abc import Callable
from typing import TYPE_CHECKING, Annotated, Any

import typer
from typer.main import get_command

from pipecli.errors import InvalidInput
from pipecli.render.console import console, is_terminal, note
from pipecli.service.workspace import Workspace
from pipecli.text import _

from .app import bare_typer
from .options import (
    Due,
    Mine,
    Next,
    On,
    Output,
    Reason,
    Ref,
    Writing,
    refuse_before_subcommand,
    reports,
    workspace,
    writes,
)
from .parsing import Command, Group
from .prompts import can_ask, typed
from .results import report_all

if TYPE_CHECKING:
    from pipecli.service.outcome import Outcome

Ids = Annotated[list[int] | None, typer.Argument(metavar="ID...", help=_("numbers of proposals"))]
Answered = Annotated[
    bool, typer.Option("--all", "-a", help=_("also those that were answered, and those of closed ones"))
]


def group(help_: str) -> Any:
    """The parser of `pipe proposals`."""
    made = bare_typer(help=help_, cls=Group)
    made.callback(invoke_without_command=True)(proposals)
    for name, function, words in (
        ("list", list_, _("The proposals that wait, of one opportunity or of all.")),
        ("show", show, _("One proposal with what it rests on, and its draft.")),
        ("accept", accept, _("Write what was proposed, through the same rules as anything typed.")),
        ("reject", reject, _("Say no; it is not proposed again.")),
        ("review", review, _("Go through them, one key each.")),
    ):
        made.command(name, cls=Command, help=words)(function)
    return get_command(made)


@reports
def proposals(context: typer.Context, output: Output, mine: Mine = False, answered: Answered = False) -> None:
    if context.invoked_subcommand is None:
        _print_list(workspace(context), output, None, mine=mine, answered=answered)
    else:
        refuse_before_subcommand(context)


@reports
def list_(
    context: typer.Context, output: Output, ref: Ref = None, mine: Mine = False, answered: Answered = False
) -> None:
    _print_list(workspace(context), output, ref, mine=mine, answered=answered)


def _print_list(place: Workspace, output: Output, ref: str | None, *, mine: bool, answered: bool) -> None:
    from pipecli.render.formats import write_list
    from pipecli.render.proposals import as_record, view
    from pipecli.service import proposals as service

    found = service.waiting(place, ref, mine=mine, answered=answered)
    write_list(view(answered=answered), [as_record(item) for item in found], output.format)
    if output.is_table and not found:
        print(_("No proposal waits."))
    elif output.is_table and is_terminal(sys.stdout):
        note(_("pipe proposals show ID   pipe proposals accept ID   pipe proposals reject ID"))


@reports
def show(context: typer.Context, output: Output, ids: Ids = None) -> None:
    from pipecli.render.proposals import as_record, print_proposal
    from pipecli.service import proposals as service

    item = service.one(workspace(context), _only(ids))
    if output.is_table:
        print_proposal(console(), item)
    else:
        from pipecli.render.formats import write_object

        write_object(as_record(item), output.format)


@writes
def accept(
    context: typer.Context,
    writing: Writing,
    ids: Ids = None,
    value: Annotated[
        str | None,
        typer.Option("--value", metavar="TEXT", help=_("other words or another value than proposed")),
    ] = None,
    day: Annotated[
        str | None, typer.Option("--day", metavar="DATE", help=_("another day than the one proposed"))
    ] = None,
    next_: Next = None,
    due: Due = None,
    on: On = None,
) -> None:
    from pipecli.service import proposals as service
    from pipecli.service.proposals import Edited

    edited = Edited(typed(value), day, next_, due, on)
    numbers = _given(ids)
    if len(numbers) > 1 and edited != Edited():
        raise InvalidInput(_("accept one at a time where you change it"))
    place = workspace(context)
    _each(numbers, writing, lambda seq: service.accept(place, seq, edited, dry_run=writing.dry_run))


@writes
def reject(context: typer.Context, writing: Writing, ids: Ids = None, reason: Reason = None) -> None:
    from pipecli.service import proposals as service

    place = workspace(context)
    words = typed(reason) or ""
    if writing.format != "table":
        _each(_given(ids), writing, lambda seq: service.reject(place, seq, words, dry_run=writing.dry_run))
        return
    for seq in _given(ids):
        service.reject(place, seq, words, dry_run=writing.dry_run)
        print(_("Rejected {seq}; it is not proposed again.").format(seq=seq))
    if writing.dry_run:
        note(_("Dry run: nothing was changed."))


def _each(ids: list[int], writing: Writing, answer: Callable[[int], Outcome]) -> None:
    """Answer one after the other; what was done before one is refused is told all the same."""
    done: list[Outcome] = []
    try:
        for seq in ids:
            done.append(answer(seq))
    finally:
        if done:
            report_all(done, writing, single=len(ids) == 1)


def review(context: typer.Context, ref: Ref = None, mine: Mine = False) -> None:
    from pipecli.service import proposals as service

    from .reviewing import review as go_through

    place = workspace(context)
    if not can_ask():
        raise InvalidInput(
            _("a review asks for one key each, in a terminal; in a script: pipe proposals accept ID")
        )
    found = service.waiting(place, ref, mine=mine)
    if not found:
        print(_("No proposal waits."))
    go_through(place, found)


def _given(ids: list[int] | None) -> list[int]:
    if not ids:
        raise InvalidInput(_("which proposal? pipe proposals lists their numbers"))
    return list(dict.fromkeys(ids))


def _only(ids: list[int] | None) -> int:
    given = _given(ids)
    if len(given) > 1:
        raise InvalidInput(_("show one proposal at a time"))
    return given[0]
