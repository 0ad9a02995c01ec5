"""The funnel, the pace of stages and the losses, from journeys."""

from collections import Counter

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipecli.domain.former import way
from pipecli.domain.journeys import Journey
from pipecli.domain.statistics import (
    EVERYBODY,
    PIPELINE,
    Level,
    Loss,
    cycle,
    funnel,
    level_above,
    losses,
    pace,
    win_rate,
    wins_by_stage,
)
from pipecli.domain.survival import MISSED, OPEN, Case, Dwell, Quantile, Rate, plain_rate

from .test_journeys import STAGES, TODAY, WAY, lived

FEW, ENOUGH, MORE = Rate(7, 3), plain_rate(6, 12), plain_rate(20, 40)


def told(*paths: str) -> list[Journey]:
    return [lived(path) for path in paths]


@pytest.mark.parametrize(
    "found, levels, expected",
    [
        (ENOUGH, [(PIPELINE, MORE)], None),
        (FEW, [(EVERYBODY, ENOUGH), (PIPELINE, MORE)], Level(EVERYBODY, ENOUGH)),
        (FEW, [(EVERYBODY, FEW), (PIPELINE, MORE)], Level(PIPELINE, MORE)),
        (FEW, [(EVERYBODY, FEW), (PIPELINE, FEW)], None),
        (FEW, [], None),
    ],
)
def test_few_cases_are_pooled_upward(
    found: Rate, levels: list[tuple[str, Rate]], expected: Level | None
) -> None:
    assert level_above(found, *levels) == expected


def test_a_funnel_counts_each_opportunity_once_in_a_stage() -> None:
    found = funnel(
        told(
            "lead@0 scope@5 lead@6 scope@8 offer@9 won@12",
            "lead@0 scope@5 lost@6",
            "lead@0 offer@7",
            "lead@0 scope@5 lead@7",
            "lead@0 lost@1 lead@3 lost@9",
        ),
        WAY,
        TODAY,
    )
    assert {stage: flow[1:7] for stage, flow in found.flows.items()} == {
        "lead": (5, 3, 1, 0, 1, 0),
        "scope": (3, 1, 1, 1, 0, 1),
        "offer": (2, 1, 0, 0, 1, 0),
    }
    assert found.n == 5
    assert (found.flows["lead"].to_next, found.flows["scope"].to_win) == (Rate(4, 3), Rate(2, 1))
    assert (found.to_next, found.to_win) == (Rate(7, 5), Rate(3, 1))


def test_a_loss_is_no_advance_and_an_open_one_no_failure() -> None:
    found = funnel(
        told(*["lead@0 scope@5 lost@9"] * 8, *["lead@0 lost@5"] * 4, *["lead@96"] * 30), WAY, TODAY
    ).flows
    assert found["lead"].to_next[:2] == (12, 8)
    assert found["lead"].to_next.rate == pytest.approx(8 / 12)
    assert found["lead"].to_win[:2] == (12, 0)
    assert found["lead"].to_win.rate == 0.0


def test_losses_after_moving_back_count_against_the_stage() -> None:
    found = funnel(told(*["lead@0 scope@5 lead@7 lost@9"] * 12), WAY, TODAY).flows
    assert (found["scope"].back, found["scope"].lost, found["scope"].to_next[:3]) == (12, 0, (12, 0, 0.0))


def test_present_stages_are_listed_even_empty_and_former_ones_if_anything_was_there() -> None:
    road = way(STAGES, [("lead", "draft", "check", "scope", "offer")], {})
    assert list(funnel([lived("lead@0 draft@3 lost@9", road)], road, TODAY).flows) == [*STAGES, "draft"]
    assert list(funnel([], road, TODAY).flows) == list(STAGES)


def test_wins_are_counted_from_the_first_day_in_the_stage() -> None:
    assert wins_by_stage(told("lead@0 scope@5 lead@6 lost@9", "scope@90"), TODAY) == {
        "lead": Counter({Case(9, MISSED): 1}),
        "scope": Counter({Case(4, MISSED): 1, Case(10, OPEN): 1}),
    }


