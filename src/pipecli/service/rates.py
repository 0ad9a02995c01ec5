"""Exchange rates as use cases: set one from a day on, and list what each currency is worth and prices."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date
from decimal import Decimal
from itertools import islice
from typing import Any, NamedTuple

from pipecli.config import Settings
from pipecli.domain import events as ev
from pipecli.domain.events import Event, opportunity_stream
from pipecli.domain.evolve import fold
from pipecli.domain.money import major
from pipecli.domain.rates import Quote, other_currency, parse_rate, quotes_of, rate_text
from pipecli.errors import InvalidInput
from pipecli.store import directory, journal, projection
from pipecli.store import rates as rows
from pipecli.store.layout import COLUMNS
from pipecli.text import _

from .answers import happened_on, reader
from .unit import Unit
from .workspace import Workspace

PORTION = 2_000
"""How many opportunities are judged again before their rows are written."""


class RateSet(NamedTuple):
    """What setting a rate did.

    `was` is the rate that was in force that day before, `in_force_since` the day of the one that holds today,
    `open_count` how many open opportunities this one prices, `unproven` which of them it leaves without proof.
    """

    quote: Quote
    was: Decimal | None
    in_force_since: date
    open_count: int
    unproven: tuple[int, ...]


class Priced(NamedTuple):
    """A currency beside the workspace's: its rate today (None without one), what is open in it and what that is worth.

    Amounts are in minor units, `amount` of the currency, `worth` of the base.
    """

    currency: str
    base: str
    rate: Decimal | None
    since: date | None
    open_count: int
    amount: int
    worth: int | None


def set_rate(
    workspace: Workspace, currency: str, rate: str, *, on: str | None = None, dry_run: bool = False
) -> RateSet:
    """Say what 1 of a currency is worth in the workspace's from a day on, and judge what is open in it again.

    Raises InvalidInput for what is no other currency, no rate, or a day that has not come.
    """
    with workspace.commit("rates", dry_run=dry_run) as unit:
        quote = _quote(unit, workspace.settings, currency, rate, on)
        found = unit.soon(rows.open_in, unit.driver, quote.currency)
        version = unit.soon(unit.next_version, "workspace")
        was = unit.rates.rate(quote.currency, quote.on)
        unproven: tuple[int, ...] = ()
        if was != quote.rate or unit.rates.since(quote.currency, quote.on) != quote.on:
            _record(unit, quote, version())
            standing = found()
            rows.write_rates(unit.driver, [quote])
            others = [q for q in unit.quotes(quote.base) if (q.currency, q.on) != (quote.currency, quote.on)]
            unit.price_anew([*others, quote])
            unproven = _judge_again(unit, {quote.currency: standing})
        else:
            standing = found()
        in_force = unit.rates.since(quote.currency, unit.today) or quote.on
        return RateSet(quote, was, in_force, len(standing) if in_force == quote.on else 0, unproven)


def _quote(unit: Unit, settings: Settings, code: str, text: str, on: str | None) -> Quote:
    base = unit.pipeline.currency
    currency = other_currency(code, base)
    read = reader(unit, settings)
    day = happened_on(read, on) or unit.today
    if day > unit.today:
        raise InvalidInput(
            _("{day} is in the future; a rate can be dated {today} at the latest").format(
                day=day, today=unit.today
            )
        )
    return Quote(base, currency, day, parse_rate(text, currency, base, decimal=read.decimal))


def _record(unit: Unit, quote: Quote, version: int) -> None:
    payload = {
        "base": quote.base,
        "currency": quote.currency,
        "on": quote.on.isoformat(),
        "rate": rate_text(quote.rate),
    }
    unit.append(unit.event(ev.RATE_SET, "workspace", version, payload, quote.on))


def replace_rates(unit: Unit, alive: Iterable[Event], abroad: Mapping[str, dict[int, bool]]) -> None:
    """Store the rates that the workspace's live events say, and judge again what is open in those that changed.

    `abroad` is what is open in other currencies, and whether each stood unproven.
    """
    before, quotes = unit.quotes(unit.pipeline.currency), quotes_of(alive)
    now = [quote for quote in quotes if quote.base == unit.pipeline.currency]
    rows.replace_rates(unit.driver, quotes)
    unit.price_anew(now)
    changed = {quote.currency for quote in {*before} ^ {*now}}
    _judge_again(unit, {currency: abroad[currency] for currency in sorted(changed & abroad.keys())})


def _judge_again(unit: Unit, standing: Mapping[str, dict[int, bool]]) -> tuple[int, ...]:
    """Judge what is open, by currency, by the rates as they are by now; those that become unproven.

    `standing` says by number whether each stood unproven.
    """
    streams = {
        currency: journal.load_many(unit.driver, [opportunity_stream(number) for number in stood])
        for currency, stood in standing.items()
    }
    names = directory.all_names(unit.driver) if any(standing.values()) else {}
    unproven: list[int] = []
    for currency, stood in standing.items():
        while portion := list(islice(streams[currency], PORTION)):
            judged = [projection.rows(fold(events), unit.pipeline, names) for _stream, events in portion]
            projection.write_differences(unit.driver, ((r, r) for r in judged))
            unproven += _newly_unproven(judged, stood)
    return tuple(sorted(unproven))


def _newly_unproven(judged: Iterable[projection.Rows], stood: dict[int, bool]) -> list[int]:
    number, unproven = (COLUMNS["opportunity"].index(c) for c in ("number", "unproven"))
    found = (row for r in judged for row in r["opportunity"])
    return [row[number] for row in found if row[unproven] and not stood[row[number]]]


def listed(workspace: Workspace) -> list[Priced]:
    """Every currency that has a rate or an opportunity: those without a rate first, the most open ones before."""
    with workspace.read() as reading:
        rates, today = reading.rates, reading.today
        used = {u.currency: u for u in rows.used_currencies(reading.driver, rates.currency)}
        found = []
        for currency in sorted({*used, *rates.currencies}):
            u = used.get(currency) or rows.Used(currency, 0, 0)
            rate, since = rates.rate(currency, today), rates.since(currency, today)
            worth = rates.convert(u.amount, currency, today)
            found.append(Priced(currency, rates.currency, rate, since, u.open_count, u.amount, worth))
        return sorted(found, key=lambda p: (p.rate is not None, -p.open_count, p.currency))


def as_records(found: Iterable[Priced]) -> list[dict[str, Any]]:
    """Currencies under the keys of JSON: amounts in major units, `rate`, `since` and `worth` null without a rate."""
    return [
        {
            "currency": p.currency,
            "base": p.base,
            "rate": number(p.rate),
            "since": p.since.isoformat() if p.since else None,
            "open_count": p.open_count,
            "open_amount": major(p.amount, p.currency),
            "worth": None if p.worth is None else major(p.worth, p.base),
        }
        for p in found
    ]


def as_json(done: RateSet) -> dict[str, Any]:
    """A rate that was set, under the keys of JSON; `was` is the one before, null without one."""
    quote = done.quote
    return {
        "currency": quote.currency,
        "base": quote.base,
        "rate": number(quote.rate),
        "since": quote.on.isoformat(),
        "was": number(done.was),
        "open_count": done.open_count,
        "unproven": list(done.unproven),
    }


def number(rate: Decimal | None) -> int | float | None:
    """A rate as a JSON number: an int if integral, else the nearest float."""
    if rate is None:
        return None
    return int(rate) if rate == int(rate) else float(rate)
