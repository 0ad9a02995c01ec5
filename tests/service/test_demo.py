"""The demo: sound, gated by the real rules, alike for the same seed, and with a story to tell."""

from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from pipecli import clock, templates
from pipecli.config import Settings
from pipecli.domain.definition import check_definition
from pipecli.errors import Conflict, InvalidInput, StoreError
from pipecli.service import creating, gates, lists, opportunities
from pipecli.service.answers import Answers
from pipecli.service.demo import demo
from pipecli.service.demo_definition import definition
from pipecli.service.demo_plan import plan
from pipecli.service.doctor import doctor
from pipecli.service.lists import Wanted
from pipecli.service.why import why
from pipecli.service.workspace import Workspace

MONDAY = datetime(2026, 11, 23, 9, 30, tzinfo=UTC)
TODAY = MONDAY.date()


@pytest.fixture(autouse=True)
def monday() -> Iterator[None]:
    clock.freeze(MONDAY)
    yield
    clock.freeze(None)


def settings(path: Path, me: str = "alex") -> Settings:
    return Settings(
        environ={"PIPE_CONFIG": str(path.with_name("none.toml"))}, flags={"db": str(path), "me": me}
    )


def filled(path: Path, me: str = "alex", **options: int) -> Workspace:
    demo(settings(path, me), **options)
    return Workspace(settings(path, me))


@pytest.fixture(scope="module")
def sample(tmp_path_factory: pytest.TempPathFactory) -> Workspace:
    """The sample as everybody first sees it, for tests that only read."""
    clock.freeze(MONDAY)
    return filled(tmp_path_factory.mktemp("demo") / "demo.db")


def open_records(workspace: Workspace) -> list[dict[str, Any]]:
    return lists.listing(workspace, Wanted(), 0).records


def rows(workspace: Workspace, sql: str) -> list[tuple[Any, ...]]:
    with workspace.read() as reading:
        return reading.driver.rows(sql)


@pytest.mark.parametrize(("size", "seed"), [(60, 1), (60, 2), (60, 99), (500, 1), (500, 7)])
def test_replay_equals_projection(tmp_path: Path, size: int, seed: int) -> None:
    workspace = filled(tmp_path / "demo.db", size=size, seed=seed)
    found = doctor(workspace)
    assert (found.faults, found.opportunities) == ([], size)


@pytest.mark.parametrize("size", [1, 2, 11, 12, 13, 30])
def test_small_samples_are_sound_and_hold_the_tour(tmp_path: Path, size: int) -> None:
    workspace = filled(tmp_path / "demo.db", size=size)
    assert doctor(workspace).faults == []
    tour = next(r for r in open_records(workspace) if r["name"] == "ERP rollout")
    assert (tour["account"], tour["id"], tour["stage"]) == ("Acme", min(12, size), "discovery")


@pytest.mark.parametrize("day", ["2026-11-01", "2026-03-02", "2028-02-29", "2026-12-26"])
def test_it_is_sound_on_any_day(tmp_path: Path, day: str) -> None:
    clock.freeze(datetime.fromisoformat(f"{day}T00:10:00+00:00"))
    assert doctor(filled(tmp_path / "demo.db")).faults == []


def test_the_result_counts_what_was_written(tmp_path: Path) -> None:
    made = demo(settings(tmp_path / "demo.db"), size=40)
    workspace = Workspace(settings(tmp_path / "demo.db"))
    counts = {s: lists.listing(workspace, Wanted(status=s), 0).n for s in ("open", "won", "lost")}
    assert (made.open, made.won, made.lost) == (counts["open"], counts["won"], counts["lost"])
    assert made.opportunities == sum(counts.values()) == 40
    assert made.events == rows(workspace, "select count(*) from event")[0][0]


def test_every_open_opportunity_has_a_dated_next_action(sample: Workspace) -> None:
    assert all(r["next_action"] and r["next_due"] for r in open_records(sample))


