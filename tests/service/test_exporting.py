"""Exports of a workspace: every opportunity for people, the journal for a restore."""

import io
import json
from pathlib import Path

import pytest

from pipecli.config import Settings
from pipecli.service import creating, exporting, gates, lists, opportunities
from pipecli.service.answers import Answers
from pipecli.service.importing import import_file
from pipecli.service.workspace import Workspace


@pytest.fixture
def filled(workspace: Workspace) -> Workspace:
    fields = ("account=Acme", "tags=a,b", "quote_valid_until=2026-05-31", "close_date=2026-06-01")
    opportunities.add(workspace, "ERP", Answers(sets=fields, amount="48000.50", next="=call", due="+3d"))
    opportunities.add(workspace, "Audit, new", Answers(next="mail", due="today"))
    gates.lose(workspace, "2", "price", "too dear")
    return workspace


def text_of(workspace: Workspace, form: str) -> str:
    out = io.StringIO()
    {"csv": exporting.export_csv, "json": exporting.export_json}[form](workspace, out)
    return out.getvalue()


def test_csv_of_every_opportunity(filled: Workspace) -> None:
    uids = [r["uid"] for r in json.loads(text_of(filled, "json"))]
    assert text_of(filled, "csv") == (
        "id,uid,name,account,contact,owner,stage,stage_name,status,amount,currency,probability,weighted,close_date,"
        "next_action,next_due,overdue_days,stage_entered_on,days_in_stage,last_exchange_on,stale,decision_maker,"
        "source,tags,loss_reason,outcome_reason,created_on,closed_on,external_id,field.quote_valid_until\n"
        f"1,{uids[0]},ERP,Acme,,lea,lead,Qualified lead,open,48000.5,EUR,10,4800.05,2026-06-01,'=call,2026-03-05,0,"
        '2026-03-02,0,,false,,,"a, b",,,2026-03-02,,,2026-05-31\n'
        f'2,{uids[1]},"Audit, new",,,lea,lead,Qualified lead,lost,,EUR,0,,,,,0,2026-03-02,0,,false,,,,price,'
        "too dear,2026-03-02,2026-03-02,,\n"
    )


def test_json_is_what_lists_show(filled: Workspace) -> None:
    every = lists.listing(filled, lists.Wanted(status="all", sort="number"), 0).records
    assert json.loads(text_of(filled, "json")) == every
    assert [*exporting.COLUMNS, "fields"] == sorted(
        every[0], key=lambda key: [*exporting.COLUMNS, "fields"].index(key)
    )


def test_an_empty_workspace_has_a_header_and_an_empty_array(workspace: Workspace) -> None:
    assert text_of(workspace, "csv").count("\n") == 1
    assert text_of(workspace, "json") == "[]\n"


def test_an_exported_file_can_be_imported_elsewhere(filled: Workspace, tmp_path: Path) -> None:
    (tmp_path / "out.csv").write_text(text_of(filled, "csv"))
    environ = {**filled.settings.environ, "PIPE_DB": str(tmp_path / "other.db")}
    creating.init(Settings(environ=environ))
    other = Workspace(Settings(environ=environ))
    assert import_file(other, str(tmp_path / "out.csv")).landed == 2
    kept = [k for k in exporting.COLUMNS if k not in ("uid", "external_id", "next_action")]
    before, after = json.loads(text_of(filled, "json")), json.loads(text_of(other, "json"))
    assert [[r[k] for k in [*kept, "fields"]] for r in after] == [
        [r[k] for k in [*kept, "fields"]] for r in before
    ]


def test_the_journal_is_one_record_a_line_in_a_fixed_order(filled: Workspace) -> None:
    out = io.StringIO()
    count = exporting.export_journal(filled, out)
    lines = out.getvalue().splitlines()
    records = [json.loads(line) for line in lines]
    assert count == len(lines)
    assert [r["record"] for r in records] == [
        "workspace", "definition", *["command"] * 4, *["event"] * 8, *["content"] * 3, "end",
    ]  # fmt: skip
    assert [r["kind"] for r in records if r["record"] == "event"] == [
        "WorkspaceCreated",
        "DefinitionAdopted",
        "AccountAdded",
        "OpportunityOpened",
        "NextActionSet",
        "OpportunityOpened",
        "NextActionSet",
        "OpportunityLost",
    ]
    assert records[0] == {
        "definition": 1, "format": 1, "head": 8, "min_writer": 2, "next_number": 3, "record": "workspace",
        "recorded_at": "2026-03-02T09:00:00.000000Z", "uid": records[0]["uid"],
    }  # fmt: skip
    assert lines == [
        json.dumps(r, ensure_ascii=False, sort_keys=True, separators=(",", ":")) for r in records
    ]
