"""Spreadsheets as they come: by content whatever their names, and those that must not be opened."""

from __future__ import annotations

import datetime as days
import io
import os
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from pipecli.errors import InvalidInput, PipeError
from pipecli.importers import opening, unpacking
from pipecli.importers.opening import Witness, open_table
from pipecli.importers.table import Line

openpyxl = pytest.importorskip("openpyxl")

ODS = """<?xml version="1.0" encoding="UTF-8"?><office:document-content
 xmlns:office="urn:oasis:names:tc:opendocument:xmlns:office:1.0"
 xmlns:table="urn:oasis:names:tc:opendocument:xmlns:table:1.0"
 xmlns:text="urn:oasis:names:tc:opendocument:xmlns:text:1.0" office:version="1.2"><office:body>
<office:spreadsheet><table:table table:name="S1">
<table:table-row><table:table-cell office:value-type="string"><text:p>name</text:p></table:table-cell>
<table:table-cell office:value-type="string"><text:p>amount</text:p></table:table-cell>
<table:table-cell office:value-type="string"><text:p>created</text:p></table:table-cell>
<table:table-cell table:number-columns-repeated="16000"/></table:table-row>
<table:table-row table:number-rows-repeated="3"/>
<table:table-row><table:table-cell office:value-type="string"><text:p>ERP</text:p></table:table-cell>
<table:table-cell office:value-type="currency" office:value="18.5"><text:p>18,50</text:p></table:table-cell>
<table:table-cell office:value-type="date" office:date-value="2026-03-04"><text:p>04/03/26</text:p>
</table:table-cell></table:table-row>
<table:table-row table:number-rows-repeated="1048000"><table:table-cell/></table:table-row>
</table:table></office:spreadsheet></office:body></office:document-content>"""

MANIFEST = """<?xml version="1.0"?>
<manifest:manifest xmlns:manifest="urn:oasis:names:tc:opendocument:xmlns:manifest:1.0">
<manifest:file-entry manifest:full-path="content.xml" manifest:media-type="text/xml"/></manifest:manifest>"""

Made = Callable[..., Path]


@pytest.fixture
def sheet(tmp_path: Path) -> Made:
    """Writes rows as an XLSX file; `change` may do more to the sheet before it is saved."""

    def make(
        rows: list[list[Any]], change: Callable[[Any], None] | None = None, name: str = "a.xlsx"
    ) -> Path:
        book = openpyxl.Workbook()
        for row in rows:
            book.active.append(row)
        if change:
            change(book)
        book.save(tmp_path / name)
        return tmp_path / name

    return make


def zipped(path: Path, **parts: bytes) -> Path:
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in parts.items():
            archive.writestr(name.replace("__", "/"), content)
    return path


def test_values_become_texts_that_have_one_reading(sheet: Made) -> None:
    row = [
        "ERP",
        18000,
        0.1 + 0.2,
        days.date(2026, 4, 3),
        days.datetime(2026, 4, 3, 14, 5),
        True,
        None,
        " Élan ",
    ]
    table = open_table(sheet([["a", "b", "c", "d", "e", "f", "g", "h"], row]))
    assert list(table.lines()) == [
        Line(2, ("ERP", "18000", "0.3", "2026-04-03", "2026-04-03 14:05:00", "true", "", "Élan"))
    ]


def test_days_counted_from_1904_are_the_same_days(sheet: Made) -> None:
    def mac(book: Any) -> None:
        book.epoch = openpyxl.utils.datetime.CALENDAR_MAC_1904

    table = open_table(sheet([["name", "created"], ["ERP", days.date(2026, 4, 3)]], mac))
    assert next(table.lines()).cells == ("ERP", "2026-04-03")


def test_formulas_give_the_values_that_were_stored(tmp_path: Path) -> None:
    xlsxwriter = pytest.importorskip("xlsxwriter")
    book = xlsxwriter.Workbook(str(tmp_path / "f.xlsx"))
    page = book.add_worksheet()
    page.write_row(0, 0, ["name", "amount"])
    page.write(1, 0, "ERP")
    page.write_formula(1, 1, "=2*9000", None, 18000)
    book.close()
    assert next(open_table(tmp_path / "f.xlsx").lines()).cells == ("ERP", "18000")


def test_merged_cells_say_the_same_in_every_row_they_cover(sheet: Made) -> None:
    rows = [["stage", "name"], ["Lead", "A"], [None, "B"], [None, "C"], [None, "D"]]
    table = open_table(sheet(rows, lambda book: book.active.merge_cells("A2:A4")))
    assert [line.cells for line in table.lines()] == [("Lead", "A"), ("Lead", "B"), ("Lead", "C"), ("", "D")]


