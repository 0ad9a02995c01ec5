"""The board in a browser: where it is served, and the command that starts a board of its own for each open page.

Who may ask, and the page itself, are web_site's; the terminal in the page and what carries its screen and keys are
textual-serve's, a library that only this needs.
"""

from __future__ import annotations

import errno
import logging
import os
import shlex
import socket
import subprocess
import sys
from contextlib import redirect_stdout
from ipaddress import ip_address

from pipecli.errors import ConfigError, InvalidInput
from pipecli.render.console import note
from pipecli.service.workspace import Workspace
from pipecli.text import _

from .theme import DARK, LIGHT

HOST, PORT = "127.0.0.1", 8000
PATIENCE = 5.0
"""Seconds that open pages get to end in when the server ends."""


class _Notes(logging.Handler):
    """Tells in a line on stderr what went wrong in the server."""

    def emit(self, record: logging.LogRecord) -> None:
        error = record.exc_info[1] if record.exc_info else None
        note(record.getMessage() + (f": {error}" if error else ""))


def serve(place: Workspace, host: str, port: int, *, readonly: bool, light: bool) -> None:
    """Serve the board until Ctrl-C or SIGTERM.

    Raises InvalidInput where it cannot be served there, ConfigError where the library is missing.
    """
    try:
        from aiohttp import web

        from .web_site import Site
    except ImportError as error:
        line = _("the board in a browser needs the textual-serve library; add it: pip install textual-serve")
        raise ConfigError(line) from error
    with listening(host, port) as listener:
        bound = ip_address(listener.getsockname()[0].partition("%")[0])
        name = socket.gethostname() if bound.is_unspecified else f"[{host}]" if ":" in host else host
        url = f"http://{name}:{listener.getsockname()[1]}"
        if not bound.is_loopback:
            note(_warning(readonly).format(url=url))
        note(_("The board is at {url} – Ctrl-C ends it").format(url=url))
        site = Site(name, bound, command(readonly, light), environment(place), LIGHT if light else DARK)
        logging.getLogger().addHandler(_Notes(logging.WARNING))
        with redirect_stdout(sys.stderr):  # textual-serve prints there what a board said on its stderr
            made = site.application()
            web.run_app(made, sock=listener, print=None, access_log=None, shutdown_timeout=PATIENCE)


def listening(host: str, port: int) -> socket.socket:
    """A socket that listens at the first address of a host that can be had; raises InvalidInput."""
    try:
        found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE)
    except (OSError, ValueError):
        found = []
    reason = 0
    for family, _kind, _protocol, _name, address in found:
        try:
            return socket.create_server(address, family=family)
        except OSError as error:
            reason = error.errno or 0
    raise InvalidInput(_refusal(reason).format(host=host, port=port, other=port % 65535 + 1))


def _refusal(reason: int) -> str:
    if reason == errno.EADDRINUSE:
        return _("port {port} of {host} is taken; choose another one: --port {other}")
    if reason == errno.EACCES:
        return _("port {port} is not for everybody to use; choose another one: --port 8000")
    return _('"{host}" is not an address of this machine; without --host it is 127.0.0.1')


def _warning(readonly: bool) -> str:
    if readonly:
        return _("Beware, there is no login: whoever reaches {url} sees the pipeline.")
    return _(
        "Beware, there is no login: whoever reaches {url} sees the pipeline and can change it in your name; "
        "with --readonly they only look."
    )


def command(readonly: bool, light: bool) -> str:
    """What a shell runs for each page."""
    flags = [flag for flag, given in (("--readonly", readonly), ("--light", light)) if given]
    # -P: modules are not looked for in whatever folder the server was started in.
    words = [sys.executable, "-P", "-m", "pipecli", "board", *flags]
    return subprocess.list2cmdline(words) if os.name == "nt" else shlex.join(words)


def environment(place: Workspace) -> dict[str, str]:
    """What it is told by its environment: arguments are for all to see, and the address may hold a password."""
    chosen = place.settings.flags.get("lang")
    return {"PIPE_DB": place.address, **({"PIPE_LANG": chosen} if chosen else {})}
