"""`pipe forecast` as a command: its lines, days, measures, formats, a chart, what it refuses, odd pipelines."""

from __future__ import annotations

import json
import re
import shlex
from collections.abc import Callable
from pathlib import Path

import pytest

from .conftest import Pipe
from .terminal import Terminal

LEFT_OUT = [
    "1 open opportunity has no amount: counted, not priced",
    "1 open opportunity has no close date, or a past one: in no period",
    "to settle them: pipe clean --only unpriced,past-close-date,no-close-date",
    "USD stands apart, without a rate: $15,000 in no period",
]
FEW = ["Believe the weighted column: only 2 opportunities are closed: too few to learn from."]


def by_rules(out: str) -> list[list[str]]:
    """The table's label, what is won and what is weighted, line by line; the rest are ranges."""
    table = out.split("\n\n")[0].splitlines()
    return [re.split(r" {2,}", row.strip())[:3] for row in table[1:]]


def test_without_options_this_month_this_quarter_and_the_next(
    house: Pipe, screen: Callable[[int], None]
) -> None:
    for columns in (80, 160):
        screen(columns)
        code, out, err = house("forecast")
        assert (code, err) == (0, "")
        assert re.split(r" {2,}", out.splitlines()[0].strip()) == [
            "won", "weighted", "P10", "P50", "P90", "of it new",
        ]  # fmt: skip
        assert by_rules(out) == [
            ["November 2026", "€6,500", "–"],
            ["4th quarter 2026", "€6,500", "€12,000"],
            ["1st quarter 2027", "–", "€900"],
        ]
        said = out.split("\n\n")[1].replace("learn \nfrom", "learn from").splitlines()
        assert said == [*FEW, "Since Mon 16 Nov: +€6,500 (1 won)", *LEFT_OUT]
        assert max(map(len, out.splitlines())) <= columns


@pytest.mark.parametrize(
    ("words", "lines"),
    [
        (
            "--by stage",
            [["Qualified lead", "–", "€900"], ["Discovery", "–", "€12,000"], ["Negotiation", "€6,500", "–"]],
        ),
        ("--by owner", [["lea", "€6,500", "€12,900"], ["marc", "–", "–"]]),
        (
            "--by account",
            [["Acme", "–", "€12,000"], ["Borel", "–", "€900"], ["Nord", "–", "–"], ["Sirius", "–", "–"],
             ["none", "€6,500", "–"]],
        ),
        ("--by source", [["none", "€6,500", "€900"], ["referral", "–", "€12,000"]]),
        ("--by quarter", [["4th quarter from 1 Nov", "€6,500", "€12,000"], ["1st quarter 2027", "–", "€900"]]),
        ("--from 2026-12-01", []),
    ],
)  # fmt: skip
def test_by_anything_with_its_total(house: Pipe, words: str, lines: list[list[str]]) -> None:
    found = by_rules(house("forecast", *shlex.split(words)).out)
    total = ["Total", "–" if "--from" in words else "€6,500", "€12,900"]
    assert found == [*lines, total]


def test_a_count_of_opportunities(house: Pipe) -> None:
    found = house("forecast", "--measure", "count", "--by", "owner").out
    assert by_rules(found) == [["lea", "1", "0.3"], ["marc", "–", "–"], ["Total", "1", "0.3"]]
    assert "€" not in found and "Since" not in found


def test_as_of_and_as_known(house: Pipe) -> None:
    """On the 18th Ida's 6,000 were at the terms; that the ERP reached discovery was recorded on the 16th."""
    assert by_rules(house("forecast", "--as-of", "2026-11-17", "--by", "stage").out)[:2] == [
        ["Qualified lead", "–", "€900"],
        ["Discovery", "–", "€12,000"],
    ]
    assert house("forecast", "--as-known", "2026-11-17").out == house("forecast", "--as-of", "2026-11-17").out
    assert house("forecast", "--as-known", "2026-11-01") == (
        3, "", "nothing was known yet on 2026-11-01: the first record is of 2026-11-02\n",
    )  # fmt: skip
    assert house("forecast", "--as-known", "2026-12-01")[0] == 2
    assert house("forecast", "--as-of", "2026-12-01") == (
        2, "", "2026-12-01 is in the future; --as-of looks back\n",
    )  # fmt: skip


def test_the_same_question_twice_has_the_same_bytes(house: Pipe) -> None:
    for words in (["--json", "--by", "month"], [], ["--explain"], ["--cash", "--csv"]):
        assert house("forecast", *words) == house("forecast", *words)


def test_explain_lists_the_open_ones_with_the_three_sums(house: Pipe) -> None:
    out = house("forecast", "--explain").out
    assert re.findall(r"(?m)^ ?(\d+) ", out) == ["1", "2", "3", "4"]
    assert "      no amount: taken as what such wins usually bring\n" in out
    assert "      an amount in USD, without a rate: counted, not priced\n" in out
    assert [row.partition(":")[0] for row in out.splitlines()[-3:]] == [
        "Opportunities that exist", "Business not opened yet", "Together",
    ]  # fmt: skip
    assert house("forecast", "--explain", "--limit", "1").err == "and 3 more: --limit 0\n"


def test_explain_in_other_formats(house: Pipe) -> None:
    found = json.loads(house("forecast", "--explain", "--json").out)
    assert list(found)[-2:] == ["history", "opportunities"]
    assert [one["id"] for one in found["opportunities"]] == [1, 2, 3, 4]
    assert house("forecast", "--explain", "-q").out == "1\n2\n3\n4\n"
    csv = house("forecast", "--explain", "--csv").out.splitlines()
    assert csv[0] == (
        "id,name,account,stage,stage_name,close_date,currency,amount,probability,weighted,by_until,expected,"
        "share,moved"
    )
    assert csv[4].startswith("4,Portal,Sirius,lead,Qualified lead,,USD,15000,10,1500,")
    markdown = house("forecast", "--explain", "--markdown").out.splitlines()
    assert markdown[0] == "| id | Opportunity | Stage | Amount | rule | by 31 Mar | adds |"
    assert markdown[5].startswith("| 4 | Sirius · Portal | Qualified lead | $15,000 | 10 % |")


