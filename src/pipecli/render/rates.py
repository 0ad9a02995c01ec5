"""Exchange rates on screen: what each currency is worth and prices, and what setting one did."""

from __future__ import annotations

from decimal import Decimal

from pipecli.domain.rates import format_rate
from pipecli.service.rates import RateSet
from pipecli.text import _, language, ngettext

from .stages import unproven_line
from .views import NEVER_CUT, Column, Record, View, amount, plain, short_day

KEYS = ("currency", "base", "rate", "since", "open_count", "open_amount", "worth")


def rates_view(base: str) -> View:
    """Currencies with what is open in them, what that is worth in the base, and by which rate."""
    return View(
        (
            Column("currency", _("Currency"), plain("currency"), least=NEVER_CUT, style=lambda r: "bold"),
            Column("open_count", _("Open"), plain("open_count"), right=True, least=NEVER_CUT),
            Column(
                "open_amount",
                _("Amount"),
                lambda r: amount(r["open_amount"], r["currency"]),
                right=True,
                least=NEVER_CUT,
            ),
            Column(
                "worth",
                _("In {currency}").format(currency=base),
                lambda r: amount(r["worth"], r["base"]),
                right=True,
                least=NEVER_CUT,
            ),
            Column("rate", _("Rate"), _rate, least=10, style=lambda r: "" if r["since"] else "yellow"),
        ),
        keys=KEYS,
    )


def _rate(record: Record) -> str:
    if record["rate"] is None:
        return _("no rate: pipe rates set {currency} RATE").format(currency=record["currency"])
    rate = format_rate(Decimal(str(record["rate"])), language())
    return _("{rate} since {day}").format(rate=rate, day=short_day(record["since"]))


def set_lines(done: RateSet) -> list[str]:
    """`1 USD = 0.92 EUR since Mon 2 Mar (was 0.9), prices 3 open opportunities`; then those it leaves unproven."""
    quote = done.quote
    line = _("1 {currency} = {rate} {base} since {day}").format(
        currency=quote.currency,
        rate=format_rate(quote.rate, language()),
        base=quote.base,
        day=short_day(quote.on.isoformat()),
    )
    if done.was is not None and done.was != quote.rate:
        line += _(" (was {rate})").format(rate=format_rate(done.was, language()))
    if done.in_force_since == quote.on:
        line += ngettext(
            ", prices {n} open opportunity", ", prices {n} open opportunities", done.open_count
        ).format(n=done.open_count)
    else:
        later = short_day(done.in_force_since.isoformat())
        line += _("; today the one of {day} is in force").format(day=later)
    return [line, *([unproven_line(list(done.unproven))] if done.unproven else [])]
