"""What is said of the chance of one opportunity, and when nothing needs saying."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipecli.domain.explaining import Standing, moved_by


def standing(**values: object) -> Standing:
    """One with the chance its stage gives, at the stage's probability, dated and priced."""
    plain = {"entering": 0.4, "chance": 0.4, "days": 12, "own": None, "usual": 25}
    return Standing(**({**plain, "overdue_close": False, "priced": True} | values))  # type: ignore[arg-type]


LOWERED = "12 days in the stage lower it from 40 %"
NO_AMOUNT = "no amount: taken as what such wins usually bring"
CASES: dict[str, tuple[dict[str, object], list[str]]] = {
    "as its stage": ({}, []),
    "a little off": ({"chance": 0.46}, []),
    "long in its stage": ({"chance": 0.1}, [LOWERED]),
    "ripe": ({"chance": 0.6, "days": 30}, ["30 days in the stage raise it from 40 %"]),
    "of yesterday": ({"chance": 0.1, "days": 1}, ["1 day in the stage lowers it from 40 %"]),
    "no chance at all": ({"entering": 0.0, "chance": 0.0}, []),
    "set by hand": ({"own": 60}, ["set by hand to 60 %, the stage's is 25 %"]),
    "set by hand: its days are not what moved it": (
        {"own": 60, "chance": 0.1},
        ["set by hand to 60 %, the stage's is 25 %"],
    ),
    "set by hand to what it was": ({"own": 25, "chance": 0.1}, []),
    "past its close date": ({"overdue_close": True}, ["its close date is past"]),
    "without an amount": ({"priced": False}, [NO_AMOUNT]),
    "in another currency": ({"unrated": "USD"}, ["an amount in USD, without a rate: counted, not priced"]),
    "all of it, in order": (
        {"chance": 0.1, "overdue_close": True, "priced": False},
        [LOWERED, "its close date is past", NO_AMOUNT],
    ),
}


@pytest.mark.parametrize("name", CASES)
def test_what_moved_it(name: str) -> None:
    values, lines = CASES[name]
    assert moved_by(standing(**values)) == lines


@given(st.floats(0, 1), st.floats(0, 1))
def test_days_are_said_to_raise_only_what_is_higher(entering: float, chance: float) -> None:
    said = " ".join(moved_by(standing(entering=entering, chance=chance)))
    if "raise" in said:
        assert chance > entering
    elif "lower" in said:
        assert chance < entering
    else:
        assert abs(chance - entering) <= 0.15 * max(entering, chance)