@pytest.mark.parametrize("seed", [1, 2, 3])
def test_the_sample_tells_a_story(tmp_path: Path, seed: int) -> None:
    workspace = filled(tmp_path / "demo.db", seed=seed)
    records = open_records(workspace)
    assert 35 <= len(records) <= 40
    assert {r["stage"] for r in records} == {"lead", "discovery", "proposal", "negotiation"}
    assert 8 <= sum(r["owner"] == "alex" for r in records) <= 15
    late = [r["overdue_days"] for r in records if r["overdue_days"]]
    assert 4 <= len(late) <= 8 and min(late) >= 1 and max(late) <= 12
    assert 2 <= sum(r["next_due"] == TODAY.isoformat() for r in records) <= 4
    stale = {r["stage"] for r in records if r["stale"]}
    assert stale == {"lead", "discovery", "proposal", "negotiation"}
    past = [r for r in records if r["close_date"] and r["close_date"] < TODAY.isoformat()]
    assert len(past) == 2
    assert {r["currency"] for r in records} == {"EUR", "USD"}
    won = lists.listing(workspace, Wanted(status="won"), 0).records
    assert sum(r["closed_on"] >= "2026-11-01" for r in won) >= 2
    assert len({r["closed_on"][:7] for r in won}) >= 4


def test_who_types_has_a_day_ahead(sample: Workspace) -> None:
    found = lists.today(sample, 50)
    assert found.overdue.n >= 2 and found.due.n >= 1 and found.stale.n >= 1
    assert [a.criterion for a in found.approvals] == ["terms"]


def test_engineering_is_asked_about_the_tour(sample: Workspace) -> None:
    marc = Workspace(settings(Path(sample.address), "marc"))
    assert [(a.ref, a.criterion, a.asked_by) for a in lists.today(marc, 50).approvals] == [
        (12, "feasible", "alex")
    ]


def test_the_tour_is_refused_then_proven_approved_and_advanced(tmp_path: Path) -> None:
    workspace = filled(tmp_path / "demo.db")
    unmet = [v["criterion"] for v in why(workspace, "12").report["unmet"]]
    assert unmet == ["decision-maker", "feasible"]
    gates.approve(Workspace(settings(tmp_path / "demo.db", "marc")), "12", "feasible")
    proof = Answers(sets=("decision_maker=Jeanne Martin",), proofs=("decision-maker=She signs",))
    gates.advance(workspace, "12", proof)
    assert lists.listing(workspace, Wanted(stage="proposal", account="Acme"), 0).n == 1
    assert doctor(workspace).faults == []


def test_every_move_stands_on_the_real_gate(sample: Workspace) -> None:
    """What a move rests on was recorded before it, in its own stream."""
    moves = rows(
        sample,
        "select e.seq, e.stream, e.payload from event e where e.kind in ('StageAdvanced', 'OpportunityWon')",
    )
    streams = dict(rows(sample, "select seq, stream from event"))
    import json

    assert len(moves) > 60
    for seq, stream, payload in moves:
        met = json.loads(payload)["met"]
        assert met
        for basis in met.values():
            for key in ("evidence", "approval", "waiver"):
                if key in basis:
                    assert basis[key] < seq and streams[basis[key]] == stream


def test_nothing_is_recorded_after_now_or_before_it_happened(sample: Workspace) -> None:
    assert rows(sample, "select max(recorded_at) from event")[0][0] < clock.stamp(MONDAY)
    assert rows(sample, "select count(*) from event where occurred_on > substr(recorded_at, 1, 10)") == [(0,)]
    late = rows(sample, "select count(*) from event where occurred_on < substr(recorded_at, 1, 10)")[0][0]
    assert 0 < late < 300


def test_the_pipeline_is_the_companys_own() -> None:
    shipped = {name: templates.read(name) for name in templates.names()}
    assert check_definition(definition(["alex", "claire"]), shipped) == []


