"""What needs doing first: the section of the agenda for every day a next action can be due, and the order."""

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipecli.domain.agenda import (
    DAYS_AHEAD,
    LATER,
    OVERDUE,
    PRESSING,
    QUIET,
    SECTIONS,
    SOON,
    TODAY,
    UNPLANNED,
    Urgency,
    section_of,
    urgency,
)

NOW = date(2026, 3, 2)
DAY = timedelta(1)
DUE = st.none() | st.integers(-400, 400).map(lambda days: NOW + days * DAY)
STAKES = st.integers(0, 10**12) | st.floats(0, 1e12)


@pytest.mark.parametrize(
    ("due", "lively", "quiet"),
    [
        (-400, OVERDUE, OVERDUE),
        (-1, OVERDUE, OVERDUE),
        (0, TODAY, TODAY),
        (1, SOON, QUIET),
        (7, SOON, QUIET),
        (8, LATER, QUIET),
        (400, LATER, QUIET),
        (None, UNPLANNED, UNPLANNED),
    ],
)
def test_the_day_it_is_due_and_whether_it_is_stale_make_the_section(
    due: int | None, lively: str, quiet: str
) -> None:
    day = None if due is None else NOW + due * DAY

    assert section_of(day, NOW, stale=False) == lively
    assert section_of(day, NOW, stale=True) == quiet


def test_the_sections_are_named_worst_first_and_those_that_press_lead() -> None:
    assert SECTIONS == ("overdue", "today", "unplanned", "stale", "soon", "later")
    assert PRESSING == ("overdue", "today", "unplanned", "stale")
    assert DAYS_AHEAD == 7


@pytest.mark.parametrize(
    ("section", "due", "stake", "key"),
    [
        (OVERDUE, date(2026, 3, 1), 500, (0, -500, 739676)),
        (OVERDUE, date(2026, 3, 1), 0, (0, 0, 739676)),
        (TODAY, date(2026, 3, 2), 500, (1, -500, 739677)),
        (UNPLANNED, None, 500, (2, -500, 0)),
        (QUIET, date(2026, 3, 3), 500, (3, -500, 739678)),
        (SOON, date(2026, 3, 3), 500, (4, 739678, -500)),
        (LATER, date(2026, 3, 10), 0.5, (5, 739685, -0.5)),
    ],
)
def test_what_presses_is_ordered_by_what_is_at_stake_and_what_is_to_come_by_its_day(
    section: str, due: date | None, stake: float, key: Urgency
) -> None:
    assert urgency(section, due, stake) == key


@given(DUE, DUE)
def test_the_later_it_is_due_the_less_it_presses(one: date | None, other: date | None) -> None:
    if one is not None and other is not None:
        early, late = sorted((one, other))
        places = [SECTIONS.index(section_of(day, NOW, stale=False)) for day in (early, late)]
        assert places == sorted(places)


@given(DUE, st.booleans(), st.integers(-400, 400))
def test_only_the_distance_to_today_counts(due: date | None, stale: bool, days: int) -> None:
    moved = None if due is None else due + days * DAY

    assert section_of(moved, NOW + days * DAY, stale=stale) == section_of(due, NOW, stale=stale)


@given(st.lists(st.tuples(DUE, st.booleans(), STAKES), max_size=30))
def test_sorted_by_urgency_the_sections_follow_each_other_each_in_its_own_order(
    cards: list[tuple[date | None, bool, float]],
) -> None:
    keyed = [(section_of(due, NOW, stale=stale), due, stake) for due, stale, stake in cards]
    ordered = sorted(keyed, key=lambda card: urgency(*card))

    places = [SECTIONS.index(section) for section, _due, _stake in ordered]
    assert places == sorted(places)
    for section in SECTIONS:
        own = [(due, stake) for found, due, stake in ordered if found == section]
        if section in PRESSING:
            assert [stake for _due, stake in own] == sorted((stake for _due, stake in own), reverse=True)
        else:
            assert [due for due, _stake in own if due] == sorted(due for due, _stake in own if due)
