"""The accuracy table: the history forecast and three baselines on logs whose end is known, as Markdown.

    PIPECLI_REAL_DATA=folder python -m tests.forecasting.accuracy

Every log is forecast again every seven days, as `pipe forecast backtest` does it and by the same functions. Simulated
logs are three seeds of a scenario, pooled; real ones are left out without their folder.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from functools import cache
from itertools import chain
from typing import NamedTuple

import numpy as np

from pipecli.forecasting import record
from pipecli.forecasting.baselines import Baselines, baselines
from pipecli.forecasting.history import Floats, History, known
from pipecli.forecasting.record import Origin
from pipecli.forecasting.scores import Scores
from pipecli.service.backtesting import BASELINES, MOST_ORIGINS, Tried, scored, tried_on

from .arrays import PROBABILITIES, Measured, arrays, first_day
from .cases import Case
from .logs import REAL, loans, maven
from .simulator import WORLDS, simulate

SEEDS = (1, 2, 3)
EVERY = 7
_MINOR = 100


class Replay(NamedTuple):
    """One log forecast again: the days that count, what was said of each, and the chances of what stood open."""

    origins: list[Origin]
    tried: list[Tried]
    chances: list[Floats]


class Accuracy(NamedTuple):
    """How far forecasts of one log were off; `scores` by name, the model's and each baseline's."""

    origins: int
    scores: dict[str, Scores]
    coverage: float | None

    def best(self, score: str) -> float:
        """The lowest score of a baseline."""
        return min(getattr(self.scores[name], score) for name in BASELINES)

    @property
    def ratio(self) -> float:
        """The model's WAPE over the best baseline's."""
        assert self.scores["model"].wape is not None
        return self.scores["model"].wape / self.best("wape")


class Log(NamedTuple):
    """A log to be measured: its name, and the seeds or the one reading of it."""

    name: str
    read: Callable[[], list[list[Case]]]
    measure: Measured
    horizon: int


def replay(history: History, last: int, horizon: int) -> Replay:
    """Days `EVERY` so many forecast again, the last of them over on `last`; those count by which ten were closed."""
    days = record.every(first_day(history) + horizon, last - horizon, EVERY, MOST_ORIGINS).tolist()
    origins = list(record.origins(history, days, horizon, lambda _day: PROBABILITIES))
    origins = [origin._replace(baselines=counted_whole(history, origin)) for origin in origins]
    learnt = [o for o in origins if o.closed >= record.FEWEST_CLOSED] or [o for o in origins if o.closed]
    made = [tried_on(origin, origins) for origin in learnt]
    return Replay(learnt, [tried for tried, _chances in made], [chances for _tried, chances in made])


def counted_whole(history: History, origin: Origin) -> Baselines:
    """What the simple forecasts say where the rules count all that is open.

    The logs have no close dates, so that the rules, as the tool reads them, would expect nothing in any period: too
    easy to beat.
    """
    day, horizon = origin.said.day, origin.said.horizon
    due = history.close._replace(value=np.full(len(history.close.value), day + 1.0))
    seen = known(history._replace(close=due), day)
    return baselines(seen, origin.outlook.case, origin.outlook.stage, PROBABILITIES, horizon)


def accuracy(replays: Iterable[Replay]) -> Accuracy:
    """The scores of some replays as if they were one."""
    pooled = Replay(*(list(chain.from_iterable(parts)) for parts in zip(*replays, strict=True)))
    found, coverage, _reliability = scored(*pooled)
    return Accuracy(len(pooled.tried), found, coverage)


@cache
def measured(log: Log) -> Accuracy:
    """A log's accuracy up to its last day."""
    return accuracy(replay(arrays(cases, log.measure), last_day(cases), log.horizon) for cases in log.read())


def last_day(cases: Sequence[Case]) -> int:
    """The last day on which anything happened."""
    return max((case.closed or case.steps[-1][0]).toordinal() for case in cases)


def simulated(scenario: str, measure: Measured = "count", horizon: int = 30) -> Log:
    """Three seeds of a scenario."""
    return Log(scenario, lambda: [simulate(scenario, seed) for seed in SEEDS], measure, horizon)


SIMULATED = (
    *(simulated(scenario) for scenario in WORLDS),
    simulated("stationary", "amount"),
    simulated("whale", "amount"),
)
REAL_LOGS = (
    Log("loans h1", lambda: [loans("h1")], "count", 30),
    Log("loans h1", lambda: [loans("h1")], "count", 14),
    Log("loans q4", lambda: [loans("q4")], "count", 14),
    Log("loans q4", lambda: [loans("q4")], "amount", 14),
    Log("maven", lambda: [maven()], "count", 30),
)
_HEAD = (
    "| Log | Measure | Days ahead | n | WAPE model | rules | trailing | recalibrated | Model / best "
    "| Pinball model | best | P10–P90 held | Brier model | best |"
)


def row(log: Log) -> str:
    """A log's line of the table."""
    found = measured(log)
    model, unit = found.scores["model"], _MINOR if log.measure == "amount" else 1
    assert model.pinball is not None and model.brier is not None
    wapes = [_percent(found.scores[name].wape) for name in ("model", *BASELINES)]
    cells = [
        log.name, log.measure, log.horizon, found.origins, *wapes, f"{found.ratio:.2f}",
        _figure(model.pinball / unit), _figure(found.best("pinball") / unit), _percent(found.coverage),
        f"{model.brier:.3f}", f"{found.best('brier'):.3f}",
    ]  # fmt: skip
    return f"| {' | '.join(map(str, cells))} |"


def _percent(share: float | None) -> str:
    return "–" if share is None else f"{share * 100:.0f} %"


def _figure(value: float) -> str:
    return f"{value:,.0f}" if value >= 100 else f"{value:.2f}"


def main() -> None:
    """Print the table."""
    print(_HEAD)
    print("|---|---" + "|---:" * (_HEAD.count("|") - 3) + "|")
    for log in (*SIMULATED, *(REAL_LOGS if REAL.is_dir() else ())):
        print(row(log), flush=True)


if __name__ == "__main__":
    main()
