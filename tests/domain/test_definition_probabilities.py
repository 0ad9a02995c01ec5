"""Probabilities changed in the text of a definition, and nothing else."""

import tomllib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipecli import templates
from pipecli.domain.definition import compile_definition
from pipecli.domain.definition_probabilities import probability_bounds, with_probabilities

SHIPPED = [templates.read(name) for name in templates.names()]

EVERY_FORM = """\
# probability = 1
[[stage]]
key = "a" # probability = 2
probability = 10 # was 1_0
name = "probability = 3"

[[stage]]
probability = { min = 5, default = 0x14, max = 30 }
key = "b"

[[stage]]
key = "c"
probability.default = 25
probability.max = 40

[[stage]]
key = "d"
proves = '''
probability = 4'''
  [stage.probability]
  min = 50
  default = 1_0_0 # sure
"""


def test_every_form_keeps_its_comments_and_layout() -> None:
    changed = with_probabilities(EVERY_FORM, {"a": 11, "b": 22, "c": 33, "d": 100})
    assert changed == (
        EVERY_FORM.replace("probability = 10 #", "probability = 11 #")
        .replace("0x14", "22")
        .replace("default = 25", "default = 33")
        .replace("1_0_0", "100")
    )


def test_the_bounds_are_those_written_down_and_short_of_certain_otherwise() -> None:
    assert probability_bounds(EVERY_FORM) == {"a": (1, 99), "b": (5, 30), "c": (1, 40), "d": (50, 100)}


@pytest.mark.parametrize(("now", "bounds"), [(0, (0, 99)), (100, (1, 100)), (50, (1, 99))])
def test_what_stands_there_is_always_allowed(now: int, bounds: tuple[int, int]) -> None:
    assert probability_bounds(f"[[stage]]\nkey = 'a'\nprobability = {now}\n") == {"a": bounds}


def test_stages_in_a_line_and_line_ends_of_another_system() -> None:
    toml = "\ufeffstage = [{ key = 'a', probability = 1 },\r\n  { key = 'b', probability = { default = 2 } }]\r\n"
    assert with_probabilities(toml, {"a": 10, "b": 20}) == toml.replace("= 1 ", "= 10 ").replace(
        "= 2 ", "= 20 "
    )


@given(st.sampled_from(SHIPPED), st.lists(st.integers(0, 100), min_size=5, max_size=5))
def test_only_the_probabilities_differ(toml: str, percents: list[int]) -> None:
    stages = tomllib.loads(toml)["stage"]
    wanted = {stage["key"]: percent for stage, percent in zip(stages, percents, strict=False)}
    changed = with_probabilities(toml, wanted)
    document = tomllib.loads(changed)
    assert {stage["key"]: _default(stage) for stage in document["stage"]} == {
        stage["key"]: wanted.get(stage["key"], _default(stage)) for stage in stages
    }
    for stage, before in zip(document["stage"], stages, strict=True):
        stage["probability"] = before["probability"]
    assert document == tomllib.loads(toml)
    assert len(changed.splitlines()) == len(toml.splitlines())


def _default(stage: dict[str, object]) -> object:
    probability = stage["probability"]
    return probability["default"] if isinstance(probability, dict) else probability


def test_the_changed_text_compiles() -> None:
    (stage, *_rest) = compile_definition(with_probabilities(SHIPPED[0], {"lead": 7}))["stages"]
    assert (stage["probability"], stage["probability_min"], stage["probability_max"]) == (7, 7, 7)
