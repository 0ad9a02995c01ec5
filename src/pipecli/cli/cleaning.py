"""`pipe clean`: what is to be settled, walked through one key each in a terminal, else listed with its commands."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING, Annotated

import typer

from pipecli.errors import InvalidInput
from pipecli.render.console import console, is_terminal, note
from pipecli.service.workspace import Workspace
from pipecli.text import _, ngettext

from .options import DryRun, Limit, Mine, Output, reports, rows, workspace
from .prompts import can_ask

if TYPE_CHECKING:
    from pipecli.service.cleaning import Asked, Left


@reports
def clean(
    context: typer.Context,
    output: Output,
    only: Annotated[
        list[str] | None,
        typer.Option(
            "--only", metavar="KIND,KIND", help=_("dead, duplicate, stale, unproven, past-close-date, …")
        ),
    ] = None,
    owner: Annotated[
        str | None, typer.Option("--owner", "-o", metavar="OWNER", help=_("of that owner"))
    ] = None,
    mine: Mine = False,
    by: Annotated[
        str | None, typer.Option("--by", metavar="owner", help=_("how many each owner has"))
    ] = None,
    again: Annotated[bool, typer.Option("--again", help=_("those too that were skipped lately"))] = False,
    names: Annotated[
        bool, typer.Option("--names", help=_("accounts and contacts instead that may be one"))
    ] = False,
    limit: Limit = None,
    dry_run: DryRun = False,
) -> None:
    from pipecli.service import cleaning

    if by not in (None, "owner"):
        raise InvalidInput(_('no grouping "{key}"; write --by owner').format(key=by))
    place = workspace(context)
    if names:
        if only or owner or mine or by or again:
            raise InvalidInput(
                _("--names is about accounts and contacts: it goes with --limit and the formats")
            )
        _write_names(place, output, limit)
        return
    asked = cleaning.Asked(cleaning.kinds_of(only or ()), owner, mine, again)
    walks = output.is_table and not dry_run and by is None and limit is None
    if walks and can_ask() and is_terminal(sys.stdout):
        from .settling import settle

        settle(place, asked)
        return
    _list(place, asked, output, by, limit)


def _list(place: Workspace, asked: Asked, output: Output, by: str | None, limit: int | None) -> None:
    from pipecli.service import cleaning

    found = cleaning.left(place, asked)
    if by:
        _write_owners(found, output)
        return
    most = rows(limit, output)
    if output.is_table:
        _print(found, most)
    else:
        _write(found._replace(items=found.items[: most or len(found.items)]), output)


def _print(found: Left, most: int) -> None:
    from pipecli.render import cleaning as screen

    if found.items:
        screen.print_list(console(), found, most)
    elif is_terminal(sys.stdout):
        note(_("Nothing to settle."))
    if found.skipped:
        note(screen.skipped_line(found))
    hidden = len(found.items) - most if most else 0
    if hidden > 0:
        note(
            ngettext(
                "and {n} more: pipe clean --limit 0", "and {n} more: pipe clean --limit 0", hidden
            ).format(n=hidden)
        )


def _write(found: Left, output: Output) -> None:
    """All of it as JSON, else a line for each."""
    from pipecli.render.formats import write_json, write_list
    from pipecli.render.views import View
    from pipecli.service import cleaning

    if output.format == "json":
        write_json(cleaning.as_json(found))
    elif output.format == "markdown":
        from pipecli.render.cleaning import records, view

        write_list(view(), records(found), "markdown")
    else:
        write_list(View(()), [cleaning.item_json(item) for item in found.items], output.format)


def _write_owners(found: Left, output: Output) -> None:
    from pipecli.render.cleaning import counts_line, owners_view
    from pipecli.render.formats import write_list
    from pipecli.service import cleaning

    if output.is_table and found.items:
        print(counts_line(found))
    write_list(
        owners_view(tuple(found.counts)), cleaning.by_owner(found.items), output.format, id_key="owner"
    )


def _write_names(place: Workspace, output: Output, limit: int | None) -> None:
    from pipecli.render.cleaning import names_view
    from pipecli.render.formats import write_list
    from pipecli.service import names

    found = names.alike(place)
    most = rows(limit, output)
    write_list(names_view(), names.as_json(found[: most or len(found)]), output.format, id_key="other")
    if output.is_table and not found and is_terminal(sys.stdout):
        note(_("No two names are alike."))
    if output.is_table and most and (hidden := len(found) - most) > 0:
        note(
            ngettext(
                "and {n} more: pipe clean --names --limit 0",
                "and {n} more: pipe clean --names --limit 0",
                hidden,
            ).format(n=hidden)
        )
