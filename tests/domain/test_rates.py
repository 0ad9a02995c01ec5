"""Exchange rates: which one holds on a day, what an amount is worth by it, and how a rate is read and written."""

from collections.abc import Iterable
from datetime import date, timedelta
from decimal import Decimal
from fractions import Fraction
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipecli.domain import events as ev
from pipecli.domain.condition import evaluate
from pipecli.domain.condition_parser import parse
from pipecli.domain.events import Event
from pipecli.domain.facts import comparable_amount
from pipecli.domain.money import exponent
from pipecli.domain.rates import (
    Quote,
    Rates,
    day_of_rate,
    format_rate,
    other_currency,
    parse_rate,
    quotes_of,
    rate_text,
)
from pipecli.errors import InvalidInput

from .building import TODAY, TYPES, Case, criterion, leaving

DAY = timedelta(1)


def quote(currency: str, rate: str, on: date = TODAY, base: str = "EUR") -> Quote:
    return Quote(base, currency, on, Decimal(rate))


def rates(*quotes: Quote, base: str = "EUR") -> Rates:
    return Rates(base, lambda currency: [q for q in quotes if q.base == currency])


DATED = rates(
    quote("USD", "0.95", TODAY), quote("USD", "0.9", TODAY - 30 * DAY), quote("CHF", "1.05", TODAY - DAY)
)


@pytest.mark.parametrize(
    ("currency", "on", "rate", "since"),
    [
        ("USD", TODAY - 31 * DAY, None, None),
        ("USD", TODAY - 30 * DAY, "0.9", TODAY - 30 * DAY),
        ("USD", TODAY - DAY, "0.9", TODAY - 30 * DAY),
        ("USD", TODAY, "0.95", TODAY),
        ("USD", TODAY + 999 * DAY, "0.95", TODAY),
        ("CHF", TODAY, "1.05", TODAY - DAY),
        ("JPY", TODAY, None, None),
        ("EUR", TODAY, None, None),
    ],
)
def test_the_last_rate_up_to_the_day_holds(
    currency: str, on: date, rate: str | None, since: date | None
) -> None:
    assert DATED.rate(currency, on) == (Decimal(rate) if rate else None)
    assert DATED.since(currency, on) == since


def test_what_there_is() -> None:
    assert DATED.currencies == ("CHF", "USD")
    assert [DATED.newest(c) for c in ("USD", "CHF", "JPY", "EUR")] == [TODAY, TODAY - DAY, None, None]


@pytest.mark.parametrize(
    ("minor", "currency", "base", "rate", "worth"),
    [
        (10_000, "USD", "EUR", "0.92", 9_200),
        (1, "USD", "EUR", "0.5", 1),  # halves up
        (1, "USD", "EUR", "0.49999999", 0),
        (3, "USD", "EUR", "0.5", 2),
        (-1, "USD", "EUR", "0.5", -1),  # and differences alike
        (0, "USD", "EUR", "0.92", 0),
        (15_000, "JPY", "EUR", "0.0062", 9_300),  # 15,000 yen, 93 euros
        (1, "JPY", "EUR", "0.0062", 1),
        (93_00, "EUR", "JPY", "161.29", 15_000),
        (1_500, "KWD", "EUR", "3", 450),  # one dinar and a half
        (450, "EUR", "KWD", "0.333333333333", 1_500),
        (1, "KWD", "JPY", "490", 0),
        (2, "KWD", "JPY", "490", 1),
        (10**14, "USD", "EUR", "0.123456789012345", 12_345_678_901_235),  # rounded once, at the end
    ],
)
def test_an_amount_is_converted_exactly(minor: int, currency: str, base: str, rate: str, worth: int) -> None:
    assert rates(quote(currency, rate, base=base), base=base).convert(minor, currency, TODAY) == worth


CODES = st.sampled_from(["EUR", "JPY", "KWD", "CLF"])
RATES = st.decimals("0.000001", "9999", places=6)


@given(st.integers(0, 10**14), CODES, CODES, RATES)
def test_a_conversion_is_off_by_half_a_minor_unit_at_most(
    minor: int, currency: str, base: str, rate: Decimal
) -> None:
    if currency == base:
        return
    worth = rates(Quote(base, currency, TODAY, rate), base=base).convert(minor, currency, TODAY)
    exact = Fraction(minor) * Fraction(rate) * 10 ** exponent(base) / 10 ** exponent(currency)
    assert worth is not None
    assert -Fraction(1, 2) < worth - exact <= Fraction(1, 2)


