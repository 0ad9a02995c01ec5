"""The definition that a practice drafts: names and labels of its stages, probabilities, stale days, loss reasons."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Mapping, Sequence

from pipecli.domain.discovery import Practice, Use, probabilities, stale_after
from pipecli.domain.discovery_text import DraftedDefinition, DraftedEnd, DraftedStage, stage_name
from pipecli.domain.fold import spelled
from pipecli.domain.importing import Row
from pipecli.domain.pipeline import LOST, WON, Pipeline
from pipecli.text import _

from .discovery_labels import LONGEST_NAME, Found

MOST_REASONS = 8


def drafted_definition(
    practice: Practice, found: Found, whole: Pipeline, rows: Sequence[Row], used: Mapping[str, Use]
) -> DraftedDefinition:
    """The draft; `used` says how its stages are used, merged ones as one."""
    groups = dict(zip(used, practice.groups, strict=True))
    percents = probabilities(
        [_rate(use, found, groups[key]) for key, use in used.items()], [use.to_win.n for use in used.values()]
    )
    stages = tuple(
        _stage(key, found, groups[key], percent, used[key])
        for key, percent in zip(used, percents, strict=True)
    )
    names = {spelled(name) for stage in stages for name in (stage.name, *stage.labels)}
    return DraftedDefinition(
        _("Our pipeline, as practised"),
        whole.currency,
        whole.timezone,
        _loss_reasons(rows),
        stages,
        _end(found, WON, _("Won"), names),
        _end(found, LOST, _("Lost"), names),
    )


def _rate(use: Use, found: Found, group: Sequence[str]) -> float | None:
    """The chance of a win: as it was, else as the file's own probabilities have it."""
    if use.to_win.rate is not None:
        return use.to_win.rate
    told = [found.percents[stage] for stage in group if stage in found.percents]
    return min(1.0, sum(told) / len(told) / 100) if told else None


def _stage(key: str, found: Found, group: tuple[str, ...], percent: int, use: Use) -> DraftedStage:
    name = stage_name(found.names[key])
    labels = [
        label for stage in (key, *group) for label in (found.names[stage], *found.spelled.get(stage, ()))
    ]
    return DraftedStage(key, name, _once(labels, {spelled(name)}), group, percent, stale_after(use.days), use)


def _end(found: Found, place: str, usual: str, taken: Collection[str]) -> DraftedEnd:
    """How won or lost is called: as the file most often does."""
    labels = _once(found.spelled.get(place, ()), taken)
    return DraftedEnd(labels[0], labels[1:]) if labels else DraftedEnd(usual)


def _once(labels: Sequence[str], taken: Collection[str]) -> tuple[str, ...]:
    """The labels that are not there yet, each once, whatever its spelling."""
    found: dict[str, str] = {}
    for label in labels:
        found.setdefault(spelled(label), label)
    return tuple(label for words, label in found.items() if words not in taken)


def _loss_reasons(rows: Sequence[Row]) -> tuple[str, ...]:
    """The reasons that the file gives most often, and one for all others."""
    counted: Counter[str] = Counter()
    spelling: dict[str, str] = {}
    for row in rows:
        reason = row.values.get("loss_reason")
        if reason and len(reason) <= LONGEST_NAME and reason.isprintable():
            counted[spelled(reason)] += 1
            spelling.setdefault(spelled(reason), reason)
    usual = _("price, timing, competitor, no decision, other").split(", ")
    found = [spelling[key] for key, _n in counted.most_common(MOST_REASONS) if key != spelled(usual[-1])]
    return (*found, usual[-1]) if found else tuple(usual)
