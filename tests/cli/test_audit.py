"""`pipe audit` in every format, on screen, and as a judge in cron."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import pytest

from pipecli.render.audit import sparkline, stability_line

from .conftest import Pipe


@pytest.fixture
def untidy(house: Pipe, environment: Path) -> Pipe:
    """Twelve came from a file, two of them lost without a reason; 1 and 2 are proven by the same word."""
    rows = [f"Old {n},Nord,5000,Discovery,zoe,2026-10-01,,x{n}" for n in range(1, 11)]
    rows += [f"Gone {n},Nord,800,lost,zoe,2026-09-01,2026-10-05,y{n}" for n in range(1, 3)]
    file = environment / "old.csv"
    file.write_text("\n".join(["name,account,amount,stage,owner,created,closed,id", *rows]) + "\n")
    definition = environment / "own.toml"
    adjustable = "probability = { default = 25, min = 10, max = 40 }"
    definition.write_text(
        house("stages", "show", "--toml").out.replace("probability = 25\n", f"{adjustable}\n")
    )
    assert house("stages", "adopt", str(definition), "--yes").code == 0
    assert house("import", str(file)).code == 0
    assert house("prove", "1", "problem", "ok").code == 0
    assert house("prove", "2", "need", "OK").code == 0
    assert house("edit", "1", "--probability", "30", "-r", "They know us").code == 0
    assert house("log", "3", "call", "Talked", "--on", "2026-11-18").code == 0
    return house


SCREEN = """\
Pipeline hygiene   61 %   ·····▇▇▇▁

  Dated next action          4 of 14  29 %   10 without; 2 late: pipe overdue
  Stages proven              4 of 14  29 %   10 imported without proof
  Losses documented           1 of 3         2 imported without a reason
  Recorded within a day     22 of 23  96 %
  Forecast on shared rules  13 of 14  93 %   1 probability set by hand

Are the stages understood by all?
  One-word proofs  2  "ok": problem 1
                      "OK": need 2
  Copied proofs    1  "ok": problem 1, need 2

To mend, the worst first   14
   7  Nord · Old 1  zoe  no next action, imported without proof
      pipe next 7 TEXT -d DUE
   8  Nord · Old 2  zoe  no next action, imported without proof
      pipe next 8 TEXT -d DUE
   9  Nord · Old 3  zoe  no next action, imported without proof
      pipe next 9 TEXT -d DUE
  10  Nord · Old 4  zoe  no next action, imported without proof
      pipe next 10 TEXT -d DUE
  11  Nord · Old 5  zoe  no next action, imported without proof
      pipe next 11 TEXT -d DUE

Within a day: of what happened and was recorded by hand in the last 28 days.
Not stable enough yet to automate or to quote rates: that takes 8 weeks in a row
at 80 % or more (now 0) and 10 closed opportunities (now 4).
"""


def test_the_screen_says_what_is_wrong_and_how_to_mend_it(
    untidy: Pipe, screen: Callable[[int], None]
) -> None:
    screen(80)
    assert untidy("audit") == (0, SCREEN, "and 9 more: pipe audit --limit 0\n")


def test_a_clean_pipeline_has_few_words(house: Pipe, screen: Callable[[int], None]) -> None:
    screen(80)
    assert house("audit", "--exit-code") == (
        0,
        """\
Pipeline hygiene   100 %   ·····▇▇▇▇

  Dated next action           4 of 4          2 late: pipe overdue
  Stages proven               4 of 4
  Losses documented           1 of 1
  Recorded within a day     20 of 20  100 %
  Forecast on shared rules    4 of 4

Within a day: of what happened and was recorded by hand in the last 28 days.
Not stable enough yet to automate or to quote rates: that takes 8 weeks in a row
at 80 % or more (now 3) and 10 closed opportunities (now 2).
""",
        "",
    )


def test_nothing_there_yet(pipe: Pipe, screen: Callable[[int], None]) -> None:
    screen(80)
    assert pipe("init").code == 0
    assert pipe("audit", "--exit-code", "--min", "90") == (
        0,
        """\
Pipeline hygiene   –

  Dated next action         –
  Stages proven             –
  Losses documented         –
  Recorded within a day     –
  Forecast on shared rules  –

Within a day: of what happened and was recorded by hand in the last 28 days.
Not stable enough yet to automate or to quote rates: that takes 8 weeks in a row
at 80 % or more (now 0) and 10 closed opportunities (now 0).
""",
        "Too few cases for a percentage: --min has nothing to judge.\n",
    )


def test_owners_side_by_side(untidy: Pipe, screen: Callable[[int], None]) -> None:
    screen(80)
    assert untidy("audit", "--by", "owner") == (
        0,
        """\
