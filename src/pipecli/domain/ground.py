"""What a text is read against by the rules of understanding, and what is found in it."""

from __future__ import annotations

from datetime import date
from typing import NamedTuple

from .dates import Order
from .pipeline import Criterion


class Ground(NamedTuple):
    """What a text is read against: the evidence that is missing, the names known, how days and amounts are written.

    `today` is the day the text is of, by which `friday` is meant; `account` is who buys, which is no person.
    """

    criteria: tuple[Criterion, ...]
    people: tuple[str, ...]
    currency: str
    today: date
    decimal: str | None = None
    order: Order | None = None
    account: str = ""


class Told(NamedTuple):
    """A clause that says plainly what it says, and the words that are quoted for it."""

    text: str
    quote: str


class Found(NamedTuple):
    """An amount or a day in a text: where it stands, in which words."""

    start: int
    end: int
    text: str
    value: object
