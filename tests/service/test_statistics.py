"""Statistics as use cases: on pipelines brought in with their histories, on changed definitions, as of past days."""

import os
from collections.abc import Callable
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest

from pipecli.domain.survival import interval
from pipecli.errors import InvalidInput, NotFound
from pipecli.service import gates, opportunities, performance, rates, stages, statistics, undoing
from pipecli.service.answers import Answers
from pipecli.service.importing import Request, import_file
from pipecli.service.journeys import Asked
from pipecli.service.statistics import Table
from pipecli.service.workspace import Workspace

REAL = Path(os.environ.get("PIPECLI_REAL_DATA", "no-such-folder"))
real_data = pytest.mark.skipif(not REAL.is_dir(), reason="PIPECLI_REAL_DATA names no folder")
At = Callable[[date], None]
Lives = Callable[..., Workspace]
START = date(2026, 1, 1)
ALL = Asked()
NEXT = Answers(next="call", due="+5d")
TODAY = (date(2026, 3, 2) - START).days


def day(n: int) -> date:
    """So many days after New Year."""
    return START + timedelta(n)


@pytest.fixture
def lives(workspace: Workspace, tmp_path: Path) -> Lives:
    """Brings in lives such as `lead@0 discovery@5 won@9`, each with the facts behind its `|`: `owner=bob amount=5`."""

    def bring(*lines: str) -> Workspace:
        rows, history = ["id,name,owner,amount,source,loss_reason"], ["id,stage,at"]
        for n, line in enumerate(lines, 1):
            path, _bar, facts = line.partition("|")
            given = dict(fact.split("=") for fact in facts.split())
            rows.append(",".join([f"A{n}", f"No {n}", *(given.get(k, "") for k in rows[0].split(",")[2:])]))
            for step in path.split():
                stage, on = step.split("@")
                history.append(f"A{n},{stage.title()},{day(int(on))}T{n_th(path, step):02}:00:00")
        for name, text in (("deals.csv", rows), ("history.csv", history)):
            (tmp_path / name).write_text("\n".join(text) + "\n")
        found = import_file(
            workspace, str(tmp_path / "deals.csv"), Request(history=str(tmp_path / "history.csv"))
        )
        assert (found.rejected, found.differences) == ([], [])
        return workspace

    return bring


def n_th(path: str, step: str) -> int:
    """The hour that keeps steps of one day in their order."""
    return path.split().index(step) + 1


def by(table: Table, key: str, *values: str) -> dict[Any, Any]:
    """Values of each row by its key: one by itself, several as a tuple."""
    return {
        row[key]: row[values[0]] if len(values) == 1 else tuple(row[v] for v in values) for row in table.rows
    }


COUNTS = ("entered", "went_on", "lost", "moved_back", "still_there", "skipped")


def test_the_funnel_of_imported_histories(lives: Lives) -> None:
    found = statistics.funnel(
        lives(
            "lead@0 discovery@5 proposal@9 negotiation@12 won@20",
            "lead@0 discovery@5 lost@9",
            "lead@0 proposal@9",
            "lead@0 discovery@5 lead@9",
            "discovery@50 lead@50 discovery@50 won@50",
        ),
        ALL,
    )
    assert by(found, "stage", *COUNTS) == {
        "lead": (5, 4, 0, 0, 1, 0),
        "discovery": (4, 2, 1, 1, 0, 1),
        "proposal": (2, 1, 0, 0, 1, 1),
        "negotiation": (1, 1, 0, 0, 0, 1),
    }
    assert found.counts == {"n": 5, "open": 2, "won": 2, "lost": 1}
    assert found.rows[1]["to_next"] == {
        "n": 3, "k": 2, "rate": None, "low": None, "high": None, "pooled": True,
    }  # fmt: skip
    assert found.rows[1]["to_next_above"] is None  # nor are there ten in all stages


def test_few_cases_of_a_stage_have_the_rate_of_all(lives: Lives) -> None:
    place = lives(*["lead@0 discovery@5 lost@9"] * 6, *["lead@0 lost@3"] * 4)
    rows = {row["stage"]: row for row in statistics.funnel(place, ALL).rows}
    low, high = interval(0.6, 10)
    assert rows["lead"]["to_next"] == {
        "n": 10, "k": 6, "rate": 0.6, "low": round(low, 4), "high": round(high, 4), "pooled": False,
    }  # fmt: skip
    assert rows["lead"]["to_next_above"] is None
    above = rows["discovery"]["to_next_above"]
    assert (above["level"], above["n"], above["k"], above["rate"]) == ("pipeline", 16, 6, 0.375)


