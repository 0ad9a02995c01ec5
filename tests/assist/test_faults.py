"""What counts as a refusal, and what of an error is never repeated."""

from __future__ import annotations

import pytest

from pipecli.assist.faults import explained, is_refusal, scrubbed
from pipecli.config import ModelSettings


@pytest.mark.parametrize(
    "text, refused",
    [
        ("I'm sorry, but I can't help with that.", True),
        ("I’m sorry, I am unable to do this.", True),
        ("I cannot assist with this request.", True),
        ("I won't comply.", True),
        ("Je suis désolée, mais je ne peux pas vous aider.", True),
        ("Désolé, je ne suis pas en mesure de répondre.", True),
        ("Je ne peux pas répondre à cette demande.", True),
        ("They are sorry, but they can't sign before May [12].", False),
        ("I'm sorry for the delay; the quote is attached.", False),
        ("Je suis désolé du retard ; voici le devis.", False),
        ("I'm sorry, but I can't say who decides. " + "Yet this is what was said of it. " * 10, False),
    ],
)
def test_what_is_a_refusal(text: str, refused: bool) -> None:
    assert is_refusal(text) is refused


@pytest.mark.parametrize(
    "text, clean",
    [
        ("Incorrect API key provided: sk-proj-ab***yz.", "Incorrect API key provided: ***"),
        ("Authorization: Bearer abc.def", "Authorization: ***"),
        ("key AIzaSyA0123456789 is wrong", "key *** is wrong"),
        ("the one of the house: open sesame", "the one of the house: ***"),
        ("the word of the day: monday", "the word of the day: monday"),
        ("risk-based desk-lamp, task 12", "risk-based desk-lamp, task 12"),
    ],
)
def test_no_key_is_repeated(monkeypatch: pytest.MonkeyPatch, text: str, clean: str) -> None:
    monkeypatch.setenv("OUR_SECRET", "open sesame")
    monkeypatch.setenv("OUR_DAY", "monday")
    monkeypatch.setenv("A_SHORT_KEY", "the")
    assert scrubbed(text) == clean


def test_what_a_provider_says_is_repeated_without_what_cannot_be_seen() -> None:
    error = ValueError("bad\u202e \x1b[31mred\x1b[0m \x07\u200bmodel\U000e0041 sk-\u200babcdefgh1234")
    line = explained(error, ModelSettings("openai/x")).message
    assert line == "openai/x cannot be asked: ValueError, bad red model ***"
