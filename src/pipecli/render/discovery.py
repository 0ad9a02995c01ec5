"""The cycle as it is practised, on screen: its stages in the order found, what to know of it, what comes next."""

from __future__ import annotations

from collections.abc import Iterator

from rich.console import Console
from rich.text import Text

from pipecli.domain.definition_names import is_vague, to_be_named
from pipecli.domain.discovery import Merged
from pipecli.domain.discovery_text import days_in_words
from pipecli.domain.fold import fold
from pipecli.domain.money import format_number
from pipecli.domain.survival import FEWEST_CASES
from pipecli.service.discovering import Discovered, stage_records
from pipecli.text import _, language, ngettext

from .console import literal
from .statistics import percent, print_notes, rate_column
from .table import print_table
from .views import NEVER_CUT, Column, Record, View

MOST_NAMED = 5


def practice_view() -> View:
    """How each stage is used."""
    return View(
        (
            _stage_column(),
            _count_column("came", _("in")),
            _count_column("here", _("open"), drops=True),
            Column("skipped_share", _("skip it"), lambda r: _share(r["skipped_share"]), right=True, least=NEVER_CUT),
            Column("went_back_share", _("go back"), lambda r: _share(r["went_back_share"]), right=True,
                   least=NEVER_CUT, drops=True),
            Column("won_median_days", _("days"), _days, right=True, least=NEVER_CUT),
            rate_column("is_won", _("is won")),
            Column("stale_after_days", _("stale"), _stale, right=True, least=NEVER_CUT),
        )
    )  # fmt: skip


def labels_view() -> View:
    """The stages where nothing is known of the way: how many stand in each, and the probability that the file gives."""
    return View(
        (
            _stage_column(),
            _count_column("here", _("open")),
            Column("file_probability", _("probability"), _probability, right=True, least=NEVER_CUT),
        )
    )


def _stage_column() -> Column:
    return Column("stage", _("Stage"), lambda r: str(r["stage_name"]), least=12, grows=True)


def _count_column(key: str, title: str, *, drops: bool = False) -> Column:
    return Column(
        key, title, lambda r: _number(r[key]) if r[key] else "–", True, None, NEVER_CUT, drops=drops
    )


def _share(share: float | None) -> str:
    if not share:
        return "–"
    return _("{percent} %").format(percent=percent(share)) if share >= 0.005 else "<1 %"


def _days(record: Record) -> str:
    median = record["won_median_days"]
    return "–" if median is None else "<1" if median == 0 else str(median)


def _stale(record: Record) -> str:
    days = record["stale_after_days"]
    return "–" if days is None else _("{n} d").format(n=days)


def _probability(record: Record) -> str:
    percents = record["file_probability"]
    return "–" if percents is None else _("{percent} %").format(percent=round(percents))


def _number(n: int) -> str:
    return format_number(n, language())


def print_discovery(console: Console, found: Discovered) -> None:
    """What there is, the stages, and what to know of them."""
    practice = found.practice
    words = ngettext("{n} opportunity", "{n} opportunities", practice.total).format(n=_number(practice.total))
    outcomes = _("{won} won, {lost} lost, {open} open").format(
        won=_number(practice.won), lost=_number(practice.lost), open=_number(practice.open)
    )
    console.print(Text(literal(_("{name}: {words}").format(name=words, words=outcomes)), style="bold"))
    console.print()
    print_table(console, practice_view() if practice.told else labels_view(), stage_records(found))
    print_notes(console, [literal(line) for line in _notes(found)])


def in_short(found: Discovered) -> Iterator[str]:
    """The draft in a few lines: its stages in order, and what to know of them."""
    n = len(found.stages)
    names = " → ".join(stage.name for stage in found.stages)
    line = ngettext("{n} stage drafted from {file}: {names}", "{n} stages drafted from {file}: {names}", n)
    yield literal(line.format(n=n, file=found.origin, names=names))
    if not found.practice.told:
        yield _("Nothing in it tells how opportunities moved: check the order.")
    yield from map(literal, _merges(found))
    unnamed = [label for stage in found.stages if (label := to_be_named(stage.name))]
    if unnamed:
        line = _(
            "Say nothing yet, to be named after what has happened: {stages}. Rename them: pipe stages edit"
        )
        yield literal(line.format(stages=", ".join(unnamed)))


