"""`pipe forecast backtest` on screen and in every format, and what it refuses."""

from __future__ import annotations

import json
import shlex
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from pipecli.render.backtest import print_backtest
from pipecli.render.console import console

from .conftest import Pipe
from .terminal import Terminal

FEW = ("forecast", "backtest", "--horizon", "4d", "--every", "2d")
DAYS = ["2026-11-11", "2026-11-13", "2026-11-15", "2026-11-17", "2026-11-19"]
NAMES = ["model", "rules", "trailing", "recalibrated"]


def document(days: int, **values: Any) -> dict[str, Any]:
    """A backtest of so many days, which the model won."""
    scores = {
        name: {"wape": 0.1 * n, "bias": 0.05 * n - 0.1, "pinball": 1000 * n, "brier": 0.05 * n}
        for n, name in enumerate(NAMES, 1)
    }
    origin = {"as_of": "2026-10-05", "actual": 1000}
    return {
        "horizon_days": 30,
        "every_days": 7,
        "unit": "money",
        "currency": "EUR",
        "trusted": True,
        "why": "it was better",
        "origins": [origin] * days,
        "scores": {**scores, "coverage": 0.75},
        "reliability": [{"n": 7, "said": 0.1, "won": 1}, {"n": 40, "said": 0.55, "won": 30}],
        **values,
    }


MANY = """\
20 days tried, 7 days apart, each asked for the 30 days after it

                    off by (WAPE)   bias  pinball loss  Brier score
from history                 10 %   -5 %           €1k        0.050
rules                        20 %   +0 %           €2k        0.100
mean of before               30 %   +5 %           €3k        0.150
rules recalibrated           40 %  +10 %           €4k        0.200

What came lay from P10 to P90 on 75 % of 20 days (80 % is right).
The history forecast beats the rules here: it was better.

Chance of a win in that time, said and come:
 n  said    came
 7  10 %  1 of 7  ██│·················
40  55 %    75 %  ███████████│███·····
"""


@pytest.fixture
def shown(
    environment: Path, at: object, capsys: pytest.CaptureFixture[str], screen: Callable[[int], None]
) -> Callable[..., str]:
    """What a backtest prints at 80 columns."""

    def show(days: int, **values: Any) -> str:
        screen(80)
        capsys.readouterr()
        print_backtest(console(), document(days, **values))
        return capsys.readouterr().out

    return show


def test_scores_the_range_and_single_chances(shown: Callable[..., str]) -> None:
    assert shown(20) == MANY


def test_of_few_days_nothing_is_a_percentage(shown: Callable[..., str]) -> None:
    found = shown(4, trusted=False, why="too few").splitlines()
    assert found[2] == "                    pinball loss  Brier score"
    assert found[8:10] == [
        "What came lay from P10 to P90 on 3 of 4 days (8 in 10 is right).",
        "pipe forecast leads with the rules: too few.",
    ]


@pytest.mark.parametrize(
    ("coverage", "said"),
    [
        (1.0, "on 100 % of 20 days: the range is too wide (80 % is right)."),
        (0.95, "on 95 % of 20 days (80 % is right)."),
        (0.6, "on 60 % of 20 days (80 % is right)."),
        (0.55, "on 55 % of 20 days: the range is too narrow (80 % is right)."),
    ],
)
def test_a_range_that_is_not_right_is_called_so(
    shown: Callable[..., str], coverage: float, said: str
) -> None:
    scores = document(20)["scores"] | {"coverage": coverage}
    assert f"What came lay from P10 to P90 {said} The history" in " ".join(shown(20, scores=scores).split())


def test_one_day_and_nothing_to_hold_against(shown: Callable[..., str]) -> None:
    nothing = dict.fromkeys(("wape", "bias", "pinball", "brier"))
    scores = {**dict.fromkeys(NAMES, nothing), "coverage": None}
    found = shown(1, scores=scores, reliability=[]).splitlines()
    assert found[0] == "1 day tried, 7 days apart, each asked for the 30 days after it"
    assert found[3].split() == ["from", "history", "–", "–"]
    assert found[-2] == "Nothing could be held against what came."


# The command


