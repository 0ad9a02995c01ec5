"""Histories as exports have them, imported: the past stands in the journal, and statistics and forecast read it."""

from __future__ import annotations

import os
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from pipecli import clock
from pipecli.service import doctor, history, lists, stages
from pipecli.service.import_request import Request
from pipecli.service.importing import Imported, import_file
from pipecli.service.journeys import Asked, read_past
from pipecli.service.measures import measure_of
from pipecli.service.workspace import Workspace

REAL = Path(os.environ.get("PIPECLI_REAL_DATA", "no-such-folder"))
real_data = pytest.mark.skipif(not REAL.is_dir(), reason="PIPECLI_REAL_DATA names no folder")
STAGES = ("Deal in=lead", "Talks=discovery", "Offer=proposal")


def entered(*labels: str) -> str:
    return ",".join(f'"Date entered ""{label} (Sales)"""' for label in labels)


HUBSPOT = (
    "Record ID,Deal Name,Deal Stage,Amount,Close Date,Create Date,"
    + entered("Deal in", "Talks", "Offer", "Closed Won", "Closed Lost")
    + ',"Cumulative time in ""Talks (Sales)"""'
    + """
11,ERP,Talks (Sales),48000,2026-05-31 10:00,2026-01-05 09:30,2026-01-05 09:30,2026-01-20 10:00,,,2026-01-25 10:00,1000
12,Audit,Closed Won (Sales),1500,2026-02-03 10:00,2026-01-06 09:30,2026-01-06 09:30,,2026-01-20 10:00,2026-02-03 10:00,,
13,Stock,Closed Lost (Sales),900,2026-02-04 10:00,2026-01-07 09:30,2026-01-07 09:30,2026-01-09 10:00,,,2026-02-04 10:00,
14,Hall,Deal in,900,2026-02-04 10:00,2026-01-07 09:30,,,,,,
"""
)
FRENCH = """\
ID de fiche d'informations,Nom de la transaction,Phase de la transaction,Montant,Date de création,\
Date d’entrée dans « Talks (Ventes) »,Date d’entrée dans « Fermé gagné (Ventes) »
21,Toit,Fermé gagné (Ventes),1500,2026-01-06 09:30,2026-01-08 09:30,2026-02-03 10:00
"""

Importing = Callable[..., Imported]


@pytest.fixture
def imported(workspace: Workspace, tmp_path: Path) -> Importing:
    def run(text: str, past: str = "", **asked: Any) -> Imported:
        (tmp_path / "f.csv").write_text(text)
        if past:
            (tmp_path / "h.csv").write_text(past)
            asked["history"] = str(tmp_path / "h.csv")
        return import_file(workspace, str(tmp_path / "f.csv"), Request(**{"stages": STAGES, **asked}))

    return run


def stays(workspace: Workspace) -> list[list[str]]:
    with workspace.read() as reading:
        return [
            [f"{s.stage} {datetime.fromordinal(s.entered):%m-%d} {s.outcome or '-'}" for s in one.stays]
            for one in read_past(reading, Asked()).journeys
        ]


def test_the_columns_of_a_hubspot_export_become_histories(workspace: Workspace, imported: Importing) -> None:
    found = imported(HUBSPOT)
    assert (found.landed, found.rejected, found.differences, found.unread) == (4, [], [], [])
    assert stays(workspace) == [
        ["lead 01-05 imported", "discovery 01-20 -"],
        ["lead 01-06 imported", "proposal 01-20 won"],
        ["lead 01-07 imported", "discovery 01-09 lost"],
        ["lead 01-07 -"],
    ]
    assert (imported(HUBSPOT).unchanged, doctor.doctor(workspace).faults) == (4, [])


def test_those_of_a_french_one_too(workspace: Workspace, imported: Importing) -> None:
    found = imported(FRENCH)
    assert (found.system, found.landed, found.rejected) == ("HubSpot", 1, [])
    assert stays(workspace) == [["discovery 01-06 won"]]


def test_a_newer_export_goes_on_where_the_older_one_stood(workspace: Workspace, imported: Importing) -> None:
    imported(HUBSPOT)
    newer = HUBSPOT.replace("11,ERP,Talks (Sales)", "11,ERP,Offer (Sales)").replace(
        "2026-01-20 10:00,,,2026-01-25", "2026-01-20 10:00,2026-02-10 10:00,,2026-01-25"
    )
    found = imported(newer)
    assert (found.updated, found.unchanged, found.differences) == (1, 3, [])
    assert stays(workspace)[0] == ["lead 01-05 imported", "discovery 01-20 imported", "proposal 02-10 -"]


def test_an_entry_that_cannot_be_read_rejects_its_row_and_names_its_column(imported: Importing) -> None:
    found = imported(HUBSPOT.replace("2026-01-09 10:00", "2026-13-09"))
    assert [(r.line.number, r.reason.split(": ")[:2]) for r in found.rejected] == [
        (4, ['Date entered "Talks (Sales)"', "at"])
    ]


def test_the_columns_of_days_are_asked_about_like_others(workspace: Workspace, imported: Importing) -> None:
    from pipecli.errors import InvalidInput

    text = f"id,name,stage,{entered('Talks')}\n1,ERP,Talks,03/04/2025\n2,Audit,Talks,05/06/2025\n"
    with pytest.raises(InvalidInput, match="is the day first"):
        imported(text)
    assert imported(text, dates="dmy").landed == 2
    assert stays(workspace) == [["discovery 04-03 -"], ["discovery 06-05 -"]]


