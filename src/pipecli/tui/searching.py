"""The palette's search for an opportunity: by number, or by words of its name and account."""

from __future__ import annotations

import asyncio
from contextlib import suppress
from functools import partial
from itertools import islice
from typing import cast

from rich.text import Text
from textual.command import Hit, Hits, Provider

from pipecli.errors import PipeError
from pipecli.render.console import literal
from pipecli.render.views import subject
from pipecli.service import refs
from pipecli.service.board import Wanted
from pipecli.text import _

from .desk import Desk

MOST = 20


class Opportunities(Provider):
    """Every opportunity, the open ones first."""

    async def search(self, query: str) -> Hits:
        """Those that the words fit; choosing one opens it."""
        desk = cast(Desk, self.app.desk)  # type: ignore[attr-defined]
        words = query.strip()
        by_number = [card for card in desk.board.cards if str(card.number) == words]
        fits = islice(Wanted(text=words).of(desk.board.cards), MOST)
        shown = {card.number: desk.board.record(card) for card in (*by_number, *fits)}
        for number, record in shown.items():
            line = Text(
                f"{number} {literal(subject(record))}  {record['stage_name']}  {literal(record['owner'])}"
            )
            yield Hit(
                1.0 if str(number) == words else 0.5, line, partial(self._open, number), text=line.plain
            )
        closed = _("closed")
        with suppress(PipeError):
            for hit in await asyncio.to_thread(refs.closed, desk.workspace, words, MOST):
                line = Text(f"{hit.number} {literal(subject(hit._asdict()))}  {closed}", style="dim")
                yield Hit(0.25, line, partial(self._open, hit.number), text=line.plain)

    def _open(self, number: int) -> None:
        from .screens.board import BoardScreen
        from .screens.detail import DetailScreen

        for screen in self.app.screen_stack:
            if isinstance(screen, BoardScreen):
                screen.follow(number)
        self.app.push_screen(DetailScreen(cast(Desk, self.app.desk), number))  # type: ignore[attr-defined]
