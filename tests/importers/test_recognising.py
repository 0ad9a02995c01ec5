"""Which system a header comes from, and which columns of somebody's own sheet are guessed."""

from __future__ import annotations

import pytest

from pipecli.importers.encodings import likely
from pipecli.importers.recognising import (
    by_values,
    guessed,
    is_of_others,
    system_columns,
    system_of,
    wordiest,
)
from pipecli.importers.systems import SYSTEMS
from pipecli.importers.words import WORDS

HEADERS = {
    "hubspot": (
        '"Record ID","Deal Name","Deal Stage","Amount","Close Date","Create Date","Last Activity Date","Deal owner",'
        '"Associated Company (Primary)","Associated Company IDs (Primary)"'
    ),
    "hubspot fr": (
        "ID de fiche d'informations,Nom de la transaction,Phase de la transaction,Pipeline,Montant,Date de fermeture,"
        "Date de création,Propriétaire de la transaction,Associated Company (Primary)"
    ),
    "pipedrive": (
        "Deal - ID,Deal - Title,Deal - Owner,Deal - Value,Deal - Currency of Value,Deal - Organization,Deal - Stage,"
        "Deal - Status,Deal - Deal created,Deal - Won time,Deal - Lost time,Deal - Lost reason,"
        "Deal - Expected close date"
    ),
    "pipedrive fr": (
        "Affaire - ID,Affaire - Titre,Affaire - Propriétaire,Affaire - Organisation,Affaire - Étape,Affaire - Statut,"
        "Affaire - Valeur,Affaire - Affaire créée,Affaire - Date de gain,Affaire - Heure de l’échec"
    ),
    "salesforce": (
        '"Renewal Status","Owner Role","Opportunity Owner","Account Name","Forecast Category","Opportunity Name",'
        '"Fiscal Period","Total first year potential","Probability (%)","Age","Close Date","Created Date","Next Step",'
        '"Stage"'
    ),
    "salesforce data": (
        "Id,IsDeleted,AccountId,Name,StageName,Amount,Probability,CloseDate,NextStep,LeadSource,IsClosed,IsWon,"
        "CurrencyIsoCode,OwnerId,CreatedDate"
    ),
    "odoo": (
        "External ID,Opportunity,Company Name,Customer,Contact Name,Salesperson,Stage,Expected Revenue,"
        "Expected Closing,Created on,Lost Reason,Active"
    ),
    "odoo fr": "Opportunité,Client,Vendeur,Étape,Revenu attendu,Date de clôture prévue,Créé le,Motif de perte,Actif",
    "odoo technical": "id,name,partner_id,user_id,stage_id,expected_revenue,date_deadline,create_date",
    "zoho": (
        "Record Id,Deal Owner.id,Deal Owner,Amount,Deal Name,Closing Date,Account Name.id,Account Name,Stage,"
        "Created Time,Reason For Loss"
    ),
    "bitrix24": "ID,STAGE_ID,ASSIGNED_BY_ID,OPPORTUNITY,BEGINDATE,CLOSEDATE,CLOSED,SOURCE_ID,TITLE,DATE_CREATE,URL",
    "twenty": "Id,Name,Amount / Amount,Amount / Currency,Close date,Stage,Point of Contact Id,Company Id,Creation date",
}
LEAST = {"name", "amount", "stage", "created"}


@pytest.mark.parametrize("which", HEADERS)
def test_an_export_is_recognised_and_its_columns_found(which: str) -> None:
    header = [name.strip('"') for name in HEADERS[which].split(",")]
    system = system_of(header)
    assert system and system.key == which.split()[0]
    found = system_columns(system, header)
    assert found.keys() >= LEAST
    assert {"close_date", "closed"} & found.keys()
    for text in found.values():
        assert all(name in header for name in text.strip("{}").split("|"))


@pytest.mark.parametrize(
    "header",
    [
        "id,name,account,amount,stage,created",
        "opportunity_id,sales_agent,product,account,deal_stage,engage_date,close_date,close_value",
        "Client,Montant,Étape,Commercial",
        "Deal Name,Amount,Stage",
        "name,Opportunity Owner",
        "id,owner,amount,created,stage,outcome,closed,loss_reason",
        "StageName,CloseDate,Amount",
    ],
)
def test_a_sheet_of_somebody_is_no_export(header: str) -> None:
    assert system_of(header.split(",")) is None


def test_a_column_fills_one_field_and_two_dates_of_an_end_fill_one() -> None:
    header = HEADERS["pipedrive"].split(",")
    system = system_of(header)
    assert system
    assert system_columns(system, header)["closed"] == "{Deal - Won time|Deal - Lost time}"


