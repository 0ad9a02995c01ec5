"""What became of opportunities in the stages they were in."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipecli.domain.former import Way, way
from pipecli.domain.journeys import (
    BACK,
    LOST,
    ON,
    THERE,
    Journey,
    Passage,
    Stay,
    journey,
    passages,
    passed_over,
    stays,
)
from pipecli.domain.survival import MISSED, OPEN, REACHED, Case

TODAY = 100
STAGES = ("lead", "scope", "offer")
WAY = way(STAGES, [STAGES], {})
Visit = tuple[str, int, int | None, str | None]


def lived(path: str, road: Way = WAY, **facts: Any) -> Journey:
    """A journey from `lead@0 scope@5 won@9`: a stage or an outcome and the day it came; `lead@0` is open."""
    steps = [(name, int(day)) for name, day in (step.split("@") for step in path.split())]
    visits: list[Visit] = []
    for (name, day), (after, left) in zip(steps, [*steps[1:], ("", 0)], strict=True):
        if name not in ("won", "lost"):
            ended = {"won": "won", "lost": "lost"}.get(after, "advanced")
            visits.append((name, day, left, ended) if after else (name, day, None, None))
    return journey(stays(visits, road, TODAY), "lea", **facts)


@pytest.mark.parametrize(
    "path, ends",
    [
        ("lead@0", {"lead": THERE}),
        ("lead@0 lost@9", {"lead": LOST}),
        ("lead@0 won@9", {"lead": ON}),
        ("lead@0 scope@5 lost@9", {"lead": ON, "scope": LOST}),
        ("lead@0 offer@5", {"lead": ON, "offer": THERE}),
        ("lead@0 scope@5 lead@7", {"lead": THERE, "scope": BACK}),
        ("lead@0 scope@5 lead@7 lost@9", {"lead": LOST, "scope": BACK}),
        ("lead@0 scope@5 lead@7 scope@8", {"lead": ON, "scope": THERE}),
        ("lead@0 scope@5 lead@7 offer@8", {"lead": ON, "scope": ON, "offer": THERE}),
        ("lead@0 scope@5 lead@7 won@8", {"lead": ON, "scope": ON}),
        ("lead@0 lost@5 lead@7", {"lead": THERE}),  # reopened
        ("lead@0 won@5 lead@7 lost@9", {"lead": LOST}),
        ("lead@0 scope@2 lost@5 lead@7 won@9", {"lead": ON, "scope": ON}),
    ],
)
def test_what_the_last_stay_in_a_stage_led_to(path: str, ends: dict[str, str]) -> None:
    assert {stage: p.end for stage, p in passages(lived(path), WAY, TODAY).items()} == ends


@pytest.mark.parametrize(
    "path, stage, expected",
    [
        ("lead@10 scope@15 lost@19", "lead", Passage(ON, Case(5, REACHED))),
        ("lead@10 scope@15 lost@19", "scope", Passage(LOST, Case(4, MISSED))),
        ("lead@10 scope@15", "scope", Passage(THERE, Case(85, OPEN))),
        ("lead@10 scope@15 lead@20 scope@30", "lead", Passage(ON, Case(20, REACHED))),
        ("lead@10 scope@15 lead@20 lost@30", "scope", Passage(BACK, Case(15, MISSED))),
        ("lead@10 scope@15 lead@20", "scope", Passage(BACK, Case(85, OPEN))),
        ("lead@10 won@15", "lead", Passage(ON, Case(5, REACHED))),
    ],
)
def test_the_case_is_counted_from_the_first_day(path: str, stage: str, expected: Passage) -> None:
    assert passages(lived(path), WAY, TODAY)[stage] == expected


@pytest.mark.parametrize(
    "path, status, closed",
    [
        ("lead@0", "open", None),
        ("lead@0 won@4", "won", 4),
        ("lead@0 lost@4", "lost", 4),
        ("lead@0 lost@4 lead@6", "open", None),
        ("lead@0 lost@4 lead@6 won@8", "won", 8),
    ],
)
def test_only_the_last_outcome_counts(path: str, status: str, closed: int | None) -> None:
    found = lived(path)
    assert (found.status, found.opened, found.closed) == (status, 0, closed)


@pytest.mark.parametrize(
    "path, expected",
    [
        ("lead@0 scope@1 offer@2", []),
        ("lead@0 offer@2", ["scope"]),
        ("offer@0", ["lead", "scope"]),
        ("lead@0", []),
        ("lead@0 lost@1", []),
        ("lead@0 won@1", ["scope", "offer"]),
        ("lead@0 offer@2 lead@3", ["scope"]),
    ],
)
def test_stages_passed_over(path: str, expected: list[str]) -> None:
    assert passed_over(lived(path), WAY) == expected


def told(*visits: Visit, road: Way = WAY, today: int = TODAY) -> tuple[Stay, ...]:
    return stays(visits, road, today)


def test_what_came_later_is_cut_off() -> None:
    visits: tuple[Visit, ...] = (
        ("lead", 0, 5, "advanced"),
        ("scope", 5, 9, "lost"),
        ("lead", 12, None, None),
    )
    assert told(*visits, today=4) == (Stay("lead", 0),)
    assert told(*visits, today=8) == (Stay("lead", 0, 5, "advanced"), Stay("scope", 5))
    assert len(told(*visits, today=11)) == 2
    assert told(*visits, today=12)[-1] == Stay("lead", 12)


def test_visits_parted_by_a_renaming_are_one_stay() -> None:
    road = way(("need", "offer"), [("lead", "offer"), ("need", "offer")], {"lead": "need"})
    assert told(("lead", 0, 5, "moved"), ("need", 5, 9, "advanced"), ("offer", 9, None, None), road=road) == (
        Stay("need", 0, 9, "advanced"),
        Stay("offer", 9),
    )


def test_merged_stages_are_one_stay() -> None:
    road = way(("lead", "offer"), [("lead", "draft", "offer"), ("lead", "offer")], {"draft": "offer"})
    assert told(("draft", 0, 5, "advanced"), ("offer", 5, None, None), road=road) == (Stay("offer", 0),)


def test_what_a_definition_moved_nobody_advanced() -> None:
    """The stage went and came back since, so that it does not count under the one it was moved to."""
    found = told(("lead", 0, 3, "advanced"), ("scope", 3, 5, "moved"), ("offer", 5, None, None))
    assert found == (Stay("lead", 0, 3, "advanced"), Stay("offer", 3))


def test_reopened_stays_of_one_stage_stay_apart() -> None:
    assert [s.entered for s in told(("lead", 0, 3, "lost"), ("lead", 8, None, None))] == [0, 8]


def test_a_stage_no_definition_has_is_its_own() -> None:
    found = journey(told(("odd", 0, 3, "imported"), ("lead", 3, None, None)), "lea")
    assert {stage: p.end for stage, p in passages(found, WAY, TODAY).items()} == {"odd": ON, "lead": THERE}
    assert passed_over(found, WAY) == []


@pytest.mark.parametrize(
    "stay, case", [(Stay("lead", 3), Case(97, OPEN)), (Stay("lead", 3, 9, "lost"), Case(6, 0))]
)
def test_how_long_a_stay_lasts(stay: Stay, case: Case) -> None:
    assert stay.case(TODAY) == case


PATHS = st.lists(st.sampled_from(STAGES), min_size=1, max_size=6).flatmap(
    lambda stages: st.tuples(st.just(stages), st.sampled_from(["", "won", "lost"]))
)


@given(PATHS)
def test_every_loss_and_every_open_one_is_in_one_stage(path: tuple[list[str], str]) -> None:
    steps = [*path[0], *([path[1]] if path[1] else [])]
    found = passages(lived(" ".join(f"{name}@{day}" for day, name in enumerate(steps))), WAY, TODAY)
    ends = [p.end for p in found.values()]
    assert ends.count(LOST) == (path[1] == "lost")
    assert ends.count(THERE) == (path[1] == "")
    assert path[1] != "won" or set(ends) == {ON}