@given(st.integers(-(10**6), 10**6), st.integers(-(10**6), 10**6), CODES, RATES)
def test_what_compares_with_the_least_amount_compares_as_the_converted_one(
    minor: int, worth: int, currency: str, rate: Decimal
) -> None:
    known = rates(Quote("USD", currency, TODAY, rate), base="USD")
    [(code, least)] = known.least_amounts(TODAY).items()
    converted = known.convert(minor, currency, TODAY)
    assert code == currency and converted is not None
    assert (minor >= least(worth)) is (converted >= worth)
    bound = least(worth)
    at, below = (known.convert(m, currency, TODAY) for m in (bound, bound - 1))
    assert at is not None and below is not None and below < worth <= at


def test_a_currency_without_a_rate_that_day_has_no_least_amount() -> None:
    assert set(DATED.least_amounts(TODAY - DAY)) == {"CHF", "USD"}
    assert set(DATED.least_amounts(TODAY - 2 * DAY)) == {"USD"}


def test_rates_are_read_once_and_only_for_another_currency() -> None:
    asked: list[str] = []

    def read(currency: str) -> Iterable[Quote]:
        asked.append(currency)
        return [quote("USD", "0.92")]

    known = Rates("EUR", read)
    assert (known.convert(500, "EUR", TODAY), known.newest("EUR"), asked) == (500, None, [])
    assert [known.convert(m, "USD", TODAY) for m in (100, 200)] == [92, 184]
    assert asked == ["EUR"]


def test_without_any_rate_nothing_in_another_currency_is_priced() -> None:
    bare = leaving().rates
    assert bare.convert(100, "USD", TODAY) is None
    assert bare.convert(100, "EUR", TODAY) == 100


def test_a_pipeline_has_the_rates_into_its_own_currency() -> None:
    priced = leaving().priced_by(lambda base: [quote("USD", "0.92", base=base)])
    assert priced.rates.convert(100, "USD", TODAY) == 92
    assert priced == leaving()  # rates are no part of the definition


@pytest.mark.parametrize(
    ("closed_on", "day"), [(None, TODAY), (TODAY - 9 * DAY, TODAY - 9 * DAY), (TODAY, TODAY)]
)
def test_what_is_closed_takes_the_rate_of_its_day(closed_on: date | None, day: date) -> None:
    assert day_of_rate(closed_on, TODAY) == day


def set_event(command: int, currency: str, rate: str, on: date = TODAY) -> Event:
    payload = {"base": "EUR", "currency": currency, "on": on.isoformat(), "rate": rate}
    return Event(ev.RATE_SET, on, payload, command=command)


def stream(*events: Event) -> list[Event]:
    return [e._replace(version=n, seq=100 + n) for n, e in enumerate(events, 1)]


def undo(command: int, of: int) -> Event:
    return Event(ev.COMMAND_UNDONE, TODAY, {"command": of}, command=command)


ADOPTED = Event(ev.DEFINITION_ADOPTED, TODAY, {"version": 1}, command=1)


def test_quotes_are_those_that_stand_in_the_journal() -> None:
    told = [ADOPTED, set_event(2, "USD", "0.9"), set_event(3, "CHF", "1.05"), set_event(4, "USD", "0.92")]
    assert quotes_of(stream(*told)) == [quote("USD", "0.92"), quote("CHF", "1.05")]
    assert quotes_of(stream(*told, undo(5, of=4))) == [quote("USD", "0.9"), quote("CHF", "1.05")]
    assert quotes_of(stream(*told, undo(5, of=4), undo(6, of=5))) == quotes_of(stream(*told))


@pytest.mark.parametrize(
    ("later", "stands"),
    [
        (set_event(3, "USD", "0.95"), True),
        (set_event(3, "USD", "0.95", TODAY - DAY), False),
        (set_event(3, "CHF", "1.05"), False),
        (ADOPTED._replace(command=3), False),
    ],
)
def test_only_a_second_rate_of_the_same_day_stands_on_the_first(later: Event, stands: bool) -> None:
    history = stream(ADOPTED, set_event(2, "USD", "0.9"), later)
    assert bool(ev.resting(history, 2)) is stands