@pytest.mark.parametrize("columns", [80, 160])
def test_a_chart_has_a_legend_and_fits(house: Pipe, screen: Callable[[int], None], columns: int) -> None:
    screen(columns)
    out = house("forecast", "--chart").out
    assert out.splitlines()[-1] == "  █ won   ▓ P10   ▒ P50   ░ P90"
    [months] = [row for row in out.splitlines() if "Jan 27" in row]
    assert " ".join(months.split()) == "May Jun Jul Aug Sep Oct Nov Dec Jan 27 Feb Mar"
    assert out.count("█") > 5 and "€0┤" in out
    assert max(map(len, out.splitlines())) <= columns


def test_a_chart_of_nothing_is_drawn(pipe: Pipe) -> None:
    pipe("init")
    code, out, err = pipe("forecast", "--chart")
    assert (code, err) == (0, "")
    assert "█ won" in out


def test_a_chart_has_no_other_format(house: Pipe) -> None:
    for flag in ("--csv", "--markdown", "-q"):
        assert house("forecast", "--chart", flag) == (
            2, "", "--chart draws in the terminal; it has no other format\n",
        )  # fmt: skip


@pytest.mark.parametrize(
    ("words", "said"),
    [
        ("--explain --chart", "choose one of --explain --chart"),
        ("--explain --cash", "choose one of --explain --cash"),
        ("--cash --load x", "choose one of --cash --load"),
        ("--chart --load x", "choose one of --chart --load"),
        ("--cash --by owner", "choose one of --cash --by"),
        ("--explain --chart --cash --load x", "choose one of --explain --chart --cash --load"),
        ("--cash --measure count", "--measure does not go with --cash or --load"),
        (
            "--by colour",
            'cannot group by "colour"; group by: month, quarter, owner, stage, account, source, quote_valid_until',
        ),
        ("--measure days", 'no numeric field "days"; what can be added up is: amount, count'),
        (
            "--load days",
            'the definition has no numeric field; add a [[field]] of type "number" or "money": pipe stages edit',
        ),
        ("--from eoy --until today", "the period ends 2026-11-23, before it starts 2026-12-31"),
    ],
)
def test_what_does_not_go_is_one_line(house: Pipe, words: str, said: str) -> None:
    assert house("forecast", *shlex.split(words)) == (2, "", f"{said}\n")


# Odd pipelines

ADD = "add {0} {1} -n call -d 2026-12-01"
LOST = [ADD.format(n, "9k") for n in "abc"] + [f"lose {n} price" for n in (1, 2, 3)]
WIN = (
    'win {0} "they trust us" --amount 9k --prove need=told --prove problem=told --prove decision-maker=told '
    '--prove offer=sent --prove answer=yes --prove objections=none --prove "order=PO 7" --set contact=Ana '
    "--set decision_maker=Ana --set quote_valid_until=2026-12-31 --set close_date=2026-11-23"
)
WON = [ADD.format(n, "9k") for n in "abc"] + [f"log {n} meeting met" for n in (1, 2, 3)]
PIPELINES: dict[str, list[str]] = {
    "empty": [],
    "one closed": [ADD.format("a", "9k"), "lose 1 price"],
    "all lost": LOST,
    "all won": [*WON, *(WIN.format(n) for n in (1, 2, 3))],
    "no amounts": [ADD.format("a", ""), ADD.format("b", ""), "lose 2 price"],
    "zero amounts": [ADD.format("a", "0"), ADD.format("b", "0"), "lose 2 price"],
    "past close dates": [ADD.format("a", "9k") + " --close 2026-11-01"],
}


@pytest.mark.parametrize("name", PIPELINES)
def test_odd_pipelines_get_an_answer(pipe: Pipe, name: str) -> None:
    for words in ("init", *PIPELINES[name]):
        found = pipe(*shlex.split(words))
        assert found.code == 0, found.err
    for words in ("", "--by month", "--by stage", "--explain", "--cash", "--chart", "--until 2031-01-01"):
        code, out, err = pipe("forecast", *shlex.split(words))
        assert (code, err) == (0, "")
        assert "nan" not in out and "inf" not in out
    found = json.loads(pipe("forecast", "--json").out)["history"]
    assert not found["trusted"]
    for part in ("existing", "new_business", "total"):
        assert 0 <= found[part]["p10"] <= found[part]["p50"] <= found[part]["p90"]


def test_a_stage_that_went_is_still_what_the_past_says(house: Pipe, environment: Path) -> None:
    file = environment / "new.toml"
    toml = house("stages", "show", "--toml").out
    file.write_text(toml.replace('key = "lead"', 'key = "first"'))
    before = json.loads(house("forecast", "--json").out)
    assert house("stages", "adopt", str(file), "--move", "lead=first", "--yes").code == 0
    assert json.loads(house("forecast", "--json").out) == before
    assert by_rules(house("forecast", "--by", "stage").out)[0] == ["Qualified lead", "–", "€900"]


def test_in_a_real_terminal_it_ends_with_what_is_left_out(house: Pipe) -> None:
    with Terminal("forecast", PIPE_TODAY="2026-11-23") as terminal:
        terminal.expect("Believe the weighted column")
        terminal.expect("USD stands apart, without a rate: $15,000 in no period")
