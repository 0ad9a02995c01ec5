"""`pipe summary`: one opportunity before a meeting, or the week."""

from __future__ import annotations

from typing import Annotated

import typer

from pipecli.errors import InvalidInput
from pipecli.render.console import console
from pipecli.service.workspace import Workspace
from pipecli.text import _

from .options import Output, Ref, reports, workspace


@reports
def summary(
    context: typer.Context,
    output: Output,
    ref: Ref = None,
    since: Annotated[
        str | None,
        typer.Option("--since", metavar="DATE", help=_("without REF: from the day after, if not a week ago")),
    ] = None,
) -> None:
    place = workspace(context)
    if ref is None:
        _week(place, output, since)
    elif since is not None:
        raise InvalidInput(_("--since is for the week: pipe summary --since DATE"))
    else:
        _brief(place, output, ref)


def _brief(place: Workspace, output: Output, ref: str) -> None:
    from pipecli.service import briefing

    from .prompts import reference

    found = briefing.brief(place, reference(place, ref))
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


def _week(place: Workspace, output: Output, since: str | None) -> None:
    from pipecli.render.formats import write_list, write_object
    from pipecli.service import lists, week

    document = week.week(place, since=lists.day(place, since))
    if output.format in ("json", "jsonl"):
        write_object(document, output.format)
        return
    from pipecli.render import week as screen

    if output.is_table:
        screen.print_week(console(), document)
    elif output.format == "quiet":
        write_list(screen.view(), [document["first"]] if document["first"] else [], output.format)
    else:
        write_list(screen.view(), screen.rows(document), output.format)
