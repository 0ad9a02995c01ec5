"""The forecast on screen: which column to believe, the last Mondays, what is left out, opportunity by opportunity."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from pipecli.render.console import console
from pipecli.render.forecast import print_explained, print_forecast

Shown = Callable[..., str]


def line(key: str, won: float, weighted: float, ranges: tuple[float, ...], new: float) -> dict[str, Any]:
    """A line of the forecast: `ranges` are P10, P50 and P90 of the total."""
    quantiles = dict(zip(("p10", "p50", "p90"), ranges, strict=True))
    return {
        "key": key,
        "label": key,
        "won": {"count": 1, "amount": won},
        "weighted": weighted,
        "history": {"total": quantiles, "new_business": {"p50": new}},
    }


def document(**values: Any) -> dict[str, Any]:
    """A forecast of three lines that is believed, with two Mondays behind it."""
    whole = line("", 41_200, 211_500.4, (157_000.4, 255_000, 390_000), 99_000)
    whole["history"] |= {"trusted": True, "why": "over 26 past days it missed by 14 %"}
    return {
        **whole,
        "as_of": "2026-11-23",
        "until": "2027-03-31",
        "currency": "EUR",
        "unpriced": {"count": 4},
        "undated": {"count": 2, "amount": 9000},
        "other_currencies": [],
        "groups": [
            line("2026-11", 41_200, 18_500.5, (46_000, 58_123, 71_499), 3000),
            line("2026-Q4", 41_200, 73_000, (77_000, 113_000, 159_000), 22_000),
            line("2027-Q1", 0, 120_000, (80_000, 142_000, 1_231_000), 77_000),
        ],
        "track": [
            {"day": "2026-10-12", "said": 52_300, "weighted": 70_000, "came": 45_000},
            {"day": "2026-10-19", "said": 61_000, "weighted": 80_000, "came": 0},
        ],
        "track_days": 30,
        **values,
    }


@pytest.fixture
def shown(environment: Path, at: object, capsys: pytest.CaptureFixture[str]) -> Shown:
    """What a forecast prints, without colours."""

    def show(total: bool = False, since: str | None = None, **values: Any) -> str:
        capsys.readouterr()
        print_forecast(console(), document(**values), total=total, since=since)
        return capsys.readouterr().out

    return show


TABLE = """\
                      won  weighted   P10     P50     P90  of it new
November 2026     €41,200   €18,500  €46k  €58.1k  €71.5k        €3k
4th quarter 2026  €41,200   €73,000  €77k   €113k   €159k       €22k
1st quarter 2027        –  €120,000  €80k   €142k  €1.23m       €77k
"""
BELIEVED = """
Believe P10 to P90, from history: over 26 past days it missed by 14 %.

The 30 days after each of the last Mondays, by history, and what came:
On Monday  12 Oct  19 Oct
we said    €52.3k    €61k
it was       €45k      €0

