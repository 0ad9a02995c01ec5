"""Workbooks: what a cell is typed as, text that stays text, and what does not fit."""

from __future__ import annotations

import sys
from datetime import UTC, datetime
from io import BytesIO
from typing import Any

import openpyxl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipecli.errors import ConfigError
from pipecli.exporters import xlsx
from pipecli.exporters.wording import clean
from pipecli.exporters.xlsx import DATE, NUMBER, TEXT, Column, Money, Sheet, write_xlsx

MADE = datetime(2026, 11, 23, 9, tzinfo=UTC)


def written(*sheets: Sheet) -> Any:
    out = BytesIO()
    assert write_xlsx(out, sheets, MADE) == 0
    return openpyxl.load_workbook(out)


def cell(value: Any, kind: str = TEXT) -> Any:
    return written(Sheet("s", [Column("k", kind)], [[value]]))["s"]["A2"]


@pytest.mark.parametrize(
    ("value", "kind", "expected", "stored", "pattern"),
    [
        (None, TEXT, None, "n", "General"),
        ("", TEXT, None, "n", "General"),
        (12, NUMBER, 12, "n", "General"),
        (-2.5, NUMBER, -2.5, "n", "General"),
        (True, NUMBER, True, "b", "General"),
        (Money(48000, 2), NUMBER, 48000, "n", "#,##0.00"),
        (Money(900, 0), NUMBER, 900, "n", "#,##0"),
        (Money(1.234, 3), NUMBER, 1.234, "n", "#,##0.000"),
        ("2026-11-23", DATE, datetime(2026, 11, 23), "d", "yyyy-mm-dd"),
        ("1900-01-01", DATE, datetime(1900, 1, 1), "d", "yyyy-mm-dd"),
        ("1899-12-31", DATE, "1899-12-31", "s", "General"),
        ("2026-11-23", TEXT, "2026-11-23", "s", "General"),
        ("0012", TEXT, "0012", "s", "General"),
        ("https://x.example", TEXT, "https://x.example", "s", "General"),
        (float("inf"), NUMBER, "inf", "s", "General"),
        ("a\r\nb\x1b[31m", TEXT, "a\nb [31m", "s", "General"),
    ],
)
def test_a_cell_has_the_type_of_its_value(
    value: Any, kind: str, expected: Any, stored: str, pattern: str
) -> None:
    found = cell(value, kind)
    assert (found.value, found.data_type, found.number_format) == (expected, stored, pattern)


@pytest.mark.parametrize("text", ["=1+1", '=HYPERLINK("x")', "+1", "-1", "@SUM(A1)", "{=1}", "'x", "\t=1"])
def test_a_formula_stays_text_even_when_it_is_edited(text: str) -> None:
    found = cell(text)
    assert (found.value, found.data_type) == (text, "s")
    assert found.quotePrefix is (text != "{=1}")


@given(st.lists(st.text(st.characters(exclude_categories=["Cs"]), min_size=1), max_size=5))
def test_any_text_comes_back(texts: list[str]) -> None:
    sheet = written(Sheet("s", [Column("k")], [[text] for text in texts]))["s"]
    found = [sheet.cell(n + 2, 1).value for n in range(len(texts))]
    # Where a text looks like an escape of the format it is escaped itself, which openpyxl leaves to its caller.
    assert [f.replace("_x005F_", "_") if f else f for f in found] == [clean(t) for t in texts]


def test_the_header_is_bold_and_stays_in_sight() -> None:
    sheet = written(Sheet("s", [Column("id", NUMBER), Column("name")], []))["s"]
    assert [(c.value, c.font.bold) for c in sheet[1]] == [("id", True), ("name", True)]
    assert sheet.freeze_panes == "A2"


def test_a_text_too_long_for_a_cell_is_cut_and_counted() -> None:
    out = BytesIO()
    fits, long, wide = "x" * 32_767, "x" * 32_768, "😀" * 20_000
    assert write_xlsx(out, [Sheet("s", [Column("k")], [[fits], [long], [wide]])], MADE) == 2
    sheet = openpyxl.load_workbook(out)["s"]
    assert [sheet.cell(n, 1).value for n in (2, 3, 4)] == [fits, "x" * 32_766 + "…", "😀" * 16_383 + "…"]


def test_rows_beyond_those_of_a_sheet_go_on_in_another(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(xlsx, "ROWS", 2)
    book = written(Sheet("s", [Column("k", NUMBER)], [[n] for n in range(5)]), Sheet("t", [Column("k")], []))
    found = {sheet.title: [row[0] for row in sheet.iter_rows(values_only=True)] for sheet in book}
    assert found == {"s": ["k", 0, 1], "s 2": ["k", 2, 3], "s 3": ["k", 4], "t": ["k"]}


def test_without_its_library_the_line_names_it(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "xlsxwriter", None)
    with pytest.raises(ConfigError) as refused:
        write_xlsx(BytesIO(), [], MADE)
    assert refused.value.message == "a workbook needs the XlsxWriter library; add it: pip install XlsxWriter"
