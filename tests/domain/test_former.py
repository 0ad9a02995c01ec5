"""Stages that a changed definition renamed, merged or dropped."""

import pytest

from pipecli.domain.former import lasting_stage, way


@pytest.mark.parametrize(
    "key, moves, expected",
    [
        ("lead", {}, "lead"),
        ("old", {"old": "lead"}, "lead"),
        ("older", {"older": "old", "old": "offer"}, "offer"),
        ("old", {}, "old"),  # dropped while nothing stood in it
        ("lead", {"lead": "offer"}, "lead"),  # it went, and came back
        ("old", {"old": "older", "older": "old"}, "old"),
    ],
)
def test_where_a_stage_counts(key: str, moves: dict[str, str], expected: str) -> None:
    assert lasting_stage(key, ["lead", "offer"], moves) == expected


def test_a_renamed_stage_is_the_same() -> None:
    found = way(["need", "offer"], [["lead", "offer"], ["need", "offer"]], {"lead": "need"})
    assert found.order == ("need", "offer")
    assert found.lasting == {"lead": "need", "need": "need", "offer": "offer"}
    assert found.place == {"need": 0, "offer": 1}


def test_merged_stages_are_one() -> None:
    found = way(["lead", "offer"], [["lead", "draft", "offer"], ["lead", "offer"]], {"draft": "offer"})
    assert (found.order, found.lasting["draft"]) == (("lead", "offer"), "offer")


def test_dropped_stages_come_last_and_stand_where_they_stood() -> None:
    found = way(
        ["lead", "offer"], [["cold", "lead", "draft", "check", "offer", "after"], ["lead", "offer"]], {}
    )
    assert found.order == ("lead", "offer", "cold", "draft", "check", "after")
    assert sorted(found.place, key=found.place.__getitem__) == [
        *("cold", "lead", "draft", "check", "offer", "after")
    ]
    assert [stage for stage in found.order if found.is_present(stage)] == ["lead", "offer"]


def test_the_latest_definition_says_where_a_dropped_stage_stood() -> None:
    found = way(["a", "b"], [["a", "x", "b"], ["a", "b", "x"], ["a", "b"]], {})
    assert found.place["x"] > found.place["b"]
