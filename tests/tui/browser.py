"""A headless Chromium with one page, driven through its DevTools protocol, whose terminal can be read as text."""

from __future__ import annotations

import asyncio
import base64
import json
import os
import shutil
import signal
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from itertools import count
from pathlib import Path
from typing import Any

import aiohttp

PATIENCE = 30.0
"""Seconds until what is expected has to be on the screen."""
PROGRAM = next(
    (name for name in ("chromium", "chromium-browser", "google-chrome") if shutil.which(name)), None
)
FLAGS = (
    "--headless",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--disable-breakpad",
    "--disable-dev-shm-usage",
    "--remote-debugging-port=0",
    "--window-size=1280,800",
)
# The page keeps its terminal to itself: it is caught where it is first assigned.
CATCH = """
Object.defineProperty(Object.prototype, "terminal", {
  configurable: true,
  get() { return undefined },
  set(value) {
    window.caughtTerminal = value;
    Object.defineProperty(this, "terminal", {value, writable: true, enumerable: true, configurable: true});
  },
});
window.seen = () => {
  const lines = window.caughtTerminal.buffer.active;
  return [...Array(lines.length).keys()].map(y => lines.getLine(y).translateToString(true)).join("\\n");
};
"""
CODES = {"Escape": 27, "Enter": 13}


class Browser:
    """The page; `asked_for` is every address that anything in it asked for, `faults` what went wrong in it."""

    def __init__(self, socket: aiohttp.ClientWebSocketResponse) -> None:
        self.asked_for: list[str] = []
        self.faults: list[str] = []
        self._socket = socket
        self._numbers = count(1)
        self._answers: dict[int, asyncio.Future[Any]] = {}
        self._loaded = asyncio.Event()
        self._session: str | None = None

    async def listen(self) -> None:
        """Take in what the browser says, until it ends."""
        async for message in self._socket:
            said = message.json()
            if "id" in said:
                answer = self._answers.pop(said["id"])
                if "error" in said:
                    answer.set_exception(AssertionError(said["error"]))
                else:
                    answer.set_result(said["result"])
            elif said["method"] == "Network.requestWillBeSent":
                self.asked_for.append(said["params"]["request"]["url"])
            elif said["method"] == "Network.webSocketCreated":
                self.asked_for.append(said["params"]["url"])
            elif said["method"] == "Runtime.exceptionThrown":
                self.faults.append(str(said["params"]["exceptionDetails"]))
            elif said["method"] == "Log.entryAdded" and said["params"]["entry"]["level"] == "error":
                self.faults.append(said["params"]["entry"]["text"])
            elif said["method"] == "Page.loadEventFired":
                self._loaded.set()

    async def call(self, method: str, **parameters: Any) -> Any:
        """Call a method of the protocol; what it gives."""
        number = next(self._numbers)
        self._answers[number] = asyncio.get_running_loop().create_future()
        said = {"id": number, "method": method, "params": parameters}
        await self._socket.send_json(said | ({"sessionId": self._session} if self._session else {}))
        return await asyncio.wait_for(self._answers[number], PATIENCE)

    async def begin(self) -> None:
        """Open an empty page and listen to it."""
        target = (await self.call("Target.createTarget", url="about:blank"))["targetId"]
        attached = await self.call("Target.attachToTarget", targetId=target, flatten=True)
        self._session = attached["sessionId"]
        for topic in ("Log", "Network", "Page", "Runtime"):
            await self.call(f"{topic}.enable")
        await self.call("Page.addScriptToEvaluateOnNewDocument", source=CATCH)

    async def open(self, url: str) -> None:
        """Open an address and wait until the page has loaded."""
        self._loaded.clear()
        found = await self.call("Page.navigate", url=url)
        assert "errorText" not in found, found
        await asyncio.wait_for(self._loaded.wait(), PATIENCE)

    async def value(self, script: str) -> Any:
        """What a script gives in the page."""
        found = await self.call("Runtime.evaluate", expression=script, awaitPromise=True, returnByValue=True)
        assert "exceptionDetails" not in found, found
        return found["result"].get("value")

    async def until(self, condition: str) -> None:
        """Wait until a condition of the page holds; it is looked at before each picture."""
        look = f"const look = () => ({condition}) ? done() : requestAnimationFrame(look)"
        try:
            await self.value(f"new Promise(done => {{ {look}; look() }})")
        except TimeoutError:
            raise AssertionError(f"it is not so that {condition}:\n{await self.value('seen()')}") from None

    async def expect(self, *texts: str, without: str | None = None) -> None:
        """Wait until the terminal shows these texts, and not the other."""
        conditions = [f"seen().includes({json.dumps(text)})" for text in texts]
        if without:
            conditions.append(f"!seen().includes({json.dumps(without)})")
        await self.until(" && ".join(conditions))

    async def press(self, *keys: str) -> None:
        """Press keys, by what they write or by their names: Escape, Ctrl+c."""
        for key in keys:
            pressed: dict[str, Any] = {"key": key, "text": key}
            if key in CODES:
                pressed = {"key": key, "windowsVirtualKeyCode": CODES[key]}
            elif key.startswith("Ctrl+"):
                pressed = {"key": key[-1], "windowsVirtualKeyCode": ord(key[-1].upper()), "modifiers": 2}
            await self.call("Input.dispatchKeyEvent", type="keyDown", **pressed)
            await self.call("Input.dispatchKeyEvent", type="keyUp", **pressed)

    async def picture(self, file: Path) -> None:
        """Save what the page looks like."""
        found = await self.call("Page.captureScreenshot")
        file.write_bytes(base64.b64decode(found["data"]))


@asynccontextmanager
async def browser(folder: Path) -> AsyncIterator[Browser]:
    """A browser that keeps everything in a folder of its own."""
    assert PROGRAM
    process = await asyncio.create_subprocess_exec(
        PROGRAM,
        *FLAGS,
        f"--user-data-dir={folder / 'profile'}",
        env={**os.environ, "HOME": str(folder)},
        stdin=asyncio.subprocess.DEVNULL,
        stdout=asyncio.subprocess.DEVNULL,
        stderr=asyncio.subprocess.PIPE,
        start_new_session=True,
    )
    assert process.stderr
    try:
        url = await asyncio.wait_for(_its_address(process.stderr), PATIENCE)
        narration = asyncio.create_task(process.stderr.read())
        async with aiohttp.ClientSession() as client, client.ws_connect(url, max_msg_size=0) as socket:
            opened = Browser(socket)
            listener = asyncio.create_task(opened.listen())
            await opened.begin()
            yield opened
            with suppress(TimeoutError):
                await opened.call("Browser.close")
            await asyncio.wait_for(listener, PATIENCE)
        await asyncio.wait_for(narration, PATIENCE)
    finally:
        with suppress(ProcessLookupError):
            os.killpg(process.pid, signal.SIGKILL)
        await process.wait()


async def _its_address(narration: asyncio.StreamReader) -> str:
    while line := await narration.readline():
        if line.startswith(b"DevTools listening on "):
            return line.decode().split()[-1]
    raise AssertionError("the browser did not start")
