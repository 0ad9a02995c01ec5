"""Acting out the sample's fates: every step is a command decided by the domain on its day, through the real gates.

A life is a list of steps, each at its instant; the world runs all lives side by side in the order of those
instants, so that the journal is what a team working in parallel would have written.
"""

from __future__ import annotations

import heapq
from collections.abc import Callable, Iterator, Sequence
from datetime import date
from random import Random
from typing import TYPE_CHECKING

from pipecli.domain.decide import Decision
from pipecli.domain.opportunity import Opportunity
from pipecli.domain.pipeline import Pipeline

from .demo_definition import ENGINEERING_STAKE, FOUNDER_STAKE
from .demo_people import Person, account_names, person
from .demo_plan import DAY, Fate, instant, workday
from .demo_texts import SERVICES, Service

if TYPE_CHECKING:
    from .demo_writing import Ledger

TOUR_SERVICE = Service(
    "ERP rollout", 45_000, 45_000, ("Everything runs on sheets and memory today",), ("Stock errors cost us two people",)
)
TOUR_ACCOUNT, TOUR_CONTACT = "Acme", Person("Jeanne Martin", "jeanne.martin@acme.example")
# Steps that somebody else takes, or that leave the next action as it is.
ASIDE = ("approved", "agreed", "waived", "snoozed", "returned")


class Client(NamedTuple):
    """An account and those who work there, by their ids."""

    account: int
    name: str
    contacts: list[tuple[int, Person]]
