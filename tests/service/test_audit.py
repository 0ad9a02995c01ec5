"""The audit as a use case: the five points, their trend as it stood, what is listed, and whose it is."""

from collections.abc import Callable
from datetime import date, timedelta
from typing import Any

import pytest

from pipecli.domain.proofs import Proof
from pipecli.errors import NotFound
from pipecli.service import gates, opportunities, undoing
from pipecli.service.answers import Answers
from pipecli.service.audit import Asked, audit, below
from pipecli.service.workspace import Workspace

At = Callable[[date], None]
MONDAY = date(2026, 3, 2)


def add(workspace: Workspace, name: str, **given: Any) -> None:
    sets = ("contact=Ana",)
    opportunities.add(workspace, name, Answers(sets=sets, next="call", due="+5d", **given))


def shares(found: dict[str, Any]) -> dict[str, tuple[int, int]]:
    return {point["point"]: (point["k"], point["n"]) for point in found["points"]}


def point(found: dict[str, Any], name: str) -> dict[str, Any]:
    return next(one for one in found["points"] if one["point"] == name)


def test_an_empty_workspace_has_no_figures(workspace: Workspace) -> None:
    found = audit(workspace, Asked())
    assert set(shares(found).values()) == {(0, 0)}
    assert found["hygiene"] == {"rate": None, "met": 0, "cases": 0}
    assert (found["listed"], found["owners"], below(found, 100)) == ([], [], False)


def test_the_five_points_of_a_day(workspace: Workspace, at: At) -> None:
    for n in range(3):
        add(workspace, f"New {n}")
    gates.lose(workspace, "1", "price", "")
    at(MONDAY + timedelta(8))
    opportunities.log(workspace, "2", "call", "Talked", Answers(on="2026-03-09"))
    opportunities.log(workspace, "2", "call", "Talked before", Answers(on="2026-03-04"))
    found = audit(workspace, Asked())
    assert shares(found) == {
        "next_action": (2, 2),
        "proven": (2, 2),
        "losses": (1, 1),
        "on_time": (5, 6),
        "shared_rules": (2, 2),
    }
    assert point(found, "next_action")["overdue"] == 2
    assert found["hygiene"] == {"rate": pytest.approx(12 / 13, abs=1e-4), "met": 12, "cases": 13}


def test_what_was_recorded_long_ago_says_nothing_of_today(workspace: Workspace, at: At) -> None:
    at(MONDAY)
    add(workspace, "Old")
    at(MONDAY + timedelta(27))
    assert shares(audit(workspace, Asked()))["on_time"] == (1, 1)
    at(MONDAY + timedelta(28))
    assert shares(audit(workspace, Asked()))["on_time"] == (0, 0)


def test_a_day_is_one_of_the_workspaces_time_zone(workspace: Workspace, at: At) -> None:
    """Recorded at 23:30 UTC on the 3rd is on the 4th in Paris: two days after the 2nd."""
    from datetime import UTC, datetime

    from pipecli import clock

    at(MONDAY)
    add(workspace, "ERP")
    for hour in (21, 23):
        clock.freeze(datetime(2026, 3, 3, hour, 30, tzinfo=UTC))
        opportunities.log(workspace, "1", "call", f"Talked at {hour}", Answers(on="2026-03-02"))
    with workspace.read() as reading:
        assert reading.pipeline.timezone == "Europe/Paris"
    assert shares(audit(workspace, Asked()))["on_time"] == (2, 3)


def test_what_is_taken_back_counts_no_more(workspace: Workspace, at: At) -> None:
    at(MONDAY)
    add(workspace, "ERP")
    at(MONDAY + timedelta(5))
    opportunities.log(workspace, "1", "call", "Talked", Answers(on="2026-03-02"))
    undoing.undo(workspace)
    assert shares(audit(workspace, Asked()))["on_time"] == (1, 1)


def test_the_owner_who_records_latest(workspace: Workspace, at: At) -> None:
    at(MONDAY)
    add(workspace, "Hers", owner="zoe")
    add(workspace, "Mine")
    at(MONDAY + timedelta(4))
    for n in range(12):
        opportunities.log(workspace, "1", "call", f"Talked {n}", Answers(on="2026-03-03"))
        opportunities.log(workspace, "2", "call", f"Talked {n}", Answers())
    found = point(audit(workspace, Asked()), "on_time")
    assert (found["k"], found["n"], found["slowest"]) == (14, 26, {"owner": "zoe", "median_days": 3})
    own = point(audit(workspace, Asked(owner="lea")), "on_time")
    assert (own["k"], own["n"], own["slowest"]) == (13, 13, None)