def test_few_cases_of_an_owner_have_the_rate_of_everybody(lives: Lives) -> None:
    place = lives(*["lead@0 discovery@5 lost@9|owner=bob"] * 11, "lead@0 lost@3|owner=zoe")
    rows = {row["stage"]: row for row in statistics.funnel(place, Asked(owner="ZOE")).rows}
    assert (rows["lead"]["entered"], rows["discovery"]["entered"]) == (1, 0)
    above = rows["lead"]["to_next_above"]
    assert (above["level"], above["n"], above["k"], above["rate"]) == ("everybody", 12, 11, 0.9167)


def test_a_funnel_is_of_those_opened_in_the_period(lives: Lives) -> None:
    place = lives("lead@0 discovery@5", "lead@3 discovery@4", "lead@9 discovery@12")
    assert statistics.funnel(place, Asked(day(3), day(8))).counts["n"] == 1
    assert statistics.funnel(place, Asked(since=day(3))).counts["n"] == 2
    assert statistics.funnel(place, Asked(until=day(3))).counts["n"] == 2
    assert statistics.funnel(place, Asked(since=day(20))).rows == []


@pytest.mark.parametrize(
    "asked, error, message",
    [
        (Asked(day(9), day(3)), InvalidInput, "the period ends 2026-01-04, before it starts 2026-01-10"),
        (Asked(since=day(90)), InvalidInput, "2026-04-01 is after 2026-03-02; --since looks back"),
        (Asked(as_of=day(90)), InvalidInput, "2026-04-01 is in the future; --as-of looks back"),
        (Asked(owner="eve"), NotFound, 'no opportunity is of "eve"; the owners are: bob, lea'),
    ],
)
def test_what_cannot_be_asked(lives: Lives, asked: Asked, error: type[Exception], message: str) -> None:
    place = lives("lead@0|owner=bob", "lead@1")
    for table in (
        statistics.funnel,
        statistics.velocity,
        statistics.losses,
        performance.owners,
        performance.sources,
    ):
        with pytest.raises(error, match=message):
            table(place, asked)


def test_nothing_there_is_nothing_to_list(workspace: Workspace) -> None:
    for table in (
        statistics.funnel,
        statistics.velocity,
        statistics.losses,
        performance.owners,
        performance.sources,
    ):
        assert table(workspace, ALL).rows == []
    with pytest.raises(NotFound, match='no opportunity is of "lea"; the owners are: none'):
        statistics.funnel(workspace, Asked(owner="lea"))


def test_as_of_a_day_what_came_later_has_not_happened(lives: Lives, workspace: Workspace, at: At) -> None:
    """The same tables as of a day, before and after it was lived on."""
    at(day(20))
    lives(
        *["lead@0 discovery@5 lost@9|owner=bob amount=5 loss_reason=price source=web"] * 6,
        *["lead@0 discovery@7|amount=9"] * 6,
    )

    def told() -> list[Table]:
        asked = Asked(as_of=day(20))
        tables = (
            statistics.funnel,
            statistics.velocity,
            statistics.losses,
            performance.owners,
            performance.sources,
        )
        return [table(workspace, asked) for table in tables]

    before = told()
    at(day(30))
    opportunities.log(workspace, "7", "call", "Talked", NEXT)
    opportunities.edit(workspace, "7", Answers(owner="zoe", amount="20k", sets=("source=web",)))
    gates.lose(workspace, "8", "timing", "")
    gates.reopen(workspace, "1", "they called", NEXT)
    gates.lose(workspace, "1", "timing", "")
    opportunities.add(workspace, "New", NEXT)
    assert told() == before
    assert [table.rows for table in before] != [
        table(workspace, ALL).rows
        for table in (
            statistics.funnel,
            statistics.velocity,
            statistics.losses,
            performance.owners,
            performance.sources,
        )
    ]


def test_only_dates_and_no_history_is_enough(workspace: Workspace, tmp_path: Path) -> None:
    lines = ["id,name,stage,created,closed"]
    lines += [f"A{n},No {n},Won,2026-01-01,2026-01-{n + 10}" for n in range(12)]
    lines += ["B1,No stage,proposal,2026-01-05,"]
    (tmp_path / "deals.csv").write_text("\n".join(lines) + "\n")
    import_file(workspace, str(tmp_path / "deals.csv"), Request())

    assert by(statistics.funnel(workspace, ALL), "stage", *COUNTS) == {
        "lead": (12, 12, 0, 0, 0, 1),
        "discovery": (0, 0, 0, 0, 0, 13),
        "proposal": (1, 0, 0, 0, 1, 12),
        "negotiation": (0, 0, 0, 0, 0, 12),
    }
    cycles = by(statistics.velocity(workspace, ALL), "cycle", "n", "median_days")
    assert cycles["won"] == (12, 14)