def test_titles_and_blank_rows_are_passed_and_rows_keep_their_numbers(sheet: Made) -> None:
    rows: list[list[Any]] = [
        ["Pipeline of March"],
        [],
        [None, "name", "amount", "stage"],
        [None, "A", 1, "Lead"],
    ]
    rows += [[] for _n in range(5000)] + [[None, "B", 2, "Lead"]]
    table = open_table(sheet(rows))
    assert (table.header, table.above) == (
        ("", "name", "amount", "stage"),
        (Line(1, ("Pipeline of March", "", "", "")),),
    )
    assert [(line.number, line.cells[1]) for line in table.lines()] == [(4, "A"), (5005, "B")]


@pytest.mark.parametrize("name", ["deals.csv", "deals.xls", "deals.txt"])
def test_a_spreadsheet_is_one_whatever_its_name(sheet: Made, name: str) -> None:
    table = open_table(sheet([["name", "amount"], ["ERP", 1]], name=name))
    assert (table.header, table.delimiter) == (("name", "amount"), ",")


def test_a_text_is_one_whatever_its_name(tmp_path: Path) -> None:
    (tmp_path / "deals.xls").write_bytes("nom;montant\nÉlan;1,5\n".encode("cp1252"))
    table = open_table(tmp_path / "deals.xls")
    assert (table.header, [line.cells for line in table.lines()]) == (("nom", "montant"), [("Élan", "1,5")])


def test_an_ods_is_read(tmp_path: Path) -> None:
    path = tmp_path / "a.ods"
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("mimetype", "application/vnd.oasis.opendocument.spreadsheet", zipfile.ZIP_STORED)
        archive.writestr("content.xml", ODS.replace("\n", ""))
        archive.writestr("META-INF/manifest.xml", MANIFEST)
    table = open_table(path)
    assert table.header == ("name", "amount", "created")
    assert list(table.lines()) == [Line(5, ("ERP", "18.5", "2026-03-04"))]


def test_of_several_sheets_one_is_asked_for(sheet: Made) -> None:
    def more(book: Any) -> None:
        book.active.title = "Deals"
        book.create_sheet("Old").append(["name"])
        book.create_sheet("Empty")
        hidden = book.create_sheet("Secret")
        hidden.append(["x"])
        hidden.sheet_state = "hidden"

    path = sheet([["name", "amount"], ["ERP", 1]], more)
    with pytest.raises(InvalidInput) as refused:
        open_table(path)
    assert refused.value.message == f'{path} has several sheets: Deals, Old; say which: --sheet "Deals"'
    assert open_table(path, "Old").header == ("name",)
    with pytest.raises(InvalidInput) as refused:
        open_table(path, "Secret")
    assert refused.value.message == f'{path} has no sheet "Secret" with rows; it has: Deals, Old'


def test_a_wide_row_is_told(sheet: Made) -> None:
    table = open_table(sheet([["name", "amount"], ["A", 1], ["B", 2, None, "stray"]]))
    assert [line.fault for line in table.lines()] == [None, "4 cells where the header has 2"]


BOMB = "{path} unpacks to more than a spreadsheet of opportunities can hold; it is not opened"


def test_a_bomb_is_not_opened(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = zipped(tmp_path / "b.xlsx", xl__workbook=b"x", xl__deep=b"\0" * (1 << 22))
    monkeypatch.setattr(unpacking, "LARGEST", 1 << 20)
    with pytest.raises(InvalidInput) as refused:
        open_table(path)
    assert refused.value.message == BOMB.format(path=path)


def test_what_an_archive_says_of_its_sizes_is_not_believed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = zipped(tmp_path / "b.xlsx", xl__workbook=b"x", xl__deep=b"\0" * (1 << 22))
    raw = path.read_bytes()
    path.write_bytes(raw.replace((1 << 22).to_bytes(4, "little"), (10).to_bytes(4, "little")))
    monkeypatch.setattr(unpacking, "LARGEST", 1 << 20)
    with pytest.raises(InvalidInput) as refused:
        open_table(path)
    assert refused.value.message == BOMB.format(path=path)


def test_two_cells_at_far_corners_are_not_laid_out(sheet: Made) -> None:
    def far(book: Any) -> None:
        book.active["XFD1048576"] = 1

    path = sheet([["name"], ["A"]], far)
    with pytest.raises(InvalidInput) as refused:
        open_table(path)
    assert refused.value.message == BOMB.format(path=path)


def test_a_tall_sheet_of_empty_formatted_rows_is_no_bomb(sheet: Made) -> None:
    def tall(book: Any) -> None:
        for row in range(3, 20_000):
            book.active.cell(row, 1).font = openpyxl.styles.Font(bold=True)

    assert len(list(open_table(sheet([["name"], ["A"]], tall)).lines())) == 1


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (
            b"PK\x03\x04\x14\x00",
            "{path} looks like a spreadsheet and cannot be read as one; save it again, or as CSV",
        ),
        (
            b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 600,
            "{path} looks like a spreadsheet and cannot be read as one; save it again, or as CSV",
        ),
        (
            b"<html><table><tr><td>name</td></tr></table></html>",
            "{path} is a page of HTML or XML; open it in a spreadsheet and save it as XLSX or CSV",
        ),
    ],
)
def test_what_cannot_be_read_is_refused_in_one_line(tmp_path: Path, content: bytes, message: str) -> None:
    path = tmp_path / "a.xls"
    path.write_bytes(content)
    with pytest.raises(InvalidInput) as refused:
        open_table(path)
    assert refused.value.message == message.format(path=path)


