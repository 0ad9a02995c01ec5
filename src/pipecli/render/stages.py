"""The pipeline definition on screen: its stages and criteria, its faults, what adopting it would do."""

from __future__ import annotations

from collections.abc import Iterator

from rich.console import Console
from rich.text import Text

from pipecli.domain.condition import describe
from pipecli.domain.definition import Fault
from pipecli.domain.pipeline import AT_ONCE, PAID_AT_THE_WIN, Criterion, Pipeline, Stage
from pipecli.domain.schedules import delivery_words, payment_words
from pipecli.service.stages import Impact
from pipecli.text import _, ngettext

from .console import literal
from .table import print_hanging
from .views import Column, View, plain


def print_pipeline(console: Console, pipeline: Pipeline) -> None:
    """Each stage with what proves it and its criteria."""
    head = Text.assemble((literal(pipeline.name), "bold"), _("   version {n}").format(n=pipeline.version))
    console.print(head)
    for stage in (*pipeline.stages, pipeline.won):
        _print_stage(console, stage)
    console.print()
    print_hanging(console, _("Loss reasons") + ": ", literal(", ".join(pipeline.loss_reasons)))
    for role, people in pipeline.roles.items():
        print_hanging(console, f"{literal(role)}: ", literal(", ".join(people)))
    for name, words in _schedules(pipeline):
        print_hanging(console, f"{name}: ", literal(words))


def _schedules(pipeline: Pipeline) -> Iterator[tuple[str, str]]:
    """Payment and delivery, where they are other than what holds without them."""
    if pipeline.payments != PAID_AT_THE_WIN:
        yield _("Payment"), payment_words(pipeline.payments)
    if pipeline.delivery != AT_ONCE:
        yield _("Delivery"), delivery_words(pipeline.delivery)
    for field, delivery in pipeline.deliveries.items():
        yield _("Delivery of {field}").format(field=field), delivery_words(delivery)


def _print_stage(console: Console, stage: Stage) -> None:
    console.print()
    bounds = (
        f" ({stage.probability_min}–{stage.probability_max} %)"
        if stage.probability_min < stage.probability_max
        else ""
    )
    line = Text.assemble((literal(stage.name), "bold"), f"  {stage.key}  ", f"{stage.probability} %{bounds}")
    if stage.stale_after:
        line.append(_("  stale after {n} days").format(n=stage.stale_after), style="dim")
    console.print(line)
    if stage.proves:
        print_hanging(console, "  ", literal(stage.proves), "italic")
    if stage.labels:
        listed = literal(", ".join(stage.labels))
        print_hanging(console, Text("  " + _("read as it too:") + " ", "dim"), listed)
    for side, criteria in ((_("to enter"), stage.entry), (_("to leave"), stage.exit)):
        for criterion in criteria:
            body = Text.assemble(
                literal(criterion.ask), (f"  {criterion.key}", "cyan"), literal(_needs(criterion))
            )
            print_hanging(console, Text(f"  {side:<9} ", "dim"), body)


def _needs(criterion: Criterion) -> str:
    words = f"  ({criterion.kind.replace('_', ' ')}"
    if criterion.approval:
        words += f": {criterion.approval}"
    if criterion.when:
        words += _(", when {condition}").format(condition=describe(criterion.when))
    return words + ")"


def stages_view() -> View:
    """The stages as a list."""
    return View(
        (
            Column("stage", _("Stage"), plain("stage")),
            Column("name", _("Name"), plain("name")),
            Column("probability", "%", plain("probability"), right=True),
            Column("entry", _("To enter"), lambda r: ", ".join(r["entry"])),
            Column("exit", _("To leave"), lambda r: ", ".join(r["exit"])),
        )
    )


def fault_line(fault: Fault, file: str) -> str:
    """`pipeline.toml:12: error: …`, as editors read it."""
    level = _("error") if fault.level == "error" else _("consider")
    line = f":{fault.line}" if fault.line else ""
    return f"{file}{line}: {level}: {literal(fault.message)}"


def faults_view() -> View:
    """Faults as a table for machines."""
    return View(
        (
            Column("line", _("Line"), plain("line"), right=True),
            Column("level", _("Level"), plain("level")),
            Column("message", _("Fault"), plain("message"), grows=True),
        ),
        keys=("line", "level", "slug", "message"),
    )


def impact_lines(impact: Impact) -> list[str]:
    """What adopting a definition changes, and which open opportunities it touches."""
    lines = list(impact.differences) or [_("No rule changes.")]
    for stage, refs in impact.orphaned.items():
        lines.append(
            ngettext(
                "{stage} goes and holds {n} open opportunity: {refs}",
                "{stage} goes and holds {n} open opportunities: {refs}",
                len(refs),
            ).format(stage=stage, n=len(refs), refs=_some(refs))
        )
    lines += [
        _("{source} goes: its open ones move to {target}").format(source=s, target=t)
        for s, t in impact.moved.items()
    ]
    if impact.unproven:
        lines.append(unproven_line(impact.unproven))
    elif impact.open_count:
        lines.append(_("No open opportunity becomes unproven."))
    return lines


def unproven_line(refs: list[int]) -> str:
    """Which open opportunities a change of the rules leaves without proof in their stage."""
    return ngettext(
        "{n} open opportunity becomes unproven in its stage: {refs}",
        "{n} open opportunities become unproven in their stage: {refs}",
        len(refs),
    ).format(n=len(refs), refs=_some(refs))


def _some(refs: list[int]) -> str:
    return ", ".join(map(str, refs[:10])) + ("…" if len(refs) > 10 else "")
