"""A drafted definition as TOML: stages with what is known of each in comments, their criteria left as questions."""

from __future__ import annotations

import textwrap
from collections.abc import Iterable, Iterator, Sequence
from typing import NamedTuple

from pipecli.text import _, ngettext

from .definition_draft import key_of, quoted
from .definition_names import is_vague
from .discovery import STALE_DAYS, Practice, Use
from .money import shown

FOUND = "#| "
"""What stands before figures in a definition."""
_WIDTH = 100


class DraftedStage(NamedTuple):
    """A stage of a draft: `labels` are what the file calls it beside its name, `made_of` the stages it is made of;
    `stale_after` is None where too little is known, `use` how it is used."""

    key: str
    name: str
    labels: tuple[str, ...]
    made_of: tuple[str, ...]
    probability: int
    stale_after: int | None
    use: Use


class DraftedEnd(NamedTuple):
    """How opportunities end: its name and what the file calls it beside that."""

    name: str
    labels: tuple[str, ...] = ()


class DraftedDefinition(NamedTuple):
    """All that a drafted definition says."""

    name: str
    currency: str
    timezone: str
    loss_reasons: tuple[str, ...]
    stages: tuple[DraftedStage, ...]
    won: DraftedEnd
    lost: DraftedEnd


def stage_name(label: str) -> str:
    """A name for a label: itself, unless it says too little to be one."""
    return _("{label}, to be named").format(label=label) if is_vague(label) else label


def definition_text(draft: DraftedDefinition, practice: Practice) -> str:
    """The TOML, with comments; what it says passes the checks of a definition."""
    lines = [
        *comments(head(practice)),
        "",
        f"name = {quoted(draft.name)}",
        f"currency = {quoted(draft.currency)}",
        f"timezone = {quoted(draft.timezone)}",
        "",
        *comments([_("Why you lose: a loss has to name one of these.")]),
        f"loss_reasons = [{', '.join(map(quoted, draft.loss_reasons))}]",
    ]
    taken = {stage.key for stage in draft.stages}
    last = len(draft.stages) - 1
    for n, stage in enumerate(draft.stages):
        proof = key_of(f"{stage.key} proven", f"proof-{n + 1}", taken)
        lines += ["", *_stage(stage, practice, proof), *_questions(first=n == 0, last=n == last)]
    lines += [
        "",
        "[won]",
        *_end(draft.won),
        *comments([_("What shows that they ordered? To ask it at every win:")]),
    ]
    ask = _("What shows that they ordered: a signed quote, an order number?")
    lines += ["# [[won.entry]]", '# key = "order"', f"# ask = {quoted(ask)}", '# evidence = "note"']
    return "\n".join([*lines, "", "[lost]", *_end(draft.lost)]) + "\n"


def head(practice: Practice) -> list[str]:
    """What a draft rests on."""
    counts = _("{won} won, {lost} lost, {open} open").format(
        won=practice.won, lost=practice.lost, open=practice.open
    )
    n = practice.total
    lines = [
        ngettext(
            "Drafted from {n} opportunity: {counts}.", "Drafted from {n} opportunities: {counts}.", n
        ).format(n=n, counts=counts)
    ]
    if practice.told:
        order = _("Stages stand in the order that fewest of the {n} with a history contradict.")
        lines.append(order.format(n=practice.told))
    else:
        lines.append(_("There is no history: the order of the stages is taken from their labels. Check it."))
    lines.append(
        _(
            "A stage answers one question: what objectively proves that an opportunity is here? Answer it for each, "
            "take what helps from the lines behind #, then: pipe stages check FILE"
        )
    )
    return lines


def _stage(stage: DraftedStage, practice: Practice, proof: str) -> Iterator[str]:
    yield from figures(known(stage.use, practice, stage.made_of))
    if stage.name != practice.names[stage.key]:
        yield from comments([_("Two people read that name differently: name it after what has happened.")])
    yield "[[stage]]"
    yield f"key = {quoted(stage.key)}"
    yield f"name = {quoted(stage.name)}"
    yield from _labels(stage.labels)
    yield f"probability = {stage.probability}" + _guessed(stage, practice)
    yield stale_line(stage.stale_after)
    proves = _("What is true of everything that stands in {stage}?").format(stage=stage.name)
    yield f"proves = {quoted(proves)}"
    yield ""
    yield "  [[stage.exit]]"
    yield f"  key = {quoted(proof)}"
    ask = _("What shows that {stage} is done?").format(stage=stage.name)
    yield f"  ask = {quoted(ask)}"
    yield '  evidence = "note"'


