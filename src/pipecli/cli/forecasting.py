"""The forecast by rules."""

from __future__ import annotations

from typing import Annotated

import typer

from pipecli.errors import InvalidInput
from pipecli.render.console import console
from pipecli.text import _

from .options import AsOf, Output, reports, workspace


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