@pytest.mark.parametrize("me", ["lea", "marc", "claire", 'Zoé "Z" O\'Neil'])
def test_anybody_may_type_it(tmp_path: Path, me: str) -> None:
    workspace = filled(tmp_path / "demo.db", me)
    assert doctor(workspace).faults == []
    assert sum(r["owner"] == me for r in open_records(workspace)) >= 8
    with workspace.read() as reading:
        assert len(set(reading.pipeline.roles["founder"])) == 2
        assert reading.pipeline.holds(me, "founder")


def journal(workspace: Workspace) -> list[list[tuple[Any, ...]]]:
    tables = ("event", "command", "content", "person", "definition", "opportunity")
    return [rows(workspace, f"select * from {table} order by 1") for table in tables]


def test_the_same_seed_on_the_same_day_gives_the_same_journal(tmp_path: Path) -> None:
    one, again, other = (
        journal(filled(tmp_path / f"{name}.db", seed=seed)) for name, seed in (("a", 5), ("b", 5), ("c", 6))
    )
    assert one == again
    assert one != other


def test_a_workspace_that_holds_only_what_init_wrote_is_filled(tmp_path: Path) -> None:
    creating.init(settings(tmp_path / "demo.db"))
    workspace = Workspace(settings(tmp_path / "demo.db"))
    uid = rows(workspace, "select uid from workspace")
    demo(workspace.settings)
    assert doctor(workspace).faults == []
    assert rows(workspace, "select uid from workspace") == uid
    assert rows(workspace, "select count(*) from definition") == [(1,)]


def test_a_workspace_with_data_is_refused_and_left_alone(tmp_path: Path) -> None:
    creating.init(settings(tmp_path / "demo.db"))
    workspace = Workspace(settings(tmp_path / "demo.db"))
    opportunities.add(workspace, "Real work", Answers(next="call", due="+3d"))
    before = journal(workspace)
    with pytest.raises(Conflict, match="has data"):
        demo(workspace.settings)
    assert journal(workspace) == before


def test_a_second_demo_is_refused(tmp_path: Path) -> None:
    workspace = filled(tmp_path / "demo.db", size=5)
    with pytest.raises(Conflict):
        demo(workspace.settings, size=5)
    assert lists.listing(workspace, Wanted(status="all"), 0).n == 5


def test_a_file_that_is_no_workspace_is_refused_and_left_alone(tmp_path: Path) -> None:
    file = tmp_path / "notes.db"
    file.write_text("not a database at all, but somebody's notes " * 300)
    before = file.read_bytes()
    with pytest.raises(StoreError):
        demo(settings(file))
    assert file.read_bytes() == before


@pytest.mark.parametrize("size", [0, -1, 1_000_001])
def test_a_size_out_of_bounds_is_refused_before_anything_is_made(tmp_path: Path, size: int) -> None:
    with pytest.raises(InvalidInput):
        demo(settings(tmp_path / "demo.db"), size=size)
    assert not (tmp_path / "demo.db").exists()


def test_progress_is_told_to_the_end(tmp_path: Path) -> None:
    told: list[tuple[int, int]] = []
    demo(settings(tmp_path / "demo.db"), size=1_100, progress=lambda done, total: told.append((done, total)))
    assert told == [(500, 1_100), (1_000, 1_100), (1_100, 1_100)]


def test_a_demo_that_fails_leaves_nothing_behind(tmp_path: Path) -> None:
    def give_up(_done: int, _total: int) -> None:
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        demo(settings(tmp_path / "demo.db"), size=600, progress=give_up)
    assert list(tmp_path.iterdir()) == []


def test_a_large_plan_has_a_long_history_and_few_open() -> None:
    from random import Random

    fates = plan(100_000, TODAY, [f"seller{n}" for n in range(8)], Random(1))
    open_share = sum(f.outcome == "open" for f in fates) / len(fates)
    first = date.fromordinal(fates[0].opened // 86_400_000_000)
    assert 0.07 < open_share < 0.09
    assert TODAY - timedelta(1_500) < first < TODAY - timedelta(1_000)
    assert all(f.last < TODAY.toordinal() for f in fates)
