"""`pipe rates`: what is set and listed, in every format, and what is refused."""

from __future__ import annotations

import json
from collections.abc import Callable
from contextlib import AbstractContextManager

import pytest

from .conftest import Pipe

Unchanged = Callable[[], AbstractContextManager[None]]
Screen = Callable[[int], None]

LISTED = """\
Currency  Open     Amount   In EUR  Rate
CHF          1  CHF 5,000        –  no rate: pipe rates set CHF RATE
USD          1    $15,000  €13,800  0.92 since Mon 2 Nov
"""


@pytest.fixture
def abroad(house: Pipe) -> Pipe:
    """The life with an opportunity in francs as well, and a rate of the dollar."""
    house("add", "Site", "CHF 5000", "-n", "call", "-d", "fri")
    assert house("rates", "set", "USD", "0.92", "--on", "2026-11-02").code == 0
    return house


@pytest.mark.parametrize("words", [("rates",), ("rates", "list")])
def test_rates_are_listed(abroad: Pipe, words: tuple[str, ...]) -> None:
    assert abroad(*words) == (0, LISTED, "")


def test_setting_is_one_line(house: Pipe) -> None:
    assert house("rates", "set", "usd", "0,92") == (
        0,
        "1 USD = 0.92 EUR since Mon 23 Nov, prices 1 open opportunity\n",
        "",
    )
    assert house("rates", "set", "USD", "0.95") == (
        0,
        "1 USD = 0.95 EUR since Mon 23 Nov (was 0.92), prices 1 open opportunity\n",
        "",
    )
    assert house("rates", "set", "USD", "0.9", "--on", "2026-11-02") == (
        0,
        "1 USD = 0.9 EUR since Mon 2 Nov; today the one of Mon 23 Nov is in force\n",
        "",
    )
    assert house("rates", "set", "JPY", "0.0062", "-q").out == "JPY\n"


def test_a_dry_run_shows_and_changes_nothing(house: Pipe, unchanged: Unchanged) -> None:
    with unchanged():
        found = house("rates", "set", "USD", "0.92", "--dry-run", "--json")
    assert found.err == "Dry run: nothing was changed.\n"
    assert json.loads(found.out) == {
        "currency": "USD",
        "base": "EUR",
        "rate": 0.92,
        "since": "2026-11-23",
        "was": None,
        "open_count": 1,
        "unproven": [],
    }


def test_every_format(abroad: Pipe) -> None:
    francs, dollars = json.loads(abroad("rates", "--json").out)
    assert francs == {
        "currency": "CHF", "base": "EUR", "rate": None, "since": None, "open_count": 1, "open_amount": 5000,
        "worth": None,
    }  # fmt: skip
    assert dollars == {
        "currency": "USD", "base": "EUR", "rate": 0.92, "since": "2026-11-02", "open_count": 1,
        "open_amount": 15000, "worth": 13800,
    }  # fmt: skip
    assert abroad("rates", "list", "--jsonl").out.splitlines()[1] == json.dumps(dollars)
    assert abroad("rates", "--json", "list").out == abroad("rates", "list", "--json").out
    assert abroad("rates", "--csv").out == (
        "currency,base,rate,since,open_count,open_amount,worth\n"
        "CHF,EUR,,,1,5000,\nUSD,EUR,0.92,2026-11-02,1,15000,13800\n"
    )
    assert abroad("rates", "--markdown").out.splitlines()[2:] == [
        "| CHF | 1 | CHF 5,000 | – | no rate: pipe rates set CHF RATE |",
        "| USD | 1 | $15,000 | €13,800 | 0.92 since Mon 2 Nov |",
    ]
    assert abroad("rates", "-q").out == "CHF\nUSD\n"


def test_nothing_to_say_is_nothing_when_piped(pipe: Pipe) -> None:
    pipe("init")
    assert pipe("rates") == (0, "", "")
    assert pipe("rates", "--json") == (0, "[]\n", "")


@pytest.mark.parametrize(
    "words, line",
    [
        (("USD",), "pipe rates set: RATE is missing; see pipe rates set -h"),
        ((), "pipe rates set: CURRENCY is missing; see pipe rates set -h"),
        (("XXX", "1"), '"XXX" is not a currency; write its ISO 4217 code, such as EUR, USD or CHF'),
        (("eur", "1"), "EUR is the currency of this workspace and needs no rate"),
        (("USD", "0"), '"0" is not a rate; write how many EUR 1 USD is worth, such as 0.92'),
        (("USD", "-0.9"), '"-0.9" is not a rate; write how many EUR 1 USD is worth, such as 0.92'),
        (("USD", "nan"), '"nan" is not a rate; write how many EUR 1 USD is worth, such as 0.92'),
        (("USD", "1,176"), '"1,176" is ambiguous: write 1176 or 1.1760'),
        (
            ("USD", "1", "--on", "+1d"),
            "2026-11-24 is in the future; a rate can be dated 2026-11-23 at the latest",
        ),
        (
            ("USD", "1", "2"),
            'pipe rates set: "2" is more than it takes; put quotes around a text; see pipe rates set -h',
        ),
    ],
)
def test_what_cannot_be_is_refused_in_one_line(
    house: Pipe, unchanged: Unchanged, words: tuple[str, ...], line: str
) -> None:
    with unchanged():
        assert house("rates", "set", *words) == (2, "", f"{line}\n")


def test_an_unknown_command_of_the_group(house: Pipe) -> None:
    assert house("rates", "sett").code == 2


def test_undo_takes_a_rate_back(abroad: Pipe) -> None:
    assert abroad("undo").out == "Took back rates of 2026-11-23 09:00: 1 USD = 0.92 EUR from 2026-11-02 on\n"
    assert "no rate: pipe rates set USD RATE" in abroad("rates").out
    assert abroad("undo", "--redo").code == 0
    assert abroad("rates").out == LISTED


def test_lists_are_worth_what_rates_say(abroad: Pipe, screen: Screen) -> None:
    assert "Overdue    2   €61,800 ($15,000 converted) at stake\n" in abroad("today").out
    where = abroad("list", "--where", "amount > 13.5k", "-q")
    assert where.out.split() == ["4", "1"]
    record = json.loads(abroad("show", "4", "--json").out)
    assert (record["amount"], record["currency"], record["weighted"]) == (15000, "USD", 1500)
    screen(100)
    assert abroad("list").err == "5 opportunities, €70,800 ($15,000 converted), CHF 5,000 without a rate\n"


def test_the_journal_has_it(abroad: Pipe) -> None:
    [entry] = json.loads(abroad("journal", "--limit", "1", "--json").out)
    assert (entry["kind"], entry["summary"]) == ("RateSet", "1 USD = 0.92 EUR from 2026-11-02 on")
