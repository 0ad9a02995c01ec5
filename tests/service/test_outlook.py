"""The history forecast as a use case: what it knows, what it must not know, and that odd pipelines get an answer."""

import json
import math
import re
from collections.abc import Callable
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from past_lives import DAY, TODAY, closed, steady

from pipecli.config import Settings
from pipecli.service import gates, opportunities, rates, stages, undoing
from pipecli.service.answers import Answers
from pipecli.service.forecast import When, as_json, forecast, track_json
from pipecli.service.periods import Period
from pipecli.service.workspace import Workspace

At = Callable[[date], None]
ASKED = Period(date(2026, 3, 1), date(2026, 6, 30))
NEXT = Answers(next="call", due="+5d")
PARTS = ("existing", "new_business", "total")


def told(workspace: Workspace, period: Period = ASKED, **asked: Any) -> dict[str, Any]:
    return as_json(forecast(workspace, period, **asked))


def history(workspace: Workspace, period: Period = ASKED, **asked: Any) -> dict[str, Any]:
    found: dict[str, Any] = told(workspace, period, **asked)["history"]
    return found


def sensible(found: dict[str, Any]) -> None:
    """Every range is finite and its quantiles are in order; the means of the parts add up."""
    for line in (found, *found.get("groups", ())):
        parts = [line["history"][name] for name in PARTS]
        for part in parts:
            assert all(math.isfinite(value) for value in part.values())
            assert 0 <= part["p10"] <= part["p50"] <= part["p90"]
            assert part["mean"] >= 0
        existing, new_business, total = (part["mean"] for part in parts)
        assert total == pytest.approx(existing + new_business, abs=0.02)
    assert found["history"]["why"]


# What it says


def test_it_tells_what_exists_from_what_is_not_opened_yet(story: Workspace) -> None:
    found = told(story)
    sensible(found)
    assert found["history"]["n_closed"] == closed(steady())
    for part in PARTS:
        assert found["history"][part]["p10"] < found["history"][part]["p90"]
        assert found["history"][part]["mean"] > 0


def test_it_learns_that_a_third_is_won(story: Workspace) -> None:
    """Of seven open ones some two, of those opened every six days till May some four: six by the end of June."""
    found = history(story, measure="count")
    assert 1 <= found["existing"]["mean"] <= 4
    assert 2 <= found["new_business"]["mean"] <= 7
    assert found["total"]["p10"] <= 6 <= found["total"]["p90"]


def test_wins_of_the_period_so_far_are_not_in_it_again(story: Workspace) -> None:
    whole, rest = (Period(start, ASKED.until) for start in (date(2026, 1, 1), TODAY + DAY))
    assert told(story, whole)["won"]["count"] > told(story, rest)["won"]["count"] == 0
    assert history(story, whole) == history(story, rest)


def test_a_longer_period_holds_more(story: Workspace) -> None:
    found = [
        history(story, Period(TODAY, TODAY + timedelta(days)), measure="count") for days in (40, 80, 160, 320)
    ]
    for part in ("mean", "p10", "p50", "p90"):
        values = [one["total"][part] for one in found]
        assert values == sorted(values)


def test_the_track_is_of_past_mondays_that_are_over(story: Workspace) -> None:
    report = forecast(story, ASKED)
    track, horizon = track_json(report), report.history.horizon
    days = [date.fromisoformat(one["day"]) for one in track]
    assert {day.weekday() for day in days} == {0}
    assert max(days) + timedelta(horizon) <= TODAY
    assert len(days) <= 26
    # 16 of the 20 won are worth 4, 7, 5, 8, 6 thousand in turn.
    over = [one["came"] for one in track]
    assert set(over) <= {sum(parts) for parts in _runs([4000, 7000, 5000, 8000, 6000])}


def _runs(turn: list[int]) -> list[list[int]]:
    """Up to three of these in a row, from any place on."""
    return [[turn[(start + k) % 5] for k in range(n)] for start in range(5) for n in range(4)]


def test_the_same_question_twice_has_the_same_answer(story: Workspace) -> None:
    first, second = (json.dumps(told(story, by="month")) for _n in range(2))
    assert first == second


# What it must not know


def adjustable(workspace: Workspace) -> Workspace:
    """Its stages let everybody set a probability by hand."""
    toml = stages.current_toml(workspace)[1]
    free = re.sub(r"(?m)^probability = (\d+)", r"probability = { default = \1, min = 1, max = 99 }", toml)
    stages.adopt(workspace, free, {})
    return workspace


TO_PROPOSAL = Answers(
    proofs=("need=told", "problem=told", "decision-maker=told", "offer=sent"),
    sets=("contact=Ana", "decision_maker=Ana", "quote_valid_until=2026-12-31"),
    said=(("meeting", "met", ""),),
    amount="9k",
)