PACE = ("n", "ended", "still_there", "median_days", "median_over_days", "shortest_days", "longest_days")


def test_velocity_counts_every_stay_and_censors_those_still_there(lives: Lives) -> None:
    found = statistics.velocity(
        lives(
            *[f"lead@0 discovery@{n} lost@40" for n in range(1, 13)],
            *["lead@50"] * 20,
            "lead@30 discovery@31 lead@32 lost@34",
        ),
        ALL,
    )
    stays = {row["stage"]: row for row in found.rows if row["stage"]}
    assert tuple(stays["lead"][key] for key in PACE) == (34, 14, 20, 11, None, 1, 12)
    assert tuple(stays["discovery"][key] for key in PACE) == (13, 13, 0, 33, None, 1, 39)
    assert (stays["lead"]["p90_days"], stays["lead"]["p90_over_days"], stays["lead"]["longer_than_p90"]) == (
        12,
        None,
        0,
    )
    assert tuple(stays["proposal"][key] for key in PACE) == (0, 0, 0, None, None, None, None)
    cycles = by(found, "cycle", "n", "median_days")
    assert (cycles["won"], cycles["lost"]) == ((0, None), (13, 40))


def test_a_median_that_is_not_reached_says_more_than(lives: Lives) -> None:
    found = statistics.velocity(lives(*["lead@0"] * 9, "lead@0 lost@4"), ALL).rows[0]
    assert (found["median_days"], found["median_over_days"], found["p90_over_days"]) == (None, TODAY, TODAY)
    assert found["longer_than_p90"] is None


def test_velocity_is_of_stays_begun_and_cycles_ended_in_the_period(lives: Lives) -> None:
    place = lives("lead@0 discovery@5 won@9", "lead@4 lost@20")
    found = by(statistics.velocity(place, Asked(day(4), day(10))), "stage", "n")
    assert (found["lead"], found["discovery"]) == (1, 1)
    assert by(statistics.velocity(place, Asked(day(4), day(10))), "cycle", "n")["won"] == 1
    assert by(statistics.velocity(place, Asked(day(4), day(10))), "cycle", "n")["lost"] == 0


def test_losses_by_reason_and_stage_the_most_first(lives: Lives) -> None:
    found = statistics.losses(
        lives(
            *["lead@0 discovery@5 lost@9|amount=100 loss_reason=price"] * 6,
            *["lead@0 lost@9|amount=2000.50 loss_reason=timing"] * 3,
            "lead@0 lost@9|loss_reason=timing",
            "lead@0 lost@9|amount=7",
            "lead@0 won@9|amount=7",
        ),
        ALL,
    )
    rows = [(r["reason"], r["stage"], r["count"], r["amount"], r["unpriced"]) for r in found.rows]
    assert rows == [
        ("price", "discovery", 6, 600, 0),
        ("timing", "lead", 4, 6001.5, 1),
        (None, "lead", 1, 7, 0),
    ]
    assert found.rows[0]["share"]["rate"] == round(6 / 11, 4)
    assert "share_above" not in found.rows[0]
    assert (found.total["count"], found.total["undocumented"], found.no_amount) == (11, 1, 1)
    assert [r["reason"] for r in found.total["reasons"]] == ["price", "timing", None]


def test_losses_are_of_the_period_they_were_lost_in(lives: Lives) -> None:
    place = lives("lead@0 lost@9", "lead@8 lost@20")
    assert statistics.losses(place, Asked(day(8), day(10))).total["count"] == 1


def test_a_reopened_one_counts_once_by_its_last_outcome(workspace: Workspace) -> None:
    opportunities.add(workspace, "ERP", NEXT)
    gates.lose(workspace, "1", "price", "")
    assert statistics.losses(workspace, ALL).total["count"] == 1
    gates.reopen(workspace, "1", "they called", NEXT)
    assert statistics.losses(workspace, ALL).rows == []
    assert statistics.funnel(workspace, ALL).rows[0]["still_there"] == 1
    gates.lose(workspace, "1", "timing", "")
    assert by(statistics.losses(workspace, ALL), "reason", "count") == {"timing": 1}
    assert statistics.funnel(workspace, ALL).rows[0]["entered"] == 1
    undoing.undo(workspace)
    assert statistics.losses(workspace, ALL).rows == []


