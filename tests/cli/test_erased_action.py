"""A next action whose words were erased reads alike wherever it is shown."""

from __future__ import annotations

import pytest

from .conftest import Pipe

ERASED = {
    "list": (["list"], "4  Sirius · Portal"),
    "overdue": (["overdue"], "(erased)     18 d late"),
    "show": (["show", "4"], "Next action     (erased), 18 d late"),
    "log": (["log", "4", "note", "x"], "Next: (erased), Thu 5 Nov"),
}


@pytest.fixture
def forgotten(house: Pipe) -> Pipe:
    """Ana was forgotten, whom a next action names."""
    house("edit", "4", "--set", "contact=Ana Sol <ana@sirius.example>")
    assert house("forget", "ana@sirius.example", "--yes").code == 0
    return house


@pytest.mark.parametrize("screen", ERASED)
def test_it_says_that_it_was_erased(forgotten: Pipe, screen: str) -> None:
    words, expected = ERASED[screen]
    found = forgotten(*words).out
    assert expected in found and "(erased)" in found
