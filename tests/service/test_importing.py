"""Imports as whole use cases on real files: what lands, what is rejected, what a second import changes."""

import os
from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from pipecli.config import Settings
from pipecli.domain.importing import Difference
from pipecli.errors import Conflict, InvalidInput, PipeError, StoreError
from pipecli.service import doctor, exporting, forecast, lists, opportunities, undoing
from pipecli.service.answers import Answers
from pipecli.service.importing import Imported, Request, import_file
from pipecli.service.periods import Period
from pipecli.service.unit import Unit
from pipecli.service.workspace import Workspace
from pipecli.store import journal, sqlite
from pipecli.store.opening import open_database

EXAMPLE = str(Path(__file__).parents[2] / "examples" / "maven.toml")
REAL = Path(os.environ.get("PIPECLI_REAL_DATA", "no-such-folder"))
real_data = pytest.mark.skipif(not REAL.is_dir(), reason="PIPECLI_REAL_DATA names no folder")


def colleague(workspace: Workspace) -> Workspace:
    """The same workspace, opened by bob."""
    return Workspace(Settings(environ={**workspace.settings.environ, "PIPE_ME": "bob"}))


@pytest.fixture
def imported(workspace: Workspace, tmp_path: Path) -> Callable[..., Imported]:
    """Imports a text as a file; keyword `history` is the text of a history."""

    def run(
        text: str | bytes, *, history: str | None = None, dry_run: bool = False, **asked: Any
    ) -> Imported:
        path = tmp_path / "deals.csv"
        path.write_bytes(text if isinstance(text, bytes) else text.encode())
        if history is not None:
            (tmp_path / "history.csv").write_text(history)
            asked["history"] = str(tmp_path / "history.csv")
        return import_file(workspace, str(path), Request(**asked), dry_run=dry_run)

    return run


def records(workspace: Workspace, *keys: str) -> list[tuple[Any, ...]]:
    every = lists.listing(workspace, lists.Wanted(status="all", sort="number"), 0).records
    return [tuple(r[k] for k in keys) for r in every]


def counts(found: Imported) -> tuple[int, int, int, int, int]:
    return found.landed, found.updated, found.unchanged, len(found.rejected), len(found.differences)


def head(workspace: Workspace) -> int:
    with workspace.read() as reading:
        return reading.header.head


def sound(workspace: Workspace) -> bool:
    return doctor.doctor(workspace).faults == []


DEALS = """\
id,name,account,contact,owner,amount,stage,created,closed,loss_reason,tags,next action,next due
A1,ERP,Acme,Jeanne <j@acme.com>,marc,48k,Discovery,2026-01-05,,,"big, new",call Jeanne,2026-03-09
A2,Audit,Acme,jeanne,ines,1500.50,won,2026-01-06,2026-02-03,,,,
A3,Café,Borel,Bob,,USD 900,Lost,2026-01-07,2026-02-04,Price,,,
A4,Stock,,,,,,,,,,call,
"""


def test_rows_land_with_their_accounts_people_dates_and_reasons(
    workspace: Workspace, imported: Callable[..., Imported]
) -> None:
    found = imported(DEALS)
    assert counts(found) == (4, 0, 0, 0, 0)
    assert found.notes == ["1 next action has no date and was left out: map next_due"]
    assert records(
        workspace, "name", "account", "contact", "owner", "stage", "status", "amount", "currency"
    ) == [
        ("ERP", "Acme", "Jeanne", "marc", "discovery", "open", 48000, "EUR"),
        ("Audit", "Acme", "Jeanne", "ines", "lead", "won", 1500.5, "EUR"),
        ("Café", "Borel", "Bob", "lea", "lead", "lost", 900, "USD"),
        ("Stock", None, None, "lea", "lead", "open", None, "EUR"),
    ]
    assert records(
        workspace, "created_on", "closed_on", "loss_reason", "tags", "next_action", "next_due"
    ) == [
        ("2026-01-05", None, None, ["big", "new"], "call Jeanne", "2026-03-09"),
        ("2026-01-06", "2026-02-03", None, [], None, None),
        ("2026-01-07", "2026-02-04", "price", [], None, None),
        ("2026-03-02", None, None, [], None, None),
    ]
    unproven = lists.listing(workspace, lists.Wanted(where="unproven", sort="number"), 0)
    assert [r["name"] for r in unproven.records] == ["ERP", "Stock"]
    assert sound(workspace)


