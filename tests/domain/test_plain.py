"""What cannot be seen is taken out of a text, and nothing else is."""

from __future__ import annotations

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipecli.domain.plain import cleaned


@pytest.mark.parametrize(
    "text, clean",
    [
        ("Jeanne signs, 48 k€ — vendredi « ok » [12]", "Jeanne signs, 48 k€ — vendredi « ok » [12]"),
        ("a\tb\nc", "a\tb\nc"),
        ("a\r\nb\rc\u2028d\u2029e\x0bf\x85g", "a\nb\nc\nd\ne\nf\ng"),
        ("\x1b[31mred\x1b[0m", "red"),
        ("\x9b31mred", "red"),
        ("\x1b]0;owned\x07title", "title"),
        ("\x1b]8;;http://evil.example\x1b\\link\x1b]8;;\x1b\\", "link"),
        ("\x1bcreset", "reset"),
        ("\x1b]never closed", "never closed"),
        ("sig\u200bned\u200d by\u2060 Jean\u00adne\ufeff", "signed by Jeanne"),
        ("\u202eenola ton\u202c \u2066x\u2069\u200e", "enola ton x"),
        ("a\U000e0041\U000e0042\U000e007fb", "ab"),
        ("a\ufe0fb\U000e0100c\u034fd\u3164e\u2800f", "abcdef"),
        ("a\x00b\x07c\ud800d\ue000e", "abcde"),
        (
            "[bold red]x[/] [link=http://evil.example]y[/link]",
            "[bold red]x[/] [link=http://evil.example]y[/link]",
        ),
    ],
)
def test_what_is_seen_stays_and_the_rest_goes(text: str, clean: str) -> None:
    assert cleaned(text) == clean


@given(st.text(st.characters() | st.sampled_from("\x1b\x9b\x9d\x07[];m\u200b\u202e\r\n")))
def test_a_clean_text_is_as_it_is_and_holds_nothing_unseen(text: str) -> None:
    found = cleaned(text)
    assert cleaned(found) == found
    assert all(c in "\n\t" or unicodedata.category(c) not in ("Cc", "Cf", "Cs", "Co") for c in found)


@given(
    st.text(
        st.characters(
            categories=("L", "N", "P", "Sm", "Sc", "Zs"), exclude_characters="\u115f\u1160\u3164\uffa0"
        )
    )
)
def test_letters_signs_and_spaces_stay(text: str) -> None:
    assert cleaned(text) == text
