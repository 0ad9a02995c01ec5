"""Objects come out of an answer as soon as they are whole, however it is cut and whatever stands around them."""

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipecli.assist.objects import Objects

ONE, TWO = {"section": "said", "text": 'a "b" {c} }'}, {"text": "é\n", "entries": [1, 2]}


def read(*pieces: str) -> list[dict[str, Any]]:
    objects = Objects()
    return [found for piece in pieces for found in objects.add(piece)]


@pytest.mark.parametrize(
    "text",
    [
        f"{json.dumps(ONE)}\n{json.dumps(TWO)}",
        f"```json\n{json.dumps(ONE, indent=2)}\n{json.dumps(TWO)}\n```",
        json.dumps([ONE, TWO]),
        "Here it is: " + json.dumps({"statements": [ONE, TWO]}),
    ],
)
def test_every_common_form_reads_alike(text: str) -> None:
    assert read(text) == [ONE, TWO]
    assert read(*text) == [ONE, TWO]


def test_an_object_is_there_when_it_ends_and_not_before() -> None:
    objects = Objects()
    text = json.dumps(ONE)
    assert not list(objects.add(text[:-1]))
    assert list(objects.add(text[-1])) == [ONE]


@pytest.mark.parametrize("text", ["", "no object", '{"text": "cut', "}", "{" * 10_000 + "}", "[1, 2]"])
def test_what_holds_none_gives_none(text: str) -> None:
    assert read(text) == []


VALUES = st.dictionaries(
    st.text(max_size=4), st.text(max_size=6) | st.integers() | st.booleans() | st.none(), max_size=3
)


@given(st.lists(VALUES, max_size=4), st.integers(1, 9))
def test_objects_come_out_as_they_went_in(values: list[dict[str, Any]], size: int) -> None:
    text = "\n".join(json.dumps(value, ensure_ascii=False) for value in values)
    assert read(*(text[at : at + size] for at in range(0, len(text), size))) == values