def test_what_other_tools_call_a_stage_is_read_as_it(workspace: Workspace, imported: Importing) -> None:
    toml = stages.current_toml(workspace)[1]
    toml = toml.replace('name = "Discovery"', 'name = "Discovery"\nlabels = ["Talks", "First call"]')
    toml = toml.replace('name = "Won"', 'name = "Won"\nlabels = ["Ordered"]')
    toml = toml.replace('name = "Lost"', 'name = "Lost"\nlabels = ["Dead"]')
    stages.adopt(workspace, toml, {})
    text = "id,name,stage\n1,A,talks\n2,B,First Call\n3,C,ordered\n4,D,Dead\n5,E,Elsewhere\n"
    found = imported(text, stages=())
    assert [(r.line.number, r.reason) for r in found.rejected] == [
        (6, 'no stage "Elsewhere"; map it: --stage "Elsewhere=KEY"')
    ]
    every = lists.listing(workspace, lists.Wanted(status="all", sort="number"), 0).records
    assert [(r["stage"], r["status"]) for r in every] == [
        ("discovery", "open"), ("discovery", "open"), ("lead", "won"), ("lead", "lost"),
    ]  # fmt: skip


def test_the_past_of_an_export_is_what_a_forecast_learns_from(
    workspace: Workspace, imported: Importing
) -> None:
    rows = "".join(
        f"{n},D{n},{'Closed Won' if n % 2 else 'Closed Lost'},100,2025-{1 + n // 4:02d}-01,"
        f"2025-{1 + n // 4:02d}-01,2025-{1 + n // 4:02d}-{3 + n % 7:02d},"
        + ("2026-01-15," if n % 2 else ",2026-01-20") + "\n"
        for n in range(40)
    )  # fmt: skip
    header = "Record ID,Deal Name,Deal Stage,Amount,Create Date," + entered(
        "Deal in", "Talks", "Closed Won", "Closed Lost"
    )
    assert imported(f"{header}\n{rows}").landed == 40
    with workspace.read() as reading:
        past = history.read_past(reading, measure_of(reading.pipeline, "amount"))
    assert "imported" not in past.stages and past.history.cases == 40
    assert sorted(set(map(int, past.history.stage))) == [0, 1]


SALESFORCE = """\
Opportunity ID,Opportunity Name,Opportunity Owner,Stage,Amount,Close Date,Created Date
006bm00000LKJNN,ERP,Lea,Talks,100,4/28/2026,1/5/2026
006bm00000LKJNT,Audit,Lea,Closed Lost,100,1/28/2026,1/5/2026
"""
CHANGES = """\
Id,OpportunityId,CreatedById,CreatedDate,StageName,Amount,CloseDate,Probability,IsDeleted
008bm00000UoqOj,006bm00000LKJNNAA5,005b,01/05/26 08:55 PM,Deal in,80,04/28/26,10,FALSE
008bm00000UoqOk,006bm00000LKJNNAA5,005b,01/15/26 08:55 PM,Talks,80,04/28/26,20,FALSE
008bm00000UoqOl,006bm00000LKJNNAA5,005b,01/16/26 08:55 PM,Talks,100,04/28/26,20,FALSE
008bm00000UoqOm,006bm00000LKJNTAA5,005b,01/06/26 08:55 AM,Closed Won,100,04/28/26,100,FALSE
008bm00000UoqOn,006bm00000LKJNTAA5,005b,01/28/26 08:55 AM,Closed Lost,100,04/28/26,0,FALSE
"""


def test_the_history_of_salesforce_joins_identifiers_of_both_lengths(
    workspace: Workspace, imported: Importing
) -> None:
    found = imported(SALESFORCE, CHANGES, dates="mdy")
    assert (found.landed, found.rejected, found.strangers, found.differences) == (2, [], [], [])
    assert stays(workspace) == [
        ["lead 01-05 imported", "discovery 01-15 -"],
        ["lead 01-05 won", "lead 01-28 lost"],
    ]
    longer = SALESFORCE.replace("006bm00000LKJNN", "006bm00000LKJNNAA5").replace("LKJNT", "LKJNTAA5")
    assert imported(longer, CHANGES, dates="mdy").unchanged == 2
    assert doctor.doctor(workspace).faults == []


@real_data
def test_the_real_history_of_salesforce_lands_whole(workspace: Workspace) -> None:
    folder = REAL / "salesforce_devorg"
    labels = ("Qualification", "Prospecting", "Needs Analysis", "Value Proposition", "Id. Decision Makers",
              "Perception Analysis", "Proposal/Price Quote", "Negotiation/Review")  # fmt: skip
    request = Request(
        stages=tuple(f"{label}=discovery" for label in labels),
        history=str(folder / "OpportunityHistory.csv"),
        dates="mdy",
    )
    clock.freeze(datetime(2026, 11, 27, 9, tzinfo=UTC))
    found = import_file(workspace, str(folder / "Opportunity.csv"), request)
    assert (found.landed, found.rejected, found.strangers) == (36, [], [])
    assert sum(len(one) > 1 for one in stays(workspace)) == 7
    assert doctor.doctor(workspace).faults == []
