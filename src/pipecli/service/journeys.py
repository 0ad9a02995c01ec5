"""Opportunities as statistics see them, read as they stood at the end of a day: what came later is not there."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from functools import cache
from typing import NamedTuple

from pipecli.domain.events import opportunity_stream
from pipecli.domain.fold import fold
from pipecli.domain.former import Way, way
from pipecli.domain.journeys import Journey, journey, stays
from pipecli.domain.opportunity import Opportunity
from pipecli.domain.rates import day_of_rate
from pipecli.errors import InvalidInput, NotFound
from pipecli.store.history import stage_moves
from pipecli.store.statistics import Stood, definition_stages, read_stood
from pipecli.text import _

from .periods import bounds
from .workspace import Reading


class Asked(NamedTuple):
    """What a table of statistics is asked for; None is everything."""

    since: date | None = None
    until: date | None = None
    owner: str | None = None
    as_of: date | None = None


class Past(NamedTuple):
    """Every opportunity there was at the end of a day, the stages on their way, and what the table is asked for.

    Days are ordinals; `owner` is folded; no period is all there is.
    """

    journeys: list[Journey]
    way: Way
    today: int
    owner: str | None
    period: tuple[int, int] | None

    def own(self, journeys: Sequence[Journey]) -> list[Journey]:
        """Those of the owner asked for."""
        return [j for j in journeys if self.owner is None or fold(j.owner) == self.owner]

    def within(self, day: int | None) -> bool:
        """Whether a day is in the period asked for."""
        return day is not None and (self.period is None or self.period[0] <= day <= self.period[1])

    @property
    def opened(self) -> list[Journey]:
        """Those opened in the period."""
        return [j for j in self.journeys if self.within(j.opened)]

    @property
    def closed(self) -> list[Journey]:
        """Those won or lost in the period."""
        return [j for j in self.journeys if self.within(j.closed)]


def read_past(reading: Reading, asked: Asked) -> Past:
    """The past up to the reading's day.

    Raises InvalidInput for a period that ends before it starts, NotFound for an owner who has nothing.
    """
    period = _period(asked, reading.today)
    today = reading.today.toordinal()
    found_way = reading.soon(way_of, reading)
    found = list(read_stood(reading.driver, reading.today))
    told, road = _told(reading, found), found_way()
    journeys = [_journey(reading, stood, told.get(stood.number), road, today) for stood in found]
    return Past(journeys, road, today, _owner(asked.owner, journeys), period)


def _period(asked: Asked, today: date) -> tuple[int, int] | None:
    since, until = asked.since, asked.until
    if since is None and until is None:
        return None
    if since is not None and since > today:
        raise InvalidInput(_("{day} is after {today}; --since looks back").format(day=since, today=today))
    first, last = bounds(since or date.min, until or date.max, today)
    return first.toordinal(), last.toordinal()


def way_of(reading: Reading) -> Way:
    """The stages on the way through the pipeline, those of earlier definitions where they were moved to."""
    moves = reading.soon(stage_moves, reading.driver, reading.today)
    return way([stage.key for stage in reading.pipeline.stages], definition_stages(reading.driver), moves())


def _journey(reading: Reading, stood: Stood, told: Opportunity | None, road: Way, today: int) -> Journey:
    found = stays(
        (
            (stage, _ordinal(entered), None if left is None else _ordinal(left), outcome)
            for stage, entered, left, outcome in stood.visits
        ),
        road,
        today,
    )
    source, reason = stood.source, stood.loss_reason
    if told is not None:
        source, reason = told.source, told.loss_reason or told.outcome_reason
    worth = _worth(reading, stood, found[-1].left)
    no_rate = stood.currency if worth is None and stood.amount is not None else None
    return journey(
        found,
        stood.owner,
        source=source,
        reason=reason,
        exchanges=stood.exchanges,
        worth=worth,
        no_rate=no_rate,
    )


def _worth(reading: Reading, stood: Stood, closed: int | None) -> int | None:
    if stood.amount is None or stood.currency == reading.pipeline.currency:
        return stood.amount
    day = day_of_rate(None if closed is None else date.fromordinal(closed), reading.today)
    return reading.pipeline.rates.convert(stood.amount, stood.currency, day)


@cache
def _ordinal(day: str) -> int:
    return date.fromisoformat(day).toordinal()


def _told(reading: Reading, found: Sequence[Stood]) -> dict[int, Opportunity]:
    """Those whose source and loss reason of that day only the journal tells, as it tells them."""
    streams = [opportunity_stream(stood.number) for stood in found if stood.retold]
    if not streams:
        return {}
    from pipecli.store.journal import load_many

    from .past import state_as_of

    states = (state_as_of(events, reading.today) for _stream, events in load_many(reading.driver, streams))
    return {state.number: state for state in states if state}


def _owner(text: str | None, journeys: Sequence[Journey]) -> str | None:
    """The owner asked for, folded; raises NotFound naming those who have something."""
    if text is None:
        return None
    owners = sorted({journey.owner for journey in journeys})
    if fold(text) not in map(fold, owners):
        raise NotFound(
            _('no opportunity is of "{text}"; the owners are: {owners}').format(
                text=text, owners=", ".join(owners) or _("none")
            )
        )
    return fold(text)
