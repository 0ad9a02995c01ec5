"""Why the forecast moved: `pipe forecast changes`."""

from __future__ import annotations

import sys
from typing import Annotated

import typer

from pipecli.render.console import console, is_terminal, note
from pipecli.text import _

from .options import AsOf, Output, reports, workspace


@reports
def changes(
    context: typer.Context,
    output: Output,
    since: Annotated[
        str | None,
        typer.Option(
            "--since", metavar="DATE", help=_("compare with the end of that day, if not the last Monday")
        ),
    ] = None,
    from_: Annotated[str | None, typer.Option("--from", metavar="DATE", help=_("first day"))] = None,
    until: Annotated[str | None, typer.Option("--until", metavar="DATE", help=_("last day"))] = None,
    as_of: AsOf = None,
) -> None:
    from pipecli.render.formats import write_list, write_object
    from pipecli.service import changes as reasons
    from pipecli.service import lists
    from pipecli.service.periods import Period

    place = workspace(context)
    period = Period(lists.day(place, from_), lists.day(place, until, ahead=True))
    found = reasons.changes(place, period, since=lists.day(place, since), as_of=lists.day(place, as_of))
    document = reasons.as_json(found)
    if output.format in ("json", "jsonl"):
        write_object(document, output.format)
        return
    from pipecli.render import changes as screen

    if output.format == "quiet":
        write_list(screen.view(), screen.ids(document), output.format)
    elif output.format == "csv":
        write_list(screen.view(), [screen.flattened(row) for row in screen.rows(document)], output.format)
    elif output.format == "markdown":
        write_list(screen.view(), screen.rows(document), output.format)
    elif document["parts"]:
        screen.print_changes(console(), document)
    elif is_terminal(sys.stdout):
        note(screen.nothing_moved(document))
