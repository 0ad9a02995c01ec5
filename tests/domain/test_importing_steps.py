"""The order of imported steps, ends that follow ends, pasts told by columns, and identifiers in two spellings."""

from __future__ import annotations

from datetime import date, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipecli.domain.importing_ids import long_form
from pipecli.domain.importing_steps import Step, Timed, in_order, told_once, with_new_beginnings

ON = date(2026, 1, 5)


def step(place: str, day: int) -> Step:
    return Step(place, date(2026, 1, day), None)


def timed(*steps: tuple[str, int, int]) -> list[Timed]:
    return [(datetime(2026, 1, day, hour), step(place, day)) for place, day, hour in steps]


def places(steps: tuple[Step, ...]) -> list[str]:
    return [one.place for one in steps]


def test_steps_of_one_instant_stand_in_the_order_of_the_stages_and_ends_come_last() -> None:
    found = in_order(
        timed(("won", 5, 9), ("offer", 5, 9), ("lead", 5, 9), ("talk", 5, 8)), ["lead", "talk", "offer"]
    )
    assert places(found) == ["talk", "lead", "offer", "won"]


def test_between_two_ends_it_was_opened_again_where_it_had_stood() -> None:
    steps = [step("talk", 2), step("won", 3), step("won", 4), step("lost", 6)]
    assert with_new_beginnings("lead", steps) == [*steps[:3], step("talk", 6), steps[3]]
    assert with_new_beginnings("lead", [step("lost", 3), step("won", 4)]) == [
        step("lost", 3), step("lead", 4), step("won", 4),
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("given_steps", "values", "kept"),
    [
        ([("lead", 1, 9), ("lost", 2, 9), ("won", 3, 9)], {"status": "won", "stage": None}, ["lead", "won"]),
        ([("lead", 1, 9), ("won", 2, 9)], {"status": "open", "stage": "lead"}, ["lead"]),
        ([("lead", 1, 9), ("talk", 2, 9)], {"status": "open", "stage": "lead"}, ["lead", "talk", "lead"]),
        ([("lead", 1, 9), ("talk", 1, 9)], {"status": "open", "stage": "lead"}, ["lead", "talk"]),
        ([("lead", 1, 9), ("talk", 2, 9)], {"status": "open", "stage": "offer"}, ["lead", "talk", "offer"]),
        ([("lead", 1, 9), ("talk", 2, 9)], {"status": "open"}, ["lead", "talk"]),
        ([("won", 1, 9)], {"status": "open", "stage": "lead"}, []),
    ],
)
def test_where_it_stands_now_is_for_the_row_to_say(
    given_steps: list[tuple[str, int, int]], values: dict[str, str | None], kept: list[str]
) -> None:
    found = told_once(timed(*given_steps), values)
    assert places(in_order(found, ["lead", "talk", "offer"])) == kept


@pytest.mark.parametrize(
    ("short", "whole"),
    [
        ("006bm00000LKJNN", "006bm00000LKJNNAA5"),
        ("001bm00001ZL8U9", "001bm00001ZL8U9AAL"),
        ("006q000000Hddoh", "006q000000HddohAAB"),
        ("006bm00000LKJNNAA5", "006bm00000LKJNNAA5"),
        ("006bm00000LKJNNAAB", "006bm00000LKJNNAAB"),
        ("A1", "A1"),
        ("", ""),
    ],
)
def test_a_salesforce_identifier_has_one_long_form(short: str, whole: str) -> None:
    assert long_form(short) == whole


@given(st.from_regex(r"[A-Za-z0-9]{15}", fullmatch=True))
def test_the_long_form_holds_the_short_one_and_tells_capitals_apart(short: str) -> None:
    whole = long_form(short)
    assert (whole[:15], len(whole), long_form(whole)) == (short, 18, whole)
    assert long_form(short.swapcase())[15:] != whole[15:] or not any(map(str.isalpha, short))