def test_the_columns_that_were_taken_and_the_first_rows_are_shown(imported: Callable[..., Imported]) -> None:
    found = imported("deal,extra,Value\n" + "".join(f"D{n},x,{n}\n" for n in range(7)), dry_run=True)
    assert found.columns == {"name": "deal", "amount": "Value"}
    assert [(line, r["name"], r["amount"], r["stage_name"]) for line, r in found.preview] == [
        (n + 2, f"D{n}", n, "Qualified lead") for n in range(5)
    ]
    assert counts(found) == (7, 0, 0, 0, 0)
    assert found.dry_run


def test_a_dry_run_writes_nothing_and_needs_no_lock(
    workspace: Workspace, imported: Callable[..., Imported], tmp_path: Path
) -> None:
    writer = open_database(workspace.address, write=True)
    writer.begin()
    found = imported("name,amount\nA,1\nB,much\n", dry_run=True)
    writer.rollback()
    writer.close()
    assert (counts(found), found.rejected_file) == ((1, 0, 0, 1, 0), None)
    assert not (tmp_path / "deals.csv.rejected.csv").exists()
    assert head(workspace) == 2


@pytest.mark.parametrize(
    ("row", "reason"),
    [
        (",1,,,,", "it has no name"),
        ("A,much,,,,", 'amount: "much" is not an amount; write 18000, 18k, 1.2m, 18,000.50 or USD 500'),
        ("A,-5,,,,", 'amount: "-5" is negative; write an amount of zero or more, such as 18000'),
        ('A,"1,234",,,,', 'amount: "1,234" is ambiguous: write 1234 or 1.234' + "0"),
        (
            "A,1000000000001,,,,",
            'amount: "1000000000001" is too large to be an amount; the most is 1,000,000m',
        ),
        ("A,$5,EUR,,,", 'amount: "$5" is not in EUR, the currency of its row'),
        (
            "A,5,EURO,,,",
            'currency: "EURO" is not a currency; write its ISO 4217 code, such as EUR, USD or CHF',
        ),
        ("A,,,2026-04-01,,", "created: 2026-04-01 is in the future"),
        (
            "A,,,1812-01-01,,",
            'created: "1812-01-01" is outside the years 1900 to 2200; write a date between them',
        ),
        ("A,,,03/04/2025,,", 'created: "03/04/2025" is ambiguous: write 2025-04-03 or 2025-03-04'),
        (
            "A,,,soon,,",
            'created: "soon" is not a date; write 2026-12-31, 2026-12-31T14:05:00Z or 31/12/2026',
        ),
        ("A,,,,Somewhere,", 'no stage "Somewhere"; map it: --stage "Somewhere=KEY"'),
        ("A,,,,,maybe", 'no status "maybe": it is open, won or lost; map it: --stage "maybe=won"'),
        ("A,,,,Won,lost", 'its stage is "Won" and its status "lost"'),
        (f"{'x' * 10_000},,,,,", "name: a text has 10000 characters; 200 are the most"),
        ("A,1", "2 cells where the header has 6"),
    ],
)
def test_a_row_that_cannot_land_is_rejected_alone(
    workspace: Workspace, imported: Callable[..., Imported], tmp_path: Path, row: str, reason: str
) -> None:
    header = "name,amount,currency,created,stage,status"
    found = imported(f"{header}\nGood,1,EUR,2026-01-01,Discovery,open\n{row}\n")
    assert [(r.line.number, r.reason) for r in found.rejected] == [(3, reason)]
    assert found.rejected_file == str(tmp_path / "deals.csv.rejected.csv")
    assert records(workspace, "name") == [("Good",)]


def test_rejected_rows_can_be_corrected_and_imported_again(
    workspace: Workspace, imported: Callable[..., Imported], tmp_path: Path
) -> None:
    imported('name;amount;note\nA;1;"x;y"\nB;much;"say ""no"""\nC;1\nD;2;x;y\n'.encode("cp1252"))
    rejected = tmp_path / "deals.csv.rejected.csv"
    unread = '"amount: ""much"" is not an amount; write 18000, 18k, 1.2m, 18,000.50 or USD 500"'
    assert rejected.read_bytes().decode() == (
        "name;amount;note;line;reason\n"
        f'B;much;"say ""no""";3;{unread}\n'
        "C;1;;4;2 cells where the header has 3\n"
        "D;2;x;5;4 cells where the header has 3;y\n"
    )
    second = rejected.read_text().replace("much", "7").replace("4 cells", "4 more cells")
    assert counts(imported(second)) == (2, 0, 0, 1, 0)
    assert rejected.read_text() == "name;amount;note;line;reason\nD;2;x;4;6 cells where the header has 5;y\n"


