"""Dates: what is read in English and French, what is refused and why, and the calendar arithmetic."""

from __future__ import annotations

import time
from collections.abc import Callable
from datetime import date, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipecli.domain.dates import (
    Order,
    Prefer,
    add_months,
    format_age,
    format_day,
    month_bounds,
    month_of,
    parse_date,
    parse_duration,
    parse_moment,
    quarter_bounds,
    quarter_of,
)
from pipecli.errors import InvalidInput

TODAY = date(2026, 11, 26)  # a Thursday
FORMS = "; write 2026-12-31, 31/12/2026, +3d, fri or eom"
days = st.dates(date(1900, 1, 1), date(2200, 12, 31))
orders = st.sampled_from([None, "dmy", "mdy"])


def spelled(texts: str) -> list[str]:
    return texts.split(" | ")


def rows(table: dict[Any, str]) -> list[tuple[str, Any]]:
    return [(text, meaning) for meaning, texts in table.items() for text in spelled(texts)]


def refusal(text: str, order: Order | None = None) -> InvalidInput:
    with pytest.raises(InvalidInput) as caught:
        parse_date(text, TODAY, order=order)
    assert "\n" not in caught.value.message
    assert caught.value.detail["text"] == text
    return caught.value


# What each day can be typed as, on that Thursday, whichever direction is preferred.
ONE_MEANING = {
    "2026-12-31": (
        "2026-12-31 |   2026\u201112\u201131\n | EOQ | eoy | fdt | fda | 31/12/2026 | 31.12.2026"
        " | 31-12-2026 | 12/31/2026 | 31/12/26"
    ),
    "2026-11-26": "today | aujourd'hui | Aujourd’hui | aujourdhui | +0d",
    "2026-11-27": "Tomorrow | demain | eow | fds | Fri 27 Nov 2026 | next fri | vendredi prochain",
    "2026-11-25": "YESTERDAY | hier",
    "2026-11-28": "APRÈS-DEMAIN | apres demain",
    "2026-11-24": "avant-hier",
    "2026-11-29": "+3d | + 3 days | +3j | in 3 days | dans 3 jours",
    "2026-11-12": "-2w | \u22122w | il y a 2 semaines",
    "2026-12-26": "+1m",
    "2027-11-26": "+1y",
    "2026-12-10": "+2s",
    "2025-11-26": "-1a",
    "2026-11-23": "3 days ago | lundi dernier",
    "2026-10-26": "1 month ago",
    "2028-11-26": "dans 2 années",
    "2026-11-30": "eom | fdm",
    "2026-04-04": "04/04/2026",
    "1969-12-31": "31/12/69",
    "2026-11-04": (
        "4 novembre 2026 | le 4 novembre 2026 | November 4, 2026 | 4th of November 2026 | 4-Nov-26"
    ),
    "2027-08-01": "1er août 2027",
    "2026-03-03": "mar 3 2026 | mardi 3 mars 2026",
    "2026-11-20": "last fri",
    "2026-12-03": "next thursday",
    "2026-11-19": "last thursday",
}


@pytest.mark.parametrize(("text", "iso"), rows(ONE_MEANING))
@pytest.mark.parametrize("prefer", ["future", "past"])
def test_dates_with_one_meaning(text: str, iso: str, prefer: Prefer) -> None:
    assert parse_date(text, TODAY, prefer=prefer).isoformat() == iso


# What a text means looking forward and looking back.
DIRECTED = {
    ("2026-12-31", "2025-12-31"): "31/12",
    ("2026-11-26", "2026-11-26"): "26/11 | 26 novembre",
    ("2027-11-04", "2026-11-04"): "4 nov | nov 4",
    ("2027-03-01", "2026-03-01"): "1er mars",
    ("2027-03-03", "2026-03-03"): "3 mar | mar 3",
    ("2028-02-29", "2024-02-29"): "29/02 | févr. 29",
    ("2026-12-01", "2026-11-24"): "mar | tues",
    ("2026-11-27", "2026-11-20"): "fri | Friday | ven. | vendredi",
    ("2026-12-03", "2026-11-19"): "thu | jeudi",
    ("2026-11-29", "2026-11-22"): "dim",
}


@pytest.mark.parametrize(("text", "days"), rows(DIRECTED))
def test_dates_that_follow_the_preferred_direction(text: str, days: tuple[str, str]) -> None:
    assert parse_date(text, TODAY).isoformat() == days[0]
    assert parse_date(text, TODAY, prefer="past").isoformat() == days[1]


