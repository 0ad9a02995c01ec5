"""The form of a column's days and numbers, from all of its values together."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipecli.domain.dates import parse_moment
from pipecli.domain.importing_forms import days_of, marks_of, plain_day


@pytest.mark.parametrize(
    ("texts", "order", "question"),
    [
        (["03/04/2026", "31/12/2026"], "dmy", False),
        (["03/04/2026", "12/31/2026"], "mdy", False),
        (["02/03/24", "02/23/26 08:55 PM"], "mdy", False),
        (["03.04.2026", "", "13.04.2026"], "dmy", False),
        (["03/04/2026", "05/06/2026"], None, True),
        (["03/04/2026", "05/05/2026"], None, False),
        (["2026-03-04", "2026-04-05", "03/04/2026"], None, False),
        (["2026-03-04"], None, False),
        (["31/12/2026", "12/31/2026"], None, False),
        (["31/12/2026", "12/31/2026", "03/04/2026"], None, True),
        ([], None, False),
    ],
)
def test_which_number_is_the_day(texts: list[str], order: str | None, question: bool) -> None:
    found = days_of(texts)
    assert (found.order, found.is_a_question) == (order, question)


@pytest.mark.parametrize(
    ("texts", "serial"),
    [
        (["45631", "45632.5", ""], True),
        (["45631", "2026-01-01"], False),
        (["12345"], False),
        (["45631", "03/04/2026"], False),
        ([], False),
    ],
)
def test_days_as_numbers_are_believed_where_all_are_numbers(texts: list[str], serial: bool) -> None:
    assert days_of(texts).serial is serial


@given(st.dates(date(1954, 10, 4), date(2100, 1, 1)))
def test_a_serial_number_is_its_day(day: date) -> None:
    assert plain_day(str((day - date(1899, 12, 30)).days), serial=True) == day.isoformat()


@given(st.lists(st.dates(date(1970, 1, 1), date(2068, 12, 31)), min_size=1, max_size=30), st.booleans())
def test_a_column_is_read_right_or_not_at_all(days: list[date], day_first: bool) -> None:
    form = "%d/%m/%Y" if day_first else "%m/%d/%Y"
    texts = [day.strftime(form) for day in days]
    found = days_of(texts)
    if found.is_a_question:
        assert all(day.day <= 12 for day in days)
    elif found.order:
        assert [parse_moment(text, "Europe/Paris", order=found.order) for text in texts] == days


@pytest.mark.parametrize(
    ("text", "plain"),
    [
        ("Oct 7, 2025 6:55 PM", "2025-10-07"),
        ("15 Apr, 2021 00:02:00", "2021-04-15"),
        ("7 octobre 2025", "2025-10-07"),
        ("1er févr. 2026", "2026-02-01"),
        ("2026/1/5 9:30", "2026-01-05 9:30"),
        ("2026-01-05T09:30:00Z", "2026-01-05T09:30:00Z"),
        ("31/12/2026", "31/12/2026"),
        ("31 Smarch 2026", "31 Smarch 2026"),
        ("soon", "soon"),
        ("Oct 7, 2025 or so", "Oct 7, 2025 or so"),
    ],
)
def test_days_in_words_become_plain(text: str, plain: str) -> None:
    assert plain_day(text) == plain


@pytest.mark.parametrize(
    ("texts", "decimal", "question"),
    [
        (["1.234", "1.234,50"], ",", False),
        (["1,234", "99.5"], ".", False),
        (["18 000,00 €"], ",", False),
        (["1.234.567"], ",", False),
        (["$22,700.00", "€1,234"], ".", False),
        (["1,234", "2,345"], None, True),
        (["1,234", "500"], None, False),
        (["1,5", "1.5", "1,234"], None, True),
        (["1,234k"], ",", False),
        (["", "much"], None, False),
    ],
)
def test_which_mark_stands_before_the_decimals(texts: list[str], decimal: str | None, question: bool) -> None:
    found = marks_of(texts)
    assert (found.decimal, found.is_a_question) == (decimal, question)


@given(st.text(max_size=30))
def test_no_text_is_too_odd(text: str) -> None:
    days_of([text])
    marks_of([text])
    assert isinstance(plain_day(text), str)
