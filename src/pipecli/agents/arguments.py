"""The arguments that several tools share, each with the words that tell an agent what to put there."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field

from .answers import MOST_ROWS

Ref = Annotated[
    int | str,
    Field(description="the opportunity's number (id), or words of its name or account that fit one"),
]
Limit = Annotated[int, Field(ge=1, le=MOST_ROWS, description="how many to show at most")]
Owner = Annotated[str | None, Field(description="only of this owner")]
ExchangeNumber = Annotated[int, Field(description="the number of the exchange, as show_opportunity gives it")]
Basis = Annotated[
    int | None, Field(description="the number of the exchange it rests on; leave out where there is none")
]
Quote = Annotated[
    str, Field(description="words of that exchange, copied as they stand; needs the exchange's number")
]
Why = Annotated[str, Field(description="your reason in a sentence or two, with [numbers] of entries")]
Day = Annotated[str, Field(description="a day as YYYY-MM-DD")]
