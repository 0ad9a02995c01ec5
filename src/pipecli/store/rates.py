"""Exchange rates as rows, and what of the opportunities they price."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from typing import TYPE_CHECKING, NamedTuple

from pipecli.domain.money import exponent

if TYPE_CHECKING:
    from decimal import Decimal

    from pipecli.domain.rates import Quote

    from .driver import Driver, Row

_ROWS = "select base, currency, on_day, rate from rate "
_INTO = "where base = :base"
INSERT_RATE = (
    "insert into rate (base, currency, on_day, rate, factor) values (?, ?, ?, ?, ?) "
    "on conflict (base, currency, on_day) do update set rate = excluded.rate, factor = excluded.factor"
)


class Used(NamedTuple):
    """A currency that opportunities are in: how many are open, and their amounts in minor units."""

    currency: str
    open_count: int
    amount: int


def factor(base: str, currency: str, rate: Decimal) -> float:
    """Minor units of the base for one of the other currency: near enough to rank by, never to show."""
    over, under = rate.as_integer_ratio()
    return over * int(10 ** exponent(base)) / (under * int(10 ** exponent(currency)))


def row(quote: Quote) -> Row:
    """A quote as it is stored."""
    from pipecli.domain.rates import rate_text

    worth = factor(quote.base, quote.currency, quote.rate)
    return (quote.base, quote.currency, quote.on.isoformat(), rate_text(quote.rate), worth)


def read_rates(driver: Driver, base: str) -> list[Quote]:
    """Every rate into a currency."""
    return [_quote(r) for r in driver.rows(_ROWS + _INTO, {"base": base})]


def expect_rates(driver: Driver, base: str) -> None:
    """The rates into a currency will be asked for."""
    driver.ahead(_ROWS + _INTO, {"base": base})


def projected_rates(driver: Driver) -> set[Row]:
    """Every row there is."""
    return {tuple(r) for r in driver.rows("select base, currency, on_day, rate, factor from rate")}


def write_rates(driver: Driver, quotes: Iterable[Quote]) -> None:
    """Store these rates, in the place of those of the same currency and day; the last one of a day counts."""
    driver.run_many(INSERT_RATE, list({stored[:3]: stored for stored in map(row, quotes)}.values()))


def replace_rates(driver: Driver, quotes: Iterable[Quote]) -> None:
    """Store these rates and no other."""
    driver.run("delete from rate")
    write_rates(driver, quotes)


def open_in(driver: Driver, currency: str) -> dict[int, bool]:
    """The open opportunities in a currency by number, and whether each stands unproven."""
    rows = driver.rows(
        "select number, unproven from opportunity where status = 'open' and currency = :currency order by number",
        {"currency": currency},
    )
    return {number: bool(unproven) for number, unproven in rows}


def open_abroad(driver: Driver, base: str) -> dict[str, dict[int, bool]]:
    """The same of every currency but one."""
    found: dict[str, dict[int, bool]] = {}
    for currency, number, unproven in driver.rows(
        "select currency, number, unproven from opportunity "
        "where status = 'open' and currency <> :base order by number",
        {"base": base},
    ):
        found.setdefault(currency, {})[number] = bool(unproven)
    return found


def used_currencies(driver: Driver, base: str) -> list[Used]:
    """The currencies beside the base that opportunities are in, open or closed."""
    rows = driver.rows(
        "select currency, count(*) filter (where status = 'open'), "
        "coalesce(cast(sum(amount) filter (where status = 'open') as bigint), 0) "
        "from opportunity where currency <> :base group by currency order by currency",
        {"base": base},
    )
    return [Used(*r) for r in rows]


def _quote(found: Row) -> Quote:
    from decimal import Decimal

    from pipecli.domain.rates import Quote

    base, currency, on, rate = found
    return Quote(base, currency, date.fromisoformat(on), Decimal(rate))
