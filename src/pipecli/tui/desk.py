"""What every screen shares: the workspace, the board as it was last read, what is filtered, and who is asking."""

from __future__ import annotations

import os
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from textual.dom import DOMNode
from textual.message import Message
from textual.worker import get_current_worker

from pipecli.errors import PipeError
from pipecli.service import board
from pipecli.service.board import Board, Card, Wanted
from pipecli.service.watching import Moment, Watch
from pipecli.service.workspace import Workspace
from pipecli.text import _


@dataclass
class Desk:
    """The board's state; screens read it and are told when it has changed. `lost` is why it cannot be read now."""

    workspace: Workspace
    board: Board
    readonly: bool = False
    wanted: Wanted = field(default_factory=Wanted)
    lost: str = ""
    watch: Watch = field(init=False)

    def __post_init__(self) -> None:
        self.watch = Watch(self.workspace)

    @property
    def moment(self) -> Moment:
        """The moment of the board that is shown."""
        return Moment(self.board.state, self.board.today)

    def card(self, number: int | None) -> Card | None:
        """An open opportunity by its number, as last read."""
        return None if number is None else self.board.by_number.get(number)

    def read(self) -> Board:
        """Read the board again; raises StoreError."""
        return board.read(self.workspace)

    def now(self) -> Moment:
        """Where the workspace is now; raises StoreError."""
        return self.watch.moment()


class Finished(Message, bubble=False):
    """A call to the service came back: what it was for, and its result."""

    def __init__(self, purpose: str, result: Any) -> None:
        super().__init__()
        self.purpose = purpose
        self.result = result


class Refused(Message, bubble=False):
    """A call to the service was refused: what it was for, and the error."""

    def __init__(self, purpose: str, error: PipeError) -> None:
        super().__init__()
        self.purpose = purpose
        self.error = error


class Caller:
    """What calls the service in the background: it overrides these two, never the messages' own handlers, each of
    which Textual runs beside those of its base classes.
    """

    def on_finished(self, event: Finished) -> None:
        """A call came back."""
        self.finished(event.purpose, event.result)

    def on_refused(self, event: Refused) -> None:
        """A call was refused."""
        self.refused(event.purpose, event.error)

    def finished(self, purpose: str, result: Any) -> None:
        """What to do with what a call found or did."""

    def refused(self, purpose: str, error: PipeError) -> None:
        """What to do where a call was refused."""


class Written(Message):
    """The workspace was changed from here."""


class Unforeseen(PipeError):
    """An error that no rule foresaw, in one line."""

    slug = "unforeseen"


def in_background(
    caller: DOMNode, purpose: str, call: Callable[[], Any], *, group: str = "", alone: bool = False
) -> None:
    """Call the service in a thread, which answers with Finished or Refused and touches no widget.

    `alone` forgets what the same group was called for before.
    """

    def answer() -> None:
        message: Message
        try:
            message = Finished(purpose, call())
        except PipeError as error:
            message = Refused(purpose, error)
        except Exception as error:
            if os.environ.get("PIPE_DEBUG"):
                raise
            line = _("pipe met an error of its own, {kind}: {error}; PIPE_DEBUG=1 shows where")
            found = Unforeseen(line.format(kind=type(error).__name__, error=error))
            message = Refused(purpose, found)
        if not get_current_worker().is_cancelled:  # another call of the group has taken its place
            caller.post_message(message)

    caller.run_worker(answer, thread=True, group=group or purpose, exclusive=alone)
