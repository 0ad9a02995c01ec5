"""The forecast: by rules and from history; and what stands under it: its parts, its past, its probabilities."""

from __future__ import annotations

from typing import Annotated, Any

import typer
from typer.main import get_command

from pipecli.errors import InvalidInput
from pipecli.render.console import console
from pipecli.text import _

from .app import bare_typer
from .options import AsOf, Output, refuse_before_subcommand, reports, workspace
from .parsing import Command, Group


def group(help_: str) -> Any:
    """The parser of `pipe forecast`."""
    made = bare_typer(help=help_, cls=Group)
    made.callback(invoke_without_command=True)(forecast)
    commands: tuple[tuple[str, Any, str], ...] = ()
    for name, function, words in commands:
        made.command(name, cls=Command, help=words)(function)
    return get_command(made)


@reports
def forecast(
    context: typer.Context,
    output: Output,
    by: Annotated[
        str | None, typer.Option("--by", metavar="month|quarter|owner|stage", help=_("one line for each"))
    ] = None,
    from_: Annotated[str | None, typer.Option("--from", metavar="DATE", help=_("first day"))] = None,
    until: Annotated[str | None, typer.Option("--until", metavar="DATE", help=_("last day"))] = None,
    as_of: AsOf = None,
) -> None:
    if context.invoked_subcommand:
        refuse_before_subcommand(context)
        return
    from pipecli.render.formats import write_list, write_object
    from pipecli.service import forecast as forecasts
    from pipecli.service import lists

    if by is not None and by not in forecasts.GROUPINGS:
        raise InvalidInput(
            _('cannot group by "{by}"; group by: {keys}').format(by=by, keys=", ".join(forecasts.GROUPINGS))
        )
    place = workspace(context)
    period = forecasts.Period(lists.day(place, from_), lists.day(place, until, ahead=True))
    grouping = by or ("month" if output.is_table or output.format == "markdown" else None)
    found, labels = forecasts.forecast(place, period, by=grouping, as_of=lists.day(place, as_of))
    document = forecasts.as_json(found, labels)
    if output.is_table:
        from pipecli.render.forecast import print_forecast

        print_forecast(console(), found, document)
    elif output.format in ("csv", "markdown", "quiet"):
        from pipecli.render.forecast import flat, view

        rows = document.get("groups") or [{"key": "total", "label": _("Total"), **document}]
        picture = view(found.currency) if output.format == "markdown" else flat()
        records = rows if output.format == "markdown" else [forecasts.flattened(row) for row in rows]
        write_list(picture, records, output.format, id_key="key")
    else:
        write_object(document, output.format)
