"""`pipe focus` in every format, on screen at two widths, and where nothing is listed."""

from __future__ import annotations

import json
from collections.abc import Callable

import pytest

from .conftest import Pipe

KEYS = ["section", "criterion", "reason", "uncertainty"]


@pytest.fixture
def busy(house: Pipe) -> Pipe:
    """The founders are asked about 1, and 2 has come to be worth 25,000."""
    known = [
        "--prove",
        "problem=They lose orders",
        "--set",
        "decision_maker=Jeanne",
        "--prove",
        "decision-maker=Said so",
    ]
    offer = [
        "--prove",
        "offer=https://offers.example/1",
        "--set",
        "quote_valid_until=2026-12-31",
        "--amount",
        "48k",
    ]
    assert house("advance", "1", "--ask", *known, *offer).code in (0, 4)
    assert house("edit", "2", "--amount", "25k").code == 0
    return house


def test_the_screen_says_why_each_is_listed(busy: Pipe, screen: Callable[[int], None]) -> None:
    screen(80)
    assert busy("focus") == (
        0,
        """\
Approvals waiting         1
  1  Acme · ERP rollout  €48,000  Discovery  call Jeanne  3 d late
      waits for engineering (lea) since Mon 23 Nov, asked by lea: Has
      engineering confirmed that we can do it?
      pipe approve 1 feasible

Uncertain this quarter    1
  1  Acme · ERP rollout  €48,000  Discovery  call Jeanne  3 d late
      moves this quarter by ±€20,785: €48,000 at 25 %; ahead because it is late

Stake crossed this week   1
  2  Borel · Maintenance  €25,000  Qualified lead  send references  Mon 23 Nov
      was €9,000 a week ago, feasible needs approval: amount >= 20000

2 open opportunities have no amount, or no rate for it: not ranked
""",
        "",
    )


def test_records_have_the_keys_of_an_opportunity_and_why_they_are_listed(busy: Pipe) -> None:
    rows = json.loads(busy("focus", "--json").out)
    opportunity = json.loads(busy("list", "--json").out)[0]
    assert [list(row) for row in rows] == [[*opportunity, *KEYS]] * len(rows)
    assert [(row["section"], row["id"], row["criterion"], row["uncertainty"]) for row in rows] == [
        ("approval", 1, "feasible", 20784.61),
        ("uncertain", 1, None, 20784.61),
        ("stake", 2, "feasible", None),
    ]
    assert rows[2]["reason"] == "was €9,000 a week ago, feasible needs approval: amount >= 20000"


def test_csv_markdown_and_ids(busy: Pipe) -> None:
    header, *lines = busy("focus", "--csv").out.splitlines()
    assert header.split(",")[-4:] == KEYS
    assert len(lines) == 3
    assert busy("focus", "-q") == (0, "1\n1\n2\n", "")
    assert busy("focus", "--markdown").out.splitlines()[-1] == (
        "| 2 | Borel · Maintenance | €25,000 | Stake crossed this week | "
        "was €9,000 a week ago, feasible needs approval: amount &gt;= 20000 | send references | Mon 23 Nov |"
    )


def test_the_limit_is_shared_and_says_what_it_hides(busy: Pipe) -> None:
    found = busy("focus", "--limit", "1")
    assert "Approvals waiting" in found.out
    assert found.err == "and 2 more: pipe focus --limit 0\n"
    assert busy("focus", "--limit", "1", "-q") == (0, "1\n", "")


def test_where_nothing_is_listed_a_pipe_is_silent_and_a_terminal_told(
    house: Pipe, screen: Callable[[int], None]
) -> None:
    assert house("lose", "1", "price").code == 0
    assert house("focus") == (0, "", "")
    screen(80)
    assert house("focus") == (
        0,
        "",
        "Nothing to list: no approval waits, nothing that may close this quarter is uncertain.\n"
        "2 open opportunities have no amount, or no rate for it: not ranked\n",
    )


def test_a_name_is_shown_literally(house: Pipe) -> None:
    assert house("edit", "1", "--set", "name=[red]x[/red] \x1b[31m").code in (0, 2)
    assert "\x1b" not in house("focus").out
