"""Pipelines whose truth is known: how opportunities really move in each scenario, and logs drawn from it.

A scenario's process says how a visit of a stage ends: by which exit, and after how many days. Everything else
follows from it: the log that a company would have kept, the share that is really won, the chance of a win within
a horizon. A definition's probabilities are plausible and wrong, as those of a founder are. The same seed draws
the same log.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from functools import cache
from statistics import NormalDist
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from .cases import LOSS_REASONS, Case, Outcome, amount_on, as_of, stage_on

Days = NDArray[np.int64]
STAGES = {"lead": 10, "discovery": 25, "proposal": 50, "negotiation": 75}
"""The stages, and the percentages a definition gives them."""
PLACES = (*STAGES, "won", "lost")
LONGEST_STAY = 2500
"""Days in one stage; whoever would stay longer leaves then."""
_DRAWS = 40_000
_ATTEMPTS = 1000
_OWNERS = {"lea": 0.4, "marc": 0.35, "ines": 0.25}
_SOURCES = {"web": 0.5, "referral": 0.3, "fair": 0.2}


class Exit(NamedTuple):
    """A way out of a stage: where to, for what share of the visits, after how long.

    The days are lognormal by their median and the standard deviation of their logarithm, and rounded down; a
    tiny spread makes a timeout.
    """

    to: str
    share: float
    median: float
    spread: float


Exits = tuple[Exit, ...]


class Process(NamedTuple):
    """The exits of each stage; the shares of a stage sum to 1."""

    lead: Exits
    discovery: Exits
    proposal: Exits
    negotiation: Exits


@dataclass(frozen=True)
class World:
    """A scenario's true process, from an empty pipeline on `starts` to the last day of its log.

    `daily` opportunities are opened a day on average, times `growth` per year, with a yearly wave that reaches
    from 1 - `wave` to 1 + `wave` times that. From the day of `shift` on, visits that begin follow its process. An
    amount is lognormal around `typical`, unknown at first for the share `unpriced`; it changes on the first
    entry of each place in `drift`, times that on average. A `whale` is worth as many times all other open
    opportunities of the last day together; `closed` is how many have ended by then, where that is fixed.
    """

    process: Process
    starts: date = date(2024, 1, 1)
    until: date = date(2025, 12, 31)
    daily: float = 1.5
    growth: float = 1.0
    wave: float = 0.0
    shift: tuple[date, Process] | None = None
    typical: float = 12_000
    amount_spread: float = 0.8
    unpriced: float = 0.15
    drift: tuple[tuple[str, float], ...] = (("proposal", 0.9), ("negotiation", 0.95), ("won", 0.92))
    drift_spread: float = 0.12
    whale: float = 0.0
    closed: int | None = None

    @property
    def regimes(self) -> tuple[tuple[int, Process], ...]:
        """The processes in the order in which they take over, each with its first day."""
        first = (self.starts.toordinal(), self.process)
        return (first, (self.shift[0].toordinal(), self.shift[1])) if self.shift else (first,)


_USUAL = Process(
    lead=(
        Exit("discovery", 0.65, 8, 0.8), Exit("lost", 0.20, 14, 0.7), Exit("lost", 0.15, 30, 0.03),
    ),
    discovery=(
        Exit("proposal", 0.57, 16, 0.7), Exit("negotiation", 0.08, 20, 0.6), Exit("won", 0.04, 20, 0.6),
        Exit("lead", 0.05, 10, 0.6), Exit("lost", 0.26, 25, 0.7),
    ),
    proposal=(
        Exit("negotiation", 0.42, 14, 0.7), Exit("won", 0.10, 18, 0.6), Exit("discovery", 0.06, 9, 0.5),
        Exit("lost", 0.22, 20, 0.7), Exit("lost", 0.20, 30, 0.03),
    ),
    negotiation=(
        Exit("won", 0.55, 15, 0.7), Exit("proposal", 0.10, 8, 0.5), Exit("lost", 0.35, 25, 0.8),
    ),
)  # fmt: skip


def _slower(process: Process, times: float) -> Process:
    return Process._make(tuple(e._replace(median=e.median * times) for e in exits) for exits in process)


def _harder(process: Process, kept: float) -> Process:
    """A process in which only that share of the wins is left; the others are lost after the same time."""
    return Process._make(
        tuple(
            part
            for e in exits
            for part in (
                (e._replace(share=e.share * kept), e._replace(to="lost", share=e.share * (1 - kept)))
                if e.to == "won"
                else (e,)
            )
        )
        for exits in process
    )


_SURE = _USUAL._replace(
    negotiation=(Exit("won", 0.75, 15, 0.7), Exit("proposal", 0.20, 8, 0.5), Exit("discovery", 0.05, 12, 0.5))
)
WORLDS = {
    "stationary": World(_USUAL),
    "growing": World(_USUAL, daily=0.8, growth=2.0),
    "seasonal": World(_USUAL, starts=date(2023, 1, 1), daily=1.2, wave=0.6),
    "long_cycle": World(_slower(_USUAL, 5.1), daily=1.2),
    "whale": World(_USUAL, whale=20.0),
    "tiny": World(_USUAL, starts=date(2025, 1, 1), daily=0.04, closed=12),
    "never_lost": World(_SURE),
    "shifting": World(_USUAL, shift=(date(2025, 1, 1), _harder(_USUAL, 0.45))),
}


def simulate(scenario: str, seed: int) -> list[Case]:
    """A scenario's log up to its last day, in the order of opening; who has not ended by then is open."""
    return as_of(lives(scenario, seed), WORLDS[scenario].until)


