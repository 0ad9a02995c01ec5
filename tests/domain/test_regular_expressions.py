"""No regular expression of the program takes exponential time, whatever text it is given."""

import importlib
import pkgutil
import re
from typing import Any

import pytest

import pipecli

try:
    from re import _constants as constants  # type: ignore[attr-defined]
    from re import _parser as parser  # type: ignore[attr-defined]
except ImportError:  # another Python keeps them elsewhere
    pytest.skip("how this Python parses expressions is not known", allow_module_level=True)

MANY = 50
# A repetition in a repetition, where each round begins with a mark that the one inside cannot hold.
DELIMITED = {
    r"[a-z0-9_+-]+(?:\.[a-z0-9_+-]+)*",
    r"[a-z0-9](?:[a-z0-9-]*[a-z0-9])?(?:\.[a-z0-9](?:[a-z0-9-]*[a-z0-9])?)*",
    r",(?=(?:[^\"]*\"[^\"]*\")*[^\"]*$)",
    r"""\bpipe(?: (?:"[^"]*"|'[^']*'|[^\s;:,()"'])+)+""",
    rb"\A\s*((?:[A-Za-z][A-Za-z0-9-]*:[^\n]*\n(?:[ \t][^\n]*\n)*)+)",
}


def depth(items: Any) -> int:
    """How deep repetitions without a near end stand in each other."""
    deepest = 0
    for kind, what in items:
        if kind in (constants.MAX_REPEAT, constants.MIN_REPEAT):
            _least, most, inner = what
            deepest = max(deepest, depth(inner) + (most >= MANY))
        elif kind is constants.SUBPATTERN:
            deepest = max(deepest, depth(what[3]))
        elif kind is constants.BRANCH:
            deepest = max(deepest, *(depth(way) for way in what[1]))
        elif kind in (constants.ASSERT, constants.ASSERT_NOT):
            deepest = max(deepest, depth(what[1]))
        elif kind is constants.GROUPREF_EXISTS:
            deepest = max(deepest, *(depth(way) for way in what[1:] if way))
    return deepest


def expressions() -> dict[str, "re.Pattern[Any]"]:
    """Every expression that a module keeps, by where."""
    found = {}
    for module in pkgutil.walk_packages(pipecli.__path__, "pipecli."):
        if not module.name.endswith("__main__"):
            for name, value in vars(importlib.import_module(module.name)).items():
                if isinstance(value, re.Pattern):
                    found[f"{module.name}.{name}"] = value
    return found


def test_the_depth_of_an_expression() -> None:
    assert [depth(parser.parse(p)) for p in ("a+", "(a+)+", "(a|b*)*c", "a{3}(b{2}c)*", "(?=(x*)*)")] == [
        1, 2, 2, 1, 2,
    ]  # fmt: skip


def test_no_repetition_stands_in_a_repetition_without_a_mark_between() -> None:
    found = expressions()
    assert len(found) > 80
    deep = {where for where, e in found.items() if depth(parser.parse(e.pattern, e.flags & ~re.UNICODE)) > 1}
    assert {found[where].pattern for where in deep} <= DELIMITED, deep


@pytest.mark.parametrize(
    "unit", ["a", "1 ", '"', '",', " ", "\n", "a: b\n", "-", "A-", "<a ", "a@", "1.", "I will "]
)
def test_every_expression_ends(unit: str) -> None:
    """Of an exponential one nobody would see the end."""
    for expression in expressions().values():
        text: Any = unit * 200 + "\0"
        if isinstance(expression.pattern, bytes):
            text = text.encode()
        assert len(list(expression.finditer(text))) <= len(text) + 1
