"""The board in a browser: where it is served and to whom, that one ends with the other, and the page in a browser."""

from __future__ import annotations

import asyncio
import http.client
import logging
import os
import re
import select
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Awaitable, Callable, Coroutine, Iterator, Mapping
from ipaddress import ip_address
from pathlib import Path
from types import TracebackType
from typing import Any, Self
from urllib.parse import urlsplit

import aiohttp
import pytest

from pipecli.config import Settings
from pipecli.service.workspace import Workspace
from pipecli.tui import web
from pipecli.tui.theme import DARK

from .browser import PATIENCE, PROGRAM, browser

Pipe = Callable[..., int]
REQUIRED = bool(os.environ.get("PIPECLI_REQUIRE_ALL"))
needs_a_browser = pytest.mark.skipif(PROGRAM is None and not REQUIRED, reason="there is no Chromium here")
needs_pidfds = pytest.mark.skipif(
    not hasattr(os, "pidfd_open") and not REQUIRED, reason="only Linux tells which processes are left"
)


class Served:
    """`pipe board --web` on a free port, without a terminal, in a process group of its own."""

    def __init__(self, place: Workspace, *words: str) -> None:
        self._process = subprocess.Popen(
            [sys.executable, "-m", "pipecli", "board", "--web", "--port", "0", *words],
            env={**_bare(os.environ), **place.settings.environ, "PIPE_TODAY": "2026-11-23"},
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
            start_new_session=True,
        )
        assert self._process.stderr
        said = (
            self._process.stderr.readline()
            if select.select([self._process.stderr], [], [], PATIENCE)[0]
            else ""
        )
        found = re.fullmatch(r"The board is at (http://127\.0\.0\.1:\d+) – Ctrl-C ends it\n", said)
        assert found, said
        self.url = found[1]
        self.host = urlsplit(self.url).netloc

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: object, trace: TracebackType | None) -> None:
        if self._process.poll() is None:
            os.killpg(self._process.pid, signal.SIGKILL)
        self._process.communicate()

    def answer(self, path: str, **headers: str) -> tuple[int, str, http.client.HTTPMessage]:
        """What a request gets: status, text and headers."""
        connection = http.client.HTTPConnection(self.host, timeout=PATIENCE)
        try:
            connection.request(
                "GET", path, headers={name.replace("_", "-"): v for name, v in headers.items()}
            )
            response = connection.getresponse()
            return response.status, response.read().decode(), response.headers
        finally:
            connection.close()

    def processes(self) -> list[int]:
        """The server, and the boards that it has started."""
        found = []
        for file in Path("/proc").glob("[0-9]*/stat"):
            try:
                state, _parent, group = file.read_text().rpartition(")")[2].split()[:3]
            except OSError:  # it has just ended
                continue
            if int(group) == self._process.pid and state != "Z":
                found.append(int(file.parent.name))
        return found

    def boards(self) -> Ending:
        """The boards that it has started."""
        return Ending([process for process in self.processes() if process != self._process.pid])

    def end(self, by: signal.Signals) -> tuple[int, str, str]:
        """End it by a signal; its exit code and what it said since it listens."""
        self._process.send_signal(by)
        return self._process.wait(PATIENCE), *self._process.communicate()


def _bare(environ: Mapping[str, str]) -> dict[str, str]:
    """An environment in which nothing chooses a look, a language or a workspace."""
    chosen = ("PIPE_", "TEXTUAL", "LC_", "LANG", "NO_COLOR")
    return {name: value for name, value in environ.items() if not name.startswith(chosen)} | {
        "LANG": "C.UTF-8"
    }


class Ending:
    """Processes whose end is waited for."""

    def __init__(self, processes: list[int]) -> None:
        self._left = [os.pidfd_open(process) for process in processes]
        self.count = len(processes)

    def wait(self) -> None:
        """Wait until all have ended."""
        deadline = time.monotonic() + PATIENCE
        while self._left:
            ended = select.select(self._left, [], [], max(0.0, deadline - time.monotonic()))[0]
            assert ended, f"{len(self._left)} are still there"
            for one in ended:
                self._left.remove(one)
                os.close(one)


def with_a_page(
    served: Served, talk: Callable[[aiohttp.ClientWebSocketResponse], Awaitable[None]], **headers: str
) -> None:
    """Open the socket of a page, without a browser, and talk over it."""

    async def run() -> None:
        async with (
            aiohttp.ClientSession() as client,
            client.ws_connect(f"{served.url}/ws?width=120&height=40", headers=headers) as page,
        ):
            await talk(page)

    asyncio.run(run())


