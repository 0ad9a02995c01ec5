"""Histories of stages as exports have them: files known by their headers, and columns with a day for each stage."""

from __future__ import annotations

from pathlib import Path

import pytest

from pipecli.importers.history import Entered, beside_entered, entered_columns, moments_in, read_histories
from pipecli.importers.mapping import MappingFile
from pipecli.importers.table import Line


@pytest.mark.parametrize(
    ("header", "label"),
    [
        ('Date entered "Discovery (Sales)"', "Discovery (Sales)"),
        ("Date entered “Closed Won (Sales Pipeline)”", "Closed Won (Sales Pipeline)"),
        ("Date entered 'Contract Sent'", "Contract Sent"),
        ('DATE ENTERED "Say "hello""', 'Say "hello'),
        ('Date d\'entrée dans "Proposition"', "Proposition"),
        ("Date d’entrée dans « Fermé gagné »", "Fermé gagné"),
        ('Date d\'entrée "Devis (Ventes)"', "Devis (Ventes)"),
    ],
)
def test_a_column_with_the_day_of_a_stage_is_known_by_its_header(header: str, label: str) -> None:
    assert entered_columns(["Record ID", header]) == (Entered(1, header, label),)


def test_other_columns_with_dates_are_not() -> None:
    header = [
        "Date entered",
        "Close Date",
        'Date exited "Lead"',
        'Cumulative time in "Lead (Sales)"',
        "Amount",
    ]
    assert entered_columns(header) == ()
    assert beside_entered(header) == {2, 3}


def test_a_row_tells_the_entries_that_are_not_blank() -> None:
    columns = entered_columns(["id", 'Date entered "Lead"', 'Date entered "Offer"', 'Date entered "Late"'])
    found = list(moments_in(Line(4, ("1", " ", " 2026-01-05 10:00 ")), columns))
    assert [(m.line, dict(m.texts), m.column) for m in found] == [
        (4, {"stage": "Offer", "at": "2026-01-05 10:00"}, 'Date entered "Offer"')
    ]


def test_the_history_of_salesforce_is_known_by_its_header(tmp_path: Path) -> None:
    file = tmp_path / "OpportunityHistory.csv"
    file.write_text(
        "Id,OpportunityId,CreatedDate,StageName,Amount,IsDeleted\n"
        "008bm00000UoqOj,006bm00000LKJNN,02/23/26 08:55 PM,Qualification,15000,FALSE\n"
        "008bm00000UoqOk,006bm00000LKJNNAA5,02/24/26 08:55 PM,Closed Won,15000,0\n"
        "008bm00000UoqOl,006bm00000LKJNNAA5,02/25/26 08:55 PM,Prospecting,15000,TRUE\n"
    )
    found = read_histories(file, MappingFile())
    assert {
        key: [(m.line, m.texts["stage"], m.texts["at"]) for m in rows] for key, rows in found.items()
    } == {
        "006bm00000LKJNNAA5": [
            (2, "Qualification", "02/23/26 08:55 PM"),
            (3, "Closed Won", "02/24/26 08:55 PM"),
        ]
    }
    given = MappingFile(history={"id": "Id", "at": "CreatedDate", "stage": "StageName"})
    assert list(read_histories(file, given)) == [
        "008bm00000UoqOjAAJ",
        "008bm00000UoqOkAAJ",
        "008bm00000UoqOlAAJ",
    ]