"""
NOTES = """\
4 open opportunities have no amount: counted, not priced
2 open opportunities have no close date, or a past one: in no period (€9,000)
to settle them: pipe clean --only unpriced,past-close-date,no-close-date
"""


@pytest.mark.parametrize("columns", [80, 160])
def test_history_that_is_believed(shown: Shown, screen: Callable[[int], None], columns: int) -> None:
    screen(columns)
    since = "Since Mon 16 Nov: +€12,400 (2 new, 1 lost)"
    assert shown(since=since) == f"{TABLE}{BELIEVED}{since}\n{NOTES}"


def test_rules_that_are_believed(shown: Shown) -> None:
    history = {**document()["history"], "trusted": False, "why": "nothing was won"}
    assert (
        shown(history=history, track=[]) == f"{TABLE}\nBelieve the weighted column: nothing was won.\n{NOTES}"
    )


def test_a_period_that_is_over_is_not_believed_but_known(shown: Shown) -> None:
    found = shown(until="2026-11-23")
    assert found == f"{TABLE}\nThe period is over: what was won is known.\n{NOTES}"


def test_the_total_is_a_line_of_its_own(shown: Shown) -> None:
    assert shown(total=True).splitlines()[4] == (
        "Total             €41,200  €211,500  €157k   €255k   €390k       €99k"
    )
    assert shown(groups=[], total=False).splitlines()[1].startswith("Total  €41,200")


def test_another_measure_is_in_numbers_with_a_decimal_where_it_counts(shown: Shown) -> None:
    groups = [line("2026-11", 2, 0.25, (0.04, 1.26, 1_200), 0)]
    assert shown(unit="number", groups=groups).splitlines()[:2] == [
        "               won  weighted  P10  P50    P90  of it new",
        "November 2026    2       0.2    0  1.3  1,200          –",
    ]


def test_another_currency_stands_apart_with_what_there_is_of_it(shown: Shown) -> None:
    dollars = {"currency": "USD", "won": {"amount": 0}, "open": {"amount": 5000}, "weighted": 500}
    yen = {"currency": "JPY", "won": {"amount": 0}, "open": {"amount": 0}, "weighted": 0}
    nothing = {"undated": {"amount": 0}}
    found = shown(other_currencies=[{**dollars, **nothing}, {**yen, **nothing}]).splitlines()
    assert found[-2:] == [
        "USD stands apart, without a rate: open $5,000, weighted $500",
        "JPY stands apart, without a rate: nothing priced",
    ]


def mondays(said: float) -> list[dict[str, Any]]:
    return [
        {"day": f"2026-10-{day:02}", "said": said, "weighted": 0, "came": 987_654} for day in range(10, 20)
    ]


@pytest.mark.parametrize(
    ("columns", "said", "first"), [(80, 1_234, 12), (80, 1_234_567, 12), (60, 1_234, 14), (160, 1_234, 12)]
)
def test_eight_mondays_are_shown_or_as_many_as_fit(
    shown: Shown, screen: Callable[[int], None], columns: int, said: float, first: int
) -> None:
    screen(columns)
    [days] = [row for row in shown(track=mondays(said)).splitlines() if row.startswith("On Monday")]
    assert days.split()[2::2] == [str(day) for day in range(first, 20)]
    assert len(days) <= columns


def test_a_line_that_the_period_cuts_says_from_when_it_counts(shown: Shown) -> None:
    groups = [
        line("2026-11", 0, 1, (1, 2, 3), 0) | {"from": "2026-11-15"},
        line("2026-Q4", 0, 1, (1, 2, 3), 0) | {"from": "2026-11-15"},
        line("2027-Q1", 0, 1, (1, 2, 3), 0) | {"from": "2027-01-01"},
        line("lea", 0, 1, (1, 2, 3), 0),
    ]
    assert [re.split(r" {2,}", row)[0] for row in shown(groups=groups).splitlines()[1:5]] == [
        "November from 15 Nov", "4th quarter from 15 Nov", "1st quarter 2027", "lea",
    ]  # fmt: skip


def test_a_field_that_is_missing_is_named(shown: Shown) -> None:
    found = shown(unit="number", measure="effort_days", unpriced={"count": 1})
    assert "1 open opportunity has no effort_days: counted, not added up" in found


def test_opportunity_by_opportunity(
    environment: Path, at: object, capsys: pytest.CaptureFixture[str], screen: Callable[[int], None]
) -> None:
    screen(80)
    acme = {
        "id": 12, "name": "ERP", "account": "Acme", "stage_name": "Proposal sent", "currency": "EUR",
        "amount": 48_000, "probability": 50, "by_until": 31.4, "expected": 15_072.0,
        "moved": ["40 days in the stage lower it from 52 %", "its close date is past"],
    }  # fmt: skip
    dollars = acme | {"id": 7, "account": None, "amount": 5000, "currency": "USD", "expected": 0, "moved": []}
    blank = acme | {"id": 9, "amount": None, "moved": []}
    parts = {
        name: {"mean": mean, "p10": mean - 1000, "p90": mean + 1000}
        for name, mean in (("existing", 20_000), ("new_business", 3000), ("total", 23_000))
    }
    capsys.readouterr()
    print_explained(console(), document(history=parts), [acme, dollars, blank])
    assert (
        capsys.readouterr().out
        == """\
    Opportunity  Stage           Amount  rule  by 31 Mar    adds
12  Acme · ERP   Proposal sent  €48,000  50 %       31 %  €15.1k
      40 days in the stage lower it from 52 %
      its close date is past
 7  ERP          Proposal sent   $5,000  50 %       31 %      €0
 9  Acme · ERP   Proposal sent        –  50 %       31 %  €15.1k

Opportunities that exist: €20k expected, €19k to €21k
Business not opened yet: €3k expected, €2k to €4k
Together: €23k expected, €22k to €24k
"""
    )
