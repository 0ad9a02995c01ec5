"""Where the founder's attention matters: approvals waiting, what makes this quarter uncertain, stakes crossed."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import date, timedelta
from typing import Any, NamedTuple

from pipecli.domain import focus as rules
from pipecli.domain.condition import describe
from pipecli.domain.dates import quarter_bounds
from pipecli.domain.facts import comparable_amount
from pipecli.domain.focus import Doubt
from pipecli.domain.metrics import probability_of
from pipecli.domain.money import major
from pipecli.domain.pipeline import Criterion
from pipecli.store.changes import amounts_then
from pipecli.store.lists import Filter, Row, asked_approvals, list_rows

from .measures import AMOUNT, measure_of
from .outlook import HistoryForecast, history_forecast
from .records import Record, record, row_facts
from .workspace import Reading, Workspace

WEEK = timedelta(7)
Asking = tuple[Row, Criterion, Mapping[str, Any]]


class Asked(NamedTuple):
    """Listed because an approval waits: of whom, for what, since when."""

    criterion: str
    ask: str
    role: str
    people: tuple[str, ...]
    asked_by: str
    asked_on: str


class Uncertain(NamedTuple):
    """Listed because this quarter depends on it: the chance of a win by its end, from 0 to 1, and what is urgent."""

    chance: float
    overdue: bool
    stale: bool


class Crossed(NamedTuple):
    """Listed because its amount, in major units a week ago (None: it had none), now asks for an approval."""

    criterion: str
    when: str
    amount: float | int | None
    currency: str
    is_new: bool


class Line(NamedTuple):
    """An opportunity to look at, why, and what it adds to the quarter's uncertainty in major units (None: unknown)."""

    section: str
    record: Record
    why: Asked | Uncertain | Crossed
    uncertainty: float | int | None


class Focus(NamedTuple):
    """The lines shown by section, how many each section has in all, and what could not be ranked.

    `unranked` counts the open opportunities without an amount, or without a rate for it, that may close this quarter.
    """

    currency: str
    until: date
    lines: list[Line]
    counts: dict[str, int]
    unranked: int


def focus(workspace: Workspace, limit: int) -> Focus:
    """What to look at; `limit` lines are shared between the sections, 0 shows all."""
    with workspace.read() as reading:
        until = quarter_bounds(reading.today)[1]
        ahead = reading.soon(history_forecast, reading, until, measure_of(reading.pipeline, AMOUNT))
        asked = reading.soon(asked_approvals, reading.driver, tuple(reading.pipeline.roles))
        rows = {
            row.number: row for row in list_rows(reading.driver, Filter(), reading.pipeline, reading.today)
        }
        asking = _asking(reading, rows.values())
        numbers = sorted({row.number for row, *_rest in asking})
        then = reading.soon(amounts_then, reading.driver, numbers, reading.today - WEEK)
        wins = _chances(reading, list(rows.values()), ahead(), until)
        found = _Found(reading, rows, wins, asked(), asking, then())
        sections = [found.approvals(), found.uncertain(), found.stakes()]
        shown = rules.lines_each([len(lines) for lines in sections], limit)
        return Focus(
            reading.pipeline.currency,
            until,
            [line for lines, n in zip(sections, shown, strict=True) for line in lines[:n]],
            {name: len(lines) for name, lines in zip(rules.SECTIONS, sections, strict=True)},
            sum(found.worth(rows[number]) is None for number in wins),
        )


def _chances(
    reading: Reading, rows: Sequence[Row], ahead: HistoryForecast, until: date
) -> Mapping[int, float]:
    """The chance that each open opportunity is won by the end of this quarter, from 0 to 1.

    From history where it is the one to believe; else by the rules: the probability of those to be closed by then,
    of which those whose close date is missing or past may be too.
    """
    if ahead.trust.trusted:
        chances = ahead.chances(until)
        return {row.number: chances[row.number] for row in rows if row.number in chances}
    return {
        row.number: probability_of(row.status, row.stage, row.probability, reading.pipeline) / 100
        for row in rows
        if row.close_date is None or row.close_date <= until.isoformat()
    }


