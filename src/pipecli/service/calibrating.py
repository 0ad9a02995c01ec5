"""Calibration as a use case: the probability each stage has earned, what it changes, and the definition that has it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date
from typing import Any, NamedTuple

from pipecli.domain.calibration import Rule, Suggestion, suggest
from pipecli.domain.definition_probabilities import probability_bounds, with_probabilities
from pipecli.domain.forecast import default_period
from pipecli.domain.money import major
from pipecli.domain.rates import day_of_rate
from pipecli.domain.statistics import wins_by_stage
from pipecli.store.calibration import OpenAmount, read_open_amounts
from pipecli.store.header import definition_versions
from pipecli.store.history import stage_probabilities

from .journeys import Asked, read_past
from .workspace import Reading, Workspace


class Effect(NamedTuple):
    """The weighted forecast of a stage's open opportunities in minor units, as it is and as it would be."""

    now: int
    suggested: int


class Calibration(NamedTuple):
    """A suggestion for every open stage, in order, and what all of them would do to the weighted forecast.

    `toml` is the definition in force with the suggested probabilities, the text itself where none changes. The
    forecast is that of the usual period, which ends on `until`, in the workspace's currency.
    """

    as_of: date
    until: date
    version: int
    currency: str
    suggestions: list[Suggestion]
    names: dict[str, str]
    effects: dict[str, Effect]
    total: Effect
    toml: str
    changes: bool


def calibrate(workspace: Workspace) -> Calibration:
    """What the record of won and lost suggests for the stages of the definition in force; writes nothing."""
    with workspace.read() as reading:
        pipeline, driver = reading.pipeline, reading.driver
        until = default_period(reading.today)[1]
        lived = reading.soon(read_past, reading, Asked())
        opined = reading.soon(stage_probabilities, driver, reading.today)
        worth = reading.soon(read_open_amounts, driver, as_of=reading.today, until=until)
        version, toml, _on = definition_versions(driver)[-1]
        bounds = probability_bounds(toml)
        opinions: dict[str, int] = {}
        for _adopted, percents_then in opined():
            opinions = percents_then | opinions
        rules = [
            Rule(stage.key, stage.probability, *bounds[stage.key], opinions.get(stage.key))
            for stage in pipeline.stages
        ]
        past, amounts = lived(), worth()
        suggestions = suggest(rules, wins_by_stage(past.journeys, past.today))
        percents = {s.stage: s.suggested for s in suggestions if s.suggested != s.now}
        return Calibration(
            reading.today,
            until,
            version,
            pipeline.currency,
            suggestions,
            {stage.key: stage.name for stage in pipeline.stages},
            {
                s.key: _effect([a for a in amounts if a.stage == s.key], reading, percents)
                for s in pipeline.stages
            },
            _effect(amounts, reading, percents),
            with_probabilities(toml, percents),
            bool(percents),
        )


def _effect(amounts: Iterable[OpenAmount], reading: Reading, percents: Mapping[str, int]) -> Effect:
    """The weighted amounts, each sum rounded half up as the forecast rounds it; without a rate they are not priced."""
    pipeline, now, then = reading.pipeline, 0, 0
    for stage, own, currency, amount in amounts:
        worth = amount
        if currency != pipeline.currency:
            worth = pipeline.rates.convert(amount, currency, day_of_rate(None, reading.today)) or 0
        percent = pipeline.probability(stage, own)
        now += worth * percent
        then += worth * (percent if own is not None else percents.get(stage, percent))
    return Effect((now + 50) // 100, (then + 50) // 100)


def as_rows(found: Calibration) -> list[dict[str, Any]]:
    """One row for each stage; probabilities in percent, amounts in major units."""
    return [
        {
            "stage": s.stage,
            "name": found.names[s.stage],
            "probability": s.now,
            "suggested": s.suggested,
            "n": s.closed,
            "won": s.won,
            "lost": s.lost,
            "open": s.open,
            "low": s.low,
            "high": s.high,
            "held_by": s.held_by,
            "weighted": major(found.effects[s.stage].now, found.currency),
            "weighted_suggested": major(found.effects[s.stage].suggested, found.currency),
        }
        for s in found.suggestions
    ]


def as_json(found: Calibration) -> dict[str, Any]:
    """The whole calibration."""
    return {
        "as_of": found.as_of.isoformat(),
        "until": found.until.isoformat(),
        "version": found.version,
        "currency": found.currency,
        "weighted": major(found.total.now, found.currency),
        "weighted_suggested": major(found.total.suggested, found.currency),
        "stages": as_rows(found),
    }
