"""The language of conditions: text in, the nested lists of `condition` out, or an error that says where.

Only what reads typed conditions loads this module: the check of a pipeline definition, and `--where`.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from contextlib import suppress
from datetime import date
from decimal import Decimal
from typing import Any, NamedTuple, NoReturn
from unicodedata import category, normalize

from pipecli.errors import InvalidInput
from pipecli.text import _

LONGEST = 2_000
DEEPEST = 50
RESERVED = frozenset(["and", "or", "not", "in", "contains", "has", "today", "true", "false", "yes", "no"])
"""Words, in any case, that cannot be the name of a field."""

_COMPARISONS = ("=", "==", "!=", "<", "<=", ">", ">=")
_ORDERINGS = ("<", "<=", ">", ">=")
_CONSTANTS: dict[str, tuple[str, list[Any]]] = {
    "today": ("date", ["today"]),
    **dict.fromkeys(("true", "yes"), ("bool", ["bool", True])),
    **dict.fromkeys(("false", "no"), ("bool", ["bool", False])),
}
_UNITS = {"d": 1, "w": 7, "m": 30, "y": 365}
_MOST_DAYS = 99_999
_MOST_DIGITS = 15  # what a double holds exactly, so that every database reads the same number
_LARGEST = 10**14
_TOKEN = re.compile(
    r"""\s*+(?:
      (?P<date>[0-9]{4}-[0-9]++-[\w-]*+)
    | (?P<number>[0-9][\w.]*+)
    | (?P<word>(?i:today)(?=-[0-9]) | [^\W\d][\w\u0300-\u036f]*+(?:-[\w\u0300-\u036f]++)*+)
    | (?P<text>"(?:[^"]|"")*+" | '(?:[^']|'')*+')
    | (?P<symbol>==|!=|<=|>=|[=<>()\[\],+-])
    | (?P<end>\Z))""",
    re.VERBOSE,
)
_NUMBER = re.compile(r"([0-9]++(?:\.[0-9]++)?)(k?)")
_DURATION = re.compile(r"([0-9]++)([dwmy])")
_FAMILIES = {"choice": "text", "money": "number"}  # every other type is a family of its own
_TOTALS = {
    ("-", "date", "date"): "days",
    ("+", "date", "days"): "date",
    ("-", "date", "days"): "date",
    ("+", "days", "date"): "date",
}
_UNCOUNTABLE = {"text", "tags", "bool"}


class _Token(NamedTuple):
    kind: str
    text: str
    position: int

    def says(self, *words: str) -> bool:
        return self.kind in ("word", "symbol") and self.text.lower() in words


class _Term(NamedTuple):
    """A part already read; `bare` is how it was typed when that is one word or number without quotes.

    `type` is that of a field, or `days`, `condition`, `word` (a name not yet read as a field or as text),
    `any` (a field of unknown type), `total` (a sum of such fields).
    """

    node: list[Any]
    type: str
    position: int
    bare: str | None = None
    height: int = 0


def parse(text: str, types: Mapping[str, str] | None = None) -> list[Any]:
    """The condition the text says; `types` gives each known field's type and makes other fields an error.

    Types are text, number, money, date, choice, bool, tags. InvalidInput has `position` (from 0) and `text`.
    """
    return _Parser(text, types).condition()


class _Parser:
    """One pass over the tokens, one method per level of binding."""

    def __init__(self, text: str, types: Mapping[str, str] | None) -> None:
        self._text = text
        self._types = None if types is None else {_field_name(name): kind for name, kind in types.items()}
        self._depth = 0
        self._tokens = _tokens(text)
        self._token = next(self._tokens)
        self._following = next(self._tokens, self._token)

    def condition(self) -> list[Any]:
        term = self._chain("or")
        if self._token.kind != "end":
            self._expected(_('"and", "or" or the end'))
        return self._as_condition(term).node

    def _advance(self) -> _Token:
        token = self._token
        self._token = self._following
        self._following = next(self._tokens, self._following)
        return token

    def _fail(self, position: int, problem: str, **detail: Any) -> NoReturn:
        raise _invalid(self._text, position, problem, **detail)

    def _expected(self, wanted: str) -> NoReturn:
        token = self._token
        found = _("the end") if token.kind == "end" else f'"{token.text}"'
        self._fail(token.position, _("expected {wanted}, found {found}").format(wanted=wanted, found=found))

    def _deepen(self) -> _Token:
        self._depth += 1
        self._check_depth(self._depth, self._token.position)
        return self._advance()

    def _check_depth(self, depth: int, position: int) -> None:
        if depth > DEEPEST:
            self._fail(position, _("more than {n} levels inside one another").format(n=DEEPEST))

    def _built(self, node: list[Any], kind: str, position: int, *parts: _Term) -> _Term:
        height = 1 + max(part.height for part in parts)
        self._check_depth(height, position)
        return _Term(node, kind, parts[0].position, None, height)

    def _chain(self, word: str) -> _Term:
        """Terms joined by `or`, or within those by `and`."""
        read: Callable[[], _Term] = self._not if word == "and" else lambda: self._chain("and")
        first = read()
        if not self._token.says(word):
            return first
        position, parts = self._token.position, [self._as_condition(first)]
        while self._token.says(word):
            self._advance()
            parts.append(self._as_condition(read()))
        return self._built([word, *(part.node for part in parts)], "condition", position, *parts)

    def _not(self) -> _Term:
        if not self._token.says("not"):
            return self._comparison()
        position = self._deepen().position
        term = self._as_condition(self._not())
        self._depth -= 1
        return self._built(["not", term.node], "condition", position, term)

    def _comparison(self) -> _Term:
        if self._token.says("has"):
            return self._has()
        left = self._sum()
        negated = self._token.says("not") and self._following.says("in", "contains")
        if negated:
            self._advance()
        if not self._token.says("in", "contains", *_COMPARISONS):
            return left
        left, token = self._as_value(left), self._advance()
        if token.says("in"):
            term = self._in(left, token.position)
        elif token.says("contains"):
            term = self._contains(left, token.position)
        else:
            comparison = "=" if token.text == "==" else token.text
            right = self._compared(left, comparison, token.position)
            term = self._built([comparison, left.node, right.node], "condition", token.position, left, right)
        return self._built(["not", term.node], "condition", term.position, term) if negated else term

    def _has(self) -> _Term:
        position = self._advance().position
        if self._token.kind != "word" or self._token.text.lower() in RESERVED:
            self._expected(_("the name of a field"))
        token = self._advance()
        field = self._as_value(_Term([], "word", token.position, token.text))
        return _Term(["has", field.node[1]], "condition", position, None, 1)

    def _in(self, left: _Term, position: int) -> _Term:
        if not self._token.says("(", "["):
            self._expected(_('"(" or "["'))
        closing = ")" if self._advance().text == "(" else "]"
        items = [self._compared(left, "=", position)]
        while self._token.says(","):
            self._advance()
            items.append(self._compared(left, "=", position))
        if not self._token.says(closing):
            self._expected(_('"," or "{closing}"').format(closing=closing))
        self._advance()
        return self._built(["in", left.node, [i.node for i in items]], "condition", position, left, *items)

    def _contains(self, left: _Term, position: int) -> _Term:
        if _family(left) not in ("text", "tags", "any"):
            self._refuse_operator("contains", left, position)
        right = self._beside(left, self._sum(), "contains")
        if _family(right) not in ("text", "any"):
            self._fail(right.position, _("expected text, found {found}").format(found=_type_name(right)))
        return self._built(["contains", left.node, right.node], "condition", position, left, right)

    def _compared(self, left: _Term, comparison: str, position: int) -> _Term:
        """The right-hand side of a comparison, once it is known to compare with the left."""
        right = self._beside(left, self._sum(), comparison)
        families = {_family(left), _family(right)}
        if comparison in _ORDERINGS and families & _UNCOUNTABLE:
            self._refuse_operator(comparison, left if _family(left) in _UNCOUNTABLE else right, position)
        same = len(families) == 1 and families != {"tags"}
        open_ended = "any" in families or ("total" in families and not families & _UNCOUNTABLE)
        if not same and not open_ended and families != {"text", "tags"}:
            names = {"left": _type_name(left), "right": _type_name(right)}
            self._fail(right.position, _("cannot compare {left} with {right}").format(**names))
        return right

    def _sum(self) -> _Term:
        left = self._operand()
        while self._token.says("+", "-"):
            left, token = self._as_value(left), self._advance()
            right = self._as_value(self._operand())
            kind = self._total_type(token, left, right)
            left = self._built([token.text, left.node, right.node], kind, token.position, left, right)
        return left

    def _total_type(self, sign: _Token, left: _Term, right: _Term) -> str:
        families = (_family(left), _family(right))
        if families in (("number", "number"), ("days", "days")):
            return "money" if "money" in (left.type, right.type) else families[0]
        if {"any", "total"}.intersection(families) and not _UNCOUNTABLE.intersection(families):
            return "total"
        if (sign.text, *families) not in _TOTALS:
            names = {"sign": sign.text, "left": _type_name(left), "right": _type_name(right)}
            self._fail(sign.position, _('"{sign}" does not apply to {left} and {right}').format(**names))
        return _TOTALS[sign.text, *families]

    def _operand(self) -> _Term:
        token, lowered = self._token, self._token.text.lower()
        if token.says("("):
            return self._parenthesis()
        if token.kind == "number" or (token.says("-") and self._following.kind == "number"):
            return self._quantity()
        if token.kind not in ("word", "text", "date") or token.says(*(RESERVED - _CONSTANTS.keys())):
            self._expected(_("a value"))
        self._advance()
        if token.kind == "word" and lowered in _CONSTANTS:
            kind, node = _CONSTANTS[lowered]
            return _Term([*node], kind, token.position, token.text)
        if token.kind == "word":
            return _Term([], "word", token.position, token.text)
        if token.kind == "date":
            return self._date(token)
        quote = token.text[0]
        return _Term(["text", token.text[1:-1].replace(quote * 2, quote)], "text", token.position)

    def _parenthesis(self) -> _Term:
        self._deepen()
        term = self._chain("or")
        if not self._token.says(")"):
            self._expected('")"')
        self._advance()
        self._depth -= 1
        return term

    def _quantity(self) -> _Term:
        position = self._token.position
        sign = self._advance().text if self._token.says("-") else ""
        token = self._advance()
        lowered, bare = token.text.lower(), f"{sign}{token.text}"
        if match := _DURATION.fullmatch(lowered):
            days = int(match[1]) * _UNITS[match[2]]
            if days > _MOST_DAYS:
                self._fail(token.position, _("the duration is too long"))
            return _Term(["days", -days if sign else days], "days", position, bare)
        if match := _NUMBER.fullmatch(lowered):
            number = _exact_number(f"{sign}{match[1]}", bool(match[2]))
            if number is None:
                self._fail(token.position, _("the number is too large or too precise"))
            return _Term(["number", number], "number", position, bare)
        problem = _('"{text}" is not a number, a duration (14d, 2w, 3m, 1y) or a date (2026-12-31)')
        self._fail(token.position, problem.format(text=token.text))

    def _date(self, token: _Token) -> _Term:
        with suppress(ValueError):
            if date.fromisoformat(token.text).isoformat() == token.text:
                return _Term(["date", token.text], "date", token.position, token.text)
        self._fail(token.position, _('"{text}" is not a date, such as 2026-12-31').format(text=token.text))

    def _as_value(self, term: _Term) -> _Term:
        if term.type == "condition":
            self._fail(term.position, _("expected a value, found a condition"))
        return self._as_field(term) if term.type == "word" else term

    def _as_condition(self, term: _Term) -> _Term:
        term = self._as_field(term) if term.type == "word" else term
        if term.type not in ("condition", "bool", "any"):
            found = _type_name(term)
            self._fail(term.position, _("expected a condition, found only {found}").format(found=found))
        return term

    def _as_field(self, term: _Term) -> _Term:
        name = _field_name(term.bare or "")
        if self._types is None:
            return term._replace(node=["field", name], type="any", bare=None)
        if name not in self._types:
            self._unknown_field(term.bare or "", name, term.position)
        return term._replace(node=["field", name], type=self._types[name], bare=None)

    def _unknown_field(self, typed: str, name: str, position: int) -> NoReturn:
        from difflib import get_close_matches

        known = self._types or {}
        close = get_close_matches(name, known, n=1)
        problem = _('unknown field "{field}"')
        if _field_name(typed.partition("-")[0]) in known:
            problem = _('unknown field "{field}": put spaces around "-" to subtract')
        elif close:
            problem = _('unknown field "{field}": did you mean "{close}"?')
        problem = problem.format(field=typed, close="".join(close))
        self._fail(position, problem, field=name, suggestions=close)

    def _beside(self, left: _Term, right: _Term, comparison: str) -> _Term:
        """The right-hand term, a bare word being a field or text according to what stands on the left."""
        is_field = right.type == "word" and _field_name(right.bare or "") in (self._types or ())
        loose = right.type == "word" and left.type == "any" and comparison not in _ORDERINGS
        takes_text = loose or comparison == "contains" or _family(left) in ("text", "tags")
        if right.bare is None or is_field or not takes_text:
            return self._as_value(right)
        return right._replace(node=["text", right.bare], type="text", bare=None)

    def _refuse_operator(self, word: str, term: _Term, position: int) -> NoReturn:
        self._fail(position, _('"{word}" does not apply to {type}').format(word=word, type=_type_name(term)))


def _tokens(text: str) -> Iterator[_Token]:
    """The tokens, the last of kind `end`; text too long or with control characters is refused first."""
    if len(text) > LONGEST:
        raise _invalid(text, LONGEST, _("longer than {n:,} characters").format(n=LONGEST))
    for position, character in enumerate(text):
        if category(character) in ("Cc", "Cs") and character not in "\t\n\r":
            raise _invalid(text, position, _("a control character"))
    position, kind = 0, ""
    while kind != "end":
        match = _TOKEN.match(text, position)
        if match is None:
            raise _unreadable(text, len(text) - len(text[position:].lstrip()))
        kind = match.lastgroup or ""
        yield _Token(kind, match[kind], match.start(kind))
        position = match.end()


def _unreadable(text: str, position: int) -> InvalidInput:
    if text[position] in "\"'":
        return _invalid(text, position, _("the quotation mark is never closed"))
    problem = _('unexpected character "{character}": put text in quotes').format(character=text[position])
    return _invalid(text, position, problem)


def _invalid(text: str, position: int, problem: str, **detail: Any) -> InvalidInput:
    message = _('in "{text}", at character {n}: {problem}').format(
        text=_excerpt(text, position), n=position + 1, problem=problem
    )
    return InvalidInput(message, position=position, text=text, **detail)


def _excerpt(text: str, position: int) -> str:
    """The text around the position, on one line and without control characters."""
    start, stop = (0, len(text)) if len(text) <= 100 else (max(position - 50, 0), position + 50)
    shown = "".join(c if c.isprintable() else " " for c in text[start:stop])
    return ("…" if start else "") + shown + ("…" if stop < len(text) else "")


def _field_name(name: str) -> str:
    return normalize("NFC", name).replace("-", "_")


def _exact_number(digits: str, thousands: bool) -> int | str | None:
    """The number as an integer, or as a decimal string if it is none; None beyond what is supported."""
    number = Decimal(digits) * (1000 if thousands else 1)
    if abs(number) >= _LARGEST or len(digits.strip("-0.").replace(".", "")) > _MOST_DIGITS:
        return None
    plain = format(number.normalize(), "f")
    return plain if "." in plain else int(plain)


def _family(term: _Term) -> str:
    return _FAMILIES.get(term.type, term.type)


def _type_name(term: _Term) -> str:
    names = {
        "text": _("text"),
        "choice": _("a choice"),
        "number": _("a number"),
        "money": _("an amount of money"),
        "date": _("a date"),
        "days": _("a duration"),
        "bool": _("yes or no"),
        "tags": _("tags"),
    }
    return names.get(term.type, _("a value"))
