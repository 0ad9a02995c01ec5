"""Files as they come: encodings, delimiters, rows that do not fit, and files that are no table."""

import codecs
import os
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipecli.errors import InvalidInput, PipeError
from pipecli.importers.delimited import LONGEST_LINE, Line, open_delimited


def written(folder: Path, content: bytes) -> Path:
    path = folder / "deals.csv"
    path.write_bytes(content)
    return path


@pytest.mark.parametrize(
    ("content", "encoding"),
    [
        ("name,amount\nÉlan,1\n".encode(), "utf-8"),
        ("name,amount\nÉlan,1\n".encode("utf-8-sig"), "utf-8-sig"),
        ("name,amount\nÉlan,1\n".encode("cp1252"), "cp1252"),
        ("name,amount\nÉlan,1\n".encode("utf-16"), "utf-16"),
        (codecs.BOM_UTF16_BE + "name,amount\nÉlan,1\n".encode("utf-16-be"), "utf-16"),
        ("\ufeffname,amount\nÉlan,1\n".encode("utf-8-sig"), "utf-8-sig"),
    ],
)
def test_the_encoding_is_found_out(tmp_path: Path, content: bytes, encoding: str) -> None:
    table = open_delimited(written(tmp_path, content))
    assert (table.encoding, table.header, list(table.lines())) == (
        encoding,
        ("name", "amount"),
        [Line(2, ("Élan", "1"))],
    )


@pytest.mark.parametrize(
    ("text", "delimiter", "header"),
    [
        ("name,amount\nA,1\n", ",", ("name", "amount")),
        ("nom;montant;ville\nA;1,5;Paris, 3e\nB;2,5;Lyon\n", ";", ("nom", "montant", "ville")),
        ("name\tamount\nA, B and C\t1\n", "\t", ("name", "amount")),
        ("name|amount\nA;B|1\n", "|", ("name", "amount")),
        ('name,note\nA,"one; two; three"\nB,"x; y; z"\n', ",", ("name", "note")),
        ("id;name, first;amount\n1;x, y;3\n2;z, u;4\n", ";", ("id", "name, first", "amount")),
        ("sep=|\nname|amount,2\nA|1\n", "|", ("name", "amount,2")),
        ("name\nA\nB\n", ",", ("name",)),
        ("\n\nname;amount\nA;1\n", ";", ("name", "amount")),
        ("name,amount,\nA,1,\n", ",", ("name", "amount", "")),
        ("name,amount,name,,\nA,1,B,,\n", ",", ("name", "amount", "name (2)", "", "")),
    ],
)
def test_the_delimiter_is_found_out(
    tmp_path: Path, text: str, delimiter: str, header: tuple[str, ...]
) -> None:
    table = open_delimited(written(tmp_path, text.encode()))
    assert (table.delimiter, table.header) == (delimiter, header)


def test_a_long_file_is_judged_by_its_first_lines(tmp_path: Path) -> None:
    rows = [f'{n};"a\nb";{n},5' for n in range(200)]
    table = open_delimited(written(tmp_path, ("id;name;amount\n" + "\n".join(rows)).encode()))
    assert table.delimiter == ";"
    assert list(table.lines())[-1] == Line(400, ("199", "a\nb", "199,5"))


def test_rows_keep_their_lines_and_their_faults(tmp_path: Path) -> None:
    text = (
        'name,note,city\r\nA,"two\r\nlines",Paris\r\n\r\n , ,\r\nB,short\r\nC,x,y,z\r\nD,x,y,,\r\nE,"open\r\n'
    )
    table = open_delimited(written(tmp_path, text.encode()))
    assert list(table.lines()) == [
        Line(2, ("A", "two\r\nlines", "Paris")),
        Line(6, ("B", "short"), "2 cells where the header has 3"),
        Line(7, ("C", "x", "y", "z"), "4 cells where the header has 3"),
        Line(8, ("D", "x", "y")),
        Line(
            9,
            ("E", "open\r\n"),
            "2 cells where the header has 3; a quote that is opened here may never be closed",
        ),
    ]


NOT_TEXT = "{path} is not a text file; an import reads CSV in UTF-8, UTF-16 or Windows-1252"


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (b"", "{path} is empty"),
        (b"\n \n\t\n", "{path} is empty"),
        (b"\xef\xbb\xbf", "{path} is empty"),
        (b"sep=;\n", "{path} has no header"),
        (b"name\x00,amount\n", NOT_TEXT),
        (b"\x89PNG\r\n\x1a\n\x00\x00", NOT_TEXT),
        (b"name\n\x81\x8d\xff\n", NOT_TEXT),
        (codecs.BOM_UTF16_LE + b"n\x00a\x00\x00", NOT_TEXT),
        (codecs.BOM_UTF32_LE + "name,a\nb,c\n".encode("utf-32-le"), NOT_TEXT),
        (b"PK\x03\x04\x14\x00", "{path} is a spreadsheet or an archive; save the sheet as CSV"),
        (
            b"1,2016-10-20,\n3,2016-10-21,\n",
            '{path} has no header: its first row is 1, 2016-10-20, ""; name the columns in a first row',
        ),
        (
            b"x" * (LONGEST_LINE + 1),
            "line 1 of {path} has more than 1048576 characters; this is not a table",
        ),
        (
            b"name,amount\nA,1\n" + b"y" * (LONGEST_LINE + 1),
            "line 3 of {path} has more than 1048576 characters; this is not a table",
        ),
        (
            b'name,amount\nA,"1\n' + b"some more text\n" * 80_000,
            "{path} cannot be read as CSV from line 2: a quote is opened and never closed",
        ),
    ],
)
def test_what_is_no_table_is_refused_in_one_line(tmp_path: Path, content: bytes, message: str) -> None:
    path = written(tmp_path, content)
    with pytest.raises(InvalidInput) as refused:
        list(open_delimited(path).lines())
    assert refused.value.message == message.format(path=path)


def test_what_cannot_be_read_is_refused_in_one_line(tmp_path: Path) -> None:
    locked = written(tmp_path, b"name\nA\n")
    fifo = tmp_path / "pipe"
    os.mkfifo(fifo)
    cases = {
        tmp_path / "none.csv": f"there is no file {tmp_path}/none.csv",
        locked / "deals.csv": f"{locked}/deals.csv cannot be read: Not a directory",
        tmp_path: f"{tmp_path} is not a file",
        fifo: f"{fifo} is not a file",
        Path("a\x00b"): "a\\x00b is not the name of a file",
        tmp_path / ("x" * 300): f"{tmp_path}/{'x' * 300} cannot be read: File name too long",
    }
    for path, message in cases.items():
        with pytest.raises(InvalidInput) as refused:
            open_delimited(path)
        assert refused.value.message == message


@given(
    st.one_of(
        st.binary(max_size=400), st.text(alphabet=',;"\n\r\taé\x00\ufeff', max_size=200).map(str.encode)
    )
)
def test_no_bytes_at_all_raise_anything_else(
    tmp_path_factory: pytest.TempPathFactory, content: bytes
) -> None:
    path = written(tmp_path_factory.mktemp("any"), content)
    try:
        table = open_delimited(path)
        rows = list(table.lines())
    except PipeError as error:
        assert "\n" not in error.message
    else:
        assert all(row.fault or len(row.cells) == len(table.header) for row in rows)