Pipeline hygiene   61 %   ·····▇▇▇▁

Owner      Hygiene  open  action  proven   rules  losses    in a day
lea           92 %     3  3 of 3  3 of 3  2 of 3  1 of 1  100 % n 21
marc        4 of 5     1  1 of 1  1 of 1  1 of 1       –      1 of 2
zoe           33 %    10     0 %     0 %   100 %  0 of 2           –
everybody     61 %    14    29 %    29 %    93 %  1 of 3   96 % n 23

Hygiene is the mean of the points; those under 10 cases are taken together.
""",
        "",
    )


def test_one_owner(untidy: Pipe, screen: Callable[[int], None]) -> None:
    screen(80)
    found = untidy("audit", "--owner", "MARC")
    assert found == untidy("audit", "-m", me="marc")
    assert found == (
        0,
        """\
Pipeline hygiene of marc   4 of 5

  Dated next action         1 of 1
  Stages proven             1 of 1
  Losses documented              –
  Recorded within a day     1 of 2
  Forecast on shared rules  1 of 1

Within a day: of what happened and was recorded by hand in the last 28 days.
Not stable enough yet to automate or to quote rates: that takes 8 weeks in a row
at 80 % or more (now 0) and 10 closed opportunities (now 0).
""",
        "",
    )


def test_json_has_everything(untidy: Pipe) -> None:
    found = json.loads(untidy("audit", "--json").out)
    assert list(found) == [
        *("as_of", "owner", "hygiene", "eight_weeks_ago", "weeks", "points", "owners"),
        *("moves_back", "one_word", "copied", "owners_apart", "listed", "merged", "stability"),
    ]
    assert found["hygiene"] == {"rate": 0.6141, "met": 44, "cases": 68}
    assert found["eight_weeks_ago"] == {"rate": None, "met": 0, "cases": 0}
    assert [week["rate"] for week in found["weeks"]] == [None] * 5 + [1.0, 1.0, 1.0, 0.6141]
    assert found["points"][1] == {
        **{"point": "proven", "k": 4, "n": 14, "rate": 0.2857},
        **{"imported": 10, "expired": 0, "lapsed": 0, "waived": 0},
    }
    assert found["copied"] == [
        {"text": "ok", "proofs": [{"id": 1, "criterion": "problem"}, {"id": 2, "criterion": "need"}]}
    ]
    assert found["listed"][11] == {
        **{"id": 18, "name": "Gone 2", "account": "Nord", "owner": "zoe", "faults": ["undocumented_loss"]},
        "fix": "pipe reopen 18 -r TEXT -n TEXT -d today; pipe lose 18 REASON",
    }
    assert found["stability"] == {
        **{"stable": False, "weeks": 0, "closed": 4},
        **{"weeks_needed": 8, "rate_needed": 0.8, "closed_needed": 10},
    }


def test_json_of_one_owner_and_of_the_worst_alone(untidy: Pipe) -> None:
    found = json.loads(untidy("audit", "--json", "--owner", "zoe", "--limit", "2").out)
    assert (found["owner"], found["owners"], len(found["listed"])) == ("zoe", [], 2)


def test_csv_lines_and_markdown_have_the_points(untidy: Pipe) -> None:
    assert untidy("audit", "--csv") == (
        0,
        """\
point,k,n,rate
next_action,4,14,0.2857
proven,4,14,0.2857
losses,1,3,
on_time,22,23,0.9565
shared_rules,13,14,0.9286
""",
        "",
    )
    assert [json.loads(line)["point"] for line in untidy("audit", "--jsonl").out.splitlines()] == [
        *("next_action", "proven", "losses", "on_time", "shared_rules")
    ]
    assert untidy("audit", "--markdown") == (
        0,
        """\
| Point | Cases | % | Beside |
| --- | ---: | ---: | --- |
| Dated next action | 4 of 14 | 29 % | 10 without; 2 late: pipe overdue |
| Stages proven | 4 of 14 | 29 % | 10 imported without proof |
| Losses documented | 1 of 3 |  | 2 imported without a reason |
| Recorded within a day | 22 of 23 | 96 % |  |
| Forecast on shared rules | 13 of 14 | 93 % | 1 probability set by hand |
""",
        "",
    )


def test_csv_and_markdown_of_owners(untidy: Pipe) -> None:
    assert untidy("audit", "--by", "owner", "--csv") == (
        0,
        """\
