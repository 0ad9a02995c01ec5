"""Amounts: what is read, what is refused and why, what is shown."""

from __future__ import annotations

import time
from typing import Any

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from pipecli.domain.money import (
    CURRENCIES,
    LIMIT,
    exponent,
    format_amount,
    format_number,
    from_major,
    known_currency,
    major,
    parse_amount,
    share,
    shown,
)
from pipecli.errors import InvalidInput

currencies = st.sampled_from(sorted(CURRENCIES))
languages = st.sampled_from(["en", "fr"])
MARK = {"en": ".", "fr": ","}


def spelled(texts: str) -> list[str]:
    return texts.split(" | ")


def rows(table: dict[Any, str]) -> list[tuple[str, Any]]:
    return [(text, meaning) for meaning, texts in table.items() for text in spelled(texts)]


def refusal(text: str, currency: str = "EUR", decimal: str | None = None) -> InvalidInput:
    with pytest.raises(InvalidInput) as caught:
        parse_amount(text, currency, decimal=decimal)
    assert "\n" not in caught.value.message
    assert caught.value.detail["text" if "text" in caught.value.detail else "code"]
    return caught.value


@pytest.mark.parametrize(
    ("code", "places"), [("EUR", 2), ("JPY", 0), ("XOF", 0), ("KWD", 3), ("TND", 3), ("CLF", 4), ("MGA", 2)]
)
def test_exponent(code: str, places: int) -> None:
    assert exponent(code) == places


def test_every_currency_is_three_capitals() -> None:
    assert len(CURRENCIES) > 155
    assert all(len(code) == 3 and code.isascii() and code.isupper() for code in CURRENCIES)


@pytest.mark.parametrize("typed", ["EUR", "eur", " Eur "])
def test_known_currency(typed: str) -> None:
    assert known_currency(typed) == "EUR"


@pytest.mark.parametrize("typed", ["", "EURO", "XXX", "€", "EÜR", "ﬀ", "\x00" * 99])
def test_unknown_currency_is_refused(typed: str) -> None:
    with pytest.raises(InvalidInput, match="is not a currency; write its ISO 4217 code, such as EUR"):
        known_currency(typed)


# What each number of cents can be typed as.
EUROS = {
    0: "0 | 00",
    1_800: "0018",
    1_800_000: (
        "18000 |  18000\t | 18k | 18 K | 18 k€ | 18 000 € | 18\xa0000\xa0\u20ac | 18’000"
        " | 18 000 euros | € 18k"
    ),
    120_000_000: "1.2m | 1,2 M€",
    150_000: "1.5k | 1.500k",
    123_400: "1.234k",
    123_400_000: "1,234m",
    123_456: "1.23456k | 1,234.560 | 1234,56 | 1234.560",
    123_456_700_000: "1,234,567k",
    1_800_050: "18\u202f000,50\xa0\u20ac | 18'000.50 | 18.000,50 | 18,000.50",
    123_456_700: "1.234.567 | 1,234,567",
    123_456_780: "1.234.567,8",
    50: "0,500 | 0.5",
    1_250: "12,5",
    50_000: "€500 EUR",
    100_000_000_000_000: "1000000m",
}


@pytest.mark.parametrize(("text", "minor"), rows(EUROS))
def test_amounts_in_the_workspace_currency(text: str, minor: int) -> None:
    assert parse_amount(text, "EUR") == (minor, "EUR")


