"""Whether the data is good enough to decide on: `pipe audit`."""

from __future__ import annotations

from typing import Annotated, Any

import typer

from pipecli.errors import InvalidInput
from pipecli.render.console import console, note
from pipecli.text import _, ngettext

from .exits import LISTED, OK
from .options import ExitCode, Mine, Output, reports, rows, workspace

LINES = 5


@reports
def audit(
    context: typer.Context,
    output: Output,
    owner: Annotated[
        str | None, typer.Option("--owner", "-o", metavar="OWNER", help=_("of that owner"))
    ] = None,
    mine: Mine = False,
    by: Annotated[str | None, typer.Option("--by", metavar="owner", help=_("owners side by side"))] = None,
    limit: Annotated[
        int | None,
        typer.Option(
            "--limit", "-l", metavar="N", min=0, help=_("opportunities to list, 0 for all; a table lists 5")
        ),
    ] = None,
    exit_code: ExitCode = False,
    least: Annotated[
        int | None,
        typer.Option(
            "--min", metavar="N", min=0, max=100, help=_("exit 8 if the hygiene is below N percent")
        ),
    ] = None,
) -> int:
    from pipecli.service import audit as checklist

    _refuse_other_groups(by, owner, mine=mine)
    found = checklist.audit(workspace(context), checklist.Asked(owner, mine))
    n, most = len(found["listed"]), rows(limit, output, LINES)
    found["listed"] = found["listed"][: most or n]
    if output.is_table:
        _print(found, n, by)
    else:
        _write(found, output, by)
    is_below = least is not None and checklist.below(found, least)
    if least is not None and found["hygiene"]["rate"] is None:
        note(_("Too few cases for a percentage: --min has nothing to judge."))
    elif is_below:
        note(_("The hygiene is below {n} %.").format(n=least))
    return LISTED if is_below or (exit_code and n) else OK


def _refuse_other_groups(by: str | None, owner: str | None, *, mine: bool) -> None:
    if by not in (None, "owner"):
        raise InvalidInput(_('no grouping "{key}"; write --by owner').format(key=by))
    if by and (owner or mine):
        raise InvalidInput(_("--by owner shows every owner: leave out --owner and -m"))


def _print(found: dict[str, Any], n: int, by: str | None) -> None:
    from pipecli.render import audit as screen

    if by:
        screen.print_owners(console(), found)
        return
    screen.print_audit(console(), found, n)
    if hidden := n - len(found["listed"]):
        note(
            ngettext(
                "and {n} more: pipe audit --limit 0", "and {n} more: pipe audit --limit 0", hidden
            ).format(n=hidden)
        )


def _write(found: dict[str, Any], output: Output, by: str | None) -> None:
    """The whole audit as JSON, the numbers of what is to be mended, else a line for each point or owner."""
    from pipecli.render.formats import write_json, write_list
    from pipecli.render.views import View
    from pipecli.service.audit import flattened

    if output.format == "json":
        write_json(found)
        return
    if output.format == "quiet":
        write_list(View(()), found["listed"], "quiet")
        return
    lines, view = found["owners"] if by else found["points"], View(())
    if output.format == "csv":
        lines = flattened(lines)
        view = View((), keys=None if by else ("point", "k", "n", "rate"))
    elif output.format == "markdown":
        from pipecli.render.audit import owners_view, points_view

        view = owners_view() if by else points_view()
    write_list(view, lines, output.format)
