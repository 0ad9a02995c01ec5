"""Cash by month and load by week on screen, and what a definition's terms read like."""

from __future__ import annotations

import json
import re
import shlex
from collections.abc import Callable
from datetime import date
from pathlib import Path

import pytest

from pipecli import text
from pipecli.config import Settings
from pipecli.render.console import console
from pipecli.render.schedules import print_cash, print_load
from pipecli.service import cash, load
from pipecli.service.periods import Period
from pipecli.service.workspace import Workspace

from .conftest import Pipe

TERMS = """
[[field]]
key = "effort_days"
type = "number"
label = "Days of work"

[[payment]]
share = 30
label = "at signature"

[[payment]]
share = 70
after = "60d"

[delivery]
start_after = "1w"
over = "2w"

[delivery.effort_days]
start_after = "2w"
"""
CASH = """\
Cash: 30 % at the win (at signature), 70 % after 60 days

               won, unpaid  weighted    total
November 2026            –         –        –
December 2026            –    €3,600   €3,600
January 2027        €4,550      €270   €4,820
February 2027            –    €8,400   €8,400
March 2027               –      €630     €630
Total               €4,550   €12,900  €17,450

P10 to P90: what is won with what history expects of wins yet to come, business not opened yet included
€1,950 of what is won fell due since Sun 1 Nov: it counts as paid
1 open opportunity has no close date, or a past one: in no period
USD stands apart: weighted $1,500
"""
LOAD = """\
Days of work: starts 14 days after the win, over 14 days

week of      won  weighted  total
Mon 23 Nov     –         –      –
Mon 30 Nov   1.5         –    1.5
Mon 7 Dec    3.5         –    3.5
Mon 14 Dec   2.0         –    2.0
Mon 21 Dec     –         –      –
Mon 28 Dec     –       2.1    2.1
4 Jan 2027     –       5.0    5.0
11 Jan 2027    –       2.9    2.9
Total        7.0      10.0   17.0

P10 to P90: what is won with what history expects of wins yet to come, business not opened yet included
2 opportunities have no effort_days: counted nowhere
1 open opportunity has no close date, or a past one: in no period
"""


@pytest.fixture
def planned(house: Pipe, environment: Path) -> Workspace:
    """The house with terms and a delivery; 1 and 5 have days of work."""
    file = environment / "new.toml"
    file.write_text(house("stages", "show", "--toml").out + TERMS)
    for line in (
        f"stages adopt {file} --yes",
        "edit 1 --set effort_days=40",
        "edit 5 --set effort_days=7",
        "edit 4 --set close_date=2026-12-01",
    ):
        assert house(*shlex.split(line)).code == 0
    return Workspace(Settings())


def printed(show: Callable[[], None], capsys: pytest.CaptureFixture[str]) -> str:
    capsys.readouterr()
    show()
    return capsys.readouterr().out


def by_rules(shown: str, columns: int = 100) -> str:
    """A screen without its ranges from history, which stand behind the totals, and whose figures make sense."""
    lines = shown.splitlines(keepends=True)
    [head] = [n for n, line in enumerate(lines) if line.rstrip().endswith("P90")]
    last = lines.index("\n", head)
    at = lines[head].index("total") + len("total")
    for line in lines[head + 1 : last - 1]:
        assert re.fullmatch(r"( +(–|€?[\d.,]+[km]?)){3}\n", line[at:]), line
        assert len(line) <= columns + 1
    assert lines[last - 1][at:].strip() == ""
    kept = [line[:at].rstrip() + "\n" for line in lines[head:last]]
    return "".join([*lines[:head], *kept, *lines[last:]])


def test_cash_by_month(planned: Workspace, capsys: pytest.CaptureFixture[str]) -> None:
    found = cash.cash(planned, Period())
    shown = by_rules(printed(lambda: print_cash(console(), found), capsys))
    assert re.sub(r"(opened|yet) \n", r"\1 ", shown) == CASH


def test_load_by_week(planned: Workspace, capsys: pytest.CaptureFixture[str]) -> None:
    found = load.load(planned, "effort_days", Period())
    shown = by_rules(printed(lambda: print_load(console(), found), capsys))
    assert re.sub(r"(opened|yet) \n", r"\1 ", shown) == LOAD


