"""Keys in their order: each one is handled whole before the next, so that none goes where the last one led away from.

Textual hands every key at once to what has the focus then. Where keys come faster than the screen, from a quick hand, a
paste or a slow line, letters would act as commands, or stay in the input that Enter had left.
"""

from __future__ import annotations

import asyncio
from contextlib import suppress
from typing import Any

from textual import events
from textual.app import App
from textual.dom import DOMNode

LONGEST = 1.0
"""Seconds after which a key is not waited for any longer."""
ROUNDS = 2
"""How often what may handle a key is asked whether it has: what it sends to those above it is handled in the second."""
AT_ONCE = ("ctrl+c", "ctrl+q")


class KeysInOrder(App[None]):
    """An application that handles one key after the other, and none while a form is on its way."""

    def __init__(self, **options: Any) -> None:
        super().__init__(**options)
        self._keys: list[events.Key] = []
        self._is_handling = False
        self._is_held = False
        self._task: asyncio.Task[None] | None = None

    async def on_event(self, event: events.Event) -> None:
        """Queue a key; everything else is handled as it comes."""
        if isinstance(event, events.Key) and not event.is_forwarded and event.key not in AT_ONCE:
            self._keys.append(event)
            await self._next_key()
        else:
            await super().on_event(event)

    def hold_keys(self) -> None:
        """Keep what is typed until `release_keys`: it is meant for what comes."""
        self._is_held = True

    def release_keys(self) -> None:
        """Let the keys that were kept go where the focus is now."""
        self._is_held = False
        self.call_later(self._next_key)

    async def _next_key(self) -> None:
        if self._is_handling or self._is_held or not self._keys:
            return
        self._is_handling = True
        target = self.focused or self.screen
        await super().on_event(self._keys.pop(0))
        self._task = asyncio.create_task(self._settle(target))

    async def _settle(self, target: DOMNode) -> None:
        """Wait until what had the focus, and all that it is in, have handled what the key brought them."""
        for _round in range(ROUNDS):
            for node in target.ancestors_with_self:
                handled = asyncio.Event()
                if node is not self and node.is_running and node.call_later(handled.set):
                    with suppress(TimeoutError):
                        await asyncio.wait_for(handled.wait(), LONGEST)
        self._is_handling = False
        self.call_later(self._next_key)


def hold_keys(node: DOMNode) -> None:
    """Keep what is typed for the form that is on its way."""
    if isinstance(node.app, KeysInOrder):
        node.app.hold_keys()


def release_keys(node: DOMNode) -> None:
    """Let what was typed meanwhile go where the focus is now."""
    if isinstance(node.app, KeysInOrder):
        node.app.release_keys()
