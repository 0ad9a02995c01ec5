"""Statistics of owners and sources as use cases: win rates side by side, and what rests on one owner."""

from __future__ import annotations

from collections.abc import Sequence

from pipecli.domain import performance, statistics
from pipecli.domain.journeys import WON, Journey
from pipecli.domain.money import exponent, major
from pipecli.domain.performance import Holding, Tally, holding, tally
from pipecli.domain.pipeline import Pipeline
from pipecli.domain.statistics import EVERYBODY, PIPELINE
from pipecli.domain.survival import Rate, plain_rate, rate

from .journeys import Asked, Past, read_past
from .statistics import Record, Table, counts, pace_keys, rate_keys, stage_keys, unpriced
from .workspace import Workspace

PER = 1_000
"""Major units of money that exchanges are set against."""


def owners(workspace: Workspace, asked: Asked) -> Table:
    """What each owner made of the opportunities opened in the period, and holds of what is open now."""
    with workspace.read(as_of=asked.as_of) as reading:
        past, pipeline = read_past(reading, asked), reading.pipeline
        opened = past.opened
        cohort, held = performance.by_owner(opened), performance.by_owner(past.journeys)
        every, pipeline_holding = tally(opened, past.today), holding(past.journeys)
        sides = _Sides(past, opened, pipeline)
        rows = [
            {
                "owner": owner,
                **_owner_keys(tally(cohort.get(owner, []), past.today), every, pipeline),
                **_holding_keys(holding(all_), pipeline_holding, pipeline),
                "stages": sides.of(cohort.get(owner, [])),
            }
            for owner, all_ in held.items()
            if past.own(all_[:1])
        ]
        rows = [row for row in rows if row["n"] or row["open"]]
        rows.sort(key=lambda row: (-row["won_amount"], -row["won"], row["owner"]))
        total = {
            "owner": None,
            **_owner_keys(every, every, pipeline),
            **_holding_keys(pipeline_holding, pipeline_holding, pipeline),
            "stages": sides.every(),
        }
        told = [j for j in past.own(opened) if j.status == WON] + [
            j for j in past.own(past.journeys) if j.closed is None
        ]
        return Table(rows, counts(past.own(opened)), pipeline.currency, total, *unpriced(told))


def in_stage(workspace: Workspace, asked: Asked, stage: str) -> Table:
    """Owners side by side in one stage; raises NotFound for a stage there is not."""
    with workspace.read(as_of=asked.as_of) as reading:
        past = read_past(reading, asked)
        key = reading.pipeline.find_stage(stage).key
        opened = past.opened
        sides = _Sides(past, opened, reading.pipeline)
        rows = [
            {"owner": owner, **row}
            for owner, own in sorted(performance.by_owner(past.own(opened)).items())
            for row in sides.of(own)
            if row["stage"] == key
        ]
        total = next(({"owner": None, **row} for row in sides.every() if row["stage"] == key), {})
        return Table(rows, counts(past.own(opened)), reading.pipeline.currency, total)


class _Sides:
    """One owner's passage through each stage beside everybody's."""

    def __init__(self, past: Past, opened: Sequence[Journey], pipeline: Pipeline) -> None:
        self._past = past
        self._pipeline = pipeline
        self._opened = opened
        self._wins = self._win_rates(opened)
        self._all = statistics.win_rate(opened, past.today)

    def every(self) -> list[Record]:
        """Everybody together, by stage in order."""
        return self._rows(self._opened, self._wins)

    def of(self, own: Sequence[Journey]) -> list[Record]:
        """One owner's own, by stage in order."""
        return self._rows(own, self._win_rates(own))

    def _win_rates(self, journeys: Sequence[Journey]) -> dict[str, tuple[int, Rate]]:
        wins = statistics.wins_by_stage(journeys, self._past.today)
        return {stage: (cases.total(), rate(cases)) for stage, cases in wins.items()}

    def _rows(self, journeys: Sequence[Journey], wins: dict[str, tuple[int, Rate]]) -> list[Record]:
        paces = statistics.pace(journeys, self._past.way, self._past.today)
        return [
            {
                **stage_keys(stage, self._pipeline),
                "entered": wins[stage][0],
                **rate_keys(
                    "to_win", wins[stage][1], (EVERYBODY, self._wins[stage][1]), (PIPELINE, self._all)
                ),
                **pace_keys(paces[stage]),
            }
            for stage in self._past.way.order
            if stage in wins
        ]


def _owner_keys(found: Tally, every: Tally, pipeline: Pipeline) -> Record:
    return {
        "n": found.n,
        "won": found.won,
        "lost": found.lost,
        **rate_keys("win_rate", found.win_rate, (EVERYBODY, every.win_rate)),
        "won_amount": major(found.won_amount, pipeline.currency),
        "won_unpriced": found.won_unpriced,
        "currency": pipeline.currency,
    }


def _holding_keys(found: Holding, every: Holding, pipeline: Pipeline) -> Record:
    """What is open, and its share of all that is: of the count and of the amount, null under ten open ones."""
    share = plain_rate(found.n, every.n)
    few = share.rate is None or not every.amount
    return {
        "open": found.n,
        "open_amount": major(found.amount, pipeline.currency),
        "open_unpriced": found.unpriced,
        "open_share": {
            "n": every.n,
            "k": found.n,
            "count": None if share.rate is None else round(share.rate, 4),
            "amount": None if few else round(found.amount / every.amount, 4),
        },
    }


def sources(workspace: Workspace, asked: Asked) -> Table:
    """What the opportunities opened in the period brought and took, by where they came from."""
    with workspace.read(as_of=asked.as_of) as reading:
        past, pipeline = read_past(reading, asked), reading.pipeline
        opened = past.own(past.opened)
        every = tally(past.opened, past.today)
        total = tally(opened, past.today)
        rows = [
            {"source": source, **_source_keys(tally(found, past.today), every, pipeline)}
            for source, found in performance.by_source(opened).items()
        ]
        rows.sort(key=lambda row: (-row["won_amount"], -row["won"], -row["n"], row["source"] or ""))
        won = [journey for journey in opened if journey.status == WON]
        return Table(
            rows,
            counts(opened),
            pipeline.currency,
            {"source": None, **_source_keys(total, every, pipeline)},
            *unpriced(won),
        )


def _source_keys(found: Tally, every: Tally, pipeline: Pipeline) -> Record:
    per_win, per_amount = (
        found.exchanges_per_win,
        found.exchanges_per(PER * 10 ** exponent(pipeline.currency)),
    )
    return {
        "n": found.n,
        "won": found.won,
        "lost": found.lost,
        "open": found.n - found.won - found.lost,
        **rate_keys("win_rate", found.win_rate, (PIPELINE, every.win_rate)),
        "won_amount": major(found.won_amount, pipeline.currency),
        "won_unpriced": found.won_unpriced,
        "currency": pipeline.currency,
        "exchanges": found.exchanges,
        "exchanges_per_win": None if per_win is None else round(per_win, 2),
        "exchanges_per_won_1000": None if per_amount is None else round(per_amount, 4),
    }