def test_an_archive_of_something_else_is_refused(tmp_path: Path) -> None:
    path = zipped(tmp_path / "a.zip", deals=b"name\nA\n")
    with pytest.raises(InvalidInput) as refused:
        open_table(path)
    assert refused.value.message == (
        f"{path} is an archive and no spreadsheet; unpack it and import the file inside"
    )


def test_a_spreadsheet_that_is_too_large_is_refused(sheet: Made, monkeypatch: pytest.MonkeyPatch) -> None:
    path = sheet([["name"], ["A"]])
    monkeypatch.setattr(opening, "LARGEST_BOOK", 1000)
    with pytest.raises(InvalidInput, match="is too large for a spreadsheet"):
        open_table(path)


def test_a_file_that_changes_is_noticed(tmp_path: Path) -> None:
    path = tmp_path / "a.csv"
    path.write_text("name\nA\n")
    seen = Witness.of(path)
    seen.require_unchanged()
    path.write_text("name\nA\nB\n")
    with pytest.raises(InvalidInput) as refused:
        seen.require_unchanged()
    assert refused.value.message == f"{path} changed while it was read; nothing was imported, import it again"
    os.utime(path, ns=(0, 0))
    seen = Witness.of(path)
    (tmp_path / "b.csv").write_text(path.read_text())
    os.utime(tmp_path / "b.csv", ns=(0, 0))
    (tmp_path / "b.csv").replace(path)
    with pytest.raises(InvalidInput):
        seen.require_unchanged()


def _valid_book() -> bytes:
    book = openpyxl.Workbook()
    book.active.append(["name", "amount"])
    book.active.append(["ERP", 1])
    stream = io.BytesIO()
    book.save(stream)
    return stream.getvalue()


VALID = _valid_book()


@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    st.lists(st.tuples(st.integers(0, len(VALID) - 1), st.integers(0, 255)), max_size=8), st.integers(0, 400)
)
def test_a_damaged_spreadsheet_is_read_or_refused(
    tmp_path: Path, flips: list[tuple[int, int]], cut: int
) -> None:
    raw = bytearray(VALID)
    for place, value in flips:
        raw[place] = value
    path = tmp_path / "a.xlsx"
    path.write_bytes(bytes(raw[: len(raw) - cut]) or b"x")
    try:
        rows = list(open_table(path).lines())
    except PipeError as error:
        assert "\n" not in error.message
    else:
        assert len(rows) <= 2


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    st.lists(
        st.lists(
            st.one_of(
                st.none(),
                st.booleans(),
                st.integers(-(10**9), 10**9),
                st.dates(days.date(1950, 1, 1), days.date(2100, 1, 1)),
                st.text("abé x", min_size=1, max_size=5),
            ),
            min_size=2,
            max_size=3,
        ),
        max_size=5,
    )
)
def test_every_row_of_a_sheet_comes_out(sheet: Made, rows: list[list[Any]]) -> None:
    table = open_table(sheet([["name", "amount", "created"], *rows]))
    filled = [row for row in rows if any(value is not None and str(value).strip() for value in row)]
    found = [line.cells for line in table.lines()]
    assert len(found) == len(filled)
    for cells, row in zip(found, filled, strict=True):
        for cell, value in zip(cells, row, strict=False):
            if isinstance(value, days.date):
                assert cell == value.isoformat()
            elif isinstance(value, str):
                assert cell == value.strip()