def lives(scenario: str, seed: int) -> list[Case]:
    """The same opportunities to their ends, those after the last day of the log included."""
    world = WORLDS[scenario]
    rng = np.random.default_rng([seed, list(WORLDS).index(scenario)])
    for _attempt in range(_ATTEMPTS):
        cases = _drawn(scenario, world, rng)
        if world.closed in (None, _ended(cases, world.until)):
            return _with_whale(cases, world) if world.whale else cases
    raise ValueError(f"{scenario}: no log has {world.closed} closed opportunities")


def _ended(cases: Sequence[Case], day: date) -> int:
    return sum(case.closed is not None and case.closed <= day for case in cases)


def _drawn(scenario: str, world: World, rng: np.random.Generator) -> list[Case]:
    days = np.arange((world.until - world.starts).days + 1)
    rate = (
        world.daily * world.growth ** (days / 365.25) * (1 + world.wave * np.sin(days * 2 * np.pi / 365.25))
    )
    opened = np.repeat(days, rng.poisson(rate)) + world.starts.toordinal()
    ways = [[(date.fromordinal(day), PLACES[0])] for day in opened.tolist()]
    for who, day, place in _hops(world.regimes, rng, np.zeros(len(opened), dtype=np.int64), opened):
        for n, on, to in zip(who.tolist(), day.tolist(), place.tolist(), strict=True):
            ways[n].append((date.fromordinal(on), PLACES[to]))
    owners = rng.choice(list(_OWNERS), len(ways), p=list(_OWNERS.values())).tolist()
    sources = rng.choice(list(_SOURCES), len(ways), p=list(_SOURCES.values())).tolist()
    return [
        _case(f"{scenario}-{n:05}", way, _amounts(way, world, rng), owners[n], sources[n])
        for n, way in enumerate(ways)
    ]


def _case(
    key: str,
    way: list[tuple[date, str]],
    amounts: tuple[tuple[date, float | None], ...],
    owner: str,
    source: str,
) -> Case:
    closed, end = way[-1]
    outcome: Outcome = "won" if end == "won" else "lost"
    return Case(key, way[0][0], tuple(way[:-1]), amounts, outcome, closed, owner, source)


def _amounts(
    way: list[tuple[date, str]], world: World, rng: np.random.Generator
) -> tuple[tuple[date, float | None], ...]:
    """The revisions on the way; the spread of a drift leaves its mean as it is."""
    worth = world.typical * np.exp(world.amount_spread * rng.standard_normal())
    found: list[tuple[date, float | None]] = [
        (way[0][0], _tens(worth) if rng.random() >= world.unpriced else None)
    ]
    drift = dict(world.drift)
    for day, place in way[1:]:
        if factor := drift.pop(place, None):
            worth *= factor * np.exp(world.drift_spread * rng.standard_normal() - world.drift_spread**2 / 2)
            found.append((day, _tens(worth)))
    return tuple(found)


def _tens(worth: float) -> float:
    return max(10.0, round(float(worth), -1))


def _with_whale(cases: list[Case], world: World) -> list[Case]:
    """The opportunity that is furthest on the last day, the oldest of them, becomes the whale."""
    still = [case for case in cases if case.closed is None or case.closed > world.until]
    chosen = max(
        still, key=lambda case: (PLACES.index(stage_on(case, world.until)), -case.opened.toordinal())
    )
    others = sum(amount_on(case, world.until) or 0.0 for case in still if case is not chosen)
    whale = chosen._replace(amounts=((chosen.opened, _tens(world.whale * others)),))
    return [whale if case is chosen else case for case in cases]


# How visits end