def _asking(reading: Reading, rows: Iterable[Row]) -> list[Asking]:
    """The opportunities whose amount asks for an approval."""
    pipeline, today = reading.pipeline, reading.today
    facts = [(row, row_facts(row, pipeline, today)) for row in rows]
    return [
        (row, criterion, found)
        for criterion in rules.stakes(pipeline)
        for row, found in facts
        if rules.is_at_stake(criterion, found, today)
    ]


class _Found(NamedTuple):
    """The open opportunities of a reading, to be listed in sections.

    `wins` are their chances, `waiting` the approvals they wait for, `asking` those whose amount asks for one, and
    `then` the amounts of those a week ago.
    """

    reading: Reading
    rows: Mapping[int, Row]
    wins: Mapping[int, float]
    waiting: Sequence[tuple[int, str, str, str]]
    asking: Sequence[Asking]
    then: Mapping[int, tuple[int | None, str]]

    def worth(self, row: Row) -> int | None:
        """The amount in minor units of the workspace's currency; None without an amount, or a rate for it."""
        if row.amount is None:
            return None
        return self.reading.pipeline.rates.convert(row.amount, row.currency, self.reading.today)

    def approvals(self) -> list[Line]:
        """The approvals that wait, role by role, the oldest first."""
        roles = self.reading.pipeline.roles
        criteria = {c.key: c for c in self.reading.pipeline.criteria() if c.approval in roles}
        order = {role: n for n, role in enumerate(roles)}
        asked = [a for a in self.waiting if a[1] in criteria]
        asked.sort(key=lambda a: (order[criteria[a[1]].approval or ""], a[3], a[0]))
        return [self._asked(number, criteria[key], by, on) for number, key, by, on in asked]

    def _asked(self, number: int, criterion: Criterion, by: str, on: str) -> Line:
        role = criterion.approval or ""
        people = self.reading.pipeline.roles[role]
        return self._line(rules.APPROVAL, number, Asked(criterion.key, criterion.ask, role, people, by, on))

    def uncertain(self) -> list[Line]:
        """What the quarter depends on: the stale and the overdue first, then what adds most."""
        records = {number: self._record(number) for number in self.wins}
        doubts = (
            Doubt(number, self._uncertainty(number) or 0, bool(r["overdue_days"] or r["stale"]))
            for number, r in records.items()
        )
        return [self._doubtful(records[d.number], d.uncertainty) for d in rules.ranked(doubts)]

    def _doubtful(self, found: Record, uncertainty: int) -> Line:
        why = Uncertain(self.wins[found["id"]], found["overdue_days"] > 0, found["stale"])
        return Line(rules.UNCERTAIN, found, why, self._major(uncertainty))

    def stakes(self) -> list[Line]:
        """Those whose amount asks for an approval now and did not a week ago, the largest first."""
        pipeline, today = self.reading.pipeline, self.reading.today
        found: dict[int, Crossed] = {}
        for row, criterion, facts in self.asking:
            amount, currency = self.then.get(row.number, (None, row.currency))
            if rules.crossed(criterion, facts, comparable_amount(amount, currency, pipeline, today), today):
                known = None if amount is None else major(amount, currency)
                why = Crossed(
                    criterion.key,
                    describe(criterion.when or []),
                    known,
                    currency,
                    row.number not in self.then,
                )
                found.setdefault(row.number, why)
        numbers = sorted(found, key=lambda number: (-(self.worth(self.rows[number]) or 0), number))
        return [self._line(rules.STAKE, number, found[number]) for number in numbers]

    def _line(self, section: str, number: int, why: Asked | Crossed) -> Line:
        doubt = self._uncertainty(number)
        return Line(section, self._record(number), why, None if doubt is None else self._major(doubt))

    def _uncertainty(self, number: int) -> int | None:
        worth = self.worth(self.rows[number])
        return (
            None if worth is None or number not in self.wins else rules.uncertainty(worth, self.wins[number])
        )

    def _major(self, minor: int) -> float | int:
        return major(minor, self.reading.pipeline.currency)

    def _record(self, number: int) -> Record:
        return record(self.rows[number], self.reading.pipeline, self.reading.today)
