"""Compiled conditions: evaluated, inspected and written back as text, never parsed here.

A condition is a nested list that JSON can hold, which `condition_parser` makes from text. Truth has three
values: None is "unknown", the answer of any comparison that rests on an unset field. Commands that must start
fast load this module, so it imports next to nothing. The nodes: `["and", a, b, ...]`, `["or", a, b, ...]`,
`["not", a]`, `["=", a, b]` and so for `!= < <= > >=`, `["in", a, [b, ...]]`, `["contains", a, b]`,
`["has", "field"]`, `["+", a, b]`, `["-", a, b]`, `["field", "amount"]`, `["text", "abc"]`, `["days", 14]`,
`["number", 20000]`, where a decimal is a string to stay exact (`["number", "0.5"]`), `["bool", true]`,
`["date", "2026-12-31"]`, `["today"]`.
"""

from __future__ import annotations

import operator
from datetime import date, datetime
from typing import TYPE_CHECKING

from pipecli.domain.fold import fold

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from typing import Any

COMPARISONS = {
    "=": operator.eq,
    "!=": operator.ne,
    "<": operator.lt,
    "<=": operator.le,
    ">": operator.gt,
    ">=": operator.ge,
}
FLIPPED = {"=": "=", "!=": "!=", "<": ">", "<=": ">=", ">": "<", ">=": "<="}
_BINDING = {"or": 1, "and": 2, "not": 3, "+": 5, "-": 5}
_COMPARISON, _SUM, _OPERAND = 4, 5, 6


def evaluate(ast: list[Any], facts: Mapping[str, object], today: date) -> bool | None:
    """Whether the condition holds: True, False, or None where an unset field leaves it unknown.

    Money is compared in major units and exactly. A value of the wrong type answers None, never an error.
    """
    return _truth(ast, facts, today)


def constant(ast: list[Any]) -> bool | None:
    """The answer the condition gives whatever the facts, once they are set; None when it depends on them.

    Bounds on one field joined by `and` that leave no value (`amount > 5 and amount < 3`) answer False.
    """
    return _truth(ast, None, None)


def reads(ast: list[Any]) -> tuple[str, ...]:
    """The names of the fields the condition reads, sorted."""
    return tuple(sorted(_fields(ast)))


def describe(ast: list[Any], labels: Mapping[str, str] | None = None) -> str:
    """The condition as text; without labels, parsing that text gives the condition back."""
    return _written(ast, labels or {}, 0)


def value_of(node: list[Any], facts: Mapping[str, object] | None, today: date | None) -> Any:
    """What an operand is worth: None, a number, a bool, a date, folded text or a tuple of folded tags."""
    kind = node[0]
    if kind == "field":
        return None if facts is None else _fact(facts.get(node[1]))
    if kind == "number":
        return node[1] if isinstance(node[1], int) else _exact(node[1])
    if kind == "text":
        return fold(node[1])
    if kind == "date":
        return date.fromisoformat(node[1])
    if kind == "today":
        return today
    if kind in ("days", "bool"):
        return node[1]
    return _total(kind, value_of(node[1], facts, today), value_of(node[2], facts, today))


def is_set(value: object) -> bool:
    """Whether a fact says anything: None, empty text and empty collections do not."""
    return value is not None and not (hasattr(value, "__len__") and len(value) == 0)


def _truth(node: list[Any], facts: Mapping[str, object] | None, today: date | None) -> bool | None:
    kind = node[0]
    if kind in ("and", "or"):
        return _joined(node, facts, today)
    if kind == "not":
        return _negation(_truth(node[1], facts, today))
    if kind == "has":
        return None if facts is None else is_set(facts.get(node[1]))
    left = value_of(node if kind in ("field", "bool") else node[1], facts, today)
    if kind in ("field", "bool"):
        return bool(left) if left in (0, 1) else None
    if kind == "in":
        return _kleene(
            (_compared("=", left, value_of(item, facts, today)) for item in node[2]), decisive=True
        )
    right = value_of(node[2], facts, today)
    return _contained(left, right) if kind == "contains" else _compared(kind, left, right)


def _joined(node: list[Any], facts: Mapping[str, object] | None, today: date | None) -> bool | None:
    parts = node[1:]
    answer = _kleene((_truth(part, facts, today) for part in parts), decisive=node[0] == "or")
    if answer is None and facts is None and node[0] == "and" and _contradictory(parts):
        return False
    return answer


def _kleene(answers: Iterable[bool | None], *, decisive: bool) -> bool | None:
    """Kleene's `or` when True is decisive, his `and` when False is."""
    result: bool | None = not decisive
    for answer in answers:
        if answer is decisive:
            return decisive
        if answer is None:
            result = None
    return result


def _negation(answer: bool | None) -> bool | None:
    return None if answer is None else not answer


def _compared(comparison: str, left: Any, right: Any) -> bool | None:
    if left is None or right is None:
        return None
    if isinstance(left, tuple) or isinstance(right, tuple):
        return _tagged(comparison, left, right)
    if isinstance(left, str) != isinstance(right, str):
        left, right = _as_date(left), _as_date(right)
    if left is None or right is None or _family(left) is not _family(right):
        return None
    return bool(COMPARISONS[comparison](left, right))


def _tagged(comparison: str, left: Any, right: Any) -> bool | None:
    tags, tag = (left, right) if isinstance(left, tuple) else (right, left)
    if comparison not in ("=", "!=") or not isinstance(tag, str):
        return None
    return (tag in tags) is (comparison == "=")


def _contained(whole: Any, part: Any) -> bool | None:
    return part in whole if isinstance(whole, str | tuple) and isinstance(part, str) else None


