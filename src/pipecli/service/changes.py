"""Why the forecast moved, as a use case: a period, two days, and the parts of the difference with their names."""

from __future__ import annotations

from datetime import date
from typing import Any, NamedTuple

from pipecli.domain import changes as rules
from pipecli.domain.changes import Changes, Standing
from pipecli.domain.dates import month_bounds
from pipecli.domain.forecast import default_period
from pipecli.domain.metrics import probability_of
from pipecli.domain.money import major
from pipecli.domain.opportunity import OPEN, Opportunity
from pipecli.domain.pipeline import WON, Pipeline
from pipecli.domain.rates import Rates, day_of_rate
from pipecli.errors import InvalidInput
from pipecli.store.changes import Pair, Stood, read_pairs
from pipecli.store.header import pipeline_as_of
from pipecli.store.merges import merged_accounts
from pipecli.text import _

from . import merges
from .periods import Period, bounds
from .workspace import Reading, Workspace

USUAL = Period()


class Found(NamedTuple):
    """The changes of a period between the ends of two days, the pairs behind them, and what could not be added.

    `others` counts, by currency, the opportunities in the period whose amount has no rate.
    """

    since: date
    as_of: date
    start: date
    until: date
    currency: str
    changes: Changes
    pairs: dict[int, Pair]
    others: dict[str, int]


class Summary(NamedTuple):
    """The difference since a day in minor units, and how many opportunities each kind of change is about."""

    since: date
    difference: int
    counts: dict[str, int]


def changes(
    workspace: Workspace, period: Period, *, since: date | None = None, as_of: date | None = None
) -> Found:
    """Why the forecast of a period is not what it was at the end of `since`, by default the last Monday.

    Raises InvalidInput for a period that ends before it starts, and for days in the future.
    """
    with workspace.read(as_of=as_of) as reading:
        return of_reading(reading, period, since=since, past=as_of is not None)


def of_reading(reading: Reading, period: Period, *, since: date | None = None, past: bool = False) -> Found:
    """The changes up to the reading's day; `past` reads the state at its end instead of the present one."""
    today = reading.today
    since = since or rules.last_monday(today)
    if since > today:
        raise InvalidInput(
            _("{day} is after {today}; --since looks back").format(day=since, today=today),
        )
    if period.start is None:
        # From the month of the earlier day, so that what was won since is won in the period.
        first = min(month_bounds(since)[0], default_period(today)[0])
        period = Period(first, period.until or default_period(today)[1])
    start, until = bounds(*period, today)
    merged = reading.soon(_merged, reading, since)
    in_force = reading.soon(pipeline_as_of, reading.driver, reading.header, since)
    pairs = read_pairs(reading.driver, since=since, as_of=today if past else None, start=start, until=until)
    pairs += merged()
    then, now = in_force(), reading.pipeline
    before = _Valuation(then, now.rates, since, start, until)
    after = _Valuation(now, now.rates, today, start, until)
    found = rules.changes((p.number, before.standing(p.before), after.standing(p.after)) for p in pairs)
    others: dict[str, int] = {}
    for pair in pairs:
        for currency in before.unpriced(pair.before) | after.unpriced(pair.after):
            others[currency] = others.get(currency, 0) + 1
    return Found(since, today, start, until, now.currency, found, {p.number: p for p in pairs}, others)


def _merged(reading: Reading, since: date) -> list[Pair]:
    """What was merged since: it was in the number then, and nothing of it is kept from day to day any more."""
    accounts = reading.soon(merged_accounts, reading.driver)
    found = [(one.state, _stood(one.state, since)) for one in merges.gone(reading, since, reading.today)]
    names = accounts()
    return [
        Pair(
            state.number, state.name, None if state.account is None else names.get(state.account), then, None
        )
        for state, then in found
    ]


def _stood(state: Opportunity, day: date) -> Stood | None:
    """How an opportunity stood at the end of a day; None where it was not open yet."""
    for span in state.spans:
        if span.from_day <= day and (span.to_day is None or span.to_day > day):
            won = [v.left_on for v in state.visits if v.outcome == WON and v.left_on and v.left_on <= day]
            on = {OPEN: span.close_date, WON: max(won, default=None)}.get(span.status)
            return Stood(span.stage, span.status, span.amount, span.currency, span.probability, on)
    return None


def summary(reading: Reading, period: Period = USUAL, *, past: bool = False) -> Summary:
    """The difference since the last Monday and how many opportunities are behind each kind, for one line."""
    found = of_reading(reading, period, past=past)
    counts = {part.kind: len(part.opportunities) for part in found.changes.parts}
    return Summary(found.since, found.changes.difference, counts)


class _Valuation(NamedTuple):
    """What opportunities are worth to the forecast at the end of a day, under the definition then in force.

    Other currencies are converted by the rates of that day, into the one that the workspace has now: so a rate
    that came or changed in between reads as a changed amount.
    """

    pipeline: Pipeline
    rates: Rates
    as_of: date
    start: date
    until: date

    def standing(self, stood: Stood | None) -> Standing | None:
        """An opportunity as the rules see it; an amount without a rate is not in the number."""
        if stood is None:
            return None
        percent = probability_of(stood.status, stood.stage, stood.probability, self.pipeline)
        return Standing(stood.status, self._worth(stood) or 0, percent, self._counts(stood))

    def unpriced(self, stood: Stood | None) -> set[str]:
        """The currency of an amount that would be in the number if it had a rate."""
        if stood is None or not stood.amount or not self._counts(stood) or self._worth(stood) is not None:
            return set()
        return {stood.currency}

    def _worth(self, stood: Stood) -> int | None:
        day = day_of_rate(stood.day if stood.status == WON else None, self.as_of)
        return self.rates.convert(stood.amount or 0, stood.currency, day)

    def _counts(self, stood: Stood) -> bool:
        return rules.is_counted(stood.status, stood.day, as_of=self.as_of, start=self.start, until=self.until)


def as_json(found: Found) -> dict[str, Any]:
    """The changes under the contract's keys, amounts in major units."""
    currency, changes = found.currency, found.changes
    return {
        "since": found.since.isoformat(),
        "as_of": found.as_of.isoformat(),
        "from": found.start.isoformat(),
        "until": found.until.isoformat(),
        "currency": currency,
        "before": major(changes.before, currency),
        "after": major(changes.after, currency),
        "difference": major(changes.difference, currency),
        "parts": [
            {
                "kind": part.kind,
                "count": len(part.opportunities),
                "amount": major(part.amount, currency),
                "opportunities": [
                    {
                        "id": number,
                        "name": found.pairs[number].name,
                        "account": found.pairs[number].account,
                        "amount": major(amount, currency),
                    }
                    for number, amount in part.opportunities
                ],
            }
            for part in changes.parts
        ],
        "other_currencies": [{"currency": code, "count": n} for code, n in sorted(found.others.items())],
    }
