"""Narration in a terminal: broken between words, commands kept whole, to be copied."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from rich.console import Console

from pipecli.render.console import broken
from pipecli.render.today import print_first

CASES = [
    ("short", 80, ["short"]),
    ("permission denied for table person", 20, ["permission denied", "for table person"]),
    (
        "nothing was changed, look again: pipe why 12",
        40,
        ["nothing was changed, look again:", "pipe why 12"],
    ),
    (
        'say why: pipe waive 12 feasible --reason "TEXT, or more"; see pipe waive -h',
        60,
        ['say why: pipe waive 12 feasible --reason "TEXT, or more";', "see pipe waive -h"],
    ),
    ("pipe edit 12 --set a=b --set c=d", 20, ["pipe edit 12 --set a=b --set c=d"]),
    ("      pipe prove 12 need and more of it", 24, ["      pipe prove 12 need and more of it"]),
    ("What happened next, and who said so? ", 20, ["What happened next,", "and who said so? "]),
]


@pytest.mark.parametrize("line, width, lines", CASES)
def test_a_line_is_broken_between_words(line: str, width: int, lines: list[str]) -> None:
    assert broken(line, width) == lines


@given(st.text(st.sampled_from('ab pe"i;,:'), max_size=60), st.integers(5, 80))
def test_no_word_is_lost_or_cut(line: str, width: int) -> None:
    assert " ".join(broken(line, width)).split() == line.split()


def test_the_first_line_of_today_is_shortened_and_never_broken(capsys: pytest.CaptureFixture[str]) -> None:
    record = {
        "id": 31,
        "name": "Customer portal with everything in it",
        "account": "Holloway Brothers and Daughters",
        "next_action": "send them the revised offer",
        "next_due": "2026-11-27",
        "overdue_days": 12,
    }
    print_first(Console(width=80), record)
    assert capsys.readouterr().out.splitlines() == [
        "send them the revised offer   Holloway Brothers and Daughters ·…  31   12 d late",
        '  pipe done 31 "what happened" -n "what next" -d fri',
    ]