@pytest.mark.parametrize(
    ("text", "workspace", "expected"),
    [
        ("USD 500", "EUR", (500_00, "USD")),
        ("500 usd", "EUR", (500_00, "USD")),
        ("500kUSD", "EUR", (500_000_00, "USD")),
        ("500MXN", "EUR", (500_00, "MXN")),
        ("500 KES", "EUR", (500_00, "KES")),
        ("500 Kč", "EUR", (500_00, "CZK")),
        ("$500", "EUR", (500_00, "USD")),
        ("$500", "CAD", (500_00, "CAD")),
        ("US$500", "CAD", (500_00, "USD")),
        ("$500 CAD", "EUR", (500_00, "CAD")),
        ("CAD $500", "EUR", (500_00, "CAD")),
        ("$500 USD", "CAD", (500_00, "USD")),
        ("¥500", "EUR", (500, "JPY")),
        ("¥500", "CNY", (500_00, "CNY")),
        ("£18.5k", "EUR", (18_500_00, "GBP")),
        ("500 CHF", "EUR", (500_00, "CHF")),
        ("500 kr", "SEK", (500_00, "SEK")),
        ("2 Mkr", "NOK", (2_000_000_00, "NOK")),
        ("1.2345 KWD", "EUR", None),
        ("12.345,678 KWD", "EUR", (12_345_678, "KWD")),
        ("500", "JPY", (500, "JPY")),
        ("1.5k", "JPY", (1_500, "JPY")),
    ],
)
def test_amounts_that_name_a_currency(text: str, workspace: str, expected: tuple[int, str] | None) -> None:
    if expected is None:
        assert "the smallest amount of KWD is 0.001" in refusal(text, workspace).message
    else:
        assert parse_amount(text, workspace) == expected


@pytest.mark.parametrize(
    ("text", "decimal", "minor"),
    [
        ("1,234", ".", 1_234_00),
        ("1.234", ",", 1_234_00),
        ("18,500", ",", 18_50),
        ("18.500", ".", 18_50),
        ("€18,000", ".", 18_000_00),
        ("123,456 €", ".", 123_456_00),
    ],
)
def test_the_configured_mark_settles_three_digits(text: str, decimal: str, minor: int) -> None:
    assert parse_amount(text, "EUR", decimal=decimal) == (minor, "EUR")


@pytest.mark.parametrize(
    ("text", "readings"),
    [
        ("1,234", ["1234", "1.2340"]),
        ("1.234", ["1234", "1.2340"]),
        ("18,500", ["18500", "18.5"]),
        ("€18,000", ["18000", "18"]),
        ("1.005 EUR", ["1005", "1.0050"]),
    ],
)
def test_three_digits_are_ambiguous_without_a_configured_mark(text: str, readings: list[str]) -> None:
    error = refusal(text)
    assert error.message == f'"{text}" is ambiguous: write {readings[0]} or {readings[1]}'
    assert error.detail["readings"] == readings


@given(whole=st.integers(1, 999), fraction=st.integers(0, 999), mark=st.sampled_from(".,"))
def test_both_readings_can_be_typed_back(whole: int, fraction: int, mark: str) -> None:
    thousands, decimals = refusal(f"{whole}{mark}{fraction:03d}", "KWD").detail["readings"]
    assert parse_amount(thousands, "KWD") == ((whole * 1000 + fraction) * 1000, "KWD")
    assert parse_amount(decimals, "KWD") == (whole * 1000 + fraction, "KWD")


@pytest.mark.parametrize(
    "text", ["-500", "−500", "–500", "(500)", "500-", "-€500", "€-500", "- 18k", "-USD 5"]
)
def test_negative_amounts_are_refused(text: str) -> None:
    assert refusal(text).message == f'"{text}" is negative; write an amount of zero or more, such as 18000'


@pytest.mark.parametrize(
    "text",
    spelled("1,23,4 | 12 34 | 1234 567 | 0 500 | 1.234,567.8 | 1,234 567 | 1  000 | 1 234'567 | 1,,5 | 1'23"),
)
def test_malformed_groups_are_refused(text: str) -> None:
    assert "is not grouped by thousands; write 18000, 18,000.50 or" in refusal(text).message


@pytest.mark.parametrize(
    "text",
    spelled(
        "2bn | 2b | NaN | inf | abc | € | k | 1e5 | .5 | 5. | +500 | 500 kr | 500 k k | 18 € HT | １２ | ٣٤"
        " | 5² | 1\x002 | 1\n2 | 2026-12-31 | 500 \u212a"
    ),
)
def test_what_is_no_amount_is_refused(text: str) -> None:
    assert "is not an amount; write 18000, 18k, 1.2m, 18,000.50 or USD 500" in refusal(text).message


