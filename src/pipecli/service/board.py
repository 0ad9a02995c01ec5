"""The board: every open opportunity in its stage, in the order of what needs doing, and the figures of each stage.

It is read as a whole, once, and again when the journal has moved; filters work on what was read.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from datetime import date
from functools import cached_property
from typing import NamedTuple

from pipecli.domain import agenda
from pipecli.domain.fold import fold
from pipecli.domain.metrics import probability_of, weighted
from pipecli.domain.pipeline import Stage
from pipecli.domain.rates import day_of_rate
from pipecli.store import lists, proposals
from pipecli.store.lists import Filter, Row

from .lists import Approval, Worth, approvals_asked, totals_of, worth_of
from .records import Record, record, stale
from .workspace import Reading, Workspace


class Card(NamedTuple):
    """An open opportunity on the board: its row, its section of the agenda, and its weighted amount.

    `weighted` is in minor units of the pipeline's currency, None without an amount or a rate; `order` sorts what
    needs doing first to the front.
    """

    row: Row
    section: str
    stale: bool
    weighted: int | None
    order: agenda.Urgency

    @property
    def number(self) -> int:
        """The opportunity's number."""
        return self.row.number

    @property
    def is_late(self) -> bool:
        """Whether its next action is overdue."""
        return self.section == agenda.OVERDUE


class Column(NamedTuple):
    """A stage with its cards, what they are worth together and what that is weighted, in the pipeline's currency."""

    stage: Stage
    cards: tuple[Card, ...]
    worth: Worth
    weighted: int


class Wanted(NamedTuple):
    """Which cards are shown: those that fit all of it. `text` is a part of a name or account."""

    text: str = ""
    owner: str | None = None
    tag: str | None = None
    overdue: bool = False
    stale: bool = False

    def of(self, cards: Iterable[Card]) -> Iterator[Card]:
        """Those of the cards that fit, in their order."""
        words = fold(self.text).split()
        owner = None if self.owner is None else fold(self.owner)
        tag = None if self.tag is None else f"|{fold(self.tag)}|"
        for card in cards:
            row = card.row
            if (
                (not self.overdue or card.is_late)
                and (not self.stale or card.stale)
                and (owner is None or row.owner_key == owner)
                and (tag is None or tag in row.tags_key)
                and all(word in row.search for word in words)
            ):
                yield card


class Board:
    """Every open opportunity as it stood at one moment of the journal (`state`), on one day."""

    def __init__(self, cards: list[Card], reading: Reading, approvals: list[Approval], proposed: int) -> None:
        self.cards = cards
        self.proposed = proposed
        """How many proposals wait for an answer."""
        self.pipeline = reading.pipeline
        self.today, self.now = reading.today, reading.real_today
        """The day of the report, and the real one, by which what is typed is read."""
        self.actor = reading.actor
        self.state = reading.header.state
        self.approvals = approvals

    @cached_property
    def asked(self) -> frozenset[int]:
        """The numbers of those on which an approval is asked of the actor."""
        return frozenset(approval.ref for approval in self.approvals)

    @cached_property
    def by_number(self) -> dict[int, Card]:
        """The cards by number."""
        return {card.number: card for card in self.cards}

    @cached_property
    def owners(self) -> dict[str, int]:
        """Who owns something that is open, by name, and how much."""
        names = _alike_once(card.row.owner for card in self.cards)
        return {name: sum(1 for _card in Wanted(owner=name).of(self.cards)) for name in names}

    @cached_property
    def tags(self) -> list[str]:
        """The tags of what is open, by name."""
        return _alike_once(
            tag for card in self.cards if card.row.tags != "[]" for tag in json.loads(card.row.tags)
        )

    def record(self, card: Card) -> Record:
        """A card under the contract's keys."""
        return record(card.row, self.pipeline, self.today)

    def columns(self, wanted: Wanted) -> list[Column]:
        """The stages in their order, each with the cards that fit; a stage of no present definition stands first."""
        by_stage: dict[str, list[Card]] = {}
        for card in wanted.of(self.cards):
            by_stage.setdefault(card.row.stage, []).append(card)
        known = {stage.key for stage in self.pipeline.stages}
        former = [self.pipeline.stage(key) for key in by_stage if key not in known]
        return [
            self._column(stage, by_stage.get(stage.key, [])) for stage in (*former, *self.pipeline.stages)
        ]

    def _column(self, stage: Stage, cards: list[Card]) -> Column:
        worth = self.worth(cards)
        return Column(stage, tuple(cards), worth, sum(card.weighted or 0 for card in cards))

    def worth(self, cards: Iterable[Card]) -> Worth:
        """What these cards are worth together."""
        totals = totals_of([card.row for card in cards], self.pipeline)
        return worth_of(totals, self.pipeline, self.today)

    def sections(self, wanted: Wanted) -> dict[str, list[Card]]:
        """The agenda: the cards that fit, by section, each in its order."""
        found: dict[str, list[Card]] = {section: [] for section in agenda.SECTIONS}
        for card in wanted.of(self.cards):
            found[card.section].append(card)
        return found


def _alike_once(names: Iterable[str]) -> list[str]:
    """The names in order, of those that filter alike the first spelling."""
    spelt: dict[str, str] = {}
    for name in sorted(set(names)):
        spelt.setdefault(fold(name), name)
    return [spelt[key] for key in sorted(spelt)]


def read(workspace: Workspace) -> Board:
    """The whole board; raises StoreError."""
    with workspace.read() as reading:
        asked = reading.soon(approvals_asked, reading, reading.actor)
        waiting = reading.soon(proposals.waiting, reading.driver)
        rows = lists.list_rows(reading.driver, Filter(), reading.pipeline, reading.today)
        cards = sorted((_card(row, reading) for row in rows), key=_order)
        return Board(cards, reading, asked(), waiting())


def _order(card: Card) -> tuple[agenda.Urgency, int]:
    return card.order, card.number


def _card(row: Row, reading: Reading) -> Card:
    pipeline, today = reading.pipeline, reading.today
    quiet = stale(row, pipeline, today)
    due = date.fromisoformat(row.next_due) if row.next_due else None
    section = agenda.section_of(due, today, stale=quiet)
    worth = row.amount
    if worth is not None and row.currency != pipeline.currency:
        worth = pipeline.rates.convert(worth, row.currency, day_of_rate(None, today))
    percent = probability_of(row.status, row.stage, row.probability, pipeline)
    stake = (lists.rank(row, pipeline, today) or 0) * percent  # ranked as `today` ranks
    return Card(row, section, quiet, weighted(worth, percent), agenda.urgency(section, due, stake))


def pressing(board: Board, wanted: Wanted) -> list[Card]:
    """What asks for something today, the worst first; an approval asked of the actor is one as well."""
    own = [card for card in wanted.of(board.cards) if card.section in agenda.PRESSING]
    listed = {card.number for card in own}
    asked = dict.fromkeys(a.ref for a in board.approvals if a.ref not in listed)
    return [*own, *(board.by_number[number] for number in asked if number in board.by_number)]
