"""The way in for agents: `pipe mcp`."""

from __future__ import annotations

from typing import Annotated

import typer

from pipecli.text import _

from .exits import OK
from .options import workspace


def mcp(
    context: typer.Context,
    agent: Annotated[
        str | None,
        typer.Option(
            "--agent", metavar="NAME", help=_("what the agent is called, if not what it says itself")
        ),
    ] = None,
) -> int:
    from pipecli.agents.serving import serve

    serve(workspace(context), agent)
    return OK