@pytest.mark.parametrize(
    ("day", "friday"),
    [("2026-11-27", "2026-11-27"), ("2026-11-28", "2026-12-04"), ("2026-11-29", "2026-12-04")],
)
def test_the_week_ends_on_the_coming_friday(day: str, friday: str) -> None:
    assert parse_date("eow", date.fromisoformat(day)).isoformat() == friday


@pytest.mark.parametrize(
    ("text", "day_first", "month_first"),
    [
        ("03/04/2026", "2026-04-03", "2026-03-04"),
        ("3.4.26", "2026-04-03", "2026-03-04"),
        ("03-04-2026", "2026-04-03", "2026-03-04"),
        ("3/12", "2026-12-03", "2027-03-12"),
    ],
)
def test_the_order_of_day_and_month(text: str, day_first: str, month_first: str) -> None:
    assert parse_date(text, TODAY, order="dmy").isoformat() == day_first
    assert parse_date(text, TODAY, order="mdy").isoformat() == month_first
    error = refusal(text)
    assert error.message == f'"{text}" is ambiguous: write {day_first} or {month_first}'
    assert error.detail["readings"] == [day_first, month_first]


@pytest.mark.parametrize(
    "text",
    spelled(
        "3rd tues | 3d | next week | monday next next | fri mon | 2026 | 31-12 | 31.12 | 31-12-26"
        " | 26-12-31 | 2026/12/31 | 20261231 | 2026-12-31T10:00 | +3x | +1d ago | in days | ++3d | +3.5d"
        " | fri\x00 | 1 2 2026 | 4 nov nov | 2026 4 nov | ２026-12-31 | +٣d | ²/12 | on | mar 3 2026 5"
    ),
)
def test_what_is_no_date_is_refused(text: str) -> None:
    assert refusal(text).message.endswith(f"is not a date{FORMS}")


def test_the_message_shows_what_was_typed() -> None:
    assert refusal("3rd tues").message == f'"3rd tues" is not a date{FORMS}'
    assert refusal("a\x00b").message == rf'"a\x00b" is not a date{FORMS}'
    assert refusal("x" * 10_000).message == f'"{"x" * 39}…" is not a date{FORMS}'


@pytest.mark.parametrize("text", ["", "  ", "\n"])
def test_no_text_is_refused(text: str) -> None:
    assert refusal(text).message == f"no date was given{FORMS}"


@pytest.mark.parametrize(
    "text",
    spelled(
        "2026-02-30 | 2026-13-01 | 30/02/2026 | 31/02 | 31 feb | 0/5 | 29 feb 2027 | nov 0 | +9999y | -9999y"
    ),
)
def test_impossible_dates_are_refused(text: str) -> None:
    assert refusal(text).message == f'"{text}" is not in the calendar{FORMS}'


@pytest.mark.parametrize("text", ["1899-12-31", "2201-01-01", "31/12/2201", "+9999w", "-200y", "0001-01-01"])
def test_other_centuries_are_refused(text: str) -> None:
    assert refusal(text).message == f'"{text}" is outside the years 1900 to 2200; write a date between them'


MONTHS_ALONE = {"1 nov 2026": "nov 2026", "1 novembre": "Novembre", "1 aout 2026": "2026 août | août 2026"}


@pytest.mark.parametrize(("text", "example"), rows(MONTHS_ALONE))
def test_a_month_alone_is_refused_with_a_hint(text: str, example: str) -> None:
    assert refusal(text).message == f'"{text}" has no day of the month; write it in front: {example}'
    assert parse_date(example, TODAY).day == 1


def test_a_weekday_that_does_not_fit_is_refused() -> None:
    line = '"fri 26 nov" does not fit: 2026-11-26 is another weekday; leave the weekday out'
    assert refusal("fri 26 nov").message == line


# What each day of Paris can be written as.
MOMENTS = {
    "2016-04-04": "2016-04-04 | 2016-04-04T16:26:28 | 2016-04-04T23:59 | 2016-04-04T21:59:59Z",
    "2016-04-05": (
        "2016-04-04T22:00:00Z | 2016-04-04t22:00:00.123z | 2016-04-04 22:00:00 UTC"
        " | 2016-04-04 22:00:00,5 +0000 | 2016-04-04T20:00-05"
    ),
    "2016-04-03": "2016-04-04T00:30:00+05:30",
    "2026-12-31": (
        "31/12/2026 | 31/12/2026 14:05 | 31.12.26 14:05:59 | 12/31/2026 12:05 PM | 12/31/2026 1:05:00 am"
    ),
}