def test_an_import_that_fails_leaves_no_file_beside(
    workspace: Workspace,
    imported: Callable[..., Imported],
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    def full(_unit: Unit) -> None:
        raise StoreError("the disk is full")

    mapping, kept = tmp_path / "map.toml", tmp_path / "kept.csv"
    kept.write_text("mine")
    with monkeypatch.context() as patch:
        patch.setattr(Unit, "write", full)
        with pytest.raises(StoreError, match="full"):
            imported("name,amount\nA,1\nB,much\n", save_mapping=str(mapping))
        with pytest.raises(StoreError, match="full"):
            imported("name,amount\nA,1\nB,much\n", rejected=str(kept))
    assert sorted(path.name for path in tmp_path.iterdir() if path.suffix in (".csv", ".toml")) == [
        "deals.csv",
        "kept.csv",
    ]
    assert kept.read_text() == "mine"
    for asked in ({"rejected": str(tmp_path / "no" / "r.csv")}, {"save_mapping": str(tmp_path / "no" / "m")}):
        with pytest.raises(InvalidInput, match="cannot be written"):
            imported("name,amount\nA,1\nB,much\n", **asked)
    assert records(workspace, "id") == []


def test_a_row_that_lands_beside_one_of_its_name_and_account_is_counted(
    imported: Callable[..., Imported],
) -> None:
    sheet = "name,account,amount,status\nERP,Acme,1,open\nERP,Acme,2,open\nCRM,,3,open\nFair,Beta,4,won\n"
    assert imported(sheet).notes == []
    found = imported(sheet.replace("1", "10").replace("3", "30").replace("4", "40"))
    assert (found.landed, found.unchanged) == (3, 1)
    assert found.notes == [
        "1 row has the name and account of an open opportunity: pipe clean --only duplicate"
    ]


def test_rejected_rows_of_a_french_sheet_open_in_a_spreadsheet(
    imported: Callable[..., Imported], tmp_path: Path
) -> None:
    found = imported(
        "nom;montant\nÉlan;cher\n".encode("cp1252"),
        maps=("name=nom", "amount=montant"),
        rejected=str(tmp_path / "no.csv"),
    )
    assert found.rejected_file == str(tmp_path / "no.csv")
    assert (
        (tmp_path / "no.csv").read_bytes().startswith("\ufeffnom;montant;line;reason\nÉlan;cher;2;".encode())
    )


@pytest.mark.parametrize("name", ["no/such/folder/r.csv", "deals.csv", "."])
def test_where_rejected_rows_cannot_go_nothing_is_imported(
    workspace: Workspace, imported: Callable[..., Imported], tmp_path: Path, name: str
) -> None:
    with pytest.raises(InvalidInput, match="the rejected rows cannot"):
        imported("name,amount\nA,1\nB,much\n", rejected=str(tmp_path / name))
    assert head(workspace) == 2


def test_a_file_of_unknown_labels_is_refused_whole(
    workspace: Workspace, imported: Callable[..., Imported], tmp_path: Path
) -> None:
    with pytest.raises(InvalidInput) as refused:
        imported("name,stage\nA,Hot\nB,Cold deal\nC,Hot\n")
    assert refused.value.message == (
        "no label of the file is a stage: Hot, Cold deal; the stages are lead, discovery, proposal, negotiation, "
        'won, lost; map them: --stage "Hot=KEY"; or take the file\'s own stages: '
        f"pipe stages discover {tmp_path / 'deals.csv'} -o pipeline.toml, then pipe stages adopt pipeline.toml"
    )
    assert (refused.value.detail, head(workspace)) == ({"labels": ["Hot", "Cold deal"]}, 2)
    assert not (tmp_path / "deals.csv.rejected.csv").exists()
    found = imported("name,stage\nA,Hot\nB,a=b\n", stages=("hot=Negotiation", "a=b=WON"))
    assert counts(found) == (2, 0, 0, 0, 0)
    assert records(workspace, "stage", "status") == [("negotiation", "open"), ("lead", "won")]
    with pytest.raises(InvalidInput) as refused:
        imported("name,stage\nA,Warm\n")
    assert refused.value.message.endswith('map them: --stage "Warm=KEY"')


@pytest.mark.parametrize(
    ("asked", "message"),
    [
        (
            {"stages": ("Hot=warm",)},
            'no stage "warm" for the label "Hot"; the stages are: lead, discovery, proposal, negotiation, won, lost',
        ),
        ({"stages": ("Hot",)}, '"Hot" is not LABEL=KEY'),
        ({"maps": ("name",)}, '"name" is not KEY=VALUE'),
        ({"maps": ("name=nom",)}, 'no column "nom"; the columns are: name, stage'),
        ({"mapping": "/no/map.toml"}, "there is no file /no/map.toml"),
        ({"history": ""}, "{folder}/history.csv is empty"),
    ],
)
def test_what_was_asked_wrongly_is_refused_whole(
    workspace: Workspace, imported: Callable[..., Imported], tmp_path: Path, asked: Any, message: str
) -> None:
    with pytest.raises(InvalidInput) as refused:
        imported("name,stage\nA,Hot\n", **asked)
    assert refused.value.message == message.format(folder=tmp_path)
    assert head(workspace) == 2


def test_a_header_alone_is_refused(imported: Callable[..., Imported], tmp_path: Path) -> None:
    with pytest.raises(InvalidInput) as refused:
        imported("name,amount\n\n")
    assert refused.value.message == f"{tmp_path}/deals.csv has a header and no rows"


def test_hostile_names_land_as_they_are(workspace: Workspace, imported: Callable[..., Imported]) -> None:
    names = [
        "[red]x[/red]",
        "\x1b[31mred\x1b[0m",
        "\u202egnp.exe",
        "🚀 Élan",
        "=cmd|'/c calc'!A0",
        "two\nlines",
    ]
    found = imported("name\n" + "".join('"{}"\n'.format(n.replace('"', '""')) for n in names))
    assert counts(found) == (6, 0, 0, 0, 0)
    assert records(workspace, "name") == [(n.replace("\n", " "),) for n in names]
    assert sound(workspace)


def test_own_fields_are_read_by_their_types(workspace: Workspace, imported: Callable[..., Imported]) -> None:
    found = imported("name,Quote valid until\nA,31/05/2026\nB,whenever\n")
    assert [r.reason for r in found.rejected] == [
        'field.quote_valid_until: "whenever" is not a date; write 2026-12-31, 2026-12-31T14:05:00Z or 31/12/2026'
    ]
    assert records(workspace, "fields") == [({"quote_valid_until": "2026-05-31"},)]


def test_a_mapping_file_says_how_to_read(
    workspace: Workspace, imported: Callable[..., Imported], tmp_path: Path
) -> None:
    (tmp_path / "map.toml").write_text(
        '[columns]\nname = "n"\ncreated = "d"\namount = "v"\n[defaults]\nowner = "ines"\n'
        '[read]\ndate_order = "mdy"\ndecimal = ","\ncurrency = "USD"\nsystem = "crm"\n'
    )
    imported('n,d,v\nA,02/01/2026,"1.234"\n', mapping=str(tmp_path / "map.toml"))
    assert records(workspace, "name", "owner", "created_on", "amount", "currency") == [
        ("A", "ines", "2026-02-01", 1234, "USD")
    ]


# Importing again


def test_the_same_file_twice_changes_nothing(workspace: Workspace, imported: Callable[..., Imported]) -> None:
    imported(DEALS)
    before = head(workspace)
    assert counts(imported(DEALS)) == (0, 0, 4, 0, 0)
    assert head(workspace) == before


def test_a_changed_row_updates_and_a_new_one_lands(
    workspace: Workspace, imported: Callable[..., Imported]
) -> None:
    imported(DEALS)
    changed = DEALS.replace("marc,48k,Discovery", "ines,50k,Proposal sent").replace("Borel,Bob", "Born,Bob")
    found = imported(changed + "A5,New,Born,,,,,,,,,,\n")
    assert counts(found) == (1, 2, 2, 0, 0)
    assert [(line, r["name"]) for line, r in found.preview] == [(2, "ERP"), (4, "Café"), (6, "New")]
    assert records(workspace, "account", "owner", "amount", "stage") == [
        ("Acme", "ines", 50000, "proposal"),
        ("Acme", "ines", 1500.5, "lead"),
        ("Born", "lea", 900, "lead"),
        (None, "lea", None, "lead"),
        ("Born", "lea", None, "lead"),
    ]
    assert counts(imported(changed)) == (0, 0, 4, 0, 0)
    assert sound(workspace)


def test_an_unchanged_row_leaves_alone_what_a_person_changed(
    workspace: Workspace, imported: Callable[..., Imported]
) -> None:
    imported("id,name,amount,owner\nA1,ERP,100,marc\n")
    opportunities.edit(workspace, "1", Answers(amount="700", next="call", due="+3d"))
    assert counts(imported("id,name,amount,owner\nA1,ERP,100,marc\n")) == (0, 0, 1, 0, 0)
    assert counts(imported("id,name,amount,owner\nA1,ERP,100,ines\n")) == (0, 1, 0, 0, 0)
    assert records(workspace, "amount", "owner") == [(700, "ines")]


def test_a_stage_that_was_moved_here_is_reported_not_taken_over(
    workspace: Workspace, imported: Callable[..., Imported]
) -> None:
    imported("id,name,stage\nA1,ERP,lead\n")
    opportunities.edit(workspace, "1", Answers(sets=("contact=Jeanne",), next="call", due="+3d"))
    from pipecli.service import gates

    gates.advance(workspace, "1", Answers(proofs=("need=they told us",)))
    for _time in range(2):
        found = imported("id,name,stage\nA1,ERP,lost\n")
        assert found.differences == [Difference(2, 1, "stage", "discovery", "lost")]
        assert counts(found) == (0, 0, 1, 0, 1)
    assert records(workspace, "stage", "status") == [("discovery", "open")]


def test_rows_without_identifier_are_known_by_what_they_say(
    workspace: Workspace, imported: Callable[..., Imported]
) -> None:
    text = "name,amount\nERP,1\nERP,1\nERP,2\n"
    assert counts(imported(text)) == (3, 0, 0, 0, 0)
    assert counts(imported(text)) == (0, 0, 3, 0, 0)
    assert counts(imported(text + "ERP,1\n")) == (1, 0, 3, 0, 0)
    assert records(workspace, "name", "amount") == [("ERP", 1), ("ERP", 1), ("ERP", 2), ("ERP", 1)]


def test_one_identifier_twice_in_a_file_is_rejected(imported: Callable[..., Imported]) -> None:
    found = imported("id,name\nA1,ERP\nA1,Audit\n")
    assert [r.reason for r in found.rejected] == ['its identifier "A1" is that of line 2']


def test_contacts_are_matched_by_address_and_by_name_within_their_account(
    workspace: Workspace, imported: Callable[..., Imported]
) -> None:
    opportunities.add(
        workspace, "Old", Answers(sets=("account=Acme", "contact=Jeanne <J@acme.com>"), next="x", due="+1d")
    )
    rows = [
        "Acme,J. Doe <j@acme.com>",
        "Acme,JEANNE",
        "Acme,Jeanne <other@acme.com>",
        "Borel,Jeanne",
        ",Jeanne",
    ]
    imported("name,account,contact\n" + "".join(f"N{n},{row}\n" for n, row in enumerate(rows)))
    with workspace.read() as reading:
        found = reading.driver.rows("select contact_id from opportunity order by number")
    ids = [contact for (contact,) in found]
    assert ids[1] == ids[2] == ids[0]
    assert len({*ids}) == 4
    assert sound(workspace)


def test_an_account_that_nobody_needs_any_more_is_not_added_for_a_rejected_row(
    workspace: Workspace, imported: Callable[..., Imported]
) -> None:
    imported("name,account,amount\nA,Acme,1\nB,Borel,much\n")
    with workspace.read() as reading:
        assert reading.driver.rows("select name from account") == [("Acme",)]


# History

HISTORY = """\
id,stage,at,amount
A1,Discovery,2026-01-05T10:00:00,
A1,Qualified lead,2026-01-05T10:00:00,
A1,Proposal sent,2026-01-09T23:30:00Z,2000
A1,Won,2026-02-01 08:00,2500
A2,lead,2026-01-02,
A9,lead,2026-01-02,
"""


def test_a_history_rebuilds_the_past(workspace: Workspace, imported: Callable[..., Imported]) -> None:
    text = "id,name,stage,amount\nA1,ERP,Won,2500\nA2,Audit,lead,\nA3,Stock,lead,\n"
    found = imported(text, history=HISTORY)
    assert counts(found) == (3, 0, 0, 0, 0)
    assert (found.strangers, found.notes) == (
        ["A9"],
        ["the history has 1 identifier that the file does not have: A9"],
    )
    with workspace.read() as reading:
        visits = reading.driver.rows(
            "select opportunity, stage, entered_day, left_day, outcome, amount, how from visit order by opportunity, n"
        )
    assert visits == [
        (1, "lead", "2026-01-05", "2026-01-05", "imported", None, "imported"),
        (1, "discovery", "2026-01-05", "2026-01-10", "imported", 200000, "imported"),
        (1, "proposal", "2026-01-10", "2026-02-01", "won", 250000, "imported"),
        (2, "lead", "2026-01-02", None, None, None, "imported"),
        (3, "lead", "2026-03-02", None, None, None, "imported"),
    ]
    assert counts(imported(text, history=HISTORY)) == (0, 0, 3, 0, 0)
    assert counts(imported(text)) == (0, 0, 3, 0, 0)
    assert sound(workspace)


@pytest.mark.parametrize(
    ("history", "reason"),
    [
        (
            "A1,Somewhere,2026-01-05,",
            'line 2 of its history: no stage "Somewhere"; map it: --stage "Somewhere=KEY"',
        ),
        ("A1,,2026-01-05,", "line 2 of its history: it has no stage"),
        ("A1,lead,,", "line 2 of its history: it has no date"),
        ("A1,lead,2026-04-05,", "line 2 of its history: at: 2026-04-05 is in the future"),
        (
            "A1,lead,2026-01-05,USD 5",
            'line 2 of its history: amount: "USD 5" is not in EUR, the currency of its row',
        ),
        ("A1,lead", "line 2 of its history: 2 cells where the header has 4"),
    ],
)
def test_a_history_that_cannot_be_read_rejects_its_row(
    imported: Callable[..., Imported], history: str, reason: str
) -> None:
    found = imported(
        "id,name,stage\nA1,ERP,lead\nA2,Audit,lead\n", history=f"id,stage,at,amount\n{history}\n"
    )
    assert [r.reason for r in found.rejected] == [reason]
    assert found.landed == 1


@pytest.mark.parametrize(
    "times",
    [
        ("2026-01-05T09:00:00", "2026-01-05T10:00:00", "2026-01-05T11:00:00"),
        ("2026-01-05T09:00:00+02:00", "2026-01-05T08:00:00Z", "2026-01-05T08:30:00Z"),
        ("05/01/2026 9:00 am", "05/01/2026 9:30 am", "05/01/2026 1:00 pm"),
        ("2026-01-04", "2026-01-05", "2026-01-06"),
    ],
)
def test_instants_of_one_day_are_kept_in_order(
    workspace: Workspace, imported: Callable[..., Imported], times: tuple[str, ...], tmp_path: Path
) -> None:
    (tmp_path / "map.toml").write_text('[read]\ndate_order = "dmy"\n')
    steps = zip(("A1,discovery", "A1,lead", "A1,proposal"), times, strict=True)
    rows = sorted((f"{step},{time}\n" for step, time in steps), reverse=True)
    imported("id,name\nA1,ERP\n", history="id,stage,at\n" + "".join(rows), mapping=str(tmp_path / "map.toml"))
    with workspace.read() as reading:
        stages = reading.driver.rows("select stage from visit order by n")
    assert stages == [("discovery",), ("lead",), ("proposal",)]


# Undo, and colleagues


def test_an_import_is_undone_and_imported_again(
    workspace: Workspace, imported: Callable[..., Imported]
) -> None:
    imported(DEALS)
    undone = undoing.undo(workspace)
    assert (undone.command.name, undone.refs) == ("import", (1, 2, 3, 4))
    assert records(workspace, "id") == []
    undoing.undo(workspace, redo=True)
    assert records(workspace, "id") == [(1,), (2,), (3,), (4,)]
    undoing.undo(workspace)
    assert counts(imported(DEALS)) == (4, 0, 0, 0, 0)
    assert records(workspace, "id") == [(5,), (6,), (7,), (8,)]
    assert sound(workspace)


def test_an_import_that_a_colleague_repeated_does_not_come_back_beside_theirs(
    workspace: Workspace, imported: Callable[..., Imported], tmp_path: Path
) -> None:
    bob, own = colleague(workspace), tmp_path / "own.csv"
    deals = imported(DEALS).path
    with own.open("w", encoding="utf-8", newline="") as stream:
        exporting.export_csv(workspace, stream)
    undoing.undo(workspace)
    for first, file in ((5, str(own)), (9, deals)):
        assert import_file(bob, file).landed == 4
        there = f"1 cannot come back: {first} is the same opportunity, brought in again since"
        with pytest.raises(Conflict, match=there):
            undoing.undo(workspace, redo=True)
        undoing.undo(bob)
    undoing.undo(workspace, redo=True)
    assert records(workspace, "id") == [(1,), (2,), (3,), (4,)]
    assert sound(workspace)


def test_an_undone_update_is_imported_again(workspace: Workspace, imported: Callable[..., Imported]) -> None:
    imported("id,name,amount\nA1,ERP,1\n")
    imported("id,name,amount\nA1,ERP,2\n")
    undoing.undo(workspace)
    assert records(workspace, "amount") == [(1,)]
    assert counts(imported("id,name,amount\nA1,ERP,2\n")) == (0, 1, 0, 0, 0)
    assert records(workspace, "amount") == [(2,)]
    assert sound(workspace)


def test_undo_takes_back_the_rest_that_nobody_touched(
    workspace: Workspace, imported: Callable[..., Imported]
) -> None:
    imported(DEALS)
    opportunities.edit(colleague(workspace), "1", Answers(owner="bob"))
    with pytest.raises(Conflict, match="pipe undo --untouched takes back the rest"):
        undoing.undo(workspace)
    undone = undoing.undo(workspace, untouched=True)
    assert (undone.refs, undone.kept) == ((2, 3, 4), (1,))
    assert records(workspace, "id", "account", "contact") == [(1, "Acme", "Jeanne")]
    with workspace.read() as reading:
        assert reading.driver.rows("select name from account") == [("Acme",)]
    assert sound(workspace)


def test_a_colleague_who_is_faster_is_seen_before_anything_is_written(
    workspace: Workspace, tmp_path: Path
) -> None:
    path = tmp_path / "deals.csv"
    path.write_text("name,account\nERP,Acme\n")
    bob = colleague(workspace)
    seen: list[int] = []

    def meanwhile(done: int, total: int) -> None:
        if done == 0 and len(seen) < 2:
            seen.append(
                opportunities.add(bob, "Bob's", Answers(sets=("account=Acme",), next="x", due="+1d")).ref
            )

    found = import_file(workspace, str(path), progress=meanwhile)
    assert (counts(found), seen) == ((1, 0, 0, 0, 0), [1, 2])
    assert records(workspace, "id", "name", "account") == [
        (1, "Bob's", "Acme"),
        (2, "Bob's", "Acme"),
        (3, "ERP", "Acme"),
    ]
    with workspace.read() as reading:
        assert reading.driver.rows("select count(*) from account") == [(1,)]
    assert sound(workspace)


def test_after_three_times_it_decides_inside_the_lock(
    workspace: Workspace, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sqlite, "BUSY_SECONDS", 0.1)
    path = tmp_path / "deals.csv"
    path.write_text("name\nERP\n")
    bob = colleague(workspace)
    refused: list[str] = []

    def meanwhile(done: int, total: int) -> None:
        if done == 0:
            try:
                opportunities.add(bob, "Bob's", Answers(next="x", due="+1d"))
            except StoreError as error:
                refused.append(error.message)

    import_file(workspace, str(path), progress=meanwhile)
    assert refused == [f"{tmp_path}/pipe.db is locked by another process; try again when it is done"]
    assert records(workspace, "id", "name") == [(1, "Bob's"), (2, "Bob's"), (3, "Bob's"), (4, "ERP")]


def test_lists_of_another_version_are_rebuilt_by_the_import(
    workspace: Workspace, imported: Callable[..., Imported]
) -> None:
    imported("id,name\nA1,ERP\n")
    driver = open_database(workspace.address, write=True)
    driver.run("update workspace set projection = 0")
    driver.run("delete from opportunity")
    driver.close()
    assert counts(imported("id,name\nA1,ERP\nA2,Audit\n")) == (1, 0, 1, 0, 0)
    assert sound(workspace)


def test_progress_counts_rows(workspace: Workspace, tmp_path: Path) -> None:
    path = tmp_path / "deals.csv"
    path.write_text("name\n" + "".join(f"D{n}\n" for n in range(250)))
    told: list[tuple[int, int]] = []
    import_file(workspace, str(path), progress=lambda done, total: told.append((done, total)))
    assert told == [(n, 250) for n in (0, 65, 130, 207, 250)]


def test_an_import_is_one_command_of_its_actor(
    workspace: Workspace, imported: Callable[..., Imported]
) -> None:
    imported(DEALS)
    with workspace.read() as reading:
        commands = list(journal.commands_of(reading.driver, "lea"))
    assert [(c.name, c.origin) for c in commands] == [("import", "cli"), ("init", "cli")]


@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    st.one_of(
        st.binary(max_size=300),
        st.lists(
            st.lists(st.text(alphabet='ab1,;"\n\r\té\x00-/\u202e', max_size=6), min_size=1, max_size=4),
            max_size=6,
        ).map(lambda rows: ("name,amount,created\n" + "\n".join(",".join(r) for r in rows)).encode()),
    )
)
def test_no_bytes_raise_anything_but_one_clear_line(
    imported: Callable[..., Imported], content: bytes
) -> None:
    try:
        found = imported(content, dry_run=True)
    except PipeError as error:
        assert error.message
    else:
        assert all(r.reason for r in found.rejected)


