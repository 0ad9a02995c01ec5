"""The definition that a practice drafts: names and labels of its stages, probabilities, stale days, loss reasons."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from typing import Any

from pipecli.domain.discovery import Practice, Use, probabilities, stale_after
from pipecli.domain.discovery_text import (
    DraftedDefinition,
    DraftedEnd,
    DraftedStage,
    definition_text,
    known_of_all,
    known_of_stage,
    stage_name,
)
from pipecli.domain.fold import fold
from pipecli.domain.importing import Row
from pipecli.domain.pipeline import LOST, WON, Pipeline
from pipecli.text import _

from .discovery_labels import LONGEST_LABEL, Found

MOST_REASONS = 8


def drafted_toml(
    practice: Practice, found: Found, whole: Pipeline, rows: Sequence[Row], used: Mapping[str, Use]
) -> str:
    """The TOML of the draft; `used` says how its stages are used, merged ones as one."""
    leaders = list(used)
    groups = dict(zip(leaders, practice.groups, strict=True))
    rates = [used[key].to_win.rate for key in leaders]
    percents = probabilities(
        [
            rate if rate is not None else _percent(found, groups[key])
            for key, rate in zip(leaders, rates, strict=True)
        ],
        [used[key].to_win.n for key in leaders],
    )
    names = _names(leaders, found)
    stages = tuple(
        DraftedStage(
            key,
            names[key],
            tuple(label for stage in (key, *groups[key]) for label in _spelled(found, stage, names[key])),
            percent,
            stale_after(used[key].days),
            known_of_stage(used[key], practice, groups[key]),
        )
        for key, percent in zip(leaders, percents, strict=True)
    )
    return definition_text(
        DraftedDefinition(
            _("Our pipeline, as practised"),
            whole.currency,
            whole.timezone,
            _loss_reasons(rows),
            stages,
            _end(found, WON, _("Won"), names),
            _end(found, LOST, _("Lost"), names),
            known_of_all(practice),
        )
    )


def _percent(found: Found, group: Sequence[str]) -> float | None:
    told = [found.percents[stage] for stage in group if stage in found.percents]
    return sum(told) / len(told) / 100 if told else None


def _names(leaders: Sequence[str], found: Found) -> dict[str, str]:
    """A name of its own for each stage of the draft."""
    names: dict[str, str] = {}
    for key in leaders:
        names[key] = stage_name(found.names[key])
    return names


def _spelled(found: Found, stage: str, name: str) -> list[str]:
    """The spellings of a stage that its name does not say already, each once."""
    seen, kept = {fold(name)}, []
    for label in (found.names[stage], *found.spelled.get(stage, ())):
        if fold(label) not in seen:
            seen.add(fold(label))
            kept.append(label)
    return kept


def _end(found: Found, place: str, usual: str, names: Mapping[str, str]) -> DraftedEnd:
    """How won or lost is called: as the file most often does."""
    taken = {fold(name) for name in names.values()}
    spelled = list(
        {
            fold(label): label for label in reversed(found.spelled.get(place, [])) if fold(label) not in taken
        }.values()
    )[::-1]
    if not spelled:
        return DraftedEnd(usual)
    return DraftedEnd(spelled[0], tuple(spelled[1:]))


def _loss_reasons(rows: Sequence[Row]) -> tuple[str, ...]:
    """The reasons that the file gives most often, and one for all others."""
    counted: Counter[str] = Counter()
    spelling: dict[str, Any] = {}
    for row in rows:
        reason = row.values.get("loss_reason")
        if reason and len(reason) <= LONGEST_LABEL and reason.isprintable():
            key = _spelled_alike(reason)
            counted[key] += 1
            spelling.setdefault(key, reason)
    other = _("other")
    found = [spelling[key] for key, _n in counted.most_common(MOST_REASONS) if key != _spelled_alike(other)]
    return (*found, other) if found else (*_("price, timing, competitor, no decision").split(", "), other)


def _spelled_alike(text: str) -> str:
    return fold(text).replace("-", " ").replace("_", " ").strip()