@pytest.mark.parametrize(("text", "iso"), rows(MOMENTS))
def test_moments(text: str, iso: str) -> None:
    assert parse_moment(text, "Europe/Paris").isoformat() == iso


def test_moments_follow_the_order() -> None:
    assert parse_moment("03/04/2026 10:00", "UTC", order="dmy") == date(2026, 4, 3)
    assert parse_moment("03/04/2026 10:00", "UTC", order="mdy") == date(2026, 3, 4)
    with pytest.raises(InvalidInput, match="is ambiguous: write 2026-04-03 or 2026-03-04"):
        parse_moment("03/04/2026 10:00", "UTC")


# What each refusal of a moment answers.
REFUSED_MOMENTS = {
    "no date was given": "",
    "is not a date; write 2026-12-31, 2026-12-31T14:05:00Z or 31/12/2026": "today",
    "is not a date": "31/12 | 2016-04-04T",
    "is not in the calendar": (
        "2016-04-04T25:00 | 2016-04-04T23:59:60 | 2016-02-30T10:00Z | 2016-04-04T10:00+99:00"
        " | 0001-01-01T00:00+10 | 31/12/2026 13:05 PM | 31/12/2026 25:05"
    ),
    "is outside the years 1900 to 2200": "1800-01-01",
}


@pytest.mark.parametrize(("text", "line"), rows(REFUSED_MOMENTS))
def test_moments_refused(text: str, line: str) -> None:
    with pytest.raises(InvalidInput) as caught:
        parse_moment(text, "Europe/Paris")
    assert line in caught.value.message


@pytest.mark.parametrize("name", ["Nope/Nope", "../x", "Europe", "", "\x00"])
def test_an_unknown_time_zone_is_refused(name: str) -> None:
    with pytest.raises(InvalidInput, match="is not a time zone; write an IANA name such as Europe/Paris"):
        parse_moment("2016-04-04T00:00Z", name)


DURATIONS = {14: "14d | 2w | 14j | 2s |  2 W ", 90: "3m", 365: "1y | 1a", 3650: "10y | 3650d"}


@pytest.mark.parametrize(("text", "length"), rows(DURATIONS))
def test_durations(text: str, length: int) -> None:
    assert parse_duration(text) == length


@pytest.mark.parametrize(
    "text", ["", "0d", "14", "d", "-3d", "+3d", "11y", "3651d", "3x", "1.5d", "٣d", "99999999d", "1d" * 5000]
)
def test_durations_refused(text: str) -> None:
    with pytest.raises(InvalidInput, match="is not a duration; write 14d, 2w, 3m or 1y, from 1 to 3650 days"):
        parse_duration(text)


@pytest.mark.parametrize(
    ("day", "count", "expected"),
    [
        ("2026-01-31", 1, "2026-02-28"),
        ("2028-01-31", 1, "2028-02-29"),
        ("2026-12-31", 1, "2027-01-31"),
        ("2026-03-31", -1, "2026-02-28"),
        ("2026-01-15", -1, "2025-12-15"),
        ("2028-02-29", 12, "2029-02-28"),
        ("2026-10-31", 1, "2026-11-30"),
    ],
)
def test_add_months(day: str, count: int, expected: str) -> None:
    assert add_months(date.fromisoformat(day), count).isoformat() == expected


def test_add_months_beyond_the_calendar() -> None:
    with pytest.raises(ValueError, match="year"):
        add_months(date(9999, 12, 1), 1)


@given(days, st.integers(-1000, 1000))
def test_added_months_move_the_month_and_never_the_day_forward(day: date, count: int) -> None:
    moved = add_months(day, count)
    assert (moved.year * 12 + moved.month) - (day.year * 12 + day.month) == count
    assert moved.day == day.day or (moved.day < day.day and (moved + timedelta(days=1)).day == 1)


@given(days)
def test_bounds_hold_the_day(day: date) -> None:
    for label, bounds in ((month_of, month_bounds), (quarter_of, quarter_bounds)):
        first, last = bounds(day)
        assert first <= day <= last
        assert label(first) == label(day) == label(last)
        assert label(first - timedelta(days=1)) < label(day) < label(last + timedelta(days=1))


def test_labels_and_bounds() -> None:
    assert month_of(TODAY) == "2026-11"
    assert quarter_of(TODAY) == "2026-Q4"
    assert month_bounds(date(2028, 2, 10)) == (date(2028, 2, 1), date(2028, 2, 29))
    assert quarter_bounds(date(2026, 5, 31)) == (date(2026, 4, 1), date(2026, 6, 30))