def test_it_reads_the_same_in_a_terminal(
    planned: Workspace, capsys: pytest.CaptureFixture[str], screen: Callable[[int], None]
) -> None:
    found = cash.cash(planned, Period())
    for columns in (80, 160):
        screen(columns)
        shown = by_rules(printed(lambda: print_cash(console(), found), capsys), columns)
        assert re.sub(r"(business|opened|yet) \n", r"\1 ", shown) == CASH


def test_nothing_sold_has_only_zeros(house: Pipe, capsys: pytest.CaptureFixture[str]) -> None:
    found = cash.cash(Workspace(Settings()), Period(date(2028, 1, 1), date(2028, 1, 31)))
    shown = by_rules(printed(lambda: print_cash(console(), found), capsys))
    assert shown.splitlines()[:4] == [
        "Cash: 100 % at the win",
        "",
        "              won, unpaid  weighted  total",
        "January 2028            –         –      –",
    ]


def test_what_comes_in_after_the_period_is_told(
    planned: Workspace, capsys: pytest.CaptureFixture[str]
) -> None:
    period = Period(until=date(2026, 12, 20))
    money, work = cash.cash(planned, period), load.load(planned, "effort_days", period)
    assert "after Sun 20 Dec: €4,550 of what is won, €9,300 weighted" in printed(
        lambda: print_cash(console(), money), capsys
    )
    assert "after Sun 20 Dec: 10.0 weighted" in printed(lambda: print_load(console(), work), capsys)


def test_french(planned: Workspace, capsys: pytest.CaptureFixture[str]) -> None:
    text.use_language("fr")
    found = printed(lambda: print_load(console(), load.load(planned, "effort_days", Period())), capsys)
    assert re.search(r"lun\. 7 déc\. +3,5 +– +3,5", found)


RANGES = ",".join(
    f"{part}_{figure}"
    for part in ("existing", "new_business", "total")
    for figure in ("mean", "p10", "p50", "p90")
)


def test_formats_read_the_same_rows(planned: Workspace, house: Pipe) -> None:
    csv = house("forecast", "--cash", "--csv").out.splitlines()
    assert csv[0] == f"key,label,won_unpaid,weighted,total,{RANGES}"
    assert [re.sub(r"(,[\d.]+){12}$", "", line) for line in csv[1:3]] == [
        "2026-11,2026-11,0,0,0",
        "2026-12,2026-12,0,3600,3600",
    ]
    csv = house("forecast", "--load", "effort_days", "--csv").out.splitlines()
    assert csv[0] == f"key,label,until,won,weighted,total,{RANGES}"
    assert csv[2].startswith("2026-11-30,2026-W49,2026-12-06,1.5,0,1.5,")
    markdown = house("forecast", "--load", "effort_days", "--markdown").out.splitlines()
    assert markdown[0] == "| week of | won | weighted | total | P10 | P50 | P90 |"
    assert re.fullmatch(r"\| Mon 30 Nov \| 1\.5 \| – \| 1\.5 \|( (–|[\d.]+) \|){3}", markdown[3])
    assert house("forecast", "--cash", "-q").out.split() == [
        "2026-11", "2026-12", "2027-01", "2027-02", "2027-03",
    ]  # fmt: skip


def test_json_has_what_the_lines_have(planned: Workspace, house: Pipe) -> None:
    found = json.loads(house("forecast", "--cash", "--json").out)
    assert found == cash.as_json(cash.cash(planned, Period()))
    assert found["groups"][1]["history"]["total"]["p90"] > 0
    found = json.loads(house("forecast", "--load", "effort_days", "--json").out)
    assert found == load.as_json(load.load(planned, "effort_days", Period()))


def test_stages_show_the_terms(planned: Workspace, house: Pipe) -> None:
    assert house("stages").out.splitlines()[-4:] == [
        "engineering: lea",
        "Payment: 30 % at the win (at signature), 70 % after 60 days",
        "Delivery: starts 7 days after the win, over 14 days",
        "Delivery of effort_days: starts 14 days after the win, over 14 days",
    ]


def test_stages_without_terms_say_nothing_of_them(house: Pipe) -> None:
    assert "Payment" not in house("stages").out
