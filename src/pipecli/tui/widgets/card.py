"""A card in lines of styled parts: number and name, account and amount, when and whose, what comes next."""

from __future__ import annotations

from typing import NamedTuple

from rich.cells import cell_len

from pipecli.domain import agenda
from pipecli.render.console import literal
from pipecli.render.table import fit
from pipecli.render.views import action, amount, day_and_month, lateness, short_day
from pipecli.service.board import Board, Card
from pipecli.service.records import Record
from pipecli.text import _

LINES = 4


class Part(NamedTuple):
    """Some text and the name of its style."""

    text: str
    style: str = "text"


Line = tuple[Part, ...]


def card_lines(board: Board, card: Card, width: int) -> list[Line]:
    """A card's lines, each exactly so many cells wide."""
    record = board.record(card)
    number = str(record["id"])
    name = fit(literal(str(record["name"])), max(1, width - cell_len(number) - 1))
    money = amount(record["amount"], record["currency"]) if record["amount"] is not None else ""
    when, style = state_of(card, record)
    if card.number in board.asked:
        when = "? " + _("asks you")
        style = "today"
    planned = literal(action(record) or _("no next action"))
    return [
        _filled((Part(number, "number"), Part(" "), Part(name, "name")), width),
        _sides(Part(literal(record["account"] or ""), "account"), Part(money, "money"), width),
        _sides(Part(when, style), Part(literal(record["owner"]), "owner"), width, left_first=True),
        _filled((Part(fit(planned, width), "action"),), width),
    ]


def state_of(card: Card, record: Record) -> tuple[str, str]:
    """When the next action is due, behind a sign of its own where it is late, due or missing, or gone quiet."""
    if card.section == agenda.OVERDUE:
        return f"! {lateness(record)}" + (" ~" if card.stale else ""), "late"
    if card.section == agenda.TODAY:
        return "• " + _("today"), "today"
    if card.section == agenda.UNPLANNED:
        return "? " + _("unplanned"), "late"
    if card.stale:
        return "~ " + _("stale") + " " + day_and_month(record["next_due"]), "stale"
    return short_day(record["next_due"]), "due"


def _sides(left: Part, right: Part, width: int, *, left_first: bool = False) -> Line:
    """One part at either end; the one that does not come first gives way where there is no room for both."""
    if not right.text:
        return _filled((left._replace(text=fit(left.text, width)),), width)
    if left_first:
        first = fit(left.text, width)
        room = width - cell_len(first) - 1
        second = fit(right.text, room) if room >= 2 else ""
    else:
        second = fit(right.text, width)
        room = width - cell_len(second) - 1
        first = fit(left.text, room) if room >= 2 else ""
    gap = width - cell_len(first) - cell_len(second)
    return left._replace(text=first), Part(" " * gap), right._replace(text=second)


def _filled(parts: tuple[Part, ...], width: int) -> Line:
    gap = width - sum(cell_len(part.text) for part in parts)
    return (*parts, Part(" " * gap)) if gap > 0 else parts
