"""The simulator held against its own truth: logs that follow the process, cuts that know nothing of later, files
that land whole.
"""

from __future__ import annotations

import itertools
import math
from collections.abc import Callable
from datetime import date, timedelta
from pathlib import Path
from statistics import mean, median
from typing import Literal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipecli.config import Settings
from pipecli.service import creating, forecast, stages
from pipecli.service.importing import Imported, Request, import_file
from pipecli.service.periods import Period
from pipecli.service.workspace import Workspace

from .cases import Case, amount_on, as_of, wins_between, write_csv
from .logs import LOAN_STAGES, REAL, loans, maven, real_data
from .simulator import (
    PLACES,
    STAGES,
    WORLDS,
    Exit,
    Process,
    World,
    definition_toml,
    lives,
    simulate,
    true_win_probability,
    true_win_rates,
)

FIXED = [name for name in WORLDS if name != "tiny"]
"""The scenarios whose logs are drawn freely: tiny ones are kept only where twelve have closed."""


def first_visits(cases: list[Case], stage: str, since: date = date.min) -> list[tuple[date, date, Case]]:
    """The first visit of a stage in each case that has one: entered, left. Visits of one case share its end."""
    found = []
    for case in cases:
        ends = [day for day, _stage in case.steps[1:]]
        assert case.closed
        whole = zip(case.steps, [*ends, case.closed], strict=True)
        visit = next(((on, left) for (on, place), left in whole if place == stage), None)
        if visit and visit[0] >= since:
            found.append((*visit, case))
    return found


def near(found: int, n: int, truth: float) -> bool:
    """Whether a share is within four standard errors of the truth, and of what drawing the truth leaves open."""
    return abs(found / n - truth) <= 4 * math.sqrt(truth * (1 - truth) / n) + 0.005


# The process is followed


@pytest.mark.parametrize("stage", STAGES)
@pytest.mark.parametrize("scenario", FIXED)
def test_as_many_are_won_as_the_process_says(scenario: str, stage: str) -> None:
    since, process = WORLDS[scenario].regimes[-1]
    visits = first_visits(lives(scenario, 7), stage, date.fromordinal(since))
    won = sum(case.outcome == "won" for _entered, _left, case in visits)
    assert len(visits) > 100
    assert near(won, len(visits), true_win_rates(process)[stage])


@pytest.mark.parametrize("age", [0, 12, 40])
@pytest.mark.parametrize("horizon", [14, 30, 90])
@pytest.mark.parametrize("stage", STAGES)
def test_the_chance_of_a_win_by_a_day_is_the_share_observed(stage: str, age: int, horizon: int) -> None:
    cases = [case for seed in range(4) for case in lives("stationary", seed)]
    there = [v for v in first_visits(cases, stage) if (v[1] - v[0]).days > age]
    by = timedelta(age + horizon)
    won = sum(c.outcome == "won" and c.closed is not None and c.closed <= on + by for on, _left, c in there)
    assert len(there) > 10
    assert near(won, len(there), true_win_probability("stationary", stage, age, horizon))


@pytest.mark.parametrize(
    ("stage", "age", "horizon", "chance"),
    [
        ("negotiation", 0, 9, 0),
        ("negotiation", 0, 10, 0.4),
        ("negotiation", 9, 1, 0.4),
        ("negotiation", 10, 1000, 0),
        ("proposal", 0, 14, 0),
        ("proposal", 0, 15, 0.2),
        ("proposal", 4, 11, 0.2),
        ("lead", 6, 500, 0.2),
    ],
)
def test_the_chance_of_a_win_can_be_told_by_hand(
    monkeypatch: pytest.MonkeyPatch, stage: str, age: int, horizon: int, chance: float
) -> None:
    by_hand = Process(
        lead=(Exit("discovery", 1, 7.5, 1e-6),),
        discovery=(Exit("proposal", 1, 3.5, 1e-6),),
        proposal=(Exit("negotiation", 0.5, 5.5, 1e-6), Exit("lost", 0.5, 5.5, 1e-6)),
        negotiation=(Exit("won", 0.4, 10.5, 1e-6), Exit("lost", 0.6, 20.5, 1e-6)),
    )
    monkeypatch.setitem(WORLDS, "by_hand", World(by_hand))
    true_win_probability.cache_clear()
    assert true_win_probability("by_hand", stage, age, horizon) == pytest.approx(chance, abs=0.01)


