"""Typed text as values: by the type of the field, and refused in one line where it cannot be read."""

from datetime import date
from typing import Any

import pytest

from pipecli.domain.values import Reader, contact_parts, split_assignment, tags
from pipecli.errors import InvalidInput

from .building import TODAY, leaving


def reader(decimal: str | None = None, order: str | None = None) -> Reader:
    return Reader(leaving(), TODAY, decimal, order)


@pytest.mark.parametrize(
    ("key", "text", "value"),
    [
        ("amount", "18k", ("amount", (1_800_000, "EUR"))),
        ("amount", "USD 500", ("amount", (50_000, "USD"))),
        ("close_date", "+3d", ("close_date", date(2026, 3, 5))),
        ("close", "2026-06-01", ("close_date", date(2026, 6, 1))),
        ("Close-Date", "fri", ("close_date", date(2026, 3, 6))),
        ("tags", "big, new  big", ("tags", ("big", "new"))),
        ("tag", "big", ("tags", ("big",))),
        ("name", " Rollout ", ("name", "Rollout")),
        ("owner", "max", ("owner", "max")),
        ("contact", "Jeanne <j@acme.example>", ("contact", "Jeanne <j@acme.example>")),
        ("decision-maker", "Jeanne", ("decision_maker", "Jeanne")),
        ("site", "Lyon", ("site", "Lyon")),
        ("go_live", "1 june 2026", ("go_live", "2026-06-01")),
        ("budget", "1 200,50", ("budget", 120_050)),
        ("region", "NORTH", ("region", "north")),
        ("Effort-Days", "3", ("effort_days", 3)),
    ],
)
def test_text_is_read_by_the_type_of_its_field(key: str, text: str, value: tuple[str, Any]) -> None:
    assert reader().field(key, text) == value


@pytest.mark.parametrize(
    "key", ["amount", "close_date", "source", "site", "go_live", "urgent", "effort_days"]
)
def test_empty_text_unsets_a_field(key: str) -> None:
    assert reader().field(key, "  ") == (key, None)
    assert reader().field("tags", "") == ("tags", ())


def test_an_amount_stays_in_the_opportunitys_currency_unless_the_text_names_one() -> None:
    assert reader().field("amount", "500", "USD") == ("amount", (50_000, "USD"))
    assert reader().field("amount", "500 €", "USD") == ("amount", (50_000, "EUR"))
    assert reader().amount("500") == (50_000, "EUR")


@pytest.mark.parametrize(
    ("text", "decimal", "number"),
    [
        ("0", None, 0),
        ("-3", None, -3),
        ("−3", None, -3),
        ("2.5", None, 2.5),
        ("2,5", None, 2.5),
        ("12 000", None, 12_000),
        ("12\u202f000", None, 12_000),
        ("3.0", None, 3),
        ("1.234", None, 1.234),
        ("1.234", ".", 1.234),
        ("1.234", ",", 1234),
        ("1,234", ".", 1234),
        ("1,234", ",", 1.234),
        ("0,125", None, 0.125),
        ("1,234.5", None, 1234.5),
        ("1.234,5", None, 1234.5),
        ("1.234,5", ".", 1234.5),
        ("1,234,567", None, 1_234_567),
    ],
)
def test_a_number_is_read_as_it_is_written_here(text: str, decimal: str | None, number: float) -> None:
    assert reader(decimal).field("effort_days", text) == ("effort_days", number)


@pytest.mark.parametrize(
    "text", ["many", "1e5", "1_000", "nan", "inf", "1e400", "9" * 14, "1.2.3", "1,23,456", "--1", "٣"]
)
def test_what_is_no_number_is_refused(text: str) -> None:
    with pytest.raises(InvalidInput, match=r"^effort_days is a number, not "):
        reader().field("effort_days", text)


def test_a_number_that_reads_two_ways_is_refused_where_no_form_is_configured() -> None:
    with pytest.raises(InvalidInput, match="effort_days = 1,234 is ambiguous"):
        reader().field("effort_days", "1,234")


