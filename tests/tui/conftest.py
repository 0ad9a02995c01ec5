"""The board in this process: a real workspace file, the real application and Textual's pilot, a clock that stands.

`LIFE` leaves a small pipeline: 1 to 4 of Lea's, 5 of Marc's, 6 lost; it is Monday 23 November 2026. `on_board` runs a
conversation with the board; `pipe` is what a colleague types in another terminal meanwhile.
"""

from __future__ import annotations

import asyncio
import io
import shlex
import sys
from collections.abc import Awaitable, Callable, Iterator
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import pytest
from textual.pilot import Pilot
from textual.widgets import Input

from pipecli import clock, entry
from pipecli.config import Settings
from pipecli.service import board as boards
from pipecli.service.show import Shown, show
from pipecli.service.workspace import Workspace
from pipecli.tui.app import PipeApp
from pipecli.tui.desk import Desk
from pipecli.tui.theme import DARK, LIGHT

TODAY = date(2026, 11, 23)  # a Monday
LIFE = """
2026-11-02 init --template b2b
2026-11-02 add "ERP rollout" 48k -a Acme -n "call Jeanne" -d 2026-11-20 --close 2026-12-18 --tag key \
           --contact "Jeanne Martin <jeanne@acme.example>"
2026-11-02 add Maintenance 9k -a Borel -n "send references" -d 2026-11-23 --close 2027-01-15
2026-11-02 add Portal "USD 15000" -a Sirius -n "mail Ana" -d 2026-11-05
2026-11-02 add Training 6k -n "call Ida" -d 2026-11-25 --contact "Ida Berg"
2026-11-02 add Audit -a Nord -n "book workshop" -d 2026-12-01 --owner marc
2026-11-02 add Kiosk 30k -a Acme -n "call Jeanne" -d 2026-11-12
2026-11-10 lose 6 price "twice the offer of the other"
2026-11-16 advance 1 --prove "need=Stock errors cost them two people"
2026-11-17 log 1 meeting "Went through the scope, they want it by spring"
"""


def freeze(day: date) -> None:
    """It is nine in the morning, UTC, of that day."""
    clock.freeze(datetime(day.year, day.month, day.day, 9, tzinfo=UTC))


@pytest.fixture(scope="session")
def lived(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The workspace file that `LIFE` leaves, to copy."""
    folder = tmp_path_factory.mktemp("board")
    with pytest.MonkeyPatch.context() as patch:
        for name, value in (("PIPE_DB", "pipe.db"), ("PIPE_CONFIG", "config.toml")):
            patch.setenv(name, str(folder / value))
        patch.setenv("PIPE_ME", "lea")
        patch.setattr(sys, "stdin", io.StringIO())
        for line in LIFE.strip().replace("\\\n", " ").splitlines():
            day, *words = shlex.split(line)
            freeze(date.fromisoformat(day))
            assert entry.run(words) == 0, line
    clock.freeze(None)
    return folder / "pipe.db"


@pytest.fixture
def place(lived: Path, tmp_path: Path) -> Iterator[Workspace]:
    """Lea's workspace as the board opens it; it is `TODAY`."""
    file = tmp_path / "pipe.db"
    file.write_bytes(lived.read_bytes())
    file.chmod(0o600)
    freeze(TODAY)
    environ = {"PIPE_DB": str(file), "PIPE_ME": "lea", "PIPE_CONFIG": str(tmp_path / "config.toml")}
    yield Workspace(Settings(environ=environ), origin="board")
    clock.freeze(None)


@pytest.fixture
def pipe(place: Workspace, monkeypatch: pytest.MonkeyPatch) -> Callable[..., int]:
    """What somebody types in another terminal: `pipe("lose", "1", "price", me="marc")`; its exit code."""

    def run(*words: str, me: str = "marc") -> int:
        with monkeypatch.context() as patch:
            for name, value in {**place.settings.environ, "PIPE_ME": me}.items():
                patch.setenv(name, value)
            patch.setattr(sys, "stdin", io.StringIO())
            return entry.run(words)

    return run


class Board:
    """A person at the board: what they press and type, and what they see."""

    def __init__(self, app: PipeApp, pilot: Pilot[Any]) -> None:
        self.app = app
        self.pilot = pilot

    async def press(self, *keys: str) -> None:
        """Press keys one after the other, each settled before the next."""
        for key in keys:
            await self.pilot.press(key)
            await self.settle()

    async def type(self, text: str) -> None:
        """Type a text where the cursor is."""
        where = self.app.focused
        assert isinstance(where, Input), where
        where.insert_text_at_cursor(text)
        await self.settle()

    async def settle(self) -> None:
        """Wait until every call to the service came back and was shown."""
        for _round in range(3):
            await self.pilot.pause()
            for node in (self.app, *self.app.screen_stack):
                await self.app.workers.wait_for_complete([w for w in self.app.workers if w.node is node])
        await self.pilot.pause()

    async def look(self) -> None:
        """Let the watch look at the workspace, as it does every second."""
        self.app.look()
        await self.settle()

    def seen(self) -> str:
        """The whole screen as text, a line each."""
        width, height = self.app.size
        strips = self.app.screen._compositor.render_strips()
        lines = ["".join(segment.text for segment in strip)[:width].rstrip() for strip in strips[:height]]
        return "\n".join(lines)

    def written(self) -> list[str]:
        """Every piece of text that would be written to the terminal, as it would be."""
        strips = self.app.screen._compositor.render_strips()
        return [segment.text for strip in strips for segment in strip]

    @property
    def notes(self) -> list[str]:
        """What the board has told in its corner, the newest last."""
        return [note.message for note in self.app._notifications]

    @property
    def chosen(self) -> int | None:
        """The number of the chosen opportunity."""
        found: int | None = self.app.screen.chosen_number  # type: ignore[attr-defined]
        return found


Conversation = Callable[[Board], Awaitable[None]]
OnBoard = Callable[..., None]


@pytest.fixture
def on_board(place: Workspace) -> OnBoard:
    """Runs a conversation with the board: `on_board(conversation, size=(80, 24))`."""

    def run(
        conversation: Conversation,
        *,
        size: tuple[int, int] = (120, 40),
        start: str = "board",
        readonly: bool = False,
        light: bool = False,
        watch: bool = False,
    ) -> None:
        async def talk() -> None:
            desk = Desk(place, boards.read(place), readonly)
            app = PipeApp(desk, start=start, theme=LIGHT if light else DARK, watch=watch)
            app.NOTIFICATION_TIMEOUT = 600  # type: ignore[misc]  # a slow machine reads what a fast one told
            async with app.run_test(size=size, notifications=True) as pilot:
                board = Board(app, pilot)
                await board.settle()
                await conversation(board)

        asyncio.run(talk())

    return run


@pytest.fixture
def known(place: Workspace) -> Callable[[int], Shown]:
    """What the workspace knows of an opportunity."""
    return lambda number: show(place, str(number))
