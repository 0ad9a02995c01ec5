"""Commands of every day on one opportunity: add, done, next, snooze, log, edit, handover."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from pipecli.errors import InvalidInput
from pipecli.text import _

from .again import keep
from .options import (
    Amount,
    Due,
    Next,
    NoModel,
    On,
    Proofs,
    Ref,
    Send,
    Sets,
    To,
    Writing,
    workspace,
    writes,
)
from .prompts import (
    ask,
    can_ask,
    choose,
    confirm,
    next_given,
    reference,
    seen_of,
    seen_with_its_action,
    standard_input,
    text_given,
    typed,
)
from .results import report, report_all

if TYPE_CHECKING:
    from pipecli.service.answers import Answers


@writes
def add(
    context: typer.Context,
    writing: Writing,
    name: Annotated[str | None, typer.Argument(metavar="NAME", help=_("what it is about"))] = None,
    amount: Annotated[
        str | None, typer.Argument(metavar="AMOUNT", help=_("18000, 18k, 1.2m, 500 USD"))
    ] = None,
    account: Annotated[
        str | None, typer.Option("--account", "-a", metavar="ACCOUNT", help=_("the client"))
    ] = None,
    next_: Next = None,
    due: Due = None,
    contact: Annotated[
        str | None, typer.Option("--contact", "-c", metavar="CONTACT", help=_('"Jeanne <j@acme.com>"'))
    ] = None,
    owner: Annotated[
        str | None, typer.Option("--owner", "-o", metavar="OWNER", help=_("who owns it, if not you"))
    ] = None,
    close: Annotated[
        str | None, typer.Option("--close", metavar="DATE", help=_("expected close date"))
    ] = None,
    source: Annotated[
        str | None, typer.Option("--source", metavar="SOURCE", help=_("where it came from"))
    ] = None,
    tag: Annotated[list[str] | None, typer.Option("--tag", "-t", metavar="TAG", help=_("a tag"))] = None,
    sets: Sets = None,
    on: On = None,
) -> None:
    from pipecli.service import opportunities
    from pipecli.service.answers import Answers

    place = workspace(context)
    if can_ask():
        with place.read():  # nobody is asked in vain where there is no workspace
            pass
    elif name is None:
        raise InvalidInput(_('what is it about? pipe add NAME [AMOUNT] -n "what" -d DATE'))
    name = name if name is not None else ask(_("What is it about?"))
    account, owner = _questioned(context, account, owner)
    next_, due = next_given(next_, due)
    keep(context, name=name, account=account, owner=owner, next_=next_, due=due)
    given = [
        ("account", account),
        ("contact", contact),
        ("close_date", close),
        ("source", source),
        ("tags", " ".join(tag) if tag else None),
    ]
    answers = Answers(
        sets=(*(f"{key}={value}" for key, value in given if value), *(sets or ())),
        amount=amount,
        owner=owner,
        next=next_,
        due=due,
        on=on,
    )
    report(opportunities.add(place, name, answers, dry_run=writing.dry_run), writing)


def _questioned(
    context: typer.Context, account: str | None, owner: str | None
) -> tuple[str | None, str | None]:
    """In a terminal a name that is nearly a known one is asked about; in a script it is kept and noted."""
    if not can_ask() or not (account or owner):
        return account, owner
    from pipecli.service import opportunities

    near = opportunities.nearly_known(workspace(context), account, owner)
    if account and near.account and confirm(_('Do you mean "{name}"?').format(name=near.account)):
        account = near.account
    if owner and near.owner and confirm(_('Do you mean "{name}"?').format(name=near.owner)):
        owner = near.owner
    return account, owner


@writes
def done(
    context: typer.Context,
    writing: Writing,
    ref: Ref = None,
    text: Annotated[str | None, typer.Argument(metavar="TEXT", help=_("what happened; - reads it"))] = None,
    prove: Proofs = None,
    sets: Sets = None,
    amount: Amount = None,
    next_: Next = None,
    due: Due = None,
    advance: Annotated[bool, typer.Option("--advance", "-A", help=_("and move to the next stage"))] = False,
    to: To = None,
    kind: Annotated[
        str | None, typer.Option("--kind", "-k", metavar="KIND", help=_("call, mail, meeting or note"))
    ] = None,
    accept: Annotated[
        bool, typer.Option("--accept", help=_("write what TEXT is understood to say, without asking"))
    ] = False,
    no_model: NoModel = False,
    send: Send = False,
    on: On = None,
) -> None:
    from pipecli.service import opportunities
    from pipecli.service.answers import Answers

    place = workspace(context)
    ref = reference(place, ref)
    seen = seen_with_its_action(place, ref) if text is None else seen_of(place, ref)
    text = text_given(text, _("What happened?"), required=False)
    keep(context, ref=ref, text=text)
    answers = Answers(tuple(sets or ()), tuple(prove or ()), amount, None, next_, due, on, seen=seen)
    if text and (accept or can_ask()):
        from .agreeing import assistance
        from .understanding import completed_by

        # A dry run of this command is one of the writing: nothing leaves the machine for it either.
        how = assistance(no_model=no_model or writing.dry_run, dry_run=False, send=send, verbose=False)
        answers = completed_by(place, ref, text, answers, how, accept=accept)
    next_, due = next_given(answers.next, answers.due)
    answers = answers._replace(next=next_, due=due)
    keep(context, answers=answers)
    happened = opportunities.Happened(text, kind)
    ask_approval = False
    if (advance or to) and can_ask():
        from .questions import completed

        answers, ask_approval = completed(
            answers,
            to,
            lambda given: opportunities.done_tried(place, ref, happened, given, to),
            keep=lambda given: keep(context, answers=given),
        )
    outcome = opportunities.done(
        place, ref, happened, answers, advance=advance, ask=ask_approval, to=to, dry_run=writing.dry_run
    )
    report(outcome, writing)


@writes
def next_(
    context: typer.Context,
    writing: Writing,
    ref: Ref = None,
    text: Annotated[str | None, typer.Argument(metavar="TEXT", help=_("what comes next"))] = None,
    due: Due = None,
) -> None:
    place = workspace(context)
    if ref is None:
        from .listing import show_first

        show_first(place, writing.format)
        return
    from pipecli.service import opportunities

    ref = reference(place, ref)
    text = typed(text)
    seen = None
    if can_ask() and not (text and due):
        seen = seen_with_its_action(place, ref)
        text, due = next_given(text, due)
        keep(context, ref=ref, text=text, due=due)
    outcome = opportunities.set_next(place, ref, text, due, seen=seen, dry_run=writing.dry_run)
    report(outcome, writing)


@writes
def snooze(
    context: typer.Context,
    writing: Writing,
    words: Annotated[
        list[str] | None, typer.Argument(metavar="REF... DATE", help=_("which ones, and until when"))
    ] = None,
) -> None:
    from pipecli.service import opportunities

    place = workspace(context)
    given = list(words or ())
    if len(given) < 2:
        raise InvalidInput(_("which ones, and until when? pipe snooze REF DATE, such as pipe snooze 12 mon"))
    *refs, day = given
    report_all(
        opportunities.snooze(place, refs, day, dry_run=writing.dry_run), writing, single=len(refs) == 1
    )


@writes
def log(
    context: typer.Context,
    writing: Writing,
    ref: Ref = None,
    kind: Annotated[
        str | None, typer.Argument(metavar="call|mail|meeting|note", help=_("what it was"))
    ] = None,
    text: Annotated[str | None, typer.Argument(metavar="TEXT", help=_("what was said; - reads it"))] = None,
    mail: Annotated[
        str | None, typer.Option("--mail", metavar="FILE", help=_("a message, .eml or MAILBOX#N; - reads it"))
    ] = None,
    ics: Annotated[
        str | None,
        typer.Option("--ics", metavar="FILE", help=_("a past meeting, .ics or FILE#N; - reads it")),
    ] = None,
    prove: Proofs = None,
    sets: Sets = None,
    next_: Next = None,
    due: Due = None,
    on: On = None,
) -> None:
    from pipecli.domain.wording import EXCHANGE_KINDS
    from pipecli.service import opportunities
    from pipecli.service.answers import Answers

    place = workspace(context)
    if mail is not None or ics is not None:
        if kind is not None or text is not None or (mail is not None and ics is not None):
            raise InvalidInput(_("the text comes from the file: pipe log REF --mail FILE, or --ics FILE"))
        answers = Answers(tuple(sets or ()), tuple(prove or ()), None, None, next_, due, on)
        _log_file(context, writing, ref, "mail" if mail is not None else "ics", mail or ics or "", answers)
        return
    ref = reference(place, ref)
    # A text in the place of the kind: the kind is what is missing.
    if (kind is None and not can_ask()) or (kind and kind not in EXCHANGE_KINDS and text is None):
        raise InvalidInput(_("what was it? pipe log {ref} call|mail|meeting|note TEXT").format(ref=ref))
    seen = seen_of(place, ref)
    kind = kind or EXCHANGE_KINDS[choose(_("What was it?"), EXCHANGE_KINDS)]
    text = text_given(text, _("What was said?"))
    keep(context, ref=ref, kind=kind, text=text)
    answers = Answers(tuple(sets or ()), tuple(prove or ()), None, None, next_, due, on, seen=seen)
    report(opportunities.log(place, ref, kind, text, answers, dry_run=writing.dry_run), writing)


def _log_file(
    context: typer.Context, writing: Writing, ref: str | None, form: str, file: str, answers: Answers
) -> None:
    from pipecli.service.mail import STDIN, Source, log_incoming

    place = workspace(context)
    ref = reference(place, ref)
    content = standard_input() if file == STDIN else None
    report(log_incoming(place, ref, Source(form, file, content), answers, dry_run=writing.dry_run), writing)


@writes
def edit(
    context: typer.Context,
    writing: Writing,
    ref: Ref = None,
    sets: Sets = None,
    amount: Amount = None,
    owner: Annotated[
        str | None, typer.Option("--owner", "-o", metavar="OWNER", help=_("the new owner"))
    ] = None,
    close: Annotated[
        str | None, typer.Option("--close", metavar="DATE", help=_("expected close date"))
    ] = None,
    probability: Annotated[
        int | None, typer.Option("--probability", metavar="N", min=0, max=100, help=_("in percent"))
    ] = None,
    reason: Annotated[
        str | None, typer.Option("--reason", "-r", metavar="TEXT", help=_("why the probability changes"))
    ] = None,
    next_: Next = None,
    due: Due = None,
    on: On = None,
) -> None:
    from pipecli.service import opportunities
    from pipecli.service.answers import Answers

    place = workspace(context)
    ref = reference(place, ref)
    changes = (*(sets or ()), *((f"close_date={close}",) if close is not None else ()))
    answers = Answers(changes, (), amount, owner, next_, due, on)
    if answers._replace(on=None) == Answers() and probability is None:
        raise InvalidInput(_("nothing to change: pipe edit {ref} --set K=V").format(ref=ref))
    reason = typed(reason) or ""
    if probability is not None and not reason and can_ask():
        answers = answers._replace(seen=seen_of(place, ref))
        reason = ask(_("Why does the probability change?"))
        keep(context, ref=ref, reason=reason)
    outcome = opportunities.edit(
        place, ref, answers, probability=probability, reason=reason, dry_run=writing.dry_run
    )
    report(outcome, writing)


@writes
def handover(
    context: typer.Context,
    writing: Writing,
    source: Annotated[str, typer.Argument(metavar="FROM", help=_("who gives"))],
    target: Annotated[str, typer.Argument(metavar="TO", help=_("who takes over"))],
    on: On = None,
) -> None:
    from pipecli.service import opportunities

    place = workspace(context)
    report_all(opportunities.handover(place, source, target, on=on, dry_run=writing.dry_run), writing)