def test_what_is_declared_is_sound() -> None:
    for system in SYSTEMS:
        assert "name" in system.columns and len(system.marks) >= 2
        assert set(system.stages.values()) <= {"won", "lost"}
    assert all(
        (word == word.lower() and word.isascii()) or word.startswith("n°")
        for words in WORDS.values()
        for word in words
    )


def test_exports_of_accounts_and_people_are_told() -> None:
    assert is_of_others(["Id", "Name", "BillingCity", "NumberOfEmployees"])
    assert not is_of_others(["Id", "Name", "Amount"])
    accounts = ["account", "sector", "year_established", "revenue", "employees", "office_location"]
    assert is_of_others(accounts)
    assert not is_of_others([*accounts, "deal_stage"])
    assert not is_of_others([*accounts, "Amount"])
    assert not is_of_others(["account", "sector", "revenue"])


def guess(header: str, *rows: str) -> tuple[dict[str, str], dict[str, tuple[str, ...]], tuple[str, ...]]:
    found = guessed(header.split(","), [row.split(",") for row in rows], ())
    return dict(found.columns), dict(found.rivals), found.doubtful


def test_a_french_sheet_is_guessed_from_its_words() -> None:
    assert guess(
        "N° affaire,Nom de l'affaire,Client,Montant HT (k€),Étape,Commercial,Créé le,Signature prévue,Remarque",
        "1,ERP,Acme,18,Proposition,Léa,03/01/2026,31/05/2026,x",
    ) == (
        {
            "id": "N° affaire",
            "name": "Nom de l'affaire",
            "account": "Client",
            "amount": "{Montant HT (k€)}k",
            "stage": "Étape",
            "owner": "Commercial",
            "created": "Créé le",
            "close_date": "Signature prévue",
        },
        {},
        (),
    )


def test_values_that_cannot_be_what_a_word_says_are_no_guess() -> None:
    assert guess("Projet,Montant,Date de création", "ERP,élevé,bientôt") == ({"name": "Projet"}, {}, ())


def test_columns_that_fit_alike_are_a_question() -> None:
    columns, rivals, _doubtful = guess("Affaire,CA,Montant", "ERP,5,6")
    assert (columns["amount"], rivals) == ("CA", {"amount": ("CA", "Montant")})


def test_a_name_that_only_values_speak_for_is_a_doubt() -> None:
    assert guess("Client,Montant", "Acme,5")[::2] == (
        {"account": "Client", "amount": "Montant", "name": "Client"},
        ("name",),
    )
    assert guess("Quoi,Montant", "ERP,5", "Audit,6")[::2] == (
        {"amount": "Montant", "name": "Quoi"},
        ("name",),
    )
    assert guess("a,b", "1,2") == ({}, {}, ())


@pytest.mark.parametrize(
    ("text", "encoding"),
    [("Société à Nîmes", "cp1252"), ("Société à Nîmes", "mac_roman"), ("Société à Nîmes, façade", "cp850")],
)
def test_accents_tell_the_encoding(text: str, encoding: str) -> None:
    high = bytes(sorted({byte for byte in text.encode(encoding) if byte > 127}))
    assert likely(high) == encoding


def test_bytes_of_no_text_have_no_encoding() -> None:
    assert likely(b"\x81\x8d\xff") is None


def test_names_with_a_number_and_round_amounts_are_not_taken_for_days() -> None:
    columns, rivals, doubtful = guess("Affaire,Montant", "Projet 12,39500", "Affaire 7,15500")
    assert (columns, rivals, doubtful) == ({"name": "Affaire", "amount": "Montant"}, {}, ())


def test_values_alone_tell_days_a_stage_and_an_amount() -> None:
    rows = [["Acme", "39500", "Won", "2026-01-02", "2026-02-03"], ["Borel", "5", "Offer", "2026-01-05", ""]]
    header = ["a", "b", "c", "d", "e"]
    expected = {"created": "d", "close_date": "e", "stage": "c", "amount": "b"}
    assert by_values(header, rows, ()) == expected
    assert by_values(["a", "", "c", "d", "e"], rows, ("stage", "created")) == {"close_date": "d"}


def test_the_wordiest_column_is_full_and_of_words() -> None:
    rows = [["1", "East", "Acme", ""], ["2", "East", "Borel", "Nord"]]
    assert wordiest(["n", "region", "who", "else"], rows) == "who"
    assert wordiest(["n", "region", "", "else"], rows) == "region"
    assert wordiest(["n", "", "", "else"], rows) == ""
