"""Which column fills which field, and what is said where none does."""

from pathlib import Path

import pytest

from pipecli import templates
from pipecli.domain.definition import compile_definition
from pipecli.domain.pipeline import Pipeline
from pipecli.errors import InvalidInput
from pipecli.importers.mapping import (
    MappingFile,
    Source,
    history_mapping,
    read_mapping_file,
    row_mapping,
)

PIPELINE = Pipeline.from_compiled(1, compile_definition(templates.read("b2b").replace('"@me"', '"lea"')))
EXAMPLE = Path(__file__).parents[2] / "examples" / "maven.toml"


def columns(header: str, file: MappingFile | None = None, **given: str) -> dict[str, list[str]]:
    """The columns each field is filled from."""
    names = header.split(",")
    mapping = row_mapping(names, PIPELINE, given, file or MappingFile())
    return {field: [names[n] for _words, n in source.pieces] for field, source in mapping.sources.items()}


@pytest.mark.parametrize(
    ("header", "found"),
    [
        ("name,amount", {"name": ["name"], "amount": ["amount"]}),
        ("Deal Name,Deal-Stage,VALUE", {"name": ["Deal Name"], "amount": ["VALUE"], "stage": ["Deal-Stage"]}),
        ("id,external_id,name", {"id": ["id"], "name": ["name"]}),
        (
            "name,field.quote_valid_until",
            {"name": ["name"], "field.quote_valid_until": ["field.quote_valid_until"]},
        ),
        ("name,Quote valid until", {"name": ["name"], "field.quote_valid_until": ["Quote valid until"]}),
        ("name,colour,", {"name": ["name"]}),
    ],
)
def test_columns_named_like_a_field_are_taken(header: str, found: dict[str, list[str]]) -> None:
    assert columns(header) == found


def test_a_map_goes_before_the_headers_and_takes_its_columns_away() -> None:
    assert columns("deal,name,amount", name="DEAL", source="name") == {
        "name": ["deal"],
        "source": ["name"],
        "amount": ["amount"],
    }
    assert columns("id,name,amount", name="id", close="amount") == {
        "id": ["id"],
        "name": ["id"],
        "close_date": ["amount"],
    }
    assert columns("value,amount,name", source="amount") == {
        "name": ["name"],
        "amount": ["value"],
        "source": ["amount"],
    }


def test_a_mapping_file_says_all_and_a_map_corrects_it() -> None:
    file = MappingFile(columns={"name": "a"})
    assert columns("a,amount,b", file) == {"name": ["a"]}
    assert columns("a,amount,b", file, name="b") == {"name": ["b"]}


@pytest.mark.parametrize(
    ("given", "message"),
    [
        (
            {"nome": "a"},
            'no field "nome" can be imported; the fields are: id, name, account, contact, owner, amount, currency, '
            "stage, status, created, closed, close_date, loss_reason, outcome_reason, source, tags, decision_maker, "
            "next_action, next_due, quote_valid_until",
        ),
        ({"name": "c"}, 'no column "c"; the columns are: a, B b'),
        ({"name": "{a} {c}"}, 'no column "c"; the columns are: a, B b'),
        ({"name": "{}"}, 'no column ""; the columns are: a, B b'),
        ({"name": "{"}, 'no column "{"; the columns are: a, B b'),
        (
            {"owner": "a"},
            "nothing names the opportunity; the columns are: a, B b; say which: --map name=a",
        ),
    ],
)
def test_a_field_or_column_that_is_not_there_is_refused(given: dict[str, str], message: str) -> None:
    with pytest.raises(InvalidInput) as refused:
        columns("a,B b,", **given)
    assert refused.value.message == message


def test_the_example_of_a_map_is_one_that_a_shell_takes() -> None:
    with pytest.raises(InvalidInput) as refused:
        columns("B b")
    assert refused.value.message.endswith('say which: --map "name=B b"')


@pytest.mark.parametrize(
    ("template", "cells", "text"),
    [
        ("{a}", "x,y,z", "x"),
        ("{a} · {b}", "x, y ,z", "x · y"),
        ("{a} · {b}", "x,,z", "x"),
        ("{a} · {b}", ",y,z", "y"),
        ("{a} · {b}", ",,z", ""),
        ("{a} · {b} ({c})", "x,y,z", "x · y (z)"),
        ("{a} · {b} ({c})", "x,,z", "x (z)"),
        ("{a} · {b} ({c})", "x,y,", "x · y"),
        ("{a} · {b} ({c})", ",,z", "z"),
        ("Deal {a}!", "x,y,z", "Deal x!"),
        ("Deal {a}!", ",y,z", ""),
    ],
)
def test_several_columns_make_one_text(template: str, cells: str, text: str) -> None:
    mapping = row_mapping(["a", "b", "c"], PIPELINE, {"name": template}, MappingFile())
    assert mapping.texts(cells.split(","))["name"] == text