def _guessed(stage: DraftedStage, practice: Practice) -> str:
    """What to say of a probability that nothing speaks for."""
    if stage.use.to_win.rate is not None or any(one in practice.percents for one in stage.made_of):
        return ""
    return " # " + _("a guess: too few of those that came here have ended")


def stale_line(days: int | None) -> str:
    """The line of a stage that says when it is stale, and why."""
    if days is None:
        return f'stale_after = "{STALE_DAYS}d" # ' + _("a usual value: fewer than ten won ones are known")
    return f'stale_after = "{days}d" # ' + _("nine in ten won ones had left it by then")


def _questions(*, first: bool, last: bool) -> Iterator[str]:
    """Further criteria as questions, each with what makes it one."""
    asked = []
    if first:
        asked.append((_("What do they need, and who do we talk to?"), 'field = "contact"'))
    if not first and not last:
        asked.append((_("Who decides, and how do we know?"), 'field = "decision_maker", evidence = "note"'))
        asked.append((_("Was it discussed with them?"), 'exchange = "meeting", within = "30d"'))
    if last:
        asked.append((_("Is the amount still right?"), _("amount_review = true, in the stage itself")))
        asked.append((_("When will they sign?"), 'field = "close_date", condition = "close_date >= today"'))
    yield from (f"  # {question} {how}" for question, how in asked)


def _end(end: DraftedEnd) -> list[str]:
    return [f"name = {quoted(end.name)}", *_labels(end.labels)]


def _labels(labels: Sequence[str]) -> list[str]:
    return [f"labels = [{', '.join(map(quoted, labels))}]"] if labels else []


def comments(lines: Iterable[str], mark: str = "# ") -> Iterator[str]:
    """Lines as comments of TOML, none too long to read."""
    for line in lines:
        yield from textwrap.wrap(
            line, _WIDTH, initial_indent=mark, subsequent_indent=mark, break_long_words=False
        )


def figures(lines: Iterable[str]) -> Iterator[str]:
    """Comments that are known for what the program found out, so that they can be written anew."""
    return comments(lines, FOUND)


def days_in_words(days: int) -> str:
    """A number of days; none is less than one."""
    return ngettext("{n} day", "{n} days", days).format(n=days) if days else _("less than a day")


def known(use: Use, practice: Practice, made_of: Sequence[str]) -> list[str]:
    """What is known of one stage, each fact on a line."""
    lines = []
    if len(made_of) > 1:
        listed = " + ".join(shown(practice.names[stage]) for stage in made_of)
        lines.append(
            _("Made of {stages}: nothing else tells opportunities less apart.").format(stages=listed)
        )
    if not use.entered:
        n = sum(practice.standing.get(stage, 0) for stage in made_of)
        return [*lines, ngettext("{n} stands here.", "{n} stand here.", n).format(n=n)]
    lines.append(
        _("{n} came here, {skipped} passed it by, {returned} went back from it.").format(
            n=use.entered, skipped=use.skipped, returned=use.returned
        )
    )
    if use.to_win.rate is not None:
        won = _("{percent} % of those that come are won, open ones weighed in (n {n}).")
        lines.append(won.format(percent=round(100 * use.to_win.rate), n=use.to_win.n))
    if use.days.median.days is not None:
        median, slow = days_in_words(use.days.median.days), days_in_words(use.days.p90.days or 0)
        line = _("The {n} won ones stayed {median} in the median, nine in ten {slow} at most.")
        lines.append(line.format(n=use.days.n, median=median, slow=slow))
    if practice.is_hardly_used(use):
        lines.append(_("Hardly used: it may be no stage."))
    return lines
