"""The language of conditions: what each text means, and where each error is.

What holds of every condition is in `tests/store/test_condition_sql.py`, beside the generator of conditions.
"""

import json
import subprocess
import sys
import time
from datetime import date, datetime, timedelta
from decimal import Decimal
from fractions import Fraction
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipecli.domain.condition import constant, describe, evaluate, is_set, reads
from pipecli.domain.condition_parser import RESERVED, parse
from pipecli.domain.fold import fold
from pipecli.errors import InvalidInput

TODAY = date(2026, 3, 2)
TYPES = {
    "name": "text",
    "stage": "choice",
    "amount": "money",
    "effort": "number",
    "close-date": "date",
    "created_on": "date",
    "urgent": "bool",
    "tags": "tags",
    "owner": "text",
}
AMOUNT, EFFORT, STAGE = ["field", "amount"], ["field", "effort"], ["field", "stage"]
CLOSE, CREATED, TAGS = ["field", "close_date"], ["field", "created_on"], ["field", "tags"]


def number(value: int | str) -> list[Any]:
    return ["number", value]


def text(value: str) -> list[Any]:
    return ["text", value]


PARSED = [
    ("amount >= 20000", [">=", AMOUNT, number(20000)]),
    ("amount>=20k", [">=", AMOUNT, number(20000)]),
    ("amount = 1.50", ["=", AMOUNT, number("1.5")]),
    ("amount = 2.0", ["=", AMOUNT, number(2)]),
    ("amount = 0.5k", ["=", AMOUNT, number(500)]),
    ("amount == -0.25", ["=", AMOUNT, number("-0.25")]),
    ("amount != - 3", ["!=", AMOUNT, number(-3)]),
    ("20K < amount", ["<", number(20000), AMOUNT]),
    ("20000 <= amount", ["<=", number(20000), AMOUNT]),
    ("stage = discovery", ["=", STAGE, text("discovery")]),
    ("stage = no-decision", ["=", STAGE, text("no-decision")]),
    ("stage = (discovery)", ["=", STAGE, text("discovery")]),
    ("name = société", ["=", ["field", "name"], text("société")]),
    ('name = "say ""hi"" now"', ["=", ["field", "name"], text('say "hi" now')]),
    ("name = 'it''s'", ["=", ["field", "name"], text("it's")]),
    ("has decision-maker", ["has", "decision_maker"]),
    ("not has budget", ["not", ["has", "budget"]]),
    ("NOT HAS budget", ["not", ["has", "budget"]]),
    ("urgent", ["field", "urgent"]),
    ("urgent = yes", ["=", ["field", "urgent"], ["bool", True]]),
    ("urgent = False", ["=", ["field", "urgent"], ["bool", False]]),
    ("true", ["bool", True]),
    ("close_date < today", ["<", CLOSE, ["today"]]),
    ("close-date < today + 14d", ["<", CLOSE, ["+", ["today"], ["days", 14]]]),
    ("close_date < today-2w", ["<", CLOSE, ["-", ["today"], ["days", 14]]]),
    ("close_date = 2026-12-31", ["=", CLOSE, ["date", "2026-12-31"]]),
    ("close_date - created_on > 3m", [">", ["-", CLOSE, CREATED], ["days", 90]]),
    ("(close_date - created_on) > 1y", [">", ["-", CLOSE, CREATED], ["days", 365]]),
    ("close_date > created_on + -7d", [">", CLOSE, ["+", CREATED, ["days", -7]]]),
    ("effort < 1 + 2 - 3", ["<", EFFORT, ["-", ["+", number(1), number(2)], number(3)]]),
    ("effort < 5-(3-1)", ["<", EFFORT, ["-", number(5), ["-", number(3), number(1)]]]),
    ("stage in (won, lost)", ["in", STAGE, [text("won"), text("lost")]]),
    ("effort not in [1, 2]", ["not", ["in", EFFORT, [number(1), number(2)]]]),
    ("tags contains vip", ["contains", TAGS, text("vip")]),
    ("name not contains 'x'", ["not", ["contains", ["field", "name"], text("x")]]),
    ("urgent or has a and has b", ["or", ["field", "urgent"], ["and", ["has", "a"], ["has", "b"]]]),
    ("has a and has b and has c", ["and", ["has", "a"], ["has", "b"], ["has", "c"]]),
    ("(has a and has b) and has c", ["and", ["and", ["has", "a"], ["has", "b"]], ["has", "c"]]),
    ("not (has a or has b)", ["not", ["or", ["has", "a"], ["has", "b"]]]),
    ("not not\n\turgent", ["not", ["not", ["field", "urgent"]]]),
]