# Real data


@real_data
def test_the_maven_rows_all_land(workspace: Workspace, tmp_path: Path) -> None:
    path = str(REAL / "maven" / "sales_pipeline.csv")
    asked = Request(mapping=EXAMPLE, rejected=str(tmp_path / "rejected.csv"))
    found = import_file(workspace, path, asked)
    assert counts(found) == (8800, 0, 0, 0, 0)
    status = [status for (status,) in records(workspace, "status")]
    assert {word: status.count(word) for word in status} == {"open": 2089, "won": 4238, "lost": 2473}
    assert records(workspace, "name", "account", "owner", "amount", "created_on", "closed_on")[0] == (
        "GTX Plus Basic", "Cancity", "Moses Frase", 1054, "2016-10-20", "2017-03-01",
    )  # fmt: skip
    assert sound(workspace)
    before = head(workspace)
    assert counts(import_file(workspace, path, asked)) == (0, 0, 8800, 0, 0)
    assert head(workspace) == before
    assert lists.overdue(workspace, 0).n == 0
    assert lists.stale_list(workspace, 0)[0].n == 1589
    summer = Period(date(2017, 7, 1), date(2017, 12, 31))
    past = forecast.as_json(forecast.forecast(workspace, summer, when=forecast.When(date(2017, 10, 1))))
    assert (past["won"]["count"], past["history"]["n_closed"]) == (1265, 4738)