def test_an_age_beyond_every_visit_is_refused() -> None:
    with pytest.raises(ValueError, match="no visit is 2500 days old"):
        true_win_probability("stationary", "lead", 2500, 30)


@pytest.mark.parametrize("scenario", WORLDS)
def test_the_shares_of_a_stage_sum_to_one(scenario: str) -> None:
    for _start, process in WORLDS[scenario].regimes:
        assert [sum(e.share for e in exits) for exits in process] == pytest.approx([1.0] * len(STAGES))


@pytest.mark.parametrize("scenario", WORLDS)
def test_a_seed_draws_one_log_and_another_seed_another(scenario: str) -> None:
    assert simulate(scenario, 3) == simulate(scenario, 3)
    assert simulate(scenario, 3) != simulate(scenario, 4)


def test_amounts_shrink_on_the_way_as_the_process_says() -> None:
    cases = [case for seed in range(4) for case in lives("stationary", seed)]
    whole = [
        (first[1], last[1])
        for first, *between, last in (case.amounts for case in cases if case.outcome == "won")
        if first[1] is not None and len(between) == 2
    ]
    assert len(whole) > 300
    assert mean(last / first for first, last in whole if first and last) == pytest.approx(
        0.9 * 0.95 * 0.92, rel=0.03
    )
    unpriced = sum(case.amounts[0][1] is None for case in cases)
    assert near(unpriced, len(cases), 0.15)


# Each scenario is what its name says


def opened_in(cases: list[Case], year: int, months: range = range(1, 13)) -> int:
    return sum(case.opened.year == year and case.opened.month in months for case in cases)


def test_arrivals_stand_still_double_in_a_year_or_come_in_waves() -> None:
    still, growing, seasonal = (simulate(name, 1) for name in ("stationary", "growing", "seasonal"))
    assert opened_in(still, 2025) / opened_in(still, 2024) == pytest.approx(1, abs=0.2)
    assert opened_in(growing, 2025) / opened_in(growing, 2024) == pytest.approx(2, abs=0.35)
    assert {case.opened.year for case in seasonal} == {2023, 2024, 2025}
    for year in (2023, 2024, 2025):
        assert opened_in(seasonal, year, range(1, 7)) > 1.6 * opened_in(seasonal, year, range(7, 13))


def test_a_long_cycle_takes_nine_months() -> None:
    won = [c for seed in range(3) for c in lives("long_cycle", seed) if c.outcome == "won"]
    assert median((c.closed - c.opened).days for c in won if c.closed) == pytest.approx(274, abs=25)


@pytest.mark.parametrize("seed", range(5))
def test_the_whale_is_worth_twenty_times_the_rest(seed: int) -> None:
    until = WORLDS["whale"].until
    still = [case for case in simulate("whale", seed) if case.outcome is None]
    amounts = sorted(amount_on(case, until) or 0.0 for case in still)
    assert amounts[-1] == pytest.approx(20 * sum(amounts[:-1]), abs=10)


@pytest.mark.parametrize("seed", range(10))
def test_the_tiny_log_has_twelve_closed_opportunities(seed: int) -> None:
    assert sum(case.outcome is not None for case in simulate("tiny", seed)) == 12


def test_one_stage_is_never_lost_and_the_others_are() -> None:
    last = {case.steps[-1][1] for case in simulate("never_lost", 1) if case.outcome == "lost"}
    assert last == {"lead", "discovery", "proposal"}


def test_the_win_rate_drops_in_the_middle() -> None:
    world = WORLDS["shifting"]
    assert world.shift
    cases, middle = lives("shifting", 1), world.shift[0]
    before = [c.outcome == "won" for on, _left, c in first_visits(cases, "lead") if on.year < middle.year]
    after = [c.outcome == "won" for _on, _left, c in first_visits(cases, "lead", middle)]
    assert mean(before) > 1.5 * mean(after)


@pytest.mark.parametrize("scenario", WORLDS)
def test_a_log_is_in_order_and_ends_on_its_last_day(scenario: str) -> None:
    world, cases = WORLDS[scenario], simulate(scenario, 1)
    assert [case.opened for case in cases] == sorted(case.opened for case in cases)
    assert len({case.id for case in cases}) == len(cases)
    for case in cases:
        days = [day for day, _stage in case.steps]
        assert case.steps[0] == (case.opened, "lead") and case.amounts[0][0] == case.opened >= world.starts
        assert days == sorted(days) and all(a[1] != b[1] for a, b in itertools.pairwise(case.steps))
        assert (case.outcome is None) == (case.closed is None)
        assert days[-1] <= (case.closed or world.until) <= world.until
        assert {place for _day, place in case.steps} <= set(PLACES[: len(STAGES)])


