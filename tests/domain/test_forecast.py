"""The forecast by rules, from cells of opportunities that are alike."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipecli.domain.forecast import (
    GROUPINGS,
    OPEN,
    UNDATED,
    WON,
    Cell,
    Forecast,
    Sums,
    default_period,
    forecast,
    quarter_of_month,
)

JANUARY, JUNE = date(2026, 1, 1), date(2026, 6, 30)


def cell(part: str = OPEN, month: str = "2026-03", **values: object) -> Cell:
    """One opportunity of 1,000 euros at 50 %, Lea's, in the stage alpha."""
    plain = {"owner": "lea", "stage": "alpha", "currency": "EUR", "percent": 50, "n": 1, "priced": 1}
    return Cell(part, "" if part == UNDATED else month, **(plain | {"amount": 100_000} | values))  # type: ignore[arg-type]


def told(*cells: Cell, by: str | None = None, start: date = JANUARY, until: date = JUNE) -> Forecast:
    return forecast(cells, as_of=date(2026, 3, 2), start=start, until=until, currency="EUR", by=by)


def test_open_amounts_are_weighted_and_won_ones_are_not() -> None:
    euros = told(cell(), cell(percent=25, amount=200_000), cell(WON, amount=70_000)).total["EUR"]

    assert (euros.open_count, euros.open_amount, euros.weighted) == (2, 300_000, 100_000)
    assert (euros.won_count, euros.won_amount) == (1, 70_000)


def test_a_lost_opportunity_is_in_no_part() -> None:
    assert {WON, OPEN, UNDATED} == {"won", "open", "undated"}
    assert told().total == {"EUR": Sums()}


def test_without_an_amount_it_is_unpriced_and_not_zero() -> None:
    euros = told(cell(n=3, priced=1), cell(UNDATED, n=2, priced=0, amount=0)).total["EUR"]

    assert (euros.open_count, euros.unpriced, euros.open_amount) == (3, 4, 100_000)


def test_currencies_stand_apart_and_the_pipelines_own_is_always_there() -> None:
    total = told(cell(currency="USD"), cell(WON, currency="JPY", amount=5)).total

    assert {code: (sums.open_amount, sums.won_amount) for code, sums in total.items()} == {
        "USD": (100_000, 0),
        "JPY": (0, 5),
        "EUR": (0, 0),
    }


def test_an_undated_one_is_counted_but_belongs_to_no_period() -> None:
    made = told(cell(UNDATED), cell(), by="month")
    euros = made.total["EUR"]

    assert (euros.undated_count, euros.undated_amount) == (1, 100_000)
    assert (euros.open_count, euros.weighted) == (1, 50_000)
    assert sum(g.sums["EUR"].undated_count for g in made.groups if g.sums) == 0


@pytest.mark.parametrize(
    ("amounts", "weighted"), [([1], 1), ([1, 1], 1), ([1, 1, 1], 2), ([3], 2), ([100], 50)]
)
def test_the_weighted_sum_is_rounded_once_and_half_up(amounts: list[int], weighted: int) -> None:
    assert told(*(cell(amount=a) for a in amounts)).total["EUR"].weighted == weighted


@pytest.mark.parametrize(
    ("by", "keys"),
    [
        (None, []),
        ("month", ["2026-01", "2026-02", "2026-03", "2026-04", "2026-05", "2026-06"]),
        ("quarter", ["2026-Q1", "2026-Q2"]),
        ("owner", ["lea", "max"]),
        ("stage", ["alpha", "beta"]),
    ],
)
def test_groups_are_in_order_and_an_empty_period_has_its_line(by: str | None, keys: list[str]) -> None:
    made = told(cell(), cell(month="2026-05", owner="max", stage="beta"), by=by)

    assert [group.key for group in made.groups] == keys


def test_a_very_long_period_has_lines_only_for_what_is_in_it() -> None:
    made = told(cell(), by="month", start=date(2000, 1, 1), until=date(2040, 1, 1))

    assert [group.key for group in made.groups] == ["2026-03"]


CELLS = st.lists(
    st.builds(
        Cell,
        part=st.sampled_from([WON, OPEN]),
        month=st.sampled_from(["2026-01", "2026-03", "2026-06"]),
        owner=st.sampled_from(["lea", "max"]),
        stage=st.sampled_from(["alpha", "beta"]),
        currency=st.sampled_from(["EUR", "USD"]),
        percent=st.integers(0, 100),
        n=st.integers(1, 9),
        priced=st.just(1),
        amount=st.integers(0, 10**9),
    )
)


@given(CELLS, st.sampled_from(sorted(GROUPINGS)))
def test_the_groups_add_up_to_the_total(cells: list[Cell], by: str) -> None:
    made = told(*cells, by=by)

    for currency, total in made.total.items():
        parts = [group.sums.get(currency, Sums()) for group in made.groups]
        added = Sums(*(sum(getattr(p, name) for p in parts) for name in Sums.__slots__))
        assert added == total


@given(CELLS)
def test_undated_ones_are_in_the_groups_of_owners_and_stages(cells: list[Cell]) -> None:
    cells = [c._replace(part=UNDATED, month="") for c in cells]

    for by in ("owner", "stage"):
        made = told(*cells, by=by)
        counted = sum(s.undated_count for g in made.groups for s in g.sums.values())
        assert counted == sum(c.n for c in cells)


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
    ("month", "quarter"), [("2026-01", "2026-Q1"), ("2026-03", "2026-Q1"), ("2026-12", "2026-Q4")]
)
def test_a_month_is_in_its_quarter(month: str, quarter: str) -> None:
    assert quarter_of_month(month) == quarter
