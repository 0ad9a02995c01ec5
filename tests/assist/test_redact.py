"""What is hidden is hidden wherever it stands, and comes back as it was."""

from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipecli.assist.redact import Masks


def masked(text: str) -> str:
    return Masks(True, [text]).hide(text)


@pytest.mark.parametrize(
    "text, hidden",
    [
        ("Write to jeanne.martin+erp@acme.example, please", "Write to [MAIL_1], please"),
        ('"Jeanne" <jeanne@acme.fr>; Marc@acme.fr.', '"Jeanne" <[MAIL_1]>; [MAIL_2].'),
        ("06 12 34 56 78", "[PHONE_1]"),
        ("06.12.34.56.78 or 01-23-45-67-89", "[PHONE_1] or [PHONE_2]"),
        ("+33 6 12 34 56 78 or +33 (0)6 12 34 56 78", "[PHONE_1] or [PHONE_2]"),
        ("0033 6 12 34 56 78", "[PHONE_1]"),
        ("+1 (555) 123-4567, (555) 123-4567", "[PHONE_1], [PHONE_2]"),
        ("+44 20 7946 0958", "[PHONE_1]"),
        ("Tel. 02 123 45 67", "Tel. [PHONE_1]"),
        (
            "It is 48k, 48 k€, 48 000 € HT or €48,000.50",
            "It is [AMOUNT_1], [AMOUNT_2], [AMOUNT_3] or [AMOUNT_4]",
        ),
        ("48\u202f000,50\u00a0€ and EUR 900 and 900 euros", "[AMOUNT_1] and [AMOUNT_2] and [AMOUNT_3]"),
        ("1.2M or 2 millions or 500 €", "[AMOUNT_1] or [AMOUNT_2] or [AMOUNT_3]"),
        ("48,000 then 48.000,00 then 48'000", "[AMOUNT_1] then [AMOUNT_2] then [AMOUNT_3]"),
        ("4800 a month, 48000 in all", "[AMOUNT_1] a month, [AMOUNT_2] in all"),
        ("300 SEK, 48 PLN, SEK 300", "[AMOUNT_1], [AMOUNT_2], [AMOUNT_3]"),
        ("1.5 bn, 300 kr, 4 zł, ₹ 480", "[AMOUNT_1], [AMOUNT_2], [AMOUNT_3], [AMOUNT_4]"),
        ("06–12–34–56–78, 06 · 12 · 34 · 56 · 78", "[PHONE_1], [PHONE_2]"),
        ("+33–6–12–34–56–78", "[PHONE_1]"),
        ("48k now, 48k later", "[AMOUNT_1] now, [AMOUNT_1] later"),
        ("IBAN FR76 3000 6000 0112 3456 7890 189", "IBAN FR[AMOUNT_1]"),
    ],
)
def test_addresses_phone_numbers_and_amounts_are_hidden(text: str, hidden: str) -> None:
    assert masked(text) == hidden


@pytest.mark.parametrize(
    "text",
    [
        "On 2026-12-31, 31/12/2026 or 01.12.2026 at 14:30",
        "01/12/2026 10:00 to 01-12-2026 11:30",
        "In 2026 there were 12 people, 3 stages and 250 desks, 10 % more",
        "@jeanne said so; version 2.10, room 4b, 5km",
        "[MAIL_1] is a word of theirs",
        "all 5 try 3 in 12 all",
    ],
)
def test_days_and_small_numbers_stay(text: str) -> None:
    assert masked(text) == text


def test_an_amount_that_is_known_is_hidden_even_where_it_may_be_a_year() -> None:
    masks = Masks(True, [], ["2000", "950", "12"])
    hidden = masks.hide("Budget 2000 (2000 EUR), 950 of it in 12 parts, on 2000-01-01, 12000")
    assert hidden == "Budget [AMOUNT_3] ([AMOUNT_1]), [AMOUNT_4] of it in 12 parts, on 2000-01-01, [AMOUNT_2]"
    assert masks.restore(hidden).startswith("Budget 2000 (2000 EUR), 950 of it")
    assert Masks(False, [], ["2000"]).hide("2000") == "2000"


