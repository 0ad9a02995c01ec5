"""`pipe summary REF` and `pipe summary` by the rules: whole outputs, every format, hostile texts."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import pytest

from .conftest import Pipe

MEETING = """\
1 Acme · ERP rollout

Where it stands
  · Discovery for 7 days, since Mon 16 Nov [23]
  · €48,000, 25 % as its stage gives [5 23]
  · To close on Fri 18 Dec [5]

What was said and promised
  · Mon 23 Nov, call, lea: “Jeanne will send the signed quote by Friday.” [38]
  · Mon 23 Nov, call, lea: “Can we train ten people in January?” [38]
  · Tue 17 Nov, meeting, lea: “Went through the scope” [24]

Who decides
  · No decision-maker is named [5]
  · Jeanne Martin was last named on Mon 23 Nov [38]

What the gate still needs
  · Discovery → Proposal sent: 1 of 7 proven [24]
  ✗ What problem do they want solved? [23]
  ✗ Who signs, and how do we know? [23]
  ✗ Has engineering confirmed that we can do it? – to be approved by lea [23]
  ✗ What did we offer, and where is it? [23]
  ✗ Until when is the quote valid? [23]
  ✗ Is the amount still right? [23]

What is planned
  · call Jeanne, due Fri 20 Nov: 3 days late [6]

What to ask
  1. What problem do they want solved? [23]
  2. Who signs, and how do we know? [23]
  3. “Can we train ten people in January?” (asked on Mon 23 Nov, no answer
     found) [38]
"""
WON = """\
5 Training

Where it stands
  · Won on Fri 20 Nov: “We answered within a day” [37]
  · €6,500 (was €6,000) [26]

What was said and promised
  · Tue 17 Nov, meeting, lea: “Two days on site, ten people” [25]

Who decides
  · Ida Berg decided [27]
  · How we know: “It is her budget” [30]
  · Ida Berg: in no exchange so far [16]
"""
LOST = """\
6 Acme · Kiosk

Where it stands
  · Lost on Tue 10 Nov (price): “twice the offer of the other” [21]
  · €30,000 [19]

What was said and promised
  · No exchange is recorded since it was opened on Mon 2 Nov [19]

Who decides
  · No decision-maker is named [19]
  · Jeanne Martin: in no exchange so far [4]
