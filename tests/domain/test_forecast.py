"""The forecast by rules: what counts where, what is added up, and the lines of days or of keys."""

from datetime import date, timedelta
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipecli.domain.forecast import (
    Entry,
    Forecast,
    Sums,
    default_period,
    forecast,
    periods,
    usual_lines,
)

TODAY = date(2026, 3, 2)
JANUARY, JUNE = date(2026, 1, 1), date(2026, 6, 30)
DAY = timedelta(1)
Lines = dict[str, tuple[date, date]]


def open_(day: date | None = date(2026, 3, 20), **values: object) -> Entry:
    """Opportunity 1, open: 1,000 euros at 50 %."""
    plain = {"number": 1, "won": False, "percent": 50, "currency": "EUR", "quantity": 100_000}
    return Entry(day=day, **(plain | values))  # type: ignore[arg-type]


def won(day: date = date(2026, 3, 1), **values: object) -> Entry:
    return open_(day, **({"won": True, "percent": 100} | values))


def told(
    *entries: Entry,
    lines: Lines | None = None,
    keys: dict[int, str] | None = None,
    start: date = JANUARY,
    until: date = JUNE,
) -> Forecast:
    return forecast(entries, as_of=TODAY, start=start, until=until, currency="EUR", lines=lines, keys=keys)


def test_open_amounts_are_weighted_and_won_ones_are_not() -> None:
    euros = told(open_(), open_(percent=25, quantity=200_000), won(quantity=70_000)).total["EUR"]

    assert (euros.open_count, euros.open_amount, euros.weighted) == (2, 300_000, 100_000)
    assert (euros.won_count, euros.won_amount) == (1, 70_000)


def test_nothing_is_the_pipelines_currency_with_nothing_in_it() -> None:
    assert told().total == {"EUR": Sums()}


@pytest.mark.parametrize(
    ("day", "counted"),
    [
        (JANUARY - DAY, 0),
        (JANUARY, 1),
        (TODAY, 1),
        (TODAY + DAY, 0),  # a win of a later day than the report's was not known
        (JUNE + DAY, 0),
    ],
)
def test_wins_count_in_the_period_so_far(day: date, counted: int) -> None:
    assert told(won(day)).total["EUR"].won_count == counted


@pytest.mark.parametrize(
    ("day", "parts"),
    [
        (None, (0, 1)),
        (TODAY - DAY, (0, 1)),  # in the period, but past
        (TODAY, (1, 0)),
        (JUNE, (1, 0)),
        (JUNE + DAY, (0, 0)),
    ],
)
def test_open_ones_count_on_a_day_to_come_and_else_are_undated(
    day: date | None, parts: tuple[int, int]
) -> None:
    euros = told(open_(day)).total["EUR"]
    assert (euros.open_count, euros.undated_count) == parts
    assert (euros.open_amount, euros.undated_amount) == (100_000 * parts[0], 100_000 * parts[1])
    assert euros.weighted == 50_000 * parts[0]


@pytest.mark.parametrize(
    ("is_won", "day", "undated"),
    [(False, None, True), (False, TODAY - DAY, True), (False, TODAY, False), (True, TODAY - DAY, False)],
)
def test_open_without_a_day_to_come_is_undated(is_won: bool, day: date | None, undated: bool) -> None:
    assert open_(day, won=is_won).is_undated(TODAY) == undated


def test_open_before_a_period_to_come_is_not_in_it() -> None:
    euros = told(open_(TODAY), open_(date(2026, 4, 1)), start=date(2026, 4, 1)).total["EUR"]
    assert (euros.open_count, euros.undated_count) == (1, 0)


def test_without_a_quantity_it_is_unpriced_and_not_zero() -> None:
    entries = [open_(), *[open_(quantity=None)] * 2, *[open_(None, quantity=None)] * 2, won(quantity=None)]
    euros = told(*entries, open_(quantity=0)).total["EUR"]

    assert (euros.open_count, euros.unpriced, euros.open_amount) == (4, 4, 100_000)
    assert (euros.won_count, euros.won_amount) == (1, 0)


def test_currencies_stand_apart_and_the_pipelines_own_is_always_there() -> None:
    total = told(open_(currency="USD"), won(currency="JPY", quantity=5)).total

    assert {code: (sums.open_amount, sums.won_amount) for code, sums in total.items()} == {
        "USD": (100_000, 0),
        "JPY": (0, 5),
        "EUR": (0, 0),
    }


