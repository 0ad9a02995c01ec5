"""`pipe summary`: one opportunity before a meeting, or the week; by the rules, or in the words of a model."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING, Annotated, Any

import typer

from pipecli.errors import AssistError, InvalidInput
from pipecli.render.console import console, is_terminal, note
from pipecli.service.assistance import Assistance
from pipecli.service.workspace import Workspace
from pipecli.text import _

from .options import Output, Ref, assists, reports, workspace

if TYPE_CHECKING:
    from pipecli.service.briefing import Brief


@assists
@reports
def summary(
    context: typer.Context,
    output: Output,
    how: Assistance,
    ref: Ref = None,
    since: Annotated[
        str | None,
        typer.Option(
            "--since", metavar="DATE", help=_("without REF: since the end of that day, if not a week ago")
        ),
    ] = None,
) -> None:
    place = workspace(context)
    if ref is None:
        _week(place, output, how, since)
    elif since is not None:
        raise InvalidInput(_("--since is for the week: pipe summary --since DATE"))
    else:
        _brief(place, output, how, ref)


def _brief(place: Workspace, output: Output, how: Assistance, ref: str) -> None:
    from pipecli.service import briefing

    from .prompts import reference

    found = briefing.brief(place, reference(place, ref))
    if not _is_model(place, how):
        _write_brief(found, output)
        return
    from pipecli.service import telling

    if output.is_table and is_terminal(sys.stdout) and not how.dry_run:
        _stream(place, found, how)
        return
    try:
        told = telling.told(place, found, how)
    except AssistError:
        _write_brief(found, output)
        raise
    if told is not None:
        if how.dry_run:
            note(_("nothing would be sent: there is no exchange to sum up"))
        _write_brief(told, output)


def _is_model(place: Workspace, how: Assistance) -> bool:
    from pipecli.service.assistance import model_of

    return model_of(place, how) is not None


def _stream(place: Workspace, found: Brief, how: Assistance) -> None:
    """Show each statement of the model as it becomes whole."""
    from pipecli.render.briefing import Telling
    from pipecli.service import telling

    screen = Telling(console(), found)
    try:
        told = telling.told(place, found, how, screen.add)
    except AssistError:
        screen.fall_back()
        raise
    screen.end(told or found)


def _write_brief(found: Brief, output: Output) -> None:
    from pipecli.service import briefing

    if output.format in ("json", "jsonl"):
        from pipecli.render.formats import write_object

        write_object(briefing.as_json(found), output.format)
    elif output.format == "quiet":
        print(found.record["id"])
    else:
        from pipecli.render import briefing as screen

        if output.is_table:
            screen.print_brief(console(), found)
        else:
            from pipecli.render.formats import write_list

            write_list(screen.view(), briefing.rows(found), output.format)


def _week(place: Workspace, output: Output, how: Assistance, since: str | None) -> None:
    from pipecli.service import lists, week

    document = week.week(place, since=lists.day(place, since))
    if not _is_model(place, how) or (output.format not in ("table", "json", "jsonl") and not how.dry_run):
        _write_week(document, output)
        return
    from pipecli.render import week as screen
    from pipecli.service import week_told

    try:
        told = week_told.told(place, screen.in_words(document), how)
    except AssistError:
        _write_week(document, output)
        raise
    if told is None:
        return
    if output.is_table:
        screen.print_told(console(), document, told.text, told.model)
    else:
        _write_week({**document, "text": told.text, "written_by": told.model}, output)


def _write_week(document: dict[str, Any], output: Output) -> None:
    from pipecli.render.formats import write_list, write_object

    if output.format in ("json", "jsonl"):
        write_object(document, output.format)
        return
    from pipecli.render import week as screen

    if output.is_table:
        screen.print_week(console(), document)
    elif output.format == "quiet":
        write_list(screen.view(), [document["first"]] if document["first"] else [], output.format)
    elif output.format == "csv":
        write_list(screen.flat_view(), screen.flat(document), output.format)
    else:
        write_list(screen.view(), screen.rows(document), output.format)