def test_the_other_refusals_say_what_to_do() -> None:
    too_fine = "is too fine: the smallest amount of {} is {}; round it"
    assert too_fine.format("EUR", "0.01") in refusal("1.0051").message
    assert too_fine.format("EUR", "0.01") in refusal("1,234", decimal=",").message
    assert too_fine.format("JPY", "1") in refusal("¥1.5").message
    assert too_fine.format("EUR", "0.01") in refusal("1.000001k").message
    assert "is too large to be an amount; the most is 1,000,000m" in refusal("1000000.1m").message
    assert '"XYZ" is not a currency' in refusal("500 XYZ").message
    assert '"€500 USD" names two currencies; keep one of them' in refusal("€500 USD").message
    with pytest.raises(InvalidInput, match="no amount was given; write 18000"):
        parse_amount(" \u202f", "EUR")
    assert "is not an amount" in refusal("9" * 61).message


def test_shown_fits_on_a_line() -> None:
    assert shown("18\u00a0000 €") == "18 000 €"
    assert shown("a\x00\n\u202eb") == r"a\x00\n\u202eb"
    assert shown("x" * 40) == "x" * 40
    assert shown("x" * 10_000) == "x" * 39 + "…"


@given(
    st.text() | st.text("0123456789.,'  kKmM€$-()EURUSD\u00a0\u202f", max_size=70),
    st.sampled_from([None, ".", ","]),
)
@example("0" * 60, None)
def test_any_text_is_an_amount_or_refused(text: str, decimal: str | None) -> None:
    try:
        minor, currency = parse_amount(text, "EUR", decimal=decimal)
    except InvalidInput as error:
        assert error.message and "\n" not in error.message
    else:
        assert 0 <= minor <= LIMIT * 10 ** exponent(currency)
        assert currency in CURRENCIES


@pytest.mark.parametrize(
    "text", ["9" * 10_000, "1 " * 5_000, "1," * 5_000, "€" * 10_000, " " * 10_000, "(" * 10_000]
)
def test_long_text_is_refused_at_once(text: str) -> None:
    start = time.perf_counter()
    with pytest.raises(InvalidInput):
        parse_amount(text, "EUR")
    assert time.perf_counter() - start < 0.5


@pytest.mark.parametrize(
    ("minor", "currency", "english", "french"),
    [
        (48_000_00, "EUR", "€48,000", "48\u202f000\u00a0€"),
        (48_000_50, "EUR", "€48,000.50", "48\u202f000,50\u00a0€"),
        (-500_00, "EUR", "-€500", "-500\u00a0€"),
        (5, "EUR", "€0.05", "0,05\u00a0€"),
        (0, "EUR", "€0", "0\u00a0€"),
        (1_234_567_00, "USD", "$1,234,567", "1\u202f234\u202f567\u00a0$"),
        (999_00, "GBP", "£999", "999\u00a0£"),
        (1_000, "JPY", "¥1,000", "1\u202f000\u00a0¥"),
        (500_00, "CHF", "CHF 500", "500\u00a0CHF"),
        (-500_00, "CHF", "-CHF 500", "-500\u00a0CHF"),
        (1_500, "KWD", "KWD 1.500", "1,500\u00a0KWD"),
    ],
)
def test_format_amount(minor: int, currency: str, english: str, french: str) -> None:
    assert format_amount(minor, currency) == english
    assert format_amount(minor, currency, "fr") == french


@pytest.mark.parametrize(
    ("minor", "english", "french"),
    [
        (0, "€0", "0\u00a0€"),
        (-40, "€0", "0\u00a0€"),
        (12_34, "€12", "12\u00a0€"),
        (999_49, "€999", "999\u00a0€"),
        (999_50, "€1k", "1\u00a0k€"),
        (1_250_00, "€1.25k", "1,25\u00a0k€"),
        (48_000_00, "€48k", "48\u00a0k€"),
        (48_250_00, "€48.3k", "48,3\u00a0k€"),
        (-48_250_00, "-€48.3k", "-48,3\u00a0k€"),
        (999_950_00, "€1m", "1\u00a0M€"),
        (1_200_000_00, "€1.2m", "1,2\u00a0M€"),
        (999_499_999_50, "€999m", "999\u00a0M€"),
        (123_456_789_00, "€123m", "123\u00a0M€"),
        (12_345_678_900_00, "€12300m", "12300\u00a0M€"),
    ],
)
def test_compact_amounts(minor: int, english: str, french: str) -> None:
    assert format_amount(minor, "EUR", compact=True) == english
    assert format_amount(minor, "EUR", "fr", compact=True) == french