async def painted(page: aiohttp.ClientWebSocketResponse, *texts: str) -> str:
    """Wait until the board has painted these texts; all that was painted."""
    seen = ""
    async with asyncio.timeout(PATIENCE):
        while not all(text in seen for text in texts):
            seen += (await page.receive_bytes()).decode()
    return seen


async def closed(page: aiohttp.ClientWebSocketResponse) -> None:
    """Wait until the page is told that its board has ended."""
    async with asyncio.timeout(PATIENCE):
        while (await page.receive()).type is aiohttp.WSMsgType.BINARY:
            pass
    assert page.close_code == aiohttp.WSCloseCode.OK


@pytest.fixture
def served(place: Workspace) -> Iterator[Served]:
    """Lea's board, served."""
    with Served(place) as server:
        yield server


@pytest.mark.parametrize(
    "words, line",
    [
        (["--port", "8123"], "--host and --port say where --web serves the board; add --web"),
        (["--host", "::1"], "--host and --port say where --web serves the board; add --web"),
        (
            ["--web", "--host", "nowhere.invalid"],
            '"nowhere.invalid" is not an address of this machine; without --host it is 127.0.0.1',
        ),
        (["--web", "--host", ""], '"" is not an address of this machine; without --host it is 127.0.0.1'),
        (
            ["--web", "--port", "70000"],
            "pipe board: --port takes a whole number from 0 to 65535; see pipe board -h",
        ),
    ],
)
def test_what_cannot_be_served_is_refused_in_a_line(
    pipe: Pipe, capsys: pytest.CaptureFixture[str], words: list[str], line: str
) -> None:
    assert pipe("board", *words) == 2
    assert capsys.readouterr() == ("", f"{line}\n")


def test_a_port_that_is_taken_is_said_in_a_line(pipe: Pipe, capsys: pytest.CaptureFixture[str]) -> None:
    with socket.create_server(("127.0.0.1", 0)) as other:
        port = other.getsockname()[1]
        assert pipe("board", "--web", "--port", str(port)) == 2
    line = f"port {port} of 127.0.0.1 is taken; choose another one: --port {port + 1}\n"
    assert capsys.readouterr() == ("", line)


