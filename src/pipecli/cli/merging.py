"""`pipe merge`: two opportunities that are one."""

from __future__ import annotations

import sys
from collections.abc import Callable
from typing import TYPE_CHECKING, Annotated

import typer

from pipecli.errors import InvalidInput
from pipecli.text import _

from .again import keep
from .options import Writing, workspace, writes
from .prompts import ask, can_ask, reference

if TYPE_CHECKING:
    from pipecli.domain.seen import Seen
    from pipecli.service.merging import Merged
    from pipecli.service.workspace import Workspace


@writes
def merge(
    context: typer.Context,
    writing: Writing,
    kept: Annotated[str | None, typer.Argument(metavar="REF", help=_("the one that is kept"))] = None,
    other: Annotated[str | None, typer.Argument(metavar="REF", help=_("the one merged into it"))] = None,
    take: Annotated[
        list[str] | None,
        typer.Option(
            "--take", metavar="FIELD,FIELD", help=_("what the other one is right about: amount,owner")
        ),
    ] = None,
    reason: Annotated[
        str, typer.Option("--reason", "-r", metavar="TEXT", help=_("why two that do not look it are one"))
    ] = "",
) -> None:
    place = workspace(context)
    if other is None and not can_ask():
        raise InvalidInput(_("which two? the one that is kept first: pipe merge 12 34"))
    kept = reference(place, kept)
    other = reference(place, other)
    fields = [field for text in take or () for field in text.split(",") if field.strip()]
    report_merge(
        merged(
            place, kept, other, fields, writing.dry_run, reason,
            lambda take, reason: keep(
                context, kept=kept, other=other, take=[",".join(take)] if take else None, reason=reason
            ),
        ),
        writing,
    )  # fmt: skip


def merged(
    place: Workspace,
    kept: str,
    other: str,
    fields: list[str],
    dry_run: bool,
    reason: str = "",
    answered: Callable[[list[str], str], None] | None = None,
) -> Merged:
    """Merge, after showing in a terminal where the two differ and asking what to take of the other, and why."""
    from pipecli.service import merging

    seen: tuple[Seen, Seen] | None = None
    if can_ask() and not fields:
        fields, seen, reason = _asked(place, kept, other, reason)
        if answered:
            answered(fields, reason)
    return merging.merge(place, kept, other, fields, reason=reason, seen=seen, dry_run=dry_run)


def _asked(place: Workspace, kept: str, other: str, reason: str) -> tuple[list[str], tuple[Seen, Seen], str]:
    from pipecli.render.merging import difference_lines
    from pipecli.service import merging

    two = merging.compare(place, kept, other)
    if two.doubt and not reason.strip():
        reason = ask(_("{doubt}. Why are they one?").format(doubt=two.doubt))
    if not two.differences:
        return [], two.seen, reason
    for line in difference_lines(two.differences, two.kept.number, two.other.number):
        print(line, file=sys.stderr)
    known = [d.field for d in two.differences]

    def check(answer: str) -> None:
        unknown = [word for word in _fields(answer) if word not in known]
        if unknown:
            raise InvalidInput(_("type one or more of: {fields}").format(fields=", ".join(known)))

    question = _("Take what of {ref}? ({fields}; Enter keeps all of {kept})").format(
        ref=two.other.number, fields=", ".join(known), kept=two.kept.number
    )
    return _fields(ask(question, check=check, empty=True)), two.seen, reason


def _fields(answer: str) -> list[str]:
    return [word for word in answer.replace(",", " ").split() if word]


def report_merge(found: Merged, writing: Writing) -> None:
    """Print what a merge did."""
    from pipecli.render.console import note
    from pipecli.render.merging import document, merged_lines

    if writing.format == "json":
        from pipecli.render.formats import write_json

        write_json(document(found))
        return
    if writing.format == "quiet":
        print(found.outcome.ref)
        return
    from pipecli.render.opportunity import outcome_lines

    for line in (*merged_lines(found), *outcome_lines(found.outcome)):
        print(line)
    for text in found.outcome.notes:
        note(text)
    if writing.dry_run:
        note(_("Dry run: nothing was changed."))
