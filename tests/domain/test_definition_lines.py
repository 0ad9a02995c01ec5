"""The line map: every path of a document, and the line where it stands."""

import json
import tomllib
from collections.abc import Iterator
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipecli import templates
from pipecli.domain.definition_lines import Path, line_map, value_places

TORTURE = '''\
# comment with [brackets] and "quotes
a = 1 # = 2
b.c."d.e" = """x
[[no.header]]
key = 1""" # "
'q=1' = \'\'\'a
\'\'\'\'\'
list = [ # [
  1, [2,
  3], { x = 1, y.z = [ "]" ] }, # }
  2024-01-01T00:00:00.123,

  "last",
]
empty = {}
none = []
[t."u\\u0041"] # header
k = -1.5e3
"" = "\\"[["

[[s]]
key = "a"
  [[s.x]]
  k = """"q""\\""""""
[[s]]
  [[s.x]]
  [[ s . "x" ]]
  p = { default = 1, min = 2 }
  [s.x.sub]
  z = 1979-05-27 07:32:00
[deep.er]
[deep]
'''

TORTURE_LINES = {
    ("a",): 2,
    ("b",): 3,
    ("b", "c"): 3,
    ("b", "c", "d.e"): 3,
    ("q=1",): 6,
    ("list",): 8,
    ("list", 0): 9,
    ("list", 1): 9,
    ("list", 1, 0): 9,
    ("list", 1, 1): 10,
    ("list", 2): 10,
    ("list", 2, "x"): 10,
    ("list", 2, "y"): 10,
    ("list", 2, "y", "z"): 10,
    ("list", 2, "y", "z", 0): 10,
    ("list", 3): 11,
    ("list", 4): 13,
    ("empty",): 15,
    ("none",): 16,
    ("t",): 17,
    ("t", "uA"): 17,
    ("t", "uA", "k"): 18,
    ("t", "uA", ""): 19,
    ("s",): 21,
    ("s", 0): 21,
    ("s", 0, "key"): 22,
    ("s", 0, "x"): 23,
    ("s", 0, "x", 0): 23,
    ("s", 0, "x", 0, "k"): 24,
    ("s", 1): 25,
    ("s", 1, "x"): 26,
    ("s", 1, "x", 0): 26,
    ("s", 1, "x", 1): 27,
    ("s", 1, "x", 1, "p"): 28,
    ("s", 1, "x", 1, "p", "default"): 28,
    ("s", 1, "x", 1, "p", "min"): 28,
    ("s", 1, "x", 1, "sub"): 29,
    ("s", 1, "x", 1, "sub", "z"): 30,
    ("deep",): 31,
    ("deep", "er"): 31,
}


def paths(value: Any, path: Path = ()) -> Iterator[Path]:
    """Every path of a parsed document."""
    held = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for name, inner in held:
        yield (*path, name)
        yield from paths(inner, (*path, name))


def test_the_line_map_follows_every_form_of_toml() -> None:
    assert set(paths(tomllib.loads(TORTURE))) == set(TORTURE_LINES)
    assert line_map(TORTURE) == TORTURE_LINES


@pytest.mark.parametrize("name", templates.names())
def test_the_line_map_covers_a_template(name: str) -> None:
    toml = templates.read(name)
    lines = line_map(toml)
    assert set(lines) == set(paths(tomllib.loads(toml)))
    keys = {
        path: line for path, line in lines.items() if path[-1] in ("ask", "when", "probability", "proves")
    }
    assert all(toml.split("\n")[line - 1].strip().startswith(f"{path[-1]} =") for path, line in keys.items())


WORDS = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\x7f"), max_size=6)
SCALARS = st.one_of(
    st.integers(-9, 9).map(str),
    st.booleans().map(lambda b: str(b).lower()),
    WORDS.map(json.dumps),
    st.just("'#'"),
)
SPACES = st.sampled_from(["", " ", "\n", " # ] } ,\n"])


@st.composite
def arrays(draw: st.DrawFn, inner: st.SearchStrategy[str]) -> str:
    parts = [draw(SPACES) + part + draw(SPACES) for part in draw(st.lists(inner, max_size=3))]
    return f"[{','.join(parts)}]"


def inline_tables(inner: st.SearchStrategy[str]) -> st.SearchStrategy[str]:
    pairs = st.dictionaries(WORDS.map(json.dumps), inner, max_size=3)
    return pairs.map(lambda table: "{" + ", ".join(f"{key} = {value}" for key, value in table.items()) + "}")


VALUES = st.recursive(SCALARS, lambda inner: st.one_of(arrays(inner), inline_tables(inner)), max_leaves=8)


@given(st.lists(st.tuples(st.sampled_from(["", "[t{n}]\n", "[[u]]\n", "[u.v{n}]\n"]), VALUES), max_size=6))
def test_the_line_map_has_exactly_the_paths_of_the_document(parts: list[tuple[str, str]]) -> None:
    toml = "".join(f"{header.format(n=n)}key{n} = {value}\n" for n, (header, value) in enumerate(parts))
    try:
        document = tomllib.loads(toml)
    except tomllib.TOMLDecodeError:
        return
    assert set(line_map(toml)) == set(paths(document))


def scalars(value: Any, path: Path = ()) -> Iterator[tuple[Path, Any]]:
    """Every value that is no array and no table, by path."""
    if isinstance(value, dict | list):
        held = value.items() if isinstance(value, dict) else enumerate(value)
        for name, inner in held:
            yield from scalars(inner, (*path, name))
    else:
        yield path, value


@pytest.mark.parametrize("toml", [TORTURE, *map(templates.read, templates.names())])
def test_the_place_of_a_value_holds_it_and_nothing_else(toml: str) -> None:
    found = {
        path: tomllib.loads(f"value = {toml[start:end]}")["value"]
        for path, (start, end) in value_places(toml).items()
    }
    assert found == dict(scalars(tomllib.loads(toml)))