# Cutting and counting

LOG = lives("stationary", 2)
DAYS = st.dates(date(2023, 12, 1), date(2026, 6, 30))


@given(DAYS)
def test_a_cut_knows_nothing_of_later_and_all_of_before(day: date) -> None:
    cut = as_of(LOG, day)
    assert [case.id for case in cut] == [case.id for case in LOG if case.opened <= day]
    whole = {case.id: case for case in LOG}
    for case in cut:
        full, steps, amounts = whole[case.id], len(case.steps), len(case.amounts)
        assert case.steps + full.steps[steps:] == full.steps
        assert case.amounts + full.amounts[amounts:] == full.amounts
        assert all(on <= day for on, _what in (*case.steps, *case.amounts))
        assert all(on > day for on, _what in (*full.steps[steps:], *full.amounts[amounts:]))
        ended = full.closed is not None and full.closed <= day
        assert (case.outcome, case.closed) == ((full.outcome, full.closed) if ended else (None, None))


@given(DAYS, DAYS, DAYS)
def test_cuts_nest_and_past_wins_do_not_depend_on_the_cut(a: date, b: date, start: date) -> None:
    earlier, later = sorted((a, b))
    assert as_of(as_of(LOG, later), earlier) == as_of(LOG, earlier)
    assert wins_between(as_of(LOG, later), start, earlier) == wins_between(LOG, start, earlier)


HAND = [
    Case("a", date(2025, 1, 6), ((date(2025, 1, 6), "lead"),), ((date(2025, 1, 6), 50.0), (date(2025, 3, 1), 80.0)),
         "won", date(2025, 3, 1), "lea", "web"),
    Case("b", date(2025, 1, 7), ((date(2025, 1, 7), "lead"),), ((date(2025, 1, 7), None),),
         "won", date(2025, 3, 9), "lea", "web"),
    Case("c", date(2025, 1, 8), ((date(2025, 1, 8), "lead"),), ((date(2025, 1, 8), 7.0),),
         "lost", date(2025, 3, 5), "lea", "web"),
]  # fmt: skip


@pytest.mark.parametrize(
    ("start", "until", "wins"),
    [
        (date(2025, 3, 1), date(2025, 3, 9), (2, 80.0)),
        (date(2025, 3, 2), date(2025, 3, 9), (1, 0.0)),
        (date(2025, 3, 1), date(2025, 3, 8), (1, 80.0)),
        (date(2025, 3, 2), date(2025, 3, 8), (0, 0)),
    ],
)
def test_wins_are_counted_with_both_days(start: date, until: date, wins: tuple[int, float]) -> None:
    assert wins_between(HAND, start, until) == wins


# Files that land whole


@pytest.fixture
def landed(
    frozen_clock: object, settings: Settings, tmp_path: Path
) -> Callable[[str, list[Case]], tuple[Workspace, Imported]]:
    """Writes cases as files and imports them into a new workspace with a scenario's definition."""

    def run(scenario: str, cases: list[Case]) -> tuple[Workspace, Imported]:
        creating.init(settings, definition_toml(scenario))
        workspace = Workspace(settings)
        opportunities, history = write_csv(cases, tmp_path)
        return workspace, import_file(workspace, str(opportunities), Request(history=str(history)))

    return run


def visits(workspace: Workspace) -> list[tuple[tuple[date, str], ...]]:
    """The stages that each opportunity entered, by number, as the store keeps them."""
    with workspace.read() as reading:
        rows = reading.driver.rows(
            "select opportunity, entered_day, stage from visit order by opportunity, n"
        )
    grouped = itertools.groupby(rows, key=lambda row: row[0])
    return [tuple((date.fromisoformat(day), stage) for _n, day, stage in group) for _key, group in grouped]


@pytest.mark.parametrize("scenario", WORLDS)
def test_a_definition_has_no_fault(scenario: str) -> None:
    assert stages.check(definition_toml(scenario)) == []