def test_an_undated_one_is_in_no_line_of_days() -> None:
    made = told(open_(None), open_(TODAY - DAY), open_(), lines=periods("month", JANUARY, JUNE))
    euros = made.total["EUR"]

    assert (euros.undated_count, euros.undated_amount) == (2, 200_000)
    assert (euros.open_count, euros.weighted) == (1, 50_000)
    assert {g.key: g.sums for g in made.groups if g.sums} == {
        "2026-03": {"EUR": Sums(open_count=1, open_amount=100_000, weighted_cents=5_000_000)}
    }


@pytest.mark.parametrize(
    ("amounts", "weighted"), [([1], 1), ([1, 1], 1), ([1, 1, 1], 2), ([3], 2), ([100], 50)]
)
def test_the_weighted_sum_is_rounded_once_and_half_up(amounts: list[int], weighted: int) -> None:
    assert told(*(open_(quantity=a) for a in amounts)).total["EUR"].weighted == weighted


def test_groups_by_key_are_in_order_with_the_numbers_of_those_still_open() -> None:
    made = told(
        open_(number=3),
        open_(None, number=1),
        won(number=2),
        open_(number=4),
        open_(number=5),
        keys={1: "lea", 2: "lea", 3: "lea", 4: "bob", 5: ""},
    )

    assert [(g.key, g.numbers, g.days) for g in made.groups] == [
        ("bob", (4,), None),
        ("lea", (3, 1), None),
    ]
    lea = made.groups[1].sums["EUR"]
    assert (lea.won_count, lea.open_count, lea.undated_count) == (1, 1, 1)
    assert made.total["EUR"].open_count == 3  # under no key it is in the total alone


def test_what_has_no_key_is_in_no_group() -> None:
    assert told(open_(number=7), keys={}).groups == ()


def test_an_open_one_outside_the_period_is_in_its_group_for_what_history_says_of_it() -> None:
    made = told(open_(JUNE + DAY), won(JANUARY - DAY, number=2), keys={1: "lea", 2: "bob"})
    assert [(g.key, g.sums, g.numbers) for g in made.groups] == [("lea", {}, (1,))]


def test_lines_may_overlap() -> None:
    made = told(open_(date(2026, 3, 20)), lines=usual_lines(TODAY))
    assert {g.key: g.sums["EUR"].open_count if g.sums else 0 for g in made.groups} == {
        "2026-03": 1,
        "2026-Q1": 1,
        "2026-Q2": 0,
    }


ENTRIES = st.lists(
    st.builds(
        Entry,
        number=st.integers(1, 20),
        won=st.booleans(),
        day=st.none() | st.dates(date(2025, 12, 1), date(2026, 8, 1)),
        percent=st.integers(0, 100),
        currency=st.sampled_from(["EUR", "USD"]),
        quantity=st.none() | st.integers(0, 10**9),
    )
).map(lambda found: [e for e in found if e.day or not e.won])


@given(ENTRIES, st.sampled_from(["month", "quarter"]))
def test_months_and_quarters_add_up_to_the_total_without_what_is_undated(
    entries: list[Entry], by: str
) -> None:
    dated = [e for e in entries if not e.is_undated(TODAY)]
    made = told(*dated, lines=periods(by, JANUARY, JUNE))
    assert _added(made) == made.total
    with_undated = told(*entries, lines=periods(by, JANUARY, JUNE))
    assert with_undated.groups == made.groups


@given(ENTRIES)
def test_groups_by_key_add_up_to_the_total(entries: list[Entry]) -> None:
    made = told(*entries, keys={n: "even" if n % 2 == 0 else "odd" for n in range(1, 21)})
    assert _added(made) == made.total


def _added(made: Forecast) -> dict[str, Sums]:
    out = {}
    for currency in made.total:
        parts = [group.sums.get(currency, Sums()) for group in made.groups]
        out[currency] = Sums(*(sum(getattr(p, name) for p in parts) for name in Sums.__slots__))
    return out


@given(ENTRIES, st.integers(0, 99), st.none() | st.integers(0, 10**9))
def test_more_probability_never_brings_less(entries: list[Entry], percent: int, amount: int | None) -> None:
    less = told(*entries, open_(quantity=amount, percent=percent)).total["EUR"].weighted
    assert told(*entries, open_(quantity=amount, percent=percent + 1)).total["EUR"].weighted >= less