def _family(value: Any) -> type:
    """The type whose values compare with this one: text, dates, or else numbers of any kind."""
    return next((family for family in (str, date) if isinstance(value, family)), int)


def _fact(value: Any) -> Any:
    """A fact in the form comparisons want; unset, or of no type the language knows, is None."""
    if not is_set(value):
        return None
    if isinstance(value, int):
        return value
    if isinstance(value, str):
        return fold(value)
    if isinstance(value, date):
        return value.date() if isinstance(value, datetime) else value
    if isinstance(value, tuple | list | set | frozenset):
        return tuple(fold(str(tag)) for tag in value)
    return _exact(repr(value) if isinstance(value, float) else value)


def _exact(value: Any) -> Any:
    from fractions import Fraction

    try:
        return Fraction(value)
    except (TypeError, ValueError, OverflowError):  # what is no number, or is infinite
        return None


def _as_date(value: Any) -> date | None:
    if isinstance(value, date):
        return value
    try:
        return date.fromisoformat(value)
    except (TypeError, ValueError):
        return None


def _total(sign: str, left: Any, right: Any) -> Any:
    if isinstance(left, str):
        left = _as_date(left)
    if isinstance(right, str):
        right = _as_date(right)
    if left is None or right is None or isinstance(left, tuple) or isinstance(right, tuple):
        return None
    if isinstance(left, date) or isinstance(right, date):
        return _date_total(sign, left, right)
    return left + right if sign == "+" else left - right


def _date_total(sign: str, left: Any, right: Any) -> date | int | None:
    if isinstance(left, date) and isinstance(right, date):
        return (left - right).days if sign == "-" else None
    if sign == "+" and isinstance(right, date):
        left, right = right, left
    if not isinstance(left, date) or not isinstance(right, int):
        return None
    ordinal = left.toordinal() + (right if sign == "+" else -right)
    return date.fromordinal(min(max(ordinal, 1), date.max.toordinal()))


def _contradictory(parts: list[Any]) -> bool:
    """Whether bounds on one field leave it no value."""
    lows: dict[tuple[str, type], tuple[Any, bool]] = {}
    highs: dict[tuple[str, type], tuple[Any, bool]] = {}
    for key, comparison, limit in _bounds(parts):
        if comparison in ("=", ">", ">="):
            low = (limit, comparison == ">")
            lows[key] = max(lows.get(key, low), low)
        if comparison in ("=", "<", "<="):
            high = (limit, comparison != "<")
            highs[key] = min(highs.get(key, high), high)
    return any(_leave_nothing(lows[key], highs[key]) for key in lows.keys() & highs.keys())


def _leave_nothing(low: tuple[Any, bool], high: tuple[Any, bool]) -> bool:
    (least, above), (most, reached) = low, high
    return bool(least > most or (least == most and (above or not reached)))


def _bounds(parts: list[Any]) -> Iterable[tuple[tuple[str, type], str, Any]]:
    """Every `field comparison number or date` among conditions that must all hold."""
    for part in parts:
        if part[0] == "and":
            yield from _bounds(part[1:])
        elif part[0] in FLIPPED:
            comparison, left, right = part
            if right[0] == "field":
                comparison, left, right = FLIPPED[comparison], right, left
            limit = value_of(right, None, None)
            if left[0] == "field" and limit is not None and not isinstance(limit, str | bool):
                yield (left[1], _family(limit)), comparison, limit


def _fields(node: list[Any]) -> set[str]:
    if node[0] in ("field", "has"):
        return {node[1]}
    return set().union(*(_fields(child) for child in node if isinstance(child, list)))


def _written(node: list[Any], labels: Mapping[str, str], around: int) -> str:
    """The node as text, in parentheses where what stands around it binds tighter."""
    kind = node[0]
    binding = _BINDING.get(kind, _COMPARISON if kind in ("in", "contains") or kind in FLIPPED else _OPERAND)
    text = _written_bare(node, labels)
    return f"({text})" if binding < around else text


def _written_bare(node: list[Any], labels: Mapping[str, str]) -> str:
    kind = node[0]
    if kind in ("and", "or"):
        return f" {kind} ".join(_written(part, labels, _BINDING[kind] + 1) for part in node[1:])
    if kind == "not":
        if node[1][0] in ("in", "contains"):
            return _written_pair(node[1], labels, f"not {node[1][0]}")
        return f"not {_written(node[1], labels, _BINDING['not'])}"
    if kind == "has":
        return f"has {labels.get(node[1], node[1])}"
    if kind in ("+", "-"):
        return f"{_written(node[1], labels, _SUM)} {kind} {_written(node[2], labels, _OPERAND)}"
    if kind in FLIPPED or kind in ("in", "contains"):
        return _written_pair(node, labels, kind)
    return _written_operand(node, labels)


def _written_pair(node: list[Any], labels: Mapping[str, str], word: str) -> str:
    if node[0] == "in":
        right = f"({', '.join(_written(item, labels, _SUM) for item in node[2])})"
    else:
        right = _written(node[2], labels, _SUM)
    return f"{_written(node[1], labels, _SUM)} {word} {right}"


def _written_operand(node: list[Any], labels: Mapping[str, str]) -> str:
    kind = node[0]
    if kind == "today":
        return "today"
    value = node[1]
    if kind == "field":
        return labels.get(value, value)
    if kind == "bool":
        return "true" if value else "false"
    if kind == "text":
        quote = "'" if '"' in value and "'" not in value else '"'
        return f"{quote}{value.replace(quote, quote * 2)}{quote}"
    return f"{value}d" if kind == "days" else str(value)
