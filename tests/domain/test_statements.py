"""A statement without an entry of its opportunity is dropped and counted; a quote has to stand in an entry it names."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipecli.domain.statements import SAID, Statement, grounded, quotes_hold, rests_on_entries

TEXTS = {12: "The board agreed.\nWe sign on Friday – it’s done", 15: "Who decides?"}


@pytest.mark.parametrize(
    ("text", "seqs", "holds"),
    [
        ("They agreed.", (12,), True),
        ("They agreed.", (12, 15), True),
        ("They agreed.", (), False),
        ("They agreed.", (13,), False),
        ("They agreed.", (12, 13), False),
        ("  ", (12,), False),
    ],
)
def test_a_statement_rests_on_entries_that_are_there(text: str, seqs: tuple[int, ...], holds: bool) -> None:
    assert rests_on_entries(Statement(SAID, text, seqs), TEXTS) is holds


@pytest.mark.parametrize(
    ("text", "seqs", "holds"),
    [
        ("They said “the board agreed. We sign on Friday”.", (12,), True),
        ("They said « the board agreed ».", (12,), True),
        ('They said "it\'s done".', (12,), True),
        ("They said “we sign on Monday”.", (12,), False),
        ("They said “we sign on Friday”.", (15,), False),
        ("They said “we sign on Friday”.", (12, 15), True),
        ("They said “the board agreed…” and “who decides now”.", (12, 15), False),
        ("The “quick win” is near.", (15,), True),
        ("No quote at all.", (15,), True),
        ("They said ‘we sign on Friday’.", (12,), True),
        ("They said 'we sign on Friday – it's done'.", (12,), True),
        ("They said ‘we sign on Monday’.", (12,), False),
        ("They said ‹we sign on Monday›.", (12,), False),
        ("They said ›we sign on Monday‹.", (12,), False),
        ("They said „we sign on Monday“.", (12,), False),
        ("They said »we sign on Monday«.", (12,), False),
        ("They said 'we sign on Monday'.", (12,), False),
        ("'We sign on Monday,' they said.", (12,), False),
        ("They said “we sign on Monday.", (12,), False),
        ("They said `we sign on Monday`.", (12,), False),
        ("They said <<we sign on Monday>>.", (12,), False),
        ("They said ''we sign on Monday''.", (12,), False),
        ("They said 「we sign on Monday」.", (12,), False),
        ("“The «we sign on Monday» board agreed”.", (12,), False),
        ("The board's decision isn't Jeanne's, it's the partners' own affair.", (12,), True),
        ("L’accord d’hier n’est pas celui qu’on m’a dit.", (12,), True),
    ],
)
def test_a_quote_stands_in_an_entry_that_is_named(text: str, seqs: tuple[int, ...], holds: bool) -> None:
    assert quotes_hold(Statement(SAID, text, seqs), TEXTS) is holds


STATEMENTS = st.lists(
    st.builds(
        Statement, st.just(SAID), st.text(max_size=5), st.lists(st.integers(1, 9), max_size=3).map(tuple)
    )
)


@given(STATEMENTS, st.sets(st.integers(1, 9)))
def test_what_is_kept_and_what_is_dropped_are_all(statements: list[Statement], entries: set[int]) -> None:
    found = grounded(statements, entries)
    assert len(found.statements) + found.dropped == len(statements)
    assert all(statement.seqs and set(statement.seqs) <= entries for statement in found.statements)
    assert grounded(found.statements, entries) == (found.statements, 0)
