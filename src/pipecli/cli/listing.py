"""The lists people live in: today, overdue, stale, list."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Any

import typer

from pipecli.errors import InvalidInput
from pipecli.render.console import console, is_terminal, note
from pipecli.service.workspace import Workspace
from pipecli.text import _, ngettext

from .by_owner import By, Domain, Eml, ToDir, division, print_parts, write_letters
from .exits import FAILURE, LISTED, OK
from .options import TABLE, AsOf, ExitCode, Limit, Mine, Output, reports, rows, workspace

if TYPE_CHECKING:
    from pipecli.render.views import View
    from pipecli.service.lists import Listing

# A hundred years: further than any plan, near enough for every calendar.
AHEAD = 36_500


@reports
def today(
    context: typer.Context,
    output: Output,
    everybody: Annotated[bool, typer.Option("--all", "-a", help=_("everybody's, not only mine"))] = False,
    days: Annotated[
        int | None,
        typer.Option(
            "--days", metavar="N", min=0, max=AHEAD, help=_("and what falls due in the N days after")
        ),
    ] = None,
    ics: Annotated[
        str | None,
        typer.Option(
            "--ics", metavar="FILE", help=_("as a calendar, 30 days ahead unless --days says; - is stdout")
        ),
    ] = None,
    limit: Annotated[
        int | None,
        typer.Option("--limit", "-l", metavar="N", min=0, help=_("rows of each section, 0 for all [50]")),
    ] = None,
) -> None:
    if ics is None:
        show_today(workspace(context), output, everybody=everybody, days=days, limit=limit)
    elif not output.is_table or limit is not None:
        raise InvalidInput(_("--ics writes a whole calendar: leave out --limit and the other formats"))
    else:
        _write_calendar(workspace(context), ics, days, everybody=everybody)


def _write_calendar(place: Workspace, path: str, days: int | None, *, everybody: bool) -> None:
    from pipecli.service import agenda

    from .files import write_bytes

    made = agenda.calendar(place, days=agenda.DAYS if days is None else days, everybody=everybody)
    write_bytes(path, made.content)
    if is_terminal_out():
        note(
            _("{n} next actions and {cancelled} cancelled ones in {path}").format(
                n=made.standing, cancelled=made.cancelled, path=path
            )
        )


def show_today(
    place: Workspace,
    output: Output = TABLE,
    *,
    everybody: bool = False,
    days: int | None = None,
    limit: int | None = None,
) -> None:
    """Print what to do now; bare `pipe` does the same."""
    from pipecli.service import lists

    found = lists.today(place, rows(limit, output), everybody=everybody, days=days)
    if output.is_table:
        from pipecli.render.today import hidden_rows, print_today

        print_today(console(), found)
        if hidden := hidden_rows(found):
            note(_("and {n} more: pipe today --limit 0").format(n=hidden))
        if found.proposals:
            from pipecli.render.proposals import waiting_line

            note(waiting_line(found.proposals))
        coming = found.coming.n if found.coming else 0
        if not (found.overdue.n or found.due.n or found.approvals or found.stale.n or coming) and (
            is_terminal_out()
        ):
            note(_quiet_day(found.open_count))
        return
    sections = [
        ("overdue", found.overdue.records),
        ("today", found.due.records),
        ("stale", found.stale.records),
        ("soon", found.coming.records if found.coming else []),
    ]
    records: list[dict[str, Any]] = [
        {**r, "section": name, "criterion": None} for name, listed in sections for r in listed
    ]
    asked = [{**a.record, "section": "approval", "criterion": a.criterion} for a in found.approvals]
    from pipecli.render import views
    from pipecli.render.formats import write_list

    write_list(views.opportunities(), [*records, *asked], output.format)


def is_terminal_out() -> bool:
    """Whether a person reads stdout."""
    import sys

    return is_terminal(sys.stdout)


def _quiet_day(open_count: int) -> str:
    if not open_count:
        return _(
            "Nothing is open here in your name: pipe list shows everybody's, "
            'pipe add NAME -n "what" -d DATE opens one.'
        )
    return ngettext(
        "Nothing is late or due today. You have {n} open opportunity: pipe list -m",
        "Nothing is late or due today. You have {n} open opportunities: pipe list -m",
        open_count,
    ).format(n=open_count)


def show_first(place: Workspace, output: str) -> None:
    """Print the first thing to do: today's first line, else the next one due."""
    from pipecli.service import lists

    first = lists.first(place)
    if first is None:
        note(_('Nothing is open: pipe add NAME -n "what" -d DATE'))
        return
    if output == "json":
        from pipecli.render.formats import write_json

        write_json(first)
    elif output == "quiet":
        print(first["id"])
    else:
        from pipecli.render.today import print_first

        print_first(console(), first)


