"""`pipe forecast changes` in every format, on screen and where nothing moved."""

from __future__ import annotations

import json
from collections.abc import Callable

import pytest

from .conftest import Pipe


@pytest.fixture
def grown(house: Pipe) -> Pipe:
    """2 is worth a tenth more than when it was opened."""
    assert house("edit", "2", "--amount", "9900").code == 0
    return house


def test_the_screen_has_before_each_part_and_after(grown: Pipe, screen: Callable[[int], None]) -> None:
    expected = (
        0,
        """\
Won and weighted, Sun 1 Nov to 31 Mar 2027
Fri 13 Nov         €5,700
  won          1  +€6,500  5 Training +€6,500
  amount up    1     +€90  2 Borel · Maintenance +€90
  probability  1  +€7,200  1 Acme · ERP rollout +€7,200
Mon 23 Nov        €19,490  +€13,790 in all
""",
        "",
    )
    piped = grown("forecast", "changes", "--since", "2026-11-13")
    screen(80)
    assert grown("forecast", "changes", "--since", "2026-11-13") == piped == expected


def test_json(grown: Pipe) -> None:
    found = json.loads(grown("forecast", "changes", "--since", "2026-11-13", "--json").out)
    parts = found.pop("parts")
    assert found == {
        "since": "2026-11-13",
        "as_of": "2026-11-23",
        "from": "2026-11-01",
        "until": "2027-03-31",
        "currency": "EUR",
        "before": 5700,
        "after": 19490,
        "difference": 13790,
        "other_currencies": [],
    }
    assert parts[1] == {
        "kind": "amount_up",
        "count": 1,
        "amount": 90,
        "opportunities": [{"id": 2, "name": "Maintenance", "account": "Borel", "amount": 90}],
    }
    assert sum(part["amount"] for part in parts) == 13790
    assert grown("forecast", "--json", "changes", "--since", "2026-11-13") == grown(
        "forecast", "changes", "--since", "2026-11-13", "--json"
    )


def test_csv_markdown_and_ids(house: Pipe) -> None:
    assert house("forecast", "changes", "--csv") == (
        0,
        "kind,count,amount,currency,opportunities\nbefore,,12900,EUR,\nwon,1,6500,EUR,5\nafter,,19400,EUR,\n",
        "",
    )
    assert house("forecast", "changes", "--markdown") == (
        0,
        """\
| kind | count | amount | opportunities |
| --- | ---: | ---: | --- |
| Mon 16 Nov |  | €12,900 |  |
|   won | 1 | +€6,500 | 5 Training +€6,500 |
| Mon 23 Nov |  | €19,400 | +€6,500 in all |
""",
        "",
    )
    assert house("forecast", "changes", "--since", "2026-11-13", "-q") == (0, "5\n1\n", "")


def test_where_nothing_moved_a_pipe_is_silent_and_a_terminal_told(
    house: Pipe, screen: Callable[[int], None]
) -> None:
    assert house("forecast", "changes", "--since", "yesterday") == (0, "", "")
    screen(80)
    assert house("forecast", "changes", "--since", "yesterday") == (
        0,
        "",
        "Nothing moved the forecast since Sun 22 Nov: €19,400\n",
    )


def test_what_has_no_rate_is_counted(house: Pipe) -> None:
    house("edit", "4", "--set", "close_date=2026-12-31")
    house("edit", "2", "--amount", "9900")
    assert house("forecast", "changes").out.splitlines()[-1] == (
        "1 opportunity in USD has no rate: counted, not priced"
    )
    assert house("rates", "set", "USD", "0.5").code == 0
    rated = house("forecast", "changes").out
    assert "amount up  2    +€840  4 Sirius · Portal +€750, 2 Borel · Maintenance +€90" in rated
    assert "no rate" not in rated


@pytest.mark.parametrize(
    ("words", "line"),
    [
        (["--since", "tomorrow"], "2026-11-24 is after 2026-11-23; --since looks back"),
        (["--since", "blah"], '"blah" is not a date; write 2026-12-31, 31/12/2026, +3d, fri or eom'),
        (["--as-of", "tomorrow"], "2026-11-24 is in the future; --as-of looks back"),
        (["--until", "2026-01-01"], "the period ends 2026-01-01, before it starts 2026-11-01"),
    ],
)
def test_what_cannot_be_is_refused_in_one_line(house: Pipe, words: list[str], line: str) -> None:
    assert house("forecast", "changes", *words) == (2, "", line + "\n")


def test_an_option_before_the_command_is_refused(house: Pipe) -> None:
    assert house("forecast", "--from", "2026-01-01", "changes") == (
        2,
        "",
        "--from belongs behind the command: pipe forecast changes --from …\n",
    )
