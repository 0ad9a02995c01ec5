"""Commands of the gate: why, advance, prove, unprove, waive, approve."""

from __future__ import annotations

from typing import Annotated

import typer

from pipecli.errors import InvalidInput
from pipecli.text import _

from .again import keep
from .exits import OK
from .options import (
    Amount,
    Criterion,
    Due,
    Next,
    On,
    Output,
    Proofs,
    Reason,
    Ref,
    Sets,
    To,
    Writing,
    reports,
    workspace,
    writes,
)
from .prompts import ask, can_ask, reference, seen_of, text_given, typed
from .results import report

GATE_NOT_MET = 4


@reports
def why(context: typer.Context, output: Output, ref: Ref = None, to: To = None) -> int:
    from pipecli.service.why import why as gate_of

    place = workspace(context)
    found = gate_of(place, reference(place, ref), to)
    if output.is_table:
        from pipecli.render.console import console
        from pipecli.render.gate import print_gate
        from pipecli.render.views import subject_of

        print_gate(console(), found.report, found.pipeline, record=subject_of(found.state, found.names))
    elif output.format in ("json", "jsonl"):
        from pipecli.render.formats import write_object

        write_object(found.report, output.format)
    else:
        from pipecli.render.formats import write_list
        from pipecli.render.gate import criteria, criteria_view

        listed = criteria(found.report) if output.format != "quiet" else found.report["unmet"]
        write_list(criteria_view(), listed, output.format, id_key="criterion")
    return OK if found.report["ready"] else GATE_NOT_MET


@writes
def advance(
    context: typer.Context,
    writing: Writing,
    ref: Ref = None,
    to: To = None,
    sets: Sets = None,
    prove: Proofs = None,
    amount: Amount = None,
    ask_approval: Annotated[
        bool,
        typer.Option("--ask", help=_("where only approvals are missing, keep the answers and ask for them")),
    ] = False,
    next_: Next = None,
    due: Due = None,
    on: On = None,
) -> None:
    from pipecli.service import gates
    from pipecli.service.answers import Answers

    place = workspace(context)
    ref = reference(place, ref)
    answers = Answers(tuple(sets or ()), tuple(prove or ()), amount, None, next_, due, on)
    if can_ask() and not ask_approval:
        from .questions import completed

        answers, ask_approval = completed(
            answers,
            to,
            lambda given: gates.tried(place, ref, given, to),
            keep=lambda given: keep(context, ref=ref, answers=given),
        )
    report(gates.advance(place, ref, answers, to=to, ask=ask_approval, dry_run=writing.dry_run), writing)


@writes
def prove(
    context: typer.Context,
    writing: Writing,
    ref: Ref = None,
    criterion: Criterion = None,
    text: Annotated[str | None, typer.Argument(metavar="TEXT", help=_("how we know; - reads it"))] = None,
    link: Annotated[str, typer.Option("--link", metavar="URL", help=_("a link as evidence"))] = "",
    file: Annotated[
        str, typer.Option("--file", metavar="PATH", help=_("a file: its path and hash are kept"))
    ] = "",
    exchange: Annotated[
        int | None, typer.Option("--exchange", metavar="ID", help=_("the exchange it rests on"))
    ] = None,
    quote: Annotated[str, typer.Option("--quote", metavar="TEXT", help=_("their own words"))] = "",
    sets: Sets = None,
    next_: Next = None,
    due: Due = None,
    on: On = None,
) -> None:
    from pipecli.domain.proofs import Proof
    from pipecli.service import gates
    from pipecli.service.answers import Answers, file_proof
    from pipecli.service.why import question

    place = workspace(context)
    ref = reference(place, ref)
    if criterion is None:
        raise InvalidInput(_("which criterion? pipe why {ref} lists them").format(ref=ref))
    seen = seen_of(place, ref)
    if not (link or file or exchange is not None or quote):
        text = text_given(text, question(place, criterion) if text is None else "")
        keep(context, ref=ref, text=text)
    text = typed(text)
    path, digest = file_proof(file) if file else ("", "")
    proof = Proof(text or "", link, path, digest, exchange, quote)
    answers = Answers(sets=tuple(sets or ()), next=next_, due=due, on=on, seen=seen)
    report(gates.prove(place, ref, criterion, proof, answers, dry_run=writing.dry_run), writing)


@writes
def unprove(
    context: typer.Context, writing: Writing, ref: Ref = None, criterion: Criterion = None, on: On = None
) -> None:
    from pipecli.service import gates

    place = workspace(context)
    ref = reference(place, ref)
    if criterion is None:
        raise InvalidInput(_("which criterion? pipe show {ref} --proof lists them").format(ref=ref))
    report(gates.unprove(place, ref, criterion, on=on, dry_run=writing.dry_run), writing)


@writes
def waive(
    context: typer.Context,
    writing: Writing,
    ref: Ref = None,
    criterion: Criterion = None,
    reason: Reason = None,
    on: On = None,
) -> None:
    from pipecli.service import gates

    place = workspace(context)
    ref = reference(place, ref)
    if criterion is None:
        raise InvalidInput(_("which criterion? pipe why {ref} lists them").format(ref=ref))
    reason = typed(reason)
    seen = seen_of(place, ref)
    if reason is None and can_ask():
        reason = ask(_("Why this exception?"))
        keep(context, ref=ref, reason=reason)
    report(
        gates.waive(place, ref, criterion, reason or "", on=on, seen=seen, dry_run=writing.dry_run), writing
    )


@writes
def approve(
    context: typer.Context,
    writing: Writing,
    ref: Ref = None,
    criterion: Criterion = None,
    refuse: Annotated[bool, typer.Option("--refuse", help=_("say no, with --reason"))] = False,
    reason: Reason = None,
    on: On = None,
) -> None:
    from pipecli.service import gates

    place = workspace(context)
    ref = reference(place, ref)
    if criterion is None:
        raise InvalidInput(_("which criterion? pipe today lists what you are asked"))
    reason = typed(reason)
    seen = seen_of(place, ref)
    if refuse and reason is None and can_ask():
        reason = ask(_("Why not?"))
        keep(context, ref=ref, reason=reason)
    outcome = gates.approve(
        place, ref, criterion, refuse=refuse, reason=reason or "", on=on, seen=seen, dry_run=writing.dry_run
    )
    report(outcome, writing)