def lived(workspace: Workspace, at: At, first: int, last: int) -> None:
    """What people did from one day of March to another."""
    close = Answers(sets=("close_date=2026-04-20",))
    steps: tuple[tuple[int, Callable[[], object]], ...] = (
        (3, lambda: opportunities.add(workspace, "New", NEXT._replace(amount="30k"))),
        (5, lambda: gates.lose(workspace, "54", "price", "")),
        (9, lambda: opportunities.edit(workspace, "55", Answers(amount="19k"))),
        (10, lambda: gates.advance(workspace, "60", TO_PROPOSAL, to="proposal")),
        (11, lambda: opportunities.edit(workspace, "56", NEXT, probability=12, reason="felt")),
        (12, lambda: rates.set_rate(workspace, "USD", "0.5")),
        (12, lambda: opportunities.add(workspace, "Dollars", NEXT._replace(amount="USD 8k"))),
        (13, lambda: opportunities.edit(workspace, "57", close)),
        (16, lambda: gates.lose(workspace, "58", "price", "")),
        (17, lambda: undoing.undo(workspace)),
        (18, lambda: gates.back(workspace, "60", "they think again", NEXT)),
        (19, lambda: stages.adopt(workspace, _surer(workspace), {})),
        (20, lambda: gates.lose(workspace, "59", "timing", "")),
        (23, lambda: gates.reopen(workspace, "59", "they called", NEXT)),
        (24, lambda: opportunities.add(workspace, "Late", NEXT._replace(amount="70k", on="2026-03-22"))),
        (25, lambda: opportunities.edit(workspace, "56", Answers(amount="1k", on="2026-03-22"))),
    )
    for day, act in steps:
        if first <= day <= last:
            at(march(day))
            act()
    at(march(last))


def _surer(workspace: Workspace) -> str:
    return stages.current_toml(workspace)[1].replace("default = 10", "default = 20", 1)


def march(day: int) -> date:
    return date(2026, 3, day)


@pytest.fixture
def cut(story: Workspace, settings: Settings, tmp_path: Path) -> Workspace:
    """A second `story`, in a file of its own."""
    adjustable(story)
    copy = tmp_path / "cut.db"
    copy.write_bytes((tmp_path / "pipe.db").read_bytes())
    copy.chmod(0o600)
    return Workspace(Settings(environ={**settings.environ, "PIPE_DB": str(copy)}))


@pytest.mark.parametrize("day", [2, 3, 5, 9, 10, 11, 12, 13, 17, 18, 19, 20, 21, 25])
def test_as_of_a_day_is_as_if_nothing_had_come_later(
    story: Workspace, cut: Workspace, at: At, day: int
) -> None:
    lived(story, at, 1, 31)
    lived(cut, at, 1, day)
    for measure in ("amount", "count"):
        at(march(31))
        later = told(story, when=When(as_of=march(day)), measure=measure, by="month")
        at(march(day))
        assert told(cut, measure=measure, by="month") == later


def test_as_of_knows_what_was_dated_back_and_nothing_that_was_undone(
    story: Workspace, cut: Workspace, at: At
) -> None:
    lived(story, at, 1, 31)
    lived(cut, at, 1, 16)
    lost = told(cut)
    at(march(31))
    assert told(story, when=When(as_of=march(16)))["history"] != lost["history"]
    open_ones = [told(story, measure="count", when=When(as_of=march(day)))["undated"] for day in (21, 22)]
    assert [one["count"] for one in open_ones] == [6, 7]


def test_as_known_on_a_day_is_what_was_said_on_it(story: Workspace, at: At) -> None:
    adjustable(story)
    said, before = {}, 1
    for day in (2, 5, 13, 16, 17, 19, 22, 24, 31):
        lived(story, at, before, day)
        said[day], before = told(story, by="month"), day + 1
    for day, then in said.items():
        assert told(story, by="month", when=When(as_known=march(day))) == then


def test_lost_it_contributes_nothing(story: Workspace) -> None:
    def of_its_own(ref: int) -> Any:
        report = forecast(story, ASKED)
        return report.history.split(TODAY, date(2026, 6, 30), [ref]).existing, report.history.chances(TODAY)

    before, chances = of_its_own(60)
    assert before.mean > 0 and 60 in chances
    gates.lose(story, "60", "price", "")
    after, chances = of_its_own(60)
    assert (tuple(after), 60 in chances) == ((0, 0, 0, 0), False)


@settings(max_examples=12, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    st.sampled_from(["54", "57", "60"]),
    st.lists(st.integers(1, 99), min_size=2, max_size=4, unique=True).map(sorted),
)
def test_more_probability_never_lowers_it(story: Workspace, ref: str, percents: list[int]) -> None:
    if "max = 99" not in stages.current_toml(story)[1]:
        adjustable(story)
    found = []
    for percent in percents:
        opportunities.edit(story, ref, NEXT, probability=percent, reason="felt")
        found.append(history(story)["existing"])
    for part in ("mean", "p10", "p50", "p90"):
        values = [one[part] for one in found]
        assert values == sorted(values)
    assert found[0]["mean"] < found[-1]["mean"]