@reports
def list_(
    context: typer.Context,
    output: Output,
    fragment: Annotated[
        str | None, typer.Argument(metavar="TEXT", help=_("a part of a name or account"))
    ] = None,
    stage: Annotated[str | None, typer.Option("--stage", metavar="STAGE", help=_("in that stage"))] = None,
    owner: Annotated[
        str | None, typer.Option("--owner", "-o", metavar="OWNER", help=_("of that owner"))
    ] = None,
    mine: Mine = False,
    account: Annotated[
        str | None, typer.Option("--account", "-a", metavar="ACCOUNT", help=_("whose account contains this"))
    ] = None,
    tag: Annotated[str | None, typer.Option("--tag", "-t", metavar="TAG", help=_("with that tag"))] = None,
    status: Annotated[
        str,
        typer.Option("--status", metavar="STATUS", help=_("open, won, lost, all, or several with commas")),
    ] = "open",
    where: Annotated[
        str | None, typer.Option("--where", "-w", metavar="EXPR", help=_('such as "amount > 20k"'))
    ] = None,
    sort: Annotated[
        str, typer.Option("--sort", metavar="KEY", help=_("due, amount, weighted, close, …; -KEY turns it"))
    ] = "due",
    limit: Limit = None,
    as_of: AsOf = None,
) -> None:
    from pipecli.render import views
    from pipecli.service import lists

    place = workspace(context)
    wanted = lists.Wanted(status, stage, owner, account, tag, where, fragment, sort)
    found = lists.listing(place, wanted, rows(limit, output), as_of=lists.day(place, as_of), mine=mine)
    closed = "open" not in status and "all" not in status
    _print(views.opportunities(owner=not mine, closed=closed), found, output, summary=True)


@reports
def overdue(
    context: typer.Context,
    output: Output,
    days: Annotated[int, typer.Option("--days", min=0, metavar="N", help=_("late by more than N days"))] = 0,
    owner: Annotated[
        str | None, typer.Option("--owner", "-o", metavar="OWNER", help=_("of that owner"))
    ] = None,
    mine: Mine = False,
    limit: Limit = None,
    exit_code: ExitCode = False,
    by: By = None,
    eml: Eml = False,
    to_dir: ToDir = None,
    domain: Domain = None,
) -> int:
    from pipecli.render import views
    from pipecli.service import lists

    place, most = workspace(context), rows(limit, output)
    asked = division(by, eml, to_dir, domain, output, limit)
    if not asked.is_asked:
        found = lists.overdue(place, most, days=days, mine=mine, owner=owner)
        _print(views.overdue(), found, output)
        return LISTED if exit_code and found.n else OK
    from pipecli.service import by_owner

    parts = by_owner.overdue(place, 0 if eml else most, days=days, mine=mine, owner=owner)
    if eml:
        from pipecli.render.by_owner import overdue_letters

        letters, single = overdue_letters(parts), mine or owner is not None
        if not write_letters(place, "overdue", letters, asked, single=single):
            return FAILURE
    else:
        print_parts(views.overdue(), parts, output)
    return LISTED if exit_code and parts else OK


@reports
def stale(
    context: typer.Context,
    output: Output,
    owner: Annotated[
        str | None, typer.Option("--owner", "-o", metavar="OWNER", help=_("of that owner"))
    ] = None,
    mine: Mine = False,
    limit: Limit = None,
    exit_code: ExitCode = False,
    by: By = None,
    eml: Eml = False,
    to_dir: ToDir = None,
    domain: Domain = None,
) -> int:
    from pipecli.render import views
    from pipecli.service import lists

    place, most = workspace(context), rows(limit, output)
    asked = division(by, eml, to_dir, domain, output, limit)
    if not asked.is_asked:
        found, limits = lists.stale_list(place, most, mine=mine, owner=owner)
        _print(views.stale(limits), found, output)
        return LISTED if exit_code and found.n else OK
    from pipecli.service import by_owner

    parts, limits = by_owner.stale(place, 0 if eml else most, mine=mine, owner=owner)
    if eml:
        from pipecli.render.by_owner import stale_letters

        letters, single = stale_letters(parts, limits), mine or owner is not None
        if not write_letters(place, "stale", letters, asked, single=single):
            return FAILURE
    else:
        print_parts(views.stale(limits), parts, output)
    return LISTED if exit_code and parts else OK


def _print(view: View, found: Listing, output: Output, *, summary: bool = False) -> None:
    from pipecli.render.formats import write_list

    write_list(view, found.records, output.format)
    if not output.is_table:
        return
    hidden = found.n - len(found.records)
    if hidden > 0:
        note(_("{shown} of {n} shown: --limit 0 shows all").format(shown=len(found.records), n=found.n))
    if not is_terminal_out():
        return
    if not found.n:
        note(_("Nothing to list."))
    elif summary or hidden <= 0:
        from pipecli.render.views import totals_line

        note(totals_line(found.n, found.worth))