def test_compact_amount_without_a_sign() -> None:
    assert format_amount(48_000_00, "CHF", compact=True) == "CHF 48k"
    assert format_amount(48_000_00, "CHF", "fr", compact=True) == "48\u00a0kCHF"


@given(st.integers(0, LIMIT), currencies, languages)
def test_a_shown_amount_reads_back(minor: int, currency: str, language: str) -> None:
    text = format_amount(minor, currency, language)
    assert parse_amount(text, currency, decimal=MARK[language]) == (minor, currency)


@given(st.integers(0, LIMIT), currencies, languages)
def test_a_compact_amount_reads_back_within_its_rounding(minor: int, currency: str, language: str) -> None:
    text = format_amount(minor, currency, language, compact=True)
    read, _currency = parse_amount(text, currency, decimal=MARK[language])
    assert abs(read - minor) <= max(minor / 199, 10 ** exponent(currency) / 2)


@pytest.mark.parametrize(
    ("value", "english", "french"),
    [
        (0, "0", "0"),
        (-1234567, "-1,234,567", "-1\u202f234\u202f567"),
        (1234.5, "1,234.5", "1\u202f234,5"),
        (-0.25, "-0.25", "-0,25"),
        (0.1 + 0.2, "0.3", "0,3"),
        (100.0, "100", "100"),
        (-0.0, "0", "0"),
        (-1e-9, "0", "0"),
        (float("inf"), "inf", "inf"),
        (float("nan"), "nan", "nan"),
    ],
)
def test_format_number(value: float, english: str, french: str) -> None:
    assert format_number(value) == english
    assert format_number(value, "fr") == french


@pytest.mark.parametrize(
    ("minor", "currency", "value"),
    [
        (48_000_00, "EUR", 48_000),
        (48_000_50, "EUR", 48_000.5),
        (-1, "EUR", -0.01),
        (7, "JPY", 7),
        (1, "CLF", 0.0001),
    ],
)
def test_major_and_back(minor: int, currency: str, value: float) -> None:
    assert major(minor, currency) == value
    assert type(major(minor, currency)) is type(value)
    assert from_major(value, currency) == minor
    assert from_major(str(value), currency) == minor


@given(
    st.integers(-(2**52), 2**52), currencies
)  # beyond, a float does not tell every hundredth from the next
def test_major_is_exact_for_sums_too(minor: int, currency: str) -> None:
    assert from_major(major(minor, currency), currency) == minor


@pytest.mark.parametrize(
    ("value", "line"),
    [
        (0.1 + 0.2, "is too fine: the smallest amount of EUR is 0.01"),
        (1e-7, "is too fine"),
        ("1.005", "is too fine"),
        (10**1000, '"10^400" is not a number'),
        (float("nan"), '"nan" is not a number; write it as 18000 or 18000.50'),
        (float("inf"), '"inf" is not a number'),
        (True, '"True" is not a number'),
        ("", "is not a number"),
        ("1,5", "is not a number"),
        ("1_000", "is not a number"),
        ("٣", "is not a number"),
        ("9" * 5000, "is not a number"),
    ],
)
def test_from_major_refuses(value: float | str, line: str) -> None:
    with pytest.raises(InvalidInput) as caught:
        from_major(value, "EUR")
    assert line in caught.value.message


@pytest.mark.parametrize(
    ("minor", "percent", "expected"),
    [
        (100_00, 25, 25_00),
        (1, 50, 1),
        (1, 49, 0),
        (-1, 50, -1),
        (3, 50, 2),
        (-3, 50, -2),
        (0, 90, 0),
        (7, 100, 7),
    ],
)
def test_share(minor: int, percent: int, expected: int) -> None:
    assert share(minor, percent) == expected


@given(st.integers(-LIMIT, LIMIT), st.integers(0, 100))
def test_share_is_the_nearest_integer(minor: int, percent: int) -> None:
    assert abs(share(minor, percent) * 100 - minor * percent) <= 50
    assert share(-minor, percent) == -share(minor, percent)
