"""Finding out the cycle as it is practised: of a file that a company has, or of a workspace from its own journal."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from datetime import date
from functools import cache
from itertools import chain, groupby
from operator import itemgetter
from pathlib import Path
from typing import Any, NamedTuple

from pipecli.config import Settings
from pipecli.domain.discovery import Practice, Use, merges, probabilities, stale_after, uses
from pipecli.domain.discovery_rewrite import rearranged
from pipecli.domain.discovery_text import DraftedStage, known
from pipecli.domain.fold import fold
from pipecli.domain.former import Way
from pipecli.domain.journeys import LOST, WON, Journey, journey, stays
from pipecli.domain.opportunity import OPEN
from pipecli.domain.stage_order import best_order, contradictions, often_enough, precedence
from pipecli.domain.statistics import cycle
from pipecli.errors import InvalidInput, NotFound
from pipecli.importers.rejected import Rejected
from pipecli.store import header as headers
from pipecli.store.history import visit_columns
from pipecli.text import _

from .discovery import NAMELESS, Draft, Progress, draft
from .discovery_source import Identifiers, open_discovery
from .import_request import Request
from .importing_source import Source
from .journeys import way_of
from .workspace import Reading, Workspace

_IMPORTED = "imported"
_PIPELINE = ("pipeline", "deal - pipeline", "affaire - pipeline", "sales pipeline")


class Discovered(NamedTuple):
    """What was found out, and the draft. `origin` is the file or the workspace, `system` whose export it is, `column`
    what its stages were read from; `rejected` are the rows that could not be read.

    `merged` says whether the draft makes those stages one, which a workspace's own definition leaves to a person.
    `pipelines` are those that the file mixes, with their opportunities, where it says that there are several.
    A file that holds only a history is not `importable`; `maps` is what an import is to be told beside what was asked.
    """

    origin: str
    practice: Practice
    stages: Sequence[DraftedStage]
    toml: str
    merged: bool
    system: str | None = None
    column: str | None = None
    rejected: Sequence[Rejected] = ()
    pipelines: Sequence[tuple[str, int]] = ()
    importable: bool = False
    maps: Sequence[str] = ()


def of_file(
    settings: Settings,
    path: str,
    request: Request,
    currency: str | None = None,
    progress: Progress | None = None,
) -> Discovered:
    """The cycle that a file shows; raises InvalidInput where it shows none."""
    source = open_discovery(Path(path), request)
    found = draft(source, settings, request, currency, progress)
    if request.history and not found.journeys:
        line = _("none of the identifiers of {history} is in {path}: is it the history of another file?")
        raise InvalidInput(line.format(history=request.history, path=path), path=request.history)
    stage = found.mapping.sources.get("stage")
    return Discovered(
        path,
        found.practice,
        found.stages,
        found.toml,
        merged=True,
        system=source.system.name if source.system else None,
        column=stage.said(source.table.header) if stage else None,
        rejected=found.rejected,
        pipelines=_pipelines(source),
        importable=not isinstance(source.table, Identifiers),
        maps=_name_said(found, source),
    )


def _pipelines(source: Source) -> list[tuple[str, int]]:
    header = source.table.header
    at = next((n for n, name in enumerate(header) if fold(name.strip()) in _PIPELINE), None)
    if at is None:
        return []
    named = Counter(
        line.cells[at].strip() for line in source.lines if at < len(line.cells) and not line.fault
    )
    del named[""]
    return named.most_common() if len(named) > 1 else []


def _name_said(found: Draft, source: Source) -> list[str]:
    """Which column is to name the opportunities where none does by itself: the identifier, else the first."""
    if found.mapping.defaults.get("name") != NAMELESS:
        return []
    header = source.table.header
    key = found.mapping.sources.get("id")
    return ["name=" + (key.said(header) if key else next(name for name in header if name))]


def of_workspace(workspace: Workspace) -> Discovered:
    """The cycle that a workspace's own journal shows; raises NotFound where it holds no opportunity."""
    with workspace.read() as reading:
        columns = visit_columns(reading.driver, reading.today)
        versions = reading.soon(headers.definition_versions, reading.driver)
        road = way_of(reading)
        journeys, plain = _journeys(reading, road, columns)
        if not journeys and not plain:
            raise NotFound(_("there is no opportunity yet: pipe add, or pipe stages discover FILE"))
        practice = _practice(reading, road, journeys, plain)
        _version, toml, _on = versions()[-1]
        stages = _as_they_are(reading, practice)
        text = rearranged(
            toml,
            [stage.key for stage in stages],
            {stage.key: stage.probability for stage in stages},
            {stage.key: stage.stale_after for stage in stages if stage.stale_after is not None},
            {stage.key: known(stage.use, practice, stage.made_of) for stage in stages},
        )
        return Discovered(workspace.address, practice, stages, text, merged=False)