TYPED = [
    ("close_date = close-date", ["=", CLOSE, CLOSE]),
    ("stage = owner", ["=", STAGE, ["field", "owner"]]),
    ("stage = yes", ["=", STAGE, text("yes")]),
    ("stage in (2026, -5, today)", ["in", STAGE, [text("2026"), text("-5"), text("today")]]),
    ("tags = 2026-01-01", ["=", TAGS, text("2026-01-01")]),
    ("name contains 14d", ["contains", ["field", "name"], text("14d")]),
    ("'vip' = tags", ["=", text("vip"), TAGS]),
    ("amount + 1 > effort", [">", ["+", AMOUNT, number(1)], EFFORT]),
    ("7d + today - 1d < close_date", ["<", ["-", ["+", ["days", 7], ["today"]], ["days", 1]], CLOSE]),
    ("1w + 1d < close_date - today", ["<", ["+", ["days", 7], ["days", 1]], ["-", CLOSE, ["today"]]]),
]


@pytest.mark.parametrize(("typed", "ast"), PARSED)
def test_text_means(typed: str, ast: list[Any]) -> None:
    assert parse(typed) == ast
    assert json.loads(json.dumps(ast)) == ast


@pytest.mark.parametrize(("typed", "ast"), TYPED)
def test_text_means_with_types(typed: str, ast: list[Any]) -> None:
    assert parse(typed, TYPES) == ast


FAULTY = [
    ("amount >> 3", 8, 'expected a value, found ">"'),
    ("", 0, "expected a value, found the end"),
    ("amount >", 8, "expected a value, found the end"),
    ("amount > 3 4", 11, 'expected "and", "or" or the end, found "4"'),
    ("amount = and", 9, 'expected a value, found "and"'),
    ("effort < -x", 9, 'expected a value, found "-"'),
    ("(amount > 3", 11, 'expected ")", found the end'),
    ("amount > 3)", 10, 'expected "and", "or" or the end, found ")"'),
    ("stage in won", 9, 'expected "(" or "[", found "won"'),
    ("stage in (won]", 13, 'expected "," or ")", found "]"'),
    ("stage in [won", 13, 'expected "," or "]", found the end'),
    ("stage in ()", 10, 'expected a value, found ")"'),
    ("has 3", 4, 'expected the name of a field, found "3"'),
    ("has not", 4, 'expected the name of a field, found "not"'),
    ("5 and urgent", 0, "expected a condition, found only a number"),
    ("today", 0, "expected a condition, found only a date"),
    ("a - b", 0, "expected a condition, found only a value"),
    ("(a - b) < c and 3", 16, "expected a condition, found only a number"),
    ("(a = b) > 3", 1, "expected a value, found a condition"),
    ("amount > (a = b)", 10, "expected a value, found a condition"),
    ('stage = "won', 8, "the quotation mark is never closed"),
    ("stage = a@b.c", 9, 'unexpected character "@": put text in quotes'),
    ("a & b", 2, 'unexpected character "&": put text in quotes'),
    ("amount > 12abc", 9, '"12abc" is not a number, a duration (14d, 2w, 3m, 1y) or a date (2026-12-31)'),
    ("amount > 1.5m", 9, '"1.5m" is not a number, a duration (14d, 2w, 3m, 1y) or a date (2026-12-31)'),
    ("close = 2026-02-30", 8, '"2026-02-30" is not a date, such as 2026-12-31'),
    ("close = 2026-2-3", 8, '"2026-2-3" is not a date, such as 2026-12-31'),
    ("close > today + 100000d", 16, "the duration is too long"),
    ("amount > 100000000000k", 9, "the number is too large or too precise"),
    ("amount > -1.000000000000001", 10, "the number is too large or too precise"),
    ("a = '\x1b[2J'", 5, "a control character"),
    ("a = '\ud800'", 5, "a control character"),
    ("x" * 2001, 2000, "longer than 2,000 characters"),
    ("(" * 51, 50, "more than 50 levels inside one another"),
    ("not " * 51 + "a", 200, "more than 50 levels inside one another"),
    ("a < 0" + "+1" * 51, 105, "more than 50 levels inside one another"),
]