def without(toml: str, stage: str) -> str:
    """The definition less one stage and its criteria."""
    parts = toml.split("[[stage]]\n")
    return "[[stage]]\n".join(part for part in parts if f'key = "{stage}"' not in part.split("[[")[0])


def test_a_renamed_stage_keeps_its_past(lives: Lives, at: At) -> None:
    place = lives("lead@0 discovery@5", "lead@0 discovery@5 lost@9")
    at(day(70))
    toml = stages.current_toml(place)[1]
    stages.adopt(place, toml.replace('key = "discovery"', 'key = "scoping"', 1), {"discovery": "scoping"})
    at(day(75))
    assert by(statistics.funnel(place, ALL), "stage", *COUNTS)["scoping"] == (2, 0, 1, 0, 1, 0)
    assert by(statistics.velocity(place, ALL), "stage", "n", "longest_days")["scoping"] == (2, 4)
    then = by(statistics.funnel(place, Asked(as_of=day(65))), "stage", "entered")
    assert (then["discovery"], "scoping" in then) == (2, False)


def test_a_dropped_stage_stands_last_under_its_key(lives: Lives, at: At) -> None:
    place = lives("lead@0 discovery@5 lost@9", "lead@0 discovery@5 negotiation@9 lost@12")
    at(day(70))
    stages.adopt(place, without(stages.current_toml(place)[1], "discovery"), {})
    rows = statistics.funnel(place, ALL).rows
    assert [(r["stage"], r["stage_name"]) for r in rows][-1] == ("discovery", "discovery")
    assert by(statistics.funnel(place, ALL), "stage", *COUNTS) == {
        "lead": (2, 2, 0, 0, 0, 0),
        "proposal": (0, 0, 0, 0, 0, 1),
        "negotiation": (1, 0, 1, 0, 0, 0),
        "discovery": (2, 1, 1, 0, 0, 0),
    }


def test_owners_side_by_side(lives: Lives) -> None:
    found = performance.owners(
        lives(
            *["lead@0 discovery@5 won@9|owner=bob amount=1000"] * 8,
            *["lead@0 lost@9|owner=bob amount=1000"] * 4,
            "lead@0 discovery@2 lost@4|owner=zoe amount=90",
            *["lead@0 discovery@2|owner=zoe amount=500"] * 6,
            *["lead@0|owner=bob"] * 4,
        ),
        ALL,
    )
    assert by(found, "owner", "n", "won", "lost", "won_amount", "open", "open_amount", "open_unpriced") == {
        "bob": (16, 8, 4, 8000, 4, 0, 4),
        "zoe": (7, 0, 1, 0, 6, 3000, 0),
    }
    bob, zoe = found.rows
    assert (bob["win_rate"]["n"], bob["win_rate"]["rate"]) == (12, round(8 / 12, 4))
    assert (zoe["win_rate"]["rate"], zoe["win_rate_above"]["level"], zoe["win_rate_above"]["n"]) == (
        None,
        "everybody",
        13,
    )
    assert bob["open_share"] == {"n": 10, "k": 4, "count": 0.4, "amount": 0.0}
    assert zoe["open_share"] == {"n": 10, "k": 6, "count": 0.6, "amount": 1.0}
    assert [(s["stage"], s["entered"], s["still_there"], s["longest_days"]) for s in zoe["stages"]] == [
        ("lead", 7, 0, 2),
        ("discovery", 7, 6, 2),
    ]
    assert (found.total["n"], found.total["open"], found.no_amount) == (23, 10, 4)


def test_owners_in_one_stage(lives: Lives) -> None:
    place = lives("lead@0 discovery@5 lost@9|owner=bob", "lead@0 discovery@2|owner=zoe", "lead@0|owner=eve")
    found = performance.in_stage(place, ALL, "Disc")
    assert by(found, "owner", "stage", "entered", "n", "ended") == {
        "bob": ("discovery", 1, 1, 1),
        "zoe": ("discovery", 1, 1, 0),
    }
    assert (found.total["entered"], found.total["owner"]) == (2, None)
    assert performance.in_stage(place, ALL, "negotiation").rows == []
    with pytest.raises(NotFound, match='no stage "nowhere"'):
        performance.in_stage(place, ALL, "nowhere")