@real_data
def test_the_maven_import_is_undone(workspace: Workspace) -> None:
    import_file(workspace, str(REAL / "maven" / "sales_pipeline.csv"), Request(mapping=EXAMPLE))
    opportunities.edit(workspace, "8800", Answers(owner="lea", next="call", due="+1d"))
    undoing.undo(workspace)
    assert len(undoing.undo(workspace).refs) == 8800
    assert (records(workspace, "id"), sound(workspace)) == ([], True)


LOANS = {"h1": (1878, 576, 1302, 0), "q4": (811, 140, 671, 0)}


@real_data
@pytest.mark.parametrize("half", ["h1", "q4"])
def test_the_loan_histories_are_rebuilt(workspace: Workspace, tmp_path: Path, half: str) -> None:
    folder = REAL / "loans2017"
    labels = (
        "Application=lead",
        "Accepted=discovery",
        "Offer sent=proposal",
        "Validating=negotiation",
        "Incomplete=negotiation",
    )
    asked = Request(
        maps=("name=id",),
        stages=labels,
        history=str(folder / f"history_{half}.csv"),
        rejected=str(tmp_path / "rejected.csv"),
    )
    found = import_file(workspace, str(folder / f"opportunities_{half}.csv"), asked)
    assert (found.differences, found.strangers) == ([], [])
    status = [status for (status,) in records(workspace, "status")]
    assert (found.landed, status.count("won"), status.count("lost"), len(found.rejected)) == LOANS[half]
    assert sound(workspace)