FAULTY_TYPED = [
    ("amuont > 3", 0, 'unknown field "amuont": did you mean "amount"?'),
    ("xyz > 3", 0, 'unknown field "xyz"'),
    ("urgent and has zzz", 15, 'unknown field "zzz"'),
    ("amount > efort", 9, 'unknown field "efort": did you mean "effort"?'),
    ("effort-1 > 3", 0, 'unknown field "effort-1": put spaces around "-" to subtract'),
    ("close_date > 3", 13, "cannot compare a date with a number"),
    ("amount = 'much'", 9, "cannot compare an amount of money with text"),
    ("effort = 14d", 9, "cannot compare a number with a duration"),
    ("urgent = 1", 9, "cannot compare yes or no with a number"),
    ("tags = tags", 7, "cannot compare tags with tags"),
    ("effort in (1, 'two')", 14, "cannot compare a number with text"),
    ("amount contains 3", 7, '"contains" does not apply to an amount of money'),
    ("name contains tags", 14, "expected text, found tags"),
    ("stage < won", 6, '"<" does not apply to a choice'),
    ("3 > name", 2, '">" does not apply to text'),
    ("tags >= 'a'", 5, '">=" does not apply to tags'),
    ("urgent < true", 7, '"<" does not apply to yes or no'),
    ("close_date + created_on > 3", 11, '"+" does not apply to a date and a date'),
    ("effort - 3d > 3", 7, '"-" does not apply to a number and a duration'),
    ("name + 1 = 2", 5, '"+" does not apply to text and a number'),
    ("amount", 0, "expected a condition, found only an amount of money"),
]


@pytest.mark.parametrize(
    ("typed", "position", "problem", "types"),
    [(*case, None) for case in FAULTY] + [(*case, TYPES) for case in FAULTY_TYPED],
)
def test_errors_say_where(typed: str, position: int, problem: str, types: dict[str, str] | None) -> None:
    with pytest.raises(InvalidInput) as caught:
        parse(typed, types)
    assert caught.value.detail["position"] == position
    assert caught.value.detail["text"] == typed
    assert caught.value.message.endswith(f", at character {position + 1}: {problem}")


def test_error_messages_quote_the_text() -> None:
    with pytest.raises(InvalidInput) as short:
        parse("amount >> 3")
    assert short.value.message == 'in "amount >> 3", at character 9: expected a value, found ">"'
    with pytest.raises(InvalidInput) as long:
        parse("a" * 99 + "\n" + "b" * 99)
    start = f'in "…{"a" * 49} {"b" * 50}…", at character 101: expected "and", "or" or the end, found '
    assert long.value.message == f'{start}"{"b" * 99}"'


def test_unknown_fields_carry_suggestions() -> None:
    with pytest.raises(InvalidInput) as caught:
        parse("amuont > 3", TYPES)
    assert caught.value.detail["field"] == "amuont"
    assert caught.value.detail["suggestions"] == ["amount"]


FACTS: dict[str, object] = {
    "name": "Société Générale",
    "blank": "",
    "nothing": None,
    "amount": Fraction(40001, 2),
    "price": Decimal("0.1"),
    "rate": 0.1,
    "broken": float("nan"),
    "endless": float("inf"),
    "odd": object(),
    "effort": 12,
    "close_date": date(2026, 6, 1),
    "created_on": "2026-03-01",
    "met_at": datetime(2026, 3, 1, 9, 30),
    "urgent": True,
    "flag": 0,
    "tags": ("VIP", "Été"),
    "untagged": [],
}

