"""Whatever is typed for an opportunity: one, several or none of them, and never an error of a database."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipecli.domain.money import parse_amount
from pipecli.errors import Ambiguous, InvalidInput, NotFound
from pipecli.service import opportunities, refs

from .files import NEXT
from .living import LIVED, Held

ODD = st.text(max_size=40) | st.text("0123456789#. %_!\\'\"*é\0\ud800\U0010ffff", max_size=12)
LONG = [
    "9" * 20_000,
    "%" * 20_000,
    "!_" * 10_000,
    "'" * 20_000,
    "é" * 20_000,
    "#" * 20_000,
    "\ud800" * 99,
    "0" * 16,
]


def found(held: Held, text: str) -> int | None:
    """The number a text names; None where it names none, or several."""
    try:
        return refs.find(held.driver, text, held)
    except (NotFound, Ambiguous) as error:
        assert error.message and "\n" not in error.message.replace(text.strip().removeprefix("#"), "")
        assert len(error.message) < 400
        return None


@given(text=ODD)
@LIVED
def test_any_text_is_a_reference_or_none(held: Held, text: str) -> None:
    held.driver.run("savepoint odd")
    opportunities.add(held, "100 % sûr! _x_", NEXT)
    assert found(held, text) in (None, 1)
    held.driver.run("rollback to savepoint odd")


@pytest.mark.parametrize("text", LONG)
def test_a_long_text_is_no_reference(held: Held, text: str) -> None:
    opportunities.add(held, "ERP", NEXT)
    assert found(held, text) is None


@given(
    st.text(max_size=30) | st.text("0123456789kKmM.,'  €$-+EURUSDe", max_size=20),
    st.sampled_from([None, ",", "."]),
)
@LIVED
def test_any_text_is_an_amount_or_refused(text: str, decimal: str | None) -> None:
    try:
        minor, currency = parse_amount(text, "EUR", decimal=decimal)
    except InvalidInput as error:
        assert error.message and "\n" not in error.message
    else:
        assert 0 <= minor < 10**16 and len(currency) == 3


@pytest.mark.parametrize(
    "text", ["9" * 20_000, "1 " * 10_000, "1," * 10_000, "." * 20_000, " " * 20_000, "k" * 20_000]
)
def test_a_long_text_is_no_amount(text: str) -> None:
    with pytest.raises(InvalidInput):
        parse_amount(text, "EUR")
