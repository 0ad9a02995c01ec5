"""`pipe import` on what people have: what it says in a script, and the one question it asks in a terminal."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from pipecli import clock

from .conftest import Pipe
from .terminal import Terminal

SHEET = """\
Affaire;Client;Montant;Étape;Créé le
ERP;Acme;48 000,00 €;Discovery;25/01/2026
Audit;Borel;1500;Lead;17/01/2026
"""
GUESS = """\
{path} is a sheet of its own kind; its columns are taken to be:
  account          Client: Acme, Borel
  name             Affaire: ERP, Audit
  amount           Montant: 48 000,00 €, 1500
  stage            Étape: Discovery, Lead
  created          Créé le: 25/01/2026, 17/01/2026
"""


def written(folder: Path, text: str = SHEET) -> Path:
    path = folder / "suivi.csv"
    path.write_text(text)
    return path


def test_a_clear_guess_is_shown_and_used_in_a_script(house: Pipe, environment: Path) -> None:
    path = written(environment)
    code, out, err = house("import", str(path))
    assert (code, out) == (0, "2 landed, 0 updated, 0 unchanged, 0 rejected.\n")
    assert err == GUESS.format(path=path)


def test_the_document_says_what_was_left_out_and_not_read(house: Pipe, environment: Path) -> None:
    path = written(
        environment, SHEET.replace("\n", ";x\n").replace("Créé le;x", "Créé le;Ville") + "Total;;49500;;;\n"
    )
    code, out, _err = house("import", str(path), "--json", "--dry-run")
    found = json.loads(out)
    assert code == 0
    assert found["left_out"] == [{"line": 4, "kind": "total", "text": "Total"}]
    assert (found["columns_not_read"], found["system"], found["landed"]) == (["Ville"], None, 2)


def test_a_question_is_a_refusal_in_a_script(house: Pipe, environment: Path) -> None:
    path = written(
        environment, SHEET.replace("Créé le", "CA").replace("25/01/2026", "7").replace("17/01/2026", "8")
    )
    code, out, err = house("import", str(path))
    assert (code, out) == (2, "")
    assert err == "several columns could be amount: Montant, CA; say which: --map amount=Montant\n"


def test_options_are_checked(house: Pipe, environment: Path) -> None:
    path = str(written(environment))
    assert house("import", path, "--dates", "ymd") == (2, "", "--dates is one of: dmy, mdy\n")
    assert house("import", path, "--decimal", "x") == (2, "", "--decimal is one of: ,, .\n")
    assert house("import", path, "--encoding", "klingon") == (
        2,
        "",
        '"klingon" is not an encoding; name one such as utf-8, cp1252, mac-roman or utf-16\n',
    )


def records(pipe: Pipe, *keys: str) -> list[list[object]]:
    every = json.loads(pipe("list", "--status", "all", "--json", "--sort", "number").out)
    return [[record[key] for key in keys] for record in every]


def test_a_guess_is_asked_once_in_a_terminal(pipe: Pipe, environment: Path) -> None:
    clock.freeze(None)
    assert pipe("init", "--template", "b2b").code == 0
    path = written(environment)
    with Terminal("import", str(path)) as terminal:
        terminal.expect("its columns are taken to be:")
        terminal.expect("48 000,00 €, 1500")
        terminal.answer("Import it so? [Y/n] ", "")
        terminal.expect("2 landed")
        assert terminal.end() == 0
    assert records(pipe, "name", "amount") == [["ERP", 48000], ["Audit", 1500]]


def test_a_guess_is_changed_in_a_terminal(pipe: Pipe, environment: Path) -> None:
    clock.freeze(None)
    assert pipe("init", "--template", "b2b").code == 0
    path = written(
        environment, SHEET.replace("Créé le", "CA").replace("25/01/2026", "7").replace("17/01/2026", "8")
    )
    with Terminal("import", str(path)) as terminal:
        terminal.expect("or is it: CA?")
        terminal.answer("Import it so? [Y/n] ", "n")
        terminal.answer("> ", "amount=Chiffre")
        terminal.expect("the columns are: Affaire, Client, Montant")
        terminal.answer("> ", "amount=CA")
        terminal.answer("> ", "account=")
        terminal.answer("> ", "")
        terminal.expect("2 landed")
        assert terminal.end() == 0
    assert records(pipe, "name", "account", "amount") == [["ERP", None, 7], ["Audit", None, 8]]


def test_the_sheet_is_chosen_in_a_terminal(pipe: Pipe, environment: Path) -> None:
    openpyxl = pytest.importorskip("openpyxl")
    clock.freeze(None)
    assert pipe("init", "--template", "b2b").code == 0
    book = openpyxl.Workbook()
    book.active.append(["name", "amount"])
    for row in (["name", "amount"], ["ERP", 5]):
        (book["Deals"] if "Deals" in book.sheetnames else book.create_sheet("Deals")).append(row)
    book.save(environment / "book.xlsx")
    with Terminal("import", str(environment / "book.xlsx")) as terminal:
        terminal.expect("has several sheets: Sheet, Deals")
        terminal.answer("Which sheet?", "2")
        terminal.expect("1 landed")
        assert terminal.end() == 0
    assert records(pipe, "name", "amount") == [["ERP", 5]]