"""
WEEK = """\
The week to Mon 23 Nov
New        0
Won        1   €6,500  5 Training €6,500: “We answered within a day”
Lost       0
Moved      1           1 on: 5 Training → Negotiation
Late       2  €48,000  pipe overdue: 1 Acme · ERP rollout; $15,000 without a ra…
Stale      1           pipe stale: 4 Sirius · Portal; $15,000 without a rate
Approvals  0
Forecast      €19,400  +€6,500 by 31 Mar 2027 (1 won)
Hygiene         100 %  as a week ago: pipe audit
First                  pipe summary 1   1 Acme · ERP rollout, 3 days late
"""


@pytest.fixture
def met(house: Pipe) -> Pipe:
    """Jeanne has called."""
    said = "Jeanne will send the signed quote by Friday. It rained. Can we train ten people in January?"
    assert house("log", "1", "call", said).code == 0
    return house


def test_before_a_meeting(met: Pipe, screen: Callable[[int], None]) -> None:
    screen(80)
    assert met("summary", "1") == met("brief", "erp") == (0, MEETING, "")


@pytest.mark.parametrize(("ref", "expected"), [("5", WON), ("6", LOST)])
def test_a_closed_one(house: Pipe, ref: str, expected: str) -> None:
    assert house("summary", ref) == (0, expected, "")


def test_json_has_the_keys_of_an_opportunity_and_its_statements(met: Pipe) -> None:
    found = json.loads(met("summary", "1", "--json").out)
    shown = json.loads(met("show", "1", "--json").out)
    added = ["written_by", "dropped", "exchanges", "statements"]
    assert list(found)[-4:] == added
    assert {key: found[key] for key in found if key not in added} == {
        key: shown[key] for key in found if key not in added
    }
    assert (found["written_by"], found["dropped"], found["exchanges"]) == ("rules", 0, 2)
    assert found["statements"][3] == {
        "section": "said",
        "text": "Mon 23 Nov, call, lea: “Jeanne will send the signed quote by Friday.”",
        "entries": [38],
    }
    numbers = {entry["seq"] for entry in shown["journal"]} | {one["id"] for one in shown["contacts"]}
    assert all(s["entries"] and set(s["entries"]) <= numbers for s in found["statements"])


def test_other_formats(house: Pipe) -> None:
    assert house("summary", "6", "--csv").out == (
        "section,text,entries\n"
        "standing,Lost on Tue 10 Nov (price): “twice the offer of the other”,21\n"
        'standing,"€30,000",19\n'
        "said,No exchange is recorded since it was opened on Mon 2 Nov,19\n"
        "people,No decision-maker is named,19\n"
        "people,Jeanne Martin: in no exchange so far,4\n"
    )
    assert house("summary", "6", "--markdown").out.splitlines()[:3] == [
        "| Section | Statement | Entries |",
        "| --- | --- | --- |",
        "| Where it stands | Lost on Tue 10 Nov (price): “twice the offer of the other” | 21 |",
    ]
    assert house("summary", "6", "--quiet").out == "6\n"
    assert json.loads(house("summary", "6", "--jsonl").out) == json.loads(house("summary", "6", "--json").out)


def test_hostile_texts_are_shown_as_they_are(house: Pipe, screen: Callable[[int], None]) -> None:
    hostile = "[bold red]We will sign[/] \x1b[2J\x1b]0;x\x07 on Friday\u202e for 48k [9999].\u200b"
    assert house("log", "3", "mail", hostile).code == 0
    screen(80)
    out = house("summary", "3").out
    assert "“[bold red]We will sign[/] on Friday for 48k [9999].”" in out.replace("\n   ", "")
    assert not {"\x1b", "\x07", "\u202e", "\u200b"} & set(out)
    assert all(len(line) <= 80 for line in out.splitlines())


def test_which_and_what_not(house: Pipe) -> None:
    assert house("summary", "99") == (3, "", "there is no opportunity 99; pipe list shows the open ones\n")
    assert house("summary", "1", "--since", "mon") == (
        2,
        "",
        "--since is for the week: pipe summary --since DATE\n",
    )
    assert house("summary", "--since", "2026-11-23") == (
        2,
        "",
        "2026-11-23 is not before 2026-11-23; --since looks back\n",
    )


def test_nothing_is_written(house: Pipe, unchanged: Callable[[], object]) -> None:
    with unchanged():  # type: ignore[attr-defined]
        assert house("summary", "1").code == house("summary").code == 0


def test_the_week(house: Pipe, screen: Callable[[int], None]) -> None:
    screen(80)
    assert house("summary") == (0, WEEK, "")


def test_the_week_piped_is_cut_nowhere(house: Pipe) -> None:
    out = house("summary").out
    assert "$15,000 without a rate\nStale" in out and len(out.splitlines()) == 11


def test_another_span(house: Pipe) -> None:
    out = house("summary", "--since", "2026-11-01").out
    assert out.splitlines()[:5] == [
        "From Sun 1 Nov to Mon 23 Nov",
        "New        6  €93,500  1 Acme · ERP rollout €48,000, 6 Acme · Kiosk €30,000, 4 Sirius · Portal $15,000, "
        "…; $15,000 without a rate",
        "Won        1   €6,500  5 Training €6,500: “We answered within a day”",
        "Lost       1  €30,000  price 1: 6 Acme · Kiosk €30,000",
        "Moved      2           2 on: 5 Training → Negotiation, 1 Acme · ERP rollout → Discovery",
    ]


def test_the_figures_of_the_week_are_those_of_the_other_reports(house: Pipe) -> None:
    week = json.loads(house("summary", "--json").out)
    changes = json.loads(house("forecast", "changes", "--since", "2026-11-16", "--json").out)
    assert {key: week["forecast"][key] for key in ("from", "until", "before", "after", "difference")} == {
        key: changes[key] for key in ("from", "until", "before", "after", "difference")
    }
    assert week["forecast"]["counts"] == {part["kind"]: part["count"] for part in changes["parts"]}
    audit = json.loads(house("audit", "--json").out)
    assert week["hygiene"] == {**audit["hygiene"], "week_ago": week["hygiene"]["week_ago"]}
    assert week["hygiene"]["week_ago"] == {k: v for k, v in audit["weeks"][-2].items() if k != "day"}
    assert week["late"]["count"] == len(json.loads(house("overdue", "--json").out))
    assert week["stale"]["count"] == len(json.loads(house("stale", "--json").out))
    assert house("summary", "-q").out == "1\n"


def test_the_week_for_a_spreadsheet(house: Pipe) -> None:
    assert house("summary", "--csv").out == (
        "item,count,amount,currency,share,ids\n"
        "new,0,0,EUR,,\n"
        "won,1,6500,EUR,,5\n"
        "lost,0,0,EUR,,\n"
        "late,2,48000,EUR,,1 4\n"
        "unplanned,0,0,EUR,,\n"
        "stale,1,0,EUR,,4\n"
        "waiting,0,,EUR,,\n"
        "moved_on,1,,,,\n"
        "moved_back,0,,,,\n"
        "moved_reopened,0,,,,\n"
        "forecast,,19400,EUR,,\n"
        "forecast_difference,,6500,EUR,,\n"
        "hygiene,,,,1.0,\n"
        "first,,,,,1\n"
    )


def test_what_an_import_left_without_a_next_action_comes_first(pipe: Pipe, environment: Path) -> None:
    (environment / "deals.csv").write_text("name,amount,stage\nERP,48000,Negotiation\n")
    assert pipe("init").code == pipe("import", str(environment / "deals.csv")).code == 0
    last = pipe("summary").out.splitlines()[-1]
    assert last.split("  ")[-1].strip() == "1 ERP, without a next action" and "pipe next 1 " in last


def test_a_week_of_nothing_has_its_ten_lines(pipe: Pipe) -> None:
    assert pipe("init").code == 0
    assert pipe("summary").out == (
        "The week to Mon 23 Nov\n"
        "New        0\n"
        "Won        0\n"
        "Lost       0\n"
        "Moved      0\n"
        "Late       0\n"
        "Stale      0\n"
        "Approvals  0\n"
        "Forecast      €0  unchanged, by 31 Mar 2027\n"
        "Hygiene        –  pipe audit\n"
        "First             nothing is late, stale or waiting: pipe today\n"
    )
    assert pipe("summary", "-q").out == ""