def stage_records(found: Discovered) -> list[dict[str, Any]]:
    """Each stage as it is practised, in the order found, and which stage of the draft it is part of."""
    practice = found.practice
    drafted = {stage: one for one in found.stages for stage in one.made_of}
    return [_record(practice, practice.uses[key], drafted.get(key)) for key in practice.order]


def _record(practice: Practice, use: Use, drafted: DraftedStage | None) -> dict[str, Any]:
    days = use.days
    return {
        "stage": use.stage,
        "stage_name": practice.names[use.stage],
        "came": use.entered,
        "skipped": use.skipped,
        "skipped_share": use.skipped_share,
        "went_back": use.returned,
        "went_back_share": use.returned_share,
        "here": practice.standing.get(use.stage, 0),
        "won_n": days.n,
        "won_median_days": days.median.days,
        "won_p90_days": days.p90.days,
        "is_won": use.to_win._asdict(),
        "stale_after_days": stale_after(days),
        "hardly_used": practice.is_hardly_used(use),
        "file_probability": practice.percents.get(use.stage),
        "draft": drafted.key if drafted else None,
        "draft_name": drafted.name if drafted else None,
        "draft_probability": drafted.probability if drafted else None,
    }


def as_json(found: Discovered) -> dict[str, Any]:
    """All figures as one document."""
    practice = found.practice
    return {
        "origin": found.origin,
        "system": found.system,
        "stage_column": found.column,
        "opportunities": {
            "n": practice.total,
            "won": practice.won,
            "lost": practice.lost,
            "open": practice.open,
            "with_history": practice.told,
            "rejected": len(found.rejected),
        },
        "pipelines": dict(found.pipelines),
        "order": {"pairs": practice.pairs, "against": practice.against},
        "cycle": {"won_n": practice.cycle.n, "won_median_days": practice.cycle.median.days},
        "stages": stage_records(found),
        "merges": [
            {"stages": [*pair.first, *pair.second], "in_draft": found.merged} for pair in practice.merged
        ],
    }


@cache
def _ordinal(day: str) -> int:
    return date.fromisoformat(day).toordinal()


def _journeys(
    reading: Reading, road: Way, columns: Iterable[Sequence[Sequence[Any]]]
) -> tuple[list[Journey], list[Journey]]:
    """The opportunities whose way is known, and those that came from a plain export and are closed."""
    known_ones: list[Journey] = []
    plain: list[Journey] = []
    rows = chain.from_iterable(zip(*portion, strict=True) for portion in columns)
    for _number, visits in groupby(rows, key=itemgetter(0)):
        told = list(visits)
        found = journey(stays(_visits(told), road, reading.today.toordinal()), "")
        is_plain = len(told) == 1 and told[0][5] == _IMPORTED and found.status != OPEN
        (plain if is_plain else known_ones).append(found)
    return known_ones, plain


def _visits(rows: Iterable[Sequence[str | None]]) -> Iterator[tuple[str, int, int | None, str | None]]:
    for _number, stage, entered, left, outcome, _how in rows:
        yield str(stage), _ordinal(str(entered)), None if left is None else _ordinal(left), outcome


def _practice(reading: Reading, road: Way, journeys: Sequence[Journey], plain: Sequence[Journey]) -> Practice:
    came = {stay.stage for one in journeys for stay in one.stays}
    before = precedence([[(stay.stage, n) for n, stay in enumerate(one.stays)] for one in journeys])
    places = sorted(road.order, key=lambda stage: road.place[stage])
    present = [stage for stage in places if stage in came or road.is_present(stage)]
    order = best_order(present, often_enough(before))
    today = reading.today.toordinal()
    status = Counter(one.status for one in (*journeys, *plain))
    standing = Counter(one.stays[-1].stage for one in journeys if one.status == OPEN)
    return Practice(
        tuple(order),
        {stage: reading.pipeline.stage(stage).name for stage in order},
        uses(journeys, order, today),
        standing,
        len(journeys) + len(plain),
        status[WON],
        status[LOST],
        len(journeys),
        sum(sum(counts.values()) for counts in before.values()),
        contradictions(order, before),
        tuple(merges(journeys, order, standing)),
        cycle([*journeys, *plain], WON),
        is_of_definition=not any(often_enough(before).values()),
    )


def _as_they_are(reading: Reading, practice: Practice) -> tuple[DraftedStage, ...]:
    """The stages of the definition in force in the order found, none of them made one with another.

    Where hardly anything ended, its own probabilities stand in for the rates.
    """
    here = [reading.pipeline.stage(key) for key in practice.order if reading.pipeline.index(key) >= 0]
    used = [practice.uses[stage.key] for stage in here]
    rates = [
        use.to_win.rate if use.to_win.rate is not None else stage.probability / 100
        for use, stage in zip(used, here, strict=True)
    ]
    percents = probabilities(rates, [use.to_win.n for use in used])
    return tuple(
        DraftedStage(s.key, s.name, s.labels, (s.key,), percent, stale_after(use.days), use)
        for s, percent, use in zip(here, percents, used, strict=True)
    )
