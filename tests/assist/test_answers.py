"""An answer of JSON against the shape that was asked for."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipecli.assist.answers import parsed

SHAPE = {"proofs": [{"criterion": "its key", "entry": 0, "sure?": True}], "amount?": "as written"}
PROOF = {"criterion": "need", "entry": 12, "sure": True}


@pytest.mark.parametrize(
    "text, value, dropped",
    [
        ('{"proofs": []}', {"proofs": [], "amount": None}, 0),
        (
            f'```json\n{{"proofs": [{json.dumps(PROOF)}], "amount": "48 k€"}}\n```',
            {"proofs": [PROOF], "amount": "48 k€"},
            0,
        ),
        ('Here it is: {"proofs": [], "amount": null} I hope it helps', {"proofs": [], "amount": None}, 0),
        ('{"proofs": [], "amount": "48\n\u2028k€"}', {"proofs": [], "amount": "48\n\nk€"}, 0),
        ('{"proofs": [], "amount": 48000, "more": 1}', {"proofs": [], "amount": "48000"}, 0),
        (
            '{"proofs": [{"criterion": 5, "entry": "12"}]}',
            {"proofs": [{"criterion": "5", "entry": 12, "sure": None}], "amount": None},
            0,
        ),
        (
            '{"proofs": ["x", {"criterion": "a"}, {"criterion": "a", "entry": 1.5}, {"criterion": null, "entry": 1},'
            ' {"criterion": "a", "entry": true}, {"criterion": "a", "entry": 1, "sure": "yes"}, null,'
            f" {json.dumps(PROOF)}]}}",
            {"proofs": [PROOF], "amount": None},
            7,
        ),
    ],
)
def test_what_fits_is_read(text: str, value: dict[str, Any], dropped: int) -> None:
    assert parsed(text, SHAPE) == (value, dropped)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "no proofs were found",
        '{"proofs": [',
        "{'proofs': []}",
        '{"proofs": {}}',
        '{"proofs": null}',
        '{"amount": "48 k€"}',
        '{"proofs": [], "amount": {"value": 1}}',
        '{"proofs": [], "amount": true}',
        '{"proofs": ' + "[" * 100_000,
        '{"proofs": ' + "9" * 10_000 + "}",
    ],
)
def test_what_does_not_fit_is_nothing(text: str) -> None:
    found = parsed(text, SHAPE)
    assert found is None


@given(
    st.recursive(
        st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
        lambda inner: (
            st.lists(inner)
            | st.dictionaries(st.sampled_from(["proofs", "criterion", "entry", "sure", "amount"]), inner)
        ),
    )
)
def test_whatever_is_answered_what_is_read_has_the_shape(value: object) -> None:
    found = parsed(json.dumps(value), SHAPE)
    if found is None:
        return
    read, dropped = found
    assert set(read) == {"proofs", "amount"} and dropped >= 0
    assert read["amount"] is None or isinstance(read["amount"], str)
    for proof in read["proofs"]:
        assert isinstance(proof["criterion"], str) and type(proof["entry"]) is int
        assert proof["sure"] in (None, True, False)