def test_the_win_rate_of_all() -> None:
    assert win_rate(told("lead@0 won@5", "lead@0 lost@5", "lead@0"), TODAY) == Rate(2, 1)


@given(
    st.lists(
        st.sampled_from(["lead@0 scope@9 won@20", "lead@0 lost@9", "lead@0 scope@9", "lead@70"]), max_size=40
    )
)
def test_a_funnel_adds_up(paths: list[str]) -> None:
    for flow in funnel(told(*paths), WAY, TODAY).flows.values():
        assert flow.entered == flow.went_on + flow.lost + flow.back + flow.there
        assert flow.to_next.k <= flow.to_next.n <= flow.entered


def test_every_stay_has_its_own_length() -> None:
    found = pace(told("lead@0 scope@5 lead@7 lost@20", "lead@60"), WAY, TODAY)
    assert found["lead"].dwell == Dwell(3, 2, shortest=5, longest=13)
    assert (found["lead"].there, found["lead"].slow) == (1, None)
    assert (found["scope"].dwell, found["offer"].dwell) == (Dwell(1, 1, shortest=2, longest=2), Dwell(0, 0))


def test_stays_that_began_in_the_period() -> None:
    found = pace(told("lead@0 scope@5 lost@20", "lead@6 lost@8"), WAY, TODAY, (5, 6))
    assert (found["lead"].dwell.n, found["scope"].dwell.n) == (1, 1)


def test_those_that_are_there_longer_than_nine_in_ten() -> None:
    ended = [f"lead@{n} scope@{2 * n} lost@99" for n in range(1, 41)]
    found = pace(told(*ended, "lead@0", "lead@99"), WAY, TODAY)["lead"]
    assert (found.dwell.p90.days, found.there, found.slow) == (37, 2, 1)


def test_former_stages_have_a_pace_if_anything_was_there() -> None:
    road = way(STAGES, [("lead", "draft", "scope", "offer")], {})
    assert list(pace([lived("draft@3 lost@9", road)], road, TODAY)) == [*STAGES, "draft"]
    assert list(pace([], road, TODAY)) == list(STAGES)


def test_whole_cycles() -> None:
    journeys = told(*[f"lead@0 won@{day}" for day in range(1, 11)], "lead@0 lost@50", "lead@0")
    assert cycle(journeys, "won") == Dwell(10, 10, Quantile(days=5), Quantile(days=9), 1, 10)
    assert cycle(journeys, "lost") == Dwell(1, 1, shortest=50, longest=50)


def test_losses_by_reason_and_stage() -> None:
    journeys = [
        lived("lead@0 lost@5", reason="price", worth=1000),
        lived("lead@0 lost@5", reason="price", worth=None),
        lived("lead@0 scope@2 lost@5", reason="price", worth=9000),
        lived("lead@0 scope@2 lost@5", reason=None, worth=500),
        lived("lead@0 won@5", worth=7),
        lived("lead@0"),
    ]
    assert losses(journeys, by_stage=True) == [
        Loss("price", "lead", 2, 1000, 1, Rate(4, 2)),
        Loss("price", "scope", 1, 9000, 0, Rate(4, 1)),
        Loss(None, "scope", 1, 500, 0, Rate(4, 1)),
    ]
    assert losses(journeys, by_stage=False) == [
        Loss("price", None, 3, 10_000, 1, Rate(4, 3)),
        Loss(None, None, 1, 500, 0, Rate(4, 1)),
    ]


def test_ten_losses_have_shares() -> None:
    journeys = [lived("lead@0 lost@5", reason="price" if n < 3 else "timing") for n in range(10)]
    assert [(loss.reason, loss.share.rate) for loss in losses(journeys, by_stage=True)] == [
        ("timing", 0.7),
        ("price", 0.3),
    ]
