"""Where a text names a person, and what is left of it without them."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipecli.domain import events as ev
from pipecli.domain.erased_rows import ERASED
from pipecli.domain.erasing import Traces, has_number, refers, without_numbers, written
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
    assert rene.without("avec RENE\u0301 E\u0301LAN, lundi", own=False) == f"avec {ERASED}, lundi"


def test_one_word_is_no_whole_name() -> None:
    ana = Traces("Ana", None, None)
    assert not ana.in_text("Ana calls back", own=False)
    assert ana.in_text("Ana calls back", own=True)
    assert ana.without("Ana calls back", own=False) == "Ana calls back"
    assert ana.without("Ana calls back", own=True) == f"{ERASED} calls back"


@pytest.mark.parametrize(
    "text, left",
    [
        ("her mobile: 06 98 76 54 32, mornings", "her mobile: [erased], mornings"),
        ("+49 (0)89 123456-0", "[erased]"),
        ("Tel.: 555 12 34", "Tel.: [erased]"),
        ("电话 5551 2345", "电话 [erased]"),
        ("(555) 123-4567 ask for him", "[erased] ask for him"),
        ("call Jeanne: 06 12 34 56 78", "call Jeanne: 06 12 34 56 78"),
        (
            "order 2026-0012, 48 000 EUR, 02.03.2026 at 10:30",
            "order 2026-0012, 48 000 EUR, 02.03.2026 at 10:30",
        ),
    ],
)
def test_a_phone_number_is_known_by_its_shape(text: str, left: str) -> None:
    assert without_numbers({"note": [text]}, [JEANNE]) == {"note": [left]}
    assert has_number("text/plain", text) is (left != text or "Jeanne" in text)


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
    assert JEANNE.without(payload, own=False) == {
        "name": f"Coaching {ERASED}",
        "tags": ["key", ERASED],
        "amount": 5,
        "changes": {"note": "ask Martin", "phone": f"{ERASED} after nine"},
    }


@pytest.mark.parametrize(
    "name, text, left",
    [
        ("Zendaya", "Zendaya's tour", "[erased]'s tour"),
        ("Zendaya", "请给Zendaya打电话", "请给[erased]打电话"),
        ("王伟", "今天给王伟打电话", "今天给[erased]打电话"),
        ("王伟", "王总说可以，小王也说可以，国王不说", "[erased]总说可以，小[erased]也说可以，国王不说"),
        ("欧阳小明", "欧阳先生和小明", "[erased]先生和[erased]"),
        ("田中 太郎", "田中太郎さんに電話、田中さん", "[erased]さんに電話、[erased]さん"),
        ("김철수", "김철수님, 김 부장, 철수", "[erased]님, 김 부장, [erased]"),
        ("王伟 (Wei Wang)", "Wang says 王伟", "[erased] says [erased]"),
        (
            "Bo Li",
            "Bo said yes; Mr Li agreed, bowling likely",
            "[erased] said yes; Mr [erased] agreed, bowling likely",
        ),
        ("Dr. Eva Popescu", "call Popescu", "call [erased]"),
        ("Mme Martin", "Mme Martin says Mme Durand pays", "Mme [erased] says Mme Durand pays"),
        (
            "Ana Silva",
            "Coaching for Ana, contract_ana_silva.eml",
            "Coaching for [erased], contract_[erased].eml",
        ),
        ("Ana Silva", "ana", "[erased]"),
        ("Ana Silva", "Banana Silvaner", "Banana Silvaner"),
        ("Jeanne Martin", "Jeannes Chef", "[erased] Chef"),
        ("Conor O'Brien", "OBrien, O'Brien and Brien", "[erased], [erased] and [erased]"),
        ("Jürgen Groß", "Gross and Juergen", "[erased] and [erased]"),
        ("Søren Kjær", "soren KJAER", "[erased]"),
        ("Иван Петров", "позвонить Ивану, письмо Петрову", "позвонить [erased], письмо [erased]"),
        ("محمد المصري", "ومحمد، بمحمد", "و[erased]، ب[erased]"),
        ("Ursula von der Tann", "Der Preis der Firma von Frau Tann", "Der Preis der Firma von Frau [erased]"),
        ("Will May", "we will see them in may, or in May 2026", "we will see them in may, or in May 2026"),
        ("Will May", "Will agreed, Mr May too, WILL MAY", "[erased] agreed, Mr [erased] too, [erased]"),
        ("He Li", "He said that he pays, Mr. He", "He said that he pays, [erased]"),
        ("Don Draper", "Don and draper", "[erased] and [erased]"),
        ("J. R. Smith", "j, r and smith", "j, r and [erased]"),
        ("Ana Silva (Acme)", "Ana Silva of Acme", "[erased] of Acme"),
        ('Robert "Bob" Smith', "Bob, Robert Smith", "[erased], [erased]"),
        ("(Acme)", "Acme", "[erased]"),
    ],
)
def test_names_of_all_scripts_in_their_own_opportunity(name: str, text: str, left: str) -> None:
    person = Traces(name, None, None)
    assert person.in_text(text, own=True) is (text != left)
    assert person.without(text, own=True) == left


@pytest.mark.parametrize(
    "name, text, expected",
    [
        ("Dr. Eva Popescu", "call Eva Popescu", True),
        ("Prof. Dr. Ana-Maria Popescu", "Popescu, Ana-Maria", True),
        ("Dott.ssa Chiara Verdi", "Chiara Verdi", True),
        ("Herr Dipl.-Ing. Max Kern", "max kern", True),
        ("M. Pierre Dupont", "Pierre Dupont", True),
        ("Eva Popescu, PhD", "Eva Popescu", True),
        ("Dr. Popescu", "Popescu", False),
        ("Mr Li", "Mr Li", False),
        ("John Q. Public", "John Public", True),
        ("Ursula von der Tann", "von der Tann, Ursula", True),
        ("Ursula von der Tann", "von der Tann", False),
        ("Ana García López", "GARCIA LOPEZ, Ana", True),
        ("Ana Silva", "https://example.org/in/anasilva-2", True),
        ("Bo Li", "the boli is boiling", False),
        ("王伟", "今天给王伟打电话", True),
        ("田中太郎", "田中太郎さん", True),
        ("田中", "田中さん", False),
        ("さくら", "さくらさん", False),
        ("김철수", "김철수님께", True),
        ("Иван Петров", "с Иваном Петровым", True),
        ("Сергей Достоевский", "от Сергея Достоевского", True),
        ("محمد المصري", "اتصل بمحمد المصري", True),
        ("Will May", "will may", True),
    ],
)
def test_whole_names_of_all_scripts_anywhere(name: str, text: str, expected: bool) -> None:
    person = Traces(name, None, None)
    assert person.in_text(text, own=False) is expected
    assert not expected or person.may_be_in(json.dumps({"text": text}, ensure_ascii=False))


@pytest.mark.parametrize(
    "name, text, expected",
    [
        ("Zendaya", "ZENDAYA", True),
        ("Ana Silva", "Silva, Ana", True),
        ("Ana Silva", "Ana Silva & Co", False),
        ("", "", False),
    ],
)
def test_a_text_may_be_a_name_and_nothing_else(name: str, text: str, expected: bool) -> None:
    assert Traces(name, None, None).is_all_of(text) is expected


@pytest.mark.parametrize("kind", [ev.OPENED, ev.DESCRIBED, ev.ACCOUNT_ADDED, ev.OWNER_CHANGED])
def test_what_is_written_freely_is_no_key_of_a_user_or_of_an_import(kind: str) -> None:
    keys = (
        "name",
        "source",
        "tags",
        "fields",
        "changes",
        "owner",
        "from",
        "uid",
        "row",
        "external",
        "message",
        "by",
    )
    assert not {"owner", "from", "uid", "row", "external", "message", "by"} & set(
        written(kind, dict.fromkeys(keys))
    )


@given(NAMES, NAMES, st.text(max_size=20), st.text(max_size=20))
def test_nothing_names_them_once_they_are_taken_out(first: str, last: str, before: str, after: str) -> None:
    person = Traces(f"{first} {last}", "x.y@acme.example", None)
    text = f"{before} {first} {last} {after}"
    left = person.without(text, own=False)
    assert not person.in_text(left, own=False)
    assert person.in_text(text, own=False)
    assert ERASED in left


@given(st.text(max_size=80))
def test_a_text_that_does_not_name_them_stays_as_it_is(text: str) -> None:
    if not JEANNE.in_text(text, own=False):
        assert JEANNE.without(text, own=False) == text


@given(st.text(st.sampled_from("0123456789 .-()+jmartin,'"), max_size=2_000))
def test_no_text_takes_long(text: str) -> None:
    JEANNE.in_text(text, own=True)
    without_numbers(text, [JEANNE])
    assert fold(JEANNE.without(text, own=True)) is not None


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
