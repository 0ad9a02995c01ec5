"""Small pipelines of any shape, for properties: openings, moves to and fro on days near or equal, ends or none."""

from __future__ import annotations

from datetime import date, timedelta

from hypothesis import settings
from hypothesis import strategies as st

from .arrays import KEYS
from .cases import Case

untimed = settings(deadline=None)
"""How long an example takes says nothing of it: the first one loads what the others find loaded."""
START = date(2025, 1, 6)
DAYS = 150
DATES = st.integers(0, DAYS).map(lambda n: START + timedelta(n))
_AMOUNTS = st.none() | st.integers(0, 50_000).map(float)


@st.composite
def cases(draw: st.DrawFn, key: str = "") -> Case:
    """One opportunity's life; some days are shared by several moves."""
    opened = draw(DATES)
    day, steps = opened, [(opened, draw(st.sampled_from(KEYS)))]
    for stay in draw(st.lists(st.integers(0, 30), max_size=4)):
        day += timedelta(stay)
        steps.append((day, draw(st.sampled_from([place for place in KEYS if place != steps[-1][1]]))))
    amounts = [(opened, draw(_AMOUNTS))]
    for after in sorted(draw(st.sets(st.integers(1, 60), max_size=3))):
        amounts.append((opened + timedelta(after), draw(_AMOUNTS)))
    outcome = draw(st.sampled_from(("won", "lost", None)))
    closed = day + timedelta(draw(st.integers(0, 30))) if outcome else None
    return Case(key, opened, tuple(steps), tuple(amounts), outcome, closed, "lea", "web")


def logs(most: int = 25) -> st.SearchStrategy[list[Case]]:
    """Some opportunities in the order of opening, none at times."""
    return st.lists(cases(), max_size=most).map(lambda found: sorted(found, key=lambda case: case.opened))
