"""The board: the columns, the cursor, the filters."""

from __future__ import annotations

from .conftest import Board, OnBoard


def test_every_stage_has_its_cards_in_the_order_of_what_needs_doing(on_board: OnBoard) -> None:
    async def look(board: Board) -> None:
        seen = board.seen()
        assert "Qualified lead" in seen and "Negotiation" in seen
        lines = seen.splitlines()
        assert [
            n for line in lines for n in ("3 Portal", "2 Maintenance", "4 Training", "5 Audit") if n in line
        ] == [
            "3 Portal",
            "2 Maintenance",
            "4 Training",
            "5 Audit",
        ]
        assert "! 18 d late" in seen and "• today" in seen

    on_board(look)
