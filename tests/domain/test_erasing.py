"""Where a text names a person, and what is left of it without them."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipecli.domain.erasing import ERASED, Traces, refers
from pipecli.domain.fold import fold

JEANNE = Traces("Jeanne Martin", "jeanne.martin@acme.example", "+33 6 12 34 56 78")
NAMES = st.text(st.sampled_from("abcdéèÎñßØ"), min_size=2, max_size=8)


@pytest.mark.parametrize(
    "text",
    [
        "Spoke with Jeanne Martin",
        "JEANNE  MARTIN says yes",
        "MARTIN, Jeanne",
        "jeanne-martin",
        "Jeanne\nMartin",
        "write to jeanne.martin@acme.example.",
        "From: <Jeanne.Martin@ACME.example>",
        "call 06 12 34 56 78",
        "call +33612345678",
        "tel 0033 (0)6.12.34.56.78",
    ],
)
def test_a_whole_name_an_address_or_a_number_names_a_person_anywhere(text: str) -> None:
    assert JEANNE.in_text(text, own=False)
    assert JEANNE.in_text(text, own=True)


@pytest.mark.parametrize("text", ["call Jeanne", "Mme Martin agrees", "MARTIN's offer"])
def test_a_part_of_the_name_names_them_where_the_opportunity_is_theirs(text: str) -> None:
    assert not JEANNE.in_text(text, own=False)
    assert JEANNE.in_text(text, own=True)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "Martingale for Jeannette",
        "order 061234567812",
        "12 34 56",
    ],
)
def test_what_only_looks_like_them_does_not(text: str) -> None:
    assert not JEANNE.in_text(text, own=False)


@pytest.mark.parametrize("text", ["x.jm@acme.example", "jm@acme.example.org", "jm@acme.examples"])
def test_an_address_that_goes_on_is_another_one(text: str) -> None:
    person = Traces(None, "jm@acme.example", None)
    assert not person.in_text(text, own=True)
    assert person.in_text("to jm@acme.example, and others", own=False)


def test_accents_of_either_kind_are_set_aside() -> None:
    rene = Traces("René Élan", None, None)
    assert rene.in_text("Rene Elan", own=False)
    assert rene.in_text("RENE\u0301 E\u0301LAN", own=False)
    assert rene.without("avec RENE\u0301 E\u0301LAN, lundi") == f"avec {ERASED}, lundi"


def test_one_word_is_no_whole_name() -> None:
    ana = Traces("Ana", None, None)
    assert not ana.in_text("Ana calls back", own=False)
    assert ana.in_text("Ana calls back", own=True)
    assert ana.without("Ana calls back") == "Ana calls back"


def test_nobody_is_known_by_nothing() -> None:
    assert not Traces(None, None, None).in_text("anything", own=True)
    assert not Traces("", " ", "12").in_text("12", own=True)


def test_the_parts_of_an_evidence_are_read_not_their_notation() -> None:
    body = json.dumps({"text": "said by\nJeanne", "form": "note"})
    assert JEANNE.in_content("application/json", body, own=True)
    assert not JEANNE.in_content("application/json", body, own=False)
    assert JEANNE.in_content("text/plain", "Jeanne", own=True)
    assert JEANNE.in_content("application/json", "not JSON: Jeanne", own=True)


def test_a_payload_keeps_its_words_but_for_theirs() -> None:
    payload = {
        "name": "Coaching JEANNE Martin",
        "tags": ["key", "jeanne.martin@acme.example"],
        "amount": 5,
        "changes": {"note": "ask Martin", "phone": "06 12 34 56 78 after nine"},
    }
    assert JEANNE.without(payload) == {
        "name": f"Coaching {ERASED}",
        "tags": ["key", ERASED],
        "amount": 5,
        "changes": {"note": "ask Martin", "phone": f"{ERASED} after nine"},
    }


@given(NAMES, NAMES, st.text(max_size=20), st.text(max_size=20))
def test_nothing_names_them_once_they_are_taken_out(first: str, last: str, before: str, after: str) -> None:
    person = Traces(f"{first} {last}", "x.y@acme.example", None)
    text = f"{before} {first} {last} {after}"
    left = person.without(text)
    assert not person.in_text(left, own=False)
    assert person.in_text(text, own=False)
    assert ERASED in left


@given(st.text(max_size=80))
def test_a_text_that_does_not_name_them_stays_as_it_is(text: str) -> None:
    if not JEANNE.in_text(text, own=False):
        assert JEANNE.without(text) == text


@given(st.text(st.sampled_from("0123456789 .-()+jmartin,'"), max_size=2_000))
def test_no_text_takes_long(text: str) -> None:
    JEANNE.in_text(text, own=True)
    assert fold(JEANNE.without(text)) is not None


@pytest.mark.parametrize(
    "payload, expected",
    [
        ({"contact": 4}, True),
        ({"decision_maker": 4}, True),
        ({"changes": {"contact": 4}}, True),
        ({"people": [9, 4]}, True),
        ({"contact": 5, "changes": {"contact": None}}, False),
        ({"account": 4, "people": "4", "changes": [4]}, False),
    ],
)
def test_who_an_opportunity_is_of_stands_in_its_events(payload: dict[str, Any], expected: bool) -> None:
    assert refers(payload, frozenset({4})) is expected
