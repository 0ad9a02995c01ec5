"""Commands that close, return and open again: win, lose, back, reopen, undo."""

from __future__ import annotations

from typing import Annotated

import typer

from pipecli.text import _

from .again import keep
from .options import Amount, Due, Next, On, Proofs, Reason, Ref, Sets, To, Writing, workspace, writes
from .prompts import ask, can_ask, choose, next_given, reference, seen_of, typed
from .results import report


@writes
def win(
    context: typer.Context,
    writing: Writing,
    ref: Ref = None,
    reason: Annotated[str | None, typer.Argument(metavar="REASON", help=_("why they said yes"))] = None,
    amount: Amount = None,
    prove: Proofs = None,
    sets: Sets = None,
    on: On = None,
) -> None:
    from pipecli.service import gates
    from pipecli.service.answers import Answers

    place = workspace(context)
    ref = reference(place, ref)
    answers = Answers(tuple(sets or ()), tuple(prove or ()), amount, on=on)
    reason = typed(reason)
    if can_ask():
        from pipecli.domain.pipeline import WON

        from .questions import completed

        answers, ask_approval = completed(
            answers,
            WON,
            lambda given: gates.tried(place, ref, given, WON),
            keep=lambda given: keep(context, ref=ref, answers=given),
        )
        if ask_approval:
            outcome = gates.advance(place, ref, answers, to=WON, ask=True, dry_run=writing.dry_run)
            report(outcome, writing)
            return
        reason = reason or ask(_("Why did they say yes?"))
        keep(context, ref=ref, reason=reason)
    report(gates.win(place, ref, reason or "", answers, dry_run=writing.dry_run), writing)


@writes
def lose(
    context: typer.Context,
    writing: Writing,
    ref: Ref = None,
    reason: Annotated[
        str | None, typer.Argument(metavar="REASON", help=_("a loss reason of the pipeline"))
    ] = None,
    note: Annotated[str | None, typer.Argument(metavar="NOTE", help=_("what happened"))] = None,
    on: On = None,
) -> None:
    from pipecli.service import gates, stages

    place = workspace(context)
    ref = reference(place, ref)
    note = typed(note)
    seen = seen_of(place, ref)
    if can_ask() and reason is None:
        reasons = stages.pipeline(place).loss_reasons
        reason = list(reasons)[choose(_("Why was it lost?"), list(reasons.values()))]
    if can_ask() and reason == "other" and not note:
        note = ask(_("What happened?"))
    keep(context, ref=ref, reason=reason, note=note)
    report(
        gates.lose(place, ref, reason or "", note or "", on=on, seen=seen, dry_run=writing.dry_run), writing
    )


@writes
def back(
    context: typer.Context,
    writing: Writing,
    ref: Ref = None,
    to: To = None,
    reason: Reason = None,
    next_: Next = None,
    due: Due = None,
    on: On = None,
) -> None:
    from pipecli.service import gates
    from pipecli.service.answers import Answers

    place = workspace(context)
    ref = reference(place, ref)
    reason = typed(reason)
    seen = seen_of(place, ref)
    if reason is None and can_ask():
        reason = ask(_("Why does it go back?"))
        keep(context, ref=ref, reason=reason)
    answers = Answers(next=next_, due=due, on=on, seen=seen)
    report(gates.back(place, ref, reason or "", answers, to=to, dry_run=writing.dry_run), writing)


@writes
def reopen(
    context: typer.Context,
    writing: Writing,
    ref: Ref = None,
    reason: Reason = None,
    next_: Next = None,
    due: Due = None,
    on: On = None,
) -> None:
    from pipecli.service import gates
    from pipecli.service.answers import Answers

    place = workspace(context)
    ref = reference(place, ref)
    reason = typed(reason)
    seen = seen_of(place, ref)
    if can_ask():
        reason = reason or ask(_("Why is it open again?"))
        next_, due = next_given(next_, due)
        keep(context, ref=ref, reason=reason, next_=next_, due=due)
    answers = Answers(next=next_, due=due, on=on, seen=seen)
    report(gates.reopen(place, ref, reason or "", answers, dry_run=writing.dry_run), writing)


@writes
def undo(
    context: typer.Context,
    writing: Writing,
    redo: Annotated[bool, typer.Option("--redo", help=_("take back your last undo"))] = False,
    untouched: Annotated[
        bool, typer.Option("--untouched", help=_("of an import, take back what nobody touched since"))
    ] = False,
) -> None:
    from pipecli.render.closing import undone_document, undone_lines
    from pipecli.render.console import note as tell
    from pipecli.render.formats import write_json
    from pipecli.service import undoing

    found = undoing.undo(workspace(context), redo=redo, untouched=untouched, dry_run=writing.dry_run)
    if writing.format == "json":
        write_json(undone_document(found, redo=redo))
    elif writing.format == "quiet":
        for ref in found.refs:
            print(ref)
    else:
        for line in undone_lines(found, redo=redo):
            print(line)
    if writing.dry_run:
        tell(_("Dry run: nothing was changed."))