def test_a_missing_library_is_named(
    pipe: Pipe, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delitem(sys.modules, "pipecli.tui.web_site", raising=False)
    monkeypatch.setitem(sys.modules, "textual_serve", None)
    assert pipe("board", "--web") == 1
    line = "the board in a browser needs the textual-serve library; add it: pip install textual-serve\n"
    assert capsys.readouterr() == ("", line)


def test_nothing_is_served_where_there_is_no_workspace(
    pipe: Pipe, place: Workspace, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    Path(place.address).unlink()
    monkeypatch.setattr(web, "listening", lambda *_address: pytest.fail("it listens"))
    assert pipe("board", "--web") == 6
    assert capsys.readouterr().err.startswith(f"there is no workspace at {place.address};")


def test_a_script_is_still_told_that_the_board_needs_a_terminal(
    pipe: Pipe, capsys: pytest.CaptureFixture[str]
) -> None:
    assert pipe("board", "--readonly") == 2
    assert capsys.readouterr().err.startswith("the board needs a terminal;")


@pytest.mark.parametrize(
    "words, what",
    [
        ([], "sees the pipeline and can change it in your name; with --readonly they only look."),
        (["--readonly"], "sees the pipeline."),
    ],
)
def test_an_address_that_others_reach_is_served_with_a_warning(
    pipe: Pipe,
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
    words: list[str],
    what: str,
) -> None:
    def run_app(application: Coroutine[Any, Any, object], **_options: object) -> None:
        application.close()

    monkeypatch.setattr("aiohttp.web.run_app", run_app)
    monkeypatch.setattr(logging.getLogger(), "handlers", [])
    monkeypatch.setattr(socket, "gethostname", lambda: "desk")
    assert pipe("board", "--web", "--host", "0.0.0.0", "--port", "0", *words) == 0
    out, err = capsys.readouterr()
    port = err.rpartition("http://desk:")[2].partition(" ")[0]
    assert (out, err.splitlines()) == (
        "",
        [
            f"Beware, there is no login: whoever reaches http://desk:{port} {what}",
            f"The board is at http://desk:{port} – Ctrl-C ends it",
        ],
    )


def test_the_address_of_the_database_is_in_no_argument() -> None:
    address = "postgresql://lea:secret@db.example/sales"
    place = Workspace(Settings(environ={}, flags={"db": address, "lang": "fr"}))
    assert web.environment(place) == {"PIPE_DB": address, "PIPE_LANG": "fr"}
    assert web.command(readonly=True, light=True).endswith(" -P -m pipecli board --readonly --light")
    assert "PIPE_LANG" not in web.environment(Workspace(Settings(environ={"PIPE_DB": "x.db"})))


@pytest.mark.parametrize(
    "name, bound, host, ours",
    [
        ("127.0.0.1", "127.0.0.1", "127.0.0.1:8000", True),
        ("127.0.0.1", "127.0.0.1", "LocalHost:8000", True),
        ("127.0.0.1", "127.0.0.1", "localhost:9000", True),
        ("127.0.0.1", "127.0.0.1", "127.0.0.1", True),
        ("127.0.0.1", "127.0.0.1", "evil.example:8000", False),
        ("127.0.0.1", "127.0.0.1", "127.0.0.1.evil.example:8000", False),
        ("127.0.0.1", "127.0.0.1", "evil@localhost:8000", False),
        ("127.0.0.1", "127.0.0.1", "192.168.1.5:8000", False),
        ("127.0.0.1", "127.0.0.1", "", False),
        ("[::1]", "::1", "[::1]:8000", True),
        ("localhost", "::1", "localhost:8000", True),
        ("pc7", "192.168.1.5", "PC7:8000", True),
        ("pc7", "192.168.1.5", "192.168.1.5:8000", True),
        ("pc7", "192.168.1.5", "localhost:8000", False),
        ("pc7", "0.0.0.0", "10.0.0.9:8000", True),
        ("pc7", "0.0.0.0", "pc7:8000", True),
        ("pc7", "::", "[fe80::1]:8000", True),
        ("pc7", "0.0.0.0", "localhost:8000", True),
        ("pc7", "0.0.0.0", "evil.example:8000", False),
    ],
)
def test_the_server_answers_to_its_own_names_only(name: str, bound: str, host: str, ours: bool) -> None:
    from pipecli.tui.web_site import Site

    assert Site(name, ip_address(bound), "", {}, DARK).is_called(host) is ours


def test_other_sites_get_nothing(served: Served) -> None:
    port = served.host.partition(":")[2]
    upgrade = {
        "Connection": "Upgrade",
        "Upgrade": "websocket",
        "Sec_WebSocket_Version": "13",
        "Sec_WebSocket_Key": "dGhlIHNhbXBsZSBub25jZQ==",
    }
    refused = (403, "This is not an address of the board, or not a page of its own.")
    for path in ("/", "/ws", "/static/js/textual.js"):
        for headers in (
            {"Host": f"evil.example:{port}"},
            {"Host": f"evil.example:{port}", "Origin": f"http://evil.example:{port}"},
            {"Origin": "http://evil.example"},
            {"Origin": f"http://localhost:{port}"},
            {"Origin": f"https://{served.host}"},
            {"Origin": "null"},
        ):
            assert served.answer(path, **headers, **upgrade)[:2] == refused
    assert served.answer("/", Origin=served.url)[0] == 200
    assert served.answer("/", Host=f"localhost:{port}", Origin=f"http://localhost:{port}")[0] == 200


def test_another_site_cannot_type_into_the_board(served: Served) -> None:
    async def talk(page: aiohttp.ClientWebSocketResponse) -> None:
        raise AssertionError("it is let in")

    with pytest.raises(aiohttp.WSServerHandshakeError, match="403"):
        with_a_page(served, talk, Origin="http://evil.example")


def test_the_page_is_ours_and_asks_nobody_else(served: Served) -> None:
    status, text, headers = served.answer("/")
    assert status == 200
    assert "<title>pipe</title>" in text and "background: #11151c" in text
    assert f'data-session-websocket-url="ws://{served.host}/ws"' in text
    assert not re.findall(r"(?:src|href)=\"?(?:https?:)?//|@import", text)
    policy = headers["Content-Security-Policy"]
    assert policy.startswith("default-src 'self'; ") and "frame-ancestors 'none'" in policy
    assert [served.answer(path)[0] for path in ("/static/", "/static/../server.py", "/download/x")] == [
        403,
        404,
        404,
    ]


def test_each_page_shows_the_board_as_it_was_asked_for(place: Workspace) -> None:
    async def talk(page: aiohttp.ClientWebSocketResponse) -> None:
        seen = await painted(page, "Portal", "Filter", "Quit")
        assert "Advance" not in seen
        assert "48;2;247;248;250m" in seen  # the light ground

    with Served(place, "--readonly", "--light") as server:
        assert "background: #f7f8fa" in server.answer("/")[1]
        with_a_page(server, talk)


def test_what_no_page_of_ours_sends_is_passed_over(served: Served) -> None:
    async def talk(page: aiohttp.ClientWebSocketResponse) -> None:
        for text in (
            "",
            "{",
            "[]",
            "1",
            '["stdin"]',
            '["stdin", 1]',
            '["resize", {}]',
            '["stdin", "\\ud800"]',
        ):
            await page.send_str(text)
        await page.send_json(["ping", "7"])
        async with asyncio.timeout(PATIENCE):
            while (said := await page.receive()).type is aiohttp.WSMsgType.BINARY:
                pass
        assert said.json() == ["pong", "7"]
        await page.send_json(["resize", {"width": 30, "height": 10}])
        await painted(page, "The board needs")

    with_a_page(served, talk)
    assert served.end(signal.SIGTERM) == (0, "", "")


@needs_pidfds
@pytest.mark.parametrize("by", [signal.SIGINT, signal.SIGTERM])
def test_the_server_ends_without_a_word_and_leaves_no_board(served: Served, by: signal.Signals) -> None:
    async def talk(page: aiohttp.ClientWebSocketResponse) -> None:
        await painted(page, "Portal")
        boards = served.boards()
        assert boards.count >= 1
        ended = asyncio.create_task(asyncio.to_thread(served.end, by))
        await closed(page)
        assert await ended == (0, "", "")
        boards.wait()

    with_a_page(served, talk)


@needs_pidfds
def test_a_board_ends_with_its_page(served: Served) -> None:
    ends: list[Ending] = []

    async def talk(page: aiohttp.ClientWebSocketResponse) -> None:
        await painted(page, "Portal")
        ends.append(served.boards())

    with_a_page(served, talk)
    ends[0].wait()
    assert served.answer("/")[0] == 200


@needs_pidfds
def test_a_board_ends_where_the_server_was_killed(served: Served) -> None:
    async def talk(page: aiohttp.ClientWebSocketResponse) -> None:
        await painted(page, "Portal")
        boards = served.boards()
        assert served.end(signal.SIGKILL)[0] == -signal.SIGKILL
        boards.wait()

    with_a_page(served, talk)


@needs_pidfds
def test_a_page_is_told_where_its_board_has_died(served: Served) -> None:
    async def talk(page: aiohttp.ClientWebSocketResponse) -> None:
        await painted(page, "Portal")
        _server, *boards = sorted(served.processes())
        for board in boards:
            os.kill(board, signal.SIGKILL)
        await closed(page)

    with_a_page(served, talk)


def test_a_page_is_told_where_no_board_can_start(served: Served, place: Workspace) -> None:
    async def talk(page: aiohttp.ClientWebSocketResponse) -> None:
        await closed(page)

    Path(place.address).unlink()
    with_a_page(served, talk)
    code, out, err = served.end(signal.SIGTERM)
    assert (code, out) == (0, "")
    assert f"\nthere is no workspace at {place.address};" in err and "Traceback" not in err


@needs_a_browser
def test_a_browser_shows_the_board_and_types_into_it(served: Served, tmp_path: Path) -> None:
    async def look() -> None:
        async with browser(tmp_path) as page:
            await page.open(served.url)
            await page.expect("3 Portal", "! 18 d late", "2 Maintenance", "Keys")
            fonts = "[...document.fonts].map(font => font.family + font.style + font.status).sort()"
            assert await page.value(fonts) == ["Roboto Monoitalicloaded", "Roboto Mononormalloaded"]
            assert await page.value("document.title") == "pipe"
            await page.picture(tmp_path / "board.png")
            await page.press("?")
            await page.expect("Go about")
            await page.press("Escape")
            await page.expect("3 Portal", without="Go about")
            await page.press("/")
            await page.expect("part of a name or account")
            await page.press("p")
            await page.expect("3 Portal", "1 ERP rollout", without="2 Maintenance")
            await page.press("o")
            await page.expect("3 Portal", "/ po", without="1 ERP rollout")
            await page.press("Ctrl+c")
            await page.until("document.querySelector('.ended').checkVisibility()")
            assert {urlsplit(url).netloc for url in page.asked_for} == {served.host}
            assert page.faults == []

    asyncio.run(look())
    assert (tmp_path / "board.png").stat().st_size > 20_000  # a blank page has a tenth of that
