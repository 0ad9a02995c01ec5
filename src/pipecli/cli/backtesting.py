"""How far past forecasts would have been off: `pipe forecast backtest`."""

from __future__ import annotations

from typing import Annotated

import typer

from pipecli.render.console import console
from pipecli.text import _

from .options import AsOf, Output, reports, workspace
from .progress import progress_bar


@reports
def backtest(
    context: typer.Context,
    output: Output,
    horizon: Annotated[
        str, typer.Option("--horizon", metavar="DAYS", help=_("how far ahead each day is asked: 30d, 6w"))
    ] = "30d",
    every: Annotated[
        str, typer.Option("--every", metavar="DAYS", help=_("how far apart the days are: 7d"))
    ] = "7d",
    measure: Annotated[
        str,
        typer.Option("--measure", metavar="amount|count|FIELD", help=_("what is added up, if not amounts")),
    ] = "amount",
    as_of: AsOf = None,
) -> None:
    from pipecli.domain.dates import parse_duration
    from pipecli.service import backtesting, lists
    from pipecli.service.forecast import When

    place = workspace(context)
    with progress_bar(_("Trying past days")) as progress:
        found = backtesting.backtest(
            place,
            horizon=parse_duration(horizon),
            every=parse_duration(every),
            measure=measure,
            when=When(lists.day(place, as_of)),
            progress=progress or (lambda done, of: None),
        )
    document = backtesting.as_json(found)
    if output.format in ("json", "jsonl"):
        from pipecli.render.formats import write_object

        write_object(document, output.format)
        return
    from pipecli.render import backtest as screen

    if output.is_table:
        screen.print_backtest(console(), document)
    else:
        from pipecli.render.formats import write_list

        rows = [screen.flattened(origin) for origin in document["origins"]]
        write_list(screen.origins_view(document), rows, output.format, id_key="as_of")