def _notes(found: Discovered) -> Iterator[str]:
    practice = found.practice
    if found.pipelines:
        listed = ", ".join(f"{name} ({_number(n)})" for name, n in found.pipelines[:MOST_NAMED])
        line = _("{n} pipelines are mixed here: {pipelines}. A file of one of them makes a clearer draft.")
        yield line.format(n=len(found.pipelines), pipelines=listed)
    if found.column and not found.system and fold(found.column) != "stage":
        yield _("The stages stand in the column {column}.").format(column=found.column)
    if practice.told:
        yield _order(found)
        yield _(
            "Days are those that won ones stayed, in the median; stale is when nine in ten of them had left."
        )
        yield from _rates(found)
    else:
        yield _(
            "Nothing here tells how opportunities moved, so that the order is that of their labels: check it. "
            "A history says more: --history FILE"
        )
    if practice.cycle.median.days is not None:
        line = _("From opening to win: {days} in the median (n {n}).")
        yield line.format(days=days_in_words(practice.cycle.median.days), n=_number(practice.cycle.n))
    yield from _merges(found)
    yield from _names(found)
    if found.rejected:
        n, first = len(found.rejected), found.rejected[0]
        line = ngettext(
            "{n} row was left out; line {line}: {reason}", "{n} rows were left out; line {line}: {reason}", n
        )
        yield line.format(n=_number(n), line=first.line.number, reason=first.reason)


def _order(found: Discovered) -> str:
    """How sure the order is."""
    practice = found.practice
    n = _number(practice.told)
    if practice.is_of_definition:
        return _(
            "Fewer than {least} came to the same two stages: the order is that of your definition."
        ).format(least=FEWEST_CASES)
    if not practice.pairs:
        return _("No opportunity came to two stages: the order is that of their labels. Check it.")
    if not practice.against and practice.went_back:
        line = _(
            "Of the {n} with a history each came to its stages in this order the first time; some went back."
        )
        return line.format(n=n)
    if not practice.against:
        return _("Of the {n} with a history none contradicts this order.").format(n=n)
    agree = percent((practice.pairs - practice.against) / practice.pairs)
    line = _(
        "Of {n} with a history: where one came to two stages, it was in this order {agree} % of the time."
    )
    return line.format(n=n, agree=min(agree, 99))


def _rates(found: Discovered) -> Iterator[str]:
    """How to read the rates, where there are any."""
    practice = found.practice
    if all(use.to_win.rate is None for use in practice.uses.values()):
        return
    line = _("In brackets the 95 % interval.")
    if practice.open:
        words = _(
            "Rates weigh in what is still open (Aalen–Johansen): of the closed ones alone, {won} of {n} were won."
        ).format(won=_number(practice.won), n=_number(practice.won + practice.lost))
        line = f"{words} {line}"
    yield line


def _merges(found: Discovered) -> Iterator[str]:
    """Which stages to make one where there are too many."""
    practice = found.practice
    if not practice.merged:
        return
    count = _("{n} stages with won and lost as one; 5 to 7 are usual, 8 the most.").format(
        n=len(practice.order) + 1
    )
    lead = _("The draft makes one of:") if found.merged else _("Those that tell opportunities least apart:")
    yield f"{count} {lead}"
    for pair in practice.merged:
        yield "  " + _pair(found, pair)


def _pair(found: Discovered, pair: Merged) -> str:
    practice = found.practice
    names = " + ".join(practice.names[stage] for stage in (*pair.first, *pair.second))
    if len(pair.first) == len(pair.second) == 1:
        rates = [practice.uses[group[0]].to_win.rate for group in pair]
        if None not in rates:
            one, other = (percent(rate or 0.0) for rate in rates)
            return _("{stages}: {one} % and {other} % are won").format(stages=names, one=one, other=other)
    return names


def _names(found: Discovered) -> Iterator[str]:
    """Stages that say too little, or that hardly anything comes to."""
    practice = found.practice
    vague = [practice.names[stage] for stage in practice.order if is_vague(practice.names[stage])]
    if vague:
        listed = ", ".join(vague[:MOST_NAMED])
        yield _("To be named after what has happened: {stages}.").format(stages=listed)
    rare = [
        practice.names[stage] for stage in practice.order if practice.is_hardly_used(practice.uses[stage])
    ]
    if rare:
        yield _("Hardly used, perhaps no stage: {stages}.").format(stages=", ".join(rare[:MOST_NAMED]))
