"""What is read of a file for a report: all that can be, with what could not be said, and nothing written."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from pipecli import clock
from pipecli.config import Settings
from pipecli.domain import xray as rules
from pipecli.domain.xray import Portion
from pipecli.errors import InvalidInput, PipeError
from pipecli.service import creating
from pipecli.service.import_request import Request
from pipecli.service.importing import import_file
from pipecli.service.workspace import Workspace
from pipecli.service.xray import Seen, see
from pipecli.service.xray_document import document

REAL = Path(os.environ.get("PIPECLI_REAL_DATA", "no-such-folder"))
real_data = pytest.mark.skipif(not REAL.is_dir(), reason="PIPECLI_REAL_DATA names no folder")

See = Callable[..., Seen]


@pytest.fixture
def seen(tmp_path: Path) -> Iterator[See]:
    """Sees a text as a file on 2026-11-23."""
    clock.freeze(datetime(2026, 11, 23, 9, tzinfo=UTC))

    def run(text: str, as_of: date | None = None, name: str = "f.csv", **asked: Any) -> Seen:
        (tmp_path / name).write_text(text)
        return see(Settings({}), str(tmp_path / name), Request(**asked), as_of)

    yield run
    assert sorted(path.suffix for path in tmp_path.iterdir()) == [".csv"] * len(list(tmp_path.iterdir()))
    clock.freeze(None)


HEADERS = {
    "hubspot": "Record ID,Deal Name,Deal Stage,Amount,Create Date,Close Date,Deal owner,Closed lost reason",
    "hubspot fr": (
        "ID de fiche d'informations,Nom de la transaction,Phase de la transaction,Montant,Date de création,"
        "Date de fermeture,Propriétaire de la transaction,Closed lost reason"
    ),
    "pipedrive": (
        "Deal - ID,Deal - Title,Deal - Stage,Deal - Value,Deal - Deal created,Deal - Expected close date,"
        "Deal - Owner,Deal - Lost reason"
    ),
    "pipedrive fr": (
        "Affaire - ID,Affaire - Titre,Affaire - Étape,Affaire - Valeur,Affaire - Affaire créée,"
        "Affaire - Date de clôture prévue,Affaire - Propriétaire,Affaire - Raison de la perte"
    ),
    "salesforce": (
        "Opportunity ID (18 Digit),Opportunity Name,Stage,Amount,Created Date,Close Date,Opportunity Owner,"
        "Loss Reason"
    ),
    "salesforce fr": (
        "ID de l'opportunité,Nom de l'opportunité,Étape,Montant,Date de création,Date de clôture,"
        "Propriétaire de l'opportunité,Loss Reason"
    ),
    "odoo": "id,Opportunity,Stage,Expected Revenue,Created on,Expected Closing,Salesperson,Lost Reason",
    "odoo fr": "id,Opportunité,Étape,Revenu attendu,Créé le,Date de clôture prévue,Vendeur,Motif de perte",
    "zoho": "Record Id,Deal Name,Stage,Amount,Created Time,Closing Date,Deal Owner,Reason For Loss",
    "sheet": "Ref,Opportunity,Stage,Amount,Created,Close date,Owner,Lost reason",
    "sheet fr": "Réf,Affaire,Étape,Montant,Date de création,Clôture prévue,Commercial,Motif de perte",
}
ROWS = """
1,ERP 7,Discovery,48000,2026-01-05,2026-05-31,lea,
2,Audit 3,Closed Won,1500,2026-01-06,2026-02-03,marc,
3,Stock 9,Closed Lost,900,2026-01-07,2026-02-04,marc,price
4,Portal 2,Proposal sent,,2026-11-01,2026-12-31,,
"""


@pytest.mark.parametrize("which", HEADERS)
def test_every_kind_of_export_is_seen_at_the_first_try(seen: See, which: str) -> None:
    found = seen(HEADERS[which] + ROWS)
    assert found.told.unread == [] and not found.told.questions
    x = found.found
    assert (x.open.n, x.won.n, x.lost.n) == (2, 1, 1)
    assert (x.open.amount, x.won.amount) == (4_800_000, 150_000)
    assert x.fault(rules.OLDER) == Portion(1, 2, 4_800_000, 4_800_000)
    assert x.to_win and x.to_win.longest == 28
    assert {h.owner for h in x.holders} == {"lea", "marc", None}
    assert x.reasons == (("price", 1),)
    assert found.told.strict == 4
    assert [s.name for s in found.told.pipeline.stages] == ["Discovery", "Proposal sent"]


def test_what_bitrix_calls_its_stages_is_understood(seen: See) -> None:
    found = seen(
        "ID,STAGE_ID,ASSIGNED_BY_ID,OPPORTUNITY,BEGINDATE,CLOSEDATE,CLOSED,TITLE,DATE_CREATE\n"
        "1,C2:NEW,7,48000.00,05.01.2026,31.05.2026,N,ERP,05.01.2026 09:30:00\n"
        "2,C2:WON,7,1500.00,06.01.2026,03.02.2026,Y,Audit,16.01.2026 09:30:00\n"
        "3,C2:LOSE,8,900.00,06.01.2026,03.02.2026,Y,Stock,16.01.2026 09:30:00\n"
    )
    x = found.found
    assert (x.open.amount, x.won.amount, x.lost.amount) == (4_800_000, 150_000, 90_000)
    assert x.to_win and x.to_win.longest == 18
    assert (found.told.unread, found.told.strict) == ([], 3)


def test_what_cannot_be_read_is_left_out_and_counted_with_its_line(seen: See) -> None:
    found = seen(
        "id,name,amount,stage,created,owner\n"
        "1,ERP,abc,Lead,2026-13-45,lea\n"
        "2,Audit,500,Won,2026-01-05,lea\n"
        "2,Audit,500,Won,2026-01-05,lea\n"
        "3,Stock,-7,Lead,2027-01-01,lea\n"
        "4,Kiosk,900,Lead,2026-01-05,lea,more\n"
    )
    assert [(one.field, one.n, one.line) for one in found.told.unread] == [
        ("created", 2, 2),
        ("amount", 2, 2),
        ("id", 1, 4),
        ("row", 1, 6),
    ]
    assert (found.found.n, found.told.strict, found.told.total) == (3, 1, 5)


def test_days_with_two_readings_are_left_out_and_all_else_is_shown(seen: See) -> None:
    text = "Name,Stage,Amount,Created\nA,Lead,10,03/04/2026\nB,Won,20,05/06/2026\n"
    found = seen(text)
    assert list(found.told.questions) == ["created"]
    assert "created" in found.found.absent
    assert found.found.open.amount == 1_000
    answered = seen(text, dates="dmy")
    assert answered.found.first == date(2026, 4, 3)
    commands = [one["command"].partition("f.csv")[2] for one in document(found)["commands"]]
    assert commands == [" --dates dmy", " --dates mdy"]


def test_days_that_contradict_each_other_are_named_with_their_lines(seen: See) -> None:
    text = "Name,Stage,Amount,Created,Close date\nA,Lead,10,31/12/2025,03/04/2026\nB,Lead,20,05/06/2026,31/12/2026\n\n"
    found = seen(text + "C,Lead,30,20/01/2026,12/15/2026\n")
    assert found.told.questions["close_date"].message == (
        'the dates of "Close date" have two readings, as in "03/04/2026", and others contradict each other '
        "(line 3 says 31/12/2026, line 5 12/15/2026): is the day first? --dates dmy; is the month? --dates mdy; "
        '"Created" has the day first'
    )
    assert list(found.told.questions) == ["close_date"]


def test_amounts_that_contradict_each_other_are_named_with_their_lines(seen: See) -> None:
    found = seen('Name,Stage,Amount\nA,Lead,"1.250,50"\nB,Won,2.250\nC,Won,"3,250.75"\n')
    assert "(line 2 says 1.250,50, line 4 3,250.75)" in found.told.questions["amount"].message


def test_amounts_with_two_readings_are_left_out_and_asked_about(seen: See) -> None:
    text = "Name,Stage,Amount,Created\nA,Lead,1.500,2026-01-02\nB,Won,2.250,2026-01-03\n"
    found = seen(text)
    assert list(found.told.questions) == ["amount"]
    assert [one["command"].partition("f.csv")[2] for one in document(found)["commands"]] == [
        " --decimal ,",
        " --decimal .",
    ]
    assert seen(text, decimal=",").found.open.amount == 150_000


def test_a_column_of_everything_but_stages_is_left_out(seen: See) -> None:
    rows = "".join(f"N{n},Remark no. {n},{n}\n" for n in range(70))
    found = seen("Name,Stage,Amount\n" + rows)
    assert (list(found.told.questions), found.found.open.n) == (["stage"], 70)
    assert [one["command"].split()[1] for one in document(found)["commands"]] == ["init", "import"]


def test_a_file_of_ended_ones_alone_needs_no_stages(seen: See) -> None:
    found = seen("Name,Stage,Amount\nA,Closed Won,5\nB,Closed Lost,6\n")
    assert (found.found.won.n, found.found.lost.n, found.told.strict) == (1, 1, 2)


def test_a_history_whose_days_are_doubtful_is_left_out_alone(seen: See, tmp_path: Path) -> None:
    (tmp_path / "h.csv").write_text("id,stage,at\n1,Lead,03/04/2026\n1,Won,05/06/2026\n")
    found = seen("id,name,stage,created\n1,A,Won,2026-01-02\n", history=str(tmp_path / "h.csv"))
    assert list(found.told.questions) == ["at"]
    assert found.found.first == date(2026, 1, 2)


def test_a_bad_line_of_a_history_drops_the_history_and_nothing_of_the_row(seen: See, tmp_path: Path) -> None:
    (tmp_path / "h.csv").write_text(
        "id,stage,at\n1,Lead,2026-01-02\n1,,2026-01-05\n2,Lead,2026-13-45\n2,Won,2026-02-01\n3,Lead,2026-01-03\n"
    )
    found = seen(
        "id,name,stage,created\n1,A,Won,2026-01-02\n2,B,Lost,2026-01-02\n3,C,Lead,2026-01-03\n",
        history=str(tmp_path / "h.csv"),
    )
    assert (found.found.won.n, found.found.lost.n, found.found.open.n) == (1, 1, 1)
    assert [(one.field, one.n, one.why) for one in found.told.unread] == [
        ("history", 2, "line 3 of its history: it has no stage")
    ]


def test_columns_that_no_header_names_are_taken_by_their_values_and_said(seen: See) -> None:
    found = seen("foo,bar,baz,qux\nAcme,1000,Won,2026-01-01\nBorel,2000,Proposal,2026-02-01\n")
    assert found.told.chosen == {"name": "foo", "created": "qux", "stage": "baz", "amount": "bar"}
    assert (found.found.won.amount, found.found.open.amount) == (100_000, 200_000)
    assert document(found)["by_values"] == ["amount", "created", "name", "stage"]


def test_a_first_row_of_values_is_said_to_be_one(seen: See) -> None:
    found = document(seen("Acme,1000,Won,2026-01-01\nBorel,2000,Proposal,2026-02-01\n"))
    assert found["values_above"] == ["Acme", "1000", "Won", "2026-01-01"]
    assert found["counts"]["n"] == 1


def test_a_file_of_deleted_rows_is_counted_all_the_same_and_not_to_be_imported(seen: See) -> None:
    header = "Id,Name,StageName,Amount,CloseDate,IsClosed,IsWon,IsDeleted,CreatedDate\n"
    found = seen(header + "1,A,Discovery,5,2026-05-05,false,false,true,2026-01-01\n")
    assert (found.found.open.n, found.told.deleted) == (1, 1)
    assert (document(found)["commands"], document(found)["rows_taken"]) == ([], 0)


def test_where_no_row_lands_nothing_is_said_to_bring_it_in(seen: See) -> None:
    found = document(seen("id,name,stage,created\n1,A,Lead,2026-13-45\n2,B,Won,2026-14-01\n"))
    assert (found["counts"]["n"], found["rows_taken"], found["commands"]) == (2, 0, [])


def test_of_rows_with_one_identifier_the_one_that_lands_is_seen(
    seen: See, tmp_path: Path, tmp_path_factory: pytest.TempPathFactory
) -> None:
    rows = ("1,abc", "1,5", "1,7", "2,x", "2,y")
    text = "id,amount,name,stage\n" + "".join(f"{row},A,Discovery\n" for row in rows)
    found = seen(text)
    assert (found.found.n, found.found.open.amount, found.told.strict) == (2, 500, 1)
    assert [(one.field, one.n, one.line) for one in found.told.unread] == [("amount", 3, 2), ("id", 2, 4)]
    assert found.told.unread[1].why == 'its identifier "1" is that of line 3'
    place = tmp_path_factory.mktemp("workspace")
    there = Settings({"PIPE_DB": str(place / "pipe.db"), "PIPE_ME": "lea"})
    creating.init(there)
    done = import_file(Workspace(there), str(tmp_path / "f.csv"), Request(rejected=str(place / "r.csv")))
    assert done.landed == found.told.strict


def test_one_stage_that_stands_for_all_has_no_name(seen: See) -> None:
    found = document(seen("Name,Amount,Created\nA,5,2026-01-02\n"))
    assert [(one["stage"], one["stage_name"], one["n"]) for one in found["stages"]] == [(None, None, 1)]


def test_nine_in_ten_is_said_of_ten_or_more(seen: See) -> None:
    rows = [f"A,Won,2026-01-0{n},2026-03-0{n}\n" for n in range(1, 10)]
    head = "name,stage,created,closed\n"
    assert document(seen(head + "".join(rows)))["days_to_win"]["nine_in_ten"] is None
    assert document(seen(head + "".join([*rows, rows[0]])))["days_to_win"]["nine_in_ten"] == 59


def test_amounts_without_a_currency_are_in_the_one_the_file_names(seen: See) -> None:
    found = seen("name,amount,stage\nA,USD 5,Lead\nB,7,Lead\nC,€3,Lead\nD,$2,Lead\n")
    assert (found.currency, found.found.open.amount, found.elsewhere) == ("USD", 1_400, {"EUR": (1, 300)})


def test_an_amount_in_another_currency_is_an_amount(seen: See) -> None:
    found = seen(
        "name,amount,currency,stage\nA,5,USD,Lead\nB,7,USD,Lead\nC,3,EUR,Lead\nD,,EUR,Lead\nE,4,EUR,Won\n"
    )
    assert found.found.fault(rules.UNPRICED) == Portion(1, 4, 0, 1_200)
    assert found.elsewhere == {"EUR": (2, 700)}


def test_events_alone_make_opportunities(seen: See) -> None:
    found = seen(
        "id,stage,at,amount\n"
        "1,Lead,2026-01-01,100\n1,Offer,2026-01-04,100\n1,Won,2026-01-11,120\n"
        "2,Lead,2026-01-02,50\n2,Lost,2026-01-05,50\n"
        "3,Lead,2026-01-03,70\n"
    )
    x = found.found
    assert found.told.events_only
    assert (x.open.n, x.won.n, x.lost.n) == (1, 1, 1)
    assert (x.open.amount, x.won.amount) == (7_000, 12_000)
    assert [(p.place, p.n, p.left, p.stay) for p in x.places] == [("lead", 1, 2, 3), ("offer", 0, 1, 7)]
    assert x.to_win and x.to_win.longest == 10


def many(n: int = 60, open_every: int = 5) -> str:
    """A living sheet: one opened each third day, won or lost after 20 to 39 days, some still open."""
    first = date(2026, 3, 1).toordinal()
    lines = ["id,name,stage,amount,created,closed"]
    for k in range(n):
        opened = first + 3 * k
        ended = opened + 20 + k % 20
        stage = "Offer" if k % open_every == 0 else "Won" if k % 2 else "Lost"
        closed = "" if stage == "Offer" else date.fromordinal(ended).isoformat()
        lines.append(f"{k},N{k},{stage},{1000 + 10 * k},{date.fromordinal(opened).isoformat()},{closed}")
    return "\n".join(lines) + "\n"


def test_a_forecast_comes_with_how_far_it_was_off(seen: See) -> None:
    found = seen(many())
    assert found.ahead
    assert [(m.start, m.until) for m in found.ahead.months] == [
        (date(2026, 10, 4), date(2026, 10, 31)),
        (date(2026, 11, 1), date(2026, 11, 30)),
        (date(2026, 12, 1), date(2026, 12, 31)),
    ]
    total = found.ahead.total.total
    assert 0 < total.p10 < total.p50 < total.p90
    assert found.ahead.past_days >= 8 and found.ahead.missed is not None


def test_of_few_wins_there_is_no_forecast_but_a_reason(seen: See) -> None:
    found = seen(many(12))
    assert found.ahead is None
    assert found.why_not == (
        "a forecast from history needs 10 wins with the days they were opened and won: the file has 5"
    )


def test_an_earlier_day_than_the_last_of_the_file_is_refused(seen: See) -> None:
    text = "name,stage,created\nA,Lead,2026-05-01\n"
    assert seen(text, as_of=date(2026, 5, 11)).found.places[0].age == 10
    with pytest.raises(InvalidInput, match="goes on until 2026-05-01"):
        seen(text, as_of=date(2026, 4, 30))


def test_a_list_of_contacts_is_refused_as_an_import_refuses_it(seen: See) -> None:
    with pytest.raises(InvalidInput, match="accounts or contacts"):
        seen("First Name,Last Name,Email\nLea,Martin,l@acme.example\n")


DAMAGE = st.lists(st.tuples(st.integers(0, 10**6), st.sampled_from('",;\n\0é€-/9')), max_size=8)


@given(DAMAGE, st.sampled_from(sorted(HEADERS)))
@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_a_damaged_file_is_seen_or_refused_in_one_line(
    tmp_path: Path, damage: list[tuple[int, str]], which: str
) -> None:
    text = HEADERS[which] + ROWS
    for at, char in damage:
        at %= len(text)
        text = text[:at] + char + text[at + 1 :]
    (tmp_path / "f.csv").write_text(text)
    try:
        found = see(Settings({}), str(tmp_path / "f.csv"), Request())
    except PipeError as error:
        assert error.message and "\n" not in error.message
        return
    made = document(found)
    assert made["counts"]["n"] == len(found.told.rows) <= made["rows"]
    left_out = sum(one.n for one in found.told.unread if one.field in ("row", "id"))
    assert made["counts"]["n"] + left_out >= made["rows"]


REAL_FILES = [
    "maven/sales_pipeline.csv",
    "salesforce_devorg/Opportunity.csv",
    "salesforce_devorg/OpportunityHistory.csv",
    "hubspot_salesforce_seeds/hubspot/deal_data.csv",
    "hubspot_salesforce_seeds/salesforce/sf_opportunity_data.csv",
    "loans2017/opportunities_h1.csv",
    "loans2017/opportunities_q4.csv",
    "loans2017/history_h1.csv",
    "loans2017/history_q4.csv",
]
COUNTS = [
    (2089, 4238, 2473),
    (16, 12, 8),
    (16, 12, 8),
    (44, 0, 0),
    (1, 5, 4),
    (0, 576, 1302),
    (0, 140, 671),
    (0, 576, 1302),
    (0, 140, 671),
]


@real_data
@pytest.mark.parametrize("name, counts", list(zip(REAL_FILES, COUNTS, strict=True)))
def test_a_real_file_is_seen_whole(name: str, counts: tuple[int, int, int]) -> None:
    x = see(Settings({}), str(REAL / name), Request()).found
    assert (x.open.n, x.won.n, x.lost.n) == counts


@real_data
def test_the_sellers_open_opportunities_are_older_than_anything_they_won() -> None:
    found = see(Settings({}), str(REAL / "maven/sales_pipeline.csv"), Request())
    assert found.found.today == date(2017, 12, 31)
    assert found.found.to_win and found.found.to_win.longest == 138
    assert found.found.fault(rules.OLDER) == Portion(1291, 1589)
    assert found.told.strict == found.told.total == 8800
    assert found.ahead and found.ahead.missed is not None and found.ahead.missed < 0.25
