"""What export files look like, byte for byte."""

import hashlib
import io
import json
from typing import Any

import pytest

from pipecli.exporters.csv_format import cell, write_csv
from pipecli.exporters.journal import journal_lines
from pipecli.exporters.json_format import write_json

RECORDS: list[dict[str, Any]] = [
    {"id": 1, "name": 'A "b", c', "amount": -5, "stale": True, "tags": ["x", "y"], "fields": {"days": 2.5}},
    {"id": 2, "name": "=1+1", "amount": None, "stale": False, "tags": [], "fields": {"old": 1}},
]


def test_csv_has_the_own_fields_in_columns() -> None:
    out = io.StringIO()
    count = write_csv(RECORDS, ("id", "name", "amount", "stale", "tags"), ("days", "region"), out)
    assert (count, out.getvalue()) == (
        2,
        "id,name,amount,stale,tags,field.days,field.region\n"
        '1,"A ""b"", c",-5,true,"x, y",2.5,\n'
        "2,'=1+1,,false,,,\n",
    )


@pytest.mark.parametrize(
    ("value", "shown"),
    [
        ("=1+1", "'=1+1"),
        ("+33 6 12 34", "'+33 6 12 34"),
        ("-cmd|' /c calc'!A0", "'-cmd|' /c calc'!A0"),
        ("@SUM(A1)", "'@SUM(A1)"),
        ("\tx", "'\tx"),
        ("\r=x", "'\r=x"),
        ("-12", "-12"),
        ("-12.50", "-12.50"),
        ("-12,5", "-12,5"),
        ("-12-3", "'-12-3"),
        ("a=b", "a=b"),
        (["=a", "b"], "'=a, b"),
        (-3.5, -3.5),
        (True, "true"),
        (None, ""),
        ("", ""),
    ],
)
def test_no_cell_is_a_formula(value: Any, shown: Any) -> None:
    assert cell(value) == shown


@pytest.mark.parametrize(
    ("records", "text"),
    [
        ([], "[]\n"),
        ([{"a": "é"}], '[\n{"a": "é"}\n]\n'),
        ([{"a": 1}, {"a": None}], '[\n{"a": 1},\n{"a": null}\n]\n'),
    ],
)
def test_json_is_one_array_with_a_record_a_line(records: list[dict[str, Any]], text: str) -> None:
    out = io.StringIO()
    assert write_json(records, out) == len(records)
    assert out.getvalue() == text
    assert json.loads(text) == records


def test_a_journal_ends_with_what_stands_before_it() -> None:
    event = {"seq": 1, "kind": "WorkspaceCreated", "payload": '{"b":"é","a":null}'}
    lines = list(journal_lines({"uid": "u", "head": 1}, [("event", event)]))
    assert lines[:2] == [
        '{"head":1,"record":"workspace","uid":"u"}\n',
        '{"kind":"WorkspaceCreated","payload":{"a":null,"b":"é"},"record":"event","seq":1}\n',
    ]
    digest = hashlib.sha256("".join(lines[:2]).encode()).hexdigest()
    assert lines[2:] == [f'{{"lines":2,"record":"end","sha256":"{digest}"}}\n']
