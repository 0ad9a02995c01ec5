"""Readings that share round trips: each goes on until it asks something, and what all of them ask travels together.

Over a network an answer is as slow as it is far. So a reading that is begun has a stack of its own: it stops where it
asks, others go on until they ask too, and one round trip answers them all. One of them runs at a time, and only while
whoever has the connection waits, so that nothing here is concurrent.
"""

from __future__ import annotations

from collections.abc import Callable
from contextvars import copy_context
from typing import Any, Generic, TypeVar

from .driver import Row

T = TypeVar("T")
Statement = tuple[Any, Any]


class Question:
    """What is asked of the database: statements, of which the last one has the answer, and its rows once they came."""

    def __init__(self, *statements: Statement) -> None:
        self.statements = statements
        self.rows: list[Row] | None = None


class Turn(Generic[T]):
    """A reading that was begun."""

    def __init__(self, read: Callable[[], T]) -> None:
        from greenlet import greenlet

        self._read = read
        self._stack = greenlet(self._run)
        self._stack.gr_context = copy_context()
        self._waits: Question | Turn[Any] | None = None
        self._result: T | None = None
        self._error: Exception | None = None
        self.is_done = False

    def _run(self) -> None:
        try:
            self._result = self._read()
        except Exception as error:  # it is raised where the result is asked for
            self._error = error
        finally:
            self.is_done = True

    @property
    def result(self) -> T:
        """What was read; raises what the reading raised."""
        if self._error is not None:
            raise self._error
        return self._result  # type: ignore[return-value]

    @property
    def question(self) -> Question | None:
        """The question it waits for, if it does."""
        return self._waits if isinstance(self._waits, Question) else None

    @property
    def can_go_on(self) -> bool:
        """Whether it waits for nothing any more."""
        if isinstance(self._waits, Turn):
            return self._waits.is_done
        return self._waits is None or self._waits.rows is not None

    def go_on(self) -> None:
        """Let it run until it waits or is done."""
        from greenlet import getcurrent

        self._stack.parent = getcurrent()
        self._stack.switch()

    def wait(self, waits: Question | Turn[Any]) -> None:
        """Stop until a question is answered or another reading done; only the reading itself calls this."""
        self._waits = waits
        self._stack.parent.switch()
        self._waits = None

    def end(self) -> None:
        """Unwind it where it stands."""
        from greenlet import getcurrent

        self._error = RuntimeError("what was to be read was asked for after its connection's transaction")
        self._stack.parent = getcurrent()
        self._stack.throw()
        self.is_done = True


class Turns:
    """The readings of one connection that were begun and are not done."""

    def __init__(self) -> None:
        self._begun: list[Turn[Any]] = []
        self.now: Turn[Any] | None = None
        """The one that runs; None while whoever has the connection does."""

    def begin(self, read: Callable[[], T]) -> Turn[T]:
        """Begin a reading."""
        turn = Turn(read)
        self._begun.append(turn)
        return turn

    def go_round(self) -> bool:
        """Let every reading go on until all of them wait; whether any could."""
        moved = False
        while able := [turn for turn in self._begun if turn.can_go_on]:
            moved = True
            for turn in able:
                self.now = turn
                try:
                    turn.go_on()
                finally:
                    self.now = None
            self._begun = [turn for turn in self._begun if not turn.is_done]
        return moved

    @property
    def questions(self) -> list[Question]:
        """What they wait to be told."""
        return [turn.question for turn in self._begun if turn.question]

    def end(self) -> None:
        """Let go of what nobody will ask for any more."""
        begun, self._begun = self._begun, []
        for turn in begun:
            turn.end()
