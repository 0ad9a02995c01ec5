"""Compiled conditions as SQL that SQLite and PostgreSQL read alike, for `--where` over many rows.

NULL plays the part of "unknown", so the answer for each row is that of `condition.evaluate`. What the two
databases cannot say alike (case and accents of an unfolded column, sums over columns) raises `Unsupported`,
and the caller evaluates in Python instead.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import date
from fractions import Fraction
from math import floor
from typing import Any, NamedTuple

from pipecli.domain.condition import FLIPPED, evaluate, reads, value_of

from .driver import quoted

TRUE, FALSE, UNKNOWN = "(1 = 1)", "(1 = 0)", "(1 = null)"

_BLANKABLE = ("text", "choice", "date", "tags")  # stored as text, where '' is unset too
_LARGEST = 2**63 - 1
_WIDEST = 50  # SQLite refuses expressions 1,000 levels deep, and a chain of `or` is one level each


class Unsupported(Exception):
    """This condition cannot be said in SQL over these columns; evaluate it in Python."""


class Abroad(NamedTuple):
    """How amounts in other currencies compare with a money column, in their own minor units.

    `currency` and `amount` are SQL; `least` gives for each currency with a rate the least amount that is worth at
    least so many of the column's minor units.
    """

    currency: str
    amount: str
    least: Callable[[], Mapping[str, Callable[[int], int]]]


class Column(NamedTuple):
    """Where a field lives: an SQL expression, and a type of `condition_parser.parse`.

    `folded` says that a text or choice column holds `fold`ed text. `scale` is how many minor units make one
    major unit of a money column, `abroad` its amounts in other currencies. `there` says in SQL whether it is set,
    where its value alone does not. Dates are ISO text, bools 0 or 1, tags folded as `|one|two|`.
    """

    sql: str
    type: str
    folded: bool = False
    scale: int = 1
    there: str = ""
    abroad: Abroad | None = None


def to_sql(ast: list[Any], columns: Mapping[str, Column], today: date) -> tuple[str, dict[str, object]]:
    """A boolean SQL expression with `:w0`, `:w1`… and their values; raises Unsupported."""
    compiler = _Compiler(columns, today)
    return compiler.truth(ast), compiler.parameters


class _Compiler:
    def __init__(self, columns: Mapping[str, Column], today: date) -> None:
        self._columns = columns
        self._today = today
        self.parameters: dict[str, object] = {}

    def truth(self, node: list[Any]) -> str:
        kind = node[0]
        if not reads(node):
            return _constant(evaluate(node, {}, self._today))
        if kind in ("and", "or"):
            return _joined(kind, [self.truth(part) for part in node[1:]])
        if kind == "not":
            return f"(not {self.truth(node[1])})"
        if kind == "has":
            return _has(self._column(node))
        if kind == "field":
            return self._bool("=", self._column(node), True)
        if kind == "in":
            return _joined("or", [self._compared("=", node[1], item) for item in node[2]])
        if kind == "contains":
            return self._contains(node[1], node[2])
        return self._compared(kind, node[1], node[2])

    def _column(self, node: list[Any]) -> Column:
        if node[0] not in ("field", "has") or node[1] not in self._columns:
            raise Unsupported(f"no column for {node}")
        return self._columns[node[1]]

    def _parameter(self, value: object) -> str:
        name = f"w{len(self.parameters)}"
        self.parameters[name] = value
        return f":{name}"

    def _compared(self, comparison: str, left: list[Any], right: list[Any]) -> str:
        if not reads(left) and not reads(right):
            return _constant(evaluate([comparison, left, right], {}, self._today))
        if left[0] != "field":
            comparison, left, right = FLIPPED[comparison], right, left
        column = self._column(left)
        if reads(right):
            return _between_columns(comparison, column, self._column(right))
        value = value_of(right, None, self._today)
        if value is None:
            return UNKNOWN
        return self._against(comparison, column, value)

    def _against(self, comparison: str, column: Column, value: Any) -> str:
        if column.type == "bool":
            return self._bool(comparison, column, value)
        if column.type in ("number", "money"):
            return self._number(comparison, column, value)
        if column.type == "date":
            _require(isinstance(value, date))
            return f"({_set(column)} {_sql(comparison)} {self._parameter(value.isoformat())})"
        _require(comparison in ("=", "!=") and isinstance(value, str))
        if column.type == "tags":
            return self._tagged(comparison, column, value)
        return f"({_comparable(column)} {_sql(comparison)} {self._parameter(value)})"

    def _bool(self, comparison: str, column: Column, value: Any) -> str:
        _require(column.type == "bool" and comparison in ("=", "!=") and isinstance(value, bool))
        return f"({column.sql} {_sql(comparison)} {int(value)})"

    def _number(self, comparison: str, column: Column, value: Any) -> str:
        _require(isinstance(value, int | Fraction) and not isinstance(value, bool))
        if column.type == "money":
            return self._money(comparison, column, value * column.scale)
        stored = _storable(value)
        return f"({column.sql} {_sql(comparison)} {self._parameter(stored)})"

    def _money(self, comparison: str, column: Column, minor: int | Fraction) -> str:
        below = floor(minor)
        if below != minor and comparison not in ("=", "!="):
            comparison, minor = "<=" if comparison in ("<", "<=") else ">", below
        own = self._minor(comparison, column.sql, minor)
        return self._abroad(comparison, column.abroad, minor, own) if column.abroad else own

    def _abroad(self, comparison: str, abroad: Abroad, minor: int | Fraction, own: str) -> str:
        cases = " ".join(
            f"when {quoted(code)} then {self._converted(comparison, abroad.amount, least, minor)}"
            for code, least in abroad.least().items()
        )
        return f"(case {abroad.currency} {cases} else {own} end)" if cases else own

    def _converted(
        self, comparison: str, amount: str, least: Callable[[int], int], minor: int | Fraction
    ) -> str:
        """The comparison of a converted amount, made on the amount itself: between whole numbers it is exact."""
        below = floor(minor)
        if below != minor:
            return self._minor(comparison, amount, minor)
        if comparison in ("=", "!="):
            low = self._minor(">=", amount, least(below))
            high = self._minor("<", amount, least(below + 1))
            return f"({low} and {high})" if comparison == "=" else f"(not ({low} and {high}))"
        bound = least(below + 1 if comparison in (">", "<=") else below)
        return self._minor(">=" if comparison in (">", ">=") else "<", amount, bound)

    def _minor(self, comparison: str, sql: str, minor: int | Fraction) -> str:
        whole = floor(minor)
        if whole != minor:  # no whole number of minor units is equal to a fraction of one
            return f"({sql} {'<>' if comparison == '=' else '='} {sql})"
        _require(abs(whole) <= _LARGEST)
        return f"({sql} {_sql(comparison)} {self._parameter(whole)})"

    def _contains(self, whole: list[Any], part: list[Any]) -> str:
        column = self._column(whole)
        _require(not reads(part))
        text = value_of(part, None, self._today)
        _require(isinstance(text, str))
        if column.type == "tags":
            return self._tagged("=", column, text)
        _require(column.type in ("text", "choice"))
        return self._like("like", _comparable(column), f"%{_escaped(text)}%")

    def _tagged(self, comparison: str, column: Column, tag: str) -> str:
        _require("|" not in tag)
        word = "like" if comparison == "=" else "not like"
        return self._like(word, _set(column), f"%|{_escaped(tag)}|%")

    def _like(self, word: str, sql: str, pattern: str) -> str:
        return f"({sql} {word} {self._parameter(pattern)} escape '\\')"


def _require(supported: bool) -> None:
    if not supported:
        raise Unsupported("the column and the value do not compare in SQL")


def _constant(answer: bool | None) -> str:
    return UNKNOWN if answer is None else TRUE if answer else FALSE


def _joined(word: str, parts: list[str]) -> str:
    if len(parts) > _WIDEST:
        half = len(parts) // 2
        parts = [_joined(word, parts[:half]), _joined(word, parts[half:])]
    return f"({f' {word} '.join(parts)})"


def _has(column: Column) -> str:
    if column.there:
        return f"({column.there})"
    if column.type in _BLANKABLE:
        return f"({column.sql} is not null and {column.sql} <> '')"
    return f"({column.sql} is not null)"


def _set(column: Column) -> str:
    """The column as an expression that is NULL wherever the field is unset."""
    return f"nullif({column.sql}, '')" if column.type in _BLANKABLE else column.sql


def _comparable(column: Column) -> str:
    _require(column.folded or column.type not in ("text", "choice"))
    return _set(column)


def _between_columns(comparison: str, left: Column, right: Column) -> str:
    _require(not any(column.abroad and column.abroad.least() for column in (left, right)))
    kinds = {"text" if column.type == "choice" else column.type for column in (left, right)}
    _require(len(kinds) == 1 and "tags" not in kinds and left.scale == right.scale)
    _require(comparison in ("=", "!=") or not kinds & {"text", "bool"})
    return f"({_comparable(left)} {_sql(comparison)} {_comparable(right)})"


def _storable(value: int | Fraction) -> int | float:
    """The number as both databases bind it, provided that it stays the same number."""
    stored = int(value) if value == int(value) else float(value)
    _require(abs(stored) <= _LARGEST and Fraction(repr(stored)) == value)
    return stored


def _escaped(text: str) -> str:
    return text.replace("\\", "\\\\").replace("%", "\\%").replace("_", "\\_")


def _sql(comparison: str) -> str:
    return "<>" if comparison == "!=" else comparison