@pytest.mark.parametrize(
    ("iso", "english", "french"),
    [
        ("2026-11-27", "Fri 27 Nov", "ven. 27 nov."),
        ("2026-05-01", "Fri 1 May", "ven. 1er mai"),
        ("2026-02-03", "Tue 3 Feb", "mar. 3 févr."),
        ("2027-11-27", "27 Nov 2027", "27 nov. 2027"),
        ("2025-08-01", "1 Aug 2025", "1er août 2025"),
    ],
)
def test_format_day(iso: str, english: str, french: str) -> None:
    day = date.fromisoformat(iso)
    assert format_day(day, "en", TODAY) == format_day(day, "de", TODAY) == english
    assert format_day(day, "fr", TODAY) == french


def test_format_day_without_today_has_no_year() -> None:
    assert format_day(date(2027, 11, 27), "en") == "Sat 27 Nov"


@pytest.mark.parametrize(
    ("length", "english", "french"),
    [
        (0, "0 days", "0 jour"),
        (1, "1 day", "1 jour"),
        (-2, "2 days", "2 jours"),
        (13, "13 days", "13 jours"),
        (14, "2 weeks", "2 semaines"),
        (27, "3 weeks", "3 semaines"),
        (60, "8 weeks", "8 semaines"),
        (61, "2 months", "2 mois"),
        (120, "4 months", "4 mois"),
        (729, "24 months", "24 mois"),
        (730, "2 years", "2 ans"),
    ],
)
def test_format_age(length: int, english: str, french: str) -> None:
    assert format_age(length, "en") == english
    assert format_age(length, "fr") == french


@given(days, days, orders)
def test_iso_dates_read_back(day: date, today: date, order: Order | None) -> None:
    assert parse_date(day.isoformat(), today, order=order) == day
    assert parse_moment(day.isoformat(), "UTC", order=order) == day


@given(st.dates(date(1999, 1, 1), date(2100, 12, 31)), st.sampled_from(["en", "fr"]), st.booleans())
def test_shown_dates_read_back(day: date, language: str, later: bool) -> None:
    elsewhere = date(day.year + (1 if later else -1), 6, 15)
    assert parse_date(format_day(day, language, elsewhere), elsewhere) == day
    near = day + timedelta(days=1 if later else -1)
    assert parse_date(format_day(day, language), near, prefer="past" if later else "future") == day


@given(
    st.dates(date(1901, 1, 1), date(2199, 12, 31)), st.sampled_from(["mon", "mar", "wed", "jeudi", "sam."])
)
def test_weekdays_are_within_a_week_and_never_today(today: date, word: str) -> None:
    after = parse_date(word, today, prefer="future")
    before = parse_date(word, today, prefer="past")
    assert 1 <= (after - today).days <= 7
    assert 1 <= (today - before).days <= 7
    assert after.weekday() == before.weekday()


LETTERS = "0123456789/-.+ :TZadeijmnorsuvwy'é\u2212\x00"


def is_read_or_refused(read: Callable[[], int], least: int, most: int) -> None:
    try:
        assert least <= read() <= most
    except InvalidInput as error:
        assert error.message and "\n" not in error.message


@given(st.text() | st.text(LETTERS, max_size=20), days, st.sampled_from(["future", "past"]), orders)
def test_any_text_is_a_date_or_refused(text: str, today: date, prefer: Prefer, order: Order | None) -> None:
    is_read_or_refused(lambda: parse_date(text, today, prefer=prefer, order=order).year, 1900, 2200)


@given(st.text() | st.text(LETTERS, max_size=30), orders)
def test_any_text_is_a_moment_or_a_duration_or_refused(text: str, order: Order | None) -> None:
    is_read_or_refused(lambda: parse_moment(text, "Europe/Paris", order=order).year, 1900, 2200)
    is_read_or_refused(lambda: parse_duration(text), 1, 3650)


@pytest.mark.parametrize(
    "text", ["9" * 10_000, "mar " * 2_500, "+" * 10_000, "1/" * 5_000, " " * 10_000, "é" * 10_000]
)
def test_long_text_is_refused_at_once(text: str) -> None:
    start = time.perf_counter()
    for read in (lambda t: parse_date(t, TODAY), lambda t: parse_moment(t, "UTC"), parse_duration):
        with pytest.raises(InvalidInput):
            read(text)
    assert time.perf_counter() - start < 0.5
