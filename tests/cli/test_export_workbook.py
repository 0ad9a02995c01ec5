"""`pipe export --xlsx`: into a file that appears whole, and what is said where something does not fit."""

from __future__ import annotations

import json
from pathlib import Path

import openpyxl
import pytest

from .conftest import Pipe
from .test_modules import NEVER, RULES, loaded


def test_a_workbook_appears_whole(house: Pipe, environment: Path) -> None:
    file = environment / "all.xlsx"
    assert house("export", "--xlsx", "-o", str(file)) == (0, "", "")
    sheet = openpyxl.load_workbook(file)["opportunities"]
    head, *rows = sheet.iter_rows(values_only=True)
    every = json.loads(house("export", "--json").out)
    keys = ("id", "uid", "name", "account", "amount", "currency", "status")
    assert [tuple(row[head.index(k)] for k in keys) for row in rows] == [
        tuple(record[k] for k in keys) for record in every
    ]
    assert list(environment.glob(".*.part")) == []


@pytest.mark.parametrize("more", [[], ["-o", "-"]])
def test_it_is_not_written_to_a_terminal(house: Pipe, more: list[str]) -> None:
    line = "a workbook is not for reading here: pipe export --xlsx -o FILE.xlsx\n"
    assert house("export", "--xlsx", *more) == (2, "", line)


def test_one_format_at_a_time(house: Pipe) -> None:
    line = "choose one of --csv, --json, --xlsx and --journal\n"
    assert house("export", "--xlsx", "--csv", "-o", "x") == (2, "", line)
    assert house("export") == (2, "", line)


def test_a_folder_that_is_not_there(house: Pipe, environment: Path) -> None:
    file = environment / "nowhere" / "all.xlsx"
    line = f"{file} cannot be written: No such file or directory\n"
    assert house("export", "--xlsx", "-o", str(file)) == (2, "", line)


def test_what_was_cut_is_said(house: Pipe, environment: Path) -> None:
    house("log", "1", "note", "x" * 40_000)
    file = environment / "all.xlsx"
    line = "1 text was longer than a cell can hold and was cut; --journal has it whole\n"
    assert house("export", "--xlsx", "-o", str(file)) == (0, "", line)


def test_it_loads_no_rules(house: Pipe, environment: Path) -> None:
    found = loaded("export", "--xlsx", "-o", str(environment / "all.xlsx"))
    assert "xlsxwriter" in found and not found & (NEVER | RULES | {"openpyxl"})
    assert "xlsxwriter" not in loaded("export", "--csv")