def test_the_trend_is_what_stood_each_week(workspace: Workspace, at: At) -> None:
    at(MONDAY)
    for n in range(4):
        add(workspace, f"New {n}")
    at(MONDAY + timedelta(21))
    for ref in ("1", "2"):
        gates.lose(workspace, ref, "price", "")
    at(MONDAY + timedelta(35))
    weeks = audit(workspace, Asked())["weeks"]
    assert [week["day"] for week in weeks][::8] == ["2026-02-09", "2026-04-06"]
    # Three points of four open ones and four openings; two losses from the third week on, recorded in time; then
    # the openings are too long ago.
    cases = [0, 0, 0, 3 * 4 + 4, 3 * 4 + 4, 3 * 4 + 4, 3 * 2 + 2 + 4 + 2, 3 * 2 + 2 + 2, 3 * 2 + 2 + 2]
    assert [week["cases"] for week in weeks] == cases


def test_weak_proofs_are_listed_until_better_ones_come(workspace: Workspace) -> None:
    add(workspace, "ERP")
    add(workspace, "Portal", owner="zoe")
    gates.prove(workspace, "1", "need", Proof(text="They lose orders"), Answers())
    gates.prove(workspace, "2", "need", Proof(text="they lose  ORDERS"), Answers())
    gates.prove(workspace, "2", "problem", Proof(text="stock"), Answers())
    found = audit(workspace, Asked())
    assert [(one["id"], one["faults"], one["fix"]) for one in found["listed"]] == [
        (2, ["one_word", "copied"], "pipe prove 2 problem TEXT"),
        (1, ["copied"], "pipe prove 1 need TEXT"),
    ]
    mine = audit(workspace, Asked(mine=True))
    assert [one["id"] for one in mine["listed"]] == [1]
    assert mine["copied"] == found["copied"] and mine["one_word"] == []
    gates.prove(workspace, "2", "need", Proof(text="Half of their orders come back"), Answers())
    gates.prove(workspace, "2", "problem", Proof(text="Nobody counts the stock"), Answers())
    assert audit(workspace, Asked())["listed"] == []


def test_moves_back_are_those_of_the_last_eight_weeks(workspace: Workspace, at: At) -> None:
    at(MONDAY)
    add(workspace, "ERP")
    gates.advance(workspace, "1", Answers(proofs=("need=They lose orders",)))
    at(MONDAY + timedelta(1))
    gates.back(workspace, "1", "they asked for time", Answers())
    assert audit(workspace, Asked())["moves_back"] == {"back": 1, "on": 1}
    at(MONDAY + timedelta(57))
    assert audit(workspace, Asked())["moves_back"] == {"back": 0, "on": 0}


def test_owners_are_told_apart_without_case(workspace: Workspace) -> None:
    add(workspace, "ERP", owner="Zoé")
    add(workspace, "Portal")
    found = audit(workspace, Asked())
    assert [(row["owner"], row["next_action"]["n"]) for row in found["owners"]] == [("lea", 1), ("Zoé", 1)]
    own = audit(workspace, Asked(owner="zoe"))
    assert (own["owner"], shares(own)["proven"], own["owners"]) == ("Zoé", (1, 1), [])
    with pytest.raises(NotFound):
        audit(workspace, Asked(owner="paul"))
    assert shares(audit(workspace, Asked(owner="paul", mine=True)))["proven"] == (1, 1)


def test_an_imported_past_is_unproven_and_its_trend_begins_with_the_import(story: Workspace, at: At) -> None:
    found = audit(story, Asked())
    assert point(found, "proven")["imported"] == point(found, "proven")["n"] == 7
    assert shares(found)["on_time"] == (0, 0)
    assert [week["cases"] for week in found["weeks"][:-1]] == [0] * 8
    at(MONDAY + timedelta(7))
    later = audit(story, Asked())
    assert later["weeks"][-2]["met"] == found["weeks"][-1]["met"]