def _hops(
    regimes: Sequence[tuple[int, Process]], rng: np.random.Generator, place: Days, day: Days, age: int = -1
) -> Iterator[tuple[Days, Days, Days]]:
    """Every move of those that entered `place` on `day`, until all have ended: who, the day, the place it led to.

    The first visits are known to have lasted longer than `age` days.
    """
    who = np.arange(len(place))
    starts = np.array([start for start, _process in regimes])
    while len(who):
        next_day, next_place = day.copy(), place.copy()
        regime = np.maximum(np.searchsorted(starts, day, side="right") - 1, 0)
        for n, (_start, process) in enumerate(regimes):
            for s in range(len(STAGES)):
                here = np.flatnonzero((place == s) & (regime == n))
                stay, next_place[here] = _left(process[s], rng, len(here), age)
                next_day[here] += stay
        yield who, next_day, next_place
        going = next_place < len(STAGES)
        who, day, place, age = who[going], next_day[going], next_place[going], -1


def _left(exits: Exits, rng: np.random.Generator, size: int, age: int) -> tuple[Days, Days]:
    """Days of stay and the place after it, for visits that last longer than `age` days."""
    mass = _mass(exits).copy()
    mass[:, : age + 1] = 0
    cumulative = mass.ravel().cumsum()
    drawn = np.searchsorted(cumulative, rng.random(size) * cumulative[-1], side="right")
    way, stay = np.divmod(np.minimum(drawn, mass.size - 1), LONGEST_STAY + 1)
    return stay, np.array([PLACES.index(e.to) for e in exits])[way]


@cache
def _mass(exits: Exits) -> NDArray[np.float64]:
    """The probability of each exit (rows) after each number of whole days; the last takes what is left."""
    upto = np.array([[_by(e, day + 1) for day in range(LONGEST_STAY)] + [1.0] for e in exits])
    return np.array([[e.share] for e in exits]) * np.diff(upto, axis=1, prepend=0.0)


def _by(way: Exit, days: int) -> float:
    return NormalDist(np.log(way.median), way.spread).cdf(np.log(days))


# The truth


@cache
def true_win_probability(scenario: str, stage: str, age_in_stage_days: int, horizon_days: int) -> float:
    """The chance that an opportunity is won within the horizon, from the end of a day on which it stands in a stage.

    Its visit began `age_in_stage_days` before that day; a win counts from the day after it to the horizon's last.
    Where the process shifts, it is the later one throughout. Drawn 40,000 times with a fixed seed: the standard
    error is at most 0.0025. Raises ValueError for an age that no visit reaches.
    """
    if not 0 <= age_in_stage_days < LONGEST_STAY:
        raise ValueError(f"no visit is {age_in_stage_days} days old")
    regimes = WORLDS[scenario].regimes[-1:]
    rng = np.random.default_rng([age_in_stage_days, horizon_days, PLACES.index(stage)])
    place, day = np.full(_DRAWS, PLACES.index(stage)), np.zeros(_DRAWS, dtype=np.int64)
    last, won = age_in_stage_days + horizon_days, 0
    for _who, on, to in _hops(regimes, rng, place, day, age_in_stage_days):
        won += int(np.count_nonzero((to == PLACES.index("won")) & (on <= last)))
    return won / _DRAWS


def true_win_rates(process: Process) -> dict[str, float]:
    """The share of the visits of each stage that are won in the end: the fixed point of its exits, exactly."""
    moves, wins = np.zeros((len(STAGES), len(STAGES))), np.zeros(len(STAGES))
    for s, exits in enumerate(process):
        for e in exits:
            if e.to == "won":
                wins[s] += e.share
            elif e.to != "lost":
                moves[s, PLACES.index(e.to)] += e.share
    found = np.linalg.solve(np.eye(len(STAGES)) - moves, wins)
    return dict(zip(STAGES, found.tolist(), strict=True))


def definition_toml(scenario: str) -> str:
    """The definition of a company that works as in a scenario, its probabilities guessed."""
    stages = [
        f"""
[[stage]]
key = "{key}"
name = "{key.capitalize()}"
probability = {percent}
stale_after = "21d"
proves = "What {key} asks for is known."

  [[stage.exit]]
  key = "{key}-done"
  ask = "What shows that {key} is done?"
  evidence = "note"
"""
        for key, percent in STAGES.items()
    ]
    reasons = ", ".join(f'"{reason}"' for reason in (*LOSS_REASONS, "other"))
    head = f'name = "Simulated: {scenario}"\ncurrency = "EUR"\ntimezone = "Europe/Paris"\nloss_reasons = [{reasons}]\n'
    return head + "".join(stages) + '\n[won]\nname = "Won"\n\n[lost]\nname = "Lost"\n'