def test_a_column_whose_name_has_braces_is_a_column() -> None:
    mapping = row_mapping(["{x}", "b"], PIPELINE, {"name": "{x}"}, MappingFile())
    assert mapping.sources == {"name": Source((("", 0),))}


def test_a_default_fills_blank_cells_and_missing_columns() -> None:
    file = MappingFile(columns={"name": "a", "source": "b"}, defaults={"source": "fair ", "owner": "ines"})
    mapping = row_mapping(["a", "b"], PIPELINE, {}, file)
    assert mapping.texts(("x", " ")) == {"name": "x", "source": "fair", "owner": "ines"}
    assert mapping.texts(("x", "web")) == {"name": "x", "source": "web", "owner": "ines"}


def test_the_example_is_read_whole() -> None:
    file = read_mapping_file(EXAMPLE)
    assert file == MappingFile(
        columns={
            "id": "opportunity_id",
            "name": "product",
            "account": "account",
            "owner": "sales_agent",
            "stage": "deal_stage",
            "amount": "close_value",
            "created": "engage_date",
            "closed": "close_date",
        },
        stages={"Prospecting": "lead", "Engaging": "discovery", "Won": "won", "Lost": "lost"},
        system="maven",
    )


@pytest.mark.parametrize(
    ("text", "message"),
    [
        (
            "[columns",
            "{path} is not a mapping in TOML: Expected ']' at the end of a table declaration (at end of document)",
        ),
        ("[colums]\n", '{path}: a mapping has no "colums"; it has: columns, stages, defaults, read, history'),
        ("columns = 1", "{path}: columns has to be a table of texts in quotes"),
        ("[columns]\namount = 3", "{path}: columns.amount has to be a table of texts in quotes"),
        (
            "[read]\norder = 'dmy'",
            '{path}: a mapping has no "read.order"; it has: read.date_order, read.decimal, read.currency, read.system',
        ),
        ("[read]\ndate_order = 'ymd'", "{path}: date_order is one of: dmy mdy"),
        ("[read]\nsystem = ' '", "{path}: system cannot have that value"),
        (
            "[read]\ncurrency = 'EURO'",
            '"EURO" is not a currency; write its ISO 4217 code, such as EUR, USD or CHF',
        ),
        ("x = " + "[" * 5000, None),
        ("#" * (1 << 20) + "#", "{path} is not a mapping in TOML: it is too long"),
    ],
)
def test_a_mapping_file_with_faults_is_refused(tmp_path: Path, text: str, message: str | None) -> None:
    path = tmp_path / "map.toml"
    path.write_text(text)
    with pytest.raises(InvalidInput) as refused:
        read_mapping_file(path)
    if message:
        assert refused.value.message == message.format(path=path)


def test_a_mapping_file_in_another_encoding_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "map.toml"
    path.write_bytes("[stages]\n'Gagné' = 'won'\n".encode("cp1252"))
    with pytest.raises(InvalidInput, match="is not a mapping in TOML"):
        read_mapping_file(path)
    path.write_bytes("[stages]\n'Gagné' = 'won'\n[read]\ncurrency = 'usd'".encode("utf-8-sig"))
    assert read_mapping_file(path) == MappingFile(stages={"Gagné": "won"}, currency="USD")


def test_a_history_needs_its_columns() -> None:
    assert history_mapping(["id", "Stage", "date"], MappingFile()).sources == {
        "id": Source((("", 0),)),
        "stage": Source((("", 1),)),
        "at": Source((("", 2),)),
    }
    named = MappingFile(history={"id": "case", "at": "when"})
    assert list(history_mapping(["when", "case", "stage"], named).sources) == ["stage", "id", "at"]
    with pytest.raises(InvalidInput) as refused:
        history_mapping(["id", "step", "when"], MappingFile())
    assert refused.value.message == (
        "a history has the columns id, stage, at and amount; stage, at is missing among: id, step, when"
    )
    with pytest.raises(InvalidInput) as refused:
        history_mapping(["id"], MappingFile(history={"owner": "id"}))
    assert refused.value.message == 'a history has no field "owner"; it has: id, stage, at, amount'