def test_the_owner_asked_for_is_held_against_everybody(lives: Lives) -> None:
    place = lives(
        *["lead@0 lost@9|owner=bob"] * 10, "lead@0|owner=zoe amount=500", "lead@0|owner=bob amount=1500"
    )
    found = performance.owners(place, Asked(owner="zoe"))
    assert by(found, "owner", "open", "n") == {"zoe": (1, 1)}
    assert found.rows[0]["open_share"] == {"n": 2, "k": 1, "count": None, "amount": None}
    assert (found.total["open"], found.total["n"], found.counts["n"]) == (2, 12, 1)


def test_what_is_open_is_open_whenever_it_was_opened(lives: Lives) -> None:
    place = lives("lead@0|owner=bob amount=5", "lead@9 won@12|owner=bob amount=7")
    found = performance.owners(place, Asked(since=day(5)))
    assert by(found, "owner", "n", "won", "open") == {"bob": (1, 1, 1)}


def test_sources_and_what_they_take(lives: Lives) -> None:
    place = lives(
        *["lead@0 won@9|source=fair amount=500"] * 10,
        "lead@0|source=fair",
        "lead@0 won@9|amount=500",
    )
    for ref in ("11", "11", "11", "1", "2"):
        opportunities.log(place, ref, "call", "Talked", NEXT if ref == "11" else Answers())
    found = performance.sources(place, ALL)
    keys = ("n", "won", "open", "won_amount", "exchanges", "exchanges_per_win", "exchanges_per_won_1000")
    assert by(found, "source", *keys) == {
        "fair": (11, 10, 1, 5000, 5, 0.5, 1.0),
        None: (1, 1, 0, 500, 0, None, None),
    }
    assert found.rows[1]["win_rate_above"]["level"] == "pipeline"
    assert found.total["exchanges"] == 5


def test_other_currencies_are_priced_by_their_rate_or_not_at_all(workspace: Workspace, at: At) -> None:
    given = Answers(next="call", due="+60d")
    opportunities.add(workspace, "Euros", given._replace(amount="1k"))
    opportunities.add(workspace, "Dollars", given._replace(amount="USD 1k"))
    opportunities.add(workspace, "None", given)
    before = performance.owners(workspace, ALL)
    assert (before.rows[0]["open_amount"], before.rows[0]["open_unpriced"]) == (1000, 2)
    assert (before.no_amount, before.no_rate) == (1, {"USD": 1})
    rates.set_rate(workspace, "USD", "0.5")
    after = performance.owners(workspace, ALL)
    assert (after.rows[0]["open_amount"], after.rows[0]["open_unpriced"], after.no_rate) == (1500, 1, {})
    gates.lose(workspace, "2", "price", "")
    at(day(90))
    rates.set_rate(workspace, "USD", "0.9")
    assert statistics.losses(workspace, ALL).rows[0]["amount"] == 500  # as it was worth when it was lost


LOANS = ("Application=lead", "Accepted=discovery", "Offer sent=proposal", "Validating=negotiation")


@real_data
def test_rates_as_of_a_day_foresee_the_end_of_real_cases(workspace: Workspace) -> None:
    """On a day when most were open, the rate holds what became of them; that of the closed ones alone does not."""
    folder = REAL / "loans2017"
    asked = Request(
        maps=("name=id",),
        stages=(*LOANS, "Incomplete=negotiation"),
        history=str(folder / "history_h1.csv"),
    )
    import_file(workspace, str(folder / "opportunities_h1.csv"), asked)
    cut = date(2016, 3, 15)
    foreseen = statistics.funnel(workspace, Asked(as_of=cut))
    became = statistics.funnel(workspace, Asked(until=cut))
    assert foreseen.counts == {"n": 1195, "open": 791, "won": 152, "lost": 252}
    assert became.counts["open"] == 0
    rate, truth = foreseen.rows[0]["to_win"], became.rows[0]["to_win"]["rate"]
    assert rate["low"] <= truth <= rate["high"]
    assert not rate["low"] <= rate["k"] / rate["n"] <= rate["high"]


@real_data
def test_opportunities_with_dates_only_have_statistics(workspace: Workspace) -> None:
    example = str(Path(__file__).parents[2] / "examples" / "maven.toml")
    import_file(workspace, str(REAL / "maven" / "sales_pipeline.csv"), Request(mapping=example))
    found = performance.owners(workspace, ALL)
    assert found.counts == {"n": 8800, "open": 2089, "won": 4238, "lost": 2473}
    assert sum(row["won_amount"] for row in found.rows) == found.total["won_amount"] == 10_005_534
    assert statistics.losses(workspace, ALL).total["undocumented"] == 2473
