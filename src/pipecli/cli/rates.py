"""Exchange rates: what other currencies are worth in the workspace's, from which day on."""

from __future__ import annotations

from typing import Annotated, Any

import typer
from typer.main import get_command

from pipecli.render.console import is_terminal, note
from pipecli.service.workspace import Workspace
from pipecli.text import _

from .app import bare_typer
from .options import Output, Writing, reports, workspace, writes
from .parsing import Command, Group


def group(help_: str) -> Any:
    """The parser of `pipe rates`."""
    made = bare_typer(help=help_, cls=Group)
    made.callback(invoke_without_command=True)(rates)
    for name, function, words in (
        ("list", list_, _("Every currency in use, its rate, and what it prices.")),
        ("set", set_, _("Say what 1 of a currency is worth here, from a day on.")),
    ):
        made.command(name, cls=Command, help=words)(function)
    return get_command(made)


@reports
def rates(context: typer.Context, output: Output) -> None:
    if context.invoked_subcommand is None:
        _print_rates(workspace(context), output)


@reports
def list_(context: typer.Context, output: Output) -> None:
    _print_rates(workspace(context), output)


def _print_rates(place: Workspace, output: Output) -> None:
    import sys

    from pipecli.render.formats import write_list
    from pipecli.render.rates import rates_view
    from pipecli.service import rates as exchange

    found = exchange.listed(place)
    write_list(
        rates_view(found[0].base if found else ""),
        exchange.as_records(found),
        output.format,
        id_key="currency",
    )
    if output.is_table and not found and is_terminal(sys.stdout):
        note(_("Nothing is in another currency. A rate is set with: pipe rates set USD 0.92"))


@writes
def set_(
    context: typer.Context,
    writing: Writing,
    currency: Annotated[str, typer.Argument(metavar="CURRENCY", help=_("its code, such as USD"))],
    rate: Annotated[str, typer.Argument(metavar="RATE", help=_("what 1 of it is worth, such as 0.92"))],
    on: Annotated[
        str | None, typer.Option("--on", metavar="DATE", help=_("the first day it holds, if not today"))
    ] = None,
) -> None:
    from pipecli.service import rates as exchange

    done = exchange.set_rate(workspace(context), currency, rate, on=on, dry_run=writing.dry_run)
    if writing.format == "json":
        from pipecli.render.formats import write_json

        write_json(exchange.as_json(done))
    elif writing.format == "quiet":
        print(done.quote.currency)
    else:
        from pipecli.render.rates import set_lines

        for line in set_lines(done):
            print(line)
    if writing.dry_run:
        note(_("Dry run: nothing was changed."))
