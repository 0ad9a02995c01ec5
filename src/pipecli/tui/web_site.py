"""The site of the board in a browser: its page, the page's files, and the socket between the page and its board.

There is no login, so that it is settled here who may ask: no page of another site, which could type into the board by
way of the browser of somebody who is at it, and nobody who calls the server by a name that is not its own.
"""

from __future__ import annotations

import asyncio
import html
import re
import secrets
from collections.abc import Mapping
from contextlib import suppress
from ipaddress import IPv4Address, IPv6Address, ip_address
from pathlib import Path
from string import Template

import textual_serve
from aiohttp import web
from aiohttp.typedefs import Handler, Middleware
from textual_serve.app_service import AppService
from textual_serve.download_manager import DownloadManager

from pipecli.text import _, language

from .theme import THEMES

SECONDS_TO_CLOSE = 3.0
SECONDS_TO_END = 3.0
"""How long a page may take to answer that it is closed."""
_STATIC = Path(textual_serve.__file__).with_name("static")
_PAGE = Path(__file__).with_name("templates") / "app_index.html"
_AUTHORITY = re.compile(r"(\[[0-9a-f:.]+\]|[^:@\[\]]+)(?::\d+)?")
# The page loads nothing from elsewhere and stands in no other page.
_POLICY = (
    "default-src 'self'; script-src 'self' 'nonce-{nonce}'; style-src 'self' 'unsafe-inline'; "
    "img-src 'self' data:; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
)


class Site:
    """What is served at one address: `name` is what it is called, `bound` where it listens."""

    def __init__(
        self,
        name: str,
        bound: IPv4Address | IPv6Address,
        command: str,
        environ: Mapping[str, str],
        theme: str,
    ) -> None:
        self._command = command
        self._environ = environ
        self._theme = next(made for made in THEMES if made.name == theme)
        self._everywhere = bound.is_unspecified
        self._names = {name.lower().strip("[]"), str(bound)}
        if bound.is_loopback or bound.is_unspecified:
            self._names.add("localhost")
        self._open: set[web.WebSocketResponse] = set()

    async def application(self) -> web.Application:
        """The site, for aiohttp to run."""
        made = web.Application(middlewares=[self._guard()])
        made.add_routes(
            [web.get("/", self.page), web.get("/ws", self.session), web.static("/static", _STATIC)]
        )
        made.on_shutdown.append(self.close)
        return made

    def _guard(self) -> Middleware:
        @web.middleware
        async def guarded(request: web.Request, handler: Handler) -> web.StreamResponse:
            host = request.headers.get("Host", "")
            if not self.is_called(host) or request.headers.get("Origin") not in (None, f"http://{host}"):
                raise web.HTTPForbidden(
                    text=_("This is not an address of the board, or not a page of its own.")
                )
            return await handler(request)

        return guarded

    def is_called(self, host: str) -> bool:
        """Whether a Host header names this server. Its port may be another one: that of a tunnel."""
        found = _AUTHORITY.fullmatch(host.lower())
        name = found[1].strip("[]") if found else ""
        # A number cannot be made to point here, as a name of somebody else's can.
        return name in self._names or (self._everywhere and _is_number(name))

    async def page(self, request: web.Request) -> web.Response:
        """The page with the terminal in it."""
        nonce = secrets.token_urlsafe()
        words = {
            "nonce": nonce,
            "lang": language(),
            "socket": f"ws://{request.host}/ws",
            "opening": _("opening the board …"),
            "ended": _("The board has ended."),
            "again": _("Open it again"),
            "background": self._theme.background or "",
            "foreground": self._theme.foreground or "",
            "primary": self._theme.primary,
        }
        page = Template(_PAGE.read_text(encoding="utf-8"))
        return web.Response(
            text=page.substitute({key: html.escape(word) for key, word in words.items()}),
            content_type="text/html",
            headers={"Content-Security-Policy": _POLICY.format(nonce=nonce), "Cache-Control": "no-store"},
        )

    async def session(self, request: web.Request) -> web.WebSocketResponse:
        """A page that is open: it has a board of its own, and the one ends with the other."""
        page = web.WebSocketResponse(heartbeat=15, timeout=SECONDS_TO_CLOSE)
        await page.prepare(request)
        board = Session(self._command, page, self._environ)
        self._open.add(page)
        # The ground to paint on. In pieces: more than ten bytes at once the page takes for the first picture.
        ground = f"\x1b]11;{self._theme.background}\x07".encode()
        try:
            for piece in (ground[:7], ground[7:]):
                await page.send_bytes(piece)
            await board.start(_cells(request, "width", 80), _cells(request, "height", 24))
            async for message in page:
                with suppress(ValueError):  # what no page of ours sends
                    await board.hear(message.json())
        finally:
            self._open.discard(page)
            await board.end()
        return page

    async def close(self, _application: web.Application) -> None:
        """Close the pages that are open."""
        await asyncio.gather(*(page.close() for page in self._open))


class Session(AppService):
    """The board of one page, in a process of its own."""

    def __init__(self, command: str, page: web.WebSocketResponse, environ: Mapping[str, str]) -> None:
        async def close() -> None:
            await page.close()

        super().__init__(
            command,
            write_bytes=page.send_bytes,
            write_str=page.send_str,
            close=close,
            download_manager=DownloadManager(),
        )
        self._page = page
        self._environ = environ

    def _build_environment(self, width: int = 80, height: int = 24) -> dict[str, str]:
        driver = {"TEXTUAL_DRIVER": "pipecli.tui.driver:ServedDriver"}
        return {**super()._build_environment(width, height), **self._environ, **driver}

    async def end(self) -> None:
        """Let the board end, and where it does not, end it."""
        try:
            await asyncio.wait_for(self.stop(), SECONDS_TO_END)
        except TimeoutError:
            if self._process is not None:
                with suppress(ProcessLookupError):
                    self._process.kill()

    async def run(self) -> None:
        """Show what the board paints, until it ends."""
        await super().run()
        await self.remote_close()  # also where it died without a word

    async def on_data(self, payload: bytes) -> None:
        """Show what was painted; where the page has gone it is read all the same, so that the board can end."""
        with suppress(ConnectionError):
            await super().on_data(payload)

    async def hear(self, message: object) -> None:
        """Tell the board what the page says."""
        match message:
            case ["stdin", str(keys)]:
                await self.send_bytes(keys.encode())
            case ["resize", {"width": int(width), "height": int(height)}]:
                await self.set_terminal_size(width, height)
            case ["ping", sent]:
                await self._page.send_json(["pong", sent])
            case ["focus"]:
                await self.focus()
            case ["blur"]:
                await self.blur()


def _cells(request: web.Request, key: str, usual: int) -> int:
    text = request.query.get(key, "")
    return int(text) if text.isdecimal() and len(text) < 5 else usual


def _is_number(name: str) -> bool:
    try:
        ip_address(name)
    except ValueError:
        return False
    return True
