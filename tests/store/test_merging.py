"""Merging two opportunities, on both databases: nothing is lost or counts twice, and it can be taken back whole."""

from __future__ import annotations

import io
from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from pipecli.domain import decide
from pipecli.domain.proofs import Proof
from pipecli.errors import Conflict, GateNotMet, InvalidInput, NotFound
from pipecli.service import (
    audit,
    doctor,
    exporting,
    forecast,
    gates,
    journeys,
    lists,
    merging,
    opportunities,
    restoring,
    show,
    statistics,
    undoing,
)
from pipecli.service.answers import Answers
from pipecli.service.importing import import_file
from pipecli.service.periods import Period
from pipecli.service.workspace import Workspace
from pipecli.store import directory, exchanges, search
from pipecli.store.driver import Driver
from pipecli.store.layout import COLUMNS

from .living import settings_for

PERIOD = Period(date(2026, 1, 1), date(2026, 12, 31))


def add(workspace: Workspace, name: str, *sets: str, amount: str | None = "10k", due: str = "+5d") -> None:
    answers = Answers(next=f"call about {name}", due=due, amount=amount, sets=sets)
    opportunities.add(workspace, name, answers)


@pytest.fixture
def two(workspace: Workspace, at: Callable[[date], None]) -> Workspace:
    """The same thing twice: 1, and 2 of a week later on which more was done."""
    at(date(2026, 2, 2))
    add(workspace, "Rollout", "account=Acmé", "contact=Ana <ana@acme.example>", "tags=key")
    opportunities.log(workspace, "1", "call", "First call", Answers())
    at(date(2026, 2, 9))
    add(
        workspace, "Roll-out", "account=Acmé SA", "contact=Bo <bo@other.example>", "source=fair", "tags=big",
        "effort_days=4", amount="12k", due="+9d",
    )  # fmt: skip
    with workspace.commit("log") as unit:
        decide.log_exchange(unit.decision(2), "mail", "We need it", None, "key 1")
    gates.prove(workspace, "2", "need", Proof(text="Their stock is wrong"), Answers())
    gates.approve(workspace, "2", "feasible")
    at(date(2026, 3, 2))
    return workspace


def everything(workspace: Workspace) -> dict[str, Any]:
    """All that is projected but for versions, and all that is reported."""
    version = COLUMNS["opportunity"].index("version")
    with workspace.read() as reading:
        rows: dict[str, Any] = {
            t: sorted(map(tuple, reading.driver.rows(f"select * from {t}")), key=repr) for t in COLUMNS
        }
    rows["opportunity"] = [(*r[:version], *r[version + 1 :]) for r in rows["opportunity"]]
    audited = audit.audit(workspace, audit.Asked())
    return {
        **rows,
        "funnel": statistics.funnel(workspace, journeys.Asked()),
        "losses": statistics.losses(workspace, journeys.Asked()),
        "forecast": forecast.as_json(forecast.forecast(workspace, PERIOD)),
        "listed": lists.listing(workspace, lists.Wanted(status="all"), 0).records,
        "audit": {key: audited[key] for key in ("points", "listed", "hygiene", "one_word", "copied")},
    }


def test_the_one_that_is_kept_has_all_and_the_other_counts_nowhere(two: Workspace) -> None:
    found = merging.merge(two, "1", "2")
    assert (found.outcome.ref, found.number, found.name, found.taken) == (1, 2, "Roll-out", ())
    assert [(d.field, d.kept, d.other) for d in found.differences] == [
        ("name", "Rollout", "Roll-out"),
        ("account", "Acmé", "Acmé SA"),
        ("contact", "Ana", "Bo"),
        ("amount", {"amount": 10000, "currency": "EUR"}, {"amount": 12000, "currency": "EUR"}),
        (
            "next_action",
            {"text": "call about Rollout", "due": "2026-02-07"},
            {"text": "call about Roll-out", "due": "2026-02-18"},
        ),
    ]
    record = found.outcome.record
    assert (record["amount"], record["source"], record["tags"]) == (10000, "fair", ["key", "big"])
    assert record["fields"] == {"effort_days": 4}

    shown = show.show(two, "1")
    assert [(e.text, e.stream) for e in shown.exchanges] == [("We need it", "o2"), ("First call", "o1")]
    assert [e.at for e in shown.entries] == sorted(e.at for e in shown.entries)
    assert {e.stream for e in shown.entries} == {"o1", "o2"}
    assert [p.name for p in shown.people] == ["Ana", "Bo"]
    assert show.as_json(shown)["merged"] == [2]

    listed = lists.listing(two, lists.Wanted(status="all"), 0)
    assert [r["id"] for r in listed.records] == [1]
    assert [
        r["id"] for r in lists.listing(two, lists.Wanted(status="all"), 0, as_of=date(2026, 2, 20)).records
    ] == [1]
    points = {p["point"]: p["n"] for p in audit.audit(two, audit.Asked())["points"]}
    assert (points["next_action"], points["losses"]) == (1, 0)
    with two.read() as reading:
        assert exchanges.taken(reading.driver) == {"key 1": 1}
        (standing,) = exchanges.standing(reading.driver)
        assert len(standing.people) == 2
    assert doctor.doctor(two).faults == []