# Conditions between semicolons, by their answer over FACTS.
HOLDS = """
amount > 20k ; amount = 20000.5 ; price = 0.1 ; rate = 0.1 ; rate + price = 0.2 ; effort - 2 = 10 ;
name = 'SOCIETE GENERALE' ; name != 'x' ; name contains 'ete g' ; close_date = '2026-06-01' ;
created_on < today ; created_on = today - 1d ; met_at = 2026-03-01 ; close_date - created_on = 92d ;
created_on + 1d = today ; 1d + created_on = today ; urgent ; not flag ; urgent = yes ; tags = ete ;
tags contains vip ; tags in (a, vip) ; effort in (11, 12) ; effort not in (11, 13) ; has name ;
has flag ; missing = 1 or effort = 12
"""
FAILS = """
amount <= 20000 ; name contains blank ; close_date < today ;
created_on + 99999d + 99999d + 99999d > 9999-12-30 ; tags != vip ; tags contains vi ;
has blank or has nothing or has missing or has untagged ; missing = 1 and effort = 1
"""
UNKNOWN = """
broken > 1 ; endless > 1 ; odd = 1 ; blank = x ; nothing = x ; missing = x ; missing contains x ;
effort contains '1' ; name = 12 ; effort = name ; name < today ; close_date + created_on = 3 ;
effort - created_on = 3 ; name + 1 = 2 ; tags - 1 = 2 ; missing - 1 = 2 ; close_date - rate = today ;
name ; missing ; tags = 3 ; tags < (stage - 1) ; untagged = vip ; effort in (11, missing - 1) ;
missing = 1 and effort = 12 ; missing = 1 or effort = 1 ; not missing = 1
"""


def answers(holds: str, fails: str, unknown: str) -> list[tuple[str, bool | None]]:
    listed = ((holds, True), (fails, False), (unknown, None))
    return [(typed.strip(), answer) for conditions, answer in listed for typed in conditions.split(";")]


@pytest.mark.parametrize(("typed", "answer"), answers(HOLDS, FAILS, UNKNOWN))
def test_evaluates(typed: str, answer: bool | None) -> None:
    assert evaluate(parse(typed), FACTS, TODAY) is answer


def test_dates_stop_at_the_ends_of_the_calendar() -> None:
    later: list[Any] = ["today"]
    for _ in range(40):
        later = ["+", later, ["days", 99_999]]
    assert evaluate(["=", later, ["date", "9999-12-31"]], {}, TODAY) is True
    assert evaluate(["=", ["-", ["today"], ["days", 999_999]], ["date", "0001-01-01"]], {}, TODAY) is True


def test_a_set_fact() -> None:
    values: list[object] = [0, False, " ", ["a"], None, "", (), {}]
    assert [is_set(value) for value in values] == [True] * 4 + [False] * 4


def test_reads_each_field_once_in_order() -> None:
    ast = parse("urgent and (has budget or amount > 3) and stage in (a, b) and close_date - created_on > 3d")
    assert reads(ast) == ("amount", "budget", "close_date", "created_on", "stage", "urgent")
    assert reads(parse("1 in (1, 2)")) == ()


ALWAYS = """
true ; 2026-01-01 < 2026-02-01 ; 1 < 2 or has x ; not (amount > 5 and amount < 3)
"""
NEVER = """
1 > 2 ; 3 in (1, 2) ; amount > 5 and amount < 3 ; amount > 5 and has x and 5 > amount ;
(amount >= 5 and urgent) and amount < 5 ; amount > 5 and amount <= 5 ; amount = 5 and amount = 6 ;
amount > 5.5 and amount < 5.25 ; close > 2026-05-01 and close < 2026-04-01
"""
DEPENDS = """
today > 2026-01-01 ; has x ; amount > 5 ; amount >= 5 and amount <= 5 ; amount = 5 and amount != 6 ;
amount > 5 and effort < 3 ; close > today and close < 2026-04-01 ; tags = a and tags = b
"""


@pytest.mark.parametrize(("typed", "answer"), answers(ALWAYS, NEVER, DEPENDS))
def test_constant(typed: str, answer: bool | None) -> None:
    assert constant(parse(typed)) is answer


