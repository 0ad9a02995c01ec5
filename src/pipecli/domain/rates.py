"""Dated exchange rates: what an amount in another currency is worth in the pipeline's own, exactly, on a day.

A rate holds from its day until the next one of its currency. Before the first there is none: what cannot be
priced is counted and not priced, never guessed.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Callable, Iterable
from datetime import date
from functools import partial
from typing import TYPE_CHECKING, NamedTuple

from pipecli.errors import InvalidInput
from pipecli.text import _

from .money import exponent, known_currency, localised, shown

if TYPE_CHECKING:
    from decimal import Decimal

    from .events import Event

_DIGITS = 15
"""How many significant digits a rate may have: as many as a JSON number keeps."""
_RATE = "([0-9]{1,9})(?:[.,]([0-9]{1,12}))?"
_AMBIGUOUS = "[1-9][0-9]{0,2}[.,][0-9]{3}"


class Quote(NamedTuple):
    """One dated rate: from that day on, 1 of `currency` is worth `rate` of `base`, both in major units."""

    base: str
    currency: str
    on: date
    rate: Decimal


def _no_quotes(_base: str) -> Iterable[Quote]:
    return ()


class Rates:
    """The rates into one currency, read when an amount in another one is first met.

    `read` gives the quotes into the currency it is asked for, in any order, at most one for each currency and day.
    """

    def __init__(self, currency: str, read: Callable[[str], Iterable[Quote]] = _no_quotes) -> None:
        self.currency = currency
        self._read = read
        self._dated: dict[str, tuple[list[date], list[Decimal]]] | None = None

    @property
    def currencies(self) -> tuple[str, ...]:
        """The other currencies that have a rate on any day, in order."""
        return tuple(sorted(self._loaded()))

    def rate(self, currency: str, on: date) -> Decimal | None:
        """What 1 of a currency is worth that day, both in major units; None before its first rate.

        The currency itself has no rate to itself: an amount in it needs no conversion.
        """
        return None if (found := self._in_force(currency, on)) is None else found[1]

    def since(self, currency: str, on: date) -> date | None:
        """The day of the rate that is in force that day; None before the first one."""
        return None if (found := self._in_force(currency, on)) is None else found[0]

    def newest(self, currency: str) -> date | None:
        """The day of a currency's last rate; None where it has none."""
        days = self._dated_of(currency)[0]
        return days[-1] if days else None

    def convert(self, minor: int, currency: str, on: date) -> int | None:
        """Minor units of a currency as minor units of this one, halves away from zero; None where it has no rate."""
        if currency == self.currency:
            return minor
        factor = self._factor(currency, on)
        if factor is None:
            return None
        over, under = factor
        size = (2 * abs(minor) * over + under) // (2 * under)
        return -size if minor < 0 else size

    def least_amounts(self, on: date) -> dict[str, Callable[[int], int]]:
        """For each currency with a rate that day, the smallest amount that `convert` makes at least so much.

        Both are in minor units. What compares with it compares as the converted amount would, so that many can be
        compared without converting each.
        """
        factors = {currency: self._factor(currency, on) for currency in self.currencies}
        return {code: partial(_least, *factor) for code, factor in factors.items() if factor}

    def _factor(self, currency: str, on: date) -> tuple[int, int] | None:
        """Minor units of this currency for one of the other, as a fraction."""
        rate = self.rate(currency, on)
        if rate is None:
            return None
        over, under = rate.as_integer_ratio()
        return over * int(10 ** exponent(self.currency)), under * int(10 ** exponent(currency))

    def _in_force(self, currency: str, on: date) -> tuple[date, Decimal] | None:
        days, rates = self._dated_of(currency)
        n = bisect_right(days, on)
        return (days[n - 1], rates[n - 1]) if n else None

    def _dated_of(self, currency: str) -> tuple[list[date], list[Decimal]]:
        return ([], []) if currency == self.currency else self._loaded().get(currency, ([], []))

    def _loaded(self) -> dict[str, tuple[list[date], list[Decimal]]]:
        if self._dated is None:
            dated: dict[str, tuple[list[date], list[Decimal]]] = {}
            for quote in sorted(self._read(self.currency), key=lambda q: q.on):
                days, rates = dated.setdefault(quote.currency, ([], []))
                days.append(quote.on)
                rates.append(quote.rate)
            self._dated = dated  # only now: another reading may ask while this one waits for its rows
        return self._dated


def _least(over: int, under: int, worth: int) -> int:
    """The smallest whole x with x * over / under, rounded half away from zero, at least `worth`."""
    if worth > 0:
        return -((1 - 2 * worth) * under // (2 * over))
    return (2 * worth - 1) * under // (2 * over) + 1


def day_of_rate(closed_on: date | None, as_of: date) -> date:
    """The day whose rate an amount takes: what is closed that of its closing, what is open that of the report.

    So a past win stays worth what it was, and what is open is worth what it would bring now.
    """
    return as_of if closed_on is None else closed_on


def quotes_of(events: Iterable[Event]) -> list[Quote]:
    """The quotes of the workspace's stream, given in version order; of two for one day the later counts."""
    from decimal import Decimal

    from . import events as ev

    found: dict[tuple[str, str, date], Quote] = {}
    for event in ev.live(events):
        if event.kind == ev.RATE_SET:
            p = event.payload
            quote = Quote(p["base"], p["currency"], date.fromisoformat(p["on"]), Decimal(p["rate"]))
            found[quote[:3]] = quote
    return list(found.values())


def other_currency(code: str, own: str) -> str:
    """The currency a rate is for, in capitals; raises InvalidInput where it is none, or the workspace's own."""
    currency = known_currency(code)
    if currency == own:
        raise InvalidInput(
            _("{currency} is the currency of this workspace and needs no rate").format(currency=own),
            currency=own,
        )
    return currency


def parse_rate(text: str, currency: str, base: str, *, decimal: str | None = None) -> Decimal:
    """Read a rate as people type it: `0.92`, `0,92`, `1.0843`.

    Rates are not grouped by thousands. What an amount would be in thousands (`1,176`) is read only where its mark
    is the configured decimal mark, or a dot while `decimal` is None. Raises InvalidInput for anything that is not
    a number above zero, with both readings where there are two.
    """
    from decimal import Decimal

    plain = text.strip()
    if re.fullmatch(_AMBIGUOUS, plain) and (decimal or ".") not in plain:
        readings = [re.sub("[.,]", "", plain), plain.replace(",", ".") + "0"]
        raise InvalidInput(
            _('"{text}" is ambiguous: write {thousands} or {decimals}').format(
                text=shown(text), thousands=readings[0], decimals=readings[1]
            ),
            text=text,
            readings=readings,
        )
    found = re.fullmatch(_RATE, plain, re.ASCII)
    rate = Decimal(f"{found[1]}.{found[2] or 0}").normalize() if found else Decimal(0)
    if not rate or len(rate.as_tuple().digits) > _DIGITS:
        raise InvalidInput(
            _('"{text}" is not a rate; write how many {base} 1 {currency} is worth, such as 0.92').format(
                text=shown(text), base=base, currency=currency
            ),
            text=text,
        )
    return rate


def rate_text(rate: Decimal) -> str:
    """A rate in plain digits, as the journal keeps it: `0.92`, `160`."""
    return format(rate.normalize(), "f")


def format_rate(rate: Decimal, language: str = "en") -> str:
    """A rate for a person: `1,234.5` or `1 234,5`, every digit shown."""
    return localised(rate_text(rate), language)
