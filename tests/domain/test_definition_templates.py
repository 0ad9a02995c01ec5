"""The templates and the example as shipped, and what becomes of them under careless hands."""

import re
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pipecli import templates
from pipecli.domain.definition import check_definition, compile_definition, definition_differences
from pipecli.domain.pipeline import Pipeline
from pipecli.errors import ConfigError, NotFound

SHIPPED = {name: templates.read(name) for name in templates.names()}


@pytest.mark.parametrize("name", SHIPPED)
def test_a_template_has_no_fault_but_that_it_is_one(name: str) -> None:
    assert check_definition(SHIPPED[name]) == []
    (fault,) = check_definition(SHIPPED[name], SHIPPED)
    assert (fault.line, fault.level, fault.slug) == (None, "warning", "untouched_template")


def test_settings_and_names_do_not_make_a_template_ones_own() -> None:
    toml = SHIPPED["b2b"].replace("@me", "claire").replace('"EUR"', '"CHF"').replace("B2B sales", "Acme")
    assert "untouched_template" in [fault.slug for fault in check_definition(f"# ours\n{toml}", SHIPPED)]


def test_a_question_of_ones_own_makes_it_ones_own() -> None:
    toml = SHIPPED["b2b"].replace("What do they need?", "Which machine do they need?")
    assert check_definition(toml, SHIPPED) == []


def test_roles_that_are_no_table_compare_too() -> None:
    assert "wrong_type" in [fault.slug for fault in check_definition("roles = 1", SHIPPED)]


def test_a_template_that_is_not_shipped() -> None:
    toml = SHIPPED["b2b"].replace("What do they need?", "Which machine?").replace('"b2b"', '"b2c"')
    assert check_definition(toml) == []
    (fault,) = check_definition(toml, SHIPPED)
    assert (fault.line, fault.level, fault.slug) == (10, "warning", "unknown_template")
    assert fault.message == 'no template "b2c": did you mean "b2b"?'


def test_the_example_has_no_fault() -> None:
    example = Path(__file__).parents[2] / "examples" / "pipeline.toml"
    assert check_definition(example.read_text(encoding="utf-8"), SHIPPED) == []


def test_templates_have_the_usual_number_of_stages() -> None:
    counts = {name: len(compile_definition(toml)["stages"]) + 1 for name, toml in SHIPPED.items()}
    assert counts == {"b2b": 5, "pme": 5, "services": 6}


def test_templates_are_described_and_an_unknown_one_is_named() -> None:
    assert all(templates.describe(name) for name in templates.names())
    for call in (templates.read, templates.describe):
        with pytest.raises(NotFound, match='no template "b2c"; the templates are: b2b, pme, services'):
            call("b2c")


SNIPPETS = st.sampled_from(
    [
        *(
            "=",
            "[",
            "]]",
            '"',
            "{",
            "}",
            ",",
            "[[stage]]",
            "[[stage.entry]]",
            "[won]",
            "1",
            "-1",
            "101",
            "true",
        ),
        *(
            "[]",
            "{}",
            "[{}]",
            '""',
            '"stage"',
            '"won"',
            '"none"',
            "nan",
            "2026-01-01",
            "stage=1",
            "key=3",
            "\0",
        ),
        *('"\\u0000"', "é", "probability.min=3", 'when="amount>"', 'stale_when="unproven"', "count=2", "'''"),
    ]
)


@st.composite
def mutated(draw: st.DrawFn) -> str:
    """A template with a few of its words or lines dropped, doubled, swapped or replaced."""
    toml = draw(st.sampled_from(sorted(SHIPPED.values())))
    parts = re.split(draw(st.sampled_from([r"(\n)", r"(\s=\s|\n)", r"(\s+)"])), toml)
    places = st.integers(0, len(parts) - 1)
    for _round in range(draw(st.integers(1, 4))):
        here, there = draw(places), draw(places)
        parts[here] = draw(st.one_of(SNIPPETS, st.sampled_from(["", parts[there], parts[here] * 2])))
    return "".join(parts)


@given(st.text())
def test_no_text_raises(toml: str) -> None:
    assert_consistent(toml)


@settings(max_examples=300, deadline=None)
@given(mutated())
def test_no_mutated_template_raises(toml: str) -> None:
    assert_consistent(toml)


def assert_consistent(toml: str) -> None:
    """Faults are in order and inside the text, and a definition compiles exactly if it has no error."""
    faults = check_definition(toml, SHIPPED)
    assert all(fault.message and fault.slug for fault in faults)
    lines = [fault.line or 0 for fault in faults]
    assert lines == sorted(lines)
    assert all(line <= toml.count("\n") + 1 for line in lines)
    if any(fault.level == "error" for fault in faults):
        with pytest.raises(ConfigError):
            compile_definition(toml)
    else:
        compiled = compile_definition(toml)
        assert Pipeline.from_compiled(1, compiled).stages
        assert definition_differences(compiled, compiled) == []
