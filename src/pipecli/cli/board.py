"""The board and `go`: full-screen faces over the same service."""

from __future__ import annotations

import os
import sys
from typing import Annotated

import typer

from pipecli.errors import InvalidInput
from pipecli.render.console import is_terminal
from pipecli.service.workspace import Workspace
from pipecli.text import _

from .exits import OK
from .options import workspace

Light = Annotated[bool, typer.Option("--light", help=_("dark text on a light ground"))]


def board(
    context: typer.Context,
    readonly: Annotated[
        bool, typer.Option("--readonly", help=_("look only: for the screen in the meeting room"))
    ] = False,
    light: Light = False,
    web: Annotated[bool, typer.Option("--web", help=_("in a browser, served from this machine"))] = False,
    host: Annotated[
        str | None,
        typer.Option(
            "--host", metavar="ADDR", help=_("where --web serves it, if not at 127.0.0.1: no login!")
        ),
    ] = None,
    port: Annotated[
        int | None,
        typer.Option(
            "--port",
            metavar="N",
            min=0,
            max=65535,
            help=_("the port of --web, if not 8000; 0 for a free one"),
        ),
    ] = None,
) -> int:
    if web:
        return _serve(workspace(context), host, port, readonly=readonly, light=light)
    if host is not None or port is not None:
        raise InvalidInput(_("--host and --port say where --web serves the board; add --web"))
    return _run(workspace(context), start="board", readonly=readonly, light=light)


def go(context: typer.Context, light: Light = False) -> int:
    return _run(workspace(context), start="go", readonly=False, light=light)


def _serve(place: Workspace, host: str | None, port: int | None, *, readonly: bool, light: bool) -> int:
    from pipecli.service.board import read

    read(place)  # before anything listens, so that what is wrong is said in a line
    from pipecli.tui.web import HOST, PORT, serve

    serve(
        place,
        HOST if host is None else host,
        PORT if port is None else port,
        readonly=readonly,
        light=light,
    )
    return OK


def _run(place: Workspace, *, start: str, readonly: bool, light: bool) -> int:
    # Where somebody chose Textual's driver, as a server does, what it talks to need be no terminal.
    served = bool(os.environ.get("TEXTUAL_DRIVER"))
    if not served and not (is_terminal(sys.stdin) and is_terminal(sys.stdout)):
        raise InvalidInput(_("the board needs a terminal; in a script: pipe today, pipe list"))
    from pipecli.service.board import read
    from pipecli.service.workspace import Workspace

    place = Workspace(place.settings, origin="board", readonly=readonly)
    found = read(place)  # before the screen is taken, so that what is wrong is said in a line
    from pipecli.tui.app import PipeApp
    from pipecli.tui.desk import Desk
    from pipecli.tui.theme import DARK, LIGHT

    app = PipeApp(Desk(place, found, readonly), start=start, theme=LIGHT if light else DARK)
    app.run()
    return app.return_code or OK