def test_its_number_leads_to_the_one_that_is_kept(two: Workspace) -> None:
    merging.merge(two, "1", "2")
    add(two, "Third")
    merging.merge(two, "3", "1")
    assert two.told == []
    assert show.show(two, "2").record["id"] == 3
    assert two.told == ["2 was merged into 3"]
    opportunities.log(two, "1", "note", "all the same", Answers())
    assert two.told == ["2 was merged into 3", "1 was merged into 3"]
    assert [e.text for e in show.show(two, "3").exchanges] == ["all the same", "We need it", "First call"]
    assert show.show(two, "3").state.absorbed == (2, 1)
    page = show.read_journal(two, "3", since=None, actor=None, limit=0)
    assert {e.stream for e in page.entries} == {"o1", "o2", "o3"} and page.n == len(page.entries)
    with pytest.raises(NotFound):
        show.show(two, "4")


def test_what_was_proven_of_the_other_is_judged_at_the_gate(two: Workspace) -> None:
    merging.merge(two, "1", "2")
    # Three weeks are over: what was said on 9 February has expired since.
    with pytest.raises(GateNotMet) as caught:
        gates.advance(two, "1", Answers())
    assert [u["criterion"] for u in caught.value.detail["unmet"]] == ["need"]


def test_evidence_opens_a_gate_and_the_chain_of_proof_shows_it(two: Workspace) -> None:
    gates.prove(two, "2", "need", Proof(text="Still wrong"), Answers())
    merging.merge(two, "1", "2")
    assert gates.advance(two, "1", Answers()).record["stage"] == "discovery"
    _record, steps = show.proof(two, "1")
    (basis,) = [c["evidence"] for step in steps for c in step.criteria]
    assert basis.startswith('"Still wrong", note 2026-03-02')
    # The approval was given to other figures, and stays where it was.
    assert [v["criterion"] for v in show.show(two, "1").why.report["unmet"]] == ["met"]  # type: ignore[union-attr]


@pytest.mark.parametrize(
    ("take", "key", "value"),
    [
        ("amount", "amount", 12000),
        ("account", "account", "Acmé SA"),
        ("contact", "contact", "Bo"),
        ("name", "name", "Roll-out"),
        ("next-action", "next_action", "call about Roll-out"),
    ],
)
def test_what_is_taken_is_that_of_the_other(two: Workspace, take: str, key: str, value: object) -> None:
    found = merging.merge(two, "1", "2", [take])
    assert found.outcome.record[key] == value
    assert show.show(two, "1").record[key] == value


def test_undo_takes_it_back_whole_and_redo_does_it_again(two: Workspace) -> None:
    before = everything(two)
    merging.merge(two, "1", "2", ["amount", "name"])
    after = everything(two)
    assert after != before
    undoing.undo(two)
    assert everything(two) == before
    assert doctor.doctor(two).faults == []
    undoing.undo(two, redo=True)
    assert everything(two) == after
    assert doctor.doctor(two, rebuild_projection=True).faults == []
    assert everything(two) == after


def test_a_dry_run_and_a_comparison_write_nothing(two: Workspace) -> None:
    before = everything(two)
    merging.compare(two, "1", "2")
    merging.merge(two, "1", "2", dry_run=True)
    assert everything(two) == before


def test_an_exported_journal_comes_in_again_byte_for_byte(two: Workspace, tmp_path: Path) -> None:
    merging.merge(two, "1", "2", ["amount"])
    out = io.StringIO()
    exporting.export_journal(two, out)
    file = tmp_path / "journal.jsonl"
    file.write_text(out.getvalue())
    copy = settings_for(str(tmp_path / "copy.db"), tmp_path)
    assert restoring.restore(copy, file).opportunities == 1
    again = io.StringIO()
    exporting.export_journal(Workspace(copy), again)
    assert again.getvalue() == out.getvalue()
    assert doctor.doctor(Workspace(copy)).faults == []


