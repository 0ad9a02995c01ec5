"""The forecast: by rules and from history; and what stands under it: its parts, its past, its probabilities."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Any, NamedTuple

import typer
from typer.main import get_command

from pipecli.errors import InvalidInput
from pipecli.render.console import console, note
from pipecli.service.workspace import Workspace
from pipecli.text import _

from .app import bare_typer
from .options import AsOf, Limit, Output, refuse_before_subcommand, reports, rows, workspace
from .parsing import Command, Group

if TYPE_CHECKING:
    from pipecli.service.forecast import When
    from pipecli.service.periods import Period


def group(help_: str) -> Any:
    """The parser of `pipe forecast`."""
    made = bare_typer(help=help_, cls=Group)
    made.callback(invoke_without_command=True)(forecast)
    from .backtesting import backtest
    from .calibrating import calibrate
    from .changes import changes

    commands: tuple[tuple[str, Any, str], ...] = (
        ("backtest", backtest, _("Past days forecast again, and how far off that was.")),
        ("changes", changes, _("Why the number moved since a day.")),
        ("calibrate", calibrate, _("The probability each stage has earned; --adopt puts them in force.")),
    )
    for name, function, words in commands:
        made.command(name, cls=Command, help=words)(function)
    return get_command(made)


@reports
def forecast(
    context: typer.Context,
    output: Output,
    by: Annotated[
        str | None,
        typer.Option(
            "--by", metavar="month|quarter|owner|stage|account|source|FIELD", help=_("one line for each")
        ),
    ] = None,
    from_: Annotated[str | None, typer.Option("--from", metavar="DATE", help=_("first day"))] = None,
    until: Annotated[str | None, typer.Option("--until", metavar="DATE", help=_("last day"))] = None,
    as_of: AsOf = None,
    as_known: Annotated[
        str | None,
        typer.Option("--as-known", metavar="DATE", help=_("by what was recorded by the end of that day")),
    ] = None,
    measure: Annotated[
        str | None,
        typer.Option("--measure", metavar="amount|count|FIELD", help=_("what is added up, if not amounts")),
    ] = None,
    explain: Annotated[
        bool, typer.Option("--explain", help=_("opportunity by opportunity, with what moved each"))
    ] = False,
    chart: Annotated[bool, typer.Option("--chart", help=_("draw the months"))] = False,
    cash: Annotated[
        bool, typer.Option("--cash", help=_("when the money comes in, by payment terms"))
    ] = False,
    load: Annotated[
        str | None,
        typer.Option("--load", metavar="FIELD", help=_("when the work falls, by weeks after the win")),
    ] = None,
    limit: Limit = None,
) -> None:
    if context.invoked_subcommand:
        refuse_before_subcommand(context)
        return
    from pipecli.service import lists
    from pipecli.service.forecast import When
    from pipecli.service.periods import Period

    place = workspace(context)
    period = Period(lists.day(place, from_), lists.day(place, until, ahead=True))
    when = When(lists.day(place, as_of), lists.day(place, as_known))
    _refuse_together(explain=explain, chart=chart, cash=cash, load=load, by=by)
    if cash or load is not None:
        if measure:
            raise InvalidInput(_("--measure does not go with --cash or --load"))
        _schedule(place, output, period, when, load)
    elif explain:
        _explain(place, output, Asked(period, when, None, measure), limit)
    else:
        _forecast(place, output, Asked(period, when, by, measure), chart)


class Asked(NamedTuple):
    """What the forecast was asked for."""

    period: Period
    when: When
    by: str | None
    measure: str | None


def _refuse_together(**given: Any) -> None:
    names = [f"--{name}" for name, value in given.items() if value]
    if len(names) > 1:
        raise InvalidInput(_("choose one of {names}").format(names=" ".join(names)))


def _forecast(place: Workspace, output: Output, asked: Asked, chart: bool) -> None:
    from pipecli.service import forecast as forecasts
    from pipecli.service.measures import AMOUNT

    report, since = forecasts.with_changes(
        place,
        asked.period,
        by=asked.by or ("month" if output.format == "markdown" else None),
        measure=asked.measure or AMOUNT,
        when=asked.when,
        usual_lines=output.is_table and asked.by is None,
    )
    document = forecasts.as_json(report)
    if chart and not output.is_table:
        raise InvalidInput(_("--chart draws in the terminal; it has no other format"))
    if output.is_table:
        from pipecli.render.changes import summary_line
        from pipecli.render.forecast import print_forecast

        line = since and summary_line(
            since.since.isoformat(),
            report.measure.number(since.difference),
            document["currency"],
            since.counts,
        )
        screen = {
            **document,
            "track": forecasts.track_json(report),
            "track_days": report.history.horizon,
        }
        print_forecast(console(), screen, total=any(asked.period) or bool(asked.by), since=line)
        if chart:
            from pipecli.render.chart import print_months

            print_months(console(), screen, forecasts.months_json(report))
    elif output.format in ("csv", "markdown", "quiet"):
        from pipecli.render.forecast import flat, view
        from pipecli.render.formats import write_list

        rows = document.get("groups") or [{"key": "total", "label": _("Total"), **document}]
        picture = view(document) if output.format == "markdown" else flat()
        records = rows if output.format == "markdown" else [forecasts.flattened(row) for row in rows]
        write_list(picture, records, output.format, id_key="key")
    else:
        from pipecli.render.formats import write_object

        write_object(document, output.format)


def _explain(place: Workspace, output: Output, asked: Asked, limit: int | None) -> None:
    from pipecli.service import explaining
    from pipecli.service import forecast as forecasts
    from pipecli.service.measures import AMOUNT

    report, lines = explaining.explained_forecast(
        place, asked.period, measure=asked.measure or AMOUNT, when=asked.when
    )
    document = forecasts.as_json(report)
    if output.format in ("json", "jsonl"):
        from pipecli.render.formats import write_object

        write_object({**document, "opportunities": lines}, output.format)
        return
    from pipecli.render.forecast import explain_view, print_explained
    from pipecli.render.formats import write_list

    shown = lines[: rows(limit, output) or None]
    if output.is_table:
        print_explained(console(), document, shown)
        if hidden := len(lines) - len(shown):
            note(_("and {n} more: --limit 0").format(n=hidden))
    else:
        write_list(explain_view(document), shown, output.format)


def _schedule(place: Workspace, output: Output, period: Period, when: When, field: str | None) -> None:
    from pipecli.render import schedules as screen

    if field is None:
        from pipecli.service import cash

        money = cash.cash(place, period, when)
        if output.is_table:
            screen.print_cash(console(), money)
            return
        document, view = cash.as_json(money), screen.cash_view(money.found.currency)
    else:
        from pipecli.service import load

        work = load.load(place, field, period, when)
        if output.is_table:
            screen.print_load(console(), work)
            return
        document, view = load.as_json(work), screen.load_view(work.currency)
    from pipecli.render.formats import write_list, write_object

    if output.format in ("json", "jsonl"):
        write_object(document, output.format)
    else:
        from pipecli.service.schedules import flattened

        groups = document["groups"]
        lines = groups if output.format == "markdown" else [flattened(group) for group in groups]
        write_list(view, lines, output.format, id_key="key")
