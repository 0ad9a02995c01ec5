"""What tests of use cases share: a clock that goes where a test needs it."""

from collections.abc import Callable, Iterator
from datetime import UTC, date, datetime

import pytest

from pipecli import clock


@pytest.fixture
def at(frozen_clock: datetime) -> Iterator[Callable[[date], None]]:
    """Stops the clock at noon of a day."""
    yield lambda day: clock.freeze(datetime(day.year, day.month, day.day, 12, tzinfo=UTC))
    clock.freeze(None)
