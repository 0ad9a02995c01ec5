"""Statistics: the funnel, time in stage, losses, owners side by side, sources."""

from __future__ import annotations

import sys
from collections.abc import Callable
from typing import TYPE_CHECKING, Annotated, Any

import typer
from typer.main import get_command

from pipecli.render.console import console, is_terminal, note
from pipecli.text import _

from .app import bare_typer
from .options import AsOf, Output, refuse_before_subcommand, reports, workspace
from .parsing import Command, Group

if TYPE_CHECKING:
    from rich.console import Console

    from pipecli.render.views import View
    from pipecli.service.journeys import Asked
    from pipecli.service.statistics import Table

    Screen = tuple[View, Callable[[Console, Table], None]]

Owner = Annotated[str | None, typer.Option("--owner", "-o", metavar="OWNER", help=_("of that owner"))]


OpenedSince = Annotated[
    str | None, typer.Option("--since", metavar="DATE", help=_("only what was opened from that day on"))
]
OpenedUntil = Annotated[
    str | None, typer.Option("--until", metavar="DATE", help=_("only what was opened up to that day"))
]
BegunSince = Annotated[
    str | None,
    typer.Option("--since", metavar="DATE", help=_("stays begun, and cycles ended, from that day on")),
]
BegunUntil = Annotated[
    str | None,
    typer.Option("--until", metavar="DATE", help=_("stays begun, and cycles ended, up to that day")),
]
LostSince = Annotated[
    str | None, typer.Option("--since", metavar="DATE", help=_("only what was lost from that day on"))
]
LostUntil = Annotated[
    str | None, typer.Option("--until", metavar="DATE", help=_("only what was lost up to that day"))
]


def group(help_: str) -> Any:
    """The parser of `pipe stats`."""
    made = bare_typer(help=help_, cls=Group)
    made.callback(invoke_without_command=True)(stats)
    for name, function, words in (
        ("funnel", funnel, _("How many go on from each stage, and how many are won.")),
        ("velocity", velocity, _("How long opportunities stay in each stage, and whole cycles.")),
        ("losses", losses, _("Why opportunities are lost, and in which stage.")),
        ("owners", owners, _("Owners side by side, and what rests on one of them.")),
        ("sources", sources, _("What each source brings, and how many exchanges that takes.")),
    ):
        made.command(name, cls=Command, help=words)(function)
    return get_command(made)


@reports
def stats(
    context: typer.Context,
    output: Output,
    since: OpenedSince = None,
    until: OpenedUntil = None,
    owner: Owner = None,
    as_of: AsOf = None,
) -> None:
    if context.invoked_subcommand:
        refuse_before_subcommand(context)
        return
    _funnel(context, output, since, until, owner, as_of)


@reports
def funnel(
    context: typer.Context,
    output: Output,
    since: OpenedSince = None,
    until: OpenedUntil = None,
    owner: Owner = None,
    as_of: AsOf = None,
) -> None:
    _funnel(context, output, since, until, owner, as_of)


def _funnel(
    context: typer.Context,
    output: Output,
    since: str | None,
    until: str | None,
    owner: str | None,
    as_of: str | None,
) -> None:
    from pipecli.service import statistics

    table = statistics.funnel(workspace(context), _asked(context, since, until, owner, as_of))

    def screen() -> Screen:
        from pipecli.render.statistics import funnel_view, print_funnel

        return funnel_view(), print_funnel

    _write(table, output, "stage", screen)


@reports
def velocity(
    context: typer.Context,
    output: Output,
    since: BegunSince = None,
    until: BegunUntil = None,
    owner: Owner = None,
    as_of: AsOf = None,
) -> None:
    from pipecli.service import statistics

    table = statistics.velocity(workspace(context), _asked(context, since, until, owner, as_of))

    def screen() -> Screen:
        from pipecli.render.statistics import print_velocity, velocity_view

        return velocity_view(), print_velocity

    _write(table, output, "stage", screen)


@reports
def losses(
    context: typer.Context,
    output: Output,
    since: LostSince = None,
    until: LostUntil = None,
    owner: Owner = None,
    as_of: AsOf = None,
) -> None:
    from pipecli.service import statistics

    table = statistics.losses(workspace(context), _asked(context, since, until, owner, as_of))

    def screen() -> Screen:
        from pipecli.render.statistics import losses_view, print_losses

        return losses_view(), print_losses

    _write(table, output, "reason", screen)


@reports
def owners(
    context: typer.Context,
    output: Output,
    stage: Annotated[
        str | None, typer.Option("--stage", metavar="STAGE", help=_("side by side in that stage"))
    ] = None,
    since: OpenedSince = None,
    until: OpenedUntil = None,
    owner: Owner = None,
    as_of: AsOf = None,
) -> None:
    from pipecli.service import performance

    place, asked = workspace(context), _asked(context, since, until, owner, as_of)
    table = performance.owners(place, asked) if stage is None else performance.in_stage(place, asked, stage)

    def screen() -> Screen:
        from pipecli.render.performance import owners_view, print_owners, print_stage, stage_view

        return (owners_view(), print_owners) if stage is None else (stage_view(), print_stage)

    _write(table, output, "owner", screen)


@reports
def sources(
    context: typer.Context,
    output: Output,
    since: OpenedSince = None,
    until: OpenedUntil = None,
    owner: Owner = None,
    as_of: AsOf = None,
) -> None:
    from pipecli.service import performance

    table = performance.sources(workspace(context), _asked(context, since, until, owner, as_of))

    def screen() -> Screen:
        from pipecli.render.performance import print_sources, sources_view

        return sources_view(table.currency), print_sources

    _write(table, output, "source", screen)


def _asked(
    context: typer.Context, since: str | None, until: str | None, owner: str | None, as_of: str | None
) -> Asked:
    from pipecli.service.journeys import Asked
    from pipecli.service.lists import day

    place = workspace(context)
    return Asked(day(place, since), day(place, until, ahead=True), owner, day(place, as_of))


def _write(table: Table, output: Output, key: str, screen: Callable[[], Screen]) -> None:
    """The table in the format asked for; bare ids are those of its rows, each once."""
    if output.is_table:
        if table.rows:
            screen()[1](console(), table)
        elif is_terminal(sys.stdout):
            note(_("Nothing to list."))
        return
    from pipecli.render.formats import write_list
    from pipecli.render.views import View
    from pipecli.service.statistics import flattened

    rows = table.rows
    if output.format == "quiet":
        rows = [{key: name} for name in dict.fromkeys(row[key] for row in rows) if name is not None]
    elif output.format == "csv":
        rows = [flattened(row) for row in rows]
    view = screen()[0] if output.format == "markdown" else View(())
    write_list(view, rows, output.format, id_key=key)
