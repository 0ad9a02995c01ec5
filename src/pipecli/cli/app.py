"""The command line: the program's own options, its commands by panel, and how it is invoked."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Annotated, Any

import typer
from typer.core import TyperGroup
from typer.exceptions import TyperException
from typer.main import get_command

from pipecli.config import Settings
from pipecli.service.workspace import Workspace
from pipecli.text import _

from . import closing, data, everyday, forecasting, gate, listing, setup, showing, stages
from .exits import INTERRUPTED, OK, USAGE
from .options import PANELS

if TYPE_CHECKING:
    pass

SETTINGS = {"help_option_names": ["-h", "--help"], "max_content_width": 100}


class Panels(TyperGroup):
    """The program's commands, listed under the headings of when they are used."""

    def format_commands(self, ctx: Any, formatter: Any) -> None:
        """Write each panel with its commands in the order in which they were declared."""
        visible = [(name, c) for name, c in self.commands.items() if not c.hidden]
        longest = max(len(name) for name, _command in visible)
        for panel in PANELS():
            rows = [
                (name.ljust(longest), command.get_short_help_str(formatter.width - longest - 6))
                for name, command in visible
                if getattr(command, "rich_help_panel", None) == panel
            ]
            if rows:
                with formatter.section(panel):
                    formatter.write_dl(rows)


app = typer.Typer(
    name="pipe",
    cls=Panels,
    rich_markup_mode=None,
    add_completion=False,
    pretty_exceptions_enable=False,
    context_settings=SETTINGS,
    help=_("Your sales pipeline: proven stages, dated next actions, a forecast that rests on rules."),
)


@app.callback(invoke_without_command=True)
def program(
    context: typer.Context,
    db: Annotated[
        str | None,
        typer.Option("--db", metavar="FILE|URL", help=_("the workspace to use, instead of PIPE_DB")),
    ] = None,
    demo: Annotated[bool, typer.Option("--demo", help=_("use the demo workspace"))] = False,
    lang: Annotated[
        str | None, typer.Option("--lang", metavar="en|fr", help=_("the language of texts"))
    ] = None,
    version: Annotated[bool, typer.Option("--version", "-V", help=_("show the version"))] = False,
) -> None:
    if version:
        from pipecli import __version__

        print(f"pipe {__version__}")
        raise typer.Exit
    flags = {key: value for key, value in (("db", db), ("lang", lang)) if value}
    context.obj = Workspace(Settings(flags=flags, demo=demo))
    if context.invoked_subcommand is None:
        listing.show_today(context.obj)


for module in (listing, everyday, gate, closing, showing, forecasting, data, stages, setup):
    module.register(app)


def invoke(arguments: Sequence[str]) -> int:
    """Run the command line; its exit code. Usage errors are shown here, the program's own are raised."""
    try:
        code = get_command(app)(args=list(arguments), prog_name="pipe", standalone_mode=False)
    except TyperException as error:
        show = getattr(error, "show", None)
        if show:
            show()
        return getattr(error, "exit_code", USAGE)
    except typer.Abort:
        return INTERRUPTED
    return code if isinstance(code, int) else OK
