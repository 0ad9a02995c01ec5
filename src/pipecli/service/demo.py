"""The demo: fills a new workspace with a living sample around today, through the real rules, in one transaction.

The sample company, its people and texts stand in the `demo_*` modules beside this one.
"""

from __future__ import annotations

import gc
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import date
from random import Random
from typing import NamedTuple

from pipecli import clock
from pipecli.config import Settings
from pipecli.domain import events as ev
from pipecli.domain.definition import compile_definition
from pipecli.domain.events import Event
from pipecli.domain.fold import fold
from pipecli.domain.pipeline import Pipeline
from pipecli.errors import InvalidInput
from pipecli.store import filling, journal
from pipecli.store.driver import Driver
from pipecli.store.header import add_definition, advance_head
from pipecli.store.opening import database_user
from pipecli.text import _

from .demo_definition import CO_FOUNDERS, definition
from .demo_people import sellers
from .demo_plan import MINUTE, plan, progress_of
from .demo_story import World
from .demo_writing import Ledger
from .restoring import target, untouched

LARGEST = 1_000_000


class DemoResult(NamedTuple):
    """What was written, and where."""

    where: str
    opportunities: int
    open: int
    won: int
    lost: int
    events: int


def demo(
    settings: Settings,
    *,
    size: int = 60,
    seed: int = 1,
    progress: Callable[[int, int], None] | None = None,
) -> DemoResult:
    """Fill the workspace the settings name, made if it is missing; `progress` is told how many of how many.

    The same seed on the same day gives the same journal. Raises Conflict where the workspace has data.
    """
    if not 1 <= size <= LARGEST:
        raise InvalidInput(_("a demo has between 1 and {most} opportunities").format(most=LARGEST))
    used = _("{where} has data; a demo fills a new workspace only: pipe --db FILE demo")
    with target(settings, untouched(used)) as driver, _no_collector():
        filling.clear_journal(driver)
        return _fill(driver, database_user(driver) or settings.actor, size, Random(seed), progress)


@contextmanager
def _no_collector() -> Iterator[None]:
    """Without the cycle collector: there are no cycles here, and walking all open lives costs a fifth of the time."""
    was_on = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_on:
            gc.enable()


def _fill(
    driver: Driver, actor: str, size: int, rng: Random, progress: Callable[[int, int], None] | None
) -> DemoResult:
    filling.hold_pages_in_memory(driver)
    founders = (actor, next(name for name in CO_FOUNDERS if name != fold(actor)))
    toml = definition(founders)
    compiled = compile_definition(toml)
    today = clock.today(compiled["timezone"])
    fates = plan(size, today, sellers(actor), rng)
    ledger = Ledger(driver, rng)
    _adopt(driver, ledger, actor, toml, journal.canonical(compiled), fates[0].opened - 20 * MINUTE)
    world = World(
        Pipeline.from_compiled(1, compiled),
        ledger,
        today.toordinal(),
        founders,
        rng,
        chatter=0.7 - 0.6 * progress_of(size),
    )
    ends = world.run(fates, progress)
    ledger.flush()
    advance_head(driver, ledger.seq, size + 1, ledger.recorded_at)
    return DemoResult(driver.where, size, ends.open, ends.won, ends.lost, ledger.seq)


def _adopt(driver: Driver, ledger: Ledger, actor: str, toml: str, compiled: str, instant: int) -> None:
    """The first command: the workspace and its definition."""
    day: date = ledger.begin(actor, "init", instant)
    created = Event(ev.WORKSPACE_CREATED, day, {}, seq=ledger.number_events(), version=1)
    adopted = Event(ev.DEFINITION_ADOPTED, day, {"version": 1}, seq=ledger.number_events(), version=2)
    ledger.add("workspace", [created, adopted])
    add_definition(driver, 1, toml, compiled, adopted.seq, day)