DESCRIBED = [
    ("amount>=20k and has budget", "amount >= 20000 and has budget"),
    ("stage = won or (urgent and not has x)", 'stage = "won" or urgent and not has x'),
    ("(urgent or x) and not (a or b)", "(urgent or x) and not (a or b)"),
    ("not stage in [a,'b\"c']", """stage not in ("a", 'b"c')"""),
    ("close_date - (today - 2w) > 1m", "close_date - (today - 14d) > 30d"),
    (
        "not tags contains vip and x = no and y = 2026-01-01",
        'tags not contains "vip" and x = false and y = 2026-01-01',
    ),
]


@pytest.mark.parametrize(("typed", "described"), DESCRIBED)
def test_describe(typed: str, described: str) -> None:
    assert describe(parse(typed)) == described


def test_describe_uses_labels() -> None:
    labels = {"amount": "Amount", "budget": "Budget confirmed"}
    assert describe(parse("amount > 3 and has budget"), labels) == "Amount > 3 and has Budget confirmed"


_LETTERS = st.characters(codec="utf-8", exclude_categories=["Cc", "Cs"])
_TOKENS = [*sorted(RESERVED), "amount", "stage", "tags", "x", "'x'", "3", "14d", *"(),<=-"]
_ROWS_OF_WORDS = st.lists(st.sampled_from(_TOKENS), max_size=15).map(" ".join)
_HOSTILE = st.text(st.sampled_from("ab1.-+()[],=<>! \"'k") | _LETTERS, max_size=60) | st.text(max_size=60)


@given(_HOSTILE | _ROWS_OF_WORDS)
def test_hostile_text_raises_only_invalid_input(typed: str) -> None:
    for types in (None, TYPES):
        try:
            ast = parse(typed, types)
        except InvalidInput as error:
            assert 0 <= error.detail["position"] <= len(typed)
        else:
            assert parse(describe(ast), types) == ast
            assert evaluate(ast, FACTS, TODAY) in (True, False, None)


_UNITS = [*"(\"'1-é ", "not ", "''", '""" ', "a-", "1-", "1.", "a and ", "+1", "= ", "in (", "2026-1"]


@pytest.mark.parametrize("unit", _UNITS)
def test_long_text_takes_linear_time(unit: str) -> None:
    started = time.perf_counter()
    for typed in (unit * (1990 // len(unit)) + "!", "a < " + unit * (1990 // len(unit)) + "!"):
        with pytest.raises(InvalidInput):
            parse(typed)
    assert time.perf_counter() - started < 1


def test_wide_conditions_are_no_deeper_than_narrow_ones() -> None:
    ast = parse(" or ".join(["a"] * 400))
    assert len(ast) == 401
    assert evaluate(ast, {"a": False}, TODAY) is False


@given(st.text())
def test_folding_twice_changes_nothing(typed: str) -> None:
    assert fold(fold(typed)) == fold(typed)
    assert (fold(typed) == "") is (typed == "")


@pytest.mark.parametrize(
    ("typed", "folded"), [("ABC", "abc"), ("Élan", "elan"), ("Straße", "strasse"), ("ﬁ℃", "fi°c")]
)
def test_fold(typed: str, folded: str) -> None:
    assert fold(typed) == folded


def test_evaluating_loads_neither_the_parser_nor_fractions() -> None:
    script = (
        "import sys; from datetime import date; from pipecli.domain.condition import evaluate;"
        "evaluate(['>', ['field', 'a'], ['number', 3]], {'a': 4}, date(2026, 3, 2)); print(*sys.modules)"
    )
    loaded = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True)
    assert "pipecli.domain.condition" in loaded.stdout.split()
    assert not {"fractions", "decimal", "pipecli.domain.condition_parser"} & set(loaded.stdout.split())


def test_today_moves_with_the_calendar() -> None:
    ast = parse("created_on < today - 14d", TYPES)
    facts = {"created_on": date(2026, 3, 1)}
    assert evaluate(ast, facts, TODAY) is False
    assert evaluate(ast, facts, TODAY + timedelta(days=14)) is True