owner,hygiene_rate,hygiene_met,hygiene_cases,next_action_k,next_action_n,next_action_rate,proven_k,proven_n,proven_rate,losses_k,losses_n,losses_rate,on_time_k,on_time_n,on_time_rate,shared_rules_k,shared_rules_n,shared_rules_rate
lea,0.92,30,31,3,3,,3,3,,1,1,,21,21,1.0,2,3,
marc,,4,5,1,1,,1,1,,0,0,,1,2,,1,1,
zoe,0.3333,10,32,0,10,0.0,0,10,0.0,0,2,,0,0,,10,10,1.0
""",
        "",
    )
    assert untidy("audit", "--by", "owner", "--markdown").out.splitlines()[-1] == (
        "| zoe | 33 % | 10 | 0 % | 0 % | 100 % | 0 of 2 | – |"
    )


def test_ids_are_those_to_mend_the_worst_first(untidy: Pipe) -> None:
    assert untidy("audit", "-q").out.split() == [*map(str, range(7, 19)), "1", "2"]
    assert untidy("audit", "-q", "--limit", "2").out.split() == ["7", "8"]


@pytest.mark.parametrize(
    "words, code, err",
    [
        (["--exit-code"], 8, ""),
        (["--exit-code", "--owner", "marc"], 0, ""),
        (["--min", "90"], 8, "The hygiene is below 90 %.\n"),
        (["--min", "61"], 0, ""),
        (
            ["--min", "90", "--owner", "marc"],
            0,
            "Too few cases for a percentage: --min has nothing to judge.\n",
        ),
    ],
)
def test_the_exit_code_judges(untidy: Pipe, words: list[str], code: int, err: str) -> None:
    found = untidy("audit", "--json", *words)
    assert (found.code, found.err) == (code, err)


@pytest.mark.parametrize(
    "words, code, err",
    [
        (["--by", "stage"], 2, 'no grouping "stage"; write --by owner\n'),
        (["--by", "owner", "-m"], 2, "--by owner shows every owner: leave out --owner and -m\n"),
        (["--owner", "ida"], 3, 'no opportunity is of "ida"; the owners are: lea, marc, zoe\n'),
    ],
)
def test_what_cannot_be_audited(untidy: Pipe, words: list[str], code: int, err: str) -> None:
    assert untidy("audit", *words) == (code, "", err)


def test_what_was_listed_is_mended_by_its_command(untidy: Pipe) -> None:
    for _round in range(2):
        for row in json.loads(untidy("audit", "--json").out)["listed"]:
            given = {"TEXT": f"Said so in call {row['id']}", "DUE": "+5d", "REASON": "price"}
            for command in row["fix"].split("; "):
                words = [given.get(word, word) for word in command.split()[1:]]
                assert untidy(*words).code == (4 if words[0] == "why" else 0), words
    after = json.loads(untidy("audit", "--json").out)["listed"]
    assert {fault for row in after for fault in row["faults"]} == {"imported_unproven"}


def test_a_proof_is_shown_literally(house: Pipe) -> None:
    assert house("prove", "1", "problem", "[red]\x1b[31mok").code in (0, 2)
    assert house("prove", "2", "need", "[red]ok").code == 0
    found = house("audit").out
    assert "\x1b" not in found
    assert '"[red]ok": need 2' in found


@pytest.mark.parametrize(
    "rates, bars",
    [
        ([], ""),
        ([0.9], ""),
        ([None, 0.9, None], ""),
        ([0.9, 0.9], "▇▇"),
        ([0.0, 0.5, 1.0], "▁▄▇"),
        ([0.9, 0.95, 1.0], "▁▄▇"),
        ([0.99, 1.0], "▆▇"),
        ([None, 0.8, 0.9], "·▁▇"),
    ],
)
def test_the_trend_as_bars(rates: list[float | None], bars: str) -> None:
    assert sparkline(rates) == bars


def test_what_is_stable_says_so() -> None:
    found = {"stable": True, "weeks": 8, "closed": 23, "rate_needed": 0.8}
    assert stability_line(found) == (
        "Stable enough to automate and quote rates: 8 weeks at 80 % or more, 23 closed."
    )


def test_owners_apart_and_moves_back_are_told(house: Pipe, environment: Path) -> None:
    for n in range(10):
        assert house("add", f"New {n}", "-n", "call", "-d", "+3d", "--contact", "Ana").code == 0
    file = environment / "old.csv"
    rows = [f"Old {n},Nord,Qualified lead,zoe,x{n}" for n in range(12)]
    file.write_text("\n".join(["name,account,stage,owner,id", *rows]) + "\n")
    assert house("import", str(file)).code == 0
    assert house("back", "1", "--reason", "They asked for time").code == 0
    section = house("audit").out.split("\n\n")[2]
    assert section.splitlines() == [
        "Are the stages understood by all?",
        "  Moves back    1  in eight weeks, beside 2 on",
        "  Owners apart  2  Qualified lead: lea proves 13 of 13, the others 1 of 13",
        "                   Qualified lead: zoe proves 0 of 12, the others 14 of 14",
    ]