@pytest.mark.parametrize(
    ("typed", "decimal", "rate"),
    [
        ("0.92", None, "0.92"),
        ("0,92", None, "0.92"),
        ("0,92", ".", "0.92"),
        (" 1.0843 ", ",", "1.0843"),
        ("1.176", None, "1.176"),
        ("1.176", ".", "1.176"),
        ("1,176", ",", "1.176"),
        ("1.1760", ",", "1.176"),
        ("0,925", ".", "0.925"),
        ("161", None, "161"),
        ("085.5", None, "85.5"),
        ("0.000000370370", None, "0.00000037037"),
    ],
)
def test_a_rate_is_read(typed: str, decimal: str | None, rate: str) -> None:
    found = parse_rate(typed, "USD", "EUR", decimal=decimal)
    assert (found, rate_text(found)) == (Decimal(rate), rate)


@pytest.mark.parametrize(
    "typed",
    [
        "", "0", "0.000", "-1", "−0.9", "nan", "inf", "1e5", "1/2", "0.9.2", "1 176", "USD", "٠.٩", "0.", ".9",
        "1234567890", "0.1234567890123", "123456789.1234567", "1_0", "\x1b[31m",
    ],
)  # fmt: skip
def test_what_is_no_rate_is_refused_with_an_example(typed: str) -> None:
    with pytest.raises(InvalidInput, match="is not a rate; write how many EUR 1 USD is worth"):
        parse_rate(typed, "USD", "EUR")


@pytest.mark.parametrize(("typed", "decimal"), [("1,176", None), ("1,176", "."), ("1.176", ",")])
def test_a_rate_with_two_meanings_is_refused_with_both(typed: str, decimal: str | None) -> None:
    with pytest.raises(InvalidInput, match=r"is ambiguous: write 1176 or 1\.1760") as refusal:
        parse_rate(typed, "USD", "EUR", decimal=decimal)
    for reading in refusal.value.detail["readings"]:
        assert parse_rate(reading, "USD", "EUR", decimal=decimal) in (Decimal(1176), Decimal("1.176"))


@pytest.mark.parametrize(
    ("code", "words"),
    [
        ("eur", "EUR is the currency of this workspace and needs no rate"),
        ("XXX", '"XXX" is not a currency'),
        ("$", '"\\$" is not a currency'),
        ("", '"" is not a currency'),
    ],
)
def test_only_another_currency_has_a_rate(code: str, words: str) -> None:
    with pytest.raises(InvalidInput, match=words):
        other_currency(code, "EUR")
    assert other_currency(" usd ", "EUR") == "USD"


@pytest.mark.parametrize(
    ("rate", "english", "french"),
    [("0.920", "0.92", "0,92"), ("1.6E+2", "160", "160"), ("1234.5", "1,234.5", "1\u202f234,5")],
)
def test_a_rate_is_written_with_every_digit(rate: str, english: str, french: str) -> None:
    assert (format_rate(Decimal(rate)), format_rate(Decimal(rate), "fr")) == (english, french)


@pytest.mark.parametrize(
    ("on", "dear"), [(TODAY - 31 * DAY, None), (TODAY - 30 * DAY, False), (TODAY - DAY, False), (TODAY, True)]
)
def test_conditions_compare_at_the_rate_of_the_day(on: date, dear: bool | None) -> None:
    pipeline = leaving().priced_by(
        lambda _base: [quote("USD", "0.95"), quote("USD", "0.9", TODAY - 30 * DAY)]
    )
    known: dict[str, Any] = {"amount": comparable_amount(2_200_000, "USD", pipeline, on)}
    assert evaluate(parse("amount >= 20000", TYPES), known, on) is dear
    assert evaluate(parse("has amount", TYPES), known, on) is True


def test_a_criterion_above_a_stake_applies_by_the_rate_and_without_one() -> None:
    rules = leaving(criterion("feasible", approval="desk", when="amount >= 20000"))
    case = Case(rules)
    case.prices(21_000, "USD")
    assert case.unmet() == {"feasible": ("approval",)}  # nobody knows what it is worth
    case.under(rules.priced_by(lambda _base: [quote("USD", "0.9")]))
    assert case.unmet() == {}
    case.under(rules.priced_by(lambda _base: [quote("USD", "0.96")]))
    assert case.unmet() == {"feasible": ("approval",)}
