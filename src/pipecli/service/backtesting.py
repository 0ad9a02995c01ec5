"""Past days forecast again, each with what was known then, and scored beside three simple forecasts."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from typing import Any, NamedTuple

import numpy as np

from pipecli.domain import trust
from pipecli.domain.trust import Track, Trust
from pipecli.errors import InvalidInput
from pipecli.forecasting import record, scores
from pipecli.forecasting.draws import draw
from pipecli.forecasting.history import Floats, known
from pipecli.forecasting.model import levelled
from pipecli.forecasting.record import Origin
from pipecli.forecasting.scores import QUANTILES, Bin, Scores
from pipecli.text import _

from .forecast import When, looking_back
from .history import Past, read_past
from .measures import AMOUNT, Measure, measure_of
from .workspace import Workspace

BASELINES = ("rules", "trailing", "recalibrated")
MOST_ORIGINS = 200
LONGEST_HORIZON = 366

Progress = Callable[[int, int], None]


class Tried(NamedTuple):
    """One past day: what came in its horizon, what the model said of it (mean, P10, P50, P90), and the baselines."""

    as_of: date
    actual: float
    model: tuple[float, float, float, float]
    rules: float
    trailing: float
    recalibrated: float


class Backtest(NamedTuple):
    """Every day tried, the scores by name, how often the range held, chances against wins, and the verdict."""

    measure: Measure
    currency: str
    horizon: int
    every: int
    tried: tuple[Tried, ...]
    scores: dict[str, Scores]
    coverage: float | None
    reliability: tuple[Bin, ...]
    verdict: Trust


def backtest(
    workspace: Workspace,
    *,
    horizon: int,
    every: int,
    measure: str = AMOUNT,
    when: When = When(),
    progress: Progress = lambda done, of: None,
) -> Backtest:
    """Try days `every` so many, each asked for the `horizon` days behind it; raises InvalidInput where none is over.

    At most the newest `MOST_ORIGINS` days are tried, and only those by which ten opportunities were closed, or one
    where the history never had ten.
    """
    _check(horizon, every)
    with looking_back(workspace, when) as reading:
        day = reading.today.toordinal()
        measured, currency = measure_of(reading.pipeline, measure), reading.pipeline.currency
        past = read_past(reading, measured)
    days = _days(past, day, horizon, every)
    origins = []
    for origin in record.origins(past.history, days, horizon, past.probabilities):
        origins.append(origin)
        progress(len(origins), len(days))
    learnt = [o for o in origins if o.closed >= record.FEWEST_CLOSED] or [o for o in origins if o.closed]
    tried, drawn = [], []
    for origin in learnt:
        made, chances = tried_on(origin, origins)
        tried.append(made)
        drawn.append(chances)
    found, coverage, reliability = scored(learnt, tried, drawn)
    track = [Track(t.as_of, t.model[0], t.rules, t.actual) for t in tried]
    verdict = trust.judge(track, record.closed_by(known(past.history, day)), horizon)
    return Backtest(
        measured, currency, horizon, every, tuple(tried), found, coverage, tuple(reliability), verdict
    )


def _check(horizon: int, every: int) -> None:
    if not 1 <= horizon <= LONGEST_HORIZON:
        raise InvalidInput(
            _("a horizon of {n} days cannot be tried; give 1 to {most}: --horizon 30d").format(
                n=horizon, most=LONGEST_HORIZON
            )
        )
    if every < 1:
        raise InvalidInput(_("the days to try lie at least one day apart: --every 7d"))


def _days(past: Past, day: int, horizon: int, every: int) -> list[int]:
    first = int(past.history.entered.min()) if past.history.cases else day
    days = record.every(first + horizon, day - horizon, every, MOST_ORIGINS)
    if not len(days):
        raise InvalidInput(
            _("the history is too short to try {n} days ahead; it has {have} days: --horizon {less}d").format(
                n=horizon, have=day - first, less=max((day - first) // 4, 1)
            )
        )
    return [int(one) for one in days]


def tried_on(origin: Origin, origins: list[Origin]) -> tuple[Tried, Floats]:
    """What the model would have said that day, corrected by what it could have known of its misses."""
    correction = record.correction_at(origins, origin.said.day)
    drawn, outlook = draw(origin.outlook, correction), levelled(origin.outlook, correction.level)
    horizon = origin.said.horizon
    total = (drawn.worth * (drawn.won < horizon)).sum(axis=1) + drawn.fresh.sum(axis=1)
    low, middle, high = (float(q) for q in np.quantile(total, QUANTILES))
    simple = origin.baselines
    mean = float(outlook.expected()[-1])
    made = Tried(
        date.fromordinal(origin.said.day),
        origin.said.actual,
        (mean, low, middle, high),
        simple.rules,
        simple.trailing,
        simple.recalibrated,
    )
    return made, np.minimum(outlook.density.sum(axis=1), 1.0)


def scored(
    origins: list[Origin], tried: list[Tried], chances: list[Floats]
) -> tuple[dict[str, Scores], float | None, list[Bin]]:
    """The scores of the model and each baseline, the coverage of its range, and the reliability of its chances."""
    actual = np.array([t.actual for t in tried])
    quantiles = np.array([t.model[1:] for t in tried]).reshape(-1, 3)
    given, came = _flat(chances), _flat([o.won for o in origins])
    found = {"model": scores.scores(actual, np.array([t.model[0] for t in tried]), quantiles, given, came)}
    for name in BASELINES:
        point = np.array([getattr(t, name) for t in tried])
        simple = _flat([getattr(o.baselines, f"{name}_chance") for o in origins])
        found[name] = scores.scores(actual, point, np.repeat(point[:, None], 3, axis=1), simple, came)
    return found, scores.coverage(actual, quantiles), scores.reliability(given, came)


def _flat(parts: list[Floats]) -> Floats:
    return np.concatenate(parts) if parts else np.zeros(0)


def as_json(found: Backtest) -> dict[str, Any]:
    """The keys of `forecast backtest --json`."""
    number = found.measure.number
    return {
        "horizon_days": found.horizon,
        "every_days": found.every,
        "measure": found.measure.key,
        "unit": "number" if found.measure.currency is None else "money",
        "currency": found.currency,
        "n_closed": found.verdict.n_closed,
        "trusted": found.verdict.trusted,
        "why": found.verdict.why,
        "origins": [
            {
                "as_of": t.as_of.isoformat(),
                "actual": number(t.actual),
                "model": dict(zip(("mean", "p10", "p50", "p90"), map(number, t.model), strict=True)),
                **{name: number(getattr(t, name)) for name in BASELINES},
            }
            for t in found.tried
        ],
        "scores": {
            **{name: _scores(part, found.measure) for name, part in found.scores.items()},
            "coverage": _rounded(found.coverage),
        },
        "reliability": [{"n": b.n, "said": _rounded(b.said), "won": b.won} for b in found.reliability],
    }


def _scores(part: Scores, measure: Measure) -> dict[str, float | int | None]:
    return {
        "wape": _rounded(part.wape),
        "bias": _rounded(part.bias),
        "pinball": None if part.pinball is None else measure.number(part.pinball),
        "brier": _rounded(part.brier),
    }


def _rounded(value: float | None) -> float | None:
    return None if value is None else round(value, 4)
