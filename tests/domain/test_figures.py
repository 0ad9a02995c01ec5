"""Numbers in all their written forms, and that a text which says another one than it was given is found out."""

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipecli.domain.figures import not_given, numbers
from pipecli.domain.money import exponent, format_amount, format_number, localised, major


@pytest.mark.parametrize(
    ("text", "values", "unit", "sign"),
    [
        ("€48,000.50", {"48000.50"}, "EUR", ""),
        ("48\u202f000,50\u00a0€", {"48000.50"}, "EUR", ""),
        ("48 000,50 euros", {"48000.50"}, "EUR", ""),
        ("48.000,50 EUR", {"48000.50"}, "EUR", ""),
        ("48’000 CHF", {"48000"}, "CHF", ""),
        ("€48.5k", {"48500.0"}, "EUR", ""),
        ("48,5 k€", {"48500.0"}, "EUR", ""),
        ("€1.2m", {"1200000.0"}, "EUR", ""),
        ("1,2 million d'euros", {"1200000.0"}, "EUR", ""),
        ("1,234", {"1234", "1.234"}, "", ""),
        ("1,234,567", {"1234567"}, "", ""),
        ("KWD 1,234.500", {"1234.500"}, "KWD", ""),
        ("97 %", {"97"}, "%", ""),
        ("97 percent", {"97"}, "%", ""),
        ("97 pour cent", {"97"}, "%", ""),
        ("+€15,980", {"15980", "15.980"}, "EUR", "+"),
        ("−900 €", {"900"}, "EUR", "-"),
        ("all 5", {"5"}, "", ""),
        ("twenty-five", {"25"}, "", ""),
        ("two hundred and three", {"203"}, "", ""),
        ("three million two hundred thousand", {"3200000"}, "", ""),
        ("soixante et onze", {"71"}, "", ""),
        ("quatre-vingt-dix-sept", {"97"}, "", ""),
        ("deux cent mille", {"200000"}, "", ""),
        ("zéro", {"0"}, "", ""),
        ("４８,０００．５０ €", {"48000.50"}, "EUR", ""),
        ("٤٨", {"48"}, "", ""),
    ],
)
def test_a_number_is_read(text: str, values: set[str], unit: str, sign: str) -> None:
    (found,) = numbers(text)
    assert (found.values, found.unit, found.sign) == (frozenset(map(Decimal, values)), unit, sign)


def test_the_known_mark_leaves_one_reading() -> None:
    assert numbers("1,234", ".")[0].values == {Decimal(1234)}
    assert numbers("1,234", ",")[0].values == {Decimal("1.234")}


@pytest.mark.parametrize(
    "text", ["nothing new", "une affaire", "un client", "cent", "the first, the second", ""]
)
def test_what_is_no_number_is_none(text: str) -> None:
    assert numbers(text) == []


GIVEN = "Won 2 €48,000: 42 Balcarne; Lost 1 -€900; Late 12; Hygiene 97 %; until 31 Mar 2027, +€12,400"


@pytest.mark.parametrize(
    "text",
    [
        "Two were won for 48 k€, twelve are late.",
        "Deux gagnées pour 48 000,00 €, une perdue (900 €).",
        "97 percent, until 31 March 2027, +12,400 €, number 42.",
        "It fell by 900 and rose by €12.4k.",
        "2 12 97",
        "Ⅻ are late, in a quarter, of a portfolio",
        "- 12 late\n- 2 won",
    ],
)
def test_what_was_given_may_be_said(text: str) -> None:
    assert not_given(text, GIVEN, ".") == []


@pytest.mark.parametrize(
    ("text", "odd"),
    [
        ("3 were won", ["3"]),
        ("three were won", ["three"]),
        ("€50,000 in all", ["€50,000"]),
        ("€47.1k, about €48k", ["€47.1k"]),
        ("2 %", ["2 %"]),
        ("$48,000", ["$48,000"]),
        ("+€900", ["+€900"]),
        ("97 % is half as good, twice the rest", ["half", "twice"]),
        ("le double, une douzaine", ["double", "douzaine"]),
        ("€48", ["€48"]),
        ("-€48,000", ["-€48,000"]),
        ("−12 late", ["-12"]),
        ("a fifth of it, a tenth of that", ["a fifth", "a tenth"]),
        ("un cinquième, deux dixièmes", ["un cinquieme", "deux dixiemes"]),
        ("it rose by a quarter", ["a quarter"]),
        ("a fourfold rise", ["fourfold"]),
        ("Ⅺ won, ½ lost", ["11", "0.5"]),
        ("1,248", ["1,248"]),
    ],
)
def test_what_was_not_given_is_found(text: str, odd: list[str]) -> None:
    assert not_given(text, GIVEN, ".") == odd


CURRENCIES = st.sampled_from(["EUR", "USD", "GBP", "JPY", "CHF", "KWD"])
AMOUNTS = st.integers(0, 10**12)


def forms(minor: int, currency: str) -> list[str]:
    """Every way in which the program, or a person, writes an amount."""
    value = major(minor, currency)
    plain = f"{value:.{exponent(currency)}f}" if isinstance(value, float) else str(value)
    return [
        *(format_amount(minor, currency, language) for language in ("en", "fr")),
        *(f"{localised(plain, language)} {currency}" for language in ("en", "fr")),
        f"{currency} {plain}",
    ]


@given(AMOUNTS, CURRENCIES, st.sampled_from(["en", "fr"]))
def test_an_amount_is_known_in_every_form(minor: int, currency: str, language: str) -> None:
    given_text = format_amount(minor, currency, language)
    for form in forms(minor, currency):
        assert not_given(f"It is {form} now.", given_text, "." if language == "en" else ",") == []


@given(st.integers(1, 999), st.sampled_from([1_000, 1_000_000]), st.sampled_from(["en", "fr"]))
def test_a_round_amount_is_known_in_short(n: int, factor: int, language: str) -> None:
    minor = n * factor * 100
    short = format_amount(minor, "EUR", language, compact=True)
    assert not_given(short, format_amount(minor, "EUR", language), "." if language == "en" else ",") == []


@given(st.lists(st.integers(0, 10**7), max_size=6), st.integers(0, 10**7), st.sampled_from(["en", "fr"]))
def test_a_number_that_was_not_given_is_always_found(given_: list[int], odd: int, language: str) -> None:
    text = format_number(odd, language)
    known = "; ".join(format_number(n, language) for n in given_)
    found = not_given(f"Now {text} of them.", known, "." if language == "en" else ",")
    values = {Decimal(n) for n in given_}
    may_be = {value for number in numbers(text) for value in number.values}
    parts = {Decimal(part) for part in text.replace(",", "").split("\u202f")}
    stands = bool(may_be & values) or (language == "fr" and parts <= values)
    assert found == ([] if stands else [numbers(text)[0].text])


@given(st.text(max_size=200), st.text(max_size=200))
def test_any_text_can_be_held_against_any(text: str, given_: str) -> None:
    assert not_given(text, text) == [] and isinstance(not_given(text, given_), list)