@pytest.mark.parametrize(
    ("kept", "other", "allowed"),
    [("open", "lost", True), ("won", "open", True), ("lost", "open", False), ("open", "won", False),
     ("lost", "won", False), ("won", "lost", True), ("lost", "lost", True)],
)  # fmt: skip
def test_what_is_open_or_won_does_not_vanish_in_what_is_less(
    workspace: Workspace, kept: str, other: str, allowed: bool
) -> None:
    for n, status in ((1, kept), (2, other)):
        add(workspace, f"Deal {n}", "close_date=2026-04-01")
        if status == "lost":
            gates.lose(workspace, str(n), "price", "")
        if status == "won":
            known = Answers(proofs=("need=told", "contract=here"), said=(("meeting", "Met", ""),))
            gates.win(workspace, str(n), "they trust us", known)
    if allowed:
        merging.merge(workspace, "1", "2")
        assert show.show(workspace, "1").record["status"] == kept
        assert len(lists.listing(workspace, lists.Wanted(status="all"), 0).records) == 1
    else:
        line = f"2 is {other} and 1 is {kept}: keep 2 instead: pipe merge 2 1"
        with pytest.raises(Conflict, match=line):
            merging.merge(workspace, "1", "2")
        assert len(lists.listing(workspace, lists.Wanted(status="all"), 0).records) == 2
    assert doctor.doctor(workspace).faults == []


def test_what_cannot_be_merged_or_taken(two: Workspace) -> None:
    add(two, "Bare", amount=None)
    for kept, other, take, line in (
        ("1", "1", (), "1 cannot be merged into itself"),
        ("1", "2", ("tags",), "the tags of both are kept"),
        ("1", "2", ("nosuch",), 'no field "nosuch" can be set'),
        ("1", "3", ("amount",), "3 has no amount to take"),
    ):
        with pytest.raises((Conflict, InvalidInput), match=line):
            merging.merge(two, kept, other, take)
    merging.merge(two, "1", "2")
    with pytest.raises(Conflict, match="1 cannot be merged into itself"):
        merging.merge(two, "1", "2")


def csv_of(tmp_path: Path, *rows: str) -> str:
    file = tmp_path / "deals.csv"
    file.write_text("\n".join(("id,name,amount,stage,account", *rows)) + "\n")
    return str(file)


@pytest.fixture
def first_import(workspace: Workspace, tmp_path: Path) -> Workspace:
    """One opened here, 1, and two that came in, 2 and 3."""
    add(workspace, "Kiosk")
    import_file(workspace, csv_of(tmp_path, "A,Kiosk,5000,lead,Acme", "B,Kiosk too,6000,lead,Acme"))
    return workspace


def test_a_row_of_the_one_that_went_updates_the_one_that_is_kept(
    first_import: Workspace, tmp_path: Path
) -> None:
    merging.merge(first_import, "1", "2")
    same = import_file(first_import, csv_of(tmp_path, "A,Kiosk,5000,lead,Acme", "B,Kiosk too,6000,lead,Acme"))
    assert (same.landed, same.updated, same.unchanged) == (0, 0, 2)
    newer = import_file(
        first_import, csv_of(tmp_path, "A,Kiosk,7000,lead,Acme", "B,Kiosk too,6000,lead,Acme")
    )
    assert (newer.landed, newer.updated, newer.unchanged, newer.notes) == (0, 1, 1, [])
    assert show.show(first_import, "1").record["amount"] == 7000
    assert doctor.doctor(first_import).faults == []


def test_a_row_of_one_that_went_into_another_row_changes_nothing(
    first_import: Workspace, tmp_path: Path
) -> None:
    merging.merge(first_import, "2", "3")
    newer = import_file(
        first_import, csv_of(tmp_path, "A,Kiosk,5000,lead,Acme", "B,Kiosk too,9000,lead,Acme")
    )
    assert (newer.landed, newer.updated, newer.unchanged) == (0, 0, 2)
    assert newer.notes == [
        "1 row has changed and its opportunity was merged: nothing was taken over from line 3 (3)"
    ]
    undoing.undo(first_import)
    again = import_file(
        first_import, csv_of(tmp_path, "A,Kiosk,5000,lead,Acme", "B,Kiosk too,9000,lead,Acme")
    )
    assert (again.landed, again.updated, again.unchanged) == (0, 1, 1)


def test_an_account_that_only_the_merged_one_uses_stays(workspace: Workspace, driver: Driver) -> None:
    add(workspace, "Rollout")
    add(workspace, "Roll-out", "account=Acmé")
    merging.merge(workspace, "1", "2", [])
    (account,) = [i for (i,) in driver.rows("select id from account")]
    assert directory.used_by(driver, [account]) == [1, 2]
    assert directory.named_by(driver, [2]) == {account}


def test_a_ring_of_merged_ones_that_no_program_wrote_ends(driver: Driver) -> None:
    """A rep with psql can make one."""
    driver.run_many(
        "insert into merged (number, uid, kept, contact_id) values (?, ?, ?, ?)",
        [(1, "a", 1, 5), (2, "b", 3, 6), (3, "c", 2, 7), (4, "d", 2, 8)],
    )
    assert [search.merged_into(driver, number) in (1, 2, 3) for number in (1, 2, 4)] == [True] * 3
    assert search.merged_into(driver, 9) is None
    assert sorted(driver.rows(search.absorbed_sql("2"))) == [(2,), (3,), (4,)]
    assert exchanges.standing(driver) == []
