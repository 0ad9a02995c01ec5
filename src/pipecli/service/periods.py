"""The period a report is asked for: the days that were typed, else the usual ones."""

from __future__ import annotations

from datetime import date
from typing import NamedTuple

from pipecli.domain.forecast import default_period
from pipecli.errors import InvalidInput
from pipecli.text import _


class Period(NamedTuple):
    """First and last day as asked for; None for the usual ones."""

    start: date | None = None
    until: date | None = None


def bounds(start: date | None, until: date | None, today: date) -> tuple[date, date]:
    """First and last day; raises InvalidInput for a period that ends before it starts."""
    usual = default_period(today)
    if start is not None and start > usual[1]:
        usual = default_period(start)
    start, until = start or usual[0], until or usual[1]
    if until < start:
        raise InvalidInput(
            _("the period ends {until}, before it starts {start}").format(until=until, start=start)
        )
    return start, until
