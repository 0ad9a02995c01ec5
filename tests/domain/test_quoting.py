"""Quotes: found word for word or not at all, and never with anything in them that does not show."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipecli.domain.plain import cleaned
from pipecli.domain.quoting import LONGEST, found

TEXT = "Jeanne said: “stock errors cost them\n  two people”. We’ll sign in May — budget is 52k."


@pytest.mark.parametrize(
    ("quote", "place"),
    [
        ("stock errors cost them two people", "stock errors cost them two people"),
        ("stock  errors\tcost", "stock errors cost"),
        ("We'll sign in May", "We’ll sign in May"),
        ("budget is 52k", "budget is 52k"),
        ("budget is 52k.", "budget is 52k."),
        ("May — budget", "May — budget"),
    ],
)
def test_a_quote_that_stands_there_comes_back_in_the_words_of_the_text(quote: str, place: str) -> None:
    assert found(quote, TEXT) == place


@pytest.mark.parametrize(
    "quote",
    [
        "",
        " ",
        "52k",  # one word
        "stock errors cost two people",  # a word left out
        "Stock errors cost",  # another case
        "tock errors cost",  # not where a word begins
        "budget is 52",  # nor where it ends
        "budget is 5.2k",
        "— .",
        "stock\u200b errors",
        "\u202estock errors cost",
        "stock errors\u3164\u3164",
        "stock errors\x1b[31m",
        "stock errors \U000e0041",
    ],
)
def test_what_does_not_stand_there_word_for_word_is_no_quote(quote: str) -> None:
    assert found(quote, TEXT) is None


def test_accents_are_compared_as_letters_however_they_are_composed() -> None:
    assert found("de\u0301cide en mai", "Elle décide en mai.") == "décide en mai"
    assert found("decide en mai", "Elle décide en mai.") is None


def test_what_hides_in_a_text_is_not_between_its_words() -> None:
    assert found("we sign", "we\u200b sign") == "we sign"
    hidden = "we\u034f\ufe0f\U000e0101\u17b5\u180b sign\u2060 it"
    assert found("we sign it", hidden) == "we sign it"


@pytest.mark.parametrize(
    "hidden", ["\u034f", "\u17b4", "\u17b5", "\u180b", "\ufe00", "\U000e0100", "\U000e01ef"]
)
def test_a_quote_may_hide_nothing(hidden: str) -> None:
    assert found(f"we{hidden} sign it", f"we{hidden} sign it") is None


@pytest.mark.parametrize("quote", ["a ☎️ press line ❤️ now", "a ☎ press line ❤ now"])
def test_a_sign_drawn_as_a_picture_is_the_sign(quote: str) -> None:
    assert found(quote, "We need a ☎️ press line ❤️ now.") == "a ☎ press line ❤ now"
    assert found(quote, "We need a ☎ press line ❤ now.") == "a ☎ press line ❤ now"


def test_a_quote_has_a_length() -> None:
    text = "word " * 200
    assert found(("word " * 101).strip(), text) is None
    assert found(("word " * 100).strip(), text) == ("word " * 100).strip()
    assert LONGEST == 500


WORDS = st.text(st.characters(codec="utf-8", exclude_categories=["Cs"]), max_size=60)


@given(WORDS, WORDS)
def test_it_never_finds_what_is_not_there(quote: str, text: str) -> None:
    place = found(quote, text)
    if place is not None:
        assert cleaned(place) == place
        assert place.split() and len(place.split()) >= 2


@given(st.lists(st.from_regex(r"\A\w{1,8}\Z", alphabet="abcdé1"), min_size=2, max_size=12), st.data())
def test_any_words_in_a_row_are_a_quote(words: list[str], data: st.DataObject) -> None:
    start = data.draw(st.integers(0, len(words) - 2))
    end = data.draw(st.integers(start + 2, len(words)))
    quote = " ".join(words[start:end])
    assert found(quote, "  \n".join(words)) == quote
