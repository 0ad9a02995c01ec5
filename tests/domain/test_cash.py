"""Money to come by month: won and not due yet, open and weighted, and all that belongs to no month."""

from datetime import date, timedelta

from hypothesis import given
from hypothesis import strategies as st

from pipecli.domain.cash import Cash, Due, cash
from pipecli.domain.forecast import Entry
from pipecli.domain.pipeline import PAID_AT_THE_WIN, Payment

TODAY = date(2026, 11, 23)
START, UNTIL = date(2026, 11, 1), date(2027, 1, 31)
TERMS = (Payment(30, 0), Payment(70, 60))


def told(*sold: Entry, terms: tuple[Payment, ...] = TERMS, start: date = START, until: date = UNTIL) -> Cash:
    return cash(sold, terms, as_of=TODAY, start=start, until=until, currency="EUR")


def won(day: date, amount: int | None, currency: str = "EUR") -> Entry:
    return Entry(1, True, day, 100, currency, amount)


def open_(day: date | None, amount: int | None, percent: int = 50, currency: str = "EUR") -> Entry:
    return Entry(1, False, day, percent, currency, amount)


def by_month(found: Cash) -> dict[str, tuple[int, int, int]]:
    return {
        month: (due.won, due.weighted, due.total) for month, due in found.by_month.items() if due != Due()
    }


def test_every_month_of_the_period_has_its_line() -> None:
    assert list(told().by_month) == ["2026-11", "2026-12", "2027-01"]


def test_won_but_unpaid_comes_in_when_it_is_due_and_what_was_due_counts_as_paid() -> None:
    found = told(won(date(2026, 11, 20), 100_00), won(date(2026, 10, 1), 50_00), won(date(2026, 1, 1), 9_00))
    assert by_month(found) == {"2026-11": (35_00, 0, 35_00), "2027-01": (70_00, 0, 70_00)}
    figures = found.totals["EUR"]
    assert (figures.due.won, figures.paid, figures.count) == (105_00, 30_00, 2)


def test_what_is_due_today_is_still_to_come() -> None:
    assert by_month(told(won(TODAY, 10_00), terms=PAID_AT_THE_WIN)) == {"2026-11": (10_00, 0, 10_00)}
    yesterday = told(won(TODAY - timedelta(1), 10_00), terms=PAID_AT_THE_WIN)
    assert (by_month(yesterday), yesterday.totals["EUR"].paid) == ({}, 10_00)


def test_open_ones_pay_after_their_close_date_by_their_probability() -> None:
    found = told(open_(date(2026, 12, 1), 100_00, 25))
    assert by_month(found) == {"2026-12": (0, 7_50, 7_50), "2027-01": (0, 17_50, 17_50)}


def test_weighted_money_is_rounded_once_not_at_each_payment() -> None:
    found = told(*[open_(date(2026, 12, 1), 1, 50)] * 3, terms=PAID_AT_THE_WIN)
    assert found.totals["EUR"].due.weighted == 2  # 1.5


def test_what_falls_after_the_period_is_later() -> None:
    later = told(won(date(2026, 12, 31), 10_00), open_(date(2027, 2, 1), 10_00)).totals["EUR"].later
    assert (later.won, later.weighted, later.total) == (7_00, 5_00, 12_00)


def test_what_is_due_before_a_period_to_come_is_in_no_figure() -> None:
    found = told(won(TODAY, 10_00), terms=PAID_AT_THE_WIN, start=date(2026, 12, 1)).totals["EUR"]
    assert (found.due, found.paid, found.later, found.count) == (Due(), 0, Due(), 0)


def test_without_an_amount_it_is_counted_not_priced() -> None:
    found = told(won(TODAY, None), open_(TODAY, None), open_(date(2028, 1, 1), None)).totals["EUR"]
    assert (found.unpriced, found.due, found.count) == (2, Due(), 2)


def test_without_a_close_date_to_come_it_is_in_no_month() -> None:
    found = told(open_(None, 5_00), open_(TODAY - timedelta(1), 7_00), open_(None, None)).totals["EUR"]
    assert (found.undated_count, found.undated_amount, found.due) == (3, 12_00, Due())


def test_another_currency_stands_apart() -> None:
    found = told(won(TODAY, 10_00, "USD"), open_(TODAY, 10_00, 50, "USD"))
    assert by_month(found) == {}
    dollars = found.totals["USD"]
    assert (dollars.count, dollars.due.won, dollars.due.weighted) == (2, 10_00, 5_00)
    assert found.totals["EUR"].count == 0


DAYS = st.dates(date(2026, 6, 1), date(2027, 6, 1))
SOLD = st.builds(
    Entry,
    st.just(1),
    st.just(True),
    st.dates(date(2026, 6, 1), TODAY),
    st.just(100),
    st.just("EUR"),
    st.integers(0, 10**9),
) | st.builds(
    Entry, st.just(1), st.just(False), DAYS, st.integers(0, 100), st.just("EUR"), st.integers(0, 10**9)
)


@given(st.lists(SOLD, max_size=8), st.integers(1, 99), st.integers(0, 200))
def test_every_cent_is_paid_due_later_or_undated(sold: list[Entry], share: int, after: int) -> None:
    terms = (Payment(share, 0), Payment(100 - share, after))
    found = told(*sold, terms=terms, start=date(2026, 6, 1))
    figures = found.totals["EUR"]
    assert sum(s.quantity or 0 for s in sold if s.won) == figures.paid + figures.due.won + figures.later.won
    dated = [s for s in sold if not s.won and not s.is_undated(TODAY)]
    cents = figures.due.weighted_cents + figures.later.weighted_cents
    assert sum(int(s.quantity or 0) * s.percent for s in dated) == cents
    assert sum(due.won for due in found.by_month.values()) == figures.due.won
    assert sum(due.weighted_cents for due in found.by_month.values()) == figures.due.weighted_cents


@given(st.lists(SOLD, max_size=5), DAYS, st.integers(1, 10**6), st.integers(0, 99))
def test_more_probability_never_brings_less(sold: list[Entry], day: date, amount: int, percent: int) -> None:
    less = told(*sold, open_(day, amount, percent)).totals["EUR"].due.total
    assert told(*sold, open_(day, amount, percent + 1)).totals["EUR"].due.total >= less
