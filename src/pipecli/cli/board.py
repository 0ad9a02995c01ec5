"""The board and `go`: full-screen faces over the same service."""

from __future__ import annotations

import sys
from typing import Annotated

import typer

from pipecli.errors import InvalidInput
from pipecli.render.console import is_terminal
from pipecli.service.workspace import Workspace
from pipecli.text import _

from .exits import OK
from .options import workspace


def board(
    context: typer.Context,
    readonly: Annotated[
        bool, typer.Option("--readonly", help=_("look only: for the screen in the meeting room"))
    ] = False,
    light: Annotated[bool, typer.Option("--light", help=_("dark text on a light ground"))] = False,
) -> int:
    return _run(workspace(context), start="board", readonly=readonly, light=light)


def go(
    context: typer.Context,
    light: Annotated[bool, typer.Option("--light", help=_("dark text on a light ground"))] = False,
) -> int:
    return _run(workspace(context), start="go", readonly=False, light=light)


def _run(place: Workspace, *, start: str, readonly: bool, light: bool) -> int:
    if not (is_terminal(sys.stdin) and is_terminal(sys.stdout)):
        raise InvalidInput(_("the board needs a terminal; in a script: pipe today, pipe list"))
    from pipecli.service.board import read
    from pipecli.service.workspace import Workspace

    place = Workspace(place.settings, origin="board")
    found = read(place)  # before the screen is taken, so that what is wrong is said in a line
    from pipecli.tui.app import PipeApp
    from pipecli.tui.desk import Desk
    from pipecli.tui.theme import DARK, LIGHT

    app = PipeApp(Desk(place, found, readonly), start=start, theme=LIGHT if light else DARK)
    app.run()
    return app.return_code or OK