@pytest.mark.parametrize(
    ("today", "start", "until"),
    [
        (date(2026, 3, 2), date(2026, 3, 1), date(2026, 6, 30)),
        (date(2026, 12, 31), date(2026, 12, 1), date(2027, 3, 31)),
        (date(2026, 1, 1), date(2026, 1, 1), date(2026, 6, 30)),
    ],
)
def test_the_period_is_this_month_to_the_end_of_the_next_quarter(
    today: date, start: date, until: date
) -> None:
    assert default_period(today) == (start, until)


@pytest.mark.parametrize(
    ("today", "lines"),
    [
        (
            date(2026, 3, 31),
            {
                "2026-03": (date(2026, 3, 1), date(2026, 3, 31)),
                "2026-Q1": (JANUARY, date(2026, 3, 31)),
                "2026-Q2": (date(2026, 4, 1), JUNE),
            },
        ),
        (
            date(2026, 4, 1),
            {
                "2026-04": (date(2026, 4, 1), date(2026, 4, 30)),
                "2026-Q2": (date(2026, 4, 1), JUNE),
                "2026-Q3": (date(2026, 7, 1), date(2026, 9, 30)),
            },
        ),
        (
            date(2026, 12, 31),
            {
                "2026-12": (date(2026, 12, 1), date(2026, 12, 31)),
                "2026-Q4": (date(2026, 10, 1), date(2026, 12, 31)),
                "2027-Q1": (date(2027, 1, 1), date(2027, 3, 31)),
            },
        ),
        (
            date(2028, 2, 29),
            {
                "2028-02": (date(2028, 2, 1), date(2028, 2, 29)),
                "2028-Q1": (date(2028, 1, 1), date(2028, 3, 31)),
                "2028-Q2": (date(2028, 4, 1), date(2028, 6, 30)),
            },
        ),
    ],
)
def test_a_founder_asks_about_this_month_this_quarter_and_the_next(today: date, lines: Lines) -> None:
    assert usual_lines(today) == lines
    assert list(usual_lines(today)) == list(lines)


@given(st.dates(date(1990, 1, 1), date(2100, 1, 1)))
def test_today_is_in_this_month_and_this_quarter_and_the_next_follows(today: date) -> None:
    month, quarter, following = usual_lines(today).values()
    assert month[0] <= today <= month[1]
    assert quarter[0] <= month[0] and month[1] <= quarter[1]
    assert following[0] == quarter[1] + DAY


@pytest.mark.parametrize(
    ("by", "start", "until", "expected"),
    [
        (
            "month",
            date(2026, 11, 15),
            date(2027, 1, 10),
            {
                "2026-11": (date(2026, 11, 15), date(2026, 11, 30)),
                "2026-12": (date(2026, 12, 1), date(2026, 12, 31)),
                "2027-01": (date(2027, 1, 1), date(2027, 1, 10)),
            },
        ),
        (
            "quarter",
            date(2026, 11, 15),
            date(2027, 1, 10),
            {
                "2026-Q4": (date(2026, 11, 15), date(2026, 12, 31)),
                "2027-Q1": (date(2027, 1, 1), date(2027, 1, 10)),
            },
        ),
        ("month", TODAY, TODAY, {"2026-03": (TODAY, TODAY)}),
        ("quarter", TODAY, TODAY, {"2026-Q1": (TODAY, TODAY)}),
        ("month", TODAY, TODAY - DAY, {}),
    ],
)
def test_periods_are_cut_at_both_ends(by: str, start: date, until: date, expected: Lines) -> None:
    assert periods(by, start, until) == expected


@given(st.sampled_from(["month", "quarter"]), st.dates(JANUARY, date(2040, 1, 1)), st.integers(0, 3660))
def test_periods_follow_on_each_other(by: str, start: date, length: int) -> None:
    until = start + timedelta(length)
    found = list(periods(by, start, until).values())
    assert (found[0][0], found[-1][1]) == (start, until)
    assert all(later[0] == earlier[1] + DAY for earlier, later in pairwise(found))


@pytest.mark.parametrize(("days", "months"), [(3660, 121), (3661, 0)])
def test_a_period_of_more_than_ten_years_has_no_lines(days: int, months: int) -> None:
    assert len(periods("month", JANUARY, JANUARY + timedelta(days))) == months