@pytest.mark.parametrize(
    ("text", "value"),
    [(w, True) for w in ("yes", "Y", "true", "1", "OUI", "o", "vrai")]
    + [(w, False) for w in ("no", "N", "false", "0", "non", "faux")],
)
def test_yes_and_no_are_read_in_both_languages(text: str, value: bool) -> None:
    assert reader().field("urgent", text) == ("urgent", value)


@pytest.mark.parametrize(
    ("key", "text", "words"),
    [
        ("urgent", "perhaps", 'urgent is yes or no, not "perhaps"'),
        ("region", "west", "region is one of: north, south"),
        ("budget", "USD 500", "budget is in EUR, not in USD"),
    ],
)
def test_what_its_type_cannot_read_is_refused(key: str, text: str, words: str) -> None:
    with pytest.raises(InvalidInput) as refusal:
        reader().field(key, text)

    assert refusal.value.message == words
    assert refusal.value.detail == {"field": key}


@pytest.mark.parametrize("key", ["colour", "stage", "status", "probability", ""])
def test_a_field_that_nobody_can_set_is_refused_with_those_that_can_be(key: str) -> None:
    with pytest.raises(InvalidInput) as refusal:
        reader().field(key, "x")

    assert refusal.value.message.startswith(f'no field "{key}" can be set; the fields are: name, account,')
    assert refusal.value.message.endswith("effort_days, site, go_live, budget, urgent, region")


@pytest.mark.parametrize(("past", "day"), [(False, date(2026, 3, 6)), (True, date(2026, 2, 27))])
def test_a_weekday_is_the_next_one_or_for_what_happened_the_last(past: bool, day: date) -> None:
    assert reader().day("friday", past=past) == day


@pytest.mark.parametrize(("order", "day"), [("dmy", date(2026, 4, 3)), ("mdy", date(2026, 3, 4))])
def test_a_date_of_two_readings_follows_the_configured_order(order: str, day: date) -> None:
    assert reader(order=order).day("03/04/2026") == day


@pytest.mark.parametrize(
    ("text", "found"),
    [("big", ("big",)), ("big,new", ("big", "new")), (" big   big ", ("big",)), ("|a|b| , |", ("a|b",)), (",", ())],
)  # fmt: skip
def test_tags_are_words_once_each(text: str, found: tuple[str, ...]) -> None:
    assert tags(text) == found


@pytest.mark.parametrize(
    ("text", "pair"), [("a=b", ("a", "b")), (" a = b=c", ("a", " b=c")), ("site=", ("site", ""))]
)
def test_an_assignment_is_cut_at_its_first_sign(text: str, pair: tuple[str, str]) -> None:
    assert split_assignment(text) == pair


@pytest.mark.parametrize("text", ["site", "=x", " =x", ""])
def test_what_is_no_assignment_is_refused(text: str) -> None:
    with pytest.raises(InvalidInput, match="is not KEY=VALUE"):
        split_assignment(text)


@pytest.mark.parametrize(
    ("text", "parts"),
    [
        ("Jeanne <j@acme.example>", ("Jeanne", "j@acme.example")),
        ('"Jeanne D." < j@acme.example >', ("Jeanne D.", "j@acme.example")),
        ("<j@acme.example>", ("j@acme.example", "j@acme.example")),
        ("j@acme.example", ("j@acme.example", "j@acme.example")),
        (" Jeanne ", ("Jeanne", None)),
        ("Jeanne at acme@home", ("Jeanne at acme@home", None)),
    ],
)
def test_a_contact_is_a_name_an_address_or_both(text: str, parts: tuple[str, str | None]) -> None:
    assert contact_parts(text) == parts


@pytest.mark.parametrize("text", ["Jeanne <acme>", "Jeanne <j @acme.example>", "Jeanne <>"])
def test_what_is_no_address_is_refused(text: str) -> None:
    with pytest.raises(InvalidInput, match="is not an address"):
        contact_parts(text)
