"""A drafted definition as TOML: stages with what is known of each in comments, their criteria left as questions."""

from __future__ import annotations

import textwrap
from collections.abc import Iterator, Sequence
from typing import NamedTuple

from pipecli.text import _

from .definition_draft import key_of, quoted
from .definition_names import is_vague
from .discovery import STALE_DAYS, Practice, Use
from .money import shown

_WIDTH = 100


class DraftedStage(NamedTuple):
    """A stage of a draft: `labels` are what the file calls it, `known` what was found out about it, line by line;
    `stale_after` is None where too little is known."""

    key: str
    name: str
    labels: tuple[str, ...]
    probability: int
    stale_after: int | None
    known: tuple[str, ...] = ()


class DraftedEnd(NamedTuple):
    """How opportunities end: its name and what the file calls it."""

    name: str
    labels: tuple[str, ...] = ()


class DraftedDefinition(NamedTuple):
    """All that a drafted definition says; `known` is what is said at its head, line by line."""

    name: str
    currency: str
    timezone: str
    loss_reasons: tuple[str, ...]
    stages: tuple[DraftedStage, ...]
    won: DraftedEnd
    lost: DraftedEnd
    known: tuple[str, ...] = ()


def stage_name(label: str) -> str:
    """A name for a label: itself, unless it says too little to be one."""
    return _("{label}, to be named").format(label=label) if is_vague(label) else label


def definition_text(draft: DraftedDefinition) -> str:
    """The TOML, with comments; what it says passes the checks of a definition."""
    lines = [
        *_comments(draft.known),
        "",
        f"name = {quoted(draft.name)}",
        f"currency = {quoted(draft.currency)}",
        f"timezone = {quoted(draft.timezone)}",
        f"loss_reasons = [{', '.join(map(quoted, draft.loss_reasons))}]",
    ]
    taken = {stage.key for stage in draft.stages}
    for n, stage in enumerate(draft.stages):
        last = n == len(draft.stages) - 1
        lines += _stage(stage, key_of(f"{stage.key} proven", f"proof-{n + 1}", taken), last=last)
    lines += ["", "[won]", f"name = {quoted(draft.won.name)}", *_labels(draft.won.name, draft.won.labels)]
    lines += _comments(
        [
            _("What shows that they ordered? Without the # it is asked at every win:"),
            "[[won.entry]]",
            'key = "order"',
            f"ask = {quoted(_('What shows that they ordered: a signed quote, an order number?'))}",
            'evidence = "note"',
        ]
    )
    lines += ["", "[lost]", f"name = {quoted(draft.lost.name)}", *_labels(draft.lost.name, draft.lost.labels)]
    return "\n".join(lines).lstrip("\n") + "\n"


def _stage(stage: DraftedStage, proof: str, *, last: bool) -> Iterator[str]:
    question = _("What has happened that proves it is in {stage}?").format(stage=stage.name)
    yield ""
    yield from _comments(stage.known)
    if any(is_vague(label) for label in stage.labels) and stage.name not in stage.labels:
        yield from _comments([_("Two people read this name differently. Name it after what has happened.")])
    yield "[[stage]]"
    yield f"key = {quoted(stage.key)}"
    yield f"name = {quoted(stage.name)}"
    yield from _labels(stage.name, stage.labels)
    yield f"probability = {stage.probability}"
    if stage.stale_after is None:
        yield f'stale_after = "{STALE_DAYS}d" # {_("a usual value: too few won ones are known")}'
    else:
        yield f'stale_after = "{stage.stale_after}d" # {_("nine in ten won ones had left it by then")}'
    yield f"proves = {quoted(question)}"
    yield ""
    yield "  [[stage.exit]]"
    yield f"  key = {quoted(proof)}"
    ask = _("What shows that {stage} is done?").format(stage=stage.name)
    yield f"  ask = {quoted(ask)}"
    yield '  evidence = "note"'
    questions = [
        _("Who has to be known by then? field = \"decision_maker\""),
        _("Which exchange has to have taken place? exchange = \"meeting\""),
        _("Is the amount still right when it comes here? amount_review = true, in the stage itself"),
    ]  # fmt: skip
    if last:
        questions.append(_("Who has to agree before it is signed? approval = \"a role\""))  # fmt: skip
    yield from (f"  {line}" for line in _comments(questions))


def _labels(name: str, labels: Sequence[str]) -> list[str]:
    """What other tools call it, where that is more than its name."""
    others = [label for label in labels if label != name]
    return [f"labels = [{', '.join(map(quoted, others))}]"] if others else []


def _comments(lines: Sequence[str]) -> Iterator[str]:
    for line in lines:
        yield from textwrap.wrap(
            line, _WIDTH, initial_indent="# ", subsequent_indent="# ", break_long_words=False
        )


def known_of_all(practice: Practice) -> tuple[str, ...]:
    """What a draft rests on, for its head."""
    lines = [
        _("Drafted from {n} opportunities: {won} won, {lost} lost, {open} open.").format(
            n=practice.total, won=practice.won, lost=practice.lost, open=practice.open
        )
    ]
    if practice.told:
        lines.append(
            _("The order is the one that the fewest of the {n} with a history contradict.").format(
                n=practice.told
            )
        )
    else:
        lines.append(
            _("They have no history, so that the order of the stages is taken from their labels: check it.")
        )
    lines.append(
        _(
            "A stage answers one question: what objectively proves that the opportunity is here? The questions below "
            "are yours to answer; then: pipe stages check FILE"
        )
    )
    return tuple(lines)


def known_of_stage(use: Use, practice: Practice, group: Sequence[str]) -> tuple[str, ...]:
    """What is known of one stage, each fact on a line."""
    lines = []
    if len(group) > 1:
        listed = ", ".join(shown(practice.names[stage]) for stage in group)
        lines.append(_("Made of {stages}, which hardly tell opportunities apart.").format(stages=listed))
    if not use.entered:
        standing = sum(practice.standing.get(stage, 0) for stage in group)
        lines.append(_("{n} stand here now.").format(n=standing))
        return tuple(lines)
    lines.append(
        _("{n} came here; {skipped} passed it by, {returned} went back from it.").format(
            n=use.entered, skipped=use.skipped, returned=use.returned
        )
    )
    if use.to_win.rate is not None:
        lines.append(
            _("{percent} % of them were won (n {n}).").format(
                percent=round(100 * use.to_win.rate), n=use.to_win.n
            )
        )
    if use.days.median.days is not None:
        lines.append(
            _("Won ones stayed {n} days in the median, nine in ten at most {p90} (n {cases}).").format(
                n=use.days.median.days, p90=use.days.p90.days, cases=use.days.n
            )
        )
    return tuple(lines)