@pytest.mark.parametrize("scenario", WORLDS)
def test_a_log_lands_whole_and_is_kept_as_it_was(
    landed: Callable[[str, list[Case]], tuple[Workspace, Imported]], scenario: str
) -> None:
    cases = simulate(scenario, 1)
    workspace, found = landed(scenario, cases)
    assert (found.landed, found.rejected, found.differences, found.strangers) == (len(cases), [], [], [])
    assert visits(workspace) == [case.steps for case in cases]
    for day in (date(2025, 6, 30), WORLDS[scenario].until):
        period = Period(date(2025, 1, 1), day)
        past = forecast.as_json(forecast.forecast(workspace, period, when=forecast.When(as_of=day)))
        count, amount = wins_between(cases, date(2025, 1, 1), day)
        assert past["won"] == {"count": count, "amount": amount}
        still = [case for case in as_of(cases, day) if case.outcome is None]
        worth = [amount_on(case, day) for case in still]
        assert past["undated"] == {"count": len(still), "amount": sum(w or 0 for w in worth)}
        assert past["unpriced"] == {"count": worth.count(None)}


def test_amounts_on_days_without_a_move_land_too(
    landed: Callable[[str, list[Case]], tuple[Workspace, Imported]],
) -> None:
    days = [date(2025, 5, 5) + timedelta(n) for n in range(6)]
    back = ((days[0], "lead"), (days[0], "proposal"), (days[0], "lead"), (days[4], "negotiation"))
    case = Case("a", days[0], back, ((days[0], 10.0), (days[2], 30.0)), "lost", days[4], "lea", "web")
    workspace, found = landed("stationary", [case])
    assert (found.landed, found.differences) == (1, [])
    assert visits(workspace) == [case.steps]
    with workspace.read() as reading:
        spans = reading.driver.rows("select from_day, status, amount from span order by n")
    assert {(day, amount) for day, status, amount in spans if status == "open"} >= {("2025-05-07", 3000)}
    assert spans[-1] == ("2025-05-09", "lost", 3000)


# Real logs

LOANS = {"h1": (1878, 576, 1302), "q4": (811, 140, 671)}


@real_data
@pytest.mark.parametrize("half", LOANS)
def test_the_loans_are_read_as_an_import_reads_them(
    frozen_clock: object, settings: Settings, tmp_path: Path, half: Literal["h1", "q4"]
) -> None:
    cases = loans(half)
    outcomes = [case.outcome for case in cases]
    assert (len(cases), outcomes.count("won"), outcomes.count("lost")) == LOANS[half]
    creating.init(settings, definition_toml("stationary"))
    workspace, folder = Workspace(settings), REAL / "loans2017"
    asked = Request(
        maps=("name=id",),
        stages=tuple(f"{label}={stage}" for label, stage in LOAN_STAGES.items()),
        history=str(folder / f"history_{half}.csv"),
        rejected=str(tmp_path / "rejected.csv"),
    )
    found = import_file(workspace, str(folder / f"opportunities_{half}.csv"), asked)
    assert (found.landed, found.rejected) == (len(cases), [])
    assert visits(workspace) == [case.steps for case in cases]
    until = max(case.closed for case in cases if case.closed)
    past = forecast.as_json(
        forecast.forecast(workspace, Period(date(2016, 1, 1), until), when=forecast.When(as_of=until))
    )
    count, amount = wins_between(cases, date(2016, 1, 1), until)
    assert past["won"] == {"count": count, "amount": amount}


@real_data
def test_the_loans_can_be_cut_and_land(
    landed: Callable[[str, list[Case]], tuple[Workspace, Imported]],
) -> None:
    cases = as_of(loans("q4"), date(2016, 11, 15))
    workspace, found = landed("stationary", cases)
    assert (found.landed, found.rejected, found.differences) == (len(cases), [], [])
    assert visits(workspace) == [case.steps for case in cases]
    assert {case.outcome for case in cases} == {"won", "lost", None}


@real_data
def test_maven_has_dates_and_no_stages() -> None:
    cases = maven()
    outcomes = [case.outcome for case in cases]
    assert {o: outcomes.count(o) for o in outcomes} == {"won": 4238, "lost": 2473, None: 1589}
    count, amount = wins_between(cases, date(2017, 1, 1), date(2017, 12, 31))
    assert (count, amount) == (4238, 10_005_534.0)
    assert as_of(cases, date(2017, 2, 28)) and wins_between(cases, date(2016, 1, 1), date(2017, 2, 28)) == (
        0,
        0,
    )
