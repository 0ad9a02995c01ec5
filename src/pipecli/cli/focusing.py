"""Where attention matters: `pipe focus`."""

from __future__ import annotations

import sys
from typing import Annotated

import typer

from pipecli.render.console import console, is_terminal, note
from pipecli.text import _, ngettext

from .options import Output, reports, rows, workspace

LINES = 10


@reports
def focus(
    context: typer.Context,
    output: Output,
    limit: Annotated[
        int | None,
        typer.Option(
            "--limit", "-l", metavar="N", min=0, help=_("lines to show, 0 for all; a table shows 10")
        ),
    ] = None,
) -> None:
    from pipecli.render import focus as screen
    from pipecli.service import focus as attention

    found = attention.focus(workspace(context), rows(limit, output, LINES))
    if not output.is_table:
        from pipecli.render.formats import write_list

        write_list(screen.view(), screen.records(found), output.format)
        return
    if found.lines:
        screen.print_focus(console(), found)
    elif is_terminal(sys.stdout):
        note(_("Nothing to list: no approval waits, nothing that may close this quarter is uncertain."))
        if found.unranked:
            note(screen.unranked(found.unranked))
    if hidden := screen.hidden_lines(found):
        note(
            ngettext(
                "and {n} more: pipe focus --limit 0", "and {n} more: pipe focus --limit 0", hidden
            ).format(n=hidden)
        )
