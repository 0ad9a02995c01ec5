"""The palette's search for an opportunity: by number, or by words of its name and account."""

from __future__ import annotations

from functools import partial
from itertools import islice
from typing import cast

from textual.command import Hit, Hits, Provider

from pipecli.render.console import literal
from pipecli.render.views import subject
from pipecli.service.board import Card, Wanted

from .desk import Desk

MOST = 20


class Opportunities(Provider):
    """Every open opportunity."""

    async def search(self, query: str) -> Hits:
        """Those that the words fit; choosing one opens it."""
        desk = cast(Desk, self.app.desk)  # type: ignore[attr-defined]
        words = query.strip()
        by_number = [card for card in desk.board.cards if str(card.number) == words]
        found = islice(Wanted(text=words).of(desk.board.cards), MOST)
        for card in dict.fromkeys([*by_number, *found]):
            record = desk.board.record(card)
            line = f"{card.number} {literal(subject(record))}"
            yield Hit(
                1.0 if str(card.number) == words else 0.5,
                line,
                partial(self._open, desk, card),
                text=line,
                help=f"{record['stage_name']}  {literal(record['owner'])}",
            )

    def _open(self, desk: Desk, card: Card) -> None:
        from .screens.board import BoardScreen
        from .screens.detail import DetailScreen

        for screen in self.app.screen_stack:
            if isinstance(screen, BoardScreen):
                screen.follow(card.number)
        self.app.push_screen(DetailScreen(desk, card.number))
