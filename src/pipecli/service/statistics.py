"""Statistics of stages as use cases: the funnel, the pace and the losses, as rows under the contract's keys.

A rate is `{n, k, rate, low, high, pooled}`, from 0 to 1 and null under ten cases; then `pooled` is true and the same
key with `_above` has the rate of the level above that stands for it.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from typing import Any, NamedTuple

from pipecli.domain import statistics as rules
from pipecli.domain.journeys import LOST, WON, Journey
from pipecli.domain.money import major
from pipecli.domain.pipeline import Pipeline
from pipecli.domain.statistics import EVERYBODY, PIPELINE, Flow, Funnel, Loss, Pace, level_above
from pipecli.domain.survival import Dwell, Quantile, Rate

from .journeys import Asked, Past, read_past
from .workspace import Workspace

Record = dict[str, Any]


class Table(NamedTuple):
    """Rows as they go out, and what is said around them: how many opportunities there are in all, by status.

    `total` is the line of all; `no_amount` counts what has none where amounts are added, `no_rate` by currency what
    has one that cannot be.
    """

    rows: list[Record]
    counts: Mapping[str, int]
    currency: str
    total: Record
    no_amount: int = 0
    no_rate: Mapping[str, int] = {}


def funnel(workspace: Workspace, asked: Asked) -> Table:
    """How those opened in the period went from stage to stage."""
    with workspace.read(as_of=asked.as_of) as reading:
        past = read_past(reading, asked)
        rows = flow_rows(past, reading.pipeline)
        return Table(rows, counts(past.own(past.opened)), reading.pipeline.currency, {})


def flow_rows(past: Past, pipeline: Pipeline) -> list[Record]:
    """The funnel of a past, stage by stage; nothing where nothing was opened."""
    every = rules.funnel(past.opened, past.way, past.today)
    own = rules.funnel(past.own(past.opened), past.way, past.today) if past.owner else every
    return [flow_row(flow, own, every, pipeline) for flow in own.flows.values()] if own.n else []


def flow_row(flow: Flow, own: Funnel, every: Funnel, pipeline: Pipeline) -> Record:
    """A stage of the funnel; where it has few cases, everybody's stands for one owner's, else that of all stages."""
    above = every.flows[flow.stage]
    levels: list[tuple[str, Flow | Funnel]] = [(PIPELINE, every)]
    if own is not every:
        levels.insert(0, (EVERYBODY, above))
    return {
        **stage_keys(flow.stage, pipeline),
        "entered": flow.entered,
        "went_on": flow.went_on,
        "lost": flow.lost,
        "moved_back": flow.back,
        "still_there": flow.there,
        "skipped": flow.skipped,
        **rate_keys("to_next", flow.to_next, *((name, level.to_next) for name, level in levels)),
        **rate_keys("to_win", flow.to_win, *((name, level.to_win) for name, level in levels)),
    }


def velocity(workspace: Workspace, asked: Asked) -> Table:
    """How long stays begun in the period last, and how long those took that were won or lost in it."""
    with workspace.read(as_of=asked.as_of) as reading:
        past = read_past(reading, asked)
        own = past.own(past.journeys)
        paces = rules.pace(own, past.way, past.today, past.period)
        rows = [
            {**stage_keys(stage, reading.pipeline), "cycle": None, **pace_keys(pace)}
            for stage, pace in paces.items()
        ]
        ended = past.own(past.closed)
        for status in (WON, LOST):
            dwell = rules.cycle(ended, status)
            rows.append(
                {"stage": None, "stage_name": None, "cycle": status, **pace_keys(Pace(dwell, 0, None))}
            )
        return Table(
            rows if any(row["n"] for row in rows) else [], counts(own), reading.pipeline.currency, {}
        )


def losses(workspace: Workspace, asked: Asked) -> Table:
    """Why and where those lost in the period were lost, what happens most often first."""
    with workspace.read(as_of=asked.as_of) as reading:
        past, pipeline = read_past(reading, asked), reading.pipeline
        lost = [journey for journey in past.own(past.closed) if journey.status == LOST]
        total = {
            "count": len(lost),
            "undocumented": sum(journey.reason is None for journey in lost),
            "reasons": [_loss_keys(loss, pipeline) for loss in rules.losses(lost, by_stage=False)],
        }
        rows = [_loss_keys(loss, pipeline) for loss in rules.losses(lost, by_stage=True)]
        return Table(rows, counts(lost), pipeline.currency, total, *unpriced(lost))


def _loss_keys(loss: Loss, pipeline: Pipeline) -> Record:
    return {
        "reason": loss.reason,
        "reason_label": loss.reason and pipeline.loss_reasons.get(loss.reason, loss.reason),
        **(stage_keys(loss.stage, pipeline) if loss.stage else {}),
        "count": loss.n,
        "amount": major(loss.amount, pipeline.currency),
        "currency": pipeline.currency,
        "unpriced": loss.unpriced,
        **rate_keys("share", loss.share),
    }


def counts(journeys: Sequence[Journey]) -> dict[str, int]:
    """How many there are, and how many of them are open, won and lost."""
    found = Counter(journey.status for journey in journeys)
    return {"n": len(journeys), **{status: found[status] for status in ("open", WON, LOST)}}


def unpriced(journeys: Iterable[Journey]) -> tuple[int, dict[str, int]]:
    """How many have no amount, and by currency how many have one without a rate."""
    found = Counter(journey.no_rate for journey in journeys if journey.worth is None)
    return found.pop(None, 0), {code: n for code, n in sorted(found.items()) if code}


def stage_keys(stage: str, pipeline: Pipeline) -> Record:
    """A stage's key and name; one that went has its key for a name."""
    return {"stage": stage, "stage_name": pipeline.stage(stage).name}


def rate_keys(key: str, found: Rate, *levels: tuple[str, Rate]) -> Record:
    """A rate, and where it has too few cases the one of the first of the levels above that has enough."""
    keys: Record = {key: {**_rate(found), "pooled": found.rate is None}}
    if levels:
        above = level_above(found, *levels)
        keys[f"{key}_above"] = above and {"level": above.name, **_rate(above.rate)}
    return keys


def _rate(found: Rate) -> Record:
    return {
        name: value if value is None or isinstance(value, int) else round(value, 4)
        for name, value in found._asdict().items()
    }


def pace_keys(pace: Pace) -> Record:
    """How long something takes, in days; where a figure is not reached yet, `_over_` says: more than that."""
    dwell: Dwell = pace.dwell
    return {
        "n": dwell.n,
        "ended": dwell.ended,
        "still_there": pace.there,
        **_quantile("median", dwell.median),
        **_quantile("p90", dwell.p90),
        "longer_than_p90": pace.slow,
        "shortest_days": dwell.shortest,
        "longest_days": dwell.longest,
    }


def _quantile(name: str, found: Quantile) -> Record:
    return {f"{name}_days": found.days, f"{name}_over_days": found.over}


def flattened(row: Mapping[str, Any]) -> Record:
    """A row without nesting, for CSV: a rate's keys behind its own, of the level above its name, n and rate."""
    out: Record = {}
    for key, value in row.items():
        if key.endswith("_above"):
            above = value or {}
            out |= {f"{key}_{name}": above.get(name) for name in ("level", "n", "rate")}
        elif isinstance(value, dict):
            out |= {f"{key}_{name}": inner for name, inner in value.items()}
        elif not isinstance(value, list):
            out[key] = value
    return out