def test_json_has_the_keys_of_the_contract(house: Pipe) -> None:
    found = json.loads(house(*FEW, "--json").out)
    assert list(found) == [
        *("horizon_days", "every_days", "measure", "unit", "currency", "n_closed", "trusted", "why"),
        *("origins", "scores", "reliability"),
    ]
    assert [one["as_of"] for one in found["origins"]] == DAYS
    assert [one["actual"] for one in found["origins"]] == [0, 0, 0, 6500, 6500]
    for one in found["origins"]:
        assert list(one) == ["as_of", "actual", *NAMES]
        assert list(one["model"]) == ["mean", "p10", "p50", "p90"]
    assert list(found["scores"]) == [*NAMES, "coverage"]


def test_the_format_may_stand_before_the_command(house: Pipe) -> None:
    group, *rest = FEW
    for flag in ("--json", "--csv", "--markdown", "--quiet", "--jsonl"):
        assert house(group, flag, *rest) == house(*FEW, flag)


@pytest.mark.parametrize("option", ["--by owner", "--from today", "--explain", "--cash", "--measure count"])
def test_another_option_belongs_behind_it(house: Pipe, option: str) -> None:
    name = option.split()[0]
    assert house("forecast", *shlex.split(option), "backtest") == (
        2,
        "",
        f"{name} belongs behind the command: pipe forecast backtest {name} …\n",
    )


def test_csv_has_a_line_for_each_day(house: Pipe) -> None:
    code, out, err = house(*FEW, "--csv")
    head, *lines = out.splitlines()
    assert (code, err) == (0, "")
    assert head == "as_of,actual,mean,p10,p50,p90,rules,trailing,recalibrated"
    assert [row.split(",")[:2] for row in lines] == [
        [day, came] for day, came in zip(DAYS, ("0", "0", "0", "6500", "6500"), strict=True)
    ]
    assert {len(row.split(",")) for row in lines} == {9}


def test_markdown_and_ids(house: Pipe) -> None:
    head, _rule, first, *_rest = house(*FEW, "--markdown").out.splitlines()
    assert head == "| Day | came | P10 | P50 | P90 | mean | rules | mean of before | rules recalibrated |"
    assert first.startswith("| Wed 11 Nov | €0 | €0 |")
    assert house(*FEW, "-q").out.split() == DAYS


def test_on_screen_it_says_that_the_rules_lead(house: Pipe, screen: Callable[[int], None]) -> None:
    screen(80)
    code, out, err = house(*FEW)
    assert (code, err) == (0, "")
    assert out.startswith("5 days tried, 2 days apart, each asked for the 4 days after it\n")
    assert "pipe forecast leads with the rules: only 2 opportunities are closed" in out
    assert max(map(len, out.splitlines())) <= 80


@pytest.mark.parametrize(
    ("words", "said"),
    [
        ("", "the history is too short to try 30 days ahead; it has 21 days: --horizon 5d"),
        ("--horizon 0d", '"0d" is not a duration; write 14d, 2w, 3m or 1y, from 1 to 3650 days'),
        ("--horizon 400d", "a horizon of 400 days cannot be tried; give 1 to 366: --horizon 30d"),
        ("--horizon 4d --every 0d", '"0d" is not a duration; write 14d, 2w, 3m or 1y, from 1 to 3650 days'),
        ("--measure days", 'no numeric field "days"; what can be added up is: amount, count'),
        ("--as-of 2026-12-01", "2026-12-01 is in the future; --as-of looks back"),
    ],
)
def test_what_cannot_be_tried_is_one_line(house: Pipe, words: str, said: str) -> None:
    assert house("forecast", "backtest", *shlex.split(words)) == (2, "", f"{said}\n")


@pytest.mark.parametrize("words", ["--horizon soon", "--every never", "--horizon 30"])
def test_a_duration_is_told_how_to_be_typed(house: Pipe, words: str) -> None:
    code, out, err = house("forecast", "backtest", *shlex.split(words))
    assert (code, out) == (2, "") and len(err.splitlines()) == 1
    assert words.split()[1] in err


def test_an_empty_pipeline_has_nothing_to_try(pipe: Pipe) -> None:
    pipe("init")
    code, out, err = pipe("forecast", "backtest")
    assert (code, out) == (2, "")
    assert err.startswith("the history is too short to try 30 days ahead; it has 0 days")


def test_where_somebody_watches_there_is_a_bar(house: Pipe) -> None:
    with Terminal(*FEW, PIPE_TODAY="2026-11-23", TERM="xterm-256color") as terminal:
        terminal.expect("Trying past days")
        terminal.expect("5 days tried, 2 days apart")
