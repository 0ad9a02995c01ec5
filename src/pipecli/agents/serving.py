"""Serving one agent over stdin and stdout until it goes away, or until the program is told to end.

stdout is the protocol's from the first byte: while it is served, whatever else writes there comes out on stderr.
"""

from __future__ import annotations

import os
import signal
import sys
from contextlib import suppress
from threading import Thread
from typing import TYPE_CHECKING

from pipecli.errors import ConfigError
from pipecli.render.console import is_terminal, note
from pipecli.service.workspace import Workspace
from pipecli.text import _

if TYPE_CHECKING:
    from .server import Server

LONGEST_WARM_UP = 0.3
"""Seconds: a database that does not answer keeps no agent waiting for its introduction."""


def serve(place: Workspace, name: str | None = None) -> None:
    """Answer an agent until its end of the pipe is closed; `name` is what it is called, if not what it says itself.

    Raises ConfigError where the library is missing.
    """
    place = Workspace(place.settings, origin="mcp")
    warm = Thread(target=_warm_up, args=(place,), daemon=True)
    warm.start()
    warm.join(LONGEST_WARM_UP)
    try:
        import anyio

        from .server import Server
    except ImportError as error:
        line = _('an agent needs the MCP library; add it: pip install "mcp>=2,<3"')
        raise ConfigError(line) from error
    if is_terminal(sys.stdin):
        note(_("An agent is awaited on stdin; pipe mcp -h says how one is connected. Ctrl-C ends it."))
    try:
        anyio.run(_until_it_ends, Server(place, name))
    except* BrokenPipeError:  # the agent has gone without hearing the last answer
        pass


def _warm_up(place: Workspace) -> None:
    """Load what the first question would wait for."""
    from pipecli.service.lists import Wanted, listing

    with suppress(Exception):  # the first call will say what is wrong
        listing(place, Wanted(), 1)


async def _until_it_ends(server: Server) -> None:
    import anyio

    async with anyio.create_task_group() as tasks:
        if sys.platform != "win32":
            tasks.start_soon(_end_when_told, server)
        await server.run_stdio_async()
        tasks.cancel_scope.cancel()


async def _end_when_told(server: Server) -> None:
    """End at SIGTERM and Ctrl-C, after the call that is being answered.

    A thread waits for the next line of stdin, which nothing but a line can wake: the program leaves without it.
    """
    import anyio

    with anyio.open_signal_receiver(signal.SIGTERM, signal.SIGINT) as told:
        async for number in told:
            async with server.turn:
                os._exit(0 if number == signal.SIGTERM else 130)