def test_nothing_is_hidden_unless_asked_for() -> None:
    masks = Masks(False)
    text = "jeanne@acme.fr, 06 12 34 56 78, 48k"
    assert masks.hide(text) == text
    assert masks.restore("[MAIL_1]") == "[MAIL_1]"


def test_a_value_has_one_placeholder_in_a_whole_request_and_one_that_is_taken_is_passed_over() -> None:
    texts = [
        "jeanne@acme.fr offers 48k",
        "[AMOUNT_1] and mail_12 [AMOUNT_3] to jeanne@acme.fr for 48k and 50k",
    ]
    masks = Masks(True, texts)
    assert [masks.hide(text) for text in texts] == [
        "[MAIL_2] offers [AMOUNT_2]",
        "[AMOUNT_1] and mail_12 [AMOUNT_3] to [MAIL_2] for [AMOUNT_2] and [AMOUNT_4]",
    ]


def test_what_a_model_makes_of_a_placeholder_is_still_known() -> None:
    masks = Masks(True)
    masks.hide("jeanne@acme.fr pays 48k, not 50k")
    assert masks.restore("**Amount_2**, amount_1; (MAIL_1) [AMOUNT_9] AMOUNT_12 [MAIL_1]!") == (
        "**50k**, 48k; (jeanne@acme.fr) [AMOUNT_9] AMOUNT_12 jeanne@acme.fr!"
    )
    assert masks.restore_in({"a": ["[MAIL_1]", 3, None], "b": {"c": "x [AMOUNT_1]"}}) == {
        "a": ["jeanne@acme.fr", 3, None],
        "b": {"c": "x 48k"},
    }


PIECES = st.sampled_from(
    [
        *("jeanne@acme.fr", "a@b", "06 12 34 56 78", "+33 6 12 34 56 78", "0612345678", "48k", "48 000", "€"),
        *(
            "MAIL_1",
            "[AMOUNT_1]",
            "amount_1",
            "PHONE_",
            "[",
            "]",
            "1",
            "23",
            "_",
            " ",
            "234 567",
            "k€",
            "\u202f",
        ),
        *("2026", "-", ".", "0", "+", "(", "\n", "é", "ı", "٣", "AMOUNT_1234 567", "MAIL_1+33612345678"),
    ]
)
TEXTS = st.text() | st.lists(PIECES, max_size=12).map("".join)


@given(TEXTS)
def test_what_is_hidden_comes_back_as_it_was(text: str) -> None:
    masks = Masks(True, [text])
    assert masks.restore(masks.hide(text)) == text


@given(st.lists(TEXTS, max_size=4))
def test_texts_of_one_request_come_back_each_as_it_was(texts: list[str]) -> None:
    masks = Masks(True, texts)
    hidden = [masks.hide(text) for text in texts]
    assert [masks.restore(text) for text in hidden] == texts


# Written apart from the program's own: what a stranger would recognise.
RECOGNISED = re.compile(
    r"[\w.+-]+@[\w-]+\.\w+"  # an address
    r"|(?<!\d)0[1-9](?:[ .\-\u00a0\u202f]?[0-9]{2}){4}(?!\d)"  # a French phone number
    r"|\+[1-9][0-9]{0,2}(?:[ .\-]?[0-9]{2,4}){2,5}"  # an international one
    r"|\d(?:[ .,\u00a0\u202f]?\d)*[ \u00a0\u202f]?(?:€|k€|EUR\b|USD\b|k\b|K\b|M\b)|[€$£] ?\d"  # an amount
    r"|(?<!\d)\d{1,3}(?:[ ,.\u202f]\d{3})+(?!\d)|\d{5}"
)


def without_placeholders(text: str) -> str:
    return re.sub(r"\[(?:MAIL|PHONE|AMOUNT)_\d+\]", "|", text)


@given(TEXTS)
def test_nothing_that_looks_like_one_is_left(text: str) -> None:
    assert not RECOGNISED.search(without_placeholders(masked(text)))


def test_a_long_text_takes_no_longer_for_being_odd() -> None:
    for piece in ("1 ", "1", "a", "0 ", "+1 ", "12,", "a.", "(0)"):
        text = piece * (200_000 // len(piece))
        masks = Masks(True)
        assert masks.restore(masks.hide(text)) == text
